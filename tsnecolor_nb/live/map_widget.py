"""The live map in a page: a Bokeh figure whose pixels the kernel draws.

Nothing is fetched from any other machine: Bokeh's script travels over the kernel's connection when
a page asks for it, and is in no output that a notebook stores.
"""

import gzip
import time
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import bokeh
import traitlets

from ..arrays.memory import give_memory_back
from ..standalone.page import NAMES_SCRIPT
from .figure import figure_json
from .kernel import keep_to_one_thread, running_loop
from .page_widget import PageWidget, script

_GONE_S = 10  # after so long without confirming a frame a page counts as closed


@dataclass
class _Display:
    """One of the places in pages where a map is shown.

    ``asked`` is its last question; ``sent_at`` is when the frame was sent that it has not painted
    yet, or None; ``outdated`` says that this frame is no longer what it should show.
    """

    asked: dict
    sent_at: float | None = None
    outdated: bool = False


class MapWidget(PageWidget):
    """A live map, wherever pages show it, and until it is there a still picture.

    Parameters
    ----------
    draw : callable
        ``draw(x_range, y_range, width, height, pixel_ratio, moving)`` returns a frame as
        `encode_frame` does.
    extent : (x0, x1, y0, y1) of float
        What is shown after a reset.
    ranges : ((x0, x1), (y0, y1)) of float
        What is shown at first.
    on_drawn : callable
        Called with an exception when drawing fails, with None when a map that rests was drawn.
    on_pointer : callable or None
        Called with what a person does with the mouse or a key: a dict whose ``kind`` is "hover"
        or "tap" (with ``x``, ``y`` and the map's ``unit`` in a pixel), "leave", "select" (with a
        ``geometry`` as Bokeh tells it, and the ``mode``: "replace", "add" or "remove", by the keys
        that were held when the drag began) or "escape". With None a page shows Bokeh's own tools.
    **traits
        ``size`` in CSS pixels, ``background`` as a CSS color, ``still`` as a PNG file's bytes,
        ``tool`` as a number in `pointer.TOOLS`: what a drag does, and places to put marks on, as
        named in `pointer.MARKS`; ``names`` as from `PlacedNames.as_data`. Maps of the same
        ``group`` move together. The page sets ``dark``: whether its theme is.

    Attributes
    ----------
    ranges : ((x0, x1), (y0, y1)) of float
        What is on screen.
    """

    _esm = script(NAMES_SCRIPT, Path(__file__).with_name("map_widget.js"))

    size = traitlets.Int(600).tag(sync=True)
    background = traitlets.Unicode("white").tag(sync=True)
    still = traitlets.Bytes(b"").tag(sync=True)
    tool = traitlets.Int(0).tag(sync=True)
    hovered = traitlets.List().tag(sync=True)
    marked = traitlets.List().tag(sync=True)
    probed = traitlets.List().tag(sync=True)
    neighbors = traitlets.List().tag(sync=True)
    lines = traitlets.List().tag(sync=True)
    names = traitlets.Dict().tag(sync=True)
    group = traitlets.Unicode().tag(sync=True)
    dark = traitlets.Bool(False).tag(sync=True)
    bokeh_version = traitlets.Unicode(bokeh.__version__).tag(sync=True)

    def __init__(self, draw, extent, ranges, on_drawn, on_pointer=None, **traits):
        super().__init__(**traits)
        self.group = self.own_id
        keep_to_one_thread()
        give_memory_back()
        self._draw, self._on_drawn, self._on_pointer = draw, on_drawn, on_pointer
        self._extent, self.ranges = extent, ranges
        self._displays = {}
        self._loop, self._waiting = running_loop(), False
        self.on_msg(lambda _, message, buffers: self._on_message(message))

    def zoom(self, x_range, y_range):
        """Show another part of the map."""
        self.ranges = x_range, y_range
        self.send({"ranges": [*x_range, *y_range]})

    def close(self):
        """Free what the page holds."""
        self._displays.clear()
        super().close()

    def redraw(self):
        """Send fresh frames of what is on screen. May be called from any thread.

        Several calls within one message or cell cost one frame.
        """
        if self._loop is None:
            self._redraw()
        elif running_loop() is not self._loop:
            self._loop.call_soon_threadsafe(self.redraw)
        elif not self._waiting:
            self._waiting = True
            self._loop.call_soon(self._redraw)

    def _redraw(self):
        self._waiting = False
        for name, display in [*self._displays.items()]:
            self._send_frame(name, display)

    def _on_message(self, message):
        answer, buffers = {"token": message.get("token")}, []
        if message["want"] == "frame":
            display = self._displays.setdefault(message["display"], _Display(message))
            if message["number"] < display.asked["number"]:
                return  # ipykernel may deliver two messages of a comm through two threads
            x0, x1, y0, y1 = message["ranges"]
            display.asked, self.ranges = message, ((x0, x1), (y0, y1))
            self._send_frame(message["display"], display)
            return
        if message["want"] == "painted":
            display = self._displays.get(message["display"])
            if display is not None:
                display.sent_at = None
                if display.outdated:
                    self._send_frame(message["display"], display)
            return
        if message["want"] == "gone":
            self._displays.pop(message["display"], None)
            return
        try:
            if message["want"] == "script":
                buffers = [_bokeh_script()]
            elif message["want"] == "figure":
                answer["figure"] = figure_json(
                    self._extent, self.ranges, with_pointer=self._on_pointer is not None
                )
            else:
                self._on_pointer(message)
        finally:  # the page waits for an answer before it asks again
            self.send(answer, buffers)

    def _send_frame(self, name, display):
        """Draw what a display asked for last, unless the frame before is still on its way."""
        now = time.monotonic()
        if display.sent_at is not None:
            display.outdated = True
            if now - display.sent_at > _GONE_S:
                del self._displays[name]
            return
        asked, display.outdated = display.asked, False
        x0, x1, y0, y1 = asked["ranges"]
        moving = asked["moving"]
        ratio = 1 if moving else min(max(asked["ratio"], 1), 2)  # more can't be told apart
        sides = (round(asked[side] * ratio) for side in ("width", "height"))
        try:
            strips = self._draw((x0, x1), (y0, y1), *sides, ratio, moving)
        except Exception as error:  # whatever it is, a person must see it
            self._on_drawn(error)
            return
        display.sent_at = now
        self.send({"display": name, "shown": asked["ranges"]}, strips)
        if not moving:
            self._on_drawn(None)


@cache
def _bokeh_script():
    path = files("bokeh") / "server/static/js/bokeh.min.js"
    return gzip.compress(path.read_bytes(), 6)
