"""Compare a selection on the map with X: what was torn away from it, and what is near only there.

A selection drawn on a map holds what the map puts together. Whether the points also belong together
in X is decided by shares: of the points nearest in X to a point, how many are selected?
"""

from dataclasses import dataclass

import numpy as np

from ..arrays.checks import check_rows
from ..arrays.chunks import map_chunks, map_rows
from .differences import surroundings

_SAMPLE = 256  # points of the selection that stand for it, and of the far rest
_NEAR_SAMPLE = 512  # of the points outside that may belong to it
_CANDIDATES = 60_000
_REACH = 0.98  # quantile of the selection's own distances up to which a point is near to it
_FRINGE = 0.95  # beyond this one a selected point may be a stranger
_K_REACH, _K = 5, 10  # neighbors that a distance and a share are taken from
_TORN, _STRANGE = 0.2, 0.1  # shares: at least, and less than
_GROUP = 0.1  # mean share within a selection, below which it is no group in X
_BULK = 0.4  # of the selection, below which no group in it stands for it
_FINER = 4  # times: samples and neighbors where the few that are left are decided
_USUAL = 0.4  # of the median share of the bulk, that a point torn away has at least
_MOST_OF_BULK = 0.004  # share of it that lies at its edge and may be strangers
_FEWEST = 10
_PART = 512  # rows whose distances to all samples are held at a time


@dataclass(frozen=True, eq=False, repr=False)
class Refinement:
    """What X says about a selection on the map. Made by `refine_selection`.

    Attributes
    ----------
    rows : (m,) int
        The selection, ascending.
    torn : (j,) int
        Rows outside that are near to its bulk in X and away from it on the map, ascending.
    strangers : (i,) int
        Rows inside that are near to the others on the map only, ascending.
    note : str
        Why nothing can be said, or an empty text.
    """

    rows: np.ndarray
    torn: np.ndarray
    strangers: np.ndarray
    note: str = ""

    def __repr__(self):
        said = self.note or f"{len(self.torn):,} torn away, {len(self.strangers):,} strangers"
        return f"<Refinement of {len(self.rows):,} points: {said}>"


def refine_selection(embedding, rows, *, seed=0):
    """Find what was torn away from a selection on the map, and what is near to it only there.

    The bulk of a selection is the largest connected part of the graph of the nearest neighbors in
    X. A point outside is torn away if its distance to the bulk is usual within it, if at least a
    fifth of the points nearest to it in X belong to the bulk, and 0.4 times as many as is usual
    within it, and if it is not just beside the selection on the map: among as many points as are
    selected, no farther away than the selection is wide. A point inside is a stranger if it is
    farther away from the bulk than 95 % of that, and less than a tenth of the points nearest to it
    in X belong to the bulk; where groups overlap in X, less than at the edge of the bulk itself.
    Shares are corrected for the size of the selection, and neighbors are searched in a sample of
    some 1,000 points, weighted by what they stand for, and for the few that remain in one of some
    4,000. So a neighborhood is about as large as the selection; the very nearest points, which a
    t-SNE keeps together in any case, do not decide. 358,359 × 128 take about two seconds of CPU
    time.

    Parameters
    ----------
    embedding : Embedding
    rows : (m,) array_like of int, or (n,) of bool
        The selected points: row numbers or a mask.
    seed : int
        For the samples.

    Returns
    -------
    Refinement
        Both `torn` and `strangers` are empty where the selection is no group in X, or several of
        which none is its bulk; `note` then says so.

    Raises
    ------
    ValueError
        If `rows` does not fit.

    References
    ----------
    H. Jeon et al., "Distortion-Aware Brushing for Reliable Cluster Analysis in Multidimensional
    Projections", arXiv 2201.06379, for the idea; the rule here is one for many points.
    """
    rows = check_rows("rows", rows, len(embedding), unique=True)
    known = embedding.known(np.arange(len(embedding)))
    complete = embedding.complete()
    inside = np.zeros(len(embedding), bool)
    inside[rows] = True
    torn, strangers, note = _compare(
        complete.X, complete.xy, inside[known], np.random.default_rng(seed)
    )
    return Refinement(rows, known[torn], known[strangers], note)


def _compare(X, xy, is_inside, rng):
    """Return the rows torn away, the strangers, and a note; is_inside : (n,) bool."""
    nothing = np.empty(0, np.intp)
    inside, outside = np.flatnonzero(is_inside), np.flatnonzero(~is_inside)
    if len(inside) < _FEWEST:
        return nothing, nothing, "these are too few points to compare with X"
    if len(outside) < _FEWEST:
        return nothing, nothing, "these are all points, or nearly all"
    sample = rng.choice(inside, min(_SAMPLE, len(inside)), replace=False)
    in_bulk = _largest_part(X[sample])
    if in_bulk.mean() < _BULK:
        return nothing, nothing, "in X these are several groups, none of which is most of them"
    bulk = sample[in_bulk]
    distance, own = _distance_to_bulk(X, bulk)
    fringe_begins, reach = np.quantile(own, [_FRINGE, _REACH])
    distance[bulk] = own
    candidates = outside[distance[outside] <= reach]
    if len(candidates) > _CANDIDATES:
        nearest = np.argpartition(distance[candidates], _CANDIDATES)[:_CANDIDATES]
        candidates = candidates[np.sort(nearest)]
    is_rest = ~is_inside
    is_rest[candidates] = False
    rest = np.flatnonzero(is_rest)
    groups = [(inside, _SAMPLE), (candidates, _NEAR_SAMPLE), (rest, _SAMPLE)]
    drawn = [sample, *(_draw(rows, size, rng) for rows, size in groups[1:])]
    share = _Shares(X, bulk, drawn, [len(rows) for rows, _ in groups], _K)
    if share(bulk).mean() < _GROUP:
        return nothing, nothing, "in X these are no group: their neighbors there are others"
    away = candidates[_is_away(xy, inside, candidates)]
    torn = away[share(away) >= _TORN]
    # The few points that may be torn away or strangers are compared with more neighbors than all.
    drawn = [_draw(rows, _FINER * size, rng) for rows, size in groups]
    near = inside[distance[inside] <= reach]
    share = _Shares(X, near, drawn, [len(rows) for rows, _ in groups], _FINER * _K)
    # Of a group that overlaps with the bulk in X, some points have one neighbor in five there.
    torn = torn[share(torn) >= _USUAL * np.median(share(bulk))]
    fringe = inside[distance[inside] > fringe_begins]
    limit = _stranger_limit(share(bulk[(own > fringe_begins) & (own <= reach)]), len(bulk))
    return torn, fringe[share(fringe) < limit], ""


def _stranger_limit(shares, n_bulk):
    """Return the share below which a selected point is a stranger, from those of the bulk's edge.

    Where groups overlap in X, neighbors of the bulk's own edge are of other groups, too. A point is
    a stranger only if its share is lower than nearly all of these.
    """
    n_most = int(_MOST_OF_BULK * n_bulk)
    return min(_STRANGE, np.sort(shares)[n_most]) if len(shares) > n_most else _STRANGE


def _draw(rows, size, rng):
    return rng.choice(rows, min(size, len(rows)), replace=False)


def _squared(A, B):
    """Return the squared distances between the rows of A and B, which have a mean near 0."""
    squared = A @ B.T
    squared *= -2
    squared += np.einsum("ij,ij->i", A, A)[:, None]
    squared += np.einsum("ij,ij->i", B, B)
    return squared


def _largest_part(points):
    """Return which points are in the largest part of the graph of nearest neighbors, (m,) bool."""
    from scipy.sparse.csgraph import connected_components
    from sklearn.neighbors import kneighbors_graph

    graph = kneighbors_graph(points, min(_K, len(points) - 1))
    _, parts = connected_components(graph, directed=False)
    return parts == np.bincount(parts).argmax()


def _distance_to_bulk(X, bulk):
    """Return the squared distance of each row to its fifth nearest of the bulk, (n,), and own.

    Own, (b,), are those of the bulk itself, each without itself.
    """
    center = X[bulk].mean(axis=0)
    points, k = X[bulk] - center, min(_K_REACH, len(bulk) - 1)

    def of_rows(rows):
        return np.partition(_squared(rows - center, points), k - 1, axis=1)[:, k - 1]

    among = _squared(points, points)
    np.fill_diagonal(among, np.inf)
    own = np.partition(among, k - 1, axis=1)[:, k - 1]
    return map_rows(of_rows, X), own


class _Shares:
    """Which share of the points nearest to a row in X belongs to the bulk, 0 by chance, at most 1.

    Neighbors are searched among samples of the selection, of those that may belong to it, and of
    all others; each point stands for as many as were not drawn.
    """

    def __init__(self, X, bulk, drawn, sizes, k):
        self._weights = np.concatenate([
            np.full(len(rows), size / max(len(rows), 1))
            for rows, size in zip(drawn, sizes, strict=True)
        ])
        self._chance, drawn = sizes[0] / len(X), np.concatenate(drawn)
        self._X, self._center = X, X[bulk].mean(axis=0)
        self._points = X[drawn] - self._center
        self._of_bulk = np.where(np.isin(drawn, bulk), self._weights, 0)
        self._place = np.full(len(X), -1)
        self._place[drawn] = np.arange(len(drawn))
        self._k = min(k, len(drawn) - 1)

    def __call__(self, rows):
        """Return the shares of some rows, (m,) float."""
        if not len(rows):
            return np.empty(0)
        parts = map_chunks(lambda part: self._of(rows[part]), len(rows), size=_PART)
        share = np.concatenate(list(parts))
        return (share - self._chance) / (1 - self._chance)

    def _of(self, rows):
        squared = _squared(self._X[rows] - self._center, self._points)
        place = self._place[rows]
        drawn = np.flatnonzero(place >= 0)
        squared[drawn, place[drawn]] = np.inf  # no point is its own neighbor
        near = np.argpartition(squared, self._k - 1, axis=1)[:, : self._k]
        return self._of_bulk[near].sum(axis=1) / self._weights[near].sum(axis=1)


def _is_away(xy, inside, rows):
    """Return which rows are not just beside the selection on the map, (m,) bool."""
    from scipy.spatial import cKDTree

    beside = np.zeros(len(xy), bool)
    beside[surroundings(xy, inside)] = True
    beside = beside[rows]
    if beside.any():
        width = 2 * np.sqrt(xy[inside].astype(float).var(axis=0).sum())
        distance, _ = cKDTree(xy[inside]).query(xy[rows[beside]], distance_upper_bound=width)
        beside[beside] = np.isfinite(distance)
    return ~beside
