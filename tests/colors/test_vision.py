"""Simulated color blindness against the properties that the method of Brettel et al. must have."""

import numpy as np
import pytest

from tsnecolor_nb.colors.vision import VISIONS, simulate

DICHROMATS = VISIONS[1:4]
# Linear sRGB to cones L, M, S: Judd-Vos and Smith & Pokorny, as DaltonLens publishes them.
CONES = np.array(
    [[0.17886, 0.43997, 0.03597], [0.03380, 0.27515, 0.03621], [0.00031, 0.00192, 0.01528]]
)
MISSING = {"protanopia": 0, "deuteranopia": 1, "tritanopia": 2}
COLORS = np.random.default_rng(0).random((2000, 3))


@pytest.mark.parametrize("vision", VISIONS)
def test_greys_stay(vision):
    """Black, white and all greys look the same to every eye."""
    grey = np.linspace(0, 1, 11)[:, None].repeat(3, axis=1)
    np.testing.assert_allclose(simulate(grey, vision), grey, atol=3e-5)


@pytest.mark.parametrize("vision", VISIONS)
def test_seen_twice_is_seen_once(vision):
    """What a dichromat sees looks to him as it is: the simulation is a projection."""
    once = simulate(COLORS, vision)
    np.testing.assert_allclose(simulate(once, vision), once, atol=2e-3)


@pytest.mark.parametrize("vision", DICHROMATS)
def test_only_the_missing_cone_changes(vision):
    """The two cones that remain respond to the simulated color as to the true one."""
    kept = [cone for cone in range(3) if cone != MISSING[vision]]
    before, after = COLORS @ CONES.T, simulate(COLORS, vision) @ CONES.T
    scale = CONES.sum(axis=1)
    np.testing.assert_allclose((after / scale)[:, kept], (before / scale)[:, kept], atol=0.012)
    assert np.abs(after - before)[:, MISSING[vision]].max() > 0.05 * scale[MISSING[vision]]


@pytest.mark.parametrize("vision", DICHROMATS)
def test_confusion_pairs_look_alike(vision):
    """Two colors that differ in the response of the missing cone alone become one color."""
    along = np.linalg.inv(CONES)[:, MISSING[vision]]
    along /= np.abs(along).max()
    pairs = 0.4 + 0.2 * COLORS, 0.4 + 0.2 * COLORS + 0.2 * along
    seen = [simulate(colors, vision) for colors in pairs]
    assert np.abs(pairs[0] - pairs[1]).max() > 0.19
    np.testing.assert_allclose(*seen, atol=4e-3)


@pytest.mark.parametrize(
    ("vision", "light", "seen"),
    [
        ("deuteranopia", [1, 0, 0], [0.37298, 0.25954, -0.01980]),
        ("protanopia", [0, 0, 1], [-0.30742, 0.03892, 1.00139]),
        ("tritanopia", [1, 0, 0], [1.01277, -0.01243, 0.07589]),
    ],
)
def test_primaries_have_the_published_values(vision, light, seen):
    """Each primary falls on its own side of the greys and gets the published color there."""
    np.testing.assert_allclose(simulate(np.array(light, float), vision), seen, atol=1e-9)


@pytest.mark.parametrize("vision", DICHROMATS)
def test_nothing_jumps_at_the_greys(vision):
    """Where the two half-planes meet they agree: the color just before is the color just after."""
    path = np.linspace(COLORS[:200], COLORS[200:400], 4001)
    steps = np.abs(np.diff(simulate(path, vision), axis=0)).max()
    assert steps < 3e-3


def test_grey_is_luminance():
    """In grey, green is ten times as bright as blue, and all channels are equal."""
    seen = simulate(np.eye(3), "grey")
    np.testing.assert_allclose(seen[:, 0], [0.2126, 0.7152, 0.0722])
    assert (seen == seen[:, :1]).all()


def test_float32_stays():
    """Float32 goes in and comes out, in any shape (..., 3)."""
    lin = COLORS.astype(np.float32).reshape(20, 100, 3)
    for vision in VISIONS:
        seen = simulate(lin, vision)
        assert seen.dtype == np.float32 and seen.shape == lin.shape


def test_wrong_arguments_are_named():
    """An unknown eye and a wrong shape end in a ValueError that names them."""
    with pytest.raises(ValueError, match=r"vision must be one of .normal., .*, got 'red'"):
        simulate(COLORS, "red")
    with pytest.raises(ValueError, match="lin must be floats"):
        simulate(COLORS[:, :2], "normal")
