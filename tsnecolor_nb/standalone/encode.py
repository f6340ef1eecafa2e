"""Arrays as compact bytes: positions along a curve, colors, and columns of text."""

import base64
import gzip

import numpy as np

from ..colors.spaces import pack_srgb8

BITS = 22
"""Of each coordinate. A point is off by less than 1 / 8,000,000 of the side of the map, a hundredth
of a pixel in a picture 64 times as large as a screen; every further bit costs 0.12 MB per 360,000
points, for it looks random."""


def pack(data):
    """Return bytes, gzipped, as ASCII text."""
    return base64.b64encode(gzip.compress(data, 9, mtime=0)).decode("ascii")


def byte_planes(numbers, n_planes):
    """Return the lowest bytes of all numbers, then the second ones, …: gzip finds more in them."""
    return b"".join((numbers >> 8 * plane & 255).astype(np.uint8).tobytes()
                    for plane in range(n_planes))


def curve_order(xy):
    """Quantize positions, (n, 2) float, and sort them along a Z-order curve.

    Neighbors on the curve are neighbors on the map, so that differences are small, and colors and
    texts are alike. G. M. Morton, "A computer oriented geodetic data base" (1966).

    Returns
    -------
    order : (n,) int
    codes : (n,) int64
        Ascending; x and y, 22 bits each, interleaved.
    low : (2,) float64
    unit : float
        Position = ``low + unit * number``.
    """
    low = xy.min(axis=0).astype(np.float64)
    unit = float(np.ptp(xy.astype(np.float64), axis=0).max()) / (2**BITS - 1) or 1.0
    x, y = np.rint((xy - low) / unit).astype(np.int64).T
    codes = _apart(x) | _apart(y) << 1
    order = np.argsort(codes, kind="stable")
    return order, codes[order], low, unit


def _apart(numbers):
    """Put a zero before each bit of numbers of up to 32 bits, int64."""
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF), (8, 0x00FF00FF00FF00FF), (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333), (1, 0x5555555555555555),
    ):
        numbers = (numbers | numbers << shift) & mask
    return numbers


def pack_positions(codes):
    """Return the codes of `curve_order` as text: their differences, in six planes."""
    return pack(byte_planes(np.diff(codes, prepend=0), 6))


def pack_colors(srgb8, categorical):
    """Return colors, (n, 3) uint8, as a dict: numbers in a palette where that is shorter.

    The palette is sorted by red, green, blue; labels must have one, however long it is.
    """
    palette, numbers = np.unique(pack_srgb8(srgb8), return_inverse=True)
    if len(palette) > 256 and not categorical:
        # The difference to the neighbor on the curve, modulo 256.
        return {"colors": pack(np.diff(srgb8, axis=0, prepend=np.uint8(0)).T.tobytes())}
    planes = n_bytes(len(palette))
    colors = palette[:, None] >> np.array([16, 8, 0]) & 255
    return {
        "colors": pack(byte_planes(numbers, planes)), "planes": planes, "palette": colors.tolist(),
    }


def n_bytes(k):
    """Return how many bytes the numbers 0 to k - 1 need."""
    return max(1, -(-int(k - 1).bit_length() // 8))
