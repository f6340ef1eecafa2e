"""What colors look like to eyes that lack one kind of cone, and in grey.

Brettel, Viénot and Mollon, "Computerized simulation of color appearance for dichromats" (1997): a
dichromat's colors form two half-planes in cone space that meet in the greys. Every color is moved
along the response of the missing cone, which such an eye can't notice, into the nearer of the two.
"""

import numpy as np

from ..arrays.checks import check_choice
from .spaces import check_triples, lin_to_oklab

# The matrices act on linear sRGB. They are those of libDaltonLens (Nicolas Burrus, public domain,
# https://daltonlens.org), which worked the paper out for the sRGB primaries, the cones of Smith
# and Pokorny (1975), Judd's and Vos' correction, and the white of sRGB as the neutral color.
# Per kind: one matrix for each half-plane, and the normal of the plane between their two sides.
_DICHROMATS = {
    "deuteranopia": (
        [[0.36477, 0.86381, -0.22858],
         [0.26294, 0.64245, 0.09462],
         [-0.02006, 0.02728, 0.99278]],
        [[0.37298, 0.88166, -0.25464],
         [0.25954, 0.63506, 0.10540],
         [-0.01980, 0.02784, 0.99196]],
        [-0.00281, -0.00611, 0.00892],
    ),
    "protanopia": (
        [[0.14980, 1.19548, -0.34528],
         [0.10764, 0.84864, 0.04372],
         [0.00384, -0.00540, 1.00156]],
        [[0.14570, 1.16172, -0.30742],
         [0.10816, 0.85291, 0.03892],
         [0.00386, -0.00524, 1.00139]],
        [0.00048, 0.00393, -0.00441],
    ),
    "tritanopia": (
        [[1.01277, 0.13548, -0.14826],
         [-0.01243, 0.86812, 0.14431],
         [0.07589, 0.80500, 0.11911]],
        [[0.93678, 0.18979, -0.12657],
         [0.06154, 0.81526, 0.12320],
         [-0.37562, 1.12767, 0.24796]],
        [0.03901, -0.02788, -0.01113],
    ),
}
_LUMINANCE = (0.2126, 0.7152, 0.0722)  # of linear sRGB, IEC 61966-2-1

VISIONS = ("normal", *_DICHROMATS, "grey")
EYES = {"normal": ("normal",), "worst": ("normal", *_DICHROMATS)}


def simulate(lin, vision):
    """Simulate how colors look to other eyes.

    Parameters
    ----------
    lin : float array of shape (..., 3)
        Linear sRGB.
    vision : {"normal", "deuteranopia", "protanopia", "tritanopia", "grey"}
        Deuteranopia lacks the green cones, protanopia the red, tritanopia the blue. Grey keeps the
        luminance alone, as a printer without color does.

    Returns
    -------
    float array of shape (..., 3)
        Linear sRGB; a simulated color may lie a little outside 0..1.

    Raises
    ------
    ValueError
        If `vision` is none of these, or the last axis of `lin` is not 3 long.
    """
    check_choice("vision", vision, VISIONS)
    lin = check_triples("lin", lin)
    if vision == "normal":
        return lin
    if vision == "grey":
        luminance = lin @ np.array(_LUMINANCE, lin.dtype)
        return np.repeat(luminance[..., None], 3, axis=-1)
    one, other, normal = (np.array(values, lin.dtype) for values in _DICHROMATS[vision])
    side = lin @ normal >= 0
    return np.where(side[..., None], lin @ one.T, lin @ other.T)


def as_perceived(lin, eyes):
    """Return linear colors (..., 3) in OKLab as each of v `EYES` perceives them, (v, ..., 3)."""
    check_choice("eyes", eyes, EYES)
    return np.stack([lin_to_oklab(np.clip(simulate(lin, v), 0, 1)) for v in EYES[eyes]])
