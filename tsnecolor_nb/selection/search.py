"""Find points by what is written about them: words, a codepoint, or the character itself."""

import re

import numpy as np

from ..arrays.checks import check_count
from ..picture.thumbs import text_columns

_CODEPOINT = re.compile(r"(?:u\+|0x|\\u)([0-9a-f]{1,6})", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")


def search(embedding, text, *, columns=None, limit=None):
    """Find points by name or codepoint.

    ``"U+0634"``, ``"0x634"`` and a single character find the points of that codepoint, if the
    metadata have a column ``codepoint``. Anything else is words. All of them must begin words of
    the name, in any order, be they large or small letters: ``"arabic letter"``. If there is no
    column ``name``, or nothing there, all columns of text are searched, and each word may be in
    another one.

    Parameters
    ----------
    embedding : Embedding
    text : str
    columns : list of hashable, optional
        The columns of ``embedding.meta`` to search for words, and no others.
    limit : int, optional
        Return no more than the first `limit` rows.

    Returns
    -------
    (m,) int64
        Row numbers, ascending; none if nothing was found.

    Raises
    ------
    ValueError
        If there is nothing to search for, or nothing to search in; the message says which.
    """
    text = str(text).strip()
    if not text:
        raise ValueError("text must hold a word, a codepoint such as U+0634, or a character")
    if limit is not None:
        check_count("limit", limit, 1)
    meta = embedding.meta
    codepoint = as_codepoint(text) if columns is None else None
    if codepoint is not None and meta is not None and "codepoint" in meta:
        return np.flatnonzero(meta["codepoint"].to_numpy() == codepoint)[:limit]
    places = _places(meta, columns)
    for some in places:
        found = _rows_with(meta, some, text)
        if len(found):
            break
    return found[:limit]


def as_codepoint(text):
    """Return the code point that a text names (``国``, ``U+56FD``), or None."""
    if len(text) == 1:
        return ord(text)
    match = _CODEPOINT.fullmatch(text)
    return int(match[1], 16) if match else None


def _places(meta, columns):
    """Return lists of columns, to be searched one after the other until something is found."""
    there = [] if meta is None else text_columns(meta)
    if columns is not None:
        missing = [column for column in columns if meta is None or column not in meta]
        if missing or not columns:
            names = ", ".join(map(str, there)) or "none"
            raise ValueError(f"columns must be among those of meta (of text: {names}), "
                             f"got {list(columns)!r}")
        return [list(columns)]
    if not there:
        raise ValueError("there is nothing to search in: meta has no columns of text")
    return [["name"], there] if "name" in there else [there]


def _rows_with(meta, columns, text):
    words = [word.casefold() for word in _WORD.findall(text)] or [text.casefold()]
    patterns = [_beginning_with(word) for word in words]
    found = np.zeros((len(words), len(meta)), dtype=bool)
    for column in columns:
        codes, text_of_all, starts = _joined(meta[column])
        for i, pattern in enumerate(patterns):
            places = [match.start() for match in pattern.finditer(text_of_all)]
            has = np.zeros(len(starts) + 1, dtype=bool)  # the last one is for missing, code -1
            has[np.searchsorted(starts, places, side="right") - 1] = True
            found[i] |= has[codes]
    return np.flatnonzero(found.all(axis=0))


def _beginning_with(word):
    """Return a pattern for a word where no letter or digit stands before it."""
    word = re.escape(word)
    # Looking back after the word, not before: so the search can leap from one to the next.
    return re.compile(rf"{word}(?<![^\W_]{word})")


def _joined(column):
    """Return each row's number of its value, all values as one text, and where each begins.

    One regular expression over one long text is twenty times as fast as one call per value.
    """
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype):
        codes, values = column.cat.codes.to_numpy(), column.cat.categories
    else:
        codes, values = pd.factorize(column.map(str, na_action="ignore"))
    values = [" ".join(str(value).splitlines()).casefold() for value in values.tolist()]
    lengths = np.fromiter(map(len, values), dtype=np.int64, count=len(values)) + 1
    return codes, "\n".join(values), np.cumsum(lengths) - lengths
