"""One of the explorer's maps: it reports pointer events, and shows marks."""

from pathlib import Path

import ipywidgets

from ..live.map_widget import MapWidget
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

    _with_pointer = True
    _widget_class = _ExplorerMap

    def __init__(self, raster, on_event, on_message, on_view, tools, **how):
        self._on_event, self._on_message, self._on_view = on_event, on_message, on_view
        self._marks, self._linked, self._drawn_ranges = {}, None, None
        super().__init__(raster, controls=False, **how)
        self._tool_link = ipywidgets.jsdlink((tools, "index"), (self._map_widget, "tool"))

    def say(self, text):
        """Show a line of plain text in the explorer."""
        self._on_message(text)

    def mark(self, name, xy):
        """Put marks of a kind, "hovered" or "marked", at `xy` (m, 2) and nowhere else."""
        self._marks[name] = xy
        if self._live is not None:
            self._live.pointer.mark(name, xy)

    @property
    def how(self):
        """How the map is drawn: arguments of `show` by their name."""
        names = ("shading", "background", "point_size", "mixed")
        return {name: menu.value for name, menu in zip(names, self.menus, strict=True)}

    def copy_menus(self, other):
        """Look as another view does, from now on."""
        for mine, its in zip(self.menus, other.menus, strict=True):
            ipywidgets.link((its, "value"), (mine, "value"))

    def move_with(self, other):
        """Show what another view shows, with its marks, and move together with it."""
        for name, xy in other._marks.items():
            self.mark(name, xy)
        self.zoom(*other.ranges)
        self.link(other)

    def link(self, other):
        """Pan and zoom together with another view; with None no longer."""
        self._linked = other
        self._link_live()
        if other is not None and other._linked is not self:
            other.link(self)

    def _link_live(self):
        if self._live is not None:
            self._live.link(None if self._linked is None else self._linked._live)

    def _on_live(self):
        for name, xy in self._marks.items():
            self._live.pointer.mark(name, xy)
        self._link_live()
        if self._linked is not None:
            self._linked._link_live()

    def _on_pointer(self, event):
        self._on_event(event)

    def _on_draw(self, error):
        if error is not None:
            super()._on_draw(error)
        elif self.ranges != self._drawn_ranges:
            self._drawn_ranges = self.ranges
            self._on_view()
