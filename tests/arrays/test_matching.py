"""Names that stay: labels by overlap, components by angle."""

import numpy as np
import pytest

from tsnecolor_nb.arrays.matching import match_components, match_labels


def test_renamed_clusters_get_their_old_names_back():
    """Whatever numbers the same clusters get the second time, they are named as the first."""
    rng = np.random.default_rng(0)
    old = rng.integers(0, 40, 5000)
    assert np.array_equal(match_labels(old, rng.permutation(40)[old]), old)


def test_most_points_keep_their_label():
    """With a tenth of the points moved, exactly these change their label."""
    rng = np.random.default_rng(1)
    old = rng.integers(0, 12, 3000)
    moved = rng.random(3000) < 0.1
    other = np.where(moved, (old + 1 + rng.integers(0, 10, 3000)) % 12, old)
    found = match_labels(old, rng.permutation(12)[other])
    assert np.array_equal(found != old, moved)


def test_more_and_fewer_clusters_keep_names():
    """A split leaves the old name to the larger part; a merger has the name of the larger one."""
    old = np.repeat([0, 1, 2], [50, 60, 70])
    split = np.concatenate([np.full(20, 0), np.full(30, 3), np.full(60, 1), np.full(70, 2)])
    assert match_labels(old, split).tolist() == [3] * 20 + [0] * 30 + [1] * 60 + [2] * 70
    merged = np.repeat([1, 0, 0], [50, 60, 70])
    assert match_labels(old, merged).tolist() == [0] * 50 + [2] * 130


def test_points_without_a_label_stay_so():
    """-1 is no cluster: it neither keeps nor gets a name."""
    old = np.array([-1, -1, 4, 4, 7])
    assert match_labels(old, np.array([2, 2, 0, 0, -1])).tolist() == [0, 0, 4, 4, -1]
    assert match_labels(old[:2], old[:2]).tolist() == [-1, -1]


def test_components_come_back_in_order_and_sign():
    """Axes that were shuffled, flipped, stretched and a little turned are put as they were."""
    rng = np.random.default_rng(2)
    old = np.linalg.qr(rng.normal(size=(8, 8)))[0]
    shuffle, flip = rng.permutation(8), rng.choice([-1, 1], 8)
    new = (old * flip[:, None] * rng.uniform(0.5, 3, (8, 1)))[shuffle]
    new += rng.normal(0, 0.05, new.shape)
    order, signs = match_components(old, new)
    back = new[order] * signs[:, None]
    cosine = (back * old).sum(axis=1) / np.linalg.norm(back, axis=1)
    assert cosine.min() > 0.95


def test_more_components_follow_and_fewer_do_no_harm():
    """Axes without a partner come last, unflipped; with fewer, those that are there are matched."""
    axes = np.eye(5)
    order, signs = match_components(axes[[3, 1]], -axes)
    assert order.tolist() == [3, 1, 0, 2, 4] and signs.tolist() == [-1, -1, 1, 1, 1]
    order, signs = match_components(axes, -axes[[4, 2]])
    assert order.tolist() == [1, 0] and signs.tolist() == [-1, -1]


@pytest.mark.parametrize(
    ("function", "old", "new", "message"),
    [
        (match_labels, np.zeros(3, int), np.zeros(4, int), r"new must be one per point"),
        (match_labels, np.zeros(3), np.zeros(3, int), "old must be integers"),
        (match_labels, np.zeros(3, int), np.zeros((3, 1), int), "new must be integers"),
        (match_components, np.eye(3), np.eye(4), "rows of equal length"),
    ],
)
def test_what_does_not_fit_is_named(function, old, new, message):
    """Every error names the argument."""
    with pytest.raises(ValueError, match=message):
        function(old, new)
