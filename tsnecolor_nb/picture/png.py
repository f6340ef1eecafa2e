"""Pictures as PNG files, as URIs, and as the output of a notebook's cell."""

import base64
import io

import numpy as np


def png(pixels, *, palette=False):
    """Return uint8 pixels, (h, w) or (h, w, 3), as the bytes of a PNG file.

    With `palette`, colors are reduced to the best 256, for a file a third as large.
    """
    from PIL import Image

    image, file = Image.fromarray(np.ascontiguousarray(pixels)), io.BytesIO()
    if palette and image.mode == "RGB":
        image = image.quantize(256, dither=Image.Dither.NONE)
    image.save(file, "PNG", optimize=palette)
    return file.getvalue()


def data_uri(picture):
    """Return uint8 pixels or the bytes of a PNG file as a URI that holds the whole picture."""
    if not isinstance(picture, bytes):
        picture = png(picture)
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def mime_bundle(picture, text):
    """Return the bytes of a PNG file, and their alternative text, as a notebook's output."""
    return {"image/png": base64.b64encode(picture).decode(), "text/plain": text}
