"""Colors of labels by where they lie: near ones alike, touching ones apart, the same ones kept."""

import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.cluster import KMeans, kmeans_plusplus
from sklearn.datasets import make_blobs

from tsnecolor_nb.colors.palettes import MISSING, distinct_palette, eye_distances
from tsnecolor_nb.colors.spaces import srgb8_to_oklab
from tsnecolor_nb.data.embedding import load_embedding
from tsnecolor_nb.steps.label_palettes import (
    ContrastingColors,
    RelatedColors,
    contrasting_palette,
    related_palette,
    touching,
)
from tsnecolor_nb.steps.labels import ClusterLabels
from tsnecolor_nb.techniques.run import color


@pytest.fixture(scope="module")
def clusters():
    """Return 3-D points in one cloud, 60 labels of k-means on it, and a map of the points.

    The labels are scikit-learn's, largest cluster first: how much contrast there is to gain hangs
    on the clusters, and these tests must not move with how our own step starts.
    """
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(8000, 3)) * [3, 2, 1]).astype(np.float32)
    xy = X[:, :2] + rng.normal(0, 0.1, (8000, 2)).astype(np.float32)
    start, _ = kmeans_plusplus(X[::8], 60, random_state=0)
    labels = KMeans(60, init=start, n_init=1, max_iter=25).fit(X).labels_
    largest_first = np.argsort(-np.bincount(labels), kind="stable")
    return X, np.argsort(largest_first)[labels], xy


def touching_differences(labels, xy, palette, eyes="normal"):
    """Return color differences of all pairs of map neighbors with different labels, sorted."""
    weights = touching(labels, xy, len(palette))
    pairs = np.nonzero(np.triu(weights, 1))
    return np.sort(eye_distances(palette, eyes)[pairs])


def test_related_colors_are_as_far_apart_as_the_centers(clusters):
    """Color differences of all pairs of labels follow the distances of their centers."""
    X, labels, _ = clusters
    palette = related_palette(labels, X)
    centers = np.array([X[labels == j].mean(axis=0) for j in range(60)])
    pairs = np.triu_indices(60, 1)
    apart = np.linalg.norm(centers[pairs[0]] - centers[pairs[1]], axis=1)
    shown = eye_distances(palette)[pairs]
    assert spearmanr(apart, shown).statistic > 0.95
    assert spearmanr(apart, eye_distances(distinct_palette(60))[pairs]).statistic < 0.2


@pytest.mark.parametrize("eyes", ["normal", "worst"])
def test_touching_clusters_contrast(clusters, eyes):
    """The least different tenth of touching pairs is half as different again as when not dealt."""
    _, labels, xy = clusters
    dealt = contrasting_palette(labels, xy, eyes=eyes)
    plain = distinct_palette(60, eyes)
    assert np.array_equal(np.unique(dealt, axis=0), np.unique(plain, axis=0))
    there, before = (touching_differences(labels, xy, p, eyes) for p in (dealt, plain))
    assert np.quantile(there, 0.1) > 1.4 * np.quantile(before, 0.1)
    assert there.mean() > 1.1 * before.mean()


def test_the_safe_colors_are_safer(clusters):
    """To color-blind eyes the least different touching pairs differ more in the safe variant."""
    _, labels, xy = clusters
    safe, plain = (contrasting_palette(labels, xy, eyes=eyes) for eyes in ("worst", "normal"))
    seen = [touching_differences(labels, xy, p, "worst") for p in (safe, plain)]
    assert np.quantile(seen[0], 0.1) > 1.3 * np.quantile(seen[1], 0.1)
    for k in (30, 128):
        palettes = (distinct_palette(k, eyes) for eyes in ("worst", "normal"))
        apart = [eye_distances(palette, "worst") + np.eye(k) for palette in palettes]
        assert np.median(apart[0].min(axis=0)) > 2 * np.median(apart[1].min(axis=0))


def test_touching_counts_map_neighbors():
    """Two labels side by side touch, a third far away does not; the measure is symmetric."""
    side = np.arange(50.0)
    xy = np.column_stack([np.concatenate([side, side, side + 1e4]), np.repeat([0, 0.1, 0], 50)])
    found = touching(np.repeat([0, 1, 2], 50), xy, 4)
    assert found[0, 1] > 0 and not found[2].any() and not found[3].any()
    assert np.array_equal(found, found.T) and not np.diagonal(found).any()


def test_related_colors_stay_when_k_and_the_seed_change(clusters):
    """With other clusters most points keep nearly their color; by number they would not."""
    X, labels, _ = clusters
    other = ClusterLabels(70, random_state=3).fit(X).labels_

    def moved(palette, other_palette):
        away = srgb8_to_oklab(palette[labels]) - srgb8_to_oklab(other_palette[other])
        return np.median(np.linalg.norm(away, axis=1))

    related = moved(related_palette(labels, X), related_palette(other, X))
    assert related < 0.06 < 0.15 < moved(distinct_palette(60), distinct_palette(70))


def test_contrasting_colors_stay_where_clusters_stay():
    """Of 24 clear clusters, found anew under other numbers and one split, 23 keep their color."""
    X, _ = make_blobs(4800, 2, centers=24, cluster_std=0.05, random_state=1)
    old = ClusterLabels(24).fit(X).labels_
    palette = contrasting_palette(old, X)
    rng = np.random.default_rng(0)
    new = rng.permutation(25)[np.where((old == 3) & (X[:, 0] > X[old == 3, 0].mean()), 24, old)]
    kept = contrasting_palette(new, X, keep=(old, palette))
    same = (kept[new] == palette[old]).all(axis=1)
    assert all(same[old == j].all() for j in range(24) if j != 3)
    assert len(np.unique(kept, axis=0)) == 25
    loose = contrasting_palette(new, X)
    assert (loose[new] == palette[old]).all(axis=1).mean() < 0.5


@pytest.mark.parametrize("step", [RelatedColors(), ContrastingColors()], ids=str)
def test_steps_give_the_palette_of_their_function(clusters, step):
    """The step looks each label up, and what it has not seen is grey."""
    X, labels, xy = clusters
    places = X if isinstance(step, RelatedColors) else xy
    table = np.column_stack([labels, places])
    function = related_palette if isinstance(step, RelatedColors) else contrasting_palette
    found = step.fit(table).transform(table)
    assert np.array_equal(found, function(labels, places.astype(float))[labels])
    assert step.n_labels_ == 60
    unknown = np.column_stack([[-1, 60], places[:2]])
    assert (step.transform(unknown) == MISSING).all()


def test_labels_without_points_and_points_without_labels():
    """A label that no point has gets a color too, and -1 takes no part."""
    rng = np.random.default_rng(0)
    places, labels = rng.normal(size=(200, 3)), rng.integers(0, 5, 200)
    labels[labels == 2] = -1
    assert np.array_equal(related_palette(labels, places)[2], MISSING)
    assert contrasting_palette(labels, places[:, :2], 8).shape == (8, 3)
    assert contrasting_palette(labels, places[:, :2], 300).shape == (300, 3)


def test_techniques_color_by_clusters():
    """Both techniques give each cluster of `ClusterLabels` one color of its own."""
    X, _ = make_blobs(900, 6, centers=9, random_state=0)
    embedding = load_embedding(X, X[:, :2])
    labels = ClusterLabels(9).fit(embedding.X).labels_
    for name, param in (
        ("kmeans_related", "parts__kmeans__n_clusters"),
        ("kmeans_contrasting", "values__n_clusters"),
    ):
        found = color(embedding, name, **{param: 9})
        assert len(np.unique(np.column_stack([labels, found]), axis=0)) == 9
        assert len(np.unique(found, axis=0)) == 9


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: related_palette(np.zeros(3), np.zeros((3, 2))), "labels must be integers"),
        (lambda: related_palette(np.zeros(3, int), np.zeros((4, 2))), "one per point"),
        (lambda: contrasting_palette(np.zeros(3, int), np.eye(3)[:, :2], eyes="cat"), "eyes must"),
        (lambda: RelatedColors(eyes="cat").fit(np.ones((5, 4))), "eyes must be"),
        (lambda: ContrastingColors("cat").fit(np.ones((5, 3))), "eyes must be"),
    ],
)
def test_what_does_not_fit_is_named(call, message):
    """Every error names the argument."""
    with pytest.raises(ValueError, match=message):
        call()
