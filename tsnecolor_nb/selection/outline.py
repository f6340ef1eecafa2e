"""Lassos and boxes that a person draws on a map: their outline, and the points inside."""

import numpy as np

from ..arrays.checks import check_points, check_xy

_SENT = 400  # corners at most; a lasso drawn by hand is no finer, and more would only take time
_KEPT = 60  # corners at most
_FLAT = 1e-6  # of the area of the box around: a corner that adds less is left out
_DIGITS = 4  # of the larger side


def points_in_polygon(xy, corners):
    """Return which points of a map lie inside a polygon or a box.

    Parameters
    ----------
    xy : (n, 2) array_like of numbers
        The map.
    corners : (k, 2) array_like of numbers
        Three or more corners of a polygon, or two opposite ones of an upright box, to which points
        on its edges belong.

    Returns
    -------
    (m,) int64
        Row numbers, ascending.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.
    """
    xy = check_xy("xy", xy)
    corners = check_points("corners", corners, columns=2, dtype=np.float64)
    if len(corners) < 2:
        raise ValueError(f"corners must be two of a box, or three or more, got {len(corners)}")
    low, high = corners.min(axis=0), corners.max(axis=0)
    inside = np.ones(len(xy), bool)
    for column, least, most in zip(xy.T, low, high, strict=True):
        inside &= (column >= least) & (column <= most)
    rows = np.flatnonzero(inside)
    if len(corners) == 2:
        return rows
    from matplotlib.path import Path

    return rows[Path(corners).contains_points(xy[rows])]


def outline_of(geometry):
    """Return a drawn lasso or box as `corners` of `points_in_polygon`, short enough to be code.

    A lasso becomes a polygon of at most 60 corners: those are left out, one after the other, that
    make the smallest triangle with their neighbors (M. Visvalingam and J. D. Whyatt, "Line
    generalisation by repeated elimination of points", 1993). Numbers are rounded to a
    thousandth of the larger side or less.

    geometry : a dict as Bokeh sends it: ``type`` "rect" with ``x0, x1, y0, y1``, or "poly" with
    sequences ``x`` and ``y``.
    """
    if geometry["type"] == "rect":
        corners = np.array([[geometry[f"{axis}{end}"] for axis in "xy"] for end in "01"], float)
    else:
        corners = np.column_stack([geometry["x"], geometry["y"]]).astype(float)
        corners = _thinned(corners[:: len(corners) // _SENT + 1])
        corners = np.pad(corners, ((0, max(0, 3 - len(corners))), (0, 0)), "edge")  # holds nothing
    side = np.ptp(corners, axis=0).max()
    return corners.round(int(_DIGITS - np.ceil(np.log10(side)))) if side else corners


def _thinned(corners):
    least = _FLAT * np.ptp(corners, axis=0).prod()
    while len(corners) > 3:
        before, after = (np.roll(corners, turn, axis=0) - corners for turn in (1, -1))
        areas = np.abs(before[:, 0] * after[:, 1] - before[:, 1] * after[:, 0]) / 2
        smallest = areas.argmin()
        if len(corners) <= _KEPT and areas[smallest] > least:
            break
        corners = np.delete(corners, smallest, axis=0)
    return corners
