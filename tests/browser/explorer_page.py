"""A page with an explorer in it, at the size of a small laptop's screen."""

import json
import time

import numpy as np
from playwright.sync_api import TimeoutError

from .lab import Page

CELLS = (
    "from tsnecolor_nb import load_glyphs, explore\natlas = load_glyphs()",
    "explorer = explore(atlas, 'pca_rgb')\nexplorer",
)
# Whatever goes wrong in the kernel outside of cells is kept in a list.
CATCH = """
import asyncio, logging, threading, traceback
caught = []
get_ipython().showtraceback = lambda *a, **k: caught.append(traceback.format_exc())
threading.excepthook = lambda a: caught.append(f"thread {a.exc_value!r}")
def in_loop(loop, context):
    error = context.get("exception")
    lines = traceback.format_exception(error) if error else [context["message"]]
    caught.append("loop " + "".join(lines[-3:]))
asyncio.get_running_loop().set_exception_handler(in_loop)
class Catch(logging.Handler):
    def emit(self, record):
        caught.append(f"log {record.getMessage()}")
logging.getLogger().addHandler(Catch(logging.ERROR))
"""
HELPERS = """
import gc, json, os, time
import numpy as np
"""
EVERYTHING = "dict(type='rect', x0=-1e3, x1=1e3, y0=-1e3, y1=1e3)"
TOOL = "Bokeh.documents[0].roots()[0].toolbar.active_drag.type"


class ExplorerPage(Page):
    """A notebook with one explorer, and the hands to use it."""

    def __init__(self, browser, url, **how):
        super().__init__(browser, url, viewport={"width": 1280, "height": 720}, **how)
        self.run_all()
        self.widget = self.page.locator(".tsnecolor-explorer")
        self.page.locator(".tsnecolor-frame").first.wait_for()
        self.widget.scroll_into_view_if_needed()
        self.execute(HELPERS + CATCH)

    def ask(self, expression):
        """Return the value of a Python expression in the kernel."""
        said = self.execute(f"print(json.dumps({expression}))")
        try:
            return json.loads(said)
        except json.JSONDecodeError:
            raise AssertionError(f"{expression} gave {said}") from None

    def until(self, expression, seconds=40):
        """Wait until a Python expression is true in the kernel."""
        end = time.monotonic() + seconds
        while not self.ask(f"bool({expression})"):
            assert time.monotonic() < end, f"never came true: {expression}"
            time.sleep(0.05)

    def check(self):
        """Nothing has gone wrong since the last check, neither in the kernel nor in the page."""
        assert self.ask("[caught.pop() for _ in caught[:]]") == []
        self.check_quiet()

    def idle(self):
        """Wait until nothing is being computed."""
        self.until("not any(w.busy for w in explorer._workers)")

    def at(self, x, y, picture=0):
        """Return where on the page a place of a picture is; both from 0 to 1."""
        box = self.page.locator(".tsnecolor-map").nth(picture).bounding_box()
        return box["x"] + x * box["width"], box["y"] + y * box["height"]

    def hover_row(self, row):
        """Hold the mouse over a point until the explorer has found it, or one beside it."""
        end = time.monotonic() + 30
        beside = (
            f"float(np.hypot(*(atlas.xy[explorer.hovered] - atlas.xy[{row}])) * 500"
            " / np.ptp(explorer._map.ranges[0])) if explorer.hovered is not None else 999"
        )
        while True:
            x, y = self.at_row(row)
            self.page.mouse.move(x + 1, y)
            self.page.mouse.move(x, y)
            time.sleep(0.2)  # the kernel may have heard of the first move alone
            if self.ask(beside) < 3:  # the mouse stands on whole pixels
                return
            assert time.monotonic() < end, f"the point under the mouse is not {row}"
            time.sleep(0.1)

    def at_row(self, row, picture=0):
        """Return where on the page a point is drawn."""
        (x0, x1), (y0, y1) = self.ask("explorer._map.ranges")
        x, y = self.ask(f"atlas.xy[{row}].tolist()")
        return self.at((x - x0) / (x1 - x0), 1 - (y - y0) / (y1 - y0), picture)

    def move(self, x, y):
        """Move the mouse, not in one jump, as a hand does."""
        self.page.mouse.move(x - 3, y - 3)
        self.page.mouse.move(x, y)

    def press(self, name):
        """Press one of the explorer's buttons."""
        self.widget.get_by_role("button", name=name, exact=True).first.click()

    def use(self, name):
        """Press the button of a tool and wait until the picture knows it."""
        self.press(name)
        kind = {"Move": "PanTool", "Lasso": "LassoSelectTool", "Box": "BoxSelectTool"}[name]
        self.page.wait_for_function(f"(kind) => {TOOL} === kind", arg=kind)

    def tool(self):
        """Return Bokeh's name of what a drag on the first picture does."""
        return self.page.evaluate(TOOL)

    def start(self, code):
        """Let the kernel begin with some code, and do not wait for its end."""
        self.page.evaluate(
            "(code) => void window.jupyterapp.shell.currentWidget.sessionContext.session.kernel"
            ".requestExecute({ code, store_history: false })",
            code,
        )

    def menu(self, label, option):
        """Choose an option of a menu that is in sight."""
        menu = self.widget.get_by_label(label, exact=True).filter(visible=True)
        menu.select_option(option)

    def in_color(self, act):
        """Do something in the room of colors; a selection that arrives late turns to its own."""
        self.page.set_default_timeout(4000)
        try:
            for attempt in range(6):
                self.press("Color")
                try:
                    return act()
                except TimeoutError:
                    if attempt == 5:
                        raise
        finally:
            self.page.set_default_timeout(60_000)

    def drag(self, *places):
        """Drag through places of the first picture."""
        first, *rest = (self.at(*place) for place in places)
        self.page.mouse.move(*first)
        self.page.mouse.down()
        for place in rest:
            self.page.mouse.move(*place, steps=4)
        self.page.mouse.up()

    def wheel(self, steps=-120):
        """Turn the wheel over the middle of the first picture."""
        self.page.mouse.move(*self.at(0.5, 0.5))
        self.page.mouse.wheel(0, steps)

    def slide(self, key="ArrowRight"):
        """Move the first slider in sight by one step."""
        self.widget.get_by_role("slider").first.focus()
        self.page.keyboard.press(key)

    def fresh(self):
        """Bring everything back to how it was at first."""
        self.page.mouse.move(2, 2)
        self.use("Move")
        self.in_color(lambda: self.menu("Color by", "3-D PCA as RGB"))
        self.press("Whole map")
        self.press("Clear")
        self.until(
            "explorer.state.base.entry.name == 'pca_rgb' and explorer.state.highlighted() is None"
            " and explorer.state.probe is None"
        )
        self.idle()


class RandomActions:
    """What a person may do in an explorer, in any order.

    Parameters
    ----------
    page : ExplorerPage
    seed : int
    n_techniques : int, optional
        Color by the first so many only; by all unless given.
    """

    def __init__(self, page, seed, n_techniques=None):
        self._page, self._rng = page, np.random.default_rng(seed)
        titles = page.ask("[e.title for n, e in explorer.state.entries.items() if ':' not in n]")
        columns = page.ask("[f'column: {name}' for name in atlas.meta.columns]")
        self.colorings = [*titles[:n_techniques], *columns]
        self._actions = [
            self._hover, self._hover, self._click, self._wheel, self._drag, self._drag,
            self._search, self._color_by, self._color_by,
            self._menu("background", "white", "black"),
            self._menu("shading", "filled", "equalized", "logarithmic"),
            self._in_color(lambda: page.widget.get_by_label("fit colors to this view").click()),
            *(
                lambda name=name: page.press(name)
                for name in (
                    "Legend", "Selection", "Save", "Compare", "Lasso", "Box", "Move", "Clear",
                    "Whole map",
                )
            ),
            lambda: page.page.keyboard.press("Escape"),
        ]

    def play(self, times):
        """Do so many actions, drawn by lot, as fast as a hand might."""
        for _ in range(times):
            self._actions[self._rng.integers(len(self._actions))]()
            self._page.page.wait_for_timeout(int(self._rng.integers(20, 120)))

    def play_each(self):
        """Do each action once, and wait each time until nothing is being computed."""
        for act in self._actions:
            act()
            self._page.idle()

    def choose(self, coloring):
        """Choose a coloring in the menu."""
        self._page.in_color(lambda: self._page.menu("Color by", coloring))

    def _anywhere(self):
        return self._page.at(*self._rng.uniform(0.1, 0.9, 2))

    def _in_color(self, act):
        return lambda: self._page.in_color(act)

    def _menu(self, label, *options):
        return self._in_color(lambda: self._page.menu(label, str(self._rng.choice(options))))

    def _hover(self):
        self._page.move(*self._anywhere())

    def _click(self):
        self._page.page.mouse.click(*self._anywhere())

    def _wheel(self):
        self._hover()
        self._page.page.mouse.wheel(0, int(self._rng.integers(-300, 300)))

    def _drag(self):
        self._page.drag(*self._rng.uniform(0.1, 0.9, (3, 2)))

    def _color_by(self):
        self.choose(str(self._rng.choice(self.colorings)))

    def _search(self):
        self._page.press("Find")
        text = str(self._rng.choice(["arabic letter", "U+0634", "zzz"]))
        self._page.widget.get_by_label("find").fill(text)
        self._page.page.keyboard.press("Enter")
