"""Argument checks: each returns the argument in one clean form, or raises one error about it.

The error names the argument, what it must be and what was received. Colors have `check_srgb8` in
`colors.spaces`; data from outside, where rows may be missing, go through `matrix.as_matrix`.
"""

import numbers
import operator

import numpy as np

from .matrix import require_finite

_BOUNDS = {
    "at_least": ("at least", operator.ge), "above": ("above", operator.gt),
    "at_most": ("at most", operator.le), "below": ("below", operator.lt),
}


def check_choice(name, value, choices):
    """Return `value` if it is one of the strings `choices`, or raise a ValueError."""
    if not isinstance(value, str) or value not in choices:
        listed = ", ".join(f'"{choice}"' for choice in choices)
        raise ValueError(f"{name} must be one of {listed}, got {value!r}")
    return value


def check_callable(name, value):
    """Raise a TypeError unless `value` is a function or None."""
    if value is not None and not callable(value):
        raise TypeError(f"{name} must be callable, got {type(value).__name__}")


def check_count(name, value, low, high=None, meaning=""):
    """Return an integer of low..high, both included, as an int, or raise a ValueError.

    Without `high` there is no upper end. `meaning` is what `high` is, "the number of points" say.
    """
    is_integer = isinstance(value, numbers.Integral) and not isinstance(value, bool)
    if not is_integer or value < low or (high is not None and value > high):
        span = f"of at least {low}" if high is None else f"from {low} to {high}"
        if meaning:
            span += f", {meaning}"
        raise ValueError(f"{name} must be an integer {span}, got {value!r}")
    return int(value)


def check_number(name, value, **bounds):
    """Return a real number as a float, or raise a ValueError.

    bounds : any of `at_least`, `above`, `at_most` and `below`; ``at_least=0, below=1`` is [0, 1).
    """
    is_number = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not is_number or not all(_BOUNDS[key][1](value, end) for key, end in bounds.items()):
        span = " and ".join(f"{_BOUNDS[key][0]} {end}" for key, end in bounds.items())
        raise ValueError(f"{name} must be {span or 'a number'}, got {value!r}")
    return float(value)


def check_quantiles(low, high):
    """Raise a ValueError unless ``0 <= low < high <= 1``."""
    if not 0 <= low < high <= 1:
        raise ValueError(
            f"low and high must be quantiles, 0 <= low < high <= 1, got {low!r} and {high!r}"
        )


def check_range(name, value):
    """Return ``(low, high)``, finite and increasing, as two floats.

    Raise a TypeError if `value` is not two numbers, a ValueError if they do not fit.
    """
    try:
        low, high = (float(end) for end in value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be two numbers (low, high), got {value!r}") from None
    if not (np.isfinite([low, high]).all() and low < high):
        raise ValueError(f"{name} must be finite and increasing, got ({low}, {high})")
    return low, high


def check_labels(name, labels, n=None):
    """Return integer labels as an array (n,), or raise a ValueError."""
    labels = np.asarray(labels)
    if labels.ndim != 1 or labels.dtype.kind not in "iu":
        raise ValueError(
            f"{name} must be integers of shape (n,), got {labels.dtype} of shape {labels.shape}"
        )
    if n is not None and len(labels) != n:
        raise ValueError(f"{name} must be one per point ({n:,}), got {len(labels):,}")
    return labels


def check_rows(name, rows, n, *, unique=False, none=False):
    """Return row numbers of a table of n rows, an integer array (m,), or raise a ValueError.

    rows : at least one number from 0 to n - 1, (m,) int, or a mask, (n,) bool, that is not all
    false. With `unique` the numbers are sorted, without repetition. With `none` there may be none.
    """
    rows = np.asarray(rows)
    if rows.dtype == bool and rows.shape == (n,):
        rows = np.flatnonzero(rows)
    if none and rows.shape == (0,):
        return np.empty(0, np.int64)
    if rows.ndim != 1 or not len(rows) or rows.dtype.kind not in "iu":
        raise ValueError(
            f"{name} must be at least one row number, or a mask of shape ({n},) with at least one "
            f"true value, got {rows.dtype} of shape {rows.shape}"
        )
    if rows.min() < 0 or rows.max() >= n:
        raise ValueError(
            f"{name} must be row numbers from 0 to {n - 1}, got {rows.min()} to {rows.max()}"
        )
    if not unique:
        return rows
    mask = np.zeros(n, dtype=bool)  # much faster than to sort or hash that many numbers
    mask[rows] = True
    return np.flatnonzero(mask)


_STEPS = 1 << 15  # across a map: four in each pixel of the largest picture


def check_points(name, points, n=None, *, columns=None, dtype=None, finite=True):
    """Return coordinates of at least one point as floats (n, d) in C order, or raise an error.

    n, columns : the shape that is required. dtype : by default float64 and float32 stay, and all
    others become float32. It is a TypeError if they are not real numbers, a ValueError if the shape
    does not fit, or if NaN or infinity is among them and `finite` is true.
    """
    try:
        points = np.asarray(points)
        if dtype is None:
            dtype = points.dtype if points.dtype in (np.float32, np.float64) else np.float32
        points = np.ascontiguousarray(points, dtype)
    except (TypeError, ValueError):
        raise TypeError(
            f"{name} must be numbers of shape (n, {columns or 'd'}), got {type(points).__name__}"
        ) from None
    if points.ndim != 2 or not points.size or points.shape[1] != (columns or points.shape[1]):
        raise ValueError(
            f"{name} must have shape (n, {columns or 'd'}), n ≥ 1, got {points.shape}"
        )
    if n is not None and len(points) != n:
        raise ValueError(f"{name} must have one row per row of X ({n:,}), got {len(points):,}")
    if finite:
        require_finite(name, points)
    return points


def check_xy(name, xy, n=None, *, dtype="auto"):
    """Return positions on a map, finite (n, 2) in C order, or raise an error as `check_points`.

    dtype : as for `check_points`, or "auto": float32, or float64 where that could not tell apart
    what lies apart in a picture, such as seconds since 1970.
    """
    if dtype != "auto":
        return check_points(name, xy, n, columns=2, dtype=dtype)
    is_float32 = getattr(xy, "dtype", None) == np.float32
    xy = check_points(name, xy, n, columns=2, dtype=np.float32 if is_float32 else np.float64)
    rounding = np.spacing(np.float32(np.abs(xy).max()))
    if is_float32 or np.ptp(xy, axis=0).max() < _STEPS * rounding:
        return xy
    return xy.astype(np.float32)
