"""Names for the regions of a map: where they stand, and what they say."""

import time

import numpy as np
import pandas as pd
import pytest

from tsnecolor_nb import MapName, column_colors, load_embedding, load_glyphs, map_names
from tsnecolor_nb.colors.palettes import MISSING
from tsnecolor_nb.names.map_names import names_for

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
        ("red fish", 0), ("flag", 1), ("blue bird", 2), ("kind x", 3)
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


def told(meta, **more):
    """Return by group what its region is called."""
    names = map_names(embedding(meta=meta, **more))
    return {group_at(name): name.text for name in names if name.count > 100}


def test_what_holds_nearly_everywhere_is_no_name():
    """A value of 85 % of all points names nothing, nor does a word of 60 % of all texts."""
    common = np.where(RNG.random(2000) < 0.85, "usual", "rare")
    common[GROUP > 0] = "usual"
    assert set(told({"kind": common}).values()) <= {"rare"}
    words = np.array(["letter fox", "letter owl", "elm", "oak"])[GROUP]
    names = told({"title": [f"{word} number {i}" for i, word in enumerate(words)]})
    assert names == {0: "fox", 1: "owl", 2: "elm", 3: "oak"}


def test_words_are_written_as_they_are_read():
    """A single letter stands beside its word, an adjective not alone, and NASA in upper case."""
    words = np.array(["LETTER K", "SMALL DOG", "DIGIT TWO", "NASA"])[GROUP]
    assert told({"title": [f"A {word} NUMBER {i}" for i, word in enumerate(words)]}) == {
        0: "letter k", 1: "small dog", 2: "digit two", 3: "nasa"
    }
    words = np.array(["letter k", "the small dog", "of digit two", "by NASA"])[GROUP]
    meta = {"title": [f"{word} number {i}" for i, word in enumerate(words)],
            "kind": RNG.choice(["Dog", "Cat"], 2000)}
    assert told(meta) == {0: "letter k", 1: "small Dog", 2: "digit two", 3: "NASA"}


def test_two_values_share_a_part():
    """Of a part that is half one and half another value both are told, in one order everywhere."""
    half = RNG.random(2000) < 0.5
    kinds = np.where(GROUP % 2, np.where(half, "oak", "elm"), np.where(half, "fox", "owl"))
    assert set(told({"kind": kinds}).values()) in (
        {f"{a} or {b}", f"{c} or {d}"} for a, b in (("oak", "elm"), ("elm", "oak"))
        for c, d in (("fox", "owl"), ("owl", "fox"))
    )


def test_a_second_fact_is_added_where_it_is_news():
    """Species and sex are told together; a genus that follows from the species is not."""
    meta = {
        "species": np.array(["Adelie", "Gentoo"])[GROUP % 2],
        "sex": np.array(["f", "m"])[GROUP // 2],
        "genus": np.array(["Pygoscelis", "Other one"])[GROUP % 2],
    }
    names = told(meta)
    assert set(names.values()) == {"Adelie", "Gentoo"}, "a code is no second fact"
    meta["sex"] = np.array(["female", "male"])[GROUP // 2]
    assert told(meta) == {0: "Adelie, sex female", 1: "Gentoo, sex female",
                          2: "Adelie, sex male", 3: "Gentoo, sex male"}


def test_flags_codes_and_vague_values_come_with_their_column():
    """Yes and no become the column's name, codes follow it, and "unknown" is no name."""
    assert told({"is_new": GROUP < 2}) == dict.fromkeys((0, 1), "is new") | dict.fromkeys(
        (2, 3), "not is new"
    )
    assert told({"risk_class": np.array(["low", "high", "unknown", "Mn"])[GROUP]}) == {
        0: "risk class low", 1: "risk class high", 3: "risk class Mn"
    }


def test_numbers_are_told_in_words():
    """The lowest and the highest quarter have a name, without the unit; dates are early or late."""
    assert told({"petal_width (cm)": GROUP + RNG.random(2000)}) == {
        0: "low petal width", 3: "high petal width"
    }
    days = pd.Timestamp("2020-01-01") + pd.to_timedelta(100 * GROUP + RNG.random(2000), unit="D")
    assert told({"sold": days}) == {0: "early sold", 3: "late sold"}
    assert told({"zero": np.zeros(2000)}) == {}


def test_a_picture_goes_before_codes_and_numbers():
    """Where there are pictures, what says little is not told."""
    pictures = np.tile((60 * GROUP)[:, None, None], (1, 8, 8)).astype(np.uint8)
    names = map_names(embedding(images=pictures, meta={"a": GROUP, "b": GROUP + 0.5}))
    assert {group_at(name) for name in names} == {0, 1, 2, 3}
    assert all(name.picture is not None for name in names)


def test_a_point_stands_for_others_by_a_readable_name():
    """Without pictures a region shows the name of one of its points, if it has one."""
    letters = np.array([*"abcdefghijklm"])
    names = ["a " + "".join(letters[i // np.array([1, 13, 169]) % 13]) for i in range(2000)]
    words = told({"name": names})
    assert set(words) == {0, 1, 2, 3}
    assert all(text.startswith("such as a ") for text in words.values())
    assert told({"name": [f"{i:x}" for i in range(2000)]}) == {}


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
