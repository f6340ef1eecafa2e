"""All techniques side by side on one embedding: small maps, scores, times, near-duplicates."""

import time
from dataclasses import dataclass

import numpy as np

from ..names.map_names import names_for
from ..picture.names import PlacedNames
from ..picture.panels import panels
from ..picture.still import Picture
from ..scoring.score import Scorer, color_space
from ..techniques.run import CachedRun
from ..techniques.table import TECHNIQUES

ALIKE = 0.9
"""Rank correlation of color distances from which on two colorings count as near-duplicates."""

_N_PAIRS = 20_000


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Techniques on one embedding. Made by `compare`.

    Attributes
    ----------
    table : DataFrame
        One row per technique, by name: "title", the columns of `Score.row`, "below" as in `Score`,
        "seconds", and "like", the technique above of which this one is a near-duplicate, or "".
        In the order in which they were named: "near", "far" and "regions" are three questions, and
        no order by one of them says which technique is best.
    picture : Picture
        The contact sheet: small maps in the order of the table.
    colors : dict of str to (n, 3) uint8
        sRGB colors by name, in the same order.
    """

    table: "pandas.DataFrame"  # noqa: F821 (pandas loads when it is needed)
    picture: Picture
    colors: dict

    def __repr__(self):
        return f"<Comparison of {len(self.table)} techniques>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self.picture._repr_mimebundle_()

    @property
    def trade(self):
        """The Pareto front of the scores "near" and "far": rows of the table.

        No technique is better at both; sorted by "far", highest first.
        """
        ordered = self.table.sort_values(["far", "near"], ascending=False)
        best_before = ordered["near"].cummax().shift(fill_value=-np.inf)
        return ordered[ordered["near"] > best_before]


def compare(
    embedding, techniques=None, *, params=None, n_windows=4, background="white", side=200,
    columns=4, names=None, seed=0, scorer=None, all_eyes=True, progress=None,
):
    """Color an embedding by many techniques, score them, and lay them out on one sheet.

    Parameters
    ----------
    embedding : Embedding
    techniques : sequence of str, optional
        Names in `TECHNIQUES`; by default all of them.
    params : dict, optional
        Name -> dict of parameters that differ from the technique's defaults, such as
        ``{"trust": {"values__n_measured": 5000}}``.
    n_windows, seed : int
        Windows per zoom for the score and their seed, see `Scorer`. The default of 4 is quick;
        16 is exact to about one point.
    background : "white", "black" or (r, g, b) of 0 to 255
        The ground that maps are shown and scored on.
    side, columns : int
        Pixels of a small map, and small maps in a row of the sheet.
    names : (n,) array_like, mapping, or sequence of MapName, optional
        Names on every small map, as for `show`: what `map_names` finds, for example.
    scorer : Scorer, optional
        For this embedding; by default one is made with `n_windows`, `background`, `seed`.
    all_eyes : bool
        Whether color-blind eyes, and one that sees in grey, are asked as well, see `Scorer.score`.
    progress : callable, optional
        Called with a technique's name and a fraction 0..1; an exception in it ends the work.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        If a technique is unknown, `techniques` is empty, or `params` name one not in it.
    """
    import pandas as pd

    techniques = list(TECHNIQUES if techniques is None else techniques)
    if not techniques:
        raise ValueError("techniques must name at least one, got none")
    params = params or {}
    if strange := sorted(set(params) - set(techniques)):
        raise ValueError(f"params must name techniques that are compared, got {strange}")
    if names is not None:
        names = PlacedNames(names_for(embedding.xy, names))
    scorer = scorer or Scorer(embedding, n_windows=n_windows, background=background, seed=seed)
    rows, colors = {}, {}
    for done, name in enumerate(techniques):
        if progress is not None:
            progress(name, done / len(techniques))
        colors[name], seconds, clipped = color_technique(embedding, name, **params.get(name, {}))
        technique = TECHNIQUES[name]
        score = scorer.score(
            colors[name], name, categorical=technique.categorical, all_eyes=all_eyes,
            out_of_gamut=clipped,
        )
        rows[name] = {
            "title": technique.title, **score.row, "below": score.below, "seconds": seconds,
        }
    table = pd.DataFrame(rows.values(), index=list(rows))
    table["like"] = _near_duplicates(colors, seed)
    picture = _sheet(embedding.xy, table, colors, side, columns, scorer.background, names)
    return Comparison(table, picture, colors)


def color_technique(embedding, name, **params):
    """Color by one technique without earlier results; return the colors, seconds, and clipped.

    Arguments are as for `CachedRun.run`. The colors are (n, 3) uint8; clipped is the share of
    points whose color lay outside sRGB, 0..1, or None if the last step does not count them.
    """
    started = time.perf_counter()
    run = CachedRun(embedding)
    colors = run.run(name, **params)
    seconds = time.perf_counter() - started
    *_, last_step = run.steps.values()
    return colors, seconds, getattr(last_step, "clipped_share_", None)


def color_distances(srgb8, pairs):
    """Return how different the colors of pairs of points look: the ΔE that the score uses.

    Parameters
    ----------
    srgb8 : (n, 3) uint8
    pairs : (2, p) int
        Row numbers.

    Returns
    -------
    (p,) float32
    """
    one, other = (color_space(srgb8[rows]) for rows in pairs)
    return np.linalg.norm(one - other, axis=1)


def _near_duplicates(colors, seed):
    """Return, for each coloring, the first one before it with nearly the same distances, or ""."""
    from scipy.stats import spearmanr

    n = len(next(iter(colors.values())))
    pairs = np.random.default_rng(seed).integers(0, n, (2, _N_PAIRS))
    distances, like = {}, []
    for name, srgb8 in colors.items():
        current = color_distances(srgb8, pairs)
        alike = (
            other
            for other, others in distances.items()
            if spearmanr(current, others).statistic >= ALIKE
        )
        one_color = np.ptp(current) == 0  # that has no duplicates
        like.append("" if one_color else next(alike, ""))
        if not one_color:
            distances[name] = current
    return like


def _sheet(xy, table, colors, side, columns, background, names):
    return panels(
        xy, *colors.values(), categorical=[TECHNIQUES[name].categorical for name in colors],
        titles=table["title"], side=side, columns=columns, background=background, names=names,
        text=f"{len(table)} techniques",
    )
