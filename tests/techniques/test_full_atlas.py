"""The quick techniques on all 358,359 glyphs, against NumPy in double precision, in chunks."""

import numpy as np
import pytest

from tsnecolor_nb.colors.palettes import label_colors
from tsnecolor_nb.glyphs.load import load_glyphs
from tsnecolor_nb.picture.raster import Raster
from tsnecolor_nb.techniques.run import CachedRun
from tsnecolor_nb.techniques.table import TECHNIQUES

CHUNKS = 40


@pytest.fixture(scope="module")
def run():
    """Return runs over the whole atlas, which share what they begin with."""
    return CachedRun(load_glyphs())


@pytest.fixture(scope="module")
def moments(run):
    """Return mean and covariance of the atlas, added up in double precision."""
    X = run.embedding.X
    mean = X.mean(axis=0, dtype=np.float64)
    covariance = sum(part.T @ part for part in centered(X, mean)) / (len(X) - 1)
    return mean, covariance


def centered(X, mean):
    """Yield the rows in chunks, in double precision, without their mean."""
    return (rows - mean for rows in np.array_split(X, CHUNKS))


@pytest.fixture(scope="module")
def principal(run, moments):
    """Return 30 principal components in double precision, largest entry of an axis positive."""
    mean, covariance = moments
    axes = np.linalg.eigh(covariance)[1][:, ::-1][:, :30]
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(30)])
    return np.concatenate([part @ axes for part in centered(run.embedding.X, mean)])


def test_three_components_on_all_glyphs(run, principal):
    """Every byte is at most one step from the stretched components."""
    three = principal[:, :3]
    plain = 255 * (three - three.min(axis=0)) / np.ptp(three, axis=0)
    assert np.abs(run.run("pca_rgb") - plain).max() < 1.01


def test_24_bits_on_all_glyphs(run, principal):
    """All bits but those of values at a median are those of the plain comparison."""
    above = principal[:, :24] > np.median(principal[:, :24], axis=0)
    weights = 2 ** np.arange(8)[::-1]
    plain = np.stack([above[:, channel::3] @ weights for channel in range(3)], axis=1)
    assert (run.run("binary_pca") == plain).all(axis=1).mean() > 0.9995


@pytest.mark.parametrize("absolute", [False, True])
def test_winning_dimensions_of_all_glyphs(run, moments, absolute):
    """Standardized, signed and absolute, each glyph has the color of its largest dimension."""
    mean, covariance = moments
    deviation = np.sqrt(np.diag(covariance))
    standard = (part / deviation for part in centered(run.embedding.X, mean))
    measure = np.abs if absolute else np.asarray
    winners = np.concatenate([measure(part).argmax(axis=1) for part in standard])
    found = run.run("argmax", argmax__absolute=absolute)
    assert (found == label_colors(winners)).all(axis=1).mean() > 0.9995


def test_raw_winners_of_all_glyphs(run):
    """Without standardizing, each glyph has the color of its largest number, exactly."""
    found = run.run("argmax", standardize="passthrough")
    assert np.array_equal(found, label_colors(run.embedding.X.argmax(axis=1)))


@pytest.mark.parametrize(
    ("absolute", "decay"), [(False, 1.0), (True, 1.0), (False, 0.95), (False, 0.8)]
)
def test_winning_components_of_all_glyphs(run, principal, absolute, decay):
    """Of 30 standardized, weighted components each glyph has the color of the largest."""
    weighted = principal / principal.std(axis=0) * decay ** np.arange(30)
    winners = (np.abs(weighted) if absolute else weighted).argmax(axis=1)
    found = run.run("pca_argmax", argmax__absolute=absolute, falloff__decay=decay)
    assert (found == label_colors(winners)).all(axis=1).mean() > 0.9995


@pytest.mark.parametrize("name", ["kmeans", "argmax"])
def test_a_picture_of_labels_shows_colors_of_the_legend(run, name):
    """Of the opaque pixels at least 99 in 100 have a color that stands for a label."""
    colors = run.run(name)
    raster = Raster(run.embedding.xy, colors, TECHNIQUES[name].categorical)
    for zoom in (1, 4, 16):
        half = (raster.extent[1] - raster.extent[0]) / 2 / zoom
        x, y = run.embedding.xy[1000].tolist()
        rgba = raster.rgba((x - half, x + half), (y - half, y + half))
        shown = rgba[rgba[..., 3] == 255, :3]
        in_legend = (shown[:, None] == np.unique(colors, axis=0)).all(axis=2).any(axis=1)
        assert len(shown) > 1000 and in_legend.mean() >= 0.99
