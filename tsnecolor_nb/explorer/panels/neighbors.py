"""The points nearest to one in X: a list with pictures, and buttons to select and save them."""

import ipywidgets

from ...picture.text import format_number
from ...picture.thumbs import captions, thumbs
from .picture_buttons import PictureButtons, button_entry
from .widgets import button, set_visible

_NOTHING = "Click a point of the map to find those that are nearest to it in X."


class NeighborsPanel(ipywidgets.VBox):
    """Shows `NearestPoints`.

    Parameters
    ----------
    embedding : Embedding
    on_point : callable
        Called with the row number of a neighbor that was clicked.
    on_select, on_save : callable
        Called without arguments when the neighbors are to be selected, or saved.
    """

    def __init__(self, embedding, on_point, on_select, on_save):
        self._embedding, self._on_point, self._neighbors = embedding, on_point, None
        self._text = ipywidgets.Label(_NOTHING)
        self._list = PictureButtons(self._on_click, label="nearest in X")
        self._buttons = ipywidgets.HBox([
            button("select these", "select the point and these neighbors", on_select),
            button("save as table", "save these neighbors as a file", on_save),
        ])
        super().__init__([self._text, self._list, self._buttons])
        self.show(None)

    def show(self, neighbors):
        """Show `NearestPoints` or, for None, how to find some."""
        self._neighbors = neighbors
        self._list.chosen = -1
        set_visible(neighbors is not None, self._buttons)
        if neighbors is None:
            self._text.value, self._list.entries = _NOTHING, []
            return
        self._text.value = f"nearest in X to point {neighbors.row:,}"
        pictures = thumbs(self._embedding, neighbors.rows) or [None] * len(neighbors)
        self._list.entries = [
            _entry(*fields) for fields in zip(
                captions(self._embedding, neighbors.rows), neighbors.distance, neighbors.far,
                pictures, strict=True,
            )
        ]

    def _on_click(self, number):
        self._list.chosen = number
        self._on_point(int(self._neighbors.rows[number]))


def _entry(text, distance, is_far, picture):
    detail, hint = format_number(distance), f"{text}, at distance {format_number(distance)}"
    if is_far:
        detail, hint = f"{detail} · far on map", f"{hint}, far away on the map"
    return button_entry(text, detail, picture=picture, hint=hint)
