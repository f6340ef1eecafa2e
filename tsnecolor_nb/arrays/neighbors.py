"""Who is near whom: on the map, in the high-dimensional data, and to a center."""

import numpy as np

from .checks import check_count, check_points, check_rows, check_xy
from .chunks import map_chunks, map_rows, row_chunks

_QUERIES = 1 << 16  # points whose neighbors are searched in one call


def map_neighbors(xy, k=9):
    """Find the nearest neighbors of every point on the map.

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
    from scipy.spatial import cKDTree

    xy = check_xy("xy", xy, dtype=None)
    k = _check_k(k, len(xy))
    tree = cKDTree(xy, balanced_tree=False, compact_nodes=False)
    # In the tree's order, one query after another uses branches that are still in cache.
    order = tree.indices
    neighbors = np.empty((len(xy), k), dtype=np.int32)
    for chunk in row_chunks(len(xy), _QUERIES):
        own = order[chunk]
        neighbors[own] = without_self(tree.query(xy[own], k=k + 1, workers=-1)[1], own)
    return neighbors


def map_pairs(xy, k, n_pairs, rng):
    """Sample pairs of a point and one of its nearest neighbors on the map.

    Pairs depend on positions: the same points in another order of rows give the same pairs, except
    among points at exactly the same position.

    Parameters
    ----------
    xy : float array of shape (n, 2)
    k : int
        The second of a pair is one of the first's k nearest, 1 to n - 1.
    n_pairs : int
    rng : numpy.random.Generator

    Returns
    -------
    first, second : int arrays of shape (n_pairs,)
        Row numbers; the first ones ordered by position.

    Raises
    ------
    ValueError
        As for `map_neighbors`.
    """
    from scipy.spatial import cKDTree

    xy = check_xy("xy", xy, dtype=None)
    k = _check_k(k, len(xy))
    first = by_place(xy)[np.sort(rng.integers(0, len(xy), n_pairs))]
    which = rng.integers(0, k, n_pairs)
    tree = cKDTree(xy, balanced_tree=False, compact_nodes=False)

    def of_chunk(rows):
        own = first[rows]
        near = without_self(tree.query(xy[own], k=k + 1)[1], own)
        return near[np.arange(len(own)), which[rows]]

    return first, np.concatenate(list(map_chunks(of_chunk, n_pairs)))


def by_place(xy):
    """Return the row numbers in an order that depends on the positions of points alone, (n,)."""
    return np.lexsort(np.asarray(xy).T)


def neighbor_distance(X, xy, k=9, *, progress=None):
    """Measure how far a point's neighbors on the map are in the high-dimensional space.

    Parameters
    ----------
    X : float array of shape (n, d)
    xy : float array of shape (n, 2)
    k : int
        Neighbors per point.
    progress : callable, optional
        Called with fractions 0..1; what it raises ends the work.

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
        own = X[rows]
        total = np.zeros(len(own), dtype=np.float32)
        # All neighbors at once would not fit in cache.
        for column in neighbors[rows].T:
            away = X[column]
            away -= own
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
        If the shapes do not fit together, or `neighbors` are no row numbers.
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
    """Find the real point nearest to each center.

    Parameters
    ----------
    X : float array of shape (n, d)
    centers : float array of shape (m, d)

    Returns
    -------
    int array of shape (m,)
        Row numbers in `X`.

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
    """Find the nearest neighbors of some points by comparing them with all others.

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
        If a query is no row number of `X`, or `k` is out of range.
    """
    from sklearn.neighbors import NearestNeighbors

    X = check_points("X", X)
    k = _check_k(k, len(X))
    queries = check_rows("queries", queries, len(X))
    search = NearestNeighbors(n_neighbors=k + 1, algorithm="brute").fit(X)
    return without_self(search.kneighbors(X[queries], return_distance=False), queries)


def recall(found, true):
    """Measure which share of the true neighbors a search found, 0..1.

    Parameters
    ----------
    found : int array of shape (m, j)
        Row numbers; -1 for none.
    true : int array of shape (m, k)

    Returns
    -------
    float
    """
    found, true = np.asarray(found), np.asarray(true)
    if found.ndim != 2 or true.ndim != 2 or len(found) != len(true) or not true.size:
        raise ValueError(
            f"found and true must be matrices of as many rows, got {found.shape} and {true.shape}"
        )
    return float((true[:, :, None] == found[:, None, :]).any(axis=2).mean())


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


def without_self(found, own):
    """Drop each row's own number: among duplicates it may not come first, or not appear."""
    is_own = found == own[:, None]
    is_own[~is_own.any(axis=1), -1] = True
    return found[~is_own].reshape(len(found), -1)


def _check_k(k, n):
    return check_count("k", k, 1, n - 1, "the number of other points")


def label_exemplars(X, labels, wanted):
    """Find for each label the point of it that is nearest to the mean of its points.

    Parameters
    ----------
    X : (n, d) float
    labels : (n,) int
    wanted : (k,) int
        Labels that occur.

    Returns
    -------
    (k,) int
        Row numbers.
    """
    from scipy.sparse import csr_array

    order = np.argsort(wanted)
    place = order[np.searchsorted(wanted, labels, sorter=order).clip(max=len(wanted) - 1)]
    rows = np.flatnonzero(np.asarray(wanted)[place] == labels)
    place = place[rows]
    ones = np.ones(len(rows), dtype=X.dtype)
    members = csr_array((ones, (place, rows)), shape=(len(wanted), len(X)))
    centers = (members @ X) / np.bincount(place, minlength=len(wanted))[:, None]
    centers = centers.astype(X.dtype)

    def away(pairs):
        difference = X[pairs[:, 0]] - centers[pairs[:, 1]]
        return np.einsum("ij,ij->i", difference, difference)

    distance = map_rows(away, np.column_stack([rows, place]))
    nearest_first = np.lexsort((distance, place))
    _, first = np.unique(place[nearest_first], return_index=True)
    return rows[nearest_first[first]]
