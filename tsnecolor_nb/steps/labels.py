"""Steps that turn columns into labels: one int32 column, (n, 1), which any other step takes."""

from copy import copy

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, ClusterMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from ..arrays.checks import check_count
from ..arrays.chunks import map_rows, sample_rows, single_threaded
from ..arrays.matching import match_labels
from ..arrays.moments import power_of_two
from .base import FLOATS, Step, current_progress


class Argmax(ClassNamePrefixFeaturesOutMixin, Step):
    """Label each point by the number of the column in which it is largest.

    Nearby points should order their dimensions alike, so mostly they share the largest one. NaN
    raises a `ValueError`, while `numpy.argmax` would return the NaN column.

    Parameters
    ----------
    absolute : bool
        Compare magnitudes.
    """

    _n_features_out = 1
    _requires_fit = False

    def __init__(self, absolute=False):
        self.absolute = absolute

    def _row_function(self, dtype):
        def largest(rows):
            if self.absolute:
                rows = np.abs(rows)
            return rows.argmax(axis=1).astype(np.int32)[:, None]

        return largest


def _same(rows):
    return rows


class ClusterLabels(ClassNamePrefixFeaturesOutMixin, ClusterMixin, Step):
    """k-means on a seeded sample, then every point takes its nearest center's label.

    Parameters
    ----------
    n_clusters : int
    samples_per_cluster : int
        Rows per center from which the centers are learnt; all rows if there are fewer. With 256
        the inertia is less than one percent above that of a fit to all of 358,359 rows.
    max_iter : int
        Of k-means on the sample.
    random_state : int

    Attributes
    ----------
    cluster_centers_ : float array of shape (n_clusters, d)
        Largest cluster first, so that colors do not change from run to run.
    labels_ : int32 array of shape (n,)
        Labels of the rows of X in `fit`.
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

    def fit_projected(self, X, project):
        """Fit to ``project(X)``, which is computed in parts, as it may be as large as X.

        project : row-wise, takes (m, d) and returns (m, p).
        """
        validate_data(self, project(X[:1]), dtype=FLOATS)
        self._learn(X, project)
        return self

    def _learn(self, X, project=_same):
        self.cluster_centers_, self.n_iter_ = self._find_centers(X, project)
        labels = _nearest_center(X, self.cluster_centers_, current_progress(), project)
        order = np.argsort(-np.bincount(labels, minlength=self.n_clusters), kind="stable")
        self._reorder(order, labels)

    def _reorder(self, order, labels):
        self.cluster_centers_ = self.cluster_centers_[order]
        self.labels_ = np.argsort(order).astype(np.int32)[labels]

    def aligned(self, before, after):
        """Return a copy whose clusters have the numbers of the same clusters in an earlier fit.

        `before` and `after`, (m, 1) int, are the labels of the same points by both fits.
        """
        numbers = np.full(len(self.cluster_centers_), -1)
        numbers[after[:, 0]] = match_labels(before[:, 0], after[:, 0])
        # Clusters without any of these points get the remaining numbers.
        numbers[numbers < 0] = np.setdiff1d(np.arange(len(numbers)), numbers)
        other = copy(self)
        other._reorder(np.argsort(numbers), self.labels_)
        return other

    @property
    def training_output_(self):
        """What `transform` gives for the rows of `fit`, int32 (n, 1); see `CachedRun`."""
        return self.labels_[:, None]

    def _find_centers(self, X, project):
        from sklearn.cluster import KMeans, kmeans_plusplus

        k = check_count("n_clusters", self.n_clusters, 1, len(X), "the number of points")
        # With few clusters the sample would be so small that its noise moves the centers.
        rows = sample_rows(len(X), self.samples_per_cluster * max(k, 64), self.random_state)
        sample = project(X[rows])
        if len(rows) == len(X):  # the first centers must not depend on the rows' order
            sample = sample[np.lexsort(sample.T)]
        # Far from the origin, or in very small or large units, squares would lose their digits.
        origin = sample.mean(axis=0, dtype=np.float64).astype(sample.dtype)
        sample -= origin
        unit = power_of_two(sample)
        sample /= unit
        # Initial centers cost more than all iterations; those of an eighth are as good.
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

    def fit_transform(self, X, y=None):
        """Fit, and return the labels of `X` itself, int32 (n, 1), without computing them twice."""
        return self.fit(X).training_output_


def _nearest_center(X, centers, progress=None, project=_same):
    """Label rows of project(X) by the nearest center: the largest x·c - |c|²/2, int32 (n,)."""
    # Near the origin float32 keeps its digits; all distances stay the same.
    origin = centers.mean(axis=0)
    centers = centers - origin
    unit = power_of_two(centers)
    centers /= unit
    directions, offsets = centers.T / unit, (centers**2).sum(axis=1) / 2

    def nearest(rows):
        scores = (project(rows) - origin) @ directions
        scores -= offsets
        return scores.argmax(axis=1).astype(np.int32)

    return map_rows(nearest, X, progress)
