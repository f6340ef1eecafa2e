"""Formats of other tools: Arrow streams, folders of Hugging Face, JSON, safetensors, tensors."""

import io
import json
import struct

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from PIL import Image
from pyarrow import parquet

from tests.data.bad_input import D, N, X, behavior, load

ROWS = [{"id": i, "text": f"text {i}", "vector": row.tolist()} for i, row in enumerate(X)]
ROWS[5]["note"] = "only here"
JSON = {
    "by line": "\n".join(map(json.dumps, ROWS)),
    "records": json.dumps(ROWS, indent=1),
    "columns": pd.DataFrame(ROWS).to_json(double_precision=15),
    "an answer": json.dumps({"data": ROWS, "model": "any"}),
    "Cohere": json.dumps({"id": "any", "meta": {"version": 1}, "embeddings": X.tolist(),
                          "texts": [f"text {i}" for i in range(N)]}),
    "Chroma": json.dumps({"ids": [f"text {i}" for i in range(N)], "embeddings": X.tolist()}),
}


@behavior("JSON of records, of columns, or by line (JSONL)",
          "Lists of numbers are X, and what only some rows have is metadata as well.")
@pytest.mark.parametrize("kind", JSON)
def test_json(tmp_path, kind):
    """Each row keeps its vector and its text."""
    for name in ("a.json", "a.jsonl"):
        (tmp_path / name).write_text(JSON[kind])
        data = load(tmp_path / name)
        assert np.array_equal(data.X, X) and "text 7" in list(data.meta.iloc[7])
        assert kind in ("Chroma", "Cohere") or data.meta["note"].notna().sum() == 1


def test_lines_of_json_that_differ(tmp_path):
    """A column of several types, a text of megabytes and bare vectors are no damage."""
    path = tmp_path / "a.jsonl"
    path.write_text("\n".join(json.dumps({**row, "note": i if i < 50 else "text"})
                              for i, row in enumerate(ROWS)))
    assert np.array_equal(load(path).X, X) and load(path).meta["note"].iloc[-1] == "text"
    long = [{"v": row.tolist(), "text": "x" * 3_000_000 * (i == 7)}
                    for i, row in enumerate(X)]
    path.write_text("\n".join(map(json.dumps, long)))
    assert np.array_equal(load(path).X, X)
    path.write_text("\n".join(map(json.dumps, X.tolist())))
    assert np.array_equal(load(path).X, X)
    path.write_text("\n".join(map(json.dumps, ROWS))[:-9])
    with pytest.raises(ValueError, match=r"can't be read as json; .*line 60: "):
        load(path)


@pytest.mark.parametrize("orient", ["index", "columns", "records", "values"])
def test_json_of_pandas(tmp_path, orient):
    """Rows stay rows, however pandas writes them."""
    pd.DataFrame(X, columns=list("abcdefgh")).to_json(
        tmp_path / "a.json", orient=orient, double_precision=15)
    assert np.array_equal(load(tmp_path / "a.json").X, X)


@behavior("Records in NPY and HDF5, as `DataFrame.to_records` and PyTables write them",
          "They are a table.")
def test_records_in_files(tmp_path):
    """Each field is a column."""
    import h5py

    records = pd.DataFrame(X, columns=list("abcdefgh")).assign(label=range(N)).to_records(False)
    np.save(tmp_path / "a.npy", records)
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file["table"] = records
    for name in ("a.npy", "a.h5"):
        data = load(tmp_path / name)
        assert np.array_equal(data.X, X) and list(data.meta) == ["label"]
    with h5py.File(tmp_path / "a.h5", "w") as file:
        file.update({f"protein {i}": row for i, row in enumerate(X)})
    with pytest.raises(ValueError, match="X must be one array, got 60 of 8 numbers each"):
        load(tmp_path / "a.h5")


def test_hidden_files_beside_parquet(tmp_path):
    """What Spark and macOS leave in a folder is no part of the table."""
    pd.DataFrame(X, columns=list("abcdefgh")).to_parquet(tmp_path / "part-0.parquet")
    for name in ("._part-0.parquet", "_temporary.parquet", "_SUCCESS"):
        (tmp_path / name).write_text("no table")
    assert np.array_equal(load(tmp_path).X, X)


def _png(value):
    file = io.BytesIO()
    Image.new("RGB", (8, 8), (value, 0, 0)).save(file, "PNG")
    return file.getvalue()


def _dataset():
    features = {"animal": {"names": ["cat", "dog"], "_type": "ClassLabel"},
                "image": {"_type": "Image"}, "vector": {"feature": {"dtype": "float32"}}}
    return pa.table({
        "vector": X.tolist(), "animal": [i % 2 for i in range(N)],
        "image": [{"bytes": _png(i), "path": None} for i in range(N)],
    }).replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})


def _stream(path, table):
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)
    return path


def _saved(folder):
    for i in range(2):
        _stream(folder / f"data-0000{i}-of-00002.arrow", _dataset()[N // 2 * i : N // 2 * (i + 1)])
    files = [{"filename": f"data-0000{i}-of-00002.arrow"} for i in range(2)]
    (folder / "state.json").write_text(json.dumps({"_data_files": files}))
    return folder


def _parquet(path):
    parquet.write_table(_dataset(), path)
    return path


@behavior("Arrow streams, folders of `save_to_disk`, and Parquet files of Hugging Face",
          "Class numbers become their names, and pictures those of the points.")
@pytest.mark.parametrize("write", [
    lambda folder: _stream(folder / "a.arrow", _dataset()), _saved,
    lambda folder: _parquet(folder / "a.parquet"),
], ids=["stream", "folder", "Parquet"])
def test_datasets(tmp_path, write):
    """Vectors, names of classes and pictures come out together."""
    data = load(write(tmp_path))
    assert np.array_equal(data.X, X) and list(data.meta) == ["animal"]
    assert list(data.meta["animal"][:3]) == ["cat", "dog", "cat"]
    assert data.pictures([7, 40])[:, 32, 32].tolist() == [[7, 0, 0], [40, 0, 0]]


def test_a_folder_of_splits(tmp_path):
    """One split must be named."""
    (tmp_path / "dataset_dict.json").write_text('{"splits": ["train", "test"]}')
    with pytest.raises(ValueError, match="holds several splits; name the folder of one"):
        load(tmp_path)


@behavior("A column of `fixed_shape_tensor`", "It is X if its tensors have one dimension.")
def test_tensors_in_a_column(tmp_path):
    """Vectors are taken, and matrices are refused by name."""
    tensors = pa.FixedShapeTensorArray.from_numpy_ndarray
    parquet.write_table(pa.table({"v": tensors(X), "n": range(N)}), tmp_path / "a.parquet")
    assert np.array_equal(load(tmp_path / "a.parquet").X, X)
    with pytest.raises(ValueError, match=r"column 'v' holds .*shape=\[2,4\].* convert them"):
        load(pa.table({"v": tensors(X.reshape(N, 2, D // 2)), "n": range(N)}))


@behavior("safetensors, also of bfloat16", "The only matrix, or the one named by `columns`, is X.")
def test_safetensors(tmp_path):
    """Numbers are read without torch; what is cut off is refused."""
    def write(path, **tensors):
        header, content = {"__metadata__": {"format": "pt"}}, b""
        for name, (kind, array) in tensors.items():
            offsets = [len(content), len(content) + array.nbytes]
            header[name] = {"dtype": kind, "shape": array.shape, "data_offsets": offsets}
            content += array.tobytes()
        text = json.dumps(header).encode()
        path.write_bytes(struct.pack("<Q", len(text)) + text + content)
        return path

    path = tmp_path / "a.safetensors"
    assert np.array_equal(load(write(path, a=("F32", X), bias=("F32", X[0]))).X, X)
    assert np.array_equal(load(write(path, a=("F32", X), b=("F32", X + 1)), columns="b").X, X + 1)
    bits = X.view(np.uint32)
    upper = load(write(path, a=("BF16", (bits >> 16).astype(np.uint16)))).X
    assert np.array_equal(upper.view(np.uint32), bits & 0xFFFF0000)
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises(ValueError, match="can't be read as safetensors; it may be cut off"):
        load(path)
    with pytest.raises(ValueError, match=r"'a' of .* holds F8_E4M3; save it as float32"):
        load(write(path, a=("F8_E4M3", X.astype(np.uint8))))
