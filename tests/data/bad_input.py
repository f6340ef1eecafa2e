"""What goes wrong with people's data: one table, which the tests run and the documentation shows.

`tools/bad_input.py` writes docs/bad_input.md from `ERRORS` here and from the behaviors in
tests/data/; nothing is written there by hand.
"""

import gzip
import io
import json
import os
import pickle
import zipfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import scipy.sparse

from tsnecolor_nb import ClusterLabels, color, load_embedding, map_neighbors, neighbor_distance
from tsnecolor_nb.gallery.page import write_folder
from tsnecolor_nb.steps.pca import ChunkedPCA

N, D = 60, 8
_rng = np.random.default_rng(0)
X = (_rng.exponential(size=(N, D)) @ _rng.normal(size=(D, D))).astype(np.float32)
XY = _rng.normal(size=(N, 2)).astype(np.float32)
XYZ = _rng.normal(size=(N, 3)).astype(np.float32)

GAPS = X.copy()
GAPS[3, 1], GAPS[17, 0] = np.nan, np.inf
TABLE = pd.DataFrame(X[:, :3], columns=["a", "b", "c"]).assign(kind=["p", "q", "r"] * 20)


NAMED = pd.DataFrame(X, columns=list("abcdefgh"), index=[f"row {i}" for i in range(N)])


BEHAVIORS = {}


def behavior(what, happens):
    """Put a test into the table: what comes, and what happens."""

    def note(test):
        BEHAVIORS[what] = test.__module__, happens
        return test

    return note


FOREIGN = {"a.dta": b"<stata_dta>", "sheet.csv": b"<?xml version='1.0'?>",
           "old.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "a.mat": b"MATLAB 5.0 MAT-file",
           "b.mat": b"MATLAB 7.3 MAT-file", "a.sqlite": b"SQLite format 3\0",
           "a.faiss": b"IxF2", "a.mtx": b"%%MatrixMarket matrix"}


class Error(NamedTuple):
    """One wrong input: what it is, how one gets there, and what the message must say.

    ``call`` runs in a folder that `make_files` has filled.
    """

    what: str
    call: object
    message: str


def make_files(folder):
    """Fill a folder with files that are wrong in one way each."""
    os.chdir(folder)
    np.save("x.npy", X)
    np.save("objects.npy", np.array([{}, 1], dtype=object), allow_pickle=True)
    np.savez("objects.npz", X=np.array([[1, None]], dtype=object))
    np.savez("several.npz", a=X, b=X)
    np.save("bfloat16.npy", X.view("V2"))
    _cut("x.npy", "cut.npy", 500)
    np.savez("x.npz", X=X)
    _cut("x.npz", "cut.npz", 900)
    TABLE.to_parquet("table.parquet")
    _cut("table.parquet", "cut.parquet", 600)
    TABLE.to_feather("table.feather")
    _cut("table.feather", "cut.feather", 600)
    Path("packed.csv.gz").write_bytes(gzip.compress(TABLE.to_csv(index=False).encode())[:300])
    Path("words.npy").write_text("1,2\n3,4\n")
    Path("empty.npy").touch()
    Path("empty.csv").touch()
    Path("data.xyz").write_text("1 2 3")
    Path("folder").mkdir()
    Path("kinds").mkdir()
    TABLE.to_csv("kinds/a.csv")
    np.save("kinds/b.npy", X)
    pairs = (" ".join(f"{j + 1}:{x:.4f}" for j, x in enumerate(row)) for row in X)
    Path("svmlight.txt").write_text("\n".join(f"1 {line}" for line in pairs))
    Path("header.csv").write_text("group,,\na,b,c\n" + "0.5,1.5,2.5\n" * N)
    TABLE.mask(TABLE == TABLE.loc[5, "a"]).to_csv("gaps.csv", index=False)
    spoilt = TABLE.astype({"b": object})
    spoilt.loc[4, "b"] = "n/d"
    spoilt.to_csv("spoilt.csv", index=False)
    TABLE[["kind"]].to_csv("text.csv", index=False)
    Path("unclear.csv").write_text("3,1,2\n" + "0.5,1.5,2.5\n" * N)
    Path("longer.csv").write_text("a,b\n" + "1,2,3.5,4.5\n" * N)
    Path("parts").mkdir()
    TABLE.to_parquet("parts/1.parquet")
    TABLE.rename(columns={"b": "other"}).to_parquet("parts/2.parquet")
    Path("no_picture.png").write_text("not a picture")
    write_folder(load_embedding(X, XY), "gallery", techniques=["argmax"], say=lambda line: None)
    scipy.sparse.save_npz("sparse.npz", scipy.sparse.csr_matrix(X))
    for name, entries in {"model.pt": ["model/data.pkl", "model/data/0"], "two.zip": ["a.csv",
                          "b.csv"], "table.xlsx": ["[Content_Types].xml", "xl/a.xml"],
                          "table.ods": ["mimetype", "content.xml"]}.items():
        with zipfile.ZipFile(name, "w") as archive:
            for entry in entries:
                archive.writestr(entry, "1,2")
    for name, start in FOREIGN.items():
        Path(name).write_bytes(start + bytes(300))
    Path("gbk.csv").write_bytes("a,b\n1.5,水果\n2.5,茶\n".encode("gbk"))
    Path("rows.json").write_text(json.dumps({f"word {i}": row.tolist() for i, row in enumerate(X)}))
    Path("headers.csv").write_text("a,b\n")
    Path("pointer.npy").write_text("version https://git-lfs.github.com/spec/v1\nsize 9\n")
    Path("page.csv").write_text("<!DOCTYPE html><html>404</html>")
    vectors = [f"word {' '.join(map(str, row))}" for row in X]
    Path("words.txt").write_text("\n".join([*vectors[:6], vectors[6][:-20], *vectors[7:]]))
    Path("x.pkl").write_bytes(pickle.dumps(X))
    Path("config.json").write_text('{"embeddings": [{"tensorPath": "https://a.org/t.bytes"}]}')
    _hdf5("seurat.h5", **{"reductions/pca/cell.embeddings": X.T, "cell.names": np.zeros(N)})
    with open("cut.h5", "wb") as file:
        file.write(_hdf5()[:2500])


def _cut(whole, part, size):
    Path(part).write_bytes(Path(whole).read_bytes()[:size])


def _hdf5(name="x.h5", **arrays):
    import h5py

    with h5py.File(name, "w") as file:
        file.update(arrays or {"X": X})
    return Path(name).read_bytes()


def load(x, xy=XY, **more):
    """Load an embedding; all rows below go through this."""
    return load_embedding(x, xy, **more)


def pictures(**more):
    """Load an embedding and ask for its first picture."""
    return load(X, **more).pictures([0])


ERRORS = [
    Error("NaN or infinity in rows of X", lambda: load(GAPS),
          r'X must be finite; 2 of 60 rows .*, first 3, 17: .*missing="grey"'),
    Error("NaN or infinity in every row", lambda: load(X * np.nan, missing="grey"),
          "X must have at least one row of finite numbers; 60 of 60"),
    Error("NaN on the map", lambda: load(X, np.where(XY == XY[7], np.nan, XY)),
          "xy must be finite; 1 of 60 rows hold NaN or infinity, first 7"),
    Error("no row", lambda: load(X[:0], XY[:0]), "X must hold at least one point, got none"),
    Error("no dimension", lambda: load(X[:, :0]), r"X must have shape \(n, d\), got \(60, 0\)"),
    Error("one row, where axes are to be found", lambda: color(load(X[:1], XY[:1]), "pca_rgb"),
          "1 sample.* minimum of 2 is required by ChunkedPCA"),
    Error("one row, where neighbors are to be found", lambda: map_neighbors(XY[:1], 1),
          "k must be an integer from 1 to 0, the number of other points, got 1"),
    Error("a 1-D array", lambda: load(X[0]), r"X must have shape \(n, d\), got \(8,\)"),
    Error("a 3-D array", lambda: load(X[None]), r"X must have shape \(n, d\), got \(1, 60, 8\)"),
    Error("a map of three columns", lambda: load(X, XYZ),
          r"xy must have shape \(n, 2\), got \(60, 3\): a 3-D map is xyz"),
    Error("a map of other length", lambda: load(X, XY[:9]),
          r"xy must have one row per row of X \(60\), got 9"),
    Error("a 3-D map of other length", lambda: load(X, xyz=XYZ[:9]), "xyz must have one row per"),
    Error("metadata with two columns of one name",
          lambda: load(X, meta=pd.DataFrame(XY, columns=["a", "a"])),
          "meta must have columns of different names, got 'a' twice"),
    Error("metadata of other length", lambda: load(X, meta={"kind": ["a"]}),
          r"meta must have one row per row of X \(60\), got 1"),
    Error("metadata that lack a row", lambda: load(X, meta=TABLE[1:]),
          "got 59: was its first row read as a header"),
    Error("a generator, or an object without any protocol of arrays", lambda: load(iter(X)),
          "X must be an array .* got .*; make an array of it first"),
    Error("bfloat16 in an NPY file", lambda: load("bfloat16.npy"), r"by \.astype\(np.float32\)"),
    Error("images of other number", lambda: load(X, images=["a"]),
          r"images must be one per row of X \(60\), got 1"),
    Error("Python objects", lambda: load(X.astype(object)), "X must be .*, got dtype object"),
    Error("complex numbers", lambda: load(X + 1j), r"got dtype complex.*take \.real and \.imag"),
    Error("text", lambda: load(X.astype(str)), "X must be .*, got dtype <U32, that is text"),
    Error("dates", lambda: load(np.zeros((N, D), "datetime64[s]")), "that is dates"),
    Error("rows of several lengths", lambda: load([[1, 2], [3]]), "X must be a matrix of numbers"),
    Error("a sparse matrix", lambda: load(scipy.sparse.csr_matrix(X)),
          r"X must be dense, got a sparse csr_matrix: .*TruncatedSVD"),
    Error("a column of text among the dimensions", lambda: load(TABLE, columns=["a", "kind"]),
          "column 'kind' must hold numbers, got"),
    Error("a column that is not there", lambda: load(TABLE, columns=["a", "z"]),
          r"columns must name columns of the table, got \['a', 'z'\]; there are 'a', 'b'"),
    Error("a pattern that fits no column", lambda: load(TABLE, columns="dim_.*"),
          "columns must name columns of the table, got 'dim_"),
    Error("a pattern that is none", lambda: load(TABLE, columns="["), "or a regular expression"),
    Error("a map column that is not there", lambda: load(TABLE, ("x", "y")),
          "xy and xyz must name columns of the table, got 'x'"),
    Error("one column for both axes of a map", lambda: load(TABLE, ("a", "a")),
          "xy and xyz must name columns of the table, got 'a' twice"),
    Error("two columns of one name", lambda: load(pd.DataFrame(X[:, :2], columns=["a", "a"])),
          "X must have columns of different names, got 'a' twice"),
    Error("vectors of several lengths in a column",
          lambda: load(pd.DataFrame({"v": [[1, 2]] * 59 + [[1]]})),
          "vectors of column 'v' must have one length; most have 2 numbers, 1 rows .* row 59"),
    Error("a table without numbers", lambda: load("text.csv"), "columns must say which are the"),
    Error("a CSV file with gaps", lambda: load("gaps.csv"), "1 of 60 rows .*, first 5"),
    Error("a CSV file with a word among numbers", lambda: load("spoilt.csv"),
          "column 'b' must hold numbers or text; 1 of 60 rows hold text, first row 4: 'n/d'"),
    Error("a CSV file whose header has two lines", lambda: load("header.csv"),
          r"1 of 61 rows hold text, first row 0: 'a' \(or a part of the header\)\. "),
    Error("a CSV file whose first line may be names or numbers", lambda: load("unclear.csv"),
          "first line of 'unclear.csv', '3,1,2', may hold names or numbers; .*header=0"),
    Error("a CSV file whose rows are longer than its first line", lambda: load("longer.csv"),
          "names 2 columns, but line 2 has 4 cells"),
    Error("two columns of vectors", lambda: load(pd.DataFrame({"v": list(X), "w": list(X)})),
          "there are 2 columns of vectors and 0 of numbers among 'v', 'w'"),
    Error("short vectors beside more numbers",
          lambda: load(NAMED.assign(v=X[:, :3].tolist())), "1 columns of vectors and 8 of numbers"),
    Error("vectors of which only a part was printed",
          lambda: load(pd.DataFrame({"s": X[:, 0], "v": ["[0.1 0.2 ... 0.8 0.9]"] * N})),
          "column 'v' holds vectors that were cut when they were printed, first '.0.1 0.2 "),
    Error("vectors as base64, or as hexadecimal numbers",
          lambda: load(pd.DataFrame({"s": X[:, 0], "v": [row.tobytes().hex() * 4 for row in X]})),
          "column 'v' holds what may be vectors in base64 or as hexadecimal numbers, first '"),
    Error("arrays and words in a column",
          lambda: load(TABLE[["a"]].assign(v=[*X[1:], "none"])),
          r"column 'v' holds ndarray of shape \(8,\), str, which may be the vectors"),
    Error("a column of complex numbers", lambda: load(TABLE[["a"]].assign(v=X[:, 1] + 1j)),
          "column 'v' holds complex, which may be the vectors"),
    Error("vectors as bytes", lambda: load(pd.DataFrame({"v": [row.tobytes() for row in X]})),
          "column 'v' holds binary, which may be the vectors; convert them"),
    Error("numbers written as text",
          lambda: load(pd.DataFrame({"a": X[:, 0], "b": [f"{i},000.5" for i in range(10, 70)]})),
          "column 'b' holds numbers as text, first '10,000.5'; convert it"),
    Error("metadata with the row names of other data",
          lambda: load(NAMED, meta=NAMED.set_axis(NAMED.index + "'")),
          r"meta must have the index of X: 60 of 60 are not there, first \['row 0'\]"),
    Error("a pickled NPY file", lambda: load("objects.npy"), "holds pickled Python objects"),
    Error("pickled objects in an NPZ file", lambda: load("objects.npz"), "holds pickled Python"),
    Error("a model of PyTorch", lambda: load("model.pt"), "'model.pt' holds pickled Python"),
    Error("a pickle", lambda: load("x.pkl"), "'x.pkl' holds pickled Python objects"),
    Error("an Excel workbook", lambda: load("table.xlsx"), "its sheet with pandas.read_excel"),
    Error("an OpenDocument sheet", lambda: load("table.ods"), "its sheet with pandas.read_excel"),
    Error("an old Excel workbook", lambda: load("old.xls"), "its sheet with pandas.read_excel"),
    Error("a file of MATLAB", lambda: load("a.mat"), r"pass scipy.io.loadmat\(path\)"),
    Error("a file of MATLAB 7.3", lambda: load("b.mat"), r"pass np.transpose\(h5py.File\(path\)"),
    Error("a database of SQLite", lambda: load("a.sqlite"), "pass pandas.read_sql"),
    Error("an index of FAISS", lambda: load("a.faiss"), r"pass faiss.read_index\(path\)"),
    Error("a file of Stata, SPSS or SAS", lambda: load("a.dta"), r"pass pandas.read_stata\(path\)"),
    Error("XML named .csv", lambda: load("sheet.csv"), r"is of XML; pass pandas.read_xml\(path\)"),
    Error("a file of LibSVM", lambda: load("svmlight.txt"),
          "holds what may be sparse vectors, first '1 1:.* by sklearn.datasets.load_svmlight_file"),
    Error("sparse vectors as text", lambda: load(TABLE[["a"]].assign(v="{0: 0.5, 7: 0.25}")),
          "column 'v' holds what may be sparse vectors, first '{0: 0.5, 7: 0.25}'"),
    Error("embeddings of Seurat", lambda: load("seurat.h5"), "a file of Seurat, whose columns are"),
    Error("a file of Matrix Market", lambda: load("a.mtx"), r"pass scipy.io.mmread\(path\)"),
    Error("text that is not UTF-8", lambda: load("gbk.csv"),
          "'gbk.csv' is not UTF-8, first in line 2; .* encoding='gb18030' reads '水果'"),
    Error("an encoding that does not fit", lambda: load("gbk.csv", encoding="utf-8"),
          "'gbk.csv' can't be read with encoding='utf-8': "),
    Error("vectors by word in JSON or a dictionary", lambda: load("rows.json"),
          "X must tell rows from columns, got 60 names of 8 numbers each: pass np.stack"),
    Error("an address on the web", lambda: load("https://a.org/x.npy"),
          "X must be the path of a file, got 'https://a.org/x.npy'; download it first"),
    Error("an empty path", lambda: load(""), "X must be the path of a file, got ''"),
    Error("an open file", lambda: load(io.BytesIO()), "got BytesIO; pass its path"),
    Error("a table without rows", lambda: load("headers.csv"), "X must hold at least one point"),
    Error("a sparse matrix of SciPy in a file", lambda: load("sparse.npz"), "X must be dense"),
    Error("a pointer of Git LFS", lambda: load("pointer.npy"), "is a pointer of Git LFS"),
    Error("a web page in place of a file", lambda: load("page.csv"), "is a web page, not the file"),
    Error("a line of word vectors that lacks a number", lambda: load("words.txt"),
          "line 7 of 'words.txt' must be a word and 8 numbers, as most lines are, got 'word "),
    Error("several tables in a .zip file", lambda: load("two.zip"),
          "is a zip archive of 'a.csv', 'b.csv'; unpack it"),
    Error("a projector's configuration with files elsewhere", lambda: load("config.json"),
          "names 'https://a.org/t.bytes', which is not there"),
    Error("a truncated NPY file", lambda: load("cut.npy"), "can't be read as npy; it may be cut"),
    Error("a truncated NPZ file", lambda: load("cut.npz"), "can't be read as npz; it may be cut"),
    Error("a truncated Parquet file", lambda: load("cut.parquet"), "can't be read as parquet"),
    Error("a truncated Feather file", lambda: load("cut.feather"), "can't be read as feather"),
    Error("a truncated HDF5 file", lambda: load("cut.h5"), "can't be read as hdf5; it may be cut"),
    Error("a truncated .csv.gz file", lambda: load("packed.csv.gz"), "can't be read as csv"),
    Error("an empty NPY file", lambda: load("empty.npy"), "does not begin like such a file"),
    Error("an empty CSV file", lambda: load("empty.csv"), "can't be read as csv"),
    Error("text named .npy", lambda: load("words.npy"), "named .npy but does not begin like"),
    Error("an unknown kind of file", lambda: load("data.xyz"), r"is of no known kind; known are"),
    Error("no such file", lambda: load("nowhere.npy"), "X: there is no file or folder 'nowhere"),
    Error("a folder without data", lambda: load("folder"), "holds no file of a known kind"),
    Error("Parquet parts that differ", lambda: load("parts"),
          "2.parquet' has other columns than '.*1.parquet'"),
    Error("several files of other form", lambda: load(["table.parquet", "x.npy"]),
          "'x.npy' has other columns than 'table.parquet'; files that together are one table must"),
    Error("a folder of several kinds of files", lambda: load("kinds"),
          "folder 'kinds' holds several kinds of files, 'a.csv', 'b.npy'; name those of one kind"),
    Error("several arrays in a file", lambda: load("several.npz"),
          "columns must say which of the file's arrays to take: there are 'a', 'b'"),
    Error("an unknown way to treat gaps", lambda: load(X, missing="drop"),
          'missing must be one of "error", "grey", got \'drop\''),
    Error("an unknown way to make a map", lambda: load(X, None, method="mds"),
          'method must be one of "tsne", "umap", "pacmap"'),
    Error("an unknown technique", lambda: color(load(X), "pca"), "technique must be one of"),
    Error("fewer rows than clusters", lambda: ClusterLabels(61).fit(X),
          "n_clusters must be an integer from 1 to 60, the number of points, got 61"),
    Error("no cluster", lambda: ClusterLabels(0).fit(X), "n_clusters must be .*, got 0"),
    Error("fewer than no clusters", lambda: ClusterLabels(-2).fit(X), "n_clusters .*, got -2"),
    Error("yes as a number of clusters", lambda: ClusterLabels(True).fit(X), "got True"),
    Error("2.0 clusters", lambda: ClusterLabels(2.0).fit(X), r"n_clusters must be an .* got 2\.0"),
    Error("fewer rows than neighbors", lambda: neighbor_distance(X, XY, 60),
          "k must be an integer from 1 to 59, the number of other points, got 60"),
    Error("no neighbor", lambda: map_neighbors(XY, 0), "k must be an integer .* got 0"),
    Error("fewer than no neighbors", lambda: map_neighbors(XY, -1), "k must be .* got -1"),
    Error("yes as a number of neighbors", lambda: map_neighbors(XY, True), "k must .* got True"),
    Error("9.0 neighbors", lambda: map_neighbors(XY, 9.0), r"k must be an integer .* got 9\.0"),
    Error("more components than dimensions", lambda: ChunkedPCA(9).fit(X),
          r"n_components must be an integer from 1 to 8, .* got 9"),
    Error("no component", lambda: ChunkedPCA(0).fit(X), "n_components must .* got 0"),
    Error("pictures of fractions", lambda: pictures(images=np.zeros((N, 4, 4))),
          r"images must be uint8 \(0 to 255\), got float64"),
    Error("a function that gives other pictures", lambda: pictures(images=lambda rows: X[:1]),
          "images must be uint8"),
    Error("one file for all pictures", lambda: pictures(images="no_picture.png"),
          "images must be one per row, got one str"),
    Error("no pictures", lambda: pictures(), "has no pictures: it was loaded without `images`"),
    Error("a decoder that is none", lambda: load(X, decode=3), "decode must be callable, got int"),
    Error("a gallery where one stands", lambda: write_folder(load(X), "gallery"),
          "exists; choose another folder"),
]
