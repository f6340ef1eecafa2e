"""A map of the explorer: it reports pointer events and shows marks."""

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
        What a drag does, one of `pointer.TOOLS`. They are linked in the page, so that a busy kernel
        delays nothing.
    **options
        As for `View`.
    """

    _widget_class = _ExplorerMap

    def __init__(self, raster, on_event, on_message, on_view, tools, **options):
        self._on_pointer, self._on_message, self._on_view = on_event, on_message, on_view
        self._drawn_ranges = None
        super().__init__(raster, controls=False, **options)
        self._tool_link = ipywidgets.jsdlink((tools, "index"), (self._map_widget, "tool"))

    def say(self, text):
        """Show a line of plain text in the explorer's status line, not below the map."""
        self._on_message(text)

    def mark(self, name, xy):
        """Replace the marks of a kind, one of `MARKS`.

        xy : (m, 2) float, or (m, 4) for "lines": both ends of each.
        """
        setattr(self._map_widget, name, np.asarray(xy, float).tolist())

    @property
    def options(self):
        """The values of the menus: arguments of `show` by name."""
        names = ("shading", "background", "point_size", "mixed")
        return {name: menu.value for name, menu in zip(names, self.menus, strict=True)}

    def link_menus(self, other):
        """Keep the menus equal to those of another view."""
        for menu, other_menu in zip(self.menus, other.menus, strict=True):
            ipywidgets.link((other_menu, "value"), (menu, "value"))
        self.shows_pictures = other.shows_pictures

    def link_ranges(self, other):
        """Show the same part of the map as another view, now and when one of both is moved.

        The marks of the other view are copied once.
        """
        for name in MARKS:
            setattr(self._map_widget, name, getattr(other._map_widget, name))
        self.zoom(*other.ranges)
        self._map_widget.group = other._map_widget.group

    def unlink_ranges(self):
        """End `link_ranges`."""
        self._map_widget.group = self._map_widget.own_id

    def _on_drawn(self, error):
        if error is not None:
            super()._on_drawn(error)
        elif self.ranges != self._drawn_ranges:
            self._drawn_ranges = self.ranges
            self._on_view()
