"""A legend as a still picture, dark on white: for readers without a kernel, and for files."""

import numpy as np

from ..arrays.checks import check_count
from ..colors.palettes import MISSING
from ..picture.still import Picture
from ..picture.text import shorten, text_width
from .sheet import FAINT, INK, Sheet

_PAD, _LINE, _THUMB, _SWATCH = 12, 18, 40, 14
_CELL, _MAX_NAME = 150, 150  # least width of a label's cell; names beyond that width are shortened
_MAX_LABELS = 30
_LONGEST = 300  # characters of a title or a note


def draw_legend(legend, width, ratio):
    """Draw a legend; see `Legend.picture`."""
    check_count("width", width, 200)
    check_count("pixel_ratio", ratio, 1)
    draw = {"labels": _labels, "value": _value, "channels": _channels, "bits": _channels}
    blocks = [_line(legend.title, width, ratio)] if legend.title else []
    blocks.append(draw[legend.kind](legend, width, ratio))
    if legend.note:
        blocks.append(_line(legend.note, width, ratio, FAINT))
    text = f"legend of {legend.title or legend.kind}"
    return Picture(
        np.vstack(blocks), text, pixel_ratio=ratio, keep=legend.kept_colors,
        palette=legend.drawing is None,  # which has more colors than a palette could hold
    )


def _line(text, width, ratio, color=INK):
    lines = _wrap(text, width - 2 * _PAD)
    sheet = Sheet(width, len(lines) * _LINE + _PAD, ratio)
    for i, line in enumerate(lines):
        sheet.write(_PAD, _PAD + i * _LINE, line, color, max_width=width - 2 * _PAD)
    return sheet.pixels()


def _wrap(text, max_width):
    """Cut a text at its spaces into lines of at most `max_width` pixels."""
    lines = [""]
    for word in str(text)[:_LONGEST].split():
        longer = f"{lines[-1]} {word}".strip()
        if lines[-1] and text_width(longer) > max_width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _labels(legend, width, ratio):
    entries = _shown(legend.entries)
    has_thumbs = any(entry.picture is not None for entry in entries)
    widest = max((text_width(shorten(entry.name, _MAX_NAME)) for entry in entries), default=0)
    beside = _SWATCH + 10 + (_THUMB + 6 if has_thumbs else 0)
    columns = max((width - _PAD) // int(max(_CELL, widest + beside)), 1)
    cell = (width - _PAD) // columns
    tall = (_THUMB if has_thumbs else 2 * _LINE) + 8
    left_out = len(legend.entries) - len(entries)
    n_rows = -(-len(entries) // columns)
    sheet = Sheet(width, n_rows * tall + _PAD + (_LINE if left_out else 0), ratio)
    for i, entry in enumerate(entries):
        x, y = _PAD + i % columns * cell, 6 + i // columns * tall
        sheet.fill(x, y, _SWATCH, tall - 8, entry.srgb8)
        x += _SWATCH + 4
        if has_thumbs:
            if entry.picture is not None and entry.label >= 0:
                sheet.paste_thumb(x, y, entry.picture, _THUMB)
            x += _THUMB + 6
        text_px = cell - (x - _PAD - i % columns * cell) - 6
        sheet.write(x, y + tall / 2 - 12, entry.name, max_width=text_px)
        sheet.write(x, y + tall / 2 + 4, f"{entry.count:,}", FAINT, max_width=text_px)
    if left_out:
        points = sum(entry.count for entry in legend.entries) - sum(e.count for e in entries)
        text = f"and {left_out:,} more with {points:,} points"
        sheet.write(_PAD, n_rows * tall + 14, text, FAINT)
    return sheet.pixels()


def _shown(entries):
    """Return the largest entries, at most `_MAX_LABELS`, with all grey ones at the end."""
    if len(entries) <= _MAX_LABELS:
        return entries
    grey = [entry for entry in entries[_MAX_LABELS:] if np.ptp(entry.srgb8.astype(int)) == 0]
    return [*entries[: _MAX_LABELS - len(grey)], *grey]


def _value(legend, width, ratio):
    bar, inner = legend.value, width - 2 * _PAD
    sheet = Sheet(width, 56 + 2 * _LINE, ratio)
    sheet.paste(_PAD, 6, bar.pixels(inner * ratio, 56 * ratio))
    first, last = bar.edges[0], bar.edges[-1]
    (low, high), middle = bar.limits, np.mean(bar.limits)
    x_low, x_middle, x_high = (
        _PAD + inner * (value - first) / (last - first) for value in (low, middle, high)
    )
    for x in (x_low, x_high):
        sheet.fill(round(x) - 1, 6, 2, 56, INK)
    texts = f"{bar.text(low)} and below", f"{bar.text(high)} and above"
    if sum(map(text_width, texts)) + _PAD > inner:  # dates, or numbers with a long unit
        texts = f"≤ {bar.text(low)}", f"≥ {bar.text(high)}"
    sheet.write(_PAD, 78, texts[0], max_width=inner / 2)
    sheet.write(width - _PAD, 78, texts[1], max_width=inner / 2, anchor="rm")
    left, right = (min(text_width(text), inner / 2) for text in texts)
    half = text_width(bar.text(middle)) / 2 + _PAD
    if _PAD + left + half < x_middle < width - _PAD - right - half:
        sheet.write(x_middle, 78, bar.text(middle), anchor="mm")
    missing = _missing(bar.n_missing, width, ratio) if bar.n_missing else _space(_PAD, width, ratio)
    return np.vstack([sheet.pixels(), missing])


def _channels(legend, width, ratio):
    blocks = [_channel(channel, width, ratio) for channel in legend.channels]
    if legend.drawing is not None:
        blocks.insert(0, _drawing(legend.drawing, width, ratio))
    if legend.n_missing:
        blocks.append(_missing(legend.n_missing, width, ratio))
    return np.vstack([*blocks, _space(6, width, ratio)])


def _space(height, width, ratio):
    return Sheet(width, height, ratio).pixels()


def _missing(n, width, ratio):
    sheet = Sheet(width, _LINE + 6, ratio)
    sheet.fill(_PAD, 6, _SWATCH, _SWATCH, MISSING)
    sheet.write(_PAD + _SWATCH + 6, 13, f"missing: {n:,} points", FAINT)
    return sheet.pixels()


def _drawing(picture, width, ratio):
    from PIL import Image

    image = Image.fromarray(picture.pixels).convert("RGB")
    scale = min(ratio / picture.pixel_ratio, (width - 2 * _PAD) * ratio / image.width)
    if scale != 1:
        image = image.resize([max(round(side * scale), 1) for side in image.size])
    sheet = Sheet(width, -(-image.height // ratio) + _PAD, ratio)
    sheet.paste(_PAD, 6, image)
    return sheet.pixels()


def _channel(channel, width, ratio):
    left = 110
    inner = width - left - _PAD
    height = 24 + (_THUMB + 6 if channel.pictures else 0) + _LINE * len(channel.lines)
    sheet = Sheet(width, max(height, 2 * _LINE + 6), ratio)
    sheet.write(_PAD, 14, channel.name, max_width=left - _PAD - 6)
    sheet.write(_PAD, 14 + _LINE, channel.what, FAINT, max_width=left - _PAD - 6)
    sheet.paste(left, 6, channel.strip(inner * ratio, 12 * ratio))
    y, n = 22, len(channel.pictures)
    side = min(_THUMB, inner // max(n, 1) - 2)  # with room for the borders
    for i, picture in enumerate(channel.pictures):
        # Of two bits, each picture is below the middle of its color.
        x = (2 * i + 1) * inner / 4 - side / 2 if n == 2 else i * (inner - side) / (n - 1)
        sheet.paste_thumb(left + round(x), y, picture, side)
    y += _THUMB + 6 if n else 0
    for i, line in enumerate(channel.lines):
        sheet.write(left, y + 8 + i * _LINE, line, FAINT, max_width=inner)
    return sheet.pixels()
