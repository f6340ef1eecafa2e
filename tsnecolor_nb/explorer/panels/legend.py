"""The interactive legend: labels to isolate, clips to drag, descriptions of channels."""

from contextlib import contextmanager
from html import escape

import ipywidgets
import numpy as np

from ...live.cell_output import close_all
from ...live.html import img
from ...picture.png import data_uri
from .picture_buttons import PictureButtons, button_entry
from .widgets import SLIDER_PX, TRACK_INSET_PX, count_points

_MAX_BUTTONS = 260


class LegendPanel(ipywidgets.VBox):
    """An interactive legend.

    Parameters
    ----------
    on_isolate : callable, optional
        Called with the row numbers of the isolated label, or None when there is none any longer.
    on_clip : callable, optional
        Called with two quantiles (low, high), 0..1, when the clips of a value were moved.
    """

    def __init__(self, on_isolate=None, on_clip=None):
        self._on_isolate, self._on_clip = on_isolate, on_clip
        self._legend = self._buttons = None
        super().__init__()
        self.layout.overflow = "hidden auto"

    def show(self, legend):
        """Show a `Legend`, or nothing if it is None.

        An isolated label is reset without a call of `on_isolate`.
        """
        if self._update_clips(legend):
            return
        old, self._legend, self._buttons = self.children, legend, None
        make = {"labels": self._labels, "value": self._value}
        self.children = make.get(legend.kind, self._channels)(legend) if legend is not None else ()
        close_all(*old)

    def _update_clips(self, legend):
        """Move the clips in place if the value is the same, so that the slider keeps its focus.

        Returns whether it is.
        """
        before = self._legend
        if legend is None or before is None or {legend.kind, before.kind} != {"value"}:
            return False
        old, new = before.value, legend.value
        if before.title != legend.title or not np.array_equal(old.edges, new.edges):
            return False
        self._legend, (picture, slider, text, *_) = legend, self.children
        picture.value = _bar(new)
        text.value = _limits(new, *new.limits)
        with self._without_on_clip():
            slider.value = new.limits
        return True

    @contextmanager
    def _without_on_clip(self):
        on_clip, self._on_clip = self._on_clip, None
        try:
            yield
        finally:
            self._on_clip = on_clip

    @property
    def isolated(self):
        """The isolated label, or None."""
        if self._buttons is None or self._buttons.chosen < 0:
            return None
        return self._legend.entries[self._buttons.chosen].label

    def _labels(self, legend):
        entries = legend.entries[:_MAX_BUTTONS]
        self._buttons = PictureButtons(
            self._on_click,
            label=f"{legend.title or 'labels'}: choose one to see it alone",
            entries=[
                button_entry(
                    e.name, f"{e.count:,}", srgb8=e.srgb8, picture=e.picture,
                    hint=f"{e.name}: {e.count:,} points; example: {e.text}",
                )
                for e in entries
            ],
        )
        return (self._buttons,)

    def _on_click(self, number):
        self._buttons.chosen = -1 if self._buttons.chosen == number else number
        if self._on_isolate is not None:
            label = self.isolated
            self._on_isolate(None if label is None else self._legend.rows_of(label))

    def _value(self, legend):
        bar = legend.value
        picture = ipywidgets.HTML(_bar(bar), layout={"margin": f"0 0 0 {TRACK_INSET_PX}px"})
        low, high = np.clip(bar.limits, bar.edges[0], bar.edges[-1]).tolist()
        slider = ipywidgets.FloatRangeSlider(
            value=(low, high), min=bar.edges[0], max=bar.edges[-1],
            step=(bar.edges[-1] - bar.edges[0]) / 200, readout=False, continuous_update=False,
            tooltip="clips: the values of the first and the last color",
            layout={"width": f"{SLIDER_PX}px", "margin": "0"},
        )
        text = ipywidgets.Label(_limits(bar, low, high))
        slider.observe(lambda change: self._on_slider(text, *change["new"]), "value")
        parts = [picture, slider, text]
        if bar.n_missing:
            parts.append(ipywidgets.Label(_missing_text(bar.n_missing)))
        return tuple(parts)

    def _on_slider(self, text, low, high):
        bar = self._legend.value
        text.value = _limits(bar, low, high)
        if self._on_clip is not None and low < high:
            self._on_clip(bar.quantile_of(low), bar.quantile_of(high))

    def _channels(self, legend):
        rows = "".join(map(channel_html, legend.channels))
        note = f'<div style="color: #777">{escape(legend.note)}</div>'
        drawing = ""
        if legend.drawing is not None:
            uri, width = data_uri(legend.drawing.pixels), legend.drawing.width
            drawing = (
                f'<img src="{uri}" alt="the colors of two or three columns" width="{width}"'
                ' style="max-width: 100%">'
            )
        missing = f"<div>{_missing_text(legend.n_missing)}</div>" if legend.n_missing else ""
        html = f'<div style="line-height: 1.3">{drawing}{rows}{missing}{note}</div>'
        return (ipywidgets.HTML(html),)


def _bar(bar):
    pixels = bar.pixels(2 * (SLIDER_PX - 2 * TRACK_INSET_PX), 112)
    return img(pixels, "histogram of the values, and their colors", 56)


def _limits(bar, low, high):
    return f"from {bar.text(low)} to {bar.text(high)}"


def _missing_text(n):
    return f"grey: missing, {count_points(n)}"


def channel_html(channel):
    """Return one channel as HTML: its name, its colors, and points along it; text is escaped."""
    n = len(channel.pictures)
    places = ["below", "above"] if n == 2 else [f"step {i + 1} of {n}" for i in range(n)]
    pictures = "".join(
        img(picture, f"{channel.name}: {place}", side=36)
        for picture, place in zip(channel.pictures, places, strict=True)
    )
    space = "space-around" if n == 2 else "space-between"
    lines = "".join(f"<div>{escape(line)}</div>" for line in channel.lines)
    uri = data_uri(channel.strip(256, 1))
    strip = f'<img src="{uri}" alt="" style="height: 10px; width: 100%">'
    return (
        '<div style="margin-bottom: 6px">'
        f"<div><b>{escape(channel.name)}</b> {escape(channel.what)}</div>{strip}"
        f'<div style="display: flex; justify-content: {space}; margin-top: 2px">{pictures}</div>'
        f"{lines}</div>"
    )
