"""Filters in a page: for each of some columns a range of values, or a list of labels."""

import ipywidgets
import numpy as np

from ...live.cell_output import close_all
from ...live.html import cut, img
from ...picture.text import format_number
from .check_list import CheckList
from .widgets import SLIDER_PX, TRACK_INSET_PX, button, set_visible, show_errors

_HANDLE_PX = 4  # CSS pixels by which a handle is wider than the track
_HINT = "Points that do not pass turn grey. Escape ends a selection; filters stay until removed."
_BINS, _HISTOGRAM_PX = 72, 26
_SLIDER_STEPS = 500
_MAX_BOXES = 200  # more labels have to be found by typing
_MAX_BOXES_WITHOUT_SEARCH = 8
_MISSING = -1


class FilterPanel(ipywidgets.VBox):
    """Filters that the user adds by choosing a column, and removes one by one or all at once.

    Parameters
    ----------
    state : ExplorerState
        Its conditions are shown.
    on_filter : callable
        Called with conditions by column, as for `filter_points`, or None to remove all.
    on_select : callable
        Called without arguments when the points that pass are to be selected.
    on_error : callable
        Called with an exception.
    """

    def __init__(self, state, on_filter, on_select, on_error):
        self._state, self._on_filter, self._on_error = state, on_filter, on_error
        self._columns = [*state.embedding.meta.columns]
        self._rows, self._is_from_page = {}, False
        self._menu = ipywidgets.Dropdown(layout={"width": "150px"}, tooltip="add a filter")
        self._menu.observe(lambda _: self._add(), "value")
        self._clear = button(
            "clear", "Remove all filters; Escape does not", lambda: self._apply(None)
        )
        self._select = button("select these", "Select all points that pass", on_select)
        self._box, self._hint = ipywidgets.VBox(), ipywidgets.Label(_HINT)
        bar = ipywidgets.HBox([self._menu, self._select, self._clear])
        super().__init__([bar.add_class("tsnecolor-narrow"), self._hint, self._box])
        self.layout.overflow = "hidden auto"
        self.show()

    def show(self):
        """Show the conditions of the state; a row whose own change is applied stays as it is."""
        conditions = self._state.conditions
        if not self._is_from_page:
            for name in [name for name in self._rows if name not in conditions]:
                self._remove_row(name)
            for name, condition in conditions.items():
                self._row(name, isinstance(condition, tuple)).show(condition)
        self._update()

    def _row(self, name, is_range):
        """Return the row of a column; a new one if it has none of that kind."""
        row = self._rows.get(name)
        if row is None or isinstance(row, _RangeFilter) != is_range:
            if row is not None:
                self._remove_row(name)
            row_class = _RangeFilter if is_range else _LabelFilter
            row = self._rows[name] = row_class(
                self._state.filter_column(name),
                lambda condition: self._apply({name: condition}),
                lambda: self._remove(name),
            )
        return row

    def _update(self):
        self._menu.options = [("add a filter …", -1)] + [
            (cut(str(name)), i) for i, name in enumerate(self._columns) if name not in self._rows
        ]
        self._menu.value = -1
        self._box.children = [*self._rows.values()]
        self._clear.disabled = not self._rows
        set_visible(not self._rows, self._hint)
        self._select.disabled = not self._state.conditions

    def _add(self):
        if self._menu.value in (None, -1):
            return
        name = self._columns[self._menu.value]
        with show_errors(self._on_error):
            self._row(name, self._state.filter_column(name).kind == "value")
        self._update()

    def _remove(self, name):
        self._remove_row(name)
        self._apply({name: None})

    def _remove_row(self, name):
        row = self._rows.pop(name)
        self._box.children = [*self._rows.values()]
        close_all(row)

    def _apply(self, conditions):
        self._is_from_page = conditions is not None
        with show_errors(self._on_error):
            self._on_filter(conditions)
        self._is_from_page = False
        self._update()


class _Filter(ipywidgets.VBox):
    """The filter of one column: its name, a button that removes it, and controls."""

    def __init__(self, column, on_change, on_remove, controls):
        self._column, self._on_change = column, on_change
        text = cut(str(column.name))
        name = ipywidgets.Label(text, layout={"flex": "1 1 0", "min_width": "0"})
        head = ipywidgets.HBox([
            name.add_class("tsnecolor-filter-name"),
            button("×", f"remove the filter on {text}", on_remove, width="24px"),
        ])
        super().__init__([head.add_class("tsnecolor-narrow"), *controls])
        self.add_class("tsnecolor-filter")


class _RangeFilter(_Filter):
    """A slider with two handles under a histogram."""

    def __init__(self, column, on_change, on_remove):
        values = column.values
        finite = values[np.isfinite(values)]
        n_missing = int(np.count_nonzero(np.isnan(values)))
        self._is_showing = False
        self._low, self._high = (
            (float(finite.min()), float(finite.max())) if len(finite) else (0, 0)
        )
        self._step = (self._high - self._low) / _SLIDER_STEPS
        if self._step and (finite == np.rint(finite)).all():
            self._step = np.ceil(self._step)
        self._text = ipywidgets.Label()
        self._missing = ipywidgets.Checkbox(
            description=f"also {n_missing:,} without a value", indent=False,
            layout={"width": "auto", "display": None if n_missing else "none"},
        )
        controls = [self._text]
        self._slider = None
        if self._step > 0:
            self._slider = ipywidgets.FloatRangeSlider(
                value=(self._low, self._high), min=self._low, max=self._high, step=self._step,
                readout=False, continuous_update=False, tooltip="the range that passes",
                layout={"width": f"{SLIDER_PX}px", "margin": f"0 0 0 {_HANDLE_PX}px"},
            )
            self._slider.observe(lambda _: self._on_control(), "value")
            picture = img(_histogram(finite), "histogram of the values", _HISTOGRAM_PX)
            margin = f"0 0 0 {TRACK_INSET_PX + _HANDLE_PX}px"
            controls = [
                ipywidgets.HTML(picture, layout={"margin": margin}), self._slider, self._text
            ]
        self._missing.observe(lambda _: self._on_control(), "value")
        super().__init__(column, on_change, on_remove, [*controls, self._missing])
        if self._slider is not None:
            self._show_range()
        elif 0 < len(finite) == len(values) - n_missing:
            self._text.value = f"all are {format_number(self._low, column.unit)}"
        else:
            self._text.value = "no range to choose from"

    def show(self, condition):
        """Set the controls by a condition, without a call of `on_change`."""
        self._is_showing = True
        low, high = (self._column.end(end, is_high=i == 1) for i, end in enumerate(condition[:2]))
        if self._slider is not None:
            self._slider.value = np.clip((low, high), self._low, self._high).tolist()
        self._missing.value = len(condition) == 3
        self._is_showing = False
        self._show_range()

    def _on_control(self):
        if self._is_showing:
            return
        self._show_range()
        low, high = None, None
        if self._slider is not None:
            low, high = self._slider.value
            # The slider moves by whole steps and may not reach the last value.
            low = None if low < self._low + self._step / 2 else self._rounded(low)
            high = None if high > self._high - self._step / 2 else self._rounded(high)
        self._on_change((low, high, None) if self._missing.value else (low, high))

    def _rounded(self, end):
        """Return an end of the range with no more digits than the slider's step."""
        if self._column.unit == "date":
            return str(np.datetime64(round(end), "s"))
        return round(end, int(1 - np.floor(np.log10(self._step))))

    def _show_range(self):
        if self._slider is not None:
            ends = (format_number(end, self._column.unit) for end in self._slider.value)
            self._text.value = "from {} to {}".format(*ends)


class _LabelFilter(_Filter):
    """Check boxes of labels, the most frequent first, and a search box."""

    def __init__(self, column, on_change, on_remove):
        self._ticked = set()  # numbers of labels
        self._n_missing = int(np.count_nonzero(column.codes < 0))
        self._casefolded = [text.casefold() for text in column.texts]
        self._find = ipywidgets.Text(
            placeholder=f"find in {len(column.labels):,} labels",
            layout={"width": "190px"}, tooltip="find labels",
        )
        self._all = button(
            "all", "tick all labels with this text",
            lambda: self._tick(self._ticked | {*self._matches()}), width="48px",
        )
        self._none = button("none", "tick no label", lambda: self._tick(set()), width="48px")
        self._list = CheckList(
            lambda key, is_on: self._tick(self._ticked | {key} if is_on else self._ticked - {key}),
            label=f"labels of {cut(str(column.name))}",
        )
        self._more = ipywidgets.Label()
        self._find.observe(lambda _: self._fill(), "value")
        search = ipywidgets.HBox([self._find, self._all, self._none])
        search.add_class("tsnecolor-narrow")
        set_visible(len(column.labels) > _MAX_BOXES_WITHOUT_SEARCH, search)
        super().__init__(column, on_change, on_remove, [search, self._list, self._more])
        self._fill()

    def show(self, condition):
        """Tick the labels of a condition, without a call of `on_change`."""
        self._ticked = set(self._column.numbers(condition))
        self._fill()

    def _matches(self):
        """Return the numbers of the labels that contain the typed text; without one, all."""
        text = self._find.value.strip().casefold()
        matches = [i for i, label in enumerate(self._casefolded) if text in label]
        return matches + ([_MISSING] if self._n_missing and not text else [])

    def _fill(self):
        matches = self._matches()
        shown = sorted(matches, key=lambda i: i not in self._ticked)[:_MAX_BOXES]
        self._list.entries = [self._entry(i) for i in shown]
        self._update_ticks()
        n_hidden = len(matches) - len(shown)
        self._more.value = f"… and {n_hidden:,} more: type to find them" if n_hidden else (
            "" if matches else "no label has that text"
        )
        set_visible(self._more.value, self._more)

    def _entry(self, i):
        name, count = ("missing", self._n_missing) if i == _MISSING else (
            cut(self._column.texts[i]), self._column.counts[i]
        )
        return {"key": i, "name": name, "detail": f"{count:,}"}

    def _update_ticks(self):
        keys = [entry["key"] for entry in self._list.entries]
        self._list.ticked = [key for key in keys if key in self._ticked]

    def _tick(self, numbers):
        self._ticked = numbers
        self._update_ticks()
        labels = [None if i == _MISSING else self._column.labels[i] for i in sorted(numbers)]
        self._on_change(labels or None)


def _histogram(values):
    """Return grey bars, (h, w, 3) uint8, as wide as a slider's track."""
    counts, _ = np.histogram(values, _BINS)
    width = (SLIDER_PX - 2 * TRACK_INSET_PX) // _BINS
    heights = np.ceil(_HISTOGRAM_PX * counts / counts.max()).astype(int)
    is_bar = np.arange(_HISTOGRAM_PX, 0, -1)[:, None] <= np.repeat(heights, width)
    return np.where(is_bar[:, :, None], np.uint8(130), np.uint8([255] * 3))
