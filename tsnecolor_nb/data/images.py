"""Pictures of points: from arrays, image files or texts, always by row."""

from functools import partial
from pathlib import Path

import numpy as np

from ..picture.text import draw_text, fitting, shorten

SIDE = 64  # pixels of a thumbnail or a card; many are looked at side by side
_CARD_SIZE = 11  # pixels: height of the font on a card
_ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff")


def picture_source(images, n):
    """Return a function from row numbers, int (m,), to pictures as in `Embedding.images`.

    `images` is as for `load_embedding`. A TypeError or ValueError, at once or when a file turns
    out to be no picture, names the problem.
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
    images = list(images)
    if not all(isinstance(entry, (str, Path)) for entry in images):
        odd = next(i for i, entry in enumerate(images) if not isinstance(entry, (str, Path)))
        raise TypeError(
            f"images must hold paths or texts, got {type(images[odd]).__name__} in row {odd}"
        )
    if all(isinstance(x, Path) or x.lower().endswith(_ENDINGS) for x in images):
        return partial(_thumbnails, images)
    return partial(_cards, images)


def _called(images, rows):
    return checked_pictures(images(rows), len(rows))


def _thumbnails(paths, rows):
    return np.stack([_thumbnail(paths[row], row) for row in rows])


def _cards(texts, rows):
    return np.stack([text_card(str(texts[row])) for row in rows])


def checked_pictures(pictures, m):
    """Return `pictures` if they are m of them, uint8 and grey or sRGB; else raise an error."""
    pictures = np.asarray(pictures)
    if pictures.dtype != np.uint8:
        raise TypeError(f"images must be uint8 (0 to 255), got {pictures.dtype}")
    if pictures.ndim not in (3, 4) or len(pictures) != m or pictures.shape[3:] not in ((), (3,)):
        raise ValueError(
            f"images must have shape ({m}, h, w) or ({m}, h, w, 3), got {pictures.shape}"
        )
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


def _thumbnail(path, row):
    """Return an image file at SIDE × SIDE, whole, on white, uint8 (SIDE, SIDE, 3)."""
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as image:
            image = ImageOps.exif_transpose(image).convert("RGBA")
            image.thumbnail((SIDE, SIDE))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise ValueError(
            f"images: {str(path)!r} of row {row} can't be read as a picture ({error})"
        ) from error
    page = Image.new("RGB", (SIDE, SIDE), "white")
    page.paste(image, ((SIDE - image.width) // 2, (SIDE - image.height) // 2), image)
    return np.asarray(page)
