"""What is scored: anchors, and pairs of spots to compare with each. Prepared once per embedding.

In a window, a square part of the map, a spot is an occupied pixel; for `points` spots are the
points themselves. Everything that does not depend on colors is computed here.
"""

from dataclasses import dataclass, replace

import numba
import numpy as np

from ..arrays.groups import group_means
from ..arrays.neighbors import query_neighbors
from ..picture.aggregate import points_inside
from ..picture.raster import Raster

SIDE = 600  # pixels of a window
RADIUS = 8  # pixels within which a spot counts as near
NEIGHBORS = 100  # of a point on the map
FAR = 25  # random pairs per anchor


@dataclass(frozen=True, eq=False)
class Pairs:
    """For each anchor, pairs of other spots, and which of the two is closer to it in X."""

    anchors: np.ndarray  # (m,) int32
    starts: np.ndarray  # (m + 1,) int64; anchor a has the pairs ``starts[a]:starts[a + 1]``
    first: np.ndarray  # (p,) int32
    second: np.ndarray  # (p,) int32
    sign: np.ndarray  # (p,) int8, of d(anchor, first) - d(anchor, second)

    def agreement(self, values, tau):
        """Sum, per anchor, sign times the sign of the difference of distances in `values`.

        `values` are float (spots, q), such as colors in a space with Euclidean distances. A
        difference below `tau` counts as 0. The sums, (m,) int64, lie between plus and minus
        `counts`.
        """
        values = np.ascontiguousarray(values, np.float32)
        return _agreement(
            values, self.anchors, self.starts, self.first, self.second, self.sign, float(tau)
        )

    def signed(self, values):
        """Return the same pairs with the sign that distances in `values`, (spots, d), give them."""
        sign = np.empty(len(self.first), np.int8)
        _closer(values, np.repeat(self.anchors, self.counts), self.first, self.second, sign)
        return replace(self, sign=sign)

    def at_most(self, n_pairs, rng):
        """Return random `n_pairs` of the pairs of each anchor that has more."""
        anchor = np.repeat(np.arange(len(self.anchors)), self.counts)
        order = np.lexsort((rng.random(len(anchor)), anchor))
        kept = np.sort(order[np.arange(len(anchor)) - self.starts[anchor] < n_pairs])
        starts = np.concatenate([[0], np.cumsum(np.minimum(self.counts, n_pairs))])
        pairs = (self.first[kept], self.second[kept], self.sign[kept])
        return Pairs(self.anchors, starts, *pairs)

    def among(self, rows):
        """Return the same pairs with spots counted within `rows`, which are sorted."""
        spots = (self.anchors, self.first, self.second)
        anchors, first, second = (np.searchsorted(rows, s).astype(np.int32) for s in spots)
        return replace(self, anchors=anchors, first=first, second=second)

    @property
    def counts(self):
        """Return the number of pairs of each anchor, int64 (m,)."""
        return np.diff(self.starts)


@dataclass(frozen=True, eq=False)
class Window:
    """A square part of the map, drawn at 600 × 600 pixels."""

    zoom: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    rows: np.ndarray  # (n,) int, the points in the window
    spots: np.ndarray  # (n,) int, in which of the occupied pixels each of them lies
    occupied: np.ndarray  # (m,) int, pixels with points, counted row by row from the upper left
    near: Pairs  # of spots within `RADIUS` pixels of the anchor, at similar distances
    far: Pairs  # of any spots of the window

    def means(self, values):
        """Return the mean of `values`, float (all points, q), per occupied pixel: (m, q)."""
        return group_means(values, self.rows, self.spots, len(self.occupied))


def sample_windows(xy, zoom, n_windows, min_points, rng):
    """Return a list of (x_range, y_range): the whole map at zoom 1, else around random points.

    Windows with fewer than `min_points` are dropped: a small map may have fewer than `n_windows`,
    or none.
    """
    x0, x1, y0, y1 = Raster(xy).extent
    if zoom == 1:
        return [((x0, x1), (y0, y1))]
    half, windows = (x1 - x0) / zoom / 2, []
    for row in rng.permutation(len(xy))[: 50 * n_windows]:
        inside = (np.abs(xy - xy[row]) < half).all(axis=1)
        if np.count_nonzero(inside) >= min_points:
            # In the middle of a pixel: on a border, rounding would decide where it is drawn.
            x, y = (float(middle) + half / SIDE for middle in xy[row])
            windows.append(((x - half, x + half), (y - half, y + half)))
            if len(windows) == n_windows:
                break
    return windows


def window(X, xy, zoom, ranges, n_anchors, rng):
    """Return the `Window` of ``ranges = (x_range, y_range)``, with at most `n_anchors` anchors."""
    rows, pixels = points_inside(*xy.T, *ranges, SIDE, SIDE)
    occupied, spots = np.unique(pixels, return_inverse=True)
    means = group_means(X, rows, spots, len(occupied))
    anchors = rng.permutation(len(occupied))[:n_anchors].astype(np.int32)
    near = pair_up(anchors, *near_pixels(occupied, anchors, rng, RADIUS)).signed(means)
    far = pair_up(anchors, *_random_spots(len(occupied), anchors, rng)).signed(means)
    return Window(zoom, *ranges, rows, spots, occupied, near, far)


def points(X, xy, n_anchors, rng):
    """Return the points that occur in pairs, (m,) int, and their near and far `Pairs`.

    These points are the spots. An anchor is paired with its map neighbors and with random points.
    """
    from scipy.spatial import cKDTree

    anchors = rng.permutation(len(xy))[:n_anchors].astype(np.int32)
    k = min(NEIGHBORS, len(xy) - 1)
    nearest = query_neighbors(cKDTree(xy), anchors, k, workers=-1)
    near = pair_up(anchors, nearest, np.ones_like(nearest, bool)).signed(X)
    far = pair_up(anchors, *_random_spots(len(xy), anchors, rng)).signed(X)
    rows = np.unique(np.concatenate([anchors, near.first, near.second, far.first, far.second]))
    return rows, near.among(rows), far.among(rows)


def near_pixels(occupied, anchors, rng, radius, at_least=1):
    """Return the spots so many pixels away from each anchor, nearest first, and which exist."""
    grid = pixel_grid(occupied, radius)
    row, column = occupied // SIDE + radius, occupied % SIDE + radius
    dy, dx = disk(radius, at_least)
    # These are integers: a random number below 1 orders equal distances only.
    order = np.argsort(dy**2 + dx**2 + rng.random((len(anchors), len(dy))), axis=1)
    spots = grid[row[anchors][:, None] + dy[order], column[anchors][:, None] + dx[order]]
    return spots, spots >= 0


def pixel_grid(occupied, pad):
    """Return which spot each pixel is, -1 where none is, with `pad` pixels around the window."""
    grid = np.full((SIDE + 2 * pad, SIDE + 2 * pad), -1, np.int32)
    grid[occupied // SIDE + pad, occupied % SIDE + pad] = np.arange(len(occupied))
    return grid


def disk(radius, at_least=0):
    """Return the steps dy and dx to all pixels that are so far away."""
    dy, dx = np.mgrid[-radius : radius + 1, -radius : radius + 1].reshape(2, -1)
    away = np.hypot(dy, dx)
    inside = (away >= at_least) & (away <= radius)
    return dy[inside], dx[inside]


def _random_spots(n_spots, anchors, rng):
    """Return two random spots for each of `FAR` pairs, and which differ from the anchor."""
    spots = rng.integers(0, n_spots, (len(anchors), 2 * FAR), dtype=np.int32)
    return spots, spots != anchors[:, None]


def pair_up(anchors, spots, exist):
    """Pair the existing spots of each anchor, first with second, third with fourth, and so on."""
    counts = exist.sum(axis=1) // 2
    exist = exist & (np.cumsum(exist, axis=1) <= 2 * counts[:, None])
    first, second = spots[exist].astype(np.int32).reshape(-1, 2).T.copy()
    starts = np.concatenate([[0], np.cumsum(counts)])
    return Pairs(anchors, starts, first, second, np.zeros(len(first), np.int8))


@numba.njit(cache=True, nogil=True)
def _squared(values, i, j):
    total = 0.0
    for k in range(values.shape[1]):
        step = float(values[i, k]) - float(values[j, k])
        total += step * step
    return total


@numba.njit(cache=True, nogil=True)
def _closer(values, anchor, first, second, sign):
    for p in range(len(anchor)):
        difference = _squared(values, anchor[p], first[p])
        difference -= _squared(values, anchor[p], second[p])
        sign[p] = np.sign(difference)


@numba.njit(cache=True, nogil=True)
def _agreement(values, anchors, starts, first, second, sign, tau):
    total = np.zeros(len(anchors), np.int64)
    for a in range(len(anchors)):
        for p in range(starts[a], starts[a + 1]):
            difference = np.sqrt(_squared(values, anchors[a], first[p]))
            difference -= np.sqrt(_squared(values, anchors[a], second[p]))
            if abs(difference) >= tau:
                total[a] += sign[p] * np.sign(difference)
    return total
