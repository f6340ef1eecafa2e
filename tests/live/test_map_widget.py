"""What kernel and page say to each other about a live map; tests/browser has the real pages."""

import io

import holoviews as hv
import numpy as np
import pytest
from PIL import Image

from tsnecolor_nb import show
from tsnecolor_nb.live.figure import figure_json

RNG = np.random.default_rng(0)
XY = RNG.standard_normal((500, 2)).astype(np.float32)
COLORS = RNG.integers(0, 256, (500, 3)).astype(np.uint8)


class FakePage:
    """What a page that shows a view would hear; it paints only when it is told to."""

    def __init__(self, view, **how):
        self.widget, self.heard = view._map_widget, []
        self.number = 0
        self.widget.send = lambda message, buffers=(): self.heard.append((message, buffers))
        self.question = {
            "display": "here", "width": 200, "height": 200, "ratio": 1, "moving": False, **how
        }

    def ask(self, *ranges, **how):
        """Ask for a frame."""
        self.number += 1
        question = {"want": "frame", "ranges": list(ranges), "number": self.number}
        self.widget._on_message(question | self.question | how)

    def paint(self, display="here"):
        """Say that the frame is painted."""
        self.widget._on_message({"want": "painted", "display": display})

    @property
    def shown(self):
        """Return the ranges of each frame that was sent."""
        return [message["shown"] for message, _ in self.heard if "shown" in message]

    @property
    def pixels(self):
        """Return the pixels of the last frame, (h, w, 4)."""
        strips = [np.asarray(Image.open(io.BytesIO(strip))) for strip in self.heard[-1][1]]
        return np.concatenate(strips)


@pytest.fixture
def view():
    """Return a view of colored points."""
    view = show(XY, COLORS, size=200)
    yield view
    view.close()


def test_one_frame_is_on_the_line_and_the_newest_comes_next(view):
    """Until a page has painted a frame it gets no other; of many questions the last one counts."""
    page = FakePage(view)
    for end in (1, 2, 3, 4):
        page.ask(0, end, 0, end)
    view.refresh()
    assert page.shown == [[0, 1, 0, 1]]
    page.paint()
    assert page.shown == [[0, 1, 0, 1], [0, 4, 0, 4]]
    page.paint()
    assert len(page.shown) == 2


def test_a_question_that_was_overtaken_by_a_newer_one_is_dropped(view):
    """A page's messages may reach the kernel out of order; the page's last view counts."""
    page = FakePage(view)
    page.ask(0, 1, 0, 1)
    page.ask(0, 3, 0, 3, number=3)
    page.ask(0, 2, 0, 2, number=2)
    page.paint()
    assert page.shown == [[0, 1, 0, 1], [0, 3, 0, 3]]
    assert view.ranges == ((0, 3), (0, 3))


def test_new_colors_are_sent_unasked_to_every_place(view):
    """A view in two cells gets a frame for each, of what each shows; one that is gone gets none."""
    page = FakePage(view)
    page.ask(0, 1, 0, 1)
    page.ask(0, 2, 0, 1, display="there", width=400)
    page.paint()
    page.paint("there")
    page.heard.clear()
    view.recolor(COLORS[::-1].copy())
    assert page.shown == [[0, 1, 0, 1], [0, 2, 0, 1]]
    assert page.pixels.shape == (200, 400, 4)
    page.paint()
    page.widget._on_message({"want": "gone", "display": "there"})
    view.refresh()
    assert page.shown[2:] == [[0, 1, 0, 1]]


def test_a_page_that_never_paints_is_forgotten(view, monkeypatch):
    """A page that is reloaded says nothing; nobody draws for it forever."""
    page = FakePage(view)
    page.ask(0, 1, 0, 1)
    view.refresh()
    assert page.widget._displays
    monkeypatch.setattr("tsnecolor_nb.live.map_widget._GONE_S", -1)
    view.refresh()
    assert not page.widget._displays


def test_a_frame_is_the_picture_at_the_screen_s_resolution(view):
    """At rest it has the screen's pixels and looks like the drawing; in motion it is smaller."""
    page = FakePage(view, ratio=2)
    page.ask(-1, 1, -1, 1)
    still, drawn = page.pixels, view._draw((-1, 1), (-1, 1), 400, 400, 2)
    assert still.shape == (400, 400, 4)
    assert (still[..., 3] == drawn[..., 3]).all()
    seen = drawn[..., 3] == 255
    assert np.abs(still[seen].astype(int) - drawn[seen]).mean() < 6
    page.paint()
    page.ask(-1, 1, -1, 1, moving=True)
    assert page.pixels.shape == (200, 200, 4)
    assert sum(map(len, page.heard[-1][1])) < sum(map(len, page.heard[0][1])) / 2


def test_labels_keep_their_very_colors():
    """A picture of few colors arrives without loss."""
    view = show(XY, COLORS[np.arange(500) % 3], categorical=True, size=200)
    page = FakePage(view)
    page.ask(-1, 1, -1, 1)
    drawn = view._draw((-1, 1), (-1, 1), 200, 200, 1)
    assert (page.pixels[drawn[..., 3] > 0] == drawn[drawn[..., 3] > 0]).all()
    view.close()


def test_a_drawing_that_fails_says_so_and_the_next_one_works(view):
    """The page keeps its picture, the person reads why, and the line is free again."""
    page = FakePage(view)
    draw, view._map_widget._draw = view._map_widget._draw, lambda *asked: 1 / 0
    page.ask(0, 1, 0, 1)
    assert page.shown == [] and "division" in view._message.value
    view._map_widget._draw = draw
    page.ask(0, 2, 0, 2)
    assert page.shown == [[0, 2, 0, 2]] and view._message.layout.display == "none"
    assert view.ranges == ((0, 2), (0, 2))


def test_a_zoom_from_code_tells_the_page(view):
    """The page moves its figure; a page that comes later starts with the same view."""
    page = FakePage(view)
    view.zoom((0, 3), (0, 3))
    assert page.heard == [({"ranges": [0, 3, 0, 3]}, ())]
    page.widget._on_message({"want": "figure", "token": "1"})
    answer, _ = page.heard[-1]
    assert answer["token"] == "1"
    (root,) = answer["figure"]["doc"]["roots"]
    x_range = root["attributes"]["x_range"]["attributes"]
    assert (x_range.get("start", 0), x_range["end"]) == (0, 3)


@pytest.mark.parametrize("backend", ["matplotlib", "bokeh"])
def test_the_figure_leaves_the_session_of_holoviews_alone(backend):
    """A person's own backend of HoloViews stays chosen."""
    hv.renderer(backend)
    hv.Store.set_current_backend(backend)
    figure_json((0, 1, 0, 1), ((0, 1), (0, 1)), with_pointer=True)
    assert hv.Store.current_backend == backend
