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
from tsnecolor_nb import load_embedding

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


V = X.tolist()
KINDS = ["p", "q", "r"] * 20
POINTS = [{"id": i, "payload": {"kind": KINDS[i], "at": {"page": i}}, "vector": V[i]}
          for i in range(N)]
HITS = [{"_id": str(i), "_score": 0.5 + i, "_source": {"kind": KINDS[i], "v": V[i]}}
        for i in range(N)]
ANSWERS = {
    "Qdrant, scroll": {"result": {"points": POINTS, "next_page_offset": None}, "status": "ok"},
    "Qdrant, one named vector": [{**x, "vector": {"text": x["vector"]}} for x in POINTS],
    "Pinecone, fetch": {"namespace": "a", "usage": {"readUnits": 1}, "vectors": {
        f"v{i}": {"id": f"v{i}", "values": V[i], "metadata": {"kind": KINDS[i], "n": i}}
        for i in range(N)}},
    "Pinecone, query": {"namespace": "", "matches": [
        {"id": str(i), "score": 0.1, "values": V[i], "metadata": {"kind": KINDS[i]},
         "sparseValues": {"indices": [1], "values": [0.5]}} for i in range(N)]},
    "Weaviate": {"objects": [{"class": "Doc", "properties": {"kind": KINDS[i]}, "vector": V[i]}
                             for i in range(N)], "totalResults": N},
    "Weaviate, GraphQL": {"data": {"Get": {"Doc": [
        {"kind": KINDS[i], "_additional": {"id": str(i), "vector": V[i]}} for i in range(N)]}}},
    "Milvus": {"code": 0, "data": [{"id": i, "vector": V[i], "$meta": {"kind": KINDS[i]}}
                                   for i in range(N)]},
    "Elasticsearch": {"took": 3, "_shards": {"total": 1}, "hits": {
        "total": {"value": N}, "max_score": 1.0, "hits": HITS}},
    "pgvector": [{"id": i, "embedding": str(V[i]), "cmetadata": {"kind": KINDS[i]}}
                 for i in range(N)],
    "MongoDB": [{"_id": {"$oid": f"{i:024x}"}, "v": V[i], "kind": KINDS[i]} for i in range(N)],
    "Cohere": {"id": "any", "embeddings": {"float": V, "int8": None}, "kind": KINDS,
               "meta": {"api_version": {"version": "2"}}},
    "Cohere, two types": {"embeddings": {"float": V, "int8": X.astype(int).tolist()},
                          "kind": KINDS},
    "OpenAI, a batch": [{"kind": KINDS[i], "response": {"status_code": 200, "body": {
        "object": "list", "data": [{"index": 0, "embedding": V[i]}]}}} for i in range(N)],
    "Bedrock": [{"modelInput": {"kind": KINDS[i]}, "modelOutput": {"embedding": V[i]}}
                for i in range(N)],
    "Vertex": {"predictions": [{"kind": KINDS[i], "embeddings": {
        "values": V[i], "statistics": {"token_count": 4}}} for i in range(N)]},
    "LlamaIndex": {"docstore/data": {f"v{i}": {"__data__": {
        "embedding": V[i], "metadata": {"kind": KINDS[i]}}} for i in range(N)}},
    "LangChain": {f"v{i}": {"vector": V[i], "metadata": {"kind": KINDS[i]}} for i in range(N)},
    "a graph": {"nodes": [{"kind": KINDS[i], "v": V[i]} for i in range(N)],
                "edges": [{"from": 0, "to": 1}] * 200},
    "Chroma": {"ids": KINDS, "kind": KINDS, "embeddings": V, "included": ["embeddings"],
               "metadatas": [{"page": i} for i in range(N)]},
}


@behavior("What vector stores and web services answer: records within others, vectors and metadata "
          "by name",
          "The records are found; fields of nested metadata are columns.")
@pytest.mark.parametrize("kind", ANSWERS)
def test_answers(tmp_path, kind):
    """Each vector keeps its metadata, from a file and from Python."""
    answer = ANSWERS[kind]
    (tmp_path / "a.json").write_text(json.dumps(answer))
    forms = [tmp_path / "a.json", answer]
    if isinstance(answer, list):
        (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, answer)))
        forms.append(tmp_path / "a.jsonl")
    for form in forms:
        data = load(form)
        assert np.array_equal(data.X, X) and list(data.meta["kind"]) == KINDS
    if kind == "Qdrant, scroll":
        assert list(data.meta["page"]) == list(range(N))


@behavior("The answer for one text, and one record as a file", "They are one point.")
@pytest.mark.parametrize("answer", [{"embedding": V[0]}, {"vector": V[0], "kind": "a", "id": 3}])
def test_one_record(tmp_path, answer):
    """The numbers of its vector are dimensions, not points."""
    (tmp_path / "a.json").write_text(json.dumps(answer))
    for form in (tmp_path / "a.json", answer):
        assert np.array_equal(load(form, xy=[[0, 0]]).X, X[:1])


@behavior("A column y without one called x", "It is metadata: what scikit-learn predicts.")
def test_target_y():
    """Beside x, it is a place on the map."""
    frame = pd.DataFrame(X, columns=list("abcdefgh")).assign(y=np.arange(N) % 3)
    data = load(frame)
    assert np.array_equal(data.X, X) and list(data.meta) == ["y"]
    placed = load(frame.assign(x=np.arange(N) / 7), xy=None)
    assert np.array_equal(placed.xy[:, 1], np.arange(N) % 3)


def test_nested_metadata():
    """Names stay apart, gaps stay gaps, and keys that differ in each row are no columns."""
    rows = [{"v": V[i], "title": "t", "a": {"title": i, "n": "1" if i else 2}} for i in range(N)]
    rows[7]["a"] = None
    meta = load(rows).meta
    assert list(meta) == ["title", "a.title", "n"]
    assert meta["a.title"][8] == 8 and meta["a.title"].isna().sum() == 1
    for frame in (pd.DataFrame(rows), pa.table({"v": V, "a": [{"title": i} for i in range(N)]})):
        assert load(frame).meta.iloc[9, -2 if "n" in load(frame).meta else -1] == 9
    rows[0]["a"] = {}
    assert list(load(rows).meta) == ["title", "a.title", "n"]
    frame = pd.DataFrame(rows, index=[f"row {i}" for i in range(N)])
    meta = load(pa.Table.from_pandas(frame[["v"]].assign(a=[{"n": 1}] * N))).meta
    assert meta.to_dict("list") == {"row name": list(frame.index), "n": [1] * N}
    many = [{"v": V[i % N], "a": {f"key {i}": 1}} for i in range(600)]
    assert list(load_embedding(many, np.zeros((600, 2))).meta) == ["a"]


def test_numbers_of_nested_metadata():
    """They are dimensions only where no other numbers are."""
    rows = [{"a": V[i][0], "b": V[i][1], "meta": {"page": 0.5 + i}} for i in range(N)]
    for value in (rows, pa.Table.from_pylist(rows)):
        data = load(value)
        assert np.array_equal(data.X, X[:, :2]) and list(data.meta) == ["page"]
    features = [{"id": i, "f": dict(zip("abcdefgh", V[i], strict=True))} for i in range(N)]
    assert np.array_equal(load(features).X, X)


def test_objects_of_clients():
    """Records of Pydantic are known by what they offer, with Qdrant's offset and without."""
    class Record:
        def __init__(self, fields):
            self.fields = fields

        def model_dump(self):
            return self.fields

    points = list(map(Record, POINTS))
    for value in (points, (points, None), Record({"data": POINTS, "model": "any"})):
        data = load(value)
        assert np.array_equal(data.X, X) and list(data.meta) == ["id", "kind", "page"]


@behavior("Lists of whole numbers, such as tokens, beside one column of vectors of fractions",
          "They are metadata.")
def test_tokens_beside_vectors():
    """Only fractions are vectors."""
    assert list(load(pd.DataFrame({"v": V, "tokens": [[1, 2, 3]] * N})).meta) == ["tokens"]


@behavior("Several files: a folder, a glob or a list of CSV, JSON, NPY, Parquet …, also packed",
          "Their rows are one table, in the order of their names; a line says which files.")
@pytest.mark.parametrize("kind", ["csv", "csv.gz", "jsonl", "npy", "npz", "parquet", "feather"])
def test_several_files(tmp_path, kind, capsys):
    """Ten parts come in the order of their numbers, however they are named."""
    frame = pd.DataFrame(X.astype(float), columns=list("abcdefgh")).assign(kind=KINDS)
    write = {
        "csv": lambda part, path: part.to_csv(path, index=False),
        "jsonl": lambda part, path: part.to_json(path, orient="records", lines=True,
                                                 double_precision=15),
        "npy": lambda part, path: np.save(path, part.to_numpy()[:, :8].astype(np.float32)),
        "npz": lambda part, path: np.savez(
            path, X=part.to_numpy()[:, :8].astype(np.float32), seed=3),
        "parquet": lambda part, path: part.to_parquet(path),
        "feather": lambda part, path: part.reset_index(drop=True).to_feather(path),
    }[kind.removesuffix(".gz")]
    paths = [tmp_path / f"part-{i}.{kind}" for i in range(12)]
    for i, path in enumerate(paths):
        write(frame[5 * i : 5 * i + 5], path)
    for value in (tmp_path, f"{tmp_path}/*.{kind}", list(map(str, paths)), paths):
        data = load(value)
        assert np.array_equal(data.X, X)
        assert kind[0] == "n" or list(data.meta["kind"]) == KINDS
        assert f"X is read from 12 files, 'part-0.{kind}' to" in capsys.readouterr().out


def test_files_of_several_forms(tmp_path):
    """Columns in another order, and CSV beside Parquet, are put together by name."""
    frame = pd.DataFrame(X.astype(float), columns=list("abcdefgh"))
    frame[:20].to_parquet(tmp_path / "a.parquet")
    frame[20:40][list("hgfedcba")].to_parquet(tmp_path / "b.parquet")
    frame[40:].to_csv(tmp_path / "c.csv", index=False)
    assert np.array_equal(load([tmp_path / name for name in ("a.parquet", "b.parquet", "c.csv")]).X,
                          X)


@behavior("JSON with another ending", "The first bytes tell.")
@pytest.mark.parametrize("content", [json.dumps(V), json.dumps(POINTS), JSON["by line"]])
def test_json_with_another_ending(tmp_path, content):
    """A list of vectors is no header of a table."""
    (tmp_path / "a.txt").write_text(content)
    assert np.array_equal(load(tmp_path / "a.txt").X, X)


@behavior("Texts as bytes, as of ARFF, Parquet and HDF5", "They are texts.")
def test_texts_as_bytes():
    """Labels in bytes don't look like vectors in bytes."""
    kinds = [f"é {kind}" for kind in KINDS]
    stored = [kind.encode() for kind in kinds]
    for value in (pd.DataFrame({"v": V, "kind": stored}), pa.table({"v": V, "kind": stored})):
        assert list(load(value).meta["kind"]) == kinds
    assert list(load(X, meta=np.array(KINDS, "S1")).meta["label"]) == KINDS


@pytest.mark.parametrize("orient", ["index", "columns", "records", "values", "split", "table"])
def test_json_of_pandas(tmp_path, orient):
    """Rows stay rows, however pandas writes them."""
    pd.DataFrame(X, columns=list("abcdefgh")).to_json(
        tmp_path / "a.json", orient=orient, double_precision=15)
    assert np.array_equal(load(tmp_path / "a.json").X, X)
    frame = pd.DataFrame(X.astype(float), columns=list("abcdefgh")).assign(kind=KINDS)
    frame.to_json(tmp_path / "a.json", orient="split", double_precision=15)
    data = load(tmp_path / "a.json")
    assert np.array_equal(data.X, X) and list(data.meta["kind"]) == KINDS


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
