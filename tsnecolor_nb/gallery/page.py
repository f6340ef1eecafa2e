"""A gallery in a folder: a PNG for each technique, one page with all, the colors as Parquet."""

from html import escape
from pathlib import Path

import numpy as np

from ..arrays.files import write_whole
from ..colors.columns import column_colors
from ..data.save import save_table
from ..picture.png import data_uri
from ..picture.raster import Raster, compose
from ..picture.still import Picture
from ..techniques.run import CachedRun
from ..techniques.table import TECHNIQUES

_MOST_COLUMNS, _MOST_LABELS = 8, 12
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 1320px; padding: 0 1em }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(360px, 1fr)); gap: 1.5em }
figure { margin: 0 } img { width: 100%; border: 1px solid #ddd } h2 { font-size: 1em; margin: 0 }
figcaption, footer { color: #444 } li { overflow-wrap: anywhere }
ul { list-style: none; padding: 0; margin: 0; columns: 2 }
i { display: inline-block; width: .8em; height: .8em; margin-right: .4em }
"""


def write_folder(
    embedding, folder, *, techniques=None, size=600, background="white", force=False, say=print
):
    """Write every technique's picture, one page that shows them all, and the colors.

    Parameters
    ----------
    embedding : Embedding
    folder : path
        Made if it is not there. It gets ``index.html``, which holds its pictures and needs no
        other file, ``map.png``, a PNG for each technique and each of the first eight columns of
        metadata, and ``colors.parquet`` with x, y and three columns of 0..255 for each technique.
    techniques : sequence of str, optional
        Names in `TECHNIQUES`; all unless given.
    size : int
        Side of a picture in pixels.
    background : "white", "black" or (r, g, b)
    force : bool
        Whether files that stand there may be replaced.
    say : callable
        Told in a line what is being done.

    Returns
    -------
    path of the page, and a dict of the techniques that could not color these data to the reason

    Raises
    ------
    FileExistsError
        If one of the files stands there and `force` is false; then nothing is written.
    ValueError
        If a technique does not exist.
    """
    folder = Path(folder)
    names = list(TECHNIQUES if techniques is None else techniques)
    check_techniques(names)
    columns = list(embedding.meta.columns)[:_MOST_COLUMNS]
    page, table = folder / "index.html", folder / "colors.parquet"
    pictures = [folder / f"{name}.png" for name in ["map", *names, *_file_names(columns)]]
    check_free([page, table, *pictures], force)
    folder.mkdir(parents=True, exist_ok=True)
    raster, figures = Raster(embedding.xy), []

    def draw(path, srgb8, title, caption):
        raster.recolor(srgb8)
        pixels = compose(raster.rgba(width=size, height=size), background)
        png = Picture(pixels).png()
        write_whole(path, png, overwrite=force)
        figures.append(_figure(png, title, caption))

    draw(pictures[0], None, "The map", "<p>Without colors.</p>")
    kept, failed = _color_all(embedding, names, say)
    for name, path in zip(names, pictures[1:], strict=False):
        title = TECHNIQUES[name].title
        if name in failed:
            figures.append(_missing(title, failed[name]))
        else:
            draw(path, kept[name], title, f"<p>{escape(TECHNIQUES[name].description)}</p>")
    for column, path in zip(columns, pictures[1 + len(names) :], strict=True):
        colored = column_colors(embedding.meta[column])
        draw(path, colored.srgb8, f"Metadata: {colored.name}", _key(colored))
    channels = {
        f"{name}_{channel}": srgb8[:, j]
        for name, srgb8 in kept.items()
        for j, channel in enumerate(("red", "green", "blue"))
    }
    xy = {"x": embedding.xy[:, 0], "y": embedding.xy[:, 1]}
    save_table(table, xy | channels, overwrite=force)
    write_whole(page, _page(embedding, figures).encode(), overwrite=force)
    return page, failed


def check_techniques(names):
    """Raise a ValueError unless all names are in the table of techniques."""
    unknown = [name for name in names if name not in TECHNIQUES]
    if unknown:
        raise ValueError(
            f"techniques must be among {', '.join(TECHNIQUES)}, got {', '.join(unknown)}"
        )


def check_free(paths, force):
    """Raise a FileExistsError if one of the paths is taken, unless `force` is true."""
    taken = [path for path in paths if path.exists()]
    if taken and not force:
        raise FileExistsError(
            f"{str(taken[0])!r} exists; choose another folder, "
            f"or replace the files that stand there with force=True (--force)"
        )


def _color_all(embedding, names, say):
    """Return the colors by technique, and the reasons why some could not color these data."""
    run, kept, failed = CachedRun(embedding), {}, {}
    for name in names:
        say(f"{TECHNIQUES[name].title} …")
        try:
            kept[name] = np.array(run.run(name))
        except (ValueError, TypeError) as error:
            failed[name] = str(error)
            say(f"  left out: {error}")
    return kept, failed


def _file_names(columns):
    """Return file names for columns by number, since their own may hold anything, even a path."""
    return [f"column_{number}" for number in range(1, len(columns) + 1)]


def _figure(png, title, caption):
    return (
        f'<figure><h2>{escape(title)}</h2><img src="{data_uri(png)}" alt="{escape(title)}">'
        f"<figcaption>{caption}</figcaption></figure>"
    )


def _missing(title, reason):
    return f"<figure><h2>{escape(title)}</h2><p>Left out: {escape(reason)}</p></figure>"


def _key(colored):
    """Return the meaning of a column's colors as HTML."""
    if colored.kind == "value":
        low, high = colored.limits
        unit = f" {colored.unit}" if colored.unit else ""
        return f"<p>From {low:.4g} (dark) to {high:.4g} (bright){escape(unit)}.</p>"
    items = [
        f'<li><i style="background: rgb({r}, {g}, {b})"></i>{escape(name[:80])}</li>'
        for name, (r, g, b) in zip(colored.names[:_MOST_LABELS], colored.palette, strict=False)
    ]
    more = len(colored.names) + colored.n_other - len(items)
    rest = f"<p>and {more:,} more, smaller ones</p>" if more else ""
    return f"<ul>{''.join(items)}</ul>{rest}"


def _page(embedding, figures):
    n, d = embedding.X.shape
    name = escape(embedding.name)
    notes = [*embedding.notes]
    if embedding.incomplete is not None:
        notes.append(f"{embedding.incomplete.sum():,} incomplete rows are grey")
    said = "".join(f"<li>{escape(note)}</li>" for note in notes)
    return (
        f'<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>{name}</title>'
        f"<style>{_STYLE}</style><h1>{name}</h1>"
        f"<p>{n:,} points in {d:,} dimensions on one map, colored by each technique. Made by "
        f"tsnecolor_nb; colors.parquet beside this page holds the colors.</p>"
        f"<main>{''.join(figures)}</main>"
        f"<footer><p>On loading:</p><ul>{said}</ul></footer></html>\n"
    )
