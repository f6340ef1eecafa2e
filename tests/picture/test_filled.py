"""The filled picture: surfaces, dots, labels, and points that are missing."""

import numpy as np
import pytest
from scipy.ndimage import distance_transform_edt

from tsnecolor_nb import Raster, srgb8_to_oklab
from tsnecolor_nb.colors.palettes import MISSING, distinct_palette
from tsnecolor_nb.picture import aggregate
from tsnecolor_nb.picture.dots import auto_radius
from tsnecolor_nb.picture.filled import SMOOTHING, filled_radius

RNG = np.random.default_rng(0)
XY = np.vstack([RNG.normal(0, 0.2, (20_000, 2)), RNG.uniform(-1, 1, (300, 2))]).astype(np.float32)
COLORS = RNG.integers(0, 256, (len(XY), 3), np.uint8)
VIEW = {"x_range": (-1.0, 1.0), "y_range": (-1.0, 1.0)}


def filled(xy, srgb8, labels=None, side=300, **how):
    """Draw a filled picture of the square from -1 to 1; colors of labels are not mixed."""
    how = {"width": side, "height": side, **VIEW, **how}
    return Raster(xy, srgb8, labels is not None).rgba(**how)


def occupied(xy, side):
    """Return which pixels hold points, by the shading that only counts."""
    plain = Raster(xy).rgba(width=side, height=side, point_size=0, shading="count", **VIEW)
    return plain[..., 3] > 0


@pytest.mark.parametrize(("css_side", "solid"), [(200, 1), (600, 1.5)])
@pytest.mark.parametrize("ratio", [1, 2])
def test_a_lone_point_covers_two_css_pixels_and_the_ground_stays_empty(css_side, solid, ratio):
    """A point is seen wherever it is, and beyond three CSS pixels from many nothing is."""
    side = css_side * ratio
    picture = filled([[0.1, 0.2]], np.uint8([[200, 30, 30]]), side=side, pixel_ratio=ratio)
    assert (picture[..., 3] == 255).sum() >= (2 * ratio) ** 2
    many = filled(XY, COLORS, side=side, pixel_ratio=ratio)[..., 3]
    away = distance_transform_edt(~occupied(XY, side)) / ratio
    assert many[away > 3].max() < 26
    assert many[away <= solid].min() == 255


def test_points_grow_smoothly_as_they_become_few():
    """Thousands make the same surface as always, hundreds are dots, and no picture has blots."""
    counts = 400_000 / 1.1 ** np.arange(140)
    for side in (150, 330, 600, 1200):
        radii = np.array([filled_radius(auto_radius(n, side, side), side) for n in counts])
        steps = np.diff(radii)
        assert 0 <= steps.min() and (steps / radii[1:]).max() < 0.05
        assert radii[0] == pytest.approx(min(max(side / 300, 1.5), 2), abs=0.01)
        assert radii[-1] < max(side / 115, 1.8)
    at_600 = {n: filled_radius(auto_radius(n, 600, 600), 600) for n in (20_000, 6_100, 569)}
    assert 2 < at_600[20_000] < 2.1 < at_600[6_100] <= 2.5 and 4 < at_600[569] < 6


def test_the_border_between_two_colors_is_narrower_in_a_small_picture():
    """Points are smaller there, and so is the strip in which their colors mix."""
    x, y = np.meshgrid(np.arange(-299.5, 300), np.arange(-19.5, 20))
    xy = np.column_stack([x.ravel(), y.ravel()]) / 300
    srgb8 = np.where(xy[:, :1] < 0, *np.uint8([[[255, 0, 0]], [[0, 0, 255]]]))
    rows = [filled(xy, srgb8.astype(np.uint8), side=side)[side // 2] for side in (300, 600)]
    mixed = [np.minimum(row[:, 0], row[:, 2]).sum(dtype=int) for row in rows]
    assert 0 < mixed[0] < mixed[1]


def test_every_pixel_counts_once():
    """A thousand red points in a pixel weigh as much as one blue point in the pixel beside it."""
    xy = np.repeat([[0.005, 0.005], [0.015, 0.005]], [1000, 1], axis=0)
    srgb8 = np.repeat(np.uint8([[255, 0, 0], [0, 0, 255]]), [1000, 1], axis=0)
    picture = filled(xy, srgb8, side=200)
    left, right = picture[99, 100], picture[99, 101]
    assert left[0] == right[2] > left[2] == right[0]


def test_one_color_stays_what_it_is():
    """Where all points have one color, smoothing leaves that very color."""
    picture = filled(XY, np.tile(np.uint8([201, 77, 13]), (len(XY), 1)), pixel_ratio=2)
    assert (picture[picture[..., 3] > 0, :3] == [201, 77, 13]).all()


def test_the_order_of_points_changes_nothing():
    """Neither the mean nor the vote depends on which point comes first."""
    order = RNG.permutation(len(XY))
    labels = (XY[:, 0] > 0).astype(int) + 2 * (XY[:, 1] > 0)
    palette = distinct_palette(4)
    for colors, some in ((COLORS, None), (palette[labels], labels)):
        one = filled(XY, colors, some)
        other = filled(XY[order], colors[order], None if some is None else some[order])
        assert np.abs(one.astype(int) - other).max() <= 1


@pytest.mark.parametrize("labeled", [False, True])
@pytest.mark.parametrize("size", ["auto", 0, 7.5])
def test_bands_leave_no_seam(monkeypatch, labeled, size):
    """A large picture is drawn in bands, and they fit together exactly."""
    labels = RNG.integers(-1, 5, len(XY)) if labeled else None
    colors = np.vstack([distinct_palette(5), MISSING])[labels] if labeled else COLORS
    how = {"side": 120, "point_size": size, "pixel_ratio": 2}
    whole = filled(XY, colors, labels, **how)
    monkeypatch.setattr(aggregate, "BAND_PIXELS", 120 * 7)
    assert np.abs(filled(XY, colors, labels, **how).astype(int) - whole).max() <= 1


def test_labels_keep_the_colors_of_the_legend():
    """No color is shown that stands for no label, and a spot has that of its most points."""
    labels = np.where(XY[:, 0] < 0, 0, 1)
    noise = RNG.random(len(XY)) < 0.2
    labels[noise] = 2
    palette = distinct_palette(3)
    picture = filled(XY, palette[labels], labels)
    shown = picture[picture[..., 3] > 0, :3]
    assert (shown[:, None] == palette).all(axis=2).any(axis=1).all()
    near = picture[140:160]
    left, right = near[:, 100:140, :3].reshape(-1, 3), near[:, 160:200, :3].reshape(-1, 3)
    assert (left == palette[0]).all(axis=1).mean() > 0.95
    assert (right == palette[1]).all(axis=1).mean() > 0.95
    np.testing.assert_array_equal(filled(XY, palette[labels], labels, mixed="majority"), picture)
    mean = filled(XY, palette[labels], labels, mixed="mean")
    assert not (mean[..., :3] == picture[..., :3]).all()


def test_a_vote_is_taken_among_the_pixels_around():
    """One odd pixel within a surface does not show; a lone point shows its own label."""
    x, y = np.meshgrid(np.arange(-50, 50), np.arange(-50, 50))
    xy = np.column_stack([x.ravel(), y.ravel()]) / 100 + 0.005
    labels = np.zeros(len(xy), int)
    labels[5050] = 1
    lone = np.array([[0.905, 0.905]])
    palette = distinct_palette(2)
    labels = np.append(labels, 1)
    picture = filled(np.vstack([xy, lone]), palette[labels], labels, side=200)
    is_odd = (picture[..., :3] == palette[1]).all(axis=2) & (picture[..., 3] > 0)
    assert not is_odd[20:].any() and is_odd[:20].any()


def test_points_with_labels_are_in_the_same_pixels_as_others():
    """The vote looks at the same pixels as the other shadings, at the borders of the view too."""
    corners = np.array([[-1, -1], [1, 1], [-1, 1], [1, -1], [0, 0], [0.5, -0.5]])
    xy = np.vstack([XY, corners])
    labels = np.zeros(len(xy), int)
    colors = np.tile(np.uint8([10, 200, 30]), (len(xy), 1))
    picture = filled(xy, colors, labels, point_size=0)
    np.testing.assert_array_equal(picture[..., 3] > 0, occupied(xy, 300))


def test_missing_points_never_lie_over_others():
    """Grey points show only where no others are, with labels and without."""
    grey = np.tile(MISSING, (len(XY), 1))
    xy = np.vstack([XY, XY[:200] + np.float32(0.001)])
    labels = np.append(np.full(len(XY), -1), np.zeros(200, int))
    colors = np.vstack([grey, np.tile(np.uint8([220, 30, 30]), (200, 1))])
    alone = filled(xy[len(XY) :], colors[len(XY) :])
    covered = alone[..., 3] == 255
    for some in (None, labels):
        picture = filled(xy, colors, some, point_size=2)
        core = covered & occupied(xy[len(XY) :], 300)
        assert np.abs(picture[core, :3].astype(int) - [220, 30, 30]).max() <= 2
        assert (picture[..., :3] == MISSING).all(axis=2).any()


def test_a_plain_map_keeps_its_density():
    """Without colors density is the message: filled is drawn as equalized."""
    raster = Raster(XY)
    np.testing.assert_array_equal(
        raster.rgba(shading="filled"), raster.rgba(shading="eq_hist")
    )


@pytest.mark.parametrize("mixed", ["desaturate", "sample"])
def test_other_ways_to_mix_colors_are_filled_too(mixed):
    """The surface is the same; only its colors differ."""
    mean = filled(XY, COLORS)
    other = filled(XY, COLORS, mixed=mixed)
    np.testing.assert_array_equal(other[..., 3], mean[..., 3])
    assert (other[..., :3] != mean[..., :3]).any()


def test_zooming_in_turns_surface_into_dots_without_a_jump():
    """From step to step the covered share changes as it did in the step before."""
    raster = Raster(XY, COLORS)
    shares = []
    for step in range(35):
        half = 1.2**-step
        ranges = (-half, half), (-half, half)
        shares.append((raster.rgba(*ranges, shading="filled")[..., 3] / 255).mean())
    shares = np.array(shares)
    departs = shares[1:-1] - (shares[2:] + shares[:-2]) / 2
    assert np.abs(departs).max() < 0.05
    assert shares.max() > 0.3


@pytest.mark.parametrize("size", [20, 64])
def test_the_largest_points_keep_their_color_up_to_the_edge(size):
    """Far from the middle of a point its weight is tiny, and never nothing."""
    colors = np.uint8([[201, 77, 13]])
    for color in (colors, np.uint8([MISSING])):
        picture = filled([[0, 0], [0.9, 0.9]], np.vstack([colors, color]), point_size=size)
        shown = picture[picture[..., 3] > 0, :3]
        assert len(shown) > np.pi * size**2
        assert np.unique(shown, axis=0).tolist() == np.unique([*colors, *color], axis=0).tolist()


def test_relief_darkens_where_most_points_are():
    """Lightness falls with density, by the asked amount where it is highest, and alpha stays."""
    grey = np.tile(np.uint8([160, 160, 160]), (len(XY), 1))
    flat, raised = (filled(XY, grey, relief=relief) for relief in (0, 0.3))
    np.testing.assert_array_equal(flat[..., 3], raised[..., 3])
    lost = (srgb8_to_oklab(flat[..., :3]) - srgb8_to_oklab(raised[..., :3]))[..., 0]
    assert lost[145:155, 145:155].mean() == pytest.approx(0.3, abs=0.03)
    assert 0 <= lost[flat[..., 3] > 0].min() < 0.1
    large = filled(XY, grey, relief=0.3, side=1200, pixel_ratio=4)[2::4, 2::4]
    both = (large[..., 3] == 255) & (raised[..., 3] == 255)
    assert np.abs(large[both].astype(int) - raised[both]).mean() < 4


def test_what_does_not_fit_is_named():
    """One error says which argument is wrong."""
    with pytest.raises(ValueError, match='mixed must be one of "auto", "mean", "desaturate", '):
        filled(XY, COLORS, mixed="majority")
    with pytest.raises(ValueError, match='mixed="majority" needs shading="filled"'):
        Raster(XY, COLORS, True).rgba(shading="log", mixed="majority")
    with pytest.raises(ValueError, match="relief must be"):
        filled(XY, COLORS, relief=2)
    with pytest.raises(ValueError, match="pixel_ratio must be"):
        filled(XY, COLORS, pixel_ratio=0)
    assert SMOOTHING > 0
