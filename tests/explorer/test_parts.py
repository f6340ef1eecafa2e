"""The parts of an explorer by themselves: screen, colors and picking, without `Explorer`."""

import threading

import ipywidgets
import numpy as np
import pytest

from tsnecolor_nb import color, load_embedding
from tsnecolor_nb.explorer.color_control import ColorControl
from tsnecolor_nb.explorer.panels.color import ColorPanel
from tsnecolor_nb.explorer.picking import Picking
from tsnecolor_nb.explorer.screen import Screen
from tsnecolor_nb.explorer.state import ExplorerState
from tsnecolor_nb.explorer.worker import Worker
from tsnecolor_nb.live.cell_output import close_all
from tsnecolor_nb.live.pointer import TOOLS

RNG = np.random.default_rng(0)
X = (RNG.standard_normal((600, 8)) * np.arange(8, 0, -1)).astype(np.float32)
DATA = load_embedding(X, X[:, :2], meta={"size": X[:, 3]})
BOX = {"type": "rect", "x0": 0, "x1": 99, "y0": -99, "y1": 99}
RIGHT = np.flatnonzero(X[:, 0] >= 0)


@pytest.fixture
def state():
    """Return a state that is colored by a column."""
    state = ExplorerState(DATA)
    state.set_base(state.compute("base", state.entry("size"), {}))
    return state


@pytest.fixture
def screen(state):
    """Return a screen that shows the state."""
    screen = Screen(state, ipywidgets.ToggleButtons(options=list(TOOLS)), "white")
    yield screen
    close_all(screen.first_map, screen.card, screen.status, screen.compare)


@pytest.fixture
def color_control(state, screen):
    """Return a control of the screen's colors."""
    panel = ColorPanel(state.entries, X.shape)
    panel.choose("column:size", {})
    return ColorControl(state, screen, panel)


def test_a_screen_shows_its_state(state, screen):
    """Colors and status follow a selection; points are zoomed to with a margin; text is escaped."""
    redraws = []
    screen.on_redraw = lambda: redraws.append(True)
    state.select([1, 2])
    screen.redraw()
    assert "2 of 600 points selected" in screen.status.value and redraws == [True]
    assert np.array_equal(screen.first_map.raster.srgb8, state.displayed(state.base))
    screen.zoom_to([5, 6, 7])
    for ends, values in zip(screen.first_map.ranges, DATA.xy[[5, 6, 7]].T, strict=True):
        assert ends[0] < values.min() and values.max() < ends[1]
    screen.show_message("<b>")
    assert "&lt;b&gt;" in screen.status.value
    screen.show_message("")
    assert "2 of 600 points selected" in screen.status.value


def test_colors_follow_their_panel_and_the_legend(state, screen, color_control):
    """A technique and the clips of the legend color the map; a closed legend is not computed."""
    color_control.color_by("pca_rgb", {})
    assert np.array_equal(screen.first_map.raster.srgb8, color(DATA, "pca_rgb"))
    color_control.color_by("size", {})
    color_control.clip(0.2, 0.7)
    color_control.painter.wait()
    assert state.base.params["low"] == 0.2 and state.base.params["high"] == 0.7
    assert color_control.explained is None
    color_control.legend_is_open = True
    color_control.update_legend()
    color_control.explainer.wait()
    assert color_control.explained is state.base
    assert color_control.legend.value.limits == state.base.limits


def test_no_legend_is_made_of_colors_that_are_being_replaced(state, color_control, monkeypatch):
    """While colors are computed the legend waits; if that is cancelled or fails, it is made."""
    go_on = threading.Event()
    color_control.painter.start(lambda progress: go_on.wait(), lambda result, error: None)
    color_control.legend_is_open = True
    color_control.update_legend()
    assert not color_control.explainer.busy
    color_control.painter.cancel()
    color_control.explainer.wait()
    assert color_control.explained is state.base
    go_on.set()
    color_control.painter.wait()
    legends = []
    monkeypatch.setattr(color_control, "update_legend", lambda: legends.append(True))
    monkeypatch.setattr(state, "compute", lambda *arguments, **options: 1 / 0)
    color_control.recompute()
    color_control.painter.wait()
    assert legends == [True]


def test_the_legend_is_made_if_a_coloring_is_refused(state, color_control):
    """What ended a computation that the legend waited for, and failed, lets it be made."""
    go_on = threading.Event()
    color_control.painter.start(lambda progress: go_on.wait(), lambda result, error: None)
    color_control.legend_is_open = True
    color_control.update_legend()
    with pytest.raises(ValueError, match="nope"):
        color_control.color_by("pca_rgb", {"nope": 1})
    color_control.explainer.wait()
    assert color_control.explained is state.base
    go_on.set()
    color_control.painter.wait()


def test_jobs_of_one_worker_take_turns():
    """A newer job begins when the older one has ended, and one that became outdated never does."""
    started, go_on, began, results = threading.Event(), threading.Event(), [], []

    def slow(progress):
        began.append("slow")
        started.set()
        go_on.wait()

    worker = Worker(results.append)
    worker.compute(slow, results.append, "")
    started.wait()
    for name in ("outdated", "newest"):
        worker.compute(lambda progress, name=name: began.append(name), results.append, "")
    assert began == ["slow"]
    go_on.set()
    worker.wait()
    assert began == ["slow", "newest"] and results == [None]


def test_the_pointer_selects_marks_and_finds_neighbors(state, screen, color_control):
    """A box calls `select` and opens a tab, a click finds neighbors, and errors are shown."""
    selections, tabs = [], []

    def select(rows, mode="replace"):
        selections.append((rows, mode))
        state.select(rows, mode)

    picking = Picking(
        state, screen, color_control, select=select, save_neighbors=lambda: None,
        open_tab=lambda name, only_from=None: tabs.append(name),
    )
    screen.on_pointer({"kind": "select", "mode": "add", "geometry": BOX})
    (rows, mode), = selections
    assert np.array_equal(rows, RIGHT) and mode == "add" and tabs == ["Selection"]
    x, y = map(float, DATA.xy[7])
    screen.on_pointer({"kind": "tap", "x": x, "y": y, "unit": 1e-4})
    assert state.hovered == state.probe.row == state.neighbors.row == 7 and tabs[-1] == "Find"
    assert len(screen.first_map._map_widget.neighbors) == 10
    picking.clear()
    assert state.selection is None and state.neighbors is None and state.probe is None
    screen.on_pointer({"kind": "select", "geometry": {}})
    assert "tsnecolor-error" in screen.status.value


def test_a_worker_shows_what_failed():
    """A result goes to its callback, an exception into a message."""
    results, messages = [], []
    worker = Worker(messages.append)
    worker.compute(lambda progress: 7, results.append, "No number")
    worker.wait()
    worker.compute(lambda progress: 1 / 0, results.append, "No number")
    worker.wait()
    assert results == [7] and messages == ["No number: division by zero"]


def test_an_empty_view_is_said_to_be_empty(screen):
    """Who zooms in between the points learns why there is nothing, until some are in view again."""
    at_first = screen.status.value
    widget = screen.first_map._map_widget
    question = {
        "want": "frame", "display": "a", "number": 1, "width": 90, "height": 90, "ratio": 1,
    }
    for ranges, status in (
        ([900, 901, 900, 901], f"{at_first} · none in this view"), ([-9, 9, -9, 9], at_first),
    ):
        widget._on_message(question | {"ranges": ranges, "moving": False})
        widget._on_message({"want": "painted", "display": "a"})
        assert screen.status.value == status
