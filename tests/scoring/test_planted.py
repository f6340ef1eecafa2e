"""Which technique finds which planted truth: a table to read, and the cells that must hold."""

import numpy as np
import pytest

from tsnecolor_nb.scoring.planted import planted_table, planted_truths

# Components of random numbers are not independent, so that ICA does not converge on them.
pytestmark = pytest.mark.filterwarnings("ignore:SampledICA did not converge")

FOUND, HIDDEN = 0.9, 0.7

EXPECTED = {
    ("two classes", "pca_rgb"): True,
    ("two classes", "tsne3"): True,
    ("two classes", "kmeans"): True,
    ("two classes", "map_neighbor_distance"): False,
    ("two classes", "ica_argmax"): False,
    ("gradient", "pca_rgb"): True,
    ("gradient", "binary_pca"): True,
    ("gradient", "kmeans"): True,
    ("gradient", "map_neighbor_distance"): False,
    ("gradient", "pca_argmax"): False,
    ("torn sheet", "pca_rgb"): True,
    ("torn sheet", "ica_rgb"): True,
    ("torn sheet", "pca_oklab"): True,
    ("torn sheet", "pca_argmax"): False,
    ("torn sheet", "map_neighbor_distance"): False,
    ("false merge", "map_neighbor_distance"): True,
    ("false merge", "trust"): True,
    ("false merge", "local_contrast"): True,
    ("false merge", "pca_rgb"): False,
    ("false merge", "kmeans"): False,
    ("rare class", "pca_kmeans"): True,
    ("rare class", "ica_kmeans"): True,
    ("two classes", "local_mds"): True,
    ("gradient", "local_mds"): True,
    ("rare class", "local_mds"): False,
    ("rare class", "pca_rgb"): False,
    ("rare class", "binary_pca"): False,
}


@pytest.fixture(scope="module")
def truths():
    """Return all planted data sets, by name."""
    return {truth.name: truth for truth in planted_truths()}


@pytest.fixture(scope="module")
def table(truths):
    """Return the table of the techniques of which something is expected; print it to be read."""
    techniques = dict.fromkeys(technique for _, technique in EXPECTED)
    table = planted_table(techniques, list(truths.values()))
    print(f"\n{table.round(2).to_string()}")
    return table


@pytest.mark.parametrize(("cell", "found"), EXPECTED.items(), ids=lambda value: str(value))
def test_techniques_find_what_they_are_for(table, cell, found):
    """A truth is read off the colors nearly always, or hardly better than by chance."""
    truth, technique = cell
    auc = table.loc[technique, truth]
    assert auc >= FOUND if found else auc <= HIDDEN


def test_every_truth_is_found_and_missed_by_some(table):
    """No planted truth is so plain that all techniques find it, nor so deep that none does."""
    assert (table.max() >= FOUND).all() and (table.min() <= HIDDEN).all()
    assert table.to_numpy().min() > 0.3 and table.to_numpy().max() <= 1


def test_the_map_alone_does_not_tell(truths):
    """A color that says the position on the map finds no truth but that which lies in a place."""
    from tsnecolor_nb.scoring.score import position_colors

    for name in ("two classes", "gradient", "torn sheet", "rare class"):
        assert truths[name].auc(position_colors(truths[name].embedding.xy)) < HIDDEN


def test_perfect_and_empty_colors(truths):
    """Black and white by the truth is always right; one color for all is chance."""
    for truth in truths.values():
        grey = np.full((len(truth.embedding), 3), 90, np.uint8)
        assert truth.auc(grey) == pytest.approx(0.5, abs=0.08)
        if truth.rows.ndim == 1:
            perfect = grey.copy()
            perfect[truth.rows[truth.truth]] = 255
            assert truth.auc(perfect) == 1


def test_seeds_reproduce(truths, monkeypatch):
    """The same seed plants the same data, and one point in a thousand is rare."""
    # The 3-D maps take long, and are not compared.
    monkeypatch.setattr("tsnecolor_nb.scoring.planted.landmark_map", lambda X, **how: X[:, :3])
    again = {truth.name: truth for truth in planted_truths()}
    other = planted_truths(seed=1)[0]
    for name, truth in truths.items():
        assert np.array_equal(truth.embedding.X, again[name].embedding.X)
    assert not np.array_equal(other.embedding.X, truths["two classes"].embedding.X)
    assert truths["rare class"].truth.mean() == 0.001
