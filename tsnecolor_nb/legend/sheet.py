"""A white canvas for text, color patches and small pictures."""

import numpy as np
from PIL import Image, ImageDraw

from ..picture.text import SIZE, draw_text, shorten
from ..picture.thumbs import fit_square

_FEW_SHADES = [round(shade / 255 * 31) * 255 // 31 for shade in range(256)]
INK, FAINT, PAPER = (40, 40, 40), (110, 110, 110), (255, 255, 255)


class Sheet:
    """A picture to draw on, white at first; all lengths in CSS pixels, `ratio` pixels each."""

    def __init__(self, width, height, ratio=1):
        self.ratio = ratio
        self._image = Image.new("RGB", (int(width) * ratio, int(height) * ratio), PAPER)
        self._pen = ImageDraw.Draw(self._image)

    def write(self, x, y, text, color=INK, *, max_width=None, anchor="lm"):
        """Write one line around height y, shortened to `max_width`."""
        text = text if max_width is None else shorten(text, max_width)
        place = x * self.ratio, y * self.ratio
        draw_text(self._pen, place, text, fill=color, size=SIZE * self.ratio, anchor=anchor)

    def fill(self, x, y, width, height, color):
        """Fill a rectangle with an sRGB color, (3,) of 0..255."""
        self._pen.rectangle(self._box(x, y, width, height), fill=tuple(map(int, color)))

    def outline(self, x, y, width, height, color=(220, 220, 220)):
        """Draw the border of a rectangle, one CSS pixel wide."""
        self._pen.rectangle(self._box(x, y, width, height), outline=color, width=self.ratio)

    def _box(self, x, y, width, height):
        ratio = self.ratio
        return x * ratio, y * ratio, (x + width) * ratio - 1, (y + height) * ratio - 1

    def paste(self, x, y, pixels):
        """Copy pixels of the sheet's ratio, (h, w, 3) uint8, with their upper left at (x, y)."""
        place = int(x) * self.ratio, int(y) * self.ratio
        self._image.paste(Image.fromarray(np.ascontiguousarray(pixels)), place)

    def paste_thumb(self, x, y, picture, side):
        """Fit a picture into a square of this side, with a thin border."""
        ratio, image = self.ratio, fit_square(picture, side * self.ratio)
        if max(image.size) > max(np.shape(picture)[:2]):  # the shades between would fill the file
            image = image.point(_FEW_SHADES * len(image.getbands()))
        x = int(x) * ratio + (side * ratio - image.width) // 2
        y = int(y) * ratio + (side * ratio - image.height) // 2
        self._image.paste(image, (x, y))
        box = x - ratio, y - ratio, x + image.width + ratio - 1, y + image.height + ratio - 1
        self._pen.rectangle(box, outline=(210, 210, 210), width=ratio)

    def pixels(self):
        """Return the sheet as uint8 (ratio h, ratio w, 3)."""
        return np.asarray(self._image)
