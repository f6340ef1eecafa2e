"""Drawings of all colors that a step gives, where it colors by two or three columns together."""

import numpy as np

from ..arrays.chunks import sample_rows
from ..colors.spaces import lin_to_srgb8, srgb8_to_lin
from ..picture.still import Picture
from ..picture.text import shorten, text_width
from ..picture.thumbs import thumbs
from ..steps.bivariate import bivariate_colors
from .channels import AXES
from .sheet import Sheet

_SQUARE = 180  # CSS pixels: the side of the square of two values
_GRID = 45  # cells along a side of the square of two values
_SAMPLE, _CELLS, _CELL = 20_000, 44, 4  # of a slice: points, cells along a side, their CSS pixels
_SMALL_CELL = 2  # CSS pixels, so that three slices are no wider than a legend
_RATIO = 2  # pixels per CSS pixel
_LINE, _GAP = 20, 6
_DISC, _THUMB, _APART = 276, 20, 28  # CSS pixels: the disc of hues, its small pictures, their grid
_MARGIN = 1.2  # radius of the disc, in chroma of the points that reach farthest but 2 %


def draw_colors(step, values=None):
    """Draw all colors that a step gives by two or three columns together.

    Parameters
    ----------
    step : fitted step
        A `BivariateColors` is drawn as a square of all pairs, with the median of each column as a
        line; with `values` it is white where there are no points. An `OklabCube` is drawn as three
        slices of the points, the lowest, the middle and the highest third of them by the third
        column. The first column runs to the right and the second upward; a cell has the mean color
        of its points, and is white without any.
    values : (n, m) float, optional
        The input of the step; an `OklabCube` needs it.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If it is another step, or `values` is missing.
    """
    if hasattr(step, "quantiles_"):
        return _picture(_square(step, values), "the colors of two values")
    if not hasattr(step, "rotation_"):
        raise ValueError(f"step must be a fitted BivariateColors or OklabCube, got {step!r}")
    if values is None:
        raise ValueError("values must be given, the input of the step")
    return _picture(_slices(step, values), "three slices of the solid of colors")


def draw_axes(colored):
    """Draw the colors of two or three axes with the points of an `AxisColors`, a `Picture`."""
    if colored.scale == "bivariate":
        return draw_colors(colored.step, colored.inputs)
    return draw_slices(colored.step, colored.inputs, colored.names, colored.title)


def draw_slices(step, values, names=AXES, title="the solid of colors"):
    """Draw the slices of a fitted `OklabCube` as `draw_colors` does, but no wider than a legend."""
    return _picture(_slices(step, values, names, _SMALL_CELL), f"slices of {title}")


def draw_hues(embedding, step, values):
    """Draw the hues of a fitted `HueAndLightness` as a disc, with points where their hue lies.

    values : (n, m) float, the input of the step. Returns a `Picture`: small pictures of points of
    about middle lightness; or white dots for points, if the embedding has no pictures.
    """
    radius = _MARGIN * step.chroma
    # Cells as in a slice are smooth enough, and a sixth of the bytes; the rim is finer.
    ends = np.linspace(-radius, radius, _DISC // _SMALL_CELL)
    a, b = np.meshgrid(ends, ends[::-1])
    disc = step.colors(np.stack([a, b, 0 * a], axis=-1).reshape(-1, 3)).reshape(*a.shape, 3)
    disc = _enlarged(disc, _SMALL_CELL * _RATIO)
    fine = np.linspace(-1, 1, _DISC * _RATIO)
    disc[np.hypot(fine, fine[:, None]) > 1] = 255
    sheet = Sheet(_DISC, _DISC + _LINE, _RATIO)
    sheet.paste(0, 0, disc)
    rows = sample_rows(len(values), _SAMPLE, 0)
    x, y, light = step.places(values[rows]).T
    x, y = ((1 + x / radius) * _DISC / 2, (1 - y / radius) * _DISC / 2)
    cell = np.floor(np.stack([x, y]) / _APART)
    middle = (cell + 0.5) * _APART
    away = np.hypot(*(middle - [x, y])) / _APART + np.abs(light) / 0.1
    away[np.hypot(*(middle - _DISC / 2)) > (_DISC - _THUMB) / 2] = np.inf
    nearest = np.argsort(away, kind="stable")[: np.isfinite(away).sum()]
    chosen = nearest[np.unique(cell[:, nearest], axis=1, return_index=True)[1]]
    pictures = thumbs(embedding, rows[chosen])
    for i, k in enumerate(chosen):
        left, top = middle[:, k] - _THUMB / 2
        if pictures is None:
            sheet.fill(x[k] - 1, y[k] - 1, 3, 3, (255, 255, 255))
        else:
            sheet.paste_thumb(left, top, pictures[i], _THUMB)
    sheet.write(2, _DISC + _LINE / 2, "hue: which region; a point in each place")
    return _picture(sheet, "the disc of hues, with points where their hue lies")


def _picture(sheet, text):
    return Picture(sheet.pixels(), text, pixel_ratio=_RATIO, palette=False)


def _square(step, values):
    left, names = 24, step.channel_names
    sheet = Sheet(left + _SQUARE + 60, _SQUARE + 44, _RATIO)
    # The first column runs to the right, the second upward.
    square = bivariate_colors(_SQUARE * _RATIO).transpose(1, 0, 2)[::-1]
    if values is not None:
        square = np.where(_filled(step, values)[:, :, None], square, np.uint8(255))
    sheet.paste(left, 0, square)
    middle = _SQUARE // 2
    sheet.fill(left + middle, 0, 1, _SQUARE, (255, 255, 255))
    sheet.fill(left, middle, _SQUARE, 1, (255, 255, 255))
    sheet.outline(left - 1, -1, _SQUARE + 2, _SQUARE + 2)
    sheet.write(left + _SQUARE + 4, middle, "median")
    sheet.write(left + middle, _SQUARE + 4, "median", anchor="ma")
    sheet.write(left, _SQUARE + 24, _low_to_high(names[0], _SQUARE + 60), anchor="la")
    upward = Sheet(_SQUARE, left - 1, _RATIO)
    upward.write(0, 2, _low_to_high(names[1], _SQUARE), anchor="la")
    sheet.paste(0, 0, np.rot90(upward.pixels()))
    return sheet


def _low_to_high(name, width):
    """Return the caption of an axis; a name too long for this width in pixels is shortened."""
    to = ": low to high"
    return shorten(name, width - text_width(to)) + to


def _filled(step, values):
    """Return which pixels of the square lie in a cell with points, bool (h, h), first row high."""
    first, second = step.ranks(values) * _GRID // (len(step.quantiles_[0]))
    count = np.bincount(second * _GRID + first, minlength=_GRID**2).reshape(_GRID, _GRID)
    return _enlarged(count[::-1] > 0, _SQUARE * _RATIO // _GRID)


def _slices(step, values, names=("first component", "second", "third"), width=_CELL):
    """Return a `Sheet` of slices, with one word or more for each column; cells `width` wide."""
    rows = sample_rows(len(values), _SAMPLE, 0)
    lin = srgb8_to_lin(step.transform(values[rows]))
    points = np.zeros((len(rows), 3))
    points[:, : values.shape[1]] = values[rows, :3]
    low, high = np.quantile(points[:, :2], [0.002, 0.998], axis=0)
    half = max((high - low).max() / 2, 1e-12) * 1.000001  # the highest lie in the last cell
    cell = np.floor((points[:, :2] - (low + high) / 2 + half) / (2 * half) * _CELLS).astype(int)
    inside = ((cell >= 0) & (cell < _CELLS)).all(axis=1)
    third = np.searchsorted(np.quantile(points[:, 2], [1 / 3, 2 / 3]), points[:, 2])
    parts = ["low", "middle", "high"] if np.ptp(points[:, 2]) > 0 else [None]
    side = _CELLS * width
    small = width < _CELL
    lines = [f"to the right: {names[0]}; upward: {names[1]}"]
    if small:
        thirds = [f"thirds by {names[2]}"] if len(parts) > 1 else []
        lines = [*thirds, f"to the right: {names[0]}", f"upward: {names[1]}"]
    width_of_all = 3 * (side + _GAP) - _GAP  # one slice has as much text
    sheet = Sheet(width_of_all, side + (1 + len(lines)) * _LINE, _RATIO)
    for k, part in enumerate(parts):
        here, left = inside & (third == k), k * (side + _GAP)
        sheet.paste(left, 0, _slice(cell[here], lin[here], width * _RATIO))
        sheet.outline(left, 0, side, side)
        if part is not None:
            text = f"{part} third" if small else f"{names[2]}: {part}"
            sheet.write(left + 2, side + 2, text, anchor="la", max_width=side)
    for k, line in enumerate(lines):
        sheet.write(2, side + (k + 1) * _LINE, line, anchor="la", max_width=width_of_all - 2)
    return sheet


def _slice(cell, lin, pixels):
    """Return a square whose cells have the mean color of their points, uint8 (h, h, 3)."""
    number = (_CELLS - 1 - cell[:, 1]) * _CELLS + cell[:, 0]
    count = np.bincount(number, minlength=_CELLS**2)
    sums = [np.bincount(number, channel, _CELLS**2) for channel in lin.T]
    srgb8 = lin_to_srgb8(np.stack(sums, axis=1) / np.maximum(count, 1)[:, None])
    srgb8[count == 0] = 255
    return _enlarged(srgb8.reshape(_CELLS, _CELLS, 3), pixels)


def _enlarged(cells, side):
    """Return pixels, (side h, side w, …), of cells that are `side` pixels wide and high."""
    return cells.repeat(side, axis=0).repeat(side, axis=1)
