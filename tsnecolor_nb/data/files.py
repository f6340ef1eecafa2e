"""Files: which format one has, and what is in it. Nothing here runs code that a file brings.

The first bytes decide on the format, the name's ending only where they do not.
"""

import csv
import glob
import gzip
import re
import zipfile
import zlib
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from ..arrays.extras import import_extra

_MAGIC = {
    b"\x93NUMPY": "npy", b"PK\x03\x04": "npz", b"PAR1": "parquet", b"ARROW1": "feather",
    b"\x89HDF": "hdf5",
}
_GZIP = b"\x1f\x8b"
_LINES = 50  # of a text file, which tell how it is made
_ENDINGS = {
    ".npy": "npy", ".npz": "npz", ".parquet": "parquet", ".pq": "parquet", ".feather": "feather",
    ".arrow": "feather", ".ipc": "feather", ".h5": "hdf5", ".hdf5": "hdf5", ".h5ad": "hdf5",
    ".zarr": "zarr", ".csv": "csv", ".tsv": "csv", ".txt": "csv",
}
_DAMAGE = (OSError, EOFError, ValueError, KeyError, RuntimeError, zlib.error, zipfile.BadZipFile)


@dataclass
class Source:
    """What a file holds: arrays by name, or a table, or both (AnnData)."""

    arrays: Any = field(default_factory=dict)  # name -> array, or data set of h5py or Zarr
    table: Any = None  # pandas DataFrame or pyarrow Table, one row per point
    typed: bool = True  # whether the file declares the type of each column of the table


@contextmanager
def opened(name, path):
    """Yield the `Source` of a file, a folder or glob of Parquet files, or a list of these.

    Errors name the argument `name`: FileNotFoundError if there is no such file, ImportError if the
    format needs a package that is not installed, ValueError if the file can't be read.
    """
    files = _files(name, path)
    kinds = {file: _kind(name, file) for file in files}
    kind = kinds[files[0]]
    if len(files) > 1 and set(kinds.values()) != {"parquet"}:
        odd = next(file for file in files if kinds[file] != "parquet")
        raise ValueError(
            f"{name} may name several files only if all are Parquet; {str(odd)!r} is not"
        )
    try:
        yield from _READERS[kind](name, files if kind == "parquet" else files[0])
    except FileNotFoundError:
        raise
    except (OSError, EOFError, RuntimeError, zlib.error) as error:  # HDF5 and Zarr read late
        raise _damaged(name, files[0], kind, error) from error


@contextmanager
def clear_errors(name, path, kind):
    """Turn any error of a format's library about a damaged file into one clear error."""
    import pyarrow

    try:
        yield
    except ImportError:
        raise
    except (*_DAMAGE, pyarrow.ArrowException) as error:
        raise _damaged(name, path, kind, error) from error


def _damaged(name, path, kind, error):
    message = " ".join(str(error).split())
    if re.search("Python objects|Object arrays|pickle", message):
        return ValueError(
            f"{name}: {str(path)!r} holds pickled Python objects, which could run code when "
            f"read; save numbers: np.save(path, array.astype(np.float32))"
        )
    return ValueError(
        f"{name}: {str(path)!r} can't be read as {kind}; it may be cut off or damaged "
        f"({message[:200] or type(error).__name__})"
    )


def _files(name, path):
    """Return the existing files, or the one Zarr folder, that a path stands for."""
    if isinstance(path, (list, tuple)):
        return [file for entry in path for file in _files(name, entry)]
    path = Path(path).expanduser()
    if path.is_dir() and not _is_zarr(path):
        files = [file for file in path.rglob("*") if file.suffix in (".parquet", ".pq")]
        problem = f"the folder {str(path)!r} holds neither Parquet files nor a Zarr array"
    elif path.exists():
        files = [path]
    else:
        files = [Path(file) for file in glob.glob(str(path), recursive=True)]
        problem = f"there is no file or folder {str(path)!r}"
    if not files:
        raise FileNotFoundError(f"{name}: {problem}")
    return sorted(files, key=_natural_key)


def _natural_key(path):
    """Return a sort key by which numbers in names count by value: file.9 before file.10."""
    return [int(piece) if piece.isdigit() else piece for piece in re.split(r"(\d+)", str(path))]


def _is_zarr(folder):
    return any((folder / mark).exists() for mark in ("zarr.json", ".zarray", ".zgroup"))


def _kind(name, path):
    if path.is_dir():
        return "zarr"
    with path.open("rb") as file:
        start = file.read(8)
    for magic, kind in _MAGIC.items():
        if start.startswith(magic):
            return kind
    ending = path.with_suffix("").suffix if path.suffix == ".gz" else path.suffix
    kind = _ENDINGS.get(ending.lower())
    if kind is None:
        raise ValueError(
            f"{name}: {str(path)!r} is of no known kind; known are {', '.join(_ENDINGS)}, "
            f".csv.gz, and folders of Parquet or Zarr"
        )
    if kind != "csv" or (b"\0" in start and not start.startswith(_GZIP)):
        raise ValueError(
            f"{name}: {str(path)!r} is named {ending} but does not begin like such a file; "
            f"it may be empty, cut off, or of another format"
        )
    return kind


def _npy(name, path):
    with clear_errors(name, path, "npy"):
        array = np.load(path, mmap_mode="r", allow_pickle=False)
    # The file may be overwritten while we still work with what was in it.
    yield Source({"": array if array.dtype != np.float32 else np.array(array, order="C")})


def _npz(name, path):
    with clear_errors(name, path, "npz"):
        stored = np.load(path, allow_pickle=False)
    with stored:
        yield Source(_Guarded(stored, lambda: clear_errors(name, path, "npz")))


class _Guarded:
    """A mapping whose entries are read on access, with clear errors."""

    def __init__(self, stored, guard):
        self._stored, self._guard = stored, guard

    def __iter__(self):
        return iter(self._stored)

    def __contains__(self, key):
        return key in self._stored

    def __getitem__(self, key):
        with self._guard():
            return self._stored[key]


def _parquet(name, paths):
    from pyarrow import concat_tables, parquet

    tables = []
    for path in paths:
        with clear_errors(name, path, "parquet"):
            # One file, not a data set: folders named "kind=a" are no columns here.
            tables.append(parquet.ParquetFile(path).read())
        if tables[-1].schema.names != tables[0].schema.names:
            raise ValueError(
                f"{name}: {str(path)!r} has other columns than {str(paths[0])!r}; "
                f"partitions must agree"
            )
    with clear_errors(name, paths[0], "parquet"):
        table = concat_tables(tables, promote_options="permissive")
    yield Source(table=table)


def _feather(name, path):
    from pyarrow import feather

    with clear_errors(name, path, "feather"):
        table = feather.read_table(path, memory_map=False)
    yield Source(table=table)


def _csv(name, path):
    """Read text: the separator is what the first line holds most of; a header is optional."""
    import pandas as pd

    with path.open("rb") as file:
        packed = file.read(len(_GZIP)) == _GZIP
    with clear_errors(name, path, "csv"):
        with (gzip.open if packed else open)(path, "rt", encoding="utf-8-sig", newline="") as text:
            separator = max(",;\t", key=text.readline().count)
            text.seek(0)
            lines = list(islice(csv.reader(text, delimiter=separator), _LINES))
    first, *below = [line for line in lines if line] or [[]]
    has_header = _is_header(first, below)
    if has_header is None:
        raise ValueError(
            f"{name}: the first line of {str(path)!r}, {separator.join(first)[:60]!r}, may hold "
            f"names or numbers; read it with pandas.read_csv(path, header=0) if these are names, "
            f"or header=None, and pass the data frame"
        )
    names = None
    if has_header and below and (extra := max(map(len, below)) - len(first)) > 0:
        names = _names_for_longer_rows(first, below, extra)
        if names is None:
            raise ValueError(
                f"{name}: the first line of {str(path)!r} names {len(first)} columns, but line 2 "
                f"has {len(below[0])} cells; name all columns, or remove the first line"
            )
    with clear_errors(name, path, "csv"):
        table = pd.read_csv(
            path, sep=separator, low_memory=False, compression="gzip" if packed else None,
            header=0 if has_header else None, names=names, index_col=False,
        )
    table.columns = table.columns.astype(str)
    # A separator at the end of each line makes an empty column without a name.
    nameless = [column for column in table if column.startswith("Unnamed: ")]
    yield Source(
        table=table.drop(columns=[c for c in nameless if table[c].isna().all()]), typed=False
    )


def _is_header(first, below):
    """Return whether the first line of a text file names columns; None where that is unclear.

    Numbers can be names, too: 0, 1, 2 as pandas counts columns, years, wavelengths.
    """
    numbers = _numbers(first)
    if not numbers:
        return bool(first)
    if len(first) > 1 and not first[0].strip() and below and all(line[0] for line in below):
        return True  # the index was saved along, and has no name
    if len(set(numbers)) < len(numbers) or not below:
        return False
    are_fractions = all(first_cell.strip().isdigit() for first_cell in first) and all(
        any(not cell.strip().isdigit() for cell in column) for column in zip(*below, strict=False)
    )
    if numbers == list(range(len(numbers))) and are_fractions:
        return True
    if _is_sequence(numbers) and not _is_sequence(_numbers(below[0])):
        return True
    return None if are_fractions or (len(numbers) == 2 and numbers == [0, 1]) else False


def _numbers(line):
    """Return the cells of a line as floats, NaN where empty; none at all if one is no number."""
    try:
        return [float(cell.strip() or "nan") for cell in line]
    except ValueError:
        return []


def _is_sequence(numbers):
    """Return whether numbers rise by equal steps, or at least eight of them rise in any steps."""
    steps = np.diff(numbers)
    return len(steps) > 1 and bool(
        (steps > 0).all() and (len(steps) >= 7 or np.allclose(steps, steps[0]))
    )


def _names_for_longer_rows(first, below, extra):
    """Return the names of all columns where the first line has one less; None if that is unclear.

    R writes the names of rows without a name for their column; others end each row with a
    separator.
    """
    if extra > 1:
        return None
    longer = [line for line in below if len(line) > len(first)]
    if all(not line[-1] for line in longer):
        return [*first, f"Unnamed: {len(first)}"]
    return ["row name", *first] if len(longer) == len(below) else None


def _hdf5(name, path):
    h5py = import_extra("h5py", "formats", "reading HDF5")
    with clear_errors(name, path, "hdf5"):
        file = h5py.File(path, "r")
    with file:
        if "obsm" in file and "obs" in file:
            # What is large stays on disk; without such an X there is nothing to leave there.
            yield from _anndata(name, path, "r" if "X" in file else None)
            return
        items = {}
        file.visititems(items.__setitem__)
        yield Source({key: item for key, item in items.items() if isinstance(item, h5py.Dataset)})


def _anndata(name, path, backed):
    anndata = import_extra("anndata", "formats", "reading AnnData")
    with clear_errors(name, path, "h5ad"):
        data = anndata.read_h5ad(path, backed=backed)
        arrays = {key: np.asarray(data.obsm[key]) for key in data.obsm}
        if data.X is not None:
            arrays["X"] = data.X
        table = data.obs
    try:
        yield Source(arrays, table)
    finally:
        data.file.close()


def _zarr(name, path):
    zarr = import_extra("zarr", "formats", "reading Zarr")
    with clear_errors(name, path, "zarr"):
        stored = zarr.open(path, mode="r")
        if isinstance(stored, zarr.Array):
            arrays = {"": stored}
        else:
            arrays = {key: item for key, item in stored.members(None) if hasattr(item, "dtype")}
    yield Source(arrays)


_READERS = {
    "npy": _npy, "npz": _npz, "parquet": _parquet, "feather": _feather, "csv": _csv,
    "hdf5": _hdf5, "zarr": _zarr,
}
