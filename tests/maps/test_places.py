"""Names of places on a map."""

import numpy as np
import pytest

from tsnecolor_nb import map_places


def test_places_are_those_of_a_compass():
    """The corners of a map and its middle have the names that a compass gives them."""
    grid = np.stack(np.meshgrid([0, 5, 10], [0, 5, 10]), axis=-1).reshape(-1, 2)
    assert map_places(np.repeat(grid, 50, axis=0))[::50].tolist() == [
        "southwest", "south", "southeast", "west", "middle", "east", "northwest", "north",
        "northeast",
    ]


def test_far_points_do_not_move_the_places():
    """One point far away leaves the names of all others as they are."""
    xy = np.random.default_rng(0).uniform(size=(1000, 2))
    far = np.vstack([xy, [[1e6, 1e6]]])
    assert (map_places(far)[:-1] == map_places(xy)).mean() > 0.98
    assert map_places(far)[-1] == "northeast"


def test_a_map_at_one_place_has_one_name():
    """Points without any extent are in one part of the map."""
    assert len(set(map_places(np.ones((5, 2))))) == 1


def test_infinite_places_are_refused():
    """A map must be finite."""
    with pytest.raises(ValueError, match="xy"):
        map_places([[0, np.inf]])
