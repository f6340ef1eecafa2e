"""Drawings of all colors that a step gives, where it colors by two or three columns together."""

import numpy as np

from ..arrays.chunks import sample_rows
from ..colors.spaces import lin_to_srgb8, srgb8_to_lin
from ..picture.still import Picture
from ..picture.thumbs import thumbs
from ..steps.bivariate import bivariate_colors
from .sheet import Sheet

_SQUARE = 180  # pixels: the side of the square of two values
_SAMPLE, _GRID, _CELL = 20_000, 44, 4  # of a slice: points, cells along a side, pixels of a cell
_LINE, _GAP = 20, 8
_DISC, _THUMB, _APART = 360, 26, 36  # pixels: the disc of hues, its small pictures, their grid
_MARGIN = 1.2  # radius of the disc, in chroma of the points that reach farthest but 2 %


def draw_colors(step, values=None):
    """Draw all colors that a step gives by two or three columns together.

    Parameters
    ----------
    step : fitted step
        A `BivariateColors` is drawn as a square of all pairs, with the median of each column as a
        line; an `OklabCube` as three slices of the points, the lowest, the middle and the highest
        third of them by the third column. The first column runs to the right and the second
        upward; a cell has the mean color of its points, and is white without any.
    values : (n, m) float, optional
        The input of an `OklabCube`.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If it is another step, or `values` is missing.
    """
    if hasattr(step, "quantiles_"):
        return Picture(_square(step.channel_names), "the colors of two values")
    if not hasattr(step, "rotation_"):
        raise ValueError(f"step must be a fitted BivariateColors or OklabCube, got {step!r}")
    if values is None:
        raise ValueError("values must be given, the input of the step")
    return Picture(_slices(step, values), "three slices of the solid of colors")


def draw_hues(embedding, step, values):
    """Draw the hues of a fitted `HueAndLightness` as a disc, with points where their hue lies.

    values : (n, m) float, the input of the step. Returns a `Picture`: small pictures of points of
    about middle lightness; or white dots for points, if the embedding has no pictures.
    """
    radius = _MARGIN * step.chroma
    ends = np.linspace(-radius, radius, _DISC)
    a, b = np.meshgrid(ends, ends[::-1])
    disc = step.colors(np.stack([a, b, 0 * a], axis=-1).reshape(-1, 3)).reshape(_DISC, _DISC, 3)
    disc[np.hypot(a, b) > radius] = 255
    sheet = Sheet(_DISC, _DISC + _LINE)
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
    return Picture(sheet.pixels(), "the disc of hues, with points where their hue lies")


def _square(names):
    left = 24
    sheet = Sheet(left + _SQUARE + 60, _SQUARE + 44)
    # The first column runs to the right, the second upward.
    sheet.paste(left, 0, bivariate_colors(_SQUARE).transpose(1, 0, 2)[::-1])
    middle = _SQUARE // 2
    sheet.fill(left + middle, 0, 1, _SQUARE, (255, 255, 255))
    sheet.fill(left, middle, _SQUARE, 1, (255, 255, 255))
    sheet.write(left + _SQUARE + 4, middle, "median")
    sheet.write(left + middle, _SQUARE + 4, "median", anchor="ma")
    sheet.write(left, _SQUARE + 24, f"{names[0]}: low to high", anchor="la")
    upward = Sheet(_SQUARE, left)
    upward.write(0, 2, f"{names[1]}: low to high", anchor="la")
    sheet.paste(0, 0, np.rot90(upward.pixels()))
    return sheet.pixels()


def _slices(step, values):
    rows = sample_rows(len(values), _SAMPLE, 0)
    lin = srgb8_to_lin(step.transform(values[rows]))
    points = np.zeros((len(rows), 3))
    points[:, : values.shape[1]] = values[rows, :3]
    low, high = np.quantile(points[:, :2], [0.002, 0.998], axis=0)
    half = max((high - low).max() / 2, 1e-12)
    cell = np.floor((points[:, :2] - (low + high) / 2 + half) / (2 * half) * _GRID).astype(int)
    inside = ((cell >= 0) & (cell < _GRID)).all(axis=1)
    third = np.searchsorted(np.quantile(points[:, 2], [1 / 3, 2 / 3]), points[:, 2])
    names = ["low", "middle", "high"] if np.ptp(points[:, 2]) > 0 else [None]
    side = _GRID * _CELL
    sheet = Sheet(len(names) * (side + _GAP), side + 2 * _LINE)
    for k, name in enumerate(names):
        here, left = inside & (third == k), k * (side + _GAP)
        sheet.paste(left, 0, _slice(cell[here], lin[here]))
        sheet.pen.rectangle((left, 0, left + side - 1, side - 1), outline=(220, 220, 220))
        if name is not None:
            sheet.write(left + 2, side + 2, f"third: {name}", anchor="la")
    sheet.write(2, side + _LINE, "to the right: first component; upward: second", anchor="la")
    return sheet.pixels()


def _slice(cell, lin):
    """Return a square whose cells have the mean color of their points, uint8 (h, h, 3)."""
    number = (_GRID - 1 - cell[:, 1]) * _GRID + cell[:, 0]
    count = np.bincount(number, minlength=_GRID**2)
    sums = [np.bincount(number, channel, _GRID**2) for channel in lin.T]
    srgb8 = lin_to_srgb8(np.stack(sums, axis=1) / np.maximum(count, 1)[:, None])
    srgb8[count == 0] = 255
    return srgb8.reshape(_GRID, _GRID, 3).repeat(_CELL, axis=0).repeat(_CELL, axis=1)
