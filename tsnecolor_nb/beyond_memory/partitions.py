"""Folders of Parquet files: the form of data larger than memory.

Every file is one partition, with a column ``X`` of vectors and the columns ``x`` and ``y`` of the
map; a colored one has ``x``, ``y`` and the bytes ``r``, ``g``, ``b``. Files are read a block of
rows at a time, and written whole or not at all.
"""

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from ..arrays.files import write_whole
from ..arrays.ranges import square_around

BLOCK_ROWS = 32_768
COLORED = pa.schema(
    [("x", pa.float32()), ("y", pa.float32()), *((c, pa.uint8()) for c in "rgb")]
)


@dataclass(frozen=True)
class Partition:
    """One Parquet file of a folder, with the contents of its footer.

    `groups`, (g, 5) float64, has for each row group the number of rows, and the lowest and highest
    x and y.
    """

    path: Path
    rows: int
    groups: np.ndarray = field(repr=False)

    @property
    def stamp(self):
        """Name, size and time: they change when the file does."""
        status = self.path.stat()
        return self.path.name, status.st_size, status.st_mtime_ns


def partitions(folder, columns):
    """Return a list of the `Partition` of each Parquet file in a folder, sorted by name.

    It raises a FileNotFoundError if there is none, and a ValueError for one that is unreadable,
    without rows, or without one of `columns`.
    """
    paths = sorted(Path(folder).glob("*.parquet"))
    if not paths:
        raise FileNotFoundError(
            f"folder must hold Parquet files (*.parquet), found none in {str(folder)!r}"
        )
    return [_partition(path, columns) for path in paths]


def _partition(path, columns):
    try:
        footer = pq.read_metadata(path)
    except pa.ArrowInvalid as error:
        raise ValueError(f"{str(path)!r} must be a whole Parquet file: {error}") from None
    schema = footer.schema.to_arrow_schema()
    if missing := [name for name in columns if name not in schema.names]:
        raise ValueError(
            f"{str(path)!r} must have the columns {', '.join(columns)}; "
            f"it lacks {', '.join(missing)} and has {', '.join(schema.names)}"
        )
    if not footer.num_rows:
        raise ValueError(f"{str(path)!r} must hold at least one row, got none")
    return Partition(path, footer.num_rows, _groups(path, footer))


def _groups(path, footer):
    groups = []
    for i in range(footer.num_row_groups):
        group = footer.row_group(i)
        named = {group.column(j).path_in_schema: j for j in range(group.num_columns)}
        limits = []
        for axis in "xy":
            statistics = group.column(named[axis]).statistics
            if statistics is None or not statistics.has_min_max:
                raise ValueError(
                    f"{str(path)!r} must have the lowest and highest {axis} of its row groups; it "
                    "was written without statistics, or contains only NaN"
                )
            limits += [statistics.min, statistics.max]
        groups.append([group.num_rows, *limits])
    return np.array(groups, float)


def extent(parts):
    """Return (x0, x1, y0, y1), the square around all points of some partitions, with a margin."""
    _, *limits = np.vstack([part.groups for part in parts]).T
    return square_around(np.concatenate(limits[:2]), np.concatenate(limits[2:]))


def blocks(path, columns, rows=BLOCK_ROWS):
    """Yield the rows of a Parquet file, at most `rows` at a time, as record batches."""
    with pq.ParquetFile(path) as file:
        yield from file.iter_batches(rows, columns=list(columns), use_threads=False)


def vectors(batch):
    """Return column X of a record batch as float32, (m, d)."""
    column = batch.column("X")
    if column.null_count or not (
        pa.types.is_fixed_size_list(column.type)
        or pa.types.is_list(column.type)
        or pa.types.is_large_list(column.type)
    ):
        raise ValueError(
            f"X must be a column of vectors, all of one length; got {column.type} with "
            f"{column.null_count} gaps"
        )
    flat = column.flatten()
    if flat.null_count or len(flat) % len(column):
        raise ValueError("X must be a column of vectors, all of one length and without gaps")
    if not pa.types.is_fixed_size_list(column.type):
        lengths = column.value_lengths().to_numpy()
        if (lengths != lengths[0]).any():
            raise ValueError(
                f"X must hold vectors of one length, got {lengths.min()} to {lengths.max()}"
            )
    return flat.to_numpy(zero_copy_only=False).astype(np.float32).reshape(len(column), -1)


def write_partition(path, X, xy):
    """Write some points as one partition of a folder, whole or not at all.

    Parameters
    ----------
    path : path
        The name must end in ``.parquet``. An existing file is replaced.
    X : (n, d) array
        The high-dimensional data; any dtype of numbers. float16 halves the size on disk and
        still has three digits.
    xy : (n, 2) array_like
        The map; kept as float32.

    Raises
    ------
    ValueError
        If an argument does not fit; the message names it.
    """
    path, X, xy = Path(path), np.asarray(X), np.asarray(xy, np.float32)
    if path.suffix != ".parquet":
        raise ValueError(f"path must end in .parquet, got {str(path)!r}")
    if X.ndim != 2 or not X.size or X.dtype.kind not in "fiu":
        raise ValueError(f"X must be numbers of shape (n, d), got {X.dtype} of shape {X.shape}")
    if xy.shape != (len(X), 2) or not np.isfinite(xy).all():
        raise ValueError(f"xy must be finite, of shape ({len(X)}, 2), got shape {xy.shape}")
    numbers = pa.array(X.reshape(-1))
    # Vectors declared as non-nullable are read in half the time.
    kind = pa.list_(pa.field("item", numbers.type, nullable=False), X.shape[1])
    schema = pa.schema(
        [pa.field("X", kind, nullable=False), ("x", pa.float32()), ("y", pa.float32())]
    )
    column = pa.FixedSizeListArray.from_arrays(numbers, type=kind)
    table = pa.table([column, xy[:, 0].copy(), xy[:, 1].copy()], schema)
    write_parquet(path, schema, table.to_batches(BLOCK_ROWS))


def write_parquet(path, schema, batches):
    """Write record batches to a Parquet file that appears whole or not at all."""
    # Coordinates hardly repeat: a dictionary or compression would cost time and save little.
    colors = [name for name in schema.names if name in "rgb"]

    def write(file):
        with pq.ParquetWriter(file, schema, compression="none", use_dictionary=colors) as writer:
            for batch in batches:
                writer.write_batch(batch)

    write_whole(path, write, overwrite=True)
