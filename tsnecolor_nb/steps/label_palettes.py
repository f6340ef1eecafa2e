"""Palettes that depend on where the labels lie: in X, or on the map."""

import numpy as np

from ..arrays.checks import check_choice, check_labels
from ..arrays.chunks import sample_rows, single_threaded
from ..arrays.matching import match_labels
from ..arrays.neighbors import map_neighbors
from ..colors.palettes import MISSING, distinct_palette, eye_distances
from ..colors.vision import EYES
from .oklab_cube import OklabCube
from .to_color import PaletteStep

_NEIGHBORS, _ROWS = 5, 100_000  # of these points, to determine which labels touch
_ALIKE = 0.08  # OKLab: from about here on, a larger difference is worth less and less
_SAME = 0.5  # two clusters are the same if they share more than this part of their union


def related_palette(labels, places, n_labels=None, **cube):
    """Give each label the color of its center's place in the perceptual cube.

    Labels whose centers are near have similar colors. The cube is fitted to all points, not to
    the centers, so that the color of a center does not depend on the other labels.

    Parameters
    ----------
    labels : int array of shape (n,)
    places : float array of shape (n, m)
        Positions of the points, such as principal components; the first three columns are used.
    n_labels : int, optional
        By default the largest label plus one.
    **cube
        Parameters of `OklabCube`.

    Returns
    -------
    uint8 array of shape (n_labels, 3)
        Labels without a point are grey.
    """
    labels, n_labels = _checked(labels, places, n_labels)
    known = (labels >= 0) & (labels < n_labels)
    count = np.bincount(labels[known], minlength=n_labels)
    sums = [np.bincount(labels[known], c, n_labels) for c in places[known, :3].T]
    centers = np.stack(sums, axis=1) / np.maximum(count, 1)[:, None]
    palette = OklabCube(**cube).fit(places).transform(_widened(centers, places.shape[1]))
    return np.where(count[:, None] > 0, palette, MISSING)


def contrasting_palette(labels, xy, n_labels=None, *, eyes="normal", keep=None):
    """Assign distinct colors so that labels that touch on the map differ as much as possible.

    Parameters
    ----------
    labels : int array of shape (n,)
    xy : float array of shape (n, 2)
        The map.
    n_labels : int, optional
        By default the largest label plus one. Beyond 256 the colors repeat in their order.
    eyes : {"normal", "worst"}
        As for `distinct_palette`.
    keep : (labels, palette), optional
        An earlier labeling of the same points and its colors. A cluster keeps its color if the two
        share more than half of their union; the others get the remaining colors.

    Returns
    -------
    uint8 array of shape (n_labels, 3)

    References
    ----------
    Assigning the colors is a quadratic assignment problem: J. Vogelstein et al., "Fast approximate
    quadratic programming for graph matching" (2015), by `scipy.optimize.quadratic_assignment`.
    """
    from scipy.optimize import quadratic_assignment

    labels, n_labels = _checked(labels, xy, n_labels)
    colors = distinct_palette(eyes=eyes)
    if n_labels > len(colors):
        return colors[np.arange(n_labels) % len(colors)]
    kept, kept_colors = _kept(labels, n_labels, keep)
    fresh = colors[~(colors[:, None] == kept_colors).all(axis=2).any(axis=1)]
    colors = np.concatenate([kept_colors, fresh])[:n_labels]
    fixed = np.column_stack([kept, np.arange(len(kept))])
    likeness = np.exp(-eye_distances(colors, eyes) / _ALIKE)
    touches = touching(labels, xy, n_labels)
    with single_threaded():
        assignment = quadratic_assignment(
            touches,
            likeness,
            method="faq",
            options={"partial_match": fixed, "rng": np.random.default_rng(0)},
        )
    return colors[assignment.col_ind]


def touching(labels, xy, n_labels):
    """Count how often points of two labels are map neighbors, relative to the labels' sizes.

    Parameters
    ----------
    labels, xy, n_labels
        As for `contrasting_palette`; other labels than 0..n_labels-1 are ignored.

    Returns
    -------
    float array of shape (n_labels, n_labels)
        Symmetric, 0 on the diagonal.
    """
    rows = sample_rows(len(labels), _ROWS, 0)
    rows = rows[(labels[rows] >= 0) & (labels[rows] < n_labels)]
    touches = np.zeros((n_labels, n_labels))
    if len(rows) > 1:
        near = map_neighbors(xy[rows], min(_NEIGHBORS, len(rows) - 1))
        here = labels[rows]
        np.add.at(touches, (np.repeat(here, near.shape[1]), here[near].ravel()), 1)
        size = np.sqrt(np.maximum(np.bincount(here, minlength=n_labels), 1))
        touches = (touches + touches.T) / (size[:, None] * size)
    np.fill_diagonal(touches, 0)
    return touches


class RelatedColors(PaletteStep):
    """Color labels so that near clusters look alike: see `related_palette`.

    Its input has labels in the first column and up to three components in the next ones.
    Attributes are those of `LabelColors`.

    Parameters
    ----------
    clip, chroma, eyes
        As for `OklabCube`.
    """

    def __init__(self, clip=0.02, *, chroma=1.0, eyes="normal"):
        self.clip = clip
        self.chroma = chroma
        self.eyes = eyes

    def _palette(self, labels, places):
        return related_palette(labels, places, **self.get_params())


class ContrastingColors(PaletteStep):
    """Color labels so that clusters that touch on the map differ: see `contrasting_palette`.

    Its input has labels in the first column and the position on the map in the next two.
    Attributes are those of `LabelColors`.

    Parameters
    ----------
    eyes : {"normal", "worst"}
    """

    def __init__(self, eyes="normal"):
        self.eyes = eyes

    def _palette(self, labels, places):
        check_choice("eyes", self.eyes, EYES)
        return contrasting_palette(labels, _widened(places, 2)[:, :2], eyes=self.eyes)


def _kept(labels, n_labels, keep):
    """Return the labels that are clusters of an earlier labeling, and their colors there."""
    if keep is None:
        return np.empty(0, int), np.empty((0, 3), np.uint8)
    old, palette = keep
    renamed = match_labels(old, labels)
    sizes = [np.bincount(x[x >= 0], minlength=n_labels + len(palette)) for x in (old, renamed)]
    shared = np.bincount(old[(old == renamed) & (old >= 0)], minlength=len(sizes[0]))
    same = shared > _SAME * (sizes[0] + sizes[1] - shared)
    new, one_of_each = np.unique(labels, return_index=True)
    name = renamed[one_of_each]
    kept = (new >= 0) & same[name]
    return new[kept], np.asarray(palette)[name[kept]]


def _checked(labels, places, n_labels):
    labels = check_labels("labels", labels, len(places))
    return labels, max(int(labels.max(initial=0)) + 1, 1) if n_labels is None else n_labels


def _widened(values, columns):
    """Return values padded on the right with columns of 0."""
    missing = max(columns - values.shape[1], 0)
    return np.pad(values, ((0, 0), (0, missing)))
