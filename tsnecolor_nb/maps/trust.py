"""Where the map may be trusted: false neighbors and tears, for every point.

A *false neighbor* is near on the map, but far in X. A *tear* separates neighbors in X that are far
apart on the map. Trustworthiness and continuity count both, weighted by rank among the neighbors.
To rank all points would take too long: the first ranks come from a search for neighbors, higher
ones are estimated from a sample of the points.
"""

from pathlib import Path
from zipfile import BadZipFile

import joblib
import numba
import numpy as np

from ..arrays.checks import check_count, check_points, check_rows, check_xy
from ..arrays.chunks import map_chunks, row_chunks, sample_rows
from ..arrays.files import write_whole
from ..arrays.neighbors import map_tree, query_neighbors, without_self

_LISTED = 100  # neighbors whose rank is counted one by one
_CHUNK = 1024
_ALL_COMPARED = 20_000  # points up to which the search compares all with all
_PROBED = 20  # of the √n lists into which it sorts more than that


def distortion(
    X, xy, k=20, *, rows=None, n_references=1000, random_state=0, path=None, progress=None
):
    """Measure by how much each point's neighborhood on the map is false, and how far it is torn.

    Parameters
    ----------
    X : float array of shape (n, d)
    xy : float array of shape (n, 2)
    k : int
        Neighbors that are compared, 1 to 50 and fewer than half of all.
    rows : int array of shape (m,), optional
        The points to measure, by default all; their neighbors are searched among all points.
    n_references : int
        Points, a random sample, from which ranks beyond the first hundred are estimated. With n
        or more of them ranks are exact.
    random_state, progress
        As for `make_map`.
    path : path, optional
        A file (.npz) that keeps the result. Where it holds that of the same data and parameters,
        nothing is computed; any other content is refused.

    Returns
    -------
    float32 array of shape (m, 2)
        False neighbors and tears: one minus the point's share of trustworthiness and of
        continuity. 0 is perfect, about 1 the worst possible.

    Raises
    ------
    ValueError
        If an argument does not fit, or if the file holds something else.

    References
    ----------
    J. Venna and S. Kaski, "Local multidimensional scaling" (2006), for the two measures.
    M. Douze et al., "The Faiss library" (2024), for the search in X.
    """
    X = check_points("X", X, dtype=np.float32)
    n = len(X)
    if n < 4:
        raise ValueError(f"X must have at least 4 rows, got {n}")
    xy = check_xy("xy", xy, n, dtype=np.float64)
    k = check_count("k", k, 1, min(50, n // 2 - 1))
    rows = np.arange(n) if rows is None else check_rows("rows", rows, n)
    check_count("n_references", n_references, 1)
    if path is not None:
        key = joblib.hash((X, xy, k, rows, n_references, random_state))
        if (measured := _load(path, key)) is not None:
            return measured
    references = sample_rows(n, n_references, random_state)
    if np.ptp(X, axis=0).any():
        measured = _measure(X, xy, k, rows, references, progress)
    else:  # points that are all equal have no order that a map could break
        measured = np.zeros((len(rows), 2), np.float32)
    if path is not None:
        write_whole(
            path, lambda file: np.savez(file, key=key, distortion=measured), overwrite=True
        )
    return measured


def spread_distortion(X, xy, k=20, n_measured=20_000, *, progress=None):
    """Return the `distortion` of `n_measured` sampled points, float32 (n, 2).

    Each other point has the values of the nearest sampled one on the map: a picture of all points
    for a fraction of the work, in which groups of points can be read, but not single ones. A `k`
    that is too large for the data is reduced.
    """
    from scipy.spatial import cKDTree

    n = len(X)
    rows = sample_rows(n, n_measured, 0)
    k = max(1, min(k, n // 2 - 1))
    measured = distortion(X, xy, k, rows=rows, progress=progress)
    if len(rows) == n:
        return measured
    return measured[cKDTree(xy[rows]).query(xy, workers=-1)[1]]


def _measure(X, xy, k, rows, references, progress):
    n = len(X)
    listed = min(_LISTED, n - 1)
    search_X, tree = _search(X, listed), map_tree(xy)
    worst = k * (2 * n - 3 * k - 1) / 2

    def of_chunk(chunk):
        points = rows[chunk]
        near_X, near_xy = search_X(points), query_neighbors(tree, points, listed)
        false = _excess(X, points, near_xy[:, :k], near_X, references, k)
        torn = _excess(xy, points, near_X[:, :k], near_xy, references, k)
        return np.stack([false, torn], axis=1) / worst

    measured = map_chunks(of_chunk, len(rows), progress, size=_CHUNK)
    return np.concatenate(list(measured)).astype(np.float32)


def _excess(space, rows, others, listed, references, k):
    """Sum, per point, by how much the ranks of the `others` (m, k) in a space exceed k: float (m,).

    `listed` are the nearest in that space, nearest first; the rank of a point that is not among
    them is estimated by the share of the references that are nearer.
    """
    is_listed = others[:, :, None] == listed[:, None, :]
    rank = np.where(is_listed.any(axis=2), 1 + is_listed.argmax(axis=2), 0)
    missing = rank == 0
    origin = space[references].mean(axis=0)  # near it float32 keeps its digits
    points, sample = space[rows] - origin, space[references] - origin
    squared = (sample**2).sum(axis=1) - 2 * points @ sample.T
    squared += (points**2).sum(axis=1)[:, None]
    squared[references[None, :] == rows[:, None]] = np.inf
    limit = ((space[others] - space[rows][:, None]) ** 2).sum(axis=2)
    nearer = _count_below(squared, limit, missing)
    compared = np.isfinite(squared).sum(axis=1)
    estimate = 1 + nearer * ((len(space) - 1) / compared)[:, None]
    rank = np.where(missing, np.maximum(estimate, listed.shape[1] + 1), rank)
    return np.maximum(rank - k, 0).sum(axis=1)


@numba.njit(cache=True, nogil=True)
def _count_below(squared, limit, wanted):
    counts = np.zeros(limit.shape, np.int64)
    for i in range(len(limit)):
        for j in range(limit.shape[1]):
            if wanted[i, j]:
                count = 0
                for s in range(squared.shape[1]):
                    count += squared[i, s] < limit[i, j]
                counts[i, j] = count
    return counts


def _search(X, k):
    """Return a function from row numbers to the k nearest other rows in X, nearest first."""
    import faiss

    n, d = X.shape
    center = X[sample_rows(n, 10_000, 0)].mean(axis=0)  # near it float32 keeps its digits
    index = faiss.IndexFlatL2(d)
    if n > _ALL_COMPARED:
        n_lists = int(np.sqrt(n))
        # Eight bits a number: a quarter of the memory, for the search alone.
        index = faiss.IndexIVFScalarQuantizer(index, d, n_lists, faiss.ScalarQuantizer.QT_8bit)
        index.cp.min_points_per_centroid = 1
        index.train(X[sample_rows(n, 40 * n_lists, 0)] - center)
        index.nprobe = _PROBED
    for chunk in row_chunks(n, 16 * _CHUNK):
        index.add(X[chunk] - center)

    def search(rows):
        faiss.omp_set_num_threads(1)  # in this thread; the other cores compute other chunks
        near = index.search(X[rows] - center, k + 1)[1]
        near = np.where(near < 0, near[:, :1], near)  # -1 where small lists hold fewer
        return without_self(near, rows)

    return search


def _load(path, key):
    """Return the result that a file keeps, float32 (m, 2), or None if there is no such file."""
    path = Path(path)
    if not path.exists():
        return None
    try:
        with np.load(path, allow_pickle=False) as stored:
            stored_key, measured = str(stored["key"]), stored["distortion"]
    except (KeyError, ValueError, OSError, BadZipFile) as error:
        raise ValueError(f"path {str(path)!r} holds no distortion: {error}") from None
    if stored_key != key:
        raise ValueError(
            f"path {str(path)!r} holds the distortion of other data or parameters; "
            "name another file, or remove this one"
        )
    return measured
