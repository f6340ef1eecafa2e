"""What all steps share: checks of X, work in chunks on all cores, dtypes, and progress of a fit.

Steps are scikit-learn transformers, row-wise in `transform`.
"""

from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from ..arrays.chunks import map_rows

FLOATS = [np.float32, np.float64]
_PROGRESS = ContextVar("progress", default=None)


@contextmanager
def report_progress(callback):
    """Let slow steps that are fitted inside this context call ``callback(fraction)``, 0..1.

    So `fit` itself takes nothing but data, as in all of scikit-learn. An exception that the
    callback raises ends the fit; None reports nothing.
    """
    token = _PROGRESS.set(callback)
    try:
        yield
    finally:
        _PROGRESS.reset(token)


def current_progress():
    """Return the callback of the innermost `report_progress`, or None."""
    return _PROGRESS.get()


class Step(TransformerMixin, BaseEstimator):
    """A row-wise transformer; subclasses define `_row_function`, and `_learn` if they learn."""

    _keeps_dtype = False
    _requires_fit = True
    _min_samples = 1

    def fit(self, X, y=None):
        """Learn the attributes from `X`, float (n, d)."""
        X = validate_data(self, X, dtype=FLOATS, ensure_min_samples=self._min_samples)
        self._learn(X)
        return self

    def _learn(self, X):
        pass

    def transform(self, X):
        """Transform `X`, float (n, d), chunk by chunk; the number of rows stays."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=FLOATS, reset=False)
        return map_rows(self._row_function(X.dtype), X)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.requires_fit = self._requires_fit
        tags.transformer_tags.preserves_dtype = ["float64", "float32"] if self._keeps_dtype else []
        return tags


class ColorStep(Step):
    """A last step of a pipeline: its output is sRGB, its input the first columns of X.

    It ignores columns that it does not need: components come with the most important ones first.
    """

    def transform(self, X):
        """Return the colors of `X`, float (n, d), as sRGB: uint8 (n, 3)."""
        return super().transform(X)

    def get_feature_names_out(self, input_features=None):
        """Return "red", "green" and "blue"."""
        check_is_fitted(self)
        return np.array(["red", "green", "blue"], dtype=object)
