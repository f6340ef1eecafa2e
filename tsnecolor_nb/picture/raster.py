"""Points to pictures: xy and one color per point become RGBA pixels.

Every pixel gets the mean color of its points, averaged in linear light. From there a filled picture
makes a surface; in the other shadings opacity says how many points lie in a pixel. Aggregating
before coloring is the method of Datashader (https://datashader.org), which does the one pass over
the points.
"""

import numbers

import numpy as np

from ..arrays.checks import check_choice, check_count, check_number, check_range, check_xy
from ..arrays.ranges import square_around, square_of_most
from ..colors.palettes import MISSING, UNSELECTED
from ..colors.spaces import check_srgb8, lin_to_srgb8, pack_srgb8, srgb8_to_lin
from .aggregate import PLAIN, SHADINGS, bands, color_spread, draw, point_sums
from .dots import auto_radius
from .filled import SMOOTHING, darken, draw_filled, draw_labels, filled_radius
from .mixed_pixels import MIXED, columns_for

MAX_SIDE = 8000
MAX_RADIUS = 64
MAX_PIXEL_RATIO = 80  # 8,000 pixels of a map that is 100 CSS pixels wide
_RELIEF_SIDE = 1000  # pixels; density needs no more
_BEHIND = [tuple(map(int, MISSING)), *UNSELECTED.values()]
_BACKGROUNDS = {"white": (255, 255, 255), "black": (0, 0, 0)}


class Raster:
    """A map of colored points that can be drawn at any range and size.

    Parameters
    ----------
    xy : (n, 2) array_like of numbers
        Where each point lies; finite, kept as float32.
    srgb8 : (n, 3) uint8, optional
        One sRGB color per point. Without it all points have one dark color. In a filled picture
        points of the greys `palettes.MISSING` and `UNSELECTED` show only where no others are.
    categorical : bool
        Whether each color stands for a label. A filled picture then shows no mixtures of colors.

    Attributes
    ----------
    extent : (x0, x1, y0, y1) of float
        A square around all points, with a little air.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.
    """

    _behind = _labels = None  # files hold neither

    def __init__(self, xy, srgb8=None, categorical=False):
        import pandas as pd

        # Column by column all that follows is many times as fast as row by row.
        x, y = np.ascontiguousarray(check_xy("xy", xy).T)
        self._points = pd.DataFrame({"x": x, "y": y})
        self.extent = square_around(x, y)
        self.recolor(srgb8, categorical)

    def __repr__(self):
        return f"<{type(self).__name__} of {len(self):,} points>"

    def __len__(self):
        return len(self._points)

    @property
    def mixed_modes(self):
        """What `rgba` takes as `mixed`: "majority" only where colors stand for labels."""
        return (*MIXED, "majority") if self.categorical else MIXED

    @property
    def categorical(self):
        """Whether each color stands for a label."""
        return self._labels is not None

    @property
    def xy(self):
        """Where each point lies, (n, 2) float32."""
        return self._points[["x", "y"]].to_numpy()

    @property
    def srgb8(self):
        """The sRGB color of each point, (n, 3) uint8, or None."""
        return None if self.plain else lin_to_srgb8(self._points[["r", "g", "b"]].to_numpy())

    def colors_of(self, rows, plain=PLAIN):
        """Return the sRGB color of some points, (m, 3) uint8: `plain` if they have no colors.

        rows : (m,) int.
        """
        if self.plain:
            return np.tile(np.uint8(plain), (len(rows), 1))
        return lin_to_srgb8(self._points[["r", "g", "b"]].iloc[rows].to_numpy())

    @property
    def plain(self):
        """Whether all points have the one color of an uncolored map."""
        return "r" not in self._points

    def recolor(self, srgb8, categorical=False):
        """Replace the colors and keep everything else.

        Parameters
        ----------
        srgb8 : (n, 3) uint8 or None
        categorical : bool
            As for the class.

        Raises
        ------
        TypeError, ValueError
            If the colors do not fit; the old ones then stay.
        """
        points = self._points[["x", "y"]].copy(deep=False)
        behind = labels = None
        if srgb8 is not None:
            srgb8 = check_srgb8("srgb8", srgb8, len(points))
            points["r"], points["g"], points["b"] = srgb8_to_lin(srgb8).T
            packed = pack_srgb8(srgb8)
            behind = np.isin(packed, pack_srgb8(np.uint8(_BEHIND)))
            if categorical:
                labels = _labels(packed, srgb8)
        # One assignment: a thread that draws meanwhile sees the old colors or the new, no mixture.
        self._points, self._labels, self._behind = points, labels, behind
        self._columns = {}  # mixed -> the points that columns were made for, and these columns

    def rgba(
        self, x_range=None, y_range=None, width=600, height=600, shading="filled",
        point_size="auto", mixed="auto", pixel_ratio=1, relief=0,
    ):
        """Draw the points that lie in a range.

        Parameters
        ----------
        x_range, y_range : (low, high), optional
            What to draw, in units of ``xy``. Without both, all points at equal aspect.
        width, height : int, 1 to 8,000
            Size of the picture in pixels.
        shading : {"filled", "eq_hist", "log", "count"}
            "filled" makes an opaque surface wherever points are close, so that nothing but color
            is seen; see `filled`. In the others opacity is the number of points: equalized (a pixel
            is as opaque as the share of occupied pixels that hold no more points than it),
            logarithmic, or proportional. Points without colors are never filled but equalized.
        point_size : "auto" or float, 0 to 64
            Radius of a point in pixels; 0 is a single pixel. "auto" lets points grow as they
            become few.
        mixed : {"auto", "mean", "majority", "desaturate", "sample"}
            What a pixel shows where points of different color share it: their mean; the most
            frequent color around, if colors stand for labels and the picture is filled; the mean,
            the greyer the more the colors differ; or the color of one of the points, sampled at
            random in a way that does not depend on the order of the points. "auto" is the majority
            where that can be shown, else the mean.
        pixel_ratio : float, 1 to 80
            Pixels of the picture in a CSS pixel, for lengths that a filled picture keeps.
        relief : float, 0 to 1
            How much darker a filled picture is where most points are, in OKLab lightness.

        Returns
        -------
        (height, width, 4) uint8
            sRGB with straight alpha, row 0 on top, all zero where no point is. A picture of
            8,000 × 8,000 is 256 MB; drawing it takes another 500 MB, for it is done in bands.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit; the message names it.
        """
        width = check_count("width", width, 1, MAX_SIDE)
        height = check_count("height", height, 1, MAX_SIDE)
        check_choice("shading", shading, SHADINGS)
        ratio = check_number("pixel_ratio", pixel_ratio, at_least=1, at_most=MAX_PIXEL_RATIO)
        check_choice("mixed", mixed, self.mixed_modes)
        relief = check_number("relief", relief, at_least=0, at_most=1)
        if shading == "filled" and self.plain:
            shading = "eq_hist"
        filled = shading == "filled"
        if mixed == "majority" and not filled:
            raise ValueError('mixed="majority" needs shading="filled"')
        if mixed == "auto":
            mixed = "majority" if filled and self.categorical else "mean"
        ranges = self._ranges(x_range, y_range, width, height)
        picture = self._draw(ranges, width, height, point_size, shading, mixed, ratio)
        if relief and filled:
            scale = min(1, _RELIEF_SIDE / max(width, height))
            size = max(round(scale * width), 1), max(round(scale * height), 1)
            darken(picture, self._counts(*ranges, *size), relief, ratio * scale)
        return picture

    def _counts(self, x_range, y_range, width, height):
        points = self._points[["x", "y"]]
        return point_sums(points, x_range, y_range, width, height)[0][3]

    def _draw(self, ranges, width, height, point_size, shading, mixed, ratio):
        radius = self._radius(point_size, ranges, width, height)
        if shading != "filled":
            return draw(self._points_for(mixed), ranges, width, height, radius, shading)
        if point_size == "auto":
            radius = ratio * filled_radius(radius / ratio, min(width, height) / ratio)
        # Wider smoothing would blur the borders of small points. One of a single pixel fills it.
        smoothing, radius = min(SMOOTHING * ratio, radius / 2), max(radius, 0.5)
        if mixed == "majority":
            x, y = (self._points[axis].to_numpy() for axis in "xy")
            return draw_labels(x, y, *self._labels, ranges, width, height, radius, smoothing)
        return draw_filled(self._layers(mixed), ranges, width, height, radius, smoothing)

    def _layers(self, mixed):
        """Return the points to draw, and then those that lie behind them, if there are any."""
        points, behind = self._points_for(mixed), self._behind
        if behind is None or not behind.any() or behind.all():
            return [points]
        return [points[~behind], points[behind]]

    def color_spread(self, x_range=None, y_range=None, width=600, height=600, point_size="auto"):
        """Measure how much the colors of the points differ that share a pixel.

        Parameters
        ----------
        x_range, y_range, width, height, point_size
            As for `rgba`.

        Returns
        -------
        (height, width) float32
            Root of the mean square distance of a pixel's colors from their mean, in OKLab (black
            and white are 1 apart); 0 where all are alike, NaN where no point is. Row 0 on top.

        Raises
        ------
        TypeError, ValueError
            If an argument does not fit, or the points have no colors.
        """
        if self.plain:
            raise ValueError("color_spread needs points with colors, and these have none")
        width = check_count("width", width, 1, MAX_SIDE)
        height = check_count("height", height, 1, MAX_SIDE)
        ranges = self._ranges(x_range, y_range, width, height)
        radius = self._radius(point_size, ranges, width, height)
        return color_spread(self._points_for("desaturate"), ranges, width, height, radius)

    def _points_for(self, mixed):
        points = self._points
        if mixed == "mean" or "r" not in points:
            return points
        made_for, made = self._columns.get(mixed, (None, None))
        if made_for is not points:
            made = columns_for(mixed, points)
            self._columns[mixed] = points, made
        return made

    def square(self, x_range=None, y_range=None):
        """Return the ranges of the smallest square that contains two ranges.

        Parameters
        ----------
        x_range, y_range : (low, high), optional
            As for `rgba`.

        Returns
        -------
        x_range, y_range : (low, high) of float
        """
        return fit_aspect(*self._ranges(x_range, y_range, 1, 1), 1, 1)

    def square_of_most(self):
        """Return the square around all points but few that are far from all others.

        Returns
        -------
        x_range, y_range : (low, high) of float
        n_far : int
            How many points are left out; see `arrays.ranges.square_of_most`.
        """
        (x0, x1, y0, y1), far = square_of_most(*self.xy.T)
        return (*(((x0, x1), (y0, y1)) if far.any() else self.square()), int(far.sum()))

    def _ranges(self, x_range, y_range, width, height):
        x0, x1, y0, y1 = self.extent
        if x_range is None and y_range is None:
            return fit_aspect((x0, x1), (y0, y1), width, height)
        x_range = (x0, x1) if x_range is None else check_range("x_range", x_range)
        return x_range, (y0, y1) if y_range is None else check_range("y_range", y_range)

    def _radius(self, point_size, ranges, width, height):
        if isinstance(point_size, str) and point_size == "auto":
            inside = np.ones(len(self), bool)
            for axis, (low, high) in zip("xy", ranges, strict=True):
                inside &= self._points[axis].between(low, high).to_numpy()
            return auto_radius(np.count_nonzero(inside), width, height)
        if isinstance(point_size, numbers.Real) and 0 <= point_size <= MAX_RADIUS:
            return float(point_size)
        raise ValueError(
            f'point_size must be "auto" or a radius of 0 to {MAX_RADIUS} pixels, got {point_size!r}'
        )


def rasterize(xy, srgb8=None, categorical=False, **how):
    """Draw points once; the same as ``Raster(xy, srgb8, categorical).rgba(**how)``.

    Parameters
    ----------
    xy, srgb8, categorical
        As for `Raster`.
    **how
        As for `Raster.rgba`, which has the result and the errors, too.
    """
    return Raster(xy, srgb8, categorical).rgba(**how)


def compose(rgba, background="white"):
    """Lay a picture on a background, as a browser does: in sRGB bytes.

    Parameters
    ----------
    rgba : (h, w, 4) uint8
        sRGB with straight alpha.
    background : "white", "black" or (r, g, b) of 0 to 255
        The color behind.

    Returns
    -------
    (h, w, 3) uint8

    Raises
    ------
    ValueError
        If an argument does not fit.
    """
    rgba = np.asarray(rgba)
    if rgba.dtype != np.uint8 or rgba.ndim != 3 or rgba.shape[2] != 4:
        raise ValueError(
            f"rgba must be uint8 of shape (h, w, 4), got {rgba.dtype} of shape {rgba.shape}"
        )
    behind = np.array(background_srgb8(background), np.uint16)
    picture = np.empty((*rgba.shape[:2], 3), np.uint8)
    for rows in bands(*rgba.shape[:2]):
        alpha = rgba[rows, :, 3:].astype(np.uint16)
        # 255 · 255 + 127 still fits in 16 bits.
        picture[rows] = (rgba[rows, :, :3] * alpha + behind * (255 - alpha) + 127) // 255
    return picture


def background_srgb8(background):
    """Return a background as three integers of 0 to 255; raise a ValueError if it is none."""
    if isinstance(background, str) and background in _BACKGROUNDS:
        return _BACKGROUNDS[background]
    if not isinstance(background, str) and np.shape(background) == (3,):
        color = np.asarray(background)
        if color.dtype.kind in "iu" and color.min() >= 0 and color.max() <= 255:
            return tuple(int(channel) for channel in color)
    raise ValueError(
        f'background must be "white", "black" or three integers of 0 to 255, got {background!r}'
    )


def is_dark(background):
    """Return whether white stands out from a background more than black."""
    return sum(background_srgb8(background)) < 384


def fit_aspect(x_range, y_range, width, height):
    """Enlarge one of two ranges about its middle until both have the same units per pixel."""
    unit = max((x_range[1] - x_range[0]) / width, (y_range[1] - y_range[0]) / height)
    x, y = (x_range[0] + x_range[1]) / 2, (y_range[0] + y_range[1]) / 2
    half_x, half_y = unit * width / 2, unit * height / 2
    return (x - half_x, x + half_x), (y - half_y, y + half_y)


def _labels(packed, srgb8):
    """Return a label per color, int32 (n,), and the palette for `draw_labels`.

    Points behind others have the label -1. Selected points may be grey because they are missing.
    """
    _, rows, labels = np.unique(packed, return_index=True, return_inverse=True)
    palette = srgb8[rows]
    greys = [(palette == grey).all(axis=1) for grey in (*UNSELECTED.values(), MISSING)]
    behind = next((np.flatnonzero(grey)[0] for grey in greys if grey.any()), None)
    labels = labels.astype(np.int32)
    if behind is not None:
        labels[labels == behind] = -1
    return labels, np.vstack([palette, MISSING if behind is None else palette[behind]])
