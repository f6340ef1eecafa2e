"""Color a column of metadata: labels by their frequency, numbers by value, missing ones grey."""

from dataclasses import dataclass

import numpy as np

from ..arrays.checks import check_choice
from .palettes import (
    MISSING,
    colors_between,
    label_palette,
    quantile_limits,
    sequential_palette,
)

OTHER = np.array([190, 190, 190], dtype=np.uint8)  # labels for which no color is left
_MOST_COLORS = 256
_MOST_NAMES = 20  # up to so many different integers are names rather than measurements


@dataclass(frozen=True, eq=False, repr=False)
class ColumnColors:
    """The colors of a column and what they mean, made by `column_colors`."""

    name: str  # of the column
    kind: str  # "labels" or "value"
    srgb8: np.ndarray  # (n, 3) uint8
    # Labels: (n,) int32; the largest is 0, -1 is missing, len(names) has no color of its own.
    labels: np.ndarray | None = None
    names: tuple[str, ...] = ()  # of the labels that have a color
    n_other: int = 0  # different values that share the color OTHER
    palette: np.ndarray | None = None  # (len(names), 3) uint8, or (256, 3) for a value
    # A value: (n,) float64, NaN is missing; dates in seconds since 1970, durations in seconds.
    values: np.ndarray | None = None
    limits: tuple[float, float] | None = None  # values with the first and the last color
    unit: str = ""  # or "date" or "seconds"

    def __repr__(self):
        what = f"{len(self.names) + self.n_other:,} labels"
        if self.kind == "value":
            what = "{:.4g} to {:.4g}".format(*self.limits)
        return f"<ColumnColors of {self.name!r}: {len(self.srgb8):,} points, {what}>"


def column_colors(column, *, kind=None, palette="distinct", cmap="viridis", low=0.02, high=0.98):
    """Color points by a column of metadata.

    Text, categories and truth values are labels, and so are integers with at most 20 different
    values; other numbers, dates and durations are values. The largest label gets the first color.
    Beyond 256 labels, or as many as an array of colors has, the smaller ones share a
    light grey. Missing ones are grey.

    Parameters
    ----------
    column : Series or array_like of shape (n,)
    kind : {"labels", "value"}, optional
        To decide otherwise than above.
    palette : {"distinct", "hue"} or uint8 array of shape (m, 3)
        For labels, see `label_colors`.
    cmap : str
        For values, see `value_colors`.
    low, high : float
        For values: quantiles, 0 <= low < high <= 1, that get the first and the last color.

    Returns
    -------
    ColumnColors
        Its `srgb8`, (n, 3) uint8, are the colors of the points; other attributes explain them.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.
    """
    import pandas as pd

    column = pd.Series(column)
    kind = natural_kind(column) if kind is None else kind
    if check_choice("kind", kind, ("labels", "value")) == "labels":
        return _as_labels(column, palette)
    return _as_value(column, cmap, low, high)


def label_codes(column):
    """Assign numbers to the values of a column, 0 to the most frequent one.

    Returns labels, (n,) int32, -1 for missing, and k values, one per label, with their counts (k,).
    """
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, values = column.cat.codes.to_numpy(), column.cat.categories
    else:
        try:
            codes, values = pd.factorize(column)
        except TypeError:  # lists, dicts and other values without a hash
            codes, values = pd.factorize(column.map(str, na_action="ignore"))
        values = pd.Index(values)
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    rank = np.full(len(values) + 1, -1, dtype=np.int32)  # the last one is code -1
    rank[order] = np.arange(len(order))
    return rank[codes], values[order], counts[order]


def natural_values(column):
    """Return a column of numbers, dates or durations as float64 (n,) and its unit."""
    from pandas.api import types

    if types.is_datetime64_any_dtype(column) or types.is_timedelta64_dtype(column):
        unit = "date" if types.is_datetime64_any_dtype(column) else "seconds"
        if unit == "date" and getattr(column.dt, "tz", None) is not None:
            column = column.dt.tz_convert("UTC").dt.tz_localize(None)
        exact = column.to_numpy()
        values = exact.astype(f"{exact.dtype.str[1:2]}8[us]").astype(np.int64) / 1e6
        values[np.isnat(exact)] = np.nan
        return values, unit
    try:
        return column.to_numpy(dtype=np.float64, na_value=np.nan), ""
    except (TypeError, ValueError):
        raise TypeError(
            f"column {str(column.name)!r} must hold numbers or dates to be a value, "
            f"got {column.dtype}"
        ) from None


def natural_kind(column):
    """Return "labels" or "value", as `column_colors` decides it."""
    from pandas.api import types

    dtype = column.dtype
    if types.is_datetime64_any_dtype(dtype) or types.is_timedelta64_dtype(dtype):
        return "value"
    if types.is_bool_dtype(dtype) or not types.is_numeric_dtype(dtype):
        return "labels"
    if types.is_complex_dtype(dtype):
        raise TypeError(f"column {str(column.name)!r} must not hold complex numbers")
    are_names = types.is_integer_dtype(dtype) and column.nunique() <= _MOST_NAMES
    return "labels" if are_names else "value"


def _as_labels(column, palette):
    labels, values, _ = label_codes(column)
    most = _MOST_COLORS if isinstance(palette, str) else len(palette)
    k = min(len(values), most)
    colors = label_palette(palette, max(k, 1))[:k]
    labels = np.minimum(labels, k)
    return ColumnColors(
        name=_name(column), kind="labels", srgb8=np.vstack([colors, OTHER, MISSING])[labels],
        labels=labels, names=tuple(str(value) for value in values[:k]),
        n_other=len(values) - k, palette=colors,
    )


def _as_value(column, cmap, low, high):
    values, unit = natural_values(column)
    limits = tuple(quantile_limits(values[np.isfinite(values)], low, high).tolist())
    colors = sequential_palette(cmap)
    missing = np.isnan(values)
    srgb8 = colors_between(np.where(missing, limits[0], values), colors, *limits)
    srgb8[missing] = MISSING
    return ColumnColors(
        name=_name(column), kind="value", srgb8=srgb8, palette=colors, values=values,
        limits=limits, unit=unit,
    )


def _name(column):
    return "column" if column.name is None else str(column.name)
