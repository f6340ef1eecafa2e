"""The gallery of your data, without opening a notebook.

    python -m tsnecolor_nb mine.parquet --xy x,y
    python -m tsnecolor_nb data128.npy --xy data2.npy --out gallery
    python -m tsnecolor_nb mine.parquet --xy x,y --page

Writes a PNG for every technique, one page with all of them that works offline, and the colors as
Parquet. With --page it writes one page instead, where the map can be zoomed, searched and
recolored, also offline. Without --xy a map is made, by t-SNE. Several files are one, row after row.
"""

import argparse
import sys
from pathlib import Path


def main(arguments=None):
    """Run the command; return 0, or 1 with the error as one line on stderr."""
    options = _parser().parse_args(arguments)
    try:
        return _write(options)
    except (ValueError, TypeError, OSError, ImportError) as error:
        print(f"python -m tsnecolor_nb: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("python -m tsnecolor_nb: stopped", file=sys.stderr)
        return 130


def _parser():
    parser = argparse.ArgumentParser(
        prog="python -m tsnecolor_nb", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="vectors, and perhaps their map")
    parser.add_argument("--out", metavar="PATH",
                        help="where to write; by default NAME_gallery, or NAME.html with --page")
    parser.add_argument("--page", action="store_true", help="write one interactive page")
    parser.add_argument("--xy", help="the map: a file, two columns as x,y, or an array of FILE")
    parser.add_argument("--columns", help="the dimensions: a,b,c, or a regular expression")
    parser.add_argument("--missing", choices=("error", "grey"), default="error",
                        help="what to do about rows with NaN or infinity")
    parser.add_argument("--method", choices=("tsne", "umap", "pacmap"), default="tsne",
                        help="how to make a map if there is none")
    parser.add_argument("--encoding", help="of text files that are not UTF-8, gb18030 say")
    parser.add_argument("--techniques", metavar="A,B,C", help="only these")
    parser.add_argument("--size", type=int, default=600, help="side of a picture in pixels")
    parser.add_argument("--background", choices=("white", "black"))
    parser.add_argument("--force", action="store_true", help="replace existing files")
    return parser


def _write(options):
    from .data.embedding import load_embedding
    from .gallery.one_page import PAGE_TECHNIQUES, write_one_page
    from .gallery.page import check_free, check_techniques, write_folder
    from .techniques.table import TECHNIQUES

    name = Path(options.files[0]).name.partition(".")[0]
    out = Path(options.out or (f"{name}.html" if options.page else f"{name}_gallery"))
    techniques = list(PAGE_TECHNIQUES if options.page else TECHNIQUES)
    if options.techniques:
        techniques = options.techniques.split(",")
    check_techniques(techniques)
    # Before a map is made, not after it.
    check_free([out if options.page else out / "index.html"], options.force)
    embedding = load_embedding(
        options.files if len(options.files) > 1 else options.files[0], _names(options.xy),
        columns=_names(options.columns), missing=options.missing, method=options.method,
        encoding=options.encoding,
    )
    if options.page:
        page, failed = write_one_page(
            embedding, out, techniques, background=options.background or "auto",
            overwrite=options.force,
        )
    else:
        page, failed = write_folder(
            embedding, out, techniques=techniques, size=options.size,
            background=options.background or "white", force=options.force,
        )
    print(f"Wrote {page}: open it in a browser.")
    return int(len(failed) == len(techniques))


def _names(text):
    """Split ``x,y`` into names, but leave the name of a file and a regular expression whole."""
    if text is None or "," not in text or Path(text).exists() or set(text) & set("[](){}|*+?\\"):
        return text
    return tuple(name.strip() for name in text.split(","))


if __name__ == "__main__":
    sys.exit(main())
