"""A selection in a page: its names, its size, examples, what sets it apart, and counts."""

from html import escape

import ipywidgets
import numpy as np

from ...live.cell_output import close_all
from ...live.html import cut, img
from ...selection.counts import count_column
from ...selection.differences import differences
from ..state import Selections
from .picture_buttons import PictureButtons, button_entry

_APART, _COUNTS = "apart", "counts"
_BASES = ("components", "dimensions")
_OTHERS = {"its surroundings": "surroundings", "the rest of the map": "rest"}
_NOTHING = "Nothing is selected. Draw around some points with the lasso or the box."
_NONE_PASSES = "None of the selected points passes the filter."


class SelectionPanel(ipywidgets.VBox):
    """What is selected, for a person to look at.

    Parameters
    ----------
    embedding : Embedding
    on_point : callable, optional
        Called with the row number of an exemplar that was clicked.
    on_clear : callable, optional
        Called without arguments when the selection is to be given up.
    selections : Selections, optional
        The named ones, which the panel shows and changes.
    on_select : callable, optional
        Called with the rows of a named selection that was clicked.
    on_against : callable, optional
        Called without arguments when other points are to be compared with; see `against`.
    check : RefinePanel, optional
        Its buttons stand beside the name, and its offers below.
    """

    def __init__(
        self, embedding, on_point=None, on_clear=None, *, selections=None, on_select=None,
        on_against=None, check=None,
    ):
        self._embedding, self._on_point, self._selection = embedding, on_point, None
        self._text = ipywidgets.Label(_NOTHING)
        self._clear = ipywidgets.Button(
            description="clear", tooltip="select nothing", layout={"width": "64px"}
        )
        if on_clear is not None:
            self._clear.on_click(lambda _: on_clear())
        self._buttons = PictureButtons(self._click, label="examples from the selection", small=True)
        self._buttons.layout.max_height = "122px"  # three rows of pictures; texts scroll
        self._buttons.layout.overflow = "hidden auto"
        columns = [] if embedding.meta is None else list(embedding.meta.columns)
        self._look = ipywidgets.Dropdown(
            options=[
                (basis, (_APART, basis)) for basis in _BASES
            ] + [(f"counts of {column}", (_COUNTS, column)) for column in columns],
            tooltip="what to look at", layout={"width": "132px"},
        )
        self._look.observe(lambda _: self._fill(), "value")
        self._against = ipywidgets.Dropdown(
            options=_OTHERS, description="against", style={"description_width": "auto"},
            layout={"width": "194px"}, description_allow_html=False,
        )
        if on_against is not None:
            self._against.observe(lambda _: on_against(), "value")
        self._named = {} if selections is None else selections
        self._on_select, self._names = on_select, ipywidgets.HBox()
        self._names.add_class("tsnecolor-names")
        self._name = ipywidgets.Text(
            placeholder="name it …", continuous_update=False, layout={"width": "100px"},
            tooltip="a name, under which the selection is kept",
        )
        self._name.observe(lambda _: self._keep(), "value")
        if selections is not None:
            selections.on_change = self._show_names
        self._table = ipywidgets.HTML()
        naming = ipywidgets.HBox([self._name])
        naming.add_class("tsnecolor-names")
        menus = ipywidgets.HBox([self._look, self._against])
        self._details = ipywidgets.VBox([self._buttons, menus, self._table])
        if selections is None:
            self._against.layout.display = "none"
        how_many = ipywidgets.HBox([self._text, self._clear])
        tools = [naming] if check is None else [ipywidgets.HBox([naming, check.buttons]), check]
        super().__init__([how_many, *tools, self._names, self._details])
        self.layout.overflow = "hidden auto"
        self._show_names()
        self.show(None)

    @property
    def column(self):
        """The column that is looked at, or None; `describe_selection` may count it in advance."""
        kind, what = self._look.value
        return what if kind == _COUNTS else None

    @property
    def basis(self):
        """Whether "components" or "dimensions" are compared."""
        kind, what = self._look.value
        return what if kind == _APART else _BASES[0]

    @property
    def against(self):
        """What to compare with: "surroundings", "rest", or the rows of a named selection."""
        chosen = self._against.value
        return chosen if isinstance(chosen, str) else self._named[chosen[0]]

    def _show_names(self):
        """Offer the named selections: to be selected again, forgotten, or compared with."""
        old, before = self._names.children, self._against.value
        parts = []
        for name, rows in self._named.items():
            pick = ipywidgets.Button(
                description=f"{cut(name)} ({len(rows):,})", tooltip=f"select {cut(name)} again",
                layout={"width": "auto", "max_width": "230px"},
            )
            forget = ipywidgets.Button(
                description="×", tooltip=f"forget the name {cut(name)}", layout={"width": "20px"}
            )
            pick.on_click(lambda _, name=name: self._on_select(self._named[name]))
            forget.on_click(lambda _, name=name: self._named.pop(name))
            parts.append(ipywidgets.HBox([pick, forget]))
        self._names.children = parts
        close_all(*old)
        others = [*_OTHERS.items()] + [(cut(name), (name,)) for name in self._named]
        self._against.options = others
        is_there = before in [value for _, value in others]
        self._against.value = before if is_there else "surroundings"
        self._caption()

    def _keep(self):
        """Keep the selection under a name, in place of the one that it had."""
        name = self._name.value.strip()
        if self._selection is None or not name:
            return
        rows, old = self._selection.rows, self._name_of(self._selection.rows)
        if old is not None and old != name:
            del self._named[old]
        self._named[name] = rows
        self._name.value = ""

    def _name_of(self, rows):
        names = [name for name, one in self._named.items() if np.array_equal(one, rows)]
        return names[0] if names else None

    def _caption(self):
        if self._selection is None:
            return
        rows = self._selection.rows
        name, n = self._name_of(rows), len(rows)
        text = f"{n:,} point{'s' * (n != 1)} selected ({percent(n / len(self._embedding))})"
        self._text.value = text if name is None else f"{text}: {cut(name)}"

    def show(self, selection, *, none_passes=False):
        """Show a `Selection`, or that there is none, or that none of it passes the filter."""
        self._selection = selection
        self._clear.layout.display = self._details.layout.display = "none"
        if selection is None:
            self._text.value = _NONE_PASSES if none_passes else _NOTHING
            self._clear.layout.display = None if none_passes else "none"
            self._buttons.entries, self._table.value = [], ""
            self._name.layout.display = "none"
            return
        self._caption()
        pictures = selection.pictures
        self._buttons.small = pictures is not None
        self._buttons.entries = [
            button_entry(text) if pictures is None else button_entry(picture=pictures[i], hint=text)
            for i, text in enumerate(selection.texts)
        ]
        self._fill()
        self._clear.layout.display = self._details.layout.display = None
        self._name.layout.display = None if isinstance(self._named, Selections) else "none"

    def _click(self, number):
        if self._on_point is not None:
            self._on_point(int(self._selection.exemplars[number]))

    def _fill(self):
        """Fill the table with what is looked at; what came with the selection is not redone."""
        chosen = self._selection
        if chosen is None:
            return
        kind, what = self._look.value
        if kind == _APART:
            found = chosen.differences
            if chosen.basis != what:
                found = differences(self._embedding, chosen.rows, chosen.around, basis=what)
            self._table.value = differences_html(chosen, found)
        else:
            found = chosen.counts
            if chosen.column != what:
                found = count_column(
                    self._embedding.meta, chosen.rows, what, against=chosen.around
                )
            self._table.value = against_html(chosen) + counts_html(found)


def against_html(selection):
    """Return a line about what a selection is compared with, as HTML."""
    n = f"{len(selection.around):,}"
    shared = ""
    if selection.n_shared:
        shared = f"; {selection.n_shared:,} more are selected, too, and count here only"
    what = {
        "surroundings": f"{n} points around it on the map",
        "rest": f"{n} points, the rest of the map",
    }
    return _note(f"against {what.get(selection.against, f'{n} points{shared}')}")


def _note(text):
    return f'<div style="line-height: 1.4; padding: 4px 0">{text}</div>'


def differences_html(selection, found=None):
    """Return a table of differences as HTML; all text is escaped."""
    found = selection.differences if found is None else found
    if not len(selection.around):
        if selection.n_shared:
            return _note("All of these points are selected: there are no others to compare with.")
        return _note("Everything is selected: there are no other points to compare with.")
    if not found:
        return _note("One point has no deviation: nothing to compare.")
    rows = []
    for one in found:
        looks = "".join(
            f"<td>{img(picture, f'{one.name}: {what}', side=28)}</td>"
            for picture, what in zip(one.pictures, ("away", "between", "toward"), strict=False)
        )
        words = ", ".join(f"{name} {weight:+.2f}" for name, weight in one.loadings)
        looks += f'<td class="tsnecolor-loadings">{escape(words)}</td>' if words else ""
        half = one.interval[1] - one.effect if np.isfinite(one.effect) else 0
        rows.append(
            f'<tr><td>{escape(one.name)}</td><td>{one.effect:+.2f}</td>'
            f"<td>± {half:.2g}</td>{looks}</tr>"
        )
    ends = "<th>away</th><th></th><th>toward</th>" if found[0].pictures else ""
    return (
        f'{against_html(selection)}<table class="tsnecolor-table"><tr><th></th><th title="'
        'difference of the means in standard deviations">d</th><th title="half of the confidence '
        f'interval of d">95 %</th>{ends}</tr>{"".join(rows)}</table>'
    )


def counts_html(counts):
    """Return a table of counts as HTML; all text is escaped."""
    if not counts:
        return ""
    compared = counts[0].interval is not None
    rows = []
    for one in counts:
        name = escape(cut(one.name))
        row = (
            f'<tr title="{name}: × {one.lift:.3g} against the whole map"><td class="tsnecolor-word"'
            f">{name}</td><td>{one.inside:,}</td><td>{percent(one.share)}</td>"
        )
        if compared:
            low, high = (round(100 * end, 1) + 0.0 for end in one.interval)  # never -0.0
            row += f"<td>{percent(one.other_share)}</td><td>{low:.1f} to {high:.1f}</td>"
        else:
            row += f"<td>× {one.lift:.3g}</td>"
        rows.append(f"{row}</tr>")
    last = (
        '<th title="share of those that it is compared with">there</th><th title="difference of '
        'the shares in percentage points, 95 % confidence interval">more</th>'
        if compared else
        '<th title="how many times more often than on the whole map">against all</th>'
    )
    return (
        '<table class="tsnecolor-table"><tr><th></th><th>points</th><th>share</th>'
        f'{last}</tr>{"".join(rows)}</table>'
    )


def percent(share):
    """Write a share, 0..1, in percent; what is not nothing never reads 0 %."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"
