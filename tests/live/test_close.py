"""A closed widget leaves nothing in memory, and a cell that runs again closes what it showed."""

import gc
import weakref

import ipywidgets
import numpy as np
import pytest
from IPython.core.interactiveshell import InteractiveShell
from ipywidgets.widgets.widget import _instances

from tsnecolor_nb import explore, load_embedding, show, tune

RNG = np.random.default_rng(0)
MAKERS = {
    "show": lambda embedding: show(embedding.xy),
    "tune": lambda embedding: tune(embedding, "argmax"),
    "explore": explore,
}


def embedding():
    """Return a new embedding of 1,500 points."""
    X = RNG.standard_normal((1500, 8)).astype(np.float32)
    return load_embedding(X, X[:, :2], xyz=X[:, :3], meta={"kind": [*"abc"] * 500})


def map_views(widget):
    """Return the widgets that draw a map."""
    return [widget] if hasattr(widget, "raster") else widget._maps


def ask_for_frame(view):
    """Do what a page does that shows a view."""
    view._map_widget._on_message({"want": "figure", "token": "1"})
    view._map_widget._on_message({
        "want": "frame", "display": "page", "number": 1, "ranges": [-1, 1, -1, 1],
        "width": 100, "height": 100, "ratio": 2, "moving": False,
    })


def use(widget):
    """Let a widget make everything that a page or a person could ever ask for."""
    for view in map_views(widget):
        ask_for_frame(view)
        view.refresh()
    if hasattr(widget, "color_by"):
        for name in ("kmeans", "column:kind", "pca_rgb"):
            widget.color_by(name)
        for tab in ("Legend", "Selection", "Find", "Save", "Compare"):
            widget._tabs.selected = tab
            widget.select(range(20))
            widget.wait()
        for view in map_views(widget):
            ask_for_frame(view)
        widget._tabs.selected = "Color"


@pytest.mark.parametrize("used", [False, True], ids=["new", "used"])
@pytest.mark.parametrize("maker", MAKERS)
def test_close_frees_every_widget_and_all_data(maker, used):
    """After `close` no widget is registered, and view, raster and embedding are freed."""
    before, data = set(_instances), embedding()
    widget = MAKERS[maker](data)
    widget._repr_mimebundle_()
    if used:
        use(widget)
    held = [widget, data, *(view.raster for view in map_views(widget))]
    if hasattr(widget, "embedding"):
        held.append(widget.embedding)
    references = {type(one).__name__: weakref.ref(one) for one in held}
    assert len(set(_instances) - before) > 15
    widget.close()
    assert set(_instances) == before
    del widget, data, held
    gc.collect()
    assert [name for name, reference in references.items() if reference() is not None] == []


@pytest.mark.parametrize("maker", MAKERS)
def test_a_closed_widget_opens_again_when_it_is_displayed(maker):
    """It has all its parts again, the page may ask for a live map; added controls live on."""
    slider = ipywidgets.IntSlider()
    before = set(_instances)
    widget = MAKERS[maker](embedding())
    map_views(widget)[0].add_controls(slider)
    made = set(_instances) - before
    widget.close()
    assert slider.comm is not None and set(_instances) == before
    data, _ = widget._repr_mimebundle_()
    assert set(_instances) - before >= made
    model = data["application/vnd.jupyter.widget-view+json"]["model_id"]
    assert _instances[model] is widget
    ask_for_frame(map_views(widget)[0])
    widget.close()
    assert set(_instances) == before
    slider.close()


@pytest.fixture
def shell():
    """Return an IPython shell without a kernel."""
    shell = InteractiveShell.instance()
    shell.push({"show": show, "xy": RNG.standard_normal((100, 2)), "made": (made := [])})
    shell.made = made
    yield shell
    for reference in made:
        if reference() is not None:
            reference().close()
    InteractiveShell.clear_instance()


def run(shell, cell, code):
    """Run a cell; its name is what a front end sends as the id of the cell."""
    prelude = "import weakref, ipywidgets\ndef new():\n    made.append(weakref.ref(v := show(xy)))"
    shell.run_cell(f"{prelude}\n    return v\n{code}", store_history=True, cell_id=cell)
    gc.collect()
    return [reference() is not None and reference().comm is not None for reference in shell.made]


def test_a_cell_that_runs_again_frees_what_it_showed(shell):
    """Neither the widget nor IPython's history of outputs keeps the earlier view."""
    assert run(shell, "a", "new()") == [True]
    assert run(shell, "b", "new()") == [True, True]
    assert run(shell, "a", "new()") == [False, True, True]
    assert [reference() is None for reference in shell.made] == [True, False, False]
    assert run(shell, "a", "1") == [False, True, False]
    assert run(shell, "b", "ipywidgets.HBox([new(), new()])") == [False] * 3 + [True] * 2
    assert run(shell, "b", "1") == [False] * 5
    assert all(reference() is None for reference in shell.made)


def test_what_is_still_on_screen_or_in_a_variable_stays_usable(shell):
    """A view shown by another cell stays open; one in a variable can be displayed again."""
    assert run(shell, "a", "view = new()\nview") == [True]
    assert run(shell, "b", "view") == [True]
    assert run(shell, "a", "other = view\n") == [True]
    assert run(shell, "b", "view") == [True]
    assert run(shell, "b", "view = 1") == [False]
    assert shell.made[0]() is not None
    assert run(shell, "c", "other") == [True]
    assert run(shell, None, "other") == [True]
    assert run(shell, None, "new()") == [True, True]
    assert run(shell, None, "1") == [True, True]
