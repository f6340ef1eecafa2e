"""A second map beside the first: other colors, the same part of the map, the same marks."""

from dataclasses import replace

import ipywidgets

from ..coloring import AXES
from ..layout import SIDE_OF_TWO_PX
from ..worker import Worker
from .color import ColorPanel


class ComparePanel(ipywidgets.VBox):
    """The tab with an explorer's second map.

    Parameters
    ----------
    state : ExplorerState
    make_map : callable
        ``make_map(coloring, size=…)`` returns a new `MapView`.
    on_change : callable
        Called without arguments when the second map has other colors.
    show_message : callable
        Called with a line of plain text.

    Attributes
    ----------
    map_view : MapView or None
        The second map while the tab is open and its colors are computed.
    worker : Worker
    axes_params : callable
        Returns what the tab Color says of values of one's own choice: there is no room for a second
        row of controls.
    """

    axes_params = staticmethod(dict)

    def __init__(self, state, make_map, on_change, show_message):
        self._state, self._make_map, self._on_change = state, make_map, on_change
        # The second map is made once, and hidden while the tab is closed.
        self._first_map = self._second_map = self.map_view = None
        self.worker = Worker(show_message)
        axes = state.entries[AXES]
        entries = {**state.entries, AXES: replace(axes, title=f"{axes.title}, as in Color")}
        self._color = ColorPanel(entries, state.embedding.X.shape, with_controls=False)
        self._color.on_change = self._compute
        super().__init__([self._color, self.worker.bar])

    @property
    def is_open(self):
        """Whether the tab is open."""
        return self._first_map is not None

    def start(self, first_map):
        """Compare with a `MapView`, at first by the next entry of the menu."""
        self._first_map = first_map
        base = self._state.base.entry
        if base is not None and self._color.entry.name == base.name:
            names = list(self._state.entries)
            next_index = (names.index(self._color.entry.name) + 1) % len(names)
            self._color.choose(names[next_index], {})
        if self._second_map is not None:
            self._link()
        self._compute()

    def stop(self):
        """Stop comparing, and free everything that the second map's colors were computed from."""
        self.worker.drop()
        map_view, self._first_map, self.map_view = self.map_view, None, None
        self._state.drop_other()
        if map_view is not None:
            map_view.unlink_ranges()

    def _compute(self):
        entry, params, first_map = self._color.entry, self._color.params, self._first_map
        if entry.name == AXES:
            params = params | self.axes_params()
        if first_map is None:  # the message of a slow page, after the tab was closed
            return
        view = (*first_map.ranges, first_map.size)
        self.worker.compute(
            lambda progress: self._state.compute("other", entry, params, progress, view=view),
            self._show, entry.title,
        )

    def _show(self, coloring):
        self._state.other = coloring
        if self._second_map is None:
            self._second_map = self._make_map(coloring, size=SIDE_OF_TWO_PX)
            self._second_map.link_menus(self._first_map)
            self.children = [*self.children, self._second_map]
            self._link()
        self._on_change()

    def _link(self):
        self.map_view = self._second_map
        self.map_view.names = self._first_map.names
        self.map_view.link_ranges(self._first_map)
