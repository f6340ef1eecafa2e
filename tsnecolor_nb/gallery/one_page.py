"""Some techniques in one page that needs no kernel: `standalone` with colors and their legends."""

from ..arrays.files import check_writable
from ..legend.explain import explain
from ..legend.page_entries import page_entries, write_embedding_page
from ..standalone.page import PageColoring
from ..techniques.run import CachedRun
from ..techniques.table import TECHNIQUES
from .page import check_techniques

PAGE_TECHNIQUES = ("pca_oklab", "pca_rgb", "kmeans")


def write_one_page(
    embedding, path, techniques, *, background="auto", overwrite=False, say=print
):
    """Write some techniques, and columns of metadata, as one page; see `write_embedding_page`.

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
    path = write_embedding_page(
        path, embedding, colorings, background=background, overwrite=overwrite
    )
    return path, failed
