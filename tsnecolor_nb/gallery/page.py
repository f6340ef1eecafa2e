"""A gallery in a folder: a PNG for each technique, one page with all, the colors as Parquet.

The page shows techniques by family, and says what each is for and what it does not show.
"""

from html import escape
from pathlib import Path

import numpy as np

from ..arrays.files import write_whole
from ..colors.columns import column_colors
from ..data.save import save_table
from ..picture.png import data_uri, png
from ..picture.raster import Raster, compose
from ..techniques.run import CachedRun
from ..techniques.table import TECHNIQUES

_MAX_COLUMNS, _MAX_LABELS = 8, 12
_STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 1320px; padding: 0 1em }
section { display: grid; grid-template-columns: repeat(auto-fill, minmax(360px, 1fr)); gap: 1.5em }
figure { margin: 0 } img { width: 100%; border: 1px solid #ddd } h3 { font-size: 1em; margin: 0 }
figcaption, footer { color: #444 } li { overflow-wrap: anywhere }
ul { list-style: none; padding: 0; margin: 0; columns: 2 }
i { display: inline-block; width: .8em; height: .8em; margin-right: .4em }
"""


def write_folder(
    embedding, folder, *, techniques=None, size=600, background="white", force=False, say=print
):
    """Write every technique's picture, one page that shows them all, and the colors.

    `folder` is created if needed. It gets ``index.html``, which contains its pictures and needs no
    other file, ``map.png``, a PNG for each technique and each of the first eight columns of
    metadata, and ``colors.parquet`` with x, y and three columns of 0..255 for each technique.
    `size` is the side of a picture in pixels; `say` receives one line of text before each
    technique, and where one fails. Return the path of ``index.html``, and a dict from the
    techniques that could not color these data to the reason.

    Raise a ValueError if a technique does not exist, and a FileExistsError, before anything is
    written, if one of the files exists and `force` is false.
    """
    folder = Path(folder)
    names = list(TECHNIQUES if techniques is None else techniques)
    check_techniques(names)
    meta = {} if embedding.meta is None else dict(list(embedding.meta.items())[:_MAX_COLUMNS])
    # A column's name may hold anything, even a path.
    files = ["map", *names, *(f"column_{number}" for number in range(1, len(meta) + 1))]
    paths = iter([folder / f"{name}.png" for name in files])
    page, table = folder / "index.html", folder / "colors.parquet"
    check_free([page, table, *(folder / f"{name}.png" for name in files)], force)
    folder.mkdir(parents=True, exist_ok=True)
    raster = Raster(embedding.xy)

    def figure(srgb8, title, caption, categorical=False):
        raster.recolor(srgb8, categorical)
        picture = png(compose(raster.rgba(width=size, height=size), background))
        write_whole(next(paths), picture, overwrite=force)
        return _figure(title, f'<img src="{data_uri(picture)}" alt="{escape(title)}">', caption)

    sections = {"The map": [figure(None, "Without colors", "")]}
    sections |= {_heading(technique): [] for technique in TECHNIQUES.values()}
    run, columns, failed = CachedRun(embedding), dict(zip("xy", embedding.xy.T, strict=True)), {}
    for name in names:
        technique = TECHNIQUES[name]
        title, section = technique.title, sections[_heading(technique)]
        say(f"{title} …")
        try:
            srgb8 = np.array(run.run(name))
        except (ValueError, TypeError) as error:
            next(paths)
            failed[name] = str(error)
            say(f"  left out: {error}")
            section.append(_figure(title, f"<p>Left out: {escape(str(error))}</p>"))
            continue
        columns |= {f"{name}_{c}": srgb8[:, j] for j, c in enumerate(("red", "green", "blue"))}
        section.append(figure(srgb8, title, _purpose(technique), technique.categorical))
    sections["Metadata"] = [
        figure(colored.srgb8, colored.name, _legend(colored), colored.kind == "labels")
        for colored in map(column_colors, meta.values())
    ]
    save_table(table, columns, overwrite=force)
    write_whole(page, _page(embedding, sections).encode(), overwrite=force)
    return page, failed


def check_techniques(names):
    """Raise a ValueError unless all names are in the table of techniques."""
    if unknown := [name for name in names if name not in TECHNIQUES]:
        raise ValueError(
            f"techniques must be among {', '.join(TECHNIQUES)}, got {', '.join(unknown)}"
        )


def check_free(paths, force):
    """Raise a FileExistsError if one of the paths exists, unless `force` is true."""
    taken = [path for path in paths if path.exists()]
    if taken and not force:
        raise FileExistsError(
            f"{str(taken[0])!r} exists; choose another folder, "
            f"or replace existing files with force=True (--force)"
        )


def _heading(technique):
    return f"Techniques: {technique.family}"


def _purpose(technique):
    """Return what a technique does, what it is for and what it does not show, as HTML."""
    return (
        f"<p>{escape(technique.description)}</p><p><b>For</b> {escape(technique.good_for)}. "
        f"<b>Not for</b> {escape(technique.bad_at)}.</p>"
    )


def _figure(title, picture, caption=""):
    caption = f"<figcaption>{caption}</figcaption>" if caption else ""
    return f"<figure><h3>{escape(title)}</h3>{picture}{caption}</figure>"


def _legend(colored):
    """Return the meaning of a column's colors as HTML."""
    if colored.kind == "value":
        low, high = colored.limits
        unit = f" {colored.unit}" if colored.unit else ""
        return f"<p>From {low:.4g} (dark) to {high:.4g} (bright){escape(unit)}.</p>"
    items = [
        f'<li><i style="background: rgb({r}, {g}, {b})"></i>{escape(name[:80])}</li>'
        for name, (r, g, b) in zip(colored.names[:_MAX_LABELS], colored.palette, strict=False)
    ]
    n_more = len(colored.names) + colored.n_other - len(items)
    more = f"<p>and {n_more:,} more, smaller ones</p>" if n_more else ""
    return f"<ul>{''.join(items)}</ul>{more}"


def _page(embedding, sections):
    n, d = embedding.X.shape
    name = escape(embedding.name)
    notes = [*embedding.notes]
    if embedding.incomplete is not None:
        notes.append(f"{embedding.incomplete.sum():,} incomplete rows are grey")
    items = "".join(f"<li>{escape(note)}</li>" for note in notes)
    parts = "".join(
        f"<h2>{escape(heading)}</h2><section>{''.join(figures)}</section>"
        for heading, figures in sections.items() if figures
    )
    return (
        f'<!DOCTYPE html>\n<html lang="en"><meta charset="utf-8"><title>{name}</title>'
        f"<style>{_STYLE}</style><h1>{name}</h1>"
        f"<p>{n:,} points in {d:,} dimensions on one map, colored by each technique. Made by "
        f"tsnecolor_nb; colors.parquet beside this page holds the colors.</p>"
        f"{parts}<footer><p>On loading:</p><ul>{items}</ul></footer></html>\n"
    )
