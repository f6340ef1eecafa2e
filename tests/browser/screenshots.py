"""Photograph the explorer in a real JupyterLab, as chapter 20 shows it.

    python -m tests.browser.screenshots [FOLDER]

At 1280 × 720 and pixel ratio 2, as WebP; by default into notebooks/images.
"""

import argparse
import io
import os
import shutil
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tools import chromium

from .explorer_page import CELLS, ExplorerPage
from .lab import ROOT, Lab, launch

QUALITY = 82  # of WebP
SHEEN = "int(np.flatnonzero((atlas.meta['codepoint'] == 0x634).to_numpy())[0])"
NEAR = f"row = {SHEEN}; x, y = (float(c) for c in atlas.xy[row])"

# An example in the search box is Chinese, and not every machine has a font for it.
FONT = ROOT / "tsnecolor_nb" / "picture" / "fonts" / "CommonCJK.otf"

# Name of the picture, the tab that is open, and what is done before.
STATES = [
    ("names", "Color", "explorer.color_by('pca_oklab'); explorer.name_by('regions')"),
    ("selection", "Selection",
     "from tsnecolor_nb import filter_points; explorer.name_by(None); explorer.color_by('script');"
     " explorer.selections = {name: filter_points(atlas, script=name)"
     " for name in ('Arabic', 'Hebrew')}; explorer.select(explorer.selections['Arabic'])"),
    ("find", "Find", f"explorer.clear(); {NEAR}; explorer.probe(row);"
     " explorer.show_neighbors(row)"),
    ("filter", "Filter", "explorer.clear(); explorer.filter(script=['Arabic', 'Latin'])"),
]


def photograph(folder):
    """Write one picture for each of the states into a folder."""
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        lab = Lab(scratch)
        fonts = Path(scratch) / "data" / "fonts"
        fonts.mkdir(parents=True)
        shutil.copy(FONT, fonts)
        data = {"XDG_DATA_HOME": str(fonts.parent)}
        browser = launch(playwright, chromium.find(), env={**os.environ, **data})
        try:
            page = ExplorerPage(
                browser, lab.url(lab.write("explore.ipynb", *CELLS)), device_scale_factor=2
            )
            for name, tab, code in STATES:
                said = page.execute(code)
                if said:
                    raise RuntimeError(f"{name}: {said}")
                page.press(tab)
                page.idle()
                if name == "selection":  # the menu beside "against", where its surroundings stand
                    page.widget.locator("select", has_text="Hebrew").last.select_option("Hebrew")
                    page.idle()
                page.page.mouse.move(0, 0)
                page.page.wait_for_timeout(4000)  # the last frame, and what the page draws of it
                image = Image.open(io.BytesIO(page.widget.screenshot())).convert("RGB")
                path = folder / f"explorer_{name}.webp"
                image.save(path, quality=QUALITY, method=6)
                print(f"{path.name}: {image.width} × {image.height}, {path.stat().st_size:,} bytes")
            page.close()
        finally:
            browser.close()
            lab.stop()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "notebooks" / "images")
    chosen = parser.parse_args().folder
    chosen.mkdir(exist_ok=True)
    photograph(chosen)
