"""Ranges of a map's coordinates."""

import numpy as np

_FAR = 2  # times the range of the middle 90 % of the points, beyond it
_FEW = 0.01  # share of points that may be outside


def square_around(x, y):
    """Return the square around points x, y, (n,) each, and 3 % more: ``(x0, x1, y0, y1)``."""
    (x0, x1), (y0, y1) = ((float(axis.min()), float(axis.max())) for axis in (x, y))
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    half = 0.515 * max(x1 - x0, y1 - y0) or 1.0
    return x - half, x + half, y - half, y + half


def square_of_most(x, y):
    """Return the square around all points but few that are far from all others, and these.

    Points x, y, (n,) each, are far if they lie twice the range of the middle 90 % beyond it. If
    these are more than one point and 1 % of the points, none is left out. Returns the square,
    ``(x0, x1, y0, y1)``, and which points are outside, (n,) bool.
    """
    outside = np.zeros(len(x), bool)
    for axis in (x, y):
        low, high = np.quantile(axis, [0.05, 0.95])
        far = _FAR * (high - low)
        if far > 0:
            outside |= (axis < low - far) | (axis > high + far)
    if outside.sum() > max(1, _FEW * len(x)):
        outside[:] = False
    return square_around(x[~outside], y[~outside]), outside
