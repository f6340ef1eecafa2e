"""Names for the regions of a map: of labels, of one's own, or what the metadata tell of each."""

import re
from collections.abc import Mapping

import numpy as np

from ..arrays.neighbors import label_exemplars
from ..colors.columns import label_codes, natural_kind
from ..colors.palettes import MISSING, UNSELECTED
from ..colors.spaces import check_srgb8, pack_srgb8
from ..picture.names import MapName
from ..picture.thumbs import captions, has_pictures, text_columns, thumbs
from .counts import column_codes
from .regions import Grids, label_regions

REGIONS = "regions"
_TEXTS = 20_000  # rows whose texts are read for words
_MOST_VALUES = 5000  # a column with more different ones has no categories
_LEAST_SHARE, _LEAST_LIFT, _TELLING = 0.35, 1.9, 0.4
_MOST_COLORS = 1024
_GREYS = (MISSING, *UNSELECTED.values())  # of points without a label
# What counts for a category counts that much for words of a text, and for codes.
_WORD, _PAIR, _CODE = 0.9, 0.95, 0.6


def map_names(embedding, by=REGIONS):
    """Find names for the regions of a map, and where each may stand.

    A label that lies in several places has a name in each, at a dense spot inside of it. For views
    of smaller parts of the map there are more places, and smaller regions.

    Parameters
    ----------
    embedding : Embedding
    by : str, (n,) array_like, (n, 3) uint8 array, or mapping
        "regions": dense parts of the map get the category that sets them apart from the rest: a
        value of a column of text, or words of its texts. A part that none tells apart shows an
        exemplar, if there are pictures. The name of a column of ``embedding.meta``: its values, or
        ranges of its numbers. An array (n,): one label per point; NaN, None and negative integers
        are none. Colors (n, 3) of labels, at most 1,024 different ones: the exemplar of each color,
        in a frame of it; if there are no pictures, its text. A mapping: from names to row numbers,
        a mask, or a place ``(x, y)`` as two floats.

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
    The share p of a category in a part, and q on the whole map, tell p · ln(p / q): the part's
    contribution to the divergence of Kullback and Leibler. It must be a third of the part at least,
    and about twice as frequent there as on the whole map.
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
    found = []
    for part, (text, where) in enumerate(names.items()):
        array = np.asarray(where)
        if array.dtype.kind == "f" and array.shape == (2,) and np.isfinite(array).all():
            found.append(MapName(*map(float, array), str(text), part=part))
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
        found.append(
            MapName(*map(float, nearest), str(text), count=len(points), part=part)
        )
    return tuple(sorted(found, key=lambda one: -one.count))


def _telling_names(embedding):
    """Return names of the dense parts of a map, coarse to fine: what their metadata tell."""
    grids = Grids(embedding.xy)
    tables, texts = _tables(embedding)
    texts, winners, exemplars = list(texts), [], {}
    for side in grids.sides:
        parts = grids.dense_parts(side)
        cell = grids.cell_of(side)
        part, n_parts = parts[cell], int(parts.max()) + 1
        label = _most_telling(tables, part, n_parts)
        mute = np.flatnonzero(label < 0)
        big = np.bincount(part, minlength=n_parts)[mute] >= max(20, 2e-4 * grids.n)
        if big.any() and has_pictures(embedding):
            wanted = mute[big]
            shown = _exemplars(embedding, part, wanted)
            for one in shown:
                label[one] = len(texts) + len(exemplars)
                exemplars[int(label[one])] = shown[one]
        counts = np.bincount(cell, minlength=len(parts))
        sums = [np.bincount(cell, column, minlength=len(parts)) for column in embedding.xy.T]
        cells = np.flatnonzero((parts >= 0) & (label[parts] >= 0))
        winners.append(
            (side, cells, label[parts[cells]], counts[cells], np.column_stack(sums)[cells])
        )
    regions = label_regions(grids, winners)
    looks = dict(enumerate({"text": text} for text in texts)) | exemplars
    return _as_names(regions, looks.get)


def _tables(embedding):
    """Return for each column of text which rows have which of its categories, and all their names.

    A table is (rows or None, a sparse matrix of rows and categories, what to add to a category's
    number, and the weight of each).
    """
    from scipy.sparse import csr_array

    tables, texts = [], []
    meta, n = embedding.meta, len(embedding)
    for name in [] if meta is None else meta.columns:
        if natural_kind(meta[name]) != "labels":
            continue
        codes, values, _ = label_codes(meta[name])
        if 1 < len(values) <= min(_MOST_VALUES, n / 4):
            rows = np.flatnonzero(codes >= 0)
            has = csr_array((np.ones(len(rows)), (rows, codes[rows])), shape=(n, len(values)))
            alone = [_tells_alone(str(value)) for value in values]
            tables.append((None, has, len(texts), np.where(alone, 1, _CODE)))
            texts += [str(value) if whole else f"{name} {value}"
                      for value, whole in zip(values, alone, strict=True)]
        elif len(values) > 1 and name in text_columns(meta):
            rows = np.arange(0, n, -(-n // _TEXTS))
            words, has = _words(meta[name].iloc[rows].astype(str))
            if words:
                weights = [_PAIR if " " in word else _WORD for word in words]
                tables.append((rows, has, len(texts), np.array(weights)))
                texts += words
    return tables, texts


def _tells_alone(text):
    """Return whether a category says something without its column's name: it is no code."""
    is_code = re.fullmatch(r"[\d.,+-]+|true|false|yes|no", text, re.IGNORECASE)
    return len(text) > 2 and not is_code


def _words(texts):
    """Return words, and pairs of words, that many texts have, and which text has which."""
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(
        ngram_range=(1, 2), binary=True, stop_words="english", max_features=_MOST_VALUES,
        min_df=min(20, max(2, len(texts) // 50)),
        token_pattern=r"(?u)\b[^\W\d_]{2,}\b",
    )
    try:
        has = counter.fit_transform(texts)
    except ValueError:  # no word is left
        return [], None
    return counter.get_feature_names_out().tolist(), has.tocsr()


def _most_telling(tables, part, n_parts):
    """Return the number of the most telling category of each part, int (n_parts,); -1: none."""
    from scipy.sparse import csr_array

    best, label = np.full(n_parts, _TELLING), np.full(n_parts, -1)
    for rows, has, first, weight in tables:
        of = part if rows is None else part[rows]
        member = csr_array((np.ones(len(of)), (of, np.arange(len(of)))), shape=(n_parts, len(of)))
        inside = csr_array(member @ has).tocoo()
        total = np.bincount(of, minlength=n_parts)
        whole = np.asarray(has.sum(axis=0)).ravel() / len(of)
        p = inside.data / (total[inside.row] + 3)  # of a few points nothing can be said
        q = whole[inside.col]
        telling = weight[inside.col] * p * np.log(np.maximum(p / q, 1e-9))
        telling[(p < _LEAST_SHARE) | (p < _LEAST_LIFT * q)] = -1
        order = np.lexsort((telling, inside.row))
        last = order[np.flatnonzero(np.diff(inside.row[order], append=-1))]
        at = inside.row[last]
        better = telling[last] > best[at]
        best[at[better]] = telling[last][better]
        label[at[better]] = first + inside.col[last][better]
    return label
