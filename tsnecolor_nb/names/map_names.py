"""Names for the regions of a map: of labels, of one's own, or what the metadata tell of each."""

import re
from collections.abc import Mapping

import numpy as np

from ..arrays.neighbors import label_exemplars
from ..colors.columns import label_codes
from ..colors.palettes import MISSING, UNSELECTED
from ..colors.spaces import check_srgb8, pack_srgb8
from ..picture.names import MapName
from ..picture.thumbs import captions, has_pictures, text_columns, thumbs
from ..selection.counts import column_codes
from .facts import Facts
from .regions import Grids, label_regions

REGIONS = "regions"
_FEWEST, _LEAST_SHARE = 20, 2e-4  # points of a part with an exemplar; share of all points
_MUTE, _LARGE = 0.6, 1 / 8  # share of a part without a text, and of the map, for one exemplar
_EXEMPLAR = 0.3  # what a point counts where regions with texts and with exemplars are ordered
_SHORT = 20  # characters of a point's name that may stand for others
_SMOOTHING, _LESS_SMOOTHING = 2, 0.7  # cells, before the map is cut into dense parts
_MOST_COLORS = 1024
_GREYS = (MISSING, *UNSELECTED.values())  # of points without a label


def map_names(embedding, by=REGIONS):
    """Find names for the regions of a map, and where each may stand.

    A label that lies in several places has a name in each, at a dense spot inside of it. For views
    of smaller parts of the map there are more places, and smaller regions.

    Parameters
    ----------
    embedding : Embedding
    by : str, (n,) array_like, (n, 3) uint8 array, or mapping
        "regions": dense parts of the map get what is true of most of their points and of few
        others: one or two values of columns, or words of texts. A part of which nothing can be told
        shows an exemplar: its picture, or its name. Without pictures, codes and low or high numbers
        are told of parts that have nothing better. The name of a column of ``embedding.meta``: its
        values, or ranges of its numbers. An array (n,): one label per point; NaN, None and negative
        integers are none. Colors (n, 3) of labels, at most 1,024 different ones: the exemplar of
        each color, in a frame of it; if there are no pictures, its text. A mapping: from names to
        row numbers, a mask, or a place ``(x, y)`` as two floats.

    Returns
    -------
    tuple of MapName
        The most important first.

    Raises
    ------
    ValueError
        If `by` does not fit; the message says what would.

    Notes
    -----
    If a fact is true of the share p of a part, and of q of the whole map, it tells the divergence
    of Kullback and Leibler, p · ln(p / q) + (1 - p) · ln((1 - p) / (1 - q)). It must be true of
    half the part, and tell a quarter of a nat: what is true nearly everywhere is no name. Two
    values of one column are joined by "or". A fact of another column is added if it is true of 70 %
    and news: 1.5 times as frequent as among all points of which the first one is true.
    """
    if isinstance(by, str) and by == REGIONS:
        return _telling_names(embedding)
    if np.ndim(by) == 2:
        return _color_names(embedding, check_srgb8("by", by, len(embedding)))
    if np.ndim(by) == 0 and not isinstance(by, Mapping):
        codes, values = column_codes(_column(embedding, by))
        return _label_names(embedding.xy, codes, values)
    return names_for(embedding.xy, by, "by")


def names_for(xy, names, argument="names"):
    """Return names for a map: of labels (n,), a mapping, or a sequence of `MapName` as it is."""
    if isinstance(names, Mapping):
        return _own_names(xy, names, argument)
    if isinstance(names, (list, tuple)) and all(isinstance(one, MapName) for one in names):
        return tuple(names)
    labels = _as_series(names, len(xy), argument)
    if labels.dtype.kind == "i":
        labels = labels.astype("Int64").where(labels >= 0)
    codes, values, _ = label_codes(labels)
    return _label_names(xy, codes, values)


def _column(embedding, name):
    known = [] if embedding.meta is None else list(embedding.meta.columns)
    if name not in known:
        listed = ", ".join(map(repr, [REGIONS, *known]))
        raise ValueError(f"by must be one of {listed}, an array or a mapping, got {name!r}")
    return embedding.meta[name]


def _as_series(labels, n, argument):
    import pandas as pd

    series = pd.Series(labels) if np.ndim(labels) == 1 else ()
    if len(series) != n:
        got = f"{len(series):,}" if len(series) else repr(labels)
        raise ValueError(
            f"{argument} must be one label per point ({n:,}), or a mapping from names to rows or "
            f"places, got {got}"
        )
    return series


def _label_names(xy, codes, values):
    texts = [str(value) for value in values]
    return _as_names(_regions(xy, codes, len(texts)), lambda label: {"text": texts[label]})


def _regions(xy, labels, n_labels):
    grids = Grids(xy)
    return label_regions(grids, grids.winners(labels, max(n_labels, 1)))


def _as_names(regions, look):
    """Return a `MapName` of each region; `look` returns how a label's looks, by keywords."""
    looks = {label: look(label) for label in np.unique(regions.label).tolist()}
    columns = (regions.label, regions.x, regions.y, regions.count, regions.radius, regions.part)
    return tuple(
        MapName(x, y, count=count, radius=radius, part=part, **looks[label])
        for label, x, y, count, radius, part in zip(*map(np.ndarray.tolist, columns), strict=True)
    )


def _color_names(embedding, srgb8):
    packed, first, labels = np.unique(pack_srgb8(srgb8), return_index=True, return_inverse=True)
    if len(packed) > _MOST_COLORS:
        raise ValueError(
            f"by must have at most {_MOST_COLORS:,} different colors, one for each label, "
            f"got {len(packed):,}"
        )
    labels[np.isin(packed, pack_srgb8(np.uint8(_GREYS)))[labels]] = -1
    shown = _exemplars(embedding, labels, np.arange(len(packed)))
    regions = _regions(embedding.xy, np.where(np.isin(labels, [*shown]), labels, -1), len(packed))
    frames = [tuple(color) for color in srgb8[first].tolist()]
    return _as_names(regions, lambda label: shown[label] | {"srgb8": frames[label]})


def _exemplars(embedding, labels, wanted):
    """Return the exemplar of each label as keywords of `MapName`, by label."""
    if embedding.incomplete is not None:
        labels = np.where(embedding.incomplete, -1, labels)
    wanted = np.intersect1d(wanted, labels)
    if not len(wanted):
        return {}
    rows = label_exemplars(embedding.X, labels, wanted)
    texts = captions(embedding, rows)
    pictures = thumbs(embedding, rows) or [None] * len(rows)
    return {
        int(label): {"text": text, "picture": picture}
        for label, text, picture in zip(wanted, texts, pictures, strict=True)
    }


def _own_names(xy, names, argument):
    """Return the names of a mapping to rows, masks or places, the largest first."""
    low, high = xy.min(axis=0), xy.max(axis=0)
    placed = []
    for part, (text, where) in enumerate(names.items()):
        array = np.asarray(where)
        if array.dtype.kind == "f" and array.shape == (2,) and np.isfinite(array).all():
            placed.append(MapName(*map(float, array), str(text), part=part))
            continue
        if array.dtype == bool and array.shape == (len(xy),):
            array = np.flatnonzero(array)
        if array.ndim != 1 or array.dtype.kind not in "iu" or not len(array) or (
            array.min() < 0 or array.max() >= len(xy)
        ):
            raise ValueError(
                f"{argument} must lead from {text!r} to row numbers of 0 to {len(xy) - 1:,}, a "
                f"mask of shape ({len(xy)},) with a true value, or a place (x, y) of two floats, "
                f"got {where!r}"
            )
        points = xy[np.unique(array)]
        counts, *edges = np.histogram2d(
            *points.T, bins=32, range=np.stack([low, np.maximum(high, low + 1e-6)], axis=1)
        )
        cell = np.unravel_index(counts.argmax(), counts.shape)
        middle = [(edge[i] + edge[i + 1]) / 2 for edge, i in zip(edges, cell, strict=True)]
        nearest = points[np.hypot(*(points - middle).T).argmin()]
        placed.append(
            MapName(*map(float, nearest), str(text), count=len(points), part=part)
        )
    return tuple(sorted(placed, key=lambda one: -one.count))


def _telling_names(embedding):
    """Return names of the dense parts of a map, coarse to fine: what their metadata tell.

    Where nothing is told of a part, the names of finer parts in it stand, or its exemplar.
    """
    grids, with_pictures = Grids(embedding.xy), has_pictures(embedding)
    facts = Facts(embedding.meta, len(embedding), codes=not with_pictures)
    looks, number_of = [], {}  # what regions show; the number of each text among it
    label, has_text, winners = np.full(grids.n, -1), np.zeros(grids.n, bool), []
    cuts = [(side, _SMOOTHING) for side in reversed(grids.sides)]
    if len(cuts) == 1:  # few points have no finer grid, but finer parts
        cuts.insert(0, (grids.fine, _LESS_SMOOTHING))
    for side, smoothing in cuts:
        part, n_parts = grids.dense_parts(side, smoothing)
        numbers = np.full(n_parts, -1)
        for i, text in enumerate(facts.names(part, n_parts)):
            if text is not None:
                numbers[i] = number_of.setdefault(text, len(looks))
                if numbers[i] == len(looks):
                    looks.append({"text": text})
        named = numbers[part]
        has_text |= named >= 0
        label = np.where(named >= 0, named, label)
        largest = np.inf if (side, smoothing) == cuts[0] else _LARGE * grids.n
        exemplars = _exemplars_of_unnamed(embedding, part, has_text, with_pictures, largest)
        for i, look in exemplars.items():
            numbers[i] = len(looks)
            looks.append(look)
        named = numbers[part]
        label = np.where((named >= 0) & ~has_text, named, label)
        if smoothing == _SMOOTHING:
            winners.append(next(grids.winners(label, max(len(looks), 1), side)))
    weight = np.array([_EXEMPLAR if "picture" in look else 1 for look in looks])
    return _as_names(label_regions(grids, winners, weight), looks.__getitem__)


def _exemplars_of_unnamed(embedding, part, has_text, with_pictures, largest):
    """Return by part, as keywords of `MapName`, exemplars where most points have no text.

    They are pictures or, if that is short and without digits, the name of a point. Parts of more
    than the `largest` number of points have none: they are shown by those of finer parts.
    """
    n = len(embedding)
    if not with_pictures and not _are_names(embedding.meta):
        return {}
    size, unnamed = np.bincount(part), np.bincount(part, ~has_text)
    is_mute = (unnamed >= max(_FEWEST, _LEAST_SHARE * n)) & (unnamed >= _MUTE * size)
    labels = np.where(has_text, -1, part)
    shown = _exemplars(embedding, labels, np.flatnonzero(is_mute & (size <= largest)))
    if with_pictures:
        return shown
    return {
        i: {"text": f"such as {look['text']}"} for i, look in shown.items()
        if re.fullmatch(r"[^\d\s]+( [^\d\s]+)*", look["text"]) and len(look["text"]) <= _SHORT
    }


def _are_names(meta):
    """Return whether `captions` are names of single points, not categories or numbers."""
    columns = [] if meta is None else text_columns(meta)
    if not columns:
        return False
    column = meta["name" if "name" in columns else columns[0]]
    return column.nunique() > len(column) / 2
