"""A card that shows one point: its picture, what is known of it, and what its color stands for."""

from html import escape

import ipywidgets

from ...live.html import cut
from ...picture.png import data_uri
from ...picture.thumbs import thumbs

_FIELDS = 7
_EMPTY = (
    "Move over the map to see a point. Click it to find its nearest neighbors in X and to color "
    "all points by their distance to it; Escape leads back."
)


class PointCard(ipywidgets.HTML):
    """Shows one point of an embedding, or how to choose one.

    Parameters
    ----------
    embedding : Embedding
    """

    def __init__(self, embedding):
        super().__init__()
        self.add_class("tsnecolor-card")
        self._embedding, self._row = embedding, None
        self.show(None)

    def show(self, row, colorings=()):
        """Show a point, or how to choose one.

        Parameters
        ----------
        row : int or None
        colorings : sequence of Coloring
            What colors the pictures that show it.
        """
        self.value = f"<p>{_EMPTY}</p>" if row is None else self._html(row, colorings)

    def _html(self, row, colorings):
        chosen = [fact for coloring in colorings for fact in coloring.facts(row)]
        facts = "".join(
            f"<dt title='{escape(name)}'>{escape(name)}</dt>"
            f"<dd title='{escape(text)}'>{escape(text)}</dd>"
            for name, text in [*chosen, *_facts(self._embedding.meta, row, _FIELDS - len(chosen))]
        )
        lines = "".join(
            _color_line(row, coloring, with_title=len(colorings) > 1) for coloring in colorings
        )
        return f"{self._picture(row)}<div>{lines}<dl>{facts}</dl></div>"

    def _picture(self, row):
        pictures = thumbs(self._embedding, [row])
        if pictures is None:
            return ""
        return f"<img alt='point {row:,}' src='{data_uri(pictures[0])}'>"


def _color_line(row, coloring, *, with_title):
    r, g, b = (int(channel) for channel in coloring.srgb8[row])
    words = escape(coloring.describe(row))
    if with_title or not words:
        words = f"{escape(coloring.title)}: {words}" if words else escape(coloring.title)
    return (
        f"<p title='{words} (rgb {r} {g} {b})'><i style='background: rgb({r}, {g}, {b})'></i>"
        f"{words} <small>rgb {r} {g} {b}</small></p>"
    )


def _facts(meta, row, most):
    """Return name and text of each field of a point, `most` of them, and its row number."""
    facts = []
    if meta is not None:
        for name in list(meta.columns)[:most]:
            facts.append((str(name), _text(name, meta[name].iloc[row])))
    return [*facts, ("row", f"{row:,}")]


def _text(name, value):
    if name == "codepoint":
        try:
            return f"U+{int(value):04X}"
        except (TypeError, ValueError):
            pass  # a column of one's own that means something else
    return cut(str(value))
