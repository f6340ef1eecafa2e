"""Small widgets that several panels use."""

from contextlib import contextmanager

import ipywidgets

SLIDER_PX = 300  # CSS pixels: width of a slider under a histogram
TRACK_INSET_PX = 6  # CSS pixels from each end of a slider to its track
# A control that fills the panel, its label in a column with those above and below.
IN_COLUMN = {
    "style": {"description_width": "7em"}, "layout": {"width": "auto"},
    "description_allow_html": False,
}


def button(text, tooltip, on_click, *, width="auto", **layout):
    """Return a button; `on_click` is called without arguments, `layout` is for its Layout."""
    widget = ipywidgets.Button(description=text, tooltip=tooltip, layout={"width": width, **layout})
    widget.on_click(lambda _: on_click())
    return widget


def set_visible(visible, *widgets):
    """Show widgets, or hide them so that they take no room."""
    for widget in widgets:
        widget.layout.display = None if visible else "none"


@contextmanager
def show_errors(show):
    """Call `show` with an exception: from a callback of the page nobody else would show it."""
    try:
        yield
    except Exception as error:
        show(error)


def count_points(n):
    """Return a text such as "1 point" or "2,000 points"."""
    return f"{n:,} point{'s' * (n != 1)}"
