"""Color spaces and palettes against published values, round trips and limits."""

import colorsys

import numpy as np
import pytest

from tsnecolor_nb.colors import palettes, spaces as colors

ALL_GREYS = np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)
RANDOM_SRGB8 = np.random.default_rng(0).integers(0, 256, (20, 50, 3)).astype(np.uint8)


@pytest.mark.parametrize("srgb8", [ALL_GREYS, RANDOM_SRGB8, RANDOM_SRGB8[0, 0]])
def test_every_byte_survives_the_round_trips(srgb8):
    """Bytes come back exactly from linear light and from OKLab, in any shape (..., 3)."""
    assert np.array_equal(colors.lin_to_srgb8(colors.srgb8_to_lin(srgb8)), srgb8)
    assert np.array_equal(colors.oklab_to_srgb8(colors.srgb8_to_oklab(srgb8)), srgb8)


def test_srgb_curve_has_the_values_of_the_standard():
    """Known points of the IEC 61966-2-1 curve, on both sides of its break, are met."""
    lin = colors.srgb8_to_lin(np.array([0, 10, 255], dtype=np.uint8))
    np.testing.assert_allclose(lin, [0, 10 / 255 / 12.92, 1], rtol=1e-6)
    np.testing.assert_allclose(
        colors.srgb8_to_lin(np.array([128, 188, 64], dtype=np.uint8)),
        [0.215861, 0.502886, 0.051269],
        atol=1e-6,
    )


@pytest.mark.parametrize(
    ("srgb8", "oklab"),
    [
        ([255, 255, 255], [1.0, 0.0, 0.0]),
        ([255, 0, 0], [0.627955, 0.224863, 0.125846]),
        ([0, 255, 0], [0.866440, -0.233888, 0.179498]),
        ([0, 0, 255], [0.452014, -0.032457, -0.311528]),
    ],
)
def test_oklab_has_the_published_values(srgb8, oklab):
    """The primaries and white have the OKLab coordinates that Ottosson's formulas give."""
    found = colors.srgb8_to_oklab(np.array(srgb8, dtype=np.uint8))
    np.testing.assert_allclose(found, oklab, atol=2e-5)


def test_colors_out_of_the_gamut_are_clipped():
    """Light below 0 or above 1 turns into the nearest byte instead of wrapping around."""
    lin = np.array([-0.5, 0.5, 7.0], dtype=np.float32)
    assert colors.lin_to_srgb8(lin).tolist() == [0, 188, 255]


def test_float32_stays_float32():
    """The spaces do not widen float32, which would double the memory of a full atlas."""
    lin = colors.srgb8_to_lin(RANDOM_SRGB8)
    assert lin.dtype == colors.lin_to_oklab(lin).dtype == np.float32
    assert colors.oklab_to_lin(colors.lin_to_oklab(lin)).dtype == np.float32


@pytest.mark.parametrize(
    "call",
    [
        lambda: colors.srgb8_to_lin(np.zeros((2, 3))),
        lambda: colors.srgb8_to_lin(np.zeros((2, 4), dtype=np.uint8)),
        lambda: colors.lin_to_oklab(np.zeros((2, 2))),
        lambda: colors.oklab_to_lin([1, 0, 0]),
        lambda: palettes.hue_palette(0),
        lambda: palettes.distinct_palette(257),
        lambda: palettes.distinct_palette(2.5),
        lambda: palettes.sequential_palette("jet"),
        lambda: palettes.label_palette("pretty", 3),
        lambda: palettes.label_palette([[0.1, 0.2, 0.3]], 3),
        lambda: palettes.label_colors(np.zeros(3)),
        lambda: palettes.label_colors(np.zeros((3, 2), dtype=int)),
        lambda: palettes.value_colors(np.zeros((3, 2))),
        lambda: palettes.value_colors(np.array([0.0, np.nan])),
    ],
)
def test_bad_input_is_named(call):
    """Wrong types, shapes, counts and names end in a ValueError that says what was received."""
    with pytest.raises(ValueError, match=r"must .*(, got|NaN)"):
        call()


@pytest.mark.parametrize("k", [1, 2, 7, 128])
def test_hue_palette_is_the_hsv_wheel(k):
    """The hues are those of the standard library's colorsys, k steps around the wheel."""
    wheel = [np.rint(255 * np.array(colorsys.hsv_to_rgb(j / k, 1, 1))) for j in range(k)]
    assert np.array_equal(palettes.hue_palette(k), np.array(wheel))


@pytest.mark.parametrize(("k", "apart"), [(10, 0.14), (30, 0.10), (128, 0.055), (256, 0.04)])
def test_distinct_palette_is_distinct(k, apart):
    """No two of the first k colors are nearer in OKLab than a distance that the eye sees."""
    oklab = colors.srgb8_to_oklab(palettes.distinct_palette(k)).astype(float)
    distance = np.linalg.norm(oklab[:, None] - oklab, axis=2)
    assert distance[~np.eye(k, dtype=bool)].min() > apart


def test_distinct_palette_stands_out_from_both_grounds_and_from_grey():
    """Every color is far from white and from black, and nearer to some hue than to grey."""
    L, a, b = colors.srgb8_to_oklab(palettes.distinct_palette()).T
    assert L.min() > 0.44
    assert L.max() < 0.85
    assert np.hypot(a, b).min() > 0.03


def test_distinct_palette_grows_at_its_end():
    """A longer palette begins with the shorter one, so a label keeps its color as k changes."""
    assert np.array_equal(palettes.distinct_palette(30), palettes.distinct_palette(256)[:30])


def test_distinct_palette_cannot_be_spoilt():
    """Writing into the palette does not change the next caller's colors."""
    palettes.distinct_palette()[:] = 0
    assert palettes.distinct_palette().any()


def test_sequential_palette_is_viridis():
    """The default is viridis, dark violet to yellow, and lightness rises all the way."""
    viridis = palettes.sequential_palette()
    assert viridis[0].tolist() == [68, 1, 84]
    assert viridis[-1].tolist() == [253, 231, 36]
    assert (np.diff(colors.srgb8_to_oklab(viridis)[::5, 0]) > 0).all()


def test_labels_take_their_palette_row_and_unknown_ones_turn_grey():
    """Label j gets row j; -1 and labels beyond n_labels get the grey of missing points."""
    srgb8 = palettes.label_colors(np.array([2, 0, -1, 5]), n_labels=3)
    distinct = palettes.distinct_palette(3)
    expected = [distinct[2], distinct[0], palettes.MISSING, palettes.MISSING]
    assert np.array_equal(srgb8, expected)


def test_own_colors_start_again_when_they_run_out():
    """With an array of two colors the third label takes the first color again."""
    own = np.array([[1, 2, 3], [4, 5, 6]], dtype=np.uint8)
    assert palettes.label_colors(np.array([0, 1, 2]), own).tolist() == [
        [1, 2, 3],
        [4, 5, 6],
        [1, 2, 3],
    ]


def test_values_are_clipped_at_the_limits():
    """Below low comes the first color, above high the last, and halfway the middle one."""
    srgb8 = palettes.value_colors(np.array([-9.0, 1.0, 2.0, 3.0, 99.0]), low=1, high=3)
    viridis = palettes.sequential_palette()
    assert np.array_equal(srgb8, viridis[[0, 0, 128, 255, 255]])


def test_equal_values_get_one_color():
    """A constant does not divide by zero."""
    assert len(np.unique(palettes.value_colors(np.full(4, 2.5)), axis=0)) == 1
