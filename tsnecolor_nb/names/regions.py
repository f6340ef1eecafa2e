"""Regions of a map on grids, coarse to fine: those of labels, and those where points are dense."""

from dataclasses import dataclass

import numpy as np

_COARSE, _FINE = 64, 256  # cells in a row of the first and of the last grid
_PER_CELL = 5  # points of an average cell of the finest grid
_LEVELS = 6  # tiles of level l are 1 / 2 ** l of the map wide
_MOST = 3000  # regions
_LEAST_SHARE, _LEAST = 2e-4, 5  # of a region on level 0: share of all points; points at least
_AROUND = [(u, v) for u in range(-2, 3) for v in range(-2, 3)]


@dataclass(frozen=True)
class Regions:
    """Places on a map that one label has for itself; arrays (m,), the most important first."""

    label: np.ndarray  # int
    x: np.ndarray  # float, where the region is densest, in units of the map
    y: np.ndarray
    count: np.ndarray  # int, points
    radius: np.ndarray  # float, of a circle as large, in units of the map
    part: np.ndarray  # int, regions of one connected part of the whole map


class Grids:
    """Counts of a map's points in the cells of grids.

    Parameters
    ----------
    xy : (n, 2) float
    """

    def __init__(self, xy):
        self.n = len(xy)
        low, high = xy.min(axis=0).astype(float), xy.max(axis=0).astype(float)
        self.low, self.width = low, float((high - low).max()) or 1.0
        fine = 2.0 ** np.round(np.log2(np.sqrt(self.n / _PER_CELL)))
        self.fine = int(np.clip(fine, 8, _FINE))
        cells = ((xy - low) * (self.fine / self.width)).astype(np.int32)
        self._cells = np.minimum(cells, self.fine - 1)
        self.xy = xy

    def side(self, level):
        """Return how many cells a row of the grid of a level has."""
        return min(min(_COARSE, self.fine) << level, self.fine)

    @property
    def sides(self):
        """Each different number of cells in a row, ascending."""
        return sorted({self.side(level) for level in range(_LEVELS)})

    def cell_of(self, side, cells=None):
        """Return the number of each point's cell in a grid with one empty cell all around."""
        x, y = (self._cells if cells is None else cells).T // (self.fine // side)
        return (y + 1) * (side + 2) + x + 1

    def winners(self, labels, n_labels, side=None):
        """Yield for each grid, the finest first, the label that most points of each cell have.

        The finest one has `side` cells in a row, or as many as there is one for.

        Yields (side, cells, labels, counts, sums): one entry for each occupied cell, and the number
        of all points with the label there and the sums of their x and y.
        """
        known = np.flatnonzero(labels >= 0)
        side = side or self.fine
        keys = self.cell_of(side)[known] * n_labels + labels[known]
        keys, inverse, counts = np.unique(keys, return_inverse=True, return_counts=True)
        sums = np.column_stack([np.bincount(inverse, axis[known]) for axis in self.xy.T])
        while True:
            cells, of = keys // n_labels, keys % n_labels
            first = np.flatnonzero(np.diff(cells, prepend=-1))
            most = np.maximum.reduceat(counts, first)
            best = np.flatnonzero(counts == np.repeat(most, np.diff(first, append=len(cells))))
            best = best[np.diff(cells[best], prepend=-1) > 0]
            yield side, cells[best], of[best], counts[best], sums[best]
            if side <= min(_COARSE, self.fine):
                return
            y, x = np.divmod(cells, side + 2)
            side //= 2
            keys = (((y - 1) // 2 + 1) * (side + 2) + (x - 1) // 2 + 1) * n_labels + of
            keys, inverse = np.unique(keys, return_inverse=True)
            counts = np.bincount(inverse, counts).astype(int)
            sums = np.column_stack([np.bincount(inverse, column) for column in sums.T])

    def dense_parts(self, side, smoothing):
        """Cut the occupied cells of a grid into parts, each around a place of highest density.

        smoothing : float, cells of a Gaussian filter of the density.
        Returns the part of each cell, int ((side + 2) ** 2,), -1 where no point is.
        """
        from scipy.ndimage import gaussian_filter

        cell_of = self.cell_of(side)
        counts = np.bincount(cell_of, minlength=(side + 2) ** 2)
        smooth = gaussian_filter(
            counts.reshape(side + 2, -1).astype(float), smoothing, mode="constant"
        ).ravel()
        cells = np.flatnonzero(counts)
        steps = np.array([u + v * (side + 2) for u in (-1, 0, 1) for v in (-1, 0, 1)])
        around = cells[:, None] + steps
        density = np.where(counts[around] > 0, smooth[around], -1)
        density[:, 4] *= 1 + 1e-9  # a cell as dense as its neighbors stays a peak
        uphill = np.arange(len(counts))
        uphill[cells] = around[np.arange(len(cells)), density.argmax(axis=1)]
        for _ in range(int(np.log2(side)) + 4):
            uphill = uphill[uphill]
        peaks, uphill[cells] = np.unique(uphill[cells], return_inverse=True)
        return uphill[cell_of], len(peaks)


def label_regions(grids, winners, weight=None):
    """Return the `Regions` of labels.

    On each level the map is cut into tiles; each part of a label that is connected in the level's
    grid, and lies in a tile, is a region. The first level is one tile, so that each later one adds
    places for views of a smaller part of the map.

    Parameters
    ----------
    grids : Grids
    winners : iterable
        As `Grids.winners` yields them.
    weight : (k,) float, optional
        How much a point of each label counts for the order of regions; 1 unless given.
    """
    by_side = {one[0]: one[1:] for one in winners}
    prepared = {side: _connect(side, *entries) for side, entries in by_side.items()}
    coarse = min(by_side)
    parts = prepared[coarse][0]
    part_grid = np.full((coarse + 2) ** 2, -1)
    part_grid[by_side[coarse][0]] = parts
    label_grid = np.full((coarse + 2) ** 2, -1)
    label_grid[by_side[coarse][0]] = by_side[coarse][1]
    per_level, n_parts = [], len(parts)
    for level in range(_LEVELS):
        side = grids.side(level)
        if level and side >> level < 4:
            break
        cells, labels, counts, sums = by_side[side]
        connected, score = prepared[side]
        y, x = np.divmod(cells, side + 2)
        tile = ((y - 1) * 2**level // side) * 2**level + (x - 1) * 2**level // side
        _, group = np.unique(tile * len(cells) + connected, return_inverse=True)
        total = np.bincount(group, counts)
        order = np.lexsort((score, group))
        best = order[np.flatnonzero(np.diff(group[order], append=-1))]  # one in each group
        keep = total >= max(_LEAST_SHARE * grids.n / 4**level, _LEAST)
        best, total = best[keep], total[keep]
        area = np.bincount(group)[keep] * (grids.width / side) ** 2
        down, right = ((axis[best] - 1) * coarse // side + 1 for axis in (y, x))
        at = down * (coarse + 2) + right
        # Where the coarse grid has another label, the places of this one are one part.
        part = np.where(
            label_grid[at] == labels[best], part_grid[at], n_parts + labels[best]
        )
        place = sums[best] / counts[best, None]
        importance = total if weight is None else total * weight[labels[best]]
        first = np.argsort(-importance, kind="stable")
        per_level.append(np.column_stack(
            [labels[best], place, total, np.sqrt(area / np.pi), part]
        )[first])
    label, x, y, count, radius, part = np.concatenate(per_level)[:_MOST].T
    return Regions(label.astype(int), x, y, count.astype(int), radius, part.astype(int))


def _connect(side, cells, labels, counts, _):
    """Return for each occupied cell its connected part of one label, and how good a place it is.

    The best place is dense and lies far inside.
    """
    from scipy.ndimage import distance_transform_edt
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    row = side + 2
    where = np.full(row * row, -1)
    where[cells] = np.arange(len(cells))
    label_grid, count_grid = (np.full((row + 2) ** 2, fill) for fill in (-1, 0))
    wide = (cells // row + 1) * (row + 2) + cells % row + 1  # two empty cells all around
    label_grid[wide], count_grid[wide] = labels, counts
    density = np.zeros(len(cells))
    inside = np.zeros((row + 2) ** 2, bool)
    inside[wide] = True
    for u, v in _AROUND:
        near = wide + u + v * (row + 2)
        same = label_grid[near] == labels
        density += same * count_grid[near] / (1 + u * u + v * v)
        if abs(u) + abs(v) == 1:
            inside[wide[~same]] = False
    depth = distance_transform_edt(inside.reshape(row + 2, -1)).ravel()[wide]
    pairs = []
    for step in (1, row - 1, row, row + 1):
        to = where[cells + step]
        same = (to >= 0) & (labels[to] == labels)
        pairs.append((np.flatnonzero(same), to[same]))
    rows, columns = np.concatenate(pairs, axis=1)
    edges = coo_array((np.ones(len(rows), bool), (rows, columns)), shape=(len(cells),) * 2)
    return connected_components(edges, directed=False)[1], density * (1 + depth)
