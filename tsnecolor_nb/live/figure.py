"""The figure of the live map: HoloViews describes it, Bokeh draws it in the page."""

from .pointer import MARKS, TOOLS

# Changes of Bokeh's models become events of the page, to which `map_widget.js` listens.
_EVENT_JS = """
const { origin, geometry, final } = cb_obj;
const detail = { kind, model: origin ?? cb_obj, geometry, final };
document.dispatchEvent(new CustomEvent("tsnecolor", { detail }));
"""
# Each mark is drawn as rings of several colors, which are visible on any background.
_RINGS = {
    "hovered": [("white", 5, 18), ("black", 2, 18)],
    "marked": [("white", 4, 12), ("#d00000", 2, 12)],
    "neighbors": [("white", 3.5, 10), ("#0050d8", 1.5, 10)],
    "probed": [("white", 5, 16), ("#0050d8", 2.5, 16)],
}
_LINES = [("white", 3.5), ("#0050d8", 1.5)]  # color and width, as above


def figure_json(extent, ranges, *, with_pointer):
    """Describe a figure without pixels, as `bokeh.embed.json_item` does.

    extent : (x0, x1, y0, y1), what is shown after a reset. ranges : ((x0, x1), (y0, y1)), what is
    shown at first. with_pointer : whether a drag may also select points (the tools are named as in
    `TOOLS`) and marks may be shown (their sources are named as in `MARKS`), and Bokeh's toolbar is
    hidden.
    """
    import holoviews as hv
    import numpy as np
    from bokeh.embed import json_item
    from bokeh.models import BoxZoomTool

    (x0, x1), (y0, y1) = ranges
    renderer = hv.renderer("bokeh")
    picture = hv.RGB(np.zeros((1, 1, 4), np.uint8), bounds=(x0, y0, x1, y1)).opts(
        backend="bokeh",
        xlim=ranges[0], ylim=ranges[1], xaxis=None, yaxis=None, show_frame=False, responsive=True,
        default_tools=["pan", "wheel_zoom", BoxZoomTool(match_aspect=True), "reset"],
        active_tools=["wheel_zoom"],
    )
    figure = renderer.get_plot(picture).state
    for side in ("left", "right", "top", "bottom"):
        setattr(figure, f"min_border_{side}", 0)
    figure.toolbar_inner = True
    figure.toolbar.logo = None
    figure.toolbar.autohide = True
    # Inside the picture it would veil a column of points.
    figure.toolbar.stylesheets = [":host { background: none !important; }"]
    # The page has a background of its own.
    figure.background_fill_color = figure.border_fill_color = None
    for axis, (low, high) in zip(
        (figure.x_range, figure.y_range), (extent[:2], extent[2:]), strict=True
    ):
        axis.reset_start, axis.reset_end = low, high
        axis.js_on_change("start", _send_event("range"))
        axis.js_on_change("end", _send_event("range"))
    figure.js_on_event("reset", _send_event("reset"))
    if with_pointer:
        _add_pointer(figure)
    return json_item(figure)


def _add_pointer(figure):
    from bokeh.models import BoxSelectTool, ColumnDataSource, LassoSelectTool, PanTool

    # Without renderers: Bokeh has no points to select, only the kernel has.
    lasso = LassoSelectTool(renderers=[], continuous=False)
    box = BoxSelectTool(renderers=[], continuous=False)
    figure.add_tools(lasso, box)
    (pan,) = figure.select(type=PanTool)
    for name, tool in zip(TOOLS, (pan, lasso, box), strict=True):
        tool.name = name
    figure.toolbar_location = None  # such maps have buttons of their own
    figure.js_on_event("selectiongeometry", _send_event("select"))
    for name in MARKS:
        ends = ("x0", "y0", "x1", "y1") if name == "lines" else ("x", "y")
        source = ColumnDataSource({end: [] for end in ends}, name=name)
        if name == "lines":
            for color, width in _LINES:
                figure.segment(
                    *ends, source=source, line_color=color, line_width=width, level="overlay"
                )
            continue
        for color, width, size in _RINGS[name]:
            figure.scatter(
                "x", "y", source=source, size=size, fill_color=None, line_color=color,
                line_width=width, level="overlay",
            )


def _send_event(kind):
    from bokeh.models import CustomJS

    return CustomJS(args={"kind": kind}, code=_EVENT_JS)
