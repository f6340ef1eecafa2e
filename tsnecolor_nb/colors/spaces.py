"""Colors as plain arrays: the last axis holds the three channels, and the name is the color space.

`srgb8` is uint8 sRGB as screens take it; `lin` is linear light, float32 in 0..1, the space in
which colors may be added and averaged; `oklab` is perceptual, its lightness runs over 0..1.
Arrays that do not fit are a ValueError. Transfer curve of IEC 61966-2-1.
"""

from functools import cache

import numpy as np

_ENCODE_STEPS = 1 << 16

# Björn Ottosson, "A perceptual color space for image processing" (2020),
# https://bottosson.github.io/posts/oklab/ : linear sRGB -> cone response, its cube root -> Lab.
_LIN_TO_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_CONES_TO_OKLAB = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)
_CONES_TO_LIN = np.linalg.inv(_LIN_TO_CONES)
_OKLAB_TO_CONES = np.linalg.inv(_CONES_TO_OKLAB)


@cache
def _decode_table():
    srgb1 = np.arange(256) / 255
    lin = np.where(srgb1 <= 0.04045, srgb1 / 12.92, ((srgb1 + 0.055) / 1.055) ** 2.4)
    return lin.astype(np.float32)


@cache
def encode_table():
    """Return the sRGB byte of 65,536 even steps of linear light from 0 to 1, uint8."""
    lin = np.arange(_ENCODE_STEPS) / (_ENCODE_STEPS - 1)
    srgb1 = np.where(lin <= 0.0031308, lin * 12.92, 1.055 * lin ** (1 / 2.4) - 0.055)
    return np.rint(srgb1 * 255).astype(np.uint8)


def srgb8_to_lin(srgb8):
    """Decode sRGB bytes, uint8 (..., 3), to linear light, float32 (..., 3) of 0..1."""
    return _decode_table()[check_srgb8("srgb8", srgb8)]


def lin_to_srgb8(lin):
    """Encode linear light, float (..., 3), as sRGB bytes, uint8 (..., 3).

    Values outside 0..1 are clipped; NaN becomes 0. A table of 65,536 steps replaces the power
    function: it is ten times faster and still finer than one byte everywhere, so each byte survives
    `lin_to_srgb8(srgb8_to_lin(byte))`.
    """
    lin = np.asarray(lin, dtype=np.float32)
    if lin.shape[-1:] != (3,):
        raise ValueError(f"lin must have shape (..., 3), got {lin.shape}")
    steps = np.nan_to_num(lin, posinf=1.0) * np.float32(_ENCODE_STEPS - 1)
    np.clip(steps, 0, _ENCODE_STEPS - 1, out=steps)
    steps += np.float32(0.5)
    return encode_table()[steps.astype(np.uint16)]


def lin_to_oklab(lin):
    """Convert linear light, float (..., 3), to OKLab, float32 (..., 3), or float64 as `lin` is.

    Lightness is 0..1; green-red and blue-yellow are within about -0.4..0.4.
    """
    lin = check_triples("lin", lin)
    cones = lin @ _LIN_TO_CONES.T.astype(lin.dtype)
    return np.cbrt(cones, out=cones) @ _CONES_TO_OKLAB.T.astype(lin.dtype)


def oklab_to_lin(oklab):
    """Convert OKLab, float (..., 3), to linear light, float32 (..., 3), or float64 as `oklab` is.

    Colors outside sRGB's gamut leave 0..1.
    """
    oklab = check_triples("oklab", oklab)
    cones = oklab @ _OKLAB_TO_CONES.T.astype(oklab.dtype)
    return cones**3 @ _CONES_TO_LIN.T.astype(oklab.dtype)


def srgb8_to_oklab(srgb8):
    """Convert sRGB bytes, uint8 (..., 3), to OKLab, float32 (..., 3)."""
    return lin_to_oklab(srgb8_to_lin(srgb8))


def oklab_to_srgb8(oklab):
    """Convert OKLab, float (..., 3), to sRGB bytes, uint8 (..., 3), clipped to the gamut."""
    return lin_to_srgb8(oklab_to_lin(oklab))


def pack_srgb8(srgb8):
    """Return each color of uint8 (n, 3) as one number, red first, int32 (n,)."""
    return srgb8.astype(np.int32) @ np.array([1 << 16, 1 << 8, 1], np.int32)


def check_srgb8(name, srgb8, n=None):
    """Return colors as an array of uint8, (..., 3) or (n, 3), or raise a ValueError."""
    srgb8 = np.asarray(srgb8)
    if srgb8.dtype != np.uint8 or srgb8.ndim == 0 or srgb8.shape[-1] != 3:
        raise ValueError(
            f"{name} must be uint8 of shape (..., 3), got {srgb8.dtype} of shape {srgb8.shape}"
        )
    if n is not None and srgb8.shape != (n, 3):
        raise ValueError(f"{name} must have shape ({n}, 3), one row per point, got {srgb8.shape}")
    return srgb8


def check_triples(name, values):
    """Return float colors (..., 3) as float32 or float64, or raise a ValueError."""
    values = np.asarray(values)
    if values.dtype.kind != "f" or values.ndim == 0 or values.shape[-1] != 3:
        raise ValueError(
            f"{name} must be floats of shape (..., 3), got {values.dtype} of shape {values.shape}"
        )
    return values if values.dtype == np.float64 else values.astype(np.float32, copy=False)
