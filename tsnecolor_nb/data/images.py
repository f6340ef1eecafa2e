"""Pictures of points: from arrays, image files or texts, always by row."""

import base64
import io
import warnings
from collections.abc import Mapping
from contextlib import nullcontext
from functools import partial
from pathlib import Path

import numpy as np

from ..picture.text import draw_text, fitting, shorten

SIDE = 64  # pixels of a thumbnail or a card; many are looked at side by side
_CARD_SIZE = 11  # pixels: height of the font on a card
_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff")
_BASE64 = ("data:image/", "iVBORw0KGgo", "/9j/", "R0lGOD", "UklGR")  # as PNG, JPEG, GIF, WebP begin


class UnreadablePictureWarning(UserWarning):
    """A picture can't be read and is left blank; issued once for an embedding's pictures."""


def picture_source(images, n):
    """Return a function from row numbers, int (m,), to pictures as in `Embedding.images`.

    `images` is as for `load_embedding`. A TypeError or ValueError names what does not fit; a file
    that turns out to be no picture is left blank, with a warning.
    """
    if callable(images):
        return partial(_called, images)
    if isinstance(images, (str, Path)):
        raise TypeError(f"images must be one per row, got one {type(images).__name__}: {images!r}")
    try:
        count = len(images)
    except TypeError:
        raise TypeError(
            f"images must be a function of row numbers, an array, paths or texts, "
            f"got {type(images).__name__}"
        ) from None
    if count != n:
        raise ValueError(f"images must be one per row of X ({n:,}), got {count:,}")
    if getattr(images, "ndim", 1) > 1:
        checked_pictures(images[:1], 1)
        return partial(_called, images.__getitem__)
    images = [None if isinstance(x, float) and np.isnan(x) else x for x in images]
    kinds = [_kind(entry) for entry in images]
    if "text" in kinds:
        # Texts that end like a file's name are texts, too, among others.
        odd = [i for i, kind in enumerate(kinds) if kind == "picture"
               and not isinstance(images[i], str)]
    else:
        odd = [i for i, kind in enumerate(kinds) if kind is None]
    if odd:
        raise TypeError(
            f"images must hold pictures (paths, bytes, arrays, of PIL, dictionaries with bytes or "
            f"path, base64) or texts, got {type(images[odd[0]]).__name__} in row {odd[0]}"
        )
    return partial(_cards, images) if "text" in kinds else _Thumbnails(images)


def _kind(entry):
    """Return "picture", "text" or "gap", or None if it is none of these."""
    if entry is None:
        return "gap"
    if isinstance(entry, str):
        is_picture = entry.lower().endswith(_ENDINGS) or entry.startswith(_BASE64)
        return "picture" if is_picture else "text"
    is_picture = isinstance(entry, (Path, bytes, bytearray, Mapping)) or hasattr(entry, "convert")
    return "picture" if is_picture or getattr(entry, "ndim", 0) in (2, 3) else None


def _called(images, rows):
    return checked_pictures(images(rows), len(rows))


def _cards(texts, rows):
    return np.stack([text_card("" if texts[row] is None else str(texts[row])) for row in rows])


class _Thumbnails:
    """Pictures of any form by row; what can't be read becomes blank, with one warning."""

    def __init__(self, pictures):
        self._pictures, self._has_warned = pictures, False

    def __call__(self, rows):
        return np.stack([self._thumbnail(row) for row in rows])

    def _thumbnail(self, row):
        from PIL import Image

        try:
            return _thumbnail(self._pictures[row])
        except (OSError, ValueError, TypeError, SyntaxError, Image.DecompressionBombError) as error:
            if not self._has_warned:
                self._has_warned = True
                warnings.warn(
                    f"images: the picture of row {row} can't be read and is left blank, as will be "
                    f"others ({str(error)[:200]})", UnreadablePictureWarning, stacklevel=2,
                )
            return _thumbnail(None)


def checked_pictures(pictures, m):
    """Return `pictures` if they are m of them, uint8 and grey or sRGB; else raise an error."""
    pictures = np.asarray(pictures)
    if pictures.dtype != np.uint8:
        raise TypeError(f"images must be uint8 (0 to 255), got {pictures.dtype}")
    if pictures.ndim not in (3, 4) or len(pictures) != m or pictures.shape[3:] not in (
        (), (3,), (4,)
    ):
        raise ValueError(f"images must have shape ({m}, h, w), ({m}, h, w, 3) or ({m}, h, w, 4), "
                         f"got {pictures.shape}")
    if pictures.shape[3:] == (4,):  # on white
        alpha = pictures[..., 3:] / np.float32(255)
        pictures = np.rint(pictures[..., :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    return pictures


def text_card(text, side=2 * SIDE):
    """Return a text as a card, (side / 2, side) uint8 grey in which 255 is ink.

    It has as many lines as fit; an ellipsis stands for the remaining text.
    """
    from PIL import Image, ImageDraw

    card = Image.new("L", (side, side // 2))
    line_height, lines, remaining = 13, [], " ".join(text.split())[:400]
    while remaining and len(lines) < side // 2 // line_height:
        end = max(fitting(remaining, side - 4, _CARD_SIZE), 1)
        space = remaining.rfind(" ", 0, end + 1)
        if end < len(remaining) and space > 0:
            end = space
        lines.append(remaining[:end])
        remaining = remaining[end:].lstrip()
    if remaining:
        lines[-1] = shorten(lines[-1] + " …", side - 4, _CARD_SIZE)
    draw = ImageDraw.Draw(card)
    for number, line in enumerate(lines):
        draw_text(draw, (2, number * line_height), line, fill=255, size=_CARD_SIZE)
    return np.asarray(card)


def _thumbnail(picture):
    """Return a picture of any form at SIDE × SIDE, whole, on white, uint8 (SIDE, SIDE, 3)."""
    from PIL import Image, ImageOps

    page = Image.new("RGB", (SIDE, SIDE), "white")
    if isinstance(picture, Mapping):  # of Hugging Face
        picture = picture.get("bytes") or picture.get("path")
    if isinstance(picture, str) and picture.startswith(_BASE64):
        picture = base64.b64decode(picture.partition("base64,")[2] or picture)
    if isinstance(picture, (bytes, bytearray)):
        picture = io.BytesIO(picture)
    if picture is None:
        return np.asarray(page)
    if getattr(picture, "ndim", 0) in (2, 3):
        pixels = np.asarray(picture)
        if pixels.dtype != np.uint8:
            raise TypeError(f"a picture must be uint8 (0 to 255), got {pixels.dtype}")
        picture = Image.fromarray(255 - pixels if pixels.ndim == 2 else pixels)
    with nullcontext(picture) if hasattr(picture, "convert") else Image.open(picture) as image:
        image = ImageOps.exif_transpose(image).convert("RGBA")
        image.thumbnail((SIDE, SIDE))
    page.paste(image, ((SIDE - image.width) // 2, (SIDE - image.height) // 2), image)
    return np.asarray(page)
