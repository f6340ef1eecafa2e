"""Names on the explorer's map: a button that shows them, and a menu of where they come from."""

import ipywidgets

from ...live.background import Background
from ...names.map_names import REGIONS, map_names

_COLORS, _OWN = "colors", "own"


class Naming:
    """Finds the names of an explorer's map, in the background, and puts them on it.

    Parameters
    ----------
    embedding : Embedding
    coloring : callable
        Returns the `Coloring` that is shown.
    view : View
        Gets the names.
    say : callable
        Called with a line of plain text if no names can be found.

    Attributes
    ----------
    button : ipywidgets.ToggleButton
        Whether names are shown.
    menu : ipywidgets.Dropdown
        Where they come from.
    worker : Background
    """

    def __init__(self, embedding, coloring, view, say):
        self._embedding, self._coloring, self._view, self._say = embedding, coloring, view, say
        self._shown, self._known = None, {}  # whose names the map has; those found before
        self.worker = Background(collapse=True)
        self.worker.on_cancel = lambda: setattr(self.button, "value", False)
        self.button = ipywidgets.ToggleButton(
            description="Names", layout={"width": "58px"},
            tooltip="Show names of regions on the map; the tab Color says where they come from",
        )
        columns = [] if embedding.meta is None else map(str, embedding.meta.columns)
        self._options = [
            ("of the map's regions", REGIONS), ("of the colors", _COLORS),
            *((f"column: {name}", f"column:{name}") for name in columns),
        ]
        self.menu = ipywidgets.Dropdown(
            options=self._options, description="names", description_allow_html=False,
            layout={"width": "auto"}, style={"description_width": "7em"},
            tooltip="What the names on the map are. Colors that are no labels have no names; then "
            "they are those of the regions",
        )
        self.button.observe(lambda _: self.follow(), "value")
        self.menu.observe(lambda _: self.follow(), "value")

    @property
    def by(self):
        """What the names on the map come from, "colors" or as for `map_names`; None for none.

        A mapping that code gave is not told.
        """
        if self._shown is None or self._shown == _OWN:
            return None
        return self._by(self._shown) if isinstance(self._shown, str) else _COLORS

    def name_by(self, by):
        """Show names by "colors" or anything that `map_names` takes, and wait; None ends them."""
        choice = None
        if isinstance(by, str):
            offered = [value for _, value in self._options]
            choice = by if by in offered else f"column:{by}"
            if choice not in offered:
                map_names(self._embedding, by)  # which says what there is
        elif by is not None:
            self._known[_OWN], choice = map_names(self._embedding, by), _OWN
            self.menu.options = [*self._options, ("my own", _OWN)]
        if choice is not None:
            self.menu.value = choice
        wanted = None if choice is None else self._wanted()
        names = self._known.get(wanted)
        if wanted is not None and names is None:
            names = map_names(self._embedding, self._by(wanted))
        self.worker.drop()
        self._put(wanted, names)
        self.button.value = wanted is not None

    def follow(self):
        """Show what the button, the menu and the colors ask for."""
        wanted = self._wanted() if self.button.value else None
        if wanted == self._shown:
            return
        self.worker.drop()
        if wanted is None or wanted in self._known:
            self._put(wanted, self._known.get(wanted))
            return

        def done(names, error):
            if error is None:
                self._put(wanted, names)
            else:
                self._say(f"No names were found: {error}")

        self._shown = wanted
        self.worker.start(lambda progress: map_names(self._embedding, self._by(wanted)), done)

    def _put(self, wanted, names):
        if isinstance(wanted, str):  # colors come and go
            self._known[wanted] = names
        self._shown, self._view.names = wanted, names

    def _wanted(self):
        """Return what names are asked for: a value of the menu, or a `Coloring` of labels."""
        if self.menu.value != _COLORS:
            return self.menu.value
        coloring = self._coloring()
        if coloring.labels is None:
            return REGIONS
        if coloring.column is not None:
            return f"column:{coloring.column.name}"
        return coloring

    def _by(self, wanted):
        if not isinstance(wanted, str):
            return wanted.srgb8
        columns = [] if self._embedding.meta is None else self._embedding.meta.columns
        return {f"column:{name}": name for name in columns}.get(wanted, REGIONS)
