"""Names of colors."""

import numpy as np
import pytest

from tsnecolor_nb import color_names, color_shares, srgb8_to_oklab


@pytest.mark.parametrize(
    ("name", "srgb8"),
    [
        ("red", (230, 0, 0)), ("green", (20, 160, 50)), ("blue", (10, 60, 220)),
        ("yellow", (255, 255, 20)), ("orange", (255, 140, 0)), ("violet", (120, 30, 160)),
        ("pink", (255, 150, 200)), ("brown", (100, 60, 20)), ("turquoise", (10, 190, 175)),
        ("grey", (130, 130, 130)), ("black", (0, 0, 0)), ("white", (255, 255, 255)),
    ],
)
def test_plain_colors_have_their_plain_names(name, srgb8):
    """What everybody calls by one word is called by that word."""
    assert color_names(np.uint8(srgb8)) == name


def test_names_keep_the_shape_and_do_not_depend_on_the_others():
    """A picture gets a name for each pixel, the same as for that pixel alone."""
    srgb8 = np.random.default_rng(0).integers(0, 256, (7, 5, 3)).astype(np.uint8)
    names = color_names(srgb8)
    assert names.shape == (7, 5)
    assert names[3, 2] == color_names(srgb8[3, 2])


def test_greys_have_no_hue():
    """Neither a grey nor black nor white is called by a hue."""
    greys = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
    assert set(color_names(greys).tolist()) == {"black", "grey", "white"}
    assert np.abs(srgb8_to_oklab(greys)[:, 1:]).max() < 1e-3


def test_numbers_that_are_no_bytes_are_refused():
    """Colors from 0 to 1 are not taken for bytes."""
    with pytest.raises(ValueError, match="srgb8"):
        color_names(np.zeros((2, 3)))


def test_shares_say_which_colors_a_group_has():
    """The most frequent color comes first, and rare ones are left out."""
    red, blue = (230, 0, 0), (10, 60, 220)
    srgb8 = np.uint8([red] * 7 + [blue] * 3 + [blue] * 9 + [red])
    shares = color_shares(srgb8, ["a"] * 10 + ["b"] * 10, ["b", "a"])
    assert shares["colors"].to_dict() == {"b": "blue 90%", "a": "red 70%, blue 30%"}
    assert color_shares(srgb8)["colors"].to_dict() == {"all": "blue 60%, red 40%"}


def test_shares_of_no_group_are_an_error():
    """A group that nothing is in is named, and so are groups that are not one per color."""
    srgb8 = np.zeros((2, 3), np.uint8)
    with pytest.raises(ValueError, match="only must hold groups that points are in, got 'c'"):
        color_shares(srgb8, ["a", "b"], ["a", "c"])
    with pytest.raises(ValueError, match="groups must have shape"):
        color_shares(srgb8, ["a"])
