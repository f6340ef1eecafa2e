"""The stored notebooks, and the tool that executes, strips and checks them.

nbval runs the notebooks and compares their text; here is what it lets through.
"""

import base64
import io
import shlex
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from PIL import Image

from tools import notebooks

ROOT = Path(__file__).resolve().parents[2]
STORED = sorted(notebooks.FOLDER.glob("*.ipynb"))
WIDGET = "application/vnd.jupyter.widget-view+json"


def png(*pixels):
    """Return a picture of one row of RGB pixels as a notebook stores it."""
    image = Image.new("RGB", (len(pixels), 1))
    image.putdata(pixels)
    file = io.BytesIO()
    image.save(file, "png")
    return base64.b64encode(file.getvalue()).decode()


def display(**data):
    """Return an output that displays these mime types: text_plain is text/plain."""
    return new_output("display_data", {k.replace("_", "/", 1): v for k, v in data.items()})


def sound():
    """Return a small notebook with nothing wrong: prose, a number, a picture."""
    picture = display(text_plain="<View 600 x 600>", image_png=png((0, 0, 0), (9, 9, 9)))
    nb = new_notebook(
        cells=[
            new_markdown_cell("Enough words for two lines of code, not one fewer, " * 2),
            new_code_cell(
                "print(1)", execution_count=1, outputs=[new_output("stream", text="1\n")]
            ),
            new_code_cell("show(xy)", execution_count=2, outputs=[picture]),
        ]
    )
    nb.metadata = nbformat.from_dict(notebooks.METADATA)
    return nb


def printed(nb, text, name="stdout"):
    """Let the first code cell print this text."""
    nb.cells[1].outputs = [new_output("stream", name=name, text=text)]


def shown(nb, **data):
    """Let the second code cell display these mime types."""
    nb.cells[2].outputs = [display(**data)]


SPOILERS = {
    "an older run": (lambda nb: nb.cells[1].update(execution_count=7), "executed as number 7"),
    "not run": (lambda nb: nb.cells[2].update(execution_count=None), "as number None, not in"),
    "empty cell": (lambda nb: nb.cells[2].update(source=" "), "holds no code"),
    "stderr": (lambda nb: printed(nb, "FutureWarning", "stderr"), "stderr: 'FutureWarning'"),
    "error": (
        lambda nb: nb.cells[1].outputs.append(new_output("error", ename="KeyError")),
        "ends in KeyError",
    ),
    "widget": (lambda nb: nb.cells[2].outputs[0].data.update({WIDGET: {}}), f"stores {WIDGET}"),
    "script": (
        lambda nb: nb.cells[2].outputs[0].data.update({"application/javascript": "1"}),
        "stores application/javascript",
    ),
    "bokeh": (
        lambda nb: nb.cells[2].outputs[0].data.update({"application/vnd.bokehjs_exec.v0+json": ""}),
        "stores application/vnd.bokehjs_exec",
    ),
    "widget state": (lambda nb: nb.metadata.update(widgets={}), "state of widgets"),
    "machine": (
        lambda nb: nb.metadata.language_info.update(version="3.11.2"),
        "metadata of one machine",
    ),
    "view without picture": (lambda nb: shown(nb, text_plain="<View 9 x 9>"), "no image/png for"),
    "figure without picture": (lambda nb: shown(nb, text_plain="<Figure>"), "no image/png for"),
    "tag without picture": (
        lambda nb: nb.cells[1].metadata.update(tags=["picture"]),
        "is tagged picture",
    ),
    "blank picture": (lambda nb: shown(nb, image_png=png((9, 9, 9), (9, 9, 9))), "one flat color"),
    "few words": (lambda nb: nb.cells[0].update(source="Look at this."), "3 words for 2 lines"),
    "words in a link": (
        lambda nb: nb.cells[0].update(source="[See](http://a-b-c-d-e-f-g-h-i-j-k-l-m-n.org)"),
        "1 words for 2 lines",
    ),
    "path in the code": (
        lambda nb: nb.cells[1].update(source="load('/data/glyphs')"),
        "absolute path, /data/glyphs",
    ),
    "path in the output": (lambda nb: printed(nb, "/tmp/a.py:3"), "absolute path, /tmp/a.py"),
    "terminal colors": (lambda nb: printed(nb, "\x1b[31mred"), "terminal color codes"),
}


@pytest.mark.parametrize("path", STORED, ids=lambda path: path.stem)
def test_stored_notebook_is_sound(path):
    """A stored notebook holds what a reader without a kernel needs, and nothing else."""
    assert notebooks.check_all([path]) == {path: []}


def test_first_notebook_exists():
    """There is the notebook that every way in opens."""
    assert notebooks.FOLDER / "00_start_here.ipynb" in STORED


def test_check_accepts_a_sound_notebook(tmp_path):
    """The checker finds nothing wrong where nothing is."""
    notebooks.write(sound(), tmp_path / "a.ipynb")
    assert notebooks.check(tmp_path / "a.ipynb") == []


@pytest.mark.parametrize(("spoil", "problem"), SPOILERS.values(), ids=SPOILERS)
def test_check_finds(spoil, problem):
    """The checker finds exactly the one thing that was spoiled."""
    nb = sound()
    spoil(nb)
    (found,) = notebooks.check_notebook(nb)
    assert problem in found


def test_check_finds_a_large_file(tmp_path):
    """The checker weighs the file."""
    nb = sound()
    nb.cells[0].source += "many words " * 150_000
    notebooks.write(nb, tmp_path / "a.ipynb")
    (found,) = notebooks.check(tmp_path / "a.ipynb")
    assert "more than 1,500,000" in found


@pytest.mark.parametrize(
    "text", ["https://a.org/b/c", "<b>x</b>/<i>x</i>", "../data/x/y", "and/or/not", "2 / 3", "a/b"]
)
def test_check_allows_slashes(text):
    """Only absolute paths are taken for absolute paths."""
    nb = sound()
    printed(nb, text)
    assert notebooks.check_notebook(nb) == []


def test_strip_heals_what_jupyterlab_stores():
    """What saving from JupyterLab brings in is gone after stripping; the picture stays."""
    nb = sound()
    nb.cells[2].outputs[0].data[WIDGET] = {"model_id": "0"}
    nb.cells[1].outputs.append(display(**{"application_javascript": "1"}))
    nb.cells[1].metadata = nbformat.from_dict({"execution": {"shell": "2026"}, "tags": ["a"]})
    nb.metadata.update(widgets={}, language_info={"version": "3.11.2"})
    notebooks.strip(nb)
    assert notebooks.check_notebook(nb) == []
    assert nb.cells[1].metadata == {"tags": ["a"]}
    assert len(nb.cells[1].outputs) == 1


def test_strip_keeps_warnings():
    """A warning is to be mended, not to be hidden."""
    nb = sound()
    printed(nb, "FutureWarning", "stderr")
    notebooks.strip(nb)
    assert "stderr" in notebooks.check_notebook(nb)[0]


@pytest.mark.parametrize(
    ("run", "problem"),
    [
        (notebooks.Run(59, 1023), None),
        (notebooks.Run(61, 10), "ran for 61 s, more than 60 s"),
        (notebooks.Run(1, 1025), "took 1025 MiB, more than 1024 MiB"),
    ],
)
def test_limits(run, problem):
    """A run is within its limits, or says which one it broke."""
    assert all(problem in found for found in run.problems())
    assert len(run.problems()) == (problem is not None)


def test_execute_writes_back_what_may_be_stored(tmp_path, capsys):
    """After `execute` the live widget is gone, the text is there, and memory was measured."""
    nb = sound()
    nb.cells[1].source = "big = bytes(range(256)) * 2**21"  # 512 MiB, really written
    nb.cells[2].source = "import ipywidgets\nipywidgets.IntSlider()"
    nb.cells[2].outputs = nb.cells[1].outputs = []
    notebooks.write(nb, tmp_path / "a.ipynb")
    assert notebooks.main(["execute", str(tmp_path / "a.ipynb")]) == 1
    row, problem = capsys.readouterr()
    assert "20 words for 3 lines" in problem
    name, seconds, mib = row.splitlines()[1].split()
    assert name == "a.ipynb" and 0 < float(seconds) < 60 and 512 < float(mib) < 1024
    (output,) = nbformat.read(tmp_path / "a.ipynb", 4).cells[2].outputs
    assert dict(output.data) == {"text/plain": "IntSlider(value=0)"}


def test_execute_leaves_a_failing_notebook_alone(tmp_path, capsys):
    """A notebook that fails is not overwritten, and nothing else is left behind."""
    path = tmp_path / "a.ipynb"
    nb = sound()
    nb.cells[2].source = "1 / 0"
    notebooks.write(nb, path)
    before = path.read_bytes()
    assert notebooks.main(["execute", str(path)]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_nbval_compares_numbers_and_measures(tmp_path, root):
    """As `make test` calls it, nbval fails on a wrong number, and each notebook is measured."""
    nb = sound()
    nb.cells[2].source = "2"
    nb.cells[2].outputs = [new_output("execute_result", {"text/plain": "3"}, execution_count=2)]
    notebooks.write(nb, tmp_path / "wrong.ipynb")
    flags = subprocess.check_output(
        ["make", "--no-print-directory", "--eval=flags: ; @echo $(NBVAL)", "flags"],
        cwd=root,
        text=True,
    )
    command = [sys.executable, "-m", "pytest", *shlex.split(flags), str(tmp_path)]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True)
    assert "1 failed, 2 passed" in done.stdout, done.stdout + done.stderr
    assert "wrong.ipynb" in done.stdout.split(" notebooks ")[1]


def test_scripts_in_html_are_caught_and_stripped():
    """A diagram of scikit-learn keeps its HTML and loses its script."""
    html = "<div>diagram</div><script>\nf()\n</script><p>end</p>"
    output = nbformat.v4.new_output("display_data", {"text/html": html, "text/plain": "x"})
    cell = nbformat.v4.new_code_cell("1", outputs=[output], execution_count=1)
    nb = nbformat.v4.new_notebook(cells=[cell])
    assert any("script" in problem for problem in notebooks.check_notebook(nb))
    notebooks.strip(nb)
    assert nb.cells[0].outputs[0].data["text/html"] == "<div>diagram</div><!-- script --><p>end</p>"
    assert not any("script" in problem for problem in notebooks.check_notebook(nb))
