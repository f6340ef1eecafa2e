"""A selection in a page: names, size, examples, differences from other points, and counts."""

from html import escape

import ipywidgets
import numpy as np

from ...live.cell_output import close_all
from ...live.html import cut, img
from ...selection.counts import count_column
from ...selection.differences import differences
from .picture_buttons import PictureButtons, button_entry
from .widgets import button, count_points, set_visible

_DIFFERENCES, _COUNTS = "differences", "counts"
_BASES = ("components", "dimensions")
_AGAINST = {"its surroundings": "surroundings", "the rest of the map": "rest"}
_NOTHING = "Nothing is selected. Draw around some points with the lasso or the box."
_NONE_PASSES = "None of the selected points passes the filter."


class SelectionPanel(ipywidgets.VBox):
    """Shows a `Selection`.

    Parameters
    ----------
    embedding : Embedding
    on_point : callable, optional
        Called with the row number of an exemplar that was clicked.
    on_clear : callable, optional
        Called without arguments when nothing is to be selected any longer.
    selections : Selections, optional
        The named ones, which the panel shows and changes.
    on_select : callable, optional
        Called with the rows of a named selection that was clicked.
    on_against : callable, optional
        Called without arguments when `against` has changed.
    refine_panel : RefinePanel, optional
        Its buttons stand beside the name, its suggestions below.
    """

    def __init__(
        self, embedding, on_point=None, on_clear=None, *, selections=None, on_select=None,
        on_against=None, refine_panel=None,
    ):
        self._embedding, self._on_point, self._selection = embedding, on_point, None
        self._selections, self._on_select = selections, on_select
        self._text = ipywidgets.Label(_NOTHING)
        self._clear = button("clear", "select nothing", on_clear or (lambda: None), width="64px")
        self._examples = PictureButtons(
            self._on_click, label="examples from the selection", small=True
        )
        self._examples.layout.max_height = "122px"  # three rows of pictures; texts scroll
        self._examples.layout.overflow = "hidden auto"
        tables = [(basis, (_DIFFERENCES, basis)) for basis in _BASES]
        tables += [(f"counts of {column}", (_COUNTS, column)) for column in embedding.meta]
        self._table_menu = ipywidgets.Dropdown(
            options=tables, tooltip="what the table shows", layout={"width": "132px"}
        )
        self._table_menu.observe(lambda _: self._fill_table(), "value")
        self._against = ipywidgets.Dropdown(
            options=_AGAINST, description="against", style={"description_width": "auto"},
            layout={"width": "194px"}, description_allow_html=False,
        )
        if on_against is not None:
            self._against.observe(lambda _: on_against(), "value")
        self._named_buttons = ipywidgets.HBox().add_class("tsnecolor-names")
        self._name = ipywidgets.Text(
            placeholder="name it …", continuous_update=False, layout={"width": "100px"},
            tooltip="save the selection under a name",
        )
        self._name.observe(lambda _: self._save_name(), "value")
        self._table = ipywidgets.HTML()
        menus = ipywidgets.HBox([self._table_menu, self._against])
        self._details = ipywidgets.VBox([self._examples, menus, self._table])
        tools = [ipywidgets.HBox([self._name]).add_class("tsnecolor-names")]
        if refine_panel is not None:
            tools = [ipywidgets.HBox([*tools, refine_panel.buttons]), refine_panel]
        super().__init__([
            ipywidgets.HBox([self._text, self._clear]), *tools, self._named_buttons, self._details
        ])
        self.layout.overflow = "hidden auto"
        set_visible(selections is not None, self._against)
        if selections is not None:
            selections.on_change = self._show_names
            self._show_names()
        self.show(None)

    @property
    def column(self):
        """The column whose counts are shown, or None; `describe_selection` may count it before."""
        kind, name = self._table_menu.value
        return name if kind == _COUNTS else None

    @property
    def basis(self):
        """Whether "components" or "dimensions" are compared."""
        kind, name = self._table_menu.value
        return name if kind == _DIFFERENCES else _BASES[0]

    @property
    def against(self):
        """What to compare with: "surroundings", "rest", or the rows of a named selection."""
        value = self._against.value
        return value if isinstance(value, str) else self._selections[value[0]]

    def _show_names(self):
        """Show buttons for the named selections, and offer them to compare with."""
        old_buttons, old_against = self._named_buttons.children, self._against.value
        self._named_buttons.children = [
            ipywidgets.HBox([
                button(
                    f"{cut(name)} ({len(rows):,})", f"select {cut(name)} again",
                    lambda name=name: self._on_select(self._selections[name]), max_width="230px",
                ),
                button(
                    "×", f"remove the name {cut(name)}",
                    lambda name=name: self._selections.pop(name), width="20px",
                ),
            ])
            for name, rows in self._selections.items()
        ]
        close_all(*old_buttons)
        options = [*_AGAINST.items(), *((cut(name), (name,)) for name in self._selections)]
        self._against.options = options
        still_exists = old_against in [value for _, value in options]
        self._against.value = old_against if still_exists else "surroundings"
        self._show_size()

    def _save_name(self):
        """Save the selection under the typed name, in place of the name that it has."""
        name = self._name.value.strip()
        if self._selection is None or not name:
            return
        rows, old_name = self._selection.rows, self._selection_name()
        if old_name is not None and old_name != name:
            del self._selections[old_name]
        self._selections[name] = rows
        self._name.value = ""

    def _selection_name(self):
        for name, rows in (self._selections or {}).items():
            if np.array_equal(rows, self._selection.rows):
                return name
        return None

    def _show_size(self):
        if self._selection is not None:
            name, n = self._selection_name(), len(self._selection.rows)
            text = f"{count_points(n)} selected ({percent(n / len(self._embedding))})"
            self._text.value = text if name is None else f"{text}: {cut(name)}"

    def show(self, selection, *, none_passes=False):
        """Show a `Selection`, or for None why there is nothing to show."""
        self._selection = selection
        set_visible(selection is not None or none_passes, self._clear)
        set_visible(selection is not None, self._details)
        set_visible(selection is not None and self._selections is not None, self._name)
        if selection is None:
            self._text.value = _NONE_PASSES if none_passes else _NOTHING
            self._examples.entries, self._table.value = [], ""
            return
        self._show_size()
        pictures = selection.pictures
        self._examples.small = pictures is not None
        self._examples.entries = [
            button_entry(text) if pictures is None else button_entry(picture=pictures[i], hint=text)
            for i, text in enumerate(selection.texts)
        ]
        self._fill_table()

    def _on_click(self, number):
        if self._on_point is not None:
            self._on_point(int(self._selection.exemplars[number]))

    def _fill_table(self):
        """Show the chosen table; what the `Selection` contains is not computed again."""
        selection = self._selection
        if selection is None:
            return
        kind, name = self._table_menu.value
        if kind == _DIFFERENCES:
            rows = selection.differences
            if selection.basis != name:
                rows = differences(self._embedding, selection.rows, selection.around, basis=name)
            self._table.value = differences_html(selection, rows)
        else:
            rows = selection.counts
            if selection.column != name:
                rows = count_column(
                    self._embedding.meta, selection.rows, name, against=selection.around
                )
            self._table.value = against_html(selection) + counts_html(rows)


def against_html(selection):
    """Return a line about what a selection is compared with, as HTML."""
    n = f"{len(selection.around):,}"
    shared = ""
    if selection.n_shared:
        shared = f"; {selection.n_shared:,} more are selected, too, and count here only"
    others = {
        "surroundings": f"{n} points around it on the map",
        "rest": f"{n} points, the rest of the map",
    }
    return _note(f"against {others.get(selection.against, f'{n} points{shared}')}")


def _note(text):
    return f'<div style="line-height: 1.4; padding: 4px 0">{text}</div>'


def differences_html(selection, rows=None):
    """Return `rows`, or the differences of a selection, as an HTML table; all text is escaped."""
    rows = selection.differences if rows is None else rows
    if not len(selection.around):
        if selection.n_shared:
            return _note("All of these points are selected: there are no others to compare with.")
        return _note("Everything is selected: there are no other points to compare with.")
    if not rows:
        return _note("One point has no deviation: nothing to compare.")
    lines = []
    for row in rows:
        cells = "".join(
            f"<td>{img(picture, f'{row.name}: {end}', side=28)}</td>"
            for picture, end in zip(row.pictures, ("away", "between", "toward"), strict=False)
        )
        loadings = ", ".join(f"{name} {weight:+.2f}" for name, weight in row.loadings)
        cells += f'<td class="tsnecolor-loadings">{escape(loadings)}</td>' if loadings else ""
        half = row.interval[1] - row.effect if np.isfinite(row.effect) else 0
        lines.append(
            f'<tr><td>{escape(row.name)}</td><td>{row.effect:+.2f}</td>'
            f"<td>± {half:.2g}</td>{cells}</tr>"
        )
    ends = "<th>away</th><th></th><th>toward</th>" if rows[0].pictures else ""
    return (
        f'{against_html(selection)}<table class="tsnecolor-table"><tr><th></th><th title="'
        'difference of the means in standard deviations">d</th><th title="half of the confidence '
        f'interval of d">95 %</th>{ends}</tr>{"".join(lines)}</table>'
    )


def counts_html(counts):
    """Return a table of counts as HTML; all text is escaped."""
    if not counts:
        return ""
    is_compared = counts[0].interval is not None
    lines = []
    for count in counts:
        name = escape(cut(count.name))
        cells = (
            f'<td class="tsnecolor-word">{name}</td><td>{count.inside:,}</td>'
            f"<td>{percent(count.share)}</td>"
        )
        if is_compared:
            low, high = (round(100 * end, 1) + 0.0 for end in count.interval)  # never -0.0
            cells += f"<td>{percent(count.other_share)}</td><td>{low:.1f} to {high:.1f}</td>"
        else:
            cells += f"<td>× {count.lift:.3g}</td>"
        title = f"{name}: × {count.lift:.3g} against the whole map"
        lines.append(f'<tr title="{title}">{cells}</tr>')
    last = (
        '<th title="share of the points that it is compared with">there</th><th title="difference '
        'of the shares in percentage points, 95 % confidence interval">more</th>'
        if is_compared else
        '<th title="how many times more often than on the whole map">against all</th>'
    )
    return (
        '<table class="tsnecolor-table"><tr><th></th><th>points</th><th>share</th>'
        f'{last}</tr>{"".join(lines)}</table>'
    )


def percent(share):
    """Return a share, 0..1, as text in percent; only 0 reads 0 %."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"
