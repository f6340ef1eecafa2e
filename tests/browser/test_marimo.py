"""A live map in marimo, which has nothing of Jupyter but anywidget's models."""

import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen

import numpy as np
import pytest

from .lab import ROOT, START_SECONDS, Page
from .live_page import ink

NOTEBOOK = """
import marimo

app = marimo.App()


@app.cell
def _():
    import numpy as np
    from tsnecolor_nb import load_glyphs, show

    atlas = load_glyphs()
    show(atlas.xy, np.uint8(np.clip(atlas.xyz - atlas.xyz.min(0), 0, 140) * 1.8))
    return


if __name__ == "__main__":
    app.run()
"""


class MarimoPage(Page):
    """A page of marimo; what marimo itself says in the console is no complaint of ours."""

    def wait_for_kernel(self):
        """Wait until the first map stands there."""
        self.map = self.page.locator(".tsnecolor-map").first
        self.page.locator(".tsnecolor-frame").first.wait_for()


@pytest.fixture
def marimo_url(tmp_path):
    """Serve the notebook as an app; return its address."""
    path = tmp_path / "notebook.py"
    path.write_text(NOTEBOOK, "utf-8")
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = str(found.getsockname()[1])
    server = subprocess.Popen(
        [
            sys.executable, "-m", "marimo", "run", str(path), "--headless", "--no-token",
            "--host", "127.0.0.1", "--port", port,
        ],
        cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    url, end = f"http://127.0.0.1:{port}", time.monotonic() + START_SECONDS
    while True:
        try:
            urlopen(url).close()
            break
        except URLError:
            assert time.monotonic() < end and server.poll() is None, "marimo did not start"
            time.sleep(0.2)
    yield url
    server.terminate()
    server.wait(20)


def test_a_map_is_live_in_marimo(marimo_url, browser):
    """`show` draws all points on the page's white ground, and the wheel brings fresh pixels."""
    page = MarimoPage(browser, marimo_url)
    frame, end = page.page.locator(".tsnecolor-frame").first, time.monotonic() + START_SECONDS
    while frame.evaluate("canvas => canvas.width") != 600:
        assert time.monotonic() < end, "no frame was painted"
        page.page.wait_for_timeout(100)
    page.page.wait_for_timeout(500)  # the still picture goes
    first = page.look(page.map)
    assert ink(first) > 0.05 and first[2, 2].tolist() == [255, 255, 255]
    box = page.map.bounding_box()
    page.page.mouse.move(box["x"] + 300, box["y"] + 300)
    page.wait_for_picture(lambda: page.page.mouse.wheel(0, -240))
    page.page.mouse.move(2, 2)
    page.page.wait_for_timeout(1000)
    assert not np.array_equal(page.look(page.map), first)
    page.check_quiet()
    page.close()
