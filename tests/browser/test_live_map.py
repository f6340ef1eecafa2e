"""What a person sees and does with a live map, at full size, in real front ends and a browser."""

import json
import shutil

import numpy as np
import pytest
from PIL import Image

from tools.notebooks import strip_all

from .lab import Page
from .live_page import CELLS, LiveMap, ink


@pytest.fixture(scope="module")
def page(lab, browser):
    """Return a page with a live map in JupyterLab, shared by the tests that leave it usable."""
    name = lab.write("live.ipynb", *CELLS)
    page = LiveMap(browser, lab.url(name))
    yield page
    page.close()


def test_the_map_is_there_and_is_the_stored_picture(page):
    """The live pixels are those of the PNG that readers without a kernel get, the right way up."""
    live = page.settled()
    assert ink(live) > 0.05
    page.execute("open('still.png', 'wb').write(view.png())")
    folder = page.execute("import os; print(os.getcwd())").strip()
    still = np.asarray(Image.open(f"{folder}/still.png").convert("RGB"))[:, : live.shape[1]]
    small = [coarse(picture) for picture in (live, still, still[::-1])]
    right, flipped = (np.corrcoef(small[0], other)[0, 1] for other in small[1:])
    assert right > 0.9 > flipped
    page.check_quiet()


def coarse(picture, cell=20):
    """Return the darkness of each cell of a coarse grid, flat."""
    grey = 255 - picture.mean(axis=2)
    h, w = (side // cell * cell for side in grey.shape)
    return grey[:h, :w].reshape(h // cell, cell, w // cell, cell).mean(axis=(1, 3)).ravel()


def test_the_wheel_zooms_and_reset_comes_back(page):
    """The wheel brings fresh pixels of a smaller range, reset the first picture again."""
    before = page.settled()
    page.wheel()
    page.wheel()
    zoomed = page.settled(unlike=before)
    (x0, x1), (y0, y1) = json.loads(
        page.execute("import json; print(json.dumps(view.ranges))")
    )
    whole = json.loads(page.execute("print(json.dumps(view.raster.extent))"))
    assert x1 - x0 < 0.8 * (whole[1] - whole[0])
    assert (x1 - x0) == pytest.approx(y1 - y0, rel=0.01)  # equal aspect
    page.map.hover()
    page.page.locator("[title='Reset']").first.click()
    page.page.mouse.move(5, 5)
    again = page.settled(unlike=zoomed)
    assert np.corrcoef(coarse(before), coarse(again))[0, 1] > 0.99
    page.check_quiet()


def test_the_map_follows_the_theme_of_the_page(page):
    """With JupyterLab's dark theme the ground turns black, and white again with the light one."""
    light = page.settled()
    theme = "light => document.body.setAttribute('data-jp-theme-light', light)"
    page.page.evaluate(theme, "false")
    dark = page.settled(unlike=light)
    assert light[2, 2].tolist() == [255, 255, 255] and dark[2, 2].tolist() == [0, 0, 0]
    page.page.evaluate(theme, "true")
    assert page.settled(unlike=dark)[2, 2].tolist() == [255, 255, 255]


def test_dragging_moves_the_map(page):
    """A drag shifts the range by what the mouse went."""
    box, before = page.map.bounding_box(), page.settled()
    first = json.loads(page.execute("import json; print(json.dumps(view.ranges))"))
    page.page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + 300, box["y"] + 200, steps=5)
    page.page.mouse.up()
    page.settled(unlike=before)
    moved = json.loads(page.execute("print(json.dumps(view.ranges))"))
    assert moved[0][0] < first[0][0]
    assert moved[1][0] == pytest.approx(first[1][0], abs=0.01 * (first[1][1] - first[1][0]))
    page.check_quiet()


def test_every_control_changes_the_picture(page):
    """Shading, background and point size each give other pixels, and so does recolor."""
    shown = page.settled()
    for menu, option in (
        ("shading", "logarithmic"), ("background", "black"), ("points", "medium"),
    ):
        page.choose(menu, option)
        shown = page.settled(unlike=shown)
    page.execute("view.recolor(colors[:, ::-1].copy())")
    page.settled(unlike=shown)
    page.check_quiet()


def test_a_notch_of_the_wheel_costs_one_frame(page):
    """It is fine at once; several in quick succession may bring quick ones before it."""
    page.execute(
        "widget, moving = view._map_widget, []\ndraw = widget._draw\n"
        "widget._draw = lambda *view: moving.append(view[-1]) or draw(*view)"
    )
    shown = page.settled()
    page.wheel(-120)
    shown = page.settled(unlike=shown)
    assert page.execute("print(moving)").strip() == "[False]"
    for _ in range(8):
        page.wheel(-40)
    page.settled(unlike=shown)
    page.page.wait_for_timeout(1000)
    assert page.execute("print(moving[-1])").strip() == "False"
    page.execute("widget._draw = draw")
    page.check_quiet()


def test_every_action_gives_a_fresh_picture(page):
    """Turn after turn of the wheel, and with controls between, other pixels come."""
    for turn in (-120, -120, 120):
        page.wait_for_picture(lambda turn=turn: page.wheel(turn))
        for shading in ("plain count", "equalized"):
            page.wait_for_picture(lambda shading=shading: page.choose("shading", shading))
    page.check_quiet()


@pytest.fixture(scope="module")
def twice(lab, browser):
    """Return a page with two displays of one view, run twice, shared by the tests after it."""
    page = LiveMap(browser, lab.url(lab.write("twice.ipynb", *CELLS, "view")))
    page.page.locator(".tsnecolor-frame").nth(1).wait_for(state="attached")
    page.command("notebook:run-all-cells")
    page.page.wait_for_timeout(3000)
    yield page
    page.close()


def test_two_displays_of_one_view_and_a_rerun(twice):
    """The same view shown twice is live in both places, and again after running its cell anew."""
    assert twice.page.locator(".tsnecolor-map").count() == 2
    twice.settled()
    twice.check_quiet()


def test_a_saved_notebook_is_caught_and_stripped(twice, lab, tmp_path):
    """Saving from JupyterLab stores the widget view; strip takes it out and leaves the PNG."""
    twice.save()
    path = tmp_path / "saved.ipynb"
    shutil.copy(lab.folder / "twice.ipynb", path)
    assert "widget-view" in path.read_text()
    strip_all([path])
    stored = path.read_text()
    assert "widget-view" not in stored and "image/png" in stored


def test_reload_with_the_kernel_alive(twice):
    """After saving and reloading the page the map is back, and still live."""
    twice.save()
    twice.page.reload()
    twice.wait_for_kernel()
    twice.page.locator(".tsnecolor-frame").first.wait_for()
    before = twice.settled()
    twice.wheel()
    twice.settled(unlike=before)
    twice.check_quiet()


COUNT = """
import gc, json, weakref
from ipywidgets.widgets.widget import _instances
gc.collect()
print(json.dumps([len(_instances), [type(one()).__name__ for one in made if one() is not None]]))
"""


def test_a_cell_that_runs_again_costs_no_memory_again(lab, browser):
    """Replaced outputs free views, explorers and their data; what is on screen still works."""
    cells = (
        "import weakref\nimport numpy as np\n"
        "from tsnecolor_nb import explore, load_embedding, show\n"
        "made = globals().get('made', [])\n"
        "X = np.random.default_rng(0).standard_normal((3000, 6))\n"
        "def note(widget):\n"
        "    made.append(weakref.ref(widget))\n"
        "    made.append(weakref.ref(getattr(widget, 'embedding', None) or widget.raster))\n"
        "    return widget",
        "note(show(X[:, :2]))",
        "explorer = note(explore(load_embedding(X, X[:, :2], name='mine')))\nexplorer",
    )
    page = LiveMap(browser, lab.url(lab.write("again.ipynb", *cells)))
    maps = page.page.locator(".tsnecolor-frame")
    maps.nth(1).wait_for(state="attached")
    counts = []
    for _ in range(3):
        page.command("notebook:run-all-cells")
        page.page.wait_for_timeout(4000)
        counts.append(json.loads(page.execute(COUNT)))
    alive = ["View", "Raster", "Explorer", "Embedding"]
    assert counts[1] == counts[2] == [counts[0][0], alive]
    before = page.settled()
    page.wheel()
    page.settled(unlike=before)
    page.check_quiet()
    page.close()


def test_without_a_kernel_the_stored_picture_is_shown(lab, browser, root):
    """A notebook of the collection, opened and not run, shows its PNGs and no error."""
    source = root / "notebooks" / "00_start_here.ipynb"
    shutil.copy(source, lab.folder / "stored.ipynb")
    page = Page(browser, lab.url("stored.ipynb"))
    image = page.page.locator(".jp-RenderedImage img").first
    image.wait_for()
    assert image.evaluate("image => [image.naturalWidth, image.width]") == [1200, 600]
    assert ink(page.look(image)) > 0.05
    assert page.page.get_by_text("Error displaying widget").count() == 0
    page.check_quiet()
    page.close()
