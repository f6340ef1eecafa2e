"""Data frames of any library: their columns as numbers, and which of them are the dimensions."""

import base64
import json
import numbers
import re
import unicodedata
from collections.abc import Mapping

import numpy as np

from ..colors.columns import CLASS_NAME
from .records import first_of, flattened, inner_record, mapping_table

# Numbers as people write them, after NFKC: with groups, percent, a currency, or Fortran's exponent.
_WRITTEN = re.compile(
    r"[-+\u2212]?[$€£¥₹]? ?"
    r"([1-9]\d{0,2}([,.'_\u2019\u066c ]\d{3})+([.,\u066b]\d+)?"
    r"|\d+([.,\u066b]\d+)?([DdEe][-+]?\d+)?)"
    r" ?[%$€£¥₹]?"
)
_MEASURED = re.compile(  # 12.5 kg, (1.5), CHF 1'234.50, 0.3±0.1
    r"\(?[-+\u2212]?([A-Z]{3} )?\d+([ ,.'\u2019]\d{3})*[.,]\d+"
    r"( ?(\)|°[CF]?|±.*|[^\W\d_]{1,4}([/²³]\w{0,3})?))?")
_PAIRS = re.compile(r"((^|[\s,{|])\w+: ?[-+]?\d*\.\d\S*){2}")  # 1:0.5 7:0.25
_ENCODED = re.compile(r"(?=.*\d)[A-Za-z0-9+/=_-]{200,}")  # longer than any hash
_ARRAY = re.compile(r"(?:\w+\.)?(?:array|tensor)\((.*?)(?:,\s*\w+=.*)?\)", re.DOTALL)
_LEAST_BARE = 8  # numbers that are plainly a vector without brackets around them
_BASE64 = re.compile(r"([\w+/-]{4}){21,}[\w+/-]{2,4}={0,2}", re.ASCII)  # 16 numbers or more
_SAVED_INDEX = r"Unnamed: 0|__index_level_\d+__|row name"
_ARRAY_PROTOCOLS = (
    "__array__", "__array_interface__", "__dlpack__", "__cuda_array_interface__", "toarray",
)
_TIMES = (1e9, 2e9)  # seconds since 1970, from 2001 to 2033
_MANY = 20  # rows of which different whole numbers, or measured texts, are no labels
_EXACT = 2**24  # larger whole numbers lose digits as float32: a dimension has no such ones


def as_table(name, value):
    """Return a data frame of pandas or Arrow that a value is or offers; None if it is no table.

    It is known by its protocol, so that no library is imported that the value does not bring.
    A TypeError says that something is neither a table nor an array.
    """
    # Objects of Pydantic; Qdrant's scroll returns them, and where the next ones begin.
    rows = value[0] if isinstance(value, tuple) and value else value
    if isinstance(rows, list) and rows and hasattr(rows[0], "model_dump"):
        value = [row.model_dump() for row in rows]
    value = value.model_dump() if hasattr(value, "model_dump") else value
    import pyarrow as pa
    from pandas import DataFrame, Series

    if getattr(getattr(value, "dtype", None), "names", None):  # records of NumPy
        return DataFrame({x: list(value[x]) if value[x].ndim > 1 else value[x]
                          for x in value.dtype.names})
    if (isinstance(value, (list, tuple)) and any(x is None for x in value)) or (
        isinstance(value, np.ndarray) and value.dtype == object and value.ndim == 1
    ):
        value = Series(value)  # vectors, of which some may be missing
    if isinstance(value, np.ndarray) or (hasattr(value, "dtype") and np.ndim(value) > 1):
        return None
    if isinstance(value, pa.Table):
        return _named_by_metadata(value)
    if isinstance(value, DataFrame):
        return value
    if isinstance(value, type):
        raise TypeError(f"{name} must be data, got the class {value.__name__}")
    if hasattr(value, "collect") and hasattr(value, "lazy"):
        return as_table(name, value.collect())  # a LazyFrame of Polars
    if hasattr(value, "compute") and hasattr(value, "columns"):
        return as_table(name, value.compute())  # of Dask
    if hasattr(value, "with_format") and hasattr(value, "column_names"):
        return _dataset_table(name, value)
    if isinstance(value, (pa.Array, pa.ChunkedArray)):
        return pa.table({name: value})
    if hasattr(value, "to_frame") and not hasattr(value, "columns"):  # one column
        return as_table(name, value.to_frame(value.name or name))
    if hasattr(value, "__arrow_c_stream__") or hasattr(value, "__arrow_c_array__"):
        return pa.table(value)
    if hasattr(value, "__dataframe__"):
        from pyarrow.interchange import from_dataframe

        return from_dataframe(value)
    if isinstance(value, Mapping):
        return mapping_table(name, value)
    value = getattr(value, "wv", value)  # a model of Gensim, which has word vectors
    if hasattr(value, "vectors") and hasattr(value, "index_to_key"):
        return DataFrame({"word": value.index_to_key, name: list(value.vectors)})
    if isinstance(value, (list, tuple)) and value and isinstance(value[0], Mapping):
        return DataFrame(list(value))
    one = value[0] if isinstance(value, (list, tuple)) and value else value
    if not isinstance(one, (list, tuple, str, numbers.Number)) and not any(
        hasattr(one, protocol) for protocol in _ARRAY_PROTOCOLS
    ):
        advice = "pass its path" if hasattr(value, "read") else "make an array of it first"
        raise TypeError(
            f"{name} must be an array (n, d), a data frame, an AnnData object or a path, got "
            f"{type(value).__name__}{'' if one is value else ' of ' + type(one).__name__}; {advice}"
        )
    return None


def _has_length(value):
    return hasattr(value, "__len__") and not isinstance(value, (str, bytes, Mapping))


def _dataset_table(name, dataset):
    """Return a Dataset of Hugging Face as an Arrow table, with the names of its classes."""
    if not hasattr(dataset, "__len__") or isinstance(dataset, Mapping):
        splits = listed(dataset) if isinstance(dataset, Mapping) else "no length"
        raise TypeError(f"{name} must be one data set that is in memory or on disk, got "
                        f"{type(dataset).__name__} with {splits}: take a split, without streaming")
    table = dataset.with_format("arrow")[:]
    names = {column: getattr(feature, "names", None)
             for column, feature in (getattr(dataset, "features", None) or {}).items()}
    return _with_class_names(table, names)


def _with_class_names(table, names):
    """Return an Arrow table in which numbers of classes are replaced by names: column -> list."""
    for column, classes in names.items():
        if classes and column in table.column_names:
            words = [None if i is None or i < 0 else classes[i] for i in table[column].to_pylist()]
            table = table.set_column(table.column_names.index(column), column, [words])
    return table


def _named_by_metadata(table):
    """Return an Arrow table with the class names that Hugging Face keeps in its metadata."""
    try:
        info = json.loads((table.schema.metadata or {}).get(b"huggingface", b"{}"))
        features = info.get("info", {}).get("features", {})
        return _with_class_names(table, {
            column: feature.get("names") for column, feature in features.items()
            if isinstance(feature, dict)
        })
    except (ValueError, AttributeError, IndexError, TypeError):  # of another form
        return table


class Table:
    """A data frame of pandas or Arrow, or what offers one; errors call it `name`.

    `typed` is false where the types of columns are not declared, as in CSV files.
    """

    def __init__(self, name, frame, *, typed=True):
        self._frame, self.fields = flattened(as_table(name, frame))
        labels = getattr(self._frame, "column_names", None) or list(self._frame.columns)
        self._name, self.typed, self.names = name, typed, [str(label) for label in labels]
        self._label = dict(zip(self.names, labels, strict=True))
        if len(set(self.names)) < len(self.names):
            twice = next(n for n in self.names if self.names.count(n) > 1)
            raise ValueError(f"{name} must have columns of different names, got {twice!r} twice")
        self._columns = {}

    def __len__(self):
        return len(self._frame)

    def column(self, name):
        """Return a column as an Arrow array, or None if it mixes types as Python objects do."""
        import pyarrow as pa

        if name not in self._columns:
            label = self._label[name]
            if isinstance(self._frame, pa.Table):
                array = self._frame.column(label).combine_chunks()
            else:
                column = self._frame[label]
                column = column.sparse.to_dense() if hasattr(column, "sparse") else column
                try:
                    is_whole = column.dtype != object or not inner_record(first_of(column))
                    array = pa.Array.from_pandas(column) if is_whole else None
                except (pa.ArrowException, TypeError, ValueError, OverflowError):
                    array = None
            if isinstance(array, pa.ChunkedArray):
                array = array.combine_chunks()
            if array is not None and re.match("(large_)?list_view", str(array.type)):
                array = pa.array(array.to_pylist(), pa.large_list(array.type.value_type))
            if getattr(getattr(array, "type", None), "shape", None) and len(array.type.shape) == 1:
                array = array.storage  # a tensor of one dimension is a vector
            self._columns[name] = self._parsed(name, array)
        return self._columns[name]

    def _parsed(self, name, array):
        """Return a column of vectors that are written as text, ``[0.1, 0.2]``, as such vectors."""
        import pyarrow as pa

        if _kind_of(array) != "text":
            return array
        some = array.slice(0, 100).to_pylist()
        first = next((text for text in some if text and text.strip()), "")
        if vector_of(first) is None:
            return array
        texts = array.to_pylist()
        vectors = [vector_of(text) if text else None for text in texts]
        for row, (text, vector) in enumerate(zip(texts, vectors, strict=True)):
            if vector is None and text and text.strip():
                raise ValueError(
                    f"{self._name}: column {name!r} must hold vectors of numbers as text, such as "
                    f"{first[:40]!r}; row {row} holds {text[:40]!r}"
                )
        return pa.array(vectors, pa.list_(pa.float64()))

    def kinds(self, name):
        """Return which kinds of Python objects a column of a data frame holds, as words."""
        values = self._frame[self._label[name]].dropna()
        kinds = (type(x).__name__ + (f" of shape {np.shape(x)}" if _has_length(x) else "")
                 for x in values)
        return ", ".join(dict.fromkeys(kinds)), any(
            _has_length(x) or isinstance(x, complex) for x in values[:1])

    def width(self, name):
        """Return the number of numbers in the first vector of a column, 0 if there is none."""
        return len(next((x for x in self.column(name).slice(0, 100).to_pylist() if x), ()))

    def kind(self, name):
        """Return what cells hold: "number", "vector" (of numbers), "nested", "picture", "text", "".

        Truth values are numbers, and bytes are nested.
        """
        return _kind_of(self.column(name))

    def named(self, kind):
        """Return the names of the columns of a kind."""
        return [name for name in self.names if self.kind(name) == kind]

    def matrix(self, names):
        """Return number columns side by side, or one column of vectors, float (n, d)."""
        import pyarrow as pa
        import pyarrow.types as kinds

        if len(names) == 1 and self.kind(names[0]) == "vector":
            return self._vectors(names[0])
        matrix = np.empty((len(self), len(names)), self._dtype(names))
        for j, name in enumerate(names):
            if self.kind(name) != "number":
                array = self.column(name)
                got = "Python objects of several types" if array is None else array.type
                raise TypeError(f"{self._name}: column {name!r} must hold numbers, got {got}")
            # A gap becomes NaN, which is then counted and named by row.
            column = self.column(name)
            if not (kinds.is_integer(column.type) or kinds.is_floating(column.type)):
                column = column.cast(pa.float64())
            matrix[:, j] = column.to_numpy(zero_copy_only=False)
        return matrix

    def others(self, names):
        """Return all columns but these as a pandas DataFrame."""
        names = set(names)
        others = {x: name for name, x in self._label.items() if name not in names}
        if hasattr(self._frame, "to_pandas"):
            # The index of pandas is a column like others.
            frame = self._frame.select(list(others)).to_pandas(ignore_metadata=True)
            return frame.rename(columns=lambda x: re.sub("^__index_level_0__$", "row name", x))
        frame = self._frame[list(others)]
        # Levels of names become one name; a number stays the name of its column.
        return frame.set_axis(list(others.values()), axis=1) if frame.columns.nlevels > 1 else frame

    def _dtype(self, names):
        """Return float64 if a column is wider than 32 bits (large numbers need it), or float32."""
        bits = [getattr(self.column(name).type, "bit_width", 64) for name in names
                if self.kind(name) == "number"]
        return np.float64 if max(bits, default=64) > 32 else np.float32

    def _vectors(self, name):
        import pyarrow.compute as pc

        array = self.column(name)
        present = np.asarray(array.is_valid())
        known = array.drop_null()
        lengths = pc.list_value_length(known)
        if pc.min(lengths).as_py() != pc.max(lengths).as_py():
            usual = pc.mode(lengths)[0]["mode"].as_py()
            odd = np.flatnonzero(present)[np.asarray(lengths) != usual]
            raise ValueError(
                f"{self._name}: the vectors of column {name!r} must have one length; most have "
                f"{usual} numbers, {len(odd):,} rows have not, first row {odd[0]}"
            )
        vectors = known.flatten().to_numpy(zero_copy_only=False).reshape(len(known), -1)
        if len(known) == len(array):
            return vectors
        # A missing vector becomes NaN, which is then counted and named by row.
        kind = np.float64 if vectors.dtype.kind != "f" else vectors.dtype
        matrix = np.full((len(array), vectors.shape[1]), np.nan, kind)
        matrix[present] = vectors
        return matrix


def dimensions(table, columns, taken=()):
    """Return the names of a table's columns that are the dimensions of X, not those in `taken`.

    `columns` is as for `load_embedding`; a ValueError names what does not fit.
    """
    if columns is None:
        return _default_dimensions(table, taken)
    if not isinstance(columns, str):
        names = [str(column) for column in columns]
    elif columns in table.names:
        names = [columns]
    else:
        try:
            names = [name for name in table.names if re.search(columns, name)]
        except re.error as error:
            raise ValueError(f"columns must be names or a regular expression, got {columns!r}: "
                             f"{error}") from None
    if not names or not set(names) <= set(table.names):
        raise ValueError(
            f"columns must name columns of the table, got {columns!r}; "
            f"there are {listed(table.names)}"
        )
    return names


def _default_dimensions(table, taken):
    import pyarrow.types as kinds

    if not len(table):
        raise ValueError("X must hold at least one point, got none")
    free = [name for name in table.names if name not in taken]
    vectors = [name for name in free if table.kind(name) == "vector"]
    numbers = [name for name in free if table.kind(name) == "number"]
    floats = [name for name in vectors if kinds.is_floating(table.column(name).type.value_type)]
    if len(floats) == 1 and table.width(floats[0]) >= _LEAST_BARE:
        vectors = floats  # the others are tokens, say
    if len(vectors) == 1 and not table.width(vectors[0]) < min(4, len(numbers)):
        return vectors
    for name in free:
        if name not in vectors:
            _refuse_mixed(table, name)
            _refuse_nested(table, name)
    names = [name for name in numbers if not _numbers_rows(table, name)]
    names = [name for name in names if name not in table.fields] or names
    whole = [name for name in names if kinds.is_integer(table.column(name).type)]
    if whole == ["0"] != names and len(table.column("0").unique()) == len(table) > _MANY:
        names = names[1:]  # words that are numbers, before vectors of fractions, without a header
    if vectors or not names:
        raise ValueError(
            f"columns must say which are the dimensions of X, by names or a regular expression: "
            f"there are {len(vectors)} columns of vectors and {len(names)} of numbers among "
            f"{listed(vectors + [x for x in table.names if x not in vectors])}"
        )
    return names


def _numbers_rows(table, name):
    """Return whether a column of numbers is none to measure by: an index, ids, labels, empty."""
    import pyarrow.types as kinds

    if re.fullmatch(_SAVED_INDEX, name) or (name == "y" and "x" not in table.names):
        return True  # y without x is what scikit-learn predicts
    column = table.column(name)
    if column.null_count == len(column) > 0:
        return True  # an empty column measures nothing
    values = column.drop_null().to_numpy(zero_copy_only=False)
    if not (kinds.is_floating(column.type) or kinds.is_integer(column.type)):
        return False
    values = values[np.isfinite(values)]  # class numbers and ids are floats where some are missing
    if not len(values):
        return False
    low, high, n = float(values.min()), float(values.max()), len(values)
    are_times = any(_TIMES[0] * unit <= low and high < _TIMES[1] * unit
                    for unit in (1, 1e3, 1e6, 1e9))
    if (values != np.rint(values)).any():
        return are_times
    are_days = 19e6 <= low and high < 21e6 and (values // 100 % 100 - 1 < 12).all() and (
        values % 100 - 1 < 31).all()  # such as 20240131
    are_unique = n > 2 and len(np.unique(values)) == n
    counts = are_unique and high - low == n - 1 and kinds.is_integer(column.type) and (
        n > _MANY or bool(values[0] in (0, 1) and (np.diff(values) == 1).all()))
    return counts or (are_unique and high > _EXACT) or are_times or bool(are_days) or bool(
        CLASS_NAME.fullmatch(name))


def _refuse_nested(table, name):
    """Raise an error if a column may hold the vectors, in a form that cannot be read."""
    column = table.column(name)
    kind, is_nested = (table.kinds(name) if column is None
                       else (column.type, table.kind(name) == "nested"))
    if is_nested:
        raise _unclear(name, f"{kind}, which may be the vectors",
                       "convert them to lists of numbers, by np.frombuffer or np.ravel say")
    if table.kind(name) != "text":
        return
    texts = [text for text in column.drop_null().slice(0, 100).to_pylist() if text.strip()]
    if texts and len(set(map(len, texts))) == 1 and all(map(_ENCODED.fullmatch, texts)):
        raise _unclear(name, f"what may be vectors in base64 or as hexadecimal numbers, first "
                             f"'{texts[0][:40]}'", "decode them")
    cut = [text for text in texts if "..." in text and vector_of(text.replace("...", " "))]
    if cut:
        raise _unclear(name, f"vectors that were cut when they were printed, first "
                             f"{cut[0][:40]!r}", "save all their numbers")
    pairs = [text for text in texts if _PAIRS.search(text)]
    if len(pairs) > len(texts) / 2:
        raise _unclear(name, f"what may be sparse vectors, first {pairs[0][:40]!r}", "read them by "
                       "sklearn.datasets.load_svmlight_file, say, and pass an array")
    strange = [text for text in texts if _is_written(text)]
    measured = [text for text in texts if _MEASURED.fullmatch(_plain(text))]
    strange += measured if len(set(measured)) > _MANY else ()  # a few of them are labels
    if strange and len(strange) >= len(texts) / 2:
        raise _unclear(name, f"numbers as text, first {strange[0]!r}", "convert it to numbers")


def _unclear(name, what, advice):
    return ValueError(
        f"X: column {name!r} holds {what}; {advice}, or name the columns that you want")


def _is_written(text):
    """Return whether a text is a number that Python and pandas don't read as one."""
    is_name = re.fullmatch(r"[-+]?[0-9]+(\.[0-9]*)?", text.strip())
    return bool(_WRITTEN.fullmatch(_plain(text))) and not is_name


def _plain(text):
    return unicodedata.normalize("NFKC", text.strip())


def _kind_of(array):
    import pyarrow.types as kinds

    def is_number(kind):
        return kinds.is_integer(kind) or kinds.is_floating(kind)

    if array is None:
        return ""
    kind = array.type
    if is_number(kind) or kinds.is_decimal(kind) or kinds.is_boolean(kind):
        return "number"
    if kinds.is_list(kind) or kinds.is_large_list(kind) or kinds.is_fixed_size_list(kind):
        return "vector" if is_number(kind.value_type) else "nested"
    if kinds.is_binary(kind) or kinds.is_large_binary(kind) or hasattr(kind, "shape"):
        return "nested"
    if kinds.is_struct(kind) and {field.name for field in kind} == {"bytes", "path"}:
        return "picture"
    return "text" if kinds.is_string(kind) or kinds.is_large_string(kind) else ""


def vector_of(text):
    """Return the numbers of a text, as lists, arrays and tensors are printed; None if it is none.

    Such as ``[0.1, 0.2]``, ``[0.1 0.2]``, ``array([0.1, 0.2])``, ``(0.1, 0.2)``, ``{0.1,0.2}``, or
    at least eight numbers, some of them decimals, without brackets; or float32 in base64.
    """
    text = text.strip()
    if _BASE64.fullmatch(text) and len(content := base64.urlsafe_b64decode(
            text.replace("+", "-").replace("/", "_") + "==")) % 4 == 0:
        numbers = np.frombuffer(content, "<f4")
        are_usual = ((np.abs(numbers) > 1e-20) & (np.abs(numbers) < 1e6)) | (numbers == 0)
        return numbers.tolist() if are_usual.all() else None
    if "(" in text[1:] and text[:1] in "[(":  # [np.float32(0.1), np.float32(0.2)]
        text = re.sub(r"(?:np|numpy)\.\w+\(([^()]*)\)", r"\1", text)
    if text.startswith("[") and "," in text:
        try:
            return [float(number) for number in json.loads(text)] or None
        except (ValueError, TypeError):
            pass  # nan is no JSON
    if text[:1].isalpha():
        match = _ARRAY.fullmatch(text)
        if not match:
            return None
        text = match[1].strip()
    has_brackets = text[:1] + text[-1:] in ("[]", "()", "{}")
    inner = text[1:-1] if has_brackets else text
    if "." not in inner and re.search(r"\d,\d+[;\s]", inner):
        inner = inner.replace(",", ".")  # decimal commas
    pieces = inner.replace(",", " ").replace(";", " ").split()
    if has_brackets:
        least = 1 if text[0] == "[" else 2
    else:
        least = _LEAST_BARE if "." in text else np.inf
    try:
        return [float(piece.strip("'\"")) for piece in pieces] if len(pieces) >= least else None
    except ValueError:
        return None


def _refuse_mixed(table, name):
    """Raise an error if numbers are mixed with some words: as text they would go unnoticed."""
    import pandas as pd

    if table.column(name) is not None and (table.typed or table.kind(name) != "text"):
        return
    texts = pd.Series(table.others([other for other in table.names if other != name]).iloc[:, 0])
    texts = texts[texts.notna()]
    words = texts[pd.to_numeric(texts, errors="coerce").isna()]
    if 0 < len(words) < len(texts) / 2:
        raise ValueError(
            f"X: column {name!r} must hold numbers or text; {len(words):,} of {len(texts):,} rows "
            f"hold text, first row {words.index[0]}: {words.iloc[0]!r}"
            f"{' (or a part of the header)' if words.index[-1] < 3 else ''}. Clean it, or name the "
            f"columns that you want"
        )


def listed(names, most=12):
    """Return names as text, quoted, the first of them if there are many."""
    names = list(names)
    more = f" and {len(names) - most:,} more" if len(names) > most else ""
    short = [name if len(str(name)) <= 60 else str(name)[:60] + "…" for name in names[:most]]
    return ", ".join(map(repr, short)) + (more or ("" if names else "none"))
