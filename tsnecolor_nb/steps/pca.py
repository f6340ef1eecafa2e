"""Steps that turn the dimensions of X into others: principal and independent components.

They are scikit-learn transformers. Float32 stays float32, float64 stays float64.
"""

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from ..arrays.chunks import map_rows, single_threaded
from ..arrays.moments import moments

FLOATS = [np.float32, np.float64]


class LinearProjection(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """``(X - mean_) @ forward_.T`` there, and ``values @ backward_ + mean_`` back."""

    def transform(self, X):
        """Project `X`, float (n, d), on the components: float (n, n_components_)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=FLOATS, reset=False)
        mean, forward = self.mean_.astype(X.dtype), self._forward.T.astype(X.dtype)
        return map_rows(lambda rows: (rows - mean) @ forward, X)

    def inverse_transform(self, values):
        """Return the points of X's space, float (n, d), that have these component `values`.

        What lies outside the components' span is set to the mean.
        """
        check_is_fitted(self)
        values = np.asarray(values)
        if values.ndim != 2 or values.shape[1] != self.n_components_:
            raise ValueError(
                f"values must have shape (n, {self.n_components_}), got {values.shape}"
            )
        dtype = np.result_type(values, np.float32)
        return (values @ self._backward + self.mean_).astype(dtype, copy=False)

    @property
    def _n_features_out(self):
        return self.n_components_

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


class ChunkedPCA(LinearProjection):
    """Principal components by one pass over the rows, exact also in float32.

    `sklearn.decomposition.PCA` on float32 loses digits when means are large against deviations
    (19 % of a variance at mean / std = 71), and copies X. Here every chunk is centered by a pilot
    mean, its Gram matrix is added up in float64, and the d × d sum is diagonalized. The name
    differs from scikit-learn's so that both can be imported side by side.

    Parameters
    ----------
    n_components : int, optional
        All that there are, min(n, d), unless given.
    whiten : bool
        Scale each component to unit variance.

    Attributes
    ----------
    components_ : float64 array of shape (n_components_, d)
        Unit vectors, largest variance first. The entry of largest magnitude is positive, which
        is also scikit-learn's rule.
    explained_variance_, explained_variance_ratio_ : float64 arrays of shape (n_components_,)
    mean_ : float64 array of shape (d,)
    n_components_ : int

    References
    ----------
    K. Pearson, "On lines and planes of closest fit" (1901). Chan, Golub and LeVeque, "Algorithms
    for computing the sample variance" (1983), for the pilot mean.
    """

    def __init__(self, n_components=None, *, whiten=False):
        self.n_components = n_components
        self.whiten = whiten

    def fit(self, X, y=None):
        """Learn mean, axes and variances from `X`, float (n, d) with n >= 2."""
        X = validate_data(self, X, dtype=FLOATS, ensure_min_samples=2)
        check_n_components(self.n_components, min(X.shape))
        return self.fit_moments(moments(X), X)

    def fit_moments(self, moments, sample=None):
        """Learn the same from the `Moments` of all rows; no sample of them is needed."""
        self.n_features_in_ = len(moments.mean)
        k = check_n_components(self.n_components, min(moments.n, self.n_features_in_))
        with single_threaded():
            variance, axes = np.linalg.eigh(moments.covariance)
        variance = np.maximum(variance[::-1], 0)
        axes = axes.T[::-1][:k]
        sign = np.sign(axes[np.arange(k), np.abs(axes).argmax(axis=1)])
        self.components_ = axes * sign[:, None]
        self.explained_variance_ = variance[:k]
        self.explained_variance_ratio_ = variance[:k] / (variance.sum() or 1)
        self.mean_, self.n_components_ = moments.mean, k
        return self

    @property
    def _scale(self):
        if not self.whiten:
            return np.ones((self.n_components_, 1))
        scale = np.sqrt(self.explained_variance_)[:, None]
        return np.where(scale > 0, scale, 1)

    @property
    def _forward(self):
        return self.components_ / self._scale

    @property
    def _backward(self):
        return self.components_ * self._scale


def check_n_components(n_components, limit):
    """Return the number of components as an int: `limit` for None, else 1 to `limit`."""
    if n_components is None:
        return limit
    if (
        isinstance(n_components, bool)
        or not isinstance(n_components, (int, np.integer))
        or not 1 <= n_components <= limit
    ):
        raise ValueError(
            f"n_components must be an integer from 1 to min(n_samples, n_features) = {limit}, "
            f"got {n_components!r}"
        )
    return int(n_components)
