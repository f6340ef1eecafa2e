"""Output of a cell: a live widget, a picture for readers without a kernel; when it is closed.

ipywidgets keeps every widget until it is closed, and nobody closes what a cell showed before it ran
again. So a `CellOutput` closes itself as soon as every cell that showed it has run again, and
leaves IPython's history of outputs (``Out[5]``, ``_5``, ``_``). A variable of the user may still
hold it: then it stays usable, and opens again when it is displayed.
"""

import gc
import re
import weakref

import ipywidgets
from IPython import get_ipython

_displayed = weakref.WeakSet()  # by the cell that is running
_cells = weakref.WeakKeyDictionary()  # shown widget -> ids of the cells that show it


class CellOutput(ipywidgets.VBox):
    """A box of widgets that a cell shows.

    A subclass has ``_still()``, which returns the `Picture` for readers without a kernel.
    """

    _foreign = ()  # widgets of the user, which live on

    def close(self):
        """Free what the kernel and the page hold; displayed again, it opens again."""
        for widget in _tree(self):
            if widget is not self:
                widget.close()
        super().close()
        # ipywidgets hides this method of a closed widget, which then could not be displayed again.
        vars(self).pop("_repr_mimebundle_", None)

    def _repr_mimebundle_(self, include=None, exclude=None, **kwargs):
        for widget in _tree(self):
            if widget.comm is None:
                vars(widget).pop("_repr_mimebundle_", None)
                widget.open()
        _watch_cells()
        _displayed.add(self)
        data = super()._repr_mimebundle_(include=include, exclude=exclude, **kwargs)
        still, metadata = self._still()._repr_mimebundle_()
        return {**data, **still, "text/plain": repr(self)}, metadata


def close_all(*widgets):
    """Close widgets and all that belong to them: children, layouts, styles, links."""
    for widget in widgets:
        for part in _tree(widget):
            part.close()


def _tree(root):
    """Return a widget and all that belong to it, those first that others refer to."""
    visited, widgets = set(), []

    def visit(thing):
        if isinstance(thing, ipywidgets.Widget):
            if id(thing) not in visited:
                visited.update(map(id, (thing, *getattr(thing, "_foreign", ()))))
                visit(vars(thing))  # its traits as well as what only Python knows
                widgets.append(thing)
        elif isinstance(thing, (dict, list, tuple)):
            for inner in thing.values() if isinstance(thing, dict) else thing:
                visit(inner)

    visit(root)
    return widgets


def _watch_cells():
    """Let IPython call when a cell starts and ends; once per shell."""
    shell = get_ipython()
    if shell is not None and _on_cell_end not in shell.events.callbacks["post_run_cell"]:
        shell.events.register("pre_run_cell", _on_cell_start)
        shell.events.register("post_run_cell", _on_cell_end)


def _on_cell_start(info):
    _displayed.clear()


def _on_cell_end(result):
    """Note what the cell shows now, and close what only its earlier output showed."""
    cell, shown = result.info.cell_id, {*_displayed}
    if cell is None:  # not a cell of a notebook
        return
    if isinstance(result.result, ipywidgets.Box):
        shown.add(result.result)  # it may show some inside
    outdated = [one for one, cells in _cells.items() if cell in cells and one not in shown]
    for one in shown:
        _cells.setdefault(one, set()).add(cell)
    for one in outdated:
        _cells[one].remove(cell)
        if not _cells[one]:
            del _cells[one]
            _retire(one)
    if outdated:
        one = shown = outdated = None
        gc.collect()


def _retire(widget):
    """Close what no cell shows anymore, and delete IPython's numbered names of it."""
    shell = get_ipython()
    names = [name for name, value in shell.user_ns.items() if value is widget]
    only_history = all(re.fullmatch(r"_+\d*", name) for name in names)
    if only_history or isinstance(widget, CellOutput):  # another box could not open again
        _close_outputs(widget)
    if only_history and names:
        shell.del_var(names[0])


def _close_outputs(widget):
    """Close each `CellOutput` in a widget, and the boxes around it; return if there is any."""
    if not isinstance(widget, CellOutput):
        if not any([_close_outputs(child) for child in getattr(widget, "children", ())]):
            return False
    widget.close()
    return True
