"""Choosing points in the real page: lassos that add and take away, filters, named selections."""

import os
from pathlib import Path

import pytest

from .explorer_page import CELLS, ExplorerPage

LEFT = (0.25, 0.55), (0.25, 0.75), (0.4, 0.75), (0.4, 0.55), (0.3, 0.54)
RIGHT = (0.55, 0.55), (0.55, 0.75), (0.7, 0.75), (0.7, 0.55), (0.6, 0.54)
WIDE = (0.2, 0.5), (0.2, 0.8), (0.5, 0.8), (0.5, 0.5), (0.3, 0.49)


@pytest.fixture(scope="module")
def opened(lab, browser):
    """Return a page with an explorer of all glyphs, shared by all tests here."""
    page = ExplorerPage(
        browser, lab.url(lab.write("choose.ipynb", *CELLS)), device_scale_factor=2
    )
    yield page
    page.close()


@pytest.fixture
def page(opened):
    """Return the page as it was at first; after a test nothing may have gone wrong in it."""
    opened.execute("explorer.filter(None); explorer.selections = {}")
    opened.fresh()
    yield opened
    opened.check()


def shot(page, name):
    """Keep a picture of the page, where somebody wants to look at it."""
    folder = os.environ.get("TSNECOLOR_SCREENSHOTS")
    if folder:
        page.page.wait_for_timeout(500)
        page.page.screenshot(path=Path(folder) / f"choose-{name}.png")


def lasso(page, places, key=None, pause_ms=0):
    """Draw with the lasso while a key is held at the beginning, and wait until it is heard."""
    if key:
        page.page.keyboard.down(key)
    page.execute("heard = explorer.selected")
    first, *rest = (page.at(*place) for place in places)
    page.page.mouse.move(*first)
    page.page.mouse.down()
    page.page.wait_for_timeout(pause_ms)
    for place in rest:
        page.page.mouse.move(*place, steps=4)
        page.page.wait_for_timeout(60)  # a busy browser leaves out corners that come too fast
    page.page.mouse.up()
    if key:
        page.page.keyboard.up(key)
    page.until("explorer.selected != heard", 20)
    page.idle()
    return set(page.ask("explorer.selected"))


def test_a_lasso_with_shift_adds_and_with_alt_takes_away(page):
    """A plain one replaces; with Alt only the closed lasso counts."""
    page.use("Lasso")
    left = lasso(page, LEFT)
    right = lasso(page, RIGHT)
    assert left and right and not left & right
    assert lasso(page, LEFT, "Shift") == left | right
    page.execute(
        "told, tell = [], explorer._map._map_widget._on_pointer\n"
        "explorer._map._map_widget._on_pointer = lambda e: (told.append(e['kind']), tell(e))"
    )
    assert lasso(page, WIDE, "Alt") == right
    assert page.ask("told.count('select')") == 1
    page.execute("explorer._map._map_widget._on_pointer = tell")


def test_a_lasso_may_begin_after_a_pause(page):
    """A person who presses the button and thinks for a second has begun nothing else."""
    page.use("Lasso")
    at_once = lasso(page, LEFT)
    page.press("Clear")
    page.until("explorer.selected == ()")
    assert lasso(page, LEFT, pause_ms=1000) == at_once


def test_filters_grey_the_rest_and_combine_with_a_selection(page):
    """Two filters are added from the page and removed again; a lasso takes what passes only."""
    page.press("Filter")
    column = page.widget.locator(".tsnecolor-panel select").filter(visible=True).first
    column.select_option("script")
    page.widget.get_by_placeholder("find in 151 labels").fill("lat")
    page.widget.locator(".tsnecolor-checks label").filter(has_text="Latin").first.click()
    page.until("explorer.filters == {'script': ['Latin']}")
    column.select_option("codepoint")
    page.slide()
    page.until("'codepoint' in explorer.filters")
    page.widget.get_by_text("points pass the filter").wait_for()
    passing = "explorer.state.passing"
    assert page.ask(f"bool(({passing} == filter_points(atlas, explorer.filters)).all())"
                    ) if page.execute("from tsnecolor_nb import filter_points") == "" else False
    drawn = "explorer.state.displayed(explorer.state.shown)"
    assert page.ask(f"int(({drawn} == 208).all(axis=1).sum())") == page.ask(
        f"int((~{passing}).sum())"
    )
    shot(page, "filter")
    page.use("Lasso")
    lasso(page, WIDE)
    assert page.ask(f"bool({passing}[list(explorer.selected)].all())")
    page.press("Filter")
    page.press("Clear")
    page.until("explorer.selected == ()")
    assert page.ask("len(explorer.filters)") == 2
    page.widget.get_by_title("remove the filter on codepoint").click()
    page.until("[*explorer.filters] == ['script']")
    page.press("clear")
    page.until("explorer.filters == {} and explorer.state.highlighted() is None")
    assert page.widget.locator(".tsnecolor-checks").count() == 0


def test_selections_get_names_and_are_compared(page):
    """Two are named, one is chosen again and compared with the other, then forgotten."""
    page.use("Lasso")
    for places, name in ((LEFT, "left"), (RIGHT, "right")):
        lasso(page, places)
        box = page.widget.get_by_placeholder("name it …")
        box.fill(name)
        box.press("Enter")
        page.until(f"{name!r} in explorer.selections")
    page.widget.get_by_title("select left again").click()
    page.until("explorer.selected == tuple(explorer.selections['left'].tolist())")
    page.menu("against", "right")
    page.until("explorer._picking.selection_panel._selection.against == 'rows'")
    page.idle()
    page.widget.locator(".tsnecolor-panel td").get_by_text("component").first.wait_for()
    found = page.ask(
        "[(d.effect, *d.interval) for d in"
        " explorer._picking.selection_panel._selection.differences]"
    )
    assert all(low < effect < high for effect, low, high in found)
    shot(page, "apart")
    page.widget.get_by_title("what the table shows").select_option("counts of script")
    page.widget.locator(".tsnecolor-panel").get_by_text("more", exact=True).wait_for()
    shot(page, "counts")
    page.widget.get_by_title("remove the name right").click()
    page.until("[*explorer.selections] == ['left']")
