"""A small static site, built and looked at in a browser without a network."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.site.check import Site
from tsnecolor_nb import TECHNIQUES

ROOT = Path(__file__).resolve().parents[2]
BROKEN = """<!DOCTYPE html><title>broken</title><link rel="icon" href="data:,">
<a href="nowhere.html">1</a> <a href="#nothing">2</a> <div style="width: 900px">wide</div>
<img src="http://far.example/away.png" alt=""><script>throw Error("a wrong script")</script>"""
TRAP = """<!DOCTYPE html><title>deaf</title><link rel="icon" href="data:,">
<figure class="living-map"><div class="frame">
<iframe src="maps/deaf.html"></iframe></div></figure>"""
DEAF = '<!DOCTYPE html><link rel="icon" href="data:,"><div id="map" aria-busy="false">map</div>'


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Build two chapters, one with a slider, on few points; return the folder of the pages."""
    out = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "tools.site", "--out", str(out), "--points", "2000"]
    done = subprocess.run(
        [*command, "00_start_here", "08_kmeans"], cwd=ROOT, capture_output=True, text=True,
        env=os.environ | {"REPOSITORY": "owner/name"},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return out / "html"


def checked(folder, browser):
    """Return the problems of a site, and how many living maps it has."""
    site = Site(folder, browser)
    try:
        return site.check(), site.n_maps
    finally:
        site.close()


def test_the_site_is_whole_and_alive(built, browser):
    """Links resolve, maps answer the wheel and sliders, a phone is wide enough, all is quiet."""
    assert checked(built, browser) == ([], 2)


def test_the_front_says_what_each_technique_is_for(built):
    """Its pictures stand under their family, each with what it is for and what it is not for."""
    page, kmeans = (built / "index.html").read_text("utf-8"), TECHNIQUES["kmeans"]
    assert f"Techniques: {kmeans.family}" in page
    assert f"<b>For</b> {kmeans.good_for}." in page and f"<b>Not for</b> {kmeans.bad_at}." in page


def test_a_chapter_leads_to_binder_to_its_source_and_to_the_next(built):
    """All addresses come from the one setting; the notebook itself lies beside its page."""
    page = (built / "notebooks/00_start_here.html").read_text("utf-8")
    path = "notebooks/00_start_here.ipynb"
    assert f"mybinder.org/v2/gh/owner/name/HEAD?urlpath=lab/tree/{path}" in page
    assert f"github.com/owner/name/blob/HEAD/{path}" in page
    assert 'href="08_kmeans.html"' in page
    assert (built / path).read_bytes() == (ROOT / path).read_bytes()


def test_pictures_say_what_they_show(built):
    """The alternative text of a stored picture is that of the notebook."""
    page = (built / "notebooks/08_kmeans.html").read_text("utf-8")
    assert 'alt="30 exemplars on the map, each with its center"' in page
    assert 'alt="View of 358,359 points"' in page


@pytest.fixture
def phone(built, browser):
    """Return a chapter in a window as wide as a phone's, with all of its pictures loaded."""
    site = Site(built, browser)
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{site.address}notebooks/08_kmeans.html")
    page.wait_for_load_state("networkidle")
    yield page
    context.close()
    site.close()


def test_on_a_phone_panels_scroll_sideways_and_one_map_does_not(phone):
    """Three panels are wider than the screen and say so; one map is as wide as the text."""
    widths = phone.evaluate("""() => Object.fromEntries(
        [...document.querySelectorAll(".cell_output img")].map((img) => [img.alt, img.offsetWidth])
    )""")
    text = phone.evaluate("document.querySelector('article p').offsetWidth")
    assert widths["one seed; another seed; black: most labels changed"] > 2 * text
    for name in ("eight clusters", "30 exemplars on the map, each with its center"):
        assert widths[name] <= text + 5
    hint = "getComputedStyle(document.querySelector('.sideways'), '::after').content"
    assert "Swipe" in phone.evaluate(hint)


def test_on_a_phone_printed_sentences_wrap(phone):
    """A printed sentence is read without scrolling."""
    line = phone.locator(".cell_output pre", has_text="of the 128 dots have no map neighbor")
    assert line.evaluate("pre => pre.scrollWidth <= pre.clientWidth")


@pytest.fixture
def chapter(built, browser):
    """Return a function that opens a chapter and scrolls to its map; see `Browser.new_context`."""
    site, contexts = Site(built, browser), []

    def open_chapter(**how):
        contexts.append(browser.new_context(**how))
        page = contexts[-1].new_page()
        page.goto(f"{site.address}notebooks/08_kmeans.html")
        page.locator(".living-map .frame").scroll_into_view_if_needed()
        page.frame_locator("iframe").locator("#map[aria-busy=false]").wait_for()
        return page

    yield open_chapter
    for context in contexts:
        context.close()
    site.close()


def test_the_wheel_scrolls_the_page_over_a_sleeping_map(chapter):
    """A page that scrolls under a resting mouse is not caught by a map on its way."""
    page = chapter(viewport={"width": 1280, "height": 720})
    below = page.evaluate("scrollY")
    page.evaluate("scrollBy({ top: -2000, behavior: 'instant' })")
    page.mouse.move(640, 400)
    for _ in range(8):
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(100)
    assert page.evaluate("scrollY") == pytest.approx(below + 400, abs=200)
    assert "zoom=1&" in f"{page.frames[1].url}&"


def test_a_finger_scrolls_the_page_until_it_taps_the_map(chapter):
    """On a phone a tap wakes the map, and a tap elsewhere lets it sleep."""
    page = chapter(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    figure = page.locator(".living-map")
    asleep = figure.locator("iframe").evaluate("map => getComputedStyle(map).pointerEvents")
    figure.locator(".frame").tap(position={"x": 100, "y": 200})
    awake = figure.locator("iframe").evaluate("map => getComputedStyle(map).pointerEvents")
    figure.locator("figcaption").tap(position={"x": 5, "y": 5})
    again = figure.locator("iframe").evaluate("map => getComputedStyle(map).pointerEvents")
    assert [asleep, awake, again] == ["none", "auto", "none"]


def test_a_map_is_dark_where_its_page_is(chapter):
    """The map starts on the ground of its page, and follows the page's button."""
    page = chapter(viewport={"width": 1280, "height": 720}, color_scheme="dark")
    ground = page.frame_locator("iframe").locator("html")
    page.wait_for_function("document.querySelector('iframe').contentDocument.querySelector('.dark')")
    page.evaluate("document.body.dataset.theme = 'light'")
    page.wait_for_timeout(300)
    assert ground.get_attribute("class") == ""


def test_check_finds_what_is_broken(tmp_path, browser):
    """Each fault of a page is one problem that names it."""
    (tmp_path / "index.html").write_text(BROKEN)
    (tmp_path / "maps").mkdir()
    (tmp_path / "maps/deaf.html").write_text(DEAF)
    (tmp_path / "trap.html").write_text(TRAP)
    problems, _ = checked(tmp_path, browser)
    for expected in (
        "index.html: nowhere.html leads nowhere",
        "index.html: #nothing leads to no place on index.html",
        "index.html: asks another machine: http://far.example/away.png",
        "index.html: script error: a wrong script",
        "index.html: 908 pixels wide on a phone of 390",
        "trap.html: a map is loaded before one scrolls to it",
        "trap.html: its map does not answer the wheel",
        "there is no search",
    ):
        assert expected in problems
