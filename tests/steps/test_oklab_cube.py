"""The perceptual cube: one scale, few colors clipped, and a large solid."""

import numpy as np
import pytest

from tsnecolor_nb.colors import gamut
from tsnecolor_nb.colors.spaces import lin_to_oklab, srgb8_to_lin, srgb8_to_oklab
from tsnecolor_nb.colors.vision import simulate
from tsnecolor_nb.steps.oklab_cube import OklabCube


@pytest.fixture(scope="module")
def values():
    """Return a skewed cloud of three unequal components, float32 (9000, 3)."""
    rng = np.random.default_rng(0)
    return (rng.gamma(3, size=(9000, 3)) * [5, 2, 1] + 40).astype(np.float32)


@pytest.fixture(scope="module")
def cube(values):
    """Return a cube fitted to the cloud."""
    return OklabCube().fit(values)


def test_distances_in_color_are_distances_in_the_values(values, cube):
    """Colors inside the gamut are as far apart in OKLab as the points, times one scale."""
    rng = np.random.default_rng(1)
    oklab = (values - cube.mean_) @ cube.matrix_.T + cube.center_
    shown = srgb8_to_oklab(cube.transform(values))
    whole = ~gamut.outside(oklab)
    pairs = rng.choice(np.flatnonzero(whole), (2, 4000))
    true = np.linalg.norm(values[pairs[0]] - values[pairs[1]], axis=1) * cube.scale_
    seen = np.linalg.norm(shown[pairs[0]] - shown[pairs[1]], axis=1)
    assert np.abs(true - seen).max() < 0.03 and np.abs(true - seen).mean() < 0.004


def test_the_clipped_share_is_told_and_asked_for(values):
    """`clipped_share_` is what NumPy counts, and near the share that was allowed."""
    for clip in (0.0, 0.02, 0.1):
        cube = OklabCube(clip).fit(values)
        oklab = (values.astype(float) - cube.mean_) @ cube.matrix_.T + cube.center_
        assert cube.clipped_share_ == pytest.approx(gamut.outside(oklab).mean(), abs=1e-3)
        assert cube.clipped_share_ == pytest.approx(clip, abs=0.003)


def test_outside_is_what_a_byte_cannot_hold():
    """All colors of a screen are inside; a step beyond each corner of it is outside."""
    corners = np.array([[r, g, b] for r in (0, 255) for g in (0, 255) for b in (0, 255)], np.uint8)
    lin = srgb8_to_lin(corners)
    assert not gamut.outside(lin_to_oklab(lin)).any()
    assert gamut.outside(lin_to_oklab(lin + 0.01 * np.sign(lin - 0.5))).all()


def test_the_search_finds_a_larger_solid_than_any_plain_assignment(values, cube):
    """No axis-parallel turn around middle grey, with any flips, is as large."""
    solid = (values - cube.mean_).astype(np.float32)
    turns = np.array([np.eye(3)[list(p)] for p in ((0, 1, 2), (1, 0, 2), (1, 2, 0), (2, 1, 0))])
    turns = np.concatenate([turns * s for s in ([1, 1, 1], [1, 1, -1], [-1, 1, 1], [-1, -1, 1])])
    centers = np.tile([0.65, 0, 0], (len(turns), 1))
    _, plain = gamut.largest_scale(solid, turns, centers, 0.02)
    assert cube.scale_ > 1.1 * plain.max()
    np.testing.assert_allclose(cube.rotation_ @ cube.rotation_.T, np.eye(3), atol=1e-6)


def spreads(srgb8):
    """Return the deviation of colors to normal eyes, and to those of all that see least of it."""
    lin = srgb8_to_lin(srgb8)
    visions = ("normal", "deuteranopia", "protanopia", "tritanopia")
    seen = [lin_to_oklab(np.clip(simulate(lin, vision), 0, 1)) for vision in visions]
    deviations = [np.sqrt(colors.var(axis=0).sum()) for colors in seen]
    return deviations[0], min(deviations)


def test_color_blind_eyes_see_a_solid_that_is_turned_for_them():
    """They see nearly all of a line if it may be turned for them, and little of a green-red one."""
    line = np.random.default_rng(2).normal(size=(2000, 1))
    normal, least = spreads(OklabCube(eyes="worst", n_tries=32).fit_transform(line))
    assert least > 0.9 * normal
    along_green_red = np.eye(3)[[2, 0, 1]]
    fixed = OklabCube(eyes="worst", rotation=along_green_red).fit_transform(line)
    normal, least = spreads(fixed)
    assert least < 0.6 * normal


def test_a_given_turn_stays(values, cube):
    """With a rotation given, half the data and another seed change the colors only a little."""
    again = OklabCube(rotation=cube.rotation_, random_state=5).fit(values[::2])
    assert np.array_equal(again.rotation_, cube.rotation_)
    away = srgb8_to_oklab(again.transform(values)) - srgb8_to_oklab(cube.transform(values))
    assert np.linalg.norm(away, axis=1).mean() < 0.12


def test_chroma_stretches_color_against_lightness(values):
    """The matrix stays a turn times one scale, but for a factor on a and b."""
    cube = OklabCube(chroma=0.5).fit(values)
    turn = cube.matrix_ / cube.scale_ / np.array([[1], [0.5], [0.5]])
    np.testing.assert_allclose(turn, cube.rotation_, atol=1e-6)


@pytest.mark.parametrize("columns", [1, 2])
def test_fewer_columns_are_a_line_or_a_plane_of_colors(values, columns):
    """One or two columns give many colors too."""
    cube = OklabCube().fit(values[:, :columns])
    assert len(np.unique(cube.transform(values[:, :columns]), axis=0)) > 50


def test_one_point_repeated_is_one_color():
    """Without any spread everything has the color in the middle, and nothing fails."""
    found = OklabCube().fit_transform(np.ones((30, 3)))
    assert (found == found[0]).all()


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"clip": 0.5}, "clip must be at least 0 and below 0.5, got 0.5"),
        ({"chroma": 0}, "chroma must be above 0"),
        ({"eyes": "all"}, "eyes must be one of"),
        ({"n_tries": 0}, "n_tries must be an integer of at least 1"),
        ({"rotation": np.ones((3, 3))}, "rotation must be an orthogonal matrix"),
    ],
)
def test_wrong_parameters_are_named(values, parameters, message):
    """Every wrong parameter gives a ValueError that names it."""
    with pytest.raises(ValueError, match=message):
        OklabCube(**parameters).fit(values)
