"""Legends and columns of an embedding for a page without a kernel."""

from dataclasses import replace

from ..colors.columns import column_colors
from ..picture.png import png
from ..picture.thumbs import has_pictures
from ..standalone.page import LegendEntry, PageColoring, write_page
from .explain import explain_column

_WIDTH = 300  # CSS pixels: as wide as the page's panel
_MAX_COLUMNS = 8


def page_entries(legend):
    """Return a `Legend` as a tuple of `LegendEntry`: one for each label, or one whole picture."""
    if legend.kind != "labels":
        picture = replace(legend, title="").picture(_WIDTH, pixel_ratio=2)
        return (LegendEntry("", png=picture.png()),)
    return tuple(
        LegendEntry(
            entry.name, tuple(map(int, entry.srgb8)),
            None if entry.picture is None else png(entry.picture, palette=True),
            f"{entry.count:,}",
        )
        for entry in legend.entries
    )


def write_embedding_page(path, embedding, colorings, **how):
    """Write a map as one HTML file with the first eight columns of its metadata, and its pictures.

    The columns are colorings as well, after those that are given. Everything else is as for
    `write_page`, which says what `how` may be.
    """
    meta = dict(list(embedding.meta.items())[:_MAX_COLUMNS])
    colorings = list(colorings)
    for column in meta.values():
        colored = column_colors(column)
        legend = page_entries(explain_column(embedding, colored))
        title, categorical = f"Metadata: {colored.name}", colored.kind == "labels"
        colorings.append(PageColoring(title, colored.srgb8, categorical, legend))
    pictures = embedding.pictures if has_pictures(embedding) else None
    return write_page(
        path, embedding.xy, colorings or [PageColoring("no colors")], columns=meta or None,
        pictures=pictures, title=embedding.name, **how,
    )
