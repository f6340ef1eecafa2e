"""The ordinary scatter plot."""

import numpy as np
import pytest

from tsnecolor_nb import scatter_plot

XY = np.random.default_rng(0).normal(size=(500, 2))


def test_the_last_point_covers_the_first():
    """Two points at one place show the color of the later one where they are opaque."""
    xy = np.array([[0, 0], [1, 1], [0.5, 0.5], [0.5, 0.5]])
    red, blue = [255, 0, 0], [0, 0, 255]
    colors = np.uint8([red, red, red, blue])
    pixels = scatter_plot(xy, colors, alpha=1, side=101).pixels
    assert (pixels[48:53, 48:53, 2] > pixels[48:53, 48:53, 0]).any()
    assert not (pixels[48:53, 48:53, 0] > pixels[48:53, 48:53, 2]).any()


def test_numbers_get_the_colors_of_the_map():
    """The lowest and the highest number get both ends of the color map."""
    xy = np.array([[0, 0], [1, 0]])
    pixels = scatter_plot(xy, [0, 1], dots=[0, 1], cmap="gray", side=200).pixels
    left, right = pixels[:, :100], pixels[:, 100:]
    assert (left == 0).all(axis=2).sum() > (right == 0).all(axis=2).sum()


def test_dots_stand_above_the_points():
    """A dot has a black rim, and nothing else is black."""
    colors = np.full((500, 3), 200, np.uint8)
    assert not (scatter_plot(XY, colors).pixels < 50).all(axis=2).any()
    assert (scatter_plot(XY, colors, dots=[3]).pixels < 50).all(axis=2).any()


def test_too_few_colors_are_an_error():
    """One color too few is not spread over the points."""
    with pytest.raises(ValueError, match="colors must be one per point, 500, got 499"):
        scatter_plot(XY, np.zeros(499))
