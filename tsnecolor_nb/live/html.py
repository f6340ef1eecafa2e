"""HTML for widgets."""

from html import escape

from ..picture.png import data_uri

_LONGEST = 300  # characters


def img(pixels, alt, side=40):
    """Return an HTML image `side` CSS pixels high; `alt` is plain text and is escaped here."""
    return (
        f'<img src="{data_uri(pixels)}" alt="{escape(str(alt))}" title="{escape(str(alt))}" '
        f'style="height: {side}px; width: auto; image-rendering: pixelated; background: white">'
    )


def cut(text):
    """Return a text that a line of the page may hold, cut after `_LONGEST` characters."""
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]} …"
