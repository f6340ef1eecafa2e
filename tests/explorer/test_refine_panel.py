"""A selection that is checked against X: suggestions, how they are accepted, and undo."""

import numpy as np
import pytest

from tsnecolor_nb import Embedding, explore, load_embedding

RNG = np.random.default_rng(0)
LABELS = np.repeat(np.arange(4), 500)
X = 4 * RNG.standard_normal((4, 16))[LABELS] + RNG.standard_normal((2000, 16))
XY = np.column_stack([10 * LABELS, 0 * LABELS]) + RNG.standard_normal((2000, 2))
TORN, STRANGERS = np.arange(100), np.arange(1900, 2000)
XY[TORN, 1] += 50
XY[STRANGERS] = XY[100:200]
LASSO = np.r_[100:500, 1900:2000]


@pytest.fixture
def explorer():
    """Return an explorer of four clusters, one of which is torn, with strangers in it."""
    explorer = explore(load_embedding(X, XY), "pca_rgb")
    yield explorer
    explorer.close()


def checked(explorer, rows):
    """Select rows and compare them with X; return the panel."""
    explorer.select(rows)
    panel = explorer._picking.refine_panel
    panel._check.click()
    explorer.wait()
    return panel


def button(suggestion, name):
    """Return a button of a suggestion."""
    return next(one for one in suggestion.children[0].children if one.description == name)


def test_suggestions_are_accepted_one_by_one_and_undone(explorer):
    """Each changes the selection and leaves the other one; undo restores the selection before."""
    panel = explorer._picking.refine_panel
    assert panel.layout.display == "none"
    checked(explorer, LASSO)
    assert len(np.intersect1d(panel._torn.rows, TORN)) > 90
    assert len(np.intersect1d(panel._strangers.rows, STRANGERS)) > 90
    assert panel._undo.layout.display == "none"
    button(panel._torn, "show").click()
    assert len(explorer._map._map_widget.marked) == len(panel._torn.rows)
    more = np.union1d(LASSO, panel._torn.rows)
    button(panel._torn, "add").click()
    assert np.array_equal(explorer.state.selection, more) and not len(panel._torn.rows)
    strangers = panel._strangers.rows
    button(panel._strangers, "leave out").click()
    assert np.array_equal(explorer.state.selection, np.setdiff1d(more, strangers))
    panel._undo.click()
    assert np.array_equal(explorer.state.selection, more)
    explorer.clear()
    assert panel.layout.display == "none"


def test_another_selection_ends_the_suggestions(explorer):
    """What was found belongs to one selection, also if it arrives after that has changed."""
    panel = checked(explorer, LASSO)
    explorer.select(np.arange(500, 1000))
    assert panel._torn.layout.display == "none" and not len(panel._strangers.rows)
    assert panel._check.layout.display is None
    callbacks = []
    panel._on_check = callbacks.append
    panel._check.click()
    explorer.select(LASSO)
    callbacks[0](explorer.state)  # nothing that could be shown
    assert panel._text.value == ""


def test_an_honest_selection_and_noise_are_called_so(explorer):
    """If there is nothing to suggest, the panel says why."""
    panel = checked(explorer, np.arange(500, 1000))
    assert "the map is right" in panel._text.value
    assert "too few" in checked(explorer, [1, 2])._text.value


KIND = np.array(["bird", "fish", "stone", "tree"])[LABELS]
KIND[TORN], KIND[STRANGERS] = "torn", "bird"


@pytest.mark.parametrize(
    "accept", [["add"], ["leave out"], ["add", "leave out"], ["leave out", "add", "undo"]]
)
def test_code_repeats_what_was_accepted(accept, monkeypatch):
    """Of a selection that a search has found, the code gives the same rows and colors."""
    data = Embedding(X, XY, meta={"kind": KIND}, name="glyphs")
    explorer = explore(data, "pca_rgb")
    explorer._picking.search_panel._box.value = "bird"
    panel = checked(explorer, explorer._picking.search_panel.rows)
    buttons = {"add": panel._torn, "leave out": panel._strangers}
    for name in accept:
        (panel._undo if name == "undo" else button(buttons[name], name)).click()
    rows = explorer.state.selection
    code = explorer.code()
    monkeypatch.setattr("tsnecolor_nb.load_glyphs", lambda: data)
    space = {}
    exec(code.rpartition("show(")[0], space)
    assert "refine_selection(embedding, " in code and max(map(len, code.splitlines())) <= 100
    assert np.array_equal(space["selected"], rows)
    assert np.array_equal(space["colors"], explorer._map.raster.srgb8)
    explorer.select(rows[1:], "replace")
    assert "refine_selection" not in explorer.code()
    explorer.close()


def test_code_says_how_a_drawn_selection_was_refined(explorer):
    """What a lasso held can't be repeated: comments name the number of points and the changes."""
    panel = checked(explorer, LASSO)
    button(panel._torn, "add").click()
    button(panel._strangers, "leave out").click()
    code = explorer.code()
    for text in (f"# {len(explorer.selected):,} points were selected", "500 points, checked by ",
                 "`torn` added and its `strangers` left out"):
        assert text in code
    assert "import refine_selection" not in code and "grey_out" not in code
    panel._undo.click()
    assert "`torn` added.\n" in explorer.code()
