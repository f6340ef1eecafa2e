"""Whatever is wrong with the data: one clear error, or what the table in docs/bad_input.md says."""

import base64
import errno
import gzip
import os
import re
import signal
import subprocess
import sys
import warnings
from decimal import Decimal
from functools import cache
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from sklearn.exceptions import ConvergenceWarning

from tests.alike import alike, few_clusters
from tests.data.bad_input import (
    ERRORS,
    GAPS,
    NAMED,
    TABLE,
    XY,
    XYZ,
    D,
    N,
    X,
    behavior,
    load,
    make_files,
)
from tools.bad_input import DOCUMENT, document
from tsnecolor_nb import (
    TECHNIQUES,
    CachedRun,
    color,
    label_colors,
    load_embedding,
    rasterize,
    show,
)
from tsnecolor_nb.arrays.files import write_whole
from tsnecolor_nb.arrays.ranges import square_around, square_of_most
from tsnecolor_nb.colors.palettes import MISSING
from tsnecolor_nb.gallery.page import write_folder

# Components of random numbers are not independent, so that ICA does not converge on them.
pytestmark = pytest.mark.filterwarnings("ignore:SampledICA did not converge")

KNOWN = (ValueError, TypeError, FileNotFoundError, FileExistsError)
BLUE = np.tile(np.uint8([0, 0, 255]), (N, 1))


every_technique = pytest.mark.parametrize("name", TECHNIQUES)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Return a folder of files with something wrong, as the working folder."""
    before = os.getcwd()
    folder = tmp_path_factory.mktemp("bad")
    make_files(folder)
    yield folder
    os.chdir(before)


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.what)
def test_one_error_says_what_is_wrong(folder, error):
    """The error names the argument, what came, and what would be right; it is of a known kind."""
    os.chdir(folder)
    with pytest.raises(KNOWN, match=error.message):
        error.call()


def test_the_table_in_the_documentation_is_that_of_the_tests():
    """The stored docs/bad_input.md is what `python -m tools.bad_input` writes."""
    assert DOCUMENT.read_text() == document()


def colored(name, data=X, **more):
    """Color data by a technique, with no more clusters than these few points bear."""
    srgb8 = color(load(data, **more), name, **few_clusters(name))
    assert srgb8.dtype == np.uint8 and srgb8.shape == (len(data), 3)
    return srgb8


@cache
def usual_colors(name):
    """Color the usual data once for all tests."""
    return colored(name)


@behavior("Incomplete rows with `missing=\"grey\"`",
          "They are grey; the others have the colors they would have without them.")
@every_technique
def test_incomplete_rows_are_grey(name):
    """Rows with NaN or infinity are grey and change no other row's color."""
    found = colored(name, GAPS, missing="grey", xyz=XYZ)
    left = np.delete(np.arange(N), [3, 17])
    assert (found[[3, 17]] == MISSING).all()
    alone = color(load(X[left], XY[left], xyz=XYZ[left]), name, **few_clusters(name))
    assert np.array_equal(found[left], alone)


@behavior("Constant dimensions", "They change nothing: they win no argmax and get no weight.")
@every_technique
def test_constant_dimensions(name):
    """Two constant columns among eight do no harm."""
    data = X.copy()
    data[:, [0, 3]] = 7
    assert len(np.unique(colored(name, data), axis=0)) > 1


@behavior("Rank below the components asked for",
          "What does not exist adds nothing; independent components stop at the rank.")
@every_technique
def test_low_rank(name):
    """Eight columns of rank two are colored."""
    assert len(np.unique(colored(name, X[:, :2] @ X[:2]), axis=0)) > 1


@behavior("All rows equal", "All points have one color, unless the map has a part in it; k-means "
          "warns that it finds one cluster.")
@every_technique
@pytest.mark.parametrize("value", [0, 3])
def test_all_rows_equal(name, value):
    """Points that are all the same are colored all the same."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = colored(name, np.full((N, D), value, np.float32))
    if TECHNIQUES[name].values is None:
        assert len(np.unique(found, axis=0)) == 1


@behavior("Duplicates", "Equal rows have equal colors, unless the map has a part in these.")
@every_technique
def test_duplicates(name):
    """Ten copies of each of six rows have one color each, but for the map's part in it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        found = colored(name, np.repeat(X[:6], 10, axis=0))
    if TECHNIQUES[name].values is None:
        assert all(len(np.unique(found[i : i + 10], axis=0)) == 1 for i in range(0, N, 10))


@behavior("Few rows", "Two rows are enough where there is no neighbor and no cluster to be found; "
          "else one error says how many are needed.")
@every_technique
@pytest.mark.parametrize("n", [1, 2, 3, 20])
def test_few_rows(name, n):
    """A technique colors few rows, or says in one line which number is too small."""
    embedding = load(X[:n], XY[:n])
    try:
        assert color(embedding, name).shape == (n, 3)
    except ValueError as error:
        assert re.search(r"must|minimum|needs", str(error)), error


@behavior("One dimension", "It is colored; channels without a component are 0.")
@every_technique
def test_one_dimension(name):
    """A single column is data, too."""
    colored(name, X[:, :1])


@behavior("All points at one place on the map", "They are colored, and drawn as one dot.")
@every_technique
def test_one_place(name):
    """Techniques work, and the map draws, where the map says nothing."""
    embedding = load(X, np.ones((N, 2)))
    srgb8 = color(embedding, name, **few_clusters(name))
    assert show(embedding.xy, srgb8).png().startswith(b"\x89PNG")


@behavior("Huge offsets (1e6)", "Float32 keeps seven digits, so 1e6 is kept in steps of 0.06; what "
          "is left of the differences is colored as in float64.")
@every_technique
def test_huge_offsets(name):
    """Rounded numbers far from the origin are colored as the same numbers near it."""
    far = (X * 100 + np.float32(1e6)).astype(np.float32)
    near = far - np.float32(1e6)  # exact
    assert alike(name, colored(name, far, xyz=XYZ), colored(name, near, xyz=XYZ))


@behavior("Scales of 1e-30 and 1e30, or of 1e300 in float64",
          "X is kept times a power of two, which loses no digit, and a line says so. Colors stay.")
@every_technique
@pytest.mark.parametrize("exponent", [-100, 100, 1000])
def test_extreme_scales(name, exponent):
    """A power of two in front of X changes no color at all."""
    scaled = X.astype(np.float64) * 2.0**exponent
    assert np.array_equal(colored(name, scaled), usual_colors(name))


def test_extreme_scales_are_taken_back_before_decoding():
    """A decoder gets the vectors as they came."""
    seen = []
    scaled = load(X * np.float32(2.0**-100), decode=lambda v: seen.append(v) or np.zeros((1, 2, 2)))
    scaled.pictures([4])
    assert np.array_equal(seen[0], X[4:5] * np.float32(2.0**-100))


FORMS = {
    "float64": lambda x: x.astype(np.float64),
    "big-endian": lambda x: x.astype(">f4"),
    "Fortran order": np.asfortranarray,
    "strided": lambda x: np.repeat(x, 2, axis=0)[::2],
    "reversed": lambda x: x[::-1].copy()[::-1],
    "read-only": lambda x: np.frombuffer(x.tobytes(), np.float32).reshape(x.shape),
    "list": lambda x: x.tolist(),
    "masked": lambda x: np.ma.MaskedArray(x, np.zeros_like(x, bool)),
    "__array__": lambda x: type("Tensor", (), {"__array__": lambda self, *a, **k: x})(),
    "__dlpack__": lambda x: type(
        "Tensor", (), {"__dlpack__": lambda self, **k: x.__dlpack__(**k),
                       "__dlpack_device__": lambda self: x.__dlpack_device__()})(),
    "pandas": lambda x: pd.DataFrame(x),
    "Polars": lambda x: pl.DataFrame(x),
    "Arrow": lambda x: pa.table({f"d{j}": column for j, column in enumerate(x.T.copy())}),
    "column of vectors": lambda x: pd.DataFrame({"v": list(x)}),
}


@behavior("Float64, big-endian, Fortran order, strided, reversed, read-only, lists, masked arrays, "
          "torch and JAX (`__array__`, `__dlpack__`), pandas, Polars, Arrow",
          "X is the same float32 matrix; only what is not such a one already is copied.")
@pytest.mark.parametrize("form", FORMS)
def test_forms_of_numbers(form):
    """However numbers come, they are the same numbers, and the original is left alone."""
    whole = load(FORMS[form](X)).X
    assert whole.dtype == np.float32 and whole.flags.c_contiguous
    assert np.array_equal(whole, X)


@behavior("Float16, integers, truth values", "They become float32 without loss up to 2²⁴.")
@pytest.mark.parametrize("dtype", ["f2", "i1", "u2", "i8", "?"])
def test_small_types(dtype):
    """Small types are taken as the numbers they are."""
    small = (X * 3).astype(dtype)
    assert np.array_equal(load(small).X, small.astype(np.float64))


def test_float32_is_not_copied():
    """A matrix that is already right is used as it stands."""
    assert np.shares_memory(load(X).X, X)


@behavior("Masked entries", "They count as NaN.")
def test_masked_entries_are_missing():
    """What a mask hides is not taken for a number."""
    mask = np.zeros_like(X, bool)
    mask[5, 2] = True
    with pytest.raises(ValueError, match=r"1 of 60 rows .*, first 5"):
        load(np.ma.MaskedArray(X, mask))


@behavior("A memory-mapped, read-only file", "All techniques work on it and leave it as it was.")
@every_technique
def test_memory_maps(name, tmp_path):
    """A technique neither needs to write into X nor does so."""
    np.save(tmp_path / "x.npy", X)
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r", allow_pickle=False)
    assert np.array_equal(colored(name, mapped), usual_colors(name))
    assert np.array_equal(np.load(tmp_path / "x.npy", allow_pickle=False), X)


@behavior("A file with a wrong extension", "The first bytes decide: Parquet named .csv is read.")
def test_contents_decide(tmp_path):
    """A name does not hide what is in a file."""
    TABLE.to_parquet(tmp_path / "table.csv")
    np.save(tmp_path / "x.npy", X)
    (tmp_path / "x.npy").rename(tmp_path / "x.parquet")
    (tmp_path / "packed.csv").write_bytes(gzip.compress(TABLE.to_csv(index=False).encode()))
    assert np.array_equal(load(tmp_path / "table.csv").X, X[:, :3])
    assert np.array_equal(load(tmp_path / "x.parquet").X, X)
    assert np.allclose(load(tmp_path / "packed.csv").X, X[:, :3])


@behavior("CSV with text columns, a saved index, semicolons, or no header",
          "Numbers are dimensions, text and row numbers become metadata, and a line says which.")
def test_csv(tmp_path, capsys):
    """No text, no index and no first row is lost or taken for a dimension."""
    TABLE.to_csv(tmp_path / "a.csv")
    TABLE.to_csv(tmp_path / "b.csv", sep=";", index=False)
    np.savetxt(tmp_path / "c.csv", X, delimiter=",", fmt="%.9g")
    a, b, c = (load(tmp_path / f"{name}.csv") for name in "abc")
    assert np.allclose(a.X, X[:, :3]) and list(a.meta) == ["Unnamed: 0", "kind"]
    assert np.allclose(b.X, X[:, :3]) and list(b.meta) == ["kind"]
    assert np.array_equal(c.X, X)
    assert "dimensions of X: 'a', 'b', 'c'; left as meta: 'kind'" in capsys.readouterr().out


@behavior("CSV whose names are numbers: 0, 1, 2, years, wavelengths",
          "They are names, not a first point; where that is unclear, one error says how to tell.")
@pytest.mark.parametrize("index", [False, True, "words"])
@pytest.mark.parametrize("names", [range(D), range(2001, 2001 + D), np.arange(D) * 0.5 + 400])
def test_names_that_are_numbers(tmp_path, names, index):
    """As many points come back as were written, with or without an index beside them."""
    frame = pd.DataFrame(X, columns=list(names))
    if index == "words":
        frame.index = [f"row {i}" for i in range(N)]
    frame.to_csv(tmp_path / "a.csv", index=bool(index))
    assert np.array_equal(load(tmp_path / "a.csv").X, X)


@pytest.mark.parametrize("values", [X, np.arange(N * D).reshape(N, D), X.round() + 5])
def test_a_first_row_of_numbers_is_a_point(tmp_path, values):
    """Without names no row is lost, not even one that counts."""
    pd.DataFrame(values).to_csv(tmp_path / "a.csv", header=False, index=False)
    assert np.array_equal(load(tmp_path / "a.csv").X, np.float32(values))


@behavior("CSV with a comma at each row's end, or with R's row names",
          "No column is lost; row names become metadata.")
def test_rows_longer_than_the_first_line(tmp_path):
    """The numbers are the same as without the additional cell."""
    head, *rows = TABLE[["a", "b", "c"]].to_csv(index=False).splitlines()
    (tmp_path / "a.csv").write_text("\n".join([head, *(f"{row}," for row in rows)]))
    (tmp_path / "b.csv").write_text("\n".join(f"{row}," for row in [head, *rows]))
    (tmp_path / "d.csv").write_text(
        "\n".join([head, *(f"name {i},{row}" for i, row in enumerate(rows))])
    )
    for name in "abd":
        assert np.allclose(load(tmp_path / f"{name}.csv").X, X[:, :3])
    assert load(tmp_path / "d.csv").meta["row name"][7] == "name 7"


@behavior("Data frames of pandas whose rows have names, in several orders",
          "Map and metadata are put into the order of X, a line says so, and the names are kept.")
def test_rows_are_matched_by_name(capsys):
    """Each point gets its own place and its own metadata."""
    order = np.random.default_rng(1).permutation(N)
    places = pd.DataFrame(XY, index=NAMED.index)
    meta = pd.DataFrame({"number": range(N)}, index=NAMED.index)
    for named in (NAMED, NAMED.reset_index(drop=True)):
        index = named.index
        data = load(named, places.set_axis(index).iloc[order], meta=meta.set_axis(index)[::-1])
        assert np.array_equal(data.xy, XY) and list(data.meta["number"]) == list(range(N))
        assert "meta: its rows are put into the order of X" in capsys.readouterr().out
    assert list(load(NAMED).meta["row name"]) == list(NAMED.index)
    some = load(NAMED.reset_index(drop=True)[::2], XY[::2], meta=meta.reset_index(drop=True))
    assert list(some.meta["number"]) == list(range(0, N, 2))
    assert list(load(X, meta=meta[::-1]).meta["number"]) == list(range(N))[::-1]


@behavior("A column of vectors as text, `[0.1, 0.2]`, with or without commas; with `None`",
          "They are the vectors; a missing one is a row of NaN.")
@pytest.mark.parametrize("separator", [", ", " "])
def test_vectors_as_text(tmp_path, separator):
    """Other numbers of the table are not taken in their place."""
    texts = [separator.join(map(repr, map(float, row))).join("[]") for row in X]
    frame = pd.DataFrame({"score": range(5, 5 + N), "vector": texts})
    frame.to_csv(tmp_path / "a.csv", index=False)
    data = load(tmp_path / "a.csv")
    assert np.array_equal(data.X, X) and list(data.meta) == ["score"]
    lists = pd.DataFrame({"vector": [None, *X[1:].tolist()]})
    assert load(lists, missing="grey").incomplete.tolist() == [True] + [False] * (N - 1)


@behavior("Vectors as arrays, tensors, tuples and PostgreSQL are printed, or without brackets",
          "They are the vectors, if all numbers are there.")
@pytest.mark.parametrize("pattern", ["({})", "{{{}}}", "array([{}], dtype=float32)", "{}",
                         "tensor([{}], device='cuda:0', grad_fn=<A>)", "np.array([{}])", "[{}]"])
@pytest.mark.parametrize("separator", [", ", " ", "\n "])
def test_vectors_as_they_are_printed(tmp_path, pattern, separator):
    """The score beside them is not taken in their place, nan is a gap, and no row is a header."""
    texts = [pattern.format(separator.join(map(repr, map(float, row)))) for row in GAPS[:17]]
    data = load(pd.DataFrame({"score": X[:17, 0], "v": texts}), XY[:17], missing="grey")
    assert np.array_equal(data.X, GAPS[:17], equal_nan=True) and list(data.meta) == ["score"]
    frame = pd.DataFrame({"v": [text.replace("nan", "0") for text in texts], "word": "some"})
    frame.to_csv(tmp_path / "a.csv", index=False, header=False)
    assert np.array_equal(load(tmp_path / "a.csv", XY[:17]).X, np.nan_to_num(GAPS[:17]))


@behavior("Vectors as NumPy 2 and lists of texts are printed, and as float32 in base64",
          "They are the vectors.")
@pytest.mark.parametrize("write", [
    lambda row: f"[{', '.join(f'np.float32({x})' for x in row)}]",
    lambda row: str([str(x) for x in row]), lambda row: base64.b64encode(row.tobytes()).decode(),
    lambda row: base64.urlsafe_b64encode(row.tobytes()).decode().rstrip("="),
], ids=["NumPy 2", "texts", "base64", "base64 for URLs"])
def test_vectors_that_programs_write(write):
    """The score beside them is not taken in their place, and a hash is no vector."""
    wide = np.hstack([X, -X])
    data = load(pd.DataFrame({"score": X[:, 0], "v": [write(row) for row in wide]}))
    assert np.array_equal(data.X, wide) and list(data.meta) == ["score"]
    hashes = [base64.b64encode(np.random.default_rng(i).bytes(66)).decode() for i in range(N)]
    assert list(load(TABLE[["a"]].assign(hash=hashes)).meta["hash"]) == hashes


@pytest.mark.parametrize("separator", ["; ", " "])
def test_printed_vectors_with_decimal_commas(separator):
    """A comma between digits does not part them, where there is another separator."""
    texts = [separator.join(f"{x:.9f}" for x in row).replace(".", ",").join("[]") for row in X]
    assert np.allclose(load(pd.DataFrame({"v": texts})).X, X)


@behavior("Numbers with thin spaces, apostrophes, a currency, a true minus sign, or as 1.5D+03",
          "They are refused as text, and not left out in silence.")
@pytest.mark.parametrize("number", ["1\u2009234", "1\u202f234,5", "1'234", "1_234.5", "\u22121.5",
                         "$1.5", "1.5 €", "1.5D+03", "12 %", "1.234,5", "１２", "١٢٫٥"])
def test_numbers_that_are_written_otherwise(tmp_path, number):
    """The error shows one of them."""
    path = tmp_path / "a.csv"
    path.write_text("a;b\n" + f"{number};2,5\n" * N, "utf-8")
    message = re.escape(f"column 'a' holds numbers as text, first {number!r}")
    with pytest.raises(ValueError, match=message):
        load(path)


@behavior("Numbers with units, in brackets for a minus, or with their error; decimals as text",
          "They are refused as text; up to 20 different ones are labels.")
@pytest.mark.parametrize("pattern", ["{} kg", "{}ms", "{} µm", "{}°C", "({})", "CHF {}", "{} USD",
                         "{}±0.1", "{}K", "{}"])
def test_numbers_with_units(pattern):
    """A column of measurements is not left out in silence, and one of doses is a label."""
    texts = [pattern.format(f"{i}.5") for i in range(25)] * 2 + [pattern.format("0.5")] * 10
    with pytest.raises(ValueError, match=re.escape(f"numbers as text, first {texts[0]!r}")):
        load(TABLE[["a"]].assign(text=texts))
    doses = load(TABLE[["a"]].assign(text=texts[:3] * 20))
    assert list(doses.meta) == ["text"] and np.array_equal(doses.X, X[:, :1])
    for text in ("2024-{:02d}-07", "{:02d}.01.2024", "12:{:02d}", "10.0.0.{}", "3.{}.1", "{} kg"):
        days = [text.format(i) for i in range(N)]
        assert list(load(TABLE[["a"]].assign(day=days)).meta["day"]) == days


@behavior("Ids, class numbers, truth values and decimals among the columns",
          "Ids and class numbers are metadata, the others are dimensions.")
def test_kinds_of_numbers():
    """Numbers that name something do not become dimensions, and no measurement is left out."""
    frame = TABLE[["a"]].assign(
        yes=X[:, 1] > 0, price=[Decimal(i) / 4 for i in range(N)], label=np.arange(N) % 3,
        paper=10**17 + 7 * np.arange(N), **{"Unnamed: 0": X[:, 2]},
    )
    data = load(frame)
    assert np.allclose(data.X, np.column_stack([X[:, 0], X[:, 1] > 0, np.arange(N) / 4]))
    assert list(data.meta) == ["label", "paper", "Unnamed: 0"]
    order = np.random.default_rng(0).permutation(N)
    known = np.where(order > 9, order, np.nan)
    names = TABLE[["a", "b", "c"]].assign(
        order=order, seconds=1_700_000_000 + order // 2, label=known % 3, id=1e9 + 7 * known,
        huge=[2**70 + 3 * i for i in range(N)],
    )
    data = load(names)
    assert np.array_equal(data.X, X[:, :3])
    assert list(data.meta) == ["order", "seconds", "label", "id", "huge"]
    days = TABLE[["a"]].assign(day=20240101 + order % 28, seconds=1.7e9 + order / 2)
    assert list(load(days).meta) == ["day", "seconds"]


@behavior("Words that are numbers before vectors without a header",
          "They are metadata, if all differ and all other numbers are fractions.")
def test_words_that_are_numbers(tmp_path):
    """An id of the first column is no dimension, and a measurement is one."""
    words = np.random.default_rng(0).permutation(9000)[:N]
    for first, width in ((words, D), (words // 3000, D + 1)):
        frame = pd.DataFrame(X.astype(float)).round(6)
        frame.insert(0, "word", first)
        for separator in " ,":
            frame.to_csv(tmp_path / "a.txt", index=False, header=False, sep=separator)
            data = load(tmp_path / "a.txt")
            assert np.allclose(data.X[:, width - D :], X, atol=1e-5)
            assert width > D or list(data.meta["0"]) == list(words)


@behavior("Columns with the usual names of a map: UMAP1 and UMAP2, tsne_x and tsne_y, x and y",
          "They are the map, and a line says so.")
@pytest.mark.parametrize("names", [("UMAP1", "UMAP2"), ("t-SNE 1", "t-SNE 2"), ("X_pacmap_0",
                         "X_pacmap_1"), ("x", "y"), ("x_umap", "y_umap"), ("tsne-2d-one",
                         "tsne-2d-two"), ("bh-SNE1", "bh-SNE2"), ("MDE_1", "MDE_2"), ("pos_x",
                         "pos_y"), ("x_coordinate", "y_coordinate"), ("LocalMAP 1", "LocalMAP 2"),
                         ("embedding_x", "embedding_y"), ("xy_0", "xy_1"), ("densmap1", "densmap2")
                         ])
def test_a_map_is_known_by_its_names(names, capsys):
    """No new map is made, and the map is no dimension."""
    frame = pd.DataFrame(X, columns=list("abcdefgh")).assign(**dict(zip(names, XY.T, strict=True)))
    data = load_embedding(frame)
    assert np.array_equal(data.X, X) and np.array_equal(data.xy, XY)
    assert f"the map is {names[0]!r}, {names[1]!r}" in capsys.readouterr().out
    assert np.array_equal(load(frame).X, X)  # another map does not make this one data
    cloud = pd.DataFrame(XYZ, columns=list("xyz"))
    assert np.array_equal(load(cloud).X, XYZ)
    lists = pd.DataFrame({"v": list(X), "umap": list(XY), "tsne": list(XYZ)})
    data = load_embedding(lists)
    assert np.array_equal(data.X, X) and np.array_equal(data.xy, XY)
    assert np.array_equal(data.xyz, XYZ)


@behavior("Three columns with the usual names of a map: x, y and z, UMAP1 to UMAP3",
          "They are the 3-D map `xyz`, and no dimensions; a line says so.")
@pytest.mark.parametrize("names", ["xyz", ("UMAP1", "UMAP2", "UMAP3"), ("tsne_0", "tsne_1",
                         "tsne_2")])
def test_a_map_of_three_columns_is_known_by_its_names(names, capsys):
    """Neither z nor another map becomes a dimension; five columns of UMAP are data."""
    frame = pd.DataFrame(X, columns=list("abcdefgh")).assign(**dict(zip(names, XYZ.T, strict=True)))
    data = load(frame.assign(pacmap_x=XY[:, 0], pacmap_y=XY[:, 1]))
    assert np.array_equal(data.X, X) and np.array_equal(data.xyz, XYZ)
    assert list(data.meta) == ["pacmap_x", "pacmap_y"]
    assert f"the 3-D map is {names[0]!r}, {names[1]!r}" in capsys.readouterr().out
    reduced = pd.DataFrame(X[:, :5], columns=[f"umap_{i}" for i in range(5)])
    assert np.array_equal(load(reduced).X, X[:, :5])


def test_numbers_name_columns_of_a_map():
    """Columns of a frame without names are named by their numbers."""
    frame = pd.DataFrame(np.hstack([X, XY]))
    assert np.array_equal(load(frame, (8, 9)).X, X) and np.array_equal(load(frame, (8, 9)).xy, XY)


def test_a_map_is_found_in_a_table_of_its_own(tmp_path):
    """Other numbers beside x and y are not part of it."""
    places = pd.DataFrame({"size": X[:, 0], "x": XY[:, 0], "y": XY[:, 1], "z": XYZ[:, 2]})
    places[["size", "x", "y"]].to_csv(tmp_path / "map.csv", index=False)
    assert np.array_equal(load(X, tmp_path / "map.csv").xy, XY)
    assert np.array_equal(load(X, xyz=places).xyz, places[["x", "y", "z"]])


@behavior("A map far from its origin: 1e8 and a few units, seconds since 1970",
          "It is kept as float64, and drawn like the same map at the origin.")
def test_a_map_far_from_the_origin():
    """Points that lie apart are drawn apart."""
    near = rasterize(XY, BLUE)
    far = load(X, XY.astype(np.float64) + 2.0**30)
    assert np.abs(rasterize(far.xy, BLUE).astype(int) - near).mean() < 1
    seconds = 1_700_000_000 + np.arange(N)
    assert len(np.unique(load(X, np.column_stack([seconds, seconds])).xy[:, 0])) == N
    assert load(X, XY.astype(np.float64)).xy.dtype == np.float32


@behavior("A point on the map that is far from all others", "A line says how many there are.")
@pytest.mark.parametrize("far", [100, -1e6])
def test_a_point_far_away(far, capsys):
    """The square of most points is that of the others; a group of points is not left out."""
    places = XY.copy()
    places[7] = far, 0
    assert load(X, places).notes == ("1 of 60 points lie far from all others on the map",)
    square, outside = square_of_most(*places.T)
    assert np.flatnonzero(outside).tolist() == [7]
    assert square == square_around(*np.delete(places, 7, axis=0).T)
    places[8] = far, 0
    assert not square_of_most(*places.T)[1].any() and load(X, XY).notes == ()
    many = np.random.default_rng(0).normal(size=(2, 100_000))
    assert not square_of_most(*many)[1].any()


@behavior("Paths with spaces and letters of any script", "They are read and written.")
def test_unusual_paths(tmp_path):
    """Neither reading nor writing minds how a path is spelled."""
    folder = tmp_path / "meine Daten – 日本"
    folder.mkdir()
    np.save(folder / "точки x.npy", X)
    embedding = load(str(folder / "точки x.npy"))
    page, _ = write_folder(embedding, folder / "галерея 1", techniques=["argmax"], say=str)
    assert "точки x" in page.read_text(encoding="utf-8")


class _Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags, self.attributes, self.words = set(), set(), []

    def handle_starttag(self, tag, attributes):
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attributes}

    def handle_data(self, data):
        self.words.append(data)


@behavior("HTML in labels, in column names and in the name", "It is shown as the text that it is.")
def test_html_is_text(tmp_path):
    """The page of a gallery has no tag and no attribute that came with the data."""
    evil = '<script>alert(1)</script><img src=x onerror="alert(2)">\'"'
    meta = {evil: [evil] * 30 + ["plain"] * 30}
    page, _ = write_folder(
        load(X, meta=meta, name=evil), tmp_path / "page", techniques=["argmax"], say=str
    )
    found = _Tags()
    found.feed(page.read_text(encoding="utf-8"))
    assert "script" not in found.tags and "onerror" not in found.attributes
    assert sum(evil in word for word in found.words) >= 3


@behavior("A column with 100,000 different labels",
          "The largest 256 have colors of their own, the others share a grey; the page names 12.")
def test_a_hundred_thousand_labels(tmp_path):
    """So many labels neither take for ever nor fill the page."""
    labels = np.arange(100_000)
    assert len(np.unique(label_colors(labels), axis=0)) == 256
    many = load(np.zeros((100_000, 2), np.float32), np.zeros((100_000, 2)),
                meta={"label": [f"label {i}" for i in labels]})
    page, _ = write_folder(many, tmp_path / "page", techniques=[], say=str)
    text = page.read_text(encoding="utf-8")
    assert "and 99,988 more, smaller ones" in text and text.count("<li>") < 20


@behavior("A full disk while a file is written", "The error says so; the old file still stands.")
def test_a_full_disk_loses_nothing(tmp_path, monkeypatch):
    """An old gallery survives, and no half-written file is left."""
    embedding = load(X)
    folder = tmp_path / "gallery"
    write_folder(embedding, folder, techniques=["argmax"], say=str)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tsnecolor_nb.arrays.files.os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_folder(embedding, folder, techniques=["argmax"], say=str, size=300, force=True)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


KILLED = """
import os, signal, sys
from tsnecolor_nb.arrays.files import write_whole
from tsnecolor_nb.arrays.ranges import square_around, square_of_most

def write(file):
    file.write(b"half of it")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)

write_whole(sys.argv[1], write, overwrite=True)
"""


@behavior("`kill -9` while a file is written", "The old file stands; the next try succeeds.")
def test_kill_9_loses_nothing(tmp_path):
    """A process that dies in the middle of writing leaves the old file whole."""
    path = tmp_path / "colors.parquet"
    path.write_bytes(b"old")
    done = subprocess.run([sys.executable, "-c", KILLED, path])
    assert done.returncode == -signal.SIGKILL
    assert path.read_bytes() == b"old"
    write_whole(path, b"new", overwrite=True)
    assert path.read_bytes() == b"new"


@behavior("Ctrl-C in the middle of a run", "It stops; the next run gives the right colors.")
@every_technique
def test_ctrl_c_leaves_no_half_result(name):
    """After an interrupt at any step the same object colors as a fresh one."""
    few, reports = few_clusters(name), []
    run = CachedRun(load(X))
    fresh = run.run(name, progress=lambda *report: reports.append(report), **few).copy()
    for stop in range(0, len(reports), 1 + len(reports) // 4):
        run, count = CachedRun(load(X)), iter(range(len(reports)))

        def interrupt(step, fraction, stop=stop, count=count):
            if next(count) == stop:
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            run.run(name, progress=interrupt, **few)
        assert np.array_equal(run.run(name, **few), fresh)


INTERRUPTED = """
import os, signal
import numpy as np
from tsnecolor_nb import make_map

X = np.random.default_rng(0).normal(size=(300, 5))

def progress(fraction):
    if fraction > 0.5:
        os.kill(os.getpid(), signal.SIGINT)

try:
    make_map(X, progress=progress)
except KeyboardInterrupt:
    print("stopped")
    print(make_map(X[:9]).shape)
"""


@behavior("Ctrl-C while a map is made", "It stops at once, and the kernel lives.")
def test_ctrl_c_stops_a_map():
    """A true SIGINT ends openTSNE's work, and the process goes on."""
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True)
    assert done.stdout.split("\n")[:2] == ["stopped", "(9, 2)"], done.stderr


BESIDE = """
import numpy as np
from tsnecolor_nb import rasterize
X = np.random.default_rng(0).random((300, 3), np.float32)
print(rasterize(X[:, :2], np.uint8(255 * X)).sum())
"""


@behavior("Two kernels that share a cache", "Only compiled code is kept on disk, by numba, which "
          "writes it whole; no data and no results. Both kernels give the same.")
def test_two_kernels_share_the_cache(tmp_path):
    """Two processes that compile into one empty folder at once do not disturb each other."""
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    both = [
        subprocess.Popen([sys.executable, "-c", BESIDE], env=environment, text=True,
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    answers = [process.communicate() for process in both]
    assert all(process.returncode == 0 for process in both), answers
    assert answers[0][0] == answers[1][0] != ""
    assert any(tmp_path.rglob("*.nbi"))
