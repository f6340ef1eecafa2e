"""Some techniques in one page that needs no kernel: `standalone` with colors and their legends."""

from ..arrays.files import check_writable
from ..colors.columns import column_colors
from ..legend.explain import explain, explain_column
from ..legend.page_entries import page_entries
from ..standalone.page import PageColoring, write_page
from ..techniques.run import CachedRun
from ..techniques.table import TECHNIQUES
from .page import check_techniques

PAGE_TECHNIQUES = ("pca_oklab", "pca_rgb", "kmeans")
_MAX_COLUMNS = 8


def write_one_page(
    embedding, path, techniques, *, background="auto", overwrite=False, say=print
):
    """Write some techniques and the first eight columns of metadata as one page; see `write_page`.

    `techniques` are names in `TECHNIQUES`. `say` receives one line of text before each technique,
    and where one fails. Return the path, and a dict from the techniques that could not color these
    data to the reason. Raise as `write_page` does.
    """
    check_techniques(techniques)
    check_writable(path, overwrite)
    run, colorings, failed = CachedRun(embedding), [], {}
    for name in techniques:
        technique = TECHNIQUES[name]
        say(f"{technique.title} …")
        try:
            srgb8 = run.run(name)
        except (ValueError, TypeError) as error:
            failed[name] = str(error)
            say(f"  left out: {error}")
            continue
        legend = explain(
            embedding.complete(), run.steps, run.last_input(), from_X=technique.values is None
        )
        colorings.append(
            PageColoring(technique.title, srgb8, technique.categorical, page_entries(legend))
        )
    meta = dict(list(embedding.meta.items())[:_MAX_COLUMNS])
    for column in meta.values():
        colored = column_colors(column)
        legend = page_entries(explain_column(embedding, colored))
        title, categorical = f"Metadata: {colored.name}", colored.kind == "labels"
        colorings.append(PageColoring(title, colored.srgb8, categorical, legend))
    has_pictures = embedding.decode is not None or embedding.images is not None
    path = write_page(
        path, embedding.xy, colorings or [PageColoring("no colors")], columns=meta or None,
        pictures=embedding.pictures if has_pictures else None, title=embedding.name,
        background=background, overwrite=overwrite,
    )
    return path, failed
