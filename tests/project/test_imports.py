"""The folders of the package are floors of a house: imports go downward only."""

import ast
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2] / "tsnecolor_nb"

# From the ground up; folders in one line do not know each other.
FLOORS = (
    ("arrays",),
    ("colors",),
    ("picture",),
    ("steps",),
    ("maps", "selection"),
    ("techniques", "data", "names"),
    ("standalone",),
    ("glyphs", "live", "legend", "scoring", "beyond_memory"),
    ("gallery", "explorer"),
)


def imports(path):
    """Return the folders that a module of the package imports from, its own left out."""
    place = path.relative_to(PACKAGE).with_suffix("").parts
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level:
            target = (*place[: len(place) - node.level], *(node.module or "").split("."))
            found.add(target[0])
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tsnecolor_nb"):
            found.add(node.module.split(".")[1])
    return found - {place[0]}


def test_every_folder_has_a_floor():
    """A new folder is put on a floor, and one that is gone leaves none."""
    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert sorted(name for floor in FLOORS for name in floor) == sorted(folders)


def test_imports_go_downward():
    """No folder knows what stands on its own floor or above it; so there is no circle."""
    height = {name: i for i, floor in enumerate(FLOORS) for name in floor}
    upward = [
        f"{path.relative_to(PACKAGE)} imports {name}"
        for path in sorted(PACKAGE.glob("*/**/*.py"))
        for name in imports(path)
        if height[name] >= height[path.relative_to(PACKAGE).parts[0]]
    ]
    assert not upward


def test_no_module_stands_outside_a_folder():
    """The package's own folder holds the public names and the command, and nothing else."""
    assert {path.name for path in PACKAGE.glob("*.py")} == {"__init__.py", "__main__.py"}


def test_no_folder_has_the_name_of_a_public_function():
    """Importing such a folder would put it in the place of the function."""
    import tsnecolor_nb

    folders = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert not folders & set(tsnecolor_nb.__all__)
