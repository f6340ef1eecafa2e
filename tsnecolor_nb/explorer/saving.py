"""What an explorer can save: a picture, a page, tables, and the code that gives the same view."""

from pathlib import Path

import numpy as np

from ..arrays.files import check_writable
from ..data.save import save_picture
from ..legend.page_entries import page_entries, write_embedding_page
from ..picture.still import Picture, beside
from ..standalone.page import PAGE_SUFFIXES, PageColoring
from .as_code import SelectionSource, explorer_code
from .coloring import explain_coloring
from .panels.save import SavePanel
from .tables import TABLES, save_tables, tables_of
from .worker import Worker

_LEGEND_WIDTHS_PX = 360, 540, 720  # the first that makes the legend no higher than the map


class Saving:
    """Saves what an explorer shows.

    Parameters
    ----------
    state : ExplorerState
    screen : Screen
    color_control : ColorControl
        It has the legend.
    picking : Picking
        It knows how points were selected.

    Attributes
    ----------
    panel : SavePanel
    worker : Worker
    """

    def __init__(self, state, screen, color_control, picking):
        self._state, self._screen = state, screen
        self._color_control, self._picking = color_control, picking
        self.worker = Worker(screen.show_message)
        self.panel = SavePanel(
            self.save_in_background, self.code, tables=TABLES, name=state.embedding.name
        )

    def picture(self, width=None, *, legend=True, background=None):
        """Return the first map as a `Picture`; see `Explorer.picture` and `View.pixels`."""
        pixels, keep = self._screen.first_map.pixels(width, background=background), None
        if legend:
            explained = self._color_control.legend
            legends = [explained.picture(width).pixels for width in _LEGEND_WIDTHS_PX]
            fitting = [one for one in legends if len(one) <= len(pixels)]
            pixels = beside(pixels, (fitting or legends[-1:])[0])
            keep = explained.kept_colors
        n = len(self._state.embedding)
        return Picture(pixels, f"{self._state.shown.title}, {n:,} points", keep=keep)

    def save(self, path, width, *, legend, overwrite):
        """Save a file; the suffix of the path says which, see `Explorer.save`."""
        check_writable(path, overwrite)
        suffix = Path(path).suffix.lower()
        what = ["page"] if suffix in PAGE_SUFFIXES else ["picture"] if suffix == ".png" else TABLES
        return self._save(what, path, width, legend, overwrite)

    def save_in_background(self, what, path, *, side, legend, overwrite):
        """Save a file as `SavePanel` asks for it, and show the end there."""
        check_writable(path, overwrite)

        def job(progress):
            progress("saving", 0.0)
            return self._save([what], path, side, legend, overwrite)

        def on_end(path, error):
            failed = error is not None
            self.panel.show_status(error if failed else f"saved {path}", is_error=failed)

        self.worker.start(job, on_end)

    def _save(self, what, path, width, legend, overwrite):
        if what == ["page"]:
            return self._save_page(path, overwrite)
        if what != ["picture"]:
            return save_tables(path, self._state, what, overwrite=overwrite)
        return save_picture(
            path, self._screen.first_map.pixels(width), overwrite=overwrite,
            legend=self._color_control.explain() if legend else None,
        )

    def _save_page(self, path, overwrite):
        embedding, shown, other = self._state.embedding, self._state.shown, self._state.other
        colorings = [shown]
        if other is not None and other.title != shown.title:
            colorings.append(other)
        return write_embedding_page(
            path, embedding,
            [
                PageColoring(
                    coloring.title, self._state.displayed(coloring), coloring.categorical,
                    page_entries(explain_coloring(embedding, coloring)),
                )
                for coloring in colorings
            ],
            overwrite=overwrite, selections=self._state.selections,
            **self._screen.first_map.page_look,
        )

    def offer_tables(self):
        """Offer the tables that there is data for."""
        self.panel.show_tables(tables_of(self._state))

    def code(self):
        """Return lines of Python that give the same view; see `Explorer.code`."""
        rows, source = self._state.selection, None
        if rows is not None:
            checked_rows, accepted = self._picking.refine_panel.accepted or (rows, ())
            search = self._picking.search_panel
            text = search.text if np.array_equal(checked_rows, search.rows) else None
            drawn = self._picking.drawn(checked_rows)
            source = SelectionSource(checked_rows, text, accepted, drawn)
        screen = self._screen
        return explorer_code(self._state, screen.first_map, source, named_by=screen.names.by)
