"""What each label means: how many points have it, and one of them that stands for the others."""

from dataclasses import dataclass, field

import numpy as np

from ..arrays.neighbors import label_exemplars
from ..picture.thumbs import captions, thumbs


@dataclass(frozen=True, eq=False)
class Entry:
    """One color of a legend of labels.

    Attributes
    ----------
    label : int
        -1 for points without a label.
    name : str
    count : int
        Number of points.
    srgb8 : (3,) uint8
    row : int or None
        The exemplar: the point of this label nearest to the mean of its points in X.
    picture : (h, w, 3) uint8 or None
        What the exemplar looks like.
    text : str
        The exemplar in words.
    """

    label: int
    name: str
    count: int
    srgb8: np.ndarray = field(repr=False)
    row: int | None = None
    picture: np.ndarray | None = field(default=None, repr=False)
    text: str = ""


def label_entries(embedding, labels, names, colors):
    """Describe each label that occurs, largest first, with its exemplar.

    Parameters
    ----------
    embedding : Embedding
    labels : (n,) int
    names : dict
        Label -> name.
    colors : (m, 3) uint8
        Color of each label; the last one is that of label -1.

    Returns
    -------
    tuple of Entry
        Those without a label, -1, and with grey last.
    """
    counts = np.bincount(labels + 1)
    present = np.flatnonzero(counts) - 1
    greys = np.array([np.ptp(colors[label].astype(int)) == 0 for label in present])
    present = present[np.lexsort((-counts[present + 1], greys))]
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
    """Return one row for each label; a complete one where there is any."""
    if embedding.incomplete is None:
        return label_exemplars(embedding.X, labels, present)
    rows = np.array([np.argmax(labels == label) for label in present])
    complete = np.where(embedding.incomplete, -2, labels)
    has_complete = np.isin(present, complete)
    if has_complete.any():
        rows[has_complete] = label_exemplars(embedding.X, complete, present[has_complete])
    return rows
