"""Which points the mouse selects on a live map."""

import numpy as np

_NEAR = 14
"""Pixels from the mouse within which a point counts."""

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
