"""The table of techniques: name, purpose, pipeline and parameters of each, family by family.

A technique is a scikit-learn pipeline whose last step returns ``srgb8``. Most start from X; where
one needs the map as well, a function of the embedding computes the input of the pipeline.
"""

from functools import partial

import numpy as np
from sklearn.base import clone
from sklearn.pipeline import FeatureUnion, Pipeline

from ..arrays.checks import check_choice
from ..steps.base import report_progress
from ..steps.bivariate import BivariateColors
from ..steps.columns import Falloff, Standardize
from ..steps.hue_and_lightness import HueAndLightness
from ..steps.ica import SampledICA
from ..steps.label_palettes import ContrastingColors, RelatedColors
from ..steps.labels import Argmax, ClusterLabels
from ..steps.oklab_cube import OklabCube
from ..steps.pca import ChunkedPCA
from ..steps.to_color import LabelColors, PackBits, RGBCube, SequentialColors
from .technique import Param, Technique


def _neighbor_distance(embedding, progress=None, k=9):
    from ..arrays.neighbors import neighbor_distance

    return neighbor_distance(embedding.X, embedding.xy, k, progress=progress)[:, None]


def _three_map_dimensions(embedding, progress=None, source="shipped", n_landmarks=3000):
    from ..maps.landmarks import landmark_map

    check_choice("values__source", source, ("shipped", "landmarks"))
    if source == "shipped" and embedding.xyz is not None:
        return embedding.xyz
    n_landmarks = min(n_landmarks, len(embedding))
    perplexity = min(30.0, (n_landmarks - 1) / 3.1)
    return landmark_map(embedding.X, n_landmarks, 3, perplexity=perplexity, progress=progress)


def _clusters_and_places(embedding, progress=None, n_clusters=128):
    with report_progress(progress):
        labels = ClusterLabels(n_clusters).fit_transform(embedding.X)
    return np.hstack([labels, embedding.xy], dtype=np.float32)


def _local_contrast(embedding, progress=None, narrow=0.0, wide=30.0, n_components=30, view=None):
    from ..maps.local_contrast import contrast_band, pixel

    X, unit = embedding.X, pixel(embedding.xy, view)
    # Smoothing is linear, and three color channels show little of further components.
    components = ChunkedPCA(min(n_components, *X.shape)).fit_transform(X)
    return contrast_band(components, embedding.xy, narrow * unit, wide * unit, progress=progress)


def _neighbor_pca(embedding, progress=None, k=10):
    from ..maps.neighbor_pca import fit_neighbor_pca

    n, d = embedding.X.shape
    pca = fit_neighbor_pca(embedding.X, embedding.xy, min(3, n, d), k=min(k, n - 1))
    return pca.transform(embedding.X)


def _moving_frames(embedding, progress=None, width=10.0):
    from ..maps.local_contrast import pixel
    from ..maps.moving_frames import project_on_moving_frames

    X, xy = embedding.X, embedding.xy
    k = min(10, len(X) - 1)
    return project_on_moving_frames(X, xy, width * pixel(xy), k=k, progress=progress)


def _local_mds(embedding, progress=None, k=40, anchor=0.3):
    from ..maps.local_mds import local_mds

    k = min(k, len(embedding) - 1)
    return local_mds(embedding.X, embedding.xy, k, anchor=anchor, progress=progress)


def _color_pyramid(embedding, progress=None, **how):
    from ..maps.pyramid import color_pyramid

    return color_pyramid(embedding.X, embedding.xy, progress=progress, **how)


def _hue_and_lightness(embedding, progress=None, hue="pca", rows=None, **how):
    from ..maps.local_mds import three_components
    from ..maps.pyramid import local_lightness

    X, xy = embedding.X, embedding.xy
    check_choice("values__hue", hue, ("pca", "tsne3"))
    components = three_components(X, rows)
    plane = components[:, :2]
    if hue == "tsne3" and embedding.xyz is not None:
        plane = embedding.xyz if rows is None else embedding.xyz[rows]
    how |= {"rows": rows, "components": components}
    lightness = local_lightness(X, xy, progress=progress, **how)
    return np.hstack([plane, lightness], dtype=np.float32)


def _distortion(embedding, progress=None, k=20, n_measured=20_000):
    from ..maps.trust import spread_distortion

    return spread_distortion(embedding.X, embedding.xy, k, n_measured, progress=progress)


def _pipeline(**steps):
    """Return the `Technique.build` that builds a pipeline of clones of these steps."""
    return partial(_build, steps)


def _build(steps, limit):
    pipeline = clone(Pipeline(list(steps.items())))
    params = pipeline.get_params()
    projections = [name for name in params if name.endswith("n_components")]
    return pipeline.set_params(**{name: min(params[name], limit) for name in projections})


def _choices(*values):
    return {value: value for value in values}


def _components(step, default):
    return Param(f"{step}__n_components", "components", default, 2, 128, 1)


def _clusters(step, default):
    return Param(f"{step}__n_clusters", "clusters", default, 2, 256, 1)


def _eyes(step, label="turned for"):
    choices = {"normal eyes": "normal", "the worst of all eyes": "worst"}
    return Param(f"{step}__eyes", label, "normal", choices=choices)


def _chroma(step, default=1.0):
    return Param(f"{step}__chroma", "chroma", default, 0.5, 2.0, 0.05)


def _cube(chroma=1.0):
    clip = Param("oklab__clip", "clip", 0.02, 0.0, 0.1, 0.005)
    return clip, _chroma("oklab", chroma), _eyes("oklab")


_COLOR_MAPS = "viridis", "magma", "inferno", "plasma", "cividis", "turbo"
_CLIP = Param("rgb__clip", "clip", 0.0, 0.0, 0.1, 0.005)
_BITS = Param("bits__bits", "bits per channel", 8, 1, 8, 1)
_PALETTE = Param("colors__palette", "palette", "distinct", choices=_choices("distinct", "hue"))
_ABSOLUTE = Param("argmax__absolute", "absolute", False)
_STANDARDIZED = Standardize()
_STANDARDIZE = Param(
    "standardize", "columns", _STANDARDIZED,
    choices={"standardized": _STANDARDIZED, "raw": "passthrough"},
)
_MAP_SOURCE = Param(
    "values__source", "map", "shipped",
    choices={"shipped": "shipped", "computed now": "landmarks"},
)

_MCDONALD = "Kyle McDonald, Coloring t-SNE"
_LARGEVIS = "Jian Tang et al., LargeVis (2016)"
_OTTOSSON = "Björn Ottosson, OKLab (2020), for the colors"
_HERE = "this collection"

ORIGINAL = (
    Technique(
        "map_neighbor_distance", "Distance to map neighbors",
        "How far, in X, the nearest neighbors on the map are on average.",
        family="original", good_for="places where the map joins what is far apart",
        bad_at="what the points are",
        build=_pipeline(colors=SequentialColors()), values=_neighbor_distance,
        params=(
            Param("values__k", "neighbors", 9, 1, 50, 1),
            Param("colors__low", "clip below", 0.02, 0.0, 0.45, 0.01),
            Param("colors__high", "clip above", 0.98, 0.55, 1.0, 0.01),
            Param("colors__cmap", "color map", "viridis", choices=_choices(*_COLOR_MAPS)),
        ),
        notebook="02_map_neighbor_distance.ipynb",
        source=f"Martin Wattenberg, in {_MCDONALD}",
    ),
    Technique(
        "tsne3", "3-D t-SNE as RGB",
        "The axes of a three-dimensional t-SNE map as red, green and blue.",
        family="original", good_for="large groups and their borders",
        bad_at="near points, and what a color means",
        build=_pipeline(rgb=RGBCube()), values=_three_map_dimensions,
        params=(_CLIP, _MAP_SOURCE),
        notebook="03_tsne_3d_as_rgb.ipynb",
        source="The Infinite Drum Machine (Kyle McDonald, Manny Tan, Yotam Mann)",
    ),
    Technique(
        "pca_rgb", "3-D PCA as RGB",
        "The three main directions of variation as red, green and blue.",
        family="original", good_for="an overview in which each channel has a meaning",
        bad_at="detail within an island",
        build=_pipeline(pca=ChunkedPCA(3), rgb=RGBCube()),
        params=(_CLIP,),
        notebook="04_pca_as_rgb.ipynb", source=_MCDONALD,
    ),
    Technique(
        "binary_pca", "Binary PCA",
        "24 principal components, each above or below its median, as color bits.",
        family="original", good_for="texture, by 24 components at once",
        bad_at="gradual change: colors jump at each median",
        build=_pipeline(pca=ChunkedPCA(24), bits=PackBits()),
        params=(_BITS,),
        notebook="05_binary_pca.ipynb", source=f"Mario Klingemann, in {_MCDONALD}",
    ),
    Technique(
        "ica_rgb", "3-D ICA as RGB",
        "Three independent components as red, green and blue.",
        family="original", good_for="an overview by three independent features",
        bad_at="detail within an island",
        build=_pipeline(ica=SampledICA(3), rgb=RGBCube()),
        params=(_CLIP,),
        notebook="06_ica_as_rgb.ipynb", source=_MCDONALD,
    ),
    Technique(
        "binary_ica", "Binary ICA",
        "24 independent components, each above or below its median, as color bits.",
        family="original", good_for="texture, by 24 independent features",
        bad_at="far places, and groups",
        build=_pipeline(ica=SampledICA(24), bits=PackBits()),
        params=(_BITS,),
        notebook="07_binary_ica.ipynb", source=_MCDONALD,
    ),
    Technique(
        "kmeans", "k-means",
        "The nearest of k centers in X, one color for each.",
        family="original", good_for="names for groups, and counting them",
        bad_at="differences within a group",
        build=_pipeline(kmeans=ClusterLabels(30), colors=LabelColors()),
        params=(_clusters("kmeans", 30), _PALETTE),
        notebook="08_kmeans.ipynb", source=_LARGEVIS,
    ),
    Technique(
        "argmax", "Argmax",
        "The dimension in which a point is largest, one color for each.",
        family="original", good_for="names for points, if columns have names",
        bad_at="far places: neighbors often differ",
        build=_pipeline(standardize=Standardize(), argmax=Argmax(), colors=LabelColors()),
        params=(_ABSOLUTE, _STANDARDIZE, _PALETTE),
        notebook="10_argmax.ipynb", source=_MCDONALD,
    ),
    Technique(
        "pca_argmax", "PCA + argmax",
        "The principal component in which a point is largest.",
        family="original", good_for="names for points, by their main direction",
        bad_at="far places: neighbors often differ",
        build=_pipeline(
            pca=ChunkedPCA(30), standardize=Standardize(), falloff=Falloff(1.0),
            argmax=Argmax(), colors=LabelColors(),
        ),
        params=(
            Param("falloff__decay", "falloff", 1.0, 0.5, 1.0, 0.005),
            _ABSOLUTE, _STANDARDIZE, _components("pca", 30), _PALETTE,
        ),
        notebook="11_pca_argmax.ipynb", source=f"{_MCDONALD}, which wished for the falloff",
    ),
    Technique(
        "ica_argmax", "ICA + argmax",
        "The independent component in which a point is largest.",
        family="original", good_for="names for points, by independent features",
        bad_at="differences within a group",
        # Sources have unit variance as they come.
        build=_pipeline(ica=SampledICA(30), argmax=Argmax(), colors=LabelColors()),
        params=(_ABSOLUTE, _components("ica", 30), _PALETTE),
        notebook="12_ica_argmax.ipynb", source=_MCDONALD,
    ),
    Technique(
        "pca_kmeans", "k-means after PCA",
        "k-means on principal components, which may be whitened first.",
        family="original", good_for="many small groups",
        bad_at="which groups are alike: their colors do not say",
        build=_pipeline(pca=ChunkedPCA(128), kmeans=ClusterLabels(128), colors=LabelColors()),
        params=(
            _clusters("kmeans", 128), Param("pca__whiten", "whiten", False),
            _components("pca", 128), _PALETTE,
        ),
        notebook="13_kmeans_after_pca_ica.ipynb", source=_MCDONALD,
    ),
    Technique(
        "ica_kmeans", "k-means after ICA",
        "k-means on independent components, which are white by nature.",
        family="original", good_for="groups in which narrow directions count as much",
        bad_at="which groups are alike",
        build=_pipeline(ica=SampledICA(128), kmeans=ClusterLabels(128), colors=LabelColors()),
        params=(_clusters("kmeans", 128), _components("ica", 128), _PALETTE),
        notebook="13_kmeans_after_pca_ica.ipynb", source=_MCDONALD,
    ),
)

OURS = (
    Technique(
        "pca_oklab", "3-D PCA in the perceptual cube",
        "The three main directions of variation, all at one scale, in OKLab.",
        family="perceptual", good_for="a first look: equal steps look equal",
        bad_at="detail within an island",
        build=_pipeline(pca=ChunkedPCA(3), oklab=OklabCube()),
        params=_cube(),
        notebook="31_perceptual_cube.ipynb", source=_OTTOSSON,
    ),
    Technique(
        "ica_oklab", "3-D ICA in the perceptual cube",
        "Three independent components, all at one scale, in OKLab.",
        family="perceptual", good_for="a first look, by three independent features",
        bad_at="detail within an island",
        build=_pipeline(ica=SampledICA(3), oklab=OklabCube()),
        params=_cube(),
        notebook="31_perceptual_cube.ipynb", source=_OTTOSSON,
    ),
    Technique(
        "tsne3_oklab", "3-D t-SNE in the perceptual cube",
        "The axes of a three-dimensional t-SNE map, all at one scale, in OKLab.",
        family="perceptual", good_for="large groups and their borders",
        bad_at="near points, and what a color means",
        build=_pipeline(oklab=OklabCube()), values=_three_map_dimensions,
        params=(*_cube(), _MAP_SOURCE),
        notebook="31_perceptual_cube.ipynb", source=_OTTOSSON,
    ),
    Technique(
        "hue_and_lightness", "Hue and lightness",
        "Hue names the region, lightness shows how a point differs from its neighbors.",
        family="perceptual", good_for="regions by hue, and texture by lightness",
        bad_at="comparing lightness far apart",
        build=_pipeline(color=HueAndLightness()), values=_hue_and_lightness, values_in_view=True,
        params=(
            Param("color__chroma", "chroma", 0.28, 0.05, 0.4, 0.01),
            Param("color__span", "span of lightness", 0.26, 0.0, 0.3, 0.01),
            Param("values__fine", "weight of finer scales", 1.25, 0.0, 2.0, 0.05),
            Param(
                "values__hue", "hue from", "pca",
                choices={"principal components": "pca", "3-D t-SNE, if there is one": "tsne3"},
            ),
            _eyes("color", "main axis for"),
        ),
        notebook="39_hue_and_lightness.ipynb", source=f"{_OTTOSSON}, in {_HERE}",
    ),
    Technique(
        "kmeans_related", "k-means, related colors",
        "Clusters in X; near clusters look alike, by their places in the color cube.",
        family="labels", good_for="groups, and which of them are alike",
        bad_at="borders between groups that are alike",
        build=_pipeline(
            parts=FeatureUnion([("kmeans", ClusterLabels(128)), ("pca", ChunkedPCA(3))]),
            colors=RelatedColors(),
        ),
        params=(_clusters("parts__kmeans", 128), _chroma("colors"), _eyes("colors")),
        notebook="32_label_colors.ipynb", source=f"{_LARGEVIS}, for the clusters",
    ),
    Technique(
        "kmeans_contrasting", "k-means, contrasting colors",
        "Clusters in X; those that touch on the map differ as much as they can.",
        family="labels", good_for="borders between groups that touch",
        bad_at="which groups are alike",
        build=_pipeline(colors=ContrastingColors()), values=_clusters_and_places,
        params=(_clusters("values", 128), _eyes("colors", "distinct for")),
        notebook="32_label_colors.ipynb", source=f"{_LARGEVIS}, for the clusters",
    ),
    Technique(
        "local_contrast", "Local contrast",
        "How a point differs from what lies around it on screen, by 3-D PCA.",
        family="local", good_for="change within an island, at the zoom on screen",
        bad_at="far places and groups",
        build=_pipeline(pca=ChunkedPCA(3), oklab=OklabCube()), values=_local_contrast,
        uses_view=True,
        params=(
            Param("values__narrow", "narrow width, pixels", 0.0, 0.0, 10.0, 0.5),
            Param("values__wide", "wide width, pixels", 30.0, 11.0, 300.0, 1.0),
            *_cube(),
        ),
        notebook="35_local_contrast.ipynb", source=_HERE,
    ),
    Technique(
        "neighbor_pca", "Neighbor-difference PCA",
        "The three main directions in which neighbors on the map differ.",
        family="local", good_for="near points, on axes that are the same everywhere",
        bad_at="groups",
        build=_pipeline(oklab=OklabCube()), values=_neighbor_pca,
        params=(Param("values__k", "neighbors", 10, 1, 100, 1), *_cube()),
        notebook="36_neighbor_pca.ipynb", source=_HERE,
    ),
    Technique(
        "moving_frames", "Moving frames",
        "Axes along which neighbors differ, turning slowly from place to place.",
        family="local", good_for="near points",
        bad_at="far places: a color drifts in meaning",
        build=_pipeline(oklab=OklabCube()), values=_moving_frames,
        params=(
            Param("values__width", "width, pixels of the map", 10.0, 2.0, 300.0, 1.0), *_cube(),
        ),
        notebook="36_neighbor_pca.ipynb", source=_HERE,
    ),
    Technique(
        "local_mds", "Local MDS",
        "Neighbors on the map differ in color as much as they do in X.",
        family="local", good_for="near points, most of all zoomed in",
        bad_at="what a color means: it has no axes",
        build=_pipeline(oklab=OklabCube(chroma=0.5)), values=_local_mds,
        params=(
            Param("values__k", "neighbors", 40, 5, 100, 1),
            Param("values__anchor", "hold to 3-D PCA", 0.3, 0.0, 5.0, 0.1),
            *_cube(chroma=0.5),
        ),
        notebook="38_local_mds.ipynb",
        source=f"Jan de Leeuw, multidimensional scaling (1977), in {_HERE}",
    ),
    Technique(
        "color_pyramid", "Color pyramid",
        "For looking closely, at any zoom: near spots differ in color as in X; regions are faint.",
        family="local", good_for="near points, at any zoom",
        bad_at="groups, and what a color means",
        build=_pipeline(oklab=OklabCube()), values=_color_pyramid, values_in_view=True,
        params=(
            Param("values__anchor", "hold to 3-D PCA", 0.1, 0.0, 5.0, 0.1),
            Param("values__fine", "weight of finer scales", 1.0, 0.0, 2.0, 0.05),
            *_cube(),
        ),
        notebook="39_hue_and_lightness.ipynb",
        source=f"Jan de Leeuw, multidimensional scaling (1977), in {_HERE}",
    ),
    Technique(
        "trust", "Trust map",
        "Orange: near on the map, far in X. Blue: near in X, far on the map.",
        family="the map itself", good_for="where to believe the map",
        bad_at="what the points are",
        build=_pipeline(colors=BivariateColors(("false neighbors", "tears"))),
        values=_distortion,
        params=(
            Param("values__k", "neighbors", 20, 5, 50, 1),
            Param("values__n_measured", "points measured", 20_000, 5_000, 400_000, 5_000),
        ),
        notebook="37_trust_map.ipynb",
        source=f"J. Venna and S. Kaski, Local multidimensional scaling (2006), in {_HERE}",
    ),
)

TECHNIQUES = {technique.name: technique for technique in (*ORIGINAL, *OURS)}


def look_up_technique(technique):
    """Return the technique with a name in `TECHNIQUES`, or the `Technique` itself."""
    if isinstance(technique, Technique):
        return technique
    if not isinstance(technique, str) or technique not in TECHNIQUES:
        raise ValueError(f"technique must be one of {', '.join(TECHNIQUES)}, got {technique!r}")
    return TECHNIQUES[technique]
