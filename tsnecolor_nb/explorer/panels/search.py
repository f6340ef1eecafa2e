"""The search box of the explorer."""

import ipywidgets
import numpy as np

from ...selection.search import as_codepoint, search


class SearchPanel(ipywidgets.VBox):
    """A box to type into, how much was found, and buttons to go there or to forget it.

    Parameters
    ----------
    embedding : Embedding
    on_found : callable, optional
        Called with the row numbers found, ascending; with an empty array when nothing was, or
        when the search was cleared.
    on_zoom : callable, optional
        Called with the row numbers when the map is to go there.
    """

    def __init__(self, embedding, on_found=None, on_zoom=None):
        self._embedding, self._on_found = embedding, on_found
        self.rows = np.empty(0, dtype=np.int64)
        self._box = ipywidgets.Text(
            description="find", placeholder=_hint(embedding), continuous_update=False,
            style={"description_width": "auto"}, layout={"width": "182px"},
        )
        self._found = ipywidgets.Label("", layout={"display": "none"})
        self._zoom = ipywidgets.Button(
            description="zoom to", tooltip="show what was found", layout={"width": "76px"}
        )
        self._clear = ipywidgets.Button(
            description="clear", tooltip="forget the search", layout={"width": "64px"}
        )
        self._box.observe(lambda _: self._search(), "value")
        if on_zoom is not None:
            self._zoom.on_click(lambda _: on_zoom(self.rows))
        self._clear.on_click(lambda _: setattr(self._box, "value", ""))
        self._enable()
        super().__init__([ipywidgets.HBox([self._box, self._zoom, self._clear]), self._found])

    @property
    def text(self):
        """What was searched for."""
        return self._box.value

    def _search(self):
        before, self.rows = self.rows, self.rows[:0]
        if not self.text.strip():
            self._found.value = ""
        else:
            try:
                self.rows = search(self._embedding, self.text)
                self._found.value = _how_many(len(self.rows), self.text)
            except ValueError as error:
                self._found.value = str(error)
        self._enable()
        if self._on_found is not None and (len(self.rows) or len(before)):
            self._on_found(self.rows)

    def _enable(self):
        self._found.layout.display = None if self._found.value else "none"
        self._zoom.disabled = not len(self.rows)
        self._clear.disabled = not self.text


def _how_many(n, text):
    if n:
        return f"{n:,} point{'s' * (n != 1)} found"
    codepoint = as_codepoint(text.strip())
    if codepoint is not None:
        return f"nothing found: no point is U+{codepoint:04X}"
    return "nothing found: no point has all these words"


def _hint(embedding):
    has_codepoints = embedding.meta is not None and "codepoint" in embedding.meta
    return "arabic letter, U+0634 or 国" if has_codepoints else "words"
