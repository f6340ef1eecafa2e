"""Colors by axes of one's own choice, from the page alone: typing, wrong words, legend, labels."""

from itertools import pairwise

import numpy as np
import pytest

from .explorer_page import CELLS, ExplorerPage

ENTRY = "values of your choice"
CHOSEN = "explorer.state.base.axes and explorer.state.base.axes.names"


@pytest.fixture(scope="module")
def page(lab, browser):
    """Return a page with an explorer of all glyphs."""
    page = ExplorerPage(browser, lab.url(lab.write("axes.ipynb", *CELLS)))
    yield page
    page.check()
    page.close()


def type_axis(page, which, text):
    """Type an axis, as a person does, and leave the box by Enter."""
    box = page.widget.get_by_label(which, exact=True)
    box.fill(text)
    box.press("Enter")


def picture(page):
    """Return what the map looks like, without the mouse on it."""
    page.idle()
    page.page.wait_for_timeout(500)
    return page.look(page.page.locator(".tsnecolor-map").first).astype(float)


def legend(page):
    """Return the text of the legend once it is that of the colors, and lead back to the menu."""
    page.press("Legend")
    page.until("explorer._color_control.explained is explorer.state.shown")
    text = page.widget.locator(".tsnecolor-panel").inner_text()
    page.press("Color")
    return text


def test_three_axes_are_chosen_from_the_page(page):
    """Each axis that is typed changes the picture, the controls and the legend."""
    seen = [picture(page)]
    page.menu("Color by", ENTRY)
    page.until(f"{CHOSEN} == ('component 1',)")
    legends = [legend(page)]
    seen.append(picture(page))
    for which, text, names in (
        ("second", "codepoint", ("component 1", "codepoint")),
        ("third", "distance to point 4711", ("component 1", "codepoint",
                                             "distance to point 4,711")),
    ):
        type_axis(page, which, text)
        page.until(f"{CHOSEN} == {names}")
        seen.append(picture(page))
        legends.append(legend(page))
        assert all(name in legends[-1] for name in names)
    assert "dark to light" in legends[2] and "more orange" in legends[1]
    page.widget.get_by_label("colors", exact=True).select_option("RGB")
    page.until("explorer.state.base.axes.scale == 'rgb'")
    seen.append(picture(page))
    for before, after in pairwise(seen):
        assert np.abs(before - after).mean() > 3


def test_a_wrong_word_is_said_and_the_colors_stay(page):
    """The line below the map names what was typed; an emptied box is an axis less."""
    page.menu("Color by", ENTRY)
    type_axis(page, "third", "")
    type_axis(page, "second", "component 2")
    page.until(f"{CHOSEN} == ('component 1', 'component 2')")
    before = picture(page)
    type_axis(page, "second", "no such thing")
    page.widget.locator(".tsnecolor-error").wait_for()
    assert "no such thing" in page.widget.locator(".tsnecolor-error").inner_text()
    assert np.abs(before - picture(page)).mean() < 0.5
    type_axis(page, "second", "")
    page.until(f"{CHOSEN} == ('component 1',)")


def test_a_clicked_point_is_offered(page):
    """After a click on the map its distance is the first suggestion, and can be chosen."""
    row = page.ask("int(np.argmin(np.hypot(*(atlas.xy - atlas.xy.mean(axis=0)).T)))")
    page.hover_row(row)
    page.page.mouse.down()
    page.page.mouse.up()
    page.until("explorer.state.probe is not None")
    name = page.ask("explorer.state.probe.title")
    page.press("Color")
    page.menu("Color by", "3-D PCA as RGB")
    page.until("explorer.state.base.entry.name == 'pca_rgb'")
    page.menu("Color by", ENTRY)
    page.until(CHOSEN)
    offered = page.widget.locator("datalist option").first.get_attribute("value")
    assert offered == name
    type_axis(page, "second", name)
    page.until(f"{CHOSEN} == ('component 1', {name!r})")


def test_numbers_are_taken_as_labels(page):
    """A column of numbers has a switch, and its legend follows."""
    page.menu("Color by", "column: codepoint")
    page.until("explorer.state.base.labels is None and explorer.state.base.column is not None")
    page.widget.get_by_label("taken as", exact=True).select_option("labels")
    page.until("explorer.state.base.labels is not None")
    assert "other values" in legend(page)
