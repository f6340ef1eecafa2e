"""One of the explorer's maps: it reports pointer events, and shows marks."""

from pathlib import Path

import ipywidgets
import numpy as np

from ..live.map_widget import MapWidget
from ..live.pointer import MARKS
from ..live.view import View


class _ExplorerMap(MapWidget):
    _css = Path(__file__).with_name("explorer.css").read_text("utf-8")


class MapView(View):
    """A view without menus that reports to the explorer.

    Parameters
    ----------
    raster : Raster
    on_event : callable
        Called with pointer events; see `MapWidget` for what they hold.
    on_message : callable
        Called with a line of plain text, or an empty one.
    on_view : callable
        Called without arguments after another part of the map was drawn.
    tools : ipywidgets.ToggleButtons
        What a drag does, one of `pointer.TOOLS`. The page follows them, however busy the kernel is.
    **how
        As for `View`.
    """

    _widget_class = _ExplorerMap

    def __init__(self, raster, on_event, on_message, on_view, tools, **how):
        self._on_pointer, self._on_message, self._on_view = on_event, on_message, on_view
        self._drawn_ranges = None
        super().__init__(raster, controls=False, **how)
        self._tool_link = ipywidgets.jsdlink((tools, "index"), (self._map_widget, "tool"))

    def say(self, text):
        """Show a line of plain text in the explorer."""
        self._on_message(text)

    def mark(self, name, xy):
        """Put marks of a kind, one of `MARKS`, at `xy` and nowhere else.

        xy : (m, 2) float, or (m, 4) for "lines": both ends of each.
        """
        setattr(self._map_widget, name, np.asarray(xy, float).tolist())

    @property
    def how(self):
        """How the map is drawn: arguments of `show` by their name."""
        names = ("shading", "background", "point_size", "mixed")
        return {name: menu.value for name, menu in zip(names, self.menus, strict=True)}

    def copy_menus(self, other):
        """Look as another view does, from now on."""
        for mine, its in zip(self.menus, other.menus, strict=True):
            ipywidgets.link((its, "value"), (mine, "value"))
        self.shows_pictures = other.shows_pictures

    def move_with(self, other):
        """Show what another view shows, with its marks, and move together with it."""
        mine, its = self._map_widget, other._map_widget
        for name in MARKS:
            setattr(mine, name, getattr(its, name))
        self.zoom(*other.ranges)
        mine.group = its.group

    def move_alone(self):
        """Move with no other view any longer."""
        self._map_widget.group = self._map_widget.own_id

    def _on_drawn(self, error):
        if error is not None:
            super()._on_drawn(error)
        elif self.ranges != self._drawn_ranges:
            self._drawn_ranges = self.ranges
            self._on_view()
