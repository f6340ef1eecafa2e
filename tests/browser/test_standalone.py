"""A saved page in a browser without a network: its pixels, and what hands and keys do."""

import io
from urllib.parse import parse_qs, quote, urlsplit

import numpy as np
import pytest
from PIL import Image

from tsnecolor_nb import Raster, column_colors, load_glyphs
from tsnecolor_nb.colors.palettes import MISSING, UNSELECTED
from tsnecolor_nb.picture.png import png
from tsnecolor_nb.picture.raster import compose
from tsnecolor_nb.standalone.page import LegendEntry, PageColoring, write_page

EVIL = '<img src=x onerror="window.injected=1">'
MIDDLE = (10.0, 5.0)
SHOW = """(visibility) => {
  for (const element of document.querySelectorAll("#zoom, #marks, #card"))
    element.style.visibility = visibility;
}"""


@pytest.fixture(scope="module")
def atlas():
    """Return the glyphs."""
    return load_glyphs()


@pytest.fixture(scope="module")
def colors(atlas):
    """Return a coloring by means, some points of it missing, and one by labels."""
    mean = np.uint8(np.clip(atlas.xyz - atlas.xyz.min(0), 0, 140) * 1.8)
    mean[::7] = MISSING
    labels = column_colors(atlas.meta["script"]).srgb8.copy()
    labels[::7] = MISSING
    return {"mean": mean, "labels": labels}


@pytest.fixture(scope="module")
def saved(tmp_path_factory, atlas, colors):
    """Return pages by their shading."""
    folder = tmp_path_factory.mktemp("pages")
    color = colors["labels"][atlas.meta["script"] == "Arabic"][0]
    legend = [LegendEntry(EVIL, tuple(color), png(np.zeros((8, 8), np.uint8)), EVIL)]
    colorings = [
        PageColoring("mean", colors["mean"]),
        PageColoring("labels", colors["labels"], True, legend),
        PageColoring("plain"),
        PageColoring(EVIL, colors["mean"]),
    ]
    columns = atlas.meta[["name", "script"]].astype(str)
    columns[EVIL] = EVIL
    columns["codepoint"] = atlas.meta["codepoint"]
    arabic = np.flatnonzero(atlas.meta["script"] == "Arabic")
    return {
        shading: write_page(
            folder / f"{shading} <b>.html", atlas.xy, colorings, columns=columns, title=EVIL,
            pictures=atlas.pictures, background="white", shading=shading,
            selections={EVIL: arabic},
        )
        for shading in ("filled", "eq_hist")
    }


class SavedPage:
    """A page opened from disk, with the network off."""

    def __init__(self, browser, path, fragment="", *, before="", **context):
        self.context = browser.new_context(**{"viewport": {"width": 920, "height": 648}} | context)
        self.context.set_offline(True)
        self.context.add_init_script(before)
        self.page = self.context.new_page()
        self.requests, self.complaints = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self.complaints.append(error.message))
        self.page.goto(path.as_uri() + fragment)
        self.map = self.page.locator("#map")
        self.settle()

    def _note(self, message):
        if message.type == "error":  # a breach of the content policy is one
            self.complaints.append(message.text)

    def settle(self):
        """Wait until the picture is sharp."""
        self.page.wait_for_selector("#map[aria-busy=false]")

    def pixels(self):
        """Return the map as one sees it, (h, w, 3) uint8, without buttons and marks."""
        self.settle()
        self.page.evaluate(SHOW, "hidden")
        image = Image.open(io.BytesIO(self.map.screenshot()))
        self.page.evaluate(SHOW, "visible")
        return np.asarray(image.convert("RGB"))

    def view(self):
        """Return x, y and zoom as the address holds them."""
        self.settle()
        self.page.wait_for_timeout(300)
        fragment = parse_qs(urlsplit(self.page.url).fragment)
        return np.array([float(fragment[key][0]) for key in ("x", "y", "zoom")])

    def close(self):
        """Nothing ran that was text, nothing was asked of a network, nothing was complained of."""
        assert self.page.evaluate("window.injected") is None
        assert {url.partition(":")[0] for url in self.requests} <= {"file", "blob", "data"}
        assert not self.complaints
        self.context.close()


def link(zoom, color, middle=MIDDLE):
    """Return the fragment of an address that shows a part of the map."""
    return f"#x={middle[0]}&y={middle[1]}&zoom={zoom}&color={quote(color)}"


@pytest.fixture
def opened(browser, saved):
    """Return a function that opens a page; they are checked and closed at the end."""
    pages = []

    def open_page(fragment="", shading="filled", **context):
        pages.append(SavedPage(browser, saved[shading], fragment, **context))
        return pages[-1]

    yield open_page
    for page in pages:
        page.close()


@pytest.mark.parametrize(("zoom", "ratio"), [(1, 1), (6, 1), (6, 2), (64, 1)])
@pytest.mark.parametrize(
    ("shading", "color"),
    [("filled", "mean"), ("filled", "labels"), ("eq_hist", "mean"), ("eq_hist", "plain")],
)
def test_a_frame_is_that_of_the_raster(opened, atlas, colors, shading, color, zoom, ratio):
    """At most 1 % of the pixels differ by more than 2 of 255 from those that Raster draws."""
    page = opened(link(zoom, color), shading, device_scale_factor=ratio)
    seen = page.pixels()
    height, width = seen.shape[:2]
    raster = Raster(atlas.xy, colors.get(color), categorical=color == "labels")
    x0, x1, *_ = raster.extent
    half = np.array([width, height]) / 2 * (x1 - x0) / zoom / min(width, height)
    (x, y), (half_x, half_y) = MIDDLE, half
    ranges = (x - half_x, x + half_x), (y - half_y, y + half_y)
    rgba = raster.rgba(*ranges, width, height, shading=shading, pixel_ratio=ratio)
    drawn = compose(rgba)
    differs = np.abs(seen.astype(int) - drawn).max(axis=2) > 2
    print(f"{shading} {color} zoom {zoom}, {width} pixels: {differs.mean():.3%} differ")
    assert (drawn < 250).any(axis=2).mean() > 0.02
    assert differs.mean() <= 0.01


def test_mouse_and_keys_move_the_view(opened):
    """Dragging and arrows move, wheel and double click and keys zoom, 0 shows all."""
    page = opened()
    mouse, keys = page.page.mouse, page.page.keyboard
    first = page.view()
    mouse.move(300, 300)
    mouse.down()
    mouse.move(340, 320)
    mouse.move(400, 300)
    mouse.up()
    dragged = page.view()
    assert dragged[0] < first[0] - 5 and dragged[1:] == pytest.approx(first[1:], abs=0.2)
    mouse.wheel(0, -300)
    wheeled = page.view()
    assert wheeled[2] == pytest.approx(first[2] * np.exp(0.6), rel=1e-3)
    mouse.dblclick(200, 200)
    assert page.view()[2] == pytest.approx(2 * wheeled[2], rel=1e-3)
    keys.press("0")
    assert page.view() == pytest.approx(first)
    keys.press("+")
    zoomed = page.view()
    keys.press("ArrowRight")
    moved = page.view()
    assert zoomed[2] == moved[2] == 1.5 and moved[0] > zoomed[0]
    page.page.get_by_role("button", name="Whole map").click()
    assert page.view() == pytest.approx(first)


def test_fingers_pan_pinch_and_tap(opened):
    """On a phone one finger moves the map, two zoom it, and a tap opens a card."""
    page = opened(
        link(20, "mean"), viewport={"width": 390, "height": 844}, device_scale_factor=3,
        has_touch=True, is_mobile=True,
    )
    first = page.view()
    touch = page.context.new_cdp_session(page.page)

    def fingers(kind, *places):
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)]
        touch.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    fingers("Start", (100, 200))
    for x in (130, 170, 200):
        fingers("Move", (x, 200))
    fingers("End")
    moved = page.view()
    assert moved[0] < first[0] and moved[2] == first[2]
    fingers("Start", (150, 250), (250, 250))
    for apart in (70, 90, 100):
        fingers("Move", (200 - apart, 250), (200 + apart, 250))
    fingers("End")
    assert page.view()[2] == pytest.approx(2 * moved[2], rel=0.05)
    box = page.map.bounding_box()
    xs = np.linspace(0.1, 0.9, 9)
    for x, y in np.stack(np.meshgrid(xs, xs), axis=-1).reshape(-1, 2):
        page.page.touchscreen.tap(box["x"] + x * box["width"], box["y"] + y * box["height"] * 0.8)
        page.page.wait_for_timeout(400)
        if page.page.locator("#card").is_visible():
            break
    assert EVIL in page.page.locator("#card").inner_text()
    size = page.page.evaluate("[picture.width / picture.clientWidth, document.body.scrollWidth]")
    assert size == [3, 390]


def test_texts_of_strangers_are_shown_as_they_are(opened):
    """Markup in names, legends and labels is text in the menu, the legend and the card."""
    page = opened(link(1, "labels"))
    assert EVIL in page.page.title() and page.page.locator("h1").inner_text().startswith(EVIL)
    assert page.page.locator("#legend").inner_text().count(EVIL) == 2
    assert page.page.locator("#legend img").evaluate("image => image.naturalWidth") == 8
    page.page.get_by_label("Colored by").select_option(EVIL)
    page.settle()
    page.page.mouse.move(300, 350)
    card = page.page.locator("#card")
    card.wait_for()
    assert card.inner_text().count(EVIL) == 2  # the name of a column, and its text
    assert card.locator("canvas").count() == 1
    page.page.reload()
    page.settle()
    assert page.page.get_by_label("Colored by").input_value() == EVIL


def test_search_marks_and_goes_to_what_it_finds(opened, atlas):
    """Any part of a name is found, counted, ringed and shown; markup finds only itself."""
    page = opened()
    marks = "marks => marks.getContext('2d').getImageData(0, 0, marks.width, marks.height).data"
    ink = f"marks => ({marks})(marks).reduce((sum, value) => sum + (value > 0), 0)"
    assert page.page.locator("#marks").evaluate(ink) == 0
    page.page.get_by_label("Search").fill("arabic letter sheen")
    found = atlas.meta["name"].astype(str).str.contains("ARABIC LETTER SHEEN").to_numpy()
    assert page.page.locator("#found").inner_text().startswith(f"{found.sum()} points")
    assert page.page.locator("#marks").evaluate(ink) > 500
    page.page.keyboard.press("Enter")
    x, y, zoom = page.view()
    low, high = atlas.xy[found].min(axis=0), atlas.xy[found].max(axis=0)
    assert (x, y) == pytest.approx((low + high) / 2, abs=0.1) and zoom > 1
    page.page.get_by_role("button", name="Next").click()
    x, y, zoom = page.view()
    assert np.abs(atlas.xy[found] - [x, y]).max(axis=1).min() < 1e-3 and zoom >= 8
    assert "ARABIC LETTER SHEEN" in page.page.locator("#card").inner_text()
    page.page.locator("#hits button").first.click()
    assert page.view()[2] > 1
    page.page.get_by_label("Search").fill("<img")
    assert page.page.locator("#hits").inner_text().startswith(EVIL)


def add_filter(page, column):
    """Open the filters of a page, and add one."""
    if not page.page.locator("#add").is_visible():
        page.page.locator("summary").click()
    page.page.get_by_label("add a filter").select_option(column)


def passing(page):
    """Return what a page says of its filters."""
    page.settle()
    return page.page.locator("summary small").inner_text()


@pytest.mark.parametrize("color", ["mean", "labels", "plain"])
def test_what_does_not_pass_a_filter_is_grey(opened, atlas, colors, color):
    """Ticked labels keep their color, the rest is grey as the raster draws it, also on black."""
    page = opened(link(6, color))
    before = page.pixels()
    add_filter(page, "script")
    for label in ("Arabic", "Latin"):
        page.page.get_by_placeholder("find in 151 labels").fill(label)
        page.page.locator("#filters").get_by_label(label, exact=False).first.check()
    passes = atlas.meta["script"].isin(["Arabic", "Latin"]).to_numpy()
    assert passing(page) == f"{passes.sum():,} of {len(atlas):,} points pass"
    if color == "plain":
        assert (page.pixels() != before).mean() > 0.02
        return
    for background in ("white", "black"):
        seen = page.pixels()
        greyed = np.where(passes[:, None], colors[color], np.uint8(UNSELECTED[background]))
        raster = Raster(atlas.xy, greyed, categorical=color == "labels")
        height, width = seen.shape[:2]
        x0, x1, *_ = raster.extent
        half = np.array([width, height]) / 2 * (x1 - x0) / 6 / min(width, height)
        ranges = [(m - h, m + h) for m, h in zip(MIDDLE, half, strict=True)]
        drawn = compose(raster.rgba(*ranges, width, height), background)
        differs = np.abs(seen.astype(int) - drawn).max(axis=2) > 2
        print(f"{color} on {background}: {differs.mean():.3%} of the pixels differ")
        assert differs.mean() <= 0.01
        page.page.get_by_role("button", name="Dark").or_(
            page.page.get_by_role("button", name="Light")
        ).click()
    page.page.get_by_role("button", name="remove the filter on script").click()
    assert passing(page) == "" and np.array_equal(page.pixels(), before)


def test_ranges_and_selections_are_chosen(opened, atlas):
    """A slider's range, a named selection, and both; what is grey is not picked by the mouse."""
    row = int(np.flatnonzero(atlas.meta["script"] == "Han")[0])
    page = opened(link(1500, "mean", atlas.xy[row]))
    box = page.map.bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    def card_is_seen():
        page.page.mouse.move(*middle)
        page.page.mouse.move(middle[0] + 1, middle[1])
        page.page.wait_for_timeout(300)
        return page.page.locator("#card").is_visible()

    assert card_is_seen()
    page.page.get_by_label("Selection").select_option(index=1)
    page.settle()
    assert page.page.get_by_label("Selection").inner_text().count(EVIL) == 1
    assert not card_is_seen(), "it is not among the Arabic ones"
    add_filter(page, "codepoint")
    slider = page.page.get_by_label("highest codepoint that passes")
    slider.fill("5")
    codepoint, arabic = atlas.meta["codepoint"].to_numpy(), atlas.meta["script"] == "Arabic"
    limit = codepoint.min() + (codepoint.max() - codepoint.min()) * 5 / 500
    both = (arabic.to_numpy() & (codepoint <= limit)).sum()
    assert passing(page) == f"{both:,} of {len(atlas):,} points pass"
    page.page.get_by_label("Selection").select_option(index=0)
    assert passing(page) == f"{(codepoint <= limit).sum():,} of {len(atlas):,} points pass"
    page.page.get_by_role("button", name="clear").click()
    assert passing(page) == "" and card_is_seen()


def test_filters_fit_a_phone(opened):
    """The panel is as wide as the screen, and nothing is wider."""
    page = opened(link(1, "mean"), viewport={"width": 390, "height": 844}, has_touch=True)
    add_filter(page, "script")
    add_filter(page, EVIL)
    assert page.page.evaluate("document.body.scrollWidth") == 390
    assert page.page.locator(".filter").first.bounding_box()["width"] > 350
    assert page.page.locator("#filters").inner_text().count(EVIL) == 2


def test_the_address_remembers_view_and_coloring(opened):
    """A link leads to the same pixels, also while the page is open, and follows what one does."""
    page = opened(link(6, "labels"))
    seen = page.pixels()
    page.page.get_by_label("Colored by").select_option("plain")
    page.page.get_by_role("button", name="Zoom out").click()
    assert page.view()[2] == pytest.approx(4) and "color=plain" in page.page.url
    page.page.goto(page.page.url.partition("#")[0] + link(6, "labels"))
    page.page.wait_for_function("coloring.value === 'labels'")
    assert np.array_equal(page.pixels(), seen)


def test_dark_ground(opened):
    """A button changes the ground; uncolored points are light on a dark one."""
    page = opened(link(1, "plain"))
    white = page.pixels()
    page.page.get_by_role("button", name="Dark").click()
    black = page.pixels()
    assert white.min(axis=(0, 1)).max() < 60 and (white[0, 0] == 255).all()
    assert black.max(axis=(0, 1)).min() > 150 and (black[0, 0] == 0).all()


def test_a_browser_without_workers_draws_as_well(browser, saved):
    """Where no worker can start, the page itself draws the same picture."""
    with_worker = SavedPage(browser, saved["filled"], link(6, "mean"))
    seen = with_worker.pixels()
    with_worker.close()
    page = SavedPage(browser, saved["filled"], link(6, "mean"), before="delete window.Worker")
    assert not any(url.startswith("blob") for url in page.requests)
    assert np.array_equal(page.pixels(), seen)
    page.close()
