"""Means, variances and covariances in one pass over chunks, exact also in float32."""

from dataclasses import dataclass

import numpy as np

from .chunks import map_chunks

_LEAST_SQUARE = 1e-34  # a mean square below this has imprecise digits in float32


@dataclass(frozen=True)
class Moments:
    """Mean and covariance of n rows."""

    n: int
    mean: np.ndarray  # (d,) float64
    covariance: np.ndarray  # (d, d) float64, divided by n - 1

    @property
    def variance(self):
        """The variance of each column, divided by n."""
        return self.covariance.diagonal() * (self.n - 1) / self.n


def moments(X):
    """Return the `Moments` of float `X`, (n, d) with n >= 2, in one pass."""
    pilot = pilot_mean(X)
    return moments_of_sums(pilot, *sums_about(pilot, X))


def pilot_mean(X):
    """Return an approximate mean of `X`, (d,): near enough that centering by it loses no digits."""
    return X[:: max(1, len(X) // 1024)].mean(axis=0, dtype=np.float64).astype(X.dtype)


def sums_about(pilot, X):
    """Return n, the sum and the Gram matrix of ``X - pilot``.

    Those of several blocks of rows, also from different machines, add up to those of all rows.
    """
    return len(X), *_sums(pilot, X, lambda centered: centered.T @ centered)


def moments_of_sums(pilot, n, total, gram):
    """Return the `Moments` of the rows from their `sums_about` a pilot."""
    shift = total / n
    return Moments(n, pilot + shift, (gram - n * np.outer(shift, shift)) / (n - 1))


def mean_and_variance(X):
    """Return mean and variance, divided by n, of float X's columns, float64 (d,), in one pass."""
    pilot = pilot_mean(X)
    total, squares = _sums(pilot, X, lambda centered: np.einsum("ij,ij->j", centered, centered))
    shift = total / len(X)
    return pilot + shift, np.maximum(squares / len(X) - shift**2, 0)


def power_of_two(values):
    """Return the power of two at or below the largest magnitude; dividing by it loses no digit.

    It has the dtype of `values`, and is 1 if all are 0.
    """
    peak = max(float(values.max()), -float(values.min()))
    return values.dtype.type(2.0 ** np.floor(np.log2(peak)) if peak > 0 else 1)


def _sums(pilot, X, second):
    """Add up ``X - pilot`` and ``second(X - pilot)``: float64 across chunks, X's dtype within."""

    def of_chunk(rows):
        centered = X[rows] - pilot
        return centered.sum(axis=0, dtype=np.float64), _in_range(second, centered)

    totals, seconds = zip(*map_chunks(of_chunk, len(X)), strict=True)
    return sum(totals), sum(seconds)


def _in_range(second, centered):
    """Return ``second(centered)``, float64; also compute it so where float32 would not suffice."""
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        result = second(centered)
    squares = result if result.ndim == 1 else result.diagonal()
    imprecise = squares < _LEAST_SQUARE * len(centered)
    if not np.isfinite(squares).all() or centered[:, imprecise].any():
        result = second(centered.astype(np.float64))
    return result.astype(np.float64, copy=False)
