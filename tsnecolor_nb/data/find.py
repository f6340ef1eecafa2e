"""The arguments of `load_embedding`, resolved to the numbers of X, its maps, and metadata."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .files import Source, opened
from .tables import Table, dimensions, is_frame, listed

# How a file's arrays are named by the customs of scanpy, or of this package.
_DATA_NAMES = ("X_pca", "X")
_MAP_NAMES = ("xy", "X_tsne", "X_umap", "X_pacmap")


@dataclass
class Parts:
    """Raw numbers of X and its maps, the other columns of a table, and notes."""

    X: Any
    xy: Any = None
    xyz: Any = None
    meta: Any = None
    notes: list = field(default_factory=list)


def find_parts(X, xy, xyz, columns, stack):
    """Return the `Parts` that the arguments of `load_embedding` stand for.

    The ExitStack `stack` keeps files open that are read later.
    """
    source = _source("X", X, stack)
    if source.table is None or len(list(source.arrays)):
        parts = _parts_of_store(source, xy, columns)
    else:
        parts = _parts_of_table(source, xy, xyz, columns)
    parts.xy = parts.xy if parts.xy is not None else _beside("xy", xy, source, stack)
    parts.xyz = parts.xyz if parts.xyz is not None else _beside("xyz", xyz, source, stack)
    return parts


def read_frame(name, value):
    """Return a data frame, read from a file if that is what `value` names."""
    if not isinstance(value, (str, Path)):
        return value
    with opened(name, value) as source:
        if source.table is None:
            raise ValueError(f"{name} must be a table, got arrays in {str(value)!r}")
        return Table(name, source.table).others(())


def _source(name, value, stack):
    several = isinstance(value, (list, tuple)) and value and isinstance(value[0], (str, Path))
    if several or isinstance(value, (str, Path)):
        return stack.enter_context(opened(name, value))
    if is_frame(value):
        return Source(table=value)
    return Source({"": value})


def _parts_of_store(source, xy, columns):
    arrays = source.arrays
    if columns is not None and not isinstance(columns, str):
        raise TypeError(f"columns must be the name of one array here, got {columns!r}")
    key = _pick("columns", arrays, columns, _DATA_NAMES)
    parts = Parts(arrays[key], meta=source.table)
    if xy is None:
        known = next((name for name in _MAP_NAMES if name in arrays and name != key), None)
        if known is not None:
            parts.xy = arrays[known]
            parts.notes.append(f"the map is {known!r} of the same file")
    return parts


def _parts_of_table(source, xy, xyz, columns):
    table = Table("X", source.table, typed=source.typed)
    maps = [_names_in(table, value) for value in (xy, xyz)]
    taken = [name for names in maps for name in names]
    names = dimensions(table, columns, taken)
    parts = Parts(table.matrix(names), *(table.matrix(m) if m else None for m in maps))
    parts.meta = table.others([*names, *taken])
    if columns is None:
        left = [str(name) for name in parts.meta.columns]
        also = f"; left as meta: {listed(left, 6)}" if left else ""
        parts.notes.append(f"dimensions of X: {listed(names, 4)}{also}")
    return parts


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


def _beside(name, value, source, stack):
    """Return a map that is an array, a separate file, or an array beside X."""
    if value is None:
        return None
    if isinstance(value, str) and value in source.arrays:
        return source.arrays[value]
    beside = _source(name, value, stack)
    if beside.table is None:
        return beside.arrays[_pick(name, beside.arrays, None, _MAP_NAMES)]
    table = Table(name, beside.table, typed=beside.typed)
    return table.matrix(dimensions(table, None))
