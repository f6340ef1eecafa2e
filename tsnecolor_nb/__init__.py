"""Color what 128 dimensions say about the points of a 2-D map.

Heavy libraries load when a name that needs them is first used, so that the import stays cheap.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "beyond": ("color_partitions", "fit_partitions"),
    "bivariate": ("BivariateColors",),
    "colors": (
        "lin_to_oklab", "lin_to_srgb8", "oklab_to_lin", "oklab_to_srgb8", "srgb8_to_lin",
        "srgb8_to_oklab",
    ),
    "data": ("Embedding", "load_embedding", "load_glyphs", "load_originals"),
    "explorer": ("Explorer", "explore"),
    "gallery": ("Comparison", "compare"),
    "last_steps": ("LabelColors", "PackBits", "RGBCube", "SequentialColors"),
    "learned_palettes": (
        "ContrastingColors", "RelatedColors", "contrasting_palette", "related_palette",
        "touching",
    ),
    "legend": ("explain", "explain_column"),
    "local_contrast": ("contrast_band", "smooth"),
    "map_making": ("make_map",),
    "matching": ("match_components", "match_labels"),
    "mds": ("local_mds",),
    "metadata": ("column_colors",),
    "moving_frames": ("project_on_moving_frames",),
    "neighbor_pca": ("fit_neighbor_pca",),
    "neighbors": (
        "exemplars", "extremes", "map_neighbors", "neighbor_distance", "recall", "true_neighbors",
    ),
    "palettes": (
        "distinct_palette", "eye_distances", "hue_palette", "label_colors", "label_palette",
        "sequential_palette", "value_colors",
    ),
    "partitions": ("write_partition",),
    "perceptual": ("OklabCube",),
    "pictures": ("Picture", "contact_sheet"),
    "planted": ("Planted", "planted_table", "planted_truths"),
    "projections": ("ChunkedPCA", "SampledICA", "component_steps"),
    "raster": ("Raster", "compose", "rasterize"),
    "scoring": ("Score", "Scorer", "score"),
    "selection": ("describe_selection", "grey_out"),
    "steps": ("Argmax", "ClusterLabels", "Falloff", "FitOnSample", "Standardize"),
    "techniques": ("CachedRun", "Cancelled", "TECHNIQUES", "color"),
    "tiled": ("PartitionedRaster", "TiledRaster", "tile_partitions"),
    "trust": ("distortion",),
    "tsne3": ("landmark_map",),
    "tuner": ("Tuner", "tune"),
    "view": ("View", "show"),
    "view_fit": ("ViewFit",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE_OF)


def __getattr__(name):
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__():
    return [*globals(), *__all__]
