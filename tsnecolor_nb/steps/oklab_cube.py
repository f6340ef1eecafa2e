"""The perceptual cube: three components become color with one scale, in a perceptual space."""

import numpy as np

from ..arrays.checks import check_choice, check_count, check_number
from ..arrays.chunks import map_rows, sample_rows
from ..colors.gamut import fit_in_gamut, largest_scale, outside
from ..colors.spaces import oklab_to_srgb8
from ..colors.vision import EYES
from .base import ColorStep

_SEARCH_ROWS, _SCALE_ROWS = 500, 20_000


class OklabCube(ColorStep):
    """Map the first three columns to OKLab with one scale for all.

    `RGBCube` stretches each column by itself, so that a narrow component looks as important as a
    wide one, and in RGB equal differences are not equally visible. Here the point cloud is only
    rotated, moved and scaled: points twice as far apart differ twice as much in color. Rotation
    and center are those that allow the largest scale inside the sRGB gamut.

    Parameters
    ----------
    clip : float
        Share of points, 0 to below 0.5, that may lie outside sRGB and are clipped to it.
    chroma : float
        Scale along a and b (green to red, blue to yellow) relative to that along lightness, above
        0 and at most 4. 1 is OKLab's own; below it lightness differs more.
    eyes : {"normal", "worst"}
        What the rotation maximizes: the scale; or the least contrast that normal and three kinds
        of color-blind eyes see.
    n_tries : int
        Random rotations from which the search starts.
    rotation : float array of shape (3, 3), optional
        Such as that of an earlier fit, so that colors keep their meaning.
    random_state : int

    Attributes
    ----------
    mean_ : float array of shape (min(d, 3),)
        The point with the color `center_`: midway between the 2nd and the 98th percentile.
    matrix_ : float array of shape (3, min(d, 3))
        ``(X - mean_) @ matrix_.T + center_`` are the colors in OKLab.
    center_ : float array of shape (3,)
    rotation_ : float array of shape (3, 3)
        Orthogonal; it may flip an axis.
    scale_ : float
        Lightness (0 to 1) per unit of X.
    clipped_share_ : float
        Share of the points of `fit` whose color lay outside sRGB.

    References
    ----------
    B. Ottosson, "A perceptual color space for image processing" (2020). H. Brettel, F. Viénot and
    J. Mollon, "Computerized simulation of color appearance for dichromats" (1997), for `eyes`.
    """

    def __init__(
        self, clip=0.02, *, chroma=1.0, eyes="normal", n_tries=256, rotation=None, random_state=0
    ):
        self.clip = clip
        self.chroma = chroma
        self.eyes = eyes
        self.n_tries = n_tries
        self.rotation = rotation
        self.random_state = random_state

    def _learn(self, X):
        self._check_parameters()
        rows = sample_rows(len(X), _SCALE_ROWS, self.random_state)
        sample = X[rows, :3].astype(np.float64)
        self.mean_ = np.quantile(sample, [0.02, 0.98], axis=0).mean(axis=0)
        solid = np.zeros((len(sample), 3), np.float32)
        solid[:, : sample.shape[1]] = sample - self.mean_
        unit = np.abs(solid).max() or 1.0
        solid /= np.float32(unit)
        searched = sample_rows(len(solid), _SEARCH_ROWS, self.random_state)
        rotation, center = fit_in_gamut(
            solid[searched], self.clip, chroma=self.chroma, eyes=self.eyes, n_tries=self.n_tries,
            rotation=self.rotation, seed=self.random_state,
        )
        # The search fits a small sample; the scale must fit a much larger one.
        _, scale = largest_scale(solid, rotation[None], center[None], self.clip, self.chroma)
        self.rotation_, self.center_, self.scale_ = rotation, center, scale[0] / unit
        stretch = self.scale_ * np.array([1, self.chroma, self.chroma])
        self.matrix_ = (stretch[:, None] * self.rotation_)[:, : sample.shape[1]]
        self.clipped_share_ = float(map_rows(lambda rows: outside(self._oklab(rows)), X).mean())

    def _check_parameters(self):
        check_number("clip", self.clip, at_least=0, below=0.5)
        check_number("chroma", self.chroma, above=0, at_most=4)
        check_choice("eyes", self.eyes, EYES)
        check_count("n_tries", self.n_tries, 1)
        if self.rotation is not None:
            matrix = np.asarray(self.rotation)
            if matrix.shape != (3, 3) or not np.allclose(matrix @ matrix.T, np.eye(3), atol=1e-4):
                raise ValueError("rotation must be an orthogonal matrix of shape (3, 3)")

    def _oklab(self, rows):
        m = len(self.mean_)
        matrix, center = self.matrix_.T.astype(rows.dtype), self.center_.astype(rows.dtype)
        return (rows[:, :m] - self.mean_.astype(rows.dtype)) @ matrix + center

    def _row_function(self, dtype):
        return lambda rows: oklab_to_srgb8(self._oklab(rows))
