"""Explain the colors of a map as plain data: labels with exemplars, a value, or channels.

`draw.draw_legend` draws it as a picture; the explorer's `LegendPanel` is interactive.
"""

from dataclasses import dataclass, field

import numpy as np

from ..arrays.chunks import map_rows
from ..colors.columns import OTHER
from ..colors.palettes import MISSING, colors_between, sequential_palette
from ..picture.bar import kept_colors
from ..picture.still import Picture
from ..picture.text import format_number
from ..techniques.run import transform_rows
from .channels import (
    Channel,
    axis_channels,
    bit_channels,
    column_channels,
    lightness_channel,
)
from .drawings import draw_axes, draw_colors, draw_hues, draw_slices
from .labels import Entry, label_entries

_BINS = 96


@dataclass(frozen=True, eq=False)
class ValueBar:
    """The colors of one value, with a histogram; at most 0.1 % of points lie beyond either edge."""

    limits: tuple[float, float]  # the values with the first and the last color
    colors: np.ndarray = field(repr=False)  # (m, 3) uint8, from low to high
    edges: np.ndarray = field(repr=False)  # (b + 1,) float64, of the bins
    counts: np.ndarray = field(repr=False)  # (b,) int64, points beyond the edges in the outer bins
    quantiles: np.ndarray = field(repr=False)  # (257,) float64, at 0, 1/256, … 1
    n_missing: int = 0
    unit: str = ""

    def quantile_of(self, value):
        """Return the share of points, 0..1, that lie below `value`; 0 or 1 at the outer edges."""
        if value <= self.edges[0] or value >= self.edges[-1]:
            return float(value >= self.edges[-1])
        return float(np.interp(value, self.quantiles, np.linspace(0, 1, len(self.quantiles))))

    def text(self, value):
        """Return a value as text, with its unit."""
        unit = f" {self.unit}" if self.unit and self.unit != "date" else ""
        return format_number(value, self.unit) + unit

    def pixels(self, width, height=56):
        """Draw the histogram over the color bar, (height, width, 3) uint8; grey where clipped."""
        bar_height, gap = round(height * 12 / 56), round(height * 2 / 56)
        middle = (np.arange(width) + 0.5) / width
        values = self.edges[0] + middle * (self.edges[-1] - self.edges[0])
        low, high = self.limits
        # The square root shows thin tails that a reader may want to clip.
        relative = np.sqrt(self.counts / max(self.counts.max(), 1))
        heights = np.rint(relative * (height - bar_height - 2 * gap)).astype(int)
        heights = heights[(middle * len(heights)).astype(int)]
        base = height - bar_height - gap
        filled = np.arange(base)[:, None] >= base - heights
        grey = np.where((values < low) | (values > high), 205, 120)
        pixels = np.full((height, width, 3), 255, np.uint8)
        pixels[:base] = np.where(filled, grey, 255)[:, :, None]
        pixels[height - bar_height :] = colors_between(values, self.colors, low, high)
        return pixels


@dataclass(frozen=True, eq=False, repr=False)
class Legend:
    """An explanation of the colors of a map, from `explain`, `explain_column` or `explain_axes`.

    A notebook shows it as a picture.

    Attributes
    ----------
    kind : {"labels", "value", "channels", "bits"}
    title : str
    entries : tuple of Entry
        For labels, largest first; points without a label last.
    labels : (n,) int or None
        For labels: the label of each point.
    value : ValueBar or None
    channels : tuple of Channel
        For channels and bits.
    drawing : Picture or None
        All colors, where a last step colors by several columns together.
    n_missing : int
        For channels: number of grey points; a value counts its own.
    """

    kind: str
    title: str = ""
    entries: tuple[Entry, ...] = ()
    labels: np.ndarray | None = None
    value: ValueBar | None = None
    channels: tuple[Channel, ...] = ()
    drawing: Picture | None = None
    n_missing: int = 0

    def __repr__(self):
        counted = {"labels": f"{len(self.entries)} labels", "value": "a value"}
        what = counted.get(self.kind, f"{len(self.channels)} {self.kind}")
        return f"<Legend {self.title}: {what}>" if self.title else f"<Legend: {what}>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        data, metadata = self.picture(pixel_ratio=2)._repr_mimebundle_()
        return {**data, "text/plain": repr(self)}, metadata

    def picture(self, width=600, *, pixel_ratio=1):
        """Return the legend as a `Picture`, dark on white.

        width : int, of at least 200 CSS pixels. pixel_ratio : int, pixels per CSS pixel.
        """
        from .draw import draw_legend

        return draw_legend(self, width, pixel_ratio)

    @property
    def kept_colors(self):
        """What a PNG must have for its bar or the ramps of its channels; see `kept_colors`."""
        return kept_colors(
            [self.value.colors] if self.value else [channel.ramp for channel in self.channels]
        )

    def rows_of(self, label):
        """Return the row numbers of the points with one label, ascending."""
        return np.flatnonzero(self.labels == label)

    @property
    def note(self):
        """A caption for the small pictures of channels and bits; "" without channels."""
        if not self.channels:
            return ""
        decoded = self.channels[0].decoded
        if self.kind == "bits":
            what = "the mean of all points" if decoded else "a typical point"
            return f"left: {what} below the median; right: above it"
        if decoded:
            return "decoded: the average, moved by up to three standard deviations to either side"
        return "real points: from low to high in one column, near the average in the others"


def explain(embedding, steps, values=None, *, from_X=True, title=""):
    """Explain the colors of a technique.

    The kind of legend depends on the fitted attributes of the last step: ``n_labels_`` means
    labels, ``medians_`` bits, ``limits_`` of shape (2,) a value, ``plane_`` a disc of hues and a
    channel of lightness; otherwise its first columns are channels. A custom step may have
    ``channel_names``, and a method ``legend()`` that returns either a whole `Legend` or a drawing
    of its colors, a `Picture`.

    Parameters
    ----------
    embedding : Embedding
    steps : dict
        The fitted steps by name, in order, such as `CachedRun.steps`.
    values : (n, m) array, optional
        The input of the last step, such as `CachedRun.last_input`; by default computed from X.
    from_X : bool
        Whether the input of the first step is ``embedding.X``; another one can't be decoded.
    title : str

    Returns
    -------
    Legend

    Raises
    ------
    TypeError
        If a custom step's ``legend()`` returns neither a `Legend` nor a `Picture`.
    ValueError
        If there are no steps, or `values` is missing where it can't be computed.
    """
    if not steps:
        raise ValueError("steps must hold at least the step that gives colors, got none")
    *before, last = steps.values()
    if values is None:
        if not from_X:
            raise ValueError("values must be given where the steps do not start from X")
        values = map_rows(lambda rows: transform_rows(before, rows), embedding.X)
    custom = last.legend() if hasattr(last, "legend") else None
    if isinstance(custom, Legend):
        return custom
    if not isinstance(custom, Picture | None):
        raise TypeError(
            f"legend() of {type(last).__name__} must return a Legend or a Picture, got {custom!r}"
        )
    if hasattr(last, "n_labels_"):
        return _explain_labels(embedding, before, last, values, title)
    if np.shape(getattr(last, "limits_", None)) == (2,):
        bar = value_bar(values[:, 0], last.limits_, sequential_palette(last.cmap))
        return Legend("value", title, value=bar)
    if hasattr(last, "medians_"):
        return Legend("bits", title, channels=bit_channels(embedding, before, last, values))
    if hasattr(last, "plane_"):
        return Legend(
            "channels", title, drawing=draw_hues(embedding, last, values),
            channels=(lightness_channel(embedding, last, values),),
        )
    if custom is None and hasattr(last, "quantiles_"):
        custom = draw_colors(last, values)
    if custom is None and hasattr(last, "rotation_"):
        custom = draw_slices(last, values)
    return Legend(
        "channels", title, drawing=custom,
        channels=column_channels(embedding, before if from_X else None, last, values),
    )


def explain_column(embedding, colored):
    """Return the `Legend` of a column of metadata.

    Parameters
    ----------
    embedding : Embedding
    colored : ColumnColors
        From `column_colors`.
    """
    if colored.kind == "value":
        bar = value_bar(colored.values, colored.limits, colored.palette, colored.unit)
        return Legend("value", colored.name, value=bar)
    k = len(colored.names)
    names = dict(enumerate(colored.names))
    names |= {-1: "missing", k: f"{colored.n_other:,} other values"}
    colors = np.vstack([colored.palette, OTHER, MISSING])
    entries = label_entries(embedding, colored.labels, names, colors, in_order=True)
    return Legend("labels", colored.name, entries, labels=colored.labels)


def explain_axes(embedding, colored):
    """Return the `Legend` of one, two or three axes.

    Parameters
    ----------
    embedding : Embedding
    colored : AxisColors
        From `axis_colors`.
    """
    if colored.scale == "sequential":
        palette, unit = sequential_palette(colored.step.cmap), colored.units[0]
        bar = value_bar(colored.values[:, 0], colored.limits[:, 0], palette, unit)
        return Legend("value", colored.title, value=bar)
    return Legend(
        "channels", colored.title, channels=axis_channels(embedding, colored),
        drawing=draw_axes(colored), n_missing=len(colored.srgb8) - len(colored.inputs),
    )


def value_bar(values, limits, colors, unit=""):
    """Return the `ValueBar` of float `values` (n,), NaN for missing ones."""
    known = values[np.isfinite(values)].astype(np.float64)
    n_missing = len(values) - len(known)
    if not len(known):
        known = np.zeros(1)
    quantiles = np.quantile(known, np.linspace(0, 1, 257))
    low, high = np.quantile(known, [0.001, 0.999])
    low, high = min(low, limits[0]), max(high, limits[1])
    if low == high:
        low, high = low - 0.5, high + 0.5
    edges = np.linspace(low, high, _BINS + 1)
    counts, _ = np.histogram(np.clip(known, low, high), edges)
    return ValueBar(tuple(map(float, limits)), colors, edges, counts, quantiles, n_missing, unit)


def _explain_labels(embedding, before, last, values, title):
    labels = np.rint(values[:, 0]).astype(np.int64)
    k = int(last.n_labels_)
    labels[(labels < 0) | (labels >= k)] = -1
    # Colors by the step itself, however it computes them.
    probe = np.zeros((k + 1, values.shape[1]), dtype=values.dtype)
    probe[:, 0] = [*range(k), -1]
    names = {label: label_name(before, label) for label in range(-1, k)}
    entries = label_entries(embedding, labels, names, last.transform(probe))
    return Legend("labels", title, entries, labels=labels)


def label_name(before, label):
    """Return the name of a label by the step that assigned it; a negative one is "no label"."""
    if label < 0:
        return "no label"
    if before and hasattr(before[-1], "cluster_centers_"):
        return f"cluster {label}"
    if any(hasattr(step, "components_") for step in before):
        return f"component {label + 1}"  # as in all captions, components count from one
    return f"dimension {label}"
