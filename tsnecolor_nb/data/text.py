"""Tables of text: the first lines tell how they are written, and pandas reads them.

Comma, semicolon, tab, pipe or blanks; with or without a header, comment lines and quotation marks;
point or comma in decimals; word vectors.
"""

import bz2
import csv
import gzip
import lzma
import re
import warnings
import zipfile
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from io import TextIOBase, TextIOWrapper
from itertools import islice, takewhile

import numpy as np

from .errors import Refused, clear_errors
from .tables import vector_of

_PACKED = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open,
           b"\x28\xb5\x2f\xfd": "zstd", b"\x04\x22\x4d\x18": "lz4"}
_MARKS = {b"\xff\xfe\0\0": "utf-32", b"\0\0\xfe\xff": "utf-32", b"\xff\xfe": "utf-16",
          b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_ENCODINGS = ("cp1252", "gb18030", "cp932", "big5", "cp949", "cp1251")  # offered to choose from
_LINES = 50  # which tell how a file is written
_MORE_LINES = 2000  # where cells have many lines, as printed vectors of 1,536 numbers have 256
_FEWEST, _LETTERS = 5, 1 << 20  # lines, where a table has so many columns
_LONGEST_CELL = 1 << 30
_COMMENTS = ("#", "%", "//", "!", "sep=")
_BLANKS = r"\s+"
_JOINT = "\x1f"  # stands for a blank inside a word
_GAPS = ["", *"NA N/A n/a #N/A <NA> nan NaN NAN -nan NaT null Null NULL none None ? -".split()]
_POINT = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|nan|[-+]?inf", re.IGNORECASE)
_COMMA = re.compile(r"[-+]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?(e[-+]?\d+)?|nan", re.IGNORECASE)
_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+")  # 1,234 may be 1234 as well


@dataclass
class _Form:
    """How a table is written; arguments of pandas.read_csv, and one of ours, the last."""

    sep: str
    quoting: int
    skiprows: list = field(default_factory=list)  # numbers of lines; those of comments
    header: int | None = None
    names: list | None = None
    decimal: str = "."
    na_values: dict | None = None
    skip_blank_lines: bool = True
    skipinitialspace: bool = False
    escapechar: str | None = None
    after_word: int = 0  # numbers that end each line after a word, which may have blanks


@contextmanager
def unpacked(path):
    """Yield a binary file of what a path holds, out of .gz, .bz2, .xz, .zst, .lz4 and .zip."""
    with path.open("rb") as file:
        start = file.read(8)
    pack = next((pack for mark, pack in _PACKED.items() if start.startswith(mark)), open)
    if start.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive, archive.open(packed_names(archive)[0]) as file:
            yield file
    elif isinstance(pack, str):
        import pyarrow

        with pyarrow.input_stream(str(path), compression=pack) as file:
            yield file
    else:
        with pack(path, "rb") as file:
            yield file


def packed_names(archive):
    """Return the names of the files in a zip archive, but those that macOS adds."""
    return [name for name in archive.namelist()
            if not name.endswith(("/", ".DS_Store")) and not name.startswith("__MACOSX/")]


def declared(start):
    """Return the encoding that the first bytes of a text tell by a mark or their zeros, or None."""
    if mark := next(filter(start.startswith, _MARKS), None):
        return _MARKS[mark]
    halves = start[: len(start) // 2 * 2]
    zeros = [set(halves[side::2]) == {0} and 0 not in halves[1 - side :: 2] for side in (1, 0)]
    return "utf-16-le" if zeros[0] else "utf-16-be" if zeros[1] else None


def decoded(name, path, encoding, notes, read):
    """Return ``read(encoding, errors)`` of a file of text; only damaged letters are replaced.

    encoding : as a person gave it; None stands for what the file declares, or else for UTF-8.
    Another encoding than these is never guessed: a ValueError shows what some would read.
    """
    if encoding is None:
        with clear_errors(name, path, "text"), unpacked(path) as file:
            encoding = declared(file.read(64)) or "utf-8-sig"
        try:
            return read(encoding, "strict")
        except UnicodeDecodeError:
            notes.append(_damage(name, path))
            return read(encoding, "replace")
    try:
        return read(encoding, "strict")
    except (UnicodeError, LookupError) as error:
        raise Refused(f"{name}: {str(path)!r} can't be read with encoding={encoding!r}: "
                      f"{error}") from None


def _damage(name, path):
    """Return a note on the lines that are not UTF-8, if they are few; refuse other encodings."""
    count, bad = 0, {}
    with unpacked(path) as file:
        for number, line in enumerate(file, 1):
            if not line.isascii():
                count += 1
                try:
                    line.decode("utf-8")
                except UnicodeDecodeError:
                    bad[number] = line
    first = next(iter(bad), 1)
    if len(bad) < count / 10:  # others would hardly be UTF-8 by chance
        return (f"{len(bad):,} lines of {path.name!r} are not UTF-8, first line {first}; the sign "
                f"\ufffd stands for what can't be read")
    offers = []
    for encoding in _ENCODINGS:
        try:
            text = b"".join(bad.values()).decode(encoding)
        except UnicodeDecodeError:
            continue
        cell = next(cell for cell in re.split(r"[,;\t|\r\n]", text) if not cell.isascii())
        start = max(next(i for i, letter in enumerate(cell) if not letter.isascii()) - 10, 0)
        offers.append(f"encoding={encoding!r} reads {cell[start : start + 20].strip()!r}")
    raise Refused(
        f"{name}: {str(path)!r} is not UTF-8, first in line {first}; say what it is: "
        f"{', '.join(offers) or 'encoding=...'}"
    )


def read_text(name, path, n=None, encoding=None):
    """Return the table in a text file as a pandas DataFrame, and notes on how it was read.

    `n` is the number of rows that are expected, if that is known: then the number of lines tells
    whether the first one is a header. `encoding` is as for `decoded`. Errors name the argument
    `name`.
    """
    notes = []

    def read(encoding, errors):
        with clear_errors(name, path, "csv"):
            return _read(name, path, partial(_opened, path, encoding, errors), n, notes)

    table = decoded(name, path, encoding, notes, read)
    table.columns = table.columns.astype(str).str.strip()
    if n is not None and list(table) == ["0"]:
        table.columns = ["label"]
    # A separator at the end of each line makes an empty column without a name.
    nameless = [column for column in table if column.startswith("Unnamed: ")]
    return table.drop(columns=[c for c in nameless if table[c].isna().all()]), notes


def _read(name, path, opened, n, notes):
    with opened() as file:
        lines = list(islice(file, _LINES))
        if sum(line.count('"') for line in lines) % 2:  # within a cell of many lines
            lines += islice(file, _MORE_LINES)
    few = lines[: max(_FEWEST, _LETTERS // max(map(len, lines), default=1))]
    lines = lines if sum(line.count('"') for line in few) % 2 else few
    form, first, below = _form(lines, path.suffix.lower() == ".tsv")
    counts = None
    if form.skiprows:
        with opened() as file:
            form.skiprows = [i for i, line in enumerate(file) if _is_comment(line, form, below)]
    elif _are_counts(first, below):
        form.skiprows, counts, first, below = [0], first, below[0], below[1:]
    has_header = False if form.names or counts else _is_header(first, below)
    if has_header is None and n is None:
        raise Refused(
            f"{name}: the first line of {str(path)!r}, "
            f"{form.sep.replace(_BLANKS, ' ').join(first)[:60]!r}, may hold "
            f"names or numbers; read it with pandas.read_csv(path, header=0) if these are names, "
            f"or header=None, and pass the data frame"
        )
    table = _table(name, path, opened, form, first, below, has_header)
    if counts and len(table) != int(counts[0]):
        raise Refused(f"{name}: {str(path)!r} names {counts[0]} words, but has {len(table)} rows; "
                      f"it may be cut off")
    if counts and len(counts) > 2:
        table.columns = [*table.columns[:-1], "target"]
    if n not in (None, len(table)) and not (form.names or counts):
        other = _table(name, path, opened, form, first, below, not has_header)
        if len(other) == n:
            notes.append(f"the first line of {path.name!r} is "
                         f"{'a row' if has_header else 'a header'}: so it has {n:,} rows, as X has")
            return other
        unquoted = replace(form, quoting=csv.QUOTE_NONE)
        for header in (has_header, not has_header) if len(first) == 1 else ():
            other = _table(name, path, opened, unquoted, first, below, header)
            if len(other) == n:  # quotation marks are part of the texts
                return other
    while n is not None and len(table) > n and table.iloc[-1].isna().all():
        table = table.iloc[:-1]  # blank lines at the end of a single column
    return table


def _table(name, path, opened, form, first, below, has_header):
    """Read a whole file; the first line may have one cell less than the rows."""
    import pandas as pd

    form = replace(form, header=0 if has_header else None)
    longer = max(map(len, below), default=0) - len(first)
    if has_header and longer and below:
        form.names = _names_for_longer_rows(first, below, longer) if longer > 0 else None
        if form.names is None:
            at = next(i for i, row in enumerate(below) if len(row) != len(first))
            raise Refused(
                f"{name}: the first line of {str(path)!r} names {len(first)} columns, but line "
                f"{2 + len(form.skiprows) + at} has {len(below[at])} cells; name all columns, or "
                f"remove the first line"
            )
    form.na_values = _gaps(form, first, below)
    if len(first) == 1:  # pandas would take a blank line for no column
        form.header, form.names = None, first if has_header else ["0"]
        form.skiprows = [*form.skiprows, *([len(form.skiprows)] if has_header else [])]
    try:
        table = _parsed(name, path, opened, form)
        swallowed = form.quoting == csv.QUOTE_MINIMAL and _has_lines_in_cells(table, form.sep)
    except pd.errors.ParserError:
        swallowed = form.quoting == csv.QUOTE_MINIMAL and form.sep != _BLANKS
        if not swallowed or not _is_even(opened, form, len(first)):
            raise
    if swallowed and _is_even(opened, form, len(first)):
        form.quoting = csv.QUOTE_NONE
        table = _parsed(name, path, opened, form)
    if form.sep == _BLANKS and not (has_header or form.names) and _is_text(table.dtypes.iloc[0]):
        table.columns = ["word", *table.columns[1:]]
    return table


def _gaps(form, first, below):
    """Return which words are gaps in each column: in texts "NA", "null" and "nan" are words."""
    names = form.names or (range(len(first)) if form.header is None else first)
    if len(set(names)) < len(names):
        return None
    columns = [{row[j].strip() for row in below if j < len(row)} for j in range(len(names))]
    return {
        f"Unnamed: {j}" if name == "" else name: [""] if any(
            cell not in _GAPS and not _is_number(cell) for cell in column) else _GAPS
        for j, (name, column) in enumerate(zip(names, columns, strict=True))
    }


def _parsed(name, path, opened, form):
    import pandas as pd

    arguments = {**vars(form)}
    n_numbers = arguments.pop("after_word")
    with opened() as file, warnings.catch_warnings():
        words = _Words(name, path, file, form) if n_numbers else None
        # Cells beyond the last column would be lost with no more than a warning.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            table = pd.read_csv(words or file, low_memory=False, index_col=False,
                                keep_default_na=form.na_values is None, **arguments)
        except pd.errors.ParserWarning as error:
            raise ValueError(f"some rows have more cells than the first ones: {error}") from None
    if words and words.has_joined:
        first = table.columns[0]
        table[first] = table[first].str.replace(_JOINT, " ").str.strip(" ")
    return table


class _Words(TextIOBase):
    """Lines of a word and numbers, in which blanks inside a word are replaced until it is read."""

    def __init__(self, name, path, file, form):
        self._name, self._path, self._lines = name, path, enumerate(file)
        self._n_numbers, self._skipped = form.after_word, set(form.skiprows)
        self._has_names, self.has_joined, self._left = form.header is not None, False, ""

    def read(self, size=-1):
        """Return that many letters, or what is left; pandas is slow with more."""
        while len(self._left) < size and (lines := list(islice(self._lines, 100))):
            self._left += "".join(self._joined(*line) for line in lines)
        text, self._left = self._left[:size], self._left[size:]
        return text

    def _joined(self, number, line):
        body = line.rstrip(" \t\r\n")
        if not body or number in self._skipped:
            return line
        if self._has_names:
            self._has_names = False
            return line
        if body.count(" ") == self._n_numbers and not body.startswith(" "):
            return line
        cells = re.split("[ \t]+", body)
        joined = _joined(cells, self._n_numbers, _JOINT)
        if joined is cells:
            raise Refused(
                f"{self._name}: line {number + 1} of {str(self._path)!r} must be a word and "
                f"{self._n_numbers} numbers, as most lines are, got {body[:40]!r}"
            )
        self.has_joined = True
        word, *numbers = joined
        return " ".join([word or _JOINT, *numbers]) + "\n"


def _is_text(kind):
    from pandas.api import types

    return types.is_object_dtype(kind) or types.is_string_dtype(kind)


@contextmanager
def _opened(path, encoding, errors):
    with unpacked(path) as file, TextIOWrapper(file, encoding, errors, newline="") as text:
        yield text


def _form(lines, is_tabbed):
    """Return the `_Form` of a table, its first row, and the rows below, as its lines tell."""
    lines = [line for line in lines if line.strip()]
    if not lines:
        raise ValueError("there is no text in it")
    top = list(takewhile(lambda line: line.startswith(_COMMENTS), lines))
    form, rows = _split(lines[len(top) :] or lines, is_tabbed)
    comments = [line for line in top if _is_comment(line, form, rows)]
    if comments:  # there may be more of them below
        lines = [line for line in lines if not _is_comment(line, form, rows)]
    if comments or top:
        form, rows = _split(lines, is_tabbed)
    form.skiprows = comments  # their numbers are found in the whole file
    first, below = rows[0], rows[1:]
    names = _cells([line.lstrip("#%/! ") for line in comments if line[0] in "#%/!"][-1:], form)
    if names and len(names[0]) == len(first) > 1 and not _is_header(first, below):
        form.names = names[0]
    form.skip_blank_lines = len(first) > 1
    form.skipinitialspace = len(first) > 1 and all(cell.startswith(" ") for cell in first[1:])
    form.decimal = _decimal(below or rows)
    return form, first, below


def _split(lines, is_tabbed):
    """Return the `_Form` with the separator and quoting that make the best rows, and these rows.

    Rows are good if they have one length, and then if many of their cells are numbers. `is_tabbed`
    is whether the file's name promises tabs.
    """
    quoted = any(re.search(r'(^|\s)"[^"]+"(\s|$)', line) for line in lines[:2])
    blanks = _Form(_BLANKS, csv.QUOTE_MINIMAL if quoted else csv.QUOTE_NONE)
    rows = _cells(lines, blanks)
    below = rows[1:-1] or rows[1:] or rows  # the last row may be cut off
    ends = [len(list(takewhile(_is_number, reversed(row)))) for row in below]
    n_numbers = Counter(ends).most_common(1)[0][0]  # at the end of most lines
    if _are_counts(rows[0], below):
        n_numbers = int(rows[0][1])
    n_words = sum(end < len(row) for end, row in zip(ends, below, strict=True))
    has_blanks = len(rows[0]) > 1 and not any("\t" in line for line in lines)
    if has_blanks and n_numbers > 1 and 2 * n_words > len(below) and (
        sum(end >= n_numbers for end in ends) >= 0.9 * len(below)
    ):
        blanks.after_word = n_numbers
        return blanks, [_joined(row, n_numbers) for row in rows]
    width, count = Counter(map(len, below)).most_common(1)[0]
    # Two columns are two numbers; of more, the first one may be a word.
    are_numbers = all(end >= width - (width > 2) for end, row in zip(ends, below, strict=True)
                      if len(row) == width)
    is_written_by_R = quoted and width - len(rows[0]) in (0, 1) and count == len(below)
    if has_blanks and width > 1 and (is_written_by_R or (
        are_numbers and count >= 0.9 * len(below)
    )):
        return blanks, rows
    best = None
    escapes = (None, "\\") if any('\\"' in line for line in lines) else (None,)
    for form in (_Form(sep, quoting, escapechar=escape) for escape in escapes
                 for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE) for sep in ",;\t|"):
        rows = _cells(lines, form)
        below = rows[1:-1] or rows[1:] or rows
        lengths = set(map(len, below))
        is_cut = any(cell.count(left) != cell.count(right) for row in below for cell in row
                     for left, right in ("[]", "()", "{}")) or np.mean(
            [any(cell.count('"') % 2 for cell in row) for row in below]) > 0.5
        is_even = len(lengths) == 1 and lengths != {1}
        numbers = np.mean([_is_number(cell) for row in below for cell in row])
        worth = (not is_cut, is_even and len(rows[0]) in lengths, is_even, numbers, len(rows[0]))
        if best is None or worth > best[0]:
            best = worth, form, rows
    if is_tabbed and best[0][3] <= 0.5 and best[1].sep != "\t":  # it is part of a text there
        tabs = _Form("\t", csv.QUOTE_MINIMAL)
        return tabs, _cells(lines, tabs)
    return best[1:]


def _joined(row, n_numbers, blank=" "):
    """Return a row with all before its last numbers as one cell, or itself without that many."""
    if len(row) <= n_numbers or not all(map(_is_number, row[-n_numbers:])):
        return row
    return [blank.join(row[:-n_numbers]), *row[-n_numbers:]]


def _cells(lines, form):
    """Return the cells of each line, without those of a last row that may be cut off."""
    before = csv.field_size_limit(_LONGEST_CELL)
    separator = form.sep
    if separator == _BLANKS:
        lines, separator = (line.strip() for line in lines), " "
    try:
        rows = csv.reader(lines, delimiter=separator, quoting=form.quoting,
                          skipinitialspace=form.sep == _BLANKS, escapechar=form.escapechar)
        return [row for row in rows if row]
    finally:
        csv.field_size_limit(before)


def _is_number(cell):
    cell = cell.strip()
    return bool(_POINT.fullmatch(cell) or _COMMA.fullmatch(cell))


def _is_comment(line, form, rows):
    """Return whether a line begins like a comment and is not like the rows below the first."""
    if not line.startswith(_COMMENTS):
        return False
    cells, row = *_cells([line], form), rows[-1]
    if form.after_word:
        cells = _joined(cells, form.after_word)
    return len(cells) != len(row) or any(
        _is_number(usual) and not _is_number(cell) for cell, usual in zip(cells, row, strict=True)
    )


def _decimal(rows):
    """Return the decimal mark of a table: a comma if one of its columns can't be read otherwise."""
    columns = [[cell.strip() for cell in column if cell.strip()]
               for column in zip(*rows, strict=False)]
    if any(_POINT.fullmatch(cell) and "." in cell for column in columns for cell in column):
        return "."
    return "," if any(
        all(_COMMA.fullmatch(cell) for cell in column)
        and any("," in cell and not _GROUPED.fullmatch(cell) for cell in column)
        for column in columns
    ) else "."


def _are_counts(first, below):
    """Return whether the first line counts words and dimensions, as that of word2vec does.

    In the data sets of scikit-learn the names of classes follow.
    """
    return (
        len(first) >= 2 and len(below) > 1 and all(cell.isdigit() for cell in first[:2])
        and not any(map(_is_number, first[2:]))
        and any(len(row) == int(first[1]) + 1 for row in below)
    )


def _is_header(first, below):
    """Return whether the first line of a text file names columns; None where that is unclear.

    Numbers can be names, too: 0, 1, 2 as pandas counts columns, years, wavelengths.
    """
    if len(first) > 1 and not first[0].strip() and below and all(line[0] for line in below):
        return True  # the index was saved along, and has no name
    if below and len(below[0]) == len(first):  # what stands above numbers tells
        numeric = [j for j in range(len(first)) if all(
            _is_number(row[j]) or not row[j] for row in below if j < len(row))]
        if len(numeric) < len(first):
            first = [first[j] for j in numeric] or first
            below = [[row[j] for j in numeric] for row in below if len(row) > max(numeric or [0])]
    numbers = _numbers(first)
    if not numbers:
        return not any(map(vector_of, first))
    if len(set(numbers)) < len(numbers) or not below:
        return False
    are_fractions = all(first_cell.strip().isdigit() for first_cell in first) and all(
        any(not cell.strip().isdigit() for cell in column) for column in zip(*below, strict=False)
    )
    if numbers == list(range(len(numbers))) and are_fractions:
        return True
    if _is_sequence(numbers) and not _is_sequence(_numbers(below[0])):
        return True
    return None if are_fractions or (len(numbers) == 2 and numbers == [0, 1]) else False


def _numbers(line):
    """Return the cells of a line as floats, NaN where empty; none at all if one is no number."""
    try:
        return [
            float((cell.replace(".", "").replace(",", ".") if "," in cell else cell).strip()
                  or "nan")
            for cell in line
        ]
    except ValueError:
        return []


def _is_sequence(numbers):
    """Return whether numbers rise by equal steps, or at least eight of them rise in any steps."""
    steps = np.diff(numbers)
    return len(steps) > 1 and bool(
        (steps > 0).all() and (len(steps) >= 7 or np.allclose(steps, steps[0]))
    )


def _names_for_longer_rows(first, below, extra):
    """Return the names of all columns where the first line has one less; None if that is unclear.

    R writes the names of rows without a name for their column; others end each row with a
    separator.
    """
    if extra > 1:
        return None
    longer = [line for line in below if len(line) > len(first)]
    if all(not line[-1] for line in longer):
        return [*first, f"Unnamed: {len(first)}"]
    names = [line[0].strip() for line in longer]
    are_names = len(set(names)) == len(names) and not any(re.match(r"-?\d*\.\d", x) for x in names)
    # A blank after a comma that stands alone belongs to a text with a comma in it.
    is_text = any(line[-1][:1] == " " != line[1][:1] for line in longer)
    return ["row name", *first] if len(longer) == len(below) and are_names and not is_text else None


def _has_lines_in_cells(table, separator):
    """Return whether a cell holds a line break and separators, as if a quotation mark was open."""
    texts = [table.iloc[:, i] for i, kind in enumerate(table.dtypes) if _is_text(kind)]
    return any(
        (text.str.contains("\n", regex=False) & text.str.contains(separator, regex=False)).any()
        for text in texts if isinstance(next(iter(text.dropna()), None), str)
    )


def _is_even(opened, form, width):
    """Return whether each line has the same separators, if quotation marks mean nothing."""
    with opened() as file:
        counts = {line.count(form.sep) for line in file if line.strip()}
    return counts == {width - 1}
