"""A page with a live map of all glyphs in it, and when the map's pixels change."""

import time

import numpy as np

from .lab import Page

CELLS = (
    "import numpy as np\nfrom tsnecolor_nb import load_glyphs, show\natlas = load_glyphs()",
    "colors = np.uint8(np.clip(atlas.xyz - atlas.xyz.min(0), 0, 140) * 1.8)\n"
    "view = show(atlas.xy, colors)\nview",
)
TUNER_CELLS = (
    "from tsnecolor_nb import load_glyphs, tune\natlas = load_glyphs()",
    # Notes the colors of every picture that is asked for.
    "tuner = tune(atlas, {!r}, **{!r})\nshown, recolor = [], tuner.recolor\n"
    "tuner.recolor = lambda colors, *more: (shown.append(colors), recolor(colors, *more))\ntuner",
)
BAR = ".widget-hprogress"
BAR_IS = """([bar, visibility]) =>
  getComputedStyle(document.querySelector(bar)).visibility === visibility"""


class LiveMap(Page):
    """A page with one live map."""

    def __init__(self, browser, url):
        super().__init__(browser, url)
        self.run_all()
        self.map = self.page.locator(".tsnecolor-map").first
        self.map.wait_for()
        self.map.scroll_into_view_if_needed()
        self.page.locator(".tsnecolor-frame").first.wait_for()
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


class LiveTuner(LiveMap):
    """A page with one technique under its sliders."""

    def __init__(self, lab, browser, technique, **params):
        load, show = TUNER_CELLS
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


def share_changed(before, after):
    """Return the share of pixels that differ."""
    return (before != after).any(axis=2).mean()


def ink(pixels):
    """Return the share of pixels that are not background."""
    return (np.abs(pixels.astype(int) - pixels[2, 2]).max(axis=2) > 24).mean()
