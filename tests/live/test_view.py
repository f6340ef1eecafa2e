"""The displayed map, as far as it can be tested without a browser; tests/browser has the rest."""

import base64
import io
import threading

import numpy as np
import pytest
from PIL import Image

from tsnecolor_nb import show

XY = np.random.default_rng(0).standard_normal((500, 2)).astype(np.float32)
RED = np.tile(np.uint8([255, 0, 0]), (500, 1))
BLUE = RED[:, ::-1].copy()


def pixels(png):
    """Return a PNG's pixels, (h, w, 3)."""
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"))


def share(png, channel):
    """Return the share of pixels in which one channel is well above the two others."""
    picture = pixels(png).astype(int)
    others = np.delete(picture, channel, axis=2).max(axis=2)
    return (picture[..., channel] > others + 40).mean()


def test_display_is_live_and_still_at_once():
    """The mimebundle holds the widget for a running notebook, a PNG and a fixed text for others."""
    view = show(XY, RED, size=300)
    data, metadata = view._repr_mimebundle_()
    assert "application/vnd.jupyter.widget-view+json" in data
    assert data["text/plain"] == "<View of 500 points, 300 × 300>"
    png = base64.b64decode(data["image/png"])
    assert pixels(png).shape == (600, 600, 3)
    assert metadata == {"image/png": {"width": 300, "height": 300}}
    assert share(png, 0) > 0.001


def test_a_dark_page_gets_a_dark_map_and_stores_a_white_one():
    """With an automatic background the page's theme decides, but not for the stored picture."""
    view = show(XY, RED, size=200)
    seen = []
    view.on_background = lambda: seen.append(view.background)
    view._map_widget.dark = True
    assert seen == ["black"] and view._map_widget.background == "rgb(0, 0, 0)"
    assert pixels(view.png())[0, 0].tolist() == [0, 0, 0]
    stored = view._repr_mimebundle_()[0]["image/png"]
    assert pixels(base64.b64decode(stored))[0, 0].tolist() == [255, 255, 255]
    fixed = show(XY, RED, size=200, background="white")
    fixed._map_widget.dark = True
    assert fixed.background == "white"
    view.close()
    fixed.close()


def test_a_bar_stands_below_the_live_map_and_in_the_stored_picture():
    """Both show the first and the last color between their values; without a bar none does."""
    view = show(XY, RED, size=200, bar=("viridis", 0.5, 12), pixel_ratio=2)
    stored = pixels(base64.b64decode(view._repr_mimebundle_()[0]["image/png"]))
    assert stored.shape == (444, 400, 3)
    strip = stored[422].astype(int)
    for end in ([68, 1, 84], [253, 231, 36]):
        assert np.abs(strip - end).sum(axis=1).min() <= 2
    below = view._bar_below
    assert below.layout.display is None and all(
        part in below.value for part in ("0.5", "12", "#440154", "#fde724")
    )
    view.bar = None
    assert below.layout.display == "none"
    stored = view._repr_mimebundle_()[0]["image/png"]
    assert pixels(base64.b64decode(stored)).shape == (400, 400, 3)


def test_recolor_changes_the_picture_and_keeps_it_on_errors():
    """New colors are drawn; colors that do not fit raise and leave the old picture."""
    view = show(XY, RED, size=200)
    view.recolor(BLUE)
    blue = view.png()
    assert share(blue, 2) > 0.001 and share(blue, 0) == 0
    with pytest.raises(ValueError, match="srgb8"):
        view.recolor(RED[:10])
    assert view.png() == blue


def test_recolor_from_another_thread_changes_the_picture():
    """A worker may recolor a view."""
    view = show(XY, RED, size=200)
    worker = threading.Thread(target=view.recolor, args=(BLUE,))
    worker.start()
    worker.join()
    assert share(view.png(), 2) > 0.001


def test_uncolored_points_are_light_on_black():
    """The dark color of an uncolored map would be invisible on a black background."""
    view = show(XY, size=200, background="black")
    assert pixels(view.png()).max() > 150
    view._background.value = "white"
    assert pixels(view.png()).min() < 100


def test_text_is_never_markup():
    """A title or a message shows as the characters it is made of."""
    view = show(XY, size=200, title="<b>bold</b>")
    view.say("<script>alert(1)</script>")
    assert "<script>" not in view._message.value
    assert view.children[0].value == "<b>bold</b>"
    assert type(view.children[0]).__name__ == "Label"


def test_save_never_overwrites_unasked(tmp_path):
    """A file that stands there stays, unless the caller says otherwise."""
    path = tmp_path / "map.png"
    show(XY, RED, size=200).save(path, 321)
    with Image.open(path) as picture:
        assert picture.size == (321, 321)
    before = path.read_bytes()
    with pytest.raises(FileExistsError, match="overwrite=True"):
        show(XY, BLUE, size=200).save(path)
    assert path.read_bytes() == before
    show(XY, BLUE, size=200).save(path, 100, overwrite=True)
    with Image.open(path) as picture:
        assert picture.size == (100, 100)
    assert [p.name for p in tmp_path.iterdir()] == ["map.png"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(size=10), "size must be 100 to 4000"),
        (dict(shading="linear"), "shading must be one of"),
        (dict(background="grey"), "background must be"),
        (dict(point_size=-1), "point_size must be"),
        (dict(bar=("viridis", 0)), "bar must hold"),
        (dict(pixel_ratio=0), "pixel_ratio must be"),
        (dict(colors=RED[:3]), "srgb8"),
        (dict(xy=XY[:, :1]), "xy"),
    ],
)
def test_what_does_not_fit_is_named(arguments, message):
    """Every error names the argument, at once and not when the picture is drawn."""
    with pytest.raises(ValueError, match=message):
        show(**{"xy": XY, **arguments})


def test_the_smallest_view_can_be_saved_at_the_largest_size():
    """A picture of 8,000 pixels has 80 of them in each CSS pixel of a view of 100."""
    view = show([[0, 0], [1, 1]], size=100)
    assert view._draw(*view.ranges, 8000, 8, 80).shape == (8, 8000, 4)


def test_a_page_holds_the_view(tmp_path):
    """A path that ends in .html gets a page; a shading that a page lacks is refused."""
    view = show(XY, RED, size=200)
    view.save(tmp_path / "map.html")
    assert (tmp_path / "map.html").read_text("utf-8").startswith("<!DOCTYPE html>")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        view.save(tmp_path / "map.html")
    with pytest.raises(ValueError, match="shading must be"):
        show(XY, RED, size=200, shading="log").save(tmp_path / "log.html")
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_the_first_view_leaves_out_what_is_far_away_and_says_so():
    """One point that lies far from 500 others does not shrink them; the whole map has it."""
    far = np.vstack([XY, [[1000, 0]]]).astype(np.float32)
    view = show(far, size=200)
    (x0, x1), _ = view.ranges
    assert -5 < x0 < XY[:, 0].min() and XY[:, 0].max() < x1 < 5
    assert repr(view) == (
        "<View of 501 points, 200 × 200, 1 far point outside of the first view>"
    )
    assert view.children[0].value == "outside of the first view: 1 far point"
    view.zoom()
    assert view.ranges[0][1] > 1000
    assert show(XY, size=200).ranges == show(XY, size=200).raster.square()


def test_names_stand_in_pictures_pages_and_the_live_map(tmp_path):
    """Labels and dictionaries name the map everywhere; markup in them ends no element of a page."""
    plain = show(XY, RED, size=200)
    view = show(XY, RED, size=200, names={"</script><b>": (0.0, 0.0)}, pixel_ratio=1)
    assert not np.array_equal(view.pixels(), plain.pixels())
    assert view._map_widget.names["looks"][0]["text"] == "</script><b>"
    stored = pixels(base64.b64decode(view._repr_mimebundle_()[0]["image/png"]))
    assert np.abs(stored.astype(int) - view.pixels()).mean() < 2
    view.save(tmp_path / "map.html")
    page = (tmp_path / "map.html").read_text("utf-8")
    assert "</script><b>" not in page and "\\u003c/script>\\u003cb>" in page
    view.names = np.where(XY[:, 0] < 0, "left", "right")
    assert {name.text for name in view.names} == {"left", "right"}
    assert all((name.text == "left") == (name.x < 0) for name in view.names)
    view.names = None
    assert np.array_equal(view.pixels(), plain.pixels()) and not view._map_widget.names["places"]


def test_names_that_do_not_fit_are_refused():
    """The error names the argument, and the old names stay."""
    view = show(XY, RED, names={"a": [0]})
    with pytest.raises(ValueError, match=r"names must be one label per point \(500\)"):
        view.names = ["too", "few"]
    with pytest.raises(ValueError, match="names must lead from 'b' to row numbers"):
        view.names = {"b": [500]}
    assert [name.text for name in view.names] == ["a"]
