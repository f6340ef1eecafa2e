"""Independent components."""

import warnings

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from ..arrays.checks import check_count
from ..arrays.chunks import map_chunks, row_chunks, sample_rows, single_threaded
from ..arrays.moments import moments
from .base import current_progress
from .pca import ChunkedPCA, LinearProjection, check_n_components


class SampledICA(LinearProjection):
    """Independent components: FastICA on a seeded sample of rows, applied to all rows.

    `ChunkedPCA` whitens all rows, cut at the rank of the data because of constant columns;
    FastICA's fixed-point iteration then rotates the whitened sample. On the glyph atlas the
    components of a sample of 50,000 differ from those of all rows as much as those of all rows
    differ from seed to seed: mean matched |correlation| 0.91 at 24 and 30 components, 0.8 at 128,
    1.0 at 3.

    Parameters
    ----------
    n_components : int, optional
        The rank of X by default; never more than that.
    n_samples : int
        Rows from which the rotation is learnt.
    max_iter : int
        Far more than usual: the number of iterations depends on the rounding of the machine. On
        10,000 rows of the atlas 128 components take 100 to 200.
    tol : float
        The rotation has converged when no component changes by more than this, in 1 - |cosine|,
        between two iterations. A `ConvergenceWarning` is issued if it has not after `max_iter`.
    random_state : int
        Seeds both the sample and the initial rotation.

    Attributes
    ----------
    components_ : float64 array of shape (n_components_, d)
        Unmixing: ``(X - mean_) @ components_.T`` are the sources, of unit variance.
    mixing_ : float64 array of shape (d, n_components_)
        Column j is the change of X per unit of source j. Sources are ordered by the variance that
        they explain, ``(mixing_ ** 2).sum(axis=0)``, largest first, and their sign makes their
        skewness positive: the rare, strong values are the high ones.
    mean_ : float64 array of shape (d,)
    n_components_, n_iter_ : int
    converged_ : bool

    References
    ----------
    A. Hyvärinen, "Fast and robust fixed-point algorithms for independent component analysis"
    (1999).
    """

    def __init__(
        self, n_components=None, *, n_samples=50_000, max_iter=400, tol=1e-4, random_state=0
    ):
        self.n_components = n_components
        self.n_samples = n_samples
        self.max_iter = max_iter
        self.tol = tol
        self.random_state = random_state

    def _learn(self, X):
        self.fit_moments(moments(X), X)

    def fit_moments(self, moments, sample):
        """Learn from the `Moments` of all rows, and from some or all of the rows, (m, d)."""
        check_count("max_iter", self.max_iter, 1)
        self.n_features_in_ = len(moments.mean)
        whitening = self._whiten(moments, np.finfo(sample.dtype).eps)
        rows = sample_rows(len(sample), self.n_samples, self.random_state)
        white = whitening.transform(sample[rows])
        # The iteration never converges unless the sample is exactly white by itself.
        exact = ChunkedPCA(whiten=True).fit(white)
        axes, exactly = exact.components_, exact.transform(white)
        if len(white) == moments.n:
            # White but for rounding: these axes are noise; the start must not depend on them.
            axes, exactly = np.eye(len(axes)), (exactly @ axes).astype(white.dtype)
        rotation = self._rotate(exactly) @ axes
        chunks = row_chunks(len(white))
        third_moments = sum(((white[rows] @ rotation.T) ** 3).sum(axis=0) for rows in chunks)
        rotation *= np.where(third_moments < 0, -1, 1)[:, None]
        mixing = rotation @ whitening._backward
        order = np.argsort(-(mixing**2).sum(axis=1), kind="stable")
        self.mean_, self.n_components_ = whitening.mean_, len(rotation)
        self.components_ = (rotation @ whitening._forward)[order]
        self.mixing_ = mixing[order].T
        return self

    def _whiten(self, moments, eps):
        """Return a whitening PCA of all rows with no more components than their rank."""
        k = check_n_components(self.n_components, min(moments.n, len(moments.mean)))
        pca = ChunkedPCA(whiten=True).fit_moments(moments)
        variance = pca.explained_variance_
        rank = int((variance > 10 * eps * variance[0]).sum())
        k = max(min(k, rank), 1)
        if self.n_samples <= k:
            raise ValueError(
                f"n_samples must be greater than the number of components, {k}, "
                f"got {self.n_samples!r}"
            )
        return pca.reordered(np.arange(k), np.ones(k))

    def _rotate(self, white):
        """Return the rotation, (k, k), by `sklearn.decomposition.FastICA`'s default iteration.

        It is symmetric, with tanh. Running it chunk by chunk keeps intermediate results in cache,
        reports progress and lets a caller stop it.
        """
        n, k = white.shape
        progress = current_progress()
        start = np.random.default_rng(self.random_state).normal(size=(k, k))
        rotation = nearest_rotation(start)
        for iteration in range(1, self.max_iter + 1):
            previous, forward = rotation, rotation.T.astype(white.dtype)

            def sums(rows, forward=forward):
                sources = np.tanh(white[rows] @ forward)
                return sources.T @ white[rows], np.einsum("ij,ij->j", sources, sources)

            chunks = list(map_chunks(sums, n))
            products = sum(product.astype(np.float64) for product, _ in chunks) / n
            slopes = 1 - sum(squares.astype(np.float64) for _, squares in chunks) / n
            rotation = nearest_rotation(products - slopes[:, None] * previous)
            turn = np.abs(np.abs((rotation * previous).sum(axis=1)) - 1).max()
            if progress is not None:
                progress(iteration / self.max_iter)
            if turn < self.tol:
                break
        self.n_iter_, self.converged_ = iteration, bool(turn < self.tol)
        if not self.converged_:
            warnings.warn(
                f"SampledICA did not converge in max_iter={self.max_iter} iterations: the last one "
                f"changed a component by {turn:.1e}, more than tol={self.tol:g}. The components "
                "depend on random_state; increase max_iter or tol, or lower n_components.",
                ConvergenceWarning,
                stacklevel=2,
            )
        return rotation

    def reordered(self, order, signs):
        """As for `LinearProjection.reordered`."""
        other = super().reordered(order, signs)
        other.mixing_ = self.mixing_[:, order] * signs
        return other

    @property
    def _deviations(self):
        return np.ones(self.n_components_)

    @property
    def _forward(self):
        return self.components_

    @property
    def _backward(self):
        return self.mixing_.T


def component_steps(projection, component, amounts):
    """Return points in the space of X along one component, (m, d) float32, ready to decode.

    Parameters
    ----------
    projection : ChunkedPCA or SampledICA
        Fitted.
    component : int
        From 0; a `ValueError` is raised where there is none of that number.
    amounts : (m,) array_like of float
        Distances from the mean, in standard deviations of the component.
    """
    check_is_fitted(projection)
    k = projection.n_components_
    check_count("component", component, 0, k - 1)
    values = np.zeros((len(amounts), k), np.float32)
    values[:, component] = np.asarray(amounts) * projection._deviations[component]
    return projection.inverse_transform(values)


def nearest_rotation(matrix):
    """Return the orthogonal matrix nearest to a square `matrix`."""
    with single_threaded():
        left, _, right = np.linalg.svd(matrix)
        return left @ right
