"""Two values as one color: corners, ranks and ties."""

import numpy as np
import pytest

from tsnecolor_nb.colors.spaces import srgb8_to_oklab
from tsnecolor_nb.steps.bivariate import BivariateColors


@pytest.fixture(scope="module")
def values():
    """Return two independent, very skewed columns, float32 (9000, 2)."""
    return np.random.default_rng(0).exponential(size=(9000, 2)).astype(np.float32) ** 4


def test_the_corners_differ_and_only_low_is_pale(values):
    """Low is pale grey, one alone is orange or blue, both are dark."""
    low, high = values.min(axis=0), values.max(axis=0)
    pairs = np.array([low, [high[0], low[1]], [low[0], high[1]], high])
    L, a, b = srgb8_to_oklab(BivariateColors().fit(values).transform(pairs)).T
    assert np.hypot(a, b)[0] < 0.02 and L[0] > 0.85 and L[3] < 0.3
    assert b[1] > 0.1 and b[2] < -0.1


def test_values_count_by_rank(values):
    """A rising function of either column changes no color but by rounding."""
    step = BivariateColors()
    plain = step.fit_transform(values).astype(int)
    other = step.fit_transform(np.stack([np.log(values[:, 0]), values[:, 1] * 9], axis=1))
    assert np.abs(plain - other).max() <= 2


def test_all_shades_are_used_alike(values):
    """Half of the points are paler than the middle of each column's scale."""
    flat = values.copy()
    flat[:, 1] = 0
    L = srgb8_to_oklab(BivariateColors().fit_transform(flat))[:, 0]
    assert np.mean(L > (L.min() + L.max()) / 2) == pytest.approx(0.5, abs=0.02)


def test_ties_at_the_lowest_are_low(values):
    """Where most points are perfect, these are all pale."""
    tied = np.where(values < np.quantile(values, 0.7), 0, values)
    colors = BivariateColors().fit_transform(tied)
    perfect = (tied == 0).all(axis=1)
    assert len(np.unique(colors[perfect], axis=0)) == 1
    assert srgb8_to_oklab(colors[perfect][:1])[0, 0] > 0.85


@pytest.mark.parametrize("share", [0.02, 0.5, 0.98])
def test_two_values_get_both_ends(values, share):
    """Truth values are pale or full, however many are true; a column with one value is low."""
    true = values < np.quantile(values, share)
    colors = np.unique(BivariateColors().fit_transform(true * 1.0), axis=0)
    corners = BivariateColors().fit_transform([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    assert np.array_equal(colors, np.unique(corners, axis=0))
    L = srgb8_to_oklab(BivariateColors().fit_transform(np.ones((9, 2))))[:, 0]
    assert (L > 0.85).all()


def test_a_single_column_leaves_the_second_low(values):
    """Its colors are those of two columns of which the second is all the same."""
    pair = np.column_stack([values[:, 0], np.ones(len(values))])
    expected = BivariateColors().fit_transform(pair)
    assert np.array_equal(BivariateColors().fit_transform(values[:, :1]), expected)


def test_two_names_are_needed(values):
    """Anything but two names ends in a ValueError."""
    with pytest.raises(ValueError, match="names must be two"):
        BivariateColors(("one",)).fit(values)
