"""Computations that run beside the kernel's own thread, and whose errors the user reads."""

from ..live.background import Background


class Worker(Background):
    """A `Background` that shows an error as a message.

    Parameters
    ----------
    show_message : callable
        Called with a line of plain text.
    """

    def __init__(self, show_message):
        super().__init__(collapse=True)
        self._show_message = show_message

    def compute(self, job, on_result, failure):
        """Start a job, see `start`; call `on_result` with its result.

        An error gives a message that begins with `failure`: "The legend could not be made", say.
        """
        def on_end(result, error):
            if error is None:
                on_result(result)
            else:
                self._show_message(f"{failure}: {error}")

        self.start(job, on_end)
