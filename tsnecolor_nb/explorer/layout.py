"""Where everything in the explorer stands: two columns, and rooms to turn to."""

import ipywidgets

from ..live.cell_output import CellOutput
from ..live.pointer import TOOLS

SIDE, SIDE_OF_TWO = 500, 380
"""Of the picture, and of each of two, in CSS pixels: JupyterLab at 1280 × 720 has room for them."""

_COLUMN, _GAP = 334, 14
_CARD, _CARD_OF_TWO = 156, 124
COMPARE = "Compare"


class Toolbar(ipywidgets.HBox):
    """What a drag does, and the ways back.

    Parameters
    ----------
    on_whole, on_clear : callable
        Called without arguments.

    Attributes
    ----------
    tools : ipywidgets.ToggleButtons
        Its ``index`` is that of one of `pointer.TOOLS`: what a drag does.
    """

    def __init__(self, on_whole, on_clear):
        self.tools = ipywidgets.ToggleButtons(
            options=list(TOOLS), tooltips=list(TOOLS.values()),
            style={"button_width": "64px"}, layout={"width": "auto", "margin": "0 12px 0 0"},
        )
        whole = _button("Whole map", "Show all points", "88px")
        whole.on_click(lambda _: on_whole())
        self.clear = _button(
            "Clear", "End selection, isolation, marks and distance (Escape)", "64px"
        )
        self.clear.on_click(lambda _: on_clear())
        super().__init__([self.tools, whole, self.clear])
        self.add_class("tsnecolor-bar")


class Rooms(ipywidgets.VBox):
    """The picture's rooms, one of which is seen, under a row of buttons to turn to them.

    Parameters
    ----------
    rooms : dict
        Name -> widget.
    on_turn : callable
        Called with a name when a person turns to a room.
    kept : str
        The room that stays in the page, unseen, once it was there: a picture that is taken out of
        a page and put back is built anew, which takes long and may overtake itself.
    """

    def __init__(self, rooms, on_turn, *, kept):
        self._rooms, self._kept_name, self._kept = rooms, kept, []
        self._tabs = ipywidgets.ToggleButtons(
            options=list(rooms), style={"button_width": "auto"}, layout={"width": "auto"}
        )
        self._tabs.add_class("tsnecolor-tabs")
        self._tabs.observe(lambda _: self._turn(on_turn), "value")
        bar = ipywidgets.HBox([self._tabs])
        bar.add_class("tsnecolor-bar")
        self._room = ipywidgets.VBox(layout={"overflow": "hidden auto"})
        self._room.add_class("tsnecolor-room")
        super().__init__([bar, self._room])
        self._turn(None)

    @property
    def height(self):
        """Of a room, in CSS pixels; what is higher scrolls."""
        return int(self._room.layout.height.removesuffix("px"))

    @height.setter
    def height(self, height):
        self._room.layout.height = f"{height}px"

    @property
    def name(self):
        """The room that is seen."""
        return self._tabs.value

    def turn_to(self, name):
        """Turn to a room."""
        self._tabs.value = name

    def _turn(self, on_turn):
        room = self._rooms[self.name]
        if self.name == self._kept_name:
            self._kept = [room]
        for kept in self._kept:
            kept.layout.display = None if kept is room else "none"
        # First, where nothing can push it to another place.
        self._room.children = [*self._kept] if room in self._kept else [*self._kept, room]
        if on_turn is not None:
            on_turn(self.name)


class Layout(CellOutput):
    """Arranges the parts of an explorer, for one picture or for two.

    Parameters
    ----------
    toolbar, pane, status, rooms, card : ipywidgets.Widget
    """

    def __init__(self, toolbar, pane, status, rooms, card):
        self._pane, self._rooms, self._card = pane, rooms, card
        self._left = ipywidgets.VBox([toolbar, pane, status], layout={"flex": "none"})
        self._right = ipywidgets.VBox(layout={"flex": "none", "margin": f"0 0 0 {_GAP - 4}px"})
        self._left.add_class("tsnecolor-left")
        self._right.add_class("tsnecolor-right")
        status.layout.height = "30px"
        columns = ipywidgets.HBox([self._left, self._right])
        super().__init__([columns])
        self.add_class("tsnecolor-explorer")
        self._columns = columns
        self.arrange(two=False)

    def arrange(self, *, two):
        """Make room for one picture and the rooms, or for two pictures."""
        _, pane, status = self._left.children
        side = SIDE_OF_TWO if two else SIDE
        self._pane.size = side
        self._left.layout.width = f"{side + 4}px"
        self._right.layout.width = f"{side + 4 if two else _COLUMN}px"
        # Beside a second picture the status stands where that has its menu. Only the order changes:
        # other children would make the page build the picture anew.
        pane.layout.order, status.layout.order = ("2", "1") if two else ("1", "2")
        self._rooms.height = side + 40 if two else SIDE + 30 - _CARD
        self._card.layout.height = f"{_CARD_OF_TWO if two else _CARD}px"
        self._right.children = [self._rooms] if two else [self._rooms, self._card]
        self.children = [self._columns, self._card] if two else [self._columns]


def _button(description, tooltip, width):
    return ipywidgets.Button(description=description, tooltip=tooltip, layout={"width": width})
