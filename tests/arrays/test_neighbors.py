"""Neighbors against plain loops, among duplicates, and with wrong arguments."""

import numpy as np
import pytest

from tsnecolor_nb.arrays.neighbors import (
    exemplars,
    extremes,
    map_neighbors,
    neighbor_agreement,
    neighbor_distance,
    recall,
    true_neighbors,
)


@pytest.fixture(scope="module")
def points():
    """Return X, (5000, 12) float32, and a map of it."""
    rng = np.random.default_rng(0)
    X = rng.normal(3, 1, (5000, 12)).astype(np.float32)
    return X, (X[:, :2] + rng.normal(0, 0.3, (5000, 2))).astype(np.float32)


def nearest_by_sorting(points, row, k):
    """Return the k nearest other rows by the plain definition."""
    distance = np.linalg.norm(points.astype(np.float64) - points[row], axis=1)
    distance[row] = np.inf
    return np.argsort(distance)[:k]


def test_map_neighbors_are_the_nearest(points):
    """Neighbors on the map are those that sorting all distances gives, nearest first."""
    _, xy = points
    found = map_neighbors(xy, 7)
    assert found.shape == (5000, 7) and found.dtype.kind == "i"
    for row in range(0, 5000, 250):
        assert found[row].tolist() == nearest_by_sorting(xy, row, 7).tolist()


@pytest.mark.parametrize("copies", [2, 3, 40])
def test_no_point_is_its_own_neighbor_among_duplicates(copies):
    """With more duplicates than neighbors, all neighbors are others at distance zero."""
    rng = np.random.default_rng(1)
    xy = np.repeat(rng.normal(size=(60, 2)), copies, axis=0)[rng.permutation(60 * copies)]
    found = map_neighbors(xy, 5)
    assert not (found == np.arange(len(xy))[:, None]).any()
    away = np.linalg.norm(xy[found] - xy[:, None], axis=2)
    assert (away[:, : min(copies - 1, 5)] == 0).all()
    assert all(len(set(row)) == 5 for row in found.tolist())


def test_all_points_in_one_place():
    """Identical points get other points as neighbors, and distance zero."""
    found = map_neighbors(np.zeros((50, 2)), 9)
    assert not (found == np.arange(50)[:, None]).any()
    assert (neighbor_distance(np.ones((50, 3)), np.zeros((50, 2))) == 0).all()


def test_neighbor_distance_is_the_originals(points):
    """The distance is the mean over the neighbors, as a plain loop computes it."""
    X, xy = points
    distance = neighbor_distance(X, xy, 9)
    assert distance.shape == (5000,) and distance.dtype == np.float32
    for row in range(0, 5000, 200):
        plain = np.mean([np.linalg.norm(X[row] - X[j]) for j in nearest_by_sorting(xy, row, 9)])
        assert distance[row] == pytest.approx(plain, rel=1e-5)


def test_neighbor_distance_reports_and_stops(points):
    """Progress runs up to 1, and what it raises ends the work."""
    fractions = []
    neighbor_distance(*points, progress=fractions.append)
    assert fractions == sorted(fractions) and fractions[-1] == 1

    def stop(fraction):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        neighbor_distance(*points, progress=stop)


def test_exemplars_are_the_nearest_real_points(points):
    """The exemplar of a center is the row at the least distance, also for float64 centers."""
    X, _ = points
    centers = np.random.default_rng(2).normal(3, 1, (20, 12))
    plain = [np.linalg.norm(X - center, axis=1).argmin() for center in centers]
    assert exemplars(X, centers).tolist() == plain
    assert exemplars(X, X[[5, 17]]).tolist() == [5, 17]


def test_true_neighbors_are_the_nearest(points):
    """The exact search gives what sorting all distances gives, without the query."""
    X, _ = points
    queries = np.array([0, 7, 4999])
    found = true_neighbors(X, queries, 10)
    for row, query in zip(found, queries, strict=True):
        assert row.tolist() == nearest_by_sorting(X, query, 10).tolist()


def test_recall_counts_what_was_found():
    """Recall is the share of true neighbors found, whatever their order, -1 counting as none."""
    true = np.array([[1, 2], [3, 4]])
    assert recall([[2, 1], [4, 3]], true) == 1
    assert recall([[2, 9], [-1, -1]], true) == 0.25
    assert recall([[1, 2, 7], [8, 9, 3]], true) == 0.75


def test_extremes_come_most_extreme_first():
    """The lowest rows ascend and the highest descend."""
    lowest, highest = extremes(np.array([3.0, 1.0, 5.0, 2.0]), 2)
    assert lowest.tolist() == [1, 3] and highest.tolist() == [2, 0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: map_neighbors(np.zeros((5, 2)), 5), "k must be an integer from 1 to 4"),
        (lambda: map_neighbors(np.zeros((5, 2)), 0), "k must be an integer from 1 to 4"),
        (lambda: map_neighbors(np.zeros((5, 3))), r"xy must have shape .*, got \(5, 3\)"),
        (lambda: map_neighbors(np.full((5, 2), np.nan), 2), "xy must have .* finite numbers"),
        (lambda: neighbor_distance(np.zeros((5, 3)), np.zeros((4, 2)), 2), "one row per row of X"),
        (lambda: exemplars(np.zeros((5, 3)), np.zeros((2, 4))), "centers must have shape"),
        (lambda: true_neighbors(np.zeros((5, 3)), [5], 2), "row numbers from 0 to 4, got 5"),
        (lambda: true_neighbors(np.zeros((5, 3)), [0.5], 2), "queries must be at least one row"),
        (lambda: recall([[1]], [[1], [2]]), "as many rows"),
        (lambda: extremes(np.zeros(3), 4), "m must be an integer from 1 to 3, got 4"),
    ],
)
def test_wrong_arguments_are_named(call, message):
    """Every wrong argument gives a ValueError that names it."""
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("channels", [None, 3])
def test_neighbor_agreement_is_what_a_loop_counts(points, channels):
    """The share counts a neighbor only if its label, or every channel of its color, is the same."""
    _, xy = points
    near = map_neighbors(xy, 6)
    shape = 5000 if channels is None else (5000, channels)
    labels = np.random.default_rng(2).integers(0, 2, shape).astype(np.uint8)
    share = neighbor_agreement(labels, near)
    assert share.shape == (5000,) and share.dtype == np.float32
    for row in range(0, 5000, 250):
        same = sum(np.array_equal(labels[row], labels[other]) for other in near[row])
        assert share[row] == pytest.approx(same / 6)


@pytest.mark.parametrize(
    ("labels", "neighbors", "named"),
    [
        (np.zeros(3), np.zeros((4, 2), int), "labels"),
        (np.zeros(4), np.zeros(4, int), "neighbors"),
        (np.zeros(4), np.zeros((4, 2)), "neighbors"),
        (np.zeros(4), np.full((4, 2), -1), "neighbors"),
        (np.zeros(4), np.full((4, 2), 4), "neighbors"),
    ],
)
def test_agreement_refuses_what_does_not_fit(labels, neighbors, named):
    """Shapes that do not fit and numbers that are no rows are errors that name the argument."""
    with pytest.raises(ValueError, match=f"^{named} must"):
        neighbor_agreement(labels, neighbors)
