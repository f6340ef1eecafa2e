"""What a person sees and does with a live map, at full size, in real front ends and a browser."""

import json
import shutil
import time

import numpy as np
import pytest
from PIL import Image

from tools.notebooks import strip_all

from .lab import Page

CELLS = (
    "import numpy as np\nfrom tsnecolor_nb import load_glyphs, show\natlas = load_glyphs()",
    "colors = np.uint8(np.clip(atlas.xyz - atlas.xyz.min(0), 0, 140) * 1.8)\n"
    "view = show(atlas.xy, colors)\nview",
)
REPEATS = 20
# Note the time of every change of the map's pixels.
WATCH_CANVAS = """() => {
  window.changes = [];
  const find = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.matches("canvas") && element.clientWidth > 200) return element;
      const inside = element.shadowRoot && find(element.shadowRoot);
      if (inside) return inside;
    }
  };
  const canvas = find(document.querySelector(".tsnecolor-map"));
  const small = Object.assign(document.createElement("canvas"), { width: 64, height: 64 });
  const context = small.getContext("2d", { willReadFrequently: true });
  let last;
  const look = () => {
    context.clearRect(0, 0, 64, 64);
    context.drawImage(canvas, 0, 0, 64, 64);
    const now = String(context.getImageData(0, 0, 64, 64).data);
    if (last !== undefined && now !== last) window.changes?.push(performance.now());
    last = now;
    if (window.changes) requestAnimationFrame(look);
  };
  look();
}"""
STOP_WATCHING = "window.changes = undefined"


class LiveMap(Page):
    """A page with one live map."""

    def __init__(self, browser, url, run=True):
        super().__init__(browser, url)
        if run:
            self.run_all()
        self.map = self.page.locator(".tsnecolor-map").first
        self.map.wait_for()
        self.map.scroll_into_view_if_needed()
        self.page.locator(".tsnecolor-map canvas").first.wait_for()
        self.settled()

    def pixels(self):
        """Return what the map shows, without the tools at its side."""
        return self.look(self.map)[:, :-60]

    def settled(self, unlike=None):
        """Wait until the picture holds still, and is `unlike` an earlier one; return it."""
        before, end = self.pixels(), time.monotonic() + 30
        while time.monotonic() < end:
            time.sleep(0.4)
            now = self.pixels()
            is_new = unlike is None or share_changed(unlike, now) > 0.01
            if is_new and ink(now) > 0.002 and np.array_equal(now, before):
                return now
            before = now
        raise AssertionError("no new picture came, or it never settled")

    def wheel(self, steps=-240):
        """Turn the wheel over the middle of the map."""
        box = self.map.bounding_box()
        self.page.mouse.move(box["x"] + 0.5 * box["width"], box["y"] + 0.45 * box["height"])
        self.page.mouse.wheel(0, steps)

    def choose(self, menu, option):
        """Choose an option of one of the menus above the map."""
        self.page.get_by_label(menu, exact=True).select_option(option)


def share_changed(before, after):
    """Return the share of pixels that differ."""
    return (before != after).any(axis=2).mean()


def ink(pixels):
    """Return the share of pixels that are not background."""
    return (np.abs(pixels.astype(int) - pixels[2, 2]).max(axis=2) > 24).mean()


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
        page.execute("import json; print(json.dumps(view._live.ranges))")
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
    first = json.loads(page.execute("import json; print(json.dumps(view._live.ranges))"))
    page.page.mouse.move(box["x"] + 200, box["y"] + 200)
    page.page.mouse.down()
    page.page.mouse.move(box["x"] + 300, box["y"] + 200, steps=5)
    page.page.mouse.up()
    page.settled(unlike=before)
    moved = json.loads(page.execute("print(json.dumps(view._live.ranges))"))
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


def test_latency_is_printed(page):
    """Wheel and control bring a fresh picture every time; how long it takes is printed."""
    page.page.evaluate(WATCH_CANVAS)
    actions = {
        "wheel": lambda turn: page.wheel(-120 if turn % 4 < 2 else 120),
        "control": lambda turn: page.choose("shading", ["plain count", "equalized"][turn % 2]),
    }
    for kind, act in actions.items():
        waits = []
        for turn in range(REPEATS):
            page.page.evaluate("changes.length = 0; start = performance.now()")
            act(turn)
            page.page.wait_for_timeout(1500)
            # Bokeh stretches the old picture at once; the last change is the fresh one.
            waits.append(page.page.evaluate("changes.length > 0 ? changes.at(-1) - start : -1"))
        assert min(waits) > 0, f"no fresh picture after the {kind}"
        median, p95 = np.quantile(waits, [0.5, 0.95])
        print(f"{kind} → fresh picture: median {median:.0f} ms, 95 % within {p95:.0f} ms")
    page.page.evaluate(STOP_WATCHING)


def test_two_displays_of_one_view_and_a_rerun(lab, browser):
    """The same view shown twice is live in both places, and again after running its cell anew."""
    page = LiveMap(browser, lab.url(lab.write("twice.ipynb", *CELLS, "view")))
    page.page.locator(".tsnecolor-map canvas").nth(1).wait_for(state="attached")
    page.command("notebook:run-all-cells")
    page.page.wait_for_timeout(3000)
    page.settled()
    page.check_quiet()
    page.close()


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
    maps = page.page.locator(".tsnecolor-map canvas")
    maps.nth(2).wait_for(state="attached")
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


def test_reload_with_the_kernel_alive(lab, browser):
    """After saving and reloading the page the map is back, and still live."""
    page = LiveMap(browser, lab.url(lab.write("reload.ipynb", *CELLS)))
    page.command("docmanager:save")
    page.page.wait_for_function(
        "!window.jupyterapp.shell.currentWidget.context.model.dirty"
    )
    page.page.reload()
    page.wait_for_kernel()
    page.page.locator(".tsnecolor-map canvas").first.wait_for()
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
    assert image.evaluate("image => image.naturalWidth") == 600
    assert ink(page.look(image)) > 0.05
    assert page.page.get_by_text("Error displaying widget").count() == 0
    page.check_quiet()
    page.close()


def test_a_saved_notebook_is_caught_and_stripped(lab, browser):
    """Saving from JupyterLab stores the widget view; strip takes it out and leaves the PNG."""
    page = LiveMap(browser, lab.url(lab.write("saved.ipynb", *CELLS)))
    page.command("docmanager:save")
    page.page.wait_for_function("!window.jupyterapp.shell.currentWidget.context.model.dirty")
    page.close()
    path = lab.folder / "saved.ipynb"
    assert "widget-view" in path.read_text()
    strip_all([path])
    stored = path.read_text()
    assert "widget-view" not in stored and "image/png" in stored


def test_notebook_7_shows_and_zooms(lab, browser):
    """The classic Notebook's successor shows the same live map."""
    # Notebook 7 logs errors of its own plugins at every start; ours would come on top.
    empty = Page(browser, lab.url(lab.write("empty.ipynb", "1"), app="notebook"))
    empty.page.wait_for_timeout(2000)
    empty.close()
    page = LiveMap(browser, lab.url(lab.write("seven.ipynb", *CELLS), app="notebook"))
    before = page.settled()
    page.wheel()
    page.settled(unlike=before)
    page.check_quiet(usual=empty.complaints)
    page.close()
