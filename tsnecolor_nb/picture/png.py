"""Pixels as PNG files."""

import base64
import io

import numpy as np


def data_uri(pixels):
    """Return uint8 pixels as an address that a page can show without asking anyone."""
    return "data:image/png;base64," + base64.b64encode(png(pixels)).decode()


def png(pixels):
    """Return uint8 pixels, (h, w) or (h, w, 3), as the bytes of a PNG file."""
    from PIL import Image

    stored = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(stored, "PNG")
    return stored.getvalue()
