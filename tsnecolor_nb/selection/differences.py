"""The surroundings of a selection on the map, and directions of X in which two groups differ."""

from dataclasses import dataclass, field

import numpy as np

from ..arrays.checks import check_choice
from ..arrays.chunks import sample_rows
from ..picture.thumbs import as_thumb
from ..steps.pca import pca_of

_SAMPLE = 20_000  # means and deviations of more points would not differ visibly
_FEWEST = 50
_TOP = 6
_Z = 1.959964  # of a normal distribution, within which 95 % lie


@dataclass(frozen=True, eq=False)
class Difference:
    """One direction in which a selection differs from its surroundings, or from other points.

    `effect` is Cohen's d: the difference of the means in pooled standard deviations, positive where
    the selection lies higher; `interval` is its 95 % confidence interval. `pictures`, (h, w, 3)
    uint8, are decoded: away from the selection, between both, and toward it, two deviations apart.
    Without a decoder there are none, and `loadings` holds the largest weights of a component.
    """

    name: str
    effect: float
    interval: tuple[float, float]
    pictures: tuple[np.ndarray, ...] = field(default=(), repr=False)
    loadings: tuple[tuple[str, float], ...] = field(default=(), repr=False)


def surroundings(xy, rows, *, seed=0):
    """Return the rows outside a selection that are nearest to it on the map, (j,) int ascending.

    As many as are selected, but 50 to 20,000 where there are so many outside. A selection of more
    than 20,000 points is represented by a sample.
    """
    from scipy.spatial import cKDTree

    outside = np.ones(len(xy), dtype=bool)
    outside[rows] = False
    outside = np.flatnonzero(outside)
    size = min(max(len(rows), _FEWEST), _SAMPLE)
    if len(outside) <= size:
        return outside
    inside = xy[rows[sample_rows(len(rows), _SAMPLE, seed)]]
    tree = cKDTree(inside, balanced_tree=False, compact_nodes=False)
    # With an upper bound of the distance the search skips most of the map.
    bound = _upper_bound(inside, xy[outside], size)
    distance, _ = tree.query(xy[outside], distance_upper_bound=bound, workers=-1)
    return np.sort(outside[np.argpartition(distance, size - 1)[:size]])


def _upper_bound(inside, outside, size):
    """Return a distance from the selection within which at least `size` other points lie."""
    center = inside.mean(axis=0)
    away = np.linalg.norm(outside - center, axis=1)
    nearest = np.linalg.norm(inside - center, axis=1).min()
    return float(np.partition(away, size - 1)[size - 1] + nearest) * 1.001 + 1e-6


def differences(embedding, rows, around, *, basis="components", top=_TOP, seed=0):
    """Return the `top` differences of a selection from other points, largest effect first.

    `rows` (m,) are compared with the rows `around` (j,), none of them in `rows`, along each
    direction of the `basis`, "components" or "dimensions". The tuple is empty if one of the two
    holds fewer than two complete points.
    """
    check_choice("basis", basis, ("components", "dimensions"))
    rows, around = embedding.known(rows), embedding.known(around)
    if len(rows) < 2 or len(around) < 2:
        return ()
    X = embedding.X
    inside, outside = (
        X[side[sample_rows(len(side), _SAMPLE, seed)]] for side in (rows, around)
    )
    d = X.shape[1]
    axes = np.eye(d, dtype=np.float32)
    if basis == "components":
        axes = pca_of(embedding).components_.astype(np.float32)
    middle = (inside.mean(axis=0) + outside.mean(axis=0)) / 2
    effect, interval, gap, pooled = effects(
        *((points - middle) @ axes.T for points in (inside, outside))
    )
    order = np.argsort(-np.abs(effect), kind="stable")[:top]
    first = 1 if basis == "components" else 0
    return tuple(
        Difference(
            f"{basis.removesuffix('s')} {j + first}", float(effect[j]),
            tuple(interval[:, j].tolist()),
            **_looks(embedding, middle, axes[j] * np.sign(gap[j]), pooled[j] or abs(gap[j]), basis),
        )
        for j in order
    )


def effects(inside, outside):
    """Return Cohen's d of each column of two groups, and its 95 % confidence interval.

    Parameters
    ----------
    inside, outside : (m, k) and (j, k) float
        Two rows at least each, independent of each other.

    Returns
    -------
    effect : (k,) float64
        Difference of the means in pooled deviations, of the mean of both variances; infinite where
        means differ and nothing varies.
    interval : (2, k) float64
        Lower and upper end.
    gap, pooled : (k,) float64
        The difference, and the deviation.

    Notes
    -----
    The interval is that of D. G. Bonett, "Confidence intervals for standardized linear contrasts of
    means", Psychological Methods 13 (2008), for groups of any size and variance, with the moments
    of the data in place of those of a normal distribution (delta method).
    """
    sizes = len(inside), len(outside)
    moments = [_central_moments(np.asarray(side)) for side in (inside, outside)]
    gap = moments[0][0] - moments[1][0]
    variances = (second * n / (n - 1) for n, (_, second, *_) in zip(sizes, moments, strict=True))
    pooled = np.sqrt(sum(variances) / 2)
    varies = pooled > 1e-6 * pooled.max()
    apart = np.where(np.abs(gap) > 1e-6 * np.abs(gap).max(), np.copysign(np.inf, gap), 0)
    effect = np.divide(gap, pooled, out=apart, where=varies)
    variance = np.zeros(len(gap))
    d, unit = np.where(varies, effect, 0), np.where(varies, pooled, 1)
    for n, (_, second, third, fourth), sign in zip(sizes, moments, (1, -1), strict=True):
        second, third, fourth = second / unit**2, third / unit**3, fourth / unit**4
        # Each point moves the effect by sign · away - d / 4 · away²; this is its variance.
        moved = second - sign * d / 2 * third + d**2 / 16 * (fourth - second**2)
        variance += moved / (n - 1)
    half = np.where(varies, _Z * np.sqrt(variance), 0)
    return effect, np.stack([effect - half, effect + half]), gap, pooled


def _central_moments(points):
    """Return the mean and the second to fourth central moments of each column, (4, k) float64."""
    moments = np.empty((4, points.shape[1]))
    for column, values in zip(moments.T, points.T, strict=True):
        column[0] = values.mean(dtype=np.float64)
        away = values - column[0]
        squared = away**2
        column[1:] = squared.mean(), (squared * away).mean(), (squared**2).mean()
    return moments


def _looks(embedding, middle, direction, deviation, basis):
    if embedding.decode is not None:
        walk = middle + np.array([[-2], [0], [2]]) * deviation * direction
        return {"pictures": tuple(map(as_thumb, embedding.decode(walk.astype(np.float32))))}
    if basis == "dimensions":
        return {}
    largest = np.argsort(-np.abs(direction), kind="stable")[:3]
    return {"loadings": tuple((f"dimension {i}", float(direction[i])) for i in largest)}
