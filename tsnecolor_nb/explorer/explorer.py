"""The explorer: one widget to explore an embedding by color."""

import ipywidgets
import traitlets

from .color_control import ColorControl
from .coloring import AXES
from .layout import COMPARE, Layout, Tabs, Toolbar
from .panels.color import ColorPanel
from .picking import Picking
from .saving import Saving
from .screen import Screen
from .state import ExplorerState, Selections


class _Rows(traitlets.TraitType):
    """Row numbers of an explorer's points as a tuple, which unlike an array compares and links."""

    default_value = ()

    def validate(self, explorer, value):
        return tuple(explorer.state.combine(value).tolist())


class Explorer(Layout):
    """A map to explore by color. Made by `explore`.

    Parameters
    ----------
    embedding : Embedding
    name : str
        What colors it at first, see `color_by`.
    params : dict
        Those that differ from the defaults.
    background : "auto", "white", "black" or (r, g, b)

    Attributes
    ----------
    embedding : Embedding
    state : ExplorerState
        What is chosen, and the colors that follow from it.
    selected : tuple of int
        Selected rows, ascending; empty while nothing is selected. A trait: other widgets may
        `observe`, `link` and set it, also to an array, a mask or None.
    """

    selected = _Rows()

    # `close` is also called if the constructor fails.
    _workers, _screen, _color_control = (), None, None

    def __init__(self, embedding, name, params, *, background="auto"):
        self.embedding, self.state = embedding, ExplorerState(embedding)
        entry, panel = self.state.entry(name), ColorPanel(self.state.entries, embedding.X.shape)
        panel.choose(entry.name, params)
        self.state.set_base(self.state.compute("base", entry, panel.params))
        toolbar = Toolbar(self.zoom, self.clear)
        screen = self._screen = Screen(self.state, toolbar.tools, background)
        colors = self._color_control = ColorControl(self.state, screen, panel)
        picking = self._picking = Picking(
            self.state, screen, colors, select=self.select, open_tab=self._open_tab,
            save_neighbors=self._open_neighbors_to_save,
        )
        saving = self._saving = Saving(self.state, screen, colors, picking)
        self._workers = [
            colors.painter, colors.explainer, picking.describer, picking.refiner, saving.worker,
            screen.names.worker, screen.compare.worker,
        ]
        screen.compare.axes_params = lambda: panel.params_of(AXES)
        toolbar.children = (*toolbar.children, screen.names.button)
        tabs = Tabs(
            {
                "Color": ipywidgets.VBox(
                    [panel, colors.fit_to_view, ipywidgets.HTML("<hr>"), *screen.menus]
                ),
                "Legend": colors.legend_panel,
                "Selection": picking.selection_panel,
                "Filter": picking.filter_panel,
                "Find": picking.find_tab,
                "Save": saving.panel,
                COMPARE: screen.compare,
            },
            self._on_tab, persistent=COMPARE,
        )
        bars = [worker.bar for worker in self._workers if worker is not screen.compare.worker]
        status = ipywidgets.HBox([screen.status, *bars])
        super().__init__(toolbar, screen.first_map, status, tabs, screen.card)

    @property
    def hovered(self):
        """The row of the marked point, or None."""
        return self.state.hovered

    def hover(self, row):
        """Mark a point and show its metadata; None removes the mark."""
        self._picking.hover(row)

    def go_to(self, row):
        """Mark a point and zoom to it."""
        self._picking.go_to(row)

    def mark(self, rows):
        """Put a ring on some points, at most 2,000, and on no others; more are selected instead."""
        self._picking.mark(rows)

    def color_by(self, name, **params):
        """Color all points by a technique, a column or axes, and wait for it.

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
            If there is no such name or parameter; the colors do not change then.
        """
        self._color_control.color_by(name, params)

    def name_by(self, by):
        """Show names of the map's regions, and wait for them.

        Parameters
        ----------
        by : str, array_like, mapping or None
            "colors" for the labels that the colors stand for; otherwise as for `map_names`. None
            shows no names.

        Raises
        ------
        ValueError
            If `by` does not fit; the names do not change then.
        """
        self._screen.names.name_by(by)

    def select(self, rows, mode="replace"):
        """Let some points keep their colors and turn the others grey; None ends it.

        Parameters
        ----------
        rows : sequence of int, (n,) of bool, or None
            Row numbers in any order, or a mask.
        mode : {"replace", "add", "remove"}
            Whether they replace the selection, are added to it or are removed from it.
        """
        self.selected = self.state.combine(rows, mode)

    @traitlets.observe("selected")
    def _on_selected(self, change):
        self.state.select(change["new"])
        self._screen.redraw()
        self._picking.show_selection()

    @property
    def selections(self):
        """Named selections: a dict from a name to rows, which can be set and changed."""
        return self.state.selections

    @selections.setter
    def selections(self, selections):
        checked = Selections(len(self.embedding))
        checked.update(selections)
        self.selections.data = checked.data
        self.selections.on_change()

    def filter(self, conditions=(), /, **columns):
        """Turn points grey that do not meet a condition on each of some columns.

        Points that are grey cannot be picked by the mouse; a search still finds them.

        Parameters
        ----------
        conditions, **columns : dict of conditions
            By column, as for `filter_points`: a tuple is a range, a list are labels, and None
            removes the filter of a column. Other columns keep theirs. ``filter(None)`` removes all.
        """
        self._picking.filter(conditions, columns)

    @property
    def filters(self):
        """The conditions that points must meet, a dict by column; see `filter`."""
        return dict(self.state.conditions)

    def isolate(self, label):
        """Let one label keep its color and turn the others grey; None ends it."""
        self._color_control.isolate(label)

    def probe(self, row, **clips):
        """Color all points by their distance to one, in X; None restores the colors before."""
        self._color_control.probe(row, **clips)

    def show_neighbors(self, row, k=10):
        """Mark and list the points nearest to one in X; lines lead to those far away on the map.

        They are in ``state.neighbors``, as `NearestPoints`.

        Parameters
        ----------
        row : int or None
            The point; None ends it.
        k : int
            How many neighbors, 1 to the number of other points.
        """
        self._picking.show_neighbors(row, k)

    def clear(self):
        """End selection, isolation, marks, neighbors and probe; filters stay."""
        self._picking.clear()

    def zoom(self, x_range=None, y_range=None):
        """Show another part of the map, all of it without ranges."""
        self._screen.zoom(x_range, y_range)

    def wait(self):
        """Wait until nothing is being computed; for scripts and tests."""
        for worker in self._workers:
            worker.wait()

    def close(self):
        """Free the memory of the kernel and the page; if displayed again, it opens again."""
        for worker in self._workers:
            worker.drop()
        if self._color_control is not None:
            self._color_control.stop()
        if self._screen is not None:
            self._screen.compare.stop()
        super().close()

    def picture(self, width=None, *, legend=True):
        """Draw what is on screen as a still picture.

        Parameters
        ----------
        width : int, optional
            Of the map in pixels, 1 to 8,000; by default as on screen.
        legend : bool
            Whether the legend stands beside it.

        Returns
        -------
        Picture
        """
        return self._saving.picture(width, legend=legend)

    @property
    def legend(self):
        """The `Legend` of the first map's colors."""
        return self._color_control.legend

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
            Whether the legend stands below the picture.
        overwrite : bool
            Whether to replace a file that exists.

        Returns
        -------
        Path

        Raises
        ------
        ValueError
            If the suffix of the path is unknown.
        OSError
            If the file exists and `overwrite` is false, or it can't be written.
        """
        return self._saving.save(path, width, legend=legend, overwrite=overwrite)

    def code(self):
        """Return lines of Python that give the same colors and the same view."""
        return self._saving.code()

    def __repr__(self):
        return f"<Explorer of {self.embedding.name!r}, colored by {self.state.shown.title}>"

    def _still(self):
        self._map.hold_still()
        return self._saving.picture(background=self._map.stored_background)

    @property
    def _maps(self):
        return self._screen.maps

    def _open_tab(self, name, *, only_from=None):
        if only_from is None or self._tabs.selected in only_from:
            self._tabs.selected = name

    def _open_neighbors_to_save(self):
        self._open_tab("Save")
        self._saving.panel.choose("neighbors")

    def _on_tab(self, name):
        compare = self._screen.compare
        self.arrange(two=name == COMPARE)
        if name == COMPARE:
            compare.start(self._screen.first_map)
        elif compare.is_open:
            compare.stop()
            self._screen.show_point()
        if name == "Save":
            self._saving.offer_tables()
        self._color_control.legend_is_open = name == "Legend"
        self._color_control.update_legend()


def explore(embedding, technique="pca_oklab", *, background="auto", **params):
    """Explore an embedding by color: one widget for everything that this package can do.

    Parameters
    ----------
    embedding : Embedding
        From `load_glyphs` or `load_embedding`.
    technique : str
        A name in `TECHNIQUES`, that of a column of the metadata, or ``"axes"``, see
        `Explorer.color_by`. By default 3-D PCA in the perceptual cube: among the techniques that
        take seconds, the eye gets most about distant regions from it.
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
