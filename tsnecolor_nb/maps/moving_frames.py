"""Axes of color that turn slowly over the map: everywhere those along which map neighbors differ.

One set of three axes for the whole map is a compromise. Here the three axes, a *moving frame*,
depend on where a point lies on the map; each frame is turned to agree with those next to it.
So the meaning of a color changes slowly over the map: nearby points share it, distant ones need
not.
"""

import numpy as np

from ..arrays.checks import check_number, check_xy
from ..arrays.chunks import map_chunks, single_threaded
from ..arrays.neighbors import by_position, map_pairs
from ..steps.pca import ChunkedPCA

_COLORS = 3
_ANCHOR = 0.5  # weight of the axes of the whole map against those of the frames around
_N_ITER = 50
_FRAMES, _COMPONENTS = 1500, 30
_BLENDED = 6  # frames per point


def project_on_moving_frames(
    X, xy, width, *, k=10, n_pairs=200_000, random_state=0, progress=None
):
    """Project every point on axes that depend on where it lies on the map.

    Differences between map neighbors give second moments around 1,500 points, or a
    twentieth of fewer than 30,000, in 30 principal components of X, smoothed by a Gaussian over the
    map. Their three main axes are a frame. All frames are then turned, in
    iterations, towards the mean of those around and, less, towards the axes of the whole map. A
    point is projected on the blend of the frames that are nearest to it.

    Parameters
    ----------
    X : float array of shape (n, d)
    xy : float array of shape (n, 2)
    width : float
        Standard deviation of the Gaussian, in units of the map. The wider, the more the frames
        agree; at infinity it is `fit_neighbor_pca`.
    k : int
        A pair is a point and one of its k nearest on the map, chosen at random.
    n_pairs : int
    random_state, progress
        As for `make_map`.

    Returns
    -------
    float32 array of shape (n, min(3, n, d))

    Raises
    ------
    ValueError
        If `X` and `xy` do not fit together, or a parameter is out of range.

    References
    ----------
    P. Schönemann, "A generalized solution of the orthogonal Procrustes problem" (1966). A. Singer,
    "Angular synchronization by eigenvectors and semidefinite programming" (2011), for solving for
    all rotations together.
    """
    xy = check_xy("xy", xy, len(X), dtype=np.float64)
    check_number("width", width, above=0)
    from scipy.spatial import cKDTree

    rng = np.random.default_rng(random_state)
    X = ChunkedPCA(min(_COMPONENTS, *X.shape)).fit(X).transform(X)
    sampled = np.sort(rng.permutation(len(xy))[: max(1, min(_FRAMES, len(xy) // 20))])
    centers = xy[by_position(xy)[sampled]]
    first, second = map_pairs(xy, k, n_pairs, rng)
    tree = cKDTree(centers)
    differences = X[first]
    differences -= X[second]
    moments = _moments(differences, tree.query(xy[first])[1], len(centers))
    del differences
    frames = _frames(moments, centers, width)
    return _project(X, xy, tree, frames, width, progress)


def _moments(differences, cell, m):
    """Return the second moments of the differences in each cell, float64 (m, d, d)."""
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(cell[order], np.arange(m + 1))
    moments = np.zeros((m, differences.shape[1], differences.shape[1]))
    for c in range(m):
        here = differences[order[starts[c] : starts[c + 1]]].astype(np.float64)
        moments[c] = here.T @ here
    return moments


def _frames(moments, centers, width):
    """Return three axes for each center, turned to agree, float64 (m, 3, d)."""
    from scipy.spatial.distance import cdist

    m, d, _ = moments.shape
    weight = np.exp(-0.5 * cdist(centers, centers, "sqeuclidean") / width**2)
    pairs = np.trace(moments, axis1=1, axis2=2)
    with single_threaded():
        axes = _main_axes((weight @ moments.reshape(m, -1)).reshape(m, d, d))
        whole = _main_axes(moments.sum(axis=0, keepdims=True))
        weight *= pairs
        np.fill_diagonal(weight, 0)
        total = weight.sum(axis=1, keepdims=True)
        weight /= np.where(total > 0, total, 1)  # a frame without others follows the map only
        frames = _turned(axes, np.broadcast_to(whole, axes.shape))
        for _ in range(_N_ITER):
            around = (weight @ frames.reshape(m, -1)).reshape(frames.shape)
            frames = _turned(axes, around + _ANCHOR * whole)
    return frames


def _main_axes(moments):
    """Return the main axes of each matrix, largest first, (m, 3, d)."""
    axes = np.linalg.eigh(moments)[1]
    return axes[:, :, ::-1][:, :, :_COLORS].transpose(0, 2, 1)


def _turned(axes, towards):
    """Rotate each set of axes, (m, 3, d), within its span as close to `towards` as possible."""
    left, _, right = np.linalg.svd(towards @ axes.transpose(0, 2, 1))
    return left @ right @ axes


def _project(X, xy, tree, frames, width, progress):
    flat = frames.reshape(len(frames), -1).astype(np.float32)

    def of_chunk(rows):
        away, near = tree.query(xy[rows], k=min(_BLENDED, len(frames)))
        away, near = away.reshape(len(away), -1), near.reshape(len(near), -1)
        # Relative to the nearest: weights must not all vanish far from every frame.
        weight = np.exp(2 * (away[:, :1] ** 2 - away**2) / width**2).astype(np.float32)
        weight /= weight.sum(axis=1, keepdims=True)
        blend = np.einsum("ij,ijk->ik", weight, flat[near])
        return np.einsum("ijk,ik->ij", blend.reshape(-1, *frames.shape[1:]), X[rows])

    return np.concatenate(list(map_chunks(of_chunk, len(X), progress)))
