"""Stage 2: glyph pictures. Outlines to 28 × 28 grey pixels, every glyph filling its picture."""

import hashlib

import freetype
import freetype.raw as ft
import numpy as np
from tqdm import tqdm

SIDE = 28
INK = 24  # pixels: the longer side of a glyph, which leaves a margin of two


def _draw(face, codepoint, picture):
    """Draw one glyph into ``picture``; return False if the font has no ink for it."""
    index = face.get_char_index(codepoint)
    if not index:
        return False
    face.load_glyph(index, ft.FT_LOAD_NO_SCALE | ft.FT_LOAD_NO_BITMAP)
    if face.glyph.format != ft.FT_GLYPH_FORMAT_OUTLINE or not face.glyph.outline.n_points:
        return False
    outline = ft.byref(face.glyph._FT_GlyphSlot.contents.outline)
    box = ft.FT_BBox()
    ft.FT_Outline_Get_BBox(outline, ft.byref(box))
    longer = max(box.xMax - box.xMin, box.yMax - box.yMin)
    if longer <= 0:
        return False
    scale = INK * 64 / longer  # font units to 1/64 pixel
    matrix = ft.FT_Matrix(round(scale * 0x10000), 0, 0, round(scale * 0x10000))
    ft.FT_Outline_Transform(outline, ft.byref(matrix))
    ft.FT_Outline_Translate(
        outline,
        round(SIDE * 32 - scale * (box.xMin + box.xMax) / 2),
        round(SIDE * 32 - scale * (box.yMin + box.yMax) / 2),
    )
    bitmap = ft.FT_Bitmap()
    bitmap.rows = bitmap.width = bitmap.pitch = SIDE
    bitmap.buffer = picture.ctypes.data_as(type(bitmap.buffer))
    bitmap.num_grays, bitmap.pixel_mode = 256, ft.FT_PIXEL_MODE_GRAY
    failed = ft.FT_Outline_Get_Bitmap(freetype.get_handle(), outline, ft.byref(bitmap))
    return not failed and picture.any()


def render(faces, glyphs):
    """Render glyphs; drop those without ink and those that look exactly like an earlier one.

    ``faces`` and ``glyphs`` are data frames as in `select`. Return the pictures, (m, 28, 28) uint8
    in which 255 is ink, and the rows of ``glyphs`` that they show, (m,) int64, ascending.
    """
    pictures = np.zeros((len(glyphs), SIDE, SIDE), np.uint8)
    inked = np.zeros(len(glyphs), bool)
    progress = tqdm(total=len(glyphs), desc="render", unit="glyph")
    for face_row, group in glyphs.groupby("face"):
        face = freetype.Face(faces["file"][face_row], index=int(faces["index"][face_row]))
        for row, codepoint in zip(group.index, group["codepoint"], strict=True):
            inked[row] = _draw(face, codepoint, pictures[row])
        progress.update(len(group))
    progress.close()
    first_rows = {}
    for row in np.flatnonzero(inked):
        first_rows.setdefault(hashlib.blake2b(pictures[row], digest_size=12).digest(), row)
    kept = np.array(sorted(first_rows.values()))
    return pictures[kept], kept
