"""Several colorings of one map on one sheet."""

import numpy as np
import pytest

from tsnecolor_nb import compose, panels, rasterize

XY = np.random.default_rng(0).normal(size=(400, 2)).astype(np.float32)
RED = np.tile(np.uint8([200, 20, 20]), (400, 1))
MANY = np.random.default_rng(1).integers(0, 256, (400, 3), np.uint8)


def test_each_panel_is_the_map_drawn_alone():
    """In each place stands what `rasterize` draws of that coloring, with the same options."""
    how = {"x_range": (-1, 1), "y_range": (0, 2), "shading": "log", "point_size": 2}
    sheet = panels(XY, MANY, None, RED, side=80, columns=2, mixed="sample", **how).pixels
    assert sheet.shape == (80 + 6 + 80, 80 + 6 + 80, 3)
    places = [(0, 0), (0, 86), (86, 0)]
    for (top, left), srgb8 in zip(places, (MANY, None, RED), strict=True):
        alone = compose(rasterize(XY, srgb8, width=80, height=80, mixed="sample", **how))
        assert np.array_equal(sheet[top : top + 80, left : left + 80], alone)
    assert (sheet[86:, 86:] == 255).all()


@pytest.mark.parametrize(("background", "level"), [("white", 255), ("black", 0)])
def test_titles_stand_above_their_panels_and_are_legible(background, level):
    """Each title is drawn in the strip above its panel, in a gray far from the background."""
    plain = panels(XY, RED, None, side=90, background=background).pixels
    titled = panels(XY, RED, None, titles=["one", ""], side=90, background=background).pixels
    strip = len(titled) - len(plain)
    assert np.array_equal(titled[strip:], plain)
    assert np.abs(titled[:strip, :90].astype(int) - level).max() > 150
    assert (titled[:strip, 90:] == level).all()


def test_a_long_title_is_shortened_within_its_panel():
    """A title wider than its panel ends in the same column as the panel."""
    titled = panels(XY, RED, RED, titles=["a very long title " * 9, ""], side=90).pixels
    strip = titled[:20]
    assert (strip[:, 60:90] < 255).any() and (strip[:, 90:] == 255).all()


def test_alternative_text_is_the_titles_or_what_was_passed():
    """The alternative text of the picture comes from the titles unless `text` is passed."""
    assert panels(XY, RED, None, titles=["red", "plain"], side=9).text == "red; plain"
    assert panels(XY, RED, titles=["red"], side=9, text="one map").text == "one map"


@pytest.mark.parametrize(
    ("colors", "how", "message"),
    [
        ([], {}, "^colors must hold"),
        ([RED, RED[:9]], {}, r"^colors\[1\] does not fit: .*400"),
        ([RED / 255], {}, r"^colors\[0\] does not fit: .*uint8"),
        ([RED], {"titles": "a"}, "^titles must"),
        ([RED], {"titles": ["a", "b"]}, "^titles must"),
        ([RED], {"side": 0}, "^side must"),
        ([RED], {"columns": 2.5}, "^columns must"),
        ([RED], {"background": "blue"}, "^background must"),
        ([RED], {"mixed": "none"}, "^mixed must"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(colors, how, message):
    """An error names the argument, and the panel whose colors do not fit."""
    with pytest.raises((TypeError, ValueError), match=message):
        panels(XY, *colors, **how)
