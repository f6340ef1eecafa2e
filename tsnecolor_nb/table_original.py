"""The techniques of the original notebook, as rows of the table `TECHNIQUES`."""

from sklearn.pipeline import Pipeline

from .last_steps import LabelColors, PackBits, RGBCube, SequentialColors
from .projections import ChunkedPCA, SampledICA
from .steps import Argmax, ClusterLabels, Falloff, Standardize
from .technique import Param, Technique

_ORIGINAL = "Kyle McDonald, Coloring t-SNE"


def _map_neighbor_distance(embedding, progress=None, k=9):
    from .neighbors import neighbor_distance

    return neighbor_distance(embedding.X, embedding.xy, k, progress=progress)[:, None]


def _three_map_dimensions(embedding, progress=None, source="shipped", n_landmarks=3000):
    from .tsne3 import landmark_map

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
