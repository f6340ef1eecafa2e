"""The tables that an explorer can save."""

import numpy as np

from ..data.save import point_columns, save_table

TABLES = ("colors", "labels", "selection", "neighbors")


def tables_of(state):
    """Return which of `TABLES` an `ExplorerState` has data for, a list."""
    has_data = {
        "colors": True,
        "labels": state.shown.labels is not None or state.shown.values is not None,
        "selection": state.selection is not None or bool({**state.selections, **state.conditions}),
        "neighbors": state.neighbors is not None,
    }
    return [name for name in TABLES if has_data[name]]


def save_tables(path, state, tables, *, overwrite=False):
    """Save colors, labels or values, and selections of an `ExplorerState` as one table.

    `tables` are some of `TABLES`. "selection" gives columns of bool: ``selected``,
    ``selected_NAME`` of each named selection, and ``passes`` of the filters. "neighbors", whose
    rows are not the points, is saved if it is the only table. Path, errors and result are those of
    `save_table`.
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
    """Return the labels by name if they have names, otherwise as numbers."""
    if not coloring.names:
        return coloring.labels
    names = np.array([*coloring.names, "other", "missing"], dtype=object)
    return names[np.where(coloring.labels < 0, len(names) - 1, coloring.labels)]
