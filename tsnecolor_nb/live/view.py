"""One displayed object: a live map in a running notebook, a PNG wherever it is only read."""

import sys
from functools import partial
from pathlib import Path

import ipywidgets
import numpy as np

from ..arrays.checks import check_callable, check_number
from ..arrays.files import write_whole
from ..names.map_names import names_for
from ..picture.aggregate import PLAIN, PLAIN_ON_DARK, SHADINGS
from ..picture.bar import BAR, check_bar, kept_colors
from ..picture.in_place import PicturesInPlace
from ..picture.names import PlacedNames
from ..picture.raster import MAX_PIXEL_RATIO, MAX_SIDE, Raster, background_srgb8, compose, is_dark
from ..picture.still import Picture
from ..standalone.page import PAGE_SUFFIXES, PageColoring, write_page
from .cell_output import CellOutput
from .frames import encode_frame
from .map_widget import MapWidget

_SHADING_NAMES = {
    "filled": "filled", "eq_hist": "equalized", "log": "logarithmic", "count": "plain count",
}
_BACKGROUNDS = "auto", "white", "black"
_POINT_SIZES = {"auto": "auto", "1 pixel": 0, "small": 1, "medium": 2, "large": 4, "huge": 8}


class View(CellOutput):
    """A map of colored points that can be zoomed, moved and recolored. Made by `show`.

    In a running notebook it is an ipywidget. Its stored form is a PNG of the same picture.

    Parameters
    ----------
    raster : Raster
        What to draw.
    size, shading, background, point_size, mixed, relief, controls, title, names
        As for `show`.
    pictures, bar, pixel_ratio
        As for `show`.
    """

    on_background = None  # called without arguments after the background has changed
    _widget_class = MapWidget
    _on_pointer = None  # what to do about the mouse; see `MapWidget`

    def __init__(
        self, raster, *, size=600, shading="filled", background="auto", point_size="auto",
        mixed="auto", relief=0, controls=True, title=None, names=None, pictures=None, bar=None,
        pixel_ratio=2,
    ):
        check_callable("pictures", pictures)
        self._pixel_ratio = check_number(
            "pixel_ratio", pixel_ratio, at_least=1, at_most=MAX_PIXEL_RATIO
        )
        if not 100 <= size <= 4000:
            raise ValueError(f"size must be 100 to 4000 pixels, got {size!r}")
        self.raster, self._size, self._relief = raster, int(size), relief
        self._in_place = None if pictures is None else PicturesInPlace(raster.xy, pictures)
        self._shows_pictures = True
        how = {"shading": shading, "point_size": point_size, "mixed": mixed, "relief": relief}
        raster.rgba(width=1, height=1, **how)  # or an error, now
        if background != "auto":
            background_srgb8(background)
        self._shading = _menu("shading", {_SHADING_NAMES[s]: s for s in SHADINGS}, shading)
        self._background = _menu("background", {name: name for name in _BACKGROUNDS}, background)
        self._point_size = _menu("points", _POINT_SIZES, point_size)
        modes = raster.mixed_modes
        # What is most frequent is what "auto" shows, and not on offer for all colors.
        menu = {name: name for name in modes if name != "majority"}
        self._mixed = _menu("mixed pixels", menu, mixed)
        if len(modes) == 2:
            self._mixed.layout.display = "none"
        self._message = ipywidgets.HTML(layout={"display": "none"})
        self._bar_below = ipywidgets.HTML(layout={"width": f"{self._size}px", "max_width": "100%"})
        self.bar = bar
        self._map_widget = self._widget_class(
            self._frame, raster.extent, self._first_ranges(), self._on_drawn, self._on_pointer,
            size=self._size,
        )
        self.names = names
        self._repaint_background()
        self._rows = ipywidgets.VBox()
        top = [ipywidgets.Label(str(title))] if title is not None else []
        if self.n_far:
            top.append(ipywidgets.Label(f"outside of the first view: {self.far_points}"))
        if controls:
            top.append(ipywidgets.HBox(self.menus, layout={"flex_flow": "row wrap"}))
        super().__init__([*top, self._rows, self._map_widget, self._bar_below, self._message])
        self._shading.observe(lambda _: self.refresh(), "value")
        self._point_size.observe(lambda _: self.refresh(), "value")
        self._mixed.observe(lambda _: self.refresh(), "value")
        self._background.observe(lambda _: self._repaint_background(), "value")
        self._map_widget.observe(lambda _: self._repaint_background(), "dark")

    def __repr__(self):
        far = f", {self.far_points} outside of the first view" if self.n_far else ""
        return f"<View of {len(self.raster):,} points, {self._size} × {self._size}{far}>"

    def _first_ranges(self):
        *ranges, self.n_far = self.raster.square_of_most()
        return tuple(ranges)

    @property
    def far_points(self):
        """How many points the first view leaves out since they are far away, in words."""
        return f"{self.n_far:,} far point{'s' * (self.n_far > 1)}"

    def add_controls(self, *widgets):
        """Put more ipywidgets between the controls and the picture; `close` leaves them open."""
        self._foreign = (*self._foreign, *widgets)
        self._rows.children = (*self._rows.children, *widgets)

    def recolor(self, srgb8, categorical=False):
        """Give the points other colors; zoom and everything else stay.

        May be called from any thread.

        Parameters
        ----------
        srgb8 : (n, 3) uint8 or None
            One sRGB color per point; None for one dark color.
        categorical : bool
            Whether each color stands for a label.

        Raises
        ------
        TypeError, ValueError
            If the colors do not fit; the old picture then stays.
        """
        self.raster.recolor(srgb8, categorical)
        self.refresh()

    @property
    def menus(self):
        """The menus of shading, background, point size and mixed pixels."""
        return self._shading, self._background, self._point_size, self._mixed

    @property
    def background(self):
        """What lies behind the points: "white", "black" or (r, g, b)."""
        background = self._background.value
        if background == "auto":
            return "black" if self._map_widget.dark else "white"
        return background

    @property
    def stored_background(self):
        """What lies behind the points of a stored picture, which is read without a theme."""
        return "white" if self._background.value == "auto" else self._background.value

    @property
    def size(self):
        """Side of the picture in CSS pixels."""
        return self._size

    @size.setter
    def size(self, size):
        self._size = self._map_widget.size = size

    @property
    def ranges(self):
        """What is on screen: ``((x0, x1), (y0, y1))`` in units of the map."""
        return self._map_widget.ranges

    def zoom(self, x_range=None, y_range=None):
        """Show another part of the map, all of it unless ranges are given.

        Parameters
        ----------
        x_range, y_range : (low, high), optional
            What must be visible; the picture stays square and both axes keep one scale.

        Raises
        ------
        TypeError, ValueError
            If a range is not two finite, increasing numbers.
        """
        self._map_widget.zoom(*self.raster.square(x_range, y_range))

    @property
    def shows_pictures(self):
        """Whether points are drawn as their pictures, if they have any, where there is room."""
        return self._shows_pictures and self._in_place is not None

    @shows_pictures.setter
    def shows_pictures(self, shows):
        self._shows_pictures = bool(shows)
        self.refresh()

    @property
    def draws_pictures(self):
        """Whether so few points are on screen that `shows_pictures` has an effect."""
        size = self._size
        return self.shows_pictures and self._in_place.has_room(*self.ranges, size, size)

    @property
    def names(self):
        """The names on the map, a tuple of `MapName`; set them as for `show`, or None for none."""
        return self._names.names

    @names.setter
    def names(self, names):
        self._names = PlacedNames(() if names is None else names_for(self.raster.xy, names))
        self._map_widget.names = self._names.as_data()

    @property
    def bar(self):
        """The bar of color below the map; set it as for `show`, or None for none."""
        return self._bar

    @bar.setter
    def bar(self, bar):
        self._bar = None if bar is None else check_bar("bar", bar)
        self._bar_below.value = "" if bar is None else self._bar.html()
        self._bar_below.layout.display = "none" if bar is None else None

    def refresh(self):
        """Draw anew what is on screen. May be called from any thread."""
        self._map_widget.redraw()

    def say(self, text):
        """Show a line of plain text under the picture; an empty one takes it away."""
        from html import escape

        self._message.value = f'<span style="color: #b00">{escape(str(text))}</span>'
        self._message.layout.display = None if text else "none"

    def png(self, width=None):
        """Return what is on screen as the bytes of a PNG file of at most 256 colors.

        Parameters
        ----------
        width : int, optional
            Its side in pixels, 1 to 8,000; as on screen unless given.

        Returns
        -------
        bytes
        """
        return Picture(self.pixels(width)).png()

    def pixels(self, width=None, *, background=None):
        """Return what is on screen as sRGB pixels.

        Parameters
        ----------
        width : int, optional
            Its side in pixels, 1 to 8,000; as on screen unless given.
        background : "white", "black" or (r, g, b), optional
            As on screen unless given.

        Returns
        -------
        (width, width, 3) uint8
        """
        side = self._size if width is None else width
        if not 1 <= side <= MAX_SIDE:
            raise ValueError(f"width must be 1 to {MAX_SIDE}, got {side!r}")
        background = self.background if background is None else background
        ratio, ranges = max(side / self._size, 1), self.ranges
        pixels = compose(self._draw(*ranges, side, side, ratio, background), background)
        return self._names.draw(pixels, *ranges, ratio=ratio, dark=is_dark(background))

    def save(self, path, width=2000, *, overwrite=False):
        """Save what is on screen, whole or not at all.

        Parameters
        ----------
        path : path
            Where to. A path that ends in ``.html`` gets a page that holds all points, in which
            they can be zoomed and moved without a kernel; every other path gets a PNG file.
        width : int
            Side of the PNG in pixels, 1 to 8,000.
        overwrite : bool
            Whether a file that stands there may be replaced.

        Raises
        ------
        FileExistsError
            If there is such a file and `overwrite` is false.
        ValueError
            If a page is to show a shading that it can't: "log" and "count".
        """
        if Path(path).suffix.lower() in PAGE_SUFFIXES:
            coloring = PageColoring("colors", self.raster.srgb8, self.raster.categorical)
            write_page(
                path, self.raster.xy, [coloring], overwrite=overwrite, **self.page_look
            )
        else:
            write_whole(path, lambda file: file.write(self.png(width)), overwrite=overwrite)

    @property
    def page_look(self):
        """What is on screen and how, as arguments of `write_page`."""
        background = self._background.value
        if not isinstance(background, str):
            background = "white" if sum(background) > 384 else "black"
        return {
            "ranges": self.ranges, "background": background, "shading": self._shading.value,
            "names": self._names,
        }

    def hold_still(self):
        """Let a page show what is on screen until its live picture is there; return that PNG."""
        self._map_widget.still = Picture(self.pixels(background=self.stored_background)).png()
        return self._map_widget.still

    def _frame(self, x_range, y_range, width, height, pixel_ratio, moving):
        rgba = self._draw(x_range, y_range, width, height, pixel_ratio)
        few_colors = self.raster.categorical and self._shading.value == "filled"
        return encode_frame(rgba, pixel_ratio, lossless=few_colors, moving=moving)

    def _draw(self, x_range, y_range, width, height, pixel_ratio, background=None):
        rgba = self.raster.rgba(
            x_range, y_range, width, height,
            shading=self._shading.value, point_size=self._point_size.value,
            mixed=self._mixed.value, pixel_ratio=pixel_ratio, relief=self._relief,
        )
        dark = is_dark(background or self.background)
        if self.raster.plain and dark:
            rgba[..., :3] = PLAIN_ON_DARK
        if self.shows_pictures:
            colors_of = partial(self.raster.colors_of, plain=PLAIN_ON_DARK if dark else PLAIN)
            self._in_place.draw(rgba, x_range, y_range, pixel_ratio, colors_of)
        return rgba

    def _on_drawn(self, error):
        self.say("" if error is None else f"This picture could not be drawn: {error}")

    def _repaint_background(self):
        self._map_widget.background = _css(self.background)
        if self.raster.plain:
            self.refresh()
        if self.on_background is not None:
            self.on_background()

    def _display_(self):
        """Return what marimo, which alone calls this, shows: it has no boxes of ipywidgets."""
        return sys.modules["marimo"].ui.anywidget(self._map_widget)

    def _still(self):
        self.hold_still()
        ratio, behind, keep = self._pixel_ratio, self.stored_background, None
        pixels = self.pixels(min(round(self._size * ratio), MAX_SIDE), background=behind)
        if self._bar is not None:
            strip = np.full((round(BAR * ratio), pixels.shape[1], 3), background_srgb8(behind))
            strip = strip.astype(np.uint8)
            self._bar.draw(strip, ratio)
            pixels, keep = np.vstack([pixels, strip]), kept_colors([self._bar.palette])
        return Picture(pixels, pixel_ratio=ratio, keep=keep)


def _css(background):
    return "rgb({}, {}, {})".format(*background_srgb8(background))


def _menu(description, options, value):
    """Return a small menu; a value that is not among the usual ones becomes one more of them."""
    if value not in options.values():
        options = {**options, str(value): value}
    return ipywidgets.Dropdown(
        options=list(options.items()), value=value, description=description,
        description_allow_html=False,
        style={"description_width": "auto"}, layout={"width": "auto"},
    )


def show(
    xy, colors=None, *, categorical=False, size=600, shading="filled", background="auto",
    point_size="auto", mixed="auto", relief=0, controls=True, title=None, names=None,
    pictures=None, bar=None, pixel_ratio=2,
):
    """Show a map: live in a running notebook, as a still picture wherever it is only read.

    Parameters
    ----------
    xy : (n, 2) array_like of numbers
        Where each point lies; finite.
    colors : (n, 3) uint8, optional
        One sRGB color per point; one dark color for all unless given.
    categorical : bool
        Whether each color stands for a label; mixtures of colors are then not shown.
    size : int, 100 to 4000
        Side of the picture in CSS pixels.
    shading : {"filled", "eq_hist", "log", "count"}
        An opaque surface wherever points are close, or how the number of points at a pixel becomes
        opacity, see `Raster.rgba`.
    background : "auto", "white", "black" or (r, g, b)
        What lies behind the points. "auto" is black in a page with JupyterLab's dark theme, and
        else white, also in the picture that a notebook stores.
    point_size : "auto" or float, 0 to 64
        Radius of a point in pixels; "auto" lets points grow as they become few.
    mixed : {"auto", "mean", "majority", "desaturate", "sample"}
        What a pixel shows whose points differ in color, see `Raster.rgba`.
    relief : float, 0 to 1
        How much darker a filled picture is where most points are, in OKLab lightness.
    controls : bool
        Whether to show menus for shading, background, point size and mixed pixels.
    title : str, optional
        A line of plain text above the picture.
    names : (n,) array_like, mapping, or sequence of MapName, optional
        Names on the map, as many as there is room for: one label per point; or from names to row
        numbers, a mask, or a place ``(x, y)``; or what `map_names` finds.
    pictures : callable, optional
        Row numbers (m,) to pictures, as `Embedding.pictures`. Where few enough points are in view,
        they are drawn as their pictures on their color.
    bar : (str, number, number), optional
        For colors by a value: the color map, as `value_colors` names it, and the values of its
        first and last color, drawn as a bar below the map.
    pixel_ratio : number, 1 to 80
        Pixels of the stored picture per CSS pixel: 2 for sharp pictures on most screens, 1 for
        small files. The live map has as many as the screen.

    Returns
    -------
    View

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message names it.
    """
    return View(
        Raster(xy, colors, categorical), size=size, shading=shading, background=background,
        point_size=point_size, mixed=mixed, relief=relief, controls=controls, title=title,
        names=names, pictures=pictures, bar=bar, pixel_ratio=pixel_ratio,
    )
