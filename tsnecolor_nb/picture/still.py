"""Still pictures for notebooks: something with a PNG, and sheets of small pictures."""

import numpy as np

from ..arrays.checks import check_number
from .png import mime_bundle, png
from .text import LARGE, draw_text, text_width

_PAPER, _CAPTION, _GAP = 255, 70, 4


class Picture:
    """A picture that a notebook stores as one PNG, and nothing else.

    Parameters
    ----------
    pixels : (h, w) uint8 grey or (h, w, 3) uint8 sRGB
        Row 0 on top.
    text : str
        Alternative text for readers who cannot see it.
    pixel_ratio : number, at least 1
        Pixels of the picture per CSS pixel: with 2 it is shown at half of its width.
    keep : (k, 3) uint8, optional
        Colors that the PNG must have, such as those of a color bar, at most 190.
    palette : bool
        Whether the PNG has at most 256 colors: a file a third as large.

    Raises
    ------
    TypeError, ValueError
        If ``pixels`` is not uint8, or of another shape.
    """

    def __init__(self, pixels, text="picture", *, pixel_ratio=1, keep=None, palette=True):
        pixels = np.asarray(pixels)
        if pixels.dtype != np.uint8:
            raise TypeError(f"pixels must be uint8, got {pixels.dtype}")
        if pixels.ndim != 2 and pixels.shape[2:] != (3,):
            raise ValueError(f"pixels must have shape (h, w) or (h, w, 3), got {pixels.shape}")
        self.pixels = pixels
        self.text = text
        self.pixel_ratio = check_number("pixel_ratio", pixel_ratio, at_least=1)
        self.keep, self.palette = keep, palette

    def __repr__(self):
        height, width = self.pixels.shape[:2]
        return f"<Picture {self.text}, {width} × {height}>"

    def png(self):
        """Return the picture as the bytes of a PNG file."""
        return png(self.pixels, palette=self.palette, keep=self.keep)

    @property
    def width(self):
        """Width in CSS pixels at which the picture is shown, int."""
        return round(self.pixels.shape[1] / self.pixel_ratio)

    def _repr_mimebundle_(self, include=None, exclude=None):
        height = round(self.pixels.shape[0] / self.pixel_ratio)
        return mime_bundle(self.png(), repr(self), (self.width, height))


def contact_sheet(rows, captions=None, *, scale=2, text="contact sheet"):
    """Lay out small grey pictures in captioned rows, dark ink on white paper.

    Parameters
    ----------
    rows : sequence of (m, h, w) uint8, or one (m, h, w) uint8
        Each row of pictures; 255 is ink. Rows may differ in m.
    captions : sequence of str, optional
        One per row, set to its left.
    scale : int
        Side of a picture's pixel on screen, in pixels.
    text : str
        Alternative text for readers who cannot see it.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If there are no pictures, or not one caption per row.
    """
    if isinstance(rows, np.ndarray) and rows.ndim == 3:
        rows = [rows]
    if not len(rows) or not all(len(row) for row in rows):
        raise ValueError("rows must hold at least one picture each")
    if captions is not None and len(captions) != len(rows):
        raise ValueError(f"captions must be one per row ({len(rows)}), got {len(captions)}")
    strips = [_strip(row, scale) for row in rows]
    width = max(strip.shape[1] for strip in strips)
    sheet = [np.pad(s, ((0, 0), (0, width - s.shape[1])), constant_values=_PAPER) for s in strips]
    if captions is not None:
        margin = _caption_column(captions, [strip.shape[0] for strip in sheet])
        return Picture(np.hstack([margin, np.vstack(sheet)]), text)
    return Picture(np.vstack(sheet), text)


def beside(left, right):
    """Put two sRGB pictures, (h, w, 3) uint8, side by side, their tops in one line.

    The result, as high as the higher one, is white where the lower one ends.
    """
    height = max(len(left), len(right))
    padded = [
        np.pad(side, ((0, height - len(side)), (0, 0), (0, 0)), constant_values=_PAPER)
        for side in (left, right)
    ]
    return np.hstack(padded)


def _strip(pictures, scale):
    pad = ((0, 0), (_GAP, _GAP), (_GAP, _GAP))
    enlarged = np.asarray(pictures).repeat(scale, axis=1).repeat(scale, axis=2)
    return np.hstack(list(np.pad(255 - enlarged, pad, constant_values=_PAPER)))


def _caption_column(captions, heights):
    """Return a column (Σ heights, w) with each caption centered on the height of its row."""
    from PIL import Image, ImageDraw

    width = int(max(text_width(caption, LARGE) for caption in captions)) + 12
    column = Image.new("L", (width, sum(heights)), _PAPER)
    draw, top = ImageDraw.Draw(column), 0
    for caption, height in zip(captions, heights, strict=True):
        draw_text(draw, (4, top + height / 2), caption, fill=_CAPTION, size=LARGE, anchor="lm")
        top += height
    return np.asarray(column)
