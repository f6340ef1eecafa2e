"""Several colorings of one map side by side, each under its title."""

import numpy as np

from ..arrays.checks import check_count, check_number
from .bar import BAR, check_bar, ink_on, kept_colors
from .raster import MAX_PIXEL_RATIO, MAX_SIDE, Raster, background_srgb8, compose, is_dark
from .still import Picture
from .text import LARGE, SIZE, draw_text, fitting, shorten

_GAP, _TITLE = 6, 20  # pixels
_MOST_COLUMNS = 100


def panels(
    xy, *colors, categorical=False, titles=None, side=330, columns=3, x_range=None, y_range=None,
    background="white", shading="filled", point_size="auto", mixed="auto", bars=None,
    pixel_ratio=1, names=None, text=None,
):
    """Draw a map once per coloring, and lay the pictures side by side.

    Parameters
    ----------
    xy : (n, 2) array_like of numbers
        Positions of the points.
    *colors : (n, 3) uint8, None or Picture
        sRGB colors of the points, one array per panel; None draws the uncolored map. A `Picture`
        of the size of a panel, such as that of `scatter_plot`, takes its place as it is.
    categorical : bool, or sequence of bool
        Whether each color stands for a label: in all panels, or in each.
    titles : sequence of str, optional
        One per panel, drawn above it: smaller, or shortened, where one is wider than its panel.
    side : int, 1 to 8,000
        Width and height of a panel in pixels.
    columns : int, 1 to 100
        Panels per row.
    x_range, y_range, shading, point_size, mixed
        The same for all panels, see `Raster.rgba`.
    background : "white", "black" or (r, g, b) of 0 to 255
        Behind the points and between the panels.
    bars : sequence of (str, number, number) or None, optional
        For each panel that colors by a value: the color map, as `value_colors` names it, and the
        values of its first and last color, drawn as a bar under the panel.
    pixel_ratio : number, 1 to 80
        Pixels of the picture per pixel of `side`: 2 draws everything twice as fine.
    names : PlacedNames, optional
        Names on each of the maps.
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
    bars = _check_bars(bars, len(colors))
    categorical = np.broadcast_to(categorical, len(colors))
    ratio = check_number("pixel_ratio", pixel_ratio, at_least=1, at_most=MAX_PIXEL_RATIO)
    side = check_count("side", side, 1, int(MAX_SIDE / ratio), "in pixels")
    columns = min(check_count("columns", columns, 1, _MOST_COLUMNS, "panels per row"), len(colors))
    behind = background_srgb8(background)
    raster = Raster(xy)
    above, below, gap = (
        round(part * ratio)
        for part in (_TITLE * (titles is not None), BAR * any(bars), _GAP)
    )
    side = round(side * ratio)
    step = np.array([above + side + below + gap, side + gap])
    corners = [np.array(divmod(i, columns)) * step for i in range(len(colors))]
    height, width = corners[-1][0] + step[0] - gap, columns * step[1] - gap
    sheet = np.full((height, width, 3), behind, np.uint8)
    for i, ((top, left), coloring) in enumerate(zip(corners, colors, strict=True)):
        top += above
        is_picture = isinstance(coloring, Picture)
        try:
            if is_picture:
                pixels = _of_size(coloring, side)
            else:
                raster.recolor(coloring, categorical[i])
        except (TypeError, ValueError) as error:
            raise type(error)(f"colors[{i}] does not fit: {error}") from None
        if not is_picture:
            rgba = raster.rgba(
                x_range, y_range, side, side, shading, point_size, mixed, pixel_ratio=ratio
            )
            pixels = compose(rgba, behind)
            if names is not None:
                ranges = raster.square(x_range, y_range)
                pixels = names.draw(pixels, *ranges, ratio=ratio, dark=is_dark(behind))
        sheet[top : top + side, left : left + side] = pixels
        if bars[i]:
            bars[i].draw(sheet[top + side : top + side + below, left : left + side], ratio)
    if titles is not None:
        _draw_titles(sheet, corners, titles, side, ratio)
    text = text or "; ".join(titles or ["panels of one map"])
    kept = kept_colors(bar.palette for bar in bars if bar is not None)
    return Picture(sheet, text, pixel_ratio=ratio, keep=kept)


def _check_bars(bars, n):
    """Return a `Bar` or None for each of n panels."""
    if bars is None:
        return [None] * n
    if isinstance(bars, str) or len(bars) != n:
        raise ValueError(f"bars must hold one bar or None per coloring, {n}, got {bars!r}")
    return [None if bar is None else check_bar("bars", bar) for bar in bars]


def _of_size(picture, side):
    shape = picture.pixels.shape
    if shape[:2] != (side, side):
        raise ValueError(f"a picture must be {side} × {side} pixels, got {shape[1]} × {shape[0]}")
    return picture.pixels.reshape(side, side, -1)  # grey or sRGB


def _draw_titles(sheet, corners, titles, side, ratio):
    from PIL import Image, ImageDraw

    image, pad = Image.fromarray(sheet), round(3 * ratio)
    draw, room = ImageDraw.Draw(image), side - 2 * pad
    large = round(LARGE * ratio)
    fit = all(fitting(title, room, large) == len(title) for title in titles)
    size = large if fit else round(SIZE * ratio)
    for (top, left), title in zip(corners, titles, strict=True):
        xy = left + pad, top + _TITLE * ratio / 2
        title = shorten(title, room, size)
        draw_text(draw, xy, title, fill=ink_on(sheet[0, 0]), size=size, anchor="lm")
    sheet[:] = np.asarray(image)
