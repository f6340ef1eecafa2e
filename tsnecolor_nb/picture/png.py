"""Pictures as PNG files, as URIs, and as the output of a notebook's cell."""

import base64
import io

import numpy as np

from ..colors.spaces import srgb8_to_oklab


def png(pixels, *, palette=False, keep=None):
    """Return uint8 pixels, (h, w) or (h, w, 3), as the bytes of a PNG file.

    With `palette`, colors are reduced to the best 256, for a file a third as large. Those in
    `keep`, uint8 (k, 3), are among them; so is the most frequent color then.
    """
    from PIL import Image

    image, file = Image.fromarray(np.ascontiguousarray(pixels)), io.BytesIO()
    if palette and image.mode == "RGB":
        few = image.quantize(256 if keep is None else 255 - len(keep), dither=Image.Dither.NONE)
        image = few if keep is None else _nearest(np.asarray(image), few.getpalette(), keep)
    image.save(file, "PNG")
    return file.getvalue()


def _nearest(pixels, palette, keep):
    """Return an image in which each color is the nearest, to the eye, of a palette and `keep`."""
    from PIL import Image
    from scipy.spatial import cKDTree

    codes, index, count = np.unique(
        pixels.astype(np.uint32) @ np.uint32([1 << 16, 1 << 8, 1]),
        return_inverse=True, return_counts=True,
    )
    colors = np.stack([codes >> 16, codes >> 8 & 255, codes & 255], axis=1).astype(np.uint8)
    palette = np.uint8(palette).reshape(-1, 3)[: 255 - len(keep)]
    palette = np.concatenate([colors[[count.argmax()]], keep, palette])
    nearest = cKDTree(srgb8_to_oklab(palette)).query(srgb8_to_oklab(colors))[1]
    image = Image.fromarray(nearest.astype(np.uint8)[index].reshape(pixels.shape[:2]), "P")
    image.putpalette(palette.tobytes())
    return image


def data_uri(picture):
    """Return uint8 pixels or the bytes of a PNG file as a URI that holds the whole picture."""
    if not isinstance(picture, bytes):
        picture = png(picture)
    return "data:image/png;base64," + base64.b64encode(picture).decode()


def mime_bundle(picture, text, size):
    """Return the bytes of a PNG file as a notebook's output: data and metadata by MIME type.

    text : alternative text. size : (width, height) in CSS pixels at which it is shown.
    """
    data = {"image/png": base64.b64encode(picture).decode(), "text/plain": text}
    return data, {"image/png": dict(zip(("width", "height"), size, strict=True))}
