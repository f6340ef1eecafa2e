"""Write a map as one HTML file that draws all points itself: no kernel, no server, no network."""

import base64
import hashlib
import io
import json
import warnings
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from string import Template

import numpy as np

from ..arrays.checks import check_callable, check_choice, check_range, check_rows, check_xy
from ..arrays.chunks import sample_rows
from ..arrays.files import check_writable, write_whole
from ..arrays.matrix import as_frame
from ..arrays.ranges import square_around
from ..colors.columns import natural_kind, natural_values
from ..colors.palettes import MISSING, UNSELECTED
from ..colors.spaces import check_srgb8, pack_srgb8
from ..picture.aggregate import PLAIN, PLAIN_ON_DARK
from ..picture.thumbs import as_thumb
from .encode import byte_planes, curve_order, n_bytes, pack, pack_colors, pack_positions

MAX_POINTS = 3_000_000
MAX_PICTURES = 8192
SHADINGS = ("filled", "eq_hist")
PAGE_SUFFIXES = (".html", ".htm")

NAMES_SCRIPT = Path(__file__).with_name("names.js")

_ACROSS = 32  # pictures in a row and in a column of a sheet
_FOLDER = Path(__file__).parent
_SCRIPTS = "draw.js", NAMES_SCRIPT, "in_place.js", "filter.js", "page.js"


@dataclass(frozen=True, eq=False)
class LegendEntry:
    """One line of a coloring's legend; all texts are plain."""

    name: str
    srgb8: tuple[int, int, int] | None = None  # without one, the picture takes the whole width
    png: bytes | None = field(default=None, repr=False)
    note: str = ""


@dataclass(frozen=True, eq=False)
class PageColoring:
    """One choice in the menu of a page."""

    name: str
    srgb8: np.ndarray | None = field(default=None, repr=False)  # (n, 3) uint8; None is plain
    categorical: bool = False
    legend: tuple[LegendEntry, ...] = ()


class ThinnedWarning(UserWarning):
    """A page holds only some of the points; it says so itself."""


def write_page(
    path, xy, colorings, *, columns=None, pictures=None, title="map", background="auto",
    shading="filled", ranges=None, names=None, selections=None, overwrite=False,
):
    """Write a map as one HTML file.

    The file opens from disk in a browser of 2023 or newer and asks no network for anything. It
    holds all points and draws them as `Raster.rgba` does, mixed pixels by "auto". A reader can
    zoom, search, recolor and filter them, but not ask for neighbors: the page does not hold X.

    Parameters
    ----------
    path : path
        Ends in ``.html`` or ``.htm``.
    xy : (n, 2) array_like of numbers
        The map. Of more than 3,000,000 points a random sample of so many is kept.
    colorings : sequence of PageColoring
        At least one; the first is shown first. Their names must differ.
    columns : data frame or mapping of columns, optional
        Texts and numbers of each point, for the card, the search and filters.
    pictures : callable, optional
        Row numbers (m,) to pictures, as `Embedding.pictures`. The file holds at most 8,192, no
        side longer than 64 pixels, spread evenly over the points; where a point has none, its card
        shows that of a point nearby.
    title : str
    background : "auto", "white" or "black"
        "auto" follows the reader's theme. A button on the page changes it.
    shading : {"filled", "eq_hist"}
        As for `Raster.rgba`.
    ranges : ((x0, x1), (y0, y1)) of float, optional
        What must be visible at first; the whole map unless given.
    names : PlacedNames, optional
        Names on the map.
    selections : mapping, optional
        From names to rows, (m,) int, or a mask (n,), which the reader can choose.
    overwrite : bool
        Whether a file that stands there may be replaced.

    Returns
    -------
    Path

    Warns
    -----
    ThinnedWarning
        If points are left out.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.
    OSError
        If there is such a file and `overwrite` is false, or it can't be written.
    """
    if Path(path).suffix.lower() not in PAGE_SUFFIXES:
        raise ValueError(f"path must end in .html for a page, got {str(path)!r}")
    check_writable(path, overwrite)  # before seconds of work, not after them
    xy = check_xy("xy", xy)
    n = len(xy)
    colorings = _check_colorings(colorings, n)
    columns = as_frame("columns", columns, n)
    check_callable("pictures", pictures)
    check_choice("background", background, ("auto", "white", "black"))
    check_choice("shading", shading, SHADINGS)
    if ranges is not None:
        ranges = [check_range(f"ranges[{axis}]", ends) for axis, ends in enumerate(_pair(ranges))]
    masks = _masks(selections or {}, n)
    rows = _rows_kept(n)
    order, codes, low, unit = curve_order(xy[rows])
    rows = rows[order]
    data = {
        "n": len(rows), "unit": unit, "low": low.tolist(), "extent": square_around(*xy.T),
        "positions": pack_positions(codes), "shading": shading, "ranges": ranges,
        "dark": None if background == "auto" else background == "black",
        "plain": [PLAIN, PLAIN_ON_DARK], "behind": _behind(),
        "colorings": [_coloring(coloring, rows) for coloring in colorings],
        "names": {} if names is None else names.as_data(),
        "columns": [_column(str(name), column.iloc[rows]) for name, column in columns.items()],
        "selections": [_selection(name, mask[rows]) for name, mask in masks.items()],
        "pictures": None if pictures is None else _pictures(pictures, rows),
    }
    count = f"{n:,} points" if len(rows) == n else f"{len(rows):,} of {n:,} points, at random"
    return write_whole(path, _html(title, count, data).encode(), overwrite=overwrite)


def _check_colorings(colorings, n):
    colorings = list(colorings)
    if not colorings or not all(isinstance(one, PageColoring) for one in colorings):
        raise TypeError(f"colorings must be at least one PageColoring, got {colorings!r}")
    names = [str(one.name) for one in colorings]
    if len(set(names)) < len(names):
        raise ValueError(f"colorings must have different names, got {', '.join(names)}")
    for name, one in zip(names, colorings, strict=True):
        if one.srgb8 is not None:
            check_srgb8(f"srgb8 of coloring {name!r}", one.srgb8, n)
    return colorings


def _pair(ranges):
    try:
        x_range, y_range = ranges
    except (TypeError, ValueError):
        raise TypeError(f"ranges must be ((x0, x1), (y0, y1)), got {ranges!r}") from None
    return x_range, y_range


def _masks(selections, n):
    """Return selections as masks (n,) of bool, by their name."""
    masks = {}
    for name, rows in selections.items():
        masks[str(name)] = np.zeros(n, bool)
        masks[str(name)][check_rows(f"selections[{name!r}]", rows, n, unique=True)] = True
    return masks


def _selection(name, mask):
    return {"name": name, "count": int(mask.sum()), "points": pack(np.packbits(mask).tobytes())}


def _rows_kept(n):
    if n > MAX_POINTS:
        warnings.warn(
            f"the page holds {MAX_POINTS:,} of the {n:,} points, chosen at random", ThinnedWarning,
            stacklevel=3,
        )
    return sample_rows(n, MAX_POINTS, random_state=0)


def _behind():
    """Return the greys of points behind others, as one number each, in the order of `Raster`."""
    return pack_srgb8(np.uint8([*UNSELECTED.values(), MISSING])).tolist()


def _coloring(coloring, rows):
    packed = {}
    if coloring.srgb8 is not None:
        packed = pack_colors(np.asarray(coloring.srgb8)[rows], coloring.categorical)
    legend = [
        {
            "name": str(entry.name), "note": str(entry.note),
            "color": None if entry.srgb8 is None else [int(channel) for channel in entry.srgb8],
            "png": None if entry.png is None else base64.b64encode(entry.png).decode("ascii"),
        }
        for entry in coloring.legend
    ]
    name, categorical = str(coloring.name), bool(coloring.categorical)
    return {"name": name, "categorical": categorical, "legend": legend, **packed}


def _column(name, column):
    """Return a column as its different texts, in the order in which they occur, and a code each."""
    import pandas as pd

    try:
        codes, values = pd.factorize(column)
    except TypeError:  # lists, dicts and other values without a hash
        codes, values = pd.factorize(column.map(str, na_action="ignore"))
    texts = [_text(name, value) for value in pd.Index(values)]
    if (codes < 0).any():
        codes, texts = np.where(codes < 0, len(texts), codes), [*texts, ""]
    planes = n_bytes(len(texts))
    return {
        "name": name, "unit": _unit(column), "values": pack(json.dumps(texts).encode()),
        "codes": pack(byte_planes(codes, planes)), "planes": planes,
    }


def _unit(column):
    """Return the unit of a column that can be filtered by a range, or None for labels."""
    if natural_kind(column) == "labels":
        return None
    unit = natural_values(column)[1]
    return None if unit == "seconds" else unit


def _text(name, value):
    if name == "codepoint":
        try:
            character = chr(value)
            return f"U+{value:04X} {character}" if character.isprintable() else f"U+{value:04X}"
        except (TypeError, ValueError, OverflowError):
            pass  # a column of one's own that means something else
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _pictures(pictures, rows):
    """Return sheets of small pictures, each of 32 rows of 32, as WebP files."""
    from PIL import Image

    n = len(rows)
    count = min(n, MAX_PICTURES)
    chosen, sheets, ink = rows[np.arange(count) * n // count], [], True
    for first in range(0, count, _ACROSS**2):
        drawn = pictures(chosen[first : first + _ACROSS**2])
        ink &= all(np.ndim(picture) == 2 for picture in drawn)
        small = [as_thumb(picture) for picture in drawn]
        height, width = small[0].shape[:2]
        sheet = Image.new("RGB", (_ACROSS * width, _ACROSS * height), "white")
        for place, picture in enumerate(small):
            at = place % _ACROSS * width, place // _ACROSS * height
            sheet.paste(Image.fromarray(picture), at)
        file = io.BytesIO()
        sheet.save(file, "WEBP", quality=80)
        sheets.append(base64.b64encode(file.getvalue()).decode("ascii"))
    return {
        "count": count, "width": width, "height": height, "across": _ACROSS, "sheets": sheets,
        "ink": bool(ink),
    }


def _html(title, count, data):
    script, style = (
        "".join((_FOLDER / name).read_text("utf-8") for name in names)
        for names in (_SCRIPTS, ["page.css"])
    )
    # Data may hold anything: without "<" nothing in it can end its element.
    inert = json.dumps(data, separators=(",", ":")).replace("<", "\\u003c")
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "img-src data: blob:; worker-src blob:; base-uri 'none'; form-action 'none'"
    )
    return Template((_FOLDER / "page.html").read_text("utf-8")).substitute(
        title=escape(str(title)), count=escape(count), policy=policy, style=style, script=script,
        data=inert,
    )


def _hash(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
