"""Palettes, and pure functions that color labels or values with them."""

from functools import cache

import numpy as np

from ..arrays.checks import check_choice, check_count, check_labels, check_quantiles
from ..arrays.matrix import require_finite
from .spaces import check_srgb8, srgb8_to_lin, srgb8_to_oklab
from .vision import as_perceived

# Greys; no palette here comes near them. In a picture such points lie behind all others.
MISSING = np.array([150, 150, 150], dtype=np.uint8)
UNSELECTED = {"white": (208, 208, 208), "black": (66, 66, 66)}
"""Of points that are not selected, by the background: visible, but less than all others."""

# Colors that many readers know from charts; the search continues from them.
_FIRST_COLORS = "1f77b4 ff7f0e 2ca02c d62728 9467bd 17becf e377c2 bcbd22 8c564b"
# Inside these limits a color stands out from white and from black alike.
_LIGHTNESS = (0.45, 0.84)
_CHROMA = (0.04, 0.23)
# Between patches of few pixels the eye tells hues apart better than lightness.
_SMALL_PATCH = np.array([0.8, 1, 1])
_SEQUENTIAL = ("viridis", "magma", "inferno", "plasma", "cividis", "turbo")


def hue_palette(k):
    """Return fully saturated hues around the HSV wheel, as the original's ``cmap="hsv"`` had them.

    Label j gets hue j / k, so that the first and the last differ; matplotlib's map ends where it
    began.

    Parameters
    ----------
    k : int
        Number of colors, at least 1.

    Returns
    -------
    uint8 array of shape (k, 3)
    """
    hue = np.arange(check_count("k", k, 1)) / k
    # A. R. Smith, "Color gamut transform pairs" (1978): each channel is a trapezoid of the hue.
    away = np.abs((hue[:, None] * 6 - [0, 2, 4] + 3) % 6 - 3)
    return np.rint(255 * np.clip(2 - away, 0, 1)).astype(np.uint8)


def distinct_palette(k=256, eyes="normal"):
    """Return colors for many categories, each as far as possible from all before it.

    A farthest-point search in OKLab among sRGB colors that are neither so pale nor so dark that
    they are hard to see on white or on black, nor grey, nor glaring. It is deterministic, and a
    shorter palette is the beginning of a longer one. The idea is Glasbey et al., "Colour displays
    for categorical images" (2007); their palettes also use near-black and near-white.

    Parameters
    ----------
    k : int
        Number of colors, 1 to 256.
    eyes : {"normal", "worst"}
        See `eye_distances`.

    Returns
    -------
    uint8 array of shape (k, 3)
    """
    return _distinct_256(eyes)[: check_count("k", k, 1, 256)].copy()


def eye_distances(srgb8, eyes="normal"):
    """Return how far colors are apart in OKLab, (k, k) float.

    Parameters
    ----------
    srgb8 : uint8 array of shape (k, 3)
    eyes : {"normal", "worst"}
        With "worst" two colors are as far apart as they are to those eyes, normal or color-blind
        (see `simulate`), that see least of the difference.
    """
    perceived = as_perceived(srgb8_to_lin(srgb8).astype(np.float64), eyes)
    return np.linalg.norm(perceived[:, :, None] - perceived[:, None], axis=3).min(axis=0)


@cache
def _distinct_256(eyes="normal"):
    steps = np.arange(4, 256, 8, dtype=np.uint8)
    grid = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    lightness, a, b = srgb8_to_oklab(grid).T
    chroma = np.hypot(a, b)
    usable = (lightness > _LIGHTNESS[0]) & (lightness < _LIGHTNESS[1])
    usable &= (chroma > _CHROMA[0]) & (chroma < _CHROMA[1])
    # These are not made for color-blind eyes: for them only the first color is kept.
    first = hex_to_srgb8(_FIRST_COLORS.split())[: None if eyes == "normal" else 1]
    candidates = np.vstack([first, grid[usable]])
    perceived = as_perceived(srgb8_to_lin(candidates).astype(np.float64), eyes) * _SMALL_PATCH
    distance = np.full(len(candidates), np.inf)
    chosen = []
    for i in range(256):
        j = i if i < len(first) else distance.argmax()
        chosen.append(j)
        away = ((perceived - perceived[:, j, None]) ** 2).sum(axis=2).min(axis=0)
        np.minimum(distance, away, out=distance)
    return candidates[chosen]


def sequential_palette(name="viridis"):
    """Return a sequential map that rises evenly in lightness, uint8 (256, 3).

    name : "viridis", "magma", "inferno", "plasma", "cividis" or "turbo"; by van der Walt and Smith
    (2015), Nuñez et al. (2018) and Mikhailov (2019), as Bokeh ships them.
    """
    check_choice("cmap", name, _SEQUENTIAL)
    from bokeh import palettes

    return hex_to_srgb8(getattr(palettes, f"{name.capitalize()}256"))


def hex_to_srgb8(colors):
    """Convert a sequence of k strings like ``"#1f77b4"`` to a uint8 array of shape (k, 3)."""
    digits = "".join(color.removeprefix("#") for color in colors)
    return np.frombuffer(bytes.fromhex(digits), dtype=np.uint8).reshape(-1, 3)


def label_palette(palette, k):
    """Return the colors of labels 0..k-1 of a palette as in `label_colors`, uint8 (k, 3)."""
    if isinstance(palette, str) and palette == "hue":
        return hue_palette(k)
    if isinstance(palette, str):
        if palette != "distinct":
            raise ValueError(f'palette must be "distinct", "hue" or colors, got {palette!r}')
        palette = distinct_palette()
    palette = check_srgb8("palette", palette)
    return palette[np.arange(check_count("k", k, 1)) % len(palette)]


def label_colors(labels, palette="distinct", n_labels=None):
    """Color integer labels; a label outside 0..n_labels-1, such as -1, turns grey.

    Parameters
    ----------
    labels : int array of shape (n,)
    palette : {"distinct", "hue"} or uint8 array of shape (m, 3)
        See `distinct_palette` and `hue_palette`. Beyond 256 or m labels, "distinct" and an array
        start again from their beginning.
    n_labels : int, optional
        The largest label plus one by default.

    Returns
    -------
    uint8 array of shape (n, 3)
    """
    labels = check_labels("labels", labels)
    if n_labels is None:
        n_labels = max(int(labels.max(initial=0)) + 1, 1)
    table = np.vstack([label_palette(palette, n_labels), MISSING])
    known = (labels >= 0) & (labels < n_labels)
    return table[np.where(known, labels, n_labels)]


def value_colors(values, cmap="viridis", low=None, high=None):
    """Color one value per point by a sequential map, clipped at `low` and `high`.

    Parameters
    ----------
    values : float array of shape (n,)
    cmap : {"viridis", "magma", "inferno", "plasma", "cividis", "turbo"}
    low, high : float, optional
        The values that get the first and the last color; the extremes of `values` by default.

    Returns
    -------
    uint8 array of shape (n, 3)
    """
    values = np.asarray(values)
    if values.ndim != 1:
        raise ValueError(f"values must have shape (n,), got {values.shape}")
    require_finite("values", values)
    low = values.min() if low is None else low
    high = values.max() if high is None else high
    return colors_between(values, sequential_palette(cmap), low, high)


def quantile_limits(values, low, high):
    """Return the values at two quantiles, ``0 <= low < high <= 1``, float64 (2,); 0, 1 for none."""
    check_quantiles(low, high)
    return np.quantile(values, [low, high]) if len(values) else np.array([0.0, 1.0])


def colors_between(values, palette, low, high):
    """Spread a palette, uint8 (k, 3) with k <= 256, over float values (...) from `low` to `high`.

    Returns uint8 (..., 3); values below or above are clipped.
    """
    k = len(palette)
    span = high - low if high > low else 1
    return palette[np.clip((values - low) * (k / span), 0, k - 1).astype(np.uint8)]
