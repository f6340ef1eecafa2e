"""Searching points by words, codepoints and characters, and the panel for it."""

import time

import numpy as np
import pandas as pd
import pytest

from tests.data.bad_input import behavior
from tsnecolor_nb import load_embedding, load_glyphs
from tsnecolor_nb.explorer.panels.search import SearchPanel
from tsnecolor_nb.selection.search import search

NAMES = [
    "ARABIC LETTER SHEEN", "LATIN SMALL LETTER A", "ARABIC-INDIC DIGIT ONE", "LETTERED BOX", None,
]
META = {
    "codepoint": np.uint32([0x634, 0x61, 0x661, 0x6C38, 0x20]),
    "family": ["Noto Sans Arabic", "Noto Sans Arabic", "Roboto", "Roboto Mono", "Noto"],
    "name": pd.Categorical(NAMES),
}
DATA = load_embedding(np.eye(5), np.eye(5)[:, :2], meta=META)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("arabic letter", [0]),
        ("LETTER  arabic", [0]),
        ("letter", [0, 1, 3]),
        ("etter", [0, 1, 3]),
        ("heen", [0]),
        ("arabic heen", [0]),
        ("heen etter", [0]),
        ("obot", [2, 3]),
        ("igit rabic", [2]),
        ("noto obot", []),
        ("indic", [2]),
        ("arabic-indic", [2]),
        ("U+0634", [0]),
        ("u+634", [0]),
        ("0x634", [0]),
        ("永", [3]),
        ("a", [1]),
        (" a ", [1]),
        ("U+0041", []),
        ("roboto", [2, 3]),
        ("roboto lettered", [3]),
        ("mono", [3]),
        ("(", []),
        ("lettered ettered", [3]),
        ("lettered sheen", []),
        ("[a-z]+ .* \\", []),
    ],
)
def test_what_is_typed_finds_the_right_points(text, rows):
    """Words begin words of the name, or of other text, or stand inside; codepoints are exact."""
    assert search(DATA, text).tolist() == rows


@behavior("Chinese, Japanese, Hindi and emoji in labels",
          "They are found by any part, and drawn in legends; one warning names what no font has.")
@pytest.mark.parametrize(("text", "rows"), [
    ("学习", [0]), ("机器", [0]), ("习", [0]), ("ラベル", [1]), ("語の", [1]), ("क्षेत्र", [2]),
    ("न्दी", [2]), ("🎉", [3]), ("party 🎉", [3]), ("学习 मॉडल", []), ("학습", [4]),
    ("学习 model", [0]), ("arty", [3]), ("arty model", []),
])
def test_scripts_without_spaces_are_found_by_any_part(text, rows):
    """A part of a word is found in scripts that do not set words apart, and marks are no gaps."""
    names = ["机器学习 Model", "日本語のラベル", "हिन्दी क्षेत्र", "A party🎉!", "기계학습"]
    data = load_embedding(np.eye(5), np.eye(5)[:, :2], meta={"name": names})
    assert search(data, text).tolist() == rows


def test_columns_and_limit():
    """Only the columns asked for are searched, and no more rows come than asked for."""
    assert search(DATA, "arabic", columns=["family"]).tolist() == [0, 1]
    assert search(DATA, "letter", limit=2).tolist() == [0, 1]


def test_text_of_ones_own_data():
    """Without names or codepoints any column of text will do, missing values and all."""
    meta = {"title": ["Der Süße Brei", None, "x"], "tag": pd.Categorical(["fairy_tale", "b", "b"])}
    data = load_embedding(np.eye(3), np.eye(3)[:, :2], meta=meta)
    assert search(data, "SÜSSE").tolist() == [0]
    assert search(data, "x").tolist() == [2]
    assert search(data, "tale brei").tolist() == [0]


def test_nothing_to_search_for_or_in_is_said():
    """Empty text, no text columns, unknown columns and a limit of 0 are errors that say so."""
    bare = load_embedding(np.eye(3), np.eye(3)[:, :2], meta={"x": [1, 2, 3]})
    with pytest.raises(ValueError, match="text must hold"):
        search(DATA, "  ")
    with pytest.raises(ValueError, match="no columns of text"):
        search(bare, "word")
    with pytest.raises(ValueError, match="columns must be"):
        search(DATA, "word", columns=["nope"])
    with pytest.raises(ValueError, match="limit"):
        search(DATA, "word", limit=0)


def test_the_panel_tells_what_was_found():
    """Rows go to the callback; the count is shown; clear forgets; errors are read in place."""
    found, zoomed = [], []
    panel = SearchPanel(DATA, on_result=lambda rows: found.append(rows.tolist()),
                        on_zoom=lambda rows: zoomed.append(rows.tolist()))
    assert panel._zoom.disabled and panel._clear.disabled
    panel._box.value = "letter"
    assert panel._status.value == "3 points found" and not panel._zoom.disabled
    panel._zoom.click()
    panel._box.value = "lettersr"
    assert "nothing found" in panel._status.value and panel._zoom.disabled
    panel._box.value = "U+41"
    assert panel._status.value == "nothing found: no point is U+0041"
    panel._box.value = "sheen"
    assert panel._status.value == "1 point found"
    panel._clear.click()
    assert (panel.text, panel._status.value) == ("", "") and panel._clear.disabled
    assert found == [[0, 1, 3], [], [0], []] and zoomed == [[0, 1, 3]]
    bare = SearchPanel(load_embedding(np.eye(3), np.eye(3)[:, :2]), found.append, zoomed.append)
    bare._box.value = "word"
    assert "no columns of text" in bare._status.value


def test_the_atlas_is_searched_quickly(capsys):
    """Words, a codepoint and a character at full size; the time is printed."""
    atlas = load_glyphs()
    for text in ("arabic letter", "U+0634", "国", "noto bold", "no such thing at all"):
        start = time.perf_counter()
        rows = search(atlas, text)
        with capsys.disabled():
            print(f"\n{text!r}: {len(rows):,} points in {time.perf_counter() - start:.3f} s")
        assert (np.diff(rows) > 0).all()
    name = atlas.meta["name"].iloc[search(atlas, "arabic letter")].astype(str)
    assert len(name) and name.str.contains("ARABIC").all() and name.str.contains("LETTER").all()
    assert set(atlas.meta["codepoint"].iloc[search(atlas, "国")]) == {0x56FD}
