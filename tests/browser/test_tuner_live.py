"""What a person sees while moving the sliders of a technique, at full size, in a real browser."""

import numpy as np
import pytest

from .test_live_map import WATCH_CANVAS, LiveMap, share_changed

CELLS = (
    "from tsnecolor_nb import load_glyphs, tune\natlas = load_glyphs()",
    # Notes the colors of every picture that is asked for.
    "tuner = tune(atlas, {!r}, **{!r})\nshown, recolor = [], tuner.recolor\n"
    "tuner.recolor = lambda colors: (shown.append(colors), recolor(colors))\ntuner",
)
MOVES = 10
BAR = ".widget-hprogress"
BAR_IS = """([bar, visibility]) =>
  getComputedStyle(document.querySelector(bar)).visibility === visibility"""


class LiveTuner(LiveMap):
    """A page with one technique under its sliders."""

    def __init__(self, lab, browser, technique, **params):
        load, show = CELLS
        name = lab.write(f"{technique}.ipynb", load, show.format(technique, params))
        super().__init__(browser, lab.url(name))

    def type(self, label, value):
        """Write a value beside a slider, and leave the cursor there."""
        row = self.page.locator(".widget-slider", has=self.page.get_by_text(label, exact=True))
        readout = row.locator(".widget-readout")
        readout.click()
        readout.press("ControlOrMeta+a")
        readout.press_sequentially(str(value))
        return readout

    def move(self, label, value):
        """Move a slider to a value."""
        self.type(label, value).press("Enter")

    def wait_for_bar(self, visibility):
        """Wait until the progress bar is "visible" or "hidden"."""
        self.page.wait_for_function(BAR_IS, arg=[BAR, visibility])


@pytest.fixture
def late(lab, browser):
    """Return a page on which the falloff, a late slider, may be moved."""
    page = LiveTuner(lab, browser, "pca_argmax")
    yield page
    page.close()


@pytest.fixture
def early(lab, browser):
    """Return a page on which the number of sources, an early slider, may be moved."""
    page = LiveTuner(lab, browser, "ica_argmax", ica__n_components=8)
    yield page
    page.close()


def test_a_late_slider_changes_the_picture(late):
    """Each move of the falloff brings other pixels; how long it takes is printed."""
    late.settled()
    late.page.evaluate(WATCH_CANVAS)
    waits = []
    for turn in range(MOVES):
        readout = late.type("falloff", [0.9, 1][turn % 2])
        late.page.evaluate("changes.length = 0; start = performance.now()")
        readout.press("Enter")
        late.page.wait_for_function("changes.length > 0")
        waits.append(late.page.evaluate("changes[0] - start"))
    median, longest = np.median(waits), max(waits)
    print(f"late slider → new picture: median {median:.0f} ms, longest {longest:.0f} ms")
    assert late.execute("print(len(shown))").strip() == str(MOVES)
    assert late.execute("print(tuner.params['falloff__decay'])").strip() == "1.0"
    late.check_quiet()


def test_an_early_slider_keeps_the_picture_and_a_second_move_cancels_the_first(early):
    """While sources are sought a bar shows and the picture stays; only the last move is drawn."""
    before = early.settled()
    early.wait_for_bar("hidden")
    early.move("components", 128)
    early.wait_for_bar("visible")
    assert share_changed(before, early.pixels()) == 0
    assert early.execute("print(len(shown), tuner._worker.busy)").split() == ["0", "True"]
    early.execute("first = tuner._worker._thread")
    early.move("components", 12)
    early.settled(unlike=before)
    early.wait_for_bar("hidden")
    early.execute("first.join(); tuner.wait()")
    told = early.execute("print(len(shown), tuner.run.steps['ica'].n_components_)")
    assert told.split() == ["1", "12"]
    early.check_quiet()
