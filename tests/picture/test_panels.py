"""Several colorings of one map on one sheet."""

import numpy as np
import pytest

from tsnecolor_nb import Picture, compose, panels, rasterize, value_colors

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


def test_titles_are_large_where_all_fit():
    """A row of titles has one size, the larger one unless one of them would not fit."""
    def height(second):
        """Return the height of an H that stands before this second title."""
        strip = panels(XY, RED, RED, titles=["H", second], side=130).pixels[:20, :130, 0]
        return np.ptp(np.flatnonzero((strip < 128).any(axis=1)))

    assert height("short") > height("just too long a title")


def test_a_bar_shows_the_color_map_between_its_values():
    """Under a panel with a bar stand both numbers, and between them the color map, low first."""
    colors = value_colors(np.linspace(0, 1, 400), "inferno")
    plain = panels(XY, colors, None, side=150).pixels
    sheet = panels(XY, colors, None, side=150, bars=[("inferno", 0.25, 8), None]).pixels
    strip = sheet[150:].astype(int)
    assert np.array_equal(sheet[:150], plain)
    assert (strip[:, 150:] == 255).all()
    middle = strip[11, :150]
    first, last = value_colors(np.array([0, 1.0]), "inferno").astype(int)
    places = [np.abs(middle - end).sum(axis=1).argmin() for end in (first, last)]
    assert np.abs(middle[places] - [first, last]).max() <= 1
    assert 30 < places[0] < 60 and 120 < places[1] < 145
    for text in (strip[:, : places[0]], strip[:, places[1] + 1 : 150]):
        assert text.min() < 150


def test_a_pixel_ratio_draws_the_same_picture_finer():
    """With a ratio of 2 all sizes double, titles and bars included, and the map is that of 2."""
    how = {"side": 60, "titles": ["one"], "bars": [("viridis", 0, 1)]}
    once, twice = (panels(XY, MANY, **how, pixel_ratio=ratio).pixels for ratio in (1, 2))
    assert twice.shape == (2 * once.shape[0], 2 * once.shape[1], 3)
    alone = compose(rasterize(XY, MANY, width=120, height=120, pixel_ratio=2))
    assert np.array_equal(twice[40:160], alone)
    shares = [(sheet[: len(sheet) // 5] < 128).mean() for sheet in (once, twice)]
    assert 0 < shares[0] and 0.7 < shares[1] / shares[0] < 1.4


def test_a_picture_takes_the_place_of_a_panel():
    """A picture of the size of a panel stands there as it is, grey ones too."""
    grey = np.arange(900, dtype=np.uint16).reshape(30, 30).astype(np.uint8)
    sheet = panels(XY, RED, Picture(grey), titles=["", ""], side=30).pixels
    assert (sheet[20:, 36:] == grey[:, :, None]).all()


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
        ([RED], {"side": 5000, "pixel_ratio": 2}, "^side must"),
        ([RED], {"pixel_ratio": 0.5}, "^pixel_ratio must"),
        ([RED], {"bars": []}, "^bars must hold one"),
        ([RED], {"bars": ["viridis"]}, "^bars must hold .color map"),
        ([RED], {"bars": [("jet", 0, 1)]}, "^cmap must"),
        ([Picture(RED[None])], {"side": 9}, r"^colors\[0\] does not fit: .*9 × 9"),
        ([RED], {"columns": 2.5}, "^columns must"),
        ([RED], {"background": "blue"}, "^background must"),
        ([RED], {"mixed": "none"}, "^mixed must"),
    ],
)
def test_arguments_that_do_not_fit_are_refused(colors, how, message):
    """An error names the argument, and the panel whose colors do not fit."""
    with pytest.raises((TypeError, ValueError), match=message):
        panels(XY, *colors, **how)
