"""Points drawn as their pictures where few are in view."""

import numpy as np
import pytest

from tsnecolor_nb import load_glyphs, show
from tsnecolor_nb.picture.aggregate import PLAIN_ON_DARK
from tsnecolor_nb.picture.in_place import _apart

XY = np.array([[x, y] for x in range(30) for y in range(30)], np.float32)
COLORS = np.where(np.arange(900)[:, None] % 2, np.uint8([[250, 220, 0]]), np.uint8([[60, 0, 90]]))
NEAR = (-0.5, 4.5), (-0.5, 4.5)


def ink(rows):
    """Return pictures that are ink in their right half."""
    pictures = np.zeros((len(rows), 8, 8), np.uint8)
    pictures[:, :, 4:] = 255
    return pictures


def photos(rows):
    """Return pictures with colors of their own."""
    return np.tile(np.uint8([9, 99, 199]), (len(rows), 6, 8, 1))


def view(pictures, colors=COLORS, **how):
    """Return a view of a lattice of points."""
    return show(XY, colors, pictures=pictures, size=200, **how)


def around(pixels, row, side=200):
    """Return the pixels around a point of the view NEAR."""
    x, y = (XY[row] + 0.5) / 5 * side
    x, y = round(float(x)), round(side - float(y))
    return pixels[y - 8 : y + 8, x - 8 : x + 8]


def test_ink_lies_on_the_color_of_each_point():
    """Ink is black on a bright color and white on a dark one, and the color is seen around it."""
    shown = view(ink)
    shown.zoom(*NEAR)
    pixels = shown.pixels()
    for row, value in ((0, 255), (1, 0), (31, 0), (62, 255)):
        box = around(pixels, row)
        assert (box[:, :5] == COLORS[row]).all() and (box[:, 11:] == value).all()


def test_photographs_stand_in_a_frame_of_the_color():
    """What has colors of its own keeps them."""
    shown = view(photos)
    shown.zoom(*NEAR)
    pixels = shown.pixels()
    assert (around(pixels, 31) == (9, 99, 199)).all()
    assert (pixels == COLORS[31]).all(axis=2).sum() > 100


def test_far_away_there_are_no_pictures_and_one_may_do_without():
    """Of many points none is drawn as a picture; switched off, there are none at all."""
    asked = []
    shown = view(lambda rows: asked.append(rows) or ink(rows))
    shown.pixels()
    shown.zoom(*NEAR)
    shown.shows_pictures = False
    plain = shown.pixels()
    assert not asked and np.array_equal(plain, _pixels_without())
    shown.shows_pictures = True
    assert not np.array_equal(shown.pixels(), plain)


def _pixels_without():
    shown = show(XY, COLORS, size=200)
    shown.zoom(*NEAR)
    return shown.pixels()


def test_each_picture_is_asked_for_once():
    """Moving the view a little asks for the new points alone."""
    asked = []
    shown = view(lambda rows: asked.extend(rows.tolist()) or ink(rows))
    for shift in (0, 1, 2, 1):
        shown.zoom((shift - 0.5, shift + 4.5), NEAR[1])
        shown.pixels()
    assert len(asked) == len(set(asked)) >= 35


def test_pictures_scale_with_a_still_picture():
    """A large file shows the same tiles at more pixels."""
    shown = view(ink)
    shown.zoom(*NEAR)
    box = around(shown.pixels(800)[::4, ::4], 1)
    assert (box[:, :5] == COLORS[1]).all() and (box[:, 11:] == 0).all()


def test_points_without_colors_are_light_on_a_dark_ground():
    """Ink on them is black there, and white on a white ground."""
    for ground, value, color in (("black", 0, PLAIN_ON_DARK), ("white", 255, (32, 34, 38))):
        shown = view(ink, None, background=ground)
        shown.zoom(*NEAR)
        box = around(shown.pixels(), 31)
        assert (box[:, 11:] == value).all() and (box[:, :5] == color).all()


def test_pictures_keep_apart():
    """Of places at one spot one has a picture; all that have one keep their distance."""
    places = np.random.default_rng(0).uniform(0, 100, (300, 2))
    chosen = places[_apart(places, 15)]
    away = np.abs(chosen[:, None] - chosen).max(axis=2)
    assert (away[~np.eye(len(chosen), dtype=bool)] >= 15).all()
    left_out = np.abs(places[:, None] - chosen).max(axis=2).min(axis=1)
    assert (left_out < 15).all() and len(chosen) < 60


def test_pictures_must_be_a_function():
    """An array of pictures is refused before anything is drawn."""
    with pytest.raises(TypeError, match="pictures must be callable"):
        show(XY, COLORS, pictures=ink(np.arange(900)))


def test_glyphs_stand_in_place():
    """On the atlas, a near view holds ink of real glyphs on the colors of their points."""
    atlas = load_glyphs()
    colors = np.tile(np.uint8([[90, 160, 220]]), (len(atlas), 1))
    shown = show(atlas.xy, colors, pictures=atlas.pictures, size=500)
    shown.zoom((8.9, 9.9), (4.5, 5.5))
    pixels = shown.pixels(1000)
    assert (pixels == colors[0]).all(axis=2).mean() > 0.01
    assert (pixels.max(axis=2) < 40).mean() > 0.002
