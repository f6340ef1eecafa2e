"""What is asked of a picture as an eye sees it: near, far, and regions. Prepared once per window.

A spot is a disk of 2 pixels around an occupied pixel. It has the mean color of the seen picture
there, and in X the mean of its points. What does not depend on the picture is computed here.
"""

from dataclasses import dataclass

import numba
import numpy as np
from scipy.spatial.distance import cdist

from . import spots

TAU = 0.01
"""A difference that an eye can't tell, in OKLab with a and b doubled."""

SPOT = 2  # radius in pixels
NEAR = (5, 14)  # pixels between an anchor and the spots that it is compared with
N_PAIRS = 30  # most pairs of an anchor
OF_COLUMN = "regions of the column"
N_REGIONS = 12  # about as many as there are names of colors
_NEAREST = 0.05  # share of the spots anywhere in the window that count as near, or as alike


@dataclass(frozen=True, eq=False)
class Questions:
    """Spots of a window, and what is known of them in X."""

    pixels: np.ndarray  # (s,) int, of the spots
    near: spots.Pairs  # of spots equally far from the anchor
    anywhere: np.ndarray  # (f,) int, random spots
    ranks: np.ndarray  # (a, f - a) float32, 0..1: how far the others are from the first a, in X
    clusters: np.ndarray  # (f,) int, in X
    labels: np.ndarray | None  # (f,) int, in a column of metadata

    def colors(self, picture):
        """Return the mean of a seen picture, (h, w, c), in each spot: float32 (s, c)."""
        grid = np.arange(spots.SIDE**2).reshape(spots.SIDE, -1)
        every = np.ones(grid.size, np.float32)
        return _spot_means(picture.reshape(len(every), -1), every, grid, self.pixels)

    def far_and_regions(self, colors):
        """Yield the other questions and their answers, 0 for chance and 1 for perfect."""
        from sklearn.metrics import adjusted_mutual_info_score

        if len(self.ranks):
            precision, recall = self._far(colors)
            yield "precision", {"normal": precision}
            yield "recall", {"normal": recall}
        segments = _clusters(np.round(colors[self.anywhere] / TAU))
        yield "regions", {"normal": adjusted_mutual_info_score(self.clusters, segments)}
        if self.labels is not None:
            yield OF_COLUMN, {"normal": adjusted_mutual_info_score(self.labels, segments)}

    def _far(self, colors):
        """Return precision and recall of color.

        Precision: how near in X is the twentieth of the spots that looks most like an anchor?
        Recall: how alike looks the twentieth that is nearest to it in X? Both by mean rank.
        """
        first, others = np.split(colors[self.anywhere], [len(self.ranks)])
        steps = np.floor(cdist(first, others) / TAU)
        # Among spots that look the same the order is left to chance.
        order = np.argsort(steps + np.random.default_rng(0).random(steps.shape), axis=1)
        alike = np.empty_like(self.ranks)
        np.put_along_axis(alike, order, _shares(len(others))[None], axis=1)
        k = max(1, round(_NEAREST * len(others)))
        nearest = np.argpartition(self.ranks, k - 1, axis=1)[:, :k]
        best = k / len(others) / 2
        return [
            (0.5 - np.take_along_axis(ranks, rows, axis=1).mean()) / (0.5 - best)
            for ranks, rows in ((self.ranks, order[:, :k]), (alike, nearest))
        ]


def window_questions(X, labels, window, n_far, rng):
    """Return the `Questions` of a window, with at most `n_far` random spots.

    labels : (n,) int or None. A spot has that of one of its points.
    """
    occupied, anchors = window.occupied, window.near.anchors
    near = spots.pair_up(anchors, *spots.near_pixels(occupied, anchors, rng, NEAR[1], NEAR[0]))
    near = near.at_most(N_PAIRS, rng)
    anywhere = rng.permutation(len(occupied))[:n_far]
    used = np.unique(np.concatenate([anchors, near.first, near.second, anywhere]))
    counts = np.bincount(window.spots).astype(np.float32)
    grid = spots.pixel_grid(occupied, 0)
    means = _spot_means(window.means(X), counts, grid, occupied[used])
    near, anywhere = near.among(used).signed(means), np.searchsorted(used, anywhere)
    first, others = np.split(means[anywhere], [len(anywhere) // 3])
    ranks = np.empty((len(first), len(others)), np.float32)
    order = np.argsort(cdist(first, others), axis=1)
    np.put_along_axis(ranks, order, _shares(len(others))[None], axis=1)
    if labels is not None:
        one_point = np.unique(window.spots, return_index=True)[1]
        labels = labels[window.rows[one_point[used[anywhere]]]]
    return Questions(occupied[used], near, anywhere, ranks, _clusters(means[anywhere]), labels)


def _shares(n):
    return ((np.arange(n) + 0.5) / n).astype(np.float32)


def _clusters(values):
    """Return which of at most 12 k-means clusters each row belongs to."""
    from sklearn.cluster import KMeans

    n_distinct = len(np.unique(values, axis=0))
    return KMeans(min(N_REGIONS, n_distinct), n_init=4, random_state=0).fit_predict(values)


def _spot_means(values, weights, grid, pixels):
    """Return the weighted mean of `values`, (m, c), in the disk around each pixel, float32.

    grid : (h, w) int, a row of `values` for each pixel or -1.
    """
    means = np.zeros((len(pixels), values.shape[1]), np.float32)
    _add_up_disks(values, weights, grid, pixels, *spots.disk(SPOT), means)
    return means


@numba.njit(cache=True, nogil=True)
def _add_up_disks(values, weights, grid, pixels, dy, dx, means):
    height, width = grid.shape
    for s in range(len(pixels)):
        y, x, total = pixels[s] // width, pixels[s] % width, np.float32(0)
        for k in range(len(dy)):
            v, u = y + dy[k], x + dx[k]
            if 0 <= v < height and 0 <= u < width and grid[v, u] >= 0:
                row = grid[v, u]
                total += weights[row]
                for c in range(values.shape[1]):
                    means[s, c] += weights[row] * values[row, c]
        means[s] /= total
