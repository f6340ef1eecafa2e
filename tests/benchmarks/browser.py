"""Time what a person does in a real JupyterLab, and weigh the kernel after many actions.

``python -m tests.benchmarks.browser`` prints a Markdown table. ``make bench`` prints the same.
"""

import tempfile
import time
from functools import partial

import numpy as np
from playwright.sync_api import sync_playwright

from tests.browser.explorer_page import (
    CELLS as EXPLORER_CELLS,
    EVERYTHING,
    ExplorerPage,
    RandomActions,
)
from tests.browser.lab import Lab, Page, launch
from tests.browser.live_page import CELLS as MAP_CELLS, LiveMap, LiveTuner
from tools import chromium

REPEATS = 12
ACTIONS = 200
# Name -> megabits in a second, milliseconds there and back; None is this machine alone.
LINES = {"none": None, "20 Mbit/s, 60 ms": (20, 60), "5 Mbit/s, 100 ms": (5, 100)}
LINE_REPEATS = 20
WAIT_MS = 1300
LINE_CELLS = (
    "import bokeh.plotting, holoviews\nfrom tsnecolor_nb import *\natlas = load_glyphs()\n"
    "colors = color(atlas, 'pca_rgb')\nrasterize(atlas.xy, colors).shape",
    "show(atlas.xy, colors)",
    "explorer = explore(atlas, 'pca_rgb')\nexplorer",
)
MEMORY = """
import ctypes, re
malloc_trim = getattr(ctypes.CDLL(None), "malloc_trim", lambda pad: 0)
def mib(field):
    return int(re.search(field + r":\\s+(\\d+)", open("/proc/self/status").read())[1]) / 1024
def held_mib():
    gc.collect()
    malloc_trim(0)  # what malloc keeps for the next array is not held by anybody
    return mib("VmRSS")
"""
WATCH_CARD = """() => new MutationObserver(() => (window.carded = performance.now())).observe(
  document.querySelector(".tsnecolor-card"), { subtree: true, childList: true })"""


def main():
    """Print the table."""
    print("\n".join(table()))


def table():
    """Yield the lines of the table: median and slowest of each wait, memory before and after."""
    yield "| in a browser | median, ms | slowest, ms |"
    yield "|---|--:|--:|"
    with (
        tempfile.TemporaryDirectory() as folder,
        sync_playwright() as playwright,
        launch(playwright, chromium.find()) as browser,
    ):
        lab = Lab(folder)
        try:
            for measure in (_map, _tuner, _explorer):
                for name, waits in measure(lab, browser):
                    yield f"| {name} | {np.nanmedian(waits):.0f} | {np.nanmax(waits):.0f} |"
            yield ""
            yield from lines(lab, browser)
            yield ""
            yield f"| kernel of an explorer, {ACTIONS} random actions | MiB | aim |"
            yield "|---|--:|--:|"
            before, after, peak = _memory(lab, browser)
            yield f"| more after them than before | {after - before:.0f} | ≤ 100 |"
            yield f"| peak | {peak:.0f} | ≤ 1024 |"
        finally:
            lab.stop()


def lines(lab, browser):
    """Yield the lines of a table: waits in the explorer on slower lines, and what they carry."""
    yield (
        "| line | pixel ratio | wheel, ms | slider, ms | kB for a wheel | picture after Run, s |"
        " live map after Run, s |"
    )
    yield "|---|--:|--:|--:|--:|--:|--:|"
    for ratio in (1, 2):
        for name, speed in LINES.items():
            page = LinePage(browser, lab, ratio, speed)
            cells = [name, ratio, *page.measure(), f"{page.picture_s:.1f}", f"{page.live_s:.1f}"]
            yield f"| {' | '.join(map(str, cells))} |"
            page.close()


class LinePage(ExplorerPage):
    """A page with an explorer, on a line that Chromium makes slow.

    Parameters
    ----------
    browser, lab
    ratio : int
        Pixels of the screen in a CSS pixel.
    speed : (megabits, milliseconds) or None

    Attributes
    ----------
    picture_s, live_s : float
        Seconds from "Run" of a cell that shows a map to the first picture, and to the live one.
    kilobytes : float
        That came over WebSockets since the last call of `waits` began.
    """

    def __init__(self, browser, lab, ratio, speed):
        Page.__init__(
            self, browser, lab.url(lab.write("line.ipynb", *LINE_CELLS)),
            viewport={"width": 1280, "height": 720}, device_scale_factor=ratio,
        )
        self.command("notebook:run-cell-and-select-next")
        self.wait_until_run(0)
        line = self._context.new_cdp_session(self.page)
        line.send("Network.enable")
        self.kilobytes = 0
        line.on("Network.webSocketFrameReceived", self._note_frame)
        if speed is not None:
            megabits, milliseconds = speed
            line.send("Network.emulateNetworkConditions", {
                "offline": False, "latency": milliseconds,
                "downloadThroughput": megabits * 1e6 / 8, "uploadThroughput": megabits * 1e6 / 8,
            })
        start = time.perf_counter()
        self.command("notebook:run-cell-and-select-next")
        self.page.locator(".tsnecolor-map img").first.wait_for()
        self.picture_s = time.perf_counter() - start
        self.page.locator(".tsnecolor-frame").first.wait_for()
        self.page.locator(".tsnecolor-map img").first.wait_for(state="detached")
        self.live_s = time.perf_counter() - start
        self.command("notebook:clear-all-cell-outputs")
        self.page.locator(".tsnecolor-map").first.wait_for(state="detached")
        self.command("notebook:run-cell")
        self.widget = self.page.locator(".tsnecolor-explorer")
        self.widget.locator(".tsnecolor-frame").first.wait_for()
        self.widget.scroll_into_view_if_needed()

    def wait_until_run(self, cell):
        """Wait until a cell has been run."""
        self.page.wait_for_function(
            "(cell) => /\\d/.test(document.querySelectorAll("
            "'.jp-CodeCell .jp-InputPrompt')[cell].textContent)",
            arg=cell,
        )

    def measure(self):
        """Return the medians: ms of a wheel, ms of a slider, kB of a wheel."""
        wheels = self.waits(lambda turn: self.wheel(-120 if turn % 4 < 2 else 120))
        kilobytes = self.kilobytes / LINE_REPEATS
        sliders = self.waits(
            lambda turn: self.slide("ArrowRight" if turn % 4 < 3 else "ArrowLeft")
        )
        return [round(float(np.nanmedian(one))) for one in (wheels, sliders, kilobytes)]

    def _note_frame(self, event):
        response = event["response"]
        binary = response["opcode"] == 2  # then it comes as base64
        self.kilobytes += len(response["payloadData"]) * (0.75 if binary else 1) / 1000

    def waits(self, act):
        """Return how many ms the last change of the map came after each of some actions."""
        self.picture_ms(partial(act, 3), WAIT_MS)  # what is compiled and cached, is so
        self.kilobytes = 0
        return [self.picture_ms(partial(act, turn), WAIT_MS) for turn in range(LINE_REPEATS)]


def _map(lab, browser):
    page = LiveMap(browser, lab.url(lab.write("map.ipynb", *MAP_CELLS)))
    acts = {
        "map: wheel → picture": lambda turn: page.wheel(-120 if turn % 4 < 2 else 120),
        "map: control → picture": lambda turn: page.choose(
            "shading", ["plain count", "equalized"][turn % 2]
        ),
    }
    yield from _pictures(page, acts)
    page.close()


def _tuner(lab, browser):
    page = LiveTuner(lab, browser, "pca_argmax")
    acts = {"tuner: late slider → picture": lambda turn: page.move("falloff", [0.9, 1][turn % 2])}
    yield from _pictures(page, acts)
    page.close()


def _explorer(lab, browser):
    page = ExplorerPage(browser, lab.url(lab.write("explorer.ipynb", *EXPLORER_CELLS)))
    page.fresh()
    rows = page.ask(
        "[int(r) for r in np.random.default_rng(1).permutation(len(atlas))[:400]"
        " if np.abs(atlas.xy[r]).max() < .8 * np.abs(atlas.xy).max()]"
    )
    places = [page.at_row(row) for row in rows[: 2 * REPEATS]]
    yield "explorer: hover → card", _cards(page, places[:REPEATS])

    def select(turn):
        size = 0.2 + 0.05 * (turn % 5)
        page.drag((0.5 - size, 0.5 - size), (0.5 + size, 0.5 + size))
        page.press("Color")

    acts = {
        "explorer: wheel → picture": lambda turn: page.wheel(-120 if turn % 4 < 2 else 120),
        "explorer: slider → picture": lambda turn: page.slide(
            "ArrowRight" if turn % 4 < 3 else "ArrowLeft"
        ),
        "explorer: probe → picture": lambda turn: page.page.mouse.click(*places[REPEATS + turn]),
    }
    yield from _pictures(page, acts)
    page.use("Box")
    yield from _pictures(page, {"explorer: selection → picture": select})
    page.press("Clear")
    took = page.ask(
        "(time.perf_counter(), explorer._picking.on_pointer(dict(kind='select',"
        f" geometry={EVERYTHING})), time.perf_counter())[::2]"
    )
    yield "explorer: all points selected, in the kernel", [1000 * (took[1] - took[0])]
    page.close()


def _pictures(page, acts):
    """Yield the name of each action and its waits for a fresh picture."""
    for name, act in acts.items():
        yield name, [page.picture_ms(partial(act, turn)) for turn in range(REPEATS)]


def _cards(page, places):
    """Return how long the card took to show the point under the mouse, at each place."""
    page.page.mouse.move(*page.at(0.5, 0.5))
    page.until("explorer.hovered is not None")
    page.page.evaluate(WATCH_CARD)
    waits = []
    for place in places:
        page.page.evaluate("carded = 0; start = performance.now()")
        page.page.mouse.move(*place)
        page.page.wait_for_function("carded > 0")
        waits.append(page.page.evaluate("carded - start"))
    return waits


def _memory(lab, browser):
    """Return the kernel's MiB before and after random actions, and its peak."""
    page = ExplorerPage(browser, lab.url(lab.write("random.ipynb", *EXPLORER_CELLS)))
    page.execute(MEMORY)
    page.fresh()
    actions = RandomActions(page, seed=4)

    def held():
        page.idle()
        page.in_color(page.widget.get_by_label("fit colors to this view").uncheck)
        page.menu("background", "white")
        page.menu("shading", "filled")
        page.fresh()
        return page.ask("held_mib()")

    # What is kept on purpose, of each kind of coloring, is there before the first reading.
    for coloring in actions.colorings:
        actions.choose(coloring)
        page.idle()
    actions.play_each()
    actions.play(60)
    before = held()
    actions.play(ACTIONS)
    after = held()
    peak = page.ask("mib('VmHWM')")
    page.close()
    return before, after, peak


if __name__ == "__main__":
    main()
