"""The techniques that the original did not have, as rows of the table `TECHNIQUES`."""

from dataclasses import replace

import numpy as np
from sklearn.pipeline import FeatureUnion, Pipeline

from .bivariate import BivariateColors
from .learned_palettes import ContrastingColors, RelatedColors
from .perceptual import OklabCube
from .projections import ChunkedPCA, SampledICA
from .steps import ClusterLabels
from .table_original import ORIGINAL
from .technique import Param, Technique

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
    from .local_contrast import contrast_band, pixel

    X, unit = embedding.X, pixel(embedding.xy, view)
    # Smoothing is linear, and the components beyond hold little that three colors could show.
    components = ChunkedPCA(min(n_components, *X.shape)).fit(X).transform(X)
    return contrast_band(components, embedding.xy, narrow * unit, wide * unit, progress=progress)


def _neighbor_pca(embedding, progress=None, k=10):
    from .neighbor_pca import fit_neighbor_pca

    n, d = embedding.X.shape
    pca = fit_neighbor_pca(embedding.X, embedding.xy, min(3, n, d), k=min(k, n - 1))
    return pca.transform(embedding.X)


def _moving_frames(embedding, progress=None, width=10.0):
    from .local_contrast import pixel
    from .moving_frames import project_on_moving_frames

    X, xy = embedding.X, embedding.xy
    k = min(10, len(X) - 1)
    return project_on_moving_frames(X, xy, width * pixel(xy), k=k, progress=progress)


def _local_mds(embedding, progress=None, k=40, anchor=0.3):
    from .mds import local_mds

    k = min(k, len(embedding) - 1)
    return local_mds(embedding.X, embedding.xy, k, anchor=anchor, progress=progress)


def _isotropic(limit):
    return Pipeline([("oklab", OklabCube(chroma=0.5))])


def _distortion(embedding, progress=None, k=20, n_measured=20_000):
    from .trust import spread_distortion

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
