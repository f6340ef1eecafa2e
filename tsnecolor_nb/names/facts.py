"""What the metadata tell of parts of a map: facts that are true there and seldom elsewhere.

A fact is a value of a column, a word or a pair of words of its texts, or the lowest or highest
quarter of its numbers.
"""

import re
from dataclasses import dataclass

import numpy as np

from ..colors.columns import label_codes, natural_kind, natural_values, without_label
from ..picture.thumbs import text_columns

_TEXTS = 20_000  # rows whose texts are read for words, and in which facts are compared
_READ = 1000  # characters of a text
_MOST_VALUES = 5000  # a column with more different ones has no categories
_LEAST_SHARE = 0.5  # of a part: for a minority no name is true
_LEAST_GAIN = 0.25  # nats; a value of four fifths of all points tells 0.22
_MOST_TEXTS = 0.35  # share of all texts: more frequent words are no names
_ONE_OF_TWO, _TWO_SHARE = 0.2, 0.65  # shares of a part: of each of two values, and of both
_SECOND_SHARE, _NEWS = 0.7, 1.5  # of a second fact: its share, and how much more frequent it is
_SHORT, _LONGEST = 24, 28  # characters of a value, and of two facts; more is cut on the map
_FIRST = 100  # nats: more than anything tells
_FEW = 3  # points: of a few nothing can be said
# What counts for a category counts that much for others. Those below _PLAIN stand where no other
# does, and are no second facts.
_PAIR, _FLAG, _LONG, _EITHER, _WORD = 0.95, 0.8, 0.8, 0.9, 0.75
_PLAIN, _NUMBERS, _CODE = 0.75, 0.7, 0.6
_NUMBER_WORDS = {
    "one", "two", "three", "four", "five", "six", "eight", "nine", "ten", "eleven", "twelve",
    "fifteen", "twenty", "forty", "fifty", "sixty", "hundred", "first", "third",
}
_YES, _NO = {"true", "yes"}, {"false", "no"}
_OF_A_COLUMN = {  # say nothing without the name of their column
    "low", "medium", "middle", "mid", "high", "small", "large", "good", "bad", "poor", "fair",
    "excellent", "normal", "left", "right", "male", "female", "positive", "negative", "on", "off",
    "open", "closed", "capital", "first", "second", "third",
}
_OF_ALL = {"common", "general", "inherited", "misc", "miscellaneous", "mixed", "various"}


class Facts:
    """Everything that the metadata of an embedding tell, for naming parts of its map.

    Parameters
    ----------
    meta : DataFrame or None
    n : int
        Number of points.
    codes : bool
        Whether what says little is a fact, too: values such as "Lo" or 7, and low or high numbers.
    """

    def __init__(self, meta, n, *, codes):
        self._rows = np.arange(0, n, -(-n // _TEXTS))
        self._columns, self.texts = [], []
        columns = [] if meta is None else [meta[name] for name in meta.columns]
        for column in columns:
            self._add(_values(column, self._rows, codes))
        # Last, so that words are written as the values of other columns are.
        for column in [] if meta is None else [meta[name] for name in text_columns(meta)]:
            self._add(_words(column, self._rows, self.texts))
        self._column_of = np.repeat(
            np.arange(len(self._columns)), [len(column.texts) for column in self._columns]
        )
        self._joint = None

    def _add(self, column):
        if column is not None:
            column.first = len(self.texts)
            self._columns.append(column)
            self.texts += column.texts

    def names(self, part, n_parts):
        """Return what each part of a map is called, a list of str or None.

        part : (n,) int, of each point, 0 to n_parts - 1. Of one fact p is the share in the part and
        q that of all points; its gain is the Kullback-Leibler divergence of the two, in nats.
        """
        if not self._columns:
            return [None] * n_parts
        shares = [column.shares(part, n_parts) for column in self._columns]
        at, fact, p, q, weight = map(np.concatenate, zip(*shares, strict=True))
        gain = np.where(p >= _LEAST_SHARE, weight * _divergence(p, q), 0)
        gain[(gain >= _LEAST_GAIN) & (weight >= _PLAIN)] += _FIRST
        names, best = [None] * n_parts, np.zeros(n_parts)
        for i in _best_of_each(at, gain):
            if gain[i] >= _LEAST_GAIN:
                best[at[i]], names[at[i]] = gain[i], fact[i]
        second = self._second(at, fact, p, q, weight, names)
        names = [name if name is None else self._joined(name, second.get(i))
                 for i, name in enumerate(names)]
        for one, gain, text in self._either(at, fact, p, q, weight):
            if gain > best[one]:
                best[one], names[one] = gain, text
        return names

    def _second(self, at, fact, p, q, weight, names):
        """Return by part a fact of another column that is news, given the first one."""
        first = np.array([-1 if name is None else name for name in names])[at]
        kept = np.flatnonzero(
            (first >= 0) & (weight >= _PLAIN) & (p >= _SECOND_SHARE) & (p >= _NEWS * q)
        )
        kept = kept[self._column_of[first[kept]] != self._column_of[fact[kept]]]
        if not len(kept):
            return {}
        if self._joint is None:
            from scipy.sparse import hstack

            has = hstack([column.sample for column in self._columns], format="csr")
            self._joint = (has.T @ has).tocsr()
        of_first = self._joint[first[kept], first[kept]]
        of_both = np.asarray(self._joint[first[kept], fact[kept]]).ravel()
        expected = np.maximum(of_both / np.maximum(np.asarray(of_first).ravel(), 1), q[kept])
        p = p[kept]
        gain = np.where(p >= _NEWS * expected, _divergence(p, expected), 0)
        return {int(at[kept[i]]): int(fact[kept[i]]) for i in _best_of_each(at[kept], gain)
                if gain[i] >= _LEAST_GAIN}

    def _joined(self, first, second):
        """Return one or two facts as a name, the more general one first."""
        text = self.texts[first]
        if second is None:
            return text
        other = self.texts[second]
        if _words_of(text) <= _words_of(other):
            return other
        if _words_of(other) <= _words_of(text) or len(text) + len(other) + 2 > _LONGEST:
            return text
        weight = np.concatenate([column.weight for column in self._columns])
        general = sorted(
            (first, second), key=lambda fact: (-weight[fact], -self._joint[fact, fact])
        )
        return ", ".join(self.texts[fact] for fact in general)

    def _either(self, at, fact, p, q, weight):
        """Yield parts that are of two values of one column, what that tells, and the name."""
        column = self._column_of[fact]
        exclusive = np.array([one.is_exclusive for one in self._columns])[column]
        kept = np.flatnonzero(exclusive & (p >= _ONE_OF_TWO))
        group = at[kept] * len(self._columns) + column[kept]
        order = kept[np.lexsort((-p[kept], group))]
        group = np.sort(group)
        one = np.flatnonzero((group[1:] == group[:-1]) & np.append(True, group[1:-1] != group[:-2]))
        for i, j in zip(order[one], order[one + 1], strict=True):
            i, j = sorted((i, j), key=lambda one: (-q[one], fact[one]))
            text = f"{self.texts[fact[i]]} or {self.texts[fact[j]]}"
            least = min(weight[i], weight[j])
            gain = _EITHER * least * _divergence(p[i] + p[j], q[i] + q[j])
            if p[i] + p[j] >= _TWO_SHARE and gain >= _LEAST_GAIN and len(text) <= _LONGEST:
                yield at[i], gain + _FIRST * (least >= _PLAIN), text


@dataclass
class _Column:
    """The facts of one column, and which points they are true of.

    has : csr_array (m, k), of the `rows` (m,) or, if that is None, of all; sample : the same of the
    rows in which facts are compared.
    """

    texts: list
    weight: np.ndarray  # (k,)
    has: object
    sample: object
    rows: np.ndarray | None = None
    is_exclusive: bool = False  # whether at most one fact is true of a point
    first: int = 0  # number of the first fact among those of all columns

    def shares(self, part, n_parts):
        """Return arrays (m,): a part, a fact, its share there and everywhere, and its weight."""
        from scipy.sparse import csr_array

        of = part if self.rows is None else part[self.rows]
        member = csr_array((np.ones(len(of)), (of, np.arange(len(of)))), shape=(n_parts, len(of)))
        inside = csr_array(member @ self.has).tocoo()
        total = np.bincount(of, minlength=n_parts)
        p = inside.data / (total[inside.row] + _FEW)
        q = (np.asarray(self.has.sum(axis=0)).ravel() / len(of))[inside.col]
        keep = (p > q) & (p >= _ONE_OF_TWO)
        at, fact = inside.row[keep], inside.col[keep]
        return at, fact + self.first, p[keep], q[keep], self.weight[fact]


def _are_values(column, values):
    """Return whether the values of a column are categories, and not as many texts as points."""
    return 1 < len(values) <= min(_MOST_VALUES, len(column) / 4)


def _values(column, rows, codes):
    """Return the `_Column` of a column's categories or ranges, or None."""
    name = str(column.name)
    if natural_kind(column) != "labels":
        texts, numbers = _quarters(name, column)
        weight = np.full(len(texts), _NUMBERS)
    else:
        numbers, values, _ = label_codes(column)
        if not _are_values(column, values):
            return None
        values = [str(value) for value in values]
        texts, weight = zip(*(_value_fact(name, value) for value in values), strict=True)
        weight = np.where(without_label(values), 0, weight)
    if not codes:
        weight[weight < _PLAIN] = 0
    has = _one_hot(numbers, len(texts))
    return _Column(list(texts), weight, has, has[rows], is_exclusive=True) if len(texts) else None


def _one_hot(numbers, k):
    from scipy.sparse import csr_array

    known = np.flatnonzero(numbers >= 0)
    return csr_array((np.ones(len(known)), (known, numbers[known])), shape=(len(numbers), k))


def _value_fact(name, value):
    """Return how a value is written as a name, with its column where it says little, and a weight.

    A code such as "Lo", and a number, say little even so.
    """
    name, folded, value = _readable(name), value.casefold(), value.removesuffix(".0")
    if folded in _YES | _NO:
        return name if folded in _YES else f"not {name}", _FLAG
    if folded in _OF_A_COLUMN:
        return f"{name} {value}", 1
    is_short = len(value) <= 2 and value.isascii()
    if is_short or folded in _OF_ALL or re.fullmatch(r"[\d.,+-]+", value):
        return f"{name} {value}", _CODE
    return value, 1 if len(value) <= _SHORT else _LONG


def _quarters(name, column):
    """Return names for the lowest and the highest quarter of numbers, and which point is in which.

    Either may be missing, where many points have one value.
    """
    values, unit = natural_values(column)
    known = values[np.isfinite(values)]
    numbers = np.full(len(values), -1)
    if not len(known):
        return [], numbers
    low, high = np.quantile(known, [0.25, 0.75])
    numbers[values <= low] = 0
    numbers[values >= high] = 1
    numbers[(low == high) | ~np.isfinite(values)] = -1
    low_word, high_word = ("early", "late") if unit == "date" else ("low", "high")
    return [f"{low_word} {_readable(name)}", f"{high_word} {_readable(name)}"], numbers


def _readable(name):
    """Return the name of a column without its unit in brackets and without underscores."""
    return re.sub(r"\s*[(\[].*[)\]]\s*$", "", name).replace("_", " ").strip() or name


def _words(column, rows, known):
    """Return the `_Column` of words, and of pairs of words, that many texts have, or None.

    They are written as `known` values, if they are among these.
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, CountVectorizer

    if natural_kind(column) != "labels" or _are_values(column, label_codes(column)[1]):
        return None
    texts = column.iloc[rows].astype(str).str[:_READ]
    counter = CountVectorizer(
        ngram_range=(1, 2), binary=True, max_features=4 * _MOST_VALUES,
        min_df=min(20, max(2, len(texts) // 50)), token_pattern=r"(?u)\b[^\W\d_]+\b",
    )
    try:
        has = counter.fit_transform(texts)
    except ValueError:  # no word is left
        return None
    idle = ENGLISH_STOP_WORDS - _NUMBER_WORDS
    words = counter.get_feature_names_out()
    share = np.bincount(has.indices, minlength=has.shape[1]) / len(texts)
    frequent = {word for word, one in zip(words, share, strict=True) if one > _MOST_TEXTS}
    kept = [i for i, text in enumerate(words) if _is_name(text.split(), idle, frequent)]
    if not kept:
        return None
    spelled = _spellings(texts) | {text.casefold(): text for text in known if " " not in text}
    texts = [" ".join(spelled.get(word, word) for word in words[i].split()) for i in kept]
    weight = np.array([_PAIR if " " in text else _WORD for text in texts])
    has = has.tocsc()[:, kept].astype(float).tocsr()
    return _Column(texts, weight, has, has, rows=rows)


def _is_name(words, idle, frequent):
    """Return whether one word, or two, may be a name.

    A letter or an adjective is none alone, but is one beside any word: "letter a", "small letter".
    """
    if len(words[0]) == 1 or any(word in idle and len(word) > 1 for word in words):
        return False
    is_weak = [len(word) == 1 or word in _OF_A_COLUMN for word in words]
    if len(words) == 2 and sum(is_weak) == 1:
        return True
    return not any(is_weak) and not frequent.intersection(words)


def _spellings(texts):
    """Return by its lower case how a word is mostly written; texts all in upper case don't say."""
    written = " ".join(text for text in texts if not text.isupper())
    words, counts = np.unique(re.findall(r"[^\W\d_]{2,}", written), return_counts=True)
    order = np.argsort(counts, kind="stable")
    return {word.casefold(): word for word in words[order].tolist()}


def _divergence(p, q):
    """Return what a share p tells where q is usual, in nats."""
    p, q = np.clip(p, 1e-9, 1 - 1e-9), np.clip(q, 1e-9, 1 - 1e-9)
    return p * np.log(p / q) + (1 - p) * np.log((1 - p) / (1 - q))


def _best_of_each(group, value):
    """Return the place of the largest value of each group, the first one of several."""
    order = np.lexsort((-np.arange(len(value)), value, group))
    return order[np.flatnonzero(np.diff(group[order], append=-1))]


def _words_of(text):
    return set(re.findall(r"\w+", text.casefold()))
