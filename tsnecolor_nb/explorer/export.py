"""The tables that an explorer saves."""

import numpy as np

from ..data.save import point_columns, save_table

TABLES = ("colors", "labels", "selection", "neighbors")


def tables_of(state):
    """Return which of `TABLES` an `ExplorerState` can fill."""
    has = {
        "colors": True,
        "labels": state.shown.labels is not None or state.shown.values is not None,
        "selection": state.selection is not None or bool({**state.selections, **state.conditions}),
        "neighbors": state.neighbors is not None,
    }
    return [name for name in TABLES if has[name]]


def save_points(path, state, tables, *, overwrite=False):
    """Save colors, labels or values, and selections of an `ExplorerState`; see `save_table`.

    `tables` are some of `TABLES`. "selection" gives a column of bool for what is selected, one for
    each named selection, ``selected_NAME``, and ``passes`` for what passes the filters. The
    neighbors, which have rows of their own, are saved only if nothing else is.
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
    columns = point_columns(state.embedding, **columns)
    if "selection" in tables:
        for name, rows in state.selections.items():
            columns[f"selected_{name}"] = np.zeros(len(state.embedding), bool)
            columns[f"selected_{name}"][rows] = True
        if state.passing is not None:
            columns["passes"] = state.passing
    return save_table(path, columns, overwrite=overwrite)


def _label_names(coloring):
    """Return the labels as numbers or, where they have names, as these."""
    if not coloring.names:
        return coloring.labels
    names = np.array([*coloring.names, "other", "missing"], dtype=object)
    return names[np.where(coloring.labels < 0, len(names) - 1, coloring.labels)]
