"""The tables that an explorer saves."""

import numpy as np

from ..data.save import point_columns, save_table

TABLES = ("colors", "labels", "selection", "neighbors")


def tables_of(state):
    """Return which of `TABLES` an `ExplorerState` can fill."""
    has = {
        "colors": True,
        "labels": state.shown.labels is not None or state.shown.values is not None,
        "selection": state.selection is not None,
        "neighbors": state.neighbors is not None,
    }
    return [name for name in TABLES if has[name]]


def save_points(path, state, tables, *, overwrite=False):
    """Save colors, labels or values, and the selection of an `ExplorerState`; see `save_table`.

    `tables` are some of `TABLES`. The neighbors, which have rows of their own, are saved only if
    nothing else is.
    """
    if [*tables] == ["neighbors"]:
        return save_table(path, state.neighbors.table, overwrite=overwrite)
    coloring, columns = state.shown, {}
    if "colors" in tables:
        columns["srgb8"] = coloring.srgb8
    if "labels" in tables and coloring.labels is not None:
        columns["labels"] = _label_names(coloring)
    elif "labels" in tables and coloring.values is not None:
        values = coloring.values
        columns["labels"] = values[:, 0] if values.shape[1] == 1 else values
    if "selection" in tables and state.selection is not None:
        columns["selection"] = state.selection
    return save_table(path, point_columns(state.embedding, **columns), overwrite=overwrite)


def _label_names(coloring):
    """Return the labels as numbers or, where they have names, as these."""
    if not coloring.names:
        return coloring.labels
    names = np.array([*coloring.names, "other", "missing"], dtype=object)
    return names[np.where(coloring.labels < 0, len(names) - 1, coloring.labels)]
