"""Color what position does not already show: the band between two widths of smoothing on the map.

The difference of two Gaussian means around a point drops what is the same all over the
neighborhood (position on the map shows that) and what differs from one point to the next.
"""

import numba
import numpy as np

from ..arrays.checks import check_number, check_points, check_xy
from ..arrays.chunks import progress_between, run_chunks
from ..arrays.groups import group_means, group_sums
from ..arrays.ranges import square_around

_CELLS = 2  # per width, in each direction
_RADIUS = 5  # cells, 2.5 widths: beyond them lie 4 % of a Gaussian's weight
_FINEST = 1e-6  # of the map's span: float32 does not distinguish positions that lie closer


def smooth(values, xy, width, *, progress=None):
    """Average values over the map around every point, by a Gaussian weight.

    Points are first summed up in cells of half a width, so that the work does not grow with the
    width: each point takes the mean of about eighty cells.

    Parameters
    ----------
    values : float array of shape (n, m)
    xy : float array of shape (n, 2)
    width : float
        Standard deviation of the Gaussian, in units of the map. 0 changes nothing; infinity gives
        every point the mean of all.
    progress
        As for `make_map`.

    Returns
    -------
    float32 array of shape (n, m)

    Raises
    ------
    ValueError
        If `values` and `xy` do not fit together, or `width` is not a number of at least 0.
    """
    values = check_points("values", values, dtype=np.float32, finite=False)
    xy = check_xy("xy", xy, len(values), dtype=np.float64)
    check_number("width", width, at_least=0)
    low, span = xy.min(axis=0), np.ptp(xy, axis=0).max()
    if width <= _FINEST * span:
        return values.copy()
    if width > 100 * span:
        return np.tile(values.mean(axis=0, dtype=np.float64).astype(np.float32), (len(xy), 1))
    position = ((xy - low) * (_CELLS / width)).astype(np.float32)
    order, starts, columns, cells = _cells(position, values)
    out = np.empty_like(values)

    def fill(chunk):
        _average(position, order[chunk], starts, columns, cells, out)

    run_chunks(fill, len(values), progress, size=16384)
    return out


def contrast_band(X, xy, narrow, wide, *, progress=None):
    """Return the band between two widths: the narrow Gaussian mean of X minus the wide one.

    Parameters
    ----------
    X : float array of shape (n, d)
        Or its first principal components: smoothing is linear, so both orders give the same.
    xy : float array of shape (n, 2)
    narrow, wide : float
        Standard deviations in units of the map, 0 <= narrow < wide. With 0 and infinity only the
        mean is removed.
    progress
        As for `make_map`.

    Returns
    -------
    float32 array of shape (n, d)
        Around 0: how the surroundings at the narrow width differ from those at the wide one. Any
        technique can color it in place of X.

    Raises
    ------
    ValueError
        If `X` and `xy` do not fit together, or not 0 <= narrow < wide.

    References
    ----------
    The difference of two Gaussians: D. Marr and E. Hildreth, "Theory of edge detection" (1980).
    """
    if not 0 <= narrow < wide:
        raise ValueError(
            f"narrow and wide must be widths, 0 <= narrow < wide, got {narrow!r} and {wide!r}"
        )
    if narrow == 0:  # without a copy of X, which may be large
        band = smooth(X, xy, wide, progress=progress)
        return np.subtract(X, band, out=band)
    band = smooth(X, xy, narrow, progress=progress_between(progress, 0, 0.5))
    band -= smooth(X, xy, wide, progress=progress_between(progress, 0.5, 1))
    return band


def pixel(xy, view=None):
    """Return the width of a pixel in units of the map.

    `view` is (x_range, y_range, width in pixels), by default the whole map at 600 pixels.
    """
    if view is None:
        low, high, _, _ = square_around(*xy.T)
        return (high - low) / 600
    (low, high), _, width = view
    return (high - low) / width


def _cells(position, values):
    """Sort points into occupied cells, row by row; sum their values, positions and counts there."""
    column, row = np.floor(position).astype(np.int64).T
    n_columns = column.max() + 1
    codes, cell = np.unique(row * n_columns + column, return_inverse=True)
    order = np.argsort(cell, kind="stable")
    starts = np.searchsorted(codes, n_columns * np.arange(row.max() + 2))
    every, n_cells = np.arange(len(cell)), len(codes)
    cells = [
        group_means(position, every, cell, n_cells), np.bincount(cell)[:, None],
        group_sums(values, every, cell, n_cells),
    ]
    return order, starts, codes % n_columns, np.hstack(cells, dtype=np.float32)


@numba.njit(cache=True, nogil=True, fastmath=True)
def _average(position, points, starts, columns, cells, out):
    m = out.shape[1]
    total = np.empty(m, np.float32)
    for i in points:
        x, y = position[i]
        total[:] = 0
        weights = np.float32(0)
        left = np.floor(x) - _RADIUS
        for row in range(max(int(y) - _RADIUS, 0), min(int(y) + _RADIUS + 1, len(starts) - 1)):
            c = starts[row] + np.searchsorted(columns[starts[row] : starts[row + 1]], left)
            while c < starts[row + 1] and columns[c] <= left + 2 * _RADIUS:
                dx, dy = cells[c, 0] - x, cells[c, 1] - y
                away = (dx * dx + dy * dy) / (_CELLS * _CELLS)
                weight = np.exp(np.float32(-0.5) * away)
                weights += weight * cells[c, 2]
                for k in range(m):
                    total[k] += weight * cells[c, 3 + k]
                c += 1
        for k in range(m):
            out[i, k] = total[k] / weights
