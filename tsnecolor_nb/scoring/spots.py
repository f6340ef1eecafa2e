"""What is scored: anchors, and pairs of spots to compare with each. Prepared once per embedding.

In a window, a square part of the map, a spot is an occupied pixel; for `points` spots are the
points themselves. Everything that does not depend on colors is computed here.
"""

from dataclasses import dataclass, replace

import numba
import numpy as np

from ..picture.raster import Raster

SIDE = 600  # pixels of a window
REACH = 8  # pixels within which a spot counts as near
NEIGHBORS = 100  # of a point on the map
FAR = 25  # random pairs per anchor


@dataclass(frozen=True, eq=False)
class Pairs:
    """For each anchor, pairs of other spots, and which of the two is closer to it in X.

    Attributes
    ----------
    anchors : (m,) int32
    starts : (m + 1,) int64
        Anchor a has the pairs ``starts[a]:starts[a + 1]``.
    first, second : (p,) int32
    sign : (p,) int8
        Sign of d(anchor, first) - d(anchor, second).
    """

    anchors: np.ndarray
    starts: np.ndarray
    first: np.ndarray
    second: np.ndarray
    sign: np.ndarray

    def agreement(self, values, tau):
        """Add up, per anchor, sign times the sign of the difference of distances in `values`.

        Parameters
        ----------
        values : float array of shape (spots, q)
            Colors in a space with Euclidean distances, or anything that stands for them.
        tau : float
            A difference below it counts as none.

        Returns
        -------
        (m,) int64
            Between plus and minus the number of the anchor's pairs.
        """
        values = np.ascontiguousarray(values, np.float32)
        return _agreement(
            values, self.anchors, self.starts, self.first, self.second, self.sign, float(tau)
        )

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
    """A square part of the map, drawn at 600 × 600 pixels.

    Attributes
    ----------
    zoom : float
    x_range, y_range : (low, high) of float
    rows : (n,) int
        The points in the window.
    spots : (n,) int
        In which of the occupied pixels each of them lies.
    occupied : (m,) int
        Which pixels, counted from the upper left row by row, hold points.
    near, far : Pairs
        Spots within `REACH` pixels, paired by distance; and any two spots of the window.
    """

    zoom: float
    x_range: tuple[float, float]
    y_range: tuple[float, float]
    rows: np.ndarray
    spots: np.ndarray
    occupied: np.ndarray
    near: Pairs
    far: Pairs

    def means(self, values):
        """Return the mean of `values`, float (all points, q), per occupied pixel: (m, q)."""
        return _means(values, self.rows, self.spots, len(self.occupied))


def sample_windows(xy, zoom, n_windows, min_points, rng):
    """Sample windows on the map: the whole at zoom 1, else centered on random points.

    Parameters
    ----------
    xy : float array of shape (n, 2)
    zoom : float
    n_windows : int
    min_points : int
        A window with fewer points is dropped; a small map may have fewer windows, or none.
    rng : numpy.random.Generator

    Returns
    -------
    list of (x_range, y_range)
    """
    x0, x1, y0, y1 = Raster(xy).extent
    if zoom == 1:
        return [((x0, x1), (y0, y1))]
    half, found = (x1 - x0) / zoom / 2, []
    for row in rng.permutation(len(xy))[: 50 * n_windows]:
        inside = (np.abs(xy - xy[row]) < half).all(axis=1)
        if np.count_nonzero(inside) >= min_points:
            # In the middle of a pixel: on a border, rounding would decide where it is drawn.
            x, y = (float(middle) + half / SIDE for middle in xy[row])
            found.append(((x - half, x + half), (y - half, y + half)))
            if len(found) == n_windows:
                break
    return found


def window(X, xy, zoom, ranges, n_anchors, rng):
    """Prepare a window: its occupied pixels, anchors, pairs, and who is closer in X.

    Parameters
    ----------
    X : (n, d) float32
    xy : (n, 2) float32
    zoom : float
    ranges : (x_range, y_range)
    n_anchors : int
        At most this many pixels; all occupied ones if they are fewer.
    rng : numpy.random.Generator

    Returns
    -------
    Window
    """
    rows, pixels = _pixels(xy, *ranges)
    occupied, spots = np.unique(pixels, return_inverse=True)
    means = _means(X, rows, spots, len(occupied))
    anchors = rng.permutation(len(occupied))[:n_anchors].astype(np.int32)
    near = _paired(anchors, *_near_pixels(occupied, anchors, rng), means)
    far = _paired(anchors, *_random_spots(len(occupied), anchors, rng), means)
    return Window(zoom, *ranges, rows, spots, occupied, near, far)


def points(X, xy, n_anchors, rng):
    """Prepare the points themselves: each anchor with its map neighbors, and with random points.

    Parameters
    ----------
    X, xy, n_anchors, rng
        As for `window`.

    Returns
    -------
    rows : (m,) int
        The points that occur in the pairs; they are the spots.
    near, far : Pairs
    """
    from scipy.spatial import cKDTree

    anchors = rng.permutation(len(xy))[:n_anchors].astype(np.int32)
    k = min(NEIGHBORS, len(xy) - 1)
    found = cKDTree(xy).query(xy[anchors], k=k + 1, workers=-1)[1]
    # Among duplicates the point itself need not come first, or come at all.
    others = found != anchors[:, None]
    others &= np.cumsum(others, axis=1) <= k
    near = _paired(anchors, found, others, X)
    far = _paired(anchors, *_random_spots(len(xy), anchors, rng), X)
    rows = np.unique(np.concatenate([anchors, near.first, near.second, far.first, far.second]))
    return rows, near.among(rows), far.among(rows)


def _pixels(xy, x_range, y_range):
    """Return the rows in a window and the pixel of each, as Datashader counts them."""
    (x0, x1), (y0, y1) = x_range, y_range
    x, y = xy[:, 0].astype(float), xy[:, 1].astype(float)
    rows = np.flatnonzero((x >= x0) & (x <= x1) & (y >= y0) & (y <= y1))
    right = _cell(x[rows], x0, x1)
    return rows, (SIDE - 1 - _cell(y[rows], y0, y1)) * SIDE + right


def _cell(values, low, high):
    scale = SIDE / (high - low)
    # On the upper end of the range a point belongs to the last pixel.
    return np.minimum((values * scale - low * scale).astype(np.int64), SIDE - 1)


def _means(X, rows, spots, n_spots):
    """Return the mean of X over the points of each spot, float32 (n_spots, d)."""
    sums = np.zeros((n_spots, X.shape[1]), np.float32)
    _add_up(X, rows, spots, sums)
    return np.divide(sums, np.bincount(spots, minlength=n_spots)[:, None], out=sums)


def _near_pixels(occupied, anchors, rng):
    """Return the spots around each anchor, nearest first, and which of them exist."""
    grid = np.full((SIDE + 2 * REACH, SIDE + 2 * REACH), -1, np.int32)
    row, column = occupied // SIDE + REACH, occupied % SIDE + REACH
    grid[row, column] = np.arange(len(occupied))
    away = np.arange(-REACH, REACH + 1)
    dy, dx = (offset.ravel() for offset in np.meshgrid(away, away, indexing="ij"))
    square = dy**2 + dx**2
    disk = (square > 0) & (square <= REACH**2)
    dy, dx, square = dy[disk], dx[disk], square[disk]
    # Squares are whole numbers: what is drawn below one decides between equal distances only.
    order = np.argsort(square + rng.random((len(anchors), len(square))), axis=1)
    spots = grid[row[anchors][:, None] + dy[order], column[anchors][:, None] + dx[order]]
    return spots, spots >= 0


def _random_spots(n_spots, anchors, rng):
    """Return two random spots for each of `FAR` pairs; the anchor itself does not count."""
    spots = rng.integers(0, n_spots, (len(anchors), 2 * FAR), dtype=np.int32)
    return spots, spots != anchors[:, None]


def _paired(anchors, spots, exist, values):
    """Pair the existing spots of each anchor, first with second, third with fourth, and so on."""
    counts = exist.sum(axis=1) // 2
    exist = exist & (np.cumsum(exist, axis=1) <= 2 * counts[:, None])
    first, second = spots[exist].astype(np.int32).reshape(-1, 2).T.copy()
    starts = np.concatenate([[0], np.cumsum(counts)])
    sign = np.empty(len(first), np.int8)
    _closer(values, np.repeat(anchors, counts), first, second, sign)
    return Pairs(anchors, starts, first, second, sign)


@numba.njit(cache=True, nogil=True)
def _add_up(X, rows, spots, sums):
    for i in range(len(rows)):
        for k in range(X.shape[1]):
            sums[spots[i], k] += X[rows[i], k]


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
