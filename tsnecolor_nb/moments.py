"""Means, variances and covariances in one pass over chunks, exact also in float32."""

import numpy as np

from .chunks import map_chunks


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


def _moments(X, second):
    """Add up chunks centered by a pilot mean: float32 within a chunk, float64 across chunks.

    Returns the mean, its distance from the pilot, and the sum of ``second(centered)``.
    """
    n = len(X)
    pilot = X[:: max(1, n // 1024)].mean(axis=0, dtype=np.float64).astype(X.dtype)

    def of_chunk(rows):
        centered = X[rows] - pilot
        return centered.sum(axis=0, dtype=np.float64), second(centered).astype(np.float64)

    totals, seconds = zip(*map_chunks(of_chunk, n), strict=True)
    shift = sum(totals) / n
    return pilot + shift, shift, sum(seconds)
