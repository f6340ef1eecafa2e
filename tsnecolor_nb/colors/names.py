"""What people call a color."""

from functools import cache

import numpy as np

from .spaces import check_srgb8, srgb8_to_oklab

_TERMS = {
    term: term for term in (
        "black", "white", "red", "orange", "yellow", "green", "blue", "violet", "pink", "brown",
        "olive", "turquoise", "grey",
    )
} | {"gray": "grey", "purple": "violet", "teal": "turquoise", "aqua": "turquoise"}


@cache
def _survey():
    """Return the terms of the survey's colors, (k,) of str, and a search tree of the colors."""
    from matplotlib.colors import XKCD_COLORS, to_rgb
    from scipy.spatial import cKDTree

    colors = {
        hex_code: _TERMS[name.split()[-1].removeprefix("xkcd:")]
        for name, hex_code in XKCD_COLORS.items()
        if name.split()[-1].removeprefix("xkcd:") in _TERMS
    }
    srgb8 = np.rint(255 * np.array([to_rgb(code) for code in colors]))
    # Of the survey's greys nearly all have a tint.
    greys = np.arange(0, 256, 5)
    names = np.select([greys < 25, greys > 245], ["black", "white"], "grey")
    srgb8 = np.vstack([srgb8, np.repeat(greys[:, None], 3, axis=1)]).astype(np.uint8)
    return np.array([*colors.values(), *names]), cKDTree(srgb8_to_oklab(srgb8))


def color_names(srgb8):
    """Name colors by one plain word each.

    The names are those of the color survey of xkcd: over 200,000 people named random colors on
    their screens. A color gets the noun of the nearest color of the survey in OKLab, so that
    "light olive green" is "green".

    Parameters
    ----------
    srgb8 : (..., 3) uint8
        sRGB colors.

    Returns
    -------
    (...) of str
        Each one of "black", "white", "grey", "red", "orange", "yellow", "green", "turquoise",
        "blue", "violet", "pink", "brown" and "olive".

    Raises
    ------
    ValueError
        If `srgb8` is not uint8, or its last axis is not 3 long.

    References
    ----------
    R. Munroe, "Color survey results" (2010), https://blog.xkcd.com/2010/05/03/color-survey-results/
    """
    srgb8 = check_srgb8("srgb8", srgb8)
    terms, tree = _survey()
    distinct, where = np.unique(srgb8.reshape(-1, 3), axis=0, return_inverse=True)
    nearest = tree.query(srgb8_to_oklab(distinct))[1]
    return terms[nearest[where.ravel()]].reshape(srgb8.shape[:-1])


def color_shares(srgb8, groups, only=None, *, least=0.15):
    """Say which colors the members of groups have, the most frequent first.

    Parameters
    ----------
    srgb8 : (n, 3) uint8
        sRGB colors of the points.
    groups : (n,) array_like
        The group of each point, such as its script or its place on the map.
    only : sequence, optional
        The groups to speak of, in this order; all of them unless given.
    least : float, 0 to 1
        Colors of a smaller share of a group are left out.

    Returns
    -------
    DataFrame
        A row per group, and one column "colors" of texts such as "blue 70%, violet 20%", in tens of
        percent; see `color_names` for the words.

    Raises
    ------
    ValueError
        If there is not one group per color, or no point is in a group of `only`.
    """
    import pandas as pd

    names, groups = color_names(srgb8), np.asarray(groups)
    if groups.shape != names.shape:
        raise ValueError(f"groups must have shape {names.shape}, got {groups.shape}")
    table = pd.crosstab(groups, names, normalize="index")
    if only is not None:
        missing = [group for group in only if group not in table.index]
        if missing:
            raise ValueError(f"only must hold groups that points are in, got {missing[0]!r}")
        table = table.loc[[*only]]
    texts = {group: _most(shares, least) for group, shares in table.iterrows()}
    return pd.DataFrame({"colors": texts})


def _most(shares, least):
    shares = shares[shares >= least].sort_values(ascending=False, kind="stable")
    return ", ".join(f"{name} {round(share, 1):.0%}" for name, share in shares.items()) or "many"
