"""t-SNE of a few thousand points step by step, and its extension to all others.

Three t-SNE dimensions as red, green and blue need a 3-D map of all points. Exact t-SNE of
landmarks takes seconds; every other point is then put among its nearest landmarks.
"""

from functools import cache

import numpy as np

from ..arrays.chunks import map_chunks, map_rows, sample_rows
from ..steps.pca import ChunkedPCA

_EXAGGERATION = 12.0


def landmark_map(
    X, n_landmarks=3000, n_dims=3, *, perplexity=30.0, n_iter=500, random_state=0, progress=None
):
    """Map all points: t-SNE of seeded random landmarks, then weighted means of near landmarks.

    Parameters
    ----------
    X : float array of shape (n, d)
    n_landmarks : int
        More than three times `perplexity`, at most n. Time grows with its square.
    n_dims : int
    perplexity : float
        How many landmarks a landmark takes for its neighbors, roughly.
    n_iter : int
    random_state : int
    progress : callable, optional
        Called with fractions 0..1; what it raises ends the work.

    Returns
    -------
    float32 array of shape (n, n_dims)

    References
    ----------
    L. van der Maaten and G. Hinton, "Visualizing data using t-SNE" (2008), which also proposes
    landmarks. As colors: the Infinite Drum Machine, says the original.
    """
    X = _as_matrix(X, "X")
    if not 3 * perplexity < n_landmarks <= len(X):
        raise ValueError(
            f"n_landmarks must be above 3 * perplexity = {3 * perplexity:g} and at most "
            f"n = {len(X)}, got {n_landmarks!r}"
        )
    landmarks = X[sample_rows(len(X), n_landmarks, random_state)]
    report = progress or (lambda fraction: None)
    steps = tsne_steps(landmarks, n_dims, perplexity=perplexity, n_iter=n_iter)
    for iteration, y in steps:  # noqa: B007 (y is used after the loop)
        report(iteration / n_iter / 2)
    return extend_map(X, landmarks, y, progress=lambda fraction: report(0.5 + fraction / 2))


def tsne_steps(X, n_dims=2, *, perplexity=30.0, n_iter=500):
    """Run exact t-SNE and yield after every iteration, so that one may watch or stop it.

    Time and memory grow with the square of n; a few thousand points are its limit.

    Parameters
    ----------
    X : float array of shape (n, d)
    n_dims : int
    perplexity : float
        Below n / 3.
    n_iter : int
        The first quarter exaggerates attraction by 12, which lets clusters find their places.

    Yields
    ------
    iteration : int
        1..n_iter.
    y : float32 array of shape (n, n_dims)
        The map so far, centered; copy it if it is to be kept.
    """
    X = _as_matrix(X, "X")
    if not 0 < perplexity < len(X) / 3:
        raise ValueError(f"perplexity must be above 0 and below n / 3, got {perplexity!r}")
    affinity = _affinities(X, perplexity)
    y = _principal_start(X, n_dims)
    velocity, gain = np.zeros_like(y), np.ones_like(y)
    # A. Belkina et al. (2019): this rate suits any n.
    rate = max(len(X) / _EXAGGERATION / 4, 50)
    for iteration in range(1, n_iter + 1):
        early = iteration <= n_iter // 4
        pull, push = _forces(y, affinity)
        gradient = (_EXAGGERATION if early else 1.0) * pull - push
        # R. Jacobs (1988): a coordinate that keeps its direction speeds up.
        keeps = np.sign(gradient) != np.sign(velocity)
        gain = np.maximum(np.where(keeps, gain + 0.2, gain * 0.8), 0.01)
        velocity = (0.5 if early else 0.8) * velocity - rate * gain * gradient
        y += velocity
        y -= y.mean(axis=0)
        yield iteration, y


def extend_map(X, landmarks, y, *, n_near=15, perplexity=5.0, progress=None):
    """Place all points: each takes the weighted mean of its nearest landmarks in X.

    Parameters
    ----------
    X : float array of shape (n, d)
    landmarks : float array of shape (m, d)
    y : float array of shape (m, k)
        The landmarks' places on the map.
    n_near : int
        Landmarks that a point looks at; at most m.
    perplexity : float
        How many of them count, roughly: Gaussian weights as in t-SNE.
    progress : callable, optional
        Called with fractions 0..1; what it raises ends the work.

    Returns
    -------
    float32 array of shape (n, k)
    """
    X, landmarks = _as_matrix(X, "X"), _as_matrix(landmarks, "landmarks")
    y = _as_matrix(y, "y")
    n_near = min(n_near, len(landmarks))
    origin = landmarks.mean(axis=0)
    centered = landmarks - origin
    squares = np.einsum("ij,ij->i", centered, centered)

    def place(rows):
        rows = rows - origin
        distance = squares - 2 * (rows @ centered.T)
        near = np.argpartition(distance, n_near - 1, axis=1)[:, :n_near]
        distance = np.take_along_axis(distance, near, axis=1)
        weights = _perplexity_weights(distance, min(perplexity, n_near / 2))
        return np.einsum("ij,ijk->ik", weights, y[near])

    return map_rows(place, X, progress, size=512)


def _as_matrix(values, name):
    from sklearn.utils import check_array

    return check_array(values, dtype=np.float32, order="C", input_name=name)


def _principal_start(X, n_dims):
    """Start from principal components, tiny: then every run gives the same map."""
    k = min(n_dims, *X.shape)
    y = np.zeros((len(X), n_dims), np.float32)
    y[:, :k] = ChunkedPCA(k).fit_transform(X)
    return y * (1e-4 / (y[:, 0].std() or 1))


def _affinities(X, perplexity):
    """Return t-SNE's symmetric joint probabilities, float32 (n, n)."""
    n = len(X)
    X = X - X.mean(axis=0)
    squares = np.einsum("ij,ij->i", X, X)
    distance = np.maximum(squares[:, None] + squares - 2 * (X @ X.T), 0)
    others = ~np.eye(n, dtype=bool)
    weights = np.zeros((n, n), dtype=np.float32)
    weights[others] = map_rows(
        lambda rows: _perplexity_weights(rows, perplexity), distance[others].reshape(n, n - 1)
    ).ravel()
    return (weights + weights.T) / (2 * n)


def _perplexity_weights(distance, perplexity, n_halvings=24):
    """Return Gaussian weights of squared distances, rows summing to 1 with this perplexity.

    Found by halving an interval of the Gaussian's precision, in units of the mean distance.
    """
    distance = distance - distance.min(axis=1, keepdims=True)
    mean = distance.mean(axis=1, keepdims=True)
    distance /= np.where(mean > 0, mean, 1)
    low = np.full((len(distance), 1), np.float32(-10))
    high = -low
    for _ in range(n_halvings):
        precision = np.exp((low + high) / 2)
        weights = np.exp(-precision * distance)
        total = weights.sum(axis=1, keepdims=True)
        product = np.einsum("ij,ij->i", weights, distance)[:, None]
        too_wide = np.log(total) + precision * product / total > np.log(perplexity)
        low = np.where(too_wide, (low + high) / 2, low)
        high = np.where(too_wide, high, (low + high) / 2)
    return weights / total


def _forces(y, affinity):
    """Return attraction and normalized repulsion, float32 (n, k) each."""
    kernel = _forces_kernel()
    columns = np.ascontiguousarray(y.T)
    pull, push = np.zeros_like(y), np.zeros_like(y)

    def of_rows(rows):
        return kernel(columns, affinity, rows.start, rows.stop, pull, push)

    total = sum(map_chunks(of_rows, len(y), size=256))
    return 4 * pull, 4 / np.float32(total) * push


@cache
def _forces_kernel():
    from numba import njit

    # fastmath lets the sums over points use vector registers; the order of adding changes.
    @njit(nogil=True, cache=True, fastmath=True)
    def forces_of_rows(columns, affinity, start, stop, pull, push):
        n_dims, n = columns.shape
        kernel = np.empty(n, dtype=np.float32)
        all_rows = 0.0
        for i in range(start, stop):
            kernel[:] = 1
            for c in range(n_dims):
                for j in range(n):
                    kernel[j] += (columns[c, i] - columns[c, j]) ** 2
            total = np.float32(0)
            for j in range(n):
                kernel[j] = 1 / kernel[j]
                total += kernel[j]
            all_rows += total - 1
            for c in range(n_dims):
                attraction, repulsion = np.float32(0), np.float32(0)
                for j in range(n):
                    force = kernel[j] * (columns[c, i] - columns[c, j])
                    attraction += affinity[i, j] * force
                    repulsion += kernel[j] * force
                pull[i, c], push[i, c] = attraction, repulsion
        return all_rows

    return forces_of_rows
