"""Last steps of a pipeline: from bits, triples, labels or single values to ``srgb8``."""

import numpy as np

from ..arrays.checks import check_count, check_number
from ..arrays.chunks import map_columns
from ..colors.palettes import (
    colors_between,
    label_colors,
    label_palette,
    quantile_limits,
    sequential_palette,
)
from .base import ColorStep


class RGBCube(ColorStep):
    """Stretch the first three columns over 0..255 and take them as red, green and blue.

    With fewer columns the other channels are 0; values beyond the limits are clipped.

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

    def _learn(self, X):
        check_number("clip", self.clip, at_least=0, below=0.5)
        self.limits_ = np.column_stack(
            map_columns(lambda column: np.quantile(column, [self.clip, 1 - self.clip]), X[:, :3])
        )

    def _row_function(self, dtype):
        low, span = self.limits_[0], np.diff(self.limits_, axis=0)[0]
        scale = 255 / np.where(span > 0, span, 1)
        low, scale = low.astype(dtype), scale.astype(dtype)

        def stretch(rows):
            srgb8 = np.zeros((len(rows), 3), dtype=np.uint8)
            srgb8[:, : len(low)] = np.rint(np.clip((rows[:, :3] - low) * scale, 0, 255))
            return srgb8

        return stretch


class PackBits(ColorStep):
    """Compare columns with their medians and pack the results as bits of a color.

    Column 0 is the highest bit of red, 1 of green, 2 of blue, 3 the next bit of red, and so on.
    With all bits set a channel is 255, for any number of bits.

    Parameters
    ----------
    bits : int, optional
        Bits per channel, 1 to 8; the first 3·bits columns are read. By default as many as the
        columns allow; bits without a column are 0.

    Attributes
    ----------
    medians_ : float array of shape (min(d, 3·bits_),)
    bits_ : int

    References
    ----------
    Suggested by Mario Klingemann, according to the original.
    """

    def __init__(self, bits=None):
        self.bits = bits

    def _learn(self, X):
        self.bits_ = self._check_bits(X.shape[1])
        self.medians_ = np.array(map_columns(_median, X[:, : 3 * self.bits_]))

    def _check_bits(self, n_columns):
        if self.bits is None:
            return min(8, -(-n_columns // 3))
        bits = check_count("bits", self.bits, 1, 8)
        if n_columns < 3 * bits:
            raise ValueError(
                f"bits={bits} needs X with at least {3 * bits} columns, got {n_columns}"
            )
        return bits

    def _row_function(self, dtype):
        m, levels = len(self.medians_), 2**self.bits_ - 1
        column = np.arange(m)
        weights = np.zeros((m, 3), dtype=np.float32)
        weights[column, column % 3] = 2.0 ** (self.bits_ - 1 - column // 3) * (255 / levels)

        def pack(rows):
            bits = (rows[:, :m] > self.medians_).astype(np.float32)
            return np.rint(bits @ weights).astype(np.uint8)

        return pack


def _median(column):
    """Return `numpy.median` of finite numbers, faster because the copy is contiguous."""
    column, middle = np.array(column), len(column) // 2
    column.partition(middle)
    if len(column) % 2:
        return column[middle]
    return (column[:middle].max() + column[middle]) / 2


class PaletteStep(ColorStep):
    """Color labels by a palette, as `LabelColors` describes it.

    Subclasses define ``_palette(labels, places)``, where places are the other columns.
    """

    def _learn(self, X):
        # Without places, the labels themselves are the positions.
        self.palette_ = self._palette(_labels(X), X[:, 1:] if X.shape[1] > 1 else X)
        self.n_labels_ = len(self.palette_)

    def _row_function(self, dtype):
        return lambda rows: label_colors(_labels(rows), self.palette_, self.n_labels_)


def _labels(rows):
    return np.rint(rows[:, 0]).astype(np.int64)


class LabelColors(PaletteStep):
    """Color every label differently.

    Labels are the integers of the first column; floats are rounded. A label outside
    0..n_labels-1, such as -1 for "none", turns grey. `label_colors` does the same for a flat
    array of labels.

    Parameters
    ----------
    palette : {"distinct", "hue"} or uint8 array of shape (m, 3)
    n_labels : int, optional
        By default one more than the largest label in `fit`.

    Attributes
    ----------
    palette_ : uint8 array of shape (n_labels_, 3)
    n_labels_ : int
    """

    def __init__(self, palette="distinct", n_labels=None):
        self.palette = palette
        self.n_labels = n_labels

    def _palette(self, labels, places):
        n_labels = max(int(labels.max()) + 1, 1) if self.n_labels is None else self.n_labels
        return label_palette(self.palette, n_labels)


class SequentialColors(ColorStep):
    """Color the first column by a sequential color map, clipped at two quantiles.

    `value_colors` does the same for a flat array of values between two limits.

    Parameters
    ----------
    cmap : str
        See `sequential_palette`.
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

    def _learn(self, X):
        sequential_palette(self.cmap)
        self.limits_ = quantile_limits(X[:, 0], self.low, self.high)

    def _row_function(self, dtype):
        palette = sequential_palette(self.cmap)
        return lambda rows: colors_between(rows[:, 0], palette, *self.limits_)
