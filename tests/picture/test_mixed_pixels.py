"""Pixels that several colors share: what is measured, and what is shown."""

import numpy as np
import pytest

from tsnecolor_nb.colors.spaces import srgb8_to_oklab
from tsnecolor_nb.picture import aggregate as pixels, dots, mixed_pixels as mixed
from tsnecolor_nb.picture.raster import Raster, rasterize

UNIT = {"x_range": (0, 10), "y_range": (0, 10), "width": 10, "height": 10, "point_size": 0}
RED, BLUE, GREEN = (230, 30, 20), (20, 60, 240), (0, 160, 80)


def colors(*rows):
    """Return rows of color as the raster takes them."""
    return np.array(rows, np.uint8)


@pytest.fixture(scope="module")
def cloud():
    """Return points in clumps, many to a pixel of `UNIT`, each with a color of its own."""
    rng = np.random.default_rng(0)
    xy = 5 + rng.normal(size=(4000, 2)) * 2
    return xy.astype(np.float32), rng.integers(0, 256, (4000, 3)).astype(np.uint8)


def chroma(srgb8):
    """Return how far a color is from grey."""
    return np.hypot(*srgb8_to_oklab(np.asarray(srgb8, np.uint8))[..., 1:].T)


def test_spread_is_the_plain_root_mean_square(cloud):
    """In every pixel the spread is what NumPy finds over the points that lie in it."""
    xy, srgb8 = cloud
    found = Raster(xy, srgb8).color_spread(**UNIT)
    assert found.shape == (10, 10) and found.dtype == np.float32
    oklab = srgb8_to_oklab(srgb8).astype(np.float64)
    column, row = np.floor(xy).astype(int).T
    for i in range(10):
        for j in range(10):
            here = oklab[(column == j) & (row == 9 - i)]
            if not len(here):
                assert np.isnan(found[i, j])
                continue
            plain = np.sqrt(((here - here.mean(axis=0)) ** 2).sum(axis=1).mean())
            assert found[i, j] == pytest.approx(plain, abs=2e-3)


def test_many_points_of_one_color_have_no_spread():
    """A hundred thousand equal colors in one pixel add up without a trace of rounding."""
    xy = np.full((100_000, 2), 5.5)
    spread = Raster(xy, np.tile(colors(RED), (100_000, 1))).color_spread(**UNIT)
    assert spread[4, 5] < 2e-3


def test_mixed_pixels_turn_grey_and_others_keep_their_color():
    """Red and blue in one pixel show grey; red alone, and red with red, stay red to the byte."""
    xy = [[1.5, 0.5], [3.5, 0.5], [3.5, 0.5], [5.5, 0.5], [5.5, 0.5]]
    points = Raster(xy, colors(RED, RED, RED, RED, BLUE))
    mean, grey = (points.rgba(mixed=m, **UNIT)[9] for m in ("mean", "desaturate"))
    assert np.abs(mean[[1, 3], :3].astype(int) - grey[[1, 3], :3]).max() <= 1
    assert chroma(mean[5, :3]) > 0.1 and chroma(grey[5, :3]) < 0.005
    assert np.array_equal(mean[..., 3], grey[..., 3])


def test_greyness_grows_with_the_share_of_the_other_color():
    """One blue point among many red ones takes little of the color, a fifth of them much."""
    kept = []
    for blues in (0, 1, 4, 10):
        srgb8 = np.array([RED] * (20 - blues) + [BLUE] * blues, np.uint8)
        points = Raster([[5.5, 5.5]] * 20, srgb8)
        both = [points.rgba(mixed=m, **UNIT)[4, 5, :3] for m in ("desaturate", "mean")]
        kept.append(chroma(both[0]) / chroma(both[1]))
    assert kept == sorted(kept, reverse=True)
    assert kept[0] > 0.97 and 0.3 < kept[1] < 0.8 and kept[3] < 0.02


@pytest.mark.parametrize("radius", [0, 4.2])
def test_a_sampled_pixel_has_the_color_of_a_point(cloud, radius):
    """With "sample" no color appears that no point has, dots included."""
    picture = rasterize(*cloud, mixed="sample", width=60, height=60, point_size=radius)
    found = np.unique(picture[picture[..., 3] > 0][:, :3], axis=0)
    assert len(found) > 100
    assert {tuple(c) for c in found} <= {tuple(c) for c in cloud[1]}


@pytest.mark.parametrize("how", mixed.MIXED)
@pytest.mark.parametrize("radius", [0, 4.2])
def test_the_order_of_points_does_not_matter(cloud, how, radius):
    """Shuffled points give the same picture, in every way of mixing."""
    xy, srgb8 = cloud
    order = np.random.default_rng(1).permutation(len(xy))
    there, again = (
        rasterize(*points, mixed=how, width=60, height=60, point_size=radius).astype(int)
        for points in ((xy, srgb8), (xy[order], srgb8[order]))
    )
    assert np.abs(there - again).max() <= (0 if how == "sample" else 1)


def test_a_rare_class_wins_its_share_of_pixels_whoever_is_drawn_first():
    """Where one point in twenty is red, one pixel in twenty is; at equal places, about half."""
    rng = np.random.default_rng(2)
    pixel = np.stack(np.meshgrid(np.arange(50), np.arange(50)), axis=-1).reshape(-1, 1, 2)
    srgb8 = np.tile(colors(RED, *[BLUE] * 19), (2500, 1))
    how = {"x_range": (0, 50), "y_range": (0, 50), "width": 50, "height": 50, "point_size": 0}

    def share_of_red(offset):
        xy = (pixel + offset).reshape(-1, 2)
        return (rasterize(xy, srgb8, mixed="sample", **how)[..., 0] == RED[0]).mean()

    assert share_of_red(rng.uniform(0.01, 0.99, (2500, 20, 2))) == pytest.approx(0.05, abs=0.02)
    assert share_of_red(np.full((1, 20, 2), 0.5)) == pytest.approx(0.5, abs=0.05)


def test_a_sampled_point_stays_while_one_zooms(cloud):
    """The winner of a pixel still wins in the quarter of the pixel that it lies in."""
    points = Raster(*cloud)
    wide = points.rgba(mixed="sample", **UNIT)
    fine = points.rgba(mixed="sample", **UNIT | {"width": 20, "height": 20})
    quarters = fine.reshape(10, 2, 10, 2, 4)
    same = (quarters[..., :3] == wide[:, None, :, None, :3]).all(axis=-1)
    assert same.any(axis=(1, 3))[wide[..., 3] > 0].all()


def test_a_soft_edge_does_not_cut_into_another_dot():
    """Where a larger lot covers less than half of a pixel, a dot that covers it more is on top."""
    lots = np.zeros((21, 30))
    lots[10, 8], lots[10, 14] = 1, 2
    cover = dots.disk(4.7)[5]  # the middle row, 5 pixels to either side
    assert 0 < cover[0] < 0.5
    found = dots.spread_largest(lots, 4.7)[10]
    assert found[3:20].tolist() == [1] * 7 + [2] * 10
    assert not found[:3].any() and not found[20:].any()


@pytest.mark.parametrize("how", mixed.MIXED)
def test_bands_leave_no_seam(cloud, monkeypatch, how):
    """In every way of mixing, a picture drawn in bands equals the one drawn at once."""
    points = Raster(*cloud)
    for radius in (0, 4.5):
        size = {"width": 90, "height": 120, "point_size": radius}
        at_once, spread = points.rgba(mixed=how, **size), points.color_spread(**size)
        monkeypatch.setattr(pixels, "BAND_PIXELS", 90 * 7)
        assert np.abs(points.rgba(mixed=how, **size).astype(int) - at_once).max() <= 1
        np.testing.assert_allclose(points.color_spread(**size), spread, atol=2e-3)
        monkeypatch.undo()


def test_new_colors_are_mixed_anew(cloud):
    """After `recolor` nothing of the old colors is left, in any way of mixing."""
    xy, srgb8 = cloud
    points = Raster(xy, srgb8)
    for how in mixed.MIXED:
        points.rgba(mixed=how)
    points.recolor(srgb8[::-1])
    for how in mixed.MIXED:
        assert np.array_equal(points.rgba(mixed=how), rasterize(xy, srgb8[::-1], mixed=how))


def test_uncolored_points_are_the_same_in_every_way():
    """The plain map has one color, so there is nothing to mix and no spread to measure."""
    points = Raster([[1, 1], [1, 1], [5, 5]])
    pictures = [points.rgba(mixed=how, **UNIT) for how in mixed.MIXED]
    assert all(np.array_equal(pictures[0], other) for other in pictures)
    with pytest.raises(ValueError, match="needs points with colors"):
        points.color_spread()


def test_another_way_is_refused():
    """A wrong name is named, with those that there are."""
    with pytest.raises(ValueError, match=r"mixed must be one of .*sample.*, got 'max'"):
        rasterize([[1, 1]], mixed="max")
