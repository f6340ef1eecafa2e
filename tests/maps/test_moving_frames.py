"""Frames that turn over the map: local axes, one meaning where they can agree, limits."""

import numpy as np
import pytest

from tsnecolor_nb import fit_neighbor_pca
from tsnecolor_nb.maps.moving_frames import _turned, project_on_moving_frames


@pytest.fixture(scope="module")
def strip():
    """Return a long strip along which the plane of variation turns slowly by a right angle."""
    rng = np.random.default_rng(0)
    along = rng.uniform(0, 1, 8000)
    X = rng.normal(size=(8000, 8)) * 0.1
    spread = rng.normal(size=(8000, 3)) * [3, 2, 1]
    angle = along * np.pi / 2
    X[:, 0] += spread[:, 0] * np.cos(angle)
    X[:, 1] += spread[:, 0] * np.sin(angle)
    X[:, 2:4] += spread[:, 1:]
    xy = np.column_stack([along * 100, rng.uniform(0, 5, 8000)])
    return X.astype(np.float32), xy.astype(np.float32), spread, along


def explained(values, spread, here):
    """Return the share of the true spread that is a linear function of the values, in a region."""
    known = np.column_stack([values[here], np.ones(here.sum())])
    left = spread[here] - known @ np.linalg.lstsq(known, spread[here], rcond=None)[0]
    return 1 - left.var(axis=0) / spread[here].var(axis=0)


def test_every_place_has_the_axes_that_tell_there(strip):
    """Where three axes for all lose a part, the moving ones see all three hidden variables."""
    X, xy, spread, along = strip
    moving = project_on_moving_frames(X, xy, 3.0)
    fixed = fit_neighbor_pca(X, xy, 3).transform(X)
    for start in (0, 0.45, 0.9):
        here = (along > start) & (along < start + 0.1)
        assert explained(moving, spread, here).min() > 0.9
    ends = (along < 0.1) | (along > 0.9)
    assert explained(fixed, spread, ends).min() < 0.8


def test_meaning_drifts_without_a_jump(strip):
    """From end to end each variable keeps one sign in the values, as the axes turn with it."""
    X, xy, spread, along = strip
    moving = project_on_moving_frames(X, xy, 3.0)
    slopes = []
    for start in np.arange(0, 1, 0.1):
        here = (along >= start) & (along < start + 0.1)
        known = spread[here] - spread[here].mean(axis=0)
        slopes.append(np.linalg.lstsq(known, moving[here], rcond=None)[0].ravel())
    step = np.linalg.norm(np.diff(slopes, axis=0), axis=1)
    assert step.max() < 0.6 and np.linalg.norm(slopes[0]) > 1.5


def test_without_end_it_is_neighbor_pca(strip):
    """At an endless width all places agree on the axes of the whole map."""
    X, xy, *_ = strip
    bases = [
        np.linalg.qr(values - values.mean(axis=0))[0]
        for values in (
            project_on_moving_frames(X, xy, np.inf),
            fit_neighbor_pca(X, xy, 3).transform(X),
        )
    ]
    assert np.linalg.svd(bases[0].T @ bases[1])[1].min() > 0.99


def test_turning_keeps_the_space():
    """Turned axes are orthonormal, span what they spanned, and are nearer to their aim."""
    rng = np.random.default_rng(1)
    axes, aim = (np.linalg.qr(rng.normal(size=(5, 7, 3)))[0].transpose(0, 2, 1) for _ in range(2))
    turned = _turned(axes, aim)
    assert np.allclose(turned @ turned.transpose(0, 2, 1), np.eye(3))
    assert np.allclose(np.abs(np.linalg.det(turned @ axes.transpose(0, 2, 1))), 1)
    assert ((turned - aim) ** 2).sum() < ((axes - aim) ** 2).sum()


def test_the_seed_decides(strip):
    """The same seed gives the same values, to the last bit."""
    X, xy, *_ = strip
    runs = [project_on_moving_frames(X[:2000], xy[:2000], 3.0) for _ in range(2)]
    assert np.array_equal(*runs)


def test_the_order_of_rows_decides_nothing(strip):
    """Places and pairs are drawn by where points lie: other rows first, the same values."""
    X, xy = (points[:2000] for points in strip[:2])
    order = np.random.default_rng(2).permutation(len(X))
    whole = project_on_moving_frames(X, xy, 3.0, n_pairs=5000)
    permuted = project_on_moving_frames(X[order], xy[order], 3.0, n_pairs=5000)
    assert np.allclose(permuted, whole[order], atol=1e-3)


@pytest.mark.parametrize("width", [0, -1, np.nan])
def test_what_does_not_fit_is_named(strip, width):
    """Each error names the argument and what was received."""
    X, xy, *_ = strip
    with pytest.raises(ValueError, match="width must be above 0"):
        project_on_moving_frames(X, xy, width)
    with pytest.raises(ValueError, match="xy must have one row per row of X"):
        project_on_moving_frames(X[:5], xy, 1)
