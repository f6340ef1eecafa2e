"""The live map: HoloViews makes a figure, Bokeh shows it, and fresh pixels are drawn for it."""

import threading

import ipywidgets
import numpy as np

from .cell_output import close_all
from .kernel import running_loop
from .pointer import Pointer

_SETTLE_MS = 40  # without a move, after which the map is drawn anew
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
for (const id of [cb_obj.id, ...Array.from(linked.get_column(axis))]) {
  for (const other of Bokeh.documents.map((d) => d.get_model_by_id(id))) {
    if (other && other !== cb_obj) other.setv({start: cb_obj.start, end: cb_obj.end});
  }
}
"""


class LiveFigure:
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
        Side in CSS pixels until the page sends the true one.
    on_error : callable
        Called with the exception when drawing fails, with None once it works again.
    with_pointer : bool
        Whether the figure sends pointer events, see `Pointer`, and hides Bokeh's toolbar.
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
        self._linked_ids = ColumnDataSource({"x": [], "y": []})  # ids of ranges that follow
        for name, axis in (("x", x), ("y", y)):
            together = CustomJS(args={"linked": self._linked_ids, "axis": name}, code=_TOGETHER)
            axis.js_on_change("start", together)
            axis.js_on_change("end", together)
            axis.on_change("start", self._on_range)
            axis.on_change("end", self._on_range)
        figure.on_change("inner_width", self._on_range)
        figure.on_change("inner_height", self._on_range)

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
        self._linked_ids.data = {
            "x": [figure.x_range.id for figure in figures],
            "y": [figure.y_range.id for figure in figures],
        }

    def _on_range(self, attr, old, new):
        """Draw anew once the figure has come to rest; many moves need one picture."""
        if self._loop is not None:
            if self._waiting is not None:
                self._waiting.cancel()
            self._waiting = self._loop.call_later(_SETTLE_MS / 1000, self._repaint)

    def _picture(self, tick):
        self._render(tick)
        return self._shown[1]

    def _render(self, tick):
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

    def _invalidate(self):
        # HoloViews hears of it as well, so that it takes no older picture for the new one.
        self._redraw.update(tick=self._redraw.tick + 1)
        self._repaint()

    def _repaint(self):
        """Put fresh pixels into the figure, past HoloViews: it would update all around them, too.

        That would take longer than to draw them.
        """
        pixels = self._render(self._redraw.tick)
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
        self.on_loop(self._invalidate)

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

