"""A card that shows one point: its picture, its metadata, and what its color stands for."""

from html import escape

import ipywidgets

from ...live.html import cut
from ...picture.png import data_uri
from ...picture.thumbs import thumbs

_MAX_FIELDS = 7
_EMPTY = (
    "Move over the map to see a point. Click it to find its nearest neighbors in X and to color "
    "all points by their distance to it; Escape ends both."
)


class PointCard(ipywidgets.HTML):
    """Shows one point of an embedding or, while there is none, what to do.

    Parameters
    ----------
    embedding : Embedding
    """

    def __init__(self, embedding):
        super().__init__()
        self.add_class("tsnecolor-card")
        self._embedding = embedding
        self.show(None)

    def show(self, row, colorings=()):
        """Show a point, if there is one.

        Parameters
        ----------
        row : int or None
        colorings : sequence of Coloring
            One of each map.
        """
        self.value = f"<p>{_EMPTY}</p>" if row is None else self._html(row, colorings)

    def _html(self, row, colorings):
        fields = [field for coloring in colorings for field in coloring.axis_values(row)]
        fields += _metadata_fields(self._embedding.meta, row, _MAX_FIELDS - len(fields))
        items = "".join(
            f"<dt title='{escape(name)}'>{escape(name)}</dt>"
            f"<dd title='{escape(text)}'>{escape(text)}</dd>"
            for name, text in fields
        )
        lines = "".join(
            _color_line(row, coloring, with_title=len(colorings) > 1) for coloring in colorings
        )
        return f"{self._picture(row)}<div>{lines}<dl>{items}</dl></div>"

    def _picture(self, row):
        pictures = thumbs(self._embedding, [row])
        if pictures is None:
            return ""
        return f"<img alt='point {row:,}' src='{data_uri(pictures[0])}'>"


def _color_line(row, coloring, *, with_title):
    r, g, b = (int(channel) for channel in coloring.srgb8[row])
    text = coloring.describe(row)
    if with_title or not text:
        text = f"{coloring.title}: {text}" if text else coloring.title
    text = escape(text)
    return (
        f"<p title='{text} (rgb {r} {g} {b})'><i style='background: rgb({r}, {g}, {b})'></i>"
        f"{text} <small>rgb {r} {g} {b}</small></p>"
    )


def _metadata_fields(meta, row, n_max):
    """Return pairs of name and text: the first `n_max` columns of metadata, and the row number."""
    columns = meta.columns[:n_max]
    fields = [(str(name), _field_text(name, meta[name].iloc[row])) for name in columns]
    return [*fields, ("row", f"{row:,}")]


def _field_text(name, value):
    if name == "codepoint":
        try:
            return f"U+{int(value):04X}"
        except (TypeError, ValueError):
            pass  # a column of that name with something else in it
    return cut(str(value))
