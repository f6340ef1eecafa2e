"""Files of several arrays, AnnData, and objects of other libraries, known by what they offer."""

import json
import time
from collections.abc import Sequence

import anndata
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import scipy.sparse
from sklearn.utils import Bunch

from tests.data.bad_input import XY, XYZ, N, X, behavior, load
from tsnecolor_nb import column_colors, load_embedding

GENES = np.zeros((N, 30), np.float32)
FRAME = pd.DataFrame(X, columns=list("abcdefgh")).assign(kind=["p", "q", "r"] * 20)


def cells(genes=GENES, **obsm):
    """Return an AnnData object with these arrays in obsm."""
    # AnnData can't write texts of Arrow, which pandas makes.
    names, columns = (np.array([f"{kind} {i}" for i in range(count)], object)
                      for kind, count in zip(("cell", "gene"), genes.shape, strict=True))
    kinds = pd.Categorical.from_codes(np.arange(N) % 3, pd.Index(list("pqr"), dtype=object))
    data = anndata.AnnData(
        genes, obs=pd.DataFrame({"kind": kinds}, index=pd.Index(names, dtype=object)),
        var=pd.DataFrame(index=pd.Index(columns, dtype=object)),
    )
    data.obsm.update(obsm)
    data.uns["kind_colors"] = ["#ff0000", "#00ff00", "#0000ff"]
    return data


def as_object(data, folder):
    """Return the object itself."""
    return data


def as_h5ad(data, folder):
    """Write an .h5ad file."""
    data.write_h5ad(folder / "cells.h5ad")
    return folder / "cells.h5ad"


def as_zarr(data, folder):
    """Write a folder of Zarr."""
    data.write_zarr(folder / "cells.zarr")
    return folder / "cells.zarr"


each_form = pytest.mark.parametrize("form", [as_object, as_h5ad, as_zarr])


@behavior("AnnData as an object, in .h5ad and in Zarr",
          "X is X_pca, or the only vectors in obsm, or the genes; obs is metadata. A line says "
          "what was used, and what was not.")
@each_form
@pytest.mark.parametrize("genes", [GENES, scipy.sparse.csr_matrix(GENES)], ids=["dense", "sparse"])
def test_anndata(tmp_path, form, genes):
    """The vectors in obsm come before the genes, and each cell keeps its name and its kind."""
    for key, others in (("X_pca", {"X_scVI": X + 1}), ("X_scVI", {})):
        data = load_embedding(form(cells(genes, X_umap=XY, **{key: X}, **others), tmp_path))
        assert np.array_equal(data.X, X) and np.array_equal(data.xy, XY)
        assert data.meta["row name"][7] == "cell 7" and list(data.meta["kind"][:3]) == list("pqr")
        assert data.notes[0].startswith(f"X is '{key}', the map is 'X_umap'; not used: ")


@behavior("Colors in `uns` of AnnData, as Scanpy writes them", "The labels have these colors.")
@each_form
def test_colors_of_anndata(tmp_path, form):
    """They belong to the categories in their order, not to the largest first."""
    data = load_embedding(form(cells(X_umap=XY, X_pca=X), tmp_path))
    colors = column_colors(data.meta["kind"]).srgb8
    assert colors[:3].tolist() == [[255, 0, 0], [0, 255, 0], [0, 0, 255]]


@behavior("A UMAP of three columns in a store", "It is the 3-D map.")
@each_form
def test_a_map_of_three_columns(tmp_path, form):
    """Another map is drawn, and nothing is refused."""
    data = load_embedding(form(cells(X_umap=XYZ, X_pca=X, X_tsne=XY), tmp_path))
    assert np.array_equal(data.xy, XY) and np.array_equal(data.xyz, XYZ)


@each_form
def test_genes_and_several_vectors(tmp_path, form):
    """Dense genes are X where nothing else is; of several vectors, one must be chosen."""
    assert np.array_equal(load_embedding(form(cells(X, X_umap=XY), tmp_path)).X, X)
    (tmp_path / "a").mkdir()
    several = form(cells(X_harmony=X, X_scVI=X + 1, X_umap=XY), tmp_path / "a")
    with pytest.raises(ValueError, match=r"columns must say which .* there are .*X_harmony"):
        load_embedding(several)
    assert np.array_equal(load_embedding(several, columns="X_harmony").X, X)


@behavior("One array of vectors among others in NPZ, HDF5, a dict or a Bunch of scikit-learn",
          "It is X, and a line says what was not used.")
def test_the_only_vectors(tmp_path, capsys):
    """Labels beside the vectors stand in nobody's way."""
    np.savez(tmp_path / "a.npz", embeddings=X, labels=np.arange(N))
    bunch = Bunch(embeddings=X, labels=np.arange(N), DESCR="text", frame=None)
    for value in (tmp_path / "a.npz", bunch, {"embeddings": X, "labels": np.arange(N)}):
        assert np.array_equal(load(value).X, X)
        assert "X is 'embeddings'; not used: 'labels'" in capsys.readouterr().out


class Dataset:
    """What a Dataset of Hugging Face offers."""

    column_names = ("vector", "animal")
    features = {"vector": None, "animal": type("ClassLabel", (), {"names": ["cat", "dog"]})}  # noqa: RUF012

    def __len__(self):
        return N

    def __getitem__(self, rows):
        return pa.table({"vector": X.tolist(), "animal": [i % 2 for i in range(N)]})

    def with_format(self, kind):
        """Return the data set as a source of Arrow tables."""
        assert kind == "arrow"
        return self


class Column(Sequence):
    """What a column of a Dataset of Hugging Face offers."""

    column_name = "vector"

    def __len__(self):
        return N

    def __getitem__(self, rows):
        return X[rows].tolist()


class Tensor:
    """What a tensor of PyTorch offers: NumPy gets it only in the end, and not as bfloat16."""

    def __init__(self, done=(), dtype=2):
        self.done, self.dtype = done, type("dtype", (), {"itemsize": dtype})

    def detach(self):
        """Leave the gradient."""
        return Tensor((*self.done, "detach"), self.dtype.itemsize)

    def cpu(self):
        """Leave the GPU."""
        return Tensor((*self.done, "cpu"), self.dtype.itemsize)

    def float(self):
        """Convert to float32."""
        return Tensor((*self.done, "float"), 4)

    def __array__(self, *args, **more):
        if self.done[:2] != ("detach", "cpu") or self.dtype.itemsize < 4:
            raise TypeError("can't convert")
        return X


class Index:
    """What an index of FAISS offers."""

    ntotal = N

    def reconstruct_n(self, first, count):
        """Return some vectors."""
        return X[first : first + count]


class Offers:
    """An object of an unknown library with one protocol."""

    def __init__(self, protocol):
        table = pa.Table.from_pandas(FRAME)
        method = getattr(table, protocol)
        setattr(type(self), protocol, lambda self, *args, **more: method(*args, **more))


WORDS = [f"word {i}" for i in range(N)]
KEYED = type("KeyedVectors", (), {"vectors": X, "index_to_key": WORDS})()
OBJECTS = {
    "RecordBatch": lambda: pa.RecordBatch.from_pandas(FRAME),
    "RecordBatchReader": lambda: pa.Table.from_pandas(FRAME).to_reader(),
    "__arrow_c_stream__": lambda: Offers("__arrow_c_stream__"),
    "__dataframe__": lambda: Offers("__dataframe__"),
    "columns": lambda: {name: list(FRAME[name]) for name in FRAME},
    "records": lambda: FRAME.to_dict("records"),
    "Series": lambda: FRAME.assign(v=list(X))["v"],
    "Series of Polars": lambda: pl.Series("v", X.tolist()),
    "Chroma": lambda: {"ids": WORDS, "embeddings": X.tolist(), "documents": WORDS, "data": None,
                       "metadatas": [None, *({"kind": "p"},) * (N - 1)]},
    "answer of Chroma": lambda: {
        "ids": [WORDS], "embeddings": [X], "documents": [WORDS], "uris": None,
        "metadatas": [[{"kind": "p"}] * N], "distances": [[0.5] * N]},
    "Gensim": lambda: KEYED,
    "model of Gensim": lambda: type("Word2Vec", (), {"wv": KEYED})(),
    "Hugging Face": Dataset,
    "column of Hugging Face": Column,
    "torch": lambda: Tensor(dtype=4),
    "bfloat16 of torch": Tensor,
    "FAISS": Index,
    "Dask": lambda: type("Frame", (), {"columns": list(FRAME), "compute": lambda self: FRAME})(),
    "sparse columns": lambda: FRAME.astype(dict.fromkeys("ab", pd.SparseDtype("float32", 0))),
    "records of NumPy": lambda: FRAME.to_records(index=False),
    "records with vectors": lambda: np.array(
        list(enumerate(X)), dtype=[("id", "i4"), ("v", "f4", X.shape[1])]),
    "list_view": lambda: pa.table({"v": pa.array(X.tolist(), pa.list_view(pa.float32()))}),
    "records by name": lambda: {
        word: {"v": row.tolist(), "kind": "p"} for word, row in zip(WORDS, X, strict=True)},
}


@behavior("RecordBatch, Dataset and Column of Hugging Face, what Chroma answers, word vectors of "
          "Gensim, tensors of PyTorch on any device, an index of FAISS, frames of Dask, records, "
          "and what offers `__arrow_c_stream__` or `__dataframe__`",
          "They are known by what they offer.")
@pytest.mark.parametrize("kind", OBJECTS)
def test_tables_of_other_libraries(kind):
    """Vectors and metadata are found without that library."""
    data = load(OBJECTS[kind]())
    assert np.array_equal(data.X, X)
    if kind == "Chroma":
        assert list(data.meta["ids"]) == WORDS and data.meta["kind"].notna().sum() == N - 1
    if kind == "records by name":
        assert list(data.meta["row name"]) == WORDS
    if kind == "Hugging Face":
        assert list(data.meta["animal"][:2]) == ["cat", "dog"]


@behavior("bfloat16 and float8 (of ml_dtypes)", "They become float32.")
def test_small_floats():
    """Their numbers are kept."""
    ml_dtypes = pytest.importorskip("ml_dtypes")
    for kind in (ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn):
        small = X.astype(kind)
        assert np.array_equal(load(small).X, small.astype(np.float32))


def test_an_answer_without_vectors():
    """What lacks in an answer of Chroma is said, and several answers are not mixed."""
    with pytest.raises(ValueError, match=r"X has no embeddings: .* include=\['embeddings'\]"):
        load({"ids": WORDS, "embeddings": None, "documents": WORDS})
    with pytest.raises(ValueError, match="X must be the answer to one query, got 2 of them"):
        load({"ids": [WORDS, WORDS], "embeddings": [X, X]})


def test_a_table_of_two_dimensions_is_no_column():
    """A labelled array, as xarray has, keeps its shape although it offers Arrow, too."""
    array = type("DataArray", (), {
        "dtype": X.dtype, "ndim": 2, "shape": X.shape, "__array__": lambda self, *a, **k: X,
        "__arrow_c_stream__": lambda self, schema=None: pa.table({"all": X.ravel()}),
    })()
    assert np.array_equal(load(array).X, X)


@behavior("Labels alone, in a list, a Series, or an array in a file", "They are a column `label`.")
def test_labels_alone(tmp_path):
    """Metadata of one column need no name."""
    np.save(tmp_path / "labels.npy", np.array(WORDS))
    (tmp_path / "labels.json").write_text(json.dumps(WORDS))
    for labels in (WORDS, np.array(WORDS), pd.Series(WORDS), tmp_path / "labels.npy",
                   tmp_path / "labels.json", pl.Series("label", WORDS)):
        assert load(X, meta=labels).meta.to_dict("list") == {"label": WORDS}
    lazy = pl.DataFrame({"word": WORDS}).lazy()
    assert list(load(X, meta=lazy).meta["word"]) == WORDS


@behavior("The index that pandas keeps in Parquet files, and one named like a column",
          "It is metadata, and takes no column's place.")
def test_names_of_rows_are_kept(tmp_path):
    """No name of a row is lost."""
    for name, column in ((None, "row name"), ("word", "word")):
        FRAME.set_axis(pd.Index(WORDS, name=name)).to_parquet(tmp_path / "a.parquet")
        assert list(load(tmp_path / "a.parquet").meta[column]) == WORDS
    named = FRAME.set_axis(pd.Index(WORDS, name="kind"))
    assert list(load(named).meta.columns) == ["kind (index)", "kind"]


def test_arrays_of_vectors():
    """Vectors in an array of objects or a list are X, and a missing one is a row of NaN."""
    vectors = pd.Series([None, *X[1:]])
    for value in (vectors.to_numpy(), list(vectors)):
        data = load(value, missing="grey")
        assert np.array_equal(data.X[1:], X[1:]) and np.flatnonzero(data.incomplete) == [0]
    assert np.array_equal(load(pd.Series(list(X)).to_numpy()).X, X)


def test_metadata_by_name():
    """Records by name, and those of NumPy, are metadata as well."""
    by_name = {word: {"kind": "p", "n": i} for i, word in enumerate(WORDS)}
    assert list(load(X, meta=by_name).meta["n"]) == list(range(N))
    assert list(load(X, meta=FRAME.to_records(index=False)).meta["kind"]) == ["p", "q", "r"] * 20


def test_a_bunch_with_a_frame():
    """The data are X, and not the frame that repeats them."""
    bunch = Bunch(data=FRAME.drop(columns="kind"), target=np.arange(N), frame=FRAME)
    assert np.array_equal(load(bunch).X, X)


def test_a_number_is_no_matrix():
    """A single number is refused like other arrays of another shape."""
    with pytest.raises(ValueError, match=r"X must have shape \(n, d\), got \(\)"):
        load(np.float32(3))


class Endless:
    """Something with rows that is neither an array nor a table."""

    def __len__(self):
        return 10**9

    def __getitem__(self, row):
        return self


@pytest.mark.parametrize("value", [Endless(), [Endless()], iter(X), {1, 2}, b"1"])
def test_what_is_no_array_is_refused_at_once(value):
    """No library is asked to go through it."""
    start = time.perf_counter()
    with pytest.raises(TypeError, match=r"X must be an array .* or a path, got"):
        load(value)
    assert time.perf_counter() - start < 1
