"""A legend as a still picture, dark on white: for readers without a kernel, and for files."""

import numpy as np

from ..colors.palettes import MISSING, colors_between
from ..picture.still import Picture
from ..picture.text import draw_text, number, shorten, text_width

_INK, _FAINT, _PAPER = (40, 40, 40), (110, 110, 110), (255, 255, 255)
_PAD, _LINE, _THUMB, _SWATCH = 12, 18, 40, 14
_CELL, _WIDEST = 150, 150  # least width of a label's cell, and of a name that would be cut
_MOST_LABELS = 30


def draw_legend(legend, width=600):
    """Draw a legend; see `Legend.picture`.

    Parameters
    ----------
    legend : Legend
    width : int
        In pixels, at least 200.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If `width` is too small.
    """
    if width < 200:
        raise ValueError(f"width must be at least 200 pixels, got {width!r}")
    draw = {"labels": _labels, "value": _value, "channels": _channels, "bits": _channels}
    blocks = [_line(legend.title, width)] if legend.title else []
    blocks.append(draw[legend.kind](legend, width))
    note = what_is_shown(legend)
    if note:
        blocks.append(_line(note, width, _FAINT))
    return Picture(np.vstack(blocks), f"legend of {legend.title or legend.kind}")


def bar_pixels(bar, width, height=56):
    """Draw a value's histogram in its own colors, over the color bar; grey beyond the clips.

    Parameters
    ----------
    bar : ValueBar
    width, height : int

    Returns
    -------
    (height, width, 3) uint8
    """
    strip = 12
    middle = (np.arange(width) + 0.5) / width
    values = bar.edges[0] + middle * (bar.edges[-1] - bar.edges[0])
    low, high = bar.limits
    place = (values - low) / ((high - low) or 1)
    colors = colors_between(values, bar.colors, low, high)
    # The square root shows thin tails that a reader may want to clip.
    share = np.sqrt(bar.counts / max(bar.counts.max(), 1))
    tall = np.rint(share * (height - strip - 4)).astype(int)
    tall = tall[(middle * len(tall)).astype(int)]
    pixels = np.full((height, width, 3), 255, np.uint8)
    filled = np.arange(height - strip - 2)[:, None] >= height - strip - 2 - tall
    grey = np.where((place < 0) | (place > 1), 205, 120)[:, None].repeat(3, axis=1)
    pixels[: height - strip - 2] = np.where(filled[:, :, None], grey, 255)
    pixels[height - strip :] = colors
    return pixels


def what_is_shown(legend):
    """Return a line that says what the small pictures of channels and bits are."""
    if legend.kind not in ("channels", "bits") or not legend.channels:
        return ""
    first = legend.channels[0]
    if legend.kind == "bits":
        what = "the mean of all points" if first.decoded else "a typical point"
        return f"left: {what} below the median; right: above it"
    if first.decoded:
        return "decoded: the average, moved by up to three standard deviations to either side"
    return "real points: from low to high in one column, near the average in the others"


def _line(text, width, color=_INK):
    lines = _wrap(text, width - 2 * _PAD)
    sheet = _Sheet(width, len(lines) * _LINE + _PAD)
    for i, line in enumerate(lines):
        sheet.write(_PAD, _PAD + i * _LINE, line, color, room=width - 2 * _PAD)
    return sheet.pixels()


def _wrap(text, room):
    """Cut a text at its spaces into lines of at most `room` pixels."""
    lines = [""]
    for word in str(text).split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer) > room:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _labels(legend, width):
    entries = _shown(legend.entries)
    has_thumbs = any(entry.picture is not None for entry in entries)
    widest = max((text_width(shorten(entry.name, _WIDEST)) for entry in entries), default=0)
    beside = _SWATCH + 10 + (_THUMB + 6 if has_thumbs else 0)
    columns = max((width - _PAD) // int(max(_CELL, widest + beside)), 1)
    cell = (width - _PAD) // columns
    tall = (_THUMB if has_thumbs else 2 * _LINE) + 8
    left_out = len(legend.entries) - len(entries)
    n_rows = -(-len(entries) // columns)
    sheet = _Sheet(width, n_rows * tall + _PAD + (_LINE if left_out else 0))
    for i, entry in enumerate(entries):
        x, y = _PAD + i % columns * cell, 6 + i // columns * tall
        sheet.fill(x, y, _SWATCH, tall - 8, entry.srgb8)
        x += _SWATCH + 4
        if has_thumbs:
            if entry.picture is not None and entry.label >= 0:
                sheet.paste(x, y, entry.picture, _THUMB)
            x += _THUMB + 6
        room = cell - (x - _PAD - i % columns * cell) - 6
        sheet.write(x, y + tall / 2 - 12, entry.name, room=room)
        sheet.write(x, y + tall / 2 + 4, f"{entry.count:,}", _FAINT, room=room)
    if left_out:
        points = sum(entry.count for entry in legend.entries) - sum(e.count for e in entries)
        text = f"and {left_out:,} more with {points:,} points"
        sheet.write(_PAD, n_rows * tall + 14, text, _FAINT)
    return sheet.pixels()


def _shown(entries):
    """Return the largest entries, and always the grey ones at the end."""
    if len(entries) <= _MOST_LABELS:
        return entries
    grey = [entry for entry in entries[_MOST_LABELS:] if np.ptp(entry.srgb8.astype(int)) == 0]
    return [*entries[: _MOST_LABELS - len(grey)], *grey]


def _value(legend, width):
    bar, inner = legend.value, width - 2 * _PAD
    sheet = _Sheet(width, 56 + 2 * _LINE + _PAD + (_LINE if bar.n_missing else 0))
    sheet.put(_PAD, 6, bar_pixels(bar, inner))
    first, last = bar.edges[0], bar.edges[-1]
    for value in bar.limits:
        x = _PAD + inner * (value - first) / (last - first)
        sheet.fill(round(x) - 1, 6, 2, 56, _INK)
    unit = f" {bar.unit}" if bar.unit and bar.unit != "date" else ""
    low, high = (number(value, bar.unit) + unit for value in bar.limits)
    middle = _PAD + inner * (np.mean(bar.limits) - first) / (last - first)
    sheet.write(_PAD, 78, f"{low} and below", room=inner / 2)
    sheet.write(width - _PAD, 78, f"{high} and above", room=inner / 2, anchor="rm")
    text = f"{number(np.mean(bar.limits), bar.unit)}{unit}"
    if abs(middle - width / 2) < inner / 8:
        sheet.write(middle, 78, text, anchor="mm")
    if bar.n_missing:
        sheet.fill(_PAD, 92, _SWATCH, _SWATCH, MISSING)
        sheet.write(_PAD + _SWATCH + 6, 99, f"missing: {bar.n_missing:,} points", _FAINT)
    return sheet.pixels()


def _channels(legend, width):
    blocks = [_channel(channel, width, legend.kind) for channel in legend.channels]
    if legend.drawing is not None:
        blocks.insert(0, _drawing(legend.drawing, width))
    return np.vstack([*blocks, np.full((6, width, 3), 255, np.uint8)])


def _drawing(pixels, width):
    from PIL import Image

    image = Image.fromarray(pixels).convert("RGB")
    image.thumbnail((width - 2 * _PAD, image.height))
    sheet = _Sheet(width, image.height + _PAD)
    sheet.image.paste(image, (_PAD, 6))
    return sheet.pixels()


def _channel(channel, width, kind):
    left = 110
    room = width - left - _PAD
    words = [
        f"{name} {change:+.1f} sd" for name, change in channel.loadings
    ]
    lines = [*_ends(channel.texts), *([", ".join(words)] if words else [])]
    tall = 24 + (_THUMB + 6 if channel.pictures else 0) + _LINE * len(lines)
    sheet = _Sheet(width, max(tall, 2 * _LINE + 6))
    sheet.write(_PAD, 14, channel.name, room=left - _PAD - 6)
    sheet.write(_PAD, 14 + _LINE, channel.what, _FAINT, room=left - _PAD - 6)
    place = (np.arange(room) * len(channel.ramp)) // room
    sheet.put(left, 6, np.repeat(channel.ramp[place][None], 12, axis=0))
    y = 22
    if channel.pictures:
        steps = np.linspace(0, room - _THUMB, len(channel.pictures)) if kind == "channels" else (
            room / 4 - _THUMB / 2, 3 * room / 4 - _THUMB / 2)
        for x, picture in zip(steps, channel.pictures, strict=True):
            sheet.paste(left + round(x), y, picture, _THUMB)
        y += _THUMB + 6
    for i, line in enumerate(lines):
        sheet.write(left, y + 8 + i * _LINE, line, _FAINT, room=room)
    return sheet.pixels()


def _ends(texts):
    return [f"low: {texts[0]}", f"high: {texts[-1]}"] if texts else []


class _Sheet:
    """White paper on which text, patches and small pictures are put."""

    def __init__(self, width, height):
        from PIL import Image, ImageDraw

        self.image = Image.new("RGB", (int(width), int(height)), _PAPER)
        self.pen = ImageDraw.Draw(self.image)

    def write(self, x, y, text, color=_INK, *, room=None, anchor="lm"):
        """Write one line around height y, shortened to `room` pixels."""
        text = text if room is None else shorten(text, room)
        draw_text(self.pen, (x, y), text, fill=color, anchor=anchor)

    def fill(self, x, y, width, height, color):
        self.pen.rectangle((x, y, x + width - 1, y + height - 1), fill=tuple(map(int, color)))

    def put(self, x, y, pixels):
        from PIL import Image

        self.image.paste(Image.fromarray(np.ascontiguousarray(pixels)), (int(x), int(y)))

    def paste(self, x, y, picture, side):
        """Put a picture into a square of this side, with a thin frame."""
        from PIL import Image

        image = Image.fromarray(picture)
        scale = side / max(image.size)
        size = [max(round(length * scale), 1) for length in image.size]
        image = image.resize(size, Image.Resampling.BOX if scale < 1 else Image.Resampling.BICUBIC)
        x, y = int(x) + (side - size[0]) // 2, int(y) + (side - size[1]) // 2
        self.image.paste(image, (x, y))
        self.pen.rectangle((x - 1, y - 1, x + size[0], y + size[1]), outline=(210, 210, 210))

    def pixels(self):
        return np.asarray(self.image)
