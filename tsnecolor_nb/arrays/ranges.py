"""Parts of a map, as ranges of its coordinates."""

import numpy as np


def square_around(x, y):
    """Return the square around points, and a little more: ``(x0, x1, y0, y1)``.

    Parameters
    ----------
    x, y : arrays of n numbers
    """
    (x0, x1), (y0, y1) = ((float(axis.min()), float(axis.max())) for axis in (x, y))
    x, y = (x0 + x1) / 2, (y0 + y1) / 2
    half = 0.515 * max(x1 - x0, y1 - y0) or 1.0
    return x - half, x + half, y - half, y + half


def checked_range(name, given):
    """Return a range as two floats, or raise an error that names it.

    Parameters
    ----------
    name : str
        Of the argument.
    given : (low, high)
        Finite and increasing.
    """
    try:
        low, high = (float(end) for end in given)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be two numbers (low, high), got {given!r}") from None
    if not (np.isfinite([low, high]).all() and low < high):
        raise ValueError(f"{name} must be finite and increasing, got ({low}, {high})")
    return low, high
