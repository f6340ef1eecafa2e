"""Two values at once: a last step with one color for each pair of low and high."""

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from ..arrays.chunks import map_columns, map_rows
from ..colors.palettes import hex_to_srgb8
from ..colors.spaces import oklab_to_srgb8, srgb8_to_oklab
from ..picture.text import draw_text
from .pca import FLOATS
from .to_color import LastStep

# Both low: the grey of paper. Orange and blue differ to every eye; where both are high it is dark.
_CORNERS = hex_to_srgb8(["e4e2de", "2f86c4", "e8841a", "2a1030"]).reshape(2, 2, 3)
_STEPS = 256
_SIDE = 180  # of the legend, in pixels


class BivariateColors(LastStep):
    """Color by two columns: pale where both are low, orange, blue, and dark where both are high.

    A value counts by its rank: halfway between pale and full lies the median. So every shade is
    used, however skewed the values are; but how much larger one is than another is not shown.

    Parameters
    ----------
    names : (str, str)
        What the columns are, for the legend. The first is orange, the second blue.

    Attributes
    ----------
    quantiles_ : float array of shape (min(d, 2), 257)
        The values at the quantiles 0, 1/256, … 1.
    channel_names : tuple of str

    References
    ----------
    J. Olson, "Spectrally encoded two-variable maps" (1981), for maps of two variables and for
    tests of how they are read.
    """

    def __init__(self, names=("first", "second")):
        self.names = names

    def fit(self, X, y=None):
        """Learn the quantiles from `X`, float (n, d); a single column leaves the second low."""
        X = validate_data(self, X, dtype=FLOATS)
        if len(self.names) != 2:
            raise ValueError(f"names must be two, got {self.names!r}")
        shares = np.linspace(0, 1, _STEPS + 1)
        self.quantiles_ = np.array(map_columns(lambda v: np.quantile(v, shares), X[:, :2]))
        return self

    @property
    def channel_names(self):
        """What the columns are."""
        return tuple(self.names)

    def transform(self, X):
        """Return colors, uint8 (n, 3)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=FLOATS, reset=False)
        table = _table(_STEPS + 1)

        def look_up(rows):
            place = np.zeros((2, len(rows)), np.intp)
            for j, quantiles in enumerate(self.quantiles_):
                # From the left: whatever equals the lowest is low, be it half of all points.
                place[j] = np.searchsorted(quantiles[1:], rows[:, j])
            return table[tuple(np.minimum(place, _STEPS))]

        return map_rows(look_up, X)

    def legend(self):
        """Draw the colors of all pairs, with the median of each column as a line.

        Returns
        -------
        Picture
        """
        from ..picture.still import Picture

        check_is_fitted(self)
        return Picture(_labelled(_table(_SIDE), self.names), "the colors of two values")


def _table(side):
    """Return the colors between four corners, straight in OKLab, uint8 (first, second, 3)."""
    corners = srgb8_to_oklab(_CORNERS)
    along = np.linspace(0, 1, side, dtype=np.float32)[:, None, None]
    edges = (1 - along) * corners[0] + along * corners[1]  # (side, 2, 3)
    second = np.linspace(0, 1, side, dtype=np.float32)[None, :, None]
    return oklab_to_srgb8((1 - second) * edges[:, :1] + second * edges[:, 1:])


def _labelled(square, names):
    """Return the legend with its axes named, uint8 (h, w, 3)."""
    from PIL import Image, ImageDraw

    ink, left, below = (70, 70, 70), 24, 44
    sheet = Image.new("RGB", (left + _SIDE + 60, _SIDE + below), "white")
    # The first column runs to the right, the second upward.
    sheet.paste(Image.fromarray(square.transpose(1, 0, 2)[::-1]), (left, 0))
    draw, middle = ImageDraw.Draw(sheet), _SIDE // 2
    draw.line((left + middle, 0, left + middle, _SIDE), fill="white")
    draw.line((left, middle, left + _SIDE, middle), fill="white")
    draw_text(draw, (left + _SIDE + 4, middle), "median", fill=ink, anchor="lm")
    draw_text(draw, (left + middle, _SIDE + 4), "median", fill=ink, anchor="ma")
    draw_text(draw, (left, _SIDE + 24), f"{names[0]}: low to high", fill=ink)
    word = Image.new("RGB", (_SIDE, left), "white")
    draw_text(ImageDraw.Draw(word), (0, 2), f"{names[1]}: low to high", fill=ink)
    sheet.paste(word.rotate(90, expand=True), (0, 0))
    return np.asarray(sheet)
