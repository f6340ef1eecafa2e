"""Find points by what is written about them: words, a codepoint, or the character itself."""

import re

import ipywidgets
import numpy as np

from .thumbs import text_columns

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
    if limit is not None and limit < 1:
        raise ValueError(f"limit must be at least 1, got {limit!r}")
    meta = embedding.meta
    codepoint = _as_codepoint(text) if columns is None else None
    if codepoint is not None and meta is not None and "codepoint" in meta:
        return np.flatnonzero(meta["codepoint"].to_numpy() == codepoint)[:limit]
    places = _places(meta, columns)
    for some in places:
        found = _rows_with(meta, some, text)
        if len(found):
            break
    return found[:limit]


def _as_codepoint(text):
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


class SearchPanel(ipywidgets.VBox):
    """A box to type into, how much was found, and buttons to go there or to forget it.

    Parameters
    ----------
    embedding : Embedding
    on_found : callable, optional
        Called with the row numbers found, ascending; with an empty array when nothing was, or
        when the search was cleared.
    on_zoom : callable, optional
        Called with the row numbers when the map is to go there.
    """

    def __init__(self, embedding, on_found=None, on_zoom=None):
        self._embedding, self._on_found = embedding, on_found
        self.rows = np.empty(0, dtype=np.int64)
        self._box = ipywidgets.Text(
            description="find", placeholder=_hint(embedding), continuous_update=False,
            style={"description_width": "auto"}, layout={"width": "250px"},
        )
        self._found = ipywidgets.Label("")
        self._zoom = ipywidgets.Button(
            description="zoom to", tooltip="show what was found", layout={"width": "76px"}
        )
        self._clear = ipywidgets.Button(
            description="clear", tooltip="forget the search", layout={"width": "64px"}
        )
        self._box.observe(lambda _: self._search(), "value")
        if on_zoom is not None:
            self._zoom.on_click(lambda _: on_zoom(self.rows))
        self._clear.on_click(lambda _: setattr(self._box, "value", ""))
        self._enable()
        super().__init__([self._box, ipywidgets.HBox([self._zoom, self._clear, self._found])])

    @property
    def text(self):
        """What was searched for."""
        return self._box.value

    def _search(self):
        before, self.rows = self.rows, self.rows[:0]
        if not self.text.strip():
            self._found.value = ""
        else:
            try:
                self.rows = search(self._embedding, self.text)
                self._found.value = _how_many(len(self.rows), self.text)
            except ValueError as error:
                self._found.value = str(error)
        self._enable()
        if self._on_found is not None and (len(self.rows) or len(before)):
            self._on_found(self.rows)

    def _enable(self):
        self._zoom.disabled = not len(self.rows)
        self._clear.disabled = not self.text


def _how_many(n, text):
    if n:
        return f"{n:,} point{'s' * (n != 1)} found"
    codepoint = _as_codepoint(text.strip())
    if codepoint is not None:
        return f"nothing found: no point is U+{codepoint:04X}"
    return "nothing found: no point has all these words"


def _hint(embedding):
    has_codepoints = embedding.meta is not None and "codepoint" in embedding.meta
    return "arabic letter, U+0634 or 国" if has_codepoints else "words"
