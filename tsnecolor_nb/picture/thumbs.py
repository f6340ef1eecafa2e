"""A point in a legend or a panel: as a small picture, or as a short text."""

import numpy as np

_LARGEST = 64  # pixels; a user's pictures may be photographs


def has_pictures(embedding):
    """Return whether the points of an embedding have pictures."""
    return embedding.decode is not None or getattr(embedding, "images", None) is not None


def thumbs(embedding, rows):
    """Return a list of small pictures of some points, or None if the embedding has none.

    rows : (m,) int. Each picture is sRGB, (h, w, 3) uint8, no side longer than 64 pixels; grey
    pictures become dark ink on white.
    """
    if not has_pictures(embedding):
        return None
    return [as_thumb(picture) for picture in embedding.pictures(np.asarray(rows, dtype=np.intp))]


def as_thumb(picture):
    """Convert a grey picture, 255 is ink, or an sRGB one to a small sRGB one, (h, w, 3) uint8."""
    from PIL import Image

    picture = np.asarray(picture, dtype=np.uint8)
    if picture.ndim == 2:
        picture = np.repeat(255 - picture[:, :, None], 3, axis=2)
    if max(picture.shape[:2]) > _LARGEST:
        small = Image.fromarray(picture)
        small.thumbnail((_LARGEST, _LARGEST))
        picture = np.asarray(small)
    return np.ascontiguousarray(picture[:, :, :3])


def fit_square(picture, side, resampling=None):
    """Return a Pillow image of uint8 pixels, (h, w) or (h, w, 3), its longer side `side` long.

    Unless another `resampling` is asked for, pixels are averaged where it becomes smaller.
    """
    from PIL import Image

    image = Image.fromarray(np.ascontiguousarray(picture))
    scale = side / max(image.size)
    if resampling is None:
        resampling = Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC
    size = [max(round(length * scale), 1) for length in image.size]
    return image.resize(size, resampling)


def captions(embedding, rows):
    """Return a list of a short text per point of `rows`: its name, its first text, or its number.

    These are plain texts, not escaped.
    """
    meta = embedding.meta
    columns = [] if meta is None else text_columns(meta)
    if not columns:
        return [f"point {row:,}" for row in rows]
    column = "name" if "name" in columns else columns[0]
    return [str(text) for text in meta[column].iloc[np.asarray(rows)]]


def text_columns(meta):
    """Return the names of the columns of a data frame that hold text or categories."""
    from pandas import CategoricalDtype
    from pandas.api import types

    return [
        name
        for name, dtype in meta.dtypes.items()
        if isinstance(dtype, CategoricalDtype)
        or types.is_string_dtype(dtype)
        or types.is_object_dtype(dtype)
    ]
