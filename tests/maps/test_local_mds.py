"""Multidimensional scaling among map neighbors: its rounds, what it keeps, and its limits."""

import numpy as np
import pytest

from tsnecolor_nb.arrays.neighbors import map_neighbors
from tsnecolor_nb.maps.local_mds import local_mds
from tsnecolor_nb.steps.pca import ChunkedPCA
from tsnecolor_nb.techniques.run import Cancelled


@pytest.fixture(scope="module")
def strip():
    """Return a long strip, along which the three axes of variation are others at either end."""
    rng = np.random.default_rng(0)
    along = rng.uniform(0, 1, 6000)
    spread = rng.normal(size=(6000, 3))
    X = np.zeros((6000, 6))
    left = along < 0.5
    X[left, :3], X[~left, 3:] = spread[left], spread[~left]
    xy = np.column_stack([along * 100, rng.uniform(0, 5, 6000)])
    return X.astype(np.float32), xy.astype(np.float32)


def by_hand(X, xy, k, anchor, n_iter):
    """Move all points as the definition says, in NumPy alone."""
    start = ChunkedPCA(3).fit_transform(X).astype(float)
    near = map_neighbors(xy, k)
    apart = np.linalg.norm(X[:, None].astype(float) - X[near], axis=2)
    found = start.copy()
    for _ in range(n_iter):
        away = found[:, None] - found[near]
        away *= (apart / np.linalg.norm(away, axis=2))[..., None]
        wanted = (found[near] + away).sum(axis=1) + anchor * k * start
        found = 0.5 * found + 0.5 * wanted / (k + anchor * k)
    return found


def kept(values, X, xy, k=20):
    """Return how the distances of map neighbors in some values correlate with those in X."""
    near = map_neighbors(xy, k)
    ours, true = (np.linalg.norm(V[:, None] - V[near], axis=2).ravel() for V in (values, X))
    return np.corrcoef(ours, true)[0, 1]


@pytest.mark.parametrize(("anchor", "n_iter"), [(0.3, 1), (0.3, 12), (0.0, 5), (2.0, 5)])
def test_rounds_are_those_of_the_definition(strip, anchor, n_iter):
    """Each round moves all points as a few lines of NumPy do."""
    X, xy = (points[::6] for points in strip)
    found = local_mds(X, xy, 9, anchor=anchor, n_iter=n_iter)
    np.testing.assert_allclose(found, by_hand(X, xy, 9, anchor, n_iter), atol=2e-3)


def test_neighbors_are_as_far_apart_as_in_all_dimensions(strip):
    """Six dimensions, three at each end: no three axes keep the distances, the moved points do."""
    X, xy = strip
    assert kept(ChunkedPCA(3).fit_transform(X), X, xy) < 0.75
    assert kept(local_mds(X, xy), X, xy) > 0.85
    assert kept(local_mds(X, xy, anchor=0), X, xy) > 0.9


def test_the_anchor_holds_to_the_principal_components(strip):
    """The heavier it is, the nearer the values are to them; without end they are the same."""
    X, xy = strip
    components = ChunkedPCA(3).fit_transform(X)
    away = [
        np.linalg.norm(local_mds(X, xy, anchor=anchor) - components, axis=1).mean()
        for anchor in (0.1, 1, 10, 1000)
    ]
    assert sorted(away, reverse=True) == away
    assert away[-1] < 0.01 * np.linalg.norm(components, axis=1).mean()
    assert np.array_equal(local_mds(X, xy, anchor=np.inf), components)


@pytest.mark.parametrize("scale", [1e-30, 1e-5, 1e15, 1e30])
def test_the_unit_of_x_is_that_of_the_values(strip, scale):
    """Scaled data give scaled values, far beyond where squares fit into float32."""
    X, xy = (points[::6] for points in strip)
    one = local_mds(X, xy, 9)
    np.testing.assert_allclose(local_mds(X * np.float32(scale), xy, 9) / scale, one, atol=0.01)


def test_the_order_of_rows_decides_nothing(strip):
    """Other rows first, the same values."""
    X, xy = (points[::3] for points in strip)
    order = np.random.default_rng(2).permutation(len(X))
    permuted = local_mds(X[order], xy[order])
    np.testing.assert_allclose(permuted, local_mds(X, xy)[order], atol=1e-3)


def test_one_point_and_equal_points_stay_where_they_are():
    """One point, points that are all equal, and all at one place of the map are no trouble."""
    X = np.random.default_rng(0).normal(size=(50, 4)).astype(np.float32)
    assert np.array_equal(local_mds(X[:1], X[:1, :2]), np.zeros((1, 3)))
    assert np.array_equal(local_mds(np.ones_like(X), X[:, :2], 5), np.zeros((50, 3)))
    assert np.isfinite(local_mds(X, np.zeros((50, 2)), 5)).all()
    assert np.isfinite(local_mds(X[:, :1], X[:, :2], 5)).all()


def test_progress_runs_to_the_end_and_can_stop():
    """Fractions rise to 1; what the callback raises ends the work."""
    X, told = np.random.default_rng(0).normal(size=(500, 4)), []
    local_mds(X, X[:, :2], 5, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1

    def stop(done):
        if done > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        local_mds(X, X[:, :2], 5, progress=stop)


@pytest.mark.parametrize(
    ("how", "problem"),
    [
        ({"anchor": -1}, "anchor must be at least 0, got -1"),
        ({"anchor": np.nan}, "anchor must be at least 0, got nan"),
        ({"n_iter": -1}, "n_iter must be an integer of at least 0, got -1"),
        ({"n_iter": 2.5}, "n_iter must be an integer of at least 0, got 2.5"),
        ({"k": 0}, "k must be"),
        ({"k": 500}, "k must be"),
    ],
)
def test_what_does_not_fit_is_named(how, problem):
    """Each error names the argument and what was received."""
    X = np.random.default_rng(0).normal(size=(500, 4))
    with pytest.raises(ValueError, match=problem):
        local_mds(X, X[:, :2], **how)
    with pytest.raises(ValueError, match="xy must have one row per row of X"):
        local_mds(X, X[:5, :2])
