"""Long work beside the kernel's own thread: a newer job ends the older; a bar shows progress."""

import threading
import time

import ipywidgets

from ..arrays.memory import give_memory_back
from ..techniques.run import Cancelled
from .kernel import running_loop

_BAR_AFTER_S = 0.3  # a person does not notice less; a bar would only flicker
_BAR_EVERY_S = 0.05


class Background:
    """Does one job at a time in a thread; a newer job cancels the one before, and waits for it.

    The result of a job is handed over on the kernel's main thread, the only one that may change
    widgets and Bokeh's documents.

    Parameters
    ----------
    collapse : bool
        Whether the bar takes no room while it is hidden.

    Attributes
    ----------
    bar : ipywidgets.Box
        A progress bar with a button to cancel, hidden while nothing takes long.
    awaited : bool
        Whether a job has begun whose result is still wanted.
    on_cancel : callable or None
        Called, without arguments, when a person has cancelled a job.
    """

    def __init__(self, *, collapse=False):
        self._thread, self._newest, self._turn = None, 0, threading.Lock()
        self._shown, self._hidden = ("flex", "none") if collapse else ("visible", "hidden")
        self._trait = "display" if collapse else "visibility"
        self._loop = running_loop()
        self.on_cancel = None
        self._bar = ipywidgets.FloatProgress(
            max=1, layout={"width": "210px"}, style={"description_width": "6em"}
        )
        button = ipywidgets.Button(
            description="Cancel", tooltip="End this computation", layout={"width": "70px"}
        )
        button.on_click(lambda _: self.cancel())
        self.bar = ipywidgets.HBox([self._bar, button])
        self._end()

    @property
    def busy(self):
        """Whether a job is running."""
        return self._thread is not None and self._thread.is_alive()

    def start(self, job, done):
        """Begin a job; an earlier one notices at its next report and gives up.

        A thread calls ``job(progress)``, where ``progress(step, fraction)`` raises `Cancelled` once
        the job is no longer wanted. Unless it was cancelled, ``done(result, error)`` follows; one
        of both is None.
        """
        self._newest, self.awaited = self._newest + 1, True
        self._thread = threading.Thread(target=self._work, args=(self._newest, job, done))
        self._thread.daemon = True
        self._thread.start()

    def drop(self):
        """End the running job, if there is one, without calling `on_cancel`."""
        self._newest += 1
        self._end()

    def cancel(self):
        """End the running job, and call `on_cancel`."""
        self.drop()
        if self.on_cancel is not None:
            self.on_cancel()

    def wait(self):
        """Wait until the last job has ended; for scripts and tests."""
        while self.busy:
            self._thread.join()

    def _work(self, number, job, done):
        start = moved = time.perf_counter()

        def progress(step, fraction):
            nonlocal moved
            if number != self._newest:
                raise Cancelled
            now = time.perf_counter()
            if now - start > _BAR_AFTER_S and now - moved > _BAR_EVERY_S:
                moved = now
                self._on_loop(self._move, number, step, fraction)

        result = error = None
        try:
            # A job that reports nothing goes on when it is cancelled. Two take twice the memory.
            with self._turn:
                progress("", 0)
                result = job(progress)
        except Cancelled:
            return
        except Exception as caught:  # whatever it is, a person must see it
            error = caught
        give_memory_back()
        self._on_loop(self._finish, number, done, result, error)

    def _move(self, number, step, fraction):
        if number == self._newest:
            self._bar.value, self._bar.description = fraction, step
            setattr(self.bar.layout, self._trait, self._shown)

    def _finish(self, number, done, result, error):
        if number == self._newest:
            self._end()
            done(result, error)

    def _end(self):
        self.awaited = False
        setattr(self.bar.layout, self._trait, self._hidden)

    def _on_loop(self, action, *arguments):
        if self._loop is None:
            action(*arguments)
        else:
            self._loop.call_soon_threadsafe(action, *arguments)
