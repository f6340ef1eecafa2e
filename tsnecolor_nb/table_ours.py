"""The techniques that the original did not have, as rows of the table `TECHNIQUES`."""

import numpy as np
from sklearn.pipeline import FeatureUnion, Pipeline

from .learned_palettes import ContrastingColors, RelatedColors
from .perceptual import OklabCube
from .projections import ChunkedPCA, SampledICA
from .steps import ClusterLabels
from .table_original import ORIGINAL
from .technique import Param, Technique

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
)
