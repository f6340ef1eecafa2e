"""What a person has chosen in an explorer, and the colors that follow from it. No widgets here."""

from collections import UserDict
from functools import cached_property

import numpy as np

from ..arrays.checks import check_choice, check_rows
from ..colors.palettes import UNSELECTED
from ..live.pointer import nearest
from ..selection.filter import FilterColumn
from ..techniques.axes import AxisReader
from ..techniques.run import CachedRun
from ..techniques.view_fit import ViewFit
from .coloring import (
    Axes,
    Column,
    color_by_axes,
    color_by_column,
    color_by_distance,
    color_by_fit,
    color_by_technique,
    menu_entries,
)

SELECT_MODES = ("replace", "add", "remove")


class Selections(UserDict):
    """Named selections: a dict from a name to rows, (m,) int64 ascending.

    Rows may be set as row numbers in any order or as a mask (n,) of bool.

    Parameters
    ----------
    n : int
        Number of points.
    """

    def __init__(self, n):
        self._n, self.on_change = n, lambda: None
        super().__init__()

    def __setitem__(self, name, rows):
        if not isinstance(name, str) or not name.strip():
            raise ValueError(f"the name of a selection must be a text, got {name!r}")
        self.data[name] = check_rows(f"selections[{name!r}]", rows, self._n, unique=True)
        self.on_change()

    def __delitem__(self, name):
        del self.data[name]
        self.on_change()


class ExplorerState:
    """Colors, selections, filters, isolated label and probed point of an explorer.

    Parameters
    ----------
    embedding : Embedding

    Attributes
    ----------
    entries : dict
        Everything that can color the points: `Technique`, `Axes` or `Column`, by name.
    base : Coloring or None
        Of the technique or column that was chosen last.
    probe : Coloring or None
        Of the distance to a point; while there is one it goes before `base`.
    other : Coloring or None
        Of the second picture.
    selection : (m,) int64 or None
        Selected rows, ascending; None while nothing is selected.
    neighbors : NearestPoints or None
        Of the point that was clicked last.
    selections : Selections
        Rows by the name that a person gave them.
    conditions : dict
        Of the filters, by column.
    passing : (n,) bool or None
        Which points pass all filters; None while there are none.
    isolated : int or None
        The label that alone keeps its color.
    """

    def __init__(self, embedding):
        self.embedding = embedding
        self.entries = menu_entries(embedding)
        self.base = self.probe = self.other = self.selection = self.isolated = None
        self.neighbors = None
        self._isolated = None  # which points have the isolated label
        self._fit, self._axes = ViewFit(embedding), AxisReader(embedding)
        self.selections, self.conditions, self.passing = Selections(len(embedding)), {}, None
        self._filter_columns, self._passing_tree = {}, None
        self._runs = {"base": CachedRun(embedding), "other": CachedRun(embedding)}

    @property
    def shown(self):
        """The `Coloring` of the first picture."""
        probe = self.probe  # read once: another thread may end it
        return self.base if probe is None else probe

    @cached_property
    def tree(self):
        """A search tree of the map, made once, when a mouse first asks."""
        return _tree(self.embedding.xy)

    def nearest(self, x, y, unit):
        """Return the point under the mouse that passes the filters, see `pointer.nearest`."""
        if self.passing is None:
            return nearest(self.tree, x, y, unit)
        if self._passing_tree is None:
            rows = np.flatnonzero(self.passing)
            self._passing_tree = _tree(self.embedding.xy[rows]), rows
        tree, rows = self._passing_tree
        row = nearest(tree, x, y, unit)
        return None if row is None else int(rows[row])

    def entry(self, name):
        """Return what stands in `entries` under a name, or say which names there are."""
        for known in (name, f"column:{name}"):
            if known in self.entries:
                return self.entries[known]
        raise ValueError(f"name must be one of {', '.join(self.entries)}, got {name!r}")

    def compute(self, place, entry, params, progress=None, *, view=None, fitted=False):
        """Color all points, and change nothing. May be called from any thread.

        Parameters
        ----------
        place : {"base", "other"}
            For which picture; each keeps its own earlier steps.
        entry : Technique, Axes or Column
        params : dict
        progress : callable, optional
            Called with a step's name and a fraction 0..1; what it raises ends the work.
        view : (x_range, y_range, width), optional
            What is on screen, in units of the map and in pixels.
        fitted : bool
            Whether a technique's steps learn from the points on screen alone.

        Returns
        -------
        Coloring
        """
        if isinstance(entry, Column):
            return color_by_column(self.embedding, entry, params)
        if isinstance(entry, Axes):
            return color_by_axes(self._axes, entry, params, view if fitted else None)
        if fitted:
            return color_by_fit(self._fit, entry, params, view, progress)
        return color_by_technique(self._runs[place], entry, params, progress, view)

    def set_base(self, coloring, *, keep_probe=False):
        """Color the first picture anew; an isolated label belongs to the old colors."""
        self.base = coloring
        if not keep_probe:
            self.probe = None
        self.isolate(None)

    def drop_other(self):
        """Let go of the second picture and of what its runs have kept."""
        self.other, self._runs["other"] = None, CachedRun(self.embedding)

    def set_probe(self, row, **how):
        """Color the first picture by the distance to a point in X; by None as before.

        Parameters
        ----------
        row : int or None
        **how
            As for `color_by_distance`.
        """
        probe = None
        if row is not None:
            probe = color_by_distance(self.embedding, self.checked_row(row), **how)
        self.probe = probe
        self.isolate(None)

    def select(self, rows, mode="replace"):
        """Select some rows, any order, or a mask; add them, or take them away.

        Where none are left, the selection ends; so it does by None.
        """
        rows = self.selected_by(rows, mode)
        self.selection = rows if len(rows) else None

    def selected_by(self, rows, mode="replace"):
        """Return which rows `select` would leave selected, (m,) int64 ascending."""
        n = len(self.embedding)
        check_choice("mode", mode, SELECT_MODES)
        rows = check_rows("rows", () if rows is None else rows, n, unique=True, none=True)
        if mode == "replace":
            return rows
        chosen = np.zeros(n, bool)
        if self.selection is not None:
            chosen[self.selection] = True
        chosen[rows] = mode == "add"
        return np.flatnonzero(chosen)

    @property
    def chosen(self):
        """The selected rows that pass the filters, (m,) int64; None while nothing is selected."""
        if self.selection is None or self.passing is None:
            return self.selection
        return self.selection[self.passing[self.selection]]

    def filter_column(self, name):
        """Return the `FilterColumn` of a column, made once."""
        if name not in self._filter_columns:
            self._filter_columns[name] = FilterColumn(self.embedding.meta, name)
        return self._filter_columns[name]

    def filter(self, conditions):
        """Set the conditions of some columns, see `filter_points`; None ends that of a column."""
        wanted = {**self.conditions, **conditions}
        wanted = {name: one for name, one in wanted.items() if one is not None}
        passing = None
        for name, condition in wanted.items():
            column = self.filter_column(name)
            mask = column.passes(condition)
            wanted[name] = column.plain(condition)
            passing = mask if passing is None else passing & mask
        self.conditions, self.passing, self._passing_tree = wanted, passing, None

    def isolate(self, label):
        """Let only one label keep its color; None frees all."""
        alike = None
        if label is not None:
            if self.shown.labels is None:
                raise ValueError(f"{self.shown.title!r} has no labels to isolate")
            alike = self.shown.labels == label
            if not alike.any():
                raise ValueError(f"label must be one that points have, got {label!r}")
        self.isolated, self._isolated = label, alike

    def highlighted(self, *, filtered=True):
        """Return which points keep their color, bool (n,), or None for all.

        Without `filtered` the filters do not count.
        """
        selection, masks = self.selection, []
        if selection is not None:
            masks.append(np.zeros(len(self.embedding), bool))
            masks[0][selection] = True
        if self._isolated is not None:
            masks.append(self._isolated)
        if filtered and self.passing is not None:
            masks.append(self.passing)
        return np.logical_and.reduce(masks) if masks else None

    def displayed(self, coloring, background="white"):
        """Return the colors that are drawn, uint8 (n, 3): those of a `Coloring`, the rest grey."""
        highlighted = self.highlighted()
        if highlighted is None:
            return coloring.srgb8
        return np.where(highlighted[:, None], coloring.srgb8, np.uint8(self.grey(background)))

    @staticmethod
    def grey(background):
        """Return the grey of points that are not selected, three integers."""
        return UNSELECTED.get(background, UNSELECTED["white"])

    def checked_row(self, row):
        """Return a row number as an int, or say what is wrong with it."""
        n = len(self.embedding)
        if isinstance(row, bool) or not isinstance(row, (int, np.integer)) or not 0 <= row < n:
            raise ValueError(f"row must be an integer of 0 to {n - 1:,}, got {row!r}")
        return int(row)


def _tree(xy):
    from scipy.spatial import cKDTree

    # Unbalanced: built in a third of the time, and as fast to ask.
    return cKDTree(xy, balanced_tree=False, compact_nodes=False)
