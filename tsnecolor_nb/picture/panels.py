"""Several colorings of one map side by side, each under its title."""

import numpy as np

from ..arrays.checks import check_count
from .raster import MAX_SIDE, Raster, background_srgb8, compose, is_dark
from .still import Picture
from .text import draw_text, shorten

_GAP, _TITLE = 6, 20  # pixels
_MOST_COLUMNS = 100


def panels(
    xy, *colors, categorical=False, titles=None, side=330, columns=3, x_range=None, y_range=None,
    background="white", shading="filled", point_size="auto", mixed="auto", text=None,
):
    """Draw a map once per coloring, and lay the pictures side by side.

    Parameters
    ----------
    xy : (n, 2) array_like of numbers
        Positions of the points.
    *colors : (n, 3) uint8 or None
        sRGB colors of the points, one array per panel; None draws the uncolored map.
    categorical : bool, or sequence of bool
        Whether each color stands for a label: in all panels, or in each.
    titles : sequence of str, optional
        One per panel, drawn above it, and shortened where it is wider than the panel.
    side : int, 1 to 8,000
        Width and height of a panel in pixels.
    columns : int, 1 to 100
        Panels per row.
    x_range, y_range, shading, point_size, mixed
        The same for all panels, see `Raster.rgba`.
    background : "white", "black" or (r, g, b) of 0 to 255
        Behind the points and between the panels.
    text : str, optional
        Alternative text of the picture; by default the titles.

    Returns
    -------
    Picture

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.
    """
    if not colors:
        raise ValueError("colors must hold at least one coloring, got none")
    if titles is not None and (isinstance(titles, str) or len(titles) != len(colors)):
        raise ValueError(f"titles must hold one string per coloring, {len(colors)}, got {titles!r}")
    categorical = np.broadcast_to(categorical, len(colors))
    side = check_count("side", side, 1, MAX_SIDE, "in pixels")
    columns = min(check_count("columns", columns, 1, _MOST_COLUMNS, "panels per row"), len(colors))
    behind = background_srgb8(background)
    raster = Raster(xy)
    above = _TITLE if titles is not None else 0
    step = np.array([above + side + _GAP, side + _GAP])
    corners = [np.array(divmod(i, columns)) * step for i in range(len(colors))]
    height, width = corners[-1][0] + above + side, columns * step[1] - _GAP
    sheet = np.full((height, width, 3), behind, np.uint8)
    for i, ((top, left), srgb8) in enumerate(zip(corners, colors, strict=True)):
        try:
            raster.recolor(srgb8, categorical[i])
        except (TypeError, ValueError) as error:
            raise type(error)(f"colors[{i}] does not fit: {error}") from None
        rgba = raster.rgba(x_range, y_range, side, side, shading, point_size, mixed)
        top += above
        sheet[top : top + side, left : left + side] = compose(rgba, behind)
    if titles is not None:
        sheet = _with_titles(sheet, corners, titles, side, dark=is_dark(behind))
    return Picture(sheet, text or "; ".join(titles or ["panels of one map"]))


def _with_titles(sheet, corners, titles, side, dark):
    from PIL import Image, ImageDraw

    image = Image.fromarray(sheet)
    draw, grey = ImageDraw.Draw(image), (210 if dark else 50,) * 3
    for (top, left), title in zip(corners, titles, strict=True):
        xy = left + 3, top + _TITLE / 2
        draw_text(draw, xy, shorten(title, side - 6), fill=grey, anchor="lm")
    return np.asarray(image)
