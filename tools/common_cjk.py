"""Make the small CJK font for captions: ``python -m tools.common_cjk NotoSansCJK-Regular.ttc``.

It keeps the characters that most texts use, by the character sets that name them: the first level
of GB 2312 and of JIS X 0208 (5,009 Han characters), their kana and punctuation, and the 2,350
Hangul syllables of KS X 1001. Hinting and layout tables go. The result replaces
``tsnecolor_nb/picture/fonts/CommonCJK.otf``. The extra `data` brings fontTools.
"""

import sys
from pathlib import Path

from fontTools import subset

FONT = Path(__file__).parents[1] / "tsnecolor_nb" / "picture" / "fonts" / "CommonCJK.otf"
CHARACTER_SETS = [
    ("gb2312", range(0xA1, 0xD8)),
    ("euc_jp", range(0xA1, 0xA9)), ("euc_jp", range(0xB0, 0xD0)),
    ("euc_kr", range(0xB0, 0xC9)),
]


def characters(encoding, first_bytes):
    """Return the characters of a two-byte encoding that begin with one of some bytes."""
    pairs = [bytes([first, second]) for first in first_bytes for second in range(0xA1, 0xFF)]
    return "".join(pair.decode(encoding, "ignore") for pair in pairs)


def main(source):
    """Write the subset of a Noto Sans CJK font collection."""
    options = subset.Options(
        layout_features=[], hinting=False, notdef_outline=True, recalc_timestamp=False,
        name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14], font_number=0,
    )
    options.drop_tables += ["BASE", "GPOS", "GSUB", "VORG", "vhea", "vmtx"]
    font = subset.load_font(source, options)
    subsetter = subset.Subsetter(options)
    subsetter.populate(text="".join(characters(*one) for one in CHARACTER_SETS))
    subsetter.subset(font)
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6):  # a changed font gets another name
            record.string = "CommonCJK"
    subset.save_font(font, FONT, options)


if __name__ == "__main__":
    main(sys.argv[1])
