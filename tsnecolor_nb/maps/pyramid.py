"""Values for all zooms: what tells neighbors apart, at one scale of the map after another.

From afar an eye gets the mean of many points, from nearby each of them. So the points of a cell,
two pixels of a view wide, are first one spot, at its mean in X, and local MDS gives values to
spots. Cells of views farther zoomed in add what differs within a coarser cell: from afar it
cancels.
"""

import numpy as np

from ..arrays.checks import check_number, check_points, check_xy
from ..arrays.chunks import progress_between
from ..arrays.groups import group_means
from ..arrays.neighbors import map_neighbors
from .local_contrast import pixel
from .local_mds import place, three_components

_ZOOMS = 1, 4, 16
_CELL_PX = 2  # of a view: an eye sees no color differ within less
_BLOCK = 16  # columns of X whose means are held at a time
_NEIGHBORS, _ANCHOR, _ITERATIONS = 40, 0.3, 40
_THIRD = 2  # weight of the third component: lightness names regions as well
_COLORS = 3


def local_lightness(
    X, xy, *, fine=1.25, rows=None, view=None, components=None, progress=None
):
    """Compute one value per point that shows how map neighbors differ beyond what hue shows.

    Hue is taken to show the first two principal components. Local MDS puts the remaining distances
    in X between map neighbors into one dimension, which starts at twice the third component. It
    does so for spots of 2 pixels of the map at zoom 1, 4 and 16, 600 pixels wide.

    Parameters
    ----------
    X : float array of shape (n, d)
    xy : float array of shape (n, 2)
    fine : float
        Weight of each scale relative to the next coarser one, at least 0; with 0 only the coarsest
        counts.
    rows : (m,) int array, optional
        Compute values of these points alone, with their own principal components.
    view : (x_range, y_range, width), optional
        Take spots of 2 pixels of this view alone: ranges in units of the map, and the width in
        pixels.
    components : float32 array of shape (n, 3) or (m, 3), optional
        These principal components, if they are known already.
    progress
        As for `make_map`.

    Returns
    -------
    float32 array of shape (n, 1) or (m, 1)
        In units of X.

    Raises
    ------
    ValueError
        If `X` and `xy` do not fit together, or `fine` is negative.

    References
    ----------
    K. T. Mullen, "The contrast sensitivity of human colour vision to red-green and blue-yellow
    chromatic gratings" (1985): why texture belongs into lightness.
    """

    def values_of(spots, near, components, report):
        start = np.zeros_like(components)
        start[:, 0] = _THIRD * components[:, 2]
        return place(spots, near, start, _ANCHOR, _ITERATIONS, report, components[:, :2])[:, :1]

    return _pyramid(X, xy, values_of, fine, rows, view, progress, components)[:, :1]


def color_pyramid(X, xy, *, anchor=0.1, fine=1.0, rows=None, view=None, progress=None):
    """Compute three values per point that differ between map neighbors as X does, at all zooms.

    Local MDS finds them for spots of 2 pixels of the map at zoom 1, 4 and 16, 600 pixels wide. Each
    finer scale adds only what differs within a spot of the coarser one. So the values tell near
    spots apart in every view, and say little about regions.

    Parameters
    ----------
    X : float array of shape (n, d)
    xy : float array of shape (n, 2)
    anchor : float
        As for `local_mds`, at each scale.
    fine, rows, view
        As for `local_lightness`.
    progress
        As for `make_map`.

    Returns
    -------
    float32 array of shape (n, 3) or (m, 3)
        In units of X.

    Raises
    ------
    ValueError
        If `X` and `xy` do not fit together, or a parameter is out of range.

    References
    ----------
    P. Burt and E. Adelson, "The Laplacian pyramid as a compact image code" (1983), for scales that
    add up to a picture. Those of `local_mds` for the values of one scale.
    """
    check_number("anchor", anchor, at_least=0)

    def values_of(spots, near, components, report):
        return place(spots, near, components, anchor, _ITERATIONS, report)

    return _pyramid(X, xy, values_of, fine, rows, view, progress)


def _pyramid(X, xy, values_of, fine, rows, view, progress, components=None):
    """Add up the values of spots at all scales, the finer ones without the coarser cells' means."""
    X = check_points("X", X, dtype=np.float32, finite=False)
    xy = check_xy("xy", xy, len(X), dtype=np.float32)
    check_number("fine", fine, at_least=0)
    components = three_components(X, rows) if components is None else components
    rows = np.arange(len(X)) if rows is None else rows
    zooms = _ZOOMS if fine and view is None else _ZOOMS[:1]
    finest = (xy[rows] - xy.min(axis=0)) * (_ZOOMS[-1] / (_CELL_PX * pixel(xy, view)))
    places = np.floor(finest).astype(np.int64)
    total = cells = None
    for level, zoom in enumerate(zooms):
        # Whole numbers: a cell lies in one coarser cell, however positions are rounded.
        coarser, cells = cells, _cells(places // (_ZOOMS[-1] // zoom))
        report = progress_between(progress, level / len(zooms), (level + 1) / len(zooms))
        values = _spot_values(X, xy, rows, components, values_of, cells, report)[cells[0]]
        if coarser is None:
            total = values
        else:
            values -= _means(values, *coarser)[coarser[0]]
            total += np.float32(fine**level) * values
    return total


def _spot_values(X, xy, rows, components, values_of, cells, report):
    """Return the values of the spots that the points of each cell make, (m, c)."""
    n_spots = cells[1]
    if n_spots == 1:
        return np.zeros((1, _COLORS), np.float32)
    # The means of X come last, and in blocks: they take much memory, and so does the search.
    near = map_neighbors(group_means(xy, rows, *cells), min(_NEIGHBORS, n_spots - 1))
    columns = range(0, X.shape[1], _BLOCK)
    spots = (group_means(X[:, first : first + _BLOCK], rows, *cells) for first in columns)
    return values_of(spots, near, _means(components, *cells), report)


def _cells(places):
    """Return the number of each point's cell, (n,), and how many cells there are."""
    column, row = places.T
    codes = row * (column.max() + 1) + column
    unique, cell = np.unique(codes, return_inverse=True)
    return cell, len(unique)


def _means(values, cell, n_cells):
    return group_means(values, np.arange(len(cell)), cell, n_cells)
