"""The menu of everything that can color the points, with the controls of what is chosen."""

from html import escape

import ipywidgets

from ...live.cell_output import close_all
from ...live.controls import checked_params, parameter_controls
from ..coloring import Column

_LOOK = {"style": {"description_width": "7em"}, "layout": {"width": "auto"}}


class ColorPanel(ipywidgets.VBox):
    """Lets a person choose what colors the points, and how.

    Parameters
    ----------
    entries : dict
        `Technique`, `Axes` or `Column` by name.
    shape : (n, d) of int
        Of the data, which limits the parameters.
    on_change : callable
        Called without arguments when something else is chosen, or a control has moved.
    with_controls : bool
        Whether to show them.
    """

    def __init__(self, entries, shape, on_change, *, with_controls=True):
        self._entries, self._shape, self._on_change = entries, shape, on_change
        self._remembered = {}  # what was set before, by the name of an entry
        self._exact = {}  # what code set, which a slider may not show exactly
        self._quiet, self._suggested = False, []
        self._menu = ipywidgets.Dropdown(
            options=[(_title(entry), name) for name, entry in entries.items()],
            description="Color by", description_allow_html=False, **_LOOK,
        )
        self._about, self._controls = ipywidgets.HTML(), {}
        self._about.add_class("tsnecolor-about")
        self._box = ipywidgets.VBox()
        self._box.layout.display = None if with_controls else "none"
        self._about.layout.display = self._box.layout.display
        super().__init__([self._menu, self._about, self._box])
        self._menu.observe(lambda _: self._follow(), "value")
        self._show_entry()

    @property
    def entry(self):
        """What is chosen."""
        return self._entries[self._menu.value]

    @property
    def params(self):
        """The values by their parameter's name; exact ones where `choose` set them."""
        return {name: control.value for name, control in self._controls.items()} | self._exact

    def choose(self, name, params):
        """Choose an entry and set its controls, without a call of `on_change`.

        Parameters
        ----------
        name : str
        params : dict
            What differs from the defaults.

        Raises
        ------
        ValueError
            If there is no such parameter; what was chosen before then stays.
        """
        checked_params(self._entries[name], self._shape, params)
        self._remembered[name] = dict(params)
        self._quiet = True
        self._menu.value = name
        self._show_entry()
        self._quiet = False

    def suggest(self, text):
        """Offer a text first where one can be typed; the last three are kept."""
        self._suggested = [text, *(other for other in self._suggested if other != text)][:3]
        self._offer()

    def _offer(self):
        for param in self.entry.params:
            if param.typed:
                options = [*self._suggested, *param.choices.values()]
                self._controls[param.name].options = list(dict.fromkeys(options))

    def _follow(self):
        if not self._quiet:
            self._show_entry()
            self._on_change()

    def _show_entry(self):
        close_all(*self._controls.values())
        entry = self.entry
        self._exact = dict(self._remembered.get(entry.name, {}))
        self._about.value = _about(entry)
        self._controls = parameter_controls(entry, self._shape, self._exact, **_LOOK)
        self._box.children = list(self._controls.values())
        for name, control in self._controls.items():
            control.observe(lambda _, name=name: self._moved(name), "value")
        self._offer()
        self._hide_unused()

    def _hide_unused(self):
        if hasattr(self.entry, "in_use"):
            used = self.entry.in_use(self.params)
            for name, control in self._controls.items():
                control.layout.display = None if name in used else "none"

    def _moved(self, name):
        self._exact.pop(name, None)
        self._remembered[self.entry.name] = self.params
        self._hide_unused()
        self._on_change()


def _title(entry):
    return f"column: {entry.title}" if isinstance(entry, Column) else entry.title


def _about(entry):
    about = escape(entry.description)
    if entry.notebook is None:
        return about
    name = escape(entry.notebook)
    return f"{about} <a href='{name}' target='_blank' title='{name}'>Its notebook</a>"
