"""Color, draw and zoom up to a hundred jittered atlases on two workers of 2 GB each.

``python -m tests.benchmarks.scale [--atlases K …] [--technique NAME] [--folder DIR] [--out FILE]``
prints Markdown tables: time, throughput and peak memory by size, then the time of a frame by zoom.
The data (12 GB for 100 atlases) go to a temporary folder that is removed afterwards.
"""

import argparse
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import dask
import numpy as np

from .bench import _peak_bytes, _processor

_FILES = 4  # of one atlas, so that also the smallest size has work for both workers
_BYTES = 120e6  # on the disk, of one atlas with its colors and tiles
_ZOOMS = (1, 2, 4, 8, 32, 128, 512)
_VIEWS = 12
_SIDE = 600


def main(argv=None):
    """Run all sizes and print the tables."""
    options = _parse(argv)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # or the data would stay on the disk
    needed = _BYTES * max(options.atlases)
    if (free := shutil.disk_usage(options.folder or tempfile.gettempdir()).free) < 1.1 * needed:
        sys.exit(f"needs {needed / 1e9:.0f} GB of disk, has {free / 1e9:.0f}; see --folder")
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        results = _run(options, Path(folder))
    report = "\n".join([_machine(options), "", *_table(results), "", *_frames_table(results)])
    print(f"\n{report}")
    if options.out:
        Path(options.out).write_text(report + "\n", encoding="utf-8")


def _parse(argv):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--atlases", type=int, nargs="+", default=[1, 10, 100], metavar="K")
    parser.add_argument("--technique", default="pca_rgb")
    parser.add_argument("--folder", help="where there is room")
    parser.add_argument("--out", help="also write the tables to this file")
    return parser.parse_args(argv)


def _run(options, folder):
    started = time.perf_counter()
    with _workers() as client:
        write = dask.delayed(_write_atlas)
        (folder / "all").mkdir()
        tasks = [write(folder / "all", k) for k in range(max(options.atlases))]
        dask.compute(*tasks, scheduler=client)
    print(f"data made in {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)
    results = []
    for atlases in options.atlases:
        home = folder / str(atlases)
        (home / "X").mkdir(parents=True)
        for path in sorted((folder / "all").iterdir())[: atlases * _FILES]:
            os.link(path, home / "X" / path.name)
        results.append(_measure(home, options.technique))
        print(_line(results[-1], results), file=sys.stderr, flush=True)
    return results


@contextmanager
def _workers():
    """Give a client of two new workers; with it end the workers."""
    from distributed import Client, LocalCluster

    # A worker has one core, also for the threads that a task would start.
    env = {"LOKY_MAX_CPU_COUNT": "1"}
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, memory_limit="2GB", dashboard_address=":0", env=env,
            silence_logs=logging.ERROR,
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


def _write_atlas(folder, k):
    """Write one jittered atlas; the first one is the atlas itself."""
    from tsnecolor_nb import write_partition
    from tsnecolor_nb.arrays.chunks import CHUNK_ROWS, row_chunks

    X, xy, spread, width = _atlas()
    rng = np.random.default_rng(k)
    # The same noise for every 4,096 rows: drawing all of it would take longer than all the rest.
    noise = (0.05 * (k > 0) * spread * rng.normal(size=(CHUNK_ROWS, X.shape[1]))).astype(np.float32)
    for part, start in enumerate(range(0, len(X), -(-len(X) // _FILES))):
        here = slice(start, start + -(-len(X) // _FILES))
        vectors = np.empty(X[here].shape, np.float16)
        for rows in row_chunks(len(vectors)):
            vectors[rows] = X[here][rows] + noise[: len(vectors[rows])]
        moved = (k > 0) * width / 2000 * rng.normal(size=(len(vectors), 2))
        write_partition(folder / f"{k:03}_{part}.parquet", vectors, xy[here] + moved)


@cache
def _atlas():
    from tsnecolor_nb import load_glyphs

    atlas = load_glyphs()
    return atlas.X, atlas.xy, atlas.X.std(axis=0), np.ptp(atlas.xy, axis=0)


def _measure(home, technique):
    """Time each stage on fresh workers, and frames in this process."""
    from tsnecolor_nb import PartitionedRaster, color_partitions, fit_partitions, tile_partitions

    seconds = {}

    def timed(stage, function, *args, **how):
        started = time.perf_counter()
        found = function(*args, **how)
        seconds[stage] = time.perf_counter() - started
        return found

    with _workers() as client:
        client.run(_warm_up, technique)
        before = sum(client.run(time.process_time).values())
        pipeline = timed("fit", fit_partitions, home / "X", technique, client=client)
        timed("color", color_partitions, home / "X", pipeline, home / "colors", client=client)
        raster = PartitionedRaster(home / "colors", client=client)
        timed("draw", raster.rgba, width=_SIDE, height=_SIDE, point_size=0)
        tiles = timed("tile", tile_partitions, home / "colors", home / "tiles", client=client)
        cpu = sum(client.run(time.process_time).values()) - before
        peaks = [*client.run(_peak_bytes).values(), _peak_bytes()]
    n, frames = len(tiles), _frames(tiles)
    return {"n": n, "seconds": seconds, "cpu": cpu, "peaks": peaks, "frames": frames}


def _warm_up(technique):
    """Import and compile in a worker what it needs, on a few points."""
    from tsnecolor_nb import TECHNIQUES, rasterize

    rng = np.random.default_rng(0)
    TECHNIQUES[technique].pipeline().fit_transform(rng.normal(size=(2000, 128)).astype(np.float32))
    rasterize(rng.normal(size=(100, 2)), np.zeros((100, 3), np.uint8))


def _frames(tiles):
    """Return for each zoom how long its frames took, about points drawn at random."""
    x0, x1, y0, y1 = tiles.extent
    middles = _points_at_random(tiles)
    tiles.rgba(width=_SIDE, height=_SIDE)  # compiles
    frames = {}
    for zoom in _ZOOMS:
        half, frames[zoom] = (x1 - x0) / zoom / 2, []
        for x, y in middles if zoom > 1 else [((x0 + x1) / 2, (y0 + y1) / 2)] * len(middles):
            started = time.perf_counter()
            tiles.rgba((x - half, x + half), (y - half, y + half), _SIDE, _SIDE)
            frames[zoom].append(time.perf_counter() - started)
    return frames


def _points_at_random(tiles):
    """Return some points, so mostly from where the map is dense: there frames take longest."""
    import pyarrow.parquet as pq

    rng = np.random.default_rng(0)
    points = []
    for part in rng.choice(tiles._parts, _VIEWS):
        xy = pq.read_table(part.path, columns=["x", "y"]).to_pandas().to_numpy()
        points.append(xy[rng.integers(len(xy))])
    return points


def _table(results):
    yield (
        "| points | fit, s | color, s | draw, s | tile, s | together, s | against linear "
        "| points per s | of the cores, s | against linear | peak of worker, worker, client, MB |"
    )
    yield "|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
    for result in results:
        yield _line(result, results)


def _line(result, results):
    """Return a row; growth is against the size before it."""
    place, n = results.index(result), result["n"]
    before = results[place - 1] if place else None

    def growth(cost):
        return f"{cost(result) / n / (cost(before) / before['n']):.2f} ×" if before else ""

    cells = [
        f"{n:,}",
        *(f"{result['seconds'][stage]:.1f}" for stage in ("fit", "color", "draw", "tile")),
        f"{_together(result):.1f}",
        growth(_together),
        f"{n / _together(result):,.0f}",
        f"{result['cpu']:.1f}",
        growth(lambda found: found["cpu"]),
        ", ".join(f"{peak / 1e6:.0f}" for peak in result["peaks"]),
    ]
    return f"| {' | '.join(cells)} |"


def _together(result):
    return sum(result["seconds"].values())


def _frames_table(results):
    yield f"Milliseconds for a frame of {_SIDE} × {_SIDE}, median and longest of {_VIEWS}:"
    yield ""
    yield "| points | " + " | ".join(f"zoom {zoom}" for zoom in _ZOOMS) + " |"
    yield "|--:|" + "--:|" * len(_ZOOMS)
    for result in results:
        cells = (
            f"{np.median(seconds) * 1e3:.0f}, {max(seconds) * 1e3:.0f}"
            for seconds in result["frames"].values()
        )
        yield f"| {result['n']:,} | {' | '.join(cells)} |"


def _machine(options):
    from importlib.metadata import version

    libraries = ("numpy", "dask", "distributed", "pyarrow", "datashader")
    return (
        f"`{options.technique}` on two workers of one core and 2 GB each, on a machine of "
        f"{os.cpu_count()} cores ({_processor()}); "
        + ", ".join(f"{name} {version(name)}" for name in libraries)
        + ". The files were made just before: much of them was in the system's cache."
    )


if __name__ == "__main__":
    main()
