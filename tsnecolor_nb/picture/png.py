"""Pictures as PNG files, as URIs, and as the output of a notebook's cell."""

import base64
import io

import numpy as np

from ..colors.spaces import pack_srgb8, srgb8_to_oklab

_N_COLORS = 256  # of a picture with a palette
_N_RARE, _N_CANDIDATES = 64, 10_000  # colors for rare ones, and among how many they are chosen


def png(pixels, *, palette=False, keep=None):
    """Return uint8 pixels, (h, w) or (h, w, 3), as the bytes of a PNG file.

    With `palette`, colors are reduced to 256, for a file a third as large. Those in `keep`, uint8
    (k, 3), and the most frequent one are among them.
    """
    from PIL import Image

    pixels, file = np.ascontiguousarray(pixels), io.BytesIO()
    image = _reduced(pixels, keep) if palette and pixels.ndim == 3 else Image.fromarray(pixels)
    image.save(file, "PNG")
    return file.getvalue()


def _reduced(pixels, keep):
    """Return an image in which each color is the nearest, to the eye, of at most 256."""
    from PIL import Image

    packed = np.zeros((*pixels.shape[:2], 4), np.uint8)
    packed[..., :3] = pixels
    packed = packed.view("<u4")[..., 0]
    codes, count = np.unique(packed, return_counts=True)
    colors = codes.view(np.uint8).reshape(-1, 4)[:, :3]
    palette, nearest = colors, np.arange(len(colors))
    if len(colors) > _N_COLORS:
        frequent = colors[[count.argmax()]]
        fixed = frequent if keep is None else np.concatenate([frequent, keep])
        palette, nearest = _fit_palette(pixels, colors, fixed)
    # A table of all colors takes less memory than the place of each pixel's among those that occur.
    table = np.zeros(1 << 24, np.uint8)
    table[codes] = nearest
    image = Image.fromarray(table[packed], "P")
    image.putpalette(palette.tobytes())
    return image


def _fit_palette(pixels, colors, fixed):
    """Return 256 colors, the `fixed` ones among them, and which is nearest to each of `colors`.

    Median cut chooses colors that many pixels have. Rare ones may be far from all of these, so that
    a brown becomes black; the farthest of them come last.
    """
    from PIL import Image
    from scipy.spatial import cKDTree

    n_cut = _N_COLORS - _N_RARE - len(fixed)
    cut = Image.fromarray(pixels[::2, ::2]).quantize(n_cut, dither=Image.Dither.NONE).getpalette()
    palette = np.concatenate([fixed, np.uint8(cut).reshape(-1, 3)[:n_cut]])
    # Colors that differ in the last bit only look alike: one stands for all of them.
    _, first, group = np.unique(pack_srgb8(colors >> 1), return_index=True, return_inverse=True)
    colors = colors[first]
    oklab = srgb8_to_oklab(colors)
    distance, nearest = cKDTree(srgb8_to_oklab(palette)).query(oklab, workers=-1)
    far = np.argsort(distance)[-_N_CANDIDATES:]
    rare, away = [], distance[far]
    for _ in range(_N_COLORS - len(palette)):
        rare.append(far[away.argmax()])
        away = np.minimum(away, np.linalg.norm(oklab[far] - oklab[rare[-1]], axis=1))
    to_rare, nearest_rare = cKDTree(oklab[rare]).query(oklab, workers=-1)
    nearest = np.where(to_rare < distance, len(palette) + nearest_rare, nearest)
    return np.concatenate([palette, colors[rare]]), nearest[group]


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
