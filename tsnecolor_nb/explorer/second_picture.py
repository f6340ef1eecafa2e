"""A second picture beside the first: other colors, the same part of the map, the same marks."""

import ipywidgets

from ..live.background import Background
from .layout import SIDE_OF_TWO
from .panels.color import ColorPanel


class SecondPicture(ipywidgets.VBox):
    """The room in which an explorer's second picture stands.

    Parameters
    ----------
    state : ExplorerState
    make_pane : callable
        ``make_pane(coloring, size=…)`` returns a new `Pane`.
    on_change : callable
        Called without arguments when there is another second picture, or none.
    say : callable
        Called with a line of plain text.

    Attributes
    ----------
    pane : Pane or None
        While somebody compares; at first not before its colors are known.
    worker : Background
    """

    def __init__(self, state, make_pane, on_change, say):
        self._state, self._make_pane = state, make_pane
        self._on_change, self._say = on_change, say
        self._first = self.pane = self._made = None
        self.worker = Background(collapse=True)
        self._panel = ColorPanel(
            state.entries, min(state.embedding.X.shape), self._compute, with_knobs=False
        )
        super().__init__([self._panel, self.worker.bar])

    @property
    def is_open(self):
        """Whether somebody compares."""
        return self._first is not None

    def compare_with(self, first):
        """Begin to compare with another pane, the first picture.

        Parameters
        ----------
        first : Pane
        """
        self._first = first
        if self._panel.entry is self._state.base.entry:
            names = list(self._state.entries)
            after = names.index(self._panel.entry.name) + 1
            self._panel.choose(names[after % len(names)], {})
        if self._made is not None:
            self._open()
        self._compute()

    def end(self):
        """Leave the picture and let go of everything it was computed from."""
        self.worker.forget()
        pane, self._first, self.pane = self.pane, None, None
        self._state.drop_other()
        if pane is not None:
            pane.link(None)

    def _compute(self):
        entry, params, first = self._panel.entry, self._panel.params, self._first
        if first is None:  # a page that is slow to follow
            return
        view = (*first.ranges, first.size)

        def done(coloring, error):
            if error is not None:
                self._say(f"{entry.title}: {error}")
            elif self._first is first:
                self._state.other = coloring
                self._show()

        self.worker.start(
            lambda progress: self._state.compute("other", entry, params, progress, view=view),
            done,
        )

    def _show(self):
        if self._made is None:
            self._made = self._make_pane(self._state.other, size=SIDE_OF_TWO)
            self._made.look_like(self._first)
            self.children = [*self.children, self._made]
            self._open()
        self._on_change()

    def _open(self):
        self.pane = self._made
        self.pane.move_with(self._first)
