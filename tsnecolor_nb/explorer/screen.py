"""The display of an explorer: one map or two, marks on them, a status line, the card of a point."""

from html import escape

import ipywidgets
import numpy as np

from ..picture.raster import Raster
from ..picture.thumbs import has_pictures
from ..selection.outline import points_in_polygon
from .map_view import MapView
from .panels.compare import ComparePanel
from .panels.names import NamesControl
from .panels.point_card import PointCard
from .panels.widgets import IN_COLUMN, set_visible

_MIN_VIEW = 0.02  # of the map's width: the smallest view around points that are shown


class Screen:
    """Shows an `ExplorerState`.

    Parameters
    ----------
    state : ExplorerState
        Its `base` is shown first.
    tools : ipywidgets.ToggleButtons
        As for `MapView`.
    background : "auto", "white", "black" or (r, g, b)

    Attributes
    ----------
    first_map : MapView
    compare : ComparePanel
        It has the second map.
    names : NamesControl
    menus : list of widgets
        How maps are drawn.
    status : ipywidgets.HTML
    card : PointCard
    on_pointer : callable
        Called with a pointer event of a map, see `MapWidget`.
    on_view, on_redraw : callable
        Called without arguments after another part of the map was drawn, and after `redraw`.
    """

    def __init__(self, state, tools, background):
        self._state, self._xy = state, state.embedding.xy
        self._tools, self._background = tools, background
        self.on_pointer = self.on_view = self.on_redraw = lambda *event: None
        self._view_is_empty = False
        self.status = ipywidgets.HTML(layout={"flex": "1 1 0", "min_width": "0"})
        self.status.add_class("tsnecolor-status")
        self.card = PointCard(state.embedding)
        self.compare = None  # a map may report before there is one
        self.first_map = self._make_map(state.base)
        self.names = NamesControl(state, lambda: self.maps, self.show_message)
        self.compare = ComparePanel(state, self._make_map, self.redraw, self.show_message)
        for menu in self.first_map.menus:
            menu.style.description_width, menu.layout.width = "7em", "auto"
        self._pictures = ipywidgets.Checkbox(
            value=True, description="pictures in place",
            tooltip="Draw points as their pictures where few are in view", **IN_COLUMN,
        )
        set_visible(self.first_map.shows_pictures, self._pictures)
        self._pictures.observe(self._on_pictures, "value")
        self.menus = [*self.first_map.menus, self.names.menu, self._pictures]
        self.show_status()

    def _make_map(self, coloring, **options):
        embedding = self._state.embedding
        if has_pictures(embedding):
            options["pictures"] = embedding.pictures
        return MapView(
            Raster(embedding.xy, coloring.srgb8, coloring.categorical),
            lambda event: self.on_pointer(event), self.show_message, self._follow_view,
            self._tools, background=self._background, **options,
        )

    @property
    def maps(self):
        """The maps in the page, a list of one or two `MapView`."""
        second_map = None if self.compare is None else self.compare.map_view
        return [self.first_map] + ([] if second_map is None else [second_map])

    def zoom(self, x_range=None, y_range=None):
        """Show another part of the map, all of it without ranges."""
        for view in self.maps:
            view.zoom(x_range, y_range)

    def zoom_to(self, rows):
        """Show some points with a margin."""
        xy = self._xy[rows]
        x0, x1, *_ = self.first_map.raster.extent
        center, half = (xy.min(axis=0) + xy.max(axis=0)) / 2, np.ptp(xy, axis=0) / 2
        half = max(1.1 * half.max(), _MIN_VIEW * (x1 - x0))
        self.zoom(*((float(c - half), float(c + half)) for c in center))

    def mark(self, kind, xy):
        """Replace the marks of a kind on all maps, see `MapView.mark`."""
        for view in self.maps:
            view.mark(kind, xy)

    def redraw(self):
        """Show the colors that follow from the state, and everything that depends on them."""
        background, shown, other = self.first_map.background, self._state.shown, self._state.other
        for view, coloring in zip(self.maps, (shown, other), strict=False):
            if coloring is not None:
                view.recolor(self._state.displayed(coloring, background), coloring.categorical)
        self.names.update()
        self.show_status()
        self.show_point()
        self.on_redraw()

    def show_point(self):
        """Show the card of the hovered point."""
        colorings = (self._state.shown, self._state.other)
        self.card.show(self._state.hovered, [one for one in colorings if one is not None])

    def show_status(self):
        """Show what is on the first map in the status line."""
        state, n = self._state, f"{len(self._xy):,}"
        n_passing = None if state.passing is None else f"{np.count_nonzero(state.passing):,}"
        parts = [f"<b>{escape(state.shown.title)}</b>"]
        if state.isolated is not None:
            parts.append("one color alone")
        if state.shown.view is not None:
            parts.append("colors fitted to this view")
        if state.selection is not None:
            parts.append(f"{len(state.selection):,} of {n} points selected")
            if n_passing is not None:
                parts.append(f"{len(state.filtered_selection):,} of these pass the filter")
        elif n_passing is not None:
            parts.append(f"{n_passing} of {n} points pass the filter")
        else:
            far = self.first_map.far_points if self.first_map.n_far else None
            parts.append(f"{n} points" + (f", {far} outside of the first view" if far else ""))
        if self._view_is_empty:
            parts.append("none in this view")
        self.status.value = " · ".join(parts)

    def show_message(self, text):
        """Show an error or another line of plain text in the status line; "" shows the status."""
        if text:
            self.status.value = f"<span class='tsnecolor-error'>{escape(str(text))}</span>"
        else:
            self.show_status()

    def _follow_view(self):
        view_is_empty = not len(points_in_polygon(self._xy, np.transpose(self.first_map.ranges)))
        if view_is_empty != self._view_is_empty:
            self._view_is_empty = view_is_empty
            self.show_status()
        self.on_view()

    def _on_pictures(self, change):
        for view in self.maps:
            view.shows_pictures = change["new"]
