"""A map with the sliders of its technique, and a progress bar while it computes."""

import ipywidgets

from ..picture.raster import Raster
from ..steps.to_color import SequentialColors
from ..techniques.run import CachedRun
from ..techniques.table import look_up_technique
from .background import Background
from .controls import parameter_controls
from .view import View


class Tuner(View):
    """A live map whose colors follow the sliders of one technique. Made by `tune`.

    Moving a slider starts a run in the background; the old picture stays until the new colors are
    there. Moving another one meanwhile cancels the run. Only what changed is computed again.

    Parameters
    ----------
    embedding : Embedding
    technique : Technique
    params : dict
        What differs from the technique's defaults at first.
    **how
        As for `show`.

    Attributes
    ----------
    run : CachedRun
        What computes the colors; ``run.steps`` holds the fitted steps.
    """

    def __init__(self, embedding, technique, params, **how):
        self.run, self._technique = CachedRun(embedding), technique
        self._worker = Background()
        self._worker.on_cancel = lambda: self.say("Cancelled: the picture is the one before.")
        self._controls = parameter_controls(technique, embedding.X.shape, params)
        colors = self.run.run(technique, **self.params)
        super().__init__(Raster(embedding.xy, colors, technique.categorical), **how)
        self.bar = self._bar_of_colors()
        about = ipywidgets.Label(technique.description)
        sliders = ipywidgets.VBox(list(self._controls.values()))
        self._rows.children = about, sliders, self._worker.bar
        for control in self._controls.values():
            control.observe(lambda _: self._start_run(), "value")

    @property
    def params(self):
        """The values of all controls by their parameter's name."""
        return {name: control.value for name, control in self._controls.items()}

    def wait(self):
        """Wait until the last run has ended; for scripts and tests."""
        self._worker.wait()

    def close(self):
        """Free what the kernel and the page hold; displayed again, it opens again."""
        self._worker.drop()
        super().close()

    def _start_run(self):
        """Start a run for the values of the controls."""
        params = self.params
        self._worker.start(
            lambda progress: self.run.run(self._technique, progress=progress, **params),
            self._finish,
        )

    def _finish(self, colors, error):
        self.say("" if error is None else f"{self._technique.title}: {error}")
        if error is None:
            self.recolor(colors, self._technique.categorical)
            self.bar = self._bar_of_colors()

    def _bar_of_colors(self):
        """Return the bar of colors by a value, as for `show`; None for other colors."""
        last = [*self.run.steps.values()][-1]
        return (last.cmap, *last.limits_) if isinstance(last, SequentialColors) else None


def tune(
    embedding, technique, *, size=600, shading="filled", background="auto", pixel_ratio=2, **params
):
    """Show an embedding colored by a technique, with the technique's own sliders.

    Parameters
    ----------
    embedding : Embedding
        From `load_glyphs` or `load_embedding`.
    technique : str or Technique
        A name in `TECHNIQUES`, or a custom technique.
    size, shading, background, pixel_ratio
        As for `show`.
    **params
        First values of the technique's parameters, such as ``argmax__absolute=True``.

    Returns
    -------
    Tuner

    Raises
    ------
    ValueError
        If the technique or a parameter does not exist; the message lists those that do.
    """
    technique = look_up_technique(technique)
    return Tuner(
        embedding, technique, params, size=size, shading=shading, background=background,
        pixel_ratio=pixel_ratio,
    )
