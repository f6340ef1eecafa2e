"""Tables of text as people and programs write them: separators, words, headers, encodings."""

import bz2
import gzip
import json
import lzma
import zipfile

import numpy as np
import pandas as pd
import pytest

from tests.data.bad_input import XY, D, N, X, behavior, load
from tsnecolor_nb import load_embedding

ROWS = [" ".join(map(repr, map(float, row))) for row in X]
WORDS = [f"word{i}" for i in range(N)]
for row, word in {0: "#", 3: '"', 7: "null", 9: "nan", 11: "NA", 13: 'hel"lo', 20: ",", 57: '"open',
                  58: "1984", 59: "é"}.items():
    WORDS[row] = word
FRAME = pd.DataFrame(X.astype(float), columns=list("abcdefgh")).assign(word=WORDS)
VECTORS = "\n".join(f"{word} {row}" for word, row in zip(WORDS, ROWS, strict=True))
BINARY = b"".join(word.encode() + b" " + row.tobytes() + b"\n"
                  for word, row in zip(WORDS, X, strict=True))

WORD_VECTORS = {
    "GloVe": VECTORS.encode(),
    "word2vec": f"{N} {D}\n{VECTORS}\n".encode(),
    "fastText": f"{N} {D}\n{VECTORS}\n".replace("\n", " \n").encode(),
    "on Windows": f"{N} {D}\n{VECTORS}\n".replace("\n", "\r\n").encode(),
    "binary": f"{N} {D}\n".encode() + BINARY,
}


@behavior("Word vectors of GloVe, word2vec (text and binary) and fastText",
          "They are X, and the words are metadata, those like `\"`, `#`, `null` and `NA`, too.")
@pytest.mark.parametrize("kind", WORD_VECTORS)
def test_word_vectors(tmp_path, kind):
    """Each word keeps its own vector."""
    path = tmp_path / ("vectors.bin" if kind == "binary" else "vectors.txt")
    path.write_bytes(WORD_VECTORS[kind])
    data = load(path)
    assert np.array_equal(data.X, X) and list(data.meta["word"]) == WORDS


def test_word_vectors_that_are_cut_off(tmp_path):
    """A file that has less words than it says is refused."""
    for name, kind in (("a.bin", "binary"), ("a.vec", "word2vec")):
        content = WORD_VECTORS[kind]
        (tmp_path / name).write_bytes(content[: len(content) // 2])
        with pytest.raises(ValueError, match="may be cut off"):
            load(tmp_path / name)


SEPARATED = {
    "pipes": {"sep": "|"},
    "tabs": {"sep": "\t"},
    "tabs without quotation marks": {"sep": "\t", "quoting": 3},
    "decimal commas": {"sep": ";", "decimal": ","},
    "decimal commas and tabs": {"sep": "\t", "decimal": ","},
    "decimal commas in quotation marks": {"sep": ",", "decimal": ","},
    "UTF-16": {"encoding": "utf-16"},
    "a byte order mark": {"encoding": "utf-8-sig"},
}


@behavior("CSV with pipes, tabs, decimal commas, as UTF-16, or with quotation marks inside words",
          "Numbers and words are read as they were written.")
@pytest.mark.parametrize("kind", SEPARATED)
def test_separators(tmp_path, kind):
    """No cell is lost, whatever stands between them."""
    FRAME.to_csv(tmp_path / "a.tsv", index=False, **SEPARATED[kind])
    data = load(tmp_path / "a.tsv")
    assert np.array_equal(data.X, X) and list(data.meta["word"]) == WORDS


def test_decimal_commas_without_a_header(tmp_path):
    """The first line is a row, between blanks and between semicolons."""
    for separator in " ;":
        FRAME[["a", "b", "c"]].to_csv(
            tmp_path / "a.csv", sep=separator, decimal=",", index=False, header=False)
        assert np.array_equal(load(tmp_path / "a.csv").X, X[:, :3])


@behavior("A column without any value", "It is metadata.")
def test_an_empty_column(tmp_path):
    """It does not make all rows incomplete."""
    FRAME.assign(nothing=np.nan).to_csv(tmp_path / "a.csv", index=False)
    data = load(tmp_path / "a.csv")
    assert np.array_equal(data.X, X) and list(data.meta) == ["word", "nothing"]


def test_maps_in_files_of_their_own(tmp_path):
    """Two columns of numbers are a map, whatever stands between them, with and without names."""
    for name, more in {"a.txt": {}, "b.csv": {"delimiter": ","},
                       "c.tsv": {"delimiter": "\t", "header": "umap_1\tumap_2", "comments": ""},
                       "d.csv": {"delimiter": ", ", "header": "x, y", "comments": ""}}.items():
        np.savetxt(tmp_path / name, XY, fmt="%.9g", **more)
        assert np.array_equal(load_embedding(X, tmp_path / name).xy, XY), name


@behavior("Text files of `np.savetxt`, and with comment lines",
          "Comments are left out; one with as many words as columns names them.")
def test_blanks_and_comments(tmp_path):
    """Numbers between blanks are X, with and without a line of names."""
    path = tmp_path / "a.txt"
    np.savetxt(path, X)
    assert np.allclose(load(path).X, X)
    np.savetxt(path, X, fmt="%15.8f", header="two lines,\nof a comment")
    assert np.allclose(load(path).X, X, atol=1e-7)
    np.savetxt(path, X, header="a b c d e f g label")
    assert np.allclose(load(path, columns="^[a-g]$").X, X[:, :7])
    head, *rows = FRAME.to_csv(index=False).splitlines()
    path.write_text("\n".join(["# by, me", head, *rows[:55], "# more", *rows[55:]]), "utf-8")
    data = load(path)
    assert np.array_equal(data.X, X) and list(data.meta["word"]) == WORDS


@behavior("Text that is not UTF-8", "It is read as Windows-1252, and a line says so.")
def test_other_encodings(tmp_path, capsys):
    """A single letter at the end of the file is enough to tell."""
    FRAME.to_csv(tmp_path / "a.csv", index=False, encoding="latin-1")
    assert list(load(tmp_path / "a.csv").meta["word"]) == WORDS
    assert "'a.csv' is not UTF-8, and was read as Windows-1252" in capsys.readouterr().out


@behavior("The words null, nan and NA in a column of text", "They are labels; an empty cell is "
          "missing. Among numbers they are gaps.")
def test_words_for_gaps(tmp_path):
    """The country code of Namibia is not lost."""
    codes = ["DE", "NA", ""] * 20
    numbers = FRAME.drop(columns="word")
    numbers.assign(code=codes).to_csv(tmp_path / "a.csv", index=False)
    data = load(tmp_path / "a.csv")
    assert list(data.meta["code"].fillna("missing")) == ["DE", "NA", "missing"] * 20
    numbers.astype(str).replace(str(float(X[5, 1])), "NA").to_csv(tmp_path / "a.csv", index=False)
    assert np.flatnonzero(load(tmp_path / "a.csv", missing="grey").incomplete) == [5]


@behavior("The Embedding Projector's vectors.tsv and metadata.tsv, with or without a header",
          "The number of rows tells whether the first line is a header; a line says so.")
@pytest.mark.parametrize("labels", [WORDS, [f"Doe, {i}" for i in range(N)], [f"{i % 3}" for i in
                         range(N)], ["", *"ab" * 29, ""], ['"open', 'in"side'] * 30])
def test_metadata_with_or_without_a_header(tmp_path, labels):
    """Each point has its own label, also where the first and the last one are missing."""
    np.savetxt(tmp_path / "vectors.tsv", X, delimiter="\t", fmt="%.9g")
    for head in ([], ["label"], ["7"]):
        (tmp_path / "metadata.tsv").write_text("\n".join([*head, *labels]) + "\n", "utf-8")
        data = load(tmp_path / "vectors.tsv", meta=tmp_path / "metadata.tsv")
        assert np.array_equal(data.X, X)
        assert [str(x) for x in data.meta.iloc[:, 0].fillna("")] == labels


@behavior("The configuration of an Embedding Projector, .json with .bytes, or .pbtxt with .tsv",
          "Its vectors and its metadata are loaded.")
def test_projector(tmp_path):
    """One path brings all that belongs together."""
    X.tofile(tmp_path / "tensors.bytes")
    np.savetxt(tmp_path / "tensors.tsv", X, delimiter="\t", fmt="%.9g")
    (tmp_path / "metadata.tsv").write_text("\n".join(WORDS), "utf-8")
    entry = {"tensorName": "mine", "tensorShape": [N, D], "tensorPath": "tensors.bytes",
             "metadataPath": "metadata.tsv"}
    (tmp_path / "config.json").write_text(json.dumps({"embeddings": [entry]}))
    (tmp_path / "config.pbtxt").write_text(
        'embeddings {\n  tensor_name: "mine"\n  tensor_path: "tensors.tsv"\n'
        '  metadata_path: "metadata.tsv"\n}\n'
    )
    for name in ("config.json", "config.pbtxt"):
        data = load(tmp_path / name)
        assert np.array_equal(data.X, X) and list(data.meta["label"]) == WORDS


@behavior("CSV in .zip, .bz2 and .xz", "It is unpacked while it is read.")
def test_packed_tables(tmp_path):
    """Packed and plain tables give the same."""
    text = FRAME.to_csv(index=False).encode()
    for pack, name in ((gzip, "a.csv.gz"), (bz2, "a.csv.bz2"), (lzma, "a.csv.xz")):
        (tmp_path / name).write_bytes(pack.compress(text))
    with zipfile.ZipFile(tmp_path / "a.csv.zip", "w") as archive:
        archive.writestr("a.csv", text)
    for name in ("a.csv.gz", "a.csv.bz2", "a.csv.xz", "a.csv.zip"):
        assert np.array_equal(load(tmp_path / name).X, X), name


def test_long_cells(tmp_path):
    """Vectors of 9,000 dimensions as text, and texts of several lines, are one cell each."""
    wide = np.random.default_rng(0).random((N, 9000)).round(3)
    texts = [f"line one, {i}\n# line two; and, more" for i in range(N)]
    pd.DataFrame({"v": wide.tolist(), "text": texts}).to_csv(tmp_path / "a.csv", index=False)
    data = load(tmp_path / "a.csv")
    assert np.array_equal(data.X, wide.astype(np.float32))
    assert list(data.meta["text"]) == texts
