"""Fit a technique to the points on screen, so that these points use its whole range of colors."""

import joblib
import numpy as np
from sklearn.base import clone

from ..arrays.checks import check_range
from ..arrays.chunks import map_rows, run_chunks, sample_rows
from ..arrays.ranges import square_around
from ..colors.palettes import MISSING
from ..steps.ica import nearest_rotation
from .run import (
    Run,
    active_steps,
    compute_values,
    expand_to_all_rows,
    fit_step,
    step_progress,
    transform_rows,
)
from .table import look_up_technique

_MATCHED_ROWS = 5000
_MARGIN = 0.5  # of the view's width and height, on each side


class ViewFit(Run):
    """Fit techniques to one view of a map after another; from view to view colors change little.

    The steps are fitted on the points in view, or on a seeded sample of `max_rows` of them. A step
    with a method ``aligned(before, after)``, where `before` and `after` are the outputs of the
    previous view's step and of the new one for the same points, is replaced by the result:
    components get the order and the signs, and clusters the numbers, of the previous view's. The
    first view of a technique is aligned with a fit on the whole map. `Technique.values` is
    computed once for all points, and only the steps after it are fitted to the view; with
    `Technique.values_in_view`, it is computed anew from the points in view and half a view around.

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
        The input of the first of them: the complete rows of X, or `Technique.values` of them. With
        `Technique.values_in_view`, points far from the view have the median of the others.
    n_in_view : int
        Points in the last view.
    fitted : bool
        Whether the steps were fitted to the last view. If not, too few points were in view, and
        the steps are those of the view before.

    Examples
    --------
    >>> from tsnecolor_nb import ViewFit, load_glyphs
    >>> atlas = load_glyphs()
    >>> fit = ViewFit(atlas)
    >>> colors = fit.colors("pca_rgb", (0, 20), (-10, 10))
    """

    def __init__(self, embedding, *, max_rows=50_000, random_state=0):
        super().__init__(embedding)
        self.max_rows = max_rows
        self.random_state = random_state
        self.values, self.n_in_view, self.fitted = None, 0, False
        self._key = self._shown = None

    def colors(self, technique, x_range, y_range, *, width=600, progress=None, **params):
        """Color the points in view, and half a view around it, by a fit to the points in view.

        Parameters
        ----------
        x_range, y_range : (low, high)
            In units of the map.
        width : int
            Of the view, in pixels, for techniques with `uses_view` or `values_in_view`.
        technique, progress, **params
            As for `CachedRun.run`.

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
        pipeline, params = self._prepare(technique, params)
        with self._exclusive():
            inside, around = self._inside(*view[:2]), self._inside(*map(_widened, view[:2]))
            key, in_view = joblib.hash((technique.name, params)), technique.values_in_view
            values = self._shown
            if not in_view:
                values = self._pipeline_input(technique, params, view, progress)
            if key != self._key:
                all_rows = np.arange(len(self._complete))
                if in_view:
                    ends = square_around(*self._complete.xy.T)
                    whole = ends[:2], ends[2:], width
                    values = self._values_in_view(technique, params, all_rows, whole, progress)
                self._steps = self._fit_steps(pipeline, values, all_rows, {}, values, progress)
                self._key, self._shown = key, values
            self.n_in_view, self.fitted = len(inside), len(inside) >= _min_points(pipeline)
            if self.fitted:
                earlier = values
                if in_view:
                    values = self._values_in_view(technique, params, around, view, progress)
                steps = self._fit_steps(pipeline, values, inside, self._steps, earlier, progress)
                self._steps, self._shown = steps, values
            self.steps, self.values = self._steps, values
            if in_view:
                self.values = np.where(np.isnan(values), np.nanmedian(values, axis=0), values)
            return expand_to_all_rows(self.embedding, self._color_rows(around))

    def last_input(self):
        """As for `CachedRun.last_input`, (c, m)."""
        *before, _ = self.steps.values()
        if not before:
            return self.values
        return map_rows(lambda rows: transform_rows(before, rows), self.values)

    def _values_in_view(self, technique, params, rows, view, progress):
        """Return the values of some rows, (c, m), NaN for all others."""
        params = technique.split(params)[0] | {"rows": rows, "view": view}
        of_rows = compute_values(technique, self._complete, params, progress)
        values = np.full((len(self._complete), of_rows.shape[1]), np.nan, of_rows.dtype)
        values[rows] = of_rows
        return values

    def _inside(self, x_range, y_range):
        x, y = self._complete.xy.T
        inside = (x >= x_range[0]) & (x <= x_range[1]) & (y >= y_range[0]) & (y <= y_range[1])
        return np.flatnonzero(inside)

    def _fit_steps(self, pipeline, values, rows, before, earlier, progress):
        """Fit clones on `rows`, each aligned with the step of its name in `before`.

        earlier : (c, m), the values that the steps of `before` were fitted on; NaN is unknown.
        """
        sampled = rows[sample_rows(len(rows), self.max_rows, self.random_state)]
        sample = values[sampled]
        compared = sample_rows(len(sample), _MATCHED_ROWS, self.random_state)
        compared = compared[~np.isnan(earlier[sampled[compared]]).any(axis=1)]
        previous = earlier[sampled[compared]]  # as the steps of `before` transform them
        before = before if len(compared) > 1 else {}
        steps = {}
        for name, step in active_steps(pipeline):
            step, earlier = clone(step), before.get(name)
            report = step_progress(progress, name)
            report(0.0)
            if hasattr(earlier, "rotation_"):
                rotation = _matched_rotation(earlier.rotation_, previous, sample[compared])
                step.set_params(rotation=rotation)
            fit_step(step, sample, [], report)
            output = transform_rows([step], sample)
            if earlier is not None:
                previous = transform_rows([earlier], previous)
                if hasattr(step, "aligned"):
                    step = step.aligned(previous, output[compared])
                    output = transform_rows([step], sample)
            steps[name], sample = step, output
        return steps

    def _color_rows(self, rows):
        colors = np.empty((len(self.values), 3), np.uint8)
        colors[:] = MISSING

        def color_chunk(chunk):
            colors[rows[chunk]] = transform_rows(self.steps.values(), self.values[rows[chunk]])

        run_chunks(color_chunk, len(rows))
        return colors


def _matched_rotation(rotation, before, after):
    """Return the rotation of `after` whose result is nearest to `before` rotated by `rotation`."""
    before, after = (
        np.pad(values[:, :3] - values[:, :3].mean(axis=0), ((0, 0), (0, max(0, 3 - len(values.T)))))
        for values in (before, after)
    )
    return nearest_rotation(rotation @ before.T.astype(np.float64) @ after)


def _min_points(pipeline):
    """Return the minimum for a fit: 20, or twice the number of components or clusters."""
    numbers = [
        value
        for name, value in pipeline.get_params().items()
        if name.endswith(("n_components", "n_clusters")) and value is not None
    ]
    return max(20, 2 * max(numbers, default=0))


def _widened(ends):
    margin = _MARGIN * (ends[1] - ends[0])
    return ends[0] - margin, ends[1] + margin
