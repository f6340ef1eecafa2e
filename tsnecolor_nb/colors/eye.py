"""What reaches an eye: a picture as it looks from some distance.

Zhang and Wandell, "A spatial extension of CIELAB for digital color-image reproduction" (1997): the
eye blurs a picture before it compares colors, lightness a little, red against green and blue
against yellow much more.
"""

from functools import lru_cache

import numpy as np
from scipy.fft import dctn, idctn

from ..arrays.checks import check_number
from .spaces import check_srgb8, lin_to_oklab, srgb8_to_lin
from .vision import simulate

_LIN_TO_XYZ = np.array(
    [
        [0.4124564, 0.3575761, 0.1804375],
        [0.2126729, 0.7151522, 0.0721750],
        [0.0193339, 0.1191920, 0.9503041],
    ]
)
_XYZ_TO_OPPONENT = np.array(
    [[0.279, 0.72, -0.107], [-0.449, 0.29, -0.077], [0.086, -0.59, 0.501]]
)
_LIN_TO_OPPONENT = _XYZ_TO_OPPONENT @ _LIN_TO_XYZ
# As published, white is green as well as light: blurred less in one than in the other channel, a
# dark dot on white would look crimson. So each color channel is counted from the grey as light.
_OF_WHITE = _LIN_TO_OPPONENT.sum(axis=1, keepdims=True)
_LIN_TO_OPPONENT[1:] -= _OF_WHITE[1:] / _OF_WHITE[0] * _LIN_TO_OPPONENT[0]
# Of each channel's Gaussians: full widths at half maximum in degrees, and weights.
_BLURS = (
    ((0.05, 0.225, 7), (1.00327, 0.114416, -0.117686)),  # light against dark
    ((0.0685, 0.826), (0.616725, 0.38275)),  # red against green
    ((0.092, 0.6451), (0.567885, 0.432115)),  # blue against yellow
)
_AB_WEIGHT = np.array([1, 2, 2], np.float32)  # OKLab's a and b span less than they show


def seen_colors(picture, pixels_per_degree=36, vision="normal"):
    """Return the colors of a picture as an eye sees them from some distance.

    The filter is that of S-CIELAB (Zhang and Wandell, 1997); beyond its edges the picture is
    mirrored. Differences between the results are Euclidean distances: 0.01 is hardly seen, and
    black and white are 1 apart. Other than in the paper, the channels for color are 0 for all
    greys, so that what is grey looks grey.

    Parameters
    ----------
    picture : (h, w, 3) uint8
        sRGB, opaque, as it is shown.
    pixels_per_degree : float
        Pixels in one degree of the field of view; 36 is a screen with 96 pixels an inch at 55 cm.
    vision : {"normal", "deuteranopia", "protanopia", "tritanopia", "grey"}
        Whose eye, see `simulate`.

    Returns
    -------
    (h, w, 3) float32
        OKLab with a and b doubled.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.
    """
    picture = check_srgb8("picture", picture)
    if picture.ndim != 3:
        raise ValueError(f"picture must have shape (h, w, 3), got {picture.shape}")
    scale = check_number("pixels_per_degree", pixels_per_degree, at_least=1)
    lin = simulate(srgb8_to_lin(picture), vision)
    channels = np.moveaxis(lin @ _LIN_TO_OPPONENT.T.astype(np.float32), -1, 0).copy()
    for channel, gain in zip(channels, _gains(*picture.shape[:2], scale), strict=True):
        # The cosine transform of a picture is that of a plane tiled with its mirror images.
        channel[:] = idctn(dctn(channel) * gain, overwrite_x=True)
    lin = np.moveaxis(channels, 0, -1) @ np.linalg.inv(_LIN_TO_OPPONENT).T.astype(np.float32)
    return weighted_oklab(np.maximum(lin, 0, out=lin))


def weighted_oklab(lin):
    """Convert linear light, float (..., 3), to OKLab with a and b doubled, as `lin_to_oklab`."""
    return lin_to_oklab(lin) * _AB_WEIGHT


@lru_cache(maxsize=2)
def _gains(height, width, pixels_per_degree):
    """Return by how much each channel's filter multiplies each frequency, float32 (3, h, w)."""
    to_sigma = np.pi * pixels_per_degree / np.sqrt(8 * np.log(2))
    y, x = (to_sigma * np.arange(n) / n for n in (height, width))
    gains = [
        sum(
            weight * np.outer(np.exp(-0.5 * (fwhm * y) ** 2), np.exp(-0.5 * (fwhm * x) ** 2))
            for fwhm, weight in zip(fwhms, weights, strict=True)
        )
        for fwhms, weights in _BLURS
    ]
    return np.float32([gain / gain[0, 0] for gain in gains])
