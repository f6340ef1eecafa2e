"""The explorer: one widget in which a person explores an embedding by color."""

from html import escape

import ipywidgets

from .background import Background
from .color_panel import ColorPanel
from .explorer_state import ExplorerState
from .point_card import PointCard
from .pointer import nearest, rows_inside
from .raster import Raster
from .view import View

_SIDE, _COLUMN, _GAP = 500, 330, 14  # CSS pixels
_SIDE_OF_TWO = 415
_TOOLS = {"Move": "pan", "Lasso": "lasso_select", "Box": "box_select"}


class Pane(View):
    """One of the explorer's pictures: it says and tells through the explorer."""

    def __init__(self, raster, on_pointer, say, **how):
        self._tell, self._say = on_pointer, say
        super().__init__(raster, controls=False, **how)

    def on_pointer(self, event):
        """Tell the explorer what the mouse does here."""
        self._tell(self, event)

    def say(self, text):
        """Show a line of plain text in the explorer."""
        self._say(text)


class Explorer(ipywidgets.HBox):
    """A map to explore by color. Made by `explore`.

    Parameters
    ----------
    embedding : Embedding
    name : str
        What colors it at first.
    params : dict
    background : "white", "black" or (r, g, b)

    Attributes
    ----------
    state : ExplorerState
        What is chosen, and the colors that follow from it.
    hovered : int or None
        The point that is marked.
    """

    def __init__(self, embedding, name, params, *, background="white"):
        self.embedding, self.state, self.hovered = embedding, ExplorerState(embedding), None
        entry = self.state.entry(name)
        self._worker = Background()
        self._worker.on_cancel = lambda: self._say("Cancelled: the colors are those of before.")
        limit = min(embedding.X.shape)
        self._color = ColorPanel(self.state.entries, limit, self._recompute)
        self._color.choose(entry.name, params)
        self.state.set_base(self.state.compute("base", entry, self._color.params))
        self._pane = Pane(
            Raster(embedding.xy, self.state.shown.srgb8), self._on_pointer, self._say,
            size=_SIDE, background=background,
        )
        self._build()
        super().__init__([self._left, self._right])
        self.add_class("tsnecolor-explorer")
        self._caption()

    # What a person sees

    def _build(self):
        self._tool = ipywidgets.ToggleButtons(
            options=list(_TOOLS.items()), icons=["arrows", "pencil", "square-o"],
            tooltips=["A drag moves the map", "A drag selects by lasso", "A drag selects by box"],
            style={"button_width": "76px"}, layout={"width": "auto"},
        )
        self._tool.observe(lambda _: self._use_tool(), "value")
        whole = ipywidgets.Button(
            description="Whole map", tooltip="Show all points", layout={"width": "92px"}
        )
        whole.on_click(lambda _: self.zoom())
        self._clear = ipywidgets.Button(
            description="Clear", icon="times", disabled=True, layout={"width": "76px"},
            tooltip="End selection, isolation and distance (Escape)",
        )
        self._clear.on_click(lambda _: self.clear())
        tools = ipywidgets.HBox([self._tool, whole, self._clear])
        self._status = ipywidgets.HTML(layout={"flex": "1 1 0", "min_width": "0"})
        self._status.add_class("tsnecolor-status")
        below = ipywidgets.HBox([self._status, self._worker.bar], layout={"height": "32px"})
        self._left = ipywidgets.VBox([tools, self._pane, below])
        self._left.add_class("tsnecolor-left")
        self._card = PointCard(self.embedding)
        self._panels = {"Color": self._color_room()}
        self._tab = ipywidgets.ToggleButtons(
            options=list(self._panels), style={"button_width": "auto"}, layout={"width": "auto"}
        )
        self._tab.observe(lambda _: self._turn_to(self._tab.value), "value")
        self._panel = ipywidgets.VBox(layout={"height": "430px"})
        self._panel.add_class("tsnecolor-panel")
        self._turn_to("Color")
        self._right = ipywidgets.VBox(
            [self._tab, self._panel, self._card],
            layout={"width": f"{_COLUMN}px", "margin": f"0 0 0 {_GAP}px"},
        )
        self._right.add_class("tsnecolor-right")

    def _color_room(self):
        picture = ipywidgets.VBox(self._pane.menus)
        for menu in self._pane.menus:
            menu.style.description_width, menu.layout.width = "7em", "100%"
        line = ipywidgets.HTML("<hr>")
        return ipywidgets.VBox([self._color, line, picture])

    def _turn_to(self, name):
        self._panel.children = [self._panels[name]]

    def _caption(self):
        """Say under the picture what it shows."""
        state = self.state
        parts = [f"<b>{escape(state.shown.title)}</b>"]
        if state.isolated is not None:
            parts.append("one label alone")
        if state.selection is not None:
            parts.append(f"{len(state.selection):,} of {len(self.embedding):,} selected")
        else:
            parts.append(f"{len(self.embedding):,} points")
        self._status.value = " · ".join(parts)
        chosen = (state.probe, state.isolated, state.selection)
        self._clear.disabled = all(choice is None for choice in chosen)

    def _say(self, text):
        if text:
            self._status.value = f"<span class='tsnecolor-error'>{escape(str(text))}</span>"

    # What a person does

    def _recompute(self):
        """Color anew, in the background, by what the menu and the knobs say."""
        entry, params = self._color.entry, self._color.params
        self._worker.start(
            lambda progress: self.state.compute("base", entry, params, progress), self._computed
        )

    def _computed(self, coloring, error):
        if error is not None:
            self._say(f"{self._color.entry.title}: {error}")
            return
        self.state.set_base(coloring)
        self._redraw()

    def _redraw(self):
        """Give the picture the colors that follow from all choices."""
        self._pane.recolor(self.state.drawn(self.state.shown, self._pane.background))
        self._caption()
        self._show_point()

    def _on_pointer(self, pane, event):
        try:
            if event["kind"] in ("hover", "tap"):
                row = nearest(self.state.tree, event["x"], event["y"], event["unit"])
                self.hover(row)
                if event["kind"] == "tap" and row is not None:
                    self.probe(row)
            elif event["kind"] == "leave":
                pass  # the last point stays, so that one can read its card
            elif event["kind"] == "select":
                self.select(rows_inside(self.embedding.xy, event["geometry"]))
            elif event["kind"] == "escape":
                self.clear()
        except Exception as error:  # whatever it is, a person must see it
            self._say(error)

    def _use_tool(self):
        self._pane.use(self._tool.value)

    def _show_point(self):
        self._card.show(self.hovered, [self.state.shown])

    # What code may do

    def hover(self, row):
        """Mark a point and show what is known of it; None takes the mark away."""
        row = None if row is None else self.state.checked_row(row)
        if row != self.hovered:
            self.hovered = row
            self._pane.mark("point", self.embedding.xy[[] if row is None else [row]])
            self._show_point()

    def color_by(self, name, **params):
        """Color all points by a technique or a column, and wait for it.

        Parameters
        ----------
        name : str
            A name in `TECHNIQUES`, or that of a column of the metadata.
        **params
            Such as ``argmax__absolute=True``.

        Raises
        ------
        ValueError
            If there is no such name or parameter; the old colors then stay.
        """
        entry = self.state.entry(name)
        self._worker.forget()
        self._color.choose(entry.name, params)
        self._computed(self.state.compute("base", entry, self._color.params), None)

    def select(self, rows):
        """Let some points keep their colors and turn the rest grey; None ends it.

        Parameters
        ----------
        rows : sequence of int or None
            Which points, in any order.
        """
        self.state.select(rows)
        self._redraw()

    def isolate(self, label):
        """Let one label keep its color and turn the rest grey; None ends it."""
        self.state.isolate(label)
        self._redraw()

    def probe(self, row):
        """Color all points by their distance to one, in X; None leads back to the colors before."""
        self.state.set_probe(row)
        self._redraw()

    def clear(self):
        """End selection, isolation and probe."""
        self.state.set_probe(None)
        self.state.select(None)
        self._redraw()

    def zoom(self, x_range=None, y_range=None):
        """Show another part of the map, all of it unless ranges are given."""
        self._pane.zoom(x_range, y_range)

    def wait(self):
        """Wait until no colors are being computed; for scripts and tests."""
        self._worker.wait()

    def __repr__(self):
        return f"<Explorer of {self.embedding.name!r}, colored by {self.state.shown.title}>"

    def _repr_mimebundle_(self, include=None, exclude=None, **kwargs):
        data, metadata = super()._repr_mimebundle_(include=include, exclude=exclude, **kwargs), {}
        if isinstance(data, tuple):
            data, metadata = data
        still = self._pane._repr_mimebundle_()[0]
        return {**data, "image/png": still["image/png"], "text/plain": repr(self)}, metadata


def explore(embedding, technique="pca_rgb", *, background="white", **params):
    """Explore an embedding by color: one widget for everything this package knows.

    Parameters
    ----------
    embedding : Embedding
        From `load_glyphs` or `load_embedding`.
    technique : str
        A name in `TECHNIQUES`, or that of a column of the metadata.
    background : "white", "black" or (r, g, b)
        What lies behind the points.
    **params
        First values of the technique's parameters, such as ``argmax__absolute=True``.

    Returns
    -------
    Explorer

    Raises
    ------
    ValueError
        If the technique or a parameter does not exist; the message lists those that do.
    """
    return Explorer(embedding, technique, params, background=background)
