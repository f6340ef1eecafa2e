"""Distortion against ZADU's exact measures, on known distortions, and in files."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from zadu.measures import trustworthiness_continuity

from tsnecolor_nb import load_glyphs
from tsnecolor_nb.maps.trust import distortion, spread_distortion


@pytest.fixture(scope="module")
def glyphs():
    """Return X and the map of 2000 glyphs."""
    atlas = load_glyphs()
    rows = np.sort(np.random.default_rng(0).choice(len(atlas), 2000, replace=False))
    return atlas.X[rows], atlas.xy[rows]


@pytest.fixture(scope="module")
def exact(glyphs):
    """Return ZADU's values for each point, as distortion: (2000, 2)."""
    X, xy = (points.astype(float) for points in glyphs)
    _, local = trustworthiness_continuity.measure(X, xy, k=20, return_local=True)
    return 1 - np.stack([local["local_trustworthiness"], local["local_continuity"]], axis=1)


@pytest.mark.parametrize("n_references", [400, 1000])
def test_estimates_rank_points_as_zadu_does(glyphs, exact, n_references):
    """With ranks estimated from a fifth or half of the points, Spearman is at least 0.98."""
    found = distortion(*glyphs, 20, n_references=n_references)
    for column in range(2):
        assert spearmanr(found[:, column], exact[:, column])[0] >= 0.98


def test_a_search_in_lists_ranks_points_as_zadu_does(glyphs, exact, monkeypatch):
    """Also where not all are compared with all, as in larger data, Spearman is at least 0.98."""
    monkeypatch.setattr("tsnecolor_nb.maps.trust._ALL_COMPARED", 500)
    found = distortion(*glyphs, 20)
    for column in range(2):
        assert spearmanr(found[:, column], exact[:, column])[0] >= 0.98


def test_with_all_points_as_references_it_is_exact(glyphs, exact):
    """The numbers themselves are ZADU's then."""
    found = distortion(*glyphs, 20, n_references=2000)
    assert np.abs(found - exact).max() < 1e-3


def test_some_rows_get_what_they_get_among_all(glyphs):
    """Measuring only some points changes nothing for these."""
    rows = np.array([1999, 5, 1234])
    whole = distortion(*glyphs, 10)
    assert np.allclose(distortion(*glyphs, 10, rows=rows), whole[rows], atol=1e-4)


def test_a_false_merge_and_a_tear_are_told_apart():
    """Two clusters drawn as one are false neighbors; one cluster drawn as two is torn."""
    xy = np.random.default_rng(0).normal(size=(3000, 2))
    X = np.column_stack([xy, np.zeros(3000)])
    X[:1000, 2] = 50
    X[1000:2000, 2] = 80  # both drawn at one place
    X[2000:, 2] = 300
    xy[2000:] += [30, 0]
    xy[2000:, 1] += np.where(xy[2000:, 1] > 0, 20, -20)  # drawn at two
    false, torn = distortion(X, xy, 20).T
    assert false[:2000].mean() > 10 * false[2000:].mean()
    assert torn[2000:].mean() > 10 * torn[:2000].mean()


def test_the_map_itself_as_data_is_perfect():
    """Where X is the map, nothing is false and nothing torn."""
    xy = np.random.default_rng(0).normal(size=(500, 2))
    assert (distortion(xy, xy, 10) == 0).all()


def test_far_from_the_origin_nothing_changes():
    """Means a thousand times the spread do not blur the distances."""
    rng = np.random.default_rng(1)
    X, xy = rng.normal(size=(1500, 6)), rng.normal(size=(1500, 2))
    far = (X + 1000).astype(np.float32)
    near = far.astype(float) - 1000
    assert spearmanr(distortion(far, xy).ravel(), distortion(near, xy).ravel())[0] > 0.999


def test_measured_points_lend_their_values(glyphs):
    """Each point has the values of a measured one, measured ones their own."""
    found = spread_distortion(*glyphs, 20, 500)
    rows = np.sort(np.random.default_rng(0).choice(2000, 500, replace=False))
    assert np.allclose(found[rows], distortion(*glyphs, 20, rows=rows))
    assert len(np.unique(found, axis=0)) <= 500
    assert np.allclose(spread_distortion(*glyphs, 20, 2000), distortion(*glyphs, 20))


def test_a_file_keeps_the_result(glyphs, tmp_path, monkeypatch):
    """The second time nothing is measured; other data or parameters do not get the old result."""
    X, xy = glyphs[0][:300], glyphs[1][:300]
    path = tmp_path / "trust.npz"
    first = distortion(X, xy, 5, path=path)
    assert [file.name for file in tmp_path.iterdir()] == ["trust.npz"]
    with monkeypatch.context() as patch:
        patch.setattr("tsnecolor_nb.maps.trust._measure", None)
        assert np.array_equal(distortion(X, xy, 5, path=path), first)
    with pytest.raises(ValueError, match="other data or parameters"):
        distortion(X, xy, 6, path=path)
    path.write_bytes(b"no")
    with pytest.raises(ValueError, match="holds no distortion"):
        distortion(X, xy, 5, path=path)


def test_progress_rises_and_can_stop(glyphs):
    """Fractions never fall nor leave 0..1, and what the callback raises ends the work."""
    fractions = []
    distortion(*glyphs, 5, progress=fractions.append)
    assert fractions == sorted(fractions) and 0 < fractions[0] < fractions[-1] == 1

    def stop(fraction):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        distortion(*glyphs, 5, progress=stop)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"k": 0}, "k must be an integer from 1 to 50, got 0"),
        ({"k": 51}, "k must be an integer from 1 to 50, got 51"),
        ({"rows": [2000]}, "rows must be row numbers from 0 to 1999, got 2000"),
        ({"rows": [0.5]}, "rows must be at least one row number"),
        ({"xy": np.zeros((3, 2))}, r"xy must have one row per row of X \(2,000\), got 3"),
        ({"n_references": 0}, "n_references must be an integer of at least 1, got 0"),
    ],
)
def test_what_does_not_fit_is_named(glyphs, change, message):
    """Each error names the argument and what was received."""
    given = {"X": glyphs[0], "xy": glyphs[1]} | change
    with pytest.raises(ValueError, match=message):
        distortion(**given)
