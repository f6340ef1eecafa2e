"""The arguments of `load_embedding`, resolved to the numbers of X, its maps, and metadata."""

import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np

from .files import Source, anndata_source, opened
from .tables import Table, as_table, dimensions, listed

# How a file's arrays are named by the customs of scanpy, or of this package.
_DATA_NAMES = ("X_pca", "X")
_MAP_NAMES = ("xy", "X_tsne", "X_umap", "X_pacmap")
_MAP_METHODS = ("tsne", "umap", "pacmap", "phate", "trimap")
_MAP_WORDS = "|".join((*_MAP_METHODS, "hsne|t-sne|localmap|densmap|draw_?graph|mde$|^xy$"))
_PLAIN_WORDS = "|projection|map|embedding|layout|pos(ition)?|coord(inate)?s?"  # unclear if alone
_AXES = ["xy", "01", "12"], ["xyz", "012", "123"]  # of maps of two and of three columns


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


def find_parts(X, xy, xyz, columns, stack, encoding=None):
    """Return the `Parts` that the arguments of `load_embedding` stand for.

    The ExitStack `stack` keeps files open that are read later.
    """
    source = _source("X", X, stack, encoding=encoding)
    if source.table is None or len(list(source.arrays)):
        parts = _parts_of_store(source, xy, xyz, columns)
    else:
        parts = _parts_of_table(source, xy, xyz, columns)
    parts.index = getattr(source.table, "index", None)
    parts.notes[:0] = source.notes
    for name, value in (("xy", xy), ("xyz", xyz)):
        if getattr(parts, name) is None:
            setattr(parts, name, _beside(name, value, source, stack, parts, encoding))
    if np.shape(parts.xy)[1:] == (3,):
        raise ValueError(f"xy must have shape (n, 2), got {np.shape(parts.xy)}: a 3-D map is xyz")
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


def read_frame(name, value, n, notes, encoding=None):
    """Return a data frame of n rows of what `value` is, or of the file that it names.

    Labels alone, in a list or an array of one dimension, are the column "label".
    """
    with ExitStack() as stack:
        if _is_path(value):
            source = stack.enter_context(opened(name, value, n, encoding))
            notes += source.notes
            value = source.table
            if value is None:
                value = np.asarray(source.arrays[_pick(name, source.arrays, None, ())])
        if isinstance(value, Mapping) and not any(isinstance(x, Mapping) for x in value.values()):
            return value
        are_values = isinstance(value, (list, tuple, np.ndarray, range)) and len(value)
        if are_values and np.ndim(value) == 1 and not isinstance(value[0], (Mapping, np.void)):
            value = {"label": value}
        if hasattr(value, "rename") and getattr(value, "name", "") is None:
            value = value.rename("label")
        frame = as_table(name, value)
        return value if frame is None else Table(name, frame).others(())


def _is_path(value):
    several = isinstance(value, (list, tuple)) and value and isinstance(value[0], Path)
    return several or isinstance(value, (str, PathLike))


def _source(name, value, stack, n=None, encoding=None):
    """Return the `Source` that a value is, told by what it offers; only files are opened."""
    several = isinstance(value, (list, tuple)) and value and isinstance(value[0], str)
    if several or _is_path(value):
        source = stack.enter_context(opened(name, value, n, encoding))
        only = [source.arrays[key] for key in islice(source.arrays, 2)]
        if len(only) == 1 and getattr(getattr(only[0], "dtype", None), "names", None):
            source.arrays, source.table = {}, as_table(name, only[0][()])  # records
        return source
    if hasattr(value, "obsm") and hasattr(value, "obs") and not hasattr(value, "mod"):
        return anndata_source(value)
    notes = []
    if hasattr(value, "detach") and hasattr(value, "cpu"):  # PyTorch's, of a model or a GPU perhaps
        value = value.detach().cpu()
        value = value.float() if value.dtype.itemsize < 4 else value  # NumPy has no bfloat16
    elif hasattr(value, "reconstruct_n") and hasattr(value, "ntotal"):
        notes.append(f"{name} is what the index of FAISS reconstructs")
        value = value.reconstruct_n(0, value.ntotal)
    elif isinstance(value, Sequence) and hasattr(value, "column_name"):
        value = value[:]  # a column of a Dataset of Hugging Face
    frame = as_table(name, value)
    if frame is not None:
        return Source(table=frame)
    return Source(value if isinstance(value, Mapping) else {"": value}, notes=notes)


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
    if columns is None and "data" in keys and _width(arrays["data"]) > 3:
        return "data"  # of a Bunch of scikit-learn
    wide = [k for k in keys if k != genes and not _is_map(k) and _width(arrays[k]) > 3]
    shapes = {np.shape(arrays[k]) for k in keys}
    if len(keys) > 3 and len(shapes) == 1 and len(min(shapes)) == 1:
        raise ValueError(f"X must be one array, got {len(keys):,} of {min(shapes)[0]:,} numbers "
                         f"each: put them together by np.stack")
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
    usual_columns, others = _map_columns(table, columns is not None)
    maps, map_notes = [], []
    for value, usual, what in zip((xy, xyz), usual_columns, ("map", "3-D map"), strict=True):
        maps.append(usual if value is None else _names_in(table, value))
        if value is None and usual:
            map_notes.append(f"the {what} is {listed(usual)} of the same table")
    taken = [name for names in maps for name in names]
    names = dimensions(table, columns, {*taken, *others})
    parts = Parts(table.matrix(names), *(table.matrix(m) if m else None for m in maps))
    pictures = table.named("picture")
    if pictures:
        parts.images = table.column(pictures[0]).to_pylist()
        parts.notes.append(f"the pictures are {pictures[0]!r} of the same table")
    parts.meta = table.others([*names, *taken, *pictures])
    parts.notes += map_notes
    if columns is None:
        left = [str(name) for name in parts.meta.columns]
        also = f"; left as meta: {listed(left, 6)}" if left else ""
        parts.notes.append(f"dimensions of X: {listed(names, 4)}{also}")
    return parts


def _map_columns(table, is_sure):
    """Return the columns of the best 2-D map and 3-D map by their usual names, and of all maps.

    x, y and z may as well be some of few dimensions: unless `is_sure`, they are a map beside
    vectors, or beside more other numbers than themselves.
    """
    axes, maps = {}, [[], []]
    numbers, vectors = table.named("number"), table.named("vector")
    for name in vectors:
        if _is_map(name) and table.width(name) in (2, 3):
            maps[table.width(name) - 2].append(("", [name]))
    for name in numbers:
        low = re.sub(r"^([xyz])[ _.-]?(umap|tsne|t-sne|coord.*)$", r"\2_\1", name.lower())
        if match := re.fullmatch(r"(?:x_)?(.*?)[ _.-]?(\d|[xyz]|one|two|three)", low):
            axis = {"one": "1", "two": "2", "three": "3"}.get(match[2], match[2])
            axes.setdefault(re.sub(r"[ _.-]", "", match[1]), {})[axis] = name
    has_others = is_sure or len(vectors) > len(maps[0]) + len(maps[1])
    for word, names in axes.items():
        letters = "".join(sorted(names))
        method = re.search(_MAP_WORDS, word)
        for width, usual in zip((2, 3), _AXES, strict=True):
            is_plain = letters == usual[0] and re.fullmatch(_PLAIN_WORDS, word) and (
                has_others or len(numbers) > 2 * width)
            if is_plain or (method and letters in usual):
                method_name = next((one for one in _MAP_METHODS if one in word), "")
                maps[width - 2].append((method_name, [names[letter] for letter in letters]))
    order = (*_MAP_METHODS, "")
    best = [min(one, key=lambda pair: order.index(pair[0]), default=("", []))[1] for one in maps]
    return best, {name for one in maps for _, names in one for name in names}


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
    if isinstance(value, (list, tuple)) and value and all(isinstance(x, (str, int)) for x in value):
        value = [str(name) for name in value]
        missing = [name for name in value if name not in table.names]
        if missing or len(set(value)) < len(value):
            raise ValueError(
                f"xy and xyz must name columns of the table, got {(missing or value)[0]!r}"
                f"{'' if missing else ' twice'}; "
                f"there are {listed(table.names)}"
            )
        return value
    return []


def _beside(name, value, source, stack, parts, encoding):
    """Return a map that is an array, a separate file, or an array beside X."""
    if value is None:
        return None
    if isinstance(value, str) and value in source.arrays:
        return source.arrays[value]
    beside = _source(name, value, stack, (getattr(parts.X, "shape", None) or [None])[0], encoding)
    parts.notes += beside.notes
    if len(list(beside.arrays)):
        return beside.arrays[_pick(name, beside.arrays, None, _MAP_NAMES)]
    table = Table(name, aligned(name, beside.table, parts), typed=beside.typed)
    known = dict(zip(("xy", "xyz"), _map_columns(table, True)[0], strict=True))[name]
    return table.matrix(known or dimensions(table, None))
