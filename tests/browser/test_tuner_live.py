"""What a person sees while moving the sliders of a technique, at full size, in a real browser."""

import pytest

from .live_page import LiveTuner, share_changed

MOVES = 4


@pytest.fixture
def late(lab, browser):
    """Return a page on which the falloff, a late slider, may be moved."""
    page = LiveTuner(lab, browser, "pca_argmax")
    yield page
    page.close()


@pytest.fixture
def early(lab, browser):
    """Return a page on which the number of sources, an early slider, may be moved."""
    page = LiveTuner(lab, browser, "ica_argmax", ica__n_components=8)
    yield page
    page.close()


def test_a_late_slider_changes_the_picture(late):
    """Each move of the falloff brings other pixels, and is drawn once."""
    late.settled()
    for turn in range(MOVES):
        readout = late.type("falloff", [0.9, 1][turn % 2])
        late.wait_for_picture(lambda readout=readout: readout.press("Enter"))
    assert late.execute("print(len(shown))").strip() == str(MOVES)
    assert late.execute("print(tuner.params['falloff__decay'])").strip() == "1.0"
    late.check_quiet()


def test_an_early_slider_keeps_the_picture_and_a_second_move_cancels_the_first(early):
    """While sources are sought a bar shows and the picture stays; only the last move is drawn."""
    before = early.settled()
    early.wait_for_bar("hidden")
    early.move("components", 128)
    early.wait_for_bar("visible")
    assert share_changed(before, early.pixels()) == 0
    assert early.execute("print(len(shown), tuner._worker.busy)").split() == ["0", "True"]
    early.execute("first = tuner._worker._thread")
    early.move("components", 12)
    early.settled(unlike=before)
    early.wait_for_bar("hidden")
    early.execute("first.join(); tuner.wait()")
    told = early.execute("print(len(shown), tuner.run.steps['ica'].n_components_)")
    assert told.split() == ["1", "12"]
    early.check_quiet()
