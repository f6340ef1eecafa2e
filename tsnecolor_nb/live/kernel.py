"""Messages from pages to a kernel that shows live pictures."""

import asyncio
import threading

_KINDS = "comm_open", "comm_msg", "comm_close"


def keep_to_one_thread():
    """Let all widgets of this kernel receive messages on the kernel's main thread.

    JupyterLab 4.4 sends messages of widgets to another thread where the kernel offers one (a
    "subshell"). Then a cell, a message and Bokeh's events run at once, but HoloViews, Bokeh's
    documents and traitlets are not thread-safe. So messages wait for their turn, as in every kernel
    without subshells. May be called often; does nothing outside of a kernel.
    """
    from IPython import get_ipython

    kernel, loop = getattr(get_ipython(), "kernel", None), running_loop()
    if kernel is None or loop is None or threading.current_thread() is not threading.main_thread():
        return
    for kind in _KINDS:
        handler = kernel.shell_handlers[kind]
        if not isinstance(handler, _OnLoop):
            kernel.shell_handlers[kind] = _OnLoop(handler, loop)


class _OnLoop:
    """A handler of messages that does its work on one event loop, whoever calls it."""

    def __init__(self, handler, loop):
        self._handler, self._loop = handler, loop

    def __call__(self, stream, ident, message):
        if running_loop() is self._loop:
            return self._handler(stream, ident, message)

        async def handle():
            return self._handler(stream, ident, message)

        # Not awaited: to a message that comes meanwhile ipykernel would never say "idle", and a
        # widget that waits for this word sends nothing more.
        return asyncio.run_coroutine_threadsafe(handle(), self._loop).result()


def running_loop():
    """Return the event loop of this thread, or None where none runs."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
