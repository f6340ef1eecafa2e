"""The folder that Sphinx reads: chapters with their living maps, pages from the README, the API.

It has the shape of the repository, so that links between files stay as they are.
"""

import inspect
import json
import re
import shutil
from html import escape
from pathlib import Path
from posixpath import normpath

import nbformat

import tsnecolor_nb
from tsnecolor_nb import TECHNIQUES

from .maps import DISTANCES, SLIDERS

ROOT = Path(__file__).resolve().parents[2]
# Sections of the README that are a page of their own on the site.
TABLES = ("How much the colors tell", "How fast", "How large")
MORE = ("docs/bad_input.md", "docs/private_names.md", "docs/glossary.md", "CONTRIBUTING.md",
        "CHANGELOG.md", "tsnecolor_nb/glyphs/FONTS.md")
# What the maps show of chapters whose live cell does not name a technique, or not all.
SHOWN = {
    "00_start_here": ["hue_and_lightness"],
    "01_raw_map": ["plain", "script"],
    "20_explore": ["pca_oklab", "kmeans", "ica_argmax", "script"],
    "33_honest_pixels": ["kmeans"],
}
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
_NEIGHBORS = re.compile(r"^.*\[Contents\]\(00_start_here\.ipynb\).*\n?", re.MULTILINE)
_LIVE = re.compile(r"^## Live", re.MULTILINE)


class Source:
    """Writes the source of the site.

    Parameters
    ----------
    folder : Path
        Replaced.
    maps : Maps
    chapters : list of str
        File names of notebooks without their ending, in order.
    repository : str
        "owner/name" on GitHub; if empty, links into it become plain text.
    """

    def __init__(self, folder, maps, chapters, repository=""):
        self.folder, self.maps, self.chapters = folder, maps, chapters
        self.repository = repository
        self.techniques = {
            name: technique for name, technique in TECHNIQUES.items()
            if Path(technique.notebook).stem in chapters
        }
        sections = re.split(r"^## ", (ROOT / "README.md").read_text("utf-8"), flags=re.MULTILINE)
        self._readme = {section.partition("\n")[0]: section for section in sections}
        rows = re.findall(r"^\| \[([^\]]+)\]\(notebooks/(\w+)\.ipynb\)", "".join(sections), re.M)
        self.titles = {stem: title for title, stem in rows}
        self.documents = {f"notebooks/{chapter}.ipynb" for chapter in chapters}
        self.documents |= {"README.md", "docs/tables.md", *MORE}

    def write(self):
        """Write everything."""
        if self.folder.exists():
            shutil.rmtree(self.folder)
        for path in sorted([*ROOT.glob("docs/*.png"), *ROOT.glob("notebooks/images/*")]):
            self._place(path.relative_to(ROOT)).write_bytes(path.read_bytes())
        for name in MORE:
            self._write(name, (ROOT / name).read_text("utf-8"))
        front, *rest = self._readme.values()
        about = [text for text in rest if text.partition("\n")[0] not in (*TABLES, "The notebooks")]
        self._write("README.md", "## ".join([front, *about]))
        sections = [self._readme[name] for name in TABLES]
        tables = "## ".join(["# Speed and seen score\n\n", *sections])
        self._write("docs/tables.md", tables.replace("](", "](../"), links_from="docs")
        for chapter in self.chapters:
            self._write_chapter(chapter)
        self._write_api()
        self._write("index.md", self._front())

    def _place(self, name):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _write(self, name, text, links_from=None):
        folder = str(Path(name).parent) if links_from is None else links_from
        text = text if name.startswith(("api/", "index")) else self._mend_links(text, folder)
        self._place(name).write_text(text, "utf-8")

    def _mend_links(self, text, folder):
        """Lead links to files that are no pages of the site into the repository, or nowhere."""

        def mend(match):
            picture, words, target = match.groups()
            path = target.partition("#")[0]
            if picture or ":" in target or not path:
                return match[0]
            inside = normpath(f"{folder}/{path}")
            if inside in self.documents:
                return match[0]
            if self.repository:
                return f"[{words}](https://github.com/{self.repository}/blob/HEAD/{inside})"
            return words

        return _LINK.sub(mend, text)

    # --- chapters ---

    def _write_chapter(self, chapter):
        nb = nbformat.read(ROOT / f"notebooks/{chapter}.ipynb", 4)
        for cell in nb.cells:  # the theme has its own links to the chapters before and after
            cell.source = _NEIGHBORS.sub("", cell.source)
        nb.cells = [cell for cell in nb.cells if cell.source.strip()]
        live = next((i for i, c in enumerate(nb.cells) if _is_live(c)), None)
        techniques = self._techniques_of(chapter, nb.cells, live)
        added = []
        if chapter in DISTANCES:
            widget = next(i for i, c in enumerate(nb.cells) if "SelectionSlider" in c.source)
            nb.cells[widget].outputs = []  # the frames show it, at more distances
            added.append((widget + 1, self._frames(self.maps.seen(chapter))))
        elif techniques:
            heading = (i for i, c in enumerate(nb.cells) if i and c.source.startswith("## "))
            place = next(heading, len(nb.cells)) if live is None else live + 2
            added.append((place, self._living_map(chapter, techniques)))
        for place, html in added:
            nb.cells.insert(place, nbformat.v4.new_markdown_cell(html))
        title, _, rest = nb.cells[0].source.partition("\n")
        nb.cells[0].source = f"{title}\n\n{self._chapter_links(chapter)}\n{rest}"
        for cell in nb.cells:
            if cell.cell_type == "markdown":
                cell.source = self._mend_links(cell.source, "notebooks")
            elif alt := _alternative_text(cell.outputs):
                cell.metadata["mystnb"] = {"image": {"alt": alt}}
        nbformat.write(nb, self._place(f"notebooks/{chapter}.ipynb"))

    def _techniques_of(self, chapter, cells, live):
        """Return the names of the colorings on a chapter's living map; none for no map."""
        if chapter in SHOWN or live is None:
            return SHOWN.get(chapter, [])
        named = re.findall(r'\batlas, "(\w+)"', cells[live + 1].source)
        own = [n for n, t in self.techniques.items() if t.notebook == f"{chapter}.ipynb"]
        return list(dict.fromkeys(named + own))

    def _chapter_links(self, chapter):
        links = [f'<a href="{chapter}.ipynb" download>Download this notebook</a>']
        if self.repository:
            path = f"notebooks/{chapter}.ipynb"
            links += [
                f'<a href="https://mybinder.org/v2/gh/{self.repository}/HEAD'
                f'?urlpath=lab/tree/{path}">Run it on Binder</a>',
                f'<a href="https://github.com/{self.repository}/blob/HEAD/{path}">Source</a>',
            ]
        following = self.chapters[self.chapters.index(chapter) + 1 :][:1]
        links += [f'<a href="{n}.html">Next: {escape(self.title(n))}</a>' for n in following]
        return f'<p class="chapter-links">{" ".join(links)}</p>'

    def title(self, chapter):
        """Return the short title of a chapter, as the README has it."""
        return self.titles.get(chapter, chapter.replace("_", " "))

    def _living_map(self, chapter, techniques):
        page, count = self.maps.page(chapter, techniques)
        steps = SLIDERS.get(chapter)
        poster = self.maps.picture(steps[0].technique if steps else techniques[0])
        slider, total = "", len(self.maps.embedding)
        if steps:
            slider = _slider([step.label for step in steps])
        shown = f"{count:,} points" if count == total else f"{count:,} of {total:,} points"
        return (
            f'<figure class="living-map" data-page="../maps/{page}">\n{slider}'
            f'<div class="frame"><img src="../maps/{poster}" alt="The map" loading="lazy" '
            f'width="660" height="660"></div>\n'
            f"<figcaption>{shown}, live in your browser: the wheel or two fingers zoom, dragging "
            "moves, resting on a point says what it is. On a phone, tap the map first. "
            f'<a href="../maps/{page}" target="_blank">'
            "Open in its own window</a></figcaption>\n</figure>"
        )

    def _frames(self, frames):
        images = "".join(
            f'<img src="../maps/{name}" alt="{escape(label)}" loading="lazy" width="660" '
            f'height="660"{"" if i == 0 else " hidden"}>'
            for i, (label, name) in enumerate(frames.items())
        )
        return (
            f'<figure class="frames">\n{_slider(list(frames))}<div>{images}</div>\n'
            "<figcaption>The whole map from near to far.</figcaption>\n</figure>"
        )

    # --- front ---

    def _front(self):
        title, _, text, *_ = next(iter(self._readme.values())).split("\n\n")
        families = {}
        for name, technique in self.techniques.items():
            families.setdefault(f"Techniques: {technique.family}", []).append(name)
        start = self.chapters[0]
        lines = [
            f"{title}\n", text, "",
            f'<p class="start"><a href="notebooks/{start}.html">'
            f"Start reading: {escape(self.title(start))}</a></p>\n",
        ]
        for family, names in families.items():
            cards = "\n".join(self._card(name) for name in names)
            lines += [f"## {family}\n", f'<div class="gallery">\n{cards}\n</div>\n']
        rows = re.findall(r"^\| \[.*\(notebooks/(\w+)\.ipynb\) \| (.+) \|$",
                          self._readme["The notebooks"], re.MULTILINE)
        questions = "\n".join(
            f"| [{self.title(stem)}](notebooks/{stem}.ipynb) | {question} |"
            for stem, question in rows if stem in self.chapters
        )
        lines.append(f"## All chapters\n\n| chapter | the question |\n|---|---|\n{questions}\n")
        chapters = [f"{self.title(name)} <notebooks/{name}>" for name in self.chapters]
        more = ["README", "docs/tables", "docs/bad_input", "docs/glossary", "api/index",
                "CONTRIBUTING", "CHANGELOG", "tsnecolor_nb/glyphs/FONTS", "docs/private_names"]
        more[0] = "About, installing, own data <README>"
        return "\n".join([*lines, _toctree("Chapters", chapters), _toctree("More", more)])

    def _card(self, name):
        technique = self.techniques[name]
        return (
            f'<a href="notebooks/{Path(technique.notebook).stem}.html">'
            f'<img src="maps/{self.maps.picture(name)}" alt="" loading="lazy" '
            f'width="660" height="660"><strong>{escape(technique.title)}</strong>'
            f"<span>{escape(technique.description)}</span>"
            f"<span><b>For</b> {escape(technique.good_for)}.</span>"
            f"<span><b>Not for</b> {escape(technique.bad_at)}.</span></a>"
        )

    # --- reference ---

    def _write_api(self):
        contributing = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
        says = dict(re.findall(r"^\| \d \| `(\w+)` \| (.+) \|$", contributing, re.MULTILINE))
        folders = {}
        for name in tsnecolor_nb.__all__:
            thing = getattr(tsnecolor_nb, name)
            module = getattr(thing, "__module__", None) or "tsnecolor_nb.techniques.table"
            module = "tsnecolor_nb.techniques.table" if name == "TECHNIQUES" else module
            folders.setdefault(module.split(".")[1], []).append(name)
        order = [*says, *folders]
        folders = dict(sorted(folders.items(), key=lambda item: order.index(item[0])))
        pictures = self._pictures_of_names()
        for folder, names in folders.items():
            parts = [_heading(folder, "="), says.get(folder, "").capitalize() + ".\n"]
            for name in names:
                parts += [_heading(name, "-"), self._entry(name, pictures.get(name))]
            self._write(f"api/{folder}.rst", "\n".join(parts))
        listing = "\n".join(
            f"* - :doc:`{folder}`\n  - "
            + ", ".join(f":py:obj:`~tsnecolor_nb.{name}`" for name in names)
            for folder, names in folders.items()
        )
        listing = "\n".join("   " + line for line in listing.split("\n"))
        toctree = ".. toctree::\n   :hidden:\n\n" + "".join(f"   {name}\n" for name in folders)
        table = f".. list-table::\n   :widths: 20 80\n\n{listing}\n"
        intro = "All public names, by the folder of the package that defines them.\n"
        head = _heading("The public names", "=")
        self._write("api/index.rst", "\n".join([head, intro, table, toctree]))

    def _entry(self, name, technique):
        thing = getattr(tsnecolor_nb, name)
        if name == "TECHNIQUES":
            rows = "".join(f"* ``{n}``: {t.title}\n" for n, t in TECHNIQUES.items())
            return ".. py:data:: tsnecolor_nb.TECHNIQUES\n\n   The techniques by name.\n\n" + rows
        if inspect.isclass(thing):
            text = f".. autoclass:: tsnecolor_nb.{name}\n   :members:\n"
        else:
            text = f".. autofunction:: tsnecolor_nb.{name}\n"
        if technique:
            chapter = f"../notebooks/{Path(TECHNIQUES[technique].notebook).stem}.html"
            text = (
                f".. raw:: html\n\n   <figure class=\"used-in\"><a href=\"{chapter}\"><img "
                f'src="../maps/{self.maps.picture(technique)}" alt="" loading="lazy" width="660" '
                f'height="660"></a><figcaption>In the technique '
                f'“{escape(TECHNIQUES[technique].title)}”</figcaption></figure>\n\n{text}'
            )
        return text

    def _pictures_of_names(self):
        """Return public name -> the technique whose picture shows what it does."""
        found = {name: name for name in self.techniques if name in tsnecolor_nb.__all__}
        for name, technique in self.techniques.items():
            for _, step in technique.pipeline().steps:
                for part in (step, *(s for _, s in getattr(step, "transformer_list", ()))):
                    found.setdefault(type(part).__name__, name)
        return found


def _alternative_text(outputs):
    """Return what the stored pictures of a cell show, for readers who cannot see them."""
    shown = [out.data for out in outputs if "image/png" in out.get("data", ())]
    texts = [data.get("text/plain", "") for data in shown]
    return "; ".join(re.sub(r"^<(Picture )?|(, \d+ × \d+)?>$", "", text) for text in texts)


def _is_live(cell):
    return cell.cell_type == "markdown" and bool(_LIVE.search(cell.source))


def _slider(labels):
    data = escape(json.dumps(labels))
    return (
        f'<label class="slider"><input type="range" min="0" max="{len(labels) - 1}" value="0" '
        f'data-labels="{data}"><output>{escape(labels[0])}</output></label>\n'
    )


def _toctree(caption, entries):
    lines = "\n".join(entries)
    return f"```{{toctree}}\n:hidden:\n:caption: {caption}\n\n{lines}\n```\n"


def _heading(text, line):
    return f"{text}\n{line * len(text)}\n"
