"""Description of selected points: exemplars, differences from other points, and counts."""

from dataclasses import dataclass

import numpy as np

from ..arrays.checks import check_choice, check_count, check_rows
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
        Rows of what it is compared with, ascending, and none of the selection; for the
        surroundings see `surroundings`.
    differences : tuple of Difference
        Largest first; empty if there is nothing to compare with.
    basis, column
        As passed to `describe_selection`.
    counts : tuple of Count
        Of `column`; most frequent first.
    against : {"surroundings", "rest", "rows"}
        What `around` is.
    n_shared : int
        How many of the rows to compare with are selected, too. They count for the selection only.
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
    against: str = "surroundings"
    n_shared: int = 0

    def __repr__(self):
        return f"<Selection of {len(self.rows):,} points, {len(self.exemplars)} exemplars>"


def describe_selection(
    embedding, rows, column=None, *, against="surroundings", k=24, basis="components", seed=0
):
    """Describe some points, and how they differ from those around them on the map, or from others.

    Parameters
    ----------
    embedding : Embedding
    rows : (m,) array_like of int, or (n,) of bool
        The selected points: row numbers or a mask.
    column : hashable, optional
        A column of ``embedding.meta`` to count.
    against : {"surroundings", "rest"}, (j,) array_like of int, or (n,) of bool
        What to compare with: the nearest points outside on the map, all points outside, or rows of
        your own. Of these, points that are selected, too, count for the selection only.
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

    Notes
    -----
    Each 95 % interval, of an effect or of a difference of shares, stands for itself; of many, some
    miss the truth. Points that were selected because they look apart on the map differ in X before
    any test: the interval says how large the difference is, and is no proof that there is one.

    References
    ----------
    J. Cohen, *Statistical Power Analysis for the Behavioral Sciences* (1988), for d. D. Arthur and
    S. Vassilvitskii, "k-means++" (2007), for exemplars spread over the selection.
    """
    rows = check_rows("rows", rows, len(embedding), unique=True)
    k = check_count("k", k, 1)
    # Small products of matrices: several threads would wait for each other longer than they work.
    with single_threaded():
        around, n_shared = _others(embedding.xy, rows, against, seed)
        known = embedding.known(rows)
        exemplars = spread_exemplars(embedding.X, known if len(known) else rows[:k], k, seed=seed)
        return Selection(
            rows=rows, exemplars=exemplars, pictures=thumbs(embedding, exemplars),
            texts=captions(embedding, exemplars), around=around,
            differences=differences(embedding, rows, around, basis=basis, seed=seed),
            basis=basis, column=column,
            counts=() if column is None else count_column(
                embedding.meta, rows, column, against=around
            ),
            against=against if isinstance(against, str) else "rows", n_shared=n_shared,
        )


def _others(xy, rows, against, seed):
    """Return the rows to compare with, none of them in `rows`, and how many were left out."""
    if isinstance(against, str):
        check_choice("against", against, ("surroundings", "rest"))
    if isinstance(against, str) and against == "surroundings":
        return surroundings(xy, rows, seed=seed), 0
    outside = np.ones(len(xy), bool)
    outside[rows] = False
    if isinstance(against, str):
        return np.flatnonzero(outside), 0
    others = check_rows("against", against, len(xy), unique=True)
    own = others[outside[others]]
    return own, len(others) - len(own)


def grey_out(srgb8, rows, grey=MISSING):
    """Keep the colors of some points and turn all others grey.

    Parameters
    ----------
    srgb8 : (n, 3) uint8
    rows : (m,) array_like of int, or (n,) of bool
        Which points; there may be none.
    grey : (3,) array_like of int
        sRGB color of all others, 0 to 255.

    Returns
    -------
    (n, 3) uint8, a copy
    """
    rows = check_rows("rows", rows, len(srgb8), unique=True, none=True)
    greyed = np.tile(np.asarray(grey, dtype=np.uint8), (len(srgb8), 1))
    greyed[rows] = srgb8[rows]
    return greyed


def spread_exemplars(X, rows, k, *, seed=0):
    """Return at most `k` rows spread over a selection in X, those that represent most points first.

    k-means++ on a sample chooses starting points far from each other; each is then replaced by the
    densest of those that are nearest to it.
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
