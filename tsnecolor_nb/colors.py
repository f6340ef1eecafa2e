"""Colors as plain arrays: the last axis holds the three channels, and the name says the space.

`srgb8` is uint8 sRGB as screens take it; `lin` is linear light, float32 in 0..1, the space in
which colors may be added and averaged. Curve of IEC 61966-2-1.
"""

from functools import cache

import numpy as np

_ENCODE_STEPS = 1 << 16


@cache
def _decode_table():
    srgb1 = np.arange(256) / 255
    lin = np.where(srgb1 <= 0.04045, srgb1 / 12.92, ((srgb1 + 0.055) / 1.055) ** 2.4)
    return lin.astype(np.float32)


@cache
def _encode_table():
    lin = np.arange(_ENCODE_STEPS) / (_ENCODE_STEPS - 1)
    srgb1 = np.where(lin <= 0.0031308, lin * 12.92, 1.055 * lin ** (1 / 2.4) - 0.055)
    return np.rint(srgb1 * 255).astype(np.uint8)


def srgb8_to_lin(srgb8):
    """Decode sRGB bytes to linear light.

    Parameters
    ----------
    srgb8 : array of uint8, shape (..., 3)

    Returns
    -------
    array of float32, shape (..., 3), in 0..1

    Raises
    ------
    ValueError
        If `srgb8` is not uint8 or its last axis is not 3 long.
    """
    srgb8 = np.asarray(srgb8)
    if srgb8.dtype != np.uint8 or srgb8.shape[-1:] != (3,):
        raise ValueError(
            f"srgb8 must be uint8 of shape (..., 3), got {srgb8.dtype} of shape {srgb8.shape}"
        )
    return _decode_table()[srgb8]


def lin_to_srgb8(lin):
    """Encode linear light as sRGB bytes.

    A table of 65,536 steps stands in for the power function: it is ten times faster and still
    finer than one byte everywhere, so every byte survives `lin_to_srgb8(srgb8_to_lin(byte))`.

    Parameters
    ----------
    lin : array of float, shape (..., 3)
        Values outside 0..1 are clipped; NaN becomes 0.

    Returns
    -------
    array of uint8, shape (..., 3)

    Raises
    ------
    ValueError
        If the last axis of `lin` is not 3 long.
    """
    lin = np.asarray(lin, dtype=np.float32)
    if lin.shape[-1:] != (3,):
        raise ValueError(f"lin must have shape (..., 3), got {lin.shape}")
    steps = np.nan_to_num(lin, posinf=1.0) * np.float32(_ENCODE_STEPS - 1)
    np.clip(steps, 0, _ENCODE_STEPS - 1, out=steps)
    steps += np.float32(0.5)
    return _encode_table()[steps.astype(np.uint16)]
