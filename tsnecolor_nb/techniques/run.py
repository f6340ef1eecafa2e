"""Run techniques on one embedding, and keep what the next run can use again."""

from threading import Lock

import joblib
import numpy as np
import sklearn
from sklearn.base import OneToOneFeatureMixin, clone
from sklearn.utils import get_tags
from sklearn.utils.validation import has_fit_parameter

from ..arrays.chunks import CHUNK_ROWS, map_rows, single_threaded
from ..arrays.matrix import incomplete_rows, named_rows
from ..colors.palettes import MISSING
from .table import look_up_technique


class Cancelled(Exception):
    """Raise this from a progress callback to end a run; what is done already stays cached."""


class CachedRun:
    """Run techniques on one embedding; only steps from the first changed one on run again.

    Of the earlier steps it keeps what they learnt and their outputs, so that a late slider costs
    milliseconds. Steps that change columns one by one (`OneToOneFeatureMixin`: standardizing,
    weighting) keep no output: they run again, chunk by chunk, together with the step after them.
    So at most one projection is held, of the size of X, along with labels and colors.

    Parameters
    ----------
    embedding : Embedding

    Attributes
    ----------
    steps : dict
        The fitted steps of the last run, by name; without those that are "passthrough".
    """

    def __init__(self, embedding):
        self.embedding = embedding
        self._complete = embedding.complete()
        self.steps = {}
        self._stages = []
        self._lock = Lock()

    def run(self, technique, *, progress=None, view=None, **params):
        """Color the embedding.

        Parameters
        ----------
        technique : str or Technique
            A name in `TECHNIQUES`, or what stands there.
        progress : callable, optional
            Called with a step's name and a fraction 0..1, also between chunks. What it raises,
            `Cancelled` for instance, ends the run.
        view : (x_range, y_range, width), optional
            What is on screen, in units of the map and in pixels, for a technique that says
            `uses_view`; the others do not look at it.
        **params
            Such as ``argmax__absolute=True``.

        Returns
        -------
        uint8 array of shape (n, 3)
            sRGB colors. Do not write into it.
        """
        technique = look_up_technique(technique)
        limit = min(self._complete.X.shape)
        of_values, _ = technique.split(params)
        if technique.uses_view:
            of_values["view"] = view
        pipeline = technique.pipeline(limit=limit, **params)
        # X was checked by its embedding, and so are values; to look again in every step takes long.
        with self._lock, sklearn.config_context(assume_finite=True), single_threaded():
            self.steps = {}
            self._values(technique, of_values, values_key(technique, of_values), progress)
            for depth, (name, step) in enumerate(active_steps(pipeline), start=1):
                self._step(depth, name, step, progress)
                self.steps[name] = self._stages[depth].step
            del self._stages[depth + 1 :]
            return among_all(self.embedding, self._stages[depth].output)

    def output(self, name):
        """Return the output of a step of the last run, or None where none is kept."""
        for stage in self._stages:
            if stage.step is not None and stage.step is self.steps.get(name):
                return stage.output
        raise ValueError(f"name must be one of {', '.join(self.steps)}, got {name!r}")

    def last_input(self):
        """Return what the last step of the last run was given, (n, m); a legend explains it."""
        source, steps = self._source(len(self._stages) - 1)
        return map_rows(lambda rows: chain(steps, rows), source) if steps else source

    def _values(self, technique, of_values, key, progress):
        if self._stages and self._stages[0].key == key:
            return
        self._stages.clear()
        values = self._complete.X
        if technique.values is not None:
            values = computed_values(technique, self._complete, of_values, progress)
        self._stages.append(_Stage(key, None, values))

    def _step(self, depth, name, step, progress):
        key = joblib.hash((type(step), step.get_params()))
        if len(self._stages) > depth and self._stages[depth].key == key:
            return
        # Let go of what is outdated before anything of that size is made anew.
        del self._stages[depth:]
        source, between = self._source()
        report = named_progress(progress, name)
        report(0.0)
        step = clone(step)
        fit_step(step, source, between, report)
        output = None
        if not isinstance(step, OneToOneFeatureMixin):
            output = _transform([*between, step], source, report)
        self._stages.append(_Stage(key, step, output))

    def _source(self, depth=None):
        """Return the last output that is kept before a stage, and the steps from it to there."""
        between = []
        for stage in reversed(self._stages[:depth]):
            if stage.output is not None:
                return stage.output, between[::-1]
            between.append(stage.step)
        raise AssertionError("the first stage always keeps its output")


def values_key(technique, params):
    """Return a hash of what a technique's values depend on: of a view, how wide a pixel is."""
    if technique.values is None:
        return joblib.hash(None)
    view = params.get("view")
    if view is not None:
        (low, high), _, width = view
        params = {**params, "view": f"{(high - low) / width:.9g}"}  # panning rounds differently
    return joblib.hash((technique.name, params))


def computed_values(technique, embedding, params, progress):
    """Return the values that a technique computes of complete rows; an error if one is not finite.

    Raises
    ------
    ValueError
    """
    values = technique.values(embedding, progress=named_progress(progress, "values"), **params)
    rows = np.flatnonzero(incomplete_rows(values))
    if len(rows):
        raise ValueError(
            f"the values of {technique.name!r} must be finite; it gave NaN or infinity for "
            f"{len(rows):,} of {len(values):,} points, first {named_rows(rows)}"
        )
    return values


def among_all(embedding, found, missing=MISSING):
    """Return what was found of an embedding's complete rows, among `missing` for the others."""
    if embedding.incomplete is None:
        return found
    everywhere = np.empty((len(embedding), *found.shape[1:]), found.dtype)
    everywhere[:] = missing
    everywhere[~embedding.incomplete] = found
    return everywhere


class _Stage:
    """One fitted step, what it was made from, and its output if that is kept."""

    def __init__(self, key, step, output):
        self.key, self.step, self.output = key, step, output


def fit_step(step, source, between, report):
    """Fit a step on some rows, as the fitted steps `between` them and it leave them."""
    if not get_tags(step).requires_fit:
        source = source[:CHUNK_ROWS]
    if between:
        source = map_rows(lambda rows: chain(between, rows), source)
    if has_fit_parameter(step, "progress"):
        step.fit(source, progress=lambda fraction: report(fraction / 2))
    else:
        step.fit(source)


def _transform(steps, source, report):
    # Clusterers know the labels of what they were fitted on.
    known = getattr(steps[-1], "labels_", None)
    if known is not None:
        return known[:, None]
    return map_rows(
        lambda rows: chain(steps, rows), source, lambda fraction: report((1 + fraction) / 2)
    )


def chain(steps, rows):
    """Return what fitted steps, one after the other, make of some rows."""
    for step in steps:
        rows = step.transform(rows)
    return np.asarray(rows)


def active_steps(pipeline):
    """Return the (name, step) of a pipeline's steps without those that pass all through."""
    return [(name, step) for name, step in pipeline.steps if step not in (None, "passthrough")]


def named_progress(progress, name):
    """Return a callable of a fraction that reports it under a step's name, to nobody if None."""
    if progress is None:
        return lambda fraction: None
    return lambda fraction: progress(name, fraction)


def color(embedding, technique, *, progress=None, **params):
    """Color an embedding by one technique.

    Parameters
    ----------
    embedding : Embedding
    technique : str
        A name in `TECHNIQUES`.
    progress : callable, optional
        Called with a step's name and a fraction 0..1; what it raises ends the work.
    **params
        Such as ``argmax__absolute=True``; see the technique's `params`.

    Returns
    -------
    uint8 array of shape (n, 3)
        sRGB colors.
    """
    return CachedRun(embedding).run(technique, progress=progress, **params)
