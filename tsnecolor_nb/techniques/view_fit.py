"""Fit a technique to the points that are on screen, so that all its colors are spent on them."""

from threading import Lock

import joblib
import numpy as np
import sklearn

from ..arrays.checks import check_range
from ..arrays.chunks import map_chunks, sample_rows, single_threaded
from ..arrays.matching import match_components, match_labels
from ..colors.palettes import MISSING
from ..steps.ica import nearest_rotation
from .run import (
    active_steps,
    among_all,
    chain,
    computed_values,
    fit_step,
    named_progress,
    values_key,
)
from .table import look_up_technique

_MATCHED_ROWS = 5000
_MARGIN = 0.5  # of the view's width and height, on each side


class ViewFit:
    """Fit techniques to one view of a map after another; from view to view the colors glide.

    The steps are fitted on the points in view, at most `max_rows` of them, drawn with a seed. Then
    components take the order and the signs, and clusters the numbers, of the previous view's, so
    far as they are the same. The first view of a technique follows a fit on the whole map.

    What a technique computes from the map before its pipeline (distances to map neighbors, say) is
    computed once for all points; only the steps after it are fitted to the view.

    Parameters
    ----------
    embedding : Embedding
    max_rows : int
        Most points on which the steps are fitted.
    random_state : int

    Attributes
    ----------
    steps : dict
        The fitted steps behind the last colors, by name; without those that are "passthrough".
    values : (c, m) array
        What the first of them was given: the complete rows of X, or what the technique computes.
    n_in_view : int
        Points in the last view.
    fitted : bool
        Whether the steps were fitted to the last view. If not, too few points were in view, and
        they are those of the view before.

    Examples
    --------
    >>> from tsnecolor_nb import ViewFit, load_glyphs
    >>> atlas = load_glyphs()
    >>> fit = ViewFit(atlas)
    >>> colors = fit.colors("pca_rgb", (0, 20), (-10, 10))
    """

    def __init__(self, embedding, *, max_rows=50_000, random_state=0):
        self.embedding, self._complete = embedding, embedding.complete()
        self.max_rows = max_rows
        self.random_state = random_state
        self.steps, self.values, self.n_in_view, self.fitted = {}, None, 0, False
        self._key = self._values_key = self._values = None
        self._lock = Lock()

    def colors(self, technique, x_range, y_range, *, width=600, progress=None, **params):
        """Color the points in view, and half a view around it, by a fit to those in view.

        Parameters
        ----------
        technique : str or Technique
            A name in `TECHNIQUES`, or what stands there.
        x_range, y_range : (low, high)
            What is in view, in units of the map.
        width : int
            Of the view, in pixels; for techniques that look at pixels.
        progress : callable, optional
            Called with a step's name and a fraction 0..1; what it raises ends the work.
        **params
            Such as ``argmax__absolute=True``.

        Returns
        -------
        uint8 array of shape (n, 3)
            sRGB colors. Points more than half a view away are grey, and so are incomplete ones.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit; the message names it.
        """
        technique = look_up_technique(technique)
        view = check_range("x_range", x_range), check_range("y_range", y_range), width
        pipeline = technique.pipeline(limit=min(self._complete.X.shape), **params)
        with self._lock, sklearn.config_context(assume_finite=True), single_threaded():
            values = self._look_up_values(technique, params, view, progress)
            inside = self._inside(*view[:2])
            key = joblib.hash((technique.name, params))
            if key != self._key:
                self._steps = self._fit_steps(pipeline, values, None, {}, progress)
                self._key = key
            self.n_in_view, self.fitted = len(inside), len(inside) >= _fewest(pipeline)
            if self.fitted:
                self._steps = self._fit_steps(pipeline, values, inside, self._steps, progress)
            self.steps, self.values = self._steps, values
            colors = self._paint(values, self._inside(*map(_widened, view[:2])))
            return among_all(self.embedding, colors)

    def _look_up_values(self, technique, params, view, progress):
        """Return what goes into the pipeline; keep the last that was not X itself."""
        if technique.values is None:
            return self._complete.X
        of_values = technique.split(params)[0]
        if technique.uses_view:
            of_values["view"] = view
        key = values_key(technique, of_values)
        if key != self._values_key:
            self._values = None
            self._values = computed_values(technique, self._complete, of_values, progress)
            self._values_key = key
        return self._values

    def _inside(self, x_range, y_range):
        x, y = self._complete.xy.T
        inside = (x >= x_range[0]) & (x <= x_range[1]) & (y >= y_range[0]) & (y <= y_range[1])
        return np.flatnonzero(inside)

    def _fit_steps(self, pipeline, values, rows, before, progress):
        """Fit all steps on some rows, each matched to the step of its name in `before`."""
        n = len(values) if rows is None else len(rows)
        drawn = sample_rows(n, self.max_rows, self.random_state)
        sample = values[drawn if rows is None else rows[drawn]]
        few = sample_rows(len(sample), _MATCHED_ROWS, self.random_state)
        known = sample[few]  # what the steps of `before` make of the same points
        steps = {}
        for name, step in active_steps(pipeline):
            report = named_progress(progress, name)
            report(0.0)
            if name in before and hasattr(before[name], "rotation_"):
                step.set_params(rotation=_turn(before[name].rotation_, known, sample[few]))
            fit_step(step, sample, [], report)
            after = step.transform(sample)
            if name in before:
                known = before[name].transform(known)
                if _match(step, known, after[few]):
                    after = step.transform(sample)
            steps[name], sample = step, after
        return steps

    def _paint(self, values, rows):
        colors = np.empty((len(values), 3), np.uint8)
        colors[:] = MISSING

        def paint(part):
            colors[rows[part]] = chain(self.steps.values(), values[rows[part]])

        for _ in map_chunks(paint, len(rows)):
            pass
        return colors


def _match(step, before, after):
    """Reorder what a step has learnt so that it agrees with `before`; return whether it did."""
    if hasattr(step, "cluster_centers_"):
        order = _label_order(before[:, 0], after[:, 0], len(step.cluster_centers_))
        step.cluster_centers_ = step.cluster_centers_[order]
        step.labels_ = np.argsort(order).astype(step.labels_.dtype)[step.labels_]
        return True
    if hasattr(step, "components_"):
        # Between centered columns the cosine is the correlation.
        columns = [(values - values.mean(axis=0)).T for values in (before, after)]
        order, signs = match_components(*columns)
        step.components_ = step.components_[order] * signs[:, None]
        if hasattr(step, "mixing_"):
            step.mixing_ = step.mixing_[:, order] * signs
        for name in ("explained_variance_", "explained_variance_ratio_"):
            if hasattr(step, name):
                setattr(step, name, getattr(step, name)[order])
        return True
    return False


def _turn(rotation, before, after):
    """Return the rotation that colors points most like `rotation` did by what they were before."""
    before, after = (
        np.pad(values[:, :3] - values[:, :3].mean(axis=0), ((0, 0), (0, max(0, 3 - len(values.T)))))
        for values in (before, after)
    )
    return nearest_rotation(rotation @ before.T.astype(np.float64) @ after)


def _label_order(before, after, k):
    """Return which of k labels is to stand at each place, also those that no point here has."""
    names = np.full(k, -1)
    names[after] = match_labels(before, after)
    names[names < 0] = np.setdiff1d(np.arange(k), names)
    return np.argsort(names)


def _fewest(pipeline):
    """Return the fewest points on which a fit says something: twice its components or clusters."""
    numbers = [
        value
        for name, value in pipeline.get_params().items()
        if name.endswith(("n_components", "n_clusters")) and value is not None
    ]
    return max(20, 2 * max(numbers, default=0))


def _widened(ends):
    margin = _MARGIN * (ends[1] - ends[0])
    return ends[0] - margin, ends[1] + margin
