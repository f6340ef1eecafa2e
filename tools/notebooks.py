"""Execute, strip and check the notebooks.

    python tools/notebooks.py execute [NOTEBOOK …]   run in fresh kernels, strip, write back, check
    python tools/notebooks.py strip   [NOTEBOOK …]   remove what may not be stored
    python tools/notebooks.py link    [NOTEBOOK …]   lead each to the chapters beside it
    python tools/notebooks.py check   [NOTEBOOK …]   print what is wrong

Without names: all notebooks of the folder notebooks/.
"""

import argparse
import base64
import io
import os
import re
import sys
import time
from pathlib import Path
from typing import NamedTuple

import nbformat
import psutil
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from PIL import Image

FOLDER = Path(__file__).resolve().parent.parent / "notebooks"

MAX_SECONDS = 60
MAX_MIB = 1024  # what Binder guarantees
MAX_BYTES = 1_500_000
CELL_TIMEOUT = 120  # seconds
MIN_WORDS_PER_LINE = 8  # of prose, for each line of code

# Whatever kernel wrote a notebook, its metadata read the same.
METADATA = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {
        "file_extension": ".py",
        "mimetype": "text/x-python",
        "name": "python",
        "pygments_lexer": "ipython3",
    },
}
LINKS = "links-top", "links-bottom"  # ids of the cells that lead to other chapters
CELL_METADATA = {"tags", "jupyter"}  # all other entries tell of the machine or of a moment

# A stored widget hides the picture beside it from a reader without a kernel; scripts are megabytes.
LIVE = re.compile(
    r"application/(javascript|vnd\.(jupyter\.widget|bokehjs_|holoviews_).*)|text/javascript"
)
# scikit-learn's diagrams bring a script that only copies parameters' names: they show without it.
SCRIPT = re.compile(r"<script.*?</script>", re.DOTALL)
WITHOUT_SCRIPT = "<!-- script -->"  # nbval puts the same in place of scripts, see its settings
PICTURES = ("<View", "<Picture", "<Figure", "<Explorer")
ANSI = "\x1b["
# /name/name, but not within a URL, a relative path, a closing HTML tag or an expression.
ABSOLUTE_PATH = re.compile(r"(?<![\w.:/<~=+*)\]}&;%-])/[A-Za-z_][\w.-]*/[\w.-]+|\b[A-Z]:\\\w")


class Run(NamedTuple):
    """What one execution of a notebook cost."""

    seconds: float
    mib: float

    def problems(self, max_seconds=MAX_SECONDS):
        """Return which limits this run broke, as a list of sentences."""
        found = []
        if self.seconds > max_seconds:
            found.append(f"ran for {self.seconds:.0f} s, more than {max_seconds} s")
        if self.mib > MAX_MIB:
            found.append(f"its kernel took {self.mib:.0f} MiB, more than {MAX_MIB} MiB")
        return found


def resident_mib(pid):
    """Return the memory of a process in MiB: its peak where Linux tells it, else that of now."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+) kB", status)[1]) / 1024
    except FileNotFoundError:
        return psutil.Process(pid).memory_info().rss / 2**20


def execute(nb, folder):
    """Run all cells of a notebook in a fresh kernel and keep their outputs in it.

    Parameters
    ----------
    nb : nbformat.NotebookNode
        Changed in place.
    folder : path
        Where the kernel runs.

    Returns
    -------
    Run
        Seconds, start of the kernel included, and the kernel's peak memory.

    Raises
    ------
    CellExecutionError, CellTimeoutError, DeadKernelError
        From nbclient, if a cell fails, takes too long, or takes the kernel with it.
    """
    client = NotebookClient(
        nb,
        timeout=CELL_TIMEOUT,
        kernel_name="python3",
        store_widget_state=False,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(folder)}},
    )
    mib = [0.0]
    client.on_cell_executed = lambda **_: mib.append(resident_mib(client.km.provisioner.pid))
    start = time.perf_counter()
    client.execute()
    return Run(time.perf_counter() - start, max(mib))


def strip(nb):
    """Remove in place what may not be stored: live outputs, and traces of the machine."""
    nb.metadata = nbformat.from_dict(METADATA)
    for cell in nb.cells:
        for key in set(cell.metadata) - CELL_METADATA:
            del cell.metadata[key]
        if cell.cell_type == "code":
            cell.outputs = [out for out in cell.outputs if not _emptied(out)]


def _emptied(output):
    """Drop the live mime types of an output; return whether nothing else was in it."""
    if "data" not in output:
        return False
    for mime in [m for m in output.data if LIVE.fullmatch(m)]:
        del output.data[mime]
        output.metadata.pop(mime, None)
    if "text/html" in output.data:
        output.data["text/html"] = SCRIPT.sub(WITHOUT_SCRIPT, output.data["text/html"])
    return not output.data


def check(path):
    """Return what is wrong with a stored notebook: a list of sentences, empty if all is well."""
    problems = []
    if (size := Path(path).stat().st_size) > MAX_BYTES:
        problems.append(f"{size:,} bytes, more than {MAX_BYTES:,}")
    return problems + check_notebook(nbformat.read(path, 4))


def check_notebook(nb):
    """Return what is wrong with a notebook in memory: a list of sentences."""
    problems = _check_metadata(nb) + _check_prose(nb)
    count = 0
    for index, cell in enumerate(nb.cells):
        found = _check_text(cell.source)
        if cell.cell_type == "code":
            count += 1
            found += _check_execution(cell, count) + _check_pictures(cell)
            found += [problem for out in cell.outputs for problem in _check_output(out)]
        problems += [f"cell {index}: {problem}" for problem in found]
    return problems


def _check_metadata(nb):
    if "widgets" in nb.metadata:
        return ["holds the state of widgets"]
    if nb.metadata != METADATA:
        return ["holds metadata of one machine"]
    return []


def _check_prose(nb):
    prose = " ".join(cell.source for cell in nb.cells if cell.cell_type == "markdown")
    words = len(re.findall(r"[^\W\d_]{2,}|\b[aAI]\b", re.sub(r"\]\(.*?\)", "]", prose)))
    source = "\n".join(cell.source for cell in nb.cells if cell.cell_type == "code")
    lines = [x for x in source.splitlines() if x.strip() and not x.lstrip().startswith("#")]
    if words < MIN_WORDS_PER_LINE * len(lines):
        return [
            f"{words} words for {len(lines)} lines of code, fewer than {MIN_WORDS_PER_LINE} each"
        ]
    return []


def _check_execution(cell, count):
    if not cell.source.strip():
        return ["holds no code"]
    if cell.execution_count != count:
        return [f"executed as number {cell.execution_count}, not in order as {count}"]
    return []


def _check_pictures(cell):
    """Whoever reads without a kernel must see a picture wherever one is shown."""
    shown = [out.data for out in cell.outputs if "data" in out]
    problems = [
        f"stores no image/png for {text[:40]}"
        for data in shown
        if (text := data.get("text/plain", "")).startswith(PICTURES) and "image/png" not in data
    ]
    pngs = [data["image/png"] for data in shown if "image/png" in data]
    if "picture" in cell.metadata.get("tags", ()) and not pngs:
        problems.append("is tagged picture and stores no image/png")
    return problems + ["stores a picture of one flat color" for png in pngs if _is_flat(png)]


def _is_flat(png):
    image = Image.open(io.BytesIO(base64.b64decode(png))).convert("RGBA")
    return all(low == high for low, high in image.getextrema())


def _check_output(output):
    if output.output_type == "error":
        return [f"ends in {output.ename}"]
    if output.output_type == "stream":
        problems = [f"writes to stderr: {output.text[:80]!r}"] if output.name == "stderr" else []
        return problems + _check_text(output.text)
    live = [f"stores {mime}" for mime in output.data if LIVE.fullmatch(mime)]
    if "<script" in output.data.get("text/html", ""):
        live.append("stores a script in text/html")
    texts = [text for mime, text in output.data.items() if mime.startswith("text/")]
    return live + [problem for text in texts for problem in _check_text(text)]


def _check_text(text):
    problems = [f"names an absolute path, {path[0]}" for path in ABSOLUTE_PATH.finditer(text)]
    if ANSI in text:
        problems.append("holds terminal color codes")
    return problems


def links(path):
    """Return the line of a chapter that leads to the one before, to the contents and to the next.

    Parameters
    ----------
    path : Path
        Of a notebook whose folder holds all chapters.
    """
    chapters = sorted(path.parent.glob("*.ipynb"))
    place = [chapter.name for chapter in chapters].index(path.name)
    parts = [f"[Contents]({chapters[0].name})"]
    if place:
        parts.insert(0, f"← {_link(chapters[place - 1])}")
    if place < len(chapters) - 1:
        parts.append(f"{_link(chapters[place + 1])} →")
    return " · ".join(parts)


def _link(path):
    title = nbformat.read(path, 4).cells[0].source.partition("\n")[0].lstrip("# ")
    return f"[{path.name[:2]} {title}]({path.name})"


def _linked(nb, line):
    """Return the cells of a notebook with the line below its introduction and at its end."""
    first, *others = [cell for cell in nb.cells if cell.id not in LINKS]
    top, bottom = (nbformat.v4.new_markdown_cell(line, id=name) for name in LINKS)
    return [first, top, *others, bottom]


def write(nb, path):
    """Write a notebook such that no half of it is ever on disk."""
    unfinished = path.with_suffix(".tmp")
    nbformat.write(nb, unfinished)
    os.replace(unfinished, path)


def execute_all(paths):
    """Execute notebooks and write back those that ran; return the problems of each path."""
    problems = {}
    print(f"{'notebook':32} {'seconds':>8} {'MiB':>6}")
    for path in paths:
        nb = nbformat.read(path, 4)
        try:
            run = execute(nb, path.parent)
        except (CellExecutionError, CellTimeoutError, DeadKernelError) as error:
            problems[path] = [f"failed and was left as it was: {error}"]
            continue
        strip(nb)
        write(nb, path)
        print(f"{path.name:32} {run.seconds:8.1f} {run.mib:6.0f}", flush=True)
        problems[path] = run.problems() + check(path)
    return problems


def strip_all(paths):
    """Strip notebooks; return the problems of each path: there are none."""
    for path in paths:
        nb = nbformat.read(path, 4)
        before = nbformat.writes(nb)
        strip(nb)
        if nbformat.writes(nb) != before:
            write(nb, path)
    return {}


def link_all(paths):
    """Link chapters with those before and after them; return the problems of each path: none."""
    for path in paths:
        nb = nbformat.read(path, 4)
        cells = _linked(nb, links(path))
        if cells != nb.cells:
            nb.cells = cells
            write(nb, path)
    return {}


def check_all(paths):
    """Check notebooks; return the problems of each path."""
    return {path: check(path) + _check_links(path) for path in paths}


def _check_links(path):
    nb = nbformat.read(path, 4)
    if nb.cells != _linked(nb, links(path)):
        return ["links to other chapters than those before and after it: run `link`"]
    return []


def main(args=None):
    """Run one command over the notebooks; return 1 if there is a problem, else 0."""
    commands = {
        "execute": execute_all, "strip": strip_all, "link": link_all, "check": check_all
    }
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=commands)
    parser.add_argument("notebooks", nargs="*", type=Path)
    options = parser.parse_args(args)
    problems = commands[options.command](options.notebooks or sorted(FOLDER.glob("*.ipynb")))
    for path, found in problems.items():
        for problem in found:
            print(f"{path.name}: {problem}", file=sys.stderr)
    return int(any(problems.values()))


if __name__ == "__main__":
    sys.exit(main())
