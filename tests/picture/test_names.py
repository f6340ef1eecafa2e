"""Which names there is room for, and how they look in a still picture."""

import numpy as np
import pytest

from tsnecolor_nb import MapName
from tsnecolor_nb.picture.names import PlacedNames

RNG = np.random.default_rng(0)
WHOLE = (0, 100), (0, 100)


def many(n=400):
    """Return names of all lengths all over a map, some of them pictures."""
    picture = np.zeros((8, 8, 3), np.uint8)
    return PlacedNames(
        MapName(*RNG.uniform(0, 100, 2), "x" * RNG.integers(1, 40), picture if i % 3 == 0 else None,
                radius=RNG.uniform(0, 5), part=i)
        for i in range(n)
    )


@pytest.mark.parametrize("seed", range(20))
def test_names_never_overlap_and_never_leave_the_view(seed):
    """In any view of any size, boxes keep apart and lie inside."""
    rng, names = np.random.default_rng(seed), many()
    low, side = rng.uniform(0, 60, 2), rng.uniform(3, 100)
    width, height = rng.uniform(150, 900, 2)
    placed = names.place((low[0], low[0] + side), (low[1], low[1] + side), width, height)
    assert 0 < len(placed) <= 25
    boxes = []
    for i, x, y in placed:
        w, h = names._sizes[names._kind[i]]
        box = np.array([x - w / 2, y - h / 2, x + w / 2, y + h / 2])
        assert box.min() >= 0 and box[2] <= width and box[3] <= height
        for other in boxes:
            assert (box[:2] >= other[2:]).any() or (box[2:] <= other[:2]).any()
        boxes.append(box)


def test_the_most_important_name_wins_and_small_regions_wait_for_a_zoom():
    """The first of two at one place is shown; what is too small to see has no name yet."""
    names = PlacedNames([
        MapName(50, 50, "first"), MapName(50, 50, "second"), MapName(20, 20, "small", radius=0.1),
    ])
    assert [i for i, *_ in names.place(*WHOLE, 500, 500)] == [0]
    assert [i for i, *_ in names.place((19, 21), (19, 21), 500, 500)] == [2]


def test_a_part_has_one_name_in_half_a_view_and_another_part_its_own():
    """Places of one part are alternatives; two parts of a label may both be named."""
    far, near = MapName(90, 50, "a", part=1), MapName(60, 50, "a", part=1)
    names = PlacedNames([MapName(50, 50, "a", part=1), near, far, MapName(75, 75, "a", part=2)])
    assert [i for i, *_ in names.place(*WHOLE, 500, 500)] == [0, 3]
    assert [i for i, *_ in names.place((55, 65), (45, 55), 500, 500)] == [1]


@pytest.mark.parametrize("dark", [False, True])
def test_a_still_picture_has_the_names_with_a_halo(dark):
    """Text is black with white around it, or the reverse; elsewhere the picture stays."""
    grey = np.full((400, 400, 3), 128, np.uint8)
    drawn = PlacedNames([MapName(50, 50, "WWW")]).draw(grey, *WHOLE, ratio=2, dark=dark)
    inside = drawn[180:220, 150:250]
    assert (inside == 0).all(axis=2).sum() > 100 and (inside == 255).all(axis=2).sum() > 100
    ink = (inside == (255 if dark else 0)).all(axis=2)
    edge = inside[np.pad(ink, 1)[:-2, 1:-1] ^ ink]
    assert (edge != 128).any(axis=1).all()
    drawn = drawn.copy()
    drawn[170:230, 130:270] = 128
    assert (drawn == 128).all()


def test_a_still_picture_has_pictures_in_frames():
    """The picture stands where its name would, in a frame of its color."""
    picture = np.full((8, 8, 3), 7, np.uint8)
    name = MapName(25, 75, "", picture, (250, 10, 20))
    drawn = PlacedNames([name]).draw(np.full((200, 200, 3), 255, np.uint8), *WHOLE)
    assert (drawn[50, 50] == 7).all()
    assert ((drawn == (250, 10, 20)).all(axis=2).sum()) > 100


def test_a_page_gets_each_look_once():
    """Ten places of one name are one look; all is plain data."""
    names = PlacedNames(MapName(float(i), 0.0, "<b>", part=i) for i in range(10))
    data = names.as_data()
    assert len(data["looks"]) == 1 and data["looks"][0]["text"] == "<b>"
    assert len(data["places"]) == 10 and data["places"][3][:2] == (3, 0)
