"""Rotate, move and scale a solid of points such that it fills sRGB's gamut."""

from typing import NamedTuple

import numpy as np

from .spaces import oklab_to_lin
from .vision import as_perceived

_MIDDLE = (0.65, 0.0, 0.0)
_TOLERANCE = 1e-3  # of linear light; less than a byte
_HALVINGS = 8  # of the chroma
_ROTATE, _MOVE = 0.25, np.array([0.06, 0.04, 0.04])
_ROUNDS, _KEPT, _NEAR, _SHRINK = 16, 6, 10, 0.83
_NEAR_CENTER = 3  # fewer tries suffice where only the center is searched


class Fits(NamedTuple):
    """Rotations and centers of solids in OKLab, best first: those with the largest `value`."""

    rotation: np.ndarray  # (m, 3, 3) float, orthogonal; may also flip
    center: np.ndarray  # (m, 3) float
    value: np.ndarray  # (m,) float


def outside(oklab):
    """Return which colors, float (..., 3), lie outside sRGB's gamut, bool (...)."""
    lin = oklab_to_lin(oklab)
    return ((lin < -_TOLERANCE) | (lin > 1 + _TOLERANCE)).any(axis=-1)


def with_less_chroma(oklab):
    """Return colors, float (n, 3), with chroma reduced where they lie outside sRGB's gamut."""
    fitted, rows = oklab.copy(), np.flatnonzero(outside(oklab))
    lightness, ab = oklab[rows, :1], oklab[rows, 1:]
    low, high = np.zeros_like(lightness), np.ones_like(lightness)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        too_far = outside(np.hstack([lightness, middle * ab]))[:, None]
        low, high = np.where(too_far, low, middle), np.where(too_far, middle, high)
    fitted[rows, 1:] = low * ab
    return fitted


def fit_in_gamut(points, clip, *, chroma=1.0, eyes="normal", n_tries=256, rotation=None, seed=0):
    """Search the rotation and the center with which a solid can be largest inside sRGB's gamut.

    Seeded random rotations and flips about a middle grey are tried; around the best of them,
    smaller and smaller changes of rotation and center.

    points : (n, 3) float32, about the origin. clip : share of them that may lie outside. chroma :
    length of a step along a and b against one along lightness. eyes : what is made as large as
    possible: the scale, for "normal"; or for "worst" the spread of colors as perceived by those
    eyes, of normal and of three color-blind ones, that see least of it. n_tries : rotations at the
    beginning. rotation : (3, 3) float, which is kept; then the center alone is searched.

    Returns the rotation, (3, 3) float, orthogonal, which may also flip; and the center, (3,) float,
    the OKLab color of the origin.
    """
    rng = np.random.default_rng(seed)
    if rotation is None:
        rotations = _orthogonal(rng.normal(size=(n_tries, 3, 3)))
    else:
        rotations = np.asarray(rotation)[None]
    best = _tried(points, rotations, np.tile(_MIDDLE, (len(rotations), 1)), clip, chroma, eyes)
    near = _NEAR if rotation is None else _NEAR_CENTER
    for step in range(_ROUNDS):
        size = _SHRINK**step
        rotations = np.repeat(best.rotation, near, axis=0)
        if rotation is None:
            rotations = _orthogonal(rotations + rng.normal(0, size * _ROTATE, rotations.shape))
        centers = np.repeat(best.center, near, axis=0)
        centers = centers + rng.normal(0, size, centers.shape) * _MOVE
        best = _merged(best, _tried(points, rotations, centers, clip, chroma, eyes))
    return best.rotation[0], best.center[0]


def largest_scale(points, rotations, centers, clip, chroma=1.0):
    """Return how large a solid can be with m rotations (m, 3, 3) and centers (m, 3).

    points : (n, 3) float32. clip, chroma : as for `fit_in_gamut`. Returns the points rotated and
    stretched, not scaled, (m, n, 3) float32, and the scales, (m,).
    """
    stretched = np.array(rotations) * np.array([1, chroma, chroma])[:, None]
    placed = np.einsum("mij,nj->mni", stretched.astype(np.float32), points)
    # No color is further from another than 1.2, so at this scale too many lie outside for sure.
    reach = np.quantile(np.linalg.norm(placed, axis=2), 1 - clip, axis=1)
    low, high = np.zeros(len(placed)), 1.2 / np.where(reach > 0, reach, 1)
    # So fine that two rotations do not tie: a rounding error must not lead the search elsewhere.
    for _ in range(18):
        middle = (low + high) / 2
        too_large = outside(_at(placed, centers, middle)).mean(axis=1) > clip
        low, high = np.where(too_large, low, middle), np.where(too_large, middle, high)
    return placed, low


def _tried(points, rotations, centers, clip, chroma, eyes):
    placed, scale = largest_scale(points, rotations, centers, clip, chroma)
    value = scale if eyes == "normal" else _least_spread(_at(placed, centers, scale))
    return _merged(Fits(rotations, centers, value))


def _merged(*fits):
    """Return the best of all, best first."""
    together = [np.concatenate(arrays) for arrays in zip(*fits, strict=True)]
    best = np.argsort(-together[-1], kind="stable")[:_KEPT]
    return Fits(*(array[best] for array in together))


def _least_spread(oklab):
    """Return, per solid, the deviation of its colors for the eyes that see least of it, (m,)."""
    perceived = as_perceived(np.clip(oklab_to_lin(oklab), 0, 1), "worst")
    return np.min([colors.var(axis=1).sum(axis=1) for colors in perceived], axis=0) ** 0.5


def _at(placed, centers, scale):
    return placed * scale[:, None, None].astype(np.float32) + centers[:, None].astype(np.float32)


def _orthogonal(matrices):
    q, r = np.linalg.qr(matrices)
    # The signs make the decomposition unique, so that what is near a rotation stays near it.
    return q * np.sign(np.diagonal(r, axis1=1, axis2=2))[:, None, :]
