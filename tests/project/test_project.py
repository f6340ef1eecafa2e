"""The project's own files agree with each other: pins, versions, licenses, sizes."""

import ast
import json
import os
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution, packages_distributions
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
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
    """Torch's version stands in constraints.txt alone: a range would bring its largest builds."""
    places = [path for path, text in texts().items() if re.search(r"torch\s*==\s*\d", text)]
    assert places == [Path("constraints.txt")]
    everyone = [Requirement(r).name for r in PROJECT["dependencies"] + EXTRAS["test"]]
    assert "torch" not in everyone


def test_imports_are_declared():
    """Whatever the package imports is asked for by name, not by luck through another package."""
    sources = [t for p, t in texts().items() if p.parts[0] == "tsnecolor_nb" and p.suffix == ".py"]
    nodes = [node for source in sources for node in ast.walk(ast.parse(source))]
    modules = {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}
    modules |= {n.module for n in nodes if isinstance(n, ast.ImportFrom) and n.level == 0}
    third_party = (
        {m.partition(".")[0] for m in modules} - sys.stdlib_module_names - {PROJECT["name"]}
    )
    # What only the pipeline of the data needs is not installed here, and one is named otherwise.
    owners = {"freetype": ["freetype-py"], **packages_distributions()}
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


def test_ci_runs_what_people_run():
    """CI has no tests of its own: it calls make."""
    script = (ROOT / ".ci/run").read_text()
    assert os.access(ROOT / ".ci/run", os.X_OK)
    assert script.rstrip().splitlines()[-1] == "make --keep-going lint test test-data"


def test_license_is_bsd():
    """The license that pyproject.toml names is the one in the file."""
    assert PROJECT["license"] == "BSD-3-Clause"
    assert (ROOT / "LICENSE").read_text().startswith("BSD 3-Clause License")


def test_binder_setting_leads_every_server_to_the_first_notebook():
    """Whichever of Jupyter's servers Binder starts, it begins in JupyterLab, at the notebook."""
    settings = json.loads((ROOT / "binder/jupyter_server_config.json").read_text())
    assert set(settings) == {"ServerApp", "JupyterNotebookApp", "LabApp"}
    assert all(app == {"default_url": f"/lab/tree/{FIRST}"} for app in settings.values())
