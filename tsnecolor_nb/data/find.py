"""The arguments of `load_embedding`, resolved to the numbers of X, its maps, and metadata."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from .files import Source, anndata_source, opened
from .tables import Table, as_table, dimensions, listed

# How a file's arrays are named by the customs of scanpy, or of this package.
_DATA_NAMES = ("X_pca", "X")
_MAP_NAMES = ("xy", "X_tsne", "X_umap", "X_pacmap")
_MAP_WORDS = r"tsne|umap|pacmap|phate|trimap|draw_graph|mde$"
_MAP_METHODS = ("tsne", "umap", "pacmap", "phate", "trimap")
_MAP_AXES = ("x", "y", "z"), ("0", "1", "2"), ("1", "2", "3")


@dataclass
class Parts:
    """Raw numbers of X and its maps, the other columns of a table, its index, and notes."""

    X: Any
    xy: Any = None
    xyz: Any = None
    meta: Any = None
    images: Any = None
    index: Any = None  # of pandas, where X is one of its data frames
    notes: list = field(default_factory=list)


def find_parts(X, xy, xyz, columns, stack):
    """Return the `Parts` that the arguments of `load_embedding` stand for.

    The ExitStack `stack` keeps files open that are read later.
    """
    source = _source("X", X, stack)
    if source.table is None or len(list(source.arrays)):
        parts = _parts_of_store(source, xy, xyz, columns)
    else:
        parts = _parts_of_table(source, xy, xyz, columns)
    parts.index = getattr(source.table, "index", None)
    parts.notes[:0] = source.notes
    for name, value in (("xy", xy), ("xyz", xyz)):
        if getattr(parts, name) is None:
            setattr(parts, name, _beside(name, value, source, stack, parts))
    return parts


def aligned(name, frame, parts):
    """Return a data frame with its rows in the order of X, by the index of both.

    By position, where one of them has no index, or the default one and the other does not hold
    these numbers. A ValueError is raised if an index is not that of X.
    """
    index, names = getattr(frame, "index", None), parts.index
    if index is None or names is None or not hasattr(frame, "loc") or index.equals(names):
        return frame
    missing = names[~names.isin(index)]
    fits = index.is_unique and not len(missing)
    counted = has_default(index) and (len(index) == len(names) or has_default(names))
    if counted or (has_default(names) and not fits):
        return frame
    if not fits:
        problem = f"{len(missing):,} of {len(names):,} are not there, first {missing[:1].tolist()}"
        raise ValueError(
            f"{name} must have the index of X: "
            f"{problem if len(missing) else 'it has rows of the same name'}; "
            f"to go by position, reset_index(drop=True)"
        )
    parts.notes.append(f"{name}: its rows are put into the order of X by their index")
    return frame.loc[names]


def has_default(index):
    """Return whether an index of pandas only counts the rows from 0."""
    from pandas import RangeIndex

    return index.equals(RangeIndex(len(index)))


def read_frame(name, value, n, notes):
    """Return a data frame of n rows, read from a file if that is what `value` names."""
    if not isinstance(value, (str, Path)):
        return value
    with opened(name, value, n) as source:
        if source.table is None:
            raise ValueError(f"{name} must be a table, got arrays in {str(value)!r}")
        notes += source.notes
        return Table(name, source.table).others(())


def _source(name, value, stack, n=None):
    """Return the `Source` that a value is, told by what it offers; only files are opened."""
    several = isinstance(value, (list, tuple)) and value and isinstance(value[0], (str, Path))
    if several or isinstance(value, (str, Path)):
        return stack.enter_context(opened(name, value, n))
    if hasattr(value, "obsm") and hasattr(value, "obs") and not hasattr(value, "mod"):
        return anndata_source(value)
    frame = as_table(name, value)
    if frame is not None:
        return Source(table=frame)
    if isinstance(value, Mapping):
        return Source(arrays=value)
    return Source({"": value})


def _parts_of_store(source, xy, xyz, columns):
    arrays = source.arrays
    if columns is not None and not isinstance(columns, str):
        raise TypeError(f"columns must be the name of one array here, got {columns!r}")
    key = _data_key(source, columns)
    parts = Parts(arrays[key], meta=source.table)
    used = {key: "X", **{k: "the map" for k in (xy,) if isinstance(k, str) and k in arrays}}
    for name, given, width, what in (("xy", xy, 2, "the map"), ("xyz", xyz, 3, "the 3-D map")):
        known = [k for k in arrays if k != key and _is_map(k) and _width(arrays[k]) == width]
        if given is None and known:
            best = min(known, key=lambda k: (*_MAP_NAMES, k).index(k))
            setattr(parts, name, arrays[best])
            used[best] = what
    left = [k for k in arrays if k not in used]
    if len(list(arrays)) > 1:
        taken = ", ".join(f"{what} is {k!r}" for k, what in used.items())
        parts.notes.append(taken + (f"; not used: {listed(left, 6)}" if left else ""))
    return parts


def _data_key(source, columns):
    """Return the name of the array that is X: the customary one, or the only one of vectors."""
    arrays, keys = source.arrays, list(source.arrays)
    genes = "X" if source.table is not None else None
    if columns is not None or "X_pca" in keys or ("X" in keys and not genes) or len(keys) == 1:
        return _pick("columns", arrays, columns, _DATA_NAMES)
    wide = [k for k in keys if k != genes and not _is_map(k) and _width(arrays[k]) > 3]
    if not wide and "X" in keys:
        return "X"
    return wide[0] if len(wide) == 1 else _pick("columns", {k: 0 for k in wide or keys}, None, ())


def _is_map(name):
    return name in _MAP_NAMES or bool(re.search(_MAP_WORDS, name.lower()))


def _width(array):
    """Return the number of columns of a matrix, or 0 if it is none."""
    shape = np.shape(array)
    return shape[1] if len(shape) == 2 else 0


def _parts_of_table(source, xy, xyz, columns):
    table = Table("X", source.table, typed=source.typed)
    maps = [_names_in(table, value) for value in (xy, xyz)]
    known = _map_columns(table, columns) if xy is None else []
    maps[0] = maps[0] or known
    taken = [name for names in maps for name in names]
    names = dimensions(table, columns, taken)
    parts = Parts(table.matrix(names), *(table.matrix(m) if m else None for m in maps))
    pictures = [name for name in table.names if table.is_picture(name)]
    if pictures:
        parts.images = table.column(pictures[0]).to_pylist()
        parts.notes.append(f"the pictures are {pictures[0]!r} of the same table")
    parts.meta = table.others([*names, *taken, *pictures])
    if known:
        parts.notes.append(f"the map is {listed(known)} of the same table")
    if columns is None:
        left = [str(name) for name in parts.meta.columns]
        also = f"; left as meta: {listed(left, 6)}" if left else ""
        parts.notes.append(f"dimensions of X: {listed(names, 4)}{also}")
    return parts


def _map_columns(table, columns):
    """Return the two columns of a table that are a map by their usual names, or none.

    Alone, x and y may as well be two of few dimensions: they are a map beside vectors, or beside
    more other numbers than themselves.
    """
    axes = {}
    numbers = [name for name in table.names if table.is_number(name)]
    for name in numbers:
        if match := re.fullmatch(r"(x_)?(.*?)[ _.-]?([0-3xyz])", name.lower()):
            axes[re.sub(r"[ _.-]", "", match[2]), match[3]] = name
    for method in _MAP_METHODS:
        for first, second, third in _MAP_AXES:
            if {(method, first), (method, second)} <= axes.keys() and (method, third) not in axes:
                return [axes[method, first], axes[method, second]]
    has_others = columns is not None or len(numbers) > 4 or any(map(table.is_vector, table.names))
    if {("", "x"), ("", "y")} <= axes.keys() and ("", "z") not in axes and has_others:
        return [axes["", "x"], axes["", "y"]]
    return []


def _pick(name, arrays, key, customary):
    """Return the name of one of a file's arrays: by `key`, or the customary one, or the only."""
    keys = list(arrays)
    if key is not None and key not in keys:
        raise ValueError(f"{name} must be one of {listed(keys)}, got {key!r}")
    fitting = [key] if key is not None else [known for known in customary if known in keys] or keys
    if not fitting or (len(fitting) > 1 and fitting[0] not in customary):
        raise ValueError(
            f"{name} must say which of the file's arrays to take: there are {listed(keys)}"
        )
    return fitting[0]


def _names_in(table, value):
    """Return the columns of a table that `value`, a name or a sequence of names, stands for."""
    if isinstance(value, str) and value in table.names:
        return [value]
    if isinstance(value, (list, tuple)) and value and all(isinstance(x, str) for x in value):
        missing = [name for name in value if name not in table.names]
        if missing:
            raise ValueError(
                f"xy and xyz must name columns of the table, got {missing[0]!r}; "
                f"there are {listed(table.names)}"
            )
        return list(value)
    return []


def _beside(name, value, source, stack, parts):
    """Return a map that is an array, a separate file, or an array beside X."""
    if value is None:
        return None
    if isinstance(value, str) and value in source.arrays:
        return source.arrays[value]
    beside = _source(name, value, stack, getattr(parts.X, "shape", [None])[0])
    parts.notes += beside.notes
    if len(list(beside.arrays)):
        return beside.arrays[_pick(name, beside.arrays, None, _MAP_NAMES)]
    table = Table(name, aligned(name, beside.table, parts), typed=beside.typed)
    return table.matrix(dimensions(table, None))
