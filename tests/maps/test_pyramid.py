"""The pyramid: values of spots at several scales, of which the finer ones cancel from afar."""

import numpy as np
import pytest

from tsnecolor_nb.maps.local_mds import local_mds
from tsnecolor_nb.maps.pyramid import color_pyramid, local_lightness
from tsnecolor_nb.picture.raster import Raster


@pytest.fixture(scope="module")
def planted():
    """Return 20,000 points: two wide axes, a smooth third one, and a fourth of fine ripples."""
    rng = np.random.default_rng(0)
    xy = rng.uniform(0, 1, (20_000, 2))
    ripples = np.sin(2 * np.pi * xy[:, 0] * 150)  # 4 pixels of the map at 600 pixels
    X = np.column_stack([9 * xy, 2 * np.sin(6 * xy[:, 1]), ripples])
    return X.astype(np.float32), xy.astype(np.float32)


def cells(xy, pixels):
    """Return the number of the square cell, so many pixels of 600 wide, of each point."""
    x0, x1, _, _ = Raster(xy).extent
    side = pixels * (x1 - x0) / 600
    column, row = ((xy - xy.min(axis=0)) // side).astype(int).T
    return np.unique(row * 1000 + column, return_inverse=True)[1]


def test_lightness_shows_what_hue_does_not(planted):
    """It differs as neighbors do by the last two axes, of which the third component knows one."""
    X, xy = planted
    values = local_lightness(X, xy)
    assert values.shape == (len(X), 1) and values.dtype == np.float32
    i = np.arange(0, len(X), 7)
    near = np.argsort(np.linalg.norm(xy[i, None] - xy[None], axis=2), axis=1)[:, 1:6]
    ours, third = (np.abs(v[i, None] - v[near]).ravel() for v in (values[:, 0], X[:, 2]))
    hidden = np.linalg.norm(X[i, None, 2:] - X[near, 2:], axis=2).ravel()
    assert np.corrcoef(ours, hidden)[0, 1] > 0.9 > 0.2 > np.corrcoef(third, hidden)[0, 1]


@pytest.mark.parametrize("of", [local_lightness, color_pyramid])
def test_finer_scales_cancel_from_afar(planted, of):
    """The mean over a cell of the coarsest scale is the value of the coarsest scale alone."""
    X, xy = planted
    cell = cells(xy, 2)
    for coarse, both in zip(*(of(X, xy, fine=fine).T for fine in (0, 1)), strict=True):
        mean = np.bincount(cell, both) / np.bincount(cell)
        np.testing.assert_allclose(mean[cell], coarse, atol=1e-4)
        assert np.abs(both - coarse).max() > 0.1


def test_colors_differ_between_neighbors_as_the_data_do(planted):
    """With the coarsest scale alone, spots next to each other are as far apart as in X."""
    X, xy = planted
    values = color_pyramid(X, xy, fine=0)
    assert values.shape == (len(X), 3) and values.dtype == np.float32
    cell = cells(xy, 2)
    first = np.unique(cell, return_index=True)[1]
    spots, places, found = (
        np.column_stack([np.bincount(cell, v) for v in values.T]) / np.bincount(cell)[:, None]
        for values in (X, xy, values)
    )
    np.testing.assert_allclose(found, values[first], atol=1e-4)
    by_hand = local_mds(spots.astype(np.float32), places, 40, anchor=0.1, n_iter=40)
    near = np.argsort(np.linalg.norm(places[::9, None] - places[None], axis=2), axis=1)[:, 1:6]
    ours, theirs, wanted = (
        np.linalg.norm(v[::9, None] - v[near], axis=2).ravel() for v in (found, by_hand, spots)
    )
    assert min(np.corrcoef(ours, other)[0, 1] for other in (theirs, wanted)) > 0.9
    assert ours.mean() == pytest.approx(wanted.mean(), rel=0.1)


@pytest.mark.parametrize("of", [local_lightness, color_pyramid])
def test_the_unit_of_x_is_that_of_the_values(planted, of):
    """Scaled data give scaled values, far beyond where squares fit into float32."""
    X, xy = (points[::9] for points in planted)
    one = of(X, xy)
    for scale in (2.0**-90, 2.0**90):
        scaled = of(X * np.float32(scale), xy) / np.float32(scale)
        assert np.mean(np.abs(scaled - one) < 0.01) > 0.99


@pytest.mark.parametrize("n", [1, 2, 3, 9])
def test_few_points_and_few_columns_are_no_trouble(n):
    """One point, one place, one column: zeros where nothing is left to show."""
    X = np.random.default_rng(0).normal(size=(n, 3)).astype(np.float32)
    for values, xy in ((X, X[:, :2]), (X[:, :1], X[:, :2]), (X, np.zeros((n, 2)))):
        for of, n_values in ((local_lightness, 1), (color_pyramid, 3)):
            found = of(values, xy)
            assert found.shape == (n, n_values) and np.isfinite(found).all()
    assert not local_lightness(X[:, :1], X[:, :2]).any()


def test_progress_rises_to_the_end(planted):
    """Fractions never fall, and end at 1."""
    told = []
    local_lightness(*(points[::9] for points in planted), progress=told.append)
    assert told == sorted(told) and told[-1] == 1


def test_what_does_not_fit_is_named(planted):
    """Each error names the argument and what was received."""
    X, xy = planted
    with pytest.raises(ValueError, match="fine must be at least 0, got -1"):
        local_lightness(X, xy, fine=-1)
    with pytest.raises(ValueError, match="anchor must be at least 0, got -1"):
        color_pyramid(X, xy, anchor=-1)
    with pytest.raises(ValueError, match="xy must have one row per row of X"):
        local_lightness(X, xy[:5])
