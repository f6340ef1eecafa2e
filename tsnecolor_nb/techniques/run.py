"""Run techniques on one embedding, and cache what the next run can use again."""

from collections import namedtuple
from contextlib import contextmanager
from functools import partial
from threading import RLock
from weakref import WeakKeyDictionary

import joblib
import numpy as np
import sklearn
from sklearn.base import OneToOneFeatureMixin, clone
from sklearn.utils import get_tags

from ..arrays.chunks import CHUNK_ROWS, map_rows, single_threaded
from ..arrays.matrix import incomplete_rows, named_rows
from ..colors.palettes import MISSING
from ..steps.base import report_progress
from .table import look_up_technique

_LARGE = 64 << 20  # bytes of an output
# Embedding -> the lock of all runs on it. Two at once would be no faster, and take more memory.
_LOCKS = WeakKeyDictionary()
# The hash of a step's parameters, the fitted step, and its output, (n, m), or None if not cached.
_Stage = namedtuple("_Stage", "key step output")


class Cancelled(Exception):
    """Raise this from a progress callback to end a run; finished steps stay cached."""


class Run:
    """Base of `CachedRun` and `ViewFit`: one thread at a time for each embedding, and pickling."""

    def __init__(self, embedding):
        self.embedding, self._complete = embedding, embedding.complete()
        self.steps = {}
        self._values = self._values_key = None
        self._lock = _LOCKS.setdefault(embedding, RLock())

    def _prepare(self, technique, params):
        """Return the unfitted pipeline for data of this shape, and its parameters."""
        shape = self._complete.X.shape
        params = technique.reduced_clusters(shape) | params
        return technique.pipeline(limit=min(shape), **params), params

    def _pipeline_input(self, technique, params, view, progress):
        """Return X, or what `Technique.values` computes; the last of these is cached."""
        if technique.values is None:
            return self._complete.X
        params, pixel_width = technique.split(params)[0], None
        if technique.uses_view and view is not None:
            (low, high), _, width = view
            pixel_width = f"{(high - low) / width:.9g}"  # panning rounds differently
        key = joblib.hash((technique.name, params, pixel_width))
        if technique.uses_view:
            params["view"] = view
        if key != self._values_key:
            self._forget()
            self._values = compute_values(technique, self._complete, params, progress)
            self._values_key = key
        return self._values

    def _forget(self):
        # Frees the values, and what depends on them, before others of that size are allocated.
        self._values = self._values_key = None

    @contextmanager
    def _exclusive(self):
        # The embedding has checked X, and `compute_values` its values: steps need not repeat it.
        with self._lock, sklearn.config_context(assume_finite=True), single_threaded():
            yield

    def __repr__(self):
        steps = ", ".join(self.steps) or "no steps yet"
        return f"<{type(self).__name__} of {len(self.embedding):,} points: {steps}>"

    def __getstate__(self):
        return {name: value for name, value in vars(self).items() if name != "_lock"}

    def __setstate__(self, state):
        self.__dict__.update(state, _lock=_LOCKS.setdefault(state["embedding"], RLock()))


class CachedRun(Run):
    """Run techniques on one embedding; only steps from the first changed one on run again.

    The fitted earlier steps and their outputs are cached, so that a change of a later step takes
    milliseconds. Steps that change columns one by one (`OneToOneFeatureMixin`: standardizing,
    weighting) keep no output: they run again, chunk by chunk, together with the step after them.
    Nor do steps whose output is larger than half of X, and than 64 MiB: to project all points
    again takes less time than such an output is worth in memory.

    Any scikit-learn transformer that works row by row can be a step. If it has an attribute
    ``training_output_``, (n, m), the output for the rows of `fit`, as `ClusterLabels` has, its
    `transform` is not called.

    Parameters
    ----------
    embedding : Embedding

    Attributes
    ----------
    steps : dict
        The fitted steps of the last run, by name, without those that are "passthrough".
    """

    def __init__(self, embedding):
        super().__init__(embedding)
        self._stages = []

    def run(self, technique, *, progress=None, view=None, **params):
        """Color the embedding.

        Parameters
        ----------
        technique : str or Technique
            A name in `TECHNIQUES`, or a custom technique.
        progress : callable, optional
            Called with a step's name and a fraction 0..1, also between chunks. An exception that
            it raises, such as `Cancelled`, ends the run.
        view : (x_range, y_range, width), optional
            Ranges on screen, in units of the map, and their width in pixels, for a technique with
            `uses_view`; others ignore it.
        **params
            Such as ``argmax__absolute=True``.

        Returns
        -------
        uint8 array of shape (n, 3)
            sRGB colors. Do not write into it.
        """
        technique = look_up_technique(technique)
        pipeline, params = self._prepare(technique, params)
        with self._exclusive():
            self.steps = {}
            if technique.values is None and self._values is not None:
                self._forget()
            values = self._pipeline_input(technique, params, view, progress)
            if not self._stages or self._stages[0].output is not values:
                self._stages = [_Stage(None, None, values)]
            for depth, (name, step) in enumerate(active_steps(pipeline), start=1):
                self._update_step(depth, name, step, progress)
                self.steps[name] = self._stages[depth].step
            del self._stages[depth + 1 :]
            return expand_to_all_rows(self.embedding, self._output())

    def output(self, name):
        """Return the output of a step of the last run, (n, m), or None if that is not cached."""
        for stage in self._stages:
            if stage.step is not None and stage.step is self.steps.get(name):
                return stage.output
        raise ValueError(f"name must be one of {', '.join(self.steps)}, got {name!r}")

    def last_input(self):
        """Return the input of the last step of the last run, (n, m), as `explain` takes it."""
        return self._output(len(self._stages) - 1)

    def _forget(self):
        super()._forget()
        self._stages.clear()

    def _update_step(self, depth, name, step, progress):
        key = joblib.hash((type(step), step.get_params()))
        if len(self._stages) > depth and self._stages[depth].key == key:
            return
        # Free outdated outputs before new ones of that size are allocated.
        del self._stages[depth:]
        source, between = self._last_output()
        report = step_progress(progress, name)
        report(0.0)
        step = clone(step)
        fit_step(step, source, between, report)
        output = getattr(step, "training_output_", None)
        if output is None and not self._is_large(step, source, between):
            output = map_rows(
                lambda rows: transform_rows([*between, step], rows), source,
                lambda fraction: report((1 + fraction) / 2),
            )
        self._stages.append(_Stage(key, step, output))

    def _is_large(self, step, source, between):
        """Return whether it is better to compute a step's output again than to keep it."""
        if isinstance(step, OneToOneFeatureMixin):
            return True
        n_bytes = len(source) * transform_rows([*between, step], source[:1]).nbytes
        return n_bytes > max(_LARGE, self._complete.X.nbytes / 2)

    def _output(self, depth=None):
        """Return the output of the last stage before `depth`, computed unless it is cached."""
        source, steps = self._last_output(depth)
        return map_rows(lambda rows: transform_rows(steps, rows), source) if steps else source

    def _last_output(self, depth=None):
        """Return the last cached output before a stage, and the steps in between."""
        between = []
        for stage in reversed(self._stages[:depth]):
            if stage.output is not None:
                return stage.output, between[::-1]
            between.append(stage.step)
        raise AssertionError("the first stage always keeps its output")


def compute_values(technique, embedding, params, progress):
    """Return `Technique.values` of an embedding, (n, m), without NaN or infinity."""
    values = technique.values(embedding, progress=step_progress(progress, "values"), **params)
    rows = np.flatnonzero(incomplete_rows(values))
    if len(rows):
        raise ValueError(
            f"the values of {technique.name!r} must be finite, got NaN or infinity for "
            f"{len(rows):,} of {len(values):,} points, first {named_rows(rows)}"
        )
    return values


def expand_to_all_rows(embedding, values, missing=MISSING):
    """Return values of an embedding's complete rows for all rows: `missing` for the others."""
    if embedding.incomplete is None:
        return values
    expanded = np.empty((len(embedding), *values.shape[1:]), values.dtype)
    expanded[:] = missing
    expanded[~embedding.incomplete] = values
    return expanded


def fit_step(step, source, between, report):
    """Fit a step on the rows of `source` as the fitted steps `between` transform them."""
    if not get_tags(step).requires_fit:
        source = source[:CHUNK_ROWS]
    with report_progress(lambda fraction: report(fraction / 2)):
        if between and hasattr(step, "fit_projected"):
            step.fit_projected(source, partial(transform_rows, between))
        else:
            step.fit(map_rows(partial(transform_rows, between), source) if between else source)


def transform_rows(steps, rows):
    """Return rows transformed by fitted steps in sequence, as a dense array."""
    for step in steps:
        rows = step.transform(rows)
    return rows.toarray() if hasattr(rows, "toarray") else np.asarray(rows)


def active_steps(pipeline):
    """Return the (name, step) of a pipeline's steps without those that are "passthrough"."""
    return [(name, step) for name, step in pipeline.steps if step not in (None, "passthrough")]


def step_progress(progress, name):
    """Return a function of a fraction that calls ``progress(name, fraction)``, or does nothing."""
    if progress is None:
        return lambda fraction: None
    return lambda fraction: progress(name, fraction)


def color(embedding, technique, *, progress=None, **params):
    """Return the colors of an embedding by one technique: sRGB, uint8 (n, 3).

    Parameters
    ----------
    embedding : Embedding
    technique, progress, **params
        As for `CachedRun.run`.
    """
    return CachedRun(embedding).run(technique, progress=progress, **params)
