"""Description of a technique: its pipeline, its parameters for sliders, and its source."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from sklearn.base import clone

from ..steps.to_color import PaletteStep


@dataclass(frozen=True)
class Param:
    """One parameter of a technique, for a slider or a menu.

    Attributes
    ----------
    name : str
        As in scikit-learn, ``step__parameter`` or ``step``; with the prefix ``values__`` it is
        passed to `Technique.values`.
    label : str
        Of the slider.
    default : object
    low, high, step : number or None
        The range, both ends included, of an integer or a float.
    choices : dict or None
        Label -> value, where there is no range.
    typed : bool
        Whether any text may be typed; the values of `choices` are suggestions then.
    """

    name: str
    label: str
    default: Any
    low: float | None = None
    high: float | None = None
    step: float | None = None
    choices: dict[str, Any] | None = None
    typed: bool = False

    @property
    def kind(self):
        """Return "text", "choice", "flag", "int" or "float"."""
        if self.typed:
            return "text"
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
        Author or publication.
    values : callable or None
        ``values(embedding, progress=None, **params)`` returns the input of the pipeline, float
        (n, m), where that is not X itself.
    uses_view : bool
        Whether `values` also takes ``view=(x_range, y_range, width)``, as in `CachedRun.run`, and
        depends on the width of a pixel in units of the map, but not on panning. Without a view it
        is the whole map at 600 pixels.
    values_in_view : bool
        Whether `values` also takes ``rows``, (m,) int, and ``view=(x_range, y_range, width)``, and
        then returns what it computes from these points alone, at the scale of that view, (m, q).
        `ViewFit` uses it.
    family : str
        "original", "perceptual", "labels", "local" or "the map itself".
    good_for, bad_at : str
        What its colors show a reader, and what they do not, in a few words.
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
    values_in_view: bool = False
    family: str = ""
    good_for: str = ""
    bad_at: str = ""

    def __repr__(self):
        return f"<Technique {self.name}: {self.title}>"

    @property
    def categorical(self):
        """Whether its colors stand for labels."""
        return isinstance(self.build(1)[-1], PaletteStep)

    def pipeline(self, *, limit=128, **params):
        """Return the unfitted `sklearn.pipeline.Pipeline` with some parameters changed.

        Parameters
        ----------
        limit : int
            Maximum number of components, min(n, d) of the data.
        **params
            Any parameters of the pipeline's steps, not only those in `params`; those with the
            prefix ``values__`` are ignored.
        """
        # A choice may be a step; fitting must not change the one in the table.
        return clone(self.build(limit).set_params(**self.split(params)[1]))

    def params_for(self, shape):
        """Return `params` with ranges and defaults reduced to data of a shape, (n, d)."""
        n, limit = shape[0], min(shape)
        highest = {"n_components": limit, "bits": max(limit // 3, 1), "n_clusters": max(n // 4, 2)}
        cut = []
        for param in self.params:
            high = highest.get(param.name.rpartition("__")[2])
            if high is not None and high < param.high:
                param = replace(param, high=high, default=min(param.default, high))
            cut.append(param)
        return tuple(cut)

    def reduced_clusters(self, shape):
        """Return the default numbers of clusters that are too large for a shape, reduced to it."""
        both = zip(self.params_for(shape), self.params, strict=True)
        return {
            small.name: small.default for small, param in both
            if small.name.endswith("n_clusters") and small.default < param.default
        }

    def split(self, params):
        """Return the parameters of `values`, without their prefix, and those of the pipeline."""
        prefix = "values__"
        of_values = [name for name in params if name.startswith(prefix)]
        if of_values and self.values is None:
            raise ValueError(f"{self.name!r} starts from X and takes no {prefix} parameters")
        value_params = {name.removeprefix(prefix): params[name] for name in of_values}
        return value_params, {name: params[name] for name in params if name not in of_values}
