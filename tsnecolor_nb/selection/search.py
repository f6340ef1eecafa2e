"""Find points by words in their metadata, by codepoint, or by the character itself."""

import re
import unicodedata
from functools import cache

import numpy as np

from ..arrays.checks import check_count
from ..picture.thumbs import text_columns

_CODEPOINT = re.compile(r"(?:u\+|0x|\\u)([0-9a-f]{1,6})", re.IGNORECASE)
_UNSPACED = ("Lo", "Mc", "Mn", "So")  # categories of letters without case, marks, and emoji
_WORD = re.compile(r"[^\W_]+")


def search(embedding, text, *, columns=None, limit=None):
    """Find points by name or codepoint.

    ``"U+0634"``, ``"0x634"`` and a single character find the points of that codepoint, if the
    metadata have a column ``codepoint``. Any other text is split into words. Each must begin a word
    of the name, in any order, in upper or lower case: ``"arabic letter"``; of scripts without
    upper and lower case, and of emoji, any part is found: ``"学习"`` in 机器学习. If there is no
    column ``name``, or no match in it, all columns of text are searched, and each word may be in
    another one. If that finds nothing, a word with which no word begins may also stand inside
    words: ``"raph"`` in graph; first in ``name`` again, then in all columns.

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
        Row numbers, ascending; empty without a match.

    Raises
    ------
    ValueError
        If `text` is empty, `limit` is no positive integer, or there is no column to search.
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
    searched, joined = _searched_columns(meta, columns), cache(lambda name: _joined(meta[name]))
    for inside in (False, True):
        for names in searched:
            matches = _matches(map(joined, names), len(meta), text, inside=inside)
            if len(matches):
                return matches[:limit]
    return matches


def as_codepoint(text):
    """Return the codepoint that a text names (``国``, ``U+56FD``), int, or None."""
    if len(text) == 1:
        return ord(text)
    match = _CODEPOINT.fullmatch(text)
    return int(match[1], 16) if match else None


def _searched_columns(meta, columns):
    """Return lists of columns, to be searched one after the other until there is a match."""
    of_text = [] if meta is None else text_columns(meta)
    if columns is not None:
        if not columns or any(meta is None or column not in meta for column in columns):
            names = ", ".join(map(str, of_text)) or "none"
            raise ValueError(f"columns must be among those of meta (of text: {names}), "
                             f"got {list(columns)!r}")
        return [list(columns)]
    if not of_text:
        raise ValueError("there is nothing to search in: meta has no columns of text")
    return [["name"], of_text] if "name" in of_text else [of_text]


def _matches(columns, n, text, *, inside):
    """Return the rows with all words of a text, ascending; `columns` come from `_joined`.

    With `inside` a word with which no word begins may stand anywhere.
    """
    patterns = []  # of each word: two, the second for `inside`
    for piece in re.split(r"[\s_]+", text.casefold()):
        if any(unicodedata.category(letter) in _UNSPACED for letter in piece):
            patterns.append([re.compile(re.escape(piece))])
        else:
            patterns += map(_beginning_with_or_inside, _WORD.findall(piece))
    patterns = patterns or [_beginning_with_or_inside(text.casefold())]
    columns, matches = list(columns), np.ones(n, dtype=bool)
    for tried in patterns:
        for pattern in tried if inside else tried[:1]:
            has_word = _with(pattern, columns, n)
            if has_word.any():
                break
        matches &= has_word
        if not matches.any():
            break
    return np.flatnonzero(matches)


def _with(pattern, columns, n):
    """Return which rows have a match of a pattern in any of the columns, bool (n,)."""
    has_word = np.zeros(n, dtype=bool)
    for codes, joined, starts in columns:
        offsets = [match.start() for match in pattern.finditer(joined)]
        if offsets:
            has = np.zeros(len(starts) + 1, dtype=bool)  # the last one is for missing, code -1
            has[np.searchsorted(starts, offsets, side="right") - 1] = True
            has_word |= has[codes]
    return has_word


def _beginning_with_or_inside(word):
    """Return a pattern for a word that follows no letter or digit, and one for it anywhere."""
    word = re.escape(word)
    # Looking back after the word, not before, keeps the fast search for a fixed text.
    return [re.compile(rf"{word}(?<![^\W_]{word})"), re.compile(word)]


def _joined(column):
    """Return the code of each row's value, all values as one text, and where each value begins.

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
