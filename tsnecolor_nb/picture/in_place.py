"""Points drawn as their pictures, each on its color, where few enough points are in view.

`standalone/in_place.js` has the same rule for a page: change both.
"""

import numpy as np

from ..colors.spaces import srgb8_to_oklab
from .thumbs import fit_square

_MOST = 400  # points in a view
_ROOM = 20  # CSS pixels: side of the square that each point has for itself, at least
_SMALLEST, _LARGEST = 20, 44  # CSS pixels: side of a picture
_SPARSE = 0.35  # of the side of each point's room, that its picture may have
_OVERLAP = 0.15  # of its side, by which a picture may cover another one
_FRAME = 2  # CSS pixels: of the color around a picture that has colors of its own
_BRIGHT = 0.6  # OKLab lightness from which ink is black
_EDGE = 0.35  # of ink, in the outermost pixels: pictures of one color stay apart
_KEPT = 4000  # pictures


class PicturesInPlace:
    """Draws pictures of points where the points lie.

    xy : (n, 2) float. pictures : from row numbers (m,) to pictures, as `Embedding.pictures`.
    """

    def __init__(self, xy, pictures):
        self._xy, self._pictures, self._kept = xy, pictures, {}

    def draw(self, rgba, x_range, y_range, ratio, colors_of):
        """Draw on a picture of the map, if few enough points are in view.

        Where pictures would cover each other, some of the points stay as they are.

        rgba : (h, w, 4) uint8, changed in place. x_range, y_range : (low, high), what it shows.
        ratio : pixels in a CSS pixel. colors_of : a function from row numbers (m,) to sRGB colors,
        (m, 3) uint8.
        """
        height, width = rgba.shape[:2]
        rows, places, inside = self._near(x_range, y_range, width, height, ratio)
        if not inside:
            return
        room = np.sqrt(width * height / inside) / ratio
        side = self._side(places, ratio, _SPARSE * room)
        chosen = _apart(places, (1 - _OVERLAP) * side)
        rows, places = rows[chosen], np.rint(places[chosen] - side / 2).astype(int)
        colors = colors_of(rows)
        bright = srgb8_to_oklab(colors)[:, 0] > _BRIGHT
        frame = round(_FRAME * ratio)
        shown = zip(self._get(rows), colors, bright, places, strict=True)
        for picture, color, is_bright, (left, top) in shown:
            tile = _tile(picture, color, 0 if is_bright else 255, side, frame)
            box = rgba[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)]
            box[..., :3] = tile[max(-top, 0) :, max(-left, 0) :][: box.shape[0], : box.shape[1]]
            box[..., 3] = 255

    def has_room(self, x_range, y_range, width, height):
        """Return whether few enough points are in a view, its sides in CSS pixels."""
        return bool(self._near(x_range, y_range, width, height, 1)[2])

    def _near(self, x_range, y_range, width, height, ratio):
        """Return points in and around a view, their places in pixels, and how many are inside.

        That is 0 where they are too many.
        """
        x, y = self._xy.T
        around = _LARGEST / 2 * ratio * (x_range[1] - x_range[0]) / width
        near = (x > x_range[0] - around) & (x < x_range[1] + around)
        near &= (y > y_range[0] - around) & (y < y_range[1] + around)
        rows = np.flatnonzero(near)
        u = (x[rows] - x_range[0]) / (x_range[1] - x_range[0]) * width
        v = (y_range[1] - y[rows]) / (y_range[1] - y_range[0]) * height
        inside = np.count_nonzero((u >= 0) & (u < width) & (v >= 0) & (v < height))
        if len(rows) > 4 * _MOST or inside > min(_MOST, width * height / (_ROOM * ratio) ** 2):
            inside = 0
        return rows, np.column_stack([u, v]), inside

    def _side(self, places, ratio, least):
        """Return the side of all pictures in pixels: about half of the points have so much room."""
        from scipy.spatial import cKDTree

        side = _LARGEST
        if len(places) > 1:
            side = np.median(cKDTree(places).query(places, k=2, p=np.inf)[0][:, 1]) / ratio
        return int(np.clip(max(side, least), _SMALLEST, _LARGEST) * ratio)

    def _get(self, rows):
        """Return the picture of each row; those seen before are kept."""
        new = [row for row in rows.tolist() if row not in self._kept]
        if new:
            if len(self._kept) + len(new) > _KEPT:
                self._kept.clear()
                new = rows.tolist()
            self._kept.update(zip(new, self._pictures(np.array(new)), strict=True))
        return [self._kept[row] for row in rows.tolist()]


def _apart(places, least):
    """Return the indices of places (m, 2), none of them nearer to an earlier one than `least`."""
    chosen = []
    for i, place in enumerate(places):
        if not chosen or np.abs(places[chosen] - place).max(axis=1).min() >= least:
            chosen.append(i)
    return np.array(chosen)


def _tile(picture, color, ink, side, frame):
    """Return a picture, grey (h, w) or sRGB (h, w, 3), on a color, (side, side, 3) uint8."""
    tile = np.empty((side, side, 3), np.uint8)
    tile[:] = color
    around = 0 if picture.ndim == 2 else frame
    drawn = np.asarray(fit_square(np.asarray(picture, np.uint8), side - 2 * around))
    height, width = drawn.shape[:2]
    left, top = (side - width) // 2, (side - height) // 2
    box = tile[top : top + height, left : left + width]
    if picture.ndim == 2:
        share = drawn[..., None] / np.float32(255)
        box[:] = box * (1 - share) + ink * share + 0.5
    else:
        box[:] = drawn[..., :3]
    rim = max(frame // 2, 1)
    edge = np.uint8((1 - _EDGE) * np.float32(color) + _EDGE * ink)
    tile[:rim] = tile[-rim:] = tile[:, :rim] = tile[:, -rim:] = edge
    return tile
