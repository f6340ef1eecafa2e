"""A second model of the eye, that of ColorVideoVDP, to compare with `seen_colors`.

Mantiuk et al., "ColorVideoVDP: A visual difference predictor for image, video and display
distortions" (2024). It shares nothing with S-CIELAB: neither the opponent channels, nor the filter,
nor the scale of differences. Its contrast sensitivity, castleCSF (Ashraf et al. 2024), and the
parameters of its masking are read from the files of the package `cvvdp`. They are all that is
needed of it, and no torch.
"""

import json
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from scipy.ndimage import correlate1d, gaussian_filter

from tsnecolor_nb.colors.spaces import srgb8_to_lin
from tsnecolor_nb.scoring.questions import TAU

WHITE, BLACK = 100, 0.1  # candelas per m², of an office screen
# CIE XYZ of 1931 to the cones of CIE 2006, as in the paper.
_XYZ_TO_LMS = np.array(
    [
        [0.187596268556126, 0.585168649077728, -0.026384263306304],
        [-0.133397430663221, 0.405505777260049, 0.034502127690364],
        [0.000244379021663, -0.000542995890619, 0.019406849066323],
    ]
)
# Red-green contrasts count for more where it matches them with those of light, as in the paper.
_GAINS = np.array([1, 1.45, 1])
_KERNEL = (0.05, 0.25, 0.4, 0.25, 0.05)  # of the pyramid of Burt and Adelson (1983)
_FIRST_BAND = 0.3228  # its frequency, as a share of that of the pixels; each next one has half
_LOWEST = 0.2  # cycles per degree; the pyramid ends at the first band that is not above
_REST = 0.1  # cycles per degree, of what is left


class ContrastEye:
    """What an eye gets of a picture, in multiples of what it just detects.

    Light of the screen becomes contrasts: in the opponent channels of DKL, in bands of one octave,
    relative to the luminance around. Each is multiplied by the eye's sensitivity at its frequency
    and luminance, and divided by how much the contrasts around mask it. The sum of all bands is
    what is seen.

    Parameters
    ----------
    masking : bool
        Whether contrasts mask each other. Without it, only adaptation to the luminance around keeps
        the eye from being a linear filter.

    Raises
    ------
    ImportError
        If the package cvvdp is missing.
    """

    def __init__(self, masking=True):
        data = package_folder("pycvvdp") / "vvdp_data"
        read = {
            name: json.loads((data / f"{name}.json").read_text(encoding="utf-8"))
            for name in ("csf_lut_weber_fixed_size", "cvvdp_parameters", "color_spaces")
        }
        table, self._parameters, spaces = read.values()
        self._masking = masking
        self._luminances, self._frequencies = np.log10(table["L_bkg"]), np.log10(table["rho"])
        # Rows: luminances; columns: frequencies. 0 Hz, as nothing moves.
        self._sensitivities = [np.array(table[f"o0_c{channel}"]) for channel in (1, 2, 3)]
        to_lms = _XYZ_TO_LMS @ [spaces["sRGB"][f"RGB2{axis}"] for axis in "XYZ"]
        l, m, s = to_lms.sum(axis=1)  # of white
        self._to_opponent = np.array([[1, 1, 0], [1, -l / m, 0], [-1, -1, (l + m) / s]]) @ to_lms

    def __call__(self, picture, pixels_per_degree=36, vision="normal"):
        """Return what is seen, as `seen_colors` does for normal vision.

        Parameters
        ----------
        picture : (h, w, 3) uint8
        pixels_per_degree : float
        vision : {"normal"}

        Returns
        -------
        (h, w, 3) float32
            What an eye just detects is 0.01 apart, the smallest difference that the score counts.
        """
        if vision != "normal":
            raise ValueError(f"vision must be 'normal', got {vision!r}")
        light = BLACK + (WHITE - BLACK) * srgb8_to_lin(picture)
        level, bands = light @ self._to_opponent.T.astype(np.float32), []
        frequency, share = pixels_per_degree / 2, 1
        while not bands or 2 * frequency > _LOWEST:
            lower = _reduced(level)
            blurred = _expanded(lower, level.shape)
            bands.append(self._seen(level - blurred, blurred[..., :1], frequency, share))
            frequency = _FIRST_BAND * pixels_per_degree / 2 ** len(bands)
            # Half of what has a band's own frequency is in that band, the rest in those beside it.
            share = 0.5
            level = lower
        around = level[..., :1].mean(keepdims=True)
        seen = level / around * self._sensitivity(_REST, around)
        for band in reversed(bands):
            seen = band + _expanded(seen, band.shape)
        return np.float32(TAU * seen)

    def _seen(self, band, around, frequency, share):
        """Return a band in multiples of the threshold, masked by what it holds."""
        strength = band / around * self._sensitivity(frequency, around)
        if not self._masking:
            return strength
        p, q = self._parameters["mask_p"], self._parameters["mask_q"][:3]
        blur = {"sigma": self._parameters["pu_dilate"], "truncate": 2, "mode": "mirror"}
        pooled = gaussian_filter(np.abs(strength / share), axes=(0, 1), **blur)
        weights = 2 ** np.reshape(self._parameters["xcm_weights"], (4, 4))[:3, :3]
        mask = (10 ** self._parameters["mask_c"] * pooled) ** q @ weights
        # The model divides differences to the power p. So they stay multiples of the threshold.
        return strength / (1 + mask) ** (1 / p)

    def _sensitivity(self, frequency, luminance):
        """Return 1 over the contrast that is just detected: (h, w, 3) of luminances (h, w, 1)."""
        correction = 10 ** (self._parameters["sensitivity_correction"] / 20)
        log_luminance, found = np.log10(luminance[..., 0]), []
        for log_sensitivity in self._sensitivities:
            of_luminances = [
                np.interp(np.log10(frequency), self._frequencies, row) for row in log_sensitivity
            ]
            found.append(np.interp(log_luminance, self._luminances, of_luminances))
        return correction * _GAINS * 10 ** np.stack(found, axis=-1)


def package_folder(name):
    """Return the folder of a package without importing it; ImportError if it is missing."""
    found = find_spec(name)
    if found is None:
        raise ImportError(f"the package {name} is missing here; `make trust` installs it")
    return Path(found.origin).parent


def _reduced(level):
    """Return the next level of a Gaussian pyramid, half as wide and high."""
    return _smoothed(level)[::2, ::2]


def _expanded(level, shape):
    """Return a level at the size of the one before it, ``shape``."""
    wide = np.zeros(shape, level.dtype)
    wide[::2, ::2] = level
    return 4 * _smoothed(wide)


def _smoothed(level):
    for axis in (0, 1):
        level = correlate1d(level, _KERNEL, axis, mode="mirror")
    return level
