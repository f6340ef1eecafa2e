"""The techniques that need the map as well as X, against plain definitions."""

import numpy as np
import pytest

from tsnecolor_nb import TECHNIQUES, color, load_embedding
from tsnecolor_nb.colors.spaces import srgb8_to_oklab
from tsnecolor_nb.maps.local_mds import local_mds
from tsnecolor_nb.maps.pyramid import color_pyramid, local_lightness
from tsnecolor_nb.maps.trust import distortion
from tsnecolor_nb.picture.raster import Raster
from tsnecolor_nb.steps.bivariate import BivariateColors
from tsnecolor_nb.steps.hue_and_lightness import HueAndLightness
from tsnecolor_nb.steps.oklab_cube import OklabCube
from tsnecolor_nb.steps.pca import ChunkedPCA
from tsnecolor_nb.techniques.run import CachedRun
from tsnecolor_nb.techniques.view_fit import ViewFit


@pytest.fixture(scope="module")
def embedding():
    """Return 3000 points in 20 dimensions, of which two make the map, two are smooth on it."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 20)) * np.geomspace(2, 0.2, 20)
    xy = rng.uniform(-1, 1, (3000, 2)) * 10
    X[:, :2] += xy
    X[:, 2:4] += 9 * np.cos(xy / 4)
    return load_embedding(X, xy)


def cosines(first, second):
    """Return how far three columns span the same space as three others: 1 for the same."""
    bases = [np.linalg.qr(values - values.mean(axis=0))[0] for values in (first, second)]
    return np.linalg.svd(bases[0].T @ bases[1])[1]


def test_local_contrast_is_the_pca_of_what_the_neighborhood_lacks(embedding):
    """The colors are three components of X minus its Gaussian mean, 30 pixels wide."""
    X, xy = embedding.X.astype(float), embedding.xy.astype(float)
    x0, x1, _, _ = Raster(embedding.xy).extent
    width = 30 * (x1 - x0) / 600
    weight = np.exp(-((xy[:, None] - xy[None]) ** 2).sum(axis=2) / (2 * width**2))
    band = X - weight @ X / weight.sum(axis=1, keepdims=True)
    band -= band.mean(axis=0)
    axes = np.linalg.svd(band, full_matrices=False)[2][:3]
    found = color(embedding, "local_contrast")
    assert cosines(srgb8_to_oklab(found), band @ axes.T).min() > 0.99
    assert cosines(srgb8_to_oklab(color(embedding, "pca_oklab")), band @ axes.T).min() < 0.6


def test_local_contrast_follows_the_zoom(embedding):
    """Half the range on as many pixels is as half the width; moving the view changes nothing."""
    x0, x1, y0, y1 = Raster(embedding.xy).extent
    run = CachedRun(embedding)
    zoomed = (x0, (x0 + x1) / 2), (y0, (y0 + y1) / 2), 600
    moved = ((x0 + x1) / 2, x1), ((y0 + y1) / 2, y1), 600
    found = run.run("local_contrast", view=zoomed)
    assert np.array_equal(found, run.run("local_contrast", values__wide=15.0))
    assert np.array_equal(found, run.run("local_contrast", view=moved))
    assert not np.array_equal(found, run.run("local_contrast"))


def test_neighbor_pca_spans_the_axes_of_neighbor_differences(embedding):
    """The colors are X along the main axes of the differences of nearest neighbors."""
    X, xy = embedding.X.astype(float), embedding.xy.astype(float)
    away = ((xy[:, None] - xy[None]) ** 2).sum(axis=2) + np.diag(np.full(len(xy), np.inf))
    nearest = away.argsort(axis=1)[:, :10]
    differences = (X[:, None] - X[nearest]).reshape(-1, 20)
    axes = np.linalg.eigh(differences.T @ differences)[1].T[::-1][:3]
    found = color(embedding, "neighbor_pca")
    assert cosines(srgb8_to_oklab(found), X @ axes.T).min() > 0.99


def test_local_mds_colors_its_values_with_one_scale(embedding):
    """The colors are those of local MDS with 40 neighbors, lightness counting twice."""
    values = local_mds(embedding.X, embedding.xy, 40)
    assert np.array_equal(
        color(embedding, "local_mds"), OklabCube(chroma=0.5).fit_transform(values)
    )


def test_hue_is_the_place_in_the_whole_and_lightness_the_difference_from_neighbors(embedding):
    """Both come from one step: principal components or a 3-D map, and the local lightness."""
    X, xy = embedding.X, embedding.xy
    lightness = local_lightness(X, xy)
    components = ChunkedPCA(2).fit_transform(X)
    found = color(embedding, "hue_and_lightness")
    expected = HueAndLightness().fit_transform(np.hstack([components, lightness]))
    assert np.array_equal(found, expected)
    xyz = np.random.default_rng(1).normal(size=(len(X), 3)).astype(np.float32)
    solid = load_embedding(X, xy, xyz=xyz)
    expected = HueAndLightness().fit_transform(np.hstack([xyz, lightness]))
    assert np.array_equal(color(solid, "hue_and_lightness", values__hue="tsne3"), expected)
    assert np.array_equal(color(solid, "hue_and_lightness"), found)


def test_hue_is_spent_anew_on_what_is_in_view(embedding):
    """Fitted to a view, its points have all hues, and a little more of it changes them little."""
    fit = ViewFit(embedding)
    whole = srgb8_to_oklab(fit.colors("hue_and_lightness", (-50, 50), (-50, 50)))
    one, other = (
        srgb8_to_oklab(fit.colors("hue_and_lightness", (0, end), (0, end))) for end in (5, 5.2)
    )
    inside = ((embedding.xy > 0) & (embedding.xy < 5)).all(axis=1)
    assert one[inside, 1:].std() > 1.2 * whole[inside, 1:].std()
    assert np.linalg.norm(one - other, axis=1)[inside].mean() < 0.03


def test_the_color_pyramid_colors_its_values_with_one_scale(embedding):
    """The colors are those of the pyramid, and the words say what they are not good for."""
    X, xy = embedding.X, embedding.xy
    found = color(embedding, "color_pyramid")
    assert np.array_equal(found, OklabCube().fit_transform(color_pyramid(X, xy)))
    held = OklabCube().fit_transform(color_pyramid(X, xy, anchor=2, fine=0.5))
    how = {"values__anchor": 2, "values__fine": 0.5}
    assert np.array_equal(color(embedding, "color_pyramid", **how), held)
    assert "regions are faint" in TECHNIQUES["color_pyramid"].description


def test_the_trust_map_colors_distortion(embedding):
    """With all points measured the colors are those of their false neighbors and tears."""
    found = color(embedding, "trust")
    values = distortion(embedding.X, embedding.xy, 20)
    assert np.array_equal(found, BivariateColors().fit_transform(values))


@pytest.mark.parametrize(
    "name",
    [
        "local_contrast", "neighbor_pca", "moving_frames", "local_mds", "hue_and_lightness",
        "color_pyramid", "trust",
    ],
)
@pytest.mark.parametrize("n", [4, 6, 50])
def test_few_points_are_no_trouble(embedding, name, n):
    """A handful of points still get colors, with the defaults meant for many."""
    few = load_embedding(embedding.X[:n], embedding.xy[:n])
    assert color(few, name).shape == (n, 3)


def test_only_local_contrast_uses_the_view():
    """All other techniques give the same colors at every zoom."""
    assert [name for name, technique in TECHNIQUES.items() if technique.uses_view] == [
        "local_contrast"
    ]
