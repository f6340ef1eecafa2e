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
