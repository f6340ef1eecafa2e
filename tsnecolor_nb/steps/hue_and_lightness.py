"""Hue from a plane of values, lightness from one value more.

The eye resolves color coarsely and lightness finely. So what changes slowly over a map belongs
into hue and chroma, and what changes from point to point into lightness.
"""

from copy import copy

import numpy as np

from ..arrays.checks import check_choice, check_number
from ..colors.gamut import with_less_chroma
from ..colors.spaces import oklab_to_srgb8, srgb8_to_oklab
from ..colors.vision import EYES
from .base import ColorStep
from .ica import nearest_rotation

_MIDDLE = 0.66  # OKLab lightness with the most room for chroma, all hues considered
_BEYOND = 1.15  # of the span: lightness ends there
_REACH = 98  # percentile of the points
_TINY = np.float32(1e-20)


class HueAndLightness(ColorStep):
    """Color by the last column's lightness, and by hue and chroma of the columns before it.

    The two main axes of the columns before the last are those of OKLab's a and b (green to red,
    blue to yellow): the direction from the median gives hue, the square root of the distance
    chroma. So points that fill a disc evenly fill all chromas evenly, and few are grey. A color
    outside sRGB keeps lightness and hue, and loses chroma.

    Parameters
    ----------
    chroma : float
        OKLab chroma at the 98th percentile of the distances, above 0 and at most 0.4.
    span : float
        Lightness above and below the middle that the 98th percentile of the last column's
        distances from the median gets, 0 to 0.3.
    eyes : {"normal", "worst"}
        Whether the main axis goes from green to red, or from blue to yellow, which eyes that
        confuse green and red tell apart.

    Attributes
    ----------
    center_ : float array of shape (d,)
        The medians, which are shown as a middle grey.
    plane_ : float array of shape (2, d - 1)
        ``(X - center_)[:, :-1] @ plane_.T`` is the place in the plane, with the 98th percentile of
        the distances at 1.
    scale_ : float
        Lightness (0 to 1) per unit of the last column.

    References
    ----------
    B. Ottosson, "A perceptual color space for image processing" (2020).
    """

    channel_names = "hue", "chroma", "lightness"

    def __init__(self, chroma=0.28, *, span=0.26, eyes="normal"):
        self.chroma = chroma
        self.span = span
        self.eyes = eyes

    def _learn(self, X):
        check_number("chroma", self.chroma, above=0, at_most=0.4)
        check_number("span", self.span, at_least=0, at_most=0.3)
        check_choice("eyes", self.eyes, EYES)
        self.center_ = np.median(X, axis=0).astype(np.float64)
        away = X - self.center_
        axes = _main_axes(away[:, :-1])
        self.plane_ = axes if self.eyes == "normal" else axes[::-1]
        reach = np.percentile(np.linalg.norm(away[:, :-1] @ axes.T, axis=1), _REACH)
        self.plane_ = self.plane_ / (reach or 1)
        self.scale_ = self.span / (np.percentile(np.abs(away[:, -1]), _REACH) or 1)

    def aligned(self, before, after):
        """Return a step with hues and lightness turned from colors `after` to `before`.

        Both are colors of the same points.
        """
        before, after = (srgb8_to_oklab(v).astype(np.float64) for v in (before, after))
        products = (before - before.mean(axis=0)).T @ (after - after.mean(axis=0))
        lightness, products = products[0, 0], products[1:, 1:]
        if self.eyes == "normal":
            turn = nearest_rotation(products)
        else:
            turn = np.diag(np.where(np.diag(products) < 0, -1, 1))
        step = copy(self)
        step.plane_ = turn @ self.plane_
        step.scale_ = -self.scale_ if lightness < 0 else self.scale_
        return step

    def places(self, rows):
        """Return a, b and the lightness above the middle, float (m, 3), not brought into sRGB."""
        away = rows - self.center_.astype(rows.dtype)
        ab = away[:, :-1] @ self.plane_.T.astype(rows.dtype)
        distance = np.linalg.norm(ab, axis=1, keepdims=True)
        ab *= rows.dtype.type(self.chroma) / np.sqrt(np.maximum(distance, _TINY))
        return np.hstack([ab, rows.dtype.type(self.scale_) * away[:, -1:]])

    def _row_function(self, dtype):
        return lambda rows: self.colors(self.places(rows))

    def colors(self, places):
        """Return the sRGB colors, uint8 (m, 3), of `places`."""
        end = _BEYOND * self.span
        lightness = _MIDDLE + np.clip(places[:, 2:], -end, end)
        return oklab_to_srgb8(with_less_chroma(np.hstack([lightness, places[:, :2]])))


def _main_axes(values):
    """Return the two directions in which centered values (n, d) vary most, float64 (2, d)."""
    axes = np.zeros((2, values.shape[1]))
    if not axes.size:
        return axes
    main = np.linalg.eigh(values.T @ values)[1].T[::-1][:2]
    # Signs that depend on the axes alone.
    main *= np.sign(main[np.arange(len(main)), np.abs(main).argmax(axis=1)])[:, None]
    axes[: len(main)] = main
    return axes
