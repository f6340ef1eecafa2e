"""Frames of the live map as bytes, small enough for a slow line."""

import io

from PIL import Image

from ..arrays.chunks import map_chunks

_N_STRIPS = 4  # as many for each of 1, 2 or 4 processors
# WebP halves the resolution of color. Where the screen has more pixels than the eye resolves, less
# quality looks the same.
_QUALITY, _QUALITY_OF_FINE, _QUALITY_MOVING = 90, 80, 60
_FINE = 1.5  # pixels in a CSS pixel


def encode_frame(rgba, pixel_ratio, *, lossless, moving):
    """Return a picture as WebP files: a list of bytes, one for each strip of rows from the top.

    rgba : (height, width, 4) uint8, sRGB with straight alpha. pixel_ratio : its pixels in a CSS
    pixel. lossless : for pictures of few colors, which are smaller and exact this way. moving :
    whether the next picture comes soon, so that less quality will do.
    """
    quality = _QUALITY_OF_FINE if pixel_ratio >= _FINE else _QUALITY
    if moving:
        quality = _QUALITY_MOVING
    how = {"lossless": True, "quality": 0} if lossless else {"quality": quality}

    def encode(rows):
        file = io.BytesIO()
        Image.fromarray(rgba[rows]).save(file, "WEBP", method=0, **how)
        return file.getvalue()

    return list(map_chunks(encode, len(rgba), size=-(-len(rgba) // _N_STRIPS)))
