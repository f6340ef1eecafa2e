"""Files: which format one has, and what is in it. Nothing here runs code that a file brings.

The first bytes decide on the format, the name's ending only where they do not.
"""

import glob
import json
import re
import zipfile
import zlib
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import Any

import numpy as np

from ..arrays.extras import import_extra
from .errors import Refused, clear_errors, damaged, pickled
from .tables import as_table, listed
from .text import declared, decoded, packed_names, read_text, unpacked

_MAGIC = {
    b"\x93NUMPY": "npy", b"PK": "zip", b"PAR1": "parquet", b"ARROW1": "feather",
    b"FEA1": "feather", b"\x89HDF": "hdf5", b"\x80": "pickle",
    b"\xff\xff\xff\xff": "arrow stream",
}
_PAGE = "a web page, not the file itself; fetch it again"
_SHEET = "read its sheet with pandas.read_excel(path), or save it as CSV"
_FOREIGN = {  # first bytes, in lower case -> what it is and what to do
    b"version https://git-lfs": "a pointer of Git LFS, not the file; git lfs pull fetches it",
    b"<!doctype html": _PAGE, b"<html": _PAGE, b"<table": _PAGE,
    b"<?xml": "of XML; pass pandas.read_xml(path)", b"{\\rtf": "of RTF; save it as plain text",
    b"\xd0\xcf\x11\xe0": f"an old Excel workbook; {_SHEET}",
    b"matlab 7.3": "a file of MATLAB 7.3; pass np.transpose(h5py.File(path)[name])",
    b"matlab 5": "a file of MATLAB; pass scipy.io.loadmat(path)[name]",
    b"sqlite format 3": "a database; pass pandas.read_sql(query, sqlite3.connect(path))",
    **dict.fromkeys((b"ixf2", b"ixfi", b"iwfl", b"ihnf"),
                    "an index of FAISS; pass faiss.read_index(path)"),
    b"%%matrixmarket": "a matrix of Matrix Market; pass scipy.io.mmread(path)",
}
_BY_GENES = {"row_attrs": "a Loom file, whose rows are genes; pass anndata.io.read_loom(path)",
             "cell.names": "a file of Seurat, whose columns are cells; save it as .h5ad"}
_PROGRAMS = {".arff": "pandas.DataFrame(scipy.io.arff.loadarff(path)[0])", **{
    f".{ending}": f"pandas.read_{what}(path)" for ending, what in {
        "dta": "stata", "sav": "spss", "sas7bdat": "sas", "xpt": "sas", "orc": "orc", "xml": "xml",
    }.items()}, **dict.fromkeys((".svm", ".libsvm", ".svmlight"),
                                "sklearn.datasets.load_svmlight_file(path)[0].toarray()")}
_COUNTS = re.compile(rb"\d+ \d+\r?\n(?!.*? [-+.\de]{3,}[ \r\n])")  # how word2vec's files begin
_JSON = re.compile(rb'\s*(\[\s*[\[{]|\{\s*")')  # not [0.1, 0.2], which may be the cell of a table
_ENDINGS = {f".{ending}": kind for kind, endings in {
    "npy": "npy", "npz": "npz", "parquet": "parquet pq", "feather": "feather arrow ipc",
    "hdf5": "h5 hdf5 h5ad", "zarr": "zarr", "csv": "csv tsv txt tab data dat vec w2v emb xls",
    "word2vec": "bin", "json": "json jsonl ndjson", "projector": "pbtxt",
    "safetensors": "safetensors",
}.items() for ending in endings.split()}
_TEXTS = ("csv", "json", "projector", "pickle")  # kinds that no first bytes tell
_PICKLED_ENDINGS = (".pkl", ".pickle", ".joblib", ".pt", ".pth", ".ckpt")
_PACKED_ENDINGS = (".gz", ".bz2", ".xz", ".zst", ".lz4", ".zip")
_UNPACKED = ("csv", "json", "npy", "word2vec")  # kinds that are read out of these


@dataclass
class Source:
    """What a file holds: arrays by name, or a table, or both (AnnData)."""

    arrays: Any = field(default_factory=dict)  # name -> array, or data set of h5py or Zarr
    table: Any = None  # pandas DataFrame or pyarrow Table, one row per point
    typed: bool = True  # whether the file declares the type of each column of the table
    notes: list = field(default_factory=list)  # what was decided on reading


@contextmanager
def opened(name, path, n=None, encoding=None):
    """Yield the `Source` of a file, or of several that together are one: a folder, glob or list.

    `n` is the number of rows that are expected, and `encoding` that of text, if they are known.
    Errors name the argument `name`: FileNotFoundError if there is no such file, ImportError if the
    format needs a package that is not installed, ValueError if the file can't be read.
    """
    files = _files(name, path)
    if len(files) > 1:
        with ExitStack() as stack:
            yield _joined(name, files, [
                stack.enter_context(opened(name, file, None, encoding)) for file in files])
        return
    kind = _kind(name, files[0], encoding)
    try:
        if kind == "csv":
            table, notes = read_text(name, files[0], n, encoding)
            yield Source(table=table, typed=False, notes=notes)
        elif kind == "json":
            yield from _json(name, files[0], encoding)
        else:
            yield from _READERS[kind](name, files[0])
    except FileNotFoundError:
        raise
    except (OSError, EOFError, RuntimeError, ValueError, zlib.error, zipfile.BadZipFile) as error:
        if isinstance(error, ValueError) and "Object arrays cannot be loaded" not in str(error):
            raise
        raise damaged(name, files[0], kind, error) from error  # NPZ, HDF5 and Zarr are read late


def _joined(name, files, sources):
    """Return what several files hold as one source, whose rows are those of all of them."""
    import pandas as pd
    import pyarrow as pa

    tables = [source.table for source in sources]
    stores = [{key: np.asarray(source.arrays[key]) for key in source.arrays} for source in sources]
    columns = [None if table is None else set(getattr(table, "column_names", None) or map(
        str, table.columns)) for table in tables]
    shapes = [{key: array.shape[1:] for key, array in store.items()} for store in stores]
    for file, *form in zip(files, columns, shapes, strict=True):
        if form != [columns[0], shapes[0]]:
            raise ValueError(f"{name}: {str(file)!r} has other columns than {str(files[0])!r}; "
                             f"files that together are one table must agree")
    table = None
    with clear_errors(name, files[0], "one of several tables"):
        arrays = {key: np.concatenate([store[key] for store in stores]) if array.ndim else array
                  for key, array in stores[0].items()}
        if all(isinstance(table, pa.Table) for table in tables):
            table = pa.concat_tables(tables, promote_options="permissive")
        elif tables[0] is not None:
            frames = [x.to_pandas() if isinstance(x, pa.Table) else x for x in tables]
            table = pd.concat(frames, ignore_index=all(
                isinstance(frame.index, pd.RangeIndex) for frame in frames))
    notes = [f"{name} is read from {len(files):,} files, {files[0].name!r} to {files[-1].name!r}"]
    notes += dict.fromkeys(note for source in sources for note in source.notes)
    return Source(arrays, table, all(source.typed for source in sources), notes)


def _files(name, path):
    """Return the existing files, or the one Zarr folder, that a path stands for."""
    if isinstance(path, (list, tuple)):
        return [file for entry in path for file in _files(name, entry)]
    if not path or "://" in str(path):
        raise FileNotFoundError(f"{name} must be the path of a file, got {str(path)!r}"
                                f"{'; download it first' if path else ''}")
    path = Path(path).expanduser()
    if (path / "dataset_dict.json").exists():
        raise ValueError(f"{name}: {str(path)!r} holds several splits; name the folder of one")
    if (path / "state.json").exists():  # of save_to_disk of Hugging Face
        state = json.loads((path / "state.json").read_bytes())
        return [path / entry["filename"] for entry in state["_data_files"]]
    if path.is_dir() and not _is_zarr(path):
        files = [file for file in path.rglob("*") if file.suffix in (".parquet", ".pq")
                 and not file.name.startswith((".", "_"))]
        files = files or [file for file in path.iterdir() if _ending(file) in _ENDINGS
                          and not file.name.startswith((".", "_"))]
        if len({_ending(file) for file in files}) > 1:
            raise ValueError(f"{name}: the folder {str(path)!r} holds several kinds of files, "
                             f"{listed([file.name for file in files], 4)}; name those of one kind")
        problem = f"the folder {str(path)!r} holds no file of a known kind, and no Zarr array"
    elif path.exists():
        files = [path]
    else:
        files = [Path(x) for x in glob.glob(str(path), recursive=True) if Path(x).exists()]
        problem = f"there is no file or folder {str(path)!r}"
    if not files:
        raise FileNotFoundError(f"{name}: {problem}")
    return sorted(files, key=_natural_key)


def _ending(path):
    """Return the ending of a file's name in lower case, without that of a packed file."""
    ending = path.suffix.lower()
    return path.with_suffix("").suffix.lower() or ".csv" if ending in _PACKED_ENDINGS else ending


def _natural_key(path):
    """Return a sort key by which numbers in names count by value: file.9 before file.10."""
    return [int(piece) if piece.isdigit() else piece for piece in re.split(r"(\d+)", str(path))]


def _is_zarr(folder):
    return any((folder / mark).exists() for mark in ("zarr.json", ".zarray", ".zgroup"))


def _kind(name, path, encoding):
    if path.is_dir():
        return "zarr"
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(b"PK"):
        return _kind_in_zip(name, path)
    with clear_errors(name, path, "a packed file"), unpacked(path) as file:
        is_packed = start != (start := file.read(300))[:4]
    kind = _kind_by_start(name, path, start) or _kind_by_ending(name, path, start, encoding)
    if kind == "pickle":
        raise pickled(name, path)
    if is_packed and (kind not in _UNPACKED or start[257:262] == b"ustar"):
        raise Refused(f"{name}: {str(path)!r} is packed; unpack it first")
    return kind


def _kind_by_start(name, path, start):
    for magic, kind in _MAGIC.items():
        if start.startswith(magic):
            return kind
    for mark, what in _FOREIGN.items():
        if start.lower().startswith(mark):
            raise Refused(f"{name}: {str(path)!r} is {what}")
    if path.suffix.lower() == ".safetensors" and start[8:9] == b"{":
        return "safetensors"
    if _JSON.match(start):
        return "json"
    return "word2vec" if _COUNTS.match(start) and not start.isascii() else None


def _kind_by_ending(name, path, start, encoding):
    ending = _ending(path)
    kind = "pickle" if ending in _PICKLED_ENDINGS else _ENDINGS.get(ending)
    if kind is None:
        advice = f"pass {_PROGRAMS[ending]}" if ending in _PROGRAMS else (
            f"known are {', '.join(_ENDINGS)}, .csv.gz, and folders of Parquet or Zarr")
        raise ValueError(f"{name}: {str(path)!r} is of no known kind; {advice}")
    if kind not in _TEXTS or not (encoding or declared(start) or b"\0" not in start[:64]):
        raise ValueError(
            f"{name}: {str(path)!r} is named {ending} but does not begin like such a file; "
            f"it may be empty, cut off, or of another format"
        )
    return kind


def _kind_in_zip(name, path):
    """Return the kind of a zip archive that holds arrays or a table; refuse others by name."""
    with clear_errors(name, path, "npz"), zipfile.ZipFile(path) as archive:
        names = packed_names(archive)
    if {"format.npy", "shape.npy", "data.npy"} <= set(names):
        return "sparse"
    if names and all(entry.endswith(".npy") for entry in names):
        return "npz"
    if any(entry.endswith(".pkl") for entry in names):
        raise pickled(name, path)
    if len(names) == 1 and _ENDINGS.get(Path(names[0]).suffix.lower()) in ("csv", "json"):
        return _ENDINGS[Path(names[0]).suffix.lower()]
    if {"[Content_Types].xml", "content.xml", "Index/Document.iwa"} & set(names):
        raise Refused(
            f"{name}: {str(path)!r} is a file of an office program; {_SHEET}"
        )
    raise Refused(f"{name}: {str(path)!r} is a zip archive of {listed(names, 4)}; unpack it, and "
                  f"name a file or folder")


def _npy(name, path):
    with clear_errors(name, path, "npy"), unpacked(path) as file:
        is_packed = type(file) is not BufferedReader
        array = (np.load(BytesIO(file.read()), allow_pickle=False) if is_packed
                 else np.load(path, mmap_mode="r", allow_pickle=False))
    # The file may be overwritten while we still work with what was in it.
    yield Source({"": array if array.dtype != np.float32 else np.array(array, order="C")})


def _npz(name, path):
    with clear_errors(name, path, "npz"):
        stored = np.load(path, allow_pickle=False)
    with stored:
        yield Source(stored)


def _arrow(kind, name, path):
    from pyarrow import feather, ipc, parquet

    with clear_errors(name, path, kind):
        if kind == "parquet":  # not a data set: folders named "kind=a" are no columns here
            table = parquet.ParquetFile(path).read()
        elif kind == "feather":
            table = feather.read_table(path, memory_map=False)
        else:
            table = ipc.open_stream(path.read_bytes()).read_all()
    yield Source(table=table)


def _hdf5(name, path):
    h5py = import_extra("h5py", "formats", "reading HDF5")
    with clear_errors(name, path, "hdf5"):
        file = h5py.File(path, "r")
    with file:
        if "obsm" in file and "obs" in file:
            # What is large stays on disk; without such an X there is nothing to leave there.
            yield from _h5ad(name, path, "r" if "X" in file else None)
            return
        for mark in _BY_GENES.keys() & set(file):
            raise Refused(f"{name}: {str(path)!r} is {_BY_GENES[mark]}")
        items = {}
        file.visititems(items.__setitem__)
        yield Source({key: item for key, item in items.items() if isinstance(item, h5py.Dataset)})


def _h5ad(name, path, backed):
    anndata = import_extra("anndata", "formats", "reading AnnData")
    with clear_errors(name, path, "h5ad"):
        data = anndata.read_h5ad(path, backed=backed)
        source = anndata_source(data)
    try:
        yield source
    finally:
        data.file.close()


def anndata_source(data):
    """Return the `Source` of an AnnData object, or of what has obs, obsm, X and uns as it has."""
    arrays = {key: getattr(value, "values", value) for key, value in data.obsm.items()}
    if data.X is not None:
        arrays["X"] = data.X
    table = data.obs.copy(deep=False)
    colors = {key.removesuffix("_colors"): value for key, value in data.uns.items()
              if key.endswith("_colors") and np.ndim(value) == 1}
    for column in [name for name in table if name in colors]:
        labels = table[column].astype("category").cat.categories
        if len(labels) <= len(colors[column]):  # they are in the order of the categories
            own = dict(zip(map(str, labels), map(str, colors[column]), strict=False))
            table.attrs.setdefault("colors", {})[column] = own
    return Source(arrays, table)


def _zarr(name, path):
    zarr = import_extra("zarr", "formats", "reading Zarr")
    with clear_errors(name, path, "zarr"):
        stored = zarr.open(path, mode="r")
        if isinstance(stored, zarr.Array):
            source = Source({"": stored})
        elif "obsm" in stored and "obs" in stored:
            source = anndata_source(_Stored(stored))
        else:
            source = Source({key: x for key, x in stored.members(None) if hasattr(x, "dtype")})
    yield source


class _Stored:
    """AnnData in Zarr, of which only what is small is read."""

    def __init__(self, group):
        io = import_extra("anndata.io", "formats", "reading AnnData")
        self.obs, self.uns = (io.read_elem(group[key]) if key in group else {}
                              for key in ("obs", "uns"))
        self.obsm = {key: x if hasattr(x, "shape") else io.read_elem(x)
                     for key, x in group["obsm"].members()}
        self.X = group.get("X")
        if self.X is not None and not hasattr(self.X, "shape"):
            self.X = io.sparse_dataset(self.X)


def _json(name, path, encoding):
    """Read JSON of records, columns or vectors, JSON by line, or a projector's configuration."""
    with clear_errors(name, path, "json"), unpacked(path) as file:
        content = file.read()
    if b'"tensorPath"' in content[:10_000]:
        yield from _projector(name, path)
        return
    notes = []

    def read(encoding, errors):
        text = content.decode(encoding, errors)
        with clear_errors(name, path, "json"):
            with suppress(json.JSONDecodeError):
                return _json_source(name, json.loads(text))
            return _json_lines(name, text.strip())

    source = decoded(name, path, encoding, notes, read)
    source.notes += notes
    yield source


def _json_lines(name, text):
    import pyarrow
    from pyarrow import json as by_line

    if not text:
        raise ValueError("there is no text in it")
    if text[0] == "{":
        block = by_line.ReadOptions(block_size=max(1 << 20, 2 * max(map(len, text.split("\n")))))
        with suppress(pyarrow.ArrowInvalid):  # a column of several types, or a broken line
            return Source(table=by_line.read_json(pyarrow.BufferReader(text.encode()), block))
    values = []
    for number, line in enumerate(text.split("\n"), 1):
        try:
            if line.strip():
                values.append(json.loads(line))
        except json.JSONDecodeError as error:
            raise ValueError(f"line {number}: {error.msg} at letter {error.colno}") from None
    return _json_source(name, values)


def _json_source(name, value):
    table = as_table(name, value)
    return Source({"": value}) if table is None else Source(table=table)


def _safetensors(name, path):
    """Read the tensors of a safetensors file: the length of a header, the header, then numbers.

    Source: https://huggingface.co/docs/safetensors
    """
    with clear_errors(name, path, "safetensors"):
        content = np.fromfile(path, np.uint8)
        start = 8 + int(content[:8].view("<u8")[0])
        header, arrays = json.loads(content[8:start].tobytes()), {}
        header.pop("__metadata__", None)
        for key, entry in header.items():
            kind, (low, high) = entry["dtype"], entry["data_offsets"]
            if kind not in _TENSORS:
                raise Refused(f"{name}: {key!r} of {str(path)!r} holds {kind}; save it as float32")
            numbers = content[start + low : start + high].view(_TENSORS[kind])
            if kind == "BF16":  # the upper half of a float32
                numbers = (numbers.astype(np.uint32) << 16).view(np.float32)
            arrays[key] = numbers.reshape(entry["shape"])
    yield Source(arrays)


def _sparse(name, path):
    from scipy.sparse import load_npz

    with clear_errors(name, path, "npz"):
        yield Source({"": load_npz(path)})


def _word2vec(name, path):
    """Read word2vec's binary file: numbers of words and dimensions, then word and floats, n times.

    Source: word2vec.c, https://code.google.com/archive/p/word2vec
    """
    import pandas as pd

    words = []
    with clear_errors(name, path, "word2vec"), unpacked(path) as file:
        content = file.read()
        at = content.index(b"\n") + 1
        n, d = (int(count) for count in content[:at].split())
        vectors = np.empty((n, d), np.float32)
        for row in range(n):
            end = _end_of_word(content, at, 4 * d, row == n - 1)
            words.append(content[at:end].decode("utf-8", "replace").lstrip("\n"))
            at = end + 1 + 4 * d
            vectors[row] = np.frombuffer(content, "<f4", d, end + 1)
    yield Source({"": vectors}, pd.DataFrame({"word": words}))


def _end_of_word(content, at, size, is_last):
    """Return where the word at a place ends: before a blank and numbers, then the next word.

    Only what follows tells blanks inside a word from the one at its end.
    """
    def is_text(start, stop):
        try:
            return stop > 0 and min(content[start:stop].decode().lstrip("\n"), default=" ") >= " "
        except UnicodeDecodeError:
            return False

    first = end = content.index(b" ", at)
    while end > 0 and is_text(at, end):
        after = end + 1 + size
        if not content[after:].strip() if is_last else is_text(after, content.find(b" ", after)):
            return end
        end = content.find(b" ", end + 1, end + 60)
    return first


def _projector(name, path):
    """Read the vectors and metadata that a configuration of the Embedding Projector names.

    Source: https://projector.tensorflow.org, and TensorBoard's projector_config.pbtxt
    """
    text = path.read_text(encoding="utf-8")
    with clear_errors(name, path, "a configuration of the Embedding Projector"):
        if path.suffix == ".pbtxt":
            entries = [dict(re.findall(r'(\w+)\s*:\s*"([^"]*)"', entry))
                       for entry in re.split(r"\bembeddings\s*\{", text)[1:]]
        else:
            entries = json.loads(text)["embeddings"]
        entry = {key.replace("_", "").lower(): value for key, value in entries[0].items()}
        names = [str(one.get("tensorName") or one.get("tensor_name")) for one in entries]
        tensor = path.parent / entry["tensorpath"]
        if not tensor.exists():
            missing = entry["tensorpath"]
            raise Refused(f"{name}: {str(path)!r} names {missing!r}, which is not there")
    notes, table = [], None
    if len(names) > 1:
        notes.append(f"took {names[0]!r} of {listed(names)}; for another one, name its files")
    if tensor.suffix == ".bytes":
        with clear_errors(name, tensor, "bytes"):
            X = np.fromfile(tensor, "<f4").reshape(entry["tensorshape"])
    else:
        X = read_text(name, tensor)[0].to_numpy(np.float32)
    if entry.get("metadatapath"):
        table, more = read_text(name, path.parent / entry["metadatapath"], len(X))
        notes += more
    yield Source({"": X}, table, typed=False, notes=notes)


_TENSORS = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2", "I64": "<i8", "I32": "<i4",
    "I16": "<i2", "I8": "i1", "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "u1", "BOOL": "?",
}
_READERS = {
    "npy": _npy, "npz": _npz, "sparse": _sparse,
    "hdf5": _hdf5, "zarr": _zarr, "word2vec": _word2vec, "projector": _projector,
    "safetensors": _safetensors,
    **{kind: partial(_arrow, kind) for kind in ("parquet", "feather", "arrow stream")},
}
