"""The arrangement of an explorer: toolbar and map at the left, tabs at the right."""

import ipywidgets

from ..live.cell_output import CellOutput
from ..live.pointer import TOOLS
from .panels.widgets import button, set_visible

# CSS pixels; two maps need smaller sides. All of it fits into JupyterLab at 1280 × 720.
SIDE_PX, SIDE_OF_TWO_PX = 500, 380
_TABS_PX, _GAP_PX = 334, 14
_CARD_PX, _CARD_OF_TWO_PX = 156, 124
COMPARE = "Compare"


class Toolbar(ipywidgets.HBox):
    """A switch for what a drag does, and buttons that reset the view and the marks.

    Parameters
    ----------
    on_whole_map, on_clear : callable
        Called without arguments.

    Attributes
    ----------
    tools : ipywidgets.ToggleButtons
        One for each of `pointer.TOOLS`, in that order.
    """

    def __init__(self, on_whole_map, on_clear):
        self.tools = ipywidgets.ToggleButtons(
            options=list(TOOLS), tooltips=list(TOOLS.values()),
            style={"button_width": "54px"}, layout={"width": "auto", "margin": "0 8px 0 0"},
        )
        super().__init__([
            self.tools,
            button("Whole map", "Show all points", on_whole_map, width="82px"),
            button(
                "Clear",
                "End selection, isolation, marks and distance (Escape); filters stay",
                on_clear, width="52px",
            ),
        ])
        self.add_class("tsnecolor-bar")


class Tabs(ipywidgets.VBox):
    """Panels, one of which is visible, under a row of buttons.

    Parameters
    ----------
    panels : dict
        Name -> widget.
    on_open : callable
        Called with the name of a tab when it is opened.
    persistent : str
        The tab whose panel is hidden, not removed from the page, when another one is opened: a page
        that gets a map again builds it anew, which is slow and may overlap with later changes.
    """

    def __init__(self, panels, on_open, *, persistent):
        self._panels, self._persistent = panels, persistent
        self._hidden = []  # the persistent panel, once it was opened
        self._buttons = ipywidgets.ToggleButtons(
            options=list(panels), style={"button_width": "auto"}, layout={"width": "auto"}
        )
        self._buttons.add_class("tsnecolor-tabs")
        self._buttons.observe(lambda _: self._show_panel(), "value")
        self._buttons.observe(lambda _: on_open(self.selected), "value")
        bar = ipywidgets.HBox([self._buttons]).add_class("tsnecolor-bar")
        self.panel_box = ipywidgets.VBox(layout={"overflow": "hidden auto"})
        self.panel_box.add_class("tsnecolor-panel")
        super().__init__([bar, self.panel_box])
        self._show_panel()

    @property
    def selected(self):
        """Name of the open tab; set it to open another one."""
        return self._buttons.value

    @selected.setter
    def selected(self, name):
        self._buttons.value = name

    def _show_panel(self):
        panel = self._panels[self.selected]
        if self.selected == self._persistent:
            self._hidden = [panel]
        set_visible(self.selected == self._persistent, *self._hidden)
        # The persistent panel stands first, so that its place among the children never changes.
        self.panel_box.children = list(dict.fromkeys([*self._hidden, panel]))


class Layout(CellOutput):
    """A box with the parts of an explorer, arranged for one map or for two."""

    def __init__(self, toolbar, map_view, status, tabs, card):
        self._map, self._status_row, self._tabs, self._card = map_view, status, tabs, card
        self._left = ipywidgets.VBox([toolbar, map_view, status], layout={"flex": "none"})
        self._right = ipywidgets.VBox(layout={"flex": "none", "margin": f"0 0 0 {_GAP_PX - 4}px"})
        self._left.add_class("tsnecolor-left")
        self._right.add_class("tsnecolor-right")
        status.layout.height = "30px"
        self._columns = ipywidgets.HBox([self._left, self._right])
        super().__init__([self._columns])
        self.add_class("tsnecolor-explorer")
        self.arrange(two=False)

    def arrange(self, *, two):
        """Arrange one map and the tabs or, if `two`, two maps."""
        side = self._map.size = SIDE_OF_TWO_PX if two else SIDE_PX
        self._left.layout.width = f"{side + 4}px"
        self._right.layout.width = f"{side + 4 if two else _TABS_PX}px"
        # With two maps the status line is above the first one, in line with the menu above the
        # second. Only the order changes: with other children the page would build the map anew.
        self._map.layout.order, self._status_row.layout.order = ("2", "1") if two else ("1", "2")
        height = side + 40 if two else SIDE_PX + 30 - _CARD_PX
        self._tabs.panel_box.layout.height = f"{height}px"
        self._card.layout.height = f"{_CARD_OF_TWO_PX if two else _CARD_PX}px"
        self._right.children = [self._tabs] if two else [self._tabs, self._card]
        self.children = [self._columns, self._card] if two else [self._columns]
