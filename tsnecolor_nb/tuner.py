"""A technique under the hand: its map, its sliders, and a progress bar while it computes."""

import ipywidgets

from .background import Background
from .raster import Raster
from .run import CachedRun
from .techniques import TECHNIQUES
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
        self._knobs = knobs(technique, min(embedding.X.shape), params)
        colors = self.run.run(technique, **self.params)
        super().__init__(Raster(embedding.xy, colors), **how)
        about = ipywidgets.Label(technique.description)
        self.add_controls(about, ipywidgets.VBox(list(self._knobs.values())), self._worker.bar)
        for knob in self._knobs.values():
            knob.observe(lambda _: self._ask(), "value")

    @property
    def params(self):
        """The values of all knobs by their parameter's name."""
        return {name: knob.value for name, knob in self._knobs.items()}

    def wait(self):
        """Wait until the last run has ended; for scripts and tests."""
        self._worker.wait()

    def _ask(self):
        """Start a run for what the knobs say now."""
        params = self.params
        self._worker.start(
            lambda progress: self.run.run(self._technique, progress=progress, **params),
            self._finish,
        )

    def _finish(self, colors, error):
        self.say("" if error is None else f"{self._technique.title}: {error}")
        if error is None:
            self.recolor(colors)


def knobs(technique, limit, params, **look):
    """Return an ipywidget for each parameter of a technique, by the parameter's name.

    Parameters
    ----------
    technique : Technique
    limit : int
        The most components there can be, min(n, d) of the data.
    params : dict
        Values other than the defaults.
    **look
        Traits of the widgets, such as ``layout``.

    Raises
    ------
    ValueError
        If the technique lacks one of `params`.
    """
    known = {param.name: param for param in technique.params_for(limit)}
    for name in params:
        if name not in known:
            raise ValueError(
                f"{technique.name!r} has no parameter {name!r}; it has {', '.join(known)}"
            )
    return {
        name: _knob(param, params.get(name, param.default), look)
        for name, param in known.items()
    }


def _knob(param, value, look):
    look = {
        "description": param.label,
        "style": {"description_width": "12em"},
        "layout": {"width": "460px"},
        "description_allow_html": False,
    } | look
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
