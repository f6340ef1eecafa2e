"""The menu of everything that can color the points, with the controls of the chosen entry."""

from html import escape

import ipywidgets

from ...live.cell_output import close_all
from ...live.controls import checked_params, parameter_controls
from ..coloring import Column
from .widgets import IN_COLUMN, set_visible


class ColorPanel(ipywidgets.VBox):
    """A menu of entries, each with its description and a control for each of its parameters.

    Parameters
    ----------
    entries : dict
        `Technique`, `Axes` or `Column` by name.
    shape : (n, d) of int
        Of the data, which limits the parameters.
    with_controls : bool
        Whether description and controls are visible.

    Attributes
    ----------
    on_change : callable
        Called without arguments when the user has chosen an entry or moved a control.
    """

    def __init__(self, entries, shape, *, with_controls=True):
        self._entries, self._shape, self.on_change = entries, shape, lambda: None
        self._latest_params = {}  # by the name of an entry
        self._exact_params = {}  # set by `choose`; a slider may round them
        self._is_choosing, self._suggestions = False, []
        self._menu = ipywidgets.Dropdown(
            options=[(_title(entry), name) for name, entry in entries.items()],
            description="Color by", **IN_COLUMN,
        )
        self._about, self._controls = ipywidgets.HTML().add_class("tsnecolor-about"), {}
        self._box = ipywidgets.VBox()
        set_visible(with_controls, self._box, self._about)
        super().__init__([self._menu, self._about, self._box])
        self._menu.observe(lambda _: self._on_menu(), "value")
        self._show_entry()

    @property
    def entry(self):
        """The chosen entry."""
        return self._entries[self._menu.value]

    @property
    def params(self):
        """Values by parameter name; those that `choose` set are not rounded by a slider."""
        values = {name: control.value for name, control in self._controls.items()}
        return values | self._exact_params

    def params_of(self, name):
        """Return the values of an entry that were set last, also while another one is chosen."""
        return dict(self._latest_params.get(name, {}))

    def choose(self, name, params):
        """Choose an entry and set its controls, without a call of `on_change`.

        Parameters
        ----------
        name : str
        params : dict
            Those that differ from the defaults.

        Raises
        ------
        ValueError
            If there is no such parameter; nothing is changed then.
        """
        checked_params(self._entries[name], self._shape, params)
        self._latest_params[name] = dict(params)
        self._is_choosing = True
        self._menu.value = name
        self._show_entry()
        self._is_choosing = False

    def suggest(self, text):
        """Put a text first among the suggestions of text controls; the latest three are kept."""
        self._suggestions = [text, *(other for other in self._suggestions if other != text)][:3]
        self._show_suggestions()

    def _show_suggestions(self):
        for param in self.entry.params:
            if param.typed:
                options = [*self._suggestions, *param.choices.values()]
                self._controls[param.name].options = list(dict.fromkeys(options))

    def _on_menu(self):
        if not self._is_choosing:
            self._show_entry()
            self.on_change()

    def _show_entry(self):
        close_all(*self._controls.values())
        entry = self.entry
        self._exact_params = dict(self._latest_params.get(entry.name, {}))
        self._about.value = _description_html(entry)
        self._controls = parameter_controls(entry, self._shape, self._exact_params, **IN_COLUMN)
        self._box.children = list(self._controls.values())
        for name, control in self._controls.items():
            control.observe(lambda _, name=name: self._on_control(name), "value")
        self._show_suggestions()
        self._hide_unused()

    def _hide_unused(self):
        if hasattr(self.entry, "in_use"):
            used = self.entry.in_use(self.params)
            for name, control in self._controls.items():
                set_visible(name in used, control)

    def _on_control(self, name):
        self._exact_params.pop(name, None)
        self._latest_params[self.entry.name] = self.params
        self._hide_unused()
        self.on_change()


def _title(entry):
    return f"column: {entry.title}" if isinstance(entry, Column) else entry.title


def _description_html(entry):
    html = escape(entry.description)
    if entry.notebook is None:
        return html
    name = escape(entry.notebook)
    return f"{html} <a href='{name}' target='_blank' title='{name}'>Its notebook</a>"
