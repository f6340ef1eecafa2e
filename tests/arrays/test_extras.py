"""Without the extras: what needs one gets an error with the remedy, everything else works."""

import subprocess
import sys

import pytest

# What only an extra installs, and no package of the base installation imports.
OPTIONAL = (
    "anndata", "dask", "distributed", "h5py", "jupyterlab", "notebook", "pacmap", "polars",
    "pynndescent", "umap", "usearch", "zarr",
)
HIDE = f"import sys; sys.modules.update(dict.fromkeys({OPTIONAL}))\n"


def run(code):
    """Run code in a process that has no optional package; return its last line."""
    done = subprocess.run([sys.executable, "-c", HIDE + code], capture_output=True, text=True)
    return (done.stdout + done.stderr).splitlines()[-1]


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "import tsnecolor_nb.beyond_memory.color",
            "coloring or drawing partitions needs dask: pip install 'tsnecolor_nb[scale]'",
        ),
        (
            "import numpy, tsnecolor_nb as t; t.make_map(numpy.eye(20), 'umap')",
            "method=\"umap\" needs umap: pip install 'tsnecolor_nb[maps]'",
        ),
    ],
    ids=["scale", "maps"],
)
def test_a_missing_extra_is_named(code, said):
    """The error says what needs which package, and the command that installs it."""
    assert run(code) == f"ImportError: {said}"


def test_base_packages_suffice():
    """Without any extra a map is made, a technique colors it, and picture and widget show it."""
    code = """
import numpy as np, tsnecolor_nb as t
e = t.load_embedding(np.random.default_rng(0).normal(size=(60, 5)))
colors = t.color(e, "pca_rgb")
t.panels(e.xy, colors)
t.show(e.xy, colors)
t.explore(e)
print(t.color(e, "trust").shape)
"""
    assert run(code) == "(60, 3)"
