"""Filters in a page: a range of a column's values or some of its labels, for several columns."""

import ipywidgets
import numpy as np

from ...live.cell_output import close_all
from ...live.html import cut, img
from ...picture.text import format_number
from .check_list import CheckList

_BAR, _INSET = 300, 6  # CSS pixels; a slider's track keeps that far from both ends
_HANDLE = 4  # CSS pixels by which a handle stands out
_HINT = "Points that do not pass turn grey. Escape ends a selection; filters stay until removed."
_BINS, _HEIGHT = 72, 26
_STEPS = 500  # of a slider
_MOST_BOXES = 200  # more labels than these are found by typing
_FEW_BOXES = 8  # and fewer are seen at once
_MISSING = -1


class FilterPanel(ipywidgets.VBox):
    """Filters that a person adds by choosing a column, and takes away one by one or all.

    Parameters
    ----------
    state : ExplorerState
        Has the filters.
    on_filter : callable
        Called with conditions by column, as `filter_points` takes them, or None to end all.
    on_select : callable
        Called without arguments when what passes is to be selected.
    on_error : callable
        Called with an exception.
    """

    def __init__(self, state, on_filter, on_select, on_error):
        self._state, self._on_filter, self._on_error = state, on_filter, on_error
        self._columns = [*state.embedding.meta.columns]
        self._rows, self._from_page = {}, False
        self._menu = ipywidgets.Dropdown(layout={"width": "150px"}, tooltip="add a filter")
        self._menu.observe(lambda _: self._add(), "value")
        self._clear, self._select = (
            ipywidgets.Button(description=text, tooltip=tooltip, layout={"width": "auto"})
            for text, tooltip in (
                ("clear", "End all filters; Escape leaves them"),
                ("select these", "Select all points that pass"),
            )
        )
        self._clear.on_click(lambda _: self._tell(None))
        self._select.on_click(lambda _: on_select())
        self._box, self._hint = ipywidgets.VBox(), ipywidgets.Label(_HINT)
        bar = ipywidgets.HBox([self._menu, self._select, self._clear])
        bar.add_class("tsnecolor-narrow")
        super().__init__([bar, self._hint, self._box])
        self.layout.overflow = "hidden auto"
        self.show()

    def show(self):
        """Show the filters of the state; a row that a person is busy with stays as it is."""
        conditions = self._state.conditions
        if not self._from_page:
            for name in [name for name in self._rows if name not in conditions]:
                self._drop(name)
            for name, condition in conditions.items():
                self._row(name, isinstance(condition, tuple)).show(condition)
        self._arrange()

    def _row(self, name, is_range):
        row = self._rows.get(name)
        if row is None or isinstance(row, _RangeFilter) != is_range:
            if row is not None:
                self._drop(name)
            kind = _RangeFilter if is_range else _LabelFilter
            row = self._rows[name] = kind(
                self._state.filter_column(name),
                lambda condition: self._tell({name: condition}),
                lambda: self._remove(name),
            )
        return row

    def _arrange(self):
        self._menu.options = [("add a filter …", -1)] + [
            (cut(str(name)), i) for i, name in enumerate(self._columns) if name not in self._rows
        ]
        self._menu.value = -1
        self._box.children = [*self._rows.values()]
        self._clear.disabled = not self._rows
        self._hint.layout.display = "none" if self._rows else None
        self._select.disabled = not self._state.conditions

    def _add(self):
        if self._menu.value in (None, -1):
            return
        name = self._columns[self._menu.value]
        try:
            self._row(name, self._state.filter_column(name).kind == "value")
        except Exception as error:  # a person must see it
            self._on_error(error)
        self._arrange()

    def _remove(self, name):
        self._drop(name)
        self._tell({name: None})

    def _drop(self, name):
        row = self._rows.pop(name)
        self._box.children = [*self._rows.values()]
        close_all(row)

    def _tell(self, conditions):
        self._from_page = conditions is not None
        try:
            self._on_filter(conditions)
        except Exception as error:  # a person must see it
            self._on_error(error)
        finally:
            self._from_page = False
        self._arrange()


class _Filter(ipywidgets.VBox):
    """The filter of one column: its name, a button that removes it, and controls."""

    def __init__(self, column, on_change, on_remove, controls):
        self._column, self._on_change = column, on_change
        name = ipywidgets.Label(cut(str(column.name)), layout={"flex": "1 1 0", "min_width": "0"})
        name.add_class("tsnecolor-filter-name")
        remove = ipywidgets.Button(
            description="×", tooltip=f"remove the filter on {cut(str(column.name))}",
            layout={"width": "24px"},
        )
        remove.on_click(lambda _: on_remove())
        head = ipywidgets.HBox([name, remove])
        head.add_class("tsnecolor-narrow")
        super().__init__([head, *controls])
        self.add_class("tsnecolor-filter")


class _RangeFilter(_Filter):
    """A slider with two handles under a histogram."""

    def __init__(self, column, on_change, on_remove):
        values = column.values
        known = values[np.isfinite(values)]
        n_missing = int(np.count_nonzero(np.isnan(values)))
        self._quiet = False
        self._low, self._high = (float(known.min()), float(known.max())) if len(known) else (0, 0)
        self._step = (self._high - self._low) / _STEPS
        if self._step and (known == np.rint(known)).all():
            self._step = np.ceil(self._step)
        self._text = ipywidgets.Label()
        self._missing = ipywidgets.Checkbox(
            description=f"{n_missing:,} without a value, too", indent=False,
            layout={"width": "auto", "display": None if n_missing else "none"},
        )
        controls = [self._text]
        self._slider = None
        if self._step > 0:
            self._slider = ipywidgets.FloatRangeSlider(
                value=(self._low, self._high), min=self._low, max=self._high, step=self._step,
                readout=False, continuous_update=False, tooltip="the range that passes",
                layout={"width": f"{_BAR}px", "margin": f"0 0 0 {_HANDLE}px"},
            )
            self._slider.observe(lambda _: self._moved(), "value")
            picture = img(_histogram(known), "histogram of the values", _HEIGHT)
            controls = [
                ipywidgets.HTML(picture, layout={"margin": f"0 0 0 {_INSET + _HANDLE}px"}),
                self._slider,
                self._text,
            ]
        self._missing.observe(lambda _: self._moved(), "value")
        super().__init__(column, on_change, on_remove, [*controls, self._missing])
        if self._slider is not None:
            self._describe()
        elif 0 < len(known) == len(values) - n_missing:
            self._text.value = f"all are {format_number(self._low, column.unit)}"
        else:
            self._text.value = "no range to choose from"

    def show(self, condition):
        """Set the controls by a condition, without a call of `on_change`."""
        self._quiet = True
        low, high = (self._column.end(end, is_high=i == 1) for i, end in enumerate(condition[:2]))
        if self._slider is not None:
            self._slider.value = np.clip((low, high), self._low, self._high).tolist()
        self._missing.value = len(condition) == 3
        self._quiet = False
        self._describe()

    def _moved(self):
        if self._quiet:
            return
        self._describe()
        low, high = None, None
        if self._slider is not None:
            low, high = self._slider.value
            # A page counts steps, and may end just before the last value.
            low = None if low < self._low + self._step / 2 else self._plain(low)
            high = None if high > self._high - self._step / 2 else self._plain(high)
        self._on_change((low, high, None) if self._missing.value else (low, high))

    def _plain(self, end):
        """Return an end as a person would write it."""
        if self._column.unit == "date":
            return str(np.datetime64(round(end), "s"))
        return round(end, int(1 - np.floor(np.log10(self._step))))

    def _describe(self):
        if self._slider is not None:
            ends = (format_number(end, self._column.unit) for end in self._slider.value)
            self._text.value = "from {} to {}".format(*ends)


class _LabelFilter(_Filter):
    """Check boxes of labels, the most frequent first, and a box to find more."""

    def __init__(self, column, on_change, on_remove):
        self._chosen = set()
        self._n_missing = int(np.count_nonzero(column.codes < 0))
        self._folded = [text.casefold() for text in column.texts]
        self._find = ipywidgets.Text(
            placeholder=f"find in {len(column.labels):,} labels",
            layout={"width": "190px"}, tooltip="find labels",
        )
        self._all, self._none = (
            ipywidgets.Button(description=text, tooltip=tooltip, layout={"width": "48px"})
            for text, tooltip in (("all", "tick all that were found"), ("none", "tick none"))
        )
        self._list = CheckList(self._ticked, label=f"labels of {cut(str(column.name))}")
        self._more = ipywidgets.Label()
        self._find.observe(lambda _: self._fill(), "value")
        self._all.on_click(lambda _: self._choose(self._chosen | {*self._found()}))
        self._none.on_click(lambda _: self._choose(set()))
        search = ipywidgets.HBox([self._find, self._all, self._none])
        search.add_class("tsnecolor-narrow")
        search.layout.display = None if len(column.labels) > _FEW_BOXES else "none"
        super().__init__(column, on_change, on_remove, [search, self._list, self._more])
        self._fill()

    def show(self, condition):
        """Tick the labels of a condition, without a call of `on_change`."""
        self._chosen = set(self._column.numbers(condition))
        self._fill()

    def _found(self):
        """Return the numbers of the labels that hold what was typed; missing ones by no text."""
        text = self._find.value.strip().casefold()
        found = [i for i, label in enumerate(self._folded) if text in label]
        return found + ([_MISSING] if self._n_missing and not text else [])

    def _fill(self):
        found = self._found()
        first = [i for i in found if i in self._chosen]
        shown = (first + [i for i in found if i not in self._chosen])[:_MOST_BOXES]
        self._list.entries = [self._entry(i) for i in (shown if first else found[:_MOST_BOXES])]
        self._mark()
        more = len(found) - len(shown)
        self._more.value = f"… and {more:,} more: type to find them" if more else (
            "" if found else "no label has that text"
        )
        self._more.layout.display = None if self._more.value else "none"

    def _entry(self, i):
        name, count = ("missing", self._n_missing) if i == _MISSING else (
            cut(self._column.texts[i]), self._column.counts[i]
        )
        return {"key": i, "name": name, "detail": f"{count:,}"}

    def _mark(self):
        self._list.ticked = [
            one["key"] for one in self._list.entries if one["key"] in self._chosen
        ]

    def _ticked(self, key, is_on):
        self._choose(self._chosen | {key} if is_on else self._chosen - {key})

    def _choose(self, chosen):
        self._chosen = chosen
        self._mark()
        labels = [None if i == _MISSING else self._column.labels[i] for i in sorted(chosen)]
        self._on_change(labels or None)


def _histogram(values):
    """Return grey bars, (h, w, 3) uint8, as wide as a slider's track."""
    counts, _ = np.histogram(values, _BINS)
    width = (_BAR - 2 * _INSET) // _BINS
    heights = np.ceil(_HEIGHT * counts / counts.max()).astype(int)
    is_bar = np.arange(_HEIGHT, 0, -1)[:, None] <= np.repeat(heights, width)
    return np.where(is_bar[:, :, None], np.uint8(130), np.uint8([255] * 3))
