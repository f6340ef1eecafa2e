"""When two colorings by one technique say the same."""

import numpy as np

from tsnecolor_nb import TECHNIQUES, srgb8_to_oklab
from tsnecolor_nb.steps.hue_and_lightness import HueAndLightness
from tsnecolor_nb.steps.label_palettes import RelatedColors
from tsnecolor_nb.steps.oklab_cube import OklabCube

# Labels and bits flip where a value meets a border; rounding may move a few points across.
SHARE = 0.97


def few_clusters(name):
    """Return parameters that ask for no more clusters than a small sample bears."""
    return {p.name: 5 for p in TECHNIQUES[name].params if p.name.endswith("n_clusters")}


def alike(name, one, other, within=2):
    """Return whether nearly all points have the same color, up to a few steps of 255.

    A solid or a plane of colors may be turned in several ways that are as good: there it is the
    differences between the colors that must stay.
    """
    turned = HueAndLightness, OklabCube, RelatedColors
    if isinstance(TECHNIQUES[name].pipeline(limit=3)[-1], turned):
        return _same_differences(one, other)
    return (np.abs(one.astype(int) - other) <= within).all(axis=1).mean() >= SHARE


def _same_differences(one, other):
    i, j = np.random.default_rng(0).integers(0, len(one), (2, 500))
    distances = [
        np.linalg.norm(oklab[i] - oklab[j], axis=1) for oklab in map(srgb8_to_oklab, (one, other))
    ]
    return np.corrcoef(*distances)[0, 1] > 0.97
