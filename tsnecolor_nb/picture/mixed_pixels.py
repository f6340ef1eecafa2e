"""Where points of different color share a pixel, their mean is a color that none of them has.

How far these colors lie apart is measured in the same pass over the points, by four more sums; or
the pass keeps one point of each pixel, sampled at random, instead of sums.
"""

import numpy as np

from ..colors.spaces import lin_to_oklab, lin_to_srgb8, oklab_to_lin, pack_srgb8

MIXED = ("auto", "mean", "desaturate", "sample")
GREY_AT = 0.2
"""Spread of color, in OKLab, from which on a desaturated pixel is grey."""

_MIDDLE = np.array([0.6, 0, 0], np.float32)
# Of a key's 52 bits, all exact in float64, 28 are the priority and 24 the color.
_COLORS = 1 << 24


def columns_for(mixed, points):
    """Return the columns that the pass needs instead of, or besides, linear r, g, b.

    points : a DataFrame with the columns x, y, and r, g, b in linear light, float32, as is the
    result. mixed : "mean", "desaturate" or "sample".
    """
    if mixed == "mean":
        return points
    lin = points[["r", "g", "b"]].to_numpy()
    if mixed == "sample":
        place = points[["x", "y"]]
        return place.assign(key=_random_keys(place.to_numpy(np.float32), lin_to_srgb8(lin)))
    oklab = lin_to_oklab(lin) - _MIDDLE
    lightness, green_red, blue_yellow = oklab.T
    square = np.einsum("ij,ij->i", oklab, oklab)
    return points.assign(L=lightness, A=green_red, B=blue_yellow, square=square)


def _random_keys(xy, srgb8):
    """Give each point a random key, float64, by its position and not by the order of points."""
    place = np.ascontiguousarray(xy).view(np.uint32)
    z = (place[:, 0].astype(np.uint64) << np.uint64(32)) | place[:, 1]
    # G. Steele et al., "Fast splittable pseudorandom number generators" (2014): splitmix64.
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    priority = np.maximum((z ^ (z >> np.uint64(31))) >> np.uint64(36), np.uint64(1))
    color = pack_srgb8(srgb8).astype(np.uint64)
    return (priority * np.uint64(_COLORS) + (color ^ _mask(priority))).astype(np.float64)


def _mask(priority):
    """Return bits that shuffle colors of one priority, so that none of them always wins."""
    return (priority * np.uint64(0x9E3779B1)) & np.uint64(_COLORS - 1)


def key_colors(keys):
    """Return the colors, uint8 (m, 3), of the points that have these keys."""
    priority, color = np.divmod(keys.astype(np.uint64), np.uint64(_COLORS))
    color ^= _mask(priority)
    shifts = np.array([16, 8, 0], np.uint64)
    return ((color[:, None] >> shifts) & np.uint64(255)).astype(np.uint8)


def spread_of(mean_oklab, mean_square):
    """Return how far colors lie from their mean: the root of their mean square distance.

    `mean_oklab`, (m, 3) float, are the means of the columns L, A, B, and `mean_square`, (m,), that
    of the column square. The result, (m,), is in OKLab, where black and white are 1 apart.
    """
    return np.sqrt(np.maximum(mean_square - np.einsum("ij,ij->i", mean_oklab, mean_oklab), 0))


def desaturated(lin, spread):
    """Return linear colors (m, 3) as bytes, the greyer the larger their spread is, uint8 (m, 3)."""
    oklab = lin_to_oklab(lin)
    oklab[:, 1:] *= np.clip(1 - spread / GREY_AT, 0, 1)[:, None]
    return lin_to_srgb8(oklab_to_lin(oklab))
