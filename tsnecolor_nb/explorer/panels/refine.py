"""A selection checked against X: an offer to add what was torn away, and to leave out strangers."""

import ipywidgets
import numpy as np

from ...arrays.chunks import sample_rows
from ...picture.thumbs import captions, thumbs
from .picture_buttons import PictureButtons, button_entry

_EXAMPLES = 8  # one row of pictures
_RINGS = 500  # more of them would hide the map
_INSET = {  # else its examples would pass for those of the selection
    "border_left": "3px solid var(--jp-border-color2, #e0e0e0)", "padding": "0 0 0 6px",
    "margin": "0 0 6px",
}


class _Offer(ipywidgets.VBox):
    """A line that says how many points there are, what to do with them, and some of them."""

    def __init__(self, embedding, says, action, tooltip, on_accept, on_show, on_point):
        self._embedding, self._says, self._on_point = embedding, says, on_point
        self.rows = self._examples = np.empty(0, np.intp)
        self._text = ipywidgets.Label()
        accept = ipywidgets.Button(
            description=action, tooltip=tooltip, layout={"width": "auto", "flex": "none"}
        )
        show = ipywidgets.Button(
            description="show", tooltip="put rings on them, at most 500",
            layout={"width": "auto", "flex": "none"},
        )
        accept.on_click(lambda _: on_accept(self.rows))
        show.on_click(lambda _: on_show(self.rows[sample_rows(len(self.rows), _RINGS, 0)]))
        self._buttons = PictureButtons(self._click, label=f"examples to {action}", small=True)
        super().__init__(
            [ipywidgets.HBox([self._text, accept, show]), self._buttons], layout=_INSET
        )
        self.fill(self.rows)

    def fill(self, rows):
        """Offer other rows, (m,) int; none hides the offer."""
        self.rows = rows
        self.layout.display = None if len(rows) else "none"
        self._text.value = self._says.format(len(rows))
        self._examples = rows[sample_rows(len(rows), _EXAMPLES, 0)]
        pictures = thumbs(self._embedding, self._examples) if len(rows) else None
        self._buttons.entries = [] if pictures is None else [
            button_entry(picture=picture, hint=text)
            for picture, text in zip(
                pictures, captions(self._embedding, self._examples), strict=True
            )
        ]

    def _click(self, number):
        self._on_point(int(self._examples[number]))


class RefinePanel(ipywidgets.VBox):
    """Offers to make a selection true to X; hidden while nothing is selected.

    Parameters
    ----------
    embedding : Embedding
    on_check : callable
        Called with a function of a `Refinement`, which is to be called with that of the selection.
    on_select : callable
        Called with the rows to be selected instead.
    on_show : callable
        Called with rows to be marked.
    on_point : callable
        Called with the row number of an example that was clicked.

    Attributes
    ----------
    buttons : ipywidgets.HBox
        To be placed by whoever shows the panel.
    """

    def __init__(self, embedding, on_check, on_select, on_show, on_point):
        self._on_check, self._on_select = on_check, on_select
        self._before = self._wanted = None
        self._rows = ()  # neither rows nor None, so that the first call of `show` counts
        self._check = ipywidgets.Button(
            description="check against X", layout={"width": "auto"},
            tooltip="find what the map has torn away from these points, and what it put among them",
        )
        self._undo = ipywidgets.Button(
            description="undo", tooltip="select what was selected before", layout={"width": "auto"}
        )
        self._text = ipywidgets.Label()
        self._torn = _Offer(
            embedding, "{:,} more near in X", "add", "select them, too",
            lambda rows: self._change(np.union1d(self._rows, rows), self._torn), on_show, on_point,
        )
        self._strangers = _Offer(
            embedding, "{:,} near on the map only", "leave out", "no longer select them",
            lambda rows: self._change(np.setdiff1d(self._rows, rows), self._strangers),
            on_show, on_point,
        )
        self._check.on_click(lambda _: self._start())
        self._undo.on_click(lambda _: self._on_select(self._before))
        self.buttons = ipywidgets.HBox([self._check, self._undo])
        super().__init__([self._text, self._torn, self._strangers])
        self.show(None)

    def show(self, rows):
        """Show that other rows are selected, (m,) int, or none."""
        if rows is self._rows:
            return
        changed_here = self._wanted is not None and np.array_equal(rows, self._wanted)
        self._before = self._rows if changed_here else None
        self._rows, self._wanted = rows, None
        self.layout.display = self.buttons.layout.display = "none" if rows is None else None
        self._undo.layout.display = None if changed_here else "none"
        if not changed_here:
            self._check.layout.display = None
            self._say("")
            for offer in (self._torn, self._strangers):
                offer.fill(np.empty(0, np.intp))

    def _start(self):
        rows = self._rows
        self._say("comparing with X …")
        self._on_check(lambda found: self._found(found) if self._rows is rows else None)

    def _found(self, found):
        self._check.layout.display = "none"
        n_found = len(found.torn) + len(found.strangers)
        self._say(found.note or ("" if n_found else "the map is right about these points"))
        self._torn.fill(found.torn)
        self._strangers.fill(found.strangers)

    def _change(self, rows, offer):
        self._wanted = rows
        offer.fill(np.empty(0, np.intp))
        self._on_select(rows)

    def _say(self, text):
        self._text.value = text
        self._text.layout.display = None if text else "none"
