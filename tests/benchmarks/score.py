"""Score every technique on the atlas, and other ways to draw one of them.

``python -m tests.benchmarks.score [--quick] [--rows N] [--windows W] [--fit NAME …] [--out FILE]``
prints Markdown tables: all of `TECHNIQUES` on white and on black, some of them fitted to each view,
and references; the same from other distances and with other seeds; other ways to draw.
"""

import argparse
import os
import time
from pathlib import Path

import numpy as np

from tsnecolor_nb import Scorer, ViewFit, load_embedding, load_glyphs
from tsnecolor_nb.gallery.compare import color_technique
from tsnecolor_nb.techniques.table import OURS, TECHNIQUES

ZOOMS = ["zoom 1", "zoom 4", "zoom 16"]
GROUNDS = ("white", "black")
_QUICK = (
    "pca_oklab", "pca_rgb", "tsne3", "local_mds", "hue_and_lightness", "color_pyramid", "kmeans",
    "argmax",
)
_DISTANCES = (24, 36, 72)  # pixels per degree
_SEEDS = range(5)
DRAWN = "pca_oklab"
_DPI = 100
# By matplotlib: area of a dot in points², opacity, marker. scanpy's area is 120,000 / n.
_SCATTERS = {
    "the original's scatter: size 0.5, alpha 0.25": (0.5, 0.25, "s"),
    "scanpy's default size": (None, 1, "."),
    "dots as datamapplot draws them: size 2, alpha 0.6": (2, 0.6, "o"),
    "opaque dots of size 4": (4, 1, "o"),
}
_NOTE = (
    "What an eye gets of the picture, 600 × 600 pixels at 36 pixels per degree; 0 for chance, 100 "
    "for always. Near, at zoom 1, 4 and 16: how often color tells which of two spots, equally near "
    "a third one, is closer to it in X. Far: whether the same color means near in X, anywhere on "
    "the map, and near in X the same color. Regions: how well groups of colors agree with clusters "
    "in X. Pixel means and points: the first question, of what pixels hold, whether an eye gets it "
    "or not, and of single points. Below: where on white the eye gets less than of one grey (g) or "
    "of random colors (r). Fitted to view: the colors of each view are learnt from what is in it."
)
_COLUMNS = (
    "near, white", "near, black", "far", "regions", "pixel means", "points", "below",
    "out of gamut", "seconds",
)


def main(argv=None):
    """Score, print the tables, and write them to a file if asked."""
    options = _parse(argv)
    atlas = first_points(load_glyphs(), options.rows)
    scorer = Scorer(atlas, n_windows=options.windows)
    report = []

    def say(*lines):
        report.extend(lines)
        print(*lines, sep="\n", flush=True)

    n, d = atlas.X.shape
    say(f"{n:,} × {d} points, {len(scorer.windows)} windows, {os.cpu_count()} cores.", "")
    colors, lines = {}, []
    for name in options.techniques:
        colors[name], seconds, clipped = color_technique(atlas, name)
        how = {"categorical": TECHNIQUES[name].categorical, "out_of_gamut": clipped}
        scores = _on_grounds(scorer, colors[name], name, **how)
        lines.append(_line(TECHNIQUES[name].title, *scores, seconds))
    lines += [_fitted_line(scorer, name) for name in options.fit]
    lines.sort(key=lambda line: -line[0])
    scorer.background = "white"
    for found in scorer.references():
        lines.append(_line(found.name, found, None, None))
    say(*table("technique", _COLUMNS, [line[1:] for line in lines]), "", _NOTE, "")
    if not options.quick:
        say(*_from_distances(scorer, colors), "", *_with_seeds(atlas, colors, options.windows), "")
    if options.ways:
        say(*ways_to_draw(scorer, colors[DRAWN]))
    if options.out:
        Path(options.out).write_text("\n".join(report) + "\n", encoding="utf-8")


def first_points(embedding, n):
    """Return the first n points of an embedding, or all of them if n is None."""
    if n is None:
        return embedding
    xyz = None if embedding.xyz is None else embedding.xyz[:n]
    return load_embedding(embedding.X[:n], embedding.xy[:n], xyz=xyz)


def _parse(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true", help="only eight techniques, and one seed")
    parser.add_argument("--rows", type=int, help="use only the first N points")
    parser.add_argument("--windows", type=int, default=8, help="views per zoom (8)")
    parser.add_argument(
        "--fit", nargs="*", choices=list(TECHNIQUES), metavar="NAME",
        help="techniques that are also fitted to every view (3-D PCA, and ours that start from X)",
    )
    parser.add_argument("--out", help="also write the tables to this file")
    options = parser.parse_args(argv)
    options.techniques = [name for name in TECHNIQUES if not options.quick or name in _QUICK]
    options.ways = DRAWN in options.techniques
    if options.fit is None:
        ours = [t.name for t in OURS if t.values is None or t.uses_view or t.values_in_view]
        options.fit = [] if options.quick else ["pca_rgb", *ours]
    return options


def _on_grounds(scorer, colors, name, **how):
    """Return the scores on white and on black."""
    scores = []
    for scorer.background in GROUNDS:
        scores.append(scorer.score(colors, name, **how))
    return scores


def _fitted_line(scorer, name):
    """Score a technique that learns anew in every view; its time is that of one view."""
    fit, seconds, made = ViewFit(scorer.embedding), [], {}
    for view in scorer.windows:
        started = time.perf_counter()
        made[id(view)] = fit.colors(name, view.x_range, view.y_range)[view.rows]
        seconds.append(time.perf_counter() - started)
    categorical = TECHNIQUES[name].categorical
    scores = _on_grounds(scorer, lambda view: made[id(view)], name, categorical=categorical)
    return _line(f"{TECHNIQUES[name].title}, fitted to view", *scores, float(np.median(seconds)))


def _line(title, white, black, seconds):
    """Return the number that a line is sorted by, and its cells."""
    row = white.row
    return [
        row["near"],
        title,
        near_cell(row),
        "" if black is None else near_cell(black.row),
        *(number(row[column]) for column in ("far", "regions", "pixel means", "points")),
        _below(white.below),
        number(100 * row["out of gamut"], " %"),
        "" if seconds is None else f"{seconds:.2f}",
    ]


def _from_distances(scorer, colors):
    """Yield a table of near on white (mean of the zooms) from several distances."""
    from scipy.stats import spearmanr

    scorer.background, near = "white", {name: [] for name in colors}
    for scorer.pixels_per_degree in _DISTANCES:
        for name, srgb8 in colors.items():
            found = scorer.score(srgb8, name, categorical=TECHNIQUES[name].categorical)
            near[name].append(found.row["near"])
    scorer.pixels_per_degree = 36
    lines = [[TECHNIQUES[name].title, *map(number, values)] for name, values in near.items()]
    columns = [f"{distance} pixels per degree" for distance in _DISTANCES]
    yield from table("near, on white, from other distances", columns, lines)
    order = spearmanr(list(near.values())).statistic
    yield ""
    yield f"Rank correlation with 36: {order[0, 1]:.2f} at 24 and {order[2, 1]:.2f} at 72."


def _with_seeds(atlas, colors, n_windows):
    """Yield a table of near, far and regions on white, and how they vary with the windows."""
    found = {name: [] for name in _QUICK if name in colors}
    for seed in _SEEDS:
        scorer = Scorer(atlas, n_windows=n_windows, seed=seed)
        for name, rows in found.items():
            categorical = TECHNIQUES[name].categorical
            rows.append(scorer.score(colors[name], name, categorical=categorical).row)
    columns = [*ZOOMS, "far", "regions"]
    lines = []
    for name, rows in found.items():
        by_column = np.array([row[columns] for row in rows], float).T
        cells = [f"{number(of_seeds.mean())} ± {of_seeds.std():.1f}" for of_seeds in by_column]
        lines.append([TECHNIQUES[name].title, *cells])
    yield from table(f"mean and spread of {len(_SEEDS)} seeds, on white", columns, lines)


def ways_to_draw(scorer, colors):
    """Yield a table of ways to draw the same colors."""
    shadings = {"ours: filled": "filled"} | {f"ours: {s}": s for s in ("eq_hist", "log", "count")}
    lines = {name: [] for name in (*shadings, *_SCATTERS)}
    for scorer.background in GROUNDS:
        for name, shading in shadings.items():
            lines[name].append(near_cell(scorer.score(colors, shading=shading).row))
        for name, (size, alpha, marker) in _SCATTERS.items():
            how = {"s": size or 120_000 / len(colors), "alpha": alpha, "marker": marker}

            def picture(window, how=how):
                return _scatter(scorer.embedding.xy, colors, window, scorer.background, **how)

            lines[name].append(near_cell(scorer.score_pictures(picture).row))
    title = f"{TECHNIQUES[DRAWN].title}, drawn otherwise"
    yield from table(
        title, ("near, white", "near, black"), [[name, *cells] for name, cells in lines.items()]
    )


def _scatter(xy, colors, window, background, **how):
    """Draw the points of a window by matplotlib, at 100 dots per inch."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure((6, 6), dpi=_DPI, facecolor=background)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=window.x_range, ylim=window.y_range)
    axes.set_axis_off()
    axes.scatter(*xy[window.rows].T, c=colors[window.rows] / 255, linewidths=0, **how)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())[..., :3].copy()


def table(first, columns, lines):
    """Yield the lines of a Markdown table, the first of its columns named `first`."""
    yield f"| {first} | {' | '.join(columns)} |"
    yield f"|---|{'--:|' * len(columns)}"
    for line in lines:
        yield f"| {' | '.join(line)} |"


def near_cell(row):
    """Return near at each zoom that was scored, as the text of a cell."""
    return " / ".join(number(row[zoom]) for zoom in ZOOMS if row[zoom] == row[zoom])


def _below(words):
    """Shorten where a score lies below one grey and random colors."""
    words = words.replace("below one grey:", "g:").replace("below random colors:", "r:")
    return words.replace("zoom ", "")


def number(value, unit=""):
    """Return a number as the text of a cell, "" for NaN."""
    return "" if value != value else f"{value + 0.0:.1f}{unit}".replace("-0.0", "0.0")


if __name__ == "__main__":
    main()
