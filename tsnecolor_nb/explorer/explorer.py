"""The explorer: one widget in which a person explores an embedding by color."""

from html import escape
from pathlib import Path

import ipywidgets
import numpy as np
import traitlets

from ..arrays.files import check_writable
from ..data.save import save_picture
from ..legend.page_entries import page_entries, write_embedding_page
from ..live.background import Background
from ..live.kernel import running_loop
from ..live.pointer import rows_inside
from ..picture.raster import Raster
from ..picture.still import Picture, beside
from ..picture.thumbs import has_pictures
from ..selection.describe import describe_selection
from ..selection.filter import check_conditions
from ..selection.neighbors import nearest_of, nearest_points
from ..selection.refine import refine_selection
from ..standalone.page import PAGE_SUFFIXES, PageColoring
from .as_code import explorer_code
from .coloring import explain_coloring
from .export import TABLES, save_points, tables_of
from .layout import COMPARE, Layout, Tabs, Toolbar
from .map_view import MapView
from .panels.color import ColorPanel
from .panels.compare import ComparePanel
from .panels.filter import FilterPanel
from .panels.legend import LegendPanel
from .panels.names import Naming
from .panels.neighbors import NeighborsPanel
from .panels.point_card import PointCard
from .panels.refine import RefinePanel
from .panels.save import SavePanel
from .panels.search import SearchPanel
from .panels.selection import SelectionPanel
from .state import ExplorerState, Selections

_LEGENDS = 360, 540, 720  # pixels: widths of a legend beside a still picture, if it is not higher
_NEAR = 0.02  # of the map's width: how much is seen around a point that one goes to
_VIEW_SETTLE_S = 0.25  # without a move, after which colors follow the view
_NEIGHBORS = 10  # of a point that was clicked
_MARKS = 2000  # more rings than this are no marks anymore


class _Rows(traitlets.TraitType):
    """Rows of an explorer's points, a tuple: unlike arrays, it can be compared and linked."""

    default_value = ()

    def validate(self, explorer, value):
        return tuple(explorer.state.selected_by(value).tolist())


class Explorer(Layout):
    """A map to explore by color. Made by `explore`.

    Parameters
    ----------
    embedding : Embedding
    name : str
        What colors it at first.
    params : dict
        What differs from the defaults of that.
    background : "auto", "white", "black" or (r, g, b)

    Attributes
    ----------
    embedding : Embedding
    state : ExplorerState
        What is chosen, and the colors that follow from it.
    hovered : int or None
        The point that is marked.
    selected : tuple of int
        Selected rows, ascending; empty while nothing is selected. A trait: other widgets may
        `observe`, `link` and set it, also to an array, a mask or None.
    """

    selected = _Rows()

    _workers, _compare, _view_timer = (), None, None  # what failed half way is closed, too

    def __init__(self, embedding, name, params, *, background="auto"):
        self.embedding, self.state, self.hovered = embedding, ExplorerState(embedding), None
        self._legend = self._legend_of = self._view_timer = None
        entry = self.state.entry(name)
        self._workers = [Background(collapse=True) for _ in range(5)]
        self._painter, self._explainer, self._describer, self._saver, self._refiner = self._workers
        self._painter.on_cancel = lambda: self._show_message("Cancelled: the colors are unchanged.")
        self._color = ColorPanel(self.state.entries, embedding.X.shape, self._recompute)
        self._color.choose(entry.name, params)
        self.state.set_base(self.state.compute("base", entry, self._color.params))
        self._toolbar = Toolbar(self.zoom, self.clear)
        self._map = self._make_map(self.state.base, background)
        self._naming = Naming(embedding, lambda: self.state.shown, self._map, self._show_message)
        self._toolbar.children = (*self._toolbar.children, self._naming.button)
        self._workers.append(self._naming.worker)
        self._compare = ComparePanel(
            self.state,
            lambda coloring, **how: self._make_map(coloring, background, **how),
            self._redraw, self._show_message,
        )
        self._legend_panel = LegendPanel(self._on_isolate, self._on_clip)
        self._refine_panel = RefinePanel(
            embedding, self._refine, self.select, self.mark, self.go_to
        )
        self._selection_panel = SelectionPanel(
            embedding, self.go_to, lambda: self.select(None),
            selections=self.state.selections, on_select=self.select,
            on_against=self._show_selection, check=self._refine_panel,
        )
        self._filter_panel = FilterPanel(
            self.state, self.filter, lambda: self.select(self.state.passing), self._show_message
        )
        self._search_panel = SearchPanel(embedding, self.mark, self._zoom_to)
        self._neighbors_panel = NeighborsPanel(
            embedding, self.go_to, self._select_neighbors, self._save_neighbors
        )
        self._status = ipywidgets.HTML(layout={"flex": "1 1 0", "min_width": "0"})
        self._status.add_class("tsnecolor-status")
        bars = [worker.bar for worker in self._workers]
        self._save_panel = SavePanel(
            self._on_save, lambda: self.code(), tables=TABLES, name=embedding.name
        )
        tabs = Tabs(
            {
                "Color": self._color_tab(),
                "Legend": self._legend_panel,
                "Selection": self._selection_panel,
                "Filter": self._filter_panel,
                "Find": ipywidgets.VBox([
                    self._search_panel, ipywidgets.HTML("<hr>"), self._neighbors_panel
                ]),
                "Save": self._save_panel,
                COMPARE: self._compare,
            },
            self._on_tab,
            kept=COMPARE,
        )
        status = ipywidgets.HBox([self._status, *bars])
        card = PointCard(embedding)
        super().__init__(self._toolbar, self._map, status, tabs, card)
        self._caption()

    def _make_map(self, coloring, background, **how):
        raster = Raster(self.embedding.xy, coloring.srgb8, coloring.categorical)
        if has_pictures(self.embedding):
            how["pictures"] = self.embedding.pictures
        return MapView(
            raster, self._on_pointer, self._show_message, self._on_view, self._toolbar.tools,
            background=background, **how,
        )

    def _color_tab(self):
        for menu in self._map.menus:
            menu.style.description_width, menu.layout.width = "7em", "auto"
        self._map.on_background = self._on_background
        self._fit = ipywidgets.Checkbox(
            description="fit colors to this view", description_allow_html=False,
            style={"description_width": "7em"}, layout={"width": "auto"},
            tooltip="Spend all colors on the points that are on screen",
        )
        self._fit.observe(lambda _: self._recompute(), "value")
        line = ipywidgets.HTML("<hr>")
        self._in_place = ipywidgets.Checkbox(
            value=True, description="pictures in place", description_allow_html=False,
            style={"description_width": "7em"}, layout={"width": "auto"},
            tooltip="Draw points as their pictures where few are in view",
        )
        self._in_place.layout.display = None if self._map.shows_pictures else "none"
        self._in_place.observe(self._on_in_place, "value")
        menus = *self._map.menus, self._naming.menu, self._in_place
        return ipywidgets.VBox([self._color, self._fit, line, *menus])

    def hover(self, row):
        """Mark a point and show what is known of it; None takes the mark away."""
        row = None if row is None else self.state.checked_row(row)
        if row != self.hovered:
            self.hovered = row
            for view in self._maps:
                view.mark("hovered", self.embedding.xy[[] if row is None else [row]])
            self._show_point()

    def go_to(self, row):
        """Mark a point and show what lies around it."""
        self.hover(row)
        self._zoom_to([row])

    def mark(self, rows):
        """Put a small ring on some points, at most 2,000 of them, and on no others."""
        rows = np.asarray(rows, dtype=np.int64)
        if len(rows) > _MARKS:
            self._show_message(f"{len(rows):,} points are too many to mark, and are selected.")
            self.select(rows)
            rows = rows[:0]
        for view in self._maps:
            view.mark("marked", self.embedding.xy[rows])

    def color_by(self, name, **params):
        """Color all points by a technique, a column or axes of your choice, and wait for it.

        Parameters
        ----------
        name : str
            A name in `TECHNIQUES`, that of a column of the metadata, or ``"axes"``.
        **params
            Such as ``argmax__absolute=True``; of a column ``kind="labels"``; of axes up to three as
            for `axis_colors`: ``first="component 1"``, ``second=…``, ``third=…``.

        Raises
        ------
        ValueError
            If there is no such name or parameter; the old colors then stay.
        """
        entry = self.state.entry(name)
        self._painter.drop()
        before = self._color.entry.name, self._color.params
        self._color.choose(entry.name, params)
        try:
            coloring = self.state.compute("base", entry, self._color.params)
        except Exception:
            self._color.choose(*before)
            raise
        self._computed(entry, coloring, None)

    def name_by(self, by):
        """Show names of the map's regions, and wait for them.

        Parameters
        ----------
        by : str, array_like, mapping or None
            "colors": of the labels that the colors stand for, and else as for `map_names`. None
            shows no names.

        Raises
        ------
        ValueError
            If `by` does not fit; what was shown before then stays.
        """
        self._naming.name_by(by)

    def select(self, rows, mode="replace"):
        """Let some points keep their colors and turn the rest grey; None ends it.

        Parameters
        ----------
        rows : sequence of int, (n,) of bool, or None
            Which points, as numbers in any order or as a mask.
        mode : {"replace", "add", "remove"}
            Whether they are all that is selected, join what is, or are taken away from it.
        """
        self.selected = self.state.selected_by(rows, mode)

    @traitlets.observe("selected")
    def _on_selected(self, change):
        self.state.select(change["new"])
        self._redraw()
        self._show_selection()

    @property
    def selections(self):
        """Named selections: a dict from a name to rows, which can be set and changed."""
        return self.state.selections

    @selections.setter
    def selections(self, named):
        fresh = Selections(len(self.embedding))
        fresh.update(named)
        self.selections.data = fresh.data
        self.selections.on_change()

    def filter(self, conditions=(), /, **columns):
        """Turn points grey that do not meet a condition on each of some columns.

        What can't be seen in color is not picked by the mouse either; a search still finds it.

        Parameters
        ----------
        conditions, **columns : dict of conditions
            By column, as for `filter_points`: a tuple is a range, a list are labels, and None ends
            the filter of a column. Others stay. ``filter(None)`` ends all.
        """
        if conditions is None:
            conditions = dict.fromkeys(self.filters)
        self.state.filter(check_conditions(conditions or None, columns))
        self._filter_panel.show()
        self._redraw()
        if self.state.selection is not None:
            self._show_selection()

    @property
    def filters(self):
        """The conditions that points must meet, a dict by column; see `filter`."""
        return dict(self.state.conditions)

    def isolate(self, label):
        """Let one label keep its color and turn the rest grey; None ends it."""
        self.state.isolate(label)
        self._redraw()

    def probe(self, row, **clips):
        """Color all points by their distance to one, in X; None leads back to the colors before."""
        near = "bright" if self._map.background == "black" else "dark"
        self.state.set_probe(row, near=near, **clips)
        if row is not None:
            self._color.suggest(f"distance to point {row:,}")
        self._redraw()

    def show_neighbors(self, row, k=_NEIGHBORS):
        """Mark the points nearest to one in X, join it to those far away on the map, and list them.

        They are in ``state.neighbors``, as `NearestPoints`.

        Parameters
        ----------
        row : int or None
            The point; None ends it.
        k : int
            How many neighbors, 1 to the number of other points.
        """
        found, xy, probe = None, self.embedding.xy, self.state.probe
        if row is not None and probe is not None and probe.row == row:
            found = nearest_of(self.embedding, row, k, probe.values[:, 0])
        elif row is not None:
            found = nearest_points(self.embedding, row, k)
        self.state.neighbors = found
        rows = [] if found is None else found.rows
        lines = [] if found is None else [[*xy[row], *xy[one]] for one in rows[found.far]]
        for view in self._maps:
            view.mark("probed", xy[[] if found is None else [row]])
            view.mark("neighbors", xy[rows])
            view.mark("lines", lines)
        self._neighbors_panel.show(found)

    def clear(self):
        """End selection, isolation, marks, neighbors and probe; filters stay."""
        self.state.set_probe(None)
        self.mark([])
        self.show_neighbors(None)
        if self.selected:
            self.select(None)
        else:
            self._redraw()

    def zoom(self, x_range=None, y_range=None):
        """Show another part of the map, all of it unless ranges are given."""
        for view in self._maps:
            view.zoom(x_range, y_range)

    def wait(self):
        """Wait until nothing is being computed; for scripts and tests."""
        for worker in (*self._workers, self._compare.worker):
            worker.wait()

    def close(self):
        """Free what the kernel and the page hold; displayed again, it opens again."""
        for worker in self._workers:
            worker.drop()
        if self._view_timer is not None:
            self._view_timer.cancel()
        if self._compare is not None:
            self._compare.end()
        super().close()

    def picture(self, width=None, *, legend=True):
        """Draw what is on screen as a still picture.

        Parameters
        ----------
        width : int, optional
            Of the map in pixels, 1 to 8,000; as on screen unless given.
        legend : bool
            Whether what the colors mean stands beside it.

        Returns
        -------
        Picture
        """
        return self._picture(width, legend)

    def _picture(self, width=None, legend=True, background=None):
        pixels = self._map.pixels(width, background=background)
        if legend:
            drawn = [self.legend.picture(width).pixels for width in _LEGENDS]
            fitting = [one for one in drawn if len(one) <= len(pixels)]
            pixels = beside(pixels, (fitting or drawn[-1:])[0])
        return Picture(pixels, f"{self.state.shown.title}, {len(self.embedding):,} points")

    @property
    def legend(self):
        """What the colors of the first picture mean, as a `Legend`."""
        self._legend_of, self._legend = self.state.shown, self._explained()
        self._legend_panel.show(self._legend)
        return self._legend

    def _explained(self):
        coloring = self.state.shown
        if self._legend_of is coloring:
            return self._legend
        return explain_coloring(self.embedding, coloring)

    def save(self, path, width=2000, *, legend=True, overwrite=False):
        """Save what is on screen as a file, whole or not at all.

        Parameters
        ----------
        path : path
            ``.png`` for the picture; ``.html`` for a page that holds all points, their first eight
            columns of metadata and their pictures, in which they can be zoomed, searched and
            recolored without a kernel; ``.parquet``, ``.npy`` or ``.csv`` for a table of colors,
            labels or values, and the selection.
        width : int
            Of the picture in pixels, 1 to 8,000.
        legend : bool
            Whether what the colors mean stands below the picture.
        overwrite : bool
            Whether a file that stands there may be replaced.

        Returns
        -------
        Path

        Raises
        ------
        ValueError
            If the end of the path is unknown.
        OSError
            If there is such a file and `overwrite` is false, or it can't be written.
        """
        check_writable(path, overwrite)
        if Path(path).suffix.lower() in PAGE_SUFFIXES:
            return self._save_page(path, overwrite)
        if Path(path).suffix.lower() != ".png":
            return save_points(path, self.state, TABLES, overwrite=overwrite)
        explained = self.legend if legend else None
        return save_picture(path, self._map.pixels(width), legend=explained, overwrite=overwrite)

    def _save_page(self, path, overwrite):
        shown, other = self.state.shown, self.state.other
        colorings = [
            PageColoring(
                coloring.title, self.state.displayed(coloring), coloring.categorical,
                page_entries(explain_coloring(self.embedding, coloring)),
            )
            for coloring in (shown, other)
            if coloring is not None and (coloring is shown or coloring.title != shown.title)
        ]
        return write_embedding_page(
            path, self.embedding, colorings, overwrite=overwrite, selections=self.selections,
            **self._map.page_look,
        )

    def code(self):
        """Return the lines of Python that give exactly this coloring and view."""
        searched = self._search_panel
        chosen = self.state.selection
        by_search = chosen is not None and np.array_equal(chosen, searched.rows)
        text = searched.text if by_search else None
        return explorer_code(self.state, self._map, text=text, named_by=self._naming.by)

    def __repr__(self):
        return f"<Explorer of {self.embedding.name!r}, colored by {self.state.shown.title}>"

    def _still(self):
        self._map.hold_still()
        return self._picture(background=self._map.stored_background)._repr_mimebundle_()

    @property
    def _maps(self):
        maps = self._map, self._compare and self._compare.map_view
        return [one for one in maps if one is not None]

    def _redraw(self):
        """Give the pictures the colors that follow from all choices."""
        background = self._map.background
        shown = self.state.shown
        self._map.recolor(self.state.displayed(shown, background), shown.categorical)
        view, other = self._compare.map_view, self.state.other
        if view is not None and other is not None:
            view.recolor(self.state.displayed(other, background), other.categorical)
        self._naming.follow()
        self._caption()
        self._show_point()
        self._show_legend()

    def _caption(self):
        state, n = self.state, f"{len(self.embedding):,}"
        passing = None if state.passing is None else f"{np.count_nonzero(state.passing):,}"
        parts = [f"<b>{escape(state.shown.title)}</b>"]
        if state.isolated is not None:
            parts.append("one color alone")
        if state.shown.view is not None:
            parts.append("colors fitted to this view")
        if state.selection is not None:
            parts.append(f"{len(state.selection):,} of {n} points selected")
            if passing is not None:
                parts.append(f"{len(state.chosen):,} of these pass the filter")
        elif passing is not None:
            parts.append(f"{passing} of {n} points pass the filter")
        else:
            far = f", {self._map.far_points} outside of the first view" if self._map.n_far else ""
            parts.append(f"{n} points{far}")
        self._status.value = " · ".join(parts)

    def _show_message(self, text):
        if text:
            self._status.value = f"<span class='tsnecolor-error'>{escape(str(text))}</span>"
        else:
            self._caption()

    def _show_point(self):
        shown = self.state.shown, self.state.other
        self._card.show(self.hovered, [coloring for coloring in shown if coloring is not None])

    def _show_legend(self):
        """Explain the colors, in the background, if somebody looks at the legend."""
        coloring, panel = self.state.shown, self._legend_panel
        if self._legend_of is coloring:
            if self.state.isolated is None and panel.isolated is not None:
                panel.show(self._legend)
            return
        if self._tabs.selected != "Legend":
            return

        def done(legend, error):
            if error is not None:
                self._show_message(f"The colors could not be explained: {error}")
            elif coloring is self.state.shown:
                self._legend, self._legend_of = legend, coloring
                panel.show(legend)

        self._explainer.start(lambda progress: explain_coloring(self.embedding, coloring), done)

    def _show_selection(self):
        rows, panel = self.state.chosen, self._selection_panel
        self._refine_panel.show(self.state.selection)
        if rows is None or not len(rows):
            self._describer.drop()
            panel.show(None, none_passes=rows is not None)
            return

        def done(selection, error):
            if error is not None:
                self._show_message(f"The selection could not be described: {error}")
            else:
                panel.show(selection)

        column, how = panel.column, {"basis": panel.basis, "against": panel.against}
        self._describer.start(
            lambda progress: describe_selection(self.embedding, rows, column, **how), done
        )

    def _refine(self, on_found):
        rows = self.state.selection

        def done(found, error):
            if error is not None:
                self._show_message(f"The selection could not be compared with X: {error}")
            else:
                on_found(found)

        self._refiner.start(lambda progress: refine_selection(self.embedding, rows), done)

    def _recompute(self, *, keep_probe=False):
        """Color anew, in the background, by what the menu and the controls say."""
        entry, params = self._color.entry, self._color.params
        how = {"view": (*self._map.ranges, self._map.size), "fitted": self._fit.value}
        self._painter.start(
            lambda progress: self.state.compute("base", entry, params, progress, **how),
            lambda coloring, error: self._computed(entry, coloring, error, keep_probe),
        )

    def _computed(self, entry, coloring, error, keep_probe=False):
        if error is not None:
            self._show_message(f"{entry.title}: {error}")
            return
        self.state.set_base(coloring, keep_probe=keep_probe)
        self._redraw()

    def _on_tab(self, name):
        self.arrange(two=name == COMPARE)
        if name == COMPARE:
            self._compare.start(self._map)
        elif self._compare.is_open:
            self._compare.end()
            self._show_point()
        if name == "Save":
            self._save_panel.offer(tables_of(self.state))
        self._show_legend()

    def _on_pointer(self, event):
        try:
            if event["kind"] in ("hover", "tap"):
                row = self.state.nearest(event["x"], event["y"], event["unit"])
                self.hover(row)
                if event["kind"] == "tap" and row is not None:
                    self.probe(row)
                    self._find_neighbors(row)
            elif event["kind"] == "select":
                rows = rows_inside(self.embedding.xy, event["geometry"])
                if self.state.passing is not None:
                    rows = rows[self.state.passing[rows]]
                self.select(rows, event.get("mode", "replace"))
                if not self._compare.is_open and self.state.selection is not None:
                    self._tabs.selected = "Selection"
            elif event["kind"] == "escape":
                self.clear()
        except Exception as error:  # whatever it is, a person must see it
            self._show_message(error)

    def _find_neighbors(self, row):
        """Show the neighbors of a point that was clicked, if there are any."""
        n_others = len(self.embedding.complete()) - 1
        if not n_others:
            return
        self.show_neighbors(row, min(_NEIGHBORS, n_others))
        if self._tabs.selected in ("Color", "Selection"):
            self._tabs.selected = "Find"

    def _select_neighbors(self):
        found = self.state.neighbors
        self.select([found.row, *found.rows])

    def _save_neighbors(self):
        self._tabs.selected = "Save"
        self._save_panel.choose("neighbors")

    def _on_in_place(self, change):
        for view in self._maps:
            view.shows_pictures = change["new"]

    def _on_view(self):
        """Follow a view that has come to rest, where colors depend on it."""
        if not (self._fit.value or getattr(self._color.entry, "uses_view", False)):
            return
        if self._view_timer is not None:
            self._view_timer.cancel()
        loop = running_loop()
        if loop is not None:
            self._view_timer = loop.call_later(
                _VIEW_SETTLE_S, lambda: self._recompute(keep_probe=True)
            )

    def _on_background(self):
        if self.state.probe is not None:
            self.probe(self.state.probe.row)
        elif self.state.highlighted() is not None:
            self._redraw()

    def _on_isolate(self, rows):
        self.isolate(self._legend_panel.isolated)

    def _on_clip(self, low, high):
        """Follow the clips of the legend."""
        if self.state.probe is not None:
            self.probe(self.state.probe.row, low=low, high=high)
            return
        wanted = {"low": low, "high": high}
        clips = {
            param.name: wanted[param.name.rpartition("__")[2]]
            for param in self._color.entry.params
            if param.name.rpartition("__")[2] in wanted
        }
        self._color.choose(self._color.entry.name, self._color.params | clips)
        self._recompute()

    def _zoom_to(self, rows):
        """Show all of some points, and a little around them."""
        xy = self.embedding.xy[rows]
        x0, x1, *_ = self._map.raster.extent
        middle, half = (xy.min(axis=0) + xy.max(axis=0)) / 2, np.ptp(xy, axis=0) / 2
        half = max(1.1 * half.max(), _NEAR * (x1 - x0))
        self.zoom(*((float(m - half), float(m + half)) for m in middle))

    def _on_save(self, what, path, *, side, legend, overwrite):
        """Save in the background; the panel says when that is done."""
        check_writable(path, overwrite)

        def job(progress):
            progress("saving", 0.0)
            if what == "page":
                return self._save_page(path, overwrite)
            if what != "picture":
                return save_points(path, self.state, [what], overwrite=overwrite)
            explained = self._explained() if legend else None
            return save_picture(path, self._map.pixels(side), legend=explained, overwrite=overwrite)

        def done(path, error):
            self._save_panel.say(
                f"saved {path}" if error is None else error, is_error=error is not None
            )

        self._saver.start(job, done)


def explore(embedding, technique="pca_oklab", *, background="auto", **params):
    """Explore an embedding by color: one widget for everything this package knows.

    Parameters
    ----------
    embedding : Embedding
        From `load_glyphs` or `load_embedding`.
    technique : str
        A name in `TECHNIQUES`, that of a column of the metadata, or ``"axes"``, see
        `Explorer.color_by`. By default 3-D PCA in the perceptual cube: of what is there within
        seconds, it tells an eye most about far regions.
    background : "auto", "white", "black" or (r, g, b)
        What lies behind the points, as for `show`.
    **params
        First values of the technique's parameters, such as ``argmax__absolute=True``.

    Returns
    -------
    Explorer

    Raises
    ------
    ValueError
        If the technique or a parameter does not exist; the message lists those that do.
    """
    return Explorer(embedding, technique, params, background=background)
