"""What a person sees and does with the explorer, at full size, in real front ends."""

import json

import numpy as np
import pytest
from PIL import Image

from tools.notebooks import strip_all

from .explorer_page import CELLS, EVERYTHING, TOOL, ExplorerPage, RandomActions
from .lab import Page

TABS = ("Color", "Legend", "Selection", "Filter", "Find", "Save", "Compare")
# Gives up at once where anywidget would wait for two seconds.
IMPATIENT = """
const patient = AbortSignal.timeout;
AbortSignal.timeout = (ms) => {
  if (ms !== 2000) return patient.call(AbortSignal, ms);
  const controller = new AbortController();
  setTimeout(() => controller.abort());
  return controller.signal;
};
"""


@pytest.fixture(scope="module")
def opened(lab, browser):
    """Return a page with an explorer of all glyphs, shared by all tests here."""
    page = ExplorerPage(browser, lab.url(lab.write("explore.ipynb", *CELLS)))
    yield page
    page.close()


@pytest.fixture
def page(opened):
    """Return the page as it was at first; after a test nothing may have gone wrong in it."""
    opened.fresh()
    yield opened
    opened.check()


def test_everything_is_in_sight_on_a_small_screen(page):
    """At 1280 × 720 no tab of the explorer is cut off, neither by the page nor by itself."""
    visible = page.page.locator(".jp-WindowedPanel-outer").first.bounding_box()
    for tab in TABS:
        page.press(tab)
        if tab == "Compare":
            page.page.locator(".tsnecolor-map").nth(1).wait_for()
        box = page.widget.bounding_box()
        assert box["height"] <= visible["height"] and box["width"] <= visible["width"], tab
        too_wide = page.widget.evaluate(
            """(widget) => [widget, ...widget.querySelectorAll(".widget-box")]
                 .filter((box) => box.scrollWidth > box.clientWidth + 1)
                 .map((box) => box.className + box.textContent.slice(0, 40))"""
        )
        assert too_wide == [], tab
        tops = page.widget.locator(".tsnecolor-tabs button").evaluate_all(
            "buttons => [...new Set(buttons.map((one) => one.offsetTop))]"
        )
        assert len(tops) == 1, "the row of tabs is broken"
    page.press("Color")


def test_every_kind_of_coloring_is_in_the_menu(page):
    """A technique brings its controls and a link to its notebook, a column its own colors."""
    about = page.widget.locator(".tsnecolor-about").filter(visible=True)
    page.menu("Color by", "k-means")
    page.until("explorer.state.base.entry.name == 'kmeans'")
    assert about.locator("a").get_attribute("href") == "08_kmeans.ipynb"
    assert page.widget.get_by_label("palette", exact=True).count() == 1
    page.menu("palette", "hue")
    page.until("explorer.state.base.params['colors__palette'] == 'hue'")
    page.menu("Color by", "column: script")
    page.until("explorer.state.base.entry.name == 'column:script'")
    assert page.ask("explorer.state.base.names[0]") == "Han"
    page.menu("Color by", "column: codepoint")
    page.until("explorer.state.base.entry.name == 'column:codepoint'")
    page.menu("shading", "logarithmic")
    page.until("explorer._map.options['shading'] == 'log'")
    page.menu("shading", "equalized")


def test_hover_shows_the_nearest_point_at_any_zoom(page):
    """The card shows the point under the mouse; where there is none near, nothing is marked."""
    for ranges in ("", "(-8, 8), (-8, 8)"):
        page.execute(f"explorer.zoom({ranges})")
        row = page.ask(
            "next(int(r) for r in range(1000, 300000, 991) if all(lo + .2 * (hi - lo) < v <"
            " hi - .2 * (hi - lo) for v, (lo, hi) in zip(atlas.xy[r], explorer._map.ranges)))"
        )
        page.hover_row(row)
        found = page.ask("explorer.hovered")
        name = page.ask(f"str(atlas.meta['name'][{found}])")
        card = page.widget.locator(".tsnecolor-card")
        card.get_by_text(name).first.wait_for()
        assert card.locator("img").evaluate("image => image.naturalWidth") == 28
        assert page.ask("explorer._map._map_widget.hovered")
    page.press("Whole map")
    for turn in range(20):  # the page may not know yet that it shows the whole map
        page.move(*page.at(0.03 + 0.001 * turn, 0.03))
        page.page.wait_for_timeout(200)
        if page.ask("explorer.hovered is None"):
            break
    assert page.ask("explorer.hovered is None")


def test_a_busy_kernel_is_not_flooded(page):
    """However fast the mouse moves, a slow kernel is asked only once it has answered."""
    page.execute(
        "told, slow = [], 0.2\n"
        "widget = explorer._map._map_widget\ntell = widget._on_pointer\n"
        "widget._on_pointer = lambda event: (time.sleep(slow), told.append(time.time()))"
    )
    left, top = page.at(0.3, 0.5)
    for i in range(300):
        page.page.mouse.move(left + i / 2, top)
    page.until("len(told) > 0 and time.time() - told[-1] > 1")
    apart = np.diff(page.ask("told"))
    page.execute("widget._on_pointer = tell")
    print(f"300 moves over a slow kernel became {len(apart) + 1} questions")
    assert len(apart) < 150 and (apart > 0.15).all()


def test_lasso_and_box_select_and_escape_ends_it(page):
    """What lies inside keeps its color, the rest turns grey; the panel describes it."""
    page.use("Lasso")
    page.drag((0.2, 0.6), (0.25, 0.8), (0.4, 0.85), (0.45, 0.6), (0.3, 0.55))
    page.until("explorer.state.selection is not None")
    page.idle()
    panel = page.widget.locator(".tsnecolor-panel")
    panel.get_by_text("points selected").wait_for()
    assert panel.locator(".tsnecolor-button").count() == 24
    rows = page.ask("len(explorer.state.selection)")
    drawn = "explorer.state.displayed(explorer.state.shown)"
    grey = page.ask(f"int(({drawn} == 208).all(axis=1).sum())")
    assert 0 < rows and grey == page.ask("len(atlas)") - rows
    page.use("Box")
    page.drag((0.3, 0.3), (0.6, 0.7))
    page.until(f"len(explorer.state.selection) != {rows}")
    page.execute(
        "(x0, x1), (y0, y1) = explorer._map.ranges\n"
        "x, y = ((atlas.xy - [x0, y0]) / [x1 - x0, y1 - y0]).T"
    )
    inside = page.ask("int(((x > .3) & (x < .6) & (y > .3) & (y < .7)).sum())")
    assert page.ask("len(explorer.state.selection)") == pytest.approx(inside, rel=0.02)
    page.page.keyboard.press("Escape")
    page.until("explorer.state.selection is None")


def test_a_tool_is_there_at_once_but_not_in_the_middle_of_a_drag(page):
    """A busy kernel keeps no tool from the hand; a drag ends with the tool that it began with."""
    page.start("time.sleep(3)")
    page.use("Lasso")
    page.drag((0.2, 0.6), (0.25, 0.8), (0.4, 0.85), (0.45, 0.6), (0.3, 0.55))
    page.until("explorer.state.selection is not None")
    page.use("Move")
    ranges = page.ask("explorer._map.ranges")
    page.page.mouse.move(*page.at(0.4, 0.4))
    page.page.mouse.down()
    page.page.mouse.move(*page.at(0.5, 0.5), steps=4)
    page.execute("explorer._screen._tools.value = 'Lasso'")
    page.widget.locator("button.mod-active").get_by_text("Lasso", exact=True).wait_for()
    page.page.mouse.move(*page.at(0.6, 0.6), steps=4)
    assert page.tool() == "PanTool"
    page.page.mouse.up()
    page.page.wait_for_function(f"{TOOL} === 'LassoSelectTool'")
    page.until(f"explorer._map.ranges != {ranges}")


def test_a_click_colors_by_distance_and_clear_leads_back(page):
    """Every point gets the color of its distance to the clicked one, with a legend."""
    page.press("Legend")
    x, y = page.at_row(170_569)
    page.move(x, y)
    page.page.mouse.click(x, y)
    page.until("explorer.state.probe is not None")
    row = page.ask("explorer.state.probe.row")
    ours = page.ask("explorer.state.probe.values[::9999, 0].tolist()")
    theirs = page.ask(f"np.linalg.norm(atlas.X[::9999] - atlas.X[{row}], axis=1).tolist()")
    np.testing.assert_allclose(ours, theirs, rtol=1e-4, atol=1e-3)
    page.until("explorer._color_control.explained is explorer.state.probe")
    assert "distance" in page.widget.locator(".tsnecolor-status").inner_text()
    page.press("Clear")
    page.until("explorer.state.probe is None")


def test_the_legend_isolates_and_clips(page):
    """A click on a label isolates it, another frees it; moved clips color anew."""
    page.menu("Color by", "k-means")
    page.press("Legend")
    tile = page.widget.locator(".tsnecolor-button").nth(2)
    tile.click()
    page.until("explorer.state.isolated == 2")
    assert page.ask("int(explorer.state.highlighted().sum())") == page.ask(
        "int((explorer.state.base.labels == 2).sum())"
    )
    tile.click()
    page.until("explorer.state.highlighted() is None")
    page.press("Color")
    page.menu("Color by", "column: codepoint")
    page.press("Legend")
    page.until("explorer._color_control.explained is explorer.state.base")
    assert page.ask("explorer.legend.kind") == "value"
    handle = page.widget.locator(".tsnecolor-panel .noUi-handle").last
    handle.focus()
    for _ in range(3):
        page.page.keyboard.press("ArrowLeft")
    page.until("explorer.state.base.params['high'] < 0.98")


def test_two_pictures_move_together_and_mark_the_same_point(page):
    """Zooming one zooms the other, and hovering one marks the point in both."""
    page.press("Compare")
    page.page.locator(".tsnecolor-map").nth(1).locator("canvas").first.wait_for()
    page.until("explorer._screen.compare.map_view is not None")
    page.menu("Color by", "Binary PCA")
    other = "explorer.state.other"
    page.until(f"{other} is not None and {other}.entry.name == 'binary_pca'")
    page.move(*page.at(0.5, 0.5))
    page.page.mouse.wheel(0, -300)
    page.until("explorer._map.ranges != explorer._map.raster.square()")
    same = (
        "np.allclose(explorer._map.ranges, explorer._screen.compare.map_view.ranges) and"
        " np.allclose(explorer._screen.compare.map_view._drawn_ranges, explorer._map.ranges)"
    )
    page.until(same)
    page.move(*page.at(0.4, 0.6, picture=1))
    page.page.mouse.wheel(0, 200)
    page.until(same)
    page.move(*page.at(0.45, 0.5, picture=1))
    page.until("explorer.hovered is not None")
    marks = [
        f"{pane}._map_widget.hovered"
        for pane in ("explorer._map", "explorer._screen.compare.map_view")
    ]
    page.until(f"{marks[0]} == {marks[1]} and len({marks[0]}) == 1")
    page.press("Color")
    page.until("explorer._screen.compare.map_view is None and explorer.state.other is None")


def test_search_marks_and_zooms(page):
    """A codepoint is found, its points are marked, and the map goes there."""
    page.press("Find")
    box = page.widget.get_by_label("find")
    page.execute("panel = explorer._picking.search_panel")
    box.fill("U+0634")
    box.press("Enter")
    page.until("len(panel.rows) == (atlas.meta['codepoint'] == 0x634).sum()")
    page.until("len(explorer._map._map_widget.marked) > 0")
    page.press("zoom to")
    page.until("explorer._map.ranges != explorer._map.raster.square()")
    inside = "((atlas.xy[r] >= np.array(explorer._map.ranges)[:, 0])).all()"
    assert page.ask(f"all(bool({inside}) for r in panel.rows)")
    page.press("clear")
    page.until("len(panel.rows) == 0")


def test_files_and_code_can_be_taken_away(page, lab):
    """A picture with its legend and a table are saved, never over a file; the code gives both."""
    page.press("Save")
    page.widget.get_by_label("pixels", exact=True).fill("900")
    for name in ("map.png", "map.png"):
        page.widget.get_by_label("file", exact=True).fill(name)
        page.press("save")
        page.idle()
    page.widget.get_by_text("exists already").wait_for()
    picture = Image.open(lab.folder / "map.png")
    assert picture.width == 900 and picture.height > 1000
    page.execute("explorer.save('points.parquet')")
    assert (lab.folder / "points.parquet").stat().st_size > 1e6
    page.execute("explorer.zoom((-10, 10), (-10, 10)); explorer.select([170_569, 5])")
    page.execute(
        "space = {}\nlines = explorer.code().rstrip().split('\\n')\n"
        "exec('\\n'.join(lines[:-1]) + '\\nthe_picture = ' + lines[-1], space)"
    )
    assert page.ask(
        "bool((space['the_picture'].pixels == explorer._map.pixels()).all())"
    )


def test_colors_follow_the_view_if_they_should(page):
    """Fitted to the view, colors change when the map moves, and the explorer says so."""
    page.execute("explorer.zoom((-20, 0), (-20, 0))")
    page.widget.get_by_label("fit colors to this view").check()
    page.until("explorer.state.base.view is not None")
    page.widget.get_by_text("colors fitted to this view").first.wait_for()
    page.execute("before = explorer.state.base")
    page.drag((0.6, 0.6), (0.3, 0.3))
    page.until("explorer.state.base is not before and explorer.state.base.view is not None")
    page.widget.get_by_label("fit colors to this view").uncheck()
    page.until("explorer.state.base.view is None")


def test_progress_can_be_cancelled_and_errors_keep_the_picture(page):
    """A bar with a button shows during long work; what fails is told, and the colors stay."""
    page.execute("real, before = explorer.state.compute, explorer.state.base")
    page.execute(
        "def slow(place, entry, params, progress, **how):\n"
        "    for i in range(400):\n"
        "        progress('slowly', i / 400)\n"
        "        time.sleep(0.05)\n"
        "explorer.state.compute = slow"
    )
    page.menu("Color by", "Argmax")
    cancel = page.widget.get_by_role("button", name="Cancel")
    cancel.wait_for()
    cancel.click()
    page.widget.get_by_text("Cancelled").wait_for()
    page.idle()
    page.execute(
        "def broken(*args, **how):\n    raise ValueError('<b>no</b>')\n"
        "explorer.state.compute = broken"
    )
    page.menu("Color by", "k-means")
    page.widget.get_by_text("k-means: <b>no</b>").wait_for()
    assert page.ask("explorer.state.base is before")
    page.execute("explorer.state.compute = real")


def test_the_keyboard_reaches_every_control(page):
    """Tab alone goes to each button, menu and slider, and each of them has a name."""
    names = page.widget.evaluate(
        """(widget) => [...widget.querySelectorAll("button, select, input, [tabindex='0']")]
             .filter((one) => one.offsetParent !== null && !one.disabled && one.tabIndex >= 0)
             .map((one) => one.ariaLabel || one.textContent.trim() || one.title ||
               one.labels?.[0]?.textContent ||
               one.closest(".widget-inline-hbox")?.querySelector("label")?.textContent || "")"""
    )
    assert len(names) > 14 and all(name.strip() for name in names), names
    page.widget.get_by_role("button", name="Move", exact=True).focus()
    reached = set()
    for _ in range(len(names) + 8):
        reached.add(page.page.evaluate("document.activeElement.outerHTML.slice(0, 300)"))
        page.page.keyboard.press("Tab")
    assert len(reached) >= len(names)


def test_every_action_gives_a_fresh_picture(page):
    """Wheel, slider, probe and selection each draw anew, and a rectangle may hold all points."""
    page.page.mouse.move(*page.at(0.5, 0.5))
    page.wait_for_picture(page.wheel)
    page.press("Whole map")
    page.until("explorer._map.ranges == explorer._map.raster.square()")
    page.wait_for_picture(page.slide)
    page.wait_for_picture(lambda: page.page.mouse.click(*page.at(0.45, 0.55)))
    page.use("Box")
    page.wait_for_picture(lambda: page.drag((0.3, 0.3), (0.7, 0.7)))
    page.until("explorer.state.selection is not None")  # or it comes after that of all points
    page.execute(f"explorer._picking.on_pointer(dict(kind='select', geometry={EVERYTHING}))")
    assert page.ask("len(explorer.state.selection)") == page.ask("len(atlas)")


def test_random_actions(opened):
    """After actions drawn by lot the explorer answers; kernel and page had no error."""
    page = opened
    page.fresh()
    actions = RandomActions(page, seed=4, n_techniques=8)
    actions.play_each()
    actions.play(40)
    page.idle()
    page.check_quiet()
    assert page.ask("[caught.pop() for _ in caught[:]]") == []
    page.fresh()
    page.move(*page.at(0.45, 0.55))
    page.until("explorer.hovered is not None")


EVIL = "<img src=x onerror=\"document.title='broken into'\">"


def test_names_from_data_are_only_text(lab, browser):
    """Names that hold HTML are shown as they are; saved and stripped, a picture remains."""
    cells = (
        "import numpy as np\nfrom tsnecolor_nb import explore, load_embedding\n"
        "X = np.random.default_rng(0).standard_normal((4000, 6))\n"
        f"evil = {EVIL!r}\n"
        "atlas = load_embedding(X, X[:, :2], meta={evil: [evil, 'b' + evil] * 2000}, name=evil)",
        "explorer = explore(atlas, 'column:' + evil)\nexplorer",
    )
    name = lab.write("evil.ipynb", *cells)
    page = ExplorerPage(browser, lab.url(name))
    for tab in TABS:
        page.press(tab)
        page.move(*page.at(0.5, 0.5))
        page.idle()
    page.press("Selection")
    page.execute("explorer.select(range(10)); explorer.hover(3)")
    page.idle()
    page.widget.locator(".tsnecolor-card").get_by_text(EVIL).first.wait_for()
    assert "broken into" not in page.page.title()
    assert page.page.locator("img[src='x']").count() == 0
    page.save()
    page.check_quiet()
    page.close()
    path = lab.folder / name
    assert "widget-view" in path.read_text()
    strip_all([path])
    outputs = json.loads(path.read_text())["cells"][1]["outputs"]
    assert set(outputs[0]["data"]) == {"image/png", "text/plain"}
    assert outputs[0]["data"]["text/plain"][0].startswith("<Explorer")


def test_a_page_that_starts_too_slowly_for_anywidget_works(lab, browser):
    """Where widgets take longer than anywidget waits, they are there, and hear the kernel."""
    cells = (
        "import numpy as np\nfrom tsnecolor_nb import explore, load_embedding\n"
        "X = np.random.default_rng(0).standard_normal((4000, 6))\n"
        "atlas = load_embedding(X, X[:, :2], meta={'half': ['left', 'right'] * 2000})",
        "explorer = explore(atlas, 'column:half')\nexplorer",
    )
    page = ExplorerPage(browser, lab.url(lab.write("slow.ipynb", *cells)), before=IMPATIENT)
    page.press("Legend")
    page.widget.locator(".tsnecolor-button").filter(has_text="left").wait_for()
    page.execute("explorer.color_by('kmeans', kmeans__n_clusters=5)")
    page.page.wait_for_function("document.querySelectorAll('.tsnecolor-button').length === 5")
    page.move(*page.at(0.5, 0.5))
    page.until("explorer.hovered is not None")
    page.page.mouse.wheel(0, -300)
    page.until("explorer._map.ranges != explorer._map.raster.square()")
    assert page.slow_starts > 3
    page.check_quiet()
    page.close()


def test_notebook_7_explores(lab, browser):
    """The classic Notebook's successor shows the same explorer and live map, and they answer."""
    # Notebook 7 logs errors of its own plugins at every start; ours would come on top.
    empty = Page(browser, lab.url(lab.write("nothing.ipynb", "1"), app="notebook"))
    empty.page.wait_for_timeout(2000)
    empty.close()
    cells = (*CELLS, "from tsnecolor_nb import show\nview = show(atlas.xy)\nview")
    page = ExplorerPage(browser, lab.url(lab.write("seven.ipynb", *cells), "notebook"))
    page.move(*page.at(0.45, 0.55))
    page.until("explorer.hovered is not None")
    page.press("Legend")
    page.idle()
    page.page.mouse.click(*page.at(0.45, 0.55))
    page.until("explorer.state.probe is not None")
    page.page.locator(".tsnecolor-map").last.scroll_into_view_if_needed()
    page.page.mouse.move(*page.at(0.5, 0.5, picture=1))
    page.page.mouse.wheel(0, -240)
    page.until("view.ranges[0][1] - view.ranges[0][0] < 0.9 * np.ptp(atlas.xy[:, 0])")
    page.check_quiet(usual=empty.complaints)
    page.close()
