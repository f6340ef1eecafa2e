"""What can color the points of an explorer: a technique, a column, chosen axes, a distance."""

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
_PALETTE = Param(
    "palette", "palette", "distinct", choices={"distinct": "distinct", "hue": "hue"}
)
_OF_VALUES, _OF_LABELS = ("cmap", "low", "high"), ("palette",)
_AXES = ("first", "second", "third")
_SCALE = Param("scale", "colors", "oklab", choices={"even to the eye": "oklab", "RGB": "rgb"})


@dataclass(frozen=True)
class Column:
    """A column of the metadata as an entry of the menu of techniques.

    Attributes
    ----------
    name, title, description : str
    column : hashable
        Its name in the data frame.
    kind : {"value", "labels"}
        What it is unless a person decides otherwise.
    params : tuple of Param
    notebook : None
        For there is none that explains it.
    """

    name: str
    title: str
    description: str
    column: Any
    kind: str
    params: tuple[Param, ...]
    notebook: None = None

    def params_for(self, shape):
        """Return `params`; no range depends on the data."""
        return self.params

    def in_use(self, params):
        """Return the names of the parameters that change something where these are chosen."""
        kind = params.get("kind", self.kind)
        return ("kind", *(_OF_VALUES if kind == "value" else _OF_LABELS))


@dataclass(frozen=True)
class Axes:
    """One to three axes of a person's choice as an entry of the menu; see `axis_colors`.

    Attributes are as for `Column`.
    """

    params: tuple[Param, ...]
    name: str = "axes"
    title: str = "values of your choice"
    description: str = (
        "Up to three: columns with numbers, components or dimensions of X, distances to points. "
        "Type to search. Grey is missing."
    )
    notebook: None = None

    def params_for(self, shape):
        """Return `params`; no range depends on the data."""
        return self.params

    def axes(self, params):
        """Return the chosen axes, a list of str."""
        texts = [params.get(param.name, param.default) for param in self.params[: len(_AXES)]]
        return [text for text in texts if text.strip()]

    def in_use(self, params):
        """As for `Column`."""
        scale = {1: _OF_VALUES, 3: ("scale", "low", "high")}
        return (*_AXES, *scale.get(len(self.axes(params)), ()))


@dataclass(frozen=True, eq=False)
class Coloring:
    """The colors of all points, and what they were made from.

    Attributes
    ----------
    entry : Technique, Column or None
        None for the distance to a point.
    params : dict
    srgb8 : (n, 3) uint8
    steps : dict
        The fitted steps of a technique, by name.
    labels : (n,) int or None
        Where each color stands for a label; negative is none.
    names : tuple of str
        What the labels of a column stand for.
    values : (n, m) float or None
        Where colors come from numbers: the first three at most; NaN is missing.
    given : (c, m) array or None
        All that the last step was given of the c complete rows, where that does not come from X
        and can't be found anew.
    limits : (low, high) of float or None
        Of a single value: what gets the first and the last color.
    row : int or None
        The point, where colors stand for the distance to one.
    palette : (256, 3) uint8 or None
        The colors of distances.
    column : ColumnColors or None
    axes : AxisColors or None
    view : (x_range, y_range, width) or None
        What was on screen, where the steps were fitted to the points there alone.
    """

    entry: Any
    params: dict
    srgb8: np.ndarray
    steps: dict = field(default_factory=dict)
    labels: np.ndarray | None = None
    names: tuple[str, ...] = ()
    values: np.ndarray | None = None
    given: np.ndarray | None = None
    limits: tuple[float, float] | None = None
    row: int | None = None
    palette: np.ndarray | None = None
    column: Any = None
    axes: Any = None
    view: tuple | None = None

    @property
    def title(self):
        """What to call it."""
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
        """Return in a few words, as plain text, what the color of a point stands for."""
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
            return ""  # in `facts`
        unit = self.axes.units[0] if self.axes is not None else getattr(self.column, "unit", "")
        return "  ".join(format_number(value, unit) for value in values)

    def facts(self, row):
        """Return name and value, as plain text, of two or three axes of a point; else none."""
        if self.axes is None or len(self.axes.names) == 1:
            return []
        each = zip(self.axes.names, self.values[row], self.axes.units, strict=True)
        return [
            (name, "missing" if np.isnan(value) else format_number(value, unit))
            for name, value, unit in each
        ]


def menu_entries(embedding):
    """Return everything that can color an embedding, techniques first, by name.

    Parameters
    ----------
    embedding : Embedding

    Returns
    -------
    dict
        `Technique`, `Axes` or `Column` by its name; ``column:script`` is the column "script".
    """
    meta = [] if embedding.meta is None else [embedding.meta[name] for name in embedding.meta]
    columns = [_column_entry(series) for series in meta]
    numbers = [entry.title for entry in columns if entry.params[0].name == "kind"]
    suggestions = {text: text for text in axis_suggestions(embedding, numbers)}
    chosen = [Param(name, name, "", choices=suggestions, typed=True) for name in _AXES]
    chosen[0] = replace(chosen[0], default="component 1")
    axes = Axes((*chosen, _SCALE, *_CLIPS, _CMAP))
    return {**TECHNIQUES, **{entry.name: entry for entry in (axes, *columns)}}


def _column_entry(series):
    from ..colors.columns import holds_numbers, natural_kind

    kind = natural_kind(series)
    params = (_PALETTE,)
    if holds_numbers(series):
        choice = Param("kind", "taken as", kind, choices={"numbers": "value", "labels": "labels"})
        params = (choice, *_CLIPS, _CMAP, _PALETTE)
    return Column(
        name=f"column:{series.name}",
        title=f"{series.name}",
        description="A column of the metadata, "
        + ("its values from low to high." if kind == "value" else "the most frequent label first.")
        + " Grey is missing.",
        column=series.name,
        kind=kind,
        params=params,
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
    how = {
        name: params[name] for name in entry.in_use(params)
        if name in params and name not in _AXES
    }
    x_range, y_range = (None, None) if view is None else view[:2]
    colored = reader.colors(*axes, **how, x_range=x_range, y_range=y_range)
    single = len(axes) == 1
    return Coloring(
        entry, how, colored.srgb8, values=colored.values, axes=colored, view=view,
        limits=tuple(colored.limits[:, 0].tolist()) if single else None,
    )


def color_by_technique(run, entry, params, progress=None, view=None):
    """Return the `Coloring` of a `Technique`, run by a `CachedRun`."""
    srgb8 = run.run(entry, progress=progress, view=view, **params)
    steps = dict(run.steps)
    given = None if entry.values is None else run.last_input()
    found = _meaning(run.embedding, steps, run.last_input if given is None else lambda: given)
    return Coloring(entry, params, srgb8, steps=steps, given=given, **found)


def color_by_fit(fit, entry, params, view, progress=None):
    """Return the `Coloring` of a `Technique`, fitted by a `ViewFit` to what is on screen."""
    x_range, y_range, width = view
    srgb8 = fit.colors(entry, x_range, y_range, width=width, progress=progress, **params)
    steps = dict(fit.steps)
    given = None if entry.values is None else fit.last_input()
    found = _meaning(fit.embedding, steps, fit.last_input if given is None else lambda: given)
    return Coloring(entry, params, srgb8, steps=steps, given=given, view=view, **found)


def _meaning(embedding, steps, last_input):
    """Return what the last step was given, as far as a person can read it."""
    last = [*steps.values()][-1]
    if hasattr(last, "medians_"):  # bits are read from the color itself
        return {}
    if hasattr(last, "n_labels_"):
        labels = np.rint(last_input()[:, 0]).astype(np.int32)
        return {"labels": expand_to_all_rows(embedding, labels, -1)}
    if np.shape(getattr(last, "limits_", None)) == (2,):
        limits = tuple(float(limit) for limit in last.limits_)
        values = last_input()[:, :1].astype(np.float32)
        return {"values": expand_to_all_rows(embedding, values, np.nan), "limits": limits}
    return {"values": expand_to_all_rows(embedding, last_input()[:, :3].astype(np.float32), np.nan)}


def color_by_distance(embedding, row, *, near="dark", low=0.001, high=0.98):
    """Return the `Coloring` by distance in X to one point.

    Parameters
    ----------
    embedding : Embedding
    row : int
    near : {"dark", "bright"}
        Which end of the palette the nearest points get; the one that stands out from the ground.
    low, high : float
        Quantiles of the distances that get the first and the last color.

    Returns
    -------
    Coloring

    Raises
    ------
    ValueError
        If nothing is known of the point: its row of X is incomplete.
    """
    if embedding.incomplete is not None and embedding.incomplete[row]:
        raise ValueError(
            f"row must be one without NaN or infinity in X, to be far from others; got {row!r}"
        )
    known = distance_to(embedding.complete().X, embedding.X[row])
    limits = tuple(quantile_limits(known, low, high).tolist())
    palette = sequential_palette()[:: 1 if near == "dark" else -1]
    srgb8 = expand_to_all_rows(embedding, colors_between(known, palette, *limits))
    values = expand_to_all_rows(embedding, known, np.nan)
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
    complete, labels, values = embedding.complete(), coloring.labels, coloring.given
    rows = embedding.known(np.arange(len(embedding)))
    if labels is not None and [*coloring.steps.values()][-1].n_features_in_ == 1:
        # Others color by more than the label.
        values = labels[rows, None]
    legend = explain(
        complete, coloring.steps, values, from_X=coloring.from_X, title=coloring.title
    )
    if complete is embedding or legend.labels is None:
        return legend
    entries = tuple(replace(entry, row=int(rows[entry.row])) for entry in legend.entries)
    return replace(legend, entries=entries, labels=expand_to_all_rows(embedding, legend.labels, -1))
