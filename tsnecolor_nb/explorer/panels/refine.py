"""A selection checked against X: suggestions of points to add and to leave out."""

import ipywidgets
import numpy as np

from ...arrays.chunks import sample_rows
from .picture_buttons import PictureButtons, example_entries
from .widgets import button, set_visible

_MAX_EXAMPLES = 8  # one row of pictures
_MAX_MARKS = 500  # more of them would hide the map
_INDENTED = {  # or its examples would be taken for those of the selection
    "border_left": "3px solid var(--jp-border-color2, #e0e0e0)", "padding": "0 0 0 6px",
    "margin": "0 0 6px",
}
_NO_ROWS = np.empty(0, np.intp)


class _Suggestion(ipywidgets.VBox):
    """The number of suggested points, buttons to accept and to mark them, and some of them."""

    def __init__(self, embedding, text, action, tooltip, on_accept, on_show, on_point):
        self._embedding, self._text_format, self._on_point = embedding, text, on_point
        self._text = ipywidgets.Label()
        self._examples = PictureButtons(self._on_click, label=f"examples to {action}", small=True)
        buttons = (
            button(action, tooltip, lambda: on_accept(self.rows), flex="none"),
            button(
                "show", f"put rings on them, at most {_MAX_MARKS}",
                lambda: on_show(self.rows[sample_rows(len(self.rows), _MAX_MARKS, 0)]), flex="none",
            ),
        )
        super().__init__(
            [ipywidgets.HBox([self._text, *buttons]), self._examples], layout=_INDENTED
        )
        self.show(_NO_ROWS)

    def show(self, rows):
        """Suggest other rows, (m,) int; hide the suggestion if there are none."""
        self.rows = rows
        set_visible(len(rows), self)
        self._text.value = self._text_format.format(len(rows))
        self._example_rows = rows[sample_rows(len(rows), _MAX_EXAMPLES, 0)]
        self._examples.entries = example_entries(self._embedding, self._example_rows)

    def _on_click(self, number):
        self._on_point(int(self._example_rows[number]))


class RefinePanel(ipywidgets.VBox):
    """Suggestions that bring a selection closer to X; hidden while nothing is selected.

    Parameters
    ----------
    embedding : Embedding
    on_check : callable
        Called with a function that is to be called with the `Refinement` of the selection.
    on_select : callable
        Called with the rows to be selected instead.
    on_mark : callable
        Called with rows to be marked.
    on_point : callable
        Called with the row number of an example that was clicked.

    Attributes
    ----------
    buttons : ipywidgets.HBox
        "check against X" and "undo", which are not among the children.
    accepted : (rows, names) or None
        How the selection was made, if by accepted suggestions: the (m,) int rows that were checked,
        and which fields of their `Refinement` were accepted, "torn" or "strangers" or both.
    """

    def __init__(self, embedding, on_check, on_select, on_mark, on_point):
        self._on_check, self._on_select, self.accepted = on_check, on_select, None
        self._rows = self._checked_rows = self._next = self._previous = None
        self._check = button(
            "check against X",
            "find points that are near to these in X but not on the map, and the reverse",
            self._start_check,
        )
        self._undo = button("undo", "restore the selection before", self._restore)
        self._text = ipywidgets.Label()
        self._torn = _Suggestion(
            embedding, "{:,} more near in X", "add", "add them to the selection",
            lambda rows: self._accept("torn", np.union1d(self._rows, rows)), on_mark, on_point,
        )
        self._strangers = _Suggestion(
            embedding, "{:,} near on the map only", "leave out", "remove them from the selection",
            lambda rows: self._accept("strangers", np.setdiff1d(self._rows, rows)),
            on_mark, on_point,
        )
        self.buttons = ipywidgets.HBox([self._check, self._undo])
        super().__init__([self._text, self._torn, self._strangers])
        self._reset()
        set_visible(False, self, self.buttons)

    def show(self, rows):
        """Show the buttons for the selected rows, (m,) int, or hide the panel for None.

        Suggestions stay if `rows` came from accepting one of them.
        """
        if rows is self._rows:
            return
        is_accepted = self._next is not None and np.array_equal(rows, self._next[0])
        if is_accepted:
            self._previous, self.accepted = (self._rows, self.accepted), self._next[1]
        self._rows, self._next = rows, None
        set_visible(rows is not None, self, self.buttons)
        set_visible(is_accepted, self._undo)
        if not is_accepted:
            self._reset()

    def _reset(self):
        self.accepted = self._previous = None
        set_visible(True, self._check)
        set_visible(False, self._undo)
        self._show_text("")
        for suggestion in (self._torn, self._strangers):
            suggestion.show(_NO_ROWS)

    def _start_check(self):
        rows = self._rows
        self._show_text("comparing with X …")
        self._on_check(
            lambda refinement: self._show_refinement(refinement) if self._rows is rows else None
        )

    def _show_refinement(self, refinement):
        self._checked_rows = self._rows
        set_visible(False, self._check)
        n_suggested = len(refinement.torn) + len(refinement.strangers)
        self._show_text(
            refinement.note or ("" if n_suggested else "the map is right about these points")
        )
        self._torn.show(refinement.torn)
        self._strangers.show(refinement.strangers)

    def _accept(self, name, rows):
        names = (name,)
        if self.accepted is not None and self.accepted[0] is self._checked_rows:
            names = (*self.accepted[1], name)
        self._next = rows, (self._checked_rows, names)
        getattr(self, f"_{name}").show(_NO_ROWS)
        self._on_select(rows)

    def _restore(self):
        rows, accepted = self._previous
        self._on_select(rows)
        self.accepted = accepted

    def _show_text(self, text):
        self._text.value = text
        set_visible(text, self._text)
