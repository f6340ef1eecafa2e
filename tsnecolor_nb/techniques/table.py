"""The one table of techniques: what each is called, how it is built, and what may be moved.

A technique is a scikit-learn pipeline whose last step gives ``srgb8``. Mostly it starts from X;
where it needs the map as well, a plain function of the embedding gives the values it starts from.
"""

from dataclasses import replace

import numpy as np
from sklearn.pipeline import FeatureUnion, Pipeline

from ..steps.bivariate import BivariateColors
from ..steps.columns import Falloff, Standardize
from ..steps.ica import SampledICA
from ..steps.label_palettes import ContrastingColors, RelatedColors
from ..steps.labels import Argmax, ClusterLabels
from ..steps.oklab_cube import OklabCube
from ..steps.pca import ChunkedPCA
from ..steps.to_color import LabelColors, PackBits, RGBCube, SequentialColors
from .technique import Param, Technique

_ORIGINAL = "Kyle McDonald, Coloring t-SNE"


def _map_neighbor_distance(embedding, progress=None, k=9):
    from ..arrays.neighbors import neighbor_distance

    return neighbor_distance(embedding.X, embedding.xy, k, progress=progress)[:, None]


def _three_map_dimensions(embedding, progress=None, source="shipped", n_landmarks=3000):
    from ..maps.landmarks import landmark_map

    if source == "shipped" and embedding.xyz is not None:
        return embedding.xyz
    if source not in ("shipped", "landmarks"):
        raise ValueError(f'values__source must be "shipped" or "landmarks", got {source!r}')
    n_landmarks = min(n_landmarks, len(embedding))
    perplexity = min(30.0, (n_landmarks - 1) / 3.1)
    return landmark_map(embedding.X, n_landmarks, 3, perplexity=perplexity, progress=progress)


def _rgb(name, projection):
    return lambda limit: Pipeline([(name, projection(min(3, limit))), ("rgb", RGBCube())])


def _bits(name, projection):
    return lambda limit: Pipeline([(name, projection(min(24, limit))), ("bits", PackBits())])


def _kmeans(limit):
    return Pipeline([("kmeans", ClusterLabels(30)), ("colors", LabelColors())])


def _argmax(limit):
    return Pipeline(
        [("standardize", Standardize()), ("argmax", Argmax()), ("colors", LabelColors())]
    )


def _pca_argmax(limit):
    return Pipeline(
        [
            ("pca", ChunkedPCA(min(30, limit))),
            ("standardize", Standardize()),
            ("falloff", Falloff(1.0)),
            ("argmax", Argmax()),
            ("colors", LabelColors()),
        ]
    )


def _ica_argmax(limit):
    # Sources have unit variance as they come.
    return Pipeline(
        [
            ("ica", SampledICA(min(30, limit))),
            ("argmax", Argmax()),
            ("colors", LabelColors()),
        ]
    )


def _projected_kmeans(name, projection):
    return lambda limit: Pipeline(
        [
            (name, projection(min(128, limit))),
            ("kmeans", ClusterLabels(128)),
            ("colors", LabelColors()),
        ]
    )


def _sequential(limit):
    return Pipeline([("colors", SequentialColors())])


def _cube(limit):
    return Pipeline([("rgb", RGBCube())])


def _components(step, default):
    return Param(f"{step}__n_components", "components", default, 2, 128, 1)


def _clusters(default):
    return Param("kmeans__n_clusters", "clusters", default, 2, 256, 1)


_CLIP = Param("rgb__clip", "clip", 0.0, 0.0, 0.1, 0.005)
_BITS = Param("bits__bits", "bits per channel", 8, 1, 8, 1)
_PALETTE = Param(
    "colors__palette", "palette", "distinct", choices={"distinct": "distinct", "hue": "hue"}
)
_ABSOLUTE = Param("argmax__absolute", "absolute", False)
_STANDARDIZED = Standardize()
_STANDARDIZE = Param(
    "standardize",
    "columns",
    _STANDARDIZED,
    choices={"standardized": _STANDARDIZED, "raw": "passthrough"},
)
_CMAP = Param(
    "colors__cmap",
    "color map",
    "viridis",
    choices={name: name for name in ("viridis", "magma", "inferno", "plasma", "cividis", "turbo")},
)

ORIGINAL = (
    Technique(
        name="map_neighbor_distance",
        title="Distance to map neighbors",
        description="How far, in X, the nearest neighbors on the map are on average.",
        build=_sequential,
        values=_map_neighbor_distance,
        params=(
            Param("values__k", "neighbors", 9, 1, 50, 1),
            Param("colors__low", "clip below", 0.02, 0.0, 0.45, 0.01),
            Param("colors__high", "clip above", 0.98, 0.55, 1.0, 0.01),
            _CMAP,
        ),
        notebook="02_map_neighbor_distance.ipynb",
        source=f"Martin Wattenberg, in {_ORIGINAL}",
    ),
    Technique(
        name="tsne3",
        title="3-D t-SNE as RGB",
        description="The axes of a three-dimensional t-SNE map as red, green and blue.",
        build=_cube,
        values=_three_map_dimensions,
        params=(
            _CLIP,
            Param(
                "values__source",
                "map",
                "shipped",
                choices={"shipped": "shipped", "computed now": "landmarks"},
            ),
        ),
        notebook="03_tsne_3d_as_rgb.ipynb",
        source="The Infinite Drum Machine (Kyle McDonald, Manny Tan, Yotam Mann)",
    ),
    Technique(
        name="pca_rgb",
        title="3-D PCA as RGB",
        description="The three main directions of variation as red, green and blue.",
        build=_rgb("pca", ChunkedPCA),
        params=(_CLIP,),
        notebook="04_pca_as_rgb.ipynb",
        source=_ORIGINAL,
    ),
    Technique(
        name="binary_pca",
        title="Binary PCA",
        description="24 principal components, each above or below its median, as color bits.",
        build=_bits("pca", ChunkedPCA),
        params=(_BITS,),
        notebook="05_binary_pca.ipynb",
        source=f"Mario Klingemann, in {_ORIGINAL}",
    ),
    Technique(
        name="ica_rgb",
        title="3-D ICA as RGB",
        description="Three independent components as red, green and blue.",
        build=_rgb("ica", SampledICA),
        params=(_CLIP,),
        notebook="06_ica_as_rgb.ipynb",
        source=_ORIGINAL,
    ),
    Technique(
        name="binary_ica",
        title="Binary ICA",
        description="24 independent components, each above or below its median, as color bits.",
        build=_bits("ica", SampledICA),
        params=(_BITS,),
        notebook="07_binary_ica.ipynb",
        source=_ORIGINAL,
    ),
    Technique(
        name="kmeans",
        title="k-means",
        description="The nearest of k centers in X, one color for each.",
        build=_kmeans,
        params=(_clusters(30), _PALETTE),
        notebook="08_kmeans.ipynb",
        source="Jian Tang et al., LargeVis (2016)",
    ),
    Technique(
        name="argmax",
        title="Argmax",
        description="The dimension in which a point is largest, one color for each.",
        build=_argmax,
        params=(_ABSOLUTE, _STANDARDIZE, _PALETTE),
        notebook="10_argmax.ipynb",
        source=_ORIGINAL,
    ),
    Technique(
        name="pca_argmax",
        title="PCA + argmax",
        description="The principal component in which a point is largest.",
        build=_pca_argmax,
        params=(
            Param("falloff__decay", "falloff", 1.0, 0.5, 1.0, 0.005),
            _ABSOLUTE,
            _STANDARDIZE,
            _components("pca", 30),
            _PALETTE,
        ),
        notebook="11_pca_argmax.ipynb",
        source=f"{_ORIGINAL}, which wished for the falloff",
    ),
    Technique(
        name="ica_argmax",
        title="ICA + argmax",
        description="The independent component in which a point is largest.",
        build=_ica_argmax,
        params=(_ABSOLUTE, _components("ica", 30), _PALETTE),
        notebook="12_ica_argmax.ipynb",
        source=_ORIGINAL,
    ),
    Technique(
        name="pca_kmeans",
        title="k-means after PCA",
        description="k-means on principal components, which may be whitened first.",
        build=_projected_kmeans("pca", ChunkedPCA),
        params=(
            _clusters(128),
            Param("pca__whiten", "whiten", False),
            _components("pca", 128),
            _PALETTE,
        ),
        notebook="13_kmeans_after_pca_ica.ipynb",
        source=_ORIGINAL,
    ),
    Technique(
        name="ica_kmeans",
        title="k-means after ICA",
        description="k-means on independent components, which are white by nature.",
        build=_projected_kmeans("ica", SampledICA),
        params=(_clusters(128), _components("ica", 128), _PALETTE),
        notebook="13_kmeans_after_pca_ica.ipynb",
        source=_ORIGINAL,
    ),
)

_HERE = "this collection"
_OTTOSSON = "Björn Ottosson, OKLab (2020), for the colors"
_TSNE3 = next(technique for technique in ORIGINAL if technique.name == "tsne3")


def _oklab(name, projection):
    return lambda limit: Pipeline([(name, projection(min(3, limit))), ("oklab", OklabCube())])


def _oklab_alone(limit):
    return Pipeline([("oklab", OklabCube())])


def _related(limit):
    parts = [("kmeans", ClusterLabels(128)), ("pca", ChunkedPCA(min(3, limit)))]
    return Pipeline([("parts", FeatureUnion(parts)), ("colors", RelatedColors())])


def _clusters_and_places(embedding, progress=None, n_clusters=128):
    labels = ClusterLabels(n_clusters).fit_transform(embedding.X, progress=progress)
    return np.hstack([labels, embedding.xy], dtype=np.float32)


def _contrasting(limit):
    return Pipeline([("colors", ContrastingColors())])


_EYES = {"normal eyes": "normal", "the worst of all eyes": "worst"}
_CUBE = (
    Param("oklab__clip", "clip", 0.02, 0.0, 0.1, 0.005),
    Param("oklab__chroma", "chroma", 1.0, 0.5, 2.0, 0.05),
    Param("oklab__eyes", "turned for", "normal", choices=_EYES),
)


def _local_contrast(embedding, progress=None, narrow=0.0, wide=30.0, n_components=30, view=None):
    from ..maps.local_contrast import contrast_band, pixel

    X, unit = embedding.X, pixel(embedding.xy, view)
    # Smoothing is linear, and the components beyond hold little that three colors could show.
    components = ChunkedPCA(min(n_components, *X.shape)).fit(X).transform(X)
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


def _isotropic(limit):
    return Pipeline([("oklab", OklabCube(chroma=0.5))])


def _distortion(embedding, progress=None, k=20, n_measured=20_000):
    from ..maps.trust import spread_distortion

    return spread_distortion(embedding.X, embedding.xy, k, n_measured, progress=progress)


def _false_and_torn(limit):
    return Pipeline([("colors", BivariateColors(("false neighbors", "tears")))])


OURS = (
    Technique(
        name="pca_oklab",
        title="3-D PCA in the perceptual cube",
        description="The three main directions of variation, all at one scale, in OKLab.",
        build=_oklab("pca", ChunkedPCA),
        params=_CUBE,
        notebook="31_perceptual_cube.ipynb",
        source=_OTTOSSON,
    ),
    Technique(
        name="ica_oklab",
        title="3-D ICA in the perceptual cube",
        description="Three independent components, all at one scale, in OKLab.",
        build=_oklab("ica", SampledICA),
        params=_CUBE,
        notebook="31_perceptual_cube.ipynb",
        source=_OTTOSSON,
    ),
    Technique(
        name="tsne3_oklab",
        title="3-D t-SNE in the perceptual cube",
        description="The axes of a three-dimensional t-SNE map, all at one scale, in OKLab.",
        build=_oklab_alone,
        values=_TSNE3.values,
        params=(*_CUBE, *(p for p in _TSNE3.params if p.name.startswith("values__"))),
        notebook="31_perceptual_cube.ipynb",
        source=_OTTOSSON,
    ),
    Technique(
        name="kmeans_related",
        title="k-means, related colors",
        description="Clusters in X; near clusters look alike, by their places in the color cube.",
        build=_related,
        params=(
            Param("parts__kmeans__n_clusters", "clusters", 128, 2, 256, 1),
            Param("colors__chroma", "chroma", 1.0, 0.5, 2.0, 0.05),
            Param("colors__eyes", "turned for", "normal", choices=_EYES),
        ),
        notebook="32_label_colors.ipynb",
        source="Jian Tang et al., LargeVis (2016), for the clusters",
    ),
    Technique(
        name="kmeans_contrasting",
        title="k-means, contrasting colors",
        description="Clusters in X; those that touch on the map differ as much as they can.",
        build=_contrasting,
        values=_clusters_and_places,
        params=(
            Param("values__n_clusters", "clusters", 128, 2, 256, 1),
            Param("colors__eyes", "distinct for", "normal", choices=_EYES),
        ),
        notebook="32_label_colors.ipynb",
        source="Jian Tang et al., LargeVis (2016), for the clusters",
    ),
    Technique(
        name="local_contrast",
        title="Local contrast",
        description="How a point differs from what lies around it on screen, by 3-D PCA.",
        build=_oklab("pca", ChunkedPCA),
        values=_local_contrast,
        uses_view=True,
        params=(
            Param("values__narrow", "narrow width, pixels", 0.0, 0.0, 10.0, 0.5),
            Param("values__wide", "wide width, pixels", 30.0, 11.0, 300.0, 1.0),
            *_CUBE,
        ),
        notebook="35_local_contrast.ipynb",
        source=_HERE,
    ),
    Technique(
        name="neighbor_pca",
        title="Neighbor-difference PCA",
        description="The three main directions in which neighbors on the map differ.",
        build=_oklab_alone,
        values=_neighbor_pca,
        params=(Param("values__k", "neighbors", 10, 1, 100, 1), *_CUBE),
        notebook="36_neighbor_pca.ipynb",
        source=_HERE,
    ),
    Technique(
        name="moving_frames",
        title="Moving frames",
        description="Axes along which neighbors differ, turning slowly from place to place.",
        build=_oklab_alone,
        values=_moving_frames,
        params=(Param("values__width", "width, pixels of the map", 10.0, 2.0, 300.0, 1.0), *_CUBE),
        notebook="36_neighbor_pca.ipynb",
        source=_HERE,
    ),
    Technique(
        name="local_mds",
        title="Local MDS",
        description="Neighbors on the map differ in color as much as they do in X.",
        build=_isotropic,
        values=_local_mds,
        params=(
            Param("values__k", "neighbors", 40, 5, 100, 1),
            Param("values__anchor", "hold to 3-D PCA", 0.3, 0.0, 5.0, 0.1),
            *(replace(p, default=0.5) if p.label == "chroma" else p for p in _CUBE),
        ),
        notebook="38_local_mds.ipynb",
        source=f"Jan de Leeuw, multidimensional scaling (1977), in {_HERE}",
    ),
    Technique(
        name="trust",
        title="Trust map",
        description="Orange: near on the map, far in X. Blue: near in X, far on the map.",
        build=_false_and_torn,
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
    """Return the technique of a name in `TECHNIQUES`, or the one that is given."""
    if not isinstance(technique, str):
        return technique
    if technique not in TECHNIQUES:
        raise ValueError(f"technique must be one of {', '.join(TECHNIQUES)}, got {technique!r}")
    return TECHNIQUES[technique]
