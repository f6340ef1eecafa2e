"""Filters: which points have a value within a range, or one of some labels."""

from collections.abc import Mapping
from functools import cached_property

import numpy as np

from ..colors.columns import label_codes, natural_kind, natural_values
from .counts import check_column

_SHOWN = 4  # labels that an error lists


def filter_points(embedding, conditions=None, /, **columns):
    """Return which points meet a condition on each of some columns.

    Parameters
    ----------
    embedding : Embedding
    conditions, **columns : dict of conditions
        By column of ``embedding.meta``; a name that is no word of Python, in the dict. A tuple
        ``(low, high)`` is a range of numbers, dates or durations, both ends included, None for no
        end; a date may be text, which as an upper end lasts until the end of its day or year. A
        list, or one value that is no tuple, are labels: values, or how they read as text. Points
        without a value pass only if None is among the labels, or the third of a range:
        ``(0.2, None, None)``.

    Returns
    -------
    (n,) bool

    Raises
    ------
    ValueError, TypeError
        If there is no such column or label, or a condition does not fit its column.

    Examples
    --------
    >>> mask = filter_points(embedding, script=["Arabic", "Latin"], weight=(0.2, 0.8))
    """
    mask = np.ones(len(embedding), bool)
    for name, condition in check_conditions(conditions, columns).items():
        if condition is not None:
            mask &= FilterColumn(embedding.meta, name).passes(condition)
    return mask


def check_conditions(conditions, columns):
    """Return conditions from a dict or None, and from keywords, as one dict."""
    if conditions is not None and not isinstance(conditions, Mapping):
        raise TypeError(
            "conditions must be a dict, such as {'script': ['Arabic'], 'weight': (0.2, 0.8)}, "
            f"got {conditions!r}"
        )
    return {**(conditions or {}), **columns}


class FilterColumn:
    """A column of metadata that can be asked many times which points pass.

    Parameters
    ----------
    meta : DataFrame
    name : hashable
        Of the column.

    Raises
    ------
    ValueError
        If `meta` has no such column.
    """

    def __init__(self, meta, name):
        self.name, self._column = name, check_column(meta, name)

    @cached_property
    def kind(self):
        """Whether its values are "labels", or a "value" on a scale."""
        return natural_kind(self._column)

    @cached_property
    def values(self):
        """Float64 (n,), NaN is missing; dates in seconds since 1970, durations in seconds."""
        return self._values_and_unit[0]

    @property
    def unit(self):
        """Of `values`: "date", "seconds" or an empty text."""
        return self._values_and_unit[1]

    @cached_property
    def _values_and_unit(self):
        return natural_values(self._column)

    @property
    def codes(self):
        """Int32 (n,), the number of each point's label, the most frequent first, -1 is missing."""
        return self._codes[0]

    @property
    def labels(self):
        """The labels, as plain values of Python."""
        return self._codes[1]

    @property
    def counts(self):
        """How many points have each label, (k,) int."""
        return self._codes[2]

    @cached_property
    def _codes(self):
        codes, labels, counts = label_codes(self._column)
        return codes, labels.tolist(), counts

    @cached_property
    def texts(self):
        """How the labels read."""
        gap = any(isinstance(label, float) for label in self.labels)
        return [str(one).removesuffix(".0") if gap else str(one) for one in self.labels]

    @cached_property
    def _number_of(self):
        """Number of each label, by itself and by how it reads."""
        numbers = {text: i for i, text in enumerate(self.texts)}
        return numbers | {
            label: i for i, label in enumerate(self.labels) if label.__hash__ is not None
        }

    def passes(self, condition):
        """Return which points meet a condition, bool (n,); see `filter_points`."""
        if isinstance(condition, tuple):
            return self._in_range(condition)
        chosen = np.zeros(len(self.labels) + 1, bool)  # the last one is code -1
        chosen[self.numbers(condition)] = True
        return chosen[self.codes]

    def plain(self, condition):
        """Return a condition in plain values, as a person would write it: a tuple, or a list."""
        if isinstance(condition, tuple):
            ends = (
                end if end is None or isinstance(end, (str, int, float)) else self._written(end)
                for end in condition
            )
            return tuple(ends)
        return [
            None if i < 0 else label if isinstance(label := self.labels[i], (str, int, float))
            else self.texts[i]
            for i in dict.fromkeys(self.numbers(condition))
        ]

    def _written(self, end):
        number = self.end(end, is_high=False)
        # All digits of a second: less would be a longer period at the upper end.
        return str(np.datetime64(round(number * 1e6), "us")) if self.unit == "date" else number

    def numbers(self, condition):
        """Return the numbers of the labels that a condition lists, -1 for missing ones."""
        if isinstance(condition, (str, bytes)) or not np.iterable(condition):
            condition = [condition]
        return [self._number(label) for label in condition]

    def _number(self, label):
        if label is None or label != label:
            return -1
        number = self._number_of.get(label) if label.__hash__ is not None else None
        if number is None:
            number = self._number_of.get(str(label))
        if number is None:
            few = ", ".join(map(repr, self.labels[:_SHOWN]))
            more = f" and {len(self.labels) - _SHOWN:,} more" if len(self.labels) > _SHOWN else ""
            raise ValueError(
                f"a label of {self.name!r} must be one that points have ({few}{more}), "
                f"got {label!r}"
            )
        return number

    def _in_range(self, condition):
        if len(condition) not in (2, 3) or condition[2:] not in ((), (None,)):
            raise ValueError(
                f"a range of {self.name!r} must be (low, high), or (low, high, None) to let points "
                f"without a value pass, got {condition!r}; labels stand in a list"
            )
        try:
            values = self.values
        except TypeError:
            raise TypeError(
                f"a range must be of a column of numbers or dates, {self.name!r} is neither: "
                f"labels stand in a list, {list(condition)!r}"
            ) from None
        low, high = (self.end(end, is_high=i == 1) for i, end in enumerate(condition[:2]))
        if low > high:
            raise ValueError(f"a range of {self.name!r} must be (low, high), got {condition!r}")
        mask = (values >= low) & (values <= high)
        if len(condition) == 3:
            mask |= np.isnan(values)
        return mask

    def end(self, end, *, is_high):
        """Return an end of a range as a float in the unit of the values."""
        import pandas as pd

        if end is None:
            return np.inf if is_high else -np.inf
        # NumPy counts its durations among the numbers.
        is_number = isinstance(end, (int, float, np.number)) and not isinstance(end, np.timedelta64)
        try:
            if self.unit == "date" and isinstance(end, str):
                period = pd.Period(end)
                # To microseconds: the last nanosecond would be rounded up to the next day.
                return (period.end_time.floor("us") if is_high else period.start_time).timestamp()
            if is_number and not np.isnan(end):
                dtype = getattr(self._column.dtype, "type", None)
                return float(np.float32(end) if dtype is np.float32 else end)
            if self.unit == "date" and not is_number:
                return pd.Timestamp(end).timestamp()
            if self.unit == "seconds" and not is_number:
                return pd.Timedelta(end).total_seconds()
        except (TypeError, ValueError):
            pass
        what = {"date": "dates", "seconds": "durations"}.get(self.unit, "numbers")
        raise ValueError(f"the ends of a range of {self.name!r} must be {what}, got {end!r}")
