"""Colors that keep distances: multidimensional scaling of what lies near each other on the map.

Three axes for the whole map can't show how its 128 dimensions differ from region to region. Here no
axis is chosen. Points move through the three dimensions of color until those that are neighbors on
the map are as far apart in color as they are in X.
"""

from functools import partial

import numba
import numpy as np

from ..arrays.checks import check_count, check_number, check_points, check_xy
from ..arrays.chunks import map_rows, progress_between, run_chunks, sample_rows
from ..arrays.moments import power_of_two
from ..arrays.neighbors import map_neighbors
from ..steps.pca import ChunkedPCA

_COLORS = 3
_CHUNK_ROWS = 8192
_SAMPLE = 50_000
_DAMPING = np.float32(0.5)  # share of the old position in the new one; with less, points swing
_TINY = np.float32(1e-20)


def local_mds(X, xy, k=40, *, anchor=0.3, n_iter=60, progress=None):
    """Compute three values per point whose distances are those in X, for neighbors on the map.

    Each point starts at its three principal components. In each iteration it moves half of the way
    to the mean of k positions, one per neighbor: in the point's direction from the neighbor, as
    far away as in X.

    Parameters
    ----------
    X : float array of shape (n, d)
    xy : float array of shape (n, 2)
    k : int
        Neighbors on the map, 1 to n - 1.
    anchor : float
        Weight of the principal components against the neighbors, at least 0. The larger it is,
        the more distant regions agree about what a color means; infinity keeps the components.
    n_iter : int
    progress
        As for `make_map`.

    Returns
    -------
    float32 array of shape (n, 3)
        In units of X.

    Raises
    ------
    ValueError
        If `X` and `xy` do not fit together, or a parameter is out of range.

    References
    ----------
    J. de Leeuw, "Applications of convex analysis to multidimensional scaling" (1977), for the
    iterations. L. Chen and A. Buja, "Local multidimensional scaling for nonlinear dimension
    reduction" (2009), for distances that count only among neighbors.
    """
    X = check_points("X", X, dtype=np.float32, finite=False)
    xy = check_xy("xy", xy, len(X), dtype=np.float64)
    check_number("anchor", anchor, at_least=0)
    check_count("n_iter", n_iter, 0)
    if len(X) == 1:
        return np.zeros((1, _COLORS), np.float32)
    near = map_neighbors(xy, k)
    start = three_components(X)
    return place(X, near, start, anchor, n_iter, progress_between(progress, 0.2, 1))


def three_components(X, rows=None):
    """Return the first three principal components of `X`, float32 (n, 3); 0 beyond its own.

    rows : (m,) int, optional. Only their components, (m, 3), learnt from a sample of them.
    """
    n = len(X) if rows is None else len(rows)
    components = np.zeros((n, _COLORS), np.float32)
    if n > 1:
        sample = X if rows is None else X[rows[sample_rows(n, _SAMPLE, 0)]]
        pca = ChunkedPCA(min(_COLORS, n, X.shape[1])).fit(sample)
        components[:, : pca.n_components_] = pca.transform(X) if rows is None else map_rows(
            lambda chunk: pca.transform(X[chunk]), rows, size=_CHUNK_ROWS
        )
    return components


def place(X, near, start, anchor, n_iter, report, shown=None):
    """Return positions (n, 3) whose distances to the neighbors `near` (n, k) are those in X.

    X : float32 (n, d), or an iterable of blocks of its columns. start : float32 (n, 3), in units of
    X; columns of zeros stay zero, so that positions may have fewer dimensions. shown : float32
    (n, t), columns whose distances are left out, since something else shows them.
    """
    if np.isinf(anchor):
        return start
    # Squares of very large or small numbers would leave what float32 can hold.
    unit = power_of_two(start if shown is None else shown)
    start = start / unit
    run = partial(run_chunks, size=_CHUNK_ROWS)
    distances = np.zeros(near.shape, np.float32)
    for block in [X] if isinstance(X, np.ndarray) else X:
        run(partial(_add_squares, block, near, 1 / unit, distances), len(near))
    if shown is not None:
        run(partial(_add_squares, shown, near, 1 / unit, distances, sign=-1), len(near))
    np.sqrt(np.maximum(distances, 0, out=distances), out=distances)
    old, new = start.copy(), np.empty_like(start)

    def move(rows):
        _move(old, rows.start, start[rows], near[rows], distances[rows], anchor, new[rows])

    for done in range(n_iter):
        report(done / n_iter)
        run(move, len(near))
        old, new = new, old
    report(1.0)
    return unit * old


def _add_squares(X, near, scale, squares, rows, sign=1):
    _add_distances(X, rows.start, near[rows], scale, np.float32(sign), squares[rows])


@numba.njit(cache=True, nogil=True, fastmath=True)
def _add_distances(X, first, near, scale, sign, out):
    """Add to `out` the squared distances in X of the points from `first` on to their neighbors."""
    for i in range(len(near)):
        for b in range(near.shape[1]):
            total = np.float32(0)
            for c in range(X.shape[1]):
                step = (X[first + i, c] - X[near[i, b], c]) * scale
                total += step * step
            out[i, b] += sign * total


@numba.njit(cache=True, nogil=True, fastmath=True)
def _move(old, first, start, near, distances, anchor, out):
    """Write to `out` the new positions of the points from row `first` on."""
    m, k = near.shape
    pull = np.float32(anchor * k)
    for i in range(m):
        here = old[first + i]
        x, y, z = pull * start[i, 0], pull * start[i, 1], pull * start[i, 2]
        for b in range(k):
            there = old[near[i, b]]
            dx, dy, dz = here[0] - there[0], here[1] - there[1], here[2] - there[2]
            stretch = distances[i, b] / (np.sqrt(dx * dx + dy * dy + dz * dz) + _TINY)
            x += there[0] + stretch * dx
            y += there[1] + stretch * dy
            z += there[2] + stretch * dz
        share = (1 - _DAMPING) / (k + pull)
        out[i, 0] = _DAMPING * here[0] + share * x
        out[i, 1] = _DAMPING * here[1] + share * y
        out[i, 2] = _DAMPING * here[2] + share * z
