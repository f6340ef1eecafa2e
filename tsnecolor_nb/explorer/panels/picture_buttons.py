"""A list of small buttons with pictures, for the mouse or the keyboard."""

from pathlib import Path

import traitlets

from ...live.page_widget import PageWidget, script
from ...picture.png import data_uri
from ...picture.thumbs import captions, thumbs


class PictureButtons(PageWidget):
    """Buttons, each with a patch of color, a small picture and two lines of text.

    Parameters
    ----------
    on_click : callable, optional
        Called with the number of the button that was clicked.
    **traits
        ``entries``, from `button_entry`; ``label``, the name of the list for a screen reader;
        ``small`` for pictures without text; ``chosen``, the number of the marked button or -1.
    """

    _esm = script(Path(__file__).with_name("picture_buttons.js"))
    _css = Path(__file__).with_name("picture_buttons.css").read_text("utf-8")

    entries = traitlets.List(traitlets.Dict()).tag(sync=True)
    chosen = traitlets.Int(-1).tag(sync=True)
    label = traitlets.Unicode("").tag(sync=True)
    small = traitlets.Bool(False).tag(sync=True)

    def __init__(self, on_click=None, **traits):
        super().__init__(**traits)
        self._on_click = on_click
        self.on_msg(self._on_message)

    def _on_message(self, _, message, buffers):
        number = message.get("clicked")
        exists = isinstance(number, int) and 0 <= number < len(self.entries)
        if exists and self._on_click is not None:
            self._on_click(number)


def button_entry(name="", detail="", *, srgb8=None, picture=None, hint=""):
    """Return one entry of `PictureButtons`; all text is plain and shown as it is.

    Parameters
    ----------
    name, detail, hint : str
        The two lines, and the tooltip.
    srgb8 : (3,) uint8, optional
        The patch of color.
    picture : (h, w, 3) uint8, optional

    Returns
    -------
    dict
    """
    entry = {"name": str(name), "detail": str(detail), "hint": str(hint)}
    if srgb8 is not None:
        entry["color"] = "rgb({}, {}, {})".format(*map(int, srgb8))
    if picture is not None:
        entry["picture"] = data_uri(picture)
    return entry


def example_entries(embedding, rows):
    """Return entries with pictures of points and their texts as tooltips; [] without pictures."""
    pictures = thumbs(embedding, rows) if len(rows) else None
    if pictures is None:
        return []
    return [
        button_entry(picture=picture, hint=text)
        for picture, text in zip(pictures, captions(embedding, rows), strict=True)
    ]
