"""The living maps of the site, and the pictures that stand for them until they are loaded.

What is there already is kept as long as the package and the number of points are the same.
"""

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from tsnecolor_nb import (
    TECHNIQUES,
    Raster,
    column_colors,
    compose,
    load_glyphs,
    map_names,
    oklab_to_srgb8,
    seen_colors,
)
from tsnecolor_nb.legend.explain import explain, explain_column
from tsnecolor_nb.legend.page_entries import page_entries
from tsnecolor_nb.picture.names import PlacedNames
from tsnecolor_nb.standalone.page import PageColoring, write_page
from tsnecolor_nb.techniques.run import CachedRun

MOST_BYTES = 3_900_000  # of a living map, so that it is below 4 MB with its picture
MOST_NAMES = 600  # on a living map; further ones are seen only far zoomed in
SIDE = 660  # pixels of a picture: 330 on a screen of two pixels for each
PACKAGE = Path(__file__).resolve().parents[2] / "tsnecolor_nb"


@dataclass(frozen=True)
class Step:
    """One place of a slider: what it is called, the technique, and its parameters."""

    label: str
    technique: str
    params: dict


def _steps(technique, param, values, unit):
    return [Step(f"{value} {unit}", technique, {param: value}) for value in values]


# Chapters whose living map has a slider in place of the techniques that they are about.
SLIDERS = {
    "08_kmeans": _steps("kmeans", "kmeans__n_clusters", (5, 10, 20, 40, 80, 128), "clusters"),
    "11_pca_argmax": _steps(
        "pca_argmax", "pca__n_components", (3, 8, 16, 30, 64, 128), "components"
    ),
}
# Chapters with still pictures under a slider: pixels in a degree of the field of view.
DISTANCES = {"41_what_the_eye_gets": (18, 24, 36, 54, 72, 108)}


class Maps:
    """Pictures and living maps in a folder.

    Parameters
    ----------
    folder : Path
    points : int
        How many points of the atlas to show, evenly spread; 0 for all.
    """

    def __init__(self, folder, points=0):
        self.folder, self.points = folder, points
        folder.mkdir(parents=True, exist_ok=True)
        stamp, made_by = folder / "made_by.txt", f"{_hash_of_code()} {points}"
        if not stamp.exists() or stamp.read_text() != made_by:
            for path in folder.iterdir():
                path.unlink()
            stamp.write_text(made_by)

    @property
    @lru_cache(1)  # noqa: B019 (one object lives as long as the command)
    def embedding(self):
        """The atlas, or a part of it."""
        atlas = load_glyphs()
        if not self.points:
            return atlas
        rows = np.arange(self.points) * len(atlas) // self.points
        return replace(
            atlas, X=atlas.X[rows], xy=atlas.xy[rows], xyz=atlas.xyz[rows],
            meta=atlas.meta.iloc[rows].reset_index(drop=True),
        )

    @property
    @lru_cache(1)  # noqa: B019
    def _run(self):
        return CachedRun(self.embedding)

    @lru_cache(40)  # noqa: B019
    def _coloring(self, name, params=()):
        if name == "plain":
            return PageColoring("no colors")
        if name in self.embedding.meta:
            column = column_colors(self.embedding.meta[name])
            legend = page_entries(explain_column(self.embedding, column))
            return PageColoring(column.name, column.srgb8, column.kind == "labels", legend)
        technique, run = TECHNIQUES[name], self._run
        print(f"  {technique.title} {dict(params) or ''}", flush=True)
        srgb8 = run.run(name, **dict(params))
        legend = explain(
            self.embedding, run.steps, run.last_input(), from_X=technique.values is None
        )
        return PageColoring(technique.title, srgb8, technique.categorical, page_entries(legend))

    def picture(self, name):
        """Return the file name of a picture of the whole map.

        A name is that of a technique, of a column of metadata, or "plain" for no colors.
        """
        path = self.folder / f"{name}.webp"
        if not path.exists():
            coloring = self._coloring(name)
            _save(self._draw(coloring.srgb8, coloring.categorical), path)
        return path.name

    def _draw(self, srgb8, categorical=False):
        raster = Raster(self.embedding.xy, srgb8, categorical=categorical)
        return raster.rgba(width=SIDE, height=SIDE, pixel_ratio=2)

    def page(self, chapter, names):
        """Write the living map of a chapter; return its file name and the number of its points."""
        path = self.folder / f"{chapter}.html"
        note = self.folder / f"{chapter}.points"
        if not path.exists():
            steps = SLIDERS.get(chapter)
            colorings = [
                replace(self._coloring(step.technique, tuple(step.params.items())), name=step.label)
                for step in steps
            ] if steps else [self._coloring(name) for name in names]
            note.write_text(str(self._write(path, colorings)))
        return path.name, int(note.read_text())

    def _write(self, path, colorings):
        """Write a page with as many texts and points as fit; return the number of points."""
        embedding, rows = self.embedding, np.arange(len(self.embedding))
        columns = ["name", "script"]
        names = PlacedNames(map_names(embedding, "script")[:MOST_NAMES])
        while True:
            cut = [
                one if one.srgb8 is None else replace(one, srgb8=one.srgb8[rows])
                for one in colorings
            ]
            meta = embedding.meta[columns].iloc[rows]
            write_page(
                path, embedding.xy[rows], cut, columns=meta, title="The map", names=names,
                overwrite=True,
            )
            size = path.stat().st_size
            if size <= MOST_BYTES:
                return len(rows)
            if len(columns) > 1:
                columns = columns[1:]
            else:
                kept = int(len(rows) * MOST_BYTES / size * 0.98)
                rows = np.arange(kept) * len(embedding) // kept

    def seen(self, chapter):
        """Return labels and file names of the map as it is seen from some distances."""
        coloring = None
        frames = {}
        for distance in DISTANCES[chapter]:
            path = self.folder / f"seen_{distance}.webp"
            if not path.exists():
                coloring = coloring or self._coloring("pca_oklab")
                picture = compose(self._draw(coloring.srgb8))
                # Half of the screen's pixels are as good as one of 96 to the inch.
                seen = seen_colors(picture, 2 * distance) / [1, 2, 2]
                _save(oklab_to_srgb8(seen), path)
            frames[f"{distance} pixels a degree"] = path.name
        return frames


def _hash_of_code():
    """Return a hash of everything that a map may depend on."""
    code = hashlib.sha256(Path(__file__).read_bytes())
    for path in sorted(PACKAGE.rglob("*")):
        if path.suffix in {".py", ".js", ".css", ".html", ".npy", ".npz", ".parquet"}:
            code.update(path.read_bytes())
    return code.hexdigest()[:16]


def _save(pixels, path):
    Image.fromarray(pixels).save(path, quality=82, method=4)
