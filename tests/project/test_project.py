"""The project's own files agree with each other: pins, versions, licenses, sizes."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import (
    PackageNotFoundError,
    distribution,
    distributions,
    packages_distributions,
)
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
BASE = [Requirement(r) for r in PROJECT["dependencies"]]
# Extras that are made of others name the package itself.
EXTRA = [Requirement(r) for extra in EXTRAS.values() for r in extra if PROJECT["name"] not in r]
REQUIRED = BASE + EXTRA
LINES = [x for x in (ROOT / "constraints.txt").read_text().splitlines() if not x.startswith("#")]
PINS = dict(line.split("==") for line in LINES)
OWNERS = packages_distributions()


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
    versions = {canonicalize_name(d.name): d.version.split("+")[0] for d in distributions()}
    installed = {name: versions[name] for name in PINS if name in versions}
    assert len(installed) > 100
    assert installed == {name: PINS[name] for name in installed}


def test_imports_are_declared():
    """What the package imports is a base dependency; only the pipeline of the data has an extra."""
    sources = {p: t for p, t in texts().items() if p.match("*.py") and p.parts[0] == "tsnecolor_nb"}
    base = {canonicalize_name(r.name) for r in BASE}
    data = {canonicalize_name(Requirement(r).name) for r in EXTRAS["data"]}
    pipeline = {"maps.py", "pack.py", "render.py", "select.py", "vae.py"}
    for path, source in sources.items():
        in_pipeline = path.parent.name == "glyphs" and path.name in pipeline
        assert imported(source) <= (base | data if in_pipeline else base), path


def imported(source):
    """Return the distributions that a file imports."""
    nodes = list(ast.walk(ast.parse(source)))
    modules = {a.name for node in nodes if isinstance(node, ast.Import) for a in node.names}
    modules |= {n.module for n in nodes if isinstance(n, ast.ImportFrom) and n.level == 0}
    names = {m.partition(".")[0] for m in modules} - sys.stdlib_module_names - {PROJECT["name"]}
    # Not installed here, so that its name is not known.
    owners = {"freetype": ["freetype-py"], "fontTools": ["fonttools"], **OWNERS}
    return {canonicalize_name(owners.get(name, [name])[0]) for name in names}


def test_torch_is_pinned_in_one_place():
    """Torch's version stands in constraints.txt alone: a range would bring its largest builds."""
    places = [path for path, text in texts().items() if re.search(r"torch\s*==\s*\d", text)]
    assert places == [Path("constraints.txt")]
    everyone = [Requirement(r).name for r in PROJECT["dependencies"] + EXTRAS["test"]]
    assert "torch" not in everyone


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
    assert conda[2:] == [{"pip": ["-c constraints.txt", "-e .[all]"]}], "the rest comes from us"
    workflow = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())
    tested = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert [tested[0], tested[-1]] == [named[0], named[-1]]
    assert "version_info < (3, 11)" in (ROOT / "Makefile").read_text()
    assert all(f"python{version}" in (ROOT / "Makefile").read_text() for version in named)


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


def test_bundled_fonts_and_data_name_their_licenses():
    """Each font has its license beside it, and each source of the atlas an open one in a table."""
    licenses = {path for pattern in PROJECT["license-files"] for path in ROOT.glob(pattern)}
    fonts = [ROOT / path for path in tracked() if path.suffix in {".otf", ".ttf", ".woff2"}]
    assert len(fonts) >= 2
    assert {font.with_suffix(".LICENSE.txt") for font in fonts} <= licenses
    assert ROOT / "LICENSE" in licenses
    glyphs = ROOT / "tsnecolor_nb/glyphs"
    packages = re.findall(r"^[^#\s]+", (glyphs / "fonts.txt").read_text(), re.MULTILINE)
    table = re.findall(r"^\| (\S+) \| (?:OFL-1|Apache-2)", (glyphs / "FONTS.md").read_text(), re.M)
    assert packages and sorted(packages) == sorted(table)


def test_files_are_small():
    """No file is above 50 MB, and the bundled data at most about 60 MB in all."""
    sizes = {path: (ROOT / path).stat().st_size for path in tracked()}
    assert max(sizes.values()) < 50e6
    assert sum(size for path, size in sizes.items() if "glyphs" in path.parts) < 62e6
