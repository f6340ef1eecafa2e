"""Still pictures and sheets of small ones."""

import base64
import io
import pickle

import numpy as np
import pytest
from PIL import Image

from tsnecolor_nb import Picture, contact_sheet, srgb8_to_oklab


def test_a_picture_offers_png_and_a_fixed_text_only():
    """A notebook stores one PNG and one line; the PNG shows the pixels that went in."""
    pixels = np.zeros((4, 6, 3), np.uint8)
    pixels[1, 2] = 255, 0, 0
    bundle, metadata = Picture(pixels, "a red dot", pixel_ratio=2)._repr_mimebundle_()
    assert set(bundle) == {"image/png", "text/plain"}
    assert bundle["text/plain"] == "<Picture a red dot, 6 × 4>"
    stored = Image.open(io.BytesIO(base64.b64decode(bundle["image/png"]))).convert("RGB")
    assert np.array_equal(np.asarray(stored), pixels)
    assert metadata == {"image/png": {"width": 3, "height": 2}}


def test_a_png_has_the_colors_to_keep_and_the_most_frequent_one():
    """Of more than 256 colors, those to keep stay exact, however few pixels have them."""
    pixels = np.random.default_rng(0).integers(0, 256, (100, 100, 3)).astype(np.uint8)
    pixels[:50] = 250, 251, 252
    keep = np.column_stack([np.arange(0, 256, 4)] * 2 + [np.full(64, 9)]).astype(np.uint8)
    pixels[99, :64] = keep
    stored = np.asarray(Image.open(io.BytesIO(Picture(pixels, keep=keep).png())).convert("RGB"))
    assert np.array_equal(stored[99, :64], keep) and (stored[:50] == pixels[:50]).all()
    assert len(np.unique(stored.reshape(-1, 3), axis=0)) <= 256
    plain = np.asarray(Image.open(io.BytesIO(Picture(pixels).png())).convert("RGB"))
    assert not np.array_equal(plain[99, :64], keep)


def test_rare_colors_stay_alike_in_a_png():
    """Of many colors, also the few pixels of a color that no other is near look as they did."""
    pixels = np.random.default_rng(0).integers(100, 160, (300, 300, 3)).astype(np.uint8)
    rare = np.uint8([[255, 0, 0], [90, 60, 20], [0, 200, 255], [30, 30, 30]])
    pixels[1, 1:9:2] = rare
    stored = np.asarray(Image.open(io.BytesIO(Picture(pixels).png())).convert("RGB"))
    away = np.linalg.norm(srgb8_to_oklab(stored) - srgb8_to_oklab(pixels), axis=-1)
    assert away.max() < 0.06 and away.mean() < 0.02


@pytest.mark.parametrize("pixels", [np.zeros((2, 2)), np.zeros((2, 2, 4), np.uint8)])
def test_other_pixels_are_refused(pixels):
    """Floats and RGBA get an error that names the argument."""
    with pytest.raises((TypeError, ValueError), match="pixels"):
        Picture(pixels)


def test_a_sheet_has_a_line_of_ink_for_every_picture():
    """Rows of different length share one sheet; ink is dark; captions add a column."""
    row = np.zeros((3, 5, 5), np.uint8)
    row[:, 2, 2] = 255
    sheet = contact_sheet([row, row[:2]], scale=2)
    assert (sheet.pixels == 0).sum() == 5 * 4
    captioned = contact_sheet([row, row[:2]], ["one", "two"], scale=2)
    assert captioned.pixels.shape[1] > sheet.pixels.shape[1]
    assert np.array_equal(captioned.pixels[:, -sheet.pixels.shape[1]:], sheet.pixels)


def test_wrong_sheets_are_refused():
    """No pictures, or captions that do not fit, are errors that name the argument."""
    with pytest.raises(ValueError, match="rows"):
        contact_sheet([])
    with pytest.raises(ValueError, match="captions"):
        contact_sheet(np.zeros((1, 2, 2), np.uint8), ["a", "b"])


def test_a_picture_pickles():
    """A pickled picture has the same pixels, PNG and short repr."""
    picture = Picture(np.arange(12, dtype=np.uint8).reshape(3, 4), "ramp")
    again = pickle.loads(pickle.dumps(picture))
    assert again.png() == picture.png() and repr(again) == "<Picture ramp, 4 × 3>"
