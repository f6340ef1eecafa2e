"""The place in a page where the live map stands.

Nothing is fetched from any other machine: Bokeh's script travels over the kernel's connection when
a page asks for it, and is in no output that a notebook stores.
"""

from importlib.resources import files
from pathlib import Path

import bokeh
import traitlets

from .kernel import give_memory_back, keep_to_one_thread
from .page_widget import PageWidget, script


class MapWidget(PageWidget):
    """The place in a page where the live picture stands, and until then a still one.

    Parameters
    ----------
    live_widget : callable
        Called with the page's pixel ratio when a page wants the live picture; returns the id of
        the widget to show, and those of the tools among which ``tool`` chooses.
    on_pointer : callable
        Called with what a person does with the mouse or a key: a dict whose ``kind`` is "hover"
        or "tap" (with ``x``, ``y`` and the map's ``unit`` in a pixel), "leave", "select" (with a
        ``geometry`` as Bokeh tells it) or "escape".
    **traits
        ``size`` in CSS pixels, ``background`` as a CSS color, ``still`` as a PNG file's bytes,
        ``tool`` as a number in `pointer.TOOLS`: what a drag does. The page sets ``dark``: whether
        JupyterLab's theme is.
    """

    _esm = script(Path(__file__).with_name("map_widget.js"))

    size = traitlets.Int(600).tag(sync=True)
    background = traitlets.Unicode("white").tag(sync=True)
    still = traitlets.Bytes(b"").tag(sync=True)
    tool = traitlets.Int(0).tag(sync=True)
    dark = traitlets.Bool(False).tag(sync=True)
    bokeh_version = traitlets.Unicode(bokeh.__version__).tag(sync=True)

    def __init__(self, live_widget, on_pointer, **traits):
        super().__init__(**traits)
        keep_to_one_thread()
        give_memory_back()
        self._live_widget, self._on_pointer = live_widget, on_pointer
        self.on_msg(self._on_question)

    def _on_question(self, _, question, buffers):
        token = question["token"]
        if question["want"] == "script":
            script = files("bokeh") / "server/static/js/bokeh.min.js"
            self.send({"token": token}, [script.read_bytes()])
        elif question["want"] == "pointer":
            try:
                self._on_pointer(question)
            finally:  # the page waits for an answer before it asks again
                self.send({"token": token})
        else:
            model_id, tools = self._live_widget(question["ratio"])
            self.send({"token": token, "model_id": model_id, "tools": tools})
