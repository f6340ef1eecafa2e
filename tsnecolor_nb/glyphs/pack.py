"""Stage 5: the files that ship. Latents as int8, maps, tables, decoder."""

import json
from importlib.metadata import version

import numpy as np
import pandas as pd
from fontTools import unicodedata as ucd

from ..arrays.neighbors import recall, true_neighbors

_ASKED = 2000  # points whose neighbors tell what the rounding costs


def quantize(latents):
    """Return ``(codes, scale, offset)`` with ``latents ≈ codes * scale + offset`` per dimension."""
    low, high = latents.min(axis=0), latents.max(axis=0)
    offset = (high + low) / 2
    scale = np.maximum(high - low, 1e-12) / 254
    return np.rint((latents - offset) / scale).astype(np.int8), scale, offset


def write(folder, pictures, latents, xy, xyz, glyphs, table, faces, decoder, settings):
    """Write the atlas into ``folder``; see `tsnecolor_nb.load_glyphs` for how it is read."""
    rows = np.sort(np.random.default_rng(0).choice(len(latents), 400, replace=False))
    np.savez_compressed(folder / "originals.npz", rows=rows, pictures=pictures[rows])
    codes, scale, offset = quantize(latents)
    coded = (codes * scale + offset).astype(np.float32)
    queries = np.random.default_rng(0).choice(len(latents), min(_ASKED, len(latents)), False)
    kept_share = recall(*(true_neighbors(data, queries, 10) for data in (coded, latents)))
    np.save(folder / "latents.npy", codes)

    codepoints, row = np.unique(glyphs["codepoint"], return_inverse=True)
    table = table.set_index("codepoint").loc[codepoints].reset_index()
    table["script"] = table["script"].map(lambda code: ucd.script_name(code).replace("_", " "))
    table.astype({"codepoint": np.uint32}).to_parquet(folder / "codepoints.parquet", index=False)

    used, font = np.unique(glyphs["face"], return_inverse=True)
    fonts = faces.loc[used, ["family", "style", "package"]]
    fonts.to_parquet(folder / "fonts.parquet", index=False)

    np.savez(
        folder / "points.npz",
        scale=scale.astype(np.float32), offset=offset.astype(np.float32),
        xy=xy.astype(np.float32), xyz=xyz.astype(np.float16),
        codepoint_row=row.astype(np.int32), font_row=font.astype(np.int16),
    )
    np.savez(folder / "decoder.npz", **decoder)
    about = {
        "points": len(latents),
        "recall_at_10_of_int8": round(kept_share, 4),
        "settings": settings,
        "versions": {name: version(name) for name in
                     ("torch", "openTSNE", "pynndescent", "freetype-py", "fonttools", "numpy")},
        "packages": sorted(pd.unique(fonts["package"])),
    }
    (folder / "about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf8")
