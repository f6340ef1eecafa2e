"""Last steps of a pipeline: from bits, triples, labels or single values to ``srgb8``.

They are scikit-learn transformers, row-wise in `transform`. Each reads the columns that it needs,
from the left, and leaves out the rest: components come with the most important ones first.
"""

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from ..arrays.chunks import map_columns, map_rows
from ..colors.palettes import (
    colors_between,
    label_colors,
    label_palette,
    quantile_limits,
    sequential_palette,
)
from .pca import FLOATS


class LastStep(TransformerMixin, BaseEstimator):
    """A transformer whose three columns are red, green and blue."""

    def get_feature_names_out(self, input_features=None):
        """Return the names of the three channels."""
        check_is_fitted(self)
        return np.array(["red", "green", "blue"], dtype=object)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = []
        return tags


class RGBCube(LastStep):
    """Stretch the first three columns over 0..255 and take them as red, green and blue.

    With fewer columns the channels left over are 0.

    Parameters
    ----------
    clip : float
        Share of points, 0 to below 0.5, that is clipped at either end. 0 is the original's
        minimum and maximum, where one outlier can dim all others.

    Attributes
    ----------
    limits_ : float array of shape (2, min(d, 3))
        The values that become 0 and 255.
    """

    def __init__(self, clip=0.0):
        self.clip = clip

    def fit(self, X, y=None):
        """Learn the limits from `X`, float (n, d)."""
        if not 0 <= self.clip < 0.5:
            raise ValueError(f"clip must be at least 0 and below 0.5, got {self.clip!r}")
        X = validate_data(self, X, dtype=FLOATS)
        self.limits_ = np.column_stack(
            map_columns(lambda column: np.quantile(column, [self.clip, 1 - self.clip]), X[:, :3])
        )
        return self

    def transform(self, X):
        """Return colors, uint8 (n, 3); values beyond the limits are clipped."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=FLOATS, reset=False)
        low, span = self.limits_[0], np.diff(self.limits_, axis=0)[0]
        scale = 255 / np.where(span > 0, span, 1)
        low, scale = low.astype(X.dtype), scale.astype(X.dtype)

        def stretch(rows):
            srgb8 = np.zeros((len(rows), 3), dtype=np.uint8)
            srgb8[:, : len(low)] = np.rint(np.clip((rows[:, :3] - low) * scale, 0, 255))
            return srgb8

        return map_rows(stretch, X)


class PackBits(LastStep):
    """Compare columns with their medians and pack the answers as bits of a color.

    Column 0 gives the highest bit of red, 1 of green, 2 of blue, 3 the next bit of red, and so on.

    Parameters
    ----------
    bits : int, optional
        Bits per channel, 1 to 8; the first 3·bits columns are read. As many as the columns allow
        unless given; bits without a column are 0.

    Attributes
    ----------
    medians_ : float array of shape (min(d, 3·bits_),)
    bits_ : int

    References
    ----------
    Suggested by Mario Klingemann, says the original.
    """

    def __init__(self, bits=None):
        self.bits = bits

    def fit(self, X, y=None):
        """Learn the medians from `X`, float (n, d)."""
        X = validate_data(self, X, dtype=FLOATS)
        self.bits_ = self._check_bits(X.shape[1])
        self.medians_ = np.array(map_columns(_median, X[:, : 3 * self.bits_]))
        return self

    def _check_bits(self, n_columns):
        if self.bits is None:
            return min(8, -(-n_columns // 3))
        if isinstance(self.bits, bool) or self.bits not in range(1, 9):
            raise ValueError(f"bits must be an integer from 1 to 8, got {self.bits!r}")
        if n_columns < 3 * self.bits:
            raise ValueError(
                f"bits={self.bits} needs X with at least {3 * self.bits} columns, got {n_columns}"
            )
        return int(self.bits)

    def transform(self, X):
        """Return colors, uint8 (n, 3); all bits set give 255 with any number of bits."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=FLOATS, reset=False)
        m, levels = len(self.medians_), 2**self.bits_ - 1
        place = np.arange(m)
        weights = np.zeros((m, 3), dtype=np.float32)
        weights[place, place % 3] = 2.0 ** (self.bits_ - 1 - place // 3) * (255 / levels)

        def pack(rows):
            return np.rint((rows[:, :m] > self.medians_).astype(np.float32) @ weights).astype(
                np.uint8
            )

        return map_rows(pack, X)


def _median(column):
    """Return what `numpy.median` does, for finite numbers: in a copy without gaps it is faster."""
    column, middle = np.array(column), len(column) // 2
    column.partition(middle)
    if len(column) % 2:
        return column[middle]
    return (column[:middle].max() + column[middle]) / 2


class LabelColors(LastStep):
    """Give every label a color of its own.

    Labels are the integers of the first column; floats are rounded. A label outside
    0..n_labels-1, such as -1 for "none", turns grey. `palettes.label_colors` does the same for a
    flat array of labels.

    Parameters
    ----------
    palette : {"distinct", "hue"} or uint8 array of shape (m, 3)
    n_labels : int, optional
        One more than the largest label seen in `fit` unless given.

    Attributes
    ----------
    n_labels_ : int
    """

    def __init__(self, palette="distinct", n_labels=None):
        self.palette = palette
        self.n_labels = n_labels

    def fit(self, X, y=None):
        """Learn the number of labels from `X`, (n, 1)."""
        X = validate_data(self, X)
        seen = max(int(np.rint(X[:, 0].max())) + 1, 1)
        self.n_labels_ = seen if self.n_labels is None else self.n_labels
        label_palette(self.palette, self.n_labels_)
        return self

    def transform(self, X):
        """Return colors, uint8 (n, 3)."""
        check_is_fitted(self)
        X = validate_data(self, X, reset=False)
        palette = label_palette(self.palette, self.n_labels_)

        def look_up(rows):
            return label_colors(np.rint(rows[:, 0]).astype(np.int64), palette, self.n_labels_)

        return map_rows(look_up, X)


class SequentialColors(LastStep):
    """Color the first column by a sequential map, clipped at two quantiles.

    `palettes.value_colors` does the same for a flat array of values and given limits.

    Parameters
    ----------
    cmap : str
        See `palettes.sequential_palette`.
    low, high : float
        Quantiles, 0 <= low < high <= 1, that get the first and the last color.

    Attributes
    ----------
    limits_ : float array of shape (2,)
        The values at those quantiles.
    """

    def __init__(self, cmap="viridis", low=0.02, high=0.98):
        self.cmap = cmap
        self.low = low
        self.high = high

    def fit(self, X, y=None):
        """Learn the limits from `X`, float (n, 1)."""
        X = validate_data(self, X, dtype=FLOATS)
        sequential_palette(self.cmap)
        self.limits_ = quantile_limits(X[:, 0], self.low, self.high)
        return self

    def transform(self, X):
        """Return colors, uint8 (n, 3)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=FLOATS, reset=False)
        table = sequential_palette(self.cmap)
        return map_rows(lambda rows: colors_between(rows[:, 0], table, *self.limits_), X)
