"""Build the site: `python -m tools.site`, or `make site`.

The environment variable REPOSITORY, "owner/name" on GitHub, is the one setting from which links to
Binder, links to the source and the site's own address come. Without it the site has none of them.
"""

import argparse
import os
import re
import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import build_main

from .maps import Maps
from .source import ROOT, Source


def main(arguments=None):
    """Build the site; return the exit status of Sphinx."""
    parser = argparse.ArgumentParser(prog="python -m tools.site", description=__doc__)
    parser.add_argument("--out", type=Path, default=ROOT / "docs/_build", help="folder to build in")
    parser.add_argument("--points", type=int, default=0, help="points of the maps; 0 is all")
    parser.add_argument("chapters", nargs="*", help="notebooks without .ipynb; all unless given")
    asked = parser.parse_args(arguments)
    repository = os.environ.get("REPOSITORY", "")
    if repository and not re.fullmatch(r"[\w.-]+/[\w.-]+", repository):
        parser.error(f"REPOSITORY must be owner/name, got {repository!r}")
    every = sorted(path.stem for path in (ROOT / "notebooks").glob("*.ipynb"))
    if strange := set(asked.chapters) - set(every):
        parser.error(f"no such notebooks: {', '.join(sorted(strange))}")
    chapters = [name for name in every if name in (asked.chapters or every)]
    source, html = asked.out / "source", asked.out / "html"
    maps = Maps(asked.out / "maps", asked.points)
    print("Coloring the maps (what is there already is kept) …", flush=True)
    Source(source, maps, chapters, repository).write()
    if html.exists():
        shutil.rmtree(html)
    status = build_main([
        "-q", "-W", "--keep-going", "-b", "html", "-c", str(ROOT / "docs"),
        "-d", str(asked.out / "doctrees"), str(source), str(html),
    ])
    if status:
        return status
    shutil.copytree(maps.folder, html / "maps", ignore=shutil.ignore_patterns("*.txt", "*.points"))
    for chapter in chapters:
        shutil.copy(ROOT / f"notebooks/{chapter}.ipynb", html / "notebooks")
    print(f"The site stands in {os.path.relpath(html)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
