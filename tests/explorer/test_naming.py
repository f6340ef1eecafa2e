"""Names on the explorer's map: the button, the menu, and what code may ask for."""

import numpy as np
import pytest

from tsnecolor_nb import explore, load_embedding

RNG = np.random.default_rng(0)
CENTERS = np.array([[0, 0], [10, 0], [0, 10], [10, 10]])
GROUP = np.repeat(np.arange(4), 400)
XY = (CENTERS[GROUP] + RNG.normal(0, 0.6, (1600, 2))).astype(np.float32)
X = (3 * np.eye(4)[GROUP] + RNG.normal(0, 0.3, (1600, 4))).astype(np.float32)
EVIL = '<img src=x onerror="window.injected=1">'


@pytest.fixture
def explorer():
    """Return an explorer of four groups with names, words and pictures."""
    pictures = np.tile((60 * GROUP)[:, None, None], (1, 8, 8)).astype(np.uint8)
    meta = {"kind": np.array(["Ant", "Bee", "Cow", EVIL])[GROUP], "size": X[:, 0]}
    explorer = explore(load_embedding(X, XY, meta=meta, images=pictures))
    yield explorer
    explorer.close()


def texts(explorer):
    """Return the different names on the map."""
    return {name.text for name in explorer._map.names}


def test_there_are_no_names_until_one_asks(explorer):
    """The button shows and hides them; still pictures follow, and so does the page."""
    plain = explorer.picture(legend=False).pixels
    assert not explorer._map.names
    explorer._screen.names.button.value = True
    explorer.wait()
    assert texts(explorer) == {"Ant", "Bee", "Cow", EVIL}
    assert len(explorer._map._map_widget.names["places"]) == len(explorer._map.names)
    assert not np.array_equal(explorer.picture(legend=False).pixels, plain)
    explorer._screen.names.button.value = False
    assert not explorer._map.names
    assert np.array_equal(explorer.picture(legend=False).pixels, plain)


def test_names_of_the_colors_follow_the_colors(explorer):
    """Clusters show framed exemplars, a column its values, and other colors the regions."""
    explorer.color_by("kmeans", kmeans__n_clusters=4)
    explorer.name_by("colors")
    frames = sorted({name.srgb8 for name in explorer._map.names})
    assert np.array_equal(frames, np.unique(explorer.state.base.srgb8, axis=0))
    explorer.color_by("kind")
    explorer.wait()
    assert {name.picture for name in explorer._map.names} == {None}
    assert texts(explorer) == {"Ant", "Bee", "Cow", EVIL}
    explorer.color_by("pca_rgb")
    explorer.wait()
    assert texts(explorer) == {"Ant", "Bee", "Cow", EVIL}


def test_the_second_map_has_the_same_names(explorer, monkeypatch):
    """Comparing shows names on both maps; the button and the menu change both."""
    explorer.name_by("kind")
    explorer._tabs.selected = "Compare"
    explorer._screen.compare.worker.wait()
    first, second = explorer._screen.maps
    assert second.names == first.names and second.names
    # A job in the background would make the same names once more, and could end between the maps.
    monkeypatch.setattr(explorer._screen.names.worker, "compute", None)
    explorer.name_by("size")
    assert second.names == first.names and second.names
    explorer._screen.names.button.value = False
    assert second.names == first.names == ()


def test_names_from_code(explorer):
    """A column, a dictionary and labels name the map; None ends it; a mistake changes nothing."""
    explorer.name_by("kind")
    assert explorer._screen.names.menu.value == "column:kind"
    explorer.name_by({"mine": GROUP == 2})
    assert texts(explorer) == {"mine"}
    with pytest.raises(ValueError, match="by must be one of 'regions', 'kind', 'size'"):
        explorer.name_by("none")
    assert texts(explorer) == {"mine"} and explorer._screen.names.button.value
    explorer._screen.names.menu.value = "regions"
    explorer.wait()
    assert "mine" not in texts(explorer)
    explorer.name_by({"other": (5.0, 5.0)})
    explorer.name_by({"again": (5.0, 5.0)})
    assert texts(explorer) == {"again"}
    explorer.name_by(None)
    assert not explorer._map.names and not explorer._screen.names.button.value


def test_pictures_in_place_can_be_switched_off(explorer):
    """The box rules the frames of the map."""
    explorer.zoom((-0.3, 0.3), (-0.3, 0.3))
    with_pictures = explorer.picture(legend=False).pixels
    explorer._screen._pictures.value = False
    assert not np.array_equal(explorer.picture(legend=False).pixels, with_pictures)


@pytest.mark.parametrize(
    ("by", "ranges"),
    [("regions", ()), ("colors", ()), ("kind", ((-0.3, 0.3),) * 2), (None, ((-0.3, 0.3),) * 2)],
)
def test_copy_as_code_gives_names_and_pictures(explorer, by, ranges):
    """The lines give the same pixels: of the whole map, and of a part with pictures in place."""
    explorer.color_by("kmeans", kmeans__n_clusters=4)
    explorer.name_by(by)
    explorer.zoom(*ranges)
    code = explorer.code()
    assert ("map_names" in code) == (by is not None)
    assert ("pictures=embedding.pictures" in code) == bool(ranges)
    lines = code.replace('embedding = load_embedding(X, xy)  # your own arrays', "").splitlines()
    scope = {"embedding": explorer.embedding}
    exec("\n".join(lines[:-1]), scope)
    view = eval(lines[-1], scope)
    assert np.array_equal(view.pixels(), explorer.picture(legend=False).pixels)
    view.close()


def test_without_pictures_there_is_no_box():
    """What can't be shown is not offered, and clusters are named by a text."""
    explorer = explore(load_embedding(X, XY), "kmeans", kmeans__n_clusters=4)
    assert explorer._screen._pictures.layout.display == "none"
    explorer.name_by("colors")
    assert {name.text[:6] for name in explorer._map.names} == {"point "}
    explorer.close()
