"""A small static site, built and looked at in a browser without a network."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools.site.check import Site

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


def test_a_chapter_leads_to_binder_to_its_source_and_to_the_next(built):
    """All addresses come from the one setting; the notebook itself lies beside its page."""
    page = (built / "notebooks/00_start_here.html").read_text("utf-8")
    path = "notebooks/00_start_here.ipynb"
    assert f"mybinder.org/v2/gh/owner/name/HEAD?urlpath=lab/tree/{path}" in page
    assert f"github.com/owner/name/blob/HEAD/{path}" in page
    assert 'href="08_kmeans.html"' in page
    assert (built / path).read_bytes() == (ROOT / path).read_bytes()


def test_a_light_page_is_read_before_its_map_is_loaded(built, browser):
    """The wheel scrolls the page, even over a map, until a hand moves on the map."""
    site = Site(built, browser)
    context = browser.new_context(viewport={"width": 1280, "height": 720})
    page = context.new_page()
    page.goto(f"{site.address}notebooks/08_kmeans.html")
    page.locator(".living-map .frame").scroll_into_view_if_needed()
    page.locator(".living-map.loaded").wait_for()
    page.mouse.move(640, 400)
    page.mouse.move(10, 10)  # off the map: it sleeps again
    before = page.evaluate("scrollY")
    page.evaluate("window.scrollBy(0, -2000)")
    page.mouse.move(640, 400)
    for _ in range(8):
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(100)
    after = page.evaluate("scrollY")
    context.close()
    site.close()
    assert after == pytest.approx(before - 2000 + 2400, abs=400)


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
