"""The colors of an explorer's points: by a technique, a column, one to three axes, a distance."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..arrays.neighbors import distance_to
from ..colors.palettes import colors_between, quantile_limits, sequential_palette
from ..legend.explain import label_name
from ..picture.text import format_number
from ..techniques.axes import axis_suggestions
from ..techniques.run import expand_to_all_rows
from ..techniques.table import TECHNIQUES
from ..techniques.technique import Param

_CLIPS = (
    Param("low", "clip below", 0.02, 0.0, 0.45, 0.01),
    Param("high", "clip above", 0.98, 0.55, 1.0, 0.01),
)
_CMAPS = ("viridis", "magma", "inferno", "plasma", "cividis", "turbo")
_CMAP = Param("cmap", "color map", "viridis", choices={name: name for name in _CMAPS})
_PALETTE = Param("palette", "palette", "distinct", choices={"distinct": "distinct", "hue": "hue"})
_VALUE_PARAMS, _LABEL_PARAMS = ("cmap", "low", "high"), ("palette",)
_AXES = ("first", "second", "third")
AXES = "axes"
"""Name of the entry for values of one's own choice."""
_SCALE = Param("scale", "colors", "oklab", choices={"even to the eye": "oklab", "RGB": "rgb"})


class _Entry:
    """An entry of the menu of techniques that is no technique; it answers as a `Technique` does."""

    notebook = None  # no notebook explains it

    def params_for(self, shape):
        """Return `params`; no range depends on the data."""
        return self.params


@dataclass(frozen=True)
class Column(_Entry):
    """A column of the metadata as an entry of the menu of techniques.

    Attributes
    ----------
    name, title, description : str
    column : hashable
        Its name in the data frame.
    kind : {"value", "labels"}
        How it is read by default.
    params : tuple of Param
    """

    name: str
    title: str
    description: str
    column: Any
    kind: str
    params: tuple[Param, ...]

    def in_use(self, params):
        """Return the names of the parameters that have an effect for these values."""
        kind = params.get("kind", self.kind)
        return ("kind", *(_VALUE_PARAMS if kind == "value" else _LABEL_PARAMS))


@dataclass(frozen=True)
class Axes(_Entry):
    """One to three axes as an entry of the menu of techniques; see `axis_colors`.

    Attributes are as for `Column`.
    """

    params: tuple[Param, ...]
    name: str = AXES
    title: str = "values of your choice"
    description: str = (
        "Up to three: columns with numbers, components or dimensions of X, distances to points. "
        "Type to search. Grey is missing."
    )

    def axes(self, params):
        """Return the chosen axes, a list of str."""
        texts = [params.get(param.name, param.default) for param in self.params[: len(_AXES)]]
        return [text for text in texts if text.strip()]

    def in_use(self, params):
        """As for `Column`."""
        scale = {1: _VALUE_PARAMS, 3: ("scale", "low", "high")}
        return (*_AXES, *scale.get(len(self.axes(params)), ()))


@dataclass(frozen=True, eq=False)
class Coloring:
    """The colors of all points, and what they were made from.

    Attributes
    ----------
    entry : Technique, Axes, Column or None
        None for the distance to a point.
    params : dict
    srgb8 : (n, 3) uint8
    steps : dict
        The fitted steps of a technique, by name.
    labels : (n,) int or None
        If each color stands for a label; negative is no label.
    names : tuple of str
        Names of the labels of a column.
    values : (n, m) float or None
        If colors stand for numbers: the first three of them at most; NaN is missing.
    last_input : (c, m) array or None
        Input of the last step for the c complete rows, if it cannot be computed again from X.
    limits : (low, high) of float or None
        Of a single value: the values of the first and the last color.
    row : int or None
        The point, if colors stand for the distance to it.
    palette : (256, 3) uint8 or None
        The colors of distances.
    column : ColumnColors or None
    axes : AxisColors or None
    view : (x_range, y_range, width) or None
        What was on screen, if the steps were fitted to the points there.
    """

    entry: Any
    params: dict
    srgb8: np.ndarray
    steps: dict = field(default_factory=dict)
    labels: np.ndarray | None = None
    names: tuple[str, ...] = ()
    values: np.ndarray | None = None
    last_input: np.ndarray | None = None
    limits: tuple[float, float] | None = None
    row: int | None = None
    palette: np.ndarray | None = None
    column: Any = None
    axes: Any = None
    view: tuple | None = None

    @property
    def title(self):
        """Its name for the user."""
        if self.axes is not None:
            return self.axes.title
        return f"distance to point {self.row:,}" if self.entry is None else self.entry.title

    @property
    def categorical(self):
        """Whether each color stands for a label."""
        return self.labels is not None

    @property
    def from_X(self):
        """Whether the steps start from X itself."""
        return self.entry is not None and getattr(self.entry, "values", self) is None

    def describe(self, row):
        """Return the label or the values that the color of a point stands for, as plain text."""
        if self.labels is not None:
            label = int(self.labels[row])
            if not self.names:
                return label_name([*self.steps.values()][:-1], label)
            if label < 0:
                return "missing"
            return self.names[label] if label < len(self.names) else "other"
        if self.values is None:
            return ""
        values = self.values[row]
        if np.isnan(values).any():
            return "missing"
        if self.axes is not None and len(values) > 1:
            return ""  # see `axis_values`
        unit = self.axes.units[0] if self.axes is not None else getattr(self.column, "unit", "")
        return "  ".join(format_number(value, unit) for value in values)

    def axis_values(self, row):
        """Return pairs of name and value, as plain text, of two or three axes; otherwise []."""
        if self.axes is None or len(self.axes.names) == 1:
            return []
        return [
            (name, "missing" if np.isnan(value) else format_number(value, unit))
            for name, value, unit in zip(
                self.axes.names, self.values[row], self.axes.units, strict=True
            )
        ]


def menu_entries(embedding):
    """Return everything that can color an embedding: `Technique`, `Axes` or `Column` by its name.

    Techniques come first. ``column:script`` is the column "script".
    """
    columns = [_column_entry(embedding.meta[name]) for name in embedding.meta]
    numbers = [entry.title for entry in columns if entry.params[0].name == "kind"]
    suggestions = {text: text for text in axis_suggestions(embedding, numbers)}
    axis_params = [Param(name, name, "", choices=suggestions, typed=True) for name in _AXES]
    axis_params[0] = replace(axis_params[0], default="component 1")
    axes = Axes((*axis_params, _SCALE, *_CLIPS, _CMAP))
    return {**TECHNIQUES, **{entry.name: entry for entry in (axes, *columns)}}


def _column_entry(series):
    from ..colors.columns import holds_numbers, natural_kind

    kind = natural_kind(series)
    params = (_PALETTE,)
    if holds_numbers(series):
        kinds = Param("kind", "taken as", kind, choices={"numbers": "value", "labels": "labels"})
        params = (kinds, *_CLIPS, _CMAP, _PALETTE)
    order = "its values from low to high" if kind == "value" else "the most frequent label first"
    return Column(
        f"column:{series.name}", f"{series.name}",
        f"A column of the metadata, {order}. Grey is missing.", series.name, kind, params,
    )


def color_by_column(embedding, entry, params):
    """Return the `Coloring` of a `Column`."""
    from ..colors.columns import column_colors

    params = {name: params[name] for name in entry.in_use(params) if name in params}
    if params.get("kind") == entry.kind:
        del params["kind"]
    column = column_colors(embedding.meta[entry.column], **params)
    values = None if column.values is None else column.values[:, None]
    return Coloring(
        entry, params, column.srgb8, labels=column.labels, names=column.names, values=values,
        limits=column.limits, column=column,
    )


def color_by_axes(reader, entry, params, view=None):
    """Return the `Coloring` of `Axes` by an `AxisReader`, fitted to a view if there is one."""
    axes = entry.axes(params)
    options = {
        name: params[name] for name in entry.in_use(params)
        if name in params and name not in _AXES
    }
    x_range, y_range = (None, None) if view is None else view[:2]
    colors = reader.colors(*axes, **options, x_range=x_range, y_range=y_range)
    return Coloring(
        entry, options, colors.srgb8, values=colors.values, axes=colors, view=view,
        limits=tuple(colors.limits[:, 0].tolist()) if len(axes) == 1 else None,
    )


def color_by_technique(run, entry, params, progress=None, view=None):
    """Return the `Coloring` of a `Technique`, run by a `CachedRun`."""
    srgb8 = run.run(entry, progress=progress, view=view, **params)
    return _technique_coloring(run, entry, params, srgb8)


def color_by_fit(fit, entry, params, view, progress=None):
    """Return the `Coloring` of a `Technique`, fitted by a `ViewFit` to what is on screen."""
    x_range, y_range, width = view
    srgb8 = fit.colors(entry, x_range, y_range, width=width, progress=progress, **params)
    return _technique_coloring(fit, entry, params, srgb8, view=view)


def _technique_coloring(run, entry, params, srgb8, view=None):
    """Return the `Coloring` that a `CachedRun` or `ViewFit` has just computed."""
    steps = dict(run.steps)
    last = [*steps.values()][-1]
    last_input = None if entry.values is None else run.last_input()

    def input_columns(columns, missing):
        values = run.last_input() if last_input is None else last_input
        return expand_to_all_rows(run.embedding, values[:, columns].astype(np.float32), missing)

    labels = values = limits = None
    if hasattr(last, "medians_"):
        pass  # bits are read from the color itself
    elif hasattr(last, "n_labels_"):
        labels = np.rint(input_columns(0, -1)).astype(np.int32)
    elif np.shape(getattr(last, "limits_", None)) == (2,):
        limits = tuple(float(limit) for limit in last.limits_)
        values = input_columns(slice(1), np.nan)
    else:
        values = input_columns(slice(3), np.nan)
    return Coloring(
        entry, params, srgb8, steps=steps, last_input=last_input, view=view, labels=labels,
        values=values, limits=limits,
    )


def color_by_distance(embedding, row, *, near="dark", low=0.001, high=0.98):
    """Return the `Coloring` by distance in X to one point.

    Parameters
    ----------
    embedding : Embedding
    row : int
    near : {"dark", "bright"}
        Which end of the palette the nearest points get; choose what contrasts with the background.
    low, high : float
        Quantiles of the distances that get the first and the last color.

    Returns
    -------
    Coloring

    Raises
    ------
    ValueError
        If the point's row of X has NaN or infinity.
    """
    if embedding.incomplete is not None and embedding.incomplete[row]:
        raise ValueError(
            f"row must be one without NaN or infinity in X, to have distances; got {row!r}"
        )
    distances = distance_to(embedding.complete().X, embedding.X[row])
    limits = tuple(quantile_limits(distances, low, high).tolist())
    palette = sequential_palette()[:: 1 if near == "dark" else -1]
    srgb8 = expand_to_all_rows(embedding, colors_between(distances, palette, *limits))
    values = expand_to_all_rows(embedding, distances, np.nan)
    params = {"near": near, "low": low, "high": high}
    return Coloring(
        None, params, srgb8, values=values[:, None], limits=limits, row=row, palette=palette
    )


def explain_coloring(embedding, coloring):
    """Return the `Legend` of a `Coloring`."""
    from ..legend.explain import Legend, explain, explain_axes, explain_column, value_bar

    if coloring.column is not None:
        return explain_column(embedding, coloring.column)
    if coloring.axes is not None:
        return explain_axes(embedding, coloring.axes)
    if coloring.entry is None:
        bar = value_bar(coloring.values[:, 0], coloring.limits, coloring.palette)
        return Legend("value", coloring.title, value=bar)
    complete, labels, values = embedding.complete(), coloring.labels, coloring.last_input
    rows = embedding.known(np.arange(len(embedding)))
    if labels is not None and [*coloring.steps.values()][-1].n_features_in_ == 1:
        # With more features, the color depends on more than the label.
        values = labels[rows, None]
    legend = explain(complete, coloring.steps, values, from_X=coloring.from_X, title=coloring.title)
    if complete is embedding or legend.labels is None:
        return legend
    entries = tuple(replace(entry, row=int(rows[entry.row])) for entry in legend.entries)
    return replace(legend, entries=entries, labels=expand_to_all_rows(embedding, legend.labels, -1))
