"""Names for the regions of a map: where they stand, and what they say."""

import time

import numpy as np
import pandas as pd
import pytest

from tsnecolor_nb import MapName, column_colors, load_embedding, load_glyphs, map_names
from tsnecolor_nb.colors.palettes import MISSING
from tsnecolor_nb.selection.map_names import names_for

RNG = np.random.default_rng(0)
CENTERS = np.array([[0, 0], [10, 0], [0, 10], [10, 10]])
GROUP = np.repeat(np.arange(4), 500)
XY = (CENTERS[GROUP] + RNG.normal(0, 0.6, (2000, 2))).astype(np.float32)
X = (3 * np.eye(4)[GROUP] + RNG.normal(0, 0.3, (2000, 4))).astype(np.float32)


def embedding(**more):
    """Return four groups of points, apart on the map and in X."""
    return load_embedding(X, XY, **more)


def group_at(name):
    """Return which group a name stands on, or -1 if it stands between them."""
    away = np.hypot(*(CENTERS - [name.x, name.y]).T)
    return int(away.argmin()) if away.min() < 2 else -1


def test_a_label_in_two_places_has_a_name_in_each():
    """The mean of both parts would lie between them; each name stands on points of its label."""
    labels = np.array(["ends", "b", "c", "ends"])[GROUP]
    names = map_names(embedding(), labels)
    places = {(name.text, group_at(name)) for name in names}
    assert places == {("ends", 0), ("b", 1), ("c", 2), ("ends", 3)}
    parts = {name.part for name in names if name.text == "ends" and name.count > 100}
    assert len(parts) == 2
    assert [name.count for name in names[:4]] == pytest.approx([500] * 4, abs=25)


def test_smaller_parts_of_the_map_have_places_of_their_own():
    """A label that covers the whole map has a name in every eighth of it, later in the order."""
    xy = RNG.uniform(0, 8, (40_000, 2))
    names = names_for(xy, np.zeros(len(xy), int))
    assert {name.part for name in names} == {0} and names[0].count > 39_000
    cells = {(int(name.x), int(name.y)) for name in names}
    assert len(cells) == 64
    counts = [name.count for name in names]
    assert counts[0] == max(counts) and min(counts) < 1000


def test_missing_labels_have_no_names():
    """Negative integers, NaN and None are none."""
    for labels in (np.where(GROUP, GROUP, -1), np.where(GROUP, GROUP, np.nan),
                   np.array([None, "1", "2", "3"])[GROUP]):
        names = map_names(embedding(), labels)
        assert {(name.text.removesuffix(".0"), group_at(name)) for name in names} == {
            ("1", 1), ("2", 2), ("3", 3)
        }


def test_regions_have_the_most_telling_category():
    """What all points share tells nothing; a category that says little comes with its column."""
    meta = pd.DataFrame({
        "same": "everywhere", "kind": np.array(["red fish", "red fish", "blue bird", "x"])[GROUP],
        "noise": RNG.choice(list("abc"), 2000), "flag": GROUP == 1,
    })
    names = map_names(embedding(meta=meta))
    assert {(name.text, group_at(name)) for name in names if name.count > 100} == {
        ("red fish", 0), ("flag True", 1), ("blue bird", 2), ("kind x", 3)
    }


def test_regions_have_the_words_of_long_texts():
    """Of texts that are all different, the words that many share name a region."""
    words = np.array(["cat", "dog", "green tea", "tree"])[GROUP]
    texts = [f"{word} number {i}" for i, word in enumerate(words)]
    names = map_names(embedding(meta={"title": texts}))
    found = {group_at(name): name.text for name in names if name.count > 100}
    assert set(found) == {0, 1, 2, 3} and all(
        part in found[i] for i, part in enumerate(["cat", "dog", "tea", "tree"])
    )


def test_regions_about_which_nothing_is_told_show_a_picture():
    """Without metadata there are exemplars; without pictures there is nothing."""
    assert map_names(embedding()) == ()
    pictures = np.tile((60 * GROUP)[:, None, None], (1, 8, 8)).astype(np.uint8)
    names = map_names(embedding(images=pictures))
    for name in names:
        assert (name.picture == 255 - 60 * group_at(name)).all()


def test_colors_of_labels_show_framed_exemplars():
    """Each name is the picture of a point of its color; the grey of missing points has none."""
    colors = np.uint8([[255, 0, 0], [0, 255, 0], [0, 0, 255], MISSING])[GROUP]
    pictures = np.tile((60 * GROUP)[:, None, None], (1, 8, 8)).astype(np.uint8)
    names = map_names(embedding(images=pictures), colors)
    assert {group_at(name) for name in names} == {0, 1, 2}
    for name in names:
        group = group_at(name)
        assert name.srgb8 == tuple(colors[500 * group]) and (name.picture == 255 - 60 * group).all()


def test_a_dictionary_of_ones_own():
    """Row numbers, a mask and a place name what they mean; the largest comes first."""
    names = map_names(embedding(), {
        "place": (5.0, 5.0), "rows": np.flatnonzero(GROUP == 2)[:20], "mask": GROUP == 1,
    })
    assert [name.text for name in names] == ["mask", "rows", "place"]
    assert [group_at(name) for name in names] == [1, 2, -1]
    assert (names[2].x, names[2].y) == (5, 5)


@pytest.mark.parametrize(
    ("by", "message"),
    [
        ("nothing", "by must be one of 'regions', 'kind', an array or a mapping, got 'nothing'"),
        ([1, 2], r"by must be one label per point \(2,000\).*got 2"),
        ({"a": [2000]}, "from 'a' to row numbers of 0 to 1,999"),
        ({"a": []}, "from 'a' to row numbers"),
        ({"a": (np.nan, 1.0)}, "from 'a' to row numbers"),
        (RNG.integers(0, 255, (2000, 3)).astype(np.uint8), "at most 1,024 different colors"),
    ],
)
def test_what_does_not_fit_is_refused(by, message):
    """One error says what was given and what would be right."""
    with pytest.raises(ValueError, match=message):
        map_names(embedding(meta={"kind": GROUP.astype(str)}), by)


def test_names_that_are_found_stay_as_they_are():
    """A sequence of names goes through; so several kinds can be put together."""
    names = [MapName(1.0, 2.0, "a")]
    assert names_for(XY, names) == tuple(names)


def test_a_single_point_has_a_place():
    """Neither one point nor points at one place are an error."""
    assert names_for(np.zeros((1, 2), np.float32), ["a"]) == ()
    (name, *_) = names_for(np.full((50, 2), 3, np.float32), ["a"] * 50)
    assert (name.x, name.y, name.count) == (3, 3, 50)


def test_naming_the_atlas_is_quick():
    """Printed: CPU time of a label column, of colors and of regions on 358,359 points."""
    atlas = load_glyphs()
    colors = column_colors(atlas.meta["script"]).srgb8
    for by in ("script", colors, "regions"):
        start = time.process_time()
        names = map_names(atlas, by)
        print(f"{len(names):,} names in {time.process_time() - start:.3f} s of CPU time")
        assert len(names) > 500
