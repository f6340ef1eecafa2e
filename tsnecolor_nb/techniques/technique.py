"""What a technique is: a pipeline, the parameters a person may move, and where it comes from."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Param:
    """One thing that a person may move.

    Attributes
    ----------
    name : str
        As in scikit-learn, ``step__parameter`` or ``step``; with the prefix ``values__`` it goes
        to the function that computes the values before the pipeline.
    label : str
        What to call it beside a slider.
    default : object
    low, high, step : number or None
        The range, both ends included, of an integer or a float.
    choices : dict or None
        Label -> value, where there is no range.
    """

    name: str
    label: str
    default: Any
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: dict[str, Any] | None = None

    @property
    def kind(self):
        """Return "flag", "choice", "int" or "float"."""
        if self.choices is not None:
            return "choice"
        return {bool: "flag", int: "int", float: "float"}[type(self.default)]


@dataclass(frozen=True)
class Technique:
    """One way to turn an embedding into colors.

    Attributes
    ----------
    name, title, description : str
    build : callable
        ``build(limit)`` returns an unfitted pipeline with the defaults, whose projections have no
        more than `limit` components.
    params : tuple of Param
    notebook : str
        File name of the notebook that explains it.
    source : str
        Who proposed it.
    values : callable or None
        ``values(embedding, progress=None, **params)`` returns what goes into the pipeline, float
        (n, m), where that is not X itself.
    uses_view : bool
        Whether `values` also takes ``view=(x_range, y_range, width)``, the ranges in units of the
        map and the width in pixels, and gives other values where a pixel is of another width, but
        the same after panning. Without it the view is the whole map at 600 pixels.
    """

    name: str
    title: str
    description: str
    build: Callable[[int], Any]
    params: tuple[Param, ...]
    notebook: str
    source: str
    values: Callable[..., Any] | None = None
    uses_view: bool = False

    def pipeline(self, *, limit=128, **params):
        """Build the unfitted pipeline with some parameters changed.

        Parameters
        ----------
        limit : int
            The most components there can be, min(n, d) of the data.
        **params
            Any parameters of the pipeline's steps, not only those in `params`.

        Returns
        -------
        sklearn.pipeline.Pipeline
        """
        from sklearn.base import clone

        # Choices may hold a step; a clone keeps what is learnt out of the table.
        return clone(self.build(limit).set_params(**self.split(params)[1]))

    def params_for(self, limit):
        """Return `params` with ranges and defaults cut to data with `limit` components."""
        highest = {"n_components": limit, "bits": max(limit // 3, 1)}
        cut = []
        for param in self.params:
            high = highest.get(param.name.rpartition("__")[2])
            if high is not None and high < param.high:
                param = replace(param, high=high, default=min(param.default, high))
            cut.append(param)
        return tuple(cut)

    def split(self, params):
        """Split parameters into those of `values`, prefix taken off, and those of the pipeline."""
        prefix = "values__"
        of_values = {
            name.removeprefix(prefix): value
            for name, value in params.items()
            if name.startswith(prefix)
        }
        if of_values and self.values is None:
            raise ValueError(f"{self.name!r} starts from X and takes no {prefix} parameters")
        rest = {name: value for name, value in params.items() if not name.startswith(prefix)}
        return of_values, rest
