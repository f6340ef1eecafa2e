"""Color by one, two or three numbers of each point that a reader chooses."""

import re
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import sklearn

from ..arrays.checks import check_choice, check_quantiles, check_range
from ..arrays.neighbors import distance_to
from ..colors.columns import holds_numbers, natural_values
from ..colors.palettes import MISSING, quantile_limits
from ..steps.bivariate import BivariateColors
from ..steps.oklab_cube import OklabCube
from ..steps.pca import pca_of
from ..steps.to_color import RGBCube, SequentialColors
from .run import expand_to_all_rows

SCALES = {1: ("sequential",), 2: ("bivariate",), 3: ("oklab", "rgb")}
"""Names of the scales by the number of axes, the default first."""

_OF_X = re.compile(r"(dimension|component|distance to point) (\d[\d,]*)")
_COLUMN = "column:"
_CUBE_SIDE = 17  # places along a side of the cube to which a scale is fitted
_FEWEST = 20  # points in a view to which colors can be fitted
_REMEMBERED, _MOST_NAMED, _SUGGESTED = 6, 12, 256


@dataclass(frozen=True, eq=False, repr=False)
class AxisColors:
    """The colors of one to three axes and what they mean, made by `axis_colors`.

    Attributes
    ----------
    axes : tuple
        The m axes, as given.
    names : tuple of str
        What they are called.
    scale : {"sequential", "bivariate", "oklab", "rgb"}
    srgb8 : (n, 3) uint8
    values : (n, m) float64
        NaN is missing; dates in seconds since 1970, durations in seconds.
    units : tuple of str
        Of each axis: "", "date" or "seconds".
    limits : (2, m) float64
        Of each axis, the values where its colors begin and end.
    step : fitted step
        It gives the colors.
    inputs : (c, m) float
        Its input, for the c points without missing values: values, or those of a cube from 0 to 1.
    """

    axes: tuple
    names: tuple[str, ...]
    scale: str
    srgb8: np.ndarray
    values: np.ndarray
    units: tuple[str, ...]
    limits: np.ndarray
    step: object = field(repr=False)
    inputs: np.ndarray = field(repr=False)

    @property
    def title(self):
        """The names of the axes in one line."""
        return " × ".join(self.names)

    @property
    def known(self):
        """Rows without missing values, (c,) int ascending."""
        return np.flatnonzero(~np.isnan(self.values).any(axis=1))

    def __repr__(self):
        n = len(self.srgb8)
        return f"<AxisColors of {self.title}: {n:,} points, {n - len(self.inputs):,} missing>"


def axis_colors(
    embedding, *axes, scale=None, cmap="viridis", low=0.02, high=0.98, x_range=None, y_range=None
):
    """Color points by one, two or three numbers of each.

    An axis is one of

    - a column of ``embedding.meta`` with numbers, dates, durations or truth values, by its name;
    - ``"dimension 17"`` of X; the first is 0;
    - ``"component 3"``, a principal component of all complete rows of X; the first is 1;
    - ``"distance to point 4711"``, the Euclidean distance in X to the point of that row.

    A column that is called like one of the last three, or whose name is no text, is named with
    ``"column:"`` before it: ``"column:component 3"``.

    One axis gets a sequential color map, two get `BivariateColors`: the first runs from pale to
    orange, the second from pale to blue. Of three the first runs from dark to light, the second
    from green to red, the third from blue to yellow, equally far in OKLab; or they are red, green
    and blue. Points with NaN or infinity in an axis are grey.

    Parameters
    ----------
    embedding : Embedding
    *axes : hashable
        One to three, as above.
    scale : {"sequential", "bivariate", "oklab", "rgb"}, optional
        The choice is between "oklab" and "rgb", for three axes; "oklab" by default.
    cmap : str
        For one axis, see `value_colors`.
    low, high : float
        For one and three axes: quantiles of each, 0 <= low < high <= 1, between which its colors
        lie; values beyond are clipped. Two axes are colored by ranks.
    x_range, y_range : (low, high), optional
        Part of the map, in its units: the scale is fitted to the points there, unless they are
        fewer than 20.

    Returns
    -------
    AxisColors
        Its `srgb8`, (n, 3) uint8, are the colors; `explain_axes` makes a legend of it.

    Raises
    ------
    TypeError, ValueError
        If there is no such axis, it holds labels, or another argument does not fit; the message
        names it.

    Examples
    --------
    >>> from tsnecolor_nb import axis_colors, load_glyphs
    >>> colors = axis_colors(load_glyphs(), "component 1", "codepoint").srgb8
    """
    return AxisReader(embedding).colors(
        *axes, scale=scale, cmap=cmap, low=low, high=high, x_range=x_range, y_range=y_range
    )


class AxisReader:
    """Read axes of one embedding; the last few that come from X are kept."""

    def __init__(self, embedding):
        self.embedding = embedding
        self._of_X = {}

    def colors(
        self, *axes, scale=None, cmap="viridis", low=0.02, high=0.98, x_range=None, y_range=None
    ):
        """As for `axis_colors`."""
        if not 1 <= len(axes) <= 3:
            raise ValueError(f"axes must be one, two or three, got {len(axes)}")
        scales = SCALES[len(axes)]
        scale = scales[0] if scale is None else check_choice("scale", scale, scales)
        check_quantiles(low, high)
        names, columns, units = zip(*map(self.read, axes), strict=True)
        values = np.stack(columns).T
        known = np.isfinite(values).all(axis=1)
        if not known.any():
            raise ValueError(f"no point has a value of {' and of '.join(names)}")
        values[~np.isfinite(values)] = np.nan
        inputs = values if known.all() else values[known]
        fitted = inputs[self._rows_to_fit(known, x_range, y_range)]
        if scale == "bivariate":
            step = BivariateColors(names).fit(fitted)
            limits = step.quantiles_[:, [0, -1]].T
        elif scale == "sequential":
            step = SequentialColors(cmap, low, high).fit(fitted)
            limits = step.limits_[:, None]
        else:
            limits = np.stack([_limits(column, low, high) for column in fitted.T], axis=1)
            inputs, step = _between(inputs, limits), _unit_cube(scale)
        srgb8 = step.transform(inputs)
        if not known.all():
            colors, srgb8 = srgb8, np.tile(MISSING, (len(values), 1))
            srgb8[known] = colors
        return AxisColors(axes, names, scale, srgb8, values, units, limits, step, inputs)

    def read(self, axis):
        """Return the name of an axis, its values, float64 (n,), and their unit."""
        try:
            hash(axis)
        except TypeError:
            raise TypeError(
                "an axis must be a name, such as 'component 1' or that of a column, got a "
                f"{type(axis).__name__}"
            ) from None
        of_X = _OF_X.fullmatch(axis.strip()) if isinstance(axis, str) else None
        if of_X is None:
            return self._column(axis)
        kind, number = of_X[1], int(of_X[2].replace(",", ""))
        return f"{kind} {number:,}", self._value_of_X(kind, number), ""

    def _column(self, axis):
        meta = self.embedding.meta
        columns = [] if meta is None else list(meta.columns)
        text = str(axis).removeprefix(_COLUMN).strip()
        named = [name for name in columns if name == axis]
        named = named or [name for name in columns if str(name).strip() == text]
        if len(named) > 1:
            raise ValueError(f"meta has {len(named)} columns {axis!r}; an axis must be one")
        if not named:
            each = [] if meta is None else meta.items()
            numbers = [str(name) for name, column in each if holds_numbers(column)]
            if len(numbers) > _MOST_NAMED:
                numbers = [*numbers[:_MOST_NAMED], f"and {len(numbers) - _MOST_NAMED} more"]
            c, d = self.embedding.complete().X.shape
            raise ValueError(
                f"there is no axis {axis!r}; it must be a column of numbers of meta "
                f"({', '.join(numbers) or 'none'}), 'dimension 0' to '{d - 1}', 'component 1' to "
                f"'{min(c, d)}', or 'distance to point 0' to '{len(self.embedding) - 1}'"
            )
        column = meta[named[0]]
        if not holds_numbers(column):
            raise TypeError(
                f"column {str(named[0])!r} holds labels ({column.dtype}); an axis must hold "
                "numbers, dates or truth values"
            )
        values, unit = natural_values(column)
        return str(named[0]), values, unit

    def _value_of_X(self, kind, number):
        key = kind, number
        if key not in self._of_X:
            compute = {"dimension": self._dimension, "component": self._component,
                       "distance to point": self._distance}[kind]
            known = compute(number).astype(np.float64)
            while len(self._of_X) >= _REMEMBERED:
                self._of_X.pop(next(iter(self._of_X)), None)
            self._of_X[key] = expand_to_all_rows(self.embedding, known, np.nan)
        return self._of_X[key]

    def _dimension(self, number):
        X = self.embedding.complete().X
        _check_number("dimension", number, 0, X.shape[1] - 1)
        return X[:, number]

    def _component(self, number):
        X = self.embedding.complete().X
        _check_number("component", number, 1, min(X.shape))
        step = pca_of(self.embedding).reordered([number - 1], [1])
        with sklearn.config_context(assume_finite=True):
            return step.transform(X)[:, 0]

    def _distance(self, row):
        embedding = self.embedding
        _check_number("distance to point", row, 0, len(embedding) - 1)
        if embedding.incomplete is not None and embedding.incomplete[row]:
            raise ValueError(
                f"'distance to point {row}' needs a row of X without NaN or infinity; this has some"
            )
        return distance_to(embedding.complete().X, embedding.X[row])

    def _rows_to_fit(self, known, x_range, y_range):
        if x_range is None and y_range is None:
            return slice(None)
        xy = self.embedding.xy if known.all() else self.embedding.xy[known]
        inside = np.ones(len(xy), bool)
        for name, ends, places in (("x_range", x_range, xy[:, 0]), ("y_range", y_range, xy[:, 1])):
            if ends is not None:
                low, high = check_range(name, ends)
                inside &= (places >= low) & (places <= high)
        return inside if np.count_nonzero(inside) >= _FEWEST else slice(None)


def axis_suggestions(embedding, columns):
    """Return what an axis can be, as text: `columns`, then the first components and dimensions."""
    c, d = embedding.complete().X.shape
    components = [f"component {i + 1:,}" for i in range(min(c, d, _SUGGESTED))]
    dimensions = [f"dimension {i:,}" for i in range(min(d, _SUGGESTED))]
    named = [
        f"{_COLUMN}{name}" if not name.strip() or _OF_X.fullmatch(name.strip()) else name
        for name in columns
    ]
    return list(dict.fromkeys([*named, *components, *dimensions]))


@cache
def _unit_cube(scale):
    """Return a step that gives three shares, 0 to 1, the same color whatever the data."""
    side = np.linspace(0, 1, _CUBE_SIDE, dtype=np.float32)
    cube = np.stack(np.meshgrid(side, side, side), axis=-1).reshape(-1, 3)
    # Without a rotation each axis has its own kind of change.
    step = OklabCube(rotation=np.eye(3)) if scale == "oklab" else RGBCube()
    return step.fit(cube)


def _check_number(kind, number, low, high):
    if not low <= number <= high:
        raise ValueError(f"'{kind} …' must have a number of {low} to {high:,}, got {number:,}")


def _limits(column, low, high):
    """Return two quantiles, or the extremes where a column has one value almost everywhere."""
    limits = quantile_limits(column, low, high)
    return limits if limits[0] < limits[1] else np.array([column.min(), column.max()])


def _between(values, limits):
    """Return values as shares of the way from the first limits to the second, float32, clipped."""
    span = limits[1] - limits[0]
    shares = (values - limits[0]) / np.where(span > 0, span, 1)
    return np.clip(shares, 0, 1).astype(np.float32)
