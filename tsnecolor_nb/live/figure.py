"""The live picture: HoloViews makes a figure, Bokeh shows it, a frame in the page holds it.

Nothing is fetched from any other machine: Bokeh's script travels over the kernel's connection when
a page asks for it, and is in no output that a notebook stores.
"""

import threading
from importlib.resources import files
from pathlib import Path

import bokeh
import ipywidgets
import numpy as np
import traitlets

from .cell_output import close_all
from .kernel import give_memory_back, keep_to_one_thread, running_loop
from .page_widget import PageWidget, script
from .pointer import Pointer

# So long after its last move a picture has come to rest and is drawn anew.
_SETTLE_MS = 40
# One unit of x is as long as one of y: the shorter side keeps its span.
_EQUAL_ASPECT = """
const [w, h] = [figure.inner_width, figure.inner_height];
if (!w || !h) return;
const unit = Math.min(x.end - x.start, y.end - y.start) / Math.min(w, h);
for (const [range, side] of [[x, w], [y, h]]) {
  const middle = (range.start + range.end) / 2;
  range.setv({start: middle - unit * side / 2, end: middle + unit * side / 2});
}
"""
# The same picture shown by two cells moves in both, and so does one that it is linked with.
_TOGETHER = """
for (const id of [cb_obj.id, ...Array.from(twins.get_column(axis))]) {
  for (const other of Bokeh.documents.map((d) => d.get_model_by_id(id))) {
    if (other && other !== cb_obj) other.setv({start: cb_obj.start, end: cb_obj.end});
  }
}
"""


class Frame(PageWidget):
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
        ``tool`` as a number in `pointer.TOOLS`: what a drag does.
    """

    _esm = script(Path(__file__).with_name("frame.js"))
    # As text: of a path's content, anywidget would remember every widget that has ever used it.
    _css = Path(__file__).with_name("frame.css").read_text("utf-8")

    size = traitlets.Int(600).tag(sync=True)
    background = traitlets.Unicode("white").tag(sync=True)
    still = traitlets.Bytes(b"").tag(sync=True)
    tool = traitlets.Int(0).tag(sync=True)
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


class Live:
    """A Bokeh figure that asks for fresh pixels whenever its range or its size changes.

    Parameters
    ----------
    draw : callable
        ``draw(x_range, y_range, width, height) -> (height, width, 4) uint8``.
    extent : (x0, x1, y0, y1) of float
        What is shown after a reset.
    ranges : ((x0, x1), (y0, y1)) of float
        What is shown at first.
    size : int
        Side in CSS pixels until the page tells the true one.
    on_error : callable
        Called with the exception when drawing fails, with None once it works again.
    with_pointer : bool
        Whether the figure tells of the mouse, see `Pointer`, and leaves its tools to others.
    """

    def __init__(self, draw, extent, ranges, size, on_error, *, with_pointer=False):
        self._draw, self._size, self._on_error = draw, size, on_error
        self._extent, self._first = extent, ranges
        self._shown = None  # (what was asked for, the element that answered)
        self._waiting = None
        self.figure = None
        self.pixel_ratio = 1
        self._loop = running_loop()
        self._plot = self._make_plot()
        self.figure = self._plot.state
        self._set_up_figure()
        self.pointer = Pointer(self.figure) if with_pointer else None

        from jupyter_bokeh.widgets import BokehModel

        self.widget = BokehModel(self.figure)

    def _make_plot(self):
        import holoviews as hv
        from holoviews import streams

        hv.Store.set_current_backend("bokeh")
        self._redraw = streams.Stream.define("Redraw", tick=0)()
        picture = hv.DynamicMap(self._picture, streams=[self._redraw], cache_size=1).opts(
            xlim=self._first[0], ylim=self._first[1], xaxis=None, yaxis=None, show_frame=False,
            responsive=True, active_tools=["wheel_zoom"],
            default_tools=["pan", "wheel_zoom", "box_zoom", "reset"],
        )
        return hv.renderer("bokeh").instance(mode="server").get_plot(picture)

    def _set_up_figure(self):
        from bokeh.models import ColumnDataSource, CustomJS

        figure = self.figure
        figure.lod_timeout = _SETTLE_MS
        for side in ("left", "right", "top", "bottom"):
            setattr(figure, f"min_border_{side}", 0)
        figure.toolbar_inner = True
        figure.toolbar.logo = None
        figure.toolbar.autohide = True
        # Inside the picture it would veil a column of points.
        figure.toolbar.stylesheets = [":host { background: none !important; }"]
        x, y = figure.x_range, figure.y_range
        equal_aspect = CustomJS(args={"figure": figure, "x": x, "y": y}, code=_EQUAL_ASPECT)
        for side in ("inner_width", "inner_height"):
            figure.js_on_change(side, equal_aspect)
        figure.js_on_event("reset", equal_aspect)
        x.reset_start, x.reset_end, y.reset_start, y.reset_end = self._extent
        self._twins = ColumnDataSource({"x": [], "y": []})  # ids of ranges that follow
        for name, axis in (("x", x), ("y", y)):
            together = CustomJS(args={"twins": self._twins, "axis": name}, code=_TOGETHER)
            axis.js_on_change("start", together)
            axis.js_on_change("end", together)
            axis.on_change("start", self._follow)
            axis.on_change("end", self._follow)
        figure.on_change("inner_width", self._follow)
        figure.on_change("inner_height", self._follow)

    @property
    def ranges(self):
        """What is on screen: ``((x0, x1), (y0, y1))``."""
        if self.figure is None:
            return self._first
        x, y = self.figure.x_range, self.figure.y_range
        return (x.start, x.end), (y.start, y.end)

    def zoom(self, x_range, y_range):
        """Show another part of the map."""
        self.figure.x_range.update(start=x_range[0], end=x_range[1])
        self.figure.y_range.update(start=y_range[0], end=y_range[1])
        self.redraw()

    def link(self, other):
        """Move together with another live picture; with None no longer."""
        figures = [] if other is None else [other.figure]
        self._twins.data = {
            "x": [figure.x_range.id for figure in figures],
            "y": [figure.y_range.id for figure in figures],
        }

    def _follow(self, attr, old, new):
        """Draw anew once the figure has come to rest; many moves need one picture."""
        if self._loop is not None:
            if self._waiting is not None:
                self._waiting.cancel()
            self._waiting = self._loop.call_later(_SETTLE_MS / 1000, self._repaint)

    def _picture(self, tick):
        self._look(tick)
        return self._shown[1]

    def _look(self, tick):
        """Draw what is on screen, unless it is drawn already; return pixels that are new."""
        import holoviews as hv

        # The figure knows all that counts, at one moment.
        (x0, x1), (y0, y1) = x, y = self.ranges
        w, h = self._sides()
        ratio = self.pixel_ratio
        asked = tick, x, y, round(w * ratio), round(h * ratio)
        if self._shown and self._shown[0] == asked:
            return None
        try:
            pixels = self._draw(*asked[1:])
        except Exception as error:
            self._on_error(error)
            if self._shown is None:
                raise
            return None
        self._on_error(None)
        self._shown = asked, hv.RGB(pixels, bounds=(x0, y0, x1, y1))
        return pixels

    def _paint_anew(self):
        # HoloViews hears of it as well, so that it takes no older picture for the new one.
        self._redraw.update(tick=self._redraw.tick + 1)
        self._repaint()

    def _repaint(self):
        """Put fresh pixels into the figure, past HoloViews: it would update all around them, too.

        That would take longer than to draw them.
        """
        pixels = self._look(self._redraw.tick)
        if pixels is not None:
            (_, (x0, x1), (y0, y1), *_), _ = self._shown
            image = np.ascontiguousarray(pixels[::-1]).view(np.uint32)[..., 0]
            self._plot.handles["source"].data = {
                "image": [image], "x": [x0], "y": [y0], "dw": [x1 - x0], "dh": [y1 - y0],
            }

    def _sides(self):
        """Return width and height in CSS pixels, as the page has told them or as a guess."""
        from bokeh.core.property.descriptors import UnsetValueError

        try:
            sides = self.figure.inner_width, self.figure.inner_height
        except (AttributeError, UnsetValueError):
            sides = 0, 0
        return sides if all(sides) else (self._size, self._size)

    def set_background(self, css):
        """Paint what lies behind the points."""
        self.figure.background_fill_color = self.figure.border_fill_color = css

    def redraw(self):
        """Ask for fresh pixels of what is on screen. May be called from any thread."""
        self.on_loop(self._paint_anew)

    def on_loop(self, action):
        """Do something on the kernel's own thread, where alone Bokeh's documents may change."""
        on_main = threading.current_thread() is threading.main_thread()
        if on_main or self._loop is None:
            action()
        else:
            self._loop.call_soon_threadsafe(action)

    def close(self):
        """Let go of the figure and of what the page holds of it."""
        if self._waiting is not None:
            self._waiting.cancel()
        close_all(self.widget.layout)
        # What the page still has to say would find a figure that nobody draws. BokehModel's own
        # close would fail when Python calls it once more at the end.
        ipywidgets.DOMWidget.close(self.widget)
        self._plot.cleanup()

