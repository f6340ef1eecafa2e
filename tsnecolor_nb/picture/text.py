"""Text in pictures: fonts, widths, shortening, and numbers in a short form.

DejaVu Sans and a font of the common Chinese, Japanese and Korean characters come with the package,
so their characters are drawn on every machine. For all others the fonts of the system are searched.
"""

import os
import re
import unicodedata
import warnings
from bisect import bisect_right
from functools import cache
from pathlib import Path

import numpy as np

SIZE = 13  # pixels: the usual height of a font in a picture
LARGE = 16  # pixels: of titles and captions, which are read on phones, where pictures shrink

_BUNDLED = [
    Path(__file__).with_name("fonts") / name for name in ("DejaVuSans.ttf", "CommonCJK.otf")
]
_FOLDERS = (
    "~/.fonts", "~/.local/share/fonts", "/usr/local/share/fonts", "/usr/share/fonts",
    "~/Library/Fonts", "/Library/Fonts", "/System/Library/Fonts", r"%WINDIR%\Fonts",
)
# Families that cover scripts or many characters; to open every font of a system takes seconds.
_FAMILIES = re.compile(
    r"(NotoSans(?!.*(Bold|Black|Light|Thin|Medium|Condensed|Italic|Mono))|DroidSansFallback|FreeSans"
    r"|Lohit|unifont|wqy|Arial Unicode|Hiragino|PingFang|AppleSDGothic|Nirmala|malgun|meiryo|msyh"
    r"|msgothic|seguisym|YuGoth).*\.(ttf|ttc|otf)", re.IGNORECASE,
)
_NO_CHARACTER = "\U0010ffff"
_INVISIBLE = {"Cc", "Cf", "Zs"}


class MissingGlyphWarning(UserWarning):
    """A text has characters that no font on this machine can draw; issued once per process."""


def draw_text(draw, xy, text, *, fill, size=SIZE, anchor="la", halo=None, halo_width=0):
    """Draw one line of text, each character by the first font that has it.

    draw : PIL.ImageDraw.ImageDraw. xy : position of the anchor, in pixels. text : white space, line
    breaks included, becomes single spaces. fill : int or (r, g, b). size : height of the font in
    pixels. anchor : as Pillow names it: l, m or r, then a (top), m (middle) or s (baseline). halo :
    color of what surrounds the characters, `halo_width` pixels wide.

    A character that no font can draw becomes an empty box, with a `MissingGlyphWarning`.
    """
    x, y = xy
    runs = _runs(_one_line(text))
    ascent, descent = _font(_BUNDLED[0], size).getmetrics()
    # Fonts differ in height, so all runs stand on the baseline of the first one.
    y += {"a": ascent, "m": (ascent - descent) / 2, "s": 0}[anchor[1]]
    widths = [_font(path, size).getlength(run) for path, run in runs]
    x -= {"l": 0, "m": sum(widths) / 2, "r": sum(widths)}[anchor[0]]
    passes = [(fill, 0)] if halo is None else [(halo, halo_width), (fill, 0)]
    for color, stroke in passes:  # so that no halo covers the run before
        at = x
        for (path, run), width in zip(runs, widths, strict=True):
            how = {"anchor": "ls", "stroke_width": stroke}
            draw.text((at, y), run, fill=color, font=_font(path, size), **how)
            at += width


def text_width(text, size=SIZE):
    """Return the width in pixels, float, with which `draw_text` draws a text."""
    return sum(_font(path, size).getlength(run) for path, run in _runs(_one_line(text)))


def fitting(text, width, size=SIZE):
    """Return how many characters of a text fit into `width` pixels.

    The time does not depend on the length of the text.
    """
    # No letter is narrower than a fifth of the font's height, except marks that have no width.
    ends = range(1, min(len(text), int(5 * max(width, 0) / size) + 1) + 1)
    return bisect_right(ends, width, key=lambda end: text_width(text[:end], size))


def shorten(text, width, size=SIZE):
    """Return a text that fits into `width` pixels, with an ellipsis at its end if it was cut."""
    text = _one_line(text)
    if fitting(text, width, size) == len(text):
        return text
    return text[: fitting(text, width - text_width("…", size), size)].rstrip() + "…"


def format_number(value, unit=""):
    """Return a number with three significant digits, or a date for seconds since 1970."""
    if unit == "date":
        return str(np.datetime64(round(value), "s"))[:10]
    if value and not 1e-3 <= abs(value) < 1e6:
        return f"{value:.2e}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _one_line(text):
    return " ".join(str(text).split())


def _runs(text):
    """Return the text as pairs of a font's path and the characters that it draws."""
    if text.isascii():
        return [(_BUNDLED[0], text)]
    runs, missing = [(_BUNDLED[0], "")], []
    for character in text:
        path = _path_for(character, runs[-1][0])
        if path is None:
            path = _BUNDLED[0]
            missing.append(character)
        if path == runs[-1][0]:
            runs[-1] = path, runs[-1][1] + character
        else:
            runs.append((path, character))
    if missing:
        _warn_once(text, missing)
    return [run for run in runs if run[1]]


@cache
def _path_for(character, current):
    """Return the path of the font that draws a character after text in the `current` one, or None.

    Marks stay with their letter, and a script stays in one font. Letters of DejaVu Sans are drawn
    by it in any case.
    """
    category = unicodedata.category(character)
    if category[0] == "M" or category in _INVISIBLE:
        return current if _has(current, character) else _BUNDLED[0]
    usual = [_BUNDLED[0], current, _BUNDLED[1]]
    if not any(_has(path, character) for path in usual):
        usual = _system_fonts()
    return next((path for path in usual if _has(path, character)), None)


@cache
def _has(path, character):
    font = _font(path, SIZE)
    glyph, box = (font.getmask(one) for one in (character, _NO_CHARACTER))
    return glyph.size != box.size or bytes(glyph) != bytes(box)


@cache
def _font(path, size):
    from PIL import ImageFont

    return ImageFont.truetype(str(path), size)


@cache
def _system_fonts():
    from PIL import ImageFont

    folders = [Path(os.path.expandvars(folder)).expanduser() for folder in _FOLDERS]
    fonts = []
    for folder in folders:
        for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
            if _FAMILIES.fullmatch(path.name):
                try:
                    ImageFont.truetype(str(path), SIZE)
                except OSError:  # no font, or one that may not be read
                    continue
                fonts.append(path)
    return fonts


_warned = False


def _warn_once(text, missing):
    global _warned
    if not _warned:
        _warned = True
        listed = " ".join(dict.fromkeys(missing[:20]))
        warnings.warn(
            f"no font on this machine can draw {listed} of the text {text[:60]!r}; boxes are drawn "
            f"instead. Install a font that has these characters, such as those of Noto Sans "
            f"(Debian and Ubuntu: fonts-noto)", MissingGlyphWarning, stacklevel=2,
        )
