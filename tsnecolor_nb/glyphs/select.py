"""Stage 1: which glyphs. Find the fonts, list what they can draw, choose about 360,000 glyphs."""

import subprocess
import sys
import unicodedata
from importlib.resources import files
from pathlib import Path

import numpy as np
import pandas as pd
from fontTools import unicodedata as ucd
from fontTools.ttLib import TTCollection, TTFont, TTLibError
from tqdm import tqdm

# How many faces may draw one codepoint. Letters that all readers know get many; a script of
# tens of thousands of signs gets one. As many near-duplicates as the perplexity would make a map of
# thousands of crumbs.
FACES_PER_CODEPOINT = {"Hani": 1, "Tang": 1, "Kits": 1, "Nshu": 2, "Hang": 4, "Arab": 13,
                       "Ethi": 22, "Latn": 27, "Cyrl": 27, "Grek": 27, "Zyyy": 8, "Zinh": 6}
FACES_PER_ASCII_LETTER = 700
FACES_PER_OTHER = 24

# Nothing to see (control, format, surrogate, separators) or no agreed meaning (private use).
_WITHOUT_A_PICTURE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"}
_OUTLINES = {".otf", ".ttc", ".ttf"}


def font_packages():
    """Return the names of the Debian font packages listed in ``fonts.txt``."""
    lines = files(__package__).joinpath("fonts.txt").read_text(encoding="utf8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def font_files(packages):
    """Return ``[(package, path), …]`` for every outline font that the installed packages hold.

    Exit with the command that installs what is missing if a package is not installed.
    """
    outlines, missing = [], []
    for package in packages:
        listing = subprocess.run(["dpkg", "-L", package], capture_output=True, text=True)
        if listing.returncode:
            missing.append(package)
        paths = sorted(Path(line) for line in listing.stdout.splitlines())
        # A font often ships both as .ttf and as .otf: the same shapes twice.
        fonts = {path.stem: path for path in paths if path.suffix.lower() in _OUTLINES}
        outlines += [(package, path) for path in fonts.values() if not path.is_symlink()]
    if missing:
        sys.exit("These font packages are missing: apt-get install " + " ".join(missing))
    return outlines


def _faces_in(path):
    if path.suffix.lower() == ".ttc":
        return list(TTCollection(path, lazy=True).fonts)
    return [TTFont(path, lazy=True)]


def list_faces(packages):
    """Return data frames of all faces and of all pairs (face, codepoint) that the fonts can draw.

    faces: package, file, index (in a collection), family, style; pairs: face (row of faces),
    codepoint.
    """
    faces, pairs = [], []
    for package, path in tqdm(font_files(packages), desc="fonts", unit="font"):
        try:
            fonts = _faces_in(path)
        except TTLibError:
            continue
        drawn = set()
        for index, font in enumerate(fonts):
            name, cmap = font["name"], font.getBestCmap() or {}
            # Collections share outlines between faces: one (outline, codepoint) is enough.
            fresh = [cp for cp, glyph in cmap.items() if (cp, glyph) not in drawn]
            drawn.update(cmap.items())
            if fresh:
                family = name.getBestFamilyName() or path.stem
                style = name.getBestSubFamilyName() or "Regular"
                pairs.append(pd.DataFrame({"face": len(faces), "codepoint": fresh}))
                faces.append((package, str(path), index, family, style))
    faces = pd.DataFrame(faces, columns=["package", "file", "index", "family", "style"])
    return faces, pd.concat(pairs, ignore_index=True)


def describe_codepoints(codepoints):
    """Return a table with the script, block, category and name of each codepoint."""
    rows = []
    for codepoint in codepoints:
        char = chr(codepoint)
        rows.append((codepoint, ucd.script(char), ucd.block(char), ucd.category(char),
                     unicodedata.name(char, f"U+{codepoint:04X}")))
    return pd.DataFrame(rows, columns=["codepoint", "script", "block", "category", "name"])


def _cap(script, codepoint):
    ascii_letter = codepoint < 128 and chr(codepoint).isalnum()
    return (
        FACES_PER_ASCII_LETTER if ascii_letter else FACES_PER_CODEPOINT.get(script, FACES_PER_OTHER)
    )


def choose(faces, pairs, seed=0):
    """Choose a limited number of faces per codepoint, of as many font families as possible.

    ``faces`` and ``pairs`` come from `list_faces`. Return two data frames: face and codepoint of
    the chosen glyphs, ordered by codepoint, and what `describe_codepoints` returns.
    """
    table = describe_codepoints(np.unique(pairs["codepoint"]).tolist())
    table = table[~table["category"].isin(_WITHOUT_A_PICTURE)].reset_index(drop=True)
    table["cap"] = [_cap(s, c) for s, c in zip(table["script"], table["codepoint"], strict=True)]
    glyphs = pairs.merge(table[["codepoint", "cap"]], on="codepoint")
    glyphs["family"] = faces["family"].to_numpy()[glyphs["face"]]
    glyphs = glyphs.sample(frac=1, random_state=seed)
    # The first face of every family comes before the second of any: styles are near-duplicates.
    glyphs["turn"] = glyphs.groupby(["codepoint", "family"]).cumcount()
    glyphs = glyphs.sort_values(["codepoint", "turn"], kind="stable")
    rank = glyphs.groupby("codepoint").cumcount()
    glyphs = glyphs.loc[rank < glyphs["cap"], ["face", "codepoint"]].reset_index(drop=True)
    return glyphs, table.drop(columns="cap")
