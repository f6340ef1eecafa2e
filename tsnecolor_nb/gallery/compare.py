"""All techniques side by side on one embedding: small maps, scores, times, and which look alike."""

import time
from dataclasses import dataclass

import numpy as np

from ..picture.panels import panels
from ..picture.still import Picture
from ..scoring.score import Scorer, color_space
from ..techniques.run import CachedRun
from ..techniques.table import TECHNIQUES

ALIKE = 0.9
"""Rank correlation of color distances from which on two colorings count as near-duplicates."""

_PAIRS = 20_000
_BEST_AT = {
    "zoom 1": "the whole map",
    "zoom 4": "an island",
    "zoom 16": "a corner of an island",
    "points": "single points",
    "global": "how far islands lie apart",
    "color-blind": "an eye that lacks one kind of cone",
    "grey": "print without color",
}


@dataclass(frozen=True, eq=False, repr=False)
class Comparison:
    """Techniques on one embedding, best first. Made by `compare`.

    Attributes
    ----------
    table : DataFrame
        One row per technique, by name: "title", the columns of `Score.row`, "seconds", and
        "like", the better technique whose colors say much the same, or "".
    picture : Picture
        The contact sheet: small maps in the order of the table.
    colors : dict
        Name -> srgb8, uint8 (n, 3), in the same order.
    """

    table: "pandas.DataFrame"  # noqa: F821 (pandas loads when it is needed)
    picture: Picture
    colors: dict

    def __repr__(self):
        return f"<Comparison of {len(self.table)} techniques, best: {self.table.index[0]!r}>"

    def _repr_mimebundle_(self, include=None, exclude=None):
        return self.picture._repr_mimebundle_()

    @property
    def which_when(self):
        """Return what to look at, and the technique with the highest score for it: a DataFrame."""
        import pandas as pd

        rows = [
            (what, self.table["title"][self.table[column].idxmax()], self.table[column].max())
            for column, what in _BEST_AT.items()
            if column in self.table and self.table[column].notna().any()
        ]
        return pd.DataFrame(rows, columns=["to see", "take", "score"]).set_index("to see")

    @property
    def trade(self):
        """Return the techniques that none beats both locally and globally: rows of the table.

        Along them more of the one costs some of the other; sorted by "global", highest first.
        """
        ordered = self.table.sort_values(["global", "picture"], ascending=False)
        best_before = ordered["picture"].cummax().shift(fill_value=-np.inf)
        return ordered[ordered["picture"] > best_before]


def compare(
    embedding, techniques=None, *, params=None, n_windows=4, side=200, columns=4, seed=0,
    scorer=None, progress=None,
):
    """Color an embedding by many techniques, score them, and lay them out on one sheet.

    Parameters
    ----------
    embedding : Embedding
    techniques : sequence of str, optional
        Names in `TECHNIQUES`; all of them unless given.
    params : dict, optional
        Name -> dict of what differs from the technique's defaults, such as
        ``{"trust": {"values__n_measured": 5000}}``.
    n_windows : int
        Views per zoom for the score, see `Scorer`. The default of 4 is quick; 16 is exact to
        about one point.
    side : int
        Of a small map, in pixels.
    columns : int
        Small maps in a row of the sheet.
    seed : int
    scorer : Scorer, optional
        One that was prepared for this embedding; made with `n_windows` and `seed` unless given.
    progress : callable, optional
        Called with a technique's name and a fraction 0..1; what it raises ends the work.

    Returns
    -------
    Comparison

    Raises
    ------
    ValueError
        If a technique is unknown, or there is none, or `params` name one that is not compared.
    """
    import pandas as pd

    names = list(TECHNIQUES if techniques is None else techniques)
    if not names:
        raise ValueError("techniques must name at least one, got none")
    params = {} if params is None else params
    if strange := sorted(set(params) - set(names)):
        raise ValueError(f"params must name techniques that are compared, got {strange}")
    scorer = Scorer(embedding, n_windows=n_windows, seed=seed) if scorer is None else scorer
    rows, colors = {}, {}
    for done, name in enumerate(names):
        if progress is not None:
            progress(name, done / len(names))
        colors[name], seconds, clipped = color_technique(
            embedding, name, **params.get(name, {})
        )
        found = scorer.score(colors[name], name, out_of_gamut=clipped).row
        rows[name] = {"title": TECHNIQUES[name].title, **found, "seconds": seconds}
    table = pd.DataFrame(rows.values(), index=list(rows)).sort_values("picture", ascending=False)
    colors = {name: colors[name] for name in table.index}
    table["like"] = _near_duplicates(colors, seed)
    return Comparison(table, _sheet(embedding.xy, table, colors, side, columns), colors)


def color_technique(embedding, name, **params):
    """Color from nothing, and say what it took.

    Parameters
    ----------
    embedding : Embedding
    name : str
        In `TECHNIQUES`.
    **params
        Of the technique, as for `CachedRun.run`.

    Returns
    -------
    srgb8 : uint8 array of shape (n, 3)
    seconds : float
    clipped : float or None
        Share of points whose color lay outside sRGB, if the technique knows it.
    """
    started = time.perf_counter()
    run = CachedRun(embedding)
    colors = run.run(name, **params)
    seconds = time.perf_counter() - started
    *_, last_step = run.steps.values()
    return colors, seconds, getattr(last_step, "clipped_share_", None)


def color_distances(srgb8, pairs):
    """Return the ΔE of the score between pairs of points.

    Parameters
    ----------
    srgb8 : uint8 array of shape (n, 3)
    pairs : int array of shape (2, p)
        Row numbers.

    Returns
    -------
    float32 array of shape (p,)
    """
    one, other = (color_space(srgb8[rows]) for rows in pairs)
    return np.linalg.norm(one - other, axis=1)


def _near_duplicates(colors, seed):
    """Return, for each coloring, the first before it with nearly the same distances, or ""."""
    from scipy.stats import spearmanr

    n = len(next(iter(colors.values())))
    pairs = np.random.default_rng(seed).integers(0, n, (2, _PAIRS))
    distances, like = {}, []
    for name, srgb8 in colors.items():
        mine = color_distances(srgb8, pairs)
        flat = np.ptp(mine) == 0  # a coloring in one color is like no other
        alike = (
            other
            for other, its in distances.items()
            if not flat and np.ptp(its) > 0 and spearmanr(mine, its).statistic >= ALIKE
        )
        like.append(next(alike, ""))
        distances[name] = mine
    return like


def _sheet(xy, table, colors, side, columns):
    titles = [f"{place}  {title}" for place, title in enumerate(table["title"], start=1)]
    text = f"{len(table)} techniques, the best by score first"
    return panels(xy, *colors.values(), titles=titles, side=side, columns=columns, text=text)
