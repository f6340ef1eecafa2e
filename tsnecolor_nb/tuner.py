"""A technique under the hand: its map, its sliders, and a progress bar while it computes."""

import asyncio
import threading
import time

import ipywidgets

from .raster import Raster
from .run import CachedRun, Cancelled
from .techniques import TECHNIQUES
from .view import View

_PATIENCE = 0.3  # seconds a person does not notice; a bar for less would only flicker
_TICK = 0.05  # seconds between two moves of the bar


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
        self._worker, self._asked = None, 0
        self._loop = _running_loop()
        self._knobs = _knobs(technique, min(embedding.X.shape), params)
        self._bar = ipywidgets.FloatProgress(
            max=1, description="", layout={"width": "300px", "visibility": "hidden"}
        )
        colors = self.run.run(technique, **self.params)
        super().__init__(Raster(embedding.xy, colors), **how)
        about = ipywidgets.Label(technique.description)
        self.add_controls(about, ipywidgets.VBox(list(self._knobs.values())), self._bar)
        for knob in self._knobs.values():
            knob.observe(lambda _: self._ask(), "value")

    @property
    def params(self):
        """The values of all knobs by their parameter's name."""
        return {name: knob.value for name, knob in self._knobs.items()}

    def wait(self):
        """Wait until the last run has ended; for scripts and tests."""
        while self._worker is not None and self._worker.is_alive():
            self._worker.join()

    def _ask(self):
        """Start a run for what the knobs say now; an earlier one notices and gives up."""
        self._asked += 1
        self._worker = threading.Thread(
            target=self._work, args=(self._asked, self.params), daemon=True
        )
        self._worker.start()

    def _work(self, asked, params):
        start = time.perf_counter()
        moved = start

        def progress(step, fraction):
            nonlocal moved
            if asked != self._asked:
                raise Cancelled
            now = time.perf_counter()
            if now - start > _PATIENCE and now - moved > _TICK:
                moved = now
                self._on_loop(self._move_bar, step, fraction)

        try:
            colors = self.run.run(self._technique, progress=progress, **params)
        except Cancelled:
            return
        except Exception as error:  # whatever it is, a person must see it, and keep the picture
            self._on_loop(self._finish, asked, None, error)
        else:
            self._on_loop(self._finish, asked, colors, None)

    def _move_bar(self, step, fraction):
        self._bar.value, self._bar.description = fraction, step
        self._bar.layout.visibility = "visible"

    def _finish(self, asked, colors, error):
        if asked != self._asked:
            return
        self._bar.layout.visibility = "hidden"
        self.say("" if error is None else f"{self._technique.title}: {error}")
        if error is None:
            self.recolor(colors)

    def _on_loop(self, action, *arguments):
        if self._loop is None:
            action(*arguments)
        else:
            self._loop.call_soon_threadsafe(action, *arguments)


def _running_loop():
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _knobs(technique, limit, params):
    """Return an ipywidget for each parameter of a technique, by the parameter's name."""
    known = {param.name: param for param in technique.params_for(limit)}
    for name in params:
        if name not in known:
            raise ValueError(
                f"{technique.name!r} has no parameter {name!r}; it has {', '.join(known)}"
            )
    return {name: _knob(param, params.get(name, param.default)) for name, param in known.items()}


def _knob(param, value):
    look = {
        "description": param.label,
        "style": {"description_width": "12em"},
        "layout": {"width": "460px"},
    }
    if param.kind == "choice":
        return ipywidgets.Dropdown(options=list(param.choices.items()), value=value, **look)
    if param.kind == "flag":
        return ipywidgets.Checkbox(value=value, indent=True, **look)
    if param.kind == "int":
        slider = ipywidgets.IntSlider
    else:
        slider, look["readout_format"] = ipywidgets.FloatSlider, ".3f"
    # Only a slider let go starts a run: on the way there it would start dozens.
    return slider(
        value=value, min=param.low, max=param.high, step=param.step,
        continuous_update=False, **look,
    )


def tune(embedding, technique, *, size=600, shading="eq_hist", background="white", **params):
    """Show an embedding colored by a technique, with the technique's own sliders.

    Parameters
    ----------
    embedding : Embedding
        From `load_glyphs` or `load_embedding`.
    technique : str
        A name in `TECHNIQUES`.
    size, shading, background
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
    if technique not in TECHNIQUES:
        raise ValueError(f"technique must be one of {', '.join(TECHNIQUES)}, got {technique!r}")
    return Tuner(
        embedding, TECHNIQUES[technique], params,
        size=size, shading=shading, background=background,
    )
