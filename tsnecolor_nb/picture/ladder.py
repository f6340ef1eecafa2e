"""A map, a part of it, and a part of that in which points are their pictures, side by side."""

import numpy as np

from ..arrays.checks import check_count
from .in_place import PicturesInPlace
from .raster import MAX_SIDE, Raster, background_srgb8, compose
from .still import Picture
from .thumbs import has_pictures

_GAP = 6  # pixels
_SIDE = 300  # CSS pixels that a step stands for: a sheet of three is shown smaller than it is
_FRAME = ((255, 255, 255), (0, 0, 0))  # visible on any background


def zoom_ladder(
    embedding, colors, row, *, categorical=False, n_points=60, side=450, background="white"
):
    """Draw a map in three steps: all of it, a part, and the surroundings of one point.

    Each of the first two has a frame around what the next one shows. In the last one points are
    drawn as their pictures, if they have any.

    Parameters
    ----------
    embedding : Embedding
    colors : (n, 3) uint8
        sRGB colors of the points.
    row : int
        The point to go to, 0 to n - 1.
    categorical : bool
        Whether each color stands for a label.
    n_points : int
        How many points the last step shows, at least.
    side : int, 1 to 8,000
        Width and height of a step in pixels.
    background : "white", "black" or (r, g, b)
        What lies behind the points.

    Returns
    -------
    Picture

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.
    """
    raster = Raster(embedding.xy, colors, categorical)
    row = check_count("row", row, 0, len(raster) - 1)
    n_points = min(check_count("n_points", n_points, 1), len(raster))
    side = check_count("side", side, 1, MAX_SIDE, "in pixels")
    behind = background_srgb8(background)
    (x0, x1), (y0, y1), _ = raster.square_of_most()
    center = np.asarray(embedding.xy[row], float)
    away = np.abs(embedding.xy - center).max(axis=1)
    whole, close = (x1 - x0) / 2, np.partition(away, n_points - 1)[n_points - 1]
    close = close if 0 < close < whole else whole / 1000
    middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    steps = [(middle, whole), (center, np.sqrt(whole * close)), (center, close)]
    pictures = None
    if has_pictures(embedding):
        pictures = PicturesInPlace(embedding.xy, embedding.pictures)
    drawn, ratio = [], max(side / _SIDE, 1)
    for step, ((x, y), half) in enumerate(steps):
        ranges = (x - half, x + half), (y - half, y + half)
        rgba = raster.rgba(*ranges, side, side, pixel_ratio=ratio)
        if pictures is not None and step == 2:
            pictures.draw(rgba, *ranges, ratio, raster.colors_of)
        pixels = compose(rgba, behind)
        if step < 2:
            (next_x, next_y), next_half = steps[step + 1]
            corner = np.array([next_x - next_half - x + half, y + half - next_y - next_half])
            _frame(pixels, corner / (2 * half) * side, next_half / half * side)
        drawn.append(pixels)
    gap = np.full((side, _GAP, 3), behind, np.uint8)
    return Picture(
        np.hstack([drawn[0], gap, drawn[1], gap, drawn[2]]),
        f"the map, a part of it, and the surroundings of point {row:,}", pixel_ratio=ratio,
    )


def _frame(pixels, corner, size):
    """Draw a frame of two colors on pixels, no smaller than can be seen."""
    from PIL import Image, ImageDraw

    image = Image.fromarray(pixels)
    size = max(size, 8)
    left, top = corner + min(0, size - 8) / 2
    for around, color in enumerate(_FRAME):
        box = [left - around, top - around, left + size + around, top + size + around]
        ImageDraw.Draw(image).rectangle(box, outline=color)
    pixels[:] = np.asarray(image)
