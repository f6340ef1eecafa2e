"""One picture from one aggregation: sums per pixel, then mean color, then opacity from density.

Every column of the points besides x and y is summed, so another sum is one more column.
"""

import numba
import numpy as np

from ..colors.spaces import lin_to_srgb8, srgb8_to_lin
from .dots import spread, spread_largest
from .mixed_pixels import desaturated, key_colors, spread_of

SHADINGS = ("filled", "eq_hist", "log", "count")
PLAIN = (32, 34, 38)
PLAIN_ON_DARK = (190, 215, 255)  # the other one would drown
BAND_PIXELS = 1 << 20
_MIN_OPACITY = 0.3


def draw(points, ranges, width, height, radius, shading):
    """Draw a picture: colors first, opacity once the density of all pixels is known.

    points : a DataFrame with the columns x, y and, unless all points are plain, r, g, b in linear
    light; float32; others as `mixed_pixels.columns_for` gives them. Or a function that takes what
    `point_sums` takes, without points, and returns its sums. ranges : ((x0, x1), (y0, y1)).
    radius : of a point, in pixels; up to half a pixel is a single pixel.

    Returns sRGB with straight alpha, (height, width, 4) uint8, row 0 on top.
    """
    picture = np.zeros((height, width, 4), np.uint8)
    density = np.zeros((height, width), np.uint32)
    pixels_with = np.zeros(1, np.int64)
    for rows in bands(height, width):
        sums, keys = _band_sums(points, ranges, width, height, rows, radius)
        here = np.bincount(_paint(sums, keys, picture[rows], density[rows]))
        here[: len(pixels_with)] += pixels_with[: len(here)]
        pixels_with = np.concatenate([here, pixels_with[len(here) :]])
    opacity = _opacity(pixels_with, shading)
    for rows in bands(height, width):
        occupied = np.flatnonzero(density[rows])
        pixels = picture[rows].reshape(-1, 4)
        alpha = pixels[occupied, 3] * opacity[density[rows].reshape(-1)[occupied]]
        pixels[occupied, 3] = np.rint(alpha)
    return picture


def color_spread(points, ranges, width, height, radius):
    """Return how far the colors in each pixel lie from their mean, in OKLab.

    points : as `mixed_pixels.columns_for` gives them for "desaturate". The others are those of
    `draw`. Returns (height, width) float32, row 0 on top; NaN where no point is.
    """
    spreads = np.full((height, width), np.nan, np.float32)
    for rows in bands(height, width):
        sums, _ = _band_sums(points, ranges, width, height, rows, radius)
        occupied = np.flatnonzero(sums[-1] > 0)
        means = _means(sums, occupied)
        spreads[rows].reshape(-1)[occupied] = spread_of(means[:, 3:6], means[:, 6])
    return spreads


def bands(height, width):
    """Yield slices of rows that hold about a million pixels each: they bound the memory."""
    step = max(1, BAND_PIXELS // width)
    for top in range(0, height, step):
        yield slice(top, min(top + step, height))


def _band_sums(points, ranges, width, height, rows, radius):
    """Return sums and keys of some rows of a picture, with what spreads in from around them."""
    pad = int(np.ceil(radius)) if radius > 0.5 else 0
    sums, keys, inside = padded_sums(points, ranges, width, height, rows, pad)
    if pad:
        sums = spread(sums, radius)
        keys = None if keys is None else spread_largest(keys, radius)
    return sums[:, *inside], None if keys is None else keys[inside]


def padded_sums(points, ranges, width, height, rows, pad):
    """Return sums and keys of some rows of a picture and of `pad` pixels around them.

    The third result says where in them the rows themselves are: (slice, slice).
    """
    *view, inside = padded_view(ranges, width, height, rows, pad)
    if callable(points):
        return points(*view), None, inside
    return *point_sums(points, *view), inside


def padded_view(ranges, width, height, rows, pad):
    """Return ranges and size of some rows of a picture with `pad` pixels around them.

    The last result says where in such a view the rows themselves are: (slice, slice).
    """
    (x0, x1), (y0, y1) = ranges
    dx, dy = (x1 - x0) / width, (y1 - y0) / height
    # Datashader counts a point on the upper end of a range as inside. Where two bands meet, one
    # more row above keeps such a point out of the lower band.
    above = max(pad, int(rows.start > 0))
    x_range = x0 - pad * dx, x1 + pad * dx
    y_range = y1 - (rows.stop + pad) * dy, y1 - (rows.start - above) * dy
    inside = slice(above, above + rows.stop - rows.start), slice(pad, pad + width)
    return x_range, y_range, width + 2 * pad, inside[0].stop + pad, inside


def point_sums(points, x_range, y_range, width, height):
    """Add up the points of each pixel of a view, in one pass of Datashader.

    Returns sums, (c + 1, height, width) float32, of the columns in their order (plain points: r, g,
    b; NaN where no point is) and of the points; and if they have random keys, else None, the
    largest key, (height, width) float64, 0 where no point is.
    """
    import datashader as ds

    columns = [column for column in points if column not in ("x", "y", "key")]
    wanted = {column: ds.sum(column) for column in columns} | {"n": ds.count()}
    if "key" in points:
        wanted["key"] = ds.max("key")
    canvas = ds.Canvas(width, height, x_range, y_range)
    aggregated = canvas.points(points, "x", "y", ds.summary(**wanted))
    keys = np.nan_to_num(aggregated["key"].to_numpy()[::-1]) if "key" in points else None
    if columns or keys is not None:
        return np.stack([aggregated[c].to_numpy()[::-1] for c in (*columns, "n")], dtype="f4"), keys
    sums = np.empty((4, height, width), np.float32)
    sums[3] = aggregated["n"].to_numpy()[::-1]
    sums[:3] = sums[3] * srgb8_to_lin(np.array(PLAIN, np.uint8))[:, None, None]
    return sums, None


def points_inside(x, y, x_range, y_range, width, height):
    """Return which points lie in a view, (m,) int64 ascending, and the pixel of each, (m,) int64.

    Pixels are counted row by row from the upper left. A point on the upper end of a range belongs
    to the last pixel. These are the pixels of Datashader.
    """
    return _points_inside(np.asarray(x), np.asarray(y), *x_range, *y_range, width, height)


@numba.njit(nogil=True, cache=True)
def _points_inside(x, y, x0, x1, y0, y1, width, height):
    rows, pixels, m = np.empty(len(x), np.int64), np.empty(len(x), np.int64), 0
    x_scale, y_scale = width / (x1 - x0), height / (y1 - y0)
    for i in range(len(x)):
        if x0 <= x[i] <= x1 and y0 <= y[i] <= y1:
            column = min(np.int64(x[i] * x_scale - x0 * x_scale), width - 1)
            row = height - 1 - min(np.int64(y[i] * y_scale - y0 * y_scale), height - 1)
            rows[m], pixels[m] = i, row * width + column
            m += 1
    return rows[:m], pixels[:m]


def _means(sums, occupied):
    """Return the mean of each column at some pixels, (m, c)."""
    flat = sums.reshape(len(sums), -1)
    return np.stack([column[occupied] for column in flat[:-1]], axis=1) / flat[-1, occupied, None]


def pixel_colors(sums, keys, occupied):
    """Return the color of some pixels, uint8 (m, 3)."""
    if keys is not None:
        return key_colors(keys.reshape(-1)[occupied])
    means = _means(sums, occupied)
    if means.shape[1] == 3:
        return lin_to_srgb8(means)
    return desaturated(means[:, :3], spread_of(means[:, 3:6], means[:, 6]))


def _paint(sums, keys, picture, density):
    """Set color, coverage (as alpha) and density where points are; return these densities."""
    occupied = np.flatnonzero(sums[-1] > 0)
    count = sums[-1].reshape(-1)[occupied]
    pixels = np.empty((len(occupied), 4), np.uint8)
    pixels[:, :3] = pixel_colors(sums, keys, occupied)
    # Below one point lies only the soft edge of a dot: that is coverage, not density.
    pixels[:, 3] = np.rint(np.minimum(count, 1) * 255)
    picture.reshape(-1, 4)[occupied] = pixels
    # One sum of many soft edges may miss a whole number by a rounding error.
    density.reshape(-1)[occupied] = np.ceil(count - 1e-3)
    return density.reshape(-1)[occupied]


def _opacity(pixels_with, shading):
    """Return the opacity (0 to 1) of each density, given how many pixels have it."""
    density = np.arange(len(pixels_with))
    if shading == "eq_hist":
        scale = np.cumsum(pixels_with)
    else:
        scale = np.log1p(density) if shading == "log" else density
    share = scale / max(scale[-1], 1e-9)
    return (_MIN_OPACITY + (1 - _MIN_OPACITY) * share).astype(np.float32)
