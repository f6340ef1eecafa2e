"""What can color the points of an explorer: a technique, a column of the metadata, a distance."""

from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from ..arrays.neighbors import distance_to
from ..colors.palettes import colors_between, quantile_limits, sequential_palette
from ..legend.explain import label_name
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


@dataclass(frozen=True)
class Column:
    """A column of the metadata as an entry of the menu of techniques.

    Attributes
    ----------
    name, title, description : str
    column : hashable
        Its name in the data frame.
    params : tuple of Param
    notebook : None
        For there is none that explains it.
    """

    name: str
    title: str
    description: str
    column: Any
    params: tuple[Param, ...]
    notebook: None = None

    def params_for(self, shape):
        """Return `params`; no range depends on the data."""
        return self.params


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
    view: tuple | None = None

    @property
    def title(self):
        """What to call it."""
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
        return "missing" if np.isnan(values).any() else "  ".join(f"{v:.3g}" for v in values)


def menu_entries(embedding):
    """Return everything that can color an embedding, techniques first, by name.

    Parameters
    ----------
    embedding : Embedding

    Returns
    -------
    dict
        `Technique` or `Column` by its name; ``column:script`` is the column "script".
    """
    entries = dict(TECHNIQUES)
    if embedding.meta is not None:
        for column in embedding.meta.columns:
            entry = _column_entry(embedding.meta[column])
            entries[entry.name] = entry
    return entries


def _column_entry(series):
    from ..colors.columns import natural_kind

    is_value = natural_kind(series) == "value"
    return Column(
        name=f"column:{series.name}",
        title=f"{series.name}",
        description="A column of the metadata, "
        + ("its values from low to high." if is_value else "the most frequent label first.")
        + " Grey is missing.",
        column=series.name,
        params=(*_CLIPS, _CMAP) if is_value else (_PALETTE,),
    )


def color_by_column(embedding, entry, params):
    """Return the `Coloring` of a `Column`."""
    from ..colors.columns import column_colors

    column = column_colors(embedding.meta[entry.column], **params)
    values = None if column.values is None else column.values[:, None]
    return Coloring(
        entry, params, column.srgb8, labels=column.labels, names=column.names, values=values,
        limits=column.limits, column=column,
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
    from ..legend.explain import Legend, explain, explain_column, value_bar

    if coloring.column is not None:
        return explain_column(embedding, coloring.column)
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
