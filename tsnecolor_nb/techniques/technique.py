"""What a technique is: a pipeline, the parameters with sliders, and where it comes from."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Param:
    """One parameter of a technique, for a slider or a menu.

    Attributes
    ----------
    name : str
        As in scikit-learn, ``step__parameter`` or ``step``; with the prefix ``values__`` it goes
        to the function that computes the values before the pipeline.
    label : str
        The text beside a slider.
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


@dataclass(frozen=True, repr=False)
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
        ``values(embedding, progress=None, **params)`` returns the input of the pipeline, float
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

    def __repr__(self):
        return f"<Technique {self.name}: {self.title}>"

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

        # A choice may be a step; fitting must not change the one in the table.
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
        """Return the parameters of `values`, without their prefix, and those of the pipeline."""
        prefix = "values__"
        value_params, pipeline_params = {}, {}
        for name, value in params.items():
            if name.startswith(prefix):
                value_params[name.removeprefix(prefix)] = value
            else:
                pipeline_params[name] = value
        if value_params and self.values is None:
            raise ValueError(f"{self.name!r} starts from X and takes no {prefix} parameters")
        return value_params, pipeline_params
