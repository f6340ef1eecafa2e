"""Two values at once: a last step with one color for each pair of low and high."""

import numpy as np

from ..arrays.chunks import map_columns
from ..colors.palettes import hex_to_srgb8
from ..colors.spaces import oklab_to_srgb8, srgb8_to_oklab
from .base import ColorStep

# Both low: the grey of paper. Orange and blue differ to every eye; where both are high it is dark.
_CORNERS = hex_to_srgb8(["e4e2de", "2f86c4", "e8841a", "2a1030"]).reshape(2, 2, 3)
_LEVELS = 256


class BivariateColors(ColorStep):
    """Color by two columns: pale where both are low, orange, blue, and dark where both are high.

    The color depends on the ranks of the values; the median is halfway between pale and full. So
    every shade is used, however skewed the values are; but how much larger one is than another is
    not shown. The lowest value is low and the highest is high, however many points have them.
    Without a second column, all its values count as low.

    Parameters
    ----------
    names : (str, str)
        What the columns are, for the legend: the orange one, then the blue one.

    Attributes
    ----------
    quantiles_ : float array of shape (min(d, 2), 257)
        The values at the quantiles 0, 1/256, … 1.
    channel_names : tuple of str
        `names`.

    References
    ----------
    J. Olson, "Spectrally encoded two-variable maps" (1981), for maps of two variables and for
    tests of how they are read.
    """

    def __init__(self, names=("first", "second")):
        self.names = names

    def _learn(self, X):
        if len(self.names) != 2:
            raise ValueError(f"names must be two, got {self.names!r}")
        shares = np.linspace(0, 1, _LEVELS + 1)
        self.quantiles_ = np.array(map_columns(lambda v: np.quantile(v, shares), X[:, :2]))

    @property
    def channel_names(self):
        """`names`, as the legend reads them."""
        return tuple(self.names)

    def _row_function(self, dtype):
        table = bivariate_colors(_LEVELS + 1)

        return lambda rows: table[tuple(self.ranks(rows))]

    def ranks(self, rows):
        """Return where two columns, float (n, d), lie in their quantiles, int (2, n), 0 to 256."""
        ranks = np.zeros((2, len(rows)), np.intp)
        for j, quantiles in enumerate(self.quantiles_):
            # From the left: whatever equals the lowest is low, be it half of all points.
            ranks[j] = np.searchsorted(quantiles[1:], rows[:, j])
            if quantiles[0] < quantiles[-1]:  # and the highest is high, such as true
                ranks[j][rows[:, j] >= quantiles[-1]] = _LEVELS
        return np.minimum(ranks, _LEVELS)


def bivariate_colors(side):
    """Return the sRGB colors of all pairs of ranks, low to high, (side, side, 3) uint8."""
    corners = srgb8_to_oklab(_CORNERS)
    share = np.linspace(0, 1, side, dtype=np.float32)
    first, second = share[:, None, None], share[None, :, None]
    edges = (1 - first) * corners[0] + first * corners[1]  # (side, 2, 3)
    return oklab_to_srgb8((1 - second) * edges[:, :1] + second * edges[:, 1:])
