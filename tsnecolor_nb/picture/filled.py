"""The filled picture: a surface wherever points are close, dots where they are few.

Each occupied pixel counts once, however many points it holds. Colors are smoothed over about one
CSS pixel, and everything within a small radius of an occupied pixel is opaque. So lightness shows
what the colors mean, not how many points there are, and empty parts stay empty.
"""

import numba
import numpy as np

from ..arrays.chunks import run_chunks
from ..colors.spaces import encode_table, oklab_to_srgb8, srgb8_to_lin, srgb8_to_oklab
from .aggregate import bands, padded_sums, padded_view, pixel_colors, points_inside

SMOOTHING = 1.0
"""Most of the standard deviation, in CSS pixels, of the Gaussian that smooths the colors."""

_SURFACE, _LEAST = 2.0, 1.5  # CSS pixels: radius of a point in a surface of 600 CSS pixels; least
_SIDE = 600  # CSS pixels
_DOTS = 1.3  # so much larger than in the other shadings: they cover a quarter of a picture
_LARGEST = 1 / 120  # of the shorter side of a picture
_RELIEF_SMOOTHING = 2.0  # CSS pixels
_BEHIND = np.float32(1e-3)  # weight of a pixel of points that lie behind others
_FAR = np.float32(1e9)
_ROWS = 64  # in a chunk


def filled_radius(auto_radius, side):
    """Return the radius of a filled point in CSS pixels, for a picture with this shorter side.

    Where points are many they make a surface: their radius is 2, and down to 1.5 in pictures of
    fewer than 600 CSS pixels, where 2 would blur borders. It grows smoothly as points become few,
    with `auto_radius`, the radius of a point in the other shadings, up to 1/120 of the side. With
    the soft edge nothing farther than 3 CSS pixels from all points is covered where a picture has
    at least one point in 60 square CSS pixels.
    """
    surface = np.clip(_SURFACE * side / _SIDE, _LEAST, _SURFACE)
    dot = min(_DOTS * auto_radius, _LARGEST * side)
    return float((surface**4 + dot**4) ** 0.25)


def draw_filled(layers, ranges, width, height, radius_px, smoothing_px):
    """Draw a filled picture of points with colors, (height, width, 4) uint8, row 0 on top.

    `layers` holds one or two sets of points, as `aggregate.draw` takes them; where there are points
    of the first, those of the second do not count. The other arguments are those of
    `aggregate.draw` and `fill`.
    """
    picture = np.empty((height, width, 4), np.uint8)
    pad = _reach(radius_px, smoothing_px)
    for rows in bands(height, width):
        drawn = [padded_sums(points, ranges, width, height, rows, pad) for points in layers]
        (sums, keys, inside), *behind = drawn
        if keys is not None:
            filled = [_fill_sampled(*sums_and_keys, radius_px) for *sums_and_keys, _ in drawn]
            for other in filled[1:]:
                np.copyto(filled[0], other, where=filled[0][..., 3:] < other[..., 3:])
            picture[rows] = filled[0][inside]
            continue
        sums = _color_sums(sums)
        for others, *_ in behind:
            np.negative(_color_sums(others), out=sums, where=sums[3] <= 0)
        picture[rows] = fill(sums, radius_px, smoothing_px)[inside]
    return picture


def _color_sums(sums):
    """Return sums of linear r, g, b and of points, where a pixel's color is not simply the mean."""
    if len(sums) == 4:
        return sums
    occupied = np.flatnonzero(sums[-1] > 0)
    lin = srgb8_to_lin(pixel_colors(sums, None, occupied))
    sums = np.zeros((4, *sums.shape[1:]), np.float32)
    sums.reshape(4, -1)[:, occupied] = np.vstack([lin.T, np.ones(len(occupied))])
    return sums


def darken(picture, counts, relief, ratio):
    """Lower the lightness of a picture, (height, width, 4) uint8, in place where points are many.

    counts : (h, w) float32, the number of points per pixel of a picture that may be smaller.
    relief : by how much the OKLab lightness is lowered where the logarithm of the density is
    highest. ratio : pixels of `counts` in a CSS pixel: density is points per CSS pixel.
    """
    from PIL import Image
    from scipy.ndimage import gaussian_filter

    height, width = picture.shape[:2]
    density = np.log1p(gaussian_filter(counts, _RELIEF_SMOOTHING * ratio) * ratio**2)
    shade = Image.fromarray(density * (relief / max(density.max(), 1e-9)))
    shade = np.asarray(shade.resize((width, height), Image.Resampling.BILINEAR))
    for rows in bands(height, width):
        colors, drawn = picture[rows, :, :3], picture[rows, :, 3] > 0
        oklab = srgb8_to_oklab(colors[drawn])
        oklab[:, 0] -= shade[rows][drawn]
        colors[drawn] = oklab_to_srgb8(oklab)


def _fill_sampled(sums, keys, radius_px):
    """Paint the surface in the colors of single points, each as far as no other is nearer."""
    occupied = np.flatnonzero(sums[-1] > 0)
    winners = np.full(keys.shape, -1, np.int32)
    winners.reshape(-1)[occupied] = np.arange(len(occupied))
    return _fill_nearest(winners, pixel_colors(sums, keys, occupied), radius_px)


def draw_labels(x, y, labels, palette, ranges, width, height, radius_px, smoothing_px):
    """Draw a filled picture of points with labels, (height, width, 4) uint8: see `fill_labels`.

    x, y : (n,) float32; ranges : ((x0, x1), (y0, y1)) of float
    """
    picture = np.empty((height, width, 4), np.uint8)
    pad = _reach(radius_px, smoothing_px)
    # A point on the upper end of a range belongs to the last pixel, not to those around.
    x, y = (
        np.where(axis == high, np.nextafter(axis, low), axis)
        for axis, (low, high) in zip((x, y), ranges, strict=True)
    )
    for rows in bands(height, width):
        *view, inside = padded_view(ranges, width, height, rows, pad)
        points, pixels = points_inside(x, y, *view)
        shape = view[3], view[2]
        filled = fill_labels(pixels, labels[points], palette, shape, radius_px, smoothing_px)
        picture[rows] = filled[inside]
    return picture


def _reach(radius_px, smoothing_px):
    """Return how many pixels away a point may still change a pixel."""
    return int(np.ceil(max(radius_px + 0.5, 2 * smoothing_px))) + int(np.ceil(radius_px + 0.5))


def fill(sums, radius_px, smoothing_px):
    """Paint the surface that occupied pixels make.

    sums : (4, h, w) float32, per pixel the sums of linear r, g and b over its points, and the
    number of points. All are negative for points behind others: they show only where no others are
    near. radius_px : pixels nearer than this to an occupied pixel are opaque; one pixel beyond,
    nothing is. smoothing_px : standard deviation of the Gaussian that smooths the colors; 0 keeps
    those of the nearest pixels.

    Returns sRGB with straight alpha, (h, w, 4) uint8, all zero where nothing is.
    """
    _, height, width = sums.shape
    taps = _taps(int(np.ceil(radius_px + 0.5)), smoothing_px)
    along_rows = np.zeros((height, width, 4), np.float32)
    squared = np.full((height, width), _FAR, np.float32)
    _chunked(lambda rows: _along_rows(sums[:, rows], taps, along_rows[rows], squared[rows]), height)
    rgba = np.zeros((height, width, 4), np.uint8)
    table, radius = encode_table(), np.float32(radius_px)
    _chunked(
        lambda rows: _along_columns(
            along_rows, squared, taps, radius, table, rows.start, rgba[rows]
        ),
        height,
    )
    return rgba


def _taps(reach, smoothing_px):
    """Return the Gaussian's weights of pixels up to `reach` away, float32 (2 reach + 1,)."""
    away = np.arange(-reach, reach + 1)
    # With less smoothing the weights at the edge of a large point would be 0 in float32.
    deviation = max(smoothing_px, 0.25, reach / 12)
    return np.exp(-0.5 * (away / deviation) ** 2).astype(np.float32)


def _chunked(function, height):
    run_chunks(function, height, size=_ROWS)


@numba.njit(nogil=True, cache=True, fastmath=True)
def _along_rows(sums, taps, weighted, squared):
    """Add up mean colors along each row, and find how far the nearest occupied pixel is in it."""
    height, width = squared.shape
    reach = len(taps) // 2
    for y in range(height):
        for x in range(width):
            count = sums[3, y, x]
            if count == 0:
                continue
            weight = np.float32(1) if count > 0 else _BEHIND
            r, g, b = sums[0, y, x] / count, sums[1, y, x] / count, sums[2, y, x] / count
            for u in range(max(0, x - reach), min(width, x + reach + 1)):
                tap = weight * taps[u - x + reach]
                weighted[y, u, 0] += tap * r
                weighted[y, u, 1] += tap * g
                weighted[y, u, 2] += tap * b
                weighted[y, u, 3] += tap
                squared[y, u] = min(squared[y, u], np.float32((u - x) ** 2))


@numba.njit(nogil=True, cache=True, fastmath=True)
def _along_columns(weighted, squared, taps, radius, table, first, rgba):
    """Finish both along the columns, and write the pixels of some rows from the `first` one on."""
    height, width = squared.shape
    reach, limit = len(taps) // 2, (radius + np.float32(0.5)) ** 2
    last = np.float32(len(table) - 1)
    nearest = np.empty(width, np.float32)
    color = np.empty((width, 4), np.float32)
    for y in range(len(rgba)):
        nearest[:], color[:] = _FAR, 0
        for v in range(max(0, first + y - reach), min(height, first + y + reach + 1)):
            tap, step = taps[v - first - y + reach], np.float32((v - first - y) ** 2)
            for x in range(width):
                nearest[x] = min(nearest[x], squared[v, x] + step)
            for x in range(width):
                for c in range(4):
                    color[x, c] += tap * weighted[v, x, c]
        for x in range(width):
            if nearest[x] >= limit:
                continue
            for c in range(3):
                lin = min(max(color[x, c] / color[x, 3], np.float32(0)), np.float32(1))
                rgba[y, x, c] = table[np.int64(lin * last + np.float32(0.5))]
            cover = min(radius + np.float32(0.5) - np.sqrt(nearest[x]), np.float32(1))
            rgba[y, x, 3] = np.uint8(cover * 255 + np.float32(0.5))


def fill_labels(pixels, labels, palette, shape, radius_px, smoothing_px):
    """Paint the surface that labeled points make: each pixel gets the color of one label.

    The pixels around vote for their labels, with a Gaussian weight. An occupied pixel has one
    vote, which it splits among the labels of its points. Of labels with equal votes the lowest
    wins. Points without a label vote only where no other point is near.

    pixels : (n,) int, the pixel of each point, as from `points_inside`. labels : (n,) int, 0 to
    k - 1; -1 for none. palette : (k + 1, 3) uint8, the color of each label; the last one is for
    points without a label. shape : (h, w). The others, and the result, are those of `fill`.
    """
    height, width = shape
    starts, pair_labels, shares = _label_shares(pixels, labels, len(palette) - 1, height * width)
    taps = _taps(int(np.ceil(2 * smoothing_px)), smoothing_px)
    winners = np.full(shape, -1, np.int32)
    _chunked(
        lambda rows: _vote(
            starts, pair_labels, shares, taps, len(palette), rows.start,
            winners[rows],
        ),
        height,
    )
    return _fill_nearest(winners, palette, radius_px)


def _fill_nearest(winners, palette, radius_px):
    """Paint each pixel in the color of the nearest one with a winner, (h, w, 4) uint8.

    winners : (h, w) int32, a row of `palette`, (m, 3) uint8; -1 where nothing is.
    """
    height, shape = len(winners), winners.shape
    reach, nearest = int(np.ceil(radius_px + 0.5)), np.full(shape, -1, np.int32)
    _chunked(lambda rows: _nearest_in_rows(winners[rows], reach, nearest[rows]), height)
    rgba = np.zeros((*shape, 4), np.uint8)
    radius = np.float32(radius_px)
    _chunked(
        lambda rows: _paint_nearest(
            winners, nearest, reach, radius, palette, rows.start, rgba[rows]
        ),
        height,
    )
    return rgba


@numba.njit(nogil=True, cache=True)
def _label_shares(pixels, labels, k, n_pixels):
    """Return, per pixel, its labels and the share of its points that have them.

    Those of pixel p stand at ``starts[p]`` to ``starts[p + 1]``.
    """
    ends = np.zeros(n_pixels + 1, np.int64)
    for pixel in pixels:
        ends[pixel + 1] += 1
    for p in range(n_pixels):
        ends[p + 1] += ends[p]
    sorted_labels = np.empty(ends[-1], np.int32)
    place = ends[:-1].copy()
    for i in range(len(pixels)):
        label = labels[i]
        sorted_labels[place[pixels[i]]] = label if 0 <= label < k else k
        place[pixels[i]] += 1
    starts = np.zeros(n_pixels + 1, np.int64)
    shares = np.empty(len(sorted_labels), np.float32)
    count, distinct = np.zeros(k + 1, np.int32), np.empty(k + 1, np.int32)
    n_pairs = 0
    for p in range(n_pixels):
        starts[p] = n_pairs
        n_distinct = 0
        for i in range(ends[p], ends[p + 1]):
            label = sorted_labels[i]
            if count[label] == 0:
                distinct[n_distinct] = label
                n_distinct += 1
            count[label] += 1
        for j in range(n_distinct):
            # There are no more pairs than points: what is overwritten here has been read.
            sorted_labels[n_pairs] = distinct[j]
            shares[n_pairs] = count[distinct[j]] / (ends[p + 1] - ends[p])
            count[distinct[j]] = 0
            n_pairs += 1
    starts[n_pixels] = n_pairs
    return starts, sorted_labels[:n_pairs], shares[:n_pairs]


@numba.njit(nogil=True, cache=True)
def _vote(starts, labels, shares, taps, n_colors, first, winners):
    """Find the label with most votes around each occupied pixel of some rows."""
    height, width = (len(starts) - 1) // winners.shape[1], winners.shape[1]
    reach, none = len(taps) // 2, n_colors - 1
    votes, distinct = np.zeros(n_colors, np.float32), np.empty(n_colors, np.int32)
    for y in range(len(winners)):
        top, bottom = max(0, first + y - reach), min(height, first + y + reach + 1)
        for x in range(width):
            pixel = (first + y) * width + x
            if starts[pixel] == starts[pixel + 1]:
                continue
            n_distinct = 0
            left, right = max(0, x - reach), min(width, x + reach + 1)
            for v in range(top, bottom):
                for u in range(left, right):
                    tap = taps[v - first - y + reach] * taps[u - x + reach]
                    for i in range(starts[v * width + u], starts[v * width + u + 1]):
                        label = labels[i]
                        if votes[label] == 0:
                            distinct[n_distinct] = label
                            n_distinct += 1
                        votes[label] += tap * shares[i]
            winner, most = none, np.float32(0)
            for j in range(n_distinct):
                label, vote = distinct[j], votes[distinct[j]]
                if label != none and (vote > most or (vote == most and label < winner)):
                    winner, most = label, vote
                votes[label] = 0
            winners[y, x] = winner


@numba.njit(nogil=True, cache=True)
def _nearest_in_rows(winners, reach, nearest):
    """Find the column of the nearest occupied pixel within each row, -1 where none is in reach."""
    height, width = winners.shape
    for y in range(height):
        for x in range(width):
            if winners[y, x] < 0:
                continue
            for u in range(max(0, x - reach), min(width, x + reach + 1)):
                if nearest[y, u] < 0 or abs(x - u) < abs(nearest[y, u] - u):
                    nearest[y, u] = x


@numba.njit(nogil=True, cache=True)
def _paint_nearest(winners, nearest, reach, radius, palette, first, rgba):
    """Give the pixels of some rows the color of the nearest occupied pixel."""
    height, width = nearest.shape
    limit = (radius + np.float32(0.5)) ** 2
    squared, row = np.empty(width, np.float32), np.empty(width, np.int32)
    for y in range(len(rgba)):
        squared[:] = limit
        for v in range(max(0, first + y - reach), min(height, first + y + reach + 1)):
            step = np.float32((v - first - y) ** 2)
            for x in range(width):
                if nearest[v, x] >= 0:
                    distance = step + np.float32((nearest[v, x] - x) ** 2)
                    if distance < squared[x]:
                        squared[x], row[x] = distance, v
        for x in range(width):
            if squared[x] < limit:
                winner = winners[row[x], nearest[row[x], x]]
                for c in range(3):
                    rgba[y, x, c] = palette[winner, c]
                cover = min(radius + np.float32(0.5) - np.sqrt(squared[x]), np.float32(1))
                rgba[y, x, 3] = np.uint8(cover * 255 + np.float32(0.5))
