"""The public names: each is documented, found by editors, short to print, and pickles."""

import inspect
import pickle
import re
import subprocess
import sys
from importlib.resources import files

import numpy as np
import pytest

import tsnecolor_nb as t
from tsnecolor_nb import load_embedding

PARAMETER = re.compile(r"^ {0,8}(\*{0,2}\w+(?:, \*{0,2}\w+)*)(?: : |$)", re.MULTILINE)


def documented(doc):
    """Return the names in the section "Parameters" of a numpydoc docstring."""
    section = re.search(r"\n *Parameters\n *-+\n(.*?)(?:\n *\w+\n *---|\Z)", doc, re.DOTALL)
    lines = PARAMETER.findall(inspect.cleandoc("\n" + section[1])) if section else []
    return {name.strip(" *") for line in lines for name in line.split(",")}


def instances():
    """Return one object of each public class that is neither a widget nor a step."""
    X = np.random.default_rng(0).normal(size=(400, 6)).astype(np.float32)
    embedding = load_embedding(X, X[:, :2], meta={"kind": ["a", "b"] * 200})
    colors = t.color(embedding, "pca_rgb")
    scorer = t.Scorer(embedding, n_windows=1)
    selection = t.describe_selection(embedding, np.arange(9), "kind")
    return [
        embedding,
        scorer,
        scorer.score(colors),
        t.Raster(embedding.xy, colors),
        t.Picture(np.zeros((9, 9, 3), np.uint8)),
        t.Planted("pairs", "Which?", embedding, np.arange(5), np.ones(5, bool)),
        selection, selection.differences[0], selection.counts[0],
        t.nearest_points(embedding, 3), t.refine_selection(embedding, np.arange(99)),
        t.compare(embedding, ["pca_rgb"], n_windows=1, side=40),
    ]


@pytest.mark.parametrize("name", t.__all__)
def test_public_name_is_documented(name):
    """Each public name has a docstring that describes each of its parameters."""
    thing = getattr(t, name)
    doc = t.techniques.table.__doc__ if name == "TECHNIQUES" else thing.__doc__
    assert len(doc.split("\n")[0]) > 20
    if not callable(thing) or (isinstance(thing, type) and issubclass(thing, Exception)):
        return
    fields = set(getattr(thing, "__dataclass_fields__", ()))  # described as attributes
    missing = set(inspect.signature(thing).parameters) - documented(doc) - fields
    assert not missing or (len(missing) == 1 and "(..., 3)" in doc), "one line says all of a color"


def test_editors_see_every_public_name():
    """The stub exports each name, as itself, and the package is marked as typed."""
    stub = (files(t) / "__init__.pyi").read_text()
    assert set(re.findall(r"(\w+) as \1\b", stub)) == set(t.__all__) == set(dir(t))
    assert (files(t) / "py.typed").is_file()


def test_the_package_loads_no_module_before_a_name_is_used():
    """Importing the package is cheap: not even NumPy comes with it."""
    code = "import sys, tsnecolor_nb; print([m for m in sys.modules if m.startswith('numpy')])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


def test_public_objects_are_short_to_print_and_pickle():
    """A repr is a line or two and holds no array; what was pickled prints the same."""
    for thing in instances():
        assert len(repr(thing)) < 160 and "array(" not in repr(thing)
        assert repr(pickle.loads(pickle.dumps(thing))) == repr(thing)
