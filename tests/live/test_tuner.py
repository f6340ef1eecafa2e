"""The sliders of a technique: the picture follows, late moves win, errors keep the picture."""

import threading

import numpy as np
import pytest

from tsnecolor_nb import TECHNIQUES, color, component_steps, load_embedding, tune
from tsnecolor_nb.steps.ica import SampledICA
from tsnecolor_nb.steps.pca import ChunkedPCA

# Components of random numbers are not independent, so that ICA does not converge on them.
pytestmark = pytest.mark.filterwarnings("ignore:SampledICA did not converge")

RNG = np.random.default_rng(0)
X = RNG.standard_normal((2000, 12)) * np.arange(12, 0, -1)
EMBEDDING = load_embedding(X, X[:, :2], xyz=X[:, :3])


@pytest.mark.parametrize("name", TECHNIQUES)
def test_every_technique_has_knobs_that_give_its_colors(name):
    """The first picture has the colors that `color` gives for what the controls say."""
    tuner = tune(EMBEDDING, name)
    expected = color(EMBEDDING, name, **tuner.params)
    assert np.array_equal(tuner.run.run(TECHNIQUES[name], **tuner.params), expected)
    assert set(tuner.params) == {param.name for param in TECHNIQUES[name].params}


def test_the_picture_follows_a_knob():
    """After a move the picture shows the colors of the new value."""
    tuner = tune(EMBEDDING, "argmax")
    before = tuner.png()
    tuner._controls["argmax__absolute"].value = True
    tuner.wait()
    assert tuner.png() != before
    other = tune(EMBEDDING, "argmax", argmax__absolute=True)
    assert tuner.png() == other.png()


def test_a_bar_follows_the_limits_of_values():
    """Colors by a value have a bar, which moves with them; other techniques have none."""
    tuner = tune(EMBEDDING, "map_neighbor_distance")
    before = tuner.bar
    assert (before.low, before.high) == tuple(tuner.run.steps["colors"].limits_)
    tuner._controls["colors__cmap"].value = "magma"
    tuner._controls["colors__low"].value = 0.2
    tuner.wait()
    assert tuner.bar.low > before.low and not np.array_equal(tuner.bar.palette, before.palette)
    assert tune(EMBEDDING, "argmax").bar is None


def test_a_second_move_cancels_the_first(monkeypatch):
    """A run that is no longer wanted gives up at its next report and does not recolor."""
    tuner = tune(EMBEDDING, "kmeans")
    shown, gate, first = [], threading.Event(), threading.Event()
    run = tuner.run.run

    def slow(technique, progress=None, **params):
        if params["kmeans__n_clusters"] == 5:
            first.set()
            gate.wait(20)
        progress("kmeans", 0.5)
        return run(technique, progress=progress, **params)

    monkeypatch.setattr(tuner.run, "run", slow)
    monkeypatch.setattr(tuner, "recolor", lambda colors, categorical: shown.append(colors))
    tuner._controls["kmeans__n_clusters"].value = 5
    assert first.wait(20)
    outdated = tuner._worker._thread
    tuner._controls["kmeans__n_clusters"].value = 6
    gate.set()
    outdated.join()
    tuner.wait()
    assert len(shown) == 1
    assert len(np.unique(shown[0], axis=0)) == 6


def test_an_error_is_shown_and_the_picture_stays(monkeypatch):
    """What goes wrong in the background is read in the widget, as text."""
    tuner = tune(EMBEDDING, "pca_rgb")
    before = tuner.png()

    def broken(*args, **params):
        raise ValueError("<b>no</b>")

    monkeypatch.setattr(tuner.run, "run", broken)
    tuner._controls["rgb__clip"].value = 0.05
    tuner.wait()
    assert "&lt;b&gt;no" in tuner._message.value
    assert tuner.png() == before


def test_unknown_names_are_named():
    """An unknown technique or parameter gets the list of those that exist."""
    with pytest.raises(ValueError, match="pca_rgb"):
        tune(EMBEDDING, "pca")
    with pytest.raises(ValueError, match="rgb__clip"):
        tune(EMBEDDING, "pca_rgb", clip=1)


def test_a_technique_may_be_given_itself():
    """It is shown as its name would be."""
    tuner = tune(EMBEDDING, TECHNIQUES["pca_rgb"])
    np.testing.assert_array_equal(tuner.raster.srgb8, color(EMBEDDING, "pca_rgb"))


@pytest.mark.parametrize("projection", [ChunkedPCA(4), SampledICA(4), ChunkedPCA(4, whiten=True)])
def test_component_steps_go_along_one_component(projection):
    """A step of one deviation moves its component by one deviation and no other."""
    values = projection.fit_transform(X)
    steps = projection.transform(component_steps(projection, 2, [-1, 0, 2]))
    expected = np.outer([-1, 0, 2], np.eye(4)[2] * values[:, 2].std())
    assert np.allclose(steps, expected, atol=0.05 * values[:, 2].std())
    with pytest.raises(ValueError, match="component must be an integer from 0 to 3"):
        component_steps(projection, 4, [1])
