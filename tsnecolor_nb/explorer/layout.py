"""Where everything in the explorer stands: the map at the left, tabs at the right."""

import ipywidgets

from ..live.cell_output import CellOutput
from ..live.pointer import TOOLS

# Side of one map, and of each of two, in CSS pixels: they fit into JupyterLab at 1280 × 720.
SIDE_PX, SIDE_OF_TWO_PX = 500, 380

_COLUMN, _GAP = 334, 14
_CARD, _CARD_OF_TWO = 156, 124
COMPARE = "Compare"
_CLEARED = "End selection, isolation, marks and distance"


class Toolbar(ipywidgets.HBox):
    """What a drag does (``tools.index`` is that of one of `pointer.TOOLS`), and the ways back."""

    def __init__(self, on_whole, on_clear):
        self.tools = ipywidgets.ToggleButtons(
            options=list(TOOLS), tooltips=list(TOOLS.values()),
            style={"button_width": "54px"}, layout={"width": "auto", "margin": "0 8px 0 0"},
        )
        buttons = []
        for name, tooltip, width, action in (
            ("Whole map", "Show all points", "82px", on_whole),
            ("Clear", f"{_CLEARED} (Escape); filters stay", "52px", on_clear),
        ):
            button = ipywidgets.Button(description=name, tooltip=tooltip, layout={"width": width})
            button.on_click(lambda _, action=action: action())
            buttons.append(button)
        super().__init__([self.tools, *buttons])
        self.add_class("tsnecolor-bar")


class Tabs(ipywidgets.VBox):
    """Panels, one of which is visible, under a row of buttons.

    Parameters
    ----------
    panels : dict
        Name -> widget.
    on_tab : callable
        Called with the name of a tab when it is opened.
    kept : str
        The tab that stays in the page, hidden, once it was there: a map that is taken out of a page
        and put back is built anew, which takes long and may overtake itself.
    """

    def __init__(self, panels, on_tab, *, kept):
        self._panels, self._kept_name, self._kept = panels, kept, []
        self._buttons = ipywidgets.ToggleButtons(
            options=list(panels), style={"button_width": "auto"}, layout={"width": "auto"}
        )
        self._buttons.add_class("tsnecolor-tabs")
        self._buttons.observe(lambda _: self._on_button(on_tab), "value")
        bar = ipywidgets.HBox([self._buttons])
        bar.add_class("tsnecolor-bar")
        self.panel_box = ipywidgets.VBox(layout={"overflow": "hidden auto"})
        self.panel_box.add_class("tsnecolor-panel")
        super().__init__([bar, self.panel_box])
        self._on_button(lambda name: None)

    @property
    def selected(self):
        """Name of the visible tab; set it to open another one."""
        return self._buttons.value

    @selected.setter
    def selected(self, name):
        self._buttons.value = name

    def _on_button(self, on_tab):
        panel = self._panels[self.selected]
        if self.selected == self._kept_name:
            self._kept = [panel]
        for kept in self._kept:
            kept.layout.display = None if kept is panel else "none"
        # First, where nothing can push it to another place.
        self.panel_box.children = [*self._kept] if panel in self._kept else [*self._kept, panel]
        on_tab(self.selected)


class Layout(CellOutput):
    """Arranges the parts of an explorer, for one map or for two."""

    def __init__(self, toolbar, map_view, status, tabs, card):
        self._map, self._status_row, self._tabs, self._card = map_view, status, tabs, card
        self._left = ipywidgets.VBox([toolbar, map_view, status], layout={"flex": "none"})
        self._right = ipywidgets.VBox(layout={"flex": "none", "margin": f"0 0 0 {_GAP - 4}px"})
        self._left.add_class("tsnecolor-left")
        self._right.add_class("tsnecolor-right")
        status.layout.height = "30px"
        self._columns = ipywidgets.HBox([self._left, self._right])
        super().__init__([self._columns])
        self.add_class("tsnecolor-explorer")
        self.arrange(two=False)

    def arrange(self, *, two):
        """Lay out one map and the tabs, or two maps."""
        side = self._map.size = SIDE_OF_TWO_PX if two else SIDE_PX
        self._left.layout.width = f"{side + 4}px"
        self._right.layout.width = f"{side + 4 if two else _COLUMN}px"
        # Beside a second map the status stands where that has its menu. Only the order changes:
        # other children would make the page build the map anew.
        self._map.layout.order, self._status_row.layout.order = ("2", "1") if two else ("1", "2")
        height = side + 40 if two else SIDE_PX + 30 - _CARD
        self._tabs.panel_box.layout.height = f"{height}px"
        self._card.layout.height = f"{_CARD_OF_TWO if two else _CARD}px"
        self._right.children = [self._tabs] if two else [self._tabs, self._card]
        self.children = [self._columns, self._card] if two else [self._columns]
