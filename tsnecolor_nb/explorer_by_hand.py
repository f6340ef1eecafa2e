"""What an explorer shows, and what it does when a person uses it."""

from html import escape

import numpy as np

from .background import running_loop
from .coloring import explain_coloring
from .explorer_layout import COMPARE, Layout
from .pointer import nearest, rows_inside
from .selection import describe_selection
from .take_away import check_free, save_map, save_points, tables_of

_NEAR = 0.02  # of the map's width: how much is seen around a point that one goes to
_REST = 0.25  # seconds without a move after which a view has come to rest


class ByHand(Layout):
    """The half of an `Explorer` that a person uses; code uses the other."""

    @property
    def _panes(self):
        panes = self._pane, self._second and self._second.pane
        return [pane for pane in panes if pane is not None]

    def _redraw(self):
        """Give the pictures the colors that follow from all choices."""
        background = self._pane.background
        self._pane.recolor(self.state.drawn(self.state.shown, background))
        pane, other = self._second.pane, self.state.other
        if pane is not None and other is not None:
            pane.recolor(self.state.drawn(other, background))
        self._caption()
        self._show_point()
        self._show_legend()

    def _caption(self):
        state, n = self.state, len(self.embedding)
        parts = [f"<b>{escape(state.shown.title)}</b>"]
        if state.isolated is not None:
            parts.append("one color alone")
        if state.shown.view is not None:
            parts.append("colors fitted to this view")
        if state.selection is None:
            parts.append(f"{n:,} points")
        else:
            parts.append(f"{len(state.selection):,} of {n:,} points selected")
        self._status.value = " · ".join(parts)

    def _say(self, text):
        if text:
            self._status.value = f"<span class='tsnecolor-error'>{escape(str(text))}</span>"
        else:
            self._caption()

    def _show_point(self):
        shown = self.state.shown, self.state.other
        self._card.show(self.hovered, [coloring for coloring in shown if coloring is not None])

    def _show_legend(self):
        """Explain the colors, in the background, if somebody looks at the legend."""
        coloring, panel = self.state.shown, self._legend_panel
        if self._legend_of is coloring:
            if self.state.isolated is None and panel.isolated is not None:
                panel.show(self._legend)
            return
        if self._rooms.name != "Legend":
            return

        def done(legend, error):
            if error is not None:
                self._say(f"The colors could not be explained: {error}")
            elif coloring is self.state.shown:
                self._legend, self._legend_of = legend, coloring
                panel.show(legend)

        self._explainer.start(lambda progress: explain_coloring(self.embedding, coloring), done)

    def _show_selection(self):
        rows, panel = self.state.selection, self._selection_panel
        if rows is None:
            self._describer.forget()
            panel.show(None)
            return

        def done(selection, error):
            if error is not None:
                self._say(f"The selection could not be described: {error}")
            else:
                panel.show(selection)

        column, basis = panel.column, panel.basis
        self._describer.start(
            lambda progress: describe_selection(self.embedding, rows, column, basis=basis), done
        )

    def _recompute(self, *, keep_probe=False):
        """Color anew, in the background, by what the menu and the knobs say."""
        entry, params = self._color.entry, self._color.params
        how = {"view": (*self._pane.ranges, self._pane.size), "fitted": self._fit.value}
        self._painter.start(
            lambda progress: self.state.compute("base", entry, params, progress, **how),
            lambda coloring, error: self._computed(entry, coloring, error, keep_probe),
        )

    def _computed(self, entry, coloring, error, keep_probe=False):
        if error is not None:
            self._say(f"{entry.title}: {error}")
            return
        self.state.set_base(coloring, keep_probe=keep_probe)
        self._redraw()

    def _turned(self, name):
        self.arrange(two=name == COMPARE)
        if name == COMPARE:
            self._second.compare_with(self._pane)
        elif self._second.is_open:
            self._second.end()
            self._show_point()
        if name == "Save":
            self._save_panel.offer(tables_of(self.state))
        self._show_legend()

    def _on_pointer(self, event):
        try:
            if event["kind"] in ("hover", "tap"):
                row = nearest(self.state.tree, event["x"], event["y"], event["unit"])
                self.hover(row)
                if event["kind"] == "tap" and row is not None:
                    self.probe(row)
            elif event["kind"] == "select":
                self.select(rows_inside(self.embedding.xy, event["geometry"]))
                if not self._second.is_open and self.state.selection is not None:
                    self._rooms.turn_to("Selection")
            elif event["kind"] == "escape":
                self.clear()
        except Exception as error:  # whatever it is, a person must see it
            self._say(error)

    def _on_view(self):
        """Follow a view that has come to rest, where colors depend on it."""
        if not (self._fit.value or getattr(self._color.entry, "uses_view", False)):
            return
        if self._resting is not None:
            self._resting.cancel()
        loop = running_loop()
        if loop is not None:
            self._resting = loop.call_later(_REST, lambda: self._recompute(keep_probe=True))

    def _on_background(self):
        if self.state.probe is not None:
            self.probe(self.state.probe.row)
        elif self.state.lit() is not None:
            self._redraw()

    def _isolate_by_hand(self, rows):
        self.isolate(self._legend_panel.isolated)

    def _clip(self, low, high):
        """Follow the clips of the legend."""
        if self.state.probe is not None:
            self.probe(self.state.probe.row, low=low, high=high)
            return
        wanted = {"low": low, "high": high}
        clips = {
            param.name: wanted[param.name.rpartition("__")[2]]
            for param in self._color.entry.params
            if param.name.rpartition("__")[2] in wanted
        }
        self._color.choose(self._color.entry.name, self._color.params | clips)
        self._recompute()

    def _mark_found(self, rows):
        self.mark(rows)

    def _zoom_to(self, rows):
        """Show all of some points, and a little around them."""
        xy = self.embedding.xy[rows]
        x0, x1, *_ = self._pane.raster.extent
        middle, half = (xy.min(axis=0) + xy.max(axis=0)) / 2, np.ptp(xy, axis=0) / 2
        half = max(1.1 * half.max(), _NEAR * (x1 - x0))
        self.zoom(*((float(m - half), float(m + half)) for m in middle))

    def _save_by_hand(self, what, path, *, side, legend, overwrite):
        """Save in the background; the panel says when that is done."""
        check_free(path, overwrite)

        def job(progress):
            progress("saving", 0.0)
            if what != "picture":
                return save_points(path, self.state, [what], overwrite=overwrite)
            explained = self._explained() if legend else None
            return save_map(path, self._pane, explained, side, overwrite=overwrite)

        def done(path, error):
            self._save_panel.say(
                f"saved {path}" if error is None else error, is_error=error is not None
            )

        self._saver.start(job, done)
