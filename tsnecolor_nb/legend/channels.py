"""Explain each column behind a color: its colors, and points along it."""

from dataclasses import dataclass, field

import numpy as np

from ..arrays.chunks import sample_rows
from ..picture.text import format_number
from ..picture.thumbs import as_thumb, captions, thumbs

_SAMPLE = 20_000
_AMOUNTS = (-3.0, -1.5, 0.0, 1.5, 3.0)  # standard deviations from the mean
_RAMP = 64
_RGB = ("red", "green", "blue")
AXES = "axis 1", "axis 2", "axis 3"
_TOP = 3  # dimensions
_BITS = 2  # of each color
_CHANGES = {
    "bivariate": ("more orange", "more blue"),
    "oklab": ("dark to light", "green to red", "blue to yellow"),
    "rgb": ("more red", "more green", "more blue"),
}  # what each axis does to a color


@dataclass(frozen=True, eq=False)
class Channel:
    """One of the columns that determine the colors."""

    name: str  # what it changes in the color
    what: str  # which column it is
    ramp: np.ndarray = field(repr=False)  # (m, 3) uint8, low to high, other columns at the mean
    # Points from low to high, (h, w, 3) uint8 each: decoded or real ones. Without pictures: texts.
    pictures: tuple[np.ndarray, ...] = field(default=(), repr=False)
    decoded: bool = False
    texts: tuple[str, ...] = ()
    # Where nothing could be decoded: the dimensions of X that differ most from the low end to the
    # high one, and by how many standard deviations.
    loadings: tuple[tuple[str, float], ...] = ()
    ends: tuple[str, ...] = ()  # the values at both ends of the ramp

    def strip(self, width, height):
        """Return the ramp as a strip of color, uint8 (height, width, 3)."""
        index = (np.arange(width) * len(self.ramp)) // width
        return np.repeat(self.ramp[index][None], height, axis=0)

    @property
    def lines(self):
        """Values, points at both ends and the loadings as lines of text, where there are any."""
        values = ["{} to {}".format(*self.ends)] if self.ends else []
        ends = [f"low: {self.texts[0]}", f"high: {self.texts[-1]}"] if self.texts else []
        loadings = ", ".join(f"{name} {change:+.1f} sd" for name, change in self.loadings)
        return [*values, *ends, *([loadings] if loadings else [])]


def column_channels(embedding, before, last, values):
    """Return a tuple with a `Channel` for each column that a last step colors by, three at most.

    The fitted steps `before` compute the columns, `values` (n, m) float, from X; None if they do
    not come from X.
    """
    sample = sample_rows(len(values), _SAMPLE, 0)
    sampled = np.asarray(values[sample], dtype=np.float32)
    names, kind = _names(last), _column_kind(before)
    return tuple(
        _column_channel(embedding, before, last, sample, sampled, column, names[column],
                        f"{kind} {column + 1}")
        for column in range(min(len(names), values.shape[1]))
    )


def _column_channel(embedding, before, last, sample, sampled, column, name, what):
    """Return the `Channel` of one column, moved about the mean of the sampled rows."""
    ramp = last.transform(_sweep(sampled, column, np.linspace(-3, 3, _RAMP)))
    walk = _sweep(sampled, column, _AMOUNTS)
    points = _inverse_transform(before, walk)
    return Channel(
        name, what, ramp, **_appearance(embedding, points, sample, sampled, walk, column)
    )


def axis_channels(embedding, colored):
    """Return a tuple with a `Channel` for each of the two or three axes of an `AxisColors`."""
    sample = sample_rows(len(colored.inputs), _SAMPLE, 0)
    sampled = np.asarray(colored.inputs[sample], dtype=np.float64)
    rows, channels = colored.known[sample], []
    for column, (name, what, unit) in enumerate(
        zip(colored.names, _CHANGES[colored.scale], colored.units, strict=True)
    ):
        ramp, walk = (_along(sampled, column, k, colored.scale) for k in (_RAMP, len(_AMOUNTS)))
        after = "" if unit in ("", "date") else f" {unit}"
        ends = tuple(format_number(limit, unit) + after for limit in colored.limits[:, column])
        appearance = _appearance(embedding, None, rows, sampled, walk, column)
        channels.append(Channel(name, what, colored.step.transform(ramp), ends=ends, **appearance))
    return tuple(channels)


def _along(sampled, column, k, scale):
    """Return k rows, (k, m), along one column, evenly by rank or by value, others at the median."""
    moved = np.tile(np.median(sampled, axis=0), (k, 1))
    shares = np.linspace(0, 1, k)
    moved[:, column] = np.quantile(sampled[:, column], shares) if scale == "bivariate" else shares
    return moved


def lightness_channel(embedding, last, values):
    """Return the `Channel` of a `HueAndLightness`: its last column, at the middle of the others."""
    sample = sample_rows(len(values), _SAMPLE, 0)
    sampled = np.asarray(values[sample], dtype=np.float32)
    column = sampled.shape[1] - 1
    return _column_channel(
        embedding, None, last, sample, sampled, column, "lightness", "locally"
    )


def bit_channels(embedding, before, last, values):
    """Return a tuple with a `Channel` for each of the highest bits: points below and above median.

    The first three are the highest bits of red, green and blue, the others the second ones. `last`
    is a fitted `PackBits`; `before` and `values` are those of `column_channels`.
    """
    sample = sample_rows(len(values), _SAMPLE, 0)
    sampled, X = values[sample], embedding.X[sample]
    channels = []
    for column in range(min(3 * min(_BITS, last.bits_), len(last.medians_))):
        above = sampled[:, column] > last.medians_[column]
        halves = [half if half.any() else np.ones_like(above) for half in (~above, above)]
        means = np.stack([X[half].mean(axis=0) for half in halves])
        if embedding.decode is not None:
            pictures = tuple(map(as_thumb, embedding.decode(means)))
            appearance = {"pictures": pictures, "decoded": True}
        else:
            rows = sample[[_nearest(X, mean) for mean in means]]
            appearance = _points(embedding, rows) | {"loadings": _loadings(means, X.std(axis=0))}
        name = f"{_RGB[column % 3]} {2 ** (7 - column // 3)}"
        what = f"{_column_kind(before)} {column + 1}"
        ramp = _off_and_on(last, column, values.shape[1])
        channels.append(Channel(name, what, ramp, **appearance))
    return tuple(channels)


def _off_and_on(last, column, n_columns):
    """Return the colors with a bit off and on while all others are off, uint8 (2, 3)."""
    probe = np.zeros((2, n_columns))
    probe[:, : len(last.medians_)] = np.nextafter(last.medians_, -np.inf)
    probe[1, column] = np.nextafter(last.medians_[column], np.inf)
    return last.transform(probe)


def _appearance(embedding, points, sample, sampled, walk, column):
    """Return the `Channel` fields along a walk: decoded pictures if possible, or real points."""
    if points is not None and embedding.decode is not None:
        pictures = embedding.decode(points.astype(np.float32))
        return {"pictures": tuple(map(as_thumb, pictures)), "decoded": True}
    scale = np.where(sampled.std(axis=0) > 0, sampled.std(axis=0), 1)
    first = max(3, column + 1)
    rows = sample[[_nearest(sampled[:, :first] / scale[:first], position[:first] / scale[:first])
                   for position in walk]]
    appearance = _points(embedding, rows)
    if points is not None:
        deviation = embedding.X[sample].std(axis=0)
        appearance["loadings"] = _loadings(points[[0, -1]], deviation)
    return appearance


def _points(embedding, rows):
    pictures = thumbs(embedding, rows)
    if pictures is not None:
        return {"pictures": tuple(pictures)}
    return {"texts": tuple(captions(embedding, rows))}


def _loadings(ends, deviation):
    change = (ends[1] - ends[0]) / np.where(deviation > 0, deviation, np.inf)
    top = np.argsort(-np.abs(change), kind="stable")[:_TOP]
    return tuple((f"dimension {j}", float(change[j])) for j in top)


def _sweep(sampled, column, amounts):
    """Return the mean of the sample, moved along one column within its range."""
    mean, deviation = sampled.mean(axis=0), sampled[:, column].std()
    moved = np.tile(mean, (len(amounts), 1))
    low, high = sampled[:, column].min(), sampled[:, column].max()
    moved[:, column] = np.clip(mean[column] + np.asarray(amounts) * deviation, low, high)
    return moved


def _inverse_transform(before, values):
    """Return the points in the space of X with these values, or None without an inverse."""
    if before is None or not all(hasattr(step, "inverse_transform") for step in before):
        return None
    for step in reversed(before):
        values = step.inverse_transform(values)
    return values


def _nearest(points, position):
    away = points - position
    return int(np.einsum("ij,ij->i", away, away).argmin())


def _names(last):
    """Return the name of what each column of a last step's input changes in the color."""
    if hasattr(last, "channel_names"):
        return tuple(map(str, last.channel_names))
    return _RGB if type(last).__name__ == "RGBCube" else AXES


def _column_kind(before):
    return "component" if before and hasattr(before[-1], "components_") else "column"
