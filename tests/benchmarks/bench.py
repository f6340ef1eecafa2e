"""Time cold starts, files, a browser, and every technique against the original's way, in one run.

``python -m tests.benchmarks.bench [--rows N] [--repeat R] [--only NAME …] [--out FILE]`` prints a
Markdown table. Each side of each row runs in a process of its own, so that its peak memory is its
own: it includes Python, the libraries and the data. Loading and compiling come before the clock
starts; either side takes the best of `--repeat` runs, but the original's code runs only once where
that takes more than three seconds.
"""

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
import timeit
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np

from .rows import ROWS

_LONG = 3  # seconds, of which a first run more or less is no large part
_STARTS = {
    "cold process to the loaded atlas": (0.8, "atlas = t.load_glyphs()"),
    "cold process to the first picture": (3, """
atlas = t.load_glyphs()
t.Picture(t.rasterize(atlas.xy)[..., :3]).png()"""),
}
_SETUP = """
import tsnecolor_nb as t
from tsnecolor_nb.colors.columns import column_colors
from tsnecolor_nb.data.save import point_columns, save_picture, save_table
from tsnecolor_nb.legend.explain import explain, explain_column
atlas = t.load_glyphs()
run = t.CachedRun(atlas)
run.run("pca_rgb")
colored = column_colors(atlas.meta["script"])
columns = point_columns(atlas, srgb8=colored.srgb8, labels=colored.labels)
legend = explain_column(atlas, colored)
picture = t.compose(t.Raster(atlas.xy, colored.srgb8).rgba(width=2000, height=2000))
"""
_OUTPUTS = {
    "legend of 3-D PCA as RGB": "explain(atlas, run.steps, run.last_input())",
    "colors and legend of a column": 'explain_column(atlas, column_colors(atlas.meta["script"]))',
    "picture of 2,000 pixels with legend, PNG": """
save_picture(f"{folder}/picture.png", picture, legend=legend, overwrite=True)""",
    **{
        f"table of all points, {suffix}": f"""
save_table(f"{{folder}}/table.{suffix}", columns, overwrite=True)"""
        for suffix in ("parquet", "npy", "csv")
    },
}
_KEPT_ROWS = 40_000  # of a projection, for comparison; labels and values are kept whole


def main(argv=None):
    """Run the benchmark, or one side of one row of it."""
    options = _parse(argv)
    if options.side:
        _run_side(options.only[0], options.side, options.rows, options.repeat, Path(options.out))
        return
    names = options.only or list(ROWS)
    with tempfile.TemporaryDirectory() as folder:
        results = [_compare(name, options, Path(folder)) for name in names]
    starts = []
    if not options.only:
        from . import browser  # not in the processes of single rows, whose memory is measured

        starts = [
            *_cold_starts(options.repeat), "", *_outputs(options.repeat), "", *browser.table(), "",
        ]
    report = "\n".join([_machine(options), "", *starts, *_table(results), "", _NOTE])
    print(f"\n{report}")
    if options.out:
        Path(options.out).write_text(report + "\n", encoding="utf-8")


_NOTE = (
    "ICA learns its rotation, and k-means its centers, on a seeded sample (50,000 rows; 256 rows "
    "per center, at least 16,384); everything else uses all rows. Peak memory includes Python, the "
    "libraries and X."
)


def _parse(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rows", type=int, help="use only the first N points")
    parser.add_argument("--repeat", type=int, default=3, help="best of so many runs")
    parser.add_argument("--only", nargs="+", choices=list(ROWS), help="only these comparisons")
    parser.add_argument("--out", help="also write the table to this file")
    parser.add_argument("--side", choices=["original", "ours"], help=argparse.SUPPRESS)
    return parser.parse_args(argv)


def _load(rows):
    from tsnecolor_nb import load_embedding, load_glyphs

    atlas = load_glyphs()
    return load_embedding(atlas.X[:rows], atlas.xy[:rows]) if rows else atlas


def _run_side(name, side, rows, repeat, out):
    """Run one side, write what it found, and print its time and its peak memory."""
    warnings.filterwarnings("ignore", module="sklearn")
    embedding = _load(rows)
    function = getattr(ROWS[name], side)
    if side == "ours":
        _warm_up(embedding, function)
    seconds = []
    for _ in range(repeat):
        found = None  # the last run's arrays must not count as this one's
        started = time.perf_counter()
        found = function(embedding)
        seconds.append(time.perf_counter() - started)
        if side == "original" and seconds[-1] > _LONG:
            break
    peak = _peak_bytes()
    kept = slice(None, None, max(1, len(embedding) // _KEPT_ROWS))
    if "projection" in found:
        found["projection"] = found["projection"][kept]
    if "transform" in found:
        found["projection"] = found.pop("transform")(embedding.X[kept])
    np.savez(out, **found)
    print(json.dumps({"seconds": min(seconds), "peak": peak}))


def _cold_starts(repeat):
    """Yield how long new processes take to import, load and draw, in a table."""
    yield "| start | s | aim |"
    yield "|---|--:|--:|"
    for title, (aim, code) in _STARTS.items():
        command = [sys.executable, "-c", f"import tsnecolor_nb as t\n{code}"]
        seconds = []
        for _ in range(repeat + 1):  # the first one reads from the disk, and compiles
            started = time.perf_counter()
            subprocess.run(command, check=True)
            seconds.append(time.perf_counter() - started)
        yield f"| {title} | {min(seconds):.2f} | ≤ {aim:g} |"


def _outputs(repeat):
    """Yield how long legends and files of the whole atlas take, in a table."""
    yield "| of the atlas | s |"
    yield "|---|--:|"
    with tempfile.TemporaryDirectory() as folder:
        names = {"folder": folder}
        exec(_SETUP, names)
        for title, code in _OUTPUTS.items():
            seconds = min(timeit.repeat(code, number=1, repeat=repeat, globals=names))
            yield f"| {title} | {seconds:.2f} |"


def _peak_bytes():
    status = Path("/proc/self/status")
    if status.exists():
        # Linux's ru_maxrss begins with what the parent process had, not with zero.
        lines = status.read_text(encoding="utf-8").splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith("VmHWM"))
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def _warm_up(embedding, function):
    """Compile what compiles and import what is imported late, on few points."""
    from tsnecolor_nb import load_embedding

    function(load_embedding(embedding.X[:3000], embedding.xy[:3000]))


def _compare(name, options, folder):
    row, measured, found = ROWS[name], {}, {}
    for side in ("original", "ours"):
        out = folder / f"{name}_{side}.npz"
        command = [sys.executable, "-m", __spec__.name, "--side", side, "--only", name]
        command += ["--out", str(out), "--repeat", str(options.repeat)]
        command += ["--rows", str(options.rows)] if options.rows else []
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
        measured[side] = json.loads(done.stdout.splitlines()[-1])
        with np.load(out, allow_pickle=False) as arrays:
            found[side] = dict(arrays)
        out.unlink()
    ratio = measured["original"]["seconds"] / measured["ours"]["seconds"]
    print(f"{row.title}: {ratio:.1f} times as fast", file=sys.stderr, flush=True)
    agreement = row.agreement(_load(options.rows), found["original"], found["ours"])
    return row, measured["original"], measured["ours"], agreement


def _table(results):
    yield "| technique | original, s | ours, s | ratio | aim | original, MB | ours, MB | agree |"
    yield "|---|--:|--:|--:|--:|--:|--:|---|"
    for row, original, ours, agreement in results:
        yield _line(row.title, original, ours, row.aim, agreement)
    original, ours = (
        {
            "seconds": sum(result[side]["seconds"] for result in results),
            "peak": max(result[side]["peak"] for result in results),
        }
        for side in (1, 2)
    )
    yield _line("**all together**", original, ours, 12, "")


def _line(title, original, ours, aim, agreement):
    ratio = original["seconds"] / ours["seconds"]
    cells = [
        title,
        f"{original['seconds']:.2f}",
        f"{ours['seconds']:.2f}",
        f"{ratio:.1f} ×",
        f"≥ {aim:g} ×" if aim else "",
        f"{original['peak'] / 1e6:.0f}",
        f"{ours['peak'] / 1e6:.0f}",
        agreement,
    ]
    return f"| {' | '.join(cells)} |"


def _machine(options):
    libraries = ", ".join(
        f"{name} {version(name)}"
        for name in ("numpy", "scipy", "scikit-learn", "datashader", "matplotlib")
    )
    embedding = _load(options.rows)
    n, d = embedding.X.shape
    return (
        f"{n:,} × {d} points on {os.cpu_count()} cores ({_processor()}), "
        f"{platform.system()}, Python {platform.python_version()}, {libraries}."
    )


def _processor():
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
