"""Names and pictures on the map, in the explorer and in a saved page, as a person sees them."""

import json

import numpy as np
import pytest

from tsnecolor_nb import MapName, Raster, load_glyphs, map_names
from tsnecolor_nb.picture.in_place import PicturesInPlace, _apart
from tsnecolor_nb.picture.names import PlacedNames
from tsnecolor_nb.standalone.page import PageColoring, write_page

from .explorer_page import CELLS, ExplorerPage
from .test_standalone import SavedPage

EVIL = '<img src=x onerror="window.injected=1">'
# Each name on the map: its text, and where its middle is.
SEEN = """(layer) => [...layer.children].map((name) => {
  const around = layer.getBoundingClientRect(), box = name.getBoundingClientRect();
  const x = box.x + box.width / 2 - around.x, y = box.y + box.height / 2 - around.y;
  return [name.textContent || name.alt, x, y];
})"""
PLACED = "[[x, y] for _, x, y in explorer._map._names.place(*explorer._map.ranges, 500, 500)]"


@pytest.fixture(scope="module")
def opened(lab, browser):
    """Return a page with an explorer of all glyphs, shared by all tests here."""
    page = ExplorerPage(browser, lab.url(lab.write("names.ipynb", *CELLS)))
    yield page
    page.close()


@pytest.fixture
def page(opened):
    """Return the page as it was at first; after a test nothing may have gone wrong in it."""
    opened.fresh()
    opened.execute("explorer.name_by(None)")
    opened.until("not explorer._map.names")
    yield opened
    assert opened.page.evaluate("window.injected") is None
    opened.check()


def names(page):
    """Return the names on the first map, with their places."""
    return page.page.locator(".tsnecolor-names").first.evaluate(SEEN)


def settled(page):
    """Return the names on the map once they are those that Python would place."""
    for _ in range(100):
        seen, placed = names(page), page.ask(PLACED)
        places = [place for _, *place in seen]
        if len(places) == len(placed) and np.allclose(sorted(places), sorted(placed), atol=0.6):
            return seen
        page.page.wait_for_timeout(100)
    raise AssertionError((seen, placed))


def test_names_come_change_and_go(page):
    """The button shows names, other ones after a zoom, and none when it is released."""
    assert names(page) == []
    page.press("Names")
    page.until("explorer._map.names")
    whole = settled(page)
    assert len(whole) >= 10 and any(name in ("Han", "Hangul Syllables") for name, *_ in whole)
    page.wheel(-400)
    page.wheel(-400)
    page.page.wait_for_timeout(500)
    zoomed = settled(page)
    assert len(zoomed) >= 5 and {name for name, *_ in zoomed} != {name for name, *_ in whole}
    page.press("Names")
    page.until("not explorer._map.names")
    page.page.wait_for_function("!document.querySelector('.tsnecolor-names').children.length")


def test_the_toolbar_has_room_beside_two_maps(page):
    """In the room of comparison each of its buttons stands in one row, and is whole."""
    page.press("Compare")
    page.page.locator(".tsnecolor-map").nth(1).wait_for()
    buttons = page.widget.locator(".tsnecolor-bar").first.locator("button")
    seen = buttons.evaluate_all(
        """(buttons) => buttons.map((one) => [
          Math.round(one.getBoundingClientRect().top / 4), one.scrollWidth <= one.clientWidth + 1,
        ])"""
    )
    assert len(seen) == 6 and all(whole for _, whole in seen)
    assert len({top for top, _ in seen}) == 1
    right = buttons.last.evaluate("one => one.getBoundingClientRect().right")
    box = page.page.locator(".tsnecolor-map").first.bounding_box()
    assert right <= box["x"] + box["width"] + 4
    page.press("Color")


def test_names_move_with_the_map_at_once(page):
    """While a hand drags the map, and the kernel is busy, the names go along."""
    page.execute("explorer.name_by('script')")
    page.until("explorer._map.names")
    before = dict((name, place) for name, *place in settled(page))
    page.start("import time; time.sleep(3)")
    x, y = page.at(0.5, 0.5)
    page.page.mouse.move(x, y)
    page.page.mouse.down()
    page.page.mouse.move(x + 20, y + 10, steps=3)
    page.page.wait_for_timeout(200)
    moved = dict((name, place) for name, *place in names(page))
    page.page.mouse.up()
    stayed = [name for name in before if name in moved]
    shifts = np.array([np.subtract(moved[name], before[name]) for name in stayed])
    assert np.median(shifts, axis=0) == pytest.approx([20, 10], abs=1.5)
    page.until("True")


def test_names_take_no_event_from_the_map(page):
    """The mouse finds a point that lies under a name."""
    x, y = page.ask("atlas.xy[1000].tolist()")
    page.execute(f"explorer.name_by({{'WWWWWWWWWW': ({x}, {y})}})")
    page.until("explorer._map.names")
    page.page.wait_for_function("document.querySelector('.tsnecolor-names').children.length === 1")
    page.hover_row(1000)


def test_texts_of_strangers_are_shown_as_they_are(page):
    """Markup in a label is text on the map."""
    page.execute(f"explorer.name_by({{{EVIL!r}: (0.0, 0.0)}})")
    page.page.wait_for_function("document.querySelector('.tsnecolor-names').children.length === 1")
    layer = page.page.locator(".tsnecolor-names").first
    assert EVIL.startswith(layer.inner_text().removesuffix("…"))
    assert layer.inner_text().startswith("<img") and layer.locator("img").count() == 0


def test_clusters_show_their_exemplars(page):
    """Names of the colors are pictures, each in a frame of its color."""
    page.execute("explorer.color_by('kmeans'); explorer.name_by('colors')")
    page.page.wait_for_function("document.querySelectorAll('.tsnecolor-names img').length > 9")
    frames = page.page.locator(".tsnecolor-names img").evaluate_all(
        "images => images.map((one) => getComputedStyle(one).borderTopColor)"
    )
    colors = page.ask("np.unique(explorer.state.base.srgb8, axis=0).tolist()")
    assert set(frames) <= {f"rgb({r}, {g}, {b})" for r, g, b in colors}
    assert page.page.locator(".tsnecolor-names img").first.evaluate("one => one.naturalWidth") == 28


def test_pictures_stand_in_place_when_one_is_near(page):
    """A near view shows tiles with ink; the box in the tab of colors takes them away."""
    page.wait_for_picture(lambda: page.execute("explorer.zoom((8.9, 9.9), (4.5, 5.5))"))
    page.page.wait_for_timeout(500)
    area = page.page.locator(".tsnecolor-map").first
    near = page.look(area)
    box = page.widget.get_by_label("pictures in place")
    page.wait_for_picture(lambda: page.in_color(box.click))
    page.page.wait_for_timeout(500)
    plain = page.look(area)
    assert (near < 250).any(axis=2).sum() > 1.5 * (plain < 250).any(axis=2).sum()
    page.in_color(box.click)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    """Return the path of a page of 5,000 glyphs with names and pictures, and what is in it."""
    atlas = load_glyphs()
    rows = np.random.default_rng(0).choice(len(atlas), 5000, replace=False)
    colors = np.tile(np.uint8([[230, 180, 60]]), (5000, 1))
    found = PlacedNames([MapName(0.0, 0.0, EVIL), *map_names(atlas, "script")])
    path = tmp_path_factory.mktemp("names") / "page.html"
    write_page(
        path, atlas.xy[rows], [PageColoring("one", colors)], names=found, background="white",
        pictures=lambda some: atlas.pictures(rows[some]),
    )
    return path, found, atlas.xy[rows]


def test_a_saved_page_places_names_by_the_same_rule(browser, saved):
    """The page chooses what Python chooses, shows markup as text, and its button ends it."""
    path, found, xy = saved
    page = SavedPage(browser, path)
    data = json.dumps(found.as_data())
    for ranges in (Raster(xy).square(), ((-20, 5), (0, 25)), ((0, 3), (8, 11))):
        view = [*ranges[0], *ranges[1]]
        chosen = page.page.evaluate(
            f"(view) => {{ const names = createNames(document.body); names.set({data});"
            " const chosen = names.choose(view, 700, 700); names.close(); return chosen; }",
            view,
        )
        placed = found.place(*ranges, 700, 700)
        assert [i for i, *_ in chosen] == [i for i, *_ in placed]
        assert np.allclose(chosen, placed, atol=0.01)
    layer = page.page.locator(".tsnecolor-names")
    assert any(name.startswith("<img") for name, *_ in layer.evaluate(SEEN))
    assert layer.locator("img").count() == 0
    page.page.get_by_role("button", name="Names").click()
    assert layer.evaluate(SEEN) == []
    page.close()


def test_a_saved_page_places_pictures_by_the_same_rule(browser, saved):
    """Side and choice of pictures are those of Python; near points are tiles with ink."""
    path, _, xy = saved
    page = SavedPage(browser, path, "#x=10&y=5&zoom=10&color=one")
    places = np.random.default_rng(1).uniform(-20, 520, (200, 2))
    inside = ((places >= 0) & (places < 500)).all(axis=1).sum()
    drawn = PicturesInPlace(xy, None)
    side = drawn._side(places, 1, 0.35 * np.sqrt(500 * 500 / inside))
    answer = page.page.evaluate(
        "(places) => choosePictures(places, { width: 500, height: 500 })", places.tolist()
    )
    assert answer["side"] == side
    assert np.allclose(answer["chosen"], places[_apart(places, 0.85 * side)])
    ink = """marks => {
      const { data } = marks.getContext('2d').getImageData(0, 0, marks.width, marks.height);
      let color = 0, dark = 0;
      for (let i = 0; i < data.length; i += 4) {
        color += data[i] === 230 && data[i + 1] === 180 && data[i + 2] === 60;
        dark += data[i + 3] === 255 && data[i] < 40;
      }
      return [color, dark];
    }"""
    page.page.wait_for_timeout(500)
    color, dark = page.page.locator("#marks").evaluate(ink)
    assert color > 2000 and dark > 300
    page.close()
