"""Draw, zoom and pan maps of more points than fit in memory.

A picture is made from sums of colors in linear light, so that of a folder is the sum over its
partitions. Sums computed once, per cell of a fine grid, serve every wide view. Close views read
points, but only those near the view: points are sorted along a Z-order curve, and the footer of a
Parquet file has the bounding box of each row group.
"""

import json
import os
import shutil
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ..arrays.extras import import_extra
from ..colors.spaces import srgb8_to_lin
from ..picture.aggregate import point_sums
from ..picture.dots import auto_radius
from ..picture.raster import Raster
from .color import add_up, compute, dask
from .grid import MAX_SIDE, Grid, overlaps
from .partitions import COLORED, blocks, extent, partitions, write_parquet

_POINTS_PER_CELL = 2
_GROUP_ROWS = 16_384
_SMALLEST_SIDE = 256
_COARSE = 64
_DRAWN_ROWS = 1 << 18


class PartitionedRaster(Raster):
    """A map in a folder of colored partitions: each picture reads all of them.

    It is a `Raster`, only slower and of any size. It suits one or two pictures; to zoom, call
    `tile_partitions` once and use a `TiledRaster`.

    Parameters
    ----------
    folder : path
        As written by `color_partitions`.
    client
        As for `fit_partitions`.

    Attributes
    ----------
    extent : (x0, x1, y0, y1) of float
        A square around all points, with a margin.
    """

    plain = False
    # A sum over partitions keeps neither single points nor how much their colors differ.
    mixed_modes = ("auto", "mean")

    def __init__(self, folder, *, client=None):
        self._folder = Path(folder)
        self._parts = partitions(folder, COLORED.names)
        self._client = client
        self.extent = extent(self._parts)

    def __len__(self):
        return sum(part.rows for part in self._parts)

    def __reduce__(self):
        # Files are not copied, and a client belongs to its process.
        return type(self), (self._folder,)

    def square_of_most(self):
        """Return the square around all points, and that it leaves none out."""
        return *self.square(), 0

    @property
    def xy(self):
        """Raise a ValueError: so many points are not for one array, nor for one page."""
        raise ValueError("a map in a folder has no xy: its points stay in files")

    @property
    def groups(self):
        """For each row group its number of points, and their lowest and highest x and y, (g, 5)."""
        return np.vstack([part.groups for part in self._parts])

    def recolor(self, srgb8, categorical=False):
        """Refuse: the colors are in the files."""
        raise TypeError(f"{type(self).__name__} has its colors in files; color another folder")

    def _points_for(self, mixed):
        if mixed == "mean":
            return self._sums
        raise ValueError("color_spread needs all points in memory; a folder provides only sums")

    def _counts(self, x_range, y_range, width, height):
        return self._sums(x_range, y_range, width, height)[3]

    def _radius(self, point_size, ranges, width, height):
        if point_size != "auto":
            return super()._radius(point_size, ranges, width, height)
        return auto_radius(self._sums(*ranges, _COARSE, _COARSE)[3].sum(), width, height)

    def _sums(self, x_range, y_range, width, height):
        tasks = [
            dask.delayed(_sums_of_partition)(part.path, x_range, y_range, width, height)
            for part in self._parts
            if touching(part.groups, x_range, y_range).any()
        ]
        if not tasks:
            return np.zeros((4, height, width), np.float32)
        return compute([add_up(tasks)], self._client)[0][0]


def touching(groups, x_range, y_range):
    """Return which row groups, (g, 5) as in `Partition`, may hold points of a view: (g,) bool."""
    _, x0, x1, y0, y1 = groups.T
    return (x1 >= x_range[0]) & (x0 <= x_range[1]) & (y1 >= y_range[0]) & (y0 <= y_range[1])


def _sums_of_partition(path, x_range, y_range, width, height):
    sums = np.zeros((4, height, width), np.float32)
    for batch in blocks(path, COLORED.names, _DRAWN_ROWS):
        points = batch.to_pandas()
        points["r"], points["g"], points["b"] = _linear(points).T
        # Datashader has NaN where no point is, which would erase the sums of other batches.
        sums += np.nan_to_num(point_sums(points, x_range, y_range, width, height)[0])
    return (sums,)


def _linear(points):
    return srgb8_to_lin(points[["r", "g", "b"]].to_numpy())


def _side(n):
    """Return the power of two with about two points per cell of the grid."""
    side = 2 ** round(np.log2(np.sqrt(n / _POINTS_PER_CELL)))
    return int(np.clip(side, _SMALLEST_SIDE, MAX_SIDE))


def _sorted_tables(parts, grid, n_tiles):
    """Return Dask tasks, each a data frame of points sorted by cell, no cell in two of them."""
    dd = import_extra("dask.dataframe", "scale", "tiling partitions")
    paths = [part.path for part in parts]
    meta = _numbered(paths[0], grid).iloc[:0]
    tables = dd.from_map(_numbered, paths, grid=grid, meta=meta, enforce_metadata=False)
    return tables.set_index("cell", npartitions=n_tiles).to_delayed()


def _numbered(path, grid):
    points = pq.read_table(path, columns=COLORED.names, use_threads=False).to_pandas()
    return points.assign(cell=grid.number(points["x"], points["y"]))


def _write_tile(points, path):
    """Write a tile; return its cells that have points, int64 (m,), and sums, float32 (4, m)."""
    if not len(points):
        return np.zeros(0, np.int64), np.zeros((4, 0), np.float32)
    table = pa.Table.from_pandas(points, COLORED, preserve_index=False)
    write_parquet(path, COLORED, table.to_batches(_GROUP_ROWS))
    cells, first, count = np.unique(points.index, return_index=True, return_counts=True)
    sums = np.add.reduceat(_linear(points), first, axis=0, dtype=np.float64)
    return cells, np.vstack([sums.T, count]).astype(np.float32)


def _write_levels(folder, grid, tiles):
    """Write the sums of all cells, and of cells twice as wide, and so on."""
    side = grid.side
    # On the disk, not in memory: the finest level has about as many bytes as the points.
    level = _new_level(folder, side)
    for cells, sums in tiles:
        level[:, *grid.row_and_column(cells)] = sums
    while side > _SMALLEST_SIDE:
        side //= 2
        coarse = _new_level(folder, side)
        for channel in range(4):
            rows = level[channel, 0::2] + level[channel, 1::2]
            coarse[channel] = rows[:, 0::2] + rows[:, 1::2]
        level.flush()
        level = coarse
    level.flush()


def _new_level(folder, side):
    path = folder / f"level_{side:05}.npy"
    return np.lib.format.open_memmap(path, "w+", np.float32, (4, side, side))


def tile_partitions(folder, out, *, client=None, rows_per_tile=1 << 20):
    """Sort a colored map for zooming: into tiles, and sums for every scale.

    Parameters
    ----------
    folder, client
        As for `PartitionedRaster`.
    out : path
        A folder that must not exist. It appears when all of it is on the disk.
    rows_per_tile : int
        Approximate number of points in a tile.

    Returns
    -------
    TiledRaster

    Raises
    ------
    FileExistsError, FileNotFoundError, ValueError
        If an argument does not fit; the message names it.
    """
    out = Path(out)
    if out.exists():
        raise FileExistsError(f"out must be a new folder, {str(out)!r} exists")
    parts = partitions(folder, COLORED.names)
    n = sum(part.rows for part in parts)
    grid = Grid(extent(parts), _side(n))
    unfinished = out.with_name(out.name + ".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    tables = _sorted_tables(parts, grid, max(1, round(n / rows_per_tile)))
    write = dask.delayed(_write_tile)
    sums = compute(
        [write(table, unfinished / f"{i:05}.parquet") for i, table in enumerate(tables)], client
    )
    _write_levels(unfinished, grid, sums)
    about = {"extent": grid.extent, "side": grid.side, "points": n}
    (unfinished / "about.json").write_text(json.dumps(about), encoding="utf-8")
    os.replace(unfinished, out)
    return TiledRaster(out)


class TiledRaster(PartitionedRaster):
    """A map made by `tile_partitions`: any view in about the same time, however many points.

    A view with more pixels than cells of the finest grid is drawn from its points. In a wider one
    each pixel sums the cells that it covers in proportion: exact where pixels and cells coincide,
    elsewhere a point may move by a fraction of a pixel.

    Parameters
    ----------
    folder : path
        As written by `tile_partitions`.
    """

    def __init__(self, folder):
        super().__init__(folder)
        about = json.loads((Path(folder) / "about.json").read_text(encoding="utf-8"))
        self._grid = Grid(tuple(about["extent"]), about["side"])
        self.extent = self._grid.extent
        paths = sorted(Path(folder).glob("level_*.npy"))
        levels = [np.load(path, mmap_mode="r", allow_pickle=False) for path in paths]
        self._levels = {level.shape[1]: level for level in levels}

    def _draw(self, ranges, width, height, *how):
        if self._grid.cell <= _pixel(*ranges, width, height):
            return super()._draw(ranges, width, height, *how)
        points = self._points_near(ranges)
        if points is None:
            return np.zeros((height, width, 4), np.uint8)
        return points._draw(ranges, width, height, *how)

    def _points_near(self, ranges):
        """Return a `Raster` of the points in the row groups that a view touches, None without."""
        tables = []
        for part in self._parts:
            groups = np.flatnonzero(touching(part.groups, *ranges))
            if len(groups):
                with pq.ParquetFile(part.path) as file:
                    tables.append(file.read_row_groups(groups.tolist()))
        if not tables:
            return None
        points = pa.concat_tables(tables)
        xy, srgb8 = (
            np.column_stack([points[name].to_numpy() for name in names]) for names in ("xy", "rgb")
        )
        return Raster(xy, srgb8)

    def _sums(self, x_range, y_range, width, height):
        """Return sums per pixel, float32 (4, h, w), from the coarsest level that is fine enough."""
        x0, x1, y0, y1 = self.extent
        pixel = _pixel(x_range, y_range, width, height)
        # A cell on the border of two pixels appears in both: half a pixel is narrow enough.
        fine = [side for side in self._levels if (x1 - x0) / side <= pixel / 2]
        level = self._levels[min(fine, default=max(self._levels))]
        side = level.shape[1]
        columns, across = overlaps(x_range, width, (x0, x1), side)
        rows, down = overlaps(y_range, height, (y0, y1), side)
        sums = np.zeros((4, height, width), np.float32)
        for channel in range(4):
            sums[channel] = (down @ (across @ level[channel, rows, columns].T).T)[::-1]
        return sums


def _pixel(x_range, y_range, width, height):
    """Return the shorter side of a view's pixels, in units of the map."""
    return min((x_range[1] - x_range[0]) / width, (y_range[1] - y_range[0]) / height)
