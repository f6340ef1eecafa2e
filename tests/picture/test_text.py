"""Text in pictures: every letter is drawn, or one warning names those that are not."""

import time
import warnings

import numpy as np
import pytest
from PIL import Image, ImageDraw

from tsnecolor_nb import BivariateColors, contact_sheet, draw_colors, panels
from tsnecolor_nb.data.images import text_card
from tsnecolor_nb.picture import text
from tsnecolor_nb.picture.text import (
    MissingGlyphWarning,
    draw_text,
    fitting,
    shorten,
    text_width,
)

LETTERS = "éü×αЖ한国あĝ✓"


@pytest.fixture
def bundled_only(monkeypatch):
    """Let no font of this machine help, and forget what was looked up or warned of."""
    monkeypatch.setattr(text, "_system_fonts", list)
    monkeypatch.setattr(text, "_warned", False)
    text._path_for.cache_clear()
    yield
    text._path_for.cache_clear()


def of_sheet(name):
    """Return a contact sheet's pixels with a caption."""
    return contact_sheet(np.zeros((1, 40, 2), np.uint8), [name]).pixels


def of_panels(name):
    """Return the pixels of one panel under a title."""
    return panels([[0, 0]], None, titles=[name], side=60).pixels


def of_bivariate(name):
    """Return the legend of two values, the first with a name."""
    values = np.arange(8.0).reshape(4, 2)
    return draw_colors(BivariateColors(names=(name, "b")).fit(values), values).pixels


@pytest.mark.parametrize("picture", [of_sheet, of_panels, of_bivariate, text_card])
def test_letters_of_any_common_script_are_drawn(bundled_only, picture):
    """Each letter looks different from all others, and no warning comes."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = {picture(letter).tobytes() for letter in LETTERS}
    assert len(drawn) == len(LETTERS)


def test_one_warning_names_what_cannot_be_drawn(bundled_only):
    """The first text with a missing letter gives a warning with letter, text and cure."""
    with pytest.warns(MissingGlyphWarning, match=r"draw 𓀀 of the text 'a𓀀'.*Noto") as given:
        of_sheet("a𓀀")
        of_sheet("b𓀁")
    assert len(given) == 1


def test_fonts_of_the_system_help(bundled_only, monkeypatch):
    """A letter that the bundled fonts lack is drawn by a font of the system that has it."""
    plain, cjk = text._BUNDLED
    monkeypatch.setattr(text, "_BUNDLED", [plain, plain])
    monkeypatch.setattr(text, "_system_fonts", lambda: [cjk])
    assert of_sheet("国").tobytes() != of_sheet("한").tobytes()


def test_marks_and_spaces_stay_with_their_letters():
    """A mark is drawn by the font of its letter, and a space ends no run."""
    assert [run for _, run in text._runs("a\u0301 Ж 한 국")] == ["a\u0301 Ж ", "한", " ", "국"]


def test_runs_share_a_baseline():
    """A letter lies at the same height with and without another font beside it."""
    def ink(words):
        image = Image.new("L", (80, 40))
        draw_text(ImageDraw.Draw(image), (0, 20), words, fill=255, anchor="lm")
        return np.asarray(image)[:, :8]

    assert (ink("x한") == ink("x")).all() and ink("x").any()


@pytest.mark.parametrize("anchor", ["lm", "mm", "rs"])
def test_an_anchor_is_where_pillow_has_it(anchor):
    """Plain text lies where Pillow draws it with the same anchor."""
    images = [Image.new("L", (120, 40)) for _ in range(2)]
    draw_text(ImageDraw.Draw(images[0]), (60, 20), "Text gjp", fill=255, anchor=anchor)
    font = text._font(text._BUNDLED[0], text.SIZE)
    ImageDraw.Draw(images[1]).text((60, 20), "Text gjp", fill=255, font=font, anchor=anchor)
    mine, pillows = (np.argwhere(np.asarray(image) > 40) for image in images)
    assert np.abs(mine.min(axis=0) - pillows.min(axis=0)).max() <= 1


@pytest.mark.parametrize("words", ["plain words and more", "한국어 문장 mixed with", "iiii" * 30])
def test_a_shortened_text_fits(words):
    """What is cut fits and ends in an ellipsis; one letter more would not fit."""
    short = shorten(words, 80)
    assert text_width(short) <= 80 and short.endswith("…") and words.startswith(short[:-1])
    assert text_width(words[: len(short)] + "…") > 80 - text_width(" ")
    assert shorten(words, 10_000) == words and shorten(words, 0) == "…"
    assert fitting(words, text_width(words)) == len(words)


def test_a_long_text_takes_no_longer():
    """A million letters are shortened in less than five seconds of processor time."""
    start = time.process_time()
    assert shorten("word " * 200_000, 200) == shorten("word " * 100, 200)
    assert time.process_time() - start < 5


def test_every_font_has_its_license_beside_it():
    """Each bundled font comes with the text of its open license."""
    for font in text._BUNDLED:
        words = font.with_name(f"{font.stem}.LICENSE.txt").read_text(encoding="utf-8")
        assert "Permission is hereby granted, free of charge" in words
