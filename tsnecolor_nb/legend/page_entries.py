"""A legend as plain data, for a page without a kernel."""

from dataclasses import replace

from ..picture.png import png
from ..standalone.page import LegendEntry

_WIDTH = 300  # pixels: as wide as the page's panel


def page_entries(legend):
    """Return a `Legend` as a tuple of `LegendEntry`: one for each label, or one whole picture."""
    if legend.kind != "labels":
        picture = replace(legend, title="").picture(_WIDTH)
        return (LegendEntry("", png=png(picture.pixels, palette=True)),)
    return tuple(
        LegendEntry(
            entry.name, tuple(map(int, entry.srgb8)),
            None if entry.picture is None else png(entry.picture, palette=True),
            f"{entry.count:,}",
        )
        for entry in legend.entries
    )
