"""A white canvas for text, color patches and small pictures."""

import numpy as np
from PIL import Image, ImageDraw

from ..picture.text import draw_text, shorten
from ..picture.thumbs import fit_square

INK, FAINT, PAPER = (40, 40, 40), (110, 110, 110), (255, 255, 255)


class Sheet:
    """A picture to draw on, white at first; all lengths in pixels."""

    def __init__(self, width, height):
        self.image = Image.new("RGB", (int(width), int(height)), PAPER)
        self.pen = ImageDraw.Draw(self.image)

    def write(self, x, y, text, color=INK, *, max_width=None, anchor="lm"):
        """Write one line around height y, shortened to `max_width`."""
        text = text if max_width is None else shorten(text, max_width)
        draw_text(self.pen, (x, y), text, fill=color, anchor=anchor)

    def fill(self, x, y, width, height, color):
        """Fill a rectangle with an sRGB color, (3,) of 0..255."""
        self.pen.rectangle((x, y, x + width - 1, y + height - 1), fill=tuple(map(int, color)))

    def paste(self, x, y, pixels):
        """Copy pixels, (h, w, 3) uint8, with their upper left corner at (x, y)."""
        self.image.paste(Image.fromarray(np.ascontiguousarray(pixels)), (int(x), int(y)))

    def paste_thumb(self, x, y, picture, side):
        """Fit a picture into a square of this side, with a thin border."""
        image = fit_square(picture, side)
        x, y = int(x) + (side - image.width) // 2, int(y) + (side - image.height) // 2
        self.image.paste(image, (x, y))
        box = x - 1, y - 1, x + image.width, y + image.height
        self.pen.rectangle(box, outline=(210, 210, 210))

    def pixels(self):
        """Return the sheet as uint8 (h, w, 3)."""
        return np.asarray(self.image)
