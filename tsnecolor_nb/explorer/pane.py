"""One of the explorer's pictures: it tells what the mouse does, and shows marks."""

import ipywidgets

from ..live.view import View


class Pane(View):
    """A view without menus that tells the explorer what happens to it.

    Parameters
    ----------
    raster : Raster
    on_pointer : callable
        Called with what the mouse does; see `Frame` for what an event holds.
    say : callable
        Called with a line of plain text, or an empty one.
    on_view : callable
        Called without arguments after another part of the map was drawn.
    tools : ipywidgets.ToggleButtons
        What a drag does, one of `pointer.TOOLS`. The page follows them, however busy the kernel is.
    **how
        As for `View`.
    """

    _with_pointer = True

    def __init__(self, raster, on_pointer, say, on_view, tools, **how):
        self._tell, self._say, self._on_view = on_pointer, say, on_view
        self._marks, self._twin, self._drawn = {}, None, None
        super().__init__(raster, controls=False, **how)
        self._steered = ipywidgets.jsdlink((tools, "index"), (self._frame, "tool"))

    def say(self, text):
        """Show a line of plain text in the explorer."""
        self._say(text)

    def mark(self, name, xy):
        """Put marks of a kind, "point" or "found", at `xy` (m, 2) and nowhere else."""
        self._marks[name] = xy
        if self._live is not None:
            self._live.pointer.mark(name, xy)

    @property
    def how(self):
        """How the picture is drawn: arguments of `show` by their name."""
        names = ("shading", "background", "point_size", "mixed")
        return {name: menu.value for name, menu in zip(names, self.menus, strict=True)}

    def look_like(self, other):
        """Look as another pane does, from now on."""
        for mine, its in zip(self.menus, other.menus, strict=True):
            ipywidgets.link((its, "value"), (mine, "value"))

    def move_with(self, other):
        """Show what another pane shows, with its marks, and move together with it."""
        for name, xy in other._marks.items():
            self.mark(name, xy)
        self.zoom(*other.ranges)
        self.link(other)

    def link(self, twin):
        """Pan and zoom together with another pane; with None no longer."""
        self._twin = twin
        self._link_live()
        if twin is not None and twin._twin is not self:
            twin.link(self)

    def _link_live(self):
        other = None if self._twin is None else self._twin._live
        if self._live is not None:
            self._live.link(other)

    def _on_live(self):
        for name, xy in self._marks.items():
            self._live.pointer.mark(name, xy)
        self._link_live()
        if self._twin is not None:
            self._twin._link_live()

    def _on_pointer(self, event):
        self._tell(event)

    def _on_draw(self, error):
        if error is not None:
            super()._on_draw(error)
        elif self.ranges != self._drawn:
            self._drawn = self.ranges
            self._on_view()
