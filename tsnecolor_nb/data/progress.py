"""Progress of making a map: a picture and a line in a notebook, percents in a terminal."""

import sys

from ..picture.still import Picture

_SIDE = 300


class Watch:
    """Shows the progress of making a map; one line of output stays: `text`, what is done."""

    def __init__(self, text):
        self._text, self._percent = text, -1
        self._line = self._picture = None
        if _in_notebook():
            from IPython.display import display

            self._line = display({"text/plain": text}, raw=True, display_id=True)
        else:
            print(text, flush=True)

    def progress(self, fraction):
        """Show a fraction 0..1."""
        percent = int(100 * fraction)
        if percent == self._percent:
            return
        self._percent = percent
        if self._line is not None:
            more = f" {percent} %" if percent < 100 else ""
            self._line.update({"text/plain": self._text + more}, raw=True)
        elif sys.stderr.isatty():
            print(f"\r{percent:4} %", end="\n" if percent == 100 else "", file=sys.stderr)

    def preview(self, rows, xy):
        """Show the map of the first sample."""
        if self._line is not None:
            from IPython.display import display

            self._picture = display(
                _map_picture(xy, f"first map, of {len(rows):,} points"), display_id=True
            )

    def done(self, xy):
        """Show the whole map in place of the first one."""
        if self._picture is not None:
            self._picture.update(_map_picture(xy, f"map of {len(xy):,} points"))


def _map_picture(xy, text):
    from ..picture.raster import compose, rasterize

    return Picture(compose(rasterize(xy, width=_SIDE, height=_SIDE)), text)


def _in_notebook():
    """Return whether a kernel runs us: IPython in a terminal shows no pictures."""
    if "IPython" not in sys.modules:
        return False
    shell = sys.modules["IPython"].get_ipython()
    return shell is not None and hasattr(shell, "kernel")
