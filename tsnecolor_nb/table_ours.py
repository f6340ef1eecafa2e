"""The techniques that the original did not have, as rows of the table `TECHNIQUES`."""

from sklearn.pipeline import Pipeline

from .perceptual import OklabCube
from .projections import ChunkedPCA, SampledICA
from .table_original import ORIGINAL
from .technique import Param, Technique

_OTTOSSON = "Björn Ottosson, OKLab (2020), for the colors"
_TSNE3 = next(technique for technique in ORIGINAL if technique.name == "tsne3")


def _oklab(name, projection):
    return lambda limit: Pipeline([(name, projection(min(3, limit))), ("oklab", OklabCube())])


def _oklab_alone(limit):
    return Pipeline([("oklab", OklabCube())])


_CUBE = (
    Param("oklab__clip", "clip", 0.02, 0.0, 0.1, 0.005),
    Param("oklab__chroma", "chroma", 1.0, 0.5, 2.0, 0.05),
    Param(
        "oklab__eyes",
        "turned for",
        "normal",
        choices={"normal eyes": "normal", "the worst of all eyes": "worst"},
    ),
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
)
