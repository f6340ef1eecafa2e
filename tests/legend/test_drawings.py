"""Drawings of all colors of a step: corners and names of two values, slices of a solid."""

import io

import numpy as np
import pytest
from PIL import Image

from tsnecolor_nb import (
    BivariateColors,
    HueAndLightness,
    OklabCube,
    RGBCube,
    axis_colors,
    draw_colors,
    load_embedding,
)
from tsnecolor_nb.colors.spaces import srgb8_to_oklab
from tsnecolor_nb.legend.drawings import draw_axes, draw_hues, draw_slices
from tsnecolor_nb.legend.explain import Legend, explain


@pytest.fixture(scope="module")
def values():
    """Return a skewed cloud of three unequal components, float32 (9000, 3)."""
    rng = np.random.default_rng(0)
    return (rng.gamma(3, size=(9000, 3)) * [5, 2, 1] + 40).astype(np.float32)


def test_the_square_shows_the_corners_and_names(values):
    """The picture holds the four corners where they belong, and words beside them."""
    step = BivariateColors(("false", "torn")).fit(values)
    pixels = draw_colors(step).pixels
    low, high = values.min(axis=0), values.max(axis=0)
    corners = step.transform(np.array([low, high]))
    assert np.abs(pixels[359, 48].astype(int) - corners[0]).max() <= 1
    assert np.abs(pixels[0, 48 + 359].astype(int) - corners[1]).max() <= 1
    assert (pixels[380:, :].min(axis=2) < 120).any() and (pixels[:360, :40].min(axis=2) < 120).any()
    assert step.channel_names == ("false", "torn")


def test_slices_have_the_colors_of_the_points(values):
    """Their cells hold colors near those of points, and three slices stand side by side."""
    cube = OklabCube().fit(values)
    picture = draw_colors(cube, values)
    pixels, stored = picture.pixels, Image.open(io.BytesIO(picture.png()))
    assert np.array_equal(np.asarray(stored.convert("RGB")), pixels)
    cells = pixels[4:340:8, 4::8].reshape(-1, 3)
    filled = np.unique(cells[np.ptp(cells, axis=1) > 12], axis=0)
    assert len(filled) > 200
    shown = srgb8_to_oklab(np.unique(cube.transform(values), axis=0))
    gap = [np.linalg.norm(shown - color, axis=1).min() for color in srgb8_to_oklab(filled)]
    assert np.median(gap) < 0.02


@pytest.mark.parametrize("columns", [1, 2])
def test_without_a_third_column_there_is_one_slice(values, columns):
    """One or two columns are a line or a plane of colors."""
    cube = OklabCube(n_tries=8).fit(values[:, :columns])
    for draw, side in ((draw_colors, 352), (draw_slices, 176)):
        slices = draw(cube, values[:, :columns]).pixels[:side]
        assert (slices[:, :side] < 255).any() and (slices[:, side:] == 255).all()


def test_slices_in_a_legend_keep_their_size(values):
    """A legend of 300 CSS pixels, as in a saved page, shows all text equally large."""
    embedding, steps = load_embedding(values, values[:, :2]), {"cube": OklabCube().fit(values)}
    drawing = explain(embedding, steps, values).drawing
    drawn = Legend("channels", drawing=drawing).picture(300, pixel_ratio=2).pixels
    places = np.lib.stride_tricks.sliding_window_view(drawn, drawing.pixels.shape)
    assert (places == drawing.pixels).all(axis=(-3, -2, -1)).any()


@pytest.mark.parametrize("pictures", [True, False])
def test_hues_are_a_disc_with_points_at_their_hue(pictures):
    """The rim has the hues of the points that lie there, and shows them, not any others."""
    rng = np.random.default_rng(0)
    values = np.hstack([rng.uniform(-1, 1, (4000, 2)), rng.normal(size=(4000, 1))])
    step = HueAndLightness().fit(values)
    # A picture tells by its shade on which side of the plane its point lies.
    side = step.places(values)[:, 0] > 0
    images = np.where(side[:, None, None], 255, 55) * np.ones((1, 8, 8))
    e = load_embedding(values, values[:, :2], images=images.astype(np.uint8) if pictures else None)
    pixels = draw_hues(e, step, values).pixels[:552].astype(int)
    right = srgb8_to_oklab(pixels[273:279, 514:544].astype(np.uint8)).reshape(-1, 3)
    assert np.median(right[:, 1]) > 0.1
    dark, grey = ((pixels == shade).all(axis=2) for shade in (0, 197))
    if pictures:
        assert dark[:, 290:].sum() > 4000 and not dark[:, :260].any()
        assert grey[:, :260].sum() > 4000 and not grey[:, 290:].any()
    else:
        white = (pixels == 255).all(axis=2)
        assert white[153:399, 153:399].sum() > 100


def test_what_cannot_be_drawn_is_an_error(values):
    """Another step, and a cube without its input, are ValueErrors that name the argument."""
    with pytest.raises(ValueError, match="step must be a fitted BivariateColors or OklabCube"):
        draw_colors(RGBCube().fit(values))
    with pytest.raises(ValueError, match="values must be given"):
        draw_colors(OklabCube(n_tries=8).fit(values))


def test_the_square_is_white_where_there_are_no_points():
    """With values that rise together, only cells along the diagonal have their color."""
    values = np.arange(900.0)[:, None] * [1, 1]
    step = BivariateColors().fit(values)
    whole, filled = (draw_colors(step, given).pixels[:360, 48:408] for given in (None, values))
    kept = (whole == filled).all(axis=2)[4::8, 4::8]
    assert kept[::-1].diagonal().all() and kept.sum() < 3 * 45
    assert (filled[4::8, 4::8][~kept] == 255).all()


def test_slices_of_axes_are_narrow_and_hold_all_points():
    """Points at the limits lie in the outermost cells; long names are shortened."""
    values = np.random.default_rng(0).random((5000, 3))
    values[:400:2], values[1:400:2] = -9, 9
    names = ["a long name that goes on " * 4, "b", "c"]
    e = load_embedding(values, values[:, :2], meta=dict(zip(names, values.T, strict=True)))
    for scale in ("oklab", "rgb"):
        colored = axis_colors(e, *names, scale=scale)
        pixels = draw_axes(colored).pixels
        assert pixels.shape[1] < 600
        for corner, color in (((173, 2), colored.srgb8[0]), ((2, 2 * 188 + 173), colored.srgb8[1])):
            assert np.abs(pixels[corner].astype(int) - color).max() < 60
