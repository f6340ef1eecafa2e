"""The ways in do what they say: make, pip, conda, Binder, an installed wheel."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FIRST = "notebooks/00_start_here.ipynb"


@pytest.fixture(autouse=True)
def outside_of_make(monkeypatch):
    """Call make as a person does, even where make itself runs these tests."""
    for name in ("MAKEFLAGS", "MAKELEVEL", "MFLAGS"):
        monkeypatch.delenv(name, raising=False)


def run(*command, **options):
    """Run a command in the repository; return exit status and all it printed."""
    done = subprocess.run(
        command,
        cwd=ROOT,
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        **options,
    )
    return done.returncode, done.stdout


def test_binder_installs_the_package_at_the_pins():
    """The Dockerfile that repo2docker makes uses our files: package, pins, Python and postBuild."""
    status, dockerfile = run(sys.executable, "-m", "repo2docker", "--no-build", "--debug", ".")
    assert status == 0, dockerfile
    assert "python=3.11" in dockerfile
    copied = dockerfile.index("COPY --chown=0:0 src/ ${REPO_DIR}/") if os.getuid() == 0 else 0
    assert dockerfile.index('pip install --no-cache-dir -r "binder/requirements.txt"') > copied
    assert "RUN ./binder/postBuild" in dockerfile
    lines = (ROOT / "binder/requirements.txt").read_text().splitlines()
    assert [x for x in lines if not x.startswith("#")] == ["-c ../constraints.txt", "-e .[all]"]
    assert os.access(ROOT / "binder/postBuild", os.X_OK)
    assert FIRST in (ROOT / "binder/postBuild").read_text()


@pytest.mark.parametrize(
    ("command", "environment"),
    [
        (["make", "-s", "lab", "LAB_ARGS=--no-browser --ServerApp.port={port}"], {}),
        (
            [sys.executable, "-m", "notebook", "--no-browser", "--allow-root", "--port={port}"],
            {"JUPYTER_CONFIG_PATH": str(ROOT / "binder")},
        ),
    ],
    ids=["make lab", "Binder"],
)
def test_jupyter_opens_the_first_notebook(command, environment):
    """`make lab` and Binder serve JupyterLab at the first notebook."""
    with socket.socket() as free:
        free.bind(("localhost", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [part.format(port=port) for part in command],
        cwd=ROOT,
        env={**os.environ, **environment, "JUPYTER_TOKEN": "t"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        page = _wait_for(f"http://localhost:{port}/?token=t", server)
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)
    assert page.url.partition("?")[0] == f"http://localhost:{port}/lab/tree/{FIRST}"


def _wait_for(url, server):
    """Return the page behind an address of a server that is still starting."""
    for _ in range(240):
        assert server.poll() is None, "the server stopped"
        try:
            return urllib.request.urlopen(url)
        except OSError:
            time.sleep(0.5)
    raise TimeoutError(f"{url} did not answer")


def test_make_names_the_python_it_needs(tmp_path):
    """With too old a Python, make says which one is needed and makes nothing."""
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    status, output = run("make", "lab", f"PYTHON={old}", f"VENV={tmp_path}/venv")
    assert status != 0
    assert f"Python 3.11 or newer is needed; found none as: {old}" in output
    assert not (tmp_path / "venv").exists()


def test_wheel_holds_the_data(tmp_path):
    """A wheel holds all files and licenses, and loads the glyphs without the repository."""
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    status, output = run(*pip, "--wheel-dir", str(tmp_path), ".")
    assert status == 0, output
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
        wheel.extractall(tmp_path / "installed")
    ours = set(run("git", "ls-files", "tsnecolor_nb")[1].split("\n")) - {""}
    assert ours - names == set()
    for kind in ".otf .ttf .LICENSE.txt .css .js .pyi py.typed .npz .parquet".split():
        assert any(name.endswith(kind) for name in ours), kind
    licenses = [name for name in names if ".dist-info/licenses/" in name]
    assert len(licenses) == 1 + sum(name.endswith(".LICENSE.txt") for name in ours)
    code = "import tsnecolor_nb as t; print(t.__file__, *t.load_glyphs().X.shape)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
    )
    assert done.stdout.split()[1:] == ["358359", "128"], done.stderr
    assert done.stdout.startswith(str(tmp_path))


def test_help_lists_every_command():
    """`make` alone lists each command with a few words."""
    status, output = run("make")
    phony = re.search(r"\.PHONY: (.*)", (ROOT / "Makefile").read_text())[1].split()
    assert status == 0
    assert [line.split()[1] for line in output.splitlines()] == phony
