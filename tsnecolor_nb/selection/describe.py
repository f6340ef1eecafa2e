"""Description of selected points: exemplars, differences from their surroundings, and counts."""

from dataclasses import dataclass

import numpy as np

from ..arrays.checks import check_count, check_rows
from ..arrays.chunks import sample_rows, single_threaded
from ..arrays.neighbors import label_exemplars
from ..colors.palettes import MISSING
from ..picture.thumbs import captions, thumbs
from .counts import Count, count_column
from .differences import Difference, differences, surroundings

_CANDIDATES = 2_000


@dataclass(frozen=True, eq=False, repr=False)
class Selection:
    """Exemplars, differences and counts of some points. Made by `describe_selection`.

    Attributes
    ----------
    rows : (m,) int
        Row numbers, ascending.
    exemplars : (k,) int
        Rows spread over the selection in X; those that represent most points first.
    pictures : list of (h, w, 3) uint8, or None
        Of the exemplars.
    texts : list of str
        Of the exemplars, from the metadata.
    around : (j,) int
        Rows of the surroundings, ascending: see `surroundings`.
    differences : tuple of Difference
        Largest first; empty if everything is selected.
    basis, column
        As passed to `describe_selection`.
    counts : tuple of Count
        Of `column`; most frequent first.
    """

    rows: np.ndarray
    exemplars: np.ndarray
    pictures: list | None
    texts: list
    around: np.ndarray
    differences: tuple[Difference, ...]
    basis: str = "components"
    column: object = None
    counts: tuple[Count, ...] = ()

    def __repr__(self):
        return f"<Selection of {len(self.rows):,} points, {len(self.exemplars)} exemplars>"


def describe_selection(embedding, rows, column=None, *, k=24, basis="components", seed=0):
    """Describe some points, and how they differ from those around them on the map.

    Parameters
    ----------
    embedding : Embedding
    rows : (m,) array_like of int, or (n,) of bool
        The selected points: row numbers or a mask.
    column : hashable, optional
        A column of ``embedding.meta`` to count.
    k : int
        Maximum number of exemplars.
    basis : {"components", "dimensions"}
        Whether to compare principal components or the dimensions of X.
    seed : int
        For samples and exemplars.

    Returns
    -------
    Selection

    Raises
    ------
    ValueError
        If an argument does not fit; the message names it.

    References
    ----------
    J. Cohen, *Statistical Power Analysis for the Behavioral Sciences* (1988), for d. D. Arthur and
    S. Vassilvitskii, "k-means++" (2007), for exemplars spread over the selection.
    """
    rows = check_rows("rows", rows, len(embedding), unique=True)
    k = check_count("k", k, 1)
    # Small products of matrices: several threads would wait for each other longer than they work.
    with single_threaded():
        around = surroundings(embedding.xy, rows, seed=seed)
        known = embedding.known(rows)
        exemplars = spread_exemplars(embedding.X, known if len(known) else rows[:k], k, seed=seed)
        return Selection(
            rows=rows, exemplars=exemplars, pictures=thumbs(embedding, exemplars),
            texts=captions(embedding, exemplars), around=around,
            differences=differences(embedding, rows, around, basis=basis, seed=seed),
            basis=basis, column=column,
            counts=() if column is None else count_column(embedding.meta, rows, column),
        )


def grey_out(srgb8, rows, grey=MISSING):
    """Keep the colors of some points and turn all others grey.

    Parameters
    ----------
    srgb8 : (n, 3) uint8
    rows : (m,) array_like of int, or (n,) of bool
    grey : (3,) array_like of int
        sRGB color of all others, 0 to 255.

    Returns
    -------
    (n, 3) uint8, a copy
    """
    rows = check_rows("rows", rows, len(srgb8), unique=True)
    greyed = np.tile(np.asarray(grey, dtype=np.uint8), (len(srgb8), 1))
    greyed[rows] = srgb8[rows]
    return greyed


def spread_exemplars(X, rows, k, *, seed=0):
    """Return at most `k` rows spread over a selection in X, those that represent most points first.

    k-means++ on a sample chooses starting points far from each other; each is then replaced by the
    point nearest to the mean of those that are nearest to it.
    """
    from sklearn.cluster import kmeans_plusplus
    from sklearn.metrics import pairwise_distances_argmin

    if len(rows) <= k:
        return rows
    rows = rows[sample_rows(len(rows), max(_CANDIDATES, 10 * k), seed)]
    points = X[rows]
    starts, _ = kmeans_plusplus(points, k, random_state=seed)
    labels = pairwise_distances_argmin(points, starts)
    counts = np.bincount(labels, minlength=k)
    # Among duplicates a start may have no points of its own.
    present = np.argsort(-counts, kind="stable")[: np.count_nonzero(counts)]
    return rows[label_exemplars(points, labels, present)]
