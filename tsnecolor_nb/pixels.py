"""One picture from one aggregation: sums per pixel, then mean color, then opacity from density.

Another sum per pixel (of squares, say, for the spread of colors) is one more entry in `point_sums`.
"""

import numpy as np

from .colors import lin_to_srgb8, srgb8_to_lin
from .dots import spread

SHADINGS = ("eq_hist", "log", "count")
PLAIN = (32, 34, 38)
BAND_PIXELS = 1 << 22
_MIN_OPACITY = 0.3


def draw(points, ranges, width, height, radius, shading):
    """Draw a picture: colors first, opacity once the density of all pixels is known.

    Parameters
    ----------
    points : DataFrame or callable
        Columns x, y and, unless all points are plain, r, g, b in linear light; float32. Or what
        gives the sums of such points: takes and returns what `point_sums` does, without points.
    ranges : ((x0, x1), (y0, y1)) of float
        What to draw.
    width, height : int
        Size in pixels.
    radius : float
        Of a point, in pixels; up to half a pixel is a single pixel.
    shading : one of SHADINGS
        How density becomes opacity.

    Returns
    -------
    (height, width, 4) uint8
        sRGB with straight alpha, row 0 on top.
    """
    picture = np.zeros((height, width, 4), np.uint8)
    density = np.zeros((height, width), np.uint32)
    pixels_with = np.zeros(1, np.int64)
    for rows in bands(height, width):
        sums = _band_sums(points, ranges, width, height, rows, radius)
        here = np.bincount(_paint(sums, picture[rows], density[rows]))
        here[: len(pixels_with)] += pixels_with[: len(here)]
        pixels_with = np.concatenate([here, pixels_with[len(here) :]])
    opacity = _opacity(pixels_with, shading)
    for rows in bands(height, width):
        found = np.flatnonzero(density[rows])
        pixels = picture[rows].reshape(-1, 4)
        alpha = pixels[found, 3] * opacity[density[rows].reshape(-1)[found]]
        pixels[found, 3] = np.rint(alpha)
    return picture


def bands(height, width):
    """Yield slices of rows that hold about four million pixels each: they bound the memory."""
    step = max(1, BAND_PIXELS // width)
    for top in range(0, height, step):
        yield slice(top, min(top + step, height))


def _band_sums(points, ranges, width, height, rows, radius):
    """Return the sums of some rows of a picture, with what spreads in from around them."""
    (x0, x1), (y0, y1) = ranges
    dx, dy = (x1 - x0) / width, (y1 - y0) / height
    pad = int(np.ceil(radius)) if radius > 0.5 else 0
    # Datashader counts a point on the upper end of a range as inside. Where two bands meet, one
    # more row above keeps such a point out of the lower band.
    above = max(pad, int(rows.start > 0))
    x_range = x0 - pad * dx, x1 + pad * dx
    y_range = y1 - (rows.stop + pad) * dy, y1 - (rows.start - above) * dy
    inside = slice(above, above + rows.stop - rows.start), slice(pad, pad + width)
    size = width + 2 * pad, inside[0].stop + pad
    if callable(points):
        sums = points(x_range, y_range, *size)
    else:
        sums = point_sums(points, x_range, y_range, *size)
    if pad:
        sums = spread(sums, radius)
    return sums[:, *inside]


def point_sums(points, x_range, y_range, width, height):
    """Sum per pixel, in one pass: linear r, g, b, and the number of points last; float32."""
    import datashader as ds

    wanted = {"n": ds.count()} | {c: ds.sum(c) for c in "rgb" if c in points}
    canvas = ds.Canvas(width, height, x_range, y_range)
    found = canvas.points(points, "x", "y", ds.summary(**wanted))
    sums = np.zeros((4, height, width), np.float32)
    for channel, name in enumerate("rgbn"):
        if name in found:
            sums[channel] = found[name].to_numpy()[::-1]
    if "r" not in points:
        sums[:3] = sums[3] * srgb8_to_lin(np.array(PLAIN, np.uint8))[:, None, None]
    return sums


def _paint(sums, picture, density):
    """Set mean color, coverage (as alpha) and density where points are; return these densities."""
    found = np.flatnonzero(sums[3] > 0)
    count = sums[3].reshape(-1)[found]
    pixels = np.empty((len(found), 4), np.uint8)
    mean = np.stack([channel.reshape(-1)[found] for channel in sums[:3]], axis=1)
    pixels[:, :3] = lin_to_srgb8(mean / count[:, None])
    # Below one point lies only the soft edge of a dot: that is coverage, not density.
    pixels[:, 3] = np.rint(np.minimum(count, 1) * 255)
    picture.reshape(-1, 4)[found] = pixels
    # One sum of many soft edges may miss a whole number by a rounding error.
    density.reshape(-1)[found] = np.ceil(count - 1e-3)
    return density.reshape(-1)[found]


def _opacity(pixels_with, shading):
    """Return the opacity (0 to 1) of each density, given how many pixels have it."""
    density = np.arange(len(pixels_with))
    if shading == "eq_hist":
        scale = np.cumsum(pixels_with)
    else:
        scale = np.log1p(density) if shading == "log" else density
    share = scale / max(scale[-1], 1e-9)
    return (_MIN_OPACITY + (1 - _MIN_OPACITY) * share).astype(np.float32)
