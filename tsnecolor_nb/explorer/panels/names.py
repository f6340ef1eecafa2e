"""Names on the explorer's map: a button that shows them, and a menu of their sources."""

import ipywidgets

from ...names.map_names import REGIONS, map_names
from ..worker import Worker
from .widgets import IN_COLUMN

_COLORS, _FROM_CODE = "colors", "own"


class NamesControl:
    """Computes names for an explorer's map, in the background, and shows them.

    A source of names is a value of the menu or, for colors that are labels, their `Coloring`.

    Parameters
    ----------
    state : ExplorerState
    maps : callable
        Returns the maps in the page, a list of `MapView`.
    show_message : callable
        Called with a line of plain text.

    Attributes
    ----------
    button : ipywidgets.ToggleButton
        Whether names are shown.
    menu : ipywidgets.Dropdown
        Where they come from.
    worker : Worker
    """

    def __init__(self, state, maps, show_message):
        self._state, self._embedding, self._maps = state, state.embedding, maps
        self._source, self._cache = None, {}  # of the names on the map; names by source
        self.worker = Worker(show_message)
        self.worker.on_cancel = lambda: setattr(self.button, "value", False)
        self.button = ipywidgets.ToggleButton(
            description="Names", layout={"width": "58px"},
            tooltip="Show names of regions on the map; the tab Color says where they come from",
        )
        self._columns = {f"column:{name}": name for name in self._embedding.meta}
        self._options = [
            ("of the map's regions", REGIONS), ("of the colors", _COLORS),
            *((f"column: {name}", key) for key, name in self._columns.items()),
        ]
        self.menu = ipywidgets.Dropdown(
            options=self._options, description="names",
            tooltip="What the names on the map are. Colors that are no labels have no names; then "
            "the regions are named", **IN_COLUMN,
        )
        self.button.observe(self._on_change, "value")
        self.menu.observe(self._on_change, "value")

    @property
    def by(self):
        """The names' source, "colors" or as for `map_names`; None without names.

        It is also None if code passed a mapping or labels, which the explorer does not keep.
        """
        if self._source is None or self._source == _FROM_CODE:
            return None
        return self._by(self._source) if isinstance(self._source, str) else _COLORS

    def name_by(self, by):
        """Show names by "colors" or as for `map_names`, and wait; None shows none."""
        if by is None:
            self.button.value = False
            return
        keys, options = [value for _, value in self._options], self.menu.options
        if not isinstance(by, str):
            self._cache[_FROM_CODE], key = map_names(self._embedding, by), _FROM_CODE
            options = [*self._options, ("from code", _FROM_CODE)]
        else:
            key = by if by in keys else f"column:{by}"
            if key not in keys:
                map_names(self._embedding, by)  # raises an error that lists the columns
        self.menu.unobserve(self._on_change, "value")  # which would make them in the background
        self.menu.options = options
        self.menu.value = key
        self.menu.observe(self._on_change, "value")
        source = self._chosen_source()
        names = self._cache.get(source)
        if names is None:
            names = map_names(self._embedding, self._by(source))
        self._show(source, names)
        self.button.value = True

    def _on_change(self, change):
        self.update()

    def update(self):
        """Show the names that button, menu and colors ask for."""
        source = self._chosen_source() if self.button.value else None
        if source == self._source:
            return
        if source is None or source in self._cache:
            self._show(source, self._cache.get(source))
            return
        self._source = source
        self.worker.compute(
            lambda progress: map_names(self._embedding, self._by(source)),
            lambda names: self._show(source, names), "The names could not be computed",
        )

    def _show(self, source, names):
        self.worker.drop()
        if isinstance(source, str):  # colorings would stay in memory
            self._cache[source] = names
        self._source = source
        for map_view in self._maps():
            map_view.names = names

    def _chosen_source(self):
        if self.menu.value != _COLORS:
            return self.menu.value
        coloring = self._state.shown
        if coloring.labels is None:
            return REGIONS
        if coloring.column is not None:
            return f"column:{coloring.column.name}"
        return coloring

    def _by(self, source):
        """Return a source as `map_names` takes it."""
        if not isinstance(source, str):
            return source.srgb8
        return self._columns.get(source, REGIONS)
