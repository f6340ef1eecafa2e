"""How often the values of a column of metadata occur in a selection, against other points."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..colors.columns import label_codes, natural_kind, natural_values
from ..picture.text import format_number

_TOP = 12
_BINS = 8


@dataclass(frozen=True)
class Count:
    """How often a value of a column occurs in a selection, against the whole and other points."""

    name: str
    inside: int  # selected points with this value
    whole: int  # all points with it
    share: float  # of the selection, 0..1
    lift: float  # share divided by the share of all points
    other_share: float | None = None  # of the points that it is compared with, 0..1
    interval: tuple[float, float] | None = None  # 95 %, of the difference of the two shares


def count_column(meta, rows, column, *, against=None, top=_TOP):
    """Return a tuple of the `top` values of a column in the selected `rows`, most frequent first.

    Numbers and dates are counted in eight ranges that hold equally many points of the whole. With
    rows `against`, none of them in `rows`, the difference of the shares has a 95 % interval: the
    hybrid of two Wilson intervals. A column that `meta` does not have raises a ValueError.

    References
    ----------
    R. G. Newcombe, "Interval estimation for the difference between independent proportions:
    comparison of eleven methods", Statistics in Medicine 17 (1998), method 10.
    """
    labels, names = column_codes(check_column(meta, column))
    size = len(names) + 1
    whole = np.bincount(labels + 1, minlength=size)
    inside = np.bincount(labels[rows] + 1, minlength=size)
    compared = against is not None and len(against)
    outside = np.bincount(labels[against] + 1, minlength=size) if compared else whole
    order = np.argsort(-inside, kind="stable")[:top]
    return tuple(
        Count(
            "missing" if label == 0 else str(names[label - 1]), int(inside[label]),
            int(whole[label]), float(inside[label] / len(rows)),
            float(inside[label] / len(rows) * len(labels) / whole[label]),
            float(outside[label] / len(against)) if compared else None,
            share_interval(inside[label], len(rows), outside[label], len(against))
            if compared else None,
        )
        for label in order
        if inside[label]
    )


def check_column(meta, column):
    """Return a column of `meta`, or raise a ValueError that lists its columns."""
    if meta is None or column not in meta.columns:
        names = "none" if meta is None else ", ".join(map(str, meta.columns)) or "none"
        raise ValueError(f"column must be one of the columns of meta ({names}), got {column!r}")
    return meta[column]


def share_interval(k1, n1, k2, n2):
    """Return Newcombe's 95 % interval of k1 / n1 - k2 / n2, of two groups without a common point.

    k1, k2 : int, how many points of each group; n1, n2 : int, their sizes, 1 or more.
    """
    from scipy.stats import binomtest

    (share1, low1, high1), (share2, low2, high2) = (
        (k / n, *binomtest(int(k), n).proportion_ci(method="wilson"))
        for k, n in ((k1, n1), (k2, n2))
    )
    difference = share1 - share2
    return (
        float(difference - np.hypot(share1 - low1, high2 - share2)),
        float(difference + np.hypot(high1 - share1, share2 - low2)),
    )


def column_codes(column):
    """Return int labels (n,), -1 for missing, and the name of each; numbers become eight ranges."""
    if natural_kind(column) == "labels":
        labels, names, _ = label_codes(column)
        return labels, names
    values, unit = natural_values(column)
    known = np.isfinite(values)
    if not known.any():
        return np.full(len(values), -1), []
    edges = np.unique(np.quantile(values[known], np.linspace(0, 1, _BINS + 1)))
    labels = np.searchsorted(edges[1:-1], np.where(known, values, 0), side="right")
    labels[~known] = -1
    ends = [format_number(edge, unit) for edge in (edges if len(edges) > 1 else [*edges, *edges])]
    return labels, [f"{low} to {high}" for low, high in pairwise(ends)]
