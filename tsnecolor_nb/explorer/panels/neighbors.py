"""The points nearest to one in X: a list with pictures, and what to do with them."""

import ipywidgets

from ...picture.text import format_number
from ...picture.thumbs import captions, thumbs
from .picture_buttons import PictureButtons, button_entry

_NOTHING = "Click a point of the map to find those that are nearest to it in X."


class NeighborsPanel(ipywidgets.VBox):
    """Shows `NearestPoints` to a person.

    Parameters
    ----------
    embedding : Embedding
    on_point : callable
        Called with the row number of a neighbor that was clicked.
    on_select, on_save : callable
        Called without arguments when the neighbors are to be selected, or saved.
    """

    def __init__(self, embedding, on_point, on_select, on_save):
        self._embedding, self._on_point, self._found = embedding, on_point, None
        self._text = ipywidgets.Label(_NOTHING)
        self._list = PictureButtons(self._click, label="nearest in X")
        select = ipywidgets.Button(
            description="select these", tooltip="select the point and these neighbors",
            layout={"width": "auto"},
        )
        save = ipywidgets.Button(
            description="save as table", tooltip="save these neighbors as a file",
            layout={"width": "auto"},
        )
        select.on_click(lambda _: on_select())
        save.on_click(lambda _: on_save())
        self._actions = ipywidgets.HBox([select, save])
        super().__init__([self._text, self._list, self._actions])
        self.show(None)

    def show(self, found):
        """Show `NearestPoints`, or how to find some."""
        self._found = found
        self._list.chosen = -1
        self._actions.layout.display = "none" if found is None else None
        if found is None:
            self._text.value, self._list.entries = _NOTHING, []
            return
        self._text.value = f"nearest in X to point {found.row:,}"
        pictures = thumbs(self._embedding, found.rows) or [None] * len(found)
        texts = captions(self._embedding, found.rows)
        self._list.entries = [
            _entry(text, distance, is_far, picture)
            for text, distance, is_far, picture in zip(
                texts, found.distance, found.far, pictures, strict=True
            )
        ]

    def _click(self, number):
        self._list.chosen = number
        self._on_point(int(self._found.rows[number]))


def _entry(text, distance, is_far, picture):
    detail = format_number(distance) + (" · far on map" if is_far else "")
    hint = f"{text}, at distance {format_number(distance)}"
    return button_entry(
        text, detail, picture=picture, hint=hint + (", far away on the map" if is_far else "")
    )
