"""Dots: the size of a drawn point, and how its sums spread over the pixels that it covers."""

import numba
import numpy as np

_COVERED = 0.15  # share of a picture
_LARGEST = 1 / 80  # of the shorter side of a picture


def auto_radius(n, width, height):
    """Return the radius at which n dots that don't overlap would cover 15 % of a picture.

    A float in pixels, as `width` and `height` are; at most 1/80 of the shorter side. It changes
    smoothly with n, so that nothing jumps while one zooms.
    """
    radius = np.sqrt(_COVERED * width * height / (np.pi * max(n, 1)))
    return float(min(radius, _LARGEST * min(width, height)))


def disk(radius):
    """Return how much of each pixel a dot of this radius in pixels covers, with soft edges.

    (2 k + 1, 2 k + 1) float32 with k = ceil(radius): 1 inside, 0 outside, between them along the
    edge; always 1 in the middle.
    """
    reach = int(np.ceil(radius))
    away = np.arange(-reach, reach + 1)
    distance = np.hypot(away[:, None], away)
    cover = np.clip(radius + 0.5 - distance, 0, 1)
    cover[reach, reach] = 1
    # What would round to no opacity at all must not leave a color behind either.
    cover[cover < 1 / 255] = 0
    return cover.astype(np.float32)


def spread(sums, radius):
    """Replace every occupied pixel by a dot; where dots overlap they add.

    Takes and returns (c, h, w) float32: per pixel sums over its points, and the number of points
    last. Sums spread, not colors: so a mean taken afterwards does not depend on the points' order.
    """
    rows, columns = np.nonzero(sums[-1])
    # Channels last while stamping: the sums of a pixel then share a cache line.
    spread_sums = np.zeros((*sums.shape[1:], len(sums)), np.float32)
    _stamp(rows, columns, sums[:, rows, columns].T.copy(), disk(radius), spread_sums)
    return np.moveaxis(spread_sums, -1, 0)


def spread_largest(values, radius):
    """Replace every occupied pixel by a dot; where dots overlap the largest value lies on top.

    Takes and returns (h, w) float64, above 0 where a point is, else 0.
    """
    rows, columns = np.nonzero(values)
    inner, edge = np.zeros_like(values), np.zeros_like(values)
    _stamp_largest(rows, columns, values[rows, columns], disk(radius), inner, edge)
    # The soft edge of one dot must not cut into the middle of another.
    return np.where(inner > 0, inner, edge)


@numba.njit(nogil=True, cache=True)
def _stamp_largest(rows, columns, values, cover, inner, edge):
    height, width = inner.shape
    reach = cover.shape[0] // 2
    for i in range(len(rows)):
        y, x = rows[i], columns[i]
        for v in range(max(0, y - reach), min(height, y + reach + 1)):
            for u in range(max(0, x - reach), min(width, x + reach + 1)):
                weight = cover[v - y + reach, u - x + reach]
                if weight >= 0.5:
                    inner[v, u] = max(inner[v, u], values[i])
                elif weight > 0:
                    edge[v, u] = max(edge[v, u], values[i])


@numba.njit(nogil=True, cache=True)
def _stamp(rows, columns, sums, cover, spread_sums):
    height, width, channels = spread_sums.shape
    reach = cover.shape[0] // 2
    for i in range(len(rows)):
        y, x = rows[i], columns[i]
        for v in range(max(0, y - reach), min(height, y + reach + 1)):
            for u in range(max(0, x - reach), min(width, x + reach + 1)):
                weight = cover[v - y + reach, u - x + reach]
                for c in range(channels):
                    spread_sums[v, u, c] += weight * sums[i, c]
