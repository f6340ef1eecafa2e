"""How often the values of a column of metadata occur in a selection, against the whole."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..colors.columns import label_codes, natural_kind, natural_values
from ..picture.text import format_number

_TOP = 12
_BINS = 8


@dataclass(frozen=True)
class Count:
    """How often a value of a column occurs in a selection, against the whole."""

    name: str
    inside: int  # selected points with this value
    whole: int  # all points with it
    share: float  # of the selection, 0..1
    lift: float  # share divided by the share of all points


def count_column(meta, rows, column, *, top=_TOP):
    """Return a tuple of the `top` values of a column in the selected `rows`, most frequent first.

    Numbers and dates are counted in eight ranges that hold equally many points of the whole. A
    column that `meta` does not have raises a ValueError.
    """
    if meta is None or column not in meta.columns:
        names = "none" if meta is None else ", ".join(map(str, meta.columns)) or "none"
        raise ValueError(f"column must be one of the columns of meta ({names}), got {column!r}")
    labels, names = _codes(meta[column])
    whole = np.bincount(labels + 1, minlength=len(names) + 1)
    inside = np.bincount(labels[rows] + 1, minlength=len(names) + 1)
    order = np.argsort(-inside, kind="stable")[:top]
    return tuple(
        Count(
            "missing" if label == 0 else str(names[label - 1]), int(inside[label]),
            int(whole[label]), float(inside[label] / len(rows)),
            float(inside[label] / len(rows) * len(labels) / whole[label]),
        )
        for label in order
        if inside[label]
    )


def _codes(column):
    """Return int labels (n,), -1 for missing, and the name of each label."""
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
