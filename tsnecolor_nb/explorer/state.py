"""What is chosen in an explorer, and the colors that follow from it. No widgets here."""

from collections import UserDict
from functools import cached_property

import numpy as np

from ..arrays.checks import check_choice, check_count, check_rows
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
    """Colors, selections, filters, isolated label, marked and probed point of an explorer.

    Parameters
    ----------
    embedding : Embedding

    Attributes
    ----------
    entries : dict
        Everything that can color the points: `Technique`, `Axes` or `Column`, by name.
    base : Coloring or None
        By the technique, column or axes that were chosen last.
    probe : Coloring or None
        By the distance to a point; while there is one it is shown instead of `base`.
    other : Coloring or None
        Of the second map.
    hovered : int or None
        The marked point.
    selection : (m,) int64 or None
        Selected rows, ascending; None while nothing is selected.
    neighbors : NearestPoints or None
        Of the point that was clicked last.
    selections : Selections
        Named selections.
    conditions : dict
        Of the filters, by column.
    passing : (n,) bool or None
        Which points pass all filters; None while there are none.
    isolated : int or None
        The only label that keeps its color.
    """

    def __init__(self, embedding):
        self.embedding = embedding
        self.entries = menu_entries(embedding)
        self.base = self.probe = self.other = self.selection = self.isolated = None
        self.hovered = self.neighbors = None
        self._isolated_mask = None  # which points have the isolated label
        self._fit, self._axes = ViewFit(embedding), AxisReader(embedding)
        self.selections, self.conditions, self.passing = Selections(len(embedding)), {}, None
        self._filter_columns, self._passing_tree = {}, None
        self._runs = {"base": CachedRun(embedding), "other": CachedRun(embedding)}

    @property
    def shown(self):
        """The `Coloring` of the first map."""
        probe = self.probe  # read once: another thread may set it to None
        return self.base if probe is None else probe

    @cached_property
    def tree(self):
        """A k-d tree of the points on the map, made at the first use."""
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
        """Return an entry of `entries` by its name or column; raise ValueError if there is none."""
        for key in (name, f"column:{name}"):
            if key in self.entries:
                return self.entries[key]
        raise ValueError(f"name must be one of {', '.join(self.entries)}, got {name!r}")

    def compute(self, target, entry, params, progress=None, *, view=None, fitted=False):
        """Return the colors of all points without setting them. May be called from any thread.

        Parameters
        ----------
        target : {"base", "other"}
            For which map; each has a cache of fitted steps.
        entry : Technique, Axes or Column
        params : dict
        progress : callable, optional
            Called with a step's name and a fraction 0..1; an exception in it stops the computation.
        view : (x_range, y_range, width), optional
            What is on screen, in units of the map and in pixels.
        fitted : bool
            Whether a technique's steps are fitted to the points on screen only.

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
        return color_by_technique(self._runs[target], entry, params, progress, view)

    def set_base(self, coloring, *, keep_probe=False):
        """Set the colors of the first map, and isolate no label: it belongs to the old colors."""
        self.base = coloring
        if not keep_probe:
            self.probe = None
        self.isolate(None)

    def drop_other(self):
        """Forget the colors of the second map and its cache of fitted steps."""
        self.other, self._runs["other"] = None, CachedRun(self.embedding)

    def set_probe(self, row, **options):
        """Color the first map as `color_by_distance` does; None restores the colors before."""
        probe = None
        if row is not None:
            probe = color_by_distance(self.embedding, self.check_row(row), **options)
        self.probe = probe
        self.isolate(None)

    def select(self, rows, mode="replace"):
        """Change the selection, see `combine`; an empty result ends it."""
        rows = self.combine(rows, mode)
        self.selection = rows if len(rows) else None

    def combine(self, rows, mode="replace"):
        """Return the rows that `select` would select, (m,) int64 ascending.

        `rows`, numbers or a mask, replace the selection, are added to it or removed from it.
        """
        n = len(self.embedding)
        check_choice("mode", mode, SELECT_MODES)
        rows = check_rows("rows", () if rows is None else rows, n, unique=True, none=True)
        if mode == "replace":
            return rows
        is_selected = np.zeros(n, bool)
        if self.selection is not None:
            is_selected[self.selection] = True
        is_selected[rows] = mode == "add"
        return np.flatnonzero(is_selected)

    @property
    def filtered_selection(self):
        """The selected rows that pass the filters, (m,) int64; None while nothing is selected."""
        if self.selection is None or self.passing is None:
            return self.selection
        return self.selection[self.passing[self.selection]]

    def filter_column(self, name):
        """Return the `FilterColumn` of a column; it is cached."""
        if name not in self._filter_columns:
            self._filter_columns[name] = FilterColumn(self.embedding.meta, name)
        return self._filter_columns[name]

    def filter(self, conditions):
        """Set conditions of some columns, see `filter_points`; None removes that of a column."""
        merged, passing = {}, None
        for name, condition in {**self.conditions, **conditions}.items():
            if condition is not None:
                column = self.filter_column(name)
                mask = column.passes(condition)
                merged[name] = column.plain(condition)
                passing = mask if passing is None else passing & mask
        self.conditions, self.passing, self._passing_tree = merged, passing, None

    def isolate(self, label):
        """Let only one label keep its color; None ends it."""
        mask = None
        if label is not None:
            if self.shown.labels is None:
                raise ValueError(f"{self.shown.title!r} has no labels to isolate")
            mask = self.shown.labels == label
            if not mask.any():
                raise ValueError(f"label must be one that points have, got {label!r}")
        self.isolated, self._isolated_mask = label, mask

    def highlighted(self, *, filtered=True):
        """Return which points keep their color, bool (n,), or None for all.

        Unless `filtered`, the filters are ignored.
        """
        selection, masks = self.selection, []
        if selection is not None:
            masks.append(np.zeros(len(self.embedding), bool))
            masks[0][selection] = True
        if self._isolated_mask is not None:
            masks.append(self._isolated_mask)
        if filtered and self.passing is not None:
            masks.append(self.passing)
        return np.logical_and.reduce(masks) if masks else None

    def displayed(self, coloring, background="white"):
        """Return the colors of a `Coloring`, uint8 (n, 3), grey unless `highlighted`."""
        highlighted = self.highlighted()
        if highlighted is None:
            return coloring.srgb8
        return np.where(highlighted[:, None], coloring.srgb8, np.uint8(self.grey(background)))

    @staticmethod
    def grey(background):
        """Return the grey of points that are not selected, three integers."""
        return UNSELECTED.get(background, UNSELECTED["white"])

    def check_row(self, row):
        """Return a row number as an int; raise ValueError unless it is 0 to n - 1."""
        return check_count("row", row, 0, len(self.embedding) - 1)


def _tree(xy):
    from scipy.spatial import cKDTree

    # An unbalanced tree is built in a third of the time, and queries are as fast.
    return cKDTree(xy, balanced_tree=False, compact_nodes=False)
