"""What a point looks like in a legend or a panel: a small picture, or a short text."""

import numpy as np

_LARGEST = 64  # pixels; a user's pictures may be photographs


def thumbs(embedding, rows):
    """Return small pictures of some points, or None if the embedding has none.

    Parameters
    ----------
    embedding : Embedding
    rows : array_like of int, shape (m,)

    Returns
    -------
    list of m arrays (h, w, 3) uint8, or None
        Dark ink on white where the pictures are grey; no side is longer than 64 pixels.
    """
    if embedding.decode is None and getattr(embedding, "images", None) is None:
        return None
    return [as_thumb(picture) for picture in embedding.pictures(np.asarray(rows, dtype=np.intp))]


def as_thumb(picture):
    """Turn a grey picture in which 255 is ink, or an sRGB one, into small sRGB uint8 (h, w, 3)."""
    from PIL import Image

    picture = np.asarray(picture, dtype=np.uint8)
    if picture.ndim == 2:
        picture = np.repeat(255 - picture[:, :, None], 3, axis=2)
    if max(picture.shape[:2]) > _LARGEST:
        small = Image.fromarray(picture)
        small.thumbnail((_LARGEST, _LARGEST))
        picture = np.asarray(small)
    return np.ascontiguousarray(picture[:, :, :3])


def captions(embedding, rows):
    """Return a short text for each of some points: its name, its first text, or its number.

    Parameters
    ----------
    embedding : Embedding
    rows : array_like of int, shape (m,)

    Returns
    -------
    list of str
        Plain text, not escaped.
    """
    column = caption_column(embedding.meta)
    if column is None:
        return [f"point {row:,}" for row in rows]
    return [str(text) for text in embedding.meta[column].iloc[np.asarray(rows)]]


def caption_column(meta):
    """Return the name of the column that tells points apart best, or None without any text."""
    if meta is None:
        return None
    texts = text_columns(meta)
    return "name" if "name" in texts else next(iter(texts), None)


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
