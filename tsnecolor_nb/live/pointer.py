"""What a person does on a live picture with the mouse, and the marks that answer it.

Bokeh knows where on the map the mouse is. It tells the element that the figure stands in, and
`map_widget.js` carries the news to the kernel: the newest position only, and one at a time.
"""

import numpy as np

_NEAR = 14
"""Pixels from the mouse within which a point counts."""
_CORNERS = 400
"""A hand draws no finer lasso than this; more corners would only take time."""

# Bokeh's event becomes one of the page's own, which rises to the frame around the figure.
_TELL = """
const view = Bokeh.index.find_one(cb_obj.origin);
const unit = (x.end - x.start) / figure.inner_width;
const { geometry, x: px, y: py } = cb_obj;
const plain = ({ type, x0, x1, y0, y1, x, y }) =>
  type === "poly" ? { type, x: Array.from(x), y: Array.from(y) } : { type, x0, x1, y0, y1 };
const detail = geometry ? { kind, geometry: plain(geometry) } : { kind, x: px, y: py, unit };
view?.el.dispatchEvent(new CustomEvent("tsnecolor", { bubbles: true, composed: true, detail }));
"""
_EVENTS = {
    "mousemove": "hover", "mouseleave": "leave", "tap": "tap", "selectiongeometry": "select",
}
# A ring of two colors is seen on any ground.
_MARKS = {
    "hovered": [("white", 5, 18), ("black", 2, 18)],
    "marked": [("white", 4, 12), ("#d00000", 2, 12)],
}
TOOLS = {
    "Move": "A drag moves the map",
    "Lasso": "A drag around points selects them",
    "Box": "A drag over points selects them",
}


class Pointer:
    """Lets a figure tell of the mouse, select by lasso and box, and show marks.

    Parameters
    ----------
    figure : bokeh.plotting.figure

    Attributes
    ----------
    tool_ids : list of str
        Bokeh's, one for each of `TOOLS`.
    """

    def __init__(self, figure):
        from bokeh.models import BoxSelectTool, ColumnDataSource, CustomJS, LassoSelectTool

        args = {"figure": figure, "x": figure.x_range}
        for event, kind in _EVENTS.items():
            figure.js_on_event(event, CustomJS(args={**args, "kind": kind}, code=_TELL))
        # Nothing of Bokeh's own is selected: the points are known to the kernel alone.
        lasso = LassoSelectTool(renderers=[], continuous=False)
        box = BoxSelectTool(renderers=[], continuous=False)
        figure.add_tools(lasso, box)
        figure.toolbar_location = None  # who uses the pointer has buttons of their own
        pan = next(tool for tool in figure.tools if type(tool).__name__ == "PanTool")
        self.tool_ids = [tool.id for tool in (pan, lasso, box)]
        self._marks = {}
        for name, rings in _MARKS.items():
            self._marks[name] = source = ColumnDataSource({"x": [], "y": []})
            for color, width, size in rings:
                figure.scatter(
                    "x", "y", source=source, size=size, fill_color=None, line_color=color,
                    line_width=width, level="overlay",
                )

    def mark(self, name, xy):
        """Put marks of a kind, "hovered" or "marked", at `xy` (m, 2) and nowhere else."""
        xy = np.asarray(xy, float).reshape(-1, 2)
        self._marks[name].data = {"x": xy[:, 0].tolist(), "y": xy[:, 1].tolist()}


def nearest(tree, x, y, unit):
    """Return the point under the mouse, or None.

    Parameters
    ----------
    tree : scipy.spatial.cKDTree
        Of the map.
    x, y : float
        Where the mouse is, in units of the map.
    unit : float
        Units of the map in a pixel of the screen.

    Returns
    -------
    int or None
    """
    distance, row = tree.query((x, y), distance_upper_bound=_NEAR * unit)
    return int(row) if np.isfinite(distance) else None


def rows_inside(xy, geometry):
    """Return which points a drawn lasso or box holds.

    Parameters
    ----------
    xy : (n, 2) float
    geometry : dict
        As Bokeh tells it: ``type`` "rect" with ``x0, x1, y0, y1``, or "poly" with sequences
        ``x`` and ``y``.

    Returns
    -------
    int64 array
        Row numbers, ascending.
    """
    if geometry["type"] == "rect":
        sides = [sorted((geometry[f"{axis}0"], geometry[f"{axis}1"])) for axis in "xy"]
        corners = None
    else:
        corners = np.column_stack([geometry["x"], geometry["y"]]).astype(float)
        corners = corners[:: len(corners) // _CORNERS + 1]
        if len(corners) < 3:
            return np.empty(0, np.int64)
        sides = list(zip(corners.min(axis=0), corners.max(axis=0), strict=True))
    inside = np.ones(len(xy), bool)
    for axis, (low, high) in enumerate(sides):
        inside &= (xy[:, axis] >= low) & (xy[:, axis] <= high)
    rows = np.flatnonzero(inside)
    if corners is None:
        return rows
    from matplotlib.path import Path

    return rows[Path(corners).contains_points(xy[rows])]
