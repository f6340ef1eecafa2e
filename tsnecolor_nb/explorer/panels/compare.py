"""A second map beside the first: other colors, the same part of the map, the same marks."""

import ipywidgets

from ...live.background import Background
from ..layout import SIDE_OF_TWO_PX
from .color import ColorPanel


class ComparePanel(ipywidgets.VBox):
    """The tab with an explorer's second map.

    Parameters
    ----------
    state : ExplorerState
    make_map : callable
        ``make_map(coloring, size=…)`` returns a new `MapView`.
    on_change : callable
        Called without arguments when there are other colors.
    on_message : callable
        Called with a line of plain text.

    Attributes
    ----------
    map_view : MapView or None
        While the tab is open; at first not before its colors are computed.
    worker : Background
    """

    def __init__(self, state, make_map, on_change, on_message):
        self._state, self._make_map = state, make_map
        self._on_change, self._on_message = on_change, on_message
        self._first = self.map_view = self._made = None
        self.worker = Background(collapse=True)
        self._color = ColorPanel(
            state.entries, state.embedding.X.shape, self._compute, with_controls=False
        )
        super().__init__([self._color, self.worker.bar])

    @property
    def is_open(self):
        """Whether the tab is open."""
        return self._first is not None

    def start(self, first):
        """Begin to compare with the first `MapView`."""
        self._first = first
        if self._color.entry is self._state.base.entry:
            names = list(self._state.entries)
            after = names.index(self._color.entry.name) + 1
            self._color.choose(names[after % len(names)], {})
        if self._made is not None:
            self._open()
        self._compute()

    def end(self):
        """Stop comparing, and free everything that the second map was computed from."""
        self.worker.drop()
        map_view, self._first, self.map_view = self.map_view, None, None
        self._state.drop_other()
        if map_view is not None:
            map_view.move_alone()

    def _compute(self):
        entry, params, first = self._color.entry, self._color.params, self._first
        if first is None:  # a page that is slow to follow
            return
        view = (*first.ranges, first.size)

        def done(coloring, error):
            if error is not None:
                self._on_message(f"{entry.title}: {error}")
            elif self._first is first:
                self._state.other = coloring
                self._show()

        self.worker.start(
            lambda progress: self._state.compute("other", entry, params, progress, view=view),
            done,
        )

    def _show(self):
        if self._made is None:
            self._made = self._make_map(self._state.other, size=SIDE_OF_TWO_PX)
            self._made.copy_menus(self._first)
            self.children = [*self.children, self._made]
            self._open()
        self._on_change()

    def _open(self):
        self.map_view = self._made
        self.map_view.move_with(self._first)
