"""What everything else is given: high-dimensional data, their map, and what is known of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.resources import as_file, files

import numpy as np


@dataclass(frozen=True, eq=False, repr=False)
class Embedding:
    """An embedding and a map of it. Made by `load_embedding` or `load_glyphs`.

    Attributes
    ----------
    X : (n, d) float32, C order
        The high-dimensional data.
    xy : (n, 2) float32
        The map: where each point is drawn.
    xyz : (n, 3) float32 or None
        A 3-D map, if there is one; its axes can become colors.
    meta : DataFrame
        One row per point, any columns: what is known besides ``X``.
    decode : callable or None
        Turns vectors (m, d) into grey pictures (m, h, w) uint8 in which 255 is ink.
    name : str
    """

    X: np.ndarray
    xy: np.ndarray
    xyz: np.ndarray | None = None
    meta: "pandas.DataFrame | None" = None  # noqa: F821 (pandas loads when it is needed)
    decode: Callable[[np.ndarray], np.ndarray] | None = field(default=None)
    name: str = "embedding"

    def __len__(self):
        return len(self.X)

    def __repr__(self):
        return f"<Embedding {self.name!r}: {len(self):,} points × {self.X.shape[1]} dimensions>"

    def pictures(self, rows):
        """Return the decoded pictures of some points.

        Parameters
        ----------
        rows : int, slice or array_like of int
            Which points.

        Returns
        -------
        (m, h, w) uint8

        Raises
        ------
        ValueError
            If the embedding has no decoder.
        """
        if self.decode is None:
            raise ValueError(f"{self!r} has no pictures: it was loaded without `decode`")
        return self.decode(np.atleast_2d(self.X[rows]))


def _matrix(name, value, n=None, columns=None):
    """Return ``value`` as a finite float32 matrix, or say what is wrong with it."""
    try:
        array = np.ascontiguousarray(value, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{name} must be a matrix of numbers, got {type(value).__name__}: {error}"
        ) from None
    if array.ndim != 2 or (columns and array.shape[1] != columns):
        raise ValueError(f"{name} must have shape (n, {columns or 'd'}), got {array.shape}")
    if n is not None and len(array) != n:
        raise ValueError(f"{name} must have one row per row of X ({n:,}), got {len(array):,}")
    if not np.isfinite(array).all():
        rows = np.flatnonzero(~np.isfinite(array).all(axis=1))
        raise ValueError(
            f"{name} must be finite; {len(rows):,} rows hold NaN or infinity, the first is "
            f"row {rows[0]:,}"
        )
    return array


def load_embedding(X, xy, *, xyz=None, meta=None, decode=None, name="embedding"):
    """Bring your own data: check arrays and put them together.

    Parameters
    ----------
    X : (n, d) array_like of numbers
        The high-dimensional data; kept as float32.
    xy : (n, 2) array_like of numbers
        Its map.
    xyz : (n, 3) array_like of numbers, optional
        A 3-D map.
    meta : DataFrame or mapping of columns, optional
        n rows: what is known of each point.
    decode : callable, optional
        Vectors (m, d) to grey pictures (m, h, w) uint8.
    name : str
        What to call it.

    Returns
    -------
    Embedding

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.
    """
    import pandas as pd

    X = _matrix("X", X)
    if not len(X):
        raise ValueError("X must hold at least one point, got none")
    meta = pd.DataFrame(meta, index=range(len(X)) if meta is None else None)
    if len(meta) != len(X):
        raise ValueError(f"meta must have one row per row of X ({len(X):,}), got {len(meta):,}")
    if decode is not None and not callable(decode):
        raise TypeError(f"decode must be callable, got {type(decode).__name__}")
    return Embedding(
        X=X,
        xy=_matrix("xy", xy, len(X), 2),
        xyz=None if xyz is None else _matrix("xyz", xyz, len(X), 3),
        meta=meta.reset_index(drop=True),
        decode=decode,
        name=name,
    )


def load_glyphs():
    """Load the bundled atlas: 358,359 glyphs of the world's scripts in 128 dimensions.

    Each point is a glyph picture of 28 × 28 pixels, drawn from a free font and encoded by a
    variational autoencoder. The latents are stored as 8-bit integers with a scale per dimension;
    ``glyphs/FONTS.md`` names the fonts, ``glyphs/atlas/about.json`` what the rounding costs.

    Returns
    -------
    Embedding
        ``X`` (358359, 128), ``xy``, ``xyz`` (3-D t-SNE), ``decode``, and ``meta`` with the columns
        codepoint, name, script, block, category (of the character), family and style (of the font).
    """
    from .glyphs.decoder import Decoder

    with as_file(files("tsnecolor_nb.glyphs") / "atlas") as folder:
        codes = np.load(folder / "latents.npy", mmap_mode="r", allow_pickle=False)
        with np.load(folder / "points.npz", allow_pickle=False) as stored:
            points = dict(stored)
        with np.load(folder / "decoder.npz", allow_pickle=False) as stored:
            decode = Decoder(stored)
        meta = _glyph_meta(folder, points["codepoint_row"], points["font_row"])
    X = codes * points["scale"]
    X += points["offset"]
    xyz = points["xyz"].astype(np.float32)
    return Embedding(X, points["xy"], xyz, meta, decode, "glyphs")


def load_originals():
    """Load 400 of the atlas's pictures as the fonts drew them, to compare with decoded ones.

    Returns
    -------
    rows : (400,) int64
        Which points of `load_glyphs` they are, ascending.
    pictures : (400, 28, 28) uint8
        255 is ink.
    """
    with as_file(files("tsnecolor_nb.glyphs") / "atlas" / "originals.npz") as path:
        with np.load(path, allow_pickle=False) as stored:
            return stored["rows"], stored["pictures"]


def _glyph_meta(folder, codepoint_row, font_row):
    import pandas as pd

    columns = {}
    for table, row in (("codepoints", codepoint_row), ("fonts", font_row)):
        for column, values in pd.read_parquet(folder / f"{table}.parquet").items():
            if column == "codepoint":
                columns[column] = values.to_numpy()[row]
            elif column != "package":
                codes, categories = pd.factorize(values, sort=column != "name")
                columns[column] = pd.Categorical.from_codes(codes[row], categories)
    return pd.DataFrame(columns)
