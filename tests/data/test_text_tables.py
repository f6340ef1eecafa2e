"""Tables of text as people and programs write them: separators, words, headers, encodings."""

import bz2
import gzip
import io
import json
import lzma
import zipfile

import numpy as np
import pandas as pd
import pyarrow as pa
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


BLANKS = [f"w{i}" for i in range(N)]
for row, word in {0: "# .", 7: "at name@domain.com", 8: "1 2", 9: "", 30: "\u3000",
                  58: "ü ö", 59: "a b"}.items():
    BLANKS[row] = word
LINES = "".join(f"{word} {row}\n" for word, row in zip(BLANKS, ROWS, strict=True))


@behavior("Words with blanks inside, or none at all, in word vectors",
          "Each line ends with as many numbers as most lines; all before them is the word.")
@pytest.mark.parametrize("content", [
    LINES, f"{N} {D}\n{LINES}", LINES.replace("\n", " \n"),
    "word a b c d e f g h\n" + LINES, "# made by me, with a comment\n" + LINES,
    LINES.replace(" ", "   "),
], ids=["GloVe", "word2vec", "fastText", "a header", "a comment", "several blanks"])
def test_words_with_blanks(tmp_path, content):
    """The first line, the last line and lines of numbers alone keep their words, too."""
    path = tmp_path / "vectors.txt"
    path.write_text(content, "utf-8")
    data = load(path)
    assert np.array_equal(data.X, X)
    assert list(data.meta["word"].fillna("")) == BLANKS


def test_words_with_blanks_in_binary_files(tmp_path):
    """What follows tells whether a blank ends a word."""
    words = [word or "empty" for word in BLANKS]
    for end in (b"", b"\n"):  # of Gensim, of word2vec
        (tmp_path / "a.bin").write_bytes(f"{N} {D}\n".encode() + b"".join(
            word.encode() + b" " + row.tobytes() + end for word, row in zip(words, X, strict=True)))
        data = load(tmp_path / "a.bin")
        assert np.array_equal(data.X, X) and list(data.meta["word"]) == words


def test_many_word_vectors(tmp_path):
    """Nothing is lost between the pieces in which a long file is read."""
    vectors = np.random.default_rng(0).normal(size=(1000, 200)).astype(np.float32)
    words = ["a b" if i % 7 == 3 else f"é{i}" for i in range(len(vectors))]
    (tmp_path / "a.txt").write_text("".join(
        f"{word} {' '.join(map(str, row))}\n" for word, row in zip(words, vectors, strict=True)),
        "utf-8")
    data = load(tmp_path / "a.txt", np.zeros((1000, 2)))
    assert np.array_equal(data.X, vectors) and list(data.meta["word"]) == words


def test_lines_without_their_numbers(tmp_path):
    """A line that is too short, or holds a word too many, is named."""
    rows = LINES.splitlines()
    rows[4] = rows[4].rpartition(" ")[0]
    (tmp_path / "a.txt").write_text("\n".join(rows), "utf-8")
    with pytest.raises(ValueError, match=r"line 5 of .* must be a word and 8 numbers, .*'w4 "):
        load(tmp_path / "a.txt")


@pytest.mark.parametrize("first", ["мир", "，"])
def test_text_that_begins_with_other_letters(tmp_path, first):
    """The text format of word2vec is not taken for the binary one."""
    words = [f"{first}{i}" for i in range(N)]
    lines = "\n".join(f"{word} {row}" for word, row in zip(words, ROWS, strict=True))
    (tmp_path / "a.vec").write_text(f"{N} {D}\n{lines}", "utf-8")
    data = load(tmp_path / "a.vec")
    assert np.array_equal(data.X, X) and list(data.meta["word"]) == words


def test_word_vectors_that_are_cut_off(tmp_path):
    """A file that has less words than it says is refused."""
    for name, kind in (("a.bin", "binary"), ("a.vec", "word2vec")):
        content = WORD_VECTORS[kind]
        (tmp_path / name).write_bytes(content[: len(content) // 2])
        with pytest.raises(ValueError, match=r"may be cut off|a word and 8 numbers"):
            load(tmp_path / name)
    (tmp_path / "a.vec").write_bytes(b"".join(WORD_VECTORS["word2vec"].splitlines(True)[:30]))
    with pytest.raises(ValueError, match="names 60 words, but has 29 rows; it may be cut off"):
        load(tmp_path / "a.vec")


SEPARATED = {
    "pipes": {"sep": "|"},
    "tabs": {"sep": "\t"},
    "tabs without quotation marks": {"sep": "\t", "quoting": 3},
    "decimal commas": {"sep": ";", "decimal": ","},
    "decimal commas and tabs": {"sep": "\t", "decimal": ","},
    "decimal commas in quotation marks": {"sep": ",", "decimal": ","},
    "UTF-16": {"encoding": "utf-16"},
    "UTF-16 without a mark": {"encoding": "utf-16-le"},
    "UTF-16, big-endian": {"encoding": "utf-16-be"},
    "UTF-32": {"encoding": "utf-32"},
    "a byte order mark": {"encoding": "utf-8-sig"},
}


@behavior("CSV with pipes, tabs, decimal commas, as UTF-16 or UTF-32, or with quotation marks "
          "inside words",
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


OTHERS = {"cp1252": "café", "gb18030": "水果", "cp932": "りんご", "big5": "蔬菜", "cp949": "사과",
          "cp1251": "яблоко"}


@behavior("Text in Windows-1252, GBK, Shift-JIS, Big5 or another encoding than UTF-8",
          "It is refused, with what some encodings would read; `encoding` says which it is.")
@pytest.mark.parametrize("encoding", OTHERS)
def test_other_encodings(tmp_path, encoding):
    """No letter is guessed; the error shows the right word, and the argument reads it."""
    word = OTHERS[encoding]
    FRAME.assign(word=["plain"] * 59 + [word]).to_csv(tmp_path / "a.csv", encoding=encoding)
    records = [{"v": row.tolist(), "word": word} for row in X]
    (tmp_path / "a.json").write_text(json.dumps(records, ensure_ascii=False), encoding)
    for name, line in (("a.csv", 61), ("a.json", 1)):
        message = f"is not UTF-8, first in line {line}; .*encoding='{encoding}' reads '.*{word}"
        with pytest.raises(ValueError, match=message):
            load(tmp_path / name)
        data = load(tmp_path / name, encoding=encoding)
        assert np.array_equal(data.X, X) and data.meta["word"].iloc[-1] == word
        assert load(X, meta=tmp_path / name, encoding=encoding).meta["word"].iloc[-1] == word
        with pytest.raises(ValueError, match="can't be read with encoding='ascii': 'ascii' codec"):
            load(tmp_path / name, encoding="ascii")


@behavior("A few damaged letters in a file of UTF-8", "They become `\ufffd`, and a line says so.")
def test_damaged_letters(tmp_path, capsys):
    """One word that was cut in the middle of a letter does not spoil the others."""
    content = FRAME.assign(word=[f"蔬菜 {i}" for i in range(N)]).to_csv(index=False).encode()
    (tmp_path / "a.csv").write_bytes(content.replace("菜 7\n".encode(), b"\xe8\n"))
    words = load(tmp_path / "a.csv").meta["word"]
    assert words[7] == "蔬\ufffd" and words[8] == "蔬菜 8"
    assert "1 lines of 'a.csv' are not UTF-8, first line 9; the sign" in capsys.readouterr().out


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


PACKED = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress,
          "zst": lambda content: pa.compress(content, "zstd", asbytes=True),
          "lz4": lambda content: pa.compress(content, "lz4", asbytes=True)}


@behavior("CSV, JSON, NPY and word vectors in .gz, .bz2, .xz, .zst, .lz4, and CSV in .zip",
          "They are unpacked while they are read.")
@pytest.mark.parametrize("ending", PACKED)
def test_packed_files(tmp_path, ending):
    """Packed and plain files give the same; others are refused."""
    file = io.BytesIO()
    np.save(file, X)
    lines = "\n".join(json.dumps({"v": row.tolist()}) for row in X)
    for name, content in {
        "a.csv": FRAME.to_csv(index=False).encode(), "a.npy": file.getvalue(),
        "a.bin": WORD_VECTORS["binary"], "a.jsonl": lines.encode(), "a.txt": VECTORS.encode(),
    }.items():
        path = tmp_path / f"{name}.{ending}"
        path.write_bytes(PACKED[ending](content))
        assert np.array_equal(load(path).X, X), name
    path.write_bytes(PACKED[ending](b"PAR1 and so on"))
    with pytest.raises(ValueError, match="is packed; unpack it first"):
        load(path)


def test_a_table_in_a_zip_archive(tmp_path):
    """What macOS adds to an archive is no second table."""
    with zipfile.ZipFile(tmp_path / "a.csv.zip", "w") as archive:
        archive.writestr("__MACOSX/._a.csv", "no table")
        archive.writestr("a.csv", FRAME.to_csv(index=False))
    assert np.array_equal(load(tmp_path / "a.csv.zip").X, X)


def test_long_cells(tmp_path):
    """Vectors of 9,000 dimensions as text, and texts of several lines, are one cell each."""
    wide = np.random.default_rng(0).random((N, 9000)).round(3)
    texts = [f"line one, {i}\n# line two; and, more" for i in range(N)]
    pd.DataFrame({"v": wide.tolist(), "text": texts}).to_csv(tmp_path / "a.csv", index=False)
    data = load(tmp_path / "a.csv")
    assert np.array_equal(data.X, wide.astype(np.float32))
    assert list(data.meta["text"]) == texts
    printed = ["[" + "\n".join(map(str, row)) + "]" for row in wide[:, :300]]  # as by str(array)
    pd.DataFrame({"v": printed, "score": wide[:, 0]}).to_csv(tmp_path / "a.csv", index=False)
    assert np.array_equal(load(tmp_path / "a.csv").X, wide[:, :300].astype(np.float32))


def test_quotation_marks_behind_backslashes(tmp_path):
    """They are part of a text, as databases write them; another backslash stays one."""
    for text, written in (('say "a, b", or c', r'say \"a, b\", or c'), (r"C:\x, y", r"C:\x, y")):
        rows = "".join(f'{i}.5,{i}.25,"{written}"\n' for i in range(N))
        (tmp_path / "a.csv").write_text("a,b,text\n" + rows)
        data = load(tmp_path / "a.csv")
        assert data.X[7].tolist() == [7.5, 7.25] and set(data.meta["text"]) == {text}


def test_tables_of_many_columns(tmp_path):
    """A few of their long lines tell how they are written."""
    wide = np.random.default_rng(0).random((40, 5_000)).round(4)
    pd.DataFrame(wide).assign(kind="a, b").to_csv(tmp_path / "a.csv", index=False)
    data = load_embedding(tmp_path / "a.csv", np.zeros((40, 2)))
    assert np.array_equal(data.X, wide.astype(np.float32)) and list(data.meta) == ["kind"]


def test_names_of_places(tmp_path):
    """Also where most names have blanks, with or without a header, or a tab after the name."""
    names = ["Paris", "New York", "Rio de Janeiro"] * 20
    lines = "".join(f"{name} {row}\n" for name, row in zip(names, ROWS, strict=True))
    tabs = "".join(f"{name}\t{row}\n" for name, row in zip(names, ROWS, strict=True))
    for content in (lines, "name a b c d e f g h\n" + lines, tabs):
        (tmp_path / "a.txt").write_text(content)
        data = load(tmp_path / "a.txt")
        assert np.array_equal(data.X, X) and list(data.meta.iloc[:, 0]) == names


@behavior("Data sets of scikit-learn, whose first line counts rows and columns and names classes",
          "The last column is metadata, `target`.")
def test_data_sets_of_scikit_learn(tmp_path):
    """The numbers of classes are no dimension, however many names there are."""
    for names in ("p,q", "p,q,r", "p,q,r,s,t,u,v"):
        rows = pd.DataFrame(X.astype(float)).assign(kind=np.arange(N) % 2)
        (tmp_path / "a.csv").write_text(
            f"{N},{D},{names}\n" + rows.to_csv(index=False, header=False))
        data = load(tmp_path / "a.csv")
        assert np.array_equal(data.X, X) and list(data.meta["target"]) == [0, 1] * (N // 2)


@behavior("Tables of R, as `write.table` writes them", "Names of rows are metadata.")
def test_tables_of_R(tmp_path):
    """Texts in quotation marks between blanks keep theirs."""
    rows = "".join(f'"{i}" {row} "New York"\n' for i, row in enumerate(ROWS))
    for head in ('"a" "b" "c" "d" "e" "f" "g" "h" "kind"\n',
                 '"row name" "a" "b" "c" "d" "e" "f" "g" "h" "kind"\n'):
        (tmp_path / "a.txt").write_text(head + rows)
        data = load(tmp_path / "a.txt")
        assert np.array_equal(data.X, X) and list(data.meta) == ["row name", "kind"]
        assert set(data.meta["kind"]) == {"New York"}


@pytest.mark.parametrize("separator", [" ", ","])
def test_a_header_longer_than_the_rows(tmp_path, separator):
    """No name is given to another column."""
    rows = "".join(f"w{i} {row}\n" for i, row in enumerate(ROWS)).replace(" ", separator)
    (tmp_path / "a.txt").write_text("city name a b c d e f g h\n".replace(" ", separator) + rows)
    with pytest.raises(ValueError, match="names 10 columns, but line 2 has 9 cells"):
        load(tmp_path / "a.txt")


@pytest.mark.parametrize("head", ["a,b,text\n", "number,b,text\n"])
def test_texts_with_commas_are_no_row_names(tmp_path, head):
    """Each row has one cell more than the first line: no number moves to another column."""
    first = "{i}.5" if head[0] == "a" else "{i}"
    rows = "".join(f"{first.format(i=i)},{i}.25,hello, world\n" for i in range(N))
    (tmp_path / "a.csv").write_text(head + rows)
    with pytest.raises(ValueError, match="names 3 columns, but line 2 has 4 cells"):
        load(tmp_path / "a.csv")
