"""What can be taken away from an explorer: a picture, tables, and the code for both."""

import numpy as np

from ..data.save import point_columns, save_picture, save_table
from .as_code import Expression, code_for, column_code, repr_text, selection_code, technique_code
from .coloring import Column

TABLES = ("colors", "labels", "selection")


def tables_of(state):
    """Return which of `TABLES` an `ExplorerState` has something for."""
    has = {
        "colors": True,
        "labels": state.shown.labels is not None or state.shown.values is not None,
        "selection": state.selection is not None,
    }
    return [name for name in TABLES if has[name]]


def save_points(path, state, tables, *, overwrite=False):
    """Save colors, labels or values, and the selection of an `ExplorerState` as a table.

    Parameters
    ----------
    path : path
        Ends in ``.parquet``, ``.npy`` or ``.csv``.
    state : ExplorerState
    tables : sequence of str
        Some of `TABLES`.
    overwrite : bool

    Returns
    -------
    Path
    """
    coloring, given = state.shown, {}
    if "colors" in tables:
        given["srgb8"] = coloring.srgb8
    if "labels" in tables and coloring.labels is not None:
        given["labels"] = _names(coloring)
    elif "labels" in tables and coloring.values is not None:
        values = coloring.values
        given["labels"] = values[:, 0] if values.shape[1] == 1 else values
    if "selection" in tables and state.selection is not None:
        given["selection"] = state.selection
    return save_table(path, point_columns(state.embedding, **given), overwrite=overwrite)


def _names(coloring):
    """Return the labels as numbers or, where they have names, as these."""
    if not coloring.names:
        return coloring.labels
    names = np.array([*coloring.names, "other", "missing"], dtype=object)
    return names[np.where(coloring.labels < 0, len(names) - 1, coloring.labels)]


def save_map(path, pane, legend, side, *, overwrite=False):
    """Save what a `Pane` shows as a PNG of `side` pixels, over its `Legend` unless None."""
    return save_picture(path, pane.pixels(side), legend=legend, overwrite=overwrite)


def code_of(state, pane, *, text=None, size=600):
    """Write the lines of Python that give what a `Pane` shows of an `ExplorerState`.

    Parameters
    ----------
    state : ExplorerState
    pane : Pane
    text : str, optional
        What was searched for, if that gave the selection.
    size : int
        Side of the picture in pixels.

    Returns
    -------
    str
    """
    lit = state.lit()
    rows = None if lit is None else np.flatnonzero(lit)
    whole = pane.ranges == pane.raster.square()
    x_range, y_range = (None, None) if whole else pane.ranges
    return code_for(
        state.embedding, _expression(state, pane), x_range=x_range, y_range=y_range, size=size,
        selection=None if rows is None else selection_code(rows, text=text),
        n_selected=0 if rows is None else len(rows), grey=state.rest(pane.background),
        **pane.how,
    )


def _expression(state, pane):
    coloring = state.shown
    if coloring.entry is None:
        params = ", ".join(
            f"{name}={repr_text(value) if name == 'near' else repr(value)}"
            for name, value in coloring.params.items()
        )
        code = f"color_by_distance(embedding, {coloring.row}, {params}).srgb8"
        return Expression(code, {"tsnecolor_nb.explorer.coloring": ("color_by_distance",)})
    if isinstance(coloring.entry, Column):
        return column_code(coloring.entry.column, coloring.params)
    limit = min(state.embedding.X.shape)
    expression = technique_code(coloring.entry, coloring.params, limit=limit)
    if coloring.view is None:
        return expression
    x_range, y_range, width = coloring.view
    imports = {**expression.imports, "tsnecolor_nb": ("ViewFit",)}
    _, _, arguments = expression.code.partition(f'"{coloring.entry.name}"')
    code = (
        f'ViewFit(embedding).colors(\n    "{coloring.entry.name}", {x_range}, {y_range}, '
        f"width={width}{arguments}"
    )
    return Expression(code, imports)
