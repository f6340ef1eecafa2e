"""Score every technique on the atlas.

``python -m tests.benchmarks.score [--rows N] [--windows W] [--fit NAME …] [--out FILE]`` prints a
Markdown table: all of `TECHNIQUES`, some of them fitted to each view, and the references.
"""

import argparse
import os
import time
from pathlib import Path

from tsnecolor_nb import Scorer, ViewFit, load_embedding, load_glyphs
from tsnecolor_nb.gallery.compare import color_technique
from tsnecolor_nb.techniques.table import ORIGINAL, OURS, TECHNIQUES

_ZOOMS = ("zoom 1", "zoom 4", "zoom 16")
_COLUMNS = (*_ZOOMS, "far", "regions", "pixel means", "points")
_NOTE = (
    "What an eye gets of the picture on white, 0 for chance and 100 for always. Zooms: how often "
    "color tells which of two spots, equally near a third one, is closer to it in X. Far: whether "
    "the same color means near in X, anywhere on the map, and near in X the same color. Regions: "
    "how well groups of colors agree with clusters in X. Pixel means and points: the first "
    "question, of what pixels hold, whether an eye gets it or not, and of single points. Against "
    "the original: the three zooms, divided by the best of the original's colorings at each. "
    "Fitted to view: the colors of each view are learnt from what is in it."
)


def main(argv=None):
    """Score, print the table, and write it to a file if asked."""
    options = _parse(argv)
    atlas = load_glyphs()
    if options.rows:
        atlas = load_embedding(atlas.X[: options.rows], atlas.xy[: options.rows])
    scorer = Scorer(atlas, n_windows=options.windows)
    scored = [_score(scorer, name) for name in TECHNIQUES]
    fitted = [_score_fitted(scorer, name) for name in options.fit]
    references = [(found.name, found.row, None) for found in scorer.references()]
    original = [row for (_, row, _), name in zip(scored, TECHNIQUES, strict=True) if _old(name)]
    best = [max(row[zoom] for row in original) for zoom in _ZOOMS]
    ranked = sorted(scored + fitted, key=lambda line: -line[1]["near"])
    lines = [_line(*line, best) for line in ranked + references]
    n, d = atlas.X.shape
    machine = f"{n:,} × {d} points, {len(scorer.windows)} windows, {os.cpu_count()} cores."
    report = "\n".join([machine, "", *_head(), *lines, "", _NOTE])
    print(report)
    if options.out:
        Path(options.out).write_text(report + "\n", encoding="utf-8")


def _parse(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, help="use only the first N points")
    parser.add_argument("--windows", type=int, default=8, help="views per zoom (8)")
    parser.add_argument(
        "--fit", nargs="*", choices=list(TECHNIQUES), default=_usually_fitted(), metavar="NAME",
        help="techniques that are also fitted to every view (3-D PCA, and ours that start from X)",
    )
    parser.add_argument("--out", help="also write the table to this file")
    return parser.parse_args(argv)


def _usually_fitted():
    ours = [t.name for t in OURS if t.values is None or t.uses_view]
    return ["pca_rgb", *ours]


def _old(name):
    return name in {technique.name for technique in ORIGINAL}


def _score(scorer, name):
    colors, seconds, clipped = color_technique(scorer.embedding, name)
    found = scorer.score(
        colors, name, categorical=TECHNIQUES[name].categorical, out_of_gamut=clipped
    )
    return TECHNIQUES[name].title, found.row, seconds


def _score_fitted(scorer, name):
    """Score a technique that learns anew in every view; its time is that of one view."""
    fit, seconds = ViewFit(scorer.embedding), []

    def of_view(view):
        started = time.perf_counter()
        colors = fit.colors(name, view.x_range, view.y_range)
        seconds.append(time.perf_counter() - started)
        return colors[view.rows]

    row = scorer.score(of_view, name).row
    return f"{TECHNIQUES[name].title}, fitted to view", row, sorted(seconds)[len(seconds) // 2]


def _head():
    yield f"| technique | {' | '.join(_COLUMNS)} | out of gamut | against the original | seconds |"
    yield f"|---|{'--:|' * (len(_COLUMNS) + 3)}"


def _line(title, row, seconds, best):
    ratios = [f"{row[zoom] / top:.1f}" for zoom, top in zip(_ZOOMS, best, strict=True)]
    cells = [
        title,
        *(_number(row[column]) for column in _COLUMNS),
        _number(100 * row["out of gamut"], " %"),
        " / ".join(ratios),
        "" if seconds is None else f"{seconds:.2f}",
    ]
    return f"| {' | '.join(cells)} |"


def _number(value, unit=""):
    return "" if value != value else f"{value + 0.0:.1f}{unit}".replace("-0.0", "0.0")


if __name__ == "__main__":
    main()
