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
        """Start a job; the running one is cancelled.

        Parameters
        ----------
        job : callable
            As for `start`.
        on_result : callable
            Called with what the job returned, on the kernel's own thread.
        failure : str
            Begins the message about an error, such as "The legend could not be made".
        """
        def on_end(result, error):
            if error is None:
                on_result(result)
            else:
                self._show_message(f"{failure}: {error}")

        self.start(job, on_end)
