"""Ranges of a map's coordinates."""


def square_around(x, y):
    """Return the square around points x, y, (n,) each, and 3 % more: ``(x0, x1, y0, y1)``."""
    (x0, x1), (y0, y1) = ((float(axis.min()), float(axis.max())) for axis in (x, y))
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    half = 0.515 * max(x1 - x0, y1 - y0) or 1.0
    return x - half, x + half, y - half, y + half
