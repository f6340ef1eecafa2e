"""Time what a person does in a real JupyterLab, and weigh the kernel after many actions.

``python -m tests.benchmarks.browser`` prints a Markdown table. ``make bench`` prints the same.
"""

import tempfile
from functools import partial

import numpy as np
from playwright.sync_api import sync_playwright

from tests.browser.explorer_page import (
    CELLS as EXPLORER_CELLS,
    EVERYTHING,
    ExplorerPage,
    RandomActions,
)
from tests.browser.lab import Lab, launch
from tests.browser.live_page import CELLS as MAP_CELLS, LiveMap, LiveTuner
from tools import chromium

REPEATS = 12
ACTIONS = 200
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
            yield f"| kernel of an explorer, {ACTIONS} random actions | MiB | aim |"
            yield "|---|--:|--:|"
            before, after, peak = _memory(lab, browser)
            yield f"| more after them than before | {after - before:.0f} | ≤ 100 |"
            yield f"| peak | {peak:.0f} | ≤ 2048 |"
        finally:
            lab.stop()


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
        "(time.perf_counter(), explorer._on_pointer(dict(kind='select',"
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
