"""Means, variances and covariances in one pass over chunks, exact also in float32."""

import numpy as np

from .chunks import map_chunks

_LOST = 1e-34  # a mean square below this has lost digits in float32


def mean_and_covariance(X):
    """Return mean (d,) and covariance (d, d) of X's rows in float64, in one pass.

    Parameters
    ----------
    X : float array of shape (n, d), n >= 2
    """
    mean, shift, gram = _moments(X, lambda centered: centered.T @ centered)
    n = len(X)
    return mean, (gram - n * np.outer(shift, shift)) / (n - 1)


def mean_and_variance(X):
    """Return mean and variance, divided by n, of X's columns, float64 (d,) each, in one pass.

    Parameters
    ----------
    X : float array of shape (n, d)
    """
    mean, shift, squares = _moments(X, lambda centered: np.einsum("ij,ij->j", centered, centered))
    return mean, np.maximum(squares / len(X) - shift**2, 0)


def power_of_two(values):
    """Return the power of two next to the largest magnitude; dividing by it loses no digit.

    It has the type of `values`, and is 1 if all are 0.
    """
    peak = max(float(values.max()), -float(values.min()))
    return values.dtype.type(2.0 ** np.floor(np.log2(peak)) if peak > 0 else 1)


def _moments(X, second):
    """Add up chunks centered by a pilot mean: float32 within a chunk, float64 across chunks.

    Returns the mean, its distance from the pilot, and the sum of ``second(centered)``.
    """
    n = len(X)
    pilot = X[:: max(1, n // 1024)].mean(axis=0, dtype=np.float64).astype(X.dtype)

    def of_chunk(rows):
        centered = X[rows] - pilot
        return centered.sum(axis=0, dtype=np.float64), _in_range(second, centered)

    totals, seconds = zip(*map_chunks(of_chunk, n), strict=True)
    shift = sum(totals) / n
    return pilot + shift, shift, sum(seconds)


def _in_range(second, centered):
    """Return ``second(centered)`` in float64; compute in it, too, where float32 ran over or out."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        found = second(centered)
    squares = found if found.ndim == 1 else found.diagonal()
    lost = squares < _LOST * len(centered)
    if not np.isfinite(squares).all() or centered[:, lost].any():
        found = second(centered.astype(np.float64))
    return found.astype(np.float64, copy=False)
