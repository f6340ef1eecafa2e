"""The filter of an eye against a plain one, and what must come out of it."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from tsnecolor_nb.colors.eye import seen_colors, weighted_oklab
from tsnecolor_nb.colors.spaces import srgb8_to_lin

RNG = np.random.default_rng(0)
TO_XYZ = [
    [0.4124564, 0.3575761, 0.1804375],
    [0.2126729, 0.7151522, 0.0721750],
    [0.0193339, 0.1191920, 0.9503041],
]
TO_OPPONENT = np.array([[0.279, 0.72, -0.107], [-0.449, 0.29, -0.077], [0.086, -0.59, 0.501]])
TO_OPPONENT = TO_OPPONENT @ TO_XYZ
for channel in (1, 2):  # greys have no color
    TO_OPPONENT[channel] -= TO_OPPONENT[0] * TO_OPPONENT[channel].sum() / TO_OPPONENT[0].sum()
GAUSSIANS = (
    ((0.05, 1.00327), (0.225, 0.114416), (7, -0.117686)),
    ((0.0685, 0.616725), (0.826, 0.38275)),
    ((0.092, 0.567885), (0.6451, 0.432115)),
)


def smooth_picture(side=120):
    """Return a picture of a few large squares, with some noise."""
    squares = RNG.integers(30, 220, (side // 20, side // 20, 3)).repeat(20, 0).repeat(20, 1)
    return np.uint8(squares + RNG.integers(0, 30, squares.shape))


def test_the_filter_is_that_of_the_paper():
    """Gaussian filters of SciPy, one after the other, give the same picture."""
    picture = smooth_picture()
    opponent = srgb8_to_lin(picture).astype(float) @ TO_OPPONENT.T
    for c, gaussians in enumerate(GAUSSIANS):
        total = sum(weight for _, weight in gaussians)
        opponent[..., c] = sum(
            weight / total * gaussian_filter(opponent[..., c], 72 * width / 2.3548, truncate=5)
            for width, weight in gaussians
        )
    expected = weighted_oklab(np.maximum(opponent @ np.linalg.inv(TO_OPPONENT).T, 0))
    assert np.abs(seen_colors(picture, 72) - expected).max() < 2e-3


def test_one_color_stays():
    """A picture of one color is seen in this color, from any distance."""
    picture = np.full((40, 60, 3), [200, 30, 90], np.uint8)
    own = weighted_oklab(srgb8_to_lin(picture))
    for pixels_per_degree in (10, 36, 100):
        assert np.abs(seen_colors(picture, pixels_per_degree) - own).max() < 1e-4


def test_a_checkerboard_looks_like_its_mean():
    """Pixels that alternate between two colors can't be told from their mean in linear light."""
    checks = np.indices((100, 100)).sum(axis=0) % 2
    two = np.array([[230, 60, 40], [20, 120, 220]], np.uint8)
    mean = weighted_oklab(srgb8_to_lin(two).mean(axis=0))
    assert np.abs(seen_colors(two[checks])[10:-10, 10:-10] - mean).max() < 0.01


def test_color_blurs_more_than_lightness():
    """Of thin stripes, those that differ in lightness keep more contrast than those in hue."""
    stripes = np.arange(100) // 4 % 2
    light = np.array([[90, 90, 90], [150, 150, 150]], np.uint8)[stripes][None].repeat(100, 0)
    hue = np.array([[150, 105, 120], [90, 125, 120]], np.uint8)[stripes][None].repeat(100, 0)

    def kept(picture, channel):
        before = weighted_oklab(srgb8_to_lin(picture))[..., channel].std()
        return seen_colors(picture)[20:-20, 20:-20, channel].std() / before

    assert kept(light, 0) > 1.5 * kept(hue, 1)


def test_other_eyes():
    """In grey no color is left, at edges neither; deuteranopes see less of red against green."""
    picture = smooth_picture()
    assert np.abs(seen_colors(picture, vision="grey")[..., 1:]).max() < 1e-3
    normal, blind = (seen_colors(picture, vision=v)[..., 1] for v in ("normal", "deuteranopia"))
    assert blind.std() < 0.7 * normal.std()


def test_wrong_arguments_are_named():
    """Wrong pictures, distances and visions are a ValueError that names them."""
    picture = np.zeros((5, 5, 3), np.uint8)
    with pytest.raises(ValueError, match="picture must be uint8"):
        seen_colors(picture.astype(float))
    with pytest.raises(ValueError, match=r"picture must have shape \(h, w, 3\), got \(5, 3\)"):
        seen_colors(picture[0])
    with pytest.raises(ValueError, match="pixels_per_degree must be at least 1, got 0"):
        seen_colors(picture, 0)
    with pytest.raises(ValueError, match="vision must be one of"):
        seen_colors(picture, vision="good")
