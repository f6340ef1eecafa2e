"""The colors of an explorer's first map: computed in the background, and explained by a legend."""

import ipywidgets

from ..live.kernel import running_loop
from .coloring import explain_coloring
from .panels.legend import LegendPanel
from .panels.widgets import IN_COLUMN
from .worker import Worker

_VIEW_SETTLE_S = 0.25  # without a move, before the colors are fitted to the view


class ColorControl:
    """Computes and explains the colors of the first map.

    Parameters
    ----------
    state : ExplorerState
    screen : Screen
    panel : ColorPanel
        What is computed.

    Attributes
    ----------
    fit_to_view : ipywidgets.Checkbox
        Whether steps are fitted to the points on screen only.
    legend_panel : LegendPanel
    legend_is_open : bool
        Whether the legend is visible: otherwise it is not updated.
    explained : Coloring or None
        What the legend panel explains.
    painter, explainer : Worker
        They compute colors, and legends.
    """

    def __init__(self, state, screen, panel):
        self._state, self._screen, self.panel = state, screen, panel
        self.explained = self._legend = self._view_timer = None
        self.legend_is_open = False
        self.painter, self.explainer = Worker(self._keep_colors), Worker(screen.show_message)
        self.painter.on_cancel = lambda: self._keep_colors("Cancelled: the colors are unchanged.")
        self.legend_panel = LegendPanel(
            lambda rows: self.isolate(self.legend_panel.isolated), self.clip
        )
        self.fit_to_view = ipywidgets.Checkbox(
            description="fit colors to this view",
            tooltip="Use all colors for the points that are on screen", **IN_COLUMN,
        )
        self.fit_to_view.observe(lambda _: self.recompute(), "value")
        panel.on_change = self.recompute
        screen.on_view, screen.on_redraw = self._on_view, self.update_legend
        screen.first_map.on_background = self._on_background

    def color_by(self, name, params):
        """Choose an entry of the menu and compute its colors; see `Explorer.color_by`."""
        entry = self._state.entry(name)
        self.painter.drop()
        before = self.panel.entry.name, self.panel.params
        try:
            self.panel.choose(entry.name, params)
            coloring = self._state.compute("base", entry, self.panel.params)
        except Exception:
            self.panel.choose(*before)
            self.update_legend()  # it may have waited for what was dropped
            raise
        self._set_colors(coloring)

    def recompute(self, *, keep_probe=False):
        """Compute the colors that the panel asks for, in the background."""
        entry, params, view = self.panel.entry, self.panel.params, self._screen.first_map
        options = {"view": (*view.ranges, view.size), "fitted": self.fit_to_view.value}
        self.painter.compute(
            lambda progress: self._state.compute("base", entry, params, progress, **options),
            lambda coloring: self._set_colors(coloring, keep_probe=keep_probe), entry.title,
        )

    def _keep_colors(self, message):
        self._screen.show_message(message)
        self.update_legend()

    def _set_colors(self, coloring, *, keep_probe=False):
        self._state.set_base(coloring, keep_probe=keep_probe)
        self._screen.redraw()

    def isolate(self, label):
        """Let one label keep its color and turn the others grey; None ends it."""
        self._state.isolate(label)
        self._screen.redraw()

    def probe(self, row, **clips):
        """Color by the distance to a point, `clips` as for `color_by_distance`; None ends it."""
        near = "bright" if self._screen.first_map.background == "black" else "dark"
        self._state.set_probe(row, near=near, **clips)
        if row is not None:
            self.panel.suggest(f"distance to point {row:,}")
        self._screen.redraw()

    def clip(self, low, high):
        """Give the first and the last color to two quantiles of the values."""
        if self._state.probe is not None:
            self.probe(self._state.probe.row, low=low, high=high)
            return
        quantiles, clips = {"low": low, "high": high}, {}
        for param in self.panel.entry.params:
            end = param.name.rpartition("__")[2]
            if end in quantiles:
                clips[param.name] = quantiles[end]
        self.panel.choose(self.panel.entry.name, self.panel.params | clips)
        self.recompute()

    @property
    def legend(self):
        """The `Legend` of the first map's colors; the panel shows it, too."""
        if self.explained is not self._state.shown:
            self._show_legend(self._state.shown, self.explain())
        return self._legend

    def explain(self):
        """Return the `Legend` of the first map's colors. May be called from any thread."""
        coloring = self._state.shown
        if self.explained is coloring:
            return self._legend
        return explain_coloring(self._state.embedding, coloring)

    def update_legend(self):
        """Explain the colors in the background, if the legend is open and they are to stay."""
        coloring, panel = self._state.shown, self.legend_panel
        if self.explained is coloring:
            if self._state.isolated is None and panel.isolated is not None:
                panel.show(self._legend)
        elif self.legend_is_open and not self.painter.awaited:
            self.explainer.compute(
                lambda progress: explain_coloring(self._state.embedding, coloring),
                lambda legend: self._show_legend(coloring, legend), "The legend could not be made",
            )

    def _show_legend(self, coloring, legend):
        if coloring is self._state.shown:
            self._legend, self.explained = legend, coloring
            self.legend_panel.show(legend)

    def stop(self):
        """End what waits for the view to settle."""
        if self._view_timer is not None:
            self._view_timer.cancel()

    def _on_view(self):
        """Compute colors that depend on the view as soon as that has settled."""
        if not (self.fit_to_view.value or getattr(self.panel.entry, "uses_view", False)):
            return
        self.stop()
        loop = running_loop()
        if loop is not None:
            self._view_timer = loop.call_later(
                _VIEW_SETTLE_S, lambda: self.recompute(keep_probe=True)
            )

    def _on_background(self):
        """Choose the colors of distances and the grey that contrast with the background."""
        if self._state.probe is not None:
            self.probe(self._state.probe.row)
        elif self._state.highlighted() is not None:
            self._screen.redraw()
