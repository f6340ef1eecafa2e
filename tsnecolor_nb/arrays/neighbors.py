"""Nearest neighbors on the map and in the high-dimensional data, and exemplars."""

import numpy as np

from .checks import check_count, check_points, check_rows, check_xy
from .chunks import map_chunks, map_rows, row_chunks

_QUERIES = 1 << 16  # points whose neighbors are searched in one call
_CANDIDATES, _SHARE = 512, 16  # for the exemplar of a label


def map_neighbors(xy, k=9):
    """Return the nearest neighbors of every point on the map.

    Parameters
    ----------
    xy : float array of shape (n, 2)
    k : int
        Neighbors per point, 1 to n - 1, without the point itself.

    Returns
    -------
    int32 array of shape (n, k)
        Row numbers, nearest first.

    Raises
    ------
    ValueError
        If `xy` is not a finite matrix of two columns, or `k` is out of range.

    References
    ----------
    J. L. Bentley, "Multidimensional binary search trees" (1975), by `scipy.spatial.cKDTree`.
    """
    xy = check_xy("xy", xy, dtype=None)
    k = _check_k(k, len(xy))
    tree = map_tree(xy)
    # In the tree's order, one query after another uses branches that are still in cache.
    order = tree.indices
    neighbors = np.empty((len(xy), k), dtype=np.int32)
    for chunk in row_chunks(len(xy), _QUERIES):
        rows = order[chunk]
        neighbors[rows] = query_neighbors(tree, rows, k, workers=-1)
    return neighbors


def map_pairs(xy, k, n_pairs, rng):
    """Sample pairs of a point and one of its k nearest neighbors on the map.

    Returns two int arrays (n_pairs,) of row numbers, the first ordered by position. Pairs depend on
    positions: the same points in another order of rows give the same pairs, except among points at
    exactly the same position. `rng` is a NumPy Generator. Errors as in `map_neighbors`.
    """
    xy = check_xy("xy", xy, dtype=None)
    k = _check_k(k, len(xy))
    first = by_position(xy)[np.sort(rng.integers(0, len(xy), n_pairs))]
    which = rng.integers(0, k, n_pairs)
    tree = map_tree(xy)

    def of_chunk(rows):
        near = query_neighbors(tree, first[rows], k)
        return near[np.arange(len(near)), which[rows]]

    return first, np.concatenate(list(map_chunks(of_chunk, n_pairs)))


def map_tree(xy):
    """Return a `scipy.spatial.cKDTree` of a map, quick to build."""
    from scipy.spatial import cKDTree

    return cKDTree(xy, balanced_tree=False, compact_nodes=False)


def query_neighbors(tree, rows, k, workers=1):
    """Return the k nearest other points of some points of a tree, (m, k) int, nearest first."""
    return without_self(tree.query(tree.data[rows], k=k + 1, workers=workers)[1], rows)


def by_position(xy):
    """Return the row numbers in an order that depends on the positions of points alone, (n,)."""
    return np.lexsort(np.asarray(xy).T)


def neighbor_distance(X, xy, k=9, *, progress=None):
    """Measure how far a point's neighbors on the map are in the high-dimensional space.

    Parameters
    ----------
    X, xy : float arrays of shape (n, d) and (n, 2)
    k : int
        Neighbors per point, as for `map_neighbors`.
    progress : callable, optional
        See `map_chunks`.

    Returns
    -------
    float32 array of shape (n,)
        Mean Euclidean distance in X to the `k` nearest neighbors in `xy`.

    Raises
    ------
    ValueError
        If `X` and `xy` do not fit together, or `k` is out of range.

    References
    ----------
    Suggested by Martin Wattenberg, according to the original notebook.
    """
    X = check_points("X", X)
    neighbors = map_neighbors(check_xy("xy", xy, len(X), dtype=None), k)

    def of_chunk(rows):
        points = X[rows]
        total = np.zeros(len(points), dtype=np.float32)
        # All neighbors at once would not fit in cache.
        for column in neighbors[rows].T:
            away = X[column]
            away -= points
            total += np.sqrt(np.einsum("ij,ij->i", away, away))
        return total / neighbors.shape[1]

    return np.concatenate(list(map_chunks(of_chunk, len(X), progress)))


def neighbor_agreement(labels, neighbors):
    """Measure which share of each point's neighbors has the same label or color as the point.

    Parameters
    ----------
    labels : (n,) or (n, m) array
        One label per point, or one color of m channels, all of which must be equal.
    neighbors : int array of shape (n, k)
        Row numbers, such as those of `map_neighbors`.

    Returns
    -------
    float32 array of shape (n,)
        0..1; its mean measures how well labels and neighborhoods agree.

    Raises
    ------
    ValueError
        If the shapes do not fit together, or `neighbors` are not row numbers.
    """
    labels, neighbors = np.asarray(labels), np.asarray(neighbors)
    n = len(neighbors) if neighbors.ndim == 2 and neighbors.size else 0
    if not n or neighbors.dtype.kind not in "iu" or neighbors.min() < 0 or neighbors.max() >= n:
        raise ValueError(
            "neighbors must be row numbers of shape (n, k), from 0 to n - 1, got "
            f"{neighbors.dtype} of shape {neighbors.shape}"
        )
    if labels.ndim not in (1, 2) or len(labels) != n:
        raise ValueError(
            f"labels must have one row per row of neighbors ({n:,}), got {labels.shape}"
        )
    labels = labels.reshape(n, -1)

    def of_chunk(rows):
        same = (labels[neighbors[rows]] == labels[rows, None]).all(axis=2)
        return same.mean(axis=1, dtype=np.float32)

    return np.concatenate(list(map_chunks(of_chunk, n)))


def exemplars(X, centers):
    """Return the row number of the point nearest to each center.

    Parameters
    ----------
    X, centers : float arrays of shape (n, d) and (m, d)

    Returns
    -------
    int array of shape (m,)

    Raises
    ------
    ValueError
        If `centers` does not have as many columns as `X`.
    """
    from sklearn.metrics import pairwise_distances_argmin

    X = check_points("X", X)
    centers = check_points("centers", centers, columns=X.shape[1], dtype=X.dtype)
    return pairwise_distances_argmin(centers, X)


def true_neighbors(X, queries, k):
    """Return the nearest neighbors of some points in X, by comparing them with all others.

    Parameters
    ----------
    X : float array of shape (n, d)
    queries : int array of shape (m,)
        Row numbers in `X`.
    k : int
        Neighbors per query, 1 to n - 1, without the query itself.

    Returns
    -------
    int array of shape (m, k)
        Row numbers, nearest first.

    Raises
    ------
    ValueError
        If a query is not a row number of `X`, or `k` is out of range.
    """
    from sklearn.neighbors import NearestNeighbors

    X = check_points("X", X)
    k = _check_k(k, len(X))
    queries = check_rows("queries", queries, len(X))
    search = NearestNeighbors(n_neighbors=k + 1, algorithm="brute").fit(X)
    return without_self(search.kneighbors(X[queries], return_distance=False), queries)


def distance_to(X, center):
    """Return the Euclidean distance of every row of `X`, float32 (n, d), to a vector (d,)."""

    def distance(rows):
        away = rows - center
        return np.sqrt(np.einsum("ij,ij->i", away, away))

    return map_rows(distance, X)


def recall(retrieved, true):
    """Return the share of the true neighbors that a search returned, float of 0..1.

    Parameters
    ----------
    retrieved, true : int arrays of shape (m, j) and (m, k)
        Row numbers; -1 in `retrieved` for none.
    """
    retrieved, true = np.asarray(retrieved), np.asarray(true)
    if retrieved.ndim != 2 or true.ndim != 2 or len(retrieved) != len(true) or not true.size:
        raise ValueError(
            "retrieved and true must be matrices of as many rows, got "
            f"{retrieved.shape} and {true.shape}"
        )
    return float((true[:, :, None] == retrieved[:, None, :]).any(axis=2).mean())


def extremes(values, m):
    """Return the rows with the lowest and with the highest values.

    Parameters
    ----------
    values : float array of shape (n,)
    m : int
        How many of each, 1 to n.

    Returns
    -------
    lowest, highest : int arrays of shape (m,)
        Most extreme first.
    """
    values = np.asarray(values)
    if values.ndim != 1 or np.isnan(values).any():
        raise ValueError(f"values must be numbers of shape (n,), got {values.shape} or NaN in it")
    m = check_count("m", m, 1, len(values))
    order = np.argsort(values, kind="stable")
    return order[:m], order[::-1][:m]


def without_self(neighbors, queries):
    """Drop each query's own row number: among duplicates it may not come first, or not appear."""
    is_self = neighbors == queries[:, None]
    is_self[~is_self.any(axis=1), -1] = True
    return neighbors[~is_self].reshape(len(neighbors), -1)


def _check_k(k, n):
    return check_count("k", k, 1, n - 1, "the number of other points")


def label_exemplars(X, labels, wanted):
    """Return per label the row number of a point where its points are densest in X, (k,) int.

    Of at most 512 points of a label, evenly spaced in the order of rows, it is the one with the
    smallest distance to its nearest sixteenth of them. Where a label has many shapes, the point
    nearest to the mean would look like none of them.

    X : (n, d) float. labels : (n,) int. wanted : (k,) int, labels that occur.
    """
    wanted = np.asarray(wanted)
    order = np.argsort(labels, kind="stable")
    ends = np.searchsorted(labels[order], np.stack([wanted, wanted + 1]))

    def densest(pieces):
        (piece,) = range(len(wanted))[pieces]
        first, end = ends[:, piece]
        m = min(end - first, _CANDIDATES)
        rows = order[first + np.arange(m) * (end - first) // m]
        points = X[rows] - X[rows[0]]  # small numbers lose little where they are subtracted
        squares = np.einsum("ij,ij->i", points, points)
        squared = squares + squares[:, None] - 2 * points @ points.T
        k = -(-m // _SHARE) if m > 1 else 0  # the nearest one of all is the point itself
        return rows[np.partition(squared, k, axis=1)[:, k].argmin()]

    return np.array(list(map_chunks(densest, len(wanted), size=1)), dtype=np.intp)
