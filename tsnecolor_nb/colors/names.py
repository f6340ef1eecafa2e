"""What people call a color."""

from functools import cache

import numpy as np

from .spaces import check_srgb8, pack_srgb8, srgb8_to_oklab

_TERMS = {
    term: term for term in (
        "black", "white", "red", "orange", "yellow", "green", "blue", "violet", "pink", "brown",
        "olive", "turquoise", "grey",
    )
} | {"gray": "grey", "purple": "violet", "teal": "turquoise", "aqua": "turquoise"}


@cache
def _survey():
    """Return all terms, sorted, that of each color of the survey, and a tree of these colors."""
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
    terms, codes = np.unique([*colors.values(), *names], return_inverse=True)
    return terms, codes.astype(np.uint8), cKDTree(srgb8_to_oklab(srgb8))


def _term_codes(srgb8):
    """Return all terms, and which of them each color is called by, uint8 (...)."""
    srgb8 = check_srgb8("srgb8", srgb8)
    terms, codes, tree = _survey()
    packed = pack_srgb8(srgb8.reshape(-1, 3))
    _, first, where = np.unique(packed, return_index=True, return_inverse=True)
    nearest = tree.query(srgb8_to_oklab(srgb8.reshape(-1, 3)[first]))[1]
    return terms, codes[nearest][where].reshape(srgb8.shape[:-1])


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
    terms, codes = _term_codes(srgb8)
    return terms[codes]


def color_shares(srgb8, groups=None, only=None, *, least=0.15):
    """Say which colors the members of groups have, the most frequent first.

    Parameters
    ----------
    srgb8 : (n, 3) uint8
        sRGB colors of the points.
    groups : (n,) array_like, optional
        The group of each point, such as its script or its place on the map; one group, "all",
        unless given.
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

    terms, codes = _term_codes(srgb8)
    if groups is None:
        groups = np.full(codes.shape, "all")
    if np.shape(groups) != codes.shape:
        raise ValueError(f"groups must have shape {codes.shape}, got {np.shape(groups)}")
    places, names = pd.factorize(pd.Series(groups))
    known = places >= 0  # others have no group
    pairs = places[known] * len(terms) + codes[known]
    counts = np.bincount(pairs, minlength=len(names) * len(terms))
    table = pd.DataFrame(counts.reshape(len(names), -1), index=names, columns=terms)
    table = table.div(table.sum(axis=1), axis=0).sort_index()
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
