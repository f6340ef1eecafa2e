"""The explorer's tabs by themselves, in a real page: mouse, keyboard, and no markup in text."""

import os
from pathlib import Path

import pytest

from .lab import Page

EVIL = '<img src=x onerror="window.injected=1">'
CELLS = (
    "import numpy as np\n"
    "import ipywidgets\n"
    "from tsnecolor_nb import CachedRun, column_colors, describe_selection, explain, "
    "explain_column, load_glyphs\n"
    "from tsnecolor_nb.explorer.panels.legend import LegendPanel\n"
    "from tsnecolor_nb.explorer.panels.save import SavePanel\n"
    "from tsnecolor_nb.explorer.panels.search import SearchPanel\n"
    "from tsnecolor_nb.explorer.panels.selection import SelectionPanel\n"
    "atlas = load_glyphs()\n"
    f"evil = {EVIL!r}\n"
    "atlas.meta[evil] = np.where(np.arange(len(atlas)) % 2, evil, 'b')\n"
    "run, said = CachedRun(atlas), []\n"
    "legends = {}\n"
    "for name in ('kmeans', 'pca_rgb', 'binary_pca', 'map_neighbor_distance'):\n"
    "    run.run(name)\n"
    "    legends[name] = explain(atlas, run.steps, run.last_input(),\n"
    "                            from_X=name != 'map_neighbor_distance')\n"
    "legends['evil'] = explain_column(atlas, column_colors(atlas.meta[evil]))\n",
    "panels = {}\n"
    "for name, legend in legends.items():\n"
    "    panels[name] = LegendPanel(\n"
    "        on_isolate=lambda rows: said.append(None if rows is None else len(rows)),\n"
    "        on_clip=lambda low, high: said.append((round(low, 2), round(high, 2))))\n"
    "    panels[name].show(legend)\n"
    "    panels[name].layout.width, panels[name].layout.height = '320px', '420px'\n"
    "select = SelectionPanel(atlas, on_point=said.append)\n"
    "select._table_menu.value = ('differences', 'components')\n"
    "select.show(describe_selection(atlas, np.hypot(*(atlas.xy - [10, 5]).T) < 2))\n"
    "bad = SelectionPanel(atlas)\n"
    "bad._table_menu.value = ('counts', evil)\n"
    "bad.show(describe_selection(atlas, np.arange(50)))\n"
    "find = SearchPanel(atlas, lambda rows: said.append(len(rows)), said.append)\n"
    "def refuse(*_, **__):\n"
    "    raise ValueError(evil)\n"
    "save = SavePanel(refuse, lambda: 'the code')\n"
    "for panel in (select, bad, save):\n"
    "    panel.layout.width = '330px'\n"
    "ipywidgets.VBox([ipywidgets.HBox(list(panels.values())[:3]),\n"
    "                 ipywidgets.HBox(list(panels.values())[3:]),\n"
    "                 ipywidgets.HBox([select, bad, ipywidgets.VBox([find, save])])])",
)


@pytest.fixture(scope="module")
def page(lab, browser):
    """Return a page with every room of the explorer."""
    name = lab.write("panels.ipynb", *CELLS)
    page = Page(browser, lab.url(name))
    page.run_all()
    assert page.execute("print(save)").startswith("SavePanel")
    page.page.locator(".jp-CodeCell").last.scroll_into_view_if_needed()
    page.page.get_by_role("button", name="copy as code").wait_for()
    yield page
    folder = os.environ.get("TSNECOLOR_SCREENSHOTS")
    if folder:
        rows = page.page.locator(".jp-OutputArea-output .widget-hbox")
        for i, row in enumerate(rows.filter(visible=True).all()):
            row.screenshot(path=Path(folder) / f"panels-{i}.png")
    page.close()


def said(page):
    """Return what the callbacks were last called with."""
    return page.execute("print(said[-1] if said else '')").strip()


def wait_for_said(page, expected):
    """Wait until a callback has been called with something that reads so."""
    for _ in range(100):
        if said(page) == expected:
            return
        page.page.wait_for_timeout(100)
    assert said(page) == expected


def test_labels_are_isolated_by_mouse_and_by_keyboard(page):
    """A click isolates, Tab and Enter isolate the next one, and again lets it go."""
    tiles = page.page.locator(".tsnecolor-buttons").first.locator("button")
    counts = page.execute("print(*[e.count for e in legends['kmeans'].entries])").split()
    tiles.nth(0).click()
    wait_for_said(page, counts[0])
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Enter")
    wait_for_said(page, counts[1])
    assert tiles.nth(1).get_attribute("aria-pressed") == "true"
    page.page.keyboard.press("Space")
    wait_for_said(page, "None")
    assert tiles.nth(1).get_attribute("aria-pressed") == "false"


def test_clips_move_by_keyboard(page):
    """The handles of the clips can be reached and moved; quantiles come out."""
    handle = page.page.locator(".widget-slider [role='slider']").first
    handle.focus()
    for _ in range(10):
        page.page.keyboard.press("ArrowRight")
    page.page.keyboard.press("Tab")
    page.page.wait_for_function("true")
    for _ in range(100):
        if said(page).startswith("(0."):
            break
        page.page.wait_for_timeout(100)
    low, high = eval(said(page))
    assert 0.02 < low < 0.3 and high == pytest.approx(0.98, abs=0.01)


def test_search_and_zoom(page):
    """What is typed is found when Enter is pressed."""
    box = page.page.get_by_label("find")
    box.fill("arabic letter")
    box.press("Enter")
    page.page.get_by_text("5,494 points found").wait_for()
    wait_for_said(page, "5494")


def test_exemplars_can_be_clicked(page):
    """The callback gets the row of the exemplar."""
    tiles = page.page.get_by_role("group", name="examples from the selection").first
    tiles.locator("button").nth(2).click()
    wait_for_said(page, page.execute("print(select._selection.exemplars[2])").strip())


def test_code_is_shown_and_an_error_is_read(page):
    """The code stands in the panel, whether or not the page may use the clipboard."""
    page.page.get_by_role("button", name="copy as code").click()
    page.page.wait_for_function(
        "[...document.querySelectorAll('textarea')].some((area) => area.value === 'the code')"
    )
    page.page.get_by_role("button", name="save", exact=True).click()
    page.page.get_by_text(EVIL).last.wait_for()


def test_no_text_became_markup(page):
    """Names, values and errors that look like markup ran nothing, and nobody was asked anything."""
    assert page.page.evaluate("window.injected === undefined")
    assert page.page.locator("img[src='x']").count() == 0
    page.check_quiet()
