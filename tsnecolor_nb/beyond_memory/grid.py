"""A square grid of cells over a map, in an order that keeps neighbors together."""

from dataclasses import dataclass

import numpy as np

_BITS = 16
MAX_SIDE = 1 << _BITS


@dataclass(frozen=True)
class Grid:
    """A square of cells, side × side, numbered along a Z-order curve.

    Cells with near numbers mostly lie near each other (G. M. Morton, "A computer oriented geodetic
    data base", 1966), and each quarter of the square, each sixteenth and so on is one run of
    numbers.
    """

    extent: tuple[float, float, float, float]  # (x0, x1, y0, y1), a square
    side: int  # a power of two, at most `MAX_SIDE`

    @property
    def cell(self):
        """The side of a cell, in units of the map."""
        return (self.extent[1] - self.extent[0]) / self.side

    def number(self, x, y):
        """Return the number of the cell that holds each point, int64 (m,)."""
        column, row = (
            np.clip(
                (np.asarray(axis, np.float64) - low) / self.cell, 0, self.side - 1
            ).astype(np.int64)
            for axis, low in ((x, self.extent[0]), (y, self.extent[2]))
        )
        number = np.zeros(len(column), np.int64)
        for bit in range(_BITS):
            number |= (column >> bit & 1) << 2 * bit | (row >> bit & 1) << 2 * bit + 1
        return number

    def row_and_column(self, number):
        """Return row and column, counted from the lowest y and x, of numbered cells, int64 (m,)."""
        row, column = np.zeros_like(number), np.zeros_like(number)
        for bit in range(_BITS):
            column |= (number >> 2 * bit & 1) << bit
            row |= (number >> 2 * bit + 1 & 1) << bit
        return row, column


def overlaps(view, pixels, whole, cells):
    """Return which cells a view touches along one axis, and how much of each lies in each pixel.

    The view, (low, high), has `pixels` pixels, and the range `whole` has `cells` cells. The result
    is a slice of cells and a sparse array (pixels, touched cells) of float32 0..1.
    """
    from scipy.sparse import csr_array

    low, high = ((end - whole[0]) / (whole[1] - whole[0]) * cells for end in view)
    first, last = (int(np.clip(end, 0, cells)) for end in (np.floor(low), np.ceil(high)))
    inner = np.arange(first, last + 1)
    edges = np.unique(np.concatenate([np.linspace(low, high, pixels + 1), inner]))
    middle, length = (edges[1:] + edges[:-1]) / 2, np.diff(edges)
    inside = (middle > max(low, first)) & (middle < min(high, last))
    middle, length = middle[inside], length[inside]
    pixel = np.minimum((middle - low) / (high - low) * pixels, pixels - 1).astype(int)
    shape = pixels, last - first
    cell = middle.astype(int) - first
    return slice(first, last), csr_array((length.astype(np.float32), (pixel, cell)), shape)
