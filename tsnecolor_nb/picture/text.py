"""Text in pictures: the font, and numbers as a person reads them."""

from functools import cache
from pathlib import Path

import numpy as np


@cache
def text_font(size):
    """Return DejaVu Sans as matplotlib ships it: Pillow's own font has 113 characters."""
    import matplotlib
    from PIL import ImageFont

    path = Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf"
    return ImageFont.truetype(str(path), size)


def number(value, unit=""):
    """Write a value so that a person reads it: three digits, or a date."""
    if unit == "date":
        return str(np.datetime64(round(value), "s"))[:10]
    if value and not 1e-3 <= abs(value) < 1e6:
        return f"{value:.2e}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
