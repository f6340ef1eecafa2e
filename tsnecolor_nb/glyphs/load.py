"""The bundled atlas as an `Embedding`."""

from importlib.resources import as_file, files

import numpy as np

from ..data.embedding import Embedding


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
    from .decoder import Decoder

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
