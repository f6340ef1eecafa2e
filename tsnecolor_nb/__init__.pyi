# The public names, by the module that defines them. The package loads a module when one of
# its names is first used (lazy-loader reads this file); type checkers and editors read it too.

from .arrays.matching import (
    match_components as match_components,
    match_labels as match_labels,
)
from .arrays.neighbors import (
    exemplars as exemplars,
    extremes as extremes,
    map_neighbors as map_neighbors,
    neighbor_agreement as neighbor_agreement,
    neighbor_distance as neighbor_distance,
    recall as recall,
    true_neighbors as true_neighbors,
)
from .beyond_memory.color import (
    color_partitions as color_partitions,
    fit_partitions as fit_partitions,
)
from .beyond_memory.partitions import write_partition as write_partition
from .beyond_memory.tiles import (
    PartitionedRaster as PartitionedRaster,
    TiledRaster as TiledRaster,
    tile_partitions as tile_partitions,
)
from .colors.columns import column_colors as column_colors
from .colors.eye import seen_colors as seen_colors
from .colors.names import (
    color_names as color_names,
    color_shares as color_shares,
)
from .colors.palettes import (
    distinct_palette as distinct_palette,
    eye_distances as eye_distances,
    hue_palette as hue_palette,
    label_colors as label_colors,
    value_colors as value_colors,
)
from .colors.spaces import (
    lin_to_srgb8 as lin_to_srgb8,
    oklab_to_lin as oklab_to_lin,
    oklab_to_srgb8 as oklab_to_srgb8,
    srgb8_to_lin as srgb8_to_lin,
    srgb8_to_oklab as srgb8_to_oklab,
)
from .colors.vision import simulate as simulate
from .data.embedding import (
    Embedding as Embedding,
    load_embedding as load_embedding,
)
from .explorer.coloring import color_by_distance as color_by_distance
from .explorer.explorer import (
    Explorer as Explorer,
    explore as explore,
)
from .gallery.compare import (
    color_distances as color_distances,
    compare as compare,
)
from .glyphs.load import (
    load_glyphs as load_glyphs,
    load_originals as load_originals,
)
from .legend.drawings import (
    draw_colors as draw_colors,
)
from .legend.explain import (
    explain as explain,
    explain_axes as explain_axes,
    explain_column as explain_column,
)
from .live.tuner import (
    Tuner as Tuner,
    tune as tune,
)
from .live.view import (
    View as View,
    show as show,
)
from .maps.landmarks import landmark_map as landmark_map
from .maps.local_contrast import (
    contrast_band as contrast_band,
    smooth as smooth,
)
from .maps.local_mds import local_mds as local_mds
from .maps.make_map import make_map as make_map
from .maps.moving_frames import project_on_moving_frames as project_on_moving_frames
from .maps.neighbor_pca import fit_neighbor_pca as fit_neighbor_pca
from .maps.places import map_places as map_places
from .maps.pyramid import color_pyramid as color_pyramid, local_lightness as local_lightness
from .maps.trust import distortion as distortion
from .names.map_names import map_names as map_names
from .picture.ladder import zoom_ladder as zoom_ladder
from .picture.names import MapName as MapName
from .picture.panels import panels as panels
from .picture.raster import (
    Raster as Raster,
    compose as compose,
    rasterize as rasterize,
)
from .picture.scatter import scatter_plot as scatter_plot
from .picture.still import (
    Picture as Picture,
    contact_sheet as contact_sheet,
)
from .scoring.planted import (
    Planted as Planted,
    planted_table as planted_table,
    planted_truths as planted_truths,
)
from .scoring.score import (
    Score as Score,
    Scorer as Scorer,
    score as score,
)
from .selection.describe import (
    describe_selection as describe_selection,
    grey_out as grey_out,
)
from .selection.filter import filter_points as filter_points
from .selection.neighbors import (
    NearestPoints as NearestPoints,
    nearest_points as nearest_points,
)
from .selection.outline import points_in_polygon as points_in_polygon
from .selection.refine import (
    Refinement as Refinement,
    refine_selection as refine_selection,
)
from .selection.search import search as search
from .steps.bivariate import BivariateColors as BivariateColors
from .steps.columns import (
    Falloff as Falloff,
    Standardize as Standardize,
)
from .steps.hue_and_lightness import HueAndLightness as HueAndLightness
from .steps.ica import (
    SampledICA as SampledICA,
    component_steps as component_steps,
)
from .steps.label_palettes import (
    ContrastingColors as ContrastingColors,
    RelatedColors as RelatedColors,
    contrasting_palette as contrasting_palette,
    related_palette as related_palette,
    touching as touching,
)
from .steps.labels import (
    Argmax as Argmax,
    ClusterLabels as ClusterLabels,
)
from .steps.oklab_cube import OklabCube as OklabCube
from .steps.pca import ChunkedPCA as ChunkedPCA
from .steps.to_color import (
    LabelColors as LabelColors,
    PackBits as PackBits,
    RGBCube as RGBCube,
    SequentialColors as SequentialColors,
)
from .techniques.axes import axis_colors as axis_colors
from .techniques.run import (
    CachedRun as CachedRun,
    Cancelled as Cancelled,
    color as color,
)
from .techniques.table import TECHNIQUES as TECHNIQUES
from .techniques.technique import (
    Param as Param,
    Technique as Technique,
)
from .techniques.view_fit import ViewFit as ViewFit

__version__: str
