"""Describe each label: how many points have it, and an exemplar."""

from dataclasses import dataclass, field

import numpy as np

from ..arrays.neighbors import label_exemplars
from ..picture.thumbs import captions, thumbs


@dataclass(frozen=True, eq=False)
class Entry:
    """One color of a legend of labels, with an exemplar.

    The exemplar is a point of this label where its points are densest in X.
    """

    label: int  # -1 for points without a label
    name: str
    count: int  # number of points
    srgb8: np.ndarray = field(repr=False)  # (3,) uint8
    row: int | None = None  # of the exemplar, and below its picture, (h, w, 3) uint8, and caption
    picture: np.ndarray | None = field(default=None, repr=False)
    text: str = ""


def label_entries(embedding, labels, names, colors, *, in_order=False):
    """Return a tuple of an `Entry` for each label in `labels`, (n,) int, largest first, grey last.

    With `in_order` the labels come in the order of their numbers, not of their counts. `names` maps
    labels to names; `colors`, (m, 3) uint8, has the color of label -1 as its last row.
    """
    counts = np.bincount(labels + 1)
    present = np.flatnonzero(counts) - 1
    greys = np.array([np.ptp(colors[label].astype(int)) == 0 for label in present])
    present = present[np.lexsort((present if in_order else -counts[present + 1], greys))]
    rows = _exemplars(embedding, labels, present)
    pictures, texts = thumbs(embedding, rows), captions(embedding, rows)
    return tuple(
        Entry(
            label=int(label), name=names.get(int(label), f"label {label}"),
            count=int(counts[label + 1]), srgb8=colors[label], row=int(rows[i]),
            picture=None if pictures is None else pictures[i], text=texts[i],
        )
        for i, label in enumerate(present)
    )


def _exemplars(embedding, labels, present):
    """Return the row number of an exemplar of each label, of a complete row where there is any."""
    if embedding.incomplete is None:
        return label_exemplars(embedding.X, labels, present)
    rows = np.array([np.argmax(labels == label) for label in present])
    complete = np.where(embedding.incomplete, -2, labels)
    has_complete = np.isin(present, complete)
    if has_complete.any():
        rows[has_complete] = label_exemplars(embedding.X, complete, present[has_complete])
    return rows
