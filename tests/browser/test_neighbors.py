"""The neighbors of a point that is clicked, on a map and in a list."""

import pandas as pd
import pytest

from .explorer_page import CELLS, ExplorerPage

SOURCE = "(name) => Bokeh.documents[0].get_model_by_name(name).data"


@pytest.fixture(scope="module")
def page(lab, browser):
    """Return a page with an explorer of all glyphs."""
    page = ExplorerPage(browser, lab.url(lab.write("near.ipynb", *CELLS)))
    yield page
    page.check()
    page.close()


def test_a_click_marks_joins_and_lists_the_neighbors(page, lab):
    """Ten with pictures are listed, rings and lines are on the map; Escape takes all away."""
    x, y = page.at_row(170_569)
    page.move(x, y)
    page.page.mouse.click(x, y)
    tiles = page.widget.locator(".tsnecolor-button").filter(visible=True)
    page.page.wait_for_function(f"({SOURCE})('neighbors').x?.length === 10")
    tiles.nth(9).wait_for()
    assert tiles.count() == tiles.locator("img").count() == 10
    far = page.ask("int(explorer.state.neighbors.far.sum())")
    assert tiles.filter(has_text="far on map").count() == far > 0
    lines = page.page.evaluate(SOURCE, "lines")
    assert {name: len(values) for name, values in lines.items()} == dict.fromkeys(
        ("x0", "y0", "x1", "y1"), far
    )
    for button in ("select these", "save as table"):
        inner = page.widget.get_by_role("button", name=button).bounding_box()
        box = page.widget.locator(".tsnecolor-panel").bounding_box()
        assert inner["y"] + inner["height"] <= box["y"] + box["height"], "it is cut off"
    tiles.nth(4).click()
    page.until("explorer.hovered == explorer.state.neighbors.rows[4]")
    page.press("select these")
    page.until("explorer.state.selection is not None and len(explorer.state.selection) == 11")
    page.press("Find")
    page.press("save as table")
    page.until("explorer._saving.panel._path.value == 'glyphs-neighbors.parquet'")
    page.press("save")
    page.until("'saved' in explorer._saving.panel._status.value")
    assert len(pd.read_parquet(lab.folder / "glyphs-neighbors.parquet")) == 10
    page.page.mouse.click(*page.at(0.01, 0.01))
    page.page.keyboard.press("Escape")
    page.until("explorer.state.neighbors is None and explorer.state.selection is None")
    page.page.wait_for_function(f"({SOURCE})('neighbors').x.length === 0")
    assert page.page.evaluate(SOURCE, "lines")["x0"] == []


def test_both_pictures_show_the_neighbors(page):
    """A second picture has the rings and lines of the first, and loses them with it."""
    page.execute("explorer.zoom(); explorer.show_neighbors(170_569)")
    page.press("Compare")
    page.page.locator(".tsnecolor-map").nth(1).locator("canvas").first.wait_for()
    page.until("explorer._screen.compare.map_view is not None")
    other = "explorer._screen.compare.map_view._map_widget"
    page.until(f"len({other}.neighbors) == 10 and {other}.lines == explorer._map._map_widget.lines")
    page.execute("explorer.clear()")
    page.until(f"{other}.neighbors == {other}.lines == []")
    page.press("Color")


def test_a_lasso_is_made_true_to_X(page):
    """What is near in X is offered with pictures and added by one click; another takes it back."""
    page.press("Clear")
    page.use("Lasso")
    page.drag((0.02, 0.46), (0.11, 0.46), (0.11, 0.64), (0.02, 0.64))
    page.until("explorer.state.selection is not None")
    before = page.ask("len(explorer.state.selection)")
    page.press("check against X")
    page.widget.get_by_text("more near in X").wait_for()
    more = page.ask("len(explorer._picking.refine_panel._torn.rows)")
    examples = page.widget.get_by_role("group", name="examples to add").locator("img")
    examples.nth(7).wait_for()
    page.press("show")
    page.until(f"len(explorer._map._map_widget.marked) == {min(more, 500)}")
    page.press("add")
    page.until(f"len(explorer.state.selection) == {before + more} and {more} > 0")
    page.press("undo")
    page.until(f"len(explorer.state.selection) == {before}")
    page.press("Clear")
    page.idle()
