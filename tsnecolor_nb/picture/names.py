"""Names on a map: which of many there is room for in a view, and how they are drawn on it.

`standalone/names.js` places names in a page by the same rule: change both.
"""

from dataclasses import dataclass, field

import numpy as np

from .png import data_uri, png
from .text import SIZE, draw_text, shorten, text_width
from .thumbs import fit_square

_MOST = 25  # names in a view
_LEAST = 5  # CSS pixels: radius of the smallest region with a name
_LONGEST = 170  # CSS pixels: of a text, which is cut there
_PICTURE, _FRAME = 28, 3  # CSS pixels
_GAP = 4  # CSS pixels between two names
_ALIKE = 120  # CSS pixels from a name to the same one of another part
_HALO = 2  # CSS pixels


@dataclass(frozen=True, eq=False)
class MapName:
    """A name of a region of a map, and where it may stand. Made by `map_names`.

    Attributes
    ----------
    x, y : float
        The place, in units of the map.
    text : str
        The name; where there is a picture, what it shows.
    picture : (h, w, 3) uint8 or None
        What stands there in place of the text.
    srgb8 : (r, g, b) of int or None
        The color of the picture's frame, 0 to 255.
    count : int
        How many points the region has.
    radius : float
        Of a circle as large as the region, in units of the map.
    part : int
        Names of the same part are places for one name in different views. A label that lies in
        several places has as many parts.
    """

    x: float
    y: float
    text: str = ""
    picture: np.ndarray | None = field(default=None, repr=False)
    srgb8: tuple[int, int, int] | None = None
    count: int = 0
    radius: float = np.inf
    part: int = -1


class PlacedNames:
    """Many names of a map, of which each view shows those for which there is room.

    names : sequence of `MapName`, the most important first.
    """

    def __init__(self, names):
        self.names = tuple(names)
        kinds = {}
        self._kind = np.array(
            [kinds.setdefault((one.text, id(one.picture)), len(kinds)) for one in self.names], int
        )
        first = np.unique(self._kind, return_index=True)[1]
        self._looks = [self.names[i] for i in first]
        self._texts = [
            one.text if one.picture is not None else shorten(one.text, _LONGEST)
            for one in self._looks
        ]
        side = _PICTURE + 2 * _FRAME
        self._sizes = [
            (side, side) if one.picture is not None else (round(text_width(text)) + 2, SIZE + 4)
            for one, text in zip(self._looks, self._texts, strict=True)
        ]
        numbers = [(one.x, one.y, one.radius) for one in self.names]
        self._x, self._y, self._radius = np.array(numbers, float).reshape(-1, 3).T

    def __len__(self):
        return len(self.names)

    def as_data(self):
        """Return what a page needs, of plain types: each look of a name once, then all places."""
        looks = [
            {
                "text": text, "width": size[0], "height": size[1],
                "picture": "" if one.picture is None else data_uri(png(one.picture)),
                "color": "" if one.srgb8 is None else "rgb({}, {}, {})".format(*one.srgb8),
            }
            for one, text, size in zip(self._looks, self._texts, self._sizes, strict=True)
        ]
        radius = np.nan_to_num(self._radius, posinf=1e300)  # JSON has no infinity
        columns = self._x, self._y, radius, self._kind, [one.part for one in self.names]
        rounded = ([float(f"{value:.7g}") for value in column] for column in columns)
        return {"looks": looks, "places": [*zip(*rounded, strict=True)]}

    def place(self, x_range, y_range, width, height):
        """Choose names for a view, the most important first, such that none covers another.

        x_range, y_range : (low, high), in units of the map. width, height : of the view, in CSS
        pixels. Returns a list of the number of a name, and where its middle is: CSS pixels from
        the left and from the top.
        """
        (x0, x1), (y0, y1) = x_range, y_range
        x = (self._x - x0) / (x1 - x0) * width
        y = (y1 - self._y) / (y1 - y0) * height
        inside = (x >= 0) & (x <= width) & (y >= 0) & (y <= height)
        inside &= self._radius * width / (x1 - x0) >= _LEAST
        apart, placed = min(width, height) / 2, []
        for i in np.flatnonzero(inside):
            if len(placed) == _MOST:
                break
            w, h = self._sizes[self._kind[i]]
            if w + 2 * _GAP > width or h + 2 * _GAP > height:
                continue
            u = min(max(x[i], w / 2 + _GAP), width - w / 2 - _GAP)
            v = min(max(y[i], h / 2 + _GAP), height - h / 2 - _GAP)
            if all(self._fits(i, u, v, w, h, apart, *other) for other in placed):
                placed.append((int(i), float(u), float(v)))
        return placed

    def _fits(self, i, x, y, w, h, apart, j, other_x, other_y):
        other_w, other_h = self._sizes[self._kind[j]]
        dx, dy = abs(x - other_x), abs(y - other_y)
        if dx < (w + other_w) / 2 + _GAP and dy < (h + other_h) / 2 + _GAP:
            return False
        if self._kind[i] != self._kind[j]:
            return True
        same_part = self.names[i].part == self.names[j].part
        return max(dx, dy) >= (apart if same_part else min(apart, _ALIKE))

    def draw(self, pixels, x_range, y_range, *, ratio=1, dark=False):
        """Return `pixels` of the map, (h, w, 3) uint8, with names on them.

        x_range, y_range : (low, high), what they show. ratio : pixels in a CSS pixel. dark :
        whether the background is dark: then the text is white, else black.
        """
        from PIL import Image, ImageDraw

        height, width = pixels.shape[:2]
        image = Image.fromarray(np.ascontiguousarray(pixels))
        pen = ImageDraw.Draw(image)
        ink, halo = (255, 0) if dark else (0, 255)
        for i, x, y in self.place(x_range, y_range, width / ratio, height / ratio):
            kind = self._kind[i]
            look = self._looks[kind]
            if look.picture is not None:
                _paste(image, pen, x * ratio, y * ratio, look, ratio)
                continue
            draw_text(
                pen, (x * ratio, y * ratio), self._texts[kind], fill=(ink,) * 3,
                size=round(SIZE * ratio), anchor="mm", halo=(halo,) * 3,
                halo_width=round(_HALO * ratio),
            )
        return np.asarray(image)


def _paste(image, pen, x, y, look, ratio):
    """Put a picture, in a frame of its color, in the middle of a place."""
    from PIL import Image

    picture = fit_square(look.picture, _PICTURE * ratio, Image.Resampling.BICUBIC)
    size = picture.size
    left, top = round(x - size[0] / 2), round(y - size[1] / 2)
    frame = max(round(_FRAME * ratio), 1)
    box = left - frame, top - frame, left + size[0] + frame - 1, top + size[1] + frame - 1
    pen.rectangle(box, fill=look.srgb8 or (255, 255, 255), outline=(0, 0, 0))
    image.paste(picture, (left, top))
