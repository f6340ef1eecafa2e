"""What the colors of a map mean, as plain data: labels with exemplars, a value, or channels.

`legend_picture` draws it, `legend_panel` lets a person use it.
"""

from dataclasses import dataclass

import numpy as np

from ..arrays.chunks import map_rows
from ..colors.columns import MISSING, OTHER
from ..colors.palettes import sequential_palette
from ..techniques.run import chain
from .channels import bit_channels, column_channels
from .labels import Entry, label_entries

_BINS = 96


@dataclass(frozen=True, eq=False)
class ValueBar:
    """The colors of one value.

    Attributes
    ----------
    limits : (low, high) of float
        The values that get the first and the last color.
    colors : (m, 3) uint8
        From low to high.
    edges : (b + 1,) float64
        Borders of the histogram's bins; beyond them lies one point in a thousand.
    counts : (b,) int64
        Points in each bin; points beyond the edges are in the outermost ones.
    quantiles : (257,) float64
        The values at the quantiles 0, 1/256, … 1.
    n_missing : int
    unit : str
    """

    limits: tuple[float, float]
    colors: np.ndarray
    edges: np.ndarray
    counts: np.ndarray
    quantiles: np.ndarray
    n_missing: int = 0
    unit: str = ""

    def quantile_of(self, value):
        """Return the share of points, 0..1, that lie below `value`; 0 or 1 at the outer edges."""
        if value <= self.edges[0] or value >= self.edges[-1]:
            return float(value >= self.edges[-1])
        return float(np.interp(value, self.quantiles, np.linspace(0, 1, len(self.quantiles))))


@dataclass(frozen=True, eq=False)
class Legend:
    """What the colors of a map mean. Made by `explain` and `explain_column`.

    Attributes
    ----------
    kind : {"labels", "value", "channels", "bits"}
    title : str
    entries : tuple of Entry
        For labels, largest first; those without a label last.
    labels : (n,) int or None
        For labels: the label of each point.
    value : ValueBar or None
    channels : tuple of Channel
        For channels and bits.
    drawing : (h, w, 3) uint8 or None
        What a last step has to show of its own colors.
    """

    kind: str
    title: str = ""
    entries: tuple[Entry, ...] = ()
    labels: np.ndarray | None = None
    value: ValueBar | None = None
    channels: tuple = ()
    drawing: np.ndarray | None = None

    def picture(self, width=600):
        """Draw the legend for readers without a kernel, dark on white.

        Parameters
        ----------
        width : int
            In pixels, at least 200.

        Returns
        -------
        Picture
        """
        from .draw import draw_legend

        return draw_legend(self, width)

    def rows_of(self, label):
        """Return the row numbers of the points with one label, ascending."""
        return np.flatnonzero(self.labels == label)


def explain(embedding, steps, values=None, *, from_X=True, title="", unit=""):
    """Say what the colors of a technique mean.

    What kind of legend it is follows from what the last step has learnt: ``n_labels_`` means
    labels, ``medians_`` bits, ``limits_`` of shape (2,) a value; any other colors by its first
    columns. Such a step may have ``channel_names``, and a method ``legend()`` or
    ``legend_slices()`` that returns a `Picture` of its colors, or a whole `Legend`.

    Parameters
    ----------
    embedding : Embedding
    steps : dict
        The fitted steps by name, in order, such as `CachedRun.steps`.
    values : (n, m) array, optional
        What the last step was given, such as `CachedRun.last_input`; computed unless given.
    from_X : bool
        Whether the first step was given ``embedding.X``; what else it may have been given can't
        be decoded.
    title, unit : str

    Returns
    -------
    Legend

    Raises
    ------
    ValueError
        If there are no steps, or `values` is missing where it can't be computed.
    """
    if not steps:
        raise ValueError("steps must hold at least the step that gives colors, got none")
    *before, last = steps.values()
    if values is None:
        if not from_X:
            raise ValueError("values must be given where the steps do not start from X")
        values = map_rows(lambda rows: chain(before, rows), embedding.X)
    own = _own_legend(last)
    if isinstance(own, Legend):
        return own
    if hasattr(last, "n_labels_"):
        return _explain_labels(embedding, before, last, values, title)
    if np.shape(getattr(last, "limits_", None)) == (2,):
        bar = value_bar(values[:, 0], last.limits_, sequential_palette(last.cmap), unit)
        return Legend("value", title, value=bar)
    if hasattr(last, "medians_"):
        return Legend("bits", title, channels=bit_channels(embedding, before, last, values))
    channels = column_channels(embedding, before if from_X else None, last, values)
    return Legend("channels", title, channels=channels, drawing=own)


def explain_column(embedding, colored):
    """Say what the colors of a column of metadata mean.

    Parameters
    ----------
    embedding : Embedding
    colored : ColumnColors
        From `column_colors`.

    Returns
    -------
    Legend
    """
    if colored.kind == "value":
        bar = value_bar(colored.values, colored.limits, colored.palette, colored.unit)
        return Legend("value", colored.name, value=bar)
    k = len(colored.names)
    names = dict(enumerate(colored.names))
    names |= {-1: "missing", k: f"{colored.n_other:,} other values"}
    colors = np.vstack([colored.palette, OTHER, MISSING])
    entries = label_entries(embedding, colored.labels, names, colors)
    return Legend("labels", colored.name, entries, labels=colored.labels)


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
    # The step itself is asked for its colors: how it finds them is its own business.
    probe = np.zeros((k + 1, values.shape[1]), dtype=values.dtype)
    probe[:, 0] = [*range(k), -1]
    names = {label: label_name(before, label) for label in range(-1, k)}
    entries = label_entries(embedding, labels, names, last.transform(probe))
    return Legend("labels", title, entries, labels=labels)


def _own_legend(last):
    """Return what a last step itself shows of its colors: a `Legend`, pixels, or None."""
    for name in ("legend", "legend_slices"):
        if hasattr(last, name):
            own = getattr(last, name)()
            return own if isinstance(own, Legend) else own.pixels
    return None


def label_name(before, label):
    """Name a label by what the steps before the colors took it from; a negative one is none."""
    if label < 0:
        return "no label"
    if before and hasattr(before[-1], "cluster_centers_"):
        return f"cluster {label}"
    if any(hasattr(step, "components_") for step in before):
        return f"component {label + 1}"  # as everywhere here, components count from one
    return f"dimension {label}"
