"""What X says about a selection on the map: planted tears and strangers are found, no others."""

import numpy as np
import pytest

from tsnecolor_nb import load_embedding, refine_selection

N, CLUSTERS = 600, 8
LABELS = np.repeat(np.arange(CLUSTERS), N)


def planted(seed, d=20):
    """Return X of clusters of different densities, and an honest map of them.

    In three dimensions they overlap, in 20 they don't.
    """
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((N * CLUSTERS, d))
    density = np.exp(rng.uniform(-0.4, 0.4, CLUSTERS))[LABELS, None]
    X = 3 * rng.standard_normal((CLUSTERS, d))[LABELS] + noise * density
    turn = 2 * np.pi * LABELS / CLUSTERS
    xy = 10 * np.column_stack([np.cos(turn), np.sin(turn)]) + noise[:, :2] / 2
    return X, xy


def share(found, true):
    """Return the recall and the precision of some rows."""
    hits = np.isin(found, true).sum()
    return hits / len(true), hits / max(len(found), 1)


@pytest.mark.parametrize("seed", range(3))
def test_a_torn_part_is_found(seed):
    """Of a cluster in two places, the lasso around one finds the other, and nearly nothing else."""
    X, xy = planted(seed)
    cluster = np.flatnonzero(LABELS == seed)
    torn = cluster[::3]
    xy[torn] -= xy[cluster].mean(axis=0)
    found = refine_selection(load_embedding(X, xy), np.setdiff1d(cluster, torn))
    assert min(share(found.torn, torn)) > 0.9 and len(found.strangers) < 0.02 * len(found.rows)


@pytest.mark.parametrize("size", [12, 250])
@pytest.mark.parametrize("seed", range(2))
def test_strangers_are_found(seed, size):
    """Of two clusters at one place, those of the smaller are strangers, also if they are few."""
    X, xy = planted(seed)
    cluster, strangers = np.flatnonzero(LABELS == 1), np.flatnonzero(LABELS == 4)[:size]
    xy[strangers] = xy[cluster[:size]] + 0.1
    found = refine_selection(load_embedding(X, xy), np.union1d(cluster, strangers))
    assert min(share(found.strangers, strangers)) > 0.9 and len(found.torn) < 0.02 * len(found.rows)


@pytest.mark.parametrize("seed", range(3))
def test_an_honest_map_gets_no_offers(seed):
    """Around a cluster, or half of one, at most 2 and 4 % are proposed."""
    X, xy = planted(seed)
    data = load_embedding(X, xy)
    whole = LABELS == 2
    half = whole & (xy[:, 0] > np.median(xy[whole, 0]))
    for mask, most in ((whole, 0.02), (half, 0.04)):
        found = refine_selection(data, mask)
        assert len(found.torn) + len(found.strangers) <= most * mask.sum() and not found.note


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("d", "most", "mean"), [(3, 0.02, 0.01), (5, 0.02, 0.01),
                                                 (20, 0.001, 0.001), (128, 0.001, 0.001)])
def test_groups_that_overlap_have_few_strangers(seed, d, most, mean):
    """Of each lasso around a group at most 2 % are called strangers, of separate ones 0.1 %."""
    data = load_embedding(*planted(seed, d))
    found = [refine_selection(data, LABELS == label) for label in range(CLUSTERS)]
    strangers = np.array([len(one.strangers) / N for one in found])
    assert not any(one.note for one in found)
    assert strangers.max() <= most and strangers.mean() <= mean


@pytest.mark.parametrize(("d", "most"), [(3, 0.09), (5, 0.02), (20, 0)])
def test_groups_that_overlap_are_seldom_called_torn(d, most):
    """Around a group of an honest map, few points of others are offered: they are near in X."""
    offered = []
    for seed in range(4):
        data = load_embedding(*planted(seed, d))
        found = [refine_selection(data, LABELS == label) for label in range(CLUSTERS)]
        offered += [len(one.torn) / N for one in found]
    print(f"{d} dimensions: {np.mean(offered):.3f} of a lasso on average")
    assert np.mean(offered) <= most


@pytest.mark.parametrize(("d", "least"), [(3, 0.8), (5, 0.9), (20, 0.93), (128, 0.93)])
def test_a_torn_part_is_found_in_any_number_of_dimensions(d, least):
    """Most of what was torn away is offered, also where groups overlap."""
    recall = []
    for seed in range(4):
        X, xy = planted(seed, d)
        cluster = np.flatnonzero(LABELS == seed)
        torn = cluster[::3]
        xy[torn] -= xy[cluster].mean(axis=0)
        found = refine_selection(load_embedding(X, xy), np.setdiff1d(cluster, torn))
        recall.append(share(found.torn, torn)[0])
    print(f"{d} dimensions: recall {np.round(recall, 3)}")
    assert min(recall) >= least


def test_what_is_no_group_is_called_so():
    """Noise, many clusters at once, all points and a handful give a note and no offers."""
    rng = np.random.default_rng(0)
    noise = load_embedding(rng.random((3000, 9)), rng.random((3000, 2)))
    X, xy = planted(0)
    for data, rows, note in (
        (noise, np.arange(300), "no group"), (noise, np.arange(2000), "no group"),
        (load_embedding(X, xy), np.flatnonzero(LABELS < 5), "several groups"),
        (noise, np.arange(3000), "all points"), (noise, np.arange(9), "too few"),
    ):
        found = refine_selection(data, rows)
        assert note in found.note and note in repr(found)
        assert not len(found.torn) and not len(found.strangers)


def test_incomplete_rows_are_never_proposed():
    """Rows with NaN shift no other row and are neither torn nor strangers; bad rows are named."""
    X, xy = planted(1)
    cluster = np.flatnonzero(LABELS == 1)
    torn = cluster[::3]
    xy[torn] = 0
    X[::7, 3] = np.nan
    data = load_embedding(X, xy, missing="grey")
    found = refine_selection(data, np.setdiff1d(cluster, torn))
    assert not data.incomplete[found.torn].any() and not data.incomplete[found.strangers].any()
    assert min(share(found.torn, torn[~data.incomplete[torn]])) > 0.9
    with pytest.raises(ValueError, match="rows must be"):
        refine_selection(data, [-1])
