"""Tests of raster.py, pixels.py and dots.py: what a pixel's color and opacity must be."""

import pickle
import tracemalloc

import numpy as np
import pandas as pd
import pytest

from tsnecolor_nb.colors.spaces import lin_to_srgb8, srgb8_to_lin
from tsnecolor_nb.picture import aggregate as pixels, dots
from tsnecolor_nb.picture.aggregate import point_sums, points_inside
from tsnecolor_nb.picture.raster import Raster, background_srgb8, compose, fit_aspect, rasterize

UNIT = {"x_range": (0, 10), "y_range": (0, 10), "width": 10, "height": 10, "point_size": 0}
RED, BLUE, BLACK, WHITE = (255, 0, 0), (0, 0, 255), (0, 0, 0), (255, 255, 255)


def colors(*rows):
    """Return rows of color as the raster takes them."""
    return np.array(rows, np.uint8)


@pytest.fixture(scope="module")
def cloud():
    """Return a few thousand points in clumps, each with a color of its own."""
    rng = np.random.default_rng(0)
    xy = rng.normal(size=(4000, 2)) + 6 * rng.integers(0, 3, (4000, 2))
    return xy.astype(np.float32), rng.integers(0, 256, (4000, 3)).astype(np.uint8)


def test_a_point_fills_its_pixel_with_its_color():
    """One point colors one pixel, opaque, with row 0 on top, and nothing else."""
    picture = rasterize([[2.5, 8.5]], colors((10, 200, 30)), **UNIT)
    assert picture.shape == (10, 10, 4)
    assert picture.dtype == np.uint8
    assert picture[1, 2].tolist() == [10, 200, 30, 255]
    picture[1, 2] = 0
    assert not picture.any()


def test_colors_are_averaged_in_linear_light():
    """Black and white points in one pixel give 188, not the 128 that averaged bytes would give."""
    picture = rasterize([[5.5, 5.5]] * 2, colors(BLACK, WHITE), **UNIT)
    assert picture[4, 5, :3].tolist() == [188, 188, 188]


def test_every_pixel_agrees_with_the_plain_definition(cloud):
    """Mean colors and densities equal those that NumPy finds point by point."""
    xy, srgb8 = cloud
    column, row = ((xy + 4) / 20 * 50).astype(int).T
    inside = (column >= 0) & (column < 50) & (row >= 0) & (row < 50)
    where = (49 - row[inside]) * 50 + column[inside]
    count = np.bincount(where, minlength=2500)
    sums = np.stack(
        [np.bincount(where, channel, 2500) for channel in srgb8_to_lin(srgb8[inside]).T], axis=1
    )
    shared = {"x_range": (-4, 16), "y_range": (-4, 16), "width": 50, "height": 50}
    picture = rasterize(xy, srgb8, shading="count", point_size=0, **shared).reshape(-1, 4)
    expected = lin_to_srgb8(sums / np.maximum(count, 1)[:, None]).astype(int)
    assert np.abs(picture[:, :3].astype(int) - expected).max() <= 1
    assert picture[count == 0].max() == 0
    opacity = 0.3 + 0.7 * count[count > 0] / count.max()
    assert np.abs(picture[count > 0, 3] - 255 * opacity).max() <= 0.51


def test_equalized_opacity_is_the_share_of_pixels_that_hold_no_more():
    """With pixels of 1, 1, 2 and 9 points the opacities come from shares 1/2, 1/2, 3/4 and 1."""
    xy = [[0.5, 0.5], [1.5, 0.5]] + [[2.5, 0.5]] * 2 + [[3.5, 0.5]] * 9
    alpha = rasterize(xy, **UNIT)[9, :5, 3]
    assert alpha.tolist() == [round(255 * (0.3 + 0.7 * s)) for s in (0.5, 0.5, 0.75, 1)] + [0]


def test_logarithmic_opacity():
    """Opacity grows with log(1 + points), from a floor that keeps single points visible."""
    alpha = rasterize([[0.5, 0.5]] + [[1.5, 0.5]] * 7, shading="log", **UNIT)[9, :2, 3]
    assert alpha.tolist() == [round(255 * (0.3 + 0.7 / 3)), 255]


@pytest.mark.parametrize("shading", pixels.SHADINGS)
def test_equal_densities_are_opaque(shading):
    """When every occupied pixel holds one point, no shading makes them pale."""
    assert set(np.unique(rasterize([[1, 1], [5, 5]], shading=shading, **UNIT)[..., 3])) == {0, 255}


def test_ranges_cut_out_the_same_pixels(cloud):
    """A quarter of the range at a quarter of the size shows the same colors as the whole."""
    whole = Raster(*cloud)
    how = {"point_size": 0, "shading": "count"}
    full = whole.rgba((-4, 16), (-4, 16), 80, 80, **how)
    part = whole.rgba((-4, 6), (6, 16), 40, 40, **how)
    assert (full[:40, :40, :3] == part[..., :3]).all()


def test_bands_leave_no_seam(cloud, monkeypatch):
    """A picture drawn in bands of a few rows equals the one drawn at once, dots included."""
    whole = Raster(*cloud)
    for radius in (0, 4.5):
        at_once = whole.rgba(width=90, height=120, point_size=radius)
        monkeypatch.setattr(pixels, "BAND_PIXELS", 90 * 7)
        assert np.abs(whole.rgba(width=90, height=120, point_size=radius) - at_once).max() <= 1
        monkeypatch.undo()


def test_a_point_on_a_seam_is_counted_once(monkeypatch):
    """Points that lie exactly between two bands belong to the upper one only."""
    monkeypatch.setattr(pixels, "BAND_PIXELS", 20)
    xy = [[x + 0.5, x] for x in range(10)]
    assert np.count_nonzero(rasterize(xy, **UNIT)[..., 3]) == 10


def test_the_largest_picture_keeps_its_memory():
    """8,000 × 8,000 pixels take under 800 MiB at the peak, the picture's 244 included."""
    points = Raster(np.random.default_rng(0).normal(size=(5000, 2)))
    points.rgba(width=8, height=8)
    tracemalloc.start()
    picture = points.rgba(width=8000, height=8000)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    assert picture.shape == (8000, 8000, 4)
    assert peak < 800


def test_colors_of_dots_never_leak(cloud):
    """With one color everywhere, every pixel that is not empty has exactly it, soft edges too."""
    xy = cloud[0]
    picture = rasterize(xy, np.full((len(xy), 3), (200, 30, 90), np.uint8), point_size=3.7)
    assert (np.unique(picture[picture[..., 3] > 0][:, :3], axis=0) == [200, 30, 90]).all()
    assert not picture[picture[..., 3] == 0][:, 3].any()


def test_dots_mix_without_drawing_order(cloud):
    """Overlapping dots give the same picture whichever point comes first."""
    xy, srgb8 = cloud
    order = np.random.default_rng(1).permutation(len(xy))
    there = rasterize(xy, srgb8, point_size=6).astype(int)
    assert np.abs(there - rasterize(xy[order], srgb8[order], point_size=6)).max() <= 1


def test_two_overlapping_dots_mix_in_linear_light():
    """Where a red and a blue dot overlap, the color is their mean; elsewhere it is their own."""
    how = {"x_range": (0, 40), "y_range": (0, 40), "width": 40, "height": 40, "point_size": 6}
    row = rasterize([[15.5, 20.5], [23.5, 20.5]], colors(RED, BLUE), **how)[19]
    assert row[11, :3].tolist() == list(RED)
    assert row[19, :3].tolist() == [188, 0, 188]
    assert row[27, :3].tolist() == list(BLUE)


def test_dots_are_round_and_soft_edged():
    """A dot covers π r² pixels, looks the same from every side, and fades over its edge only."""
    cover = dots.disk(8)
    assert cover.sum() == pytest.approx(np.pi * 64, rel=0.02)
    assert (cover == cover.T).all() and (cover == cover[::-1]).all()
    soft = (cover > 0) & (cover < 1)
    distance = np.hypot(*np.indices(cover.shape) - 8)
    assert soft.any() and (np.abs(distance[soft] - 8) < 0.51).all()
    assert (dots.disk(0.5) == [[0, 0, 0], [0, 1, 0], [0, 0, 0]]).all()


def test_dots_half_outside_are_drawn_half():
    """A dot whose middle lies just outside still shows the part that reaches in."""
    picture = rasterize([[-1, 5.5]], colors(RED), **UNIT | {"point_size": 3})
    assert picture[4, 0, 3] == 255
    assert picture[4, 9, 3] == 0


def test_points_grow_as_they_become_few():
    """Auto size is one pixel for many points, never shrinks as they get fewer, and has a limit."""
    radii = [dots.auto_radius(n, 600, 600) for n in (400_000, 40_000, 4_000, 400, 40, 1, 0)]
    assert radii == sorted(radii)
    assert radii[0] < 0.5 < radii[2]
    assert radii[-1] == radii[-3] == 7.5
    assert dots.auto_radius(4_000, 1200, 1200) == pytest.approx(2 * radii[2])


def test_zooming_in_keeps_points_visible(cloud):
    """At a range that holds one point, that point is a dot of many opaque pixels."""
    xy = cloud[0]
    x, y = map(float, xy[17])
    picture = Raster(xy).rgba((x - 1e-3, x + 1e-3), (y - 1e-3, y + 1e-3))
    assert np.count_nonzero(picture[..., 3] == 255) > 100


def test_recolor_is_a_new_raster_with_the_same_points(cloud):
    """After `recolor` the picture is that of a fresh raster; refused colors change nothing."""
    xy, srgb8 = cloud
    points = Raster(xy)
    assert points.plain
    points.recolor(srgb8)
    assert not points.plain
    wanted = rasterize(xy, srgb8)
    assert (points.rgba() == wanted).all()
    with pytest.raises(ValueError, match="srgb8"):
        points.recolor(srgb8[:-1])
    assert (points.rgba() == wanted).all()


def test_colors_are_copied(cloud):
    """Changing the caller's array afterwards does not change the picture."""
    xy, srgb8 = cloud[0].copy(), cloud[1].copy()
    points = Raster(xy, srgb8)
    wanted = points.rgba()
    xy[:], srgb8[:] = 0, 0
    assert (points.rgba() == wanted).all()


def test_without_colors_points_are_dark():
    """The plain map has the one plain color."""
    assert rasterize([[2.5, 8.5]], **UNIT)[1, 2].tolist() == [*pixels.PLAIN, 255]


def test_extent_is_a_square_around_the_points():
    """The extent is square, holds all points with some air, and is not empty for one point."""
    x0, x1, y0, y1 = Raster([[0, 0], [10, 2]]).extent
    assert x1 - x0 == pytest.approx(y1 - y0)
    assert x0 < 0 < 10 < x1 < 10.5
    assert (y0 + y1) / 2 == pytest.approx(1)
    x0, x1, y0, y1 = Raster([[3, 4]]).extent
    assert x0 < 3 < x1 and y0 < 4 < y1


def test_a_wide_picture_keeps_the_aspect():
    """Without ranges, two points at 45° stay at 45° in a picture twice as wide as high."""
    picture = rasterize([[0, 0], [1, 1]], width=200, height=100, point_size=0)
    rows, columns = np.nonzero(picture[..., 3])
    assert abs(np.ptp(rows) - np.ptp(columns)) <= 1
    assert columns.mean() == pytest.approx(99.5, abs=1)


def test_fit_aspect_enlarges_only():
    """Both ranges keep their middle and what they showed, at equal units per pixel."""
    assert fit_aspect((0, 2), (0, 4), 100, 50) == ((-3, 5), (0, 4))
    assert fit_aspect((0, 8), (0, 2), 100, 50) == ((0, 8), (-1, 3))


def test_compose_lays_a_picture_on_its_background():
    """Opaque pixels keep their color, empty ones show the background, half ones the middle."""
    rgba = np.array([[[10, 20, 30, 255], [0, 0, 0, 0], [255, 0, 100, 128]]], np.uint8)
    assert compose(rgba)[0].tolist() == [[10, 20, 30], [255, 255, 255], [255, 127, 177]]
    assert compose(rgba, "black")[0].tolist() == [[10, 20, 30], [0, 0, 0], [128, 0, 50]]
    assert compose(rgba, (1, 2, 3))[0, 1].tolist() == [1, 2, 3]


@pytest.mark.parametrize("background", ["red", (1, 2), (1, 2, 256), (0.5, 0.5, 0.5), None])
def test_background_refuses_what_is_no_color(background):
    """Only the two names and three integers of 0 to 255 are backgrounds."""
    with pytest.raises(ValueError, match="background must be"):
        background_srgb8(background)


@pytest.mark.parametrize(
    ("xy", "srgb8", "error", "says"),
    [
        ([[0, np.nan]], None, ValueError, "1 of 1 rows hold NaN"),
        ([[0, 0], [np.inf, 0]], None, ValueError, "xy must be finite.*first 1"),
        ([[0, 0, 0]], None, ValueError, r"xy must have shape \(n, 2\)"),
        (np.empty((0, 2)), None, ValueError, "xy must have shape"),
        ("points", None, TypeError, "xy must be numbers"),
        ([[0, 0]], [[0.5, 0.5, 0.5]], ValueError, "srgb8 must be uint8"),
        ([[0, 0]], np.zeros((2, 3), np.uint8), ValueError, r"srgb8 must have shape \(1, 3\)"),
        ([[0, 0]], np.zeros(3, np.uint8), ValueError, "srgb8 must have shape"),
    ],
)
def test_points_and_colors_are_checked(xy, srgb8, error, says):
    """What is no map, or not one color per point, is refused by name."""
    with pytest.raises(error, match=says):
        Raster(xy, srgb8)


@pytest.mark.parametrize(
    ("how", "error", "says"),
    [
        ({"x_range": (1, 0)}, ValueError, "x_range must be finite and increasing"),
        ({"y_range": (0, np.inf)}, ValueError, "y_range must be finite"),
        ({"x_range": 3}, TypeError, "x_range must be two numbers"),
        ({"width": 0}, ValueError, "width must be an integer from 1 to 8000"),
        ({"height": 8001}, ValueError, "height must be an integer from 1 to 8000"),
        ({"width": 10.5}, ValueError, "width must be an integer"),
        ({"shading": "linear"}, ValueError, "shading must be one of"),
        ({"point_size": -1}, ValueError, "point_size must be"),
        ({"point_size": "big"}, ValueError, "point_size must be"),
        ({"point_size": np.nan}, ValueError, "point_size must be"),
    ],
)
def test_how_to_draw_is_checked(how, error, says):
    """Ranges, sizes, shading and point size that make no sense are refused by name."""
    with pytest.raises(error, match=says):
        rasterize([[0, 0]], **how)


def test_a_raster_pickles():
    """A pickled raster draws the same pixels, and its repr prints no arrays."""
    raster = Raster([[0, 0], [1, 1]], np.array([[255, 0, 0], [0, 0, 255]], np.uint8))
    again = pickle.loads(pickle.dumps(raster))
    assert (again.rgba(width=20, height=20) == raster.rgba(width=20, height=20)).all()
    assert repr(again) == "<Raster of 2 points>"


def test_points_are_found_in_the_pixels_where_datashader_puts_them():
    """The vote of labels and the score look at the same pixels, at the ends of a view too."""
    rng = np.random.default_rng(3)
    xy = np.round(rng.normal(size=(3000, 2)), 1)
    xy = np.vstack([xy, [[-1, -2], [1, 2], [-1, 2], [1, -2]]])
    view = (-1.0, 1.0), (-2.0, 2.0), 50, 70
    points = pd.DataFrame({"x": xy[:, 0], "y": xy[:, 1], "r": 1.0})
    counts = point_sums(points, *view)[0][-1]
    rows, found = points_inside(*xy.T, *view)
    assert np.array_equal(rows, np.flatnonzero((np.abs(xy) <= [1, 2]).all(axis=1)))
    assert np.array_equal(np.bincount(found, minlength=counts.size), counts.ravel())
    assert counts[0, -1] > 0, "the upper corner must hold the point at the ends of both ranges"
