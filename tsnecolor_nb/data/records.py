"""Records as vector stores and web services answer them: found at any depth, and made a table."""

import re
from collections import Counter
from collections.abc import Mapping

import numpy as np

from .errors import Refused

_WHOLE = {"bytes", "path"}, {"indices", "values"}  # fields of a picture, and of a sparse vector
_MOST_FIELDS = 500  # of a mapping that becomes columns; one with more names things of their own
_MANY = 20  # columns that a mapping of numbers hardly names one by one


def flattened(frame):
    """Return a data frame with fields of nested columns as columns, and the names of these.

    A field keeps its own name, ``city`` for that of ``payload``, where no other column has it.
    Texts that are stored as bytes are texts.
    """
    import pandas as pd
    import pyarrow as pa
    from pandas.api.types import is_object_dtype

    if isinstance(frame, pa.Table):
        if not any(map(_may_be_nested, frame.schema.types)):
            return frame, set()
        frame = frame.to_pandas(ignore_metadata=True).rename(
            columns={"__index_level_0__": "row name"})
    first_values = [
        first_of(frame.iloc[:, i]) if is_object_dtype(kind) or kind.kind == "S" else None
        for i, kind in enumerate(frame.dtypes)
    ]
    nested = [i for i, value in enumerate(first_values) if inner_record(value) is not None]
    for i, value in enumerate(first_values):
        text = value.decode("utf-8", "replace") if isinstance(value, bytes) else "\ufffd"
        if text.isprintable() and "\ufffd" not in text:
            frame = frame.copy(deep=False)
            frame[frame.columns[i]] = frame.iloc[:, i].str.decode("utf-8", "replace")
    names = [str(frame.columns[i]) for i in nested]
    rows = [dict(_flat(dict(zip(names, row, strict=True))))
            for row in zip(*(frame.iloc[:, i] for i in nested), strict=True)]
    if not nested or len({name for row in rows for name in row}) > _MOST_FIELDS:
        return frame, set()
    fields = pd.DataFrame(rows, index=frame.index)
    left = frame.iloc[:, [i for i in range(frame.shape[1]) if i not in nested]]
    empty = [name for name in names if name in fields and fields[name].isna().all()]
    table = pd.concat([left, fields.drop(columns=empty)], axis=1)
    names = _short_names(list(table), set(left))
    return table.set_axis(names, axis=1), set(names[left.shape[1] :])


def first_of(column):
    """Return the first value of a column of pandas that is not missing, or None."""
    is_known = column.notna().to_numpy()
    return column.iloc[is_known.argmax()] if is_known.any() else None


def _may_be_nested(kind):
    import pyarrow.types as kinds

    kind = kind.value_type if kinds.is_list(kind) else kind
    return kinds.is_binary(kind) or (
        kinds.is_struct(kind) and {field.name for field in kind} not in _WHOLE)


def inner_record(value):
    """Return the mapping that a value is, or its only item; None if there is none to take apart."""
    if isinstance(value, (list, np.ndarray)) and np.shape(value)[:1] == (1,):
        value = value[0]
    return value if isinstance(value, Mapping) and set(value) not in _WHOLE else None


def _flat(record, prefix=""):
    """Yield the fields of a mapping, and of those in it, by names such as ``payload.city``."""
    for key, value in record.items():
        inner = inner_record(value)
        if inner is None:
            yield f"{prefix}{key}", value
        else:
            yield from _flat(inner, f"{prefix}{key}.")


def _short_names(names, known):
    """Return the last part of each name that is not known before, where no other has it."""
    names = [re.sub(r"\.\$\w+$", "", name) if isinstance(name, str) else name for name in names]
    short = [x if x in known else x.rpartition(".")[2] for x in names]  # above, types of MongoDB
    count = Counter(short)
    return [x if count[x] == 1 else name for x, name in zip(short, names, strict=True)]


def mapping_table(name, value):
    """Return a mapping as a table if it holds columns or records; None if it holds matrices."""
    import pandas as pd

    if "embeddings" in value and "ids" in value:  # what Chroma's get and query return
        ids = value["ids"]
        if value["embeddings"] is None:
            raise Refused(f"{name} has no embeddings: ask for them, by include=['embeddings']")
        if ids and isinstance(ids[0], list):
            if len(ids) > 1:
                raise Refused(f"{name} must be the answer to one query, got {len(ids)} of them")
            value = {x: entry[0] for x, entry in value.items() if entry is not None and len(entry)}
        value = {**value, "embeddings": list(value["embeddings"])}
    if any(np.ndim(column) > 1 for column in value.values() if hasattr(column, "shape")):
        return None
    names, cells = value.get("columns"), value.get("data")  # as pandas and W&B write tables
    if all(isinstance(x, list) and x for x in (names, cells)) and len(
        cells[0] if isinstance(cells[0], list) else ()) == len(names):
        return pd.DataFrame(cells, columns=names)
    first, *others = value.values() or (None,)
    rows = _rows_in(value)
    if rows is None and _is_one_record(value):
        rows = [dict(value)]
    if rows is None and isinstance(first, Mapping):
        are_rows = all(isinstance(row, Mapping) for row in others) and not _counts(first) and (
            _counts(value) or len(value) > len(first))
        table = pd.DataFrame.from_dict(value, orient="index" if are_rows else "columns")
        return table.reset_index(drop=True) if _counts(table.index) else table  # pandas writes it
    are_vectors = rows is None and all(map(_is_vector, (first, *others)))
    if are_vectors and len(value) > min(_MANY, len(first)):
        raise Refused(
            f"{name} must tell rows from columns, got {len(value):,} names of {len(first):,} "
            f"numbers each: pass np.stack(list(value.values())) if these are the rows, or "
            f"pandas.DataFrame(value)"
        )
    try:
        return pd.DataFrame(dict(value) if rows is None else rows)
    except ValueError as error:
        raise TypeError(f"{name} must hold columns or matrices, got a mapping: {error}") from None


def _is_one_record(value):
    """Return whether a mapping holds the vector of one point, such as the answer for one text."""
    lists = [key for key, x in value.items() if np.iterable(x) and not isinstance(x, (str, bytes))]
    return len(lists) == 1 and _is_vector(value[lists[0]]) and (
        len(value) > 1 or str(lists[0]).lower() in ("embedding", "vector"))


def _counts(names):
    """Return whether all names are whole numbers."""
    return all(str(name).isdigit() for name in names)


def _is_vector(value):
    return (isinstance(value, (list, tuple, np.ndarray)) and len(value) > 0
            and np.asarray(value).dtype.kind in "iuf")


def _rows_in(value):
    """Return the longest records, or columns, in a mapping, those with vectors first; or None."""
    lists = {key: x for key, x in _flat(value) if isinstance(x, (list, tuple)) and x}
    best = max((x for x in lists.values() if isinstance(x[0], Mapping) or _is_vector(x[0])),
               key=lambda x: (any(_is_vector(y) for _, y in _flat({"": x[0]})), len(x)), default=())
    if not best:
        by_name = [x for x in value.values() if isinstance(x, Mapping) and x and all(
            isinstance(row, Mapping) for row in x.values())]
        if len(by_name) == 1 < len(value) and not all(map(inner_record, value.values())):
            return [{"row name": key, **row} for key, row in by_name[0].items()]
        return None
    if isinstance(best[0], Mapping):
        return best
    # One row more or less is no other list, but an error that is to be said.
    tables = {key: x for key, x in lists.items() if abs(len(x) - len(best)) <= 1}
    return dict(zip(_short_names(list(tables), set(value)), tables.values(), strict=True))
