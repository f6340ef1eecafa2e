"""Axes of the differences between map neighbors, against plain definitions."""

import numpy as np
import pytest

from tsnecolor_nb.maps.neighbor_pca import fit_neighbor_pca


@pytest.fixture(scope="module")
def islands():
    """Return 6 islands far apart along three dimensions; within them three others vary."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(6000, 9)) * [0.1, 0.1, 0.1, 3, 2, 1, 0.1, 0.1, 0.1] + 5
    island = np.arange(6000) % 6
    X[:, :3] += rng.normal(size=(6, 3))[island] * 20
    xy = np.stack([island * 20.0, island % 2], axis=1) + rng.normal(size=(6000, 2))
    return X.astype(np.float32), xy.astype(np.float32)


def test_the_axes_are_those_along_which_neighbors_differ(islands):
    """What tells islands apart is left out; what varies within them comes first."""
    pca = fit_neighbor_pca(*islands, 3)
    assert np.abs(pca.components_[[0, 1, 2], [3, 4, 5]]).min() > 0.99


def test_it_is_the_pca_of_all_differences(islands):
    """Up to the lot that draws pairs, the axes are those of every pair of nearest neighbors."""
    X, xy = islands
    away = ((xy[:, None] - xy[None]) ** 2).sum(axis=2) + np.diag(np.full(len(xy), np.inf))
    nearest = away.argsort(axis=1)[:, :4]
    differences = (X[:, None] - X[nearest]).reshape(-1, 9).astype(float)
    _, axes = np.linalg.eigh(differences.T @ differences)
    found = fit_neighbor_pca(X, xy, k=4, n_pairs=200_000).components_
    assert np.abs((found[:3] * axes.T[::-1][:3]).sum(axis=1)).min() > 0.999


def test_it_is_an_ordinary_projection_of_X(islands):
    """Mean and variances are those of X along the axes, and all components lead back to X."""
    X, xy = islands
    pca = fit_neighbor_pca(X, xy)
    values = pca.transform(X)
    assert np.allclose(pca.mean_, X.mean(axis=0), atol=1e-4)
    assert np.allclose(values.var(axis=0, ddof=1), pca.explained_variance_, rtol=1e-3)
    assert pca.explained_variance_ratio_.sum() == pytest.approx(1)
    assert np.allclose(pca.inverse_transform(values), X, atol=1e-3)


def test_the_seed_decides(islands):
    """The same seed gives the same axes, to the last bit."""
    first, second = (fit_neighbor_pca(*islands, 3, n_pairs=500).components_ for _ in range(2))
    assert np.array_equal(first, second)
    other = fit_neighbor_pca(*islands, 3, n_pairs=500, random_state=1).components_
    assert not np.array_equal(first, other)


def test_the_order_of_rows_decides_nothing(islands):
    """The lot falls on places: the same points in another order give the same axes."""
    X, xy = islands
    order = np.random.default_rng(2).permutation(len(X))
    axes = [
        fit_neighbor_pca(X[rows], xy[rows], 3, n_pairs=500).components_
        for rows in (slice(None), order)
    ]
    assert np.allclose(*axes, atol=1e-5)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"k": 6000}, "k must be an integer from 1 to 5999"),
        ({"n_pairs": 1}, "n_pairs must be an integer of at least 2"),
        ({"n_components": 10}, "n_components must be an integer from 1 to 9, .*, got 10"),
    ],
)
def test_wrong_parameters_are_named(islands, change, message):
    """Each error names the argument and its range."""
    with pytest.raises(ValueError, match=message):
        fit_neighbor_pca(*islands, **change)
    with pytest.raises(ValueError, match="xy must have one row per row of X"):
        fit_neighbor_pca(islands[0][:5], islands[1])
