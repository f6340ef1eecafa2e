"""Which points the mouse selects on a live map."""

import numpy as np

_NEAR = 14
"""Pixels from the mouse within which a point counts."""
_CORNERS = 400
"""Most corners of a lasso; one drawn by hand is no finer, and more would only take time."""

MARKS = ("lines", "neighbors", "probed", "marked", "hovered")
"""Kinds of marks, the lowest first: "lines" join two places each, all others are rings."""
TOOLS = {
    "Move": "A drag moves the map",
    "Lasso": "A drag around points selects them; begun with Shift it adds, with Alt it takes away",
    "Box": "A drag over points selects them; begun with Shift it adds, with Alt it takes away",
}


def nearest(tree, x, y, unit):
    """Return the row number of the point under the mouse, or None.

    tree : a `scipy.spatial.cKDTree` of the map. x, y : where the mouse is, in units of the map.
    unit : units of the map in a pixel of the screen.
    """
    distance, row = tree.query((x, y), distance_upper_bound=_NEAR * unit)
    return int(row) if np.isfinite(distance) else None


def rows_inside(xy, geometry):
    """Return which points of a map (n, 2) a lasso or a box holds, int64, ascending.

    geometry : a dict as Bokeh sends it: ``type`` "rect" with ``x0, x1, y0, y1``, or "poly" with
    sequences ``x`` and ``y``.
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
