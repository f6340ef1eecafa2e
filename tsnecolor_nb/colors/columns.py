"""Color a column of metadata: labels by their frequency, numbers by value, missing ones grey."""

import datetime
import decimal
import re
from collections.abc import Mapping
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
CLASS_NAME = re.compile(
    r"(.*[_ .-])?(ids?|index|idx|labels?|class(es)?|cluster(s|ing)?|target|topic|community|leiden"
    r"|louvain|h?dbscan|k-?means|seurat|snn)([_ .-]?(ids?|labels?|number|no|res))?([_ .-]?[\d.]+)?",
    re.IGNORECASE,
)
"""Names of columns whose whole numbers are names, not measurements."""

_NO_LABEL = {"unlabelled", "unlabeled", "noise", "other", "others", "unassigned", "unknown",
             "outlier", "outliers"}
_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{8})", re.IGNORECASE)
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d([T ].*)?")
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

    Text, categories and truth values are labels, and so are whole numbers with at most 20 different
    values, numbers of clusters (by the column's name, or if -1 is among 0, 1, 2, …); other numbers,
    dates and durations are values. The largest label gets the first color; ordered categories keep
    their order. Beyond 256 labels, or as many as an array of colors has, the smaller ones share a
    light grey. Missing ones are grey, and so are labels such as "noise", "unlabelled", "other" and
    the cluster -1. A column of hex colors, or of RGB if its name says so, has these colors.

    Parameters
    ----------
    column : Series or array_like of shape (n,)
    kind : {"labels", "value"}, optional
        To decide otherwise than above.
    palette : {"distinct", "hue"}, uint8 array of shape (m, 3), list of colors, or mapping
        For labels, see `label_colors`. A mapping has the color of each label, as Matplotlib writes
        colors or as RGB from 0 to 255; labels that it lacks are grey. A list has those of the
        largest label, the next one, and so on. By default it is
        ``column.attrs["colors"][column.name]``, if that is there, as from ``uns["X_colors"]`` of
        AnnData.
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

    attributes = getattr(column, "attrs", {})
    column = _plain(pd.Series(column))
    own = attributes.get("colors", {}).get(column.name) if isinstance(palette, str) else None
    kind = natural_kind(column) if kind is None else kind
    if check_choice("kind", kind, ("labels", "value")) == "labels":
        return _as_labels(column, own or palette)
    return _as_value(column, cmap, low, high)


def _plain(column):
    """Return a column of decimals, days or periods, as objects or text, as numbers or dates."""
    import pandas as pd
    from pandas.api import types

    dtype = column.dtype
    if isinstance(dtype, pd.PeriodDtype):
        return column.dt.to_timestamp()
    if not (types.is_object_dtype(dtype) or types.is_string_dtype(dtype) or "date32" in str(dtype)):
        return column
    known = column.dropna()
    first = known.iloc[0] if len(known) else None
    try:
        if isinstance(first, decimal.Decimal):
            return column.astype(np.float64)
        is_text = isinstance(first, str) and _ISO_DATE.fullmatch(first)
        if is_text or isinstance(first, (datetime.date, pd.Period)):
            dates = known.map(lambda day: day.to_timestamp()) if isinstance(first, pd.Period) else (
                pd.to_datetime(known, format="ISO8601" if is_text else None, utc=True))
            return dates.reindex(column.index).rename(column.name)
    except (TypeError, ValueError, decimal.InvalidOperation):  # of several kinds
        pass
    return column


def label_codes(column):
    """Assign numbers to the values of a column, 0 to the most frequent one.

    Returns labels, (n,) int32, -1 for missing, and k values, one per label, with their counts (k,).
    Ordered categories keep their order.
    """
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, values = column.cat.codes.to_numpy(), column.cat.categories
    else:
        try:
            codes, values = pd.factorize(column)
        except (TypeError, NotImplementedError):  # lists, dicts and others without a hash
            codes, values = pd.factorize(column.map(str, na_action="ignore"))
        values = pd.Index(values)
    counts = np.bincount(codes[codes >= 0], minlength=len(values))
    order = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    if getattr(column.dtype, "ordered", False):
        order = np.flatnonzero(counts)
    rank = np.full(len(values) + 1, -1, dtype=np.int32)  # the last one is code -1
    rank[order] = np.arange(len(order))
    return rank[codes], values[order], counts[order]


def natural_values(column):
    """Return a column of numbers, dates or durations as float64 (n,) and its unit."""
    from pandas.api import types

    column = _plain(column)
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


def holds_numbers(column):
    """Return whether a column holds numbers, truth values, dates or durations, not text."""
    from pandas.api import types

    column = _plain(column)
    if types.is_datetime64_any_dtype(column) or types.is_timedelta64_dtype(column):
        return True
    if types.is_object_dtype(column):  # numbers or truth values beside None
        return types.infer_dtype(column, skipna=True) in (
            "boolean", "floating", "integer", "mixed-integer-float"
        )
    return types.is_numeric_dtype(column) and not types.is_complex_dtype(column)


def natural_kind(column):
    """Return "labels" or "value", as `column_colors` decides it."""
    from pandas.api import types

    column = _plain(column)
    dtype = column.dtype
    if types.is_datetime64_any_dtype(dtype) or types.is_timedelta64_dtype(dtype):
        return "value"
    if types.is_bool_dtype(dtype) or not types.is_numeric_dtype(dtype):
        return "labels"
    if types.is_complex_dtype(dtype):
        raise TypeError(f"column {str(column.name)!r} must not hold complex numbers")
    return "labels" if _are_names(column) else "value"


def _are_names(column):
    """Return whether whole numbers are names: few, or of clusters."""
    known = column.dropna()
    if not len(known) or re.search("year", str(column.name), re.IGNORECASE):
        return False
    if known.dtype.kind == "f" and not (known == known.round()).all():
        return False
    values = np.sort(known.unique())
    # Fractions are no names; floats are, if a gap made them floats.
    if len(values) <= _MOST_NAMES and (known.dtype.kind != "f" or len(known) < len(column)):
        return True
    are_clusters = values[0] == -1 and values[-1] == len(values) - 2
    are_clusters |= CLASS_NAME.fullmatch(str(column.name)) is not None
    return bool(are_clusters and len(values) <= len(known) / 2)


def _as_labels(column, palette):
    labels, values, _ = label_codes(column)
    names = [str(value) for value in values]
    if column.dtype.kind == "f" and all(name.endswith(".0") for name in names):
        names = [name.removesuffix(".0") for name in names]  # whole numbers, perhaps with gaps
    if hasattr(palette, "to_dict"):  # a Series
        palette = palette.to_dict()
    elif isinstance(palette, (list, tuple)):
        palette = np.array([_rgb(color) for color in palette])
    colors, k = _own_colors(column, values, names, palette), min(len(names), _MOST_COLORS)
    if colors is None:
        # What has no label comes last, so that it takes no color from the others.
        is_grey = without_label(names)
        order = np.argsort(is_grey, kind="stable")
        labels = np.append(np.argsort(order), -1)[labels].astype(np.int32)
        names, n = [names[i] for i in order], len(names) - int(is_grey.sum())
        most = _MOST_COLORS if isinstance(palette, str) else len(palette)
        colors = np.tile(MISSING, (len(names), 1))
        colors[: min(n, most)] = label_palette(palette, max(min(n, most), 1))[:n]
        k = len(names) if n <= most else most
        colors[most : n if n > most else most] = OTHER
    srgb8 = np.vstack([colors, MISSING])[labels]
    return ColumnColors(
        name=_name(column), kind="labels", srgb8=srgb8, labels=np.minimum(labels, k),
        names=tuple(names[:k]), n_other=len(names) - k, palette=colors[:k],
    )


def without_label(names):
    """Return which names say that there is no label: noise, other, cluster -1; bool (k,)."""
    are_clusters = all(re.fullmatch(r"-1|\d+", name) for name in names)
    none = _NO_LABEL | ({"-1"} if are_clusters else set())
    return np.array([name.strip().lower() in none for name in names], dtype=bool)


def _own_colors(column, values, names, palette):
    """Return the colors of labels by a mapping, or those that they are; uint8 (k, 3), or None."""
    if isinstance(palette, Mapping):
        by_text = {str(key): color for key, color in palette.items()}
        colors = [palette.get(value, by_text.get(name)) if value.__hash__ else by_text.get(name)
                  for value, name in zip(values, names, strict=True)]
        if names and all(color is None for color in colors):
            raise ValueError(f"palette must have colors of labels, such as {names[0]!r}, "
                             f"got those of {', '.join(map(repr, list(by_text)[:4]))}")
        return np.array([MISSING if c is None else _rgb(c) for c in colors]).reshape(-1, 3)
    says_color = re.search(r"colou?r|rgb|hex", str(column.name), re.IGNORECASE)
    if not names or not (says_color or all(map(_HEX.fullmatch, names))):
        return None
    try:
        return np.array([_rgb(name) for name in names])
    except ValueError:
        return None


def _rgb(color):
    """Return a color, as Matplotlib writes it or as three numbers up to 1 or 255, as uint8 (3,)."""
    from matplotlib.colors import is_color_like, to_rgb

    if isinstance(color, str) and is_color_like(color):
        return np.rint(255 * np.array(to_rgb(color))).astype(np.uint8)
    texts = re.findall(r"[\d.]+(?:e-\d+)?", color) if isinstance(color, str) else color
    numbers = np.array([float(text) for text in texts])
    if len(numbers) not in (3, 4) or not (0 <= numbers.min() and numbers.max() <= 255):
        raise ValueError(f"palette must have colors such as '#1f77b4' or (31, 119, 180), "
                         f"got {color!r}")
    return np.rint(numbers[:3] * (255 if numbers.max() <= 1 else 1)).astype(np.uint8)


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
