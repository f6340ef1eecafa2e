"""Color what 128 dimensions say about the points of a 2-D map.

Heavy libraries load when a name that needs them is first used, so that the import stays cheap.
"""

from importlib import import_module

__version__ = "0.1.0"

_HOME = {
    "arrays.matching": ("match_components", "match_labels"),
    "arrays.neighbors": (
        "exemplars", "extremes", "map_neighbors", "neighbor_agreement", "neighbor_distance",
        "recall", "true_neighbors",
    ),
    "beyond_memory.color": ("color_partitions", "fit_partitions"),
    "beyond_memory.partitions": ("write_partition",),
    "beyond_memory.tiles": ("PartitionedRaster", "TiledRaster", "tile_partitions"),
    "colors.columns": ("column_colors",),
    "colors.palettes": (
        "distinct_palette", "eye_distances", "hue_palette", "label_colors", "label_palette",
        "sequential_palette", "value_colors",
    ),
    "colors.vision": ("simulate",),
    "colors.spaces": (
        "lin_to_oklab", "lin_to_srgb8", "oklab_to_lin", "oklab_to_srgb8", "srgb8_to_lin",
        "srgb8_to_oklab",
    ),
    "data.embedding": ("Embedding", "load_embedding"),
    "explorer.explorer": ("Explorer", "explore"),
    "gallery.compare": ("Comparison", "color_distances", "compare"),
    "glyphs.load": ("load_glyphs", "load_originals"),
    "legend.explain": ("explain", "explain_column"),
    "live.tuner": ("Tuner", "tune"),
    "live.view": ("View", "show"),
    "maps.landmarks": ("landmark_map",),
    "maps.local_contrast": ("contrast_band", "smooth"),
    "maps.local_mds": ("local_mds",),
    "maps.make_map": ("make_map",),
    "maps.moving_frames": ("project_on_moving_frames",),
    "maps.neighbor_pca": ("fit_neighbor_pca",),
    "maps.trust": ("distortion",),
    "picture.panels": ("panels",),
    "picture.raster": ("Raster", "compose", "rasterize"),
    "picture.still": ("Picture", "contact_sheet"),
    "scoring.planted": ("Planted", "planted_table", "planted_truths"),
    "scoring.score": ("Score", "Scorer", "score"),
    "selection.describe": ("describe_selection", "grey_out"),
    "selection.search": ("search",),
    "steps.bivariate": ("BivariateColors",),
    "steps.columns": ("Falloff", "Standardize"),
    "steps.ica": ("SampledICA", "component_steps"),
    "steps.label_palettes": (
        "ContrastingColors", "RelatedColors", "contrasting_palette", "related_palette",
        "touching",
    ),
    "steps.labels": ("Argmax", "ClusterLabels", "FitOnSample"),
    "steps.oklab_cube": ("OklabCube",),
    "steps.pca": ("ChunkedPCA",),
    "steps.to_color": ("LabelColors", "PackBits", "RGBCube", "SequentialColors"),
    "techniques.run": ("CachedRun", "Cancelled", "color"),
    "techniques.table": ("TECHNIQUES",),
    "techniques.technique": ("Param", "Technique"),
    "techniques.view_fit": ("ViewFit",),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = sorted(_MODULE_OF)


def __getattr__(name):
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__():
    return [*globals(), *__all__]
