"""The project's own files agree with each other and do what they say."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import tomllib
import urllib.request
import zipfile
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
REQUIRED = [Requirement(r) for r in sum(EXTRAS.values(), PROJECT["dependencies"])]
LINES = [x for x in (ROOT / "constraints.txt").read_text().splitlines() if not x.startswith("#")]
PINS = dict(line.split("==") for line in LINES)
FIRST = "notebooks/00_start_here.ipynb"


def tracked():
    """Return the paths of all files that git keeps, relative to the repository."""
    names = subprocess.check_output(["git", "ls-files", "-z"], cwd=ROOT, text=True)
    return [Path(name) for name in names.split("\0") if name and (ROOT / name).is_file()]


def texts():
    """Return path and content of each tracked text file."""
    files = {path: (ROOT / path).read_bytes() for path in tracked()}
    return {path: data.decode() for path, data in files.items() if b"\0" not in data}


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


def dependencies(name, seen):
    """Collect the names of all installed packages that this one needs, itself included."""
    if name not in seen:
        try:
            needed = distribution(name).requires or []
        except PackageNotFoundError:  # an extra of its own environment, such as torch
            return seen
        seen.add(name)
        for requirement in map(Requirement, needed):
            if not requirement.marker or requirement.marker.evaluate({"extra": ""}):
                dependencies(canonicalize_name(requirement.name), seen)
    return seen


def test_constraints_are_plain_sorted_pins():
    """Each line pins one package to one version, without a platform, address or hash."""
    assert LINES == sorted(set(LINES))
    assert all(re.fullmatch(r"[a-z0-9.-]+==[0-9][0-9a-z.]*", line) for line in LINES)
    assert len(PINS) == len(LINES)


@pytest.mark.parametrize("requirement", REQUIRED, ids=lambda r: r.name)
def test_every_requirement_is_pinned_within_its_bounds(requirement):
    """What pyproject.toml asks for is pinned, and the pin is not below the bound."""
    assert PINS[canonicalize_name(requirement.name)] in requirement.specifier
    assert [s.operator for s in requirement.specifier] == [">="], "only lower bounds, and one each"


def test_everything_installed_for_us_is_pinned():
    """No package comes in at whatever version is newest, not even through another one."""
    needed = set()
    for requirement in REQUIRED:
        dependencies(canonicalize_name(requirement.name), needed)
    assert len(needed) > 100
    assert needed - set(PINS) == set()


def test_tests_run_on_the_pins():
    """The environment of this very run is the pinned one."""
    installed = {name: distribution(name).version for name in PINS if _is_installed(name)}
    assert installed == {name: PINS[name] for name in installed}


def _is_installed(name):
    try:
        return bool(distribution(name))
    except PackageNotFoundError:
        return False


def test_torch_is_pinned_in_one_place():
    """torch's version stands in constraints.txt alone: a range would bring its largest builds."""
    places = [path for path, text in texts().items() if re.search(r"torch\s*==\s*\d", text)]
    assert places == [Path("constraints.txt")]
    everyone = [Requirement(r).name for r in PROJECT["dependencies"] + EXTRAS["test"]]
    assert "torch" not in everyone


def test_imports_are_declared():
    """Whatever the package imports is asked for by name, not by luck through another package."""
    source = "\n".join(t for p, t in texts().items() if p.parts[0] == "tsnecolor_nb" and p.suffix == ".py")
    imported = set(re.findall(r"^\s*(?:import|from) (\w+)", source, re.MULTILINE))
    owners = packages_distributions()
    third_party = imported - sys.stdlib_module_names - {"tsnecolor_nb"}
    names = {canonicalize_name(owners.get(module, [module])[0]) for module in third_party}
    assert names - {canonicalize_name(r.name) for r in REQUIRED} == set()


def test_python_versions_agree():
    """All places speak of the same versions of Python, 3.11 and newer."""
    wanted = SpecifierSet(PROJECT["requires-python"])
    assert str(wanted) == ">=3.11"
    named = re.findall(r"Python :: (3\.\d+)", " ".join(PROJECT["classifiers"]))
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    (python,) = [Requirement(r) for r in conda if isinstance(r, str) and r.startswith("python")]
    assert [v for v in map("3.{}".format, range(20)) if v in python.specifier] == named
    assert all(version in wanted for version in named)
    binder = (ROOT / "binder/runtime.txt").read_text().strip()
    assert binder.removeprefix("python-") in named
    assert "version_info < (3, 11)" in (ROOT / "Makefile").read_text()
    assert all(f"python{version}" in (ROOT / "Makefile").read_text() for version in named)


def test_conda_installs_the_package_at_the_pins():
    """environment.yml adds only Python and pip; everything else comes from our files."""
    conda = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    assert conda[-1] == {"pip": ["-c constraints.txt", "-e ."]}
    assert len(conda) == 3


def test_binder_installs_the_package_at_the_pins():
    """The Dockerfile that repo2docker makes uses our files: package, pins, Python and postBuild."""
    status, dockerfile = run("jupyter-repo2docker", "--no-build", "--debug", ".")
    assert status == 0, dockerfile
    assert "python=3.11" in dockerfile
    copied = dockerfile.index("COPY --chown=0:0 src/ ${REPO_DIR}/") if os.getuid() == 0 else 0
    assert dockerfile.index('pip install --no-cache-dir -r "binder/requirements.txt"') > copied
    assert "RUN ./binder/postBuild" in dockerfile
    lines = (ROOT / "binder/requirements.txt").read_text().splitlines()
    assert [x for x in lines if not x.startswith("#")] == ["-c ../constraints.txt", "-e ."]
    assert os.access(ROOT / "binder/postBuild", os.X_OK)
    assert FIRST in (ROOT / "binder/postBuild").read_text()


def test_pip_finds_the_pins_from_binders_folder():
    """The relative paths in binder/requirements.txt lead where they should."""
    pip = [sys.executable, "-m", "pip", "install", "--dry-run", "--no-deps", "--no-build-isolation"]
    status, output = run(*pip, "--report", "-", "-q", "-r", "binder/requirements.txt")
    assert status == 0, output
    assert ROOT.as_uri() in output


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
    assert "/lab/tree/" in page.url
    assert page.url.partition("?")[0].endswith("00_start_here.ipynb")


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


@pytest.mark.parametrize("named", [None, "/nowhere/chrome"])
def test_missing_chromium_is_named(named, tmp_path):
    """Without Chromium one line says what to do; no browser test skips itself."""
    environment = {"PATH": str(tmp_path), **({"CHROMIUM": named} if named else {})}
    status, output = run(sys.executable, "tools/chromium.py", env=environment)
    assert status == 1
    assert "apt install chromium" in output and (named or "google-chrome") in output
    assert output.count("\n") == 1


def test_wheel_holds_the_data(tmp_path):
    """A wheel holds every file of the package, and loads the glyphs without the repository."""
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    status, output = run(*pip, "--wheel-dir", str(tmp_path), ".")
    assert status == 0, output
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as wheel:
        names = set(wheel.namelist())
        wheel.extractall(tmp_path / "installed")
    ours = {path.as_posix() for path in tracked() if path.parts[0] == "tsnecolor_nb"}
    assert ours - names == set()
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


def test_no_file_names_a_registry_or_a_machine():
    """No file holds the address of a package registry, or a path of one machine."""
    hosts = [("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"), ("anaconda", "org")]
    forbidden = [r"\.".join(host) for host in hosts] + ["/(home|root|work|Users)/[a-z]"]
    found = {
        str(path): match[0]
        for path, text in texts().items()
        if path != Path(__file__).relative_to(ROOT)
        and (match := re.search("|".join(forbidden), text))
    }
    assert found == {}


def test_files_are_small():
    """No file is above 50 MB, and the bundled data at most about 60 MB in all."""
    sizes = {path: (ROOT / path).stat().st_size for path in tracked()}
    assert max(sizes.values()) < 50e6
    assert sum(size for path, size in sizes.items() if "glyphs" in path.parts) < 62e6


def test_help_lists_every_command():
    """`make` alone lists each command with a few words."""
    status, output = run("make")
    phony = re.search(r"\.PHONY: (.*)", (ROOT / "Makefile").read_text())[1].split()
    assert status == 0
    assert [line.split()[1] for line in output.splitlines()] == phony


def test_ci_runs_what_people_run():
    """CI has no tests of its own: it calls make."""
    script = (ROOT / ".ci/run").read_text()
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert script.rstrip().splitlines()[-1] == "make --keep-going lint test test-data"


def test_license_is_bsd():
    """The license that pyproject.toml names is the one in the file."""
    assert PROJECT["license"] == "BSD-3-Clause"
    assert (ROOT / "LICENSE").read_text().startswith("BSD 3-Clause License")


def test_binder_setting_is_the_server_of_lab():
    """Binder's setting is valid JSON and leads to the first notebook in JupyterLab."""
    settings = json.loads((ROOT / "binder/jupyter_server_config.json").read_text())
    assert settings == {"ServerApp": {"default_url": f"/lab/tree/{FIRST}"}}
