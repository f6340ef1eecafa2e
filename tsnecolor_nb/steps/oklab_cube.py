"""The perceptual cube: three components become color with one scale, as the eye measures it."""

import numpy as np
from sklearn.utils.validation import check_is_fitted, validate_data

from ..arrays.chunks import map_rows, sample_rows
from ..colors.gamut import EYES, fit_in_gamut, largest_scale, outside
from ..colors.spaces import lin_to_srgb8, oklab_to_lin, oklab_to_srgb8
from ..picture.text import draw_text, shorten
from .pca import FLOATS
from .to_color import LastStep

_SEARCHED, _SCALED, _KEPT = 500, 20_000, 20_000
_GRID, _CELL = 44, 4  # of the legend, in cells and in pixels


class OklabCube(LastStep):
    """Place the first three columns in OKLab, with one scale for all, where most colors fit.

    `RGBCube` stretches each column by itself, so that a narrow component looks as important as a
    wide one, and in RGB equal steps are not equally visible. Here the solid of the points is only
    turned, moved and scaled: points twice as far apart differ twice as much in color. Turn and
    place are those at which it can be largest inside the colors of a screen.

    Parameters
    ----------
    clip : float
        Share of points, 0 to below 0.5, that may lie outside sRGB and are clipped to it.
    chroma : float
        Length of a step along a and b (green to red, blue to yellow) against one along lightness.
        1 is OKLab's own measure. Below it more is said by lightness.
    eyes : {"normal", "worst"}
        For whom the turn is chosen: so that the solid is as large as possible; or so that those
        eyes, of normal and of three color-blind ones, that see least of it still see much.
    n_tries : int
        Random turns from which the search starts.
    rotation : float array of shape (3, 3), optional
        Keep this turn, of an earlier fit for instance, so that colors keep their meaning.
    random_state : int

    Attributes
    ----------
    mean_ : float array of shape (min(d, 3),)
        What lies in the middle: halfway between the 2nd and the 98th percentile.
    matrix_ : float array of shape (3, min(d, 3))
        ``(X - mean_) @ matrix_.T + center_`` are the colors in OKLab.
    center_ : float array of shape (3,)
        The color in the middle.
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

    def fit(self, X, y=None):
        """Learn turn, place and scale from `X`, float (n, d)."""
        self._check_parameters()
        X = validate_data(self, X, dtype=FLOATS)
        rows = sample_rows(len(X), _SCALED, self.random_state)
        sample = X[rows, :3].astype(np.float64)
        self.mean_ = np.quantile(sample, [0.02, 0.98], axis=0).mean(axis=0)
        solid = np.zeros((len(sample), 3), np.float32)
        solid[:, : sample.shape[1]] = sample - self.mean_
        unit = np.abs(solid).max() or 1.0
        solid /= np.float32(unit)
        few = sample_rows(len(solid), _SEARCHED, self.random_state)
        turn, center = fit_in_gamut(
            solid[few], self.clip, chroma=self.chroma, eyes=self.eyes, n_tries=self.n_tries,
            rotation=self.rotation, seed=self.random_state,
        )
        # A search on few points finds a place that suits these; the scale must suit all.
        _, scale = largest_scale(solid, turn[None], center[None], self.clip, self.chroma)
        self.rotation_, self.center_, self.scale_ = turn, center, scale[0] / unit
        stretch = self.scale_ * np.array([1, self.chroma, self.chroma])
        self.matrix_ = (stretch[:, None] * self.rotation_)[:, : sample.shape[1]]
        self.clipped_share_ = float(map_rows(lambda part: outside(self._oklab(part)), X).mean())
        self._sample = X[sample_rows(len(X), _KEPT, self.random_state), :3]
        return self

    def _check_parameters(self):
        if not 0 <= self.clip < 0.5:
            raise ValueError(f"clip must be at least 0 and below 0.5, got {self.clip!r}")
        if not 0 < self.chroma <= 4:
            raise ValueError(f"chroma must be above 0 and at most 4, got {self.chroma!r}")
        if self.eyes not in EYES:
            raise ValueError(f"eyes must be one of {EYES}, got {self.eyes!r}")
        if self.n_tries < 1:
            raise ValueError(f"n_tries must be at least 1, got {self.n_tries!r}")
        if self.rotation is not None:
            turn = np.asarray(self.rotation)
            if turn.shape != (3, 3) or not np.allclose(turn @ turn.T, np.eye(3), atol=1e-4):
                raise ValueError("rotation must be an orthogonal matrix of shape (3, 3)")

    def _oklab(self, rows):
        m = len(self.mean_)
        matrix, center = self.matrix_.T.astype(rows.dtype), self.center_.astype(rows.dtype)
        return (rows[:, :m] - self.mean_.astype(rows.dtype)) @ matrix + center

    def transform(self, X):
        """Return colors, uint8 (n, 3); those outside sRGB are clipped."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=FLOATS, reset=False)
        return map_rows(lambda rows: oklab_to_srgb8(self._oklab(rows)), X)

    def legend_slices(self):
        """Draw three slices of the solid, filled with the colors of the points that lie there.

        The first column runs to the right and the second upward; the slices are the lowest, the
        middle and the highest third of the points by the third column. What no point has is white.

        Returns
        -------
        Picture
        """
        from ..picture.still import Picture

        check_is_fitted(self)
        values = np.zeros((len(self._sample), 3))
        values[:, : self._sample.shape[1]] = self._sample
        lin = np.clip(oklab_to_lin(self._oklab(self._sample)), 0, 1)
        low, high = np.quantile(values[:, :2], [0.002, 0.998], axis=0)
        half = max((high - low).max() / 2, 1e-12)
        cell = np.floor((values[:, :2] - (low + high) / 2 + half) / (2 * half) * _GRID).astype(int)
        inside = ((cell >= 0) & (cell < _GRID)).all(axis=1)
        third = np.searchsorted(np.quantile(values[:, 2], [1 / 3, 2 / 3]), values[:, 2])
        names = ["low", "middle", "high"] if np.ptp(values[:, 2]) > 0 else [None]
        slices = []
        for place in range(len(names)):
            here = inside & (third == place)
            slices.append(_slice(cell[here], lin[here]))
        return Picture(_captioned(slices, names), "three slices of the solid of colors")


def _slice(cell, lin):
    """Return a square whose cells have the mean color of the points in them, uint8 (h, h, 3)."""
    where = (_GRID - 1 - cell[:, 1]) * _GRID + cell[:, 0]
    count = np.bincount(where, minlength=_GRID**2)
    sums = [np.bincount(where, channel, _GRID**2) for channel in lin.T]
    srgb8 = lin_to_srgb8(np.stack(sums, axis=1) / np.maximum(count, 1)[:, None])
    srgb8[count == 0] = 255
    return srgb8.reshape(_GRID, _GRID, 3).repeat(_CELL, axis=0).repeat(_CELL, axis=1)


def _captioned(slices, names):
    """Return slices side by side, with what runs where below them, uint8 (h, w, 3)."""
    from PIL import Image, ImageDraw

    side, line, gap = _GRID * _CELL, 20, 8
    sheet = Image.new("RGB", (len(slices) * (side + gap), side + 2 * line), "white")
    draw, ink = ImageDraw.Draw(sheet), (70, 70, 70)
    for k, (square, name) in enumerate(zip(slices, names, strict=True)):
        left = k * (side + gap)
        sheet.paste(Image.fromarray(square), (left, 0))
        draw.rectangle((left, 0, left + side - 1, side - 1), outline=(220, 220, 220))
        if name is not None:
            caption = shorten(f"third: {name}", side - 2)
            draw_text(draw, (left + 2, side + 2), caption, fill=ink)
    rule = "to the right: first component; upward: second"
    draw_text(draw, (2, side + line), rule, fill=ink)
    return np.asarray(sheet)
