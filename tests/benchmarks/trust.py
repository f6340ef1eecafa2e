"""Ask how far the seen score can be trusted: of a second model of the eye, and on other data.

``python -m tests.benchmarks.trust [--rows N] [--windows W] [--out FILE]`` prints Markdown tables:
all of `TECHNIQUES` on the atlas by two models of the eye; other ways to draw by the second one; and
all techniques on data that are not ours. Below each, how alike the orders are. It needs the
packages `cvvdp` and `scanpy`, of which only files are read; see `make trust`.
"""

import argparse
from pathlib import Path

import numpy as np

from tests.benchmarks.score import (
    DRAWN,
    GROUNDS,
    ZOOMS,
    first_points,
    near_cell,
    number,
    table,
    ways_to_draw,
)
from tests.benchmarks.second_eye import ContrastEye, package_folder
from tsnecolor_nb import Scorer, Standardize, load_embedding, load_glyphs
from tsnecolor_nb.colors.eye import seen_colors
from tsnecolor_nb.gallery.compare import color_technique
from tsnecolor_nb.techniques.table import TECHNIQUES

_QUESTIONS = (*ZOOMS, "near", "far", "regions")
_N_PATCHES = 5000  # of each photograph


def main(argv=None):
    """Score, print the tables, and write them to a file if asked."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, help="use only the first N points of the atlas")
    parser.add_argument("--windows", type=int, default=8, help="views per zoom (8)")
    parser.add_argument("--out", help="also write the tables to this file")
    options = parser.parse_args(argv)
    report = []

    def say(*lines):
        report.extend(lines)
        print(*lines, sep="\n", flush=True)

    atlas = first_points(load_glyphs(), options.rows)
    scorer = Scorer(atlas, n_windows=options.windows)
    colorings = all_colorings(atlas)
    by_first = score_all(scorer, colorings)
    second = ContrastEye()
    by_second = score_all(scorer, colorings, second)
    say(*_both_eyes(by_first, by_second), "")
    unmasked = score_all(scorer, colorings, ContrastEye(masking=False))
    say(*_eyes_agree({"ColorVideoVDP": by_second, "without masking": unmasked}, by_first), "")
    scorer.eye = second
    drawn, _ = colorings[TECHNIQUES[DRAWN].title]
    say("By ColorVideoVDP:", "", *ways_to_draw(scorer, drawn), "")
    for title, embedding in other_data():
        others = Scorer(embedding, n_windows=options.windows)
        by_others = score_all(others, all_colorings(embedding))
        say(*_other_data(title, others, by_others, by_first), "")
    if options.out:
        Path(options.out).write_text("\n".join(report) + "\n", encoding="utf-8")


def all_colorings(embedding):
    """Return colors by all techniques, and whether they are labels, by title."""
    return {
        technique.title: (color_technique(embedding, name)[0], technique.categorical)
        for name, technique in TECHNIQUES.items()
    }


def score_all(scorer, colorings, eye=seen_colors):
    """Return the row of each score, by ground and title: of colorings, and of colors of no use."""
    scorer.eye, rows = eye, {}
    for scorer.background in GROUNDS:
        rows[scorer.background] = {
            title: scorer.score(srgb8, title, categorical=categorical).row
            for title, (srgb8, categorical) in colorings.items()
        }
        references = {found.name: found.row for found in scorer.references()}
        # Distances between numbers are no picture, so that nothing is seen of them.
        rows[scorer.background] |= {
            name: row for name, row in references.items() if np.isfinite(row["near"])
        }
    return rows


def order_likeness(one, other, question, other_question=None):
    """Return Spearman's rank correlation of two sets of scores by title, as text."""
    from scipy.stats import spearmanr

    other_question = other_question or question
    pairs = [(row[question], other[title][other_question]) for title, row in one.items()]
    return f"{spearmanr(pairs).statistic:.2f}" if np.isfinite(pairs).all() else ""


def other_data():
    """Yield titles and embeddings of data that are not ours, and come in packages.

    The tumors of notebook 50; the file of blood cells that scanpy brings, with the components and
    the UMAP that its users computed; and patches of the two photographs of scikit-learn. Maps that
    are missing are made here by t-SNE.
    """
    from sklearn.datasets import load_breast_cancer, load_sample_images
    from sklearn.feature_extraction.image import extract_patches_2d

    yield "tumors", load_embedding(Standardize().fit_transform(load_breast_cancer().data))
    cells = package_folder("scanpy") / "datasets" / "10x_pbmc68k_reduced.h5ad"
    yield cells.name, load_embedding(cells)
    patches = [
        extract_patches_2d(image, (8, 8), max_patches=_N_PATCHES, random_state=0)
        for image in load_sample_images().images
    ]
    pixels = np.concatenate(patches).reshape(2 * _N_PATCHES, -1)
    yield "patches of photographs", load_embedding(np.float32(pixels))


def _both_eyes(first, second):
    """Yield a table of both eyes side by side."""
    columns, lines = [], {title: [title] for title in first["white"]}
    for eye, rows in (("S-CIELAB", first), ("ColorVideoVDP", second)):
        columns += [f"near, {ground}, {eye}" for ground in GROUNDS]
        columns += [f"far, {eye}", f"regions, {eye}"]
        for title, line in lines.items():
            line += [near_cell(rows[ground][title]) for ground in GROUNDS]
            line += [number(rows["white"][title][question]) for question in ("far", "regions")]
    yield from table("technique", columns, list(lines.values()))


def _eyes_agree(eyes, first):
    """Yield a table of how alike the other eyes order all lines of `first`."""
    lines = [
        [f"{question}, {ground}"]
        + [order_likeness(first[ground], rows[ground], question) for rows in eyes.values()]
        for ground in GROUNDS
        for question in _QUESTIONS
    ]
    yield from table("rank correlation with S-CIELAB", list(eyes), lines)


def _other_data(title, scorer, rows, atlas):
    """Yield a table of other data, and how alike its order is to that of the atlas."""
    n, d = scorer.embedding.X.shape
    lines = [
        [
            name, near_cell(row), near_cell(rows["black"][name]),
            *(number(row[question]) for question in ("far", "regions")),
        ]
        for name, row in rows["white"].items()
    ]
    columns = ("near, white", "near, black", "far", "regions")
    yield from table(f"{title}: {n:,} × {d}", columns, lines)
    near = [order_likeness(rows["white"], atlas["white"], "near", zoom) for zoom in ZOOMS]
    far, regions = (
        order_likeness(rows["white"], atlas["white"], question) for question in ("far", "regions")
    )
    pairs = {f"{window.zoom:g}": 0 for window in scorer.windows}
    for window, questions in zip(scorer.windows, scorer.questions, strict=True):
        pairs[f"{window.zoom:g}"] += questions.near.counts.sum()
    asked = ", ".join(f"{count:,} pairs at zoom {zoom}" for zoom, count in pairs.items())
    yield ""
    yield f"Near asks of {asked}."
    yield f"Rank correlation with the atlas, on white: far {far}, regions {regions};"
    yield f"near with that of the atlas at zoom 1, 4 and 16: {' / '.join(near)}."


if __name__ == "__main__":
    main()
