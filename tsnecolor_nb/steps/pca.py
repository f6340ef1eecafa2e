"""Linear projections, and principal components."""

from copy import copy
from weakref import WeakKeyDictionary

import numpy as np
from sklearn import config_context
from sklearn.base import ClassNamePrefixFeaturesOutMixin
from sklearn.utils.validation import check_is_fitted

from ..arrays.checks import check_count
from ..arrays.chunks import single_threaded
from ..arrays.matching import match_components
from ..arrays.moments import moments
from .base import Step

_FITTED = WeakKeyDictionary()  # embedding -> its ChunkedPCA


class LinearProjection(ClassNamePrefixFeaturesOutMixin, Step):
    """``(X - mean_) @ _forward.T``, and ``values @ _backward + mean_`` as its inverse."""

    _keeps_dtype = True
    _min_samples = 2
    _per_component = ()  # fitted attributes with one entry for each component

    def _row_function(self, dtype):
        mean, forward = self.mean_.astype(dtype), self._forward.T.astype(dtype)
        return lambda rows: (rows - mean) @ forward

    def inverse_transform(self, values):
        """Return the points in the space of X, (n, d) float, that have these component `values`.

        Outside the span of the components they equal the mean.
        """
        check_is_fitted(self)
        values = np.asarray(values)
        if values.ndim != 2 or values.shape[1] != self.n_components_:
            raise ValueError(
                f"values must have shape (n, {self.n_components_}), got {values.shape}"
            )
        dtype = np.result_type(values, np.float32)
        return (values @ self._backward + self.mean_).astype(dtype, copy=False)

    def reordered(self, order, signs):
        """Return a copy with components ``order``, (k,) int, multiplied by `signs`, (k,) ±1."""
        other = copy(self)
        other.n_components_ = len(order)
        other.components_ = self.components_[order] * np.asarray(signs)[:, None]
        for name in self._per_component:
            setattr(other, name, getattr(self, name)[order])
        return other

    def aligned(self, before, after):
        """Return a copy whose components have the order and the signs of an earlier fit's.

        `before` and `after`, (m, k) float, are the components of the same points by both fits.
        """
        # Between centered columns the cosine is the correlation.
        return self.reordered(*match_components(*((v - v.mean(axis=0)).T for v in (before, after))))

    @property
    def _n_features_out(self):
        return self.n_components_


class ChunkedPCA(LinearProjection):
    """Principal components by one pass over the rows, exact also in float32.

    `sklearn.decomposition.PCA` on float32 loses digits when means are large against deviations
    (19 % of a variance at mean / std = 71), and copies X. Here every chunk is centered by a pilot
    mean, its Gram matrix is added up in float64, and the d × d sum is diagonalized.

    Parameters
    ----------
    n_components : int, optional
        By default all of them, min(n, d).
    whiten : bool
        Scale each component to unit variance.

    Attributes
    ----------
    components_ : float64 array of shape (n_components_, d)
        Unit vectors, largest variance first; as in scikit-learn the entry of largest magnitude
        is positive.
    explained_variance_, explained_variance_ratio_ : float64 arrays of shape (n_components_,)
    mean_ : float64 array of shape (d,)
    n_components_ : int

    References
    ----------
    K. Pearson, "On lines and planes of closest fit" (1901). Chan, Golub and LeVeque, "Algorithms
    for computing the sample variance" (1983), for the pilot mean.
    """

    _per_component = ("explained_variance_", "explained_variance_ratio_")

    def __init__(self, n_components=None, *, whiten=False):
        self.n_components = n_components
        self.whiten = whiten

    def _learn(self, X):
        check_n_components(self.n_components, min(X.shape))
        self.fit_moments(moments(X))

    def fit_moments(self, moments, sample=None):
        """Learn the same from the `Moments` of all rows; `sample` is not used."""
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
    def _deviations(self):
        return np.ones(self.n_components_) if self.whiten else np.sqrt(self.explained_variance_)

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


def pca_of(embedding):
    """Return the `ChunkedPCA` of all complete rows of an embedding, fitted once for each of these.

    So a component has one number wherever a person meets it.
    """
    fitted = _FITTED.get(embedding)
    if fitted is None:
        with config_context(assume_finite=True):
            fitted = _FITTED[embedding] = ChunkedPCA().fit(embedding.complete().X)
    return fitted


def check_n_components(n_components, limit):
    """Return the number of components as an int: `limit` for None, else 1 to `limit`."""
    if n_components is None:
        return limit
    return check_count("n_components", n_components, 1, limit, "min(n_samples, n_features)")
