"""The search box of the explorer."""

import ipywidgets
import numpy as np

from ...selection.search import as_codepoint, search
from .widgets import button, count_points, set_visible


class SearchPanel(ipywidgets.VBox):
    """A search box, the number of results, and buttons to zoom to them and to clear the search.

    Parameters
    ----------
    embedding : Embedding
    on_result : callable
        Called with the rows of the results, ascending; with an empty array when there are none any
        longer.
    on_zoom : callable
        Called with the rows of the results.

    Attributes
    ----------
    rows : (m,) int64
        The results.
    """

    def __init__(self, embedding, on_result, on_zoom):
        self._embedding, self._on_result = embedding, on_result
        self.rows = np.empty(0, dtype=np.int64)
        has_codepoints = "codepoint" in embedding.meta
        self._box = ipywidgets.Text(
            description="find", continuous_update=False,
            placeholder="shin, U+0634 or 国" if has_codepoints else "words",
            style={"description_width": "auto"}, layout={"width": "182px"},
        )
        self._status = ipywidgets.Label()
        self._zoom = button("zoom to", "show the results", lambda: on_zoom(self.rows), width="76px")
        self._clear = button(
            "clear", "clear the search", lambda: setattr(self._box, "value", ""), width="64px"
        )
        self._box.observe(lambda _: self._search(), "value")
        self._show_status("")
        super().__init__([ipywidgets.HBox([self._box, self._zoom, self._clear]), self._status])

    @property
    def text(self):
        """The text in the search box."""
        return self._box.value

    def _search(self):
        had_results, self.rows, status = len(self.rows) > 0, self.rows[:0], ""
        if self.text.strip():
            try:
                self.rows = search(self._embedding, self.text)
                status = _result_text(len(self.rows), self.text)
            except ValueError as error:
                status = str(error)
        self._show_status(status)
        if len(self.rows) or had_results:
            self._on_result(self.rows)

    def _show_status(self, text):
        self._status.value = text
        set_visible(text, self._status)
        self._zoom.disabled = not len(self.rows)
        self._clear.disabled = not self.text


def _result_text(n, text):
    if n:
        return f"{count_points(n)} found"
    codepoint = as_codepoint(text.strip())
    if codepoint is not None:
        return f"nothing found: no point is U+{codepoint:04X}"
    return "nothing found: no point has all these words"
