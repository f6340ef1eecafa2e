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
from io import TextIOWrapper
from itertools import islice, takewhile

import numpy as np

from .errors import Refused, clear_errors

PACKED = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ": lzma.open}
MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}
_LINES = 50  # which tell how a file is written
_LONGEST_CELL = 1 << 30
_COMMENTS = ("#", "%", "//", "!", "sep=")
_BLANKS = r"\s+"
_GAPS = ["", *"NA N/A n/a #N/A <NA> nan NaN NAN -nan NaT null Null NULL none None ? -".split()]
_POINT = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?|nan|[-+]?inf", re.IGNORECASE)
_COMMA = re.compile(r"[-+]?(\d+|\d{1,3}(\.\d{3})+)(,\d+)?(e[-+]?\d+)?|nan", re.IGNORECASE)
_GROUPED = re.compile(r"[-+]?[1-9]\d{0,2}(,\d{3})+")  # 1,234 may be 1234 as well


@dataclass
class _Form:
    """How a table is written; arguments of pandas.read_csv."""

    sep: str
    quoting: int
    skiprows: list = field(default_factory=list)  # numbers of lines; those of comments
    header: int | None = None
    names: list | None = None
    decimal: str = "."
    na_values: dict | None = None
    skip_blank_lines: bool = True
    skipinitialspace: bool = False


def read_text(name, path, n=None):
    """Return the table in a text file as a pandas DataFrame, and notes on how it was read.

    `n` is the number of rows that are expected, if that is known: then the number of lines tells
    whether the first one is a header. Errors name the argument `name`.
    """
    with path.open("rb") as file:
        start = file.read(4)
    marked = [code for mark, code in MARKS.items() if start.startswith(mark)]
    for encoding in marked or ["utf-8-sig", "cp1252"]:
        notes = []
        try:
            with clear_errors(name, path, "csv"):
                table = _read(name, path, encoding, n, notes)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise Refused(
            f"{name}: the encoding of {str(path)!r} is not known; read it with "
            f"pandas.read_csv(path, encoding=...), and pass the data frame"
        )
    if encoding == "cp1252":
        notes.append(
            f"{path.name!r} is not UTF-8, and was read as Windows-1252; if letters are wrong, "
            f"use pandas.read_csv(path, encoding=...)"
        )
    table.columns = table.columns.astype(str).str.strip()
    if n is not None and list(table) == ["0"]:
        table.columns = ["label"]
    # A separator at the end of each line makes an empty column without a name.
    nameless = [column for column in table if column.startswith("Unnamed: ")]
    return table.drop(columns=[c for c in nameless if table[c].isna().all()]), notes


def _read(name, path, encoding, n, notes):
    with _opened(path, encoding) as file:
        form, first, below = _form(list(islice(file, _LINES)), path.suffix.lower() == ".tsv")
    counts = None
    if form.skiprows:
        with _opened(path, encoding) as file:
            form.skiprows = [i for i, line in enumerate(file) if _is_comment(line, form, below)]
    elif _are_counts(first, below):
        form.skiprows, counts, first, below = [0], first, below[0], below[1:]
    has_header = False if form.names or counts else _is_header(first, below)
    if has_header is None and n is None:
        raise Refused(
            f"{name}: the first line of {str(path)!r}, {form.sep.join(first)[:60]!r}, may hold "
            f"names or numbers; read it with pandas.read_csv(path, header=0) if these are names, "
            f"or header=None, and pass the data frame"
        )
    table = _table(name, path, encoding, form, first, below, has_header)
    if counts and len(table) != int(counts[0]):
        raise Refused(f"{name}: {str(path)!r} names {counts[0]} words, but has {len(table)} rows; "
                      f"it may be cut off")
    if n not in (None, len(table)) and not (form.names or counts):
        other = _table(name, path, encoding, form, first, below, not has_header)
        if len(other) == n:
            notes.append(f"the first line of {path.name!r} is "
                         f"{'a row' if has_header else 'a header'}: so it has {n:,} rows, as X has")
            return other
        unquoted = replace(form, quoting=csv.QUOTE_NONE)
        for header in (has_header, not has_header) if len(first) == 1 else ():
            other = _table(name, path, encoding, unquoted, first, below, header)
            if len(other) == n:  # quotation marks are part of the texts
                return other
    while n is not None and len(table) > n and table.iloc[-1].isna().all():
        table = table.iloc[:-1]  # blank lines at the end of a single column
    return table


def _table(name, path, encoding, form, first, below, has_header):
    """Read a whole file; the first line may have one cell less than the rows."""
    import pandas as pd

    form = replace(form, header=0 if has_header else None)
    longer = max(map(len, below), default=0) - len(first)
    if has_header and longer > 0:
        form.names = _names_for_longer_rows(first, below, longer)
        if form.names is None:
            at = next(i for i, row in enumerate(below) if len(row) > len(first))
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
        table = _parsed(path, encoding, form)
        swallowed = form.quoting == csv.QUOTE_MINIMAL and _has_lines_in_cells(table, form.sep)
    except pd.errors.ParserError:
        swallowed = form.quoting == csv.QUOTE_MINIMAL and form.sep != _BLANKS
        if not swallowed or not _is_even(path, encoding, form, len(first)):
            raise
    if swallowed and _is_even(path, encoding, form, len(first)):
        form.quoting = csv.QUOTE_NONE
        table = _parsed(path, encoding, form)
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


def _parsed(path, encoding, form):
    import pandas as pd

    with _opened(path, encoding) as file, warnings.catch_warnings():
        # Cells beyond the last column would be lost with no more than a warning.
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            return pd.read_csv(file, low_memory=False, index_col=False,
                               keep_default_na=form.na_values is None, **vars(form))
        except pd.errors.ParserWarning as error:
            raise ValueError(f"some rows have more cells than the first ones: {error}") from None


def _is_text(kind):
    from pandas.api import types

    return types.is_object_dtype(kind) or types.is_string_dtype(kind)


@contextmanager
def _opened(path, encoding):
    """Yield a text file, also out of .gz, .bz2, .xz and .zip."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PK"):
        with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
            yield TextIOWrapper(file, encoding, newline="")
        return
    read = next((read for mark, read in PACKED.items() if start.startswith(mark)), open)
    with read(path, "rt", encoding=encoding, newline="") as file:
        yield file


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
    # Two columns are two numbers; of more, the first one may be a word.
    width, count = Counter(map(len, below)).most_common(1)[0]
    usual = [row[1 if width > 2 else 0 :] for row in below if len(row) == width]
    if width > 1 and count >= 0.9 * len(below) and all(
        _is_number(cell) for row in usual for cell in row
    ):
        return blanks, rows
    best = None
    for form in (_Form(sep, quoting) for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE)
                 for sep in ",;\t|"):
        rows = _cells(lines, form)
        below = rows[1:] or rows
        lengths = set(map(len, below))
        is_cut = any(cell.count("[") != cell.count("]") for row in below for cell in row)
        is_even = len(lengths) == 1 and lengths != {1}
        numbers = np.mean([_is_number(cell) for row in below for cell in row])
        worth = (not is_cut, is_even and len(rows[0]) in lengths, is_even, numbers, len(rows[0]))
        if best is None or worth > best[0]:
            best = worth, form, rows
    if is_tabbed and best[0][3] <= 0.5 and best[1].sep != "\t":  # it is part of a text there
        tabs = _Form("\t", csv.QUOTE_MINIMAL)
        return tabs, _cells(lines, tabs)
    return best[1:]


def _cells(lines, form):
    """Return the cells of each line, without those of a last row that may be cut off."""
    before = csv.field_size_limit(_LONGEST_CELL)
    separator = form.sep
    if separator == _BLANKS:
        lines, separator = (line.strip() for line in lines), " "
    try:
        rows = csv.reader(lines, delimiter=separator, quoting=form.quoting,
                          skipinitialspace=form.sep == _BLANKS)
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
    """Return whether the first line counts words and dimensions, as that of word2vec does."""
    return (
        len(first) == 2 and len(below) > 1 and all(cell.isdigit() for cell in first)
        and len(below[0]) == int(first[1]) + 1
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
        return not any(cell.startswith("[") for cell in first)
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
    return ["row name", *first] if len(longer) == len(below) else None


def _has_lines_in_cells(table, separator):
    """Return whether a cell holds a line break and separators, as if a quotation mark was open."""
    texts = [table.iloc[:, i] for i, kind in enumerate(table.dtypes) if _is_text(kind)]
    return any(
        (text.str.contains("\n", regex=False) & text.str.contains(separator, regex=False)).any()
        for text in texts
    )


def _is_even(path, encoding, form, width):
    """Return whether each line has the same separators, if quotation marks mean nothing."""
    with _opened(path, encoding) as file:
        counts = {line.count(form.sep) for line in file if line.strip()}
    return counts == {width - 1}
