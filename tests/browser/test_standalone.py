"""A saved page in a browser without a network: its pixels, and what hands and keys do."""

import io
import re
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image

from tsnecolor_nb import Raster, column_colors, load_glyphs
from tsnecolor_nb.colors.palettes import MISSING
from tsnecolor_nb.picture.png import png
from tsnecolor_nb.picture.raster import compose
from tsnecolor_nb.standalone.page import LegendEntry, PageColoring, write_page

EVIL = '<img src=x onerror="window.injected=1">'
MIDDLE = (8.0, 3.0)


@pytest.fixture(scope="module")
def atlas():
    """Return the glyphs."""
    return load_glyphs()


@pytest.fixture(scope="module")
def colors(atlas):
    """Return a coloring by means, some points of it missing, and one by labels."""
    mean = np.uint8(np.clip(atlas.xyz - atlas.xyz.min(0), 0, 140) * 1.8)
    mean[::7] = MISSING
    labels = column_colors(atlas.meta["script"]).srgb8.copy()
    labels[::7] = MISSING
    return {"mean": mean, "labels": labels}


@pytest.fixture(scope="module")
def saved(tmp_path_factory, atlas, colors):
    """Return pages by their shading."""
    folder = tmp_path_factory.mktemp("pages")
    color = colors["labels"][atlas.meta["script"] == "Arabic"][0]
    legend = [LegendEntry(EVIL, tuple(color), png(np.zeros((8, 8), np.uint8)), EVIL)]
    colorings = [
        PageColoring("mean", colors["mean"]),
        PageColoring("labels", colors["labels"], True, legend),
        PageColoring("plain"),
        PageColoring(EVIL, colors["mean"]),
    ]
    columns = atlas.meta[["name", "script"]].astype(str)
    columns[EVIL] = EVIL
    return {
        shading: write_page(
            folder / f"{shading} <b>.html", atlas.xy, colorings, columns=columns, title=EVIL,
            pictures=atlas.pictures, background="white", shading=shading,
        )
        for shading in ("filled", "eq_hist")
    }


class SavedPage:
    """A page opened from disk, with the network off."""

    def __init__(self, browser, path, fragment="", **context):
        self.context = browser.new_context(**{"viewport": {"width": 920, "height": 648}} | context)
        self.context.set_offline(True)
        self.page = self.context.new_page()
        self.requests, self.complaints = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(error.message))
        self.page.goto(path.as_uri() + fragment)
        self.map = self.page.locator("#map")
        self.settle()

    def settle(self):
        """Wait until the picture is sharp."""
        self.page.wait_for_selector("#map[aria-busy=false]")

    def pixels(self):
        """Return the map as one sees it, (h, w, 3) uint8, without buttons and marks."""
        self.settle()
        self.page.add_style_tag(content="#zoom, #marks, #card { display: none }")
        image = Image.open(io.BytesIO(self.map.screenshot()))
        return np.asarray(image.convert("RGB"))

    def view(self):
        """Return x, y and zoom as the address holds them."""
        self.settle()
        self.page.wait_for_timeout(300)
        fragment = self.page.evaluate("Object.fromEntries(new URLSearchParams(location.hash.slice(1)))")
        return np.array([float(fragment[key]) for key in ("x", "y", "zoom")])

    def close(self):
        """Nothing ran that was text, nothing was asked of a network, nothing was complained of."""
        assert self.page.evaluate("window.injected") is None
        assert {url.partition(":")[0] for url in self.requests} <= {"file", "blob", "data"}
        assert not self.complaints
        self.context.close()


def link(zoom, color, middle=MIDDLE):
    """Return the fragment of an address that shows a part of the map."""
    return f"#x={middle[0]}&y={middle[1]}&zoom={zoom}&color={quote(color)}"
