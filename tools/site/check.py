"""Look at a built site in a real browser without a network: `python -m tools.site.check`.

Every page is opened on a phone of 390 pixels; every link, picture and anchor must lead somewhere in
the site; nothing may be asked of another machine; the console must hold no error; no page may be
wider than the screen or heavier than 3 MB. Every living map is scrolled to and must load only then,
be lighter than 4 MB, zoom by the wheel, and follow its slider.
"""

import argparse
import functools
import http.server
import re
import sys
import threading
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

HEAVIEST_PAGE, HEAVIEST_MAP = 3_000_000, 4_000_000
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2}
DESKTOP = {"viewport": {"width": 1280, "height": 720}}
LOOK = """() => ({
  width: document.documentElement.scrollWidth,
  ids: [...document.querySelectorAll("[id]")].map((element) => element.id),
  links: [...document.querySelectorAll("[href], [src]")].map(
    (element) => element.getAttribute("href") ?? element.getAttribute("src")),
})"""


class Site:
    """A folder served to a browser that reaches nothing else; problems are lines of text.

    Parameters
    ----------
    folder : Path
    browser : playwright.sync_api.Browser
    """

    def __init__(self, folder, browser):
        self.folder, self.browser, self.problems = folder.resolve(), browser, []
        handler = functools.partial(_Quiet, directory=str(self.folder))
        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}/"
        self.n_maps = 0

    def close(self):
        """Stop the server."""
        self._server.shutdown()
        self._server.server_close()

    def pages(self):
        """Return the names of all pages but the living maps, relative to the folder."""
        names = (path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.html"))
        return sorted(name for name in names if not name.startswith(("maps/", "_static/")))

    def check(self):
        """Check everything; return the problems."""
        links, ids = {}, {}
        with _Opened(self, PHONE) as opened:
            for name in self.pages():
                look = opened.visit(name)
                links[name], ids[name] = look["links"], set(look["ids"])
                if look["width"] > 390:
                    self.problems.append(f"{name}: {look['width']} pixels wide on a phone of 390")
                if opened.weight > HEAVIEST_PAGE:
                    self.problems.append(f"{name}: weighs {opened.weight:,} bytes")
        for name in links:
            for link in sorted(set(links[name])):
                self._check_link(name, link, ids)
        with _Opened(self, DESKTOP) as opened:
            for name in self.pages():
                if 'class="living-map"' in (self.folder / name).read_text("utf-8"):
                    opened.visit(name)
                    self._check_maps(name, opened)
            self._check_search(opened)
        return self.problems

    def _check_link(self, name, link, ids):
        target, fragment = urldefrag(urljoin(self.address + name, link))
        if not target.startswith(self.address):
            return  # another machine; asked only if a reader follows it
        path = unquote(urlsplit(target).path).lstrip("/") or "index.html"
        if not (self.folder / path).is_file():
            self.problems.append(f"{name}: {link} leads nowhere")
        elif fragment and path in ids and unquote(fragment) not in ids[path]:
            self.problems.append(f"{name}: {link} leads to no place on {path}")

    def _check_maps(self, name, opened):
        page = opened.page
        for figure in page.locator(".living-map").all():
            self.n_maps += 1
            if figure.locator("iframe").count():
                self.problems.append(f"{name}: a map is loaded before one scrolls to it")
            opened.weight = 0
            figure.locator(".frame").scroll_into_view_if_needed()
            frame = figure.locator("iframe").element_handle(timeout=20_000).content_frame()
            frame.wait_for_selector("#map[aria-busy=false]", timeout=60_000)
            if opened.weight > HEAVIEST_MAP:
                self.problems.append(f"{name}: its map weighs {opened.weight:,} bytes")
            figure.locator(".frame").evaluate("box => box.scrollIntoView({ block: 'center' })")
            before = _zoom(frame)
            box = figure.locator("iframe").bounding_box()
            x, y = box["x"] + box["width"] / 4, box["y"] + box["height"] / 2
            page.mouse.move(x, y)
            page.mouse.move(x + 9, y + 9)
            page.mouse.wheel(0, -300)
            page.wait_for_timeout(500)
            frame.wait_for_selector("#map[aria-busy=false]", timeout=60_000)
            if not _zoom(frame) > before:
                self.problems.append(f"{name}: its map does not answer the wheel")
            if figure.locator("input[type=range]").count():
                shown, zoom = frame.locator("#coloring").input_value(), _zoom(frame)
                figure.locator("input").press("ArrowRight")
                page.wait_for_timeout(1000)
                label = figure.locator("output").inner_text()
                if frame.locator("#coloring").input_value() != label or label == shown:
                    self.problems.append(f"{name}: its map does not follow the slider")
                if _zoom(frame) != zoom:
                    self.problems.append(f"{name}: the slider moves the view")

    def _check_search(self, opened):
        if not (self.folder / "search.html").is_file():
            self.problems.append("there is no search")
            return
        opened.visit("search.html?q=technique")
        opened.page.locator("ul.search li a").first.wait_for(timeout=20_000)


class _Opened:
    """One browser window that visits the pages of a site and notes what they ask for."""

    def __init__(self, site, how):
        self.site, self.weight, self._name = site, 0, ""
        self._context = site.browser.new_context(**how)
        self._context.route(
            lambda url: not url.startswith((site.address, "data:", "blob:")), self._refuse
        )
        self.page = self._context.new_page()
        self.page.on("console", self._note)
        self.page.on("pageerror", lambda error: self._say(f"script error: {error.message}"))
        self.page.on("response", self._weigh)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._context.close()

    def visit(self, name):
        """Open a page, scroll through it, and return what `LOOK` finds."""
        self._name, self.weight = name, 0
        self.page.goto(self.site.address + name, wait_until="load")
        return self.page.evaluate(LOOK)

    def _say(self, text):
        self.site.problems.append(f"{self._name}: {text}")

    def _refuse(self, route):
        self._say(f"asks another machine: {route.request.url}")
        route.abort()

    def _note(self, message):
        if message.type == "error":
            self._say(f"console: {message.text}")

    def _weigh(self, response):
        if response.url.startswith(self.site.address):
            path = unquote(urlsplit(response.url).path).lstrip("/") or "index.html"
            file = self.site.folder / path
            self.weight += file.stat().st_size if file.is_file() else 0


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing of each request."""


def _zoom(frame):
    found = re.search(r"zoom=([\d.]+)", frame.url)
    return float(found[1]) if found else 1.0


def main(arguments=None):
    """Check a site; return 1 if it has problems."""
    from playwright.sync_api import sync_playwright

    from tests.browser.lab import launch

    from ..chromium import find
    from .source import ROOT

    parser = argparse.ArgumentParser(prog="python -m tools.site.check", description=__doc__)
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "docs/_build/html")
    folder = parser.parse_args(arguments).folder
    with sync_playwright() as playwright:
        browser = launch(playwright, find())
        site = Site(folder, browser)
        problems = site.check()
        site.close()
        browser.close()
    print("\n".join(problems))
    print(f"{len(site.pages())} pages, {site.n_maps} living maps, {len(problems)} problems")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
