"""t-SNE of landmarks and its extension: neighbors kept, in chunks, and when stopped."""

import numpy as np
import pytest
from sklearn.datasets import make_blobs
from sklearn.manifold import trustworthiness

from tsnecolor_nb.maps.landmarks import extend_map, landmark_map, tsne
from tsnecolor_nb.steps.pca import ChunkedPCA


@pytest.fixture(scope="module")
def blobs():
    """Return X, (5000, 16) float32, and which of eight blobs each row is from."""
    X, blob = make_blobs(5000, 16, centers=8, cluster_std=1.5, random_state=0)
    return X.astype(np.float32), blob


@pytest.fixture(scope="module")
def mapped(blobs):
    """Return the 3-D map of the blobs and the progress that was reported."""
    fractions = []
    return landmark_map(blobs[0], 400, n_iter=250, progress=fractions.append), fractions


@pytest.mark.parametrize("n_dims", [2, 3])
def test_tsne_keeps_neighbors(blobs, n_dims):
    """The map is centered, and neighbors stay neighbors, more than in as many components."""
    X = blobs[0][:400]
    y = tsne(X, n_dims)
    assert y.shape == (400, n_dims) and y.dtype == np.float32
    assert np.abs(y.mean(axis=0)).max() < 1e-3 * np.ptp(y)
    components = ChunkedPCA(n_dims).fit_transform(X)
    kept = trustworthiness(X, y, n_neighbors=10)
    assert kept > 0.9 and kept > trustworthiness(X, components, n_neighbors=10)


def test_points_that_are_all_equal_get_one_place():
    """Without any distance in X there is none on the map, and no error."""
    assert np.ptp(landmark_map(np.ones((300, 4), np.float32), 100, n_iter=10), axis=0).max() < 1e-3


def test_all_points_land_in_their_blob(blobs, mapped):
    """Blobs that lie apart in X lie apart on the map of all points, made from few landmarks."""
    y, blob = mapped[0], blobs[1]
    assert y.shape == (5000, 3) and y.dtype == np.float32
    centers = np.array([np.median(y[blob == b], axis=0) for b in range(8)])
    nearest = np.linalg.norm(y[:, None] - centers, axis=2).argmin(axis=1)
    assert (nearest == blob).mean() > 0.95


def test_a_landmark_map_is_reproducible(blobs, mapped):
    """The same seed gives the same map, another seed another one."""
    X = blobs[0]
    again = landmark_map(X, 400, n_iter=250)
    np.testing.assert_allclose(again, mapped[0], rtol=0, atol=0.05 * np.ptp(mapped[0]))
    other = landmark_map(X, 400, n_iter=250, random_state=1)
    assert np.abs(other - mapped[0]).max() > 0.05 * np.ptp(mapped[0])


def test_progress_runs_to_one(mapped):
    """Progress only grows, in small steps, and ends at 1."""
    fractions = mapped[1]
    assert fractions == sorted(fractions) and fractions[-1] == 1
    assert np.diff([0, *fractions]).max() < 0.07


@pytest.mark.parametrize("last", [0.1, 0.7])
def test_progress_can_stop_it(blobs, last):
    """What progress raises ends the work, both in t-SNE and in the extension."""
    seen = []

    def stop(fraction):
        seen.append(fraction)
        if fraction >= last:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        landmark_map(blobs[0], 400, n_iter=40, progress=stop)
    assert seen[-1] < 1


def test_an_extension_weights_landmarks_as_tsne_does(blobs):
    """The weights have the perplexity that is required, at any scale of distances."""
    X = blobs[0][:340].astype(np.float64)
    for scale in (1e-3, 1, 1e3):
        weights = extend_map(np.float32(scale * X[40:]), np.float32(scale * X[:40]), np.eye(40))
        assert weights.sum(axis=1) == pytest.approx(1, abs=1e-5)
        entropy = -(weights * np.log(np.maximum(weights, 1e-30))).sum(axis=1)
        assert np.exp(entropy) == pytest.approx(5, rel=1e-3)


def test_an_extension_to_one_landmark_takes_its_place(blobs):
    """With one near landmark a point stands where the nearest landmark stands."""
    X = blobs[0][:600]
    y = np.random.default_rng(0).normal(size=(50, 3)).astype(np.float32)
    nearest = np.linalg.norm(X[:, None] - X[:50], axis=2).argmin(axis=1)
    np.testing.assert_allclose(extend_map(X, X[:50], y, n_near=1), y[nearest], atol=1e-5)


@pytest.mark.parametrize("offset", [0, 1000])
def test_an_extension_is_row_wise_and_within_its_landmarks(blobs, offset):
    """A slice is placed as within the whole, inside the landmarks' box, far from 0 as well."""
    X = blobs[0] + np.float32(offset)
    y = np.random.default_rng(0).normal(size=(300, 2)).astype(np.float32)
    whole = extend_map(X, X[:300], y)
    np.testing.assert_allclose(extend_map(X[1000:1777], X[:300], y), whole[1000:1777], atol=1e-3)
    assert (whole >= y.min(axis=0) - 1e-4).all() and (whole <= y.max(axis=0) + 1e-4).all()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda X: landmark_map(X, 80), "n_landmarks must be above 3"),
        (lambda X: landmark_map(X, 5001), "at most n = 5000, got 5001"),
        (lambda X: landmark_map(np.where(X > X.min(), X, np.nan), 100), "X must be finite"),
        (lambda X: landmark_map(X, 100, n_iter=0), "n_iter must be an integer of at least 1"),
        (lambda X: tsne(X[:60]), "perplexity must be above 0 and below n / 3"),
    ],
)
def test_wrong_arguments_are_named(blobs, call, message):
    """Every wrong argument gives a ValueError that names it."""
    with pytest.raises(ValueError, match=message):
        call(blobs[0])
