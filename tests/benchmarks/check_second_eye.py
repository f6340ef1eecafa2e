"""Known answers of the second model of the eye. Run by `make trust`, which installs what it needs.

`make test` leaves it out: the contrast sensitivity comes with a package that nothing else needs.
"""

import numpy as np
import pytest

from tests.benchmarks.second_eye import ContrastEye
from tsnecolor_nb.colors.spaces import lin_to_srgb8, srgb8_to_lin
from tsnecolor_nb.scoring.questions import TAU

SIDE = 600
ROWS, COLUMNS = np.indices((SIDE, SIDE))


@pytest.fixture(scope="module", params=[True, False], ids=["masking", "without masking"])
def eye(request):
    """Return an eye."""
    return ContrastEye(request.param)


def grating(cycles_per_degree, contrast, toward=(1, 1, 1)):
    """Return a grating around middle grey, at 36 pixels per degree."""
    wave = contrast * np.sin(2 * np.pi * cycles_per_degree * COLUMNS / 36)
    return lin_to_srgb8(0.5 * (1 + wave[..., None] * np.array(toward)))


def test_one_color_is_one_thing(eye):
    """A picture of one color looks the same everywhere, whatever the color."""
    for color in ((0, 0, 0), (255, 255, 255), (200, 90, 40)):
        seen = eye(np.full((SIDE, SIDE, 3), color, np.uint8))
        assert np.ptp(seen, axis=(0, 1)).max() < 1e-4


def test_greys_have_no_color(eye):
    """Dots of any grey on white are neither reddish nor bluish."""
    picture = np.where((ROWS % 40 < 8) & (COLUMNS % 40 < 8), 30, 255)[..., None]
    seen = eye(np.uint8(np.repeat(picture, 3, axis=2)))
    assert np.ptp(seen[..., 1:], axis=(0, 1)).max() < 1e-3 < TAU < np.ptp(seen[..., 0])


def test_single_pixels_of_two_colors_look_like_their_mean(eye):
    """Means of spots of a checkerboard of single pixels are those of the mixed color."""
    two = np.array([[250, 60, 30], [20, 120, 220]], np.uint8)
    mixed = lin_to_srgb8(srgb8_to_lin(two).mean(axis=0, keepdims=True))
    board = two[(ROWS + COLUMNS) % 2]
    seen = eye(np.where(COLUMNS[..., None] < SIDE // 2, board, mixed))
    spots = seen.reshape(SIDE // 6, 6, SIDE // 6, 6, 3).mean(axis=(1, 3))
    one, other = spots[10:-10, 10:40].mean(axis=(0, 1)), spots[10:-10, 60:-10].mean(axis=(0, 1))
    assert np.abs(one - other).max() < TAU / 2
    sides = eye(np.where(COLUMNS[..., None] < SIDE // 2, *two))[SIDE // 2, [290, 310]]
    assert np.linalg.norm(sides[0] - sides[1]) > 10 * TAU


def test_fine_color_is_lost_before_fine_light():
    """From 0.5 to 3 cycles per degree, red against green is lost, and light against dark is not."""
    eye, kept = ContrastEye(masking=False), []
    for channel, toward in enumerate([(1, 1, 1), (1, -0.2973, 0)]):
        coarse, fine = (eye(grating(f, 0.5, toward))[..., channel].std() for f in (0.5, 3))
        kept.append(fine / coarse)
    assert kept[0] > 1 and kept[1] < 0.6


def test_contrasts_mask_each_other():
    """With masking, a strong contrast is seen as fewer thresholds, and a faint one as as many."""
    masked, unmasked = ContrastEye(), ContrastEye(masking=False)
    ratios = []
    for contrast in (0.02, 0.8):
        picture = grating(3, contrast)
        ratios.append(masked(picture)[..., 0].std() / unmasked(picture)[..., 0].std())
    assert ratios[0] > 0.8 and ratios[1] < 0.5


def test_only_normal_vision_is_known(eye):
    """Another vision is an error that says so."""
    with pytest.raises(ValueError, match="'normal', got 'grey'"):
        eye(np.zeros((SIDE, SIDE, 3), np.uint8), vision="grey")
