"""Smoothing over the map against the plain sum, at its limits, and the band between two widths."""

import numpy as np
import pytest

from tsnecolor_nb.maps.local_contrast import contrast_band, smooth


@pytest.fixture(scope="module")
def points():
    """Return values, float32 (20000, 4), and a map of islands and empty space."""
    rng = np.random.default_rng(0)
    island = rng.integers(0, 30, 20000)
    xy = rng.normal(size=(30, 2))[island] * 20 + rng.normal(size=(20000, 2))
    values = rng.normal(size=(20000, 4)) + np.sin(xy[:, :1] / [5, 2, 1, 0.5]) * 5
    return values.astype(np.float32), xy.astype(np.float32)


def plain(values, xy, width, rows):
    """Return Gaussian means around some points by summing over all."""
    squared = ((xy[rows, None].astype(float) - xy[None]) ** 2).sum(axis=2)
    weight = np.exp(-0.5 * squared / width**2)
    return weight @ values / weight.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("width", [0.2, 1, 5, 40])
def test_smoothing_is_a_gaussian_mean(points, width):
    """At any width it differs from the plain sum by little against the spread of the values."""
    rows = np.arange(0, 20000, 97)
    expected = plain(*points, width, rows)
    error = smooth(*points, width)[rows] - expected
    assert (np.sqrt((error**2).mean(axis=0)) < 0.03 * points[0].std(axis=0)).all()


def test_widths_have_limits(points):
    """Without width nothing changes; with one beyond all bounds everything is the mean."""
    values, xy = points
    assert np.array_equal(smooth(values, xy, 0), values)
    assert np.allclose(smooth(values, xy, 1e-9), values)
    assert np.allclose(smooth(values, xy, np.inf), values.mean(axis=0), atol=1e-4)
    assert np.allclose(smooth(values, xy, 5000), values.mean(axis=0), atol=0.05)


def test_the_map_may_lie_anywhere(points):
    """Moving the map changes nothing, scaling it with the width neither."""
    values, xy = points
    here = smooth(values, xy, 1)
    there = smooth(values, xy * 8 - 1000, 8)
    assert np.abs(here - there).max() < 0.05


def test_points_on_one_spot_are_no_trouble():
    """Where all points coincide, each gets the mean; alone, itself."""
    values = np.arange(12.0).reshape(6, 2)
    assert np.allclose(smooth(values, np.ones((6, 2)), 1), values.mean(axis=0))
    assert np.allclose(smooth(values[:1], np.ones((1, 2)), 1), values[:1])


def test_the_band_keeps_what_has_its_width(points):
    """Waves between the two widths stay; shorter and longer ones are damped."""
    rng = np.random.default_rng(1)
    xy = rng.uniform(0, 100, (40000, 2))
    inside = (np.abs(xy - 50) < 30).all(axis=1)
    waves = np.sin(2 * np.pi * xy[:, :1] / [1, 12, 400])
    band = contrast_band(waves, xy, 1, 5)
    left = band[inside].std(axis=0) / waves[inside].std(axis=0)
    assert left[1] > 0.7 and left[0] < 0.2 and left[2] < 0.1


@pytest.mark.parametrize("narrow", [0, 0.5])
def test_the_band_is_the_difference_of_two_means(points, narrow):
    """It is what the narrow mean has and the wide one has not."""
    expected = smooth(*points, narrow) - smooth(*points, 4)
    assert np.allclose(contrast_band(*points, narrow, 4), expected, atol=1e-5)


@pytest.mark.parametrize("narrow", [0, 0.5])
def test_progress_rises_and_can_stop(points, narrow):
    """Fractions never fall nor leave 0..1, and what the callback raises ends the work."""
    fractions = []
    contrast_band(*points, narrow, 4, progress=fractions.append)
    assert fractions == sorted(fractions) and 0 < fractions[0] < fractions[-1] == 1

    def stop(fraction):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        contrast_band(*points, 0.5, 4, progress=stop)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"narrow": -1}, "narrow and wide must be .* got -1 and 4"),
        ({"narrow": 4}, "narrow and wide must be .* got 4 and 4"),
        ({"wide": np.nan}, "narrow and wide must be"),
        ({"xy": np.zeros((3, 2))}, "xy must have one row per row of X"),
    ],
)
def test_what_does_not_fit_is_named(points, change, message):
    """Each error names the argument and what was received."""
    given = {"X": points[0], "xy": points[1], "narrow": 0.5, "wide": 4} | change
    with pytest.raises(ValueError, match=message):
        contrast_band(**given)
    with pytest.raises(ValueError, match="width must be at least 0, got -1"):
        smooth(*points, -1)
