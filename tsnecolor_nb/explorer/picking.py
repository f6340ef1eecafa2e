"""Points picked in an explorer: by mouse, search, filter, neighbors, or named selections."""

import ipywidgets
import numpy as np

from ..selection.describe import describe_selection
from ..selection.filter import check_conditions
from ..selection.neighbors import nearest_of, nearest_points
from ..selection.outline import outline_of, points_in_polygon
from ..selection.refine import refine_selection
from .as_code import Drawn
from .panels.filter import FilterPanel
from .panels.neighbors import NeighborsPanel
from .panels.refine import RefinePanel
from .panels.search import SearchPanel
from .panels.selection import SelectionPanel
from .panels.widgets import show_errors
from .worker import Worker

_N_NEIGHBORS = 10  # of a point that was clicked
_MAX_MARKS = 2000  # with more rings than this no single one can be seen


class Picking:
    """Answers pointer events, and shows which points are hovered, marked and selected.

    Parameters
    ----------
    state : ExplorerState
    screen : Screen
    color_control : ColorControl
        Colors by the distance to a point that was clicked.
    select : callable
        ``select(rows, mode)`` changes the selection, and calls `show_selection`.
    open_tab : callable
        ``open_tab(name, only_from=names)`` opens a tab, if one of the given tabs is open.
    save_neighbors : callable
        Called without arguments when the neighbors are to be saved.

    Attributes
    ----------
    selection_panel, refine_panel, filter_panel, search_panel, neighbors_panel
        One of each.
    find_tab : ipywidgets.VBox
        Search and neighbors.
    describer, refiner : Worker
        They describe the selection, and check it against X.
    """

    def __init__(self, state, screen, color_control, *, select, open_tab, save_neighbors):
        self._state, self._screen, self._color_control = state, screen, color_control
        self._embedding, self._select, self._open_tab = state.embedding, select, open_tab
        self.describer, self.refiner = (Worker(screen.show_message) for _ in range(2))
        self._drawn = None, ()  # a selection, and how it was drawn
        self.refine_panel = RefinePanel(
            self._embedding, self._check_selection, select, self.mark, self.go_to
        )
        self.selection_panel = SelectionPanel(
            self._embedding, self.go_to, lambda: select(None), selections=state.selections,
            on_select=select, on_against=self.show_selection, refine_panel=self.refine_panel,
        )
        self.filter_panel = FilterPanel(
            state, self.filter, lambda: select(state.passing), screen.show_message
        )
        self.search_panel = SearchPanel(self._embedding, self.mark, screen.zoom_to)
        self.neighbors_panel = NeighborsPanel(
            self._embedding, self.go_to, self._select_neighbors, save_neighbors
        )
        self.find_tab = ipywidgets.VBox([
            self.search_panel, ipywidgets.HTML("<hr>"), self.neighbors_panel
        ])
        screen.on_pointer = self.on_pointer

    def on_pointer(self, event):
        """Do what a pointer event of a map means; an exception is shown."""
        with show_errors(self._screen.show_message):
            if event["kind"] in ("hover", "tap"):
                row = self._state.nearest(event["x"], event["y"], event["unit"])
                self.hover(row)
                if event["kind"] == "tap" and row is not None:
                    self._click(row)
            elif event["kind"] == "select":
                self._select_inside(event["geometry"], event.get("mode", "replace"))
            elif event["kind"] == "escape":
                self.clear()

    def _click(self, row):
        self._color_control.probe(row)
        n_others = len(self._embedding.complete()) - 1
        if n_others:
            self.show_neighbors(row, min(_N_NEIGHBORS, n_others))
            self._open_tab("Find", only_from=("Color", "Selection"))

    def _select_inside(self, geometry, mode):
        corners, before = outline_of(geometry), self._state.selection
        rows = points_in_polygon(self._embedding.xy, corners)
        if self._state.passing is not None:
            rows = rows[self._state.passing[rows]]
        earlier = () if mode == "replace" or before is None else self.drawn(before)
        is_known = mode == "replace" or before is None or earlier
        self._select(rows, mode)
        step = Drawn(corners, mode, dict(self._state.conditions))
        self._drawn = self._state.selection, (*earlier, step) if is_known else ()
        if not self._screen.compare.is_open and self._state.selection is not None:
            self._open_tab("Selection")

    def drawn(self, rows):
        """Return how rows were selected, a tuple of `Drawn`; empty if not by drawing alone."""
        selected, steps = self._drawn
        return steps if selected is not None and np.array_equal(rows, selected) else ()

    def hover(self, row):
        """Mark a point and show its card; None removes the mark."""
        row = None if row is None else self._state.check_row(row)
        if row != self._state.hovered:
            self._state.hovered = row
            self._screen.mark("hovered", self._embedding.xy[[] if row is None else [row]])
            self._screen.show_point()

    def go_to(self, row):
        """Mark a point and zoom to it."""
        self.hover(row)
        self._screen.zoom_to([row])

    def mark(self, rows):
        """Put a ring on some points and on no others; more than 2,000 are selected instead."""
        rows = np.asarray(rows, dtype=np.int64)
        if len(rows) > _MAX_MARKS:
            self._screen.show_message(
                f"{len(rows):,} points are too many to mark, and are selected."
            )
            self._select(rows)
            rows = rows[:0]
        self._screen.mark("marked", self._embedding.xy[rows])

    def clear(self):
        """End selection, isolation, marks, neighbors and probe."""
        self._state.set_probe(None)
        self.mark([])
        self.show_neighbors(None)
        if self._state.selection is None:
            self._screen.redraw()
        else:
            self._select(None)

    def filter(self, conditions=(), columns=None):
        """Set conditions, as for `Explorer.filter`."""
        if conditions is None:
            conditions = dict.fromkeys(self._state.conditions)
        self._state.filter(check_conditions(conditions or None, columns or {}))
        self.filter_panel.show()
        self._screen.redraw()
        if self._state.selection is not None:
            self.show_selection()

    def show_neighbors(self, row, k=_N_NEIGHBORS):
        """Mark and list the points nearest to one in X, see `Explorer.show_neighbors`."""
        neighbors, probe, xy = None, self._state.probe, self._embedding.xy
        if row is not None and probe is not None and probe.row == row:
            neighbors = nearest_of(self._embedding, row, k, probe.values[:, 0])
        elif row is not None:
            neighbors = nearest_points(self._embedding, row, k)
        self._state.neighbors = neighbors
        point, rows, lines = [], [], []
        if neighbors is not None:
            point, rows = [row], neighbors.rows
            lines = [[*xy[row], *xy[other]] for other in rows[neighbors.far]]
        self._screen.mark("probed", xy[point])
        self._screen.mark("neighbors", xy[rows])
        self._screen.mark("lines", lines)
        self.neighbors_panel.show(neighbors)

    def _select_neighbors(self):
        neighbors = self._state.neighbors
        self._select([neighbors.row, *neighbors.rows])

    def show_selection(self):
        """Describe the selection in the background, and show it."""
        rows, panel = self._state.filtered_selection, self.selection_panel
        self.refine_panel.show(self._state.selection)
        if rows is None or not len(rows):
            self.describer.drop()
            panel.show(None, none_passes=rows is not None)
            return
        column, options = panel.column, {"basis": panel.basis, "against": panel.against}
        self.describer.compute(
            lambda progress: describe_selection(self._embedding, rows, column, **options),
            panel.show, "The selection could not be described",
        )

    def _check_selection(self, on_result):
        rows = self._state.selection
        self.refiner.compute(
            lambda progress: refine_selection(self._embedding, rows), on_result,
            "The selection could not be compared with X",
        )
