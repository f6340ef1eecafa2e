"""Bars of color: which value has which color."""

from typing import NamedTuple

import numpy as np

from ..colors.palettes import sequential_palette
from .raster import is_dark
from .text import SIZE, draw_text, format_number, text_width

BAR = 22  # pixels: height of the strip that holds a bar
_KEPT = 96  # colors of all bars and ramps of a picture; more leave too few for its maps


class Bar(NamedTuple):
    """A color map, uint8 (k, 3), and the values of its first and last color."""

    palette: np.ndarray
    low: float
    high: float

    def draw(self, strip, ratio=1):
        """Draw the bar between its values on a strip, uint8 (BAR * ratio, w, 3), in place."""
        from PIL import Image, ImageDraw

        size, pad = round(SIZE * ratio), round(4 * ratio)
        image, ends = Image.fromarray(strip), self.texts
        draw, middle, ink = ImageDraw.Draw(image), len(strip) / 2, ink_on(strip[0, 0])
        draw_text(draw, (pad, middle), ends[0], fill=ink, size=size, anchor="lm")
        right = strip.shape[1] - pad
        draw_text(draw, (right, middle), ends[1], fill=ink, size=size, anchor="rm")
        strip[:] = np.asarray(image)
        left, right = (
            round(edge + sign * (text_width(end, size) + pad))
            for edge, sign, end in zip((pad, right), (1, -1), ends, strict=True)
        )
        places = np.linspace(0, len(self.palette) - 1, max(right - left, 1)).astype(int)
        top, bottom = round(6 * ratio), round(16 * ratio)
        strip[top:bottom, left : left + len(places)] = self.palette[places]

    @property
    def texts(self):
        """Both values in a short form."""
        return tuple(format_number(end) for end in (self.low, self.high))

    def html(self):
        """Return the bar as HTML, as wide as what holds it."""
        stops = ", ".join("#" + bytes(color).hex() for color in self.palette[::15])
        low, high = (f"<span>{text}</span>" for text in self.texts)
        return (
            f'<div style="display: flex; gap: 4px; align-items: center">{low}<div style="flex: 1; '
            f'height: 10px; background: linear-gradient(to right, {stops})"></div>{high}</div>'
        )


def check_bar(name, bar):
    """Return the `Bar` of (color map, low, high), or raise a ValueError that names the argument."""
    if isinstance(bar, str) or len(bar) != 3:
        raise ValueError(f"{name} must hold (color map, low, high) or None, got {bar!r}")
    return Bar(sequential_palette(bar[0]), *bar[1:])


def kept_colors(palettes):
    """Return the colors that make palettes, (k, 3) uint8 each, smooth where they are drawn.

    For `Picture`, of which a PNG has few colors: uint8 (m, 3), or None for no palettes.
    """
    palettes = {palette.tobytes(): palette for palette in palettes}
    if not palettes:
        return None
    each = _KEPT // len(palettes)
    return np.concatenate([
        palette[np.linspace(0, len(palette) - 1, min(each, len(palette))).astype(int)]
        for palette in palettes.values()
    ])


def ink_on(background):
    """Return the color of text on a background, (r, g, b)."""
    return (210 if is_dark(background) else 50,) * 3
