"""Steps that turn columns into labels or other columns: the middle of most pipelines.

They are scikit-learn transformers, row-wise in `transform`. Labels come as one int32 column,
(n, 1), which pipelines, column transformers and data frames take alike.
"""

import numpy as np
from sklearn.base import (
    BaseEstimator,
    ClassNamePrefixFeaturesOutMixin,
    ClusterMixin,
    MetaEstimatorMixin,
    TransformerMixin,
    clone,
)
from sklearn.utils.validation import check_is_fitted, validate_data

from ..arrays.checks import check_count
from ..arrays.chunks import map_rows, sample_rows, single_threaded
from ..arrays.moments import power_of_two
from .pca import FLOATS


class Argmax(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseEstimator):
    """Label each point by the column in which it is largest.

    Nearby points should order their dimensions alike, so mostly they share the largest one. NaN
    is refused, while `numpy.argmax` would silently name the NaN column.

    Parameters
    ----------
    absolute : bool
        Compare magnitudes.
    """

    _n_features_out = 1

    def __init__(self, absolute=False):
        self.absolute = absolute

    def fit(self, X, y=None):
        """Check `X`, float (n, d); nothing is learnt."""
        validate_data(self, X, dtype=FLOATS)
        return self

    def transform(self, X):
        """Return the winning column's number, int32 (n, 1)."""
        X = validate_data(self, X, dtype=FLOATS, reset=False)

        def winners(rows):
            if self.absolute:
                rows = np.abs(rows)
            return rows.argmax(axis=1).astype(np.int32)[:, None]

        return map_rows(winners, X)

    def __sklearn_tags__(self):
        tags = _gives_labels(super().__sklearn_tags__())
        tags.requires_fit = False
        return tags


class ClusterLabels(ClassNamePrefixFeaturesOutMixin, TransformerMixin, ClusterMixin, BaseEstimator):
    """k-means on a seeded sample, then every point takes its nearest center's label.

    Parameters
    ----------
    n_clusters : int
    samples_per_cluster : int
        Rows per center on which the centers are learnt; all rows if there are fewer. 256 costs
        less than one percent of inertia against all of 358,359 rows.
    max_iter : int
        Most rounds of k-means on the sample.
    random_state : int

    Attributes
    ----------
    cluster_centers_ : float array of shape (n_clusters, d)
        Largest cluster first, so that label and color do not change from run to run.
    labels_ : int32 array of shape (n,)
        Labels of the rows seen in `fit`.
    n_iter_ : int

    References
    ----------
    S. Lloyd, "Least squares quantization in PCM" (1982), by `sklearn.cluster.KMeans`. As colors of
    a map: J. Tang et al., "Visualizing large-scale and high-dimensional data" (LargeVis, 2016).
    """

    _n_features_out = 1

    def __init__(self, n_clusters=8, *, samples_per_cluster=256, max_iter=25, random_state=0):
        self.n_clusters = n_clusters
        self.samples_per_cluster = samples_per_cluster
        self.max_iter = max_iter
        self.random_state = random_state

    def fit(self, X, y=None, *, progress=None):
        """Learn centers from `X`, float (n, d), and label its rows.

        `progress`, if given, is called with fractions 0..1; what it raises ends the work.
        """
        X = validate_data(self, X, dtype=FLOATS)
        self.cluster_centers_, self.n_iter_ = self._find_centers(X)
        labels = _nearest_center(X, self.cluster_centers_, progress)
        order = np.argsort(-np.bincount(labels, minlength=self.n_clusters), kind="stable")
        self.cluster_centers_ = self.cluster_centers_[order]
        self.labels_ = np.argsort(order).astype(np.int32)[labels]
        return self

    def _find_centers(self, X):
        from sklearn.cluster import KMeans, kmeans_plusplus

        k = check_count("n_clusters", self.n_clusters, 1, len(X), "the number of points")
        # With few clusters the sample would be so small that its noise moves the centers.
        rows = sample_rows(len(X), self.samples_per_cluster * max(k, 64), self.random_state)
        if len(rows) == len(X):
            rows = np.lexsort(X.T)  # the draw of the first centers must not hang on the rows' order
        # Far from the origin, or in very small or large units, squares would lose their digits.
        origin = X[rows].mean(axis=0, dtype=np.float64).astype(X.dtype)
        sample = X[rows] - origin
        unit = power_of_two(sample)
        sample /= unit
        # Starting centers cost more than all rounds after them, and an eighth finds as good ones.
        candidates = sample[::8] if len(sample) >= 64 * k else sample
        with single_threaded():
            start, _ = kmeans_plusplus(candidates, k, random_state=self.random_state)
            kmeans = KMeans(k, init=start, n_init=1, max_iter=self.max_iter)
            kmeans.fit(sample)
        return kmeans.cluster_centers_ * unit + origin, kmeans.n_iter_

    def predict(self, X):
        """Return the label of each row's nearest center, int32 (n,)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=FLOATS, reset=False)
        return _nearest_center(X, self.cluster_centers_)

    def transform(self, X):
        """Return the label of each row's nearest center, int32 (n, 1)."""
        return self.predict(X)[:, None]

    def fit_transform(self, X, y=None, *, progress=None):
        """Fit, and return the labels of `X` itself, int32 (n, 1)."""
        return self.fit(X, progress=progress).labels_[:, None]

    def __sklearn_tags__(self):
        return _gives_labels(super().__sklearn_tags__())


class FitOnSample(MetaEstimatorMixin, TransformerMixin, BaseEstimator):
    """Fit another transformer on a seeded sample of rows, but transform all of them, in chunks.

    The one lever both for speed and for data larger than memory: transforming is row-wise.

    Parameters
    ----------
    estimator : transformer
    n_samples : int
    random_state : int

    Attributes
    ----------
    estimator_ : the fitted clone
    """

    def __init__(self, estimator, n_samples=50_000, *, random_state=0):
        self.estimator = estimator
        self.n_samples = n_samples
        self.random_state = random_state

    def fit(self, X, y=None):
        """Fit a clone of the estimator on at most `n_samples` rows of `X`, (n, d)."""
        X = validate_data(self, X, dtype=FLOATS)
        rows = sample_rows(len(X), self.n_samples, self.random_state)
        self.estimator_ = clone(self.estimator).fit(X[rows])
        return self

    def transform(self, X):
        """Return what the fitted estimator makes of all rows of `X`."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=FLOATS, reset=False)
        return map_rows(self.estimator_.transform, X)

    def get_feature_names_out(self, input_features=None):
        """Return the names that the fitted estimator gives its columns."""
        check_is_fitted(self)
        return self.estimator_.get_feature_names_out(input_features)

    def __sklearn_tags__(self):
        return _gives_labels(super().__sklearn_tags__())


def _nearest_center(X, centers, progress=None):
    """Label rows by the nearest center: the largest x·c - |c|²/2, int32 (n,)."""
    # Near the origin float32 keeps its digits; all distances stay the same.
    origin = centers.mean(axis=0)
    centers = centers - origin
    unit = power_of_two(centers)
    centers /= unit
    directions, offsets = centers.T / unit, (centers**2).sum(axis=1) / 2

    def nearest(rows):
        scores = (rows - origin) @ directions
        scores -= offsets
        return scores.argmax(axis=1).astype(np.int32)

    return map_rows(nearest, X, progress)


def _gives_labels(tags):
    tags.transformer_tags.preserves_dtype = []
    return tags
