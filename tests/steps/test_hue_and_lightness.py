"""Hue from a plane, lightness from the last column: scales, the gamut, other eyes, and turns."""

import numpy as np
import pytest

from tsnecolor_nb.colors.gamut import outside, with_less_chroma
from tsnecolor_nb.colors.spaces import lin_to_oklab, srgb8_to_lin, srgb8_to_oklab
from tsnecolor_nb.colors.vision import as_perceived
from tsnecolor_nb.steps.hue_and_lightness import HueAndLightness


@pytest.fixture(scope="module")
def values():
    """Return a cloud in a tilted plane of three dimensions, and one value more, (5000, 4)."""
    rng = np.random.default_rng(0)
    plane = rng.normal(size=(5000, 2)) * [5, 2]
    axes = np.linalg.qr(rng.normal(size=(3, 3)))[0][:2]
    return np.hstack([plane @ axes + 7, rng.normal(3, 0.1, (5000, 1))]).astype(np.float32)


def test_direction_is_hue_and_distance_is_chroma(values):
    """Within sRGB hue is the direction in the plane, and chroma the square root of the distance."""
    step = HueAndLightness(0.05, span=0.1).fit(values)
    ab = srgb8_to_oklab(step.transform(values))[:, 1:]
    away = (values - np.median(values, axis=0))[:, :3]
    axes = np.linalg.svd(away, full_matrices=False)[2][:2]
    distance = np.linalg.norm(away @ axes.T, axis=1)
    expected = 0.05 * np.sqrt(distance / np.percentile(distance, 98))
    assert np.abs(np.linalg.norm(ab, axis=1) - expected).max() < 0.008
    far = distance > np.median(distance)
    angles = [np.arctan2(*plane[far].T) for plane in (away @ axes.T, ab)]
    turned = np.exp(1j * (angles[0] - angles[1])), np.exp(1j * (angles[0] + angles[1]))
    assert max(abs(turn.mean()) for turn in turned) > 0.99  # turned or mirrored as a whole


def test_lightness_is_the_last_column_and_nothing_else(values):
    """Equal last columns are equally light whatever their hue; 2 % are beyond the span."""
    lightness = srgb8_to_oklab(HueAndLightness(span=0.2).fit_transform(values))[:, 0]
    assert np.corrcoef(lightness, values[:, 3])[0, 1] > 0.99
    flat = values.copy()
    flat[:, 3] = 1
    assert np.ptp(srgb8_to_oklab(HueAndLightness().fit_transform(flat))[:, 0]) < 0.01
    assert np.mean(np.abs(lightness - np.median(lightness)) > 0.2) == pytest.approx(0.02, abs=0.01)


def test_colors_outside_lose_chroma_alone():
    """They keep lightness and hue, end at the edge of sRGB, and others stay as they are."""
    wild = np.random.default_rng(0).uniform([0.3, -0.4, -0.4], [0.9, 0.4, 0.4], (3000, 3))
    fitted = with_less_chroma(wild)
    assert not outside(fitted).any()
    assert np.array_equal(fitted[:, 0], wild[:, 0])
    cross = fitted[:, 1] * wild[:, 2] - fitted[:, 2] * wild[:, 1]
    np.testing.assert_allclose(cross, 0, atol=1e-12)
    moved = outside(wild)
    assert np.array_equal(fitted[~moved], wild[~moved])
    assert outside(np.hstack([fitted[moved, :1], 1.03 * fitted[moved, 1:]])).all()


def test_color_blind_eyes_see_the_main_axis(values):
    """What eyes see that confuse green and red spreads further with the blue and yellow axis."""
    least = []
    for eyes in ("normal", "worst"):
        lin = srgb8_to_lin(HueAndLightness(span=0, eyes=eyes).fit_transform(values))
        least.append(min(seen.std(axis=0).max() for seen in as_perceived(lin, "worst")[1:3]))
    assert least[1] > 1.5 * least[0]


@pytest.mark.parametrize("eyes", ["normal", "worst"])
def test_aligned_hues_are_those_of_before(values, eyes):
    """A plane that was turned over comes back; for other eyes axes stay where they are seen."""
    step = HueAndLightness(eyes=eyes).fit(values)
    mirrored = HueAndLightness(eyes=eyes).fit(values)
    mirrored.plane_ = mirrored.plane_ * [[-1], [1]]
    before, after = step.transform(values), mirrored.transform(values)
    assert np.abs(before.astype(int) - after).mean() > 10
    found = mirrored.aligned(before, after).transform(values)
    assert np.abs(before.astype(int) - found).mean() < 2
    if eyes == "worst":
        turned = step.aligned(before[:, ::-1], before)
        np.testing.assert_allclose(np.abs(turned.plane_), np.abs(step.plane_))


@pytest.mark.parametrize("columns", [1, 2])
def test_fewer_columns_are_lightness_alone_or_a_line_of_hues(values, columns):
    """One column is grey; two are one axis of color, and lightness."""
    oklab = srgb8_to_oklab(HueAndLightness().fit_transform(values[:, -columns:]))
    assert oklab[:, 0].std() > 0.05
    assert (np.abs(oklab[:, 1:]).max() > 0.05) == (columns == 2)


def test_one_point_repeated_is_one_color():
    """Without any spread everything is the grey in the middle."""
    found = HueAndLightness().fit_transform(np.ones((30, 4)))
    assert (found == found[0]).all()
    assert lin_to_oklab(srgb8_to_lin(found))[0] == pytest.approx([0.66, 0, 0], abs=0.01)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"chroma": 0}, "chroma must be above 0"),
        ({"span": 0.4}, "span must be at least 0 and at most 0.3, got 0.4"),
        ({"eyes": "all"}, "eyes must be one of"),
    ],
)
def test_wrong_parameters_are_named(values, parameters, message):
    """Every wrong parameter gives a ValueError that names it."""
    with pytest.raises(ValueError, match=message):
        HueAndLightness(**parameters).fit(values)
