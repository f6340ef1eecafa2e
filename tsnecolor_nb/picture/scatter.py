"""Points drawn one over the other, as an ordinary scatter plot does."""

import numpy as np

from ..arrays.checks import check_count
from .raster import MAX_SIDE
from .still import Picture

_INCH = 80  # pixels


def scatter_plot(xy, colors=None, *, dots=(), cmap="hsv", alpha=0.25, side=480):
    """Draw points one over the other with Matplotlib, as the notebook of 2017 did.

    The last of the points at a pixel covers those below it, and their order says nothing; see
    `show` for pictures that do not depend on it.

    Parameters
    ----------
    xy : (n, 2) array_like of numbers
        Positions of the points.
    colors : (n, 3) uint8, or (n,) array_like of numbers, optional
        sRGB colors, or numbers or labels that get their colors from `cmap`; one blue for all unless
        given.
    dots : (m,) array_like of int
        Rows of points that get a large dot with a black rim above all others.
    cmap : str
        A color map of Matplotlib. By default the hues around the color wheel.
    alpha : float, 0 to 1
        Opacity of a point.
    side : int, 100 to 8,000
        Width and height in pixels.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If an argument does not fit; the message names it.
    """
    from matplotlib import colormaps
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.colors import Normalize
    from matplotlib.figure import Figure

    side = check_count("side", side, 100, MAX_SIDE, "in pixels")
    xy, dots = np.asarray(xy), np.asarray(dots, dtype=int)
    if colors is not None:
        colors = np.asarray(colors)
        if len(colors) != len(xy):
            raise ValueError(f"colors must be one per point, {len(xy):,}, got {len(colors):,}")
        mapped = colors.ndim == 1
        colors = colormaps[cmap](Normalize()(colors))[:, :3] if mapped else colors / 255
    figure = Figure(figsize=(side / _INCH, side / _INCH), dpi=_INCH)
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.scatter(*xy.T, c=colors, s=0.8, marker="s", alpha=alpha, linewidths=0)
    inside = None if colors is None else colors[dots]
    axes.scatter(*xy[dots].T, c=inside, s=30, edgecolors="black", linewidths=2)
    axes.margins(0.02)
    axes.set_axis_off()
    axes.set_aspect("equal")
    canvas.draw()
    return Picture(np.asarray(canvas.buffer_rgba())[..., :3].copy(), "an ordinary scatter plot")
