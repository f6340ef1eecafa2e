"""A map in three steps, from all of it to single points."""

import numpy as np
import pytest

from tsnecolor_nb import Embedding, zoom_ladder

RNG = np.random.default_rng(0)
XY = RNG.uniform(size=(3000, 2)).astype(np.float32)
COLORS = np.tile(np.uint8([200, 40, 40]), (3000, 1))
ROW = 17


def embedding(**how):
    """Return points with or without pictures."""
    return Embedding(RNG.normal(size=(3000, 3)), XY, **how)


def steps(picture):
    """Return the three pictures of a sheet."""
    side = len(picture.pixels)
    return [picture.pixels[:, i * (side + 6) :][:, :side] for i in range(3)]


def test_each_step_has_a_frame_where_the_next_one_is():
    """There is a black frame in the first and in the second picture, and none in the third."""
    black = [(step == 0).all(axis=2).any() for step in steps(zoom_ladder(embedding(), COLORS, ROW))]
    assert black == [True, True, False]


def test_the_last_step_shows_pictures_of_points():
    """Points with pictures of plain ink show it at the end, and nowhere else."""
    ink = np.full((3000, 8, 8), 255, np.uint8)
    drawn = steps(zoom_ladder(embedding(images=lambda rows: ink[rows]), COLORS, ROW))
    plain = steps(zoom_ladder(embedding(), COLORS, ROW))
    assert np.array_equal(drawn[0], plain[0]) and np.array_equal(drawn[1], plain[1])
    assert (drawn[2] == 255).all(axis=2).mean() != (plain[2] == 255).all(axis=2).mean()


@pytest.mark.parametrize("n_points", [1, 10**6])
def test_any_number_of_points_gives_a_sheet(n_points):
    """One point, or more than there are, still gives three pictures."""
    assert zoom_ladder(embedding(), COLORS, ROW, n_points=n_points).pixels.shape == (450, 1362, 3)


def test_a_wrong_row_is_an_error():
    """The point must be one of those that there are."""
    with pytest.raises(ValueError, match="row must be"):
        zoom_ladder(embedding(), COLORS, 3000)
