"""A selection in a page: its size, examples, what sets it apart, and counts of a column."""

from html import escape

import ipywidgets

from ...live.html import cut, img
from ...selection.counts import count_column
from ...selection.differences import differences
from .picture_buttons import PictureButtons, button_entry

_APART, _COUNTS = "apart", "counts"
_BASES = ("components", "dimensions")
_NOTHING = "Nothing is selected. Draw around some points with the lasso or the box."


class SelectionPanel(ipywidgets.VBox):
    """What is selected, for a person to look at.

    Parameters
    ----------
    embedding : Embedding
    on_point : callable, optional
        Called with the row number of an exemplar that was clicked.
    on_clear : callable, optional
        Called without arguments when the selection is to be given up.
    """

    def __init__(self, embedding, on_point=None, on_clear=None):
        self._embedding, self._on_point, self._selection = embedding, on_point, None
        self._text = ipywidgets.Label(_NOTHING)
        self._clear = ipywidgets.Button(
            description="clear", tooltip="select nothing", layout={"width": "64px"}
        )
        if on_clear is not None:
            self._clear.on_click(lambda _: on_clear())
        self._buttons = PictureButtons(self._click, label="examples from the selection", small=True)
        columns = [] if embedding.meta is None else list(embedding.meta.columns)
        self._look = ipywidgets.Dropdown(
            options=[
                (f"what sets it apart: {basis}", (_APART, basis)) for basis in _BASES
            ] + [(f"counts of {column}", (_COUNTS, column)) for column in columns],
            description="look at", style={"description_width": "auto"}, layout={"width": "290px"},
        )
        self._look.observe(lambda _: self._fill(), "value")
        self._table = ipywidgets.HTML()
        self._details = ipywidgets.VBox([self._buttons, self._look, self._table])
        super().__init__([ipywidgets.HBox([self._text, self._clear]), self._details])
        self.layout.overflow = "hidden auto"
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

    def show(self, selection):
        """Show a `Selection`, or that there is none."""
        self._selection = selection
        self._clear.layout.display = self._details.layout.display = "none"
        if selection is None:
            self._text.value, self._buttons.entries, self._table.value = _NOTHING, [], ""
            return
        n, share = len(selection.rows), len(selection.rows) / len(self._embedding)
        self._text.value = f"{n:,} point{'s' * (n != 1)} selected ({percent(share)})"
        pictures = selection.pictures
        self._buttons.small = pictures is not None
        self._buttons.entries = [
            button_entry(text) if pictures is None else button_entry(picture=pictures[i], hint=text)
            for i, text in enumerate(selection.texts)
        ]
        self._fill()
        self._clear.layout.display = self._details.layout.display = None

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
                found = count_column(self._embedding.meta, chosen.rows, what)
            self._table.value = counts_html(found)


def differences_html(selection, found=None):
    """Return a table of differences as HTML; all text is escaped."""
    found = selection.differences if found is None else found
    if not len(selection.around):
        return "<i>Everything is selected: there are no surroundings to compare with.</i>"
    if not found:
        return "<i>One point has no deviation: nothing to compare.</i>"
    rows = []
    for one in found:
        looks = "".join(
            f"<td>{img(picture, f'{one.name}: {what}', side=28)}</td>"
            for picture, what in zip(one.pictures, ("away", "between", "toward"), strict=False)
        )
        words = ", ".join(f"{name} {weight:+.2f}" for name, weight in one.loadings)
        looks += f"<td>{escape(words)}</td>" if words else ""
        rows.append(
            f'<tr><td>{escape(one.name)}</td><td style="text-align: right; padding: 0 8px">'
            f"{one.effect:+.1f}</td>{looks}</tr>"
        )
    around = f"{len(selection.around):,} points around it on the map"
    ends = "<th>away</th><th></th><th>selection</th>" if found[0].pictures else ""
    return (
        f"<div>against {around}</div>"
        '<table style="line-height: 1.1; text-align: center; font-weight: normal"><tr>'
        f'<th></th><th title="difference of the means in standard deviations">d</th>{ends}</tr>'
        f"{''.join(rows)}</table>"
    )


def counts_html(counts):
    """Return a table of counts as HTML; all text is escaped."""
    if not counts:
        return ""
    rows = "".join(
        f'<tr><td style="max-width: 150px; overflow: hidden; text-overflow: ellipsis; '
        f'white-space: nowrap" title="{escape(cut(one.name))}">{escape(cut(one.name))}</td>'
        f'<td style="text-align: right; padding-left: 8px">{one.inside:,}</td>'
        f'<td style="text-align: right; padding-left: 8px">{percent(one.share)}</td>'
        f'<td style="text-align: right; padding-left: 8px">× {one.lift:.3g}</td></tr>'
        for one in counts
    )
    return (
        '<table style="line-height: 1.3"><tr style="text-align: right"><th></th><th>points</th>'
        '<th style="padding-left: 8px">share</th><th style="padding-left: 8px" '
        'title="how many times more often than on the whole map">against all</th></tr>'
        f"{rows}</table>"
    )


def percent(share):
    """Write a share, 0..1, in percent; what is not nothing never reads 0 %."""
    if 0 < share < 0.001:
        return "< 0.1 %"
    return f"{100 * share:.1f} %" if share < 0.1 else f"{100 * share:.0f} %"
