"""The bundled atlas, and bringing one's own data."""

import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from tsnecolor_nb import load_embedding, load_glyphs

N = 358_359


@pytest.fixture(scope="module")
def atlas():
    """Return the bundled atlas, loaded once."""
    return load_glyphs()


def test_the_atlas_has_the_shape_of_the_original(atlas):
    """358,359 points in 128 dimensions, a 2-D and a 3-D map, and a row of meta for each."""
    assert atlas.X.shape == (N, 128) and atlas.X.dtype == np.float32
    assert atlas.X.flags.c_contiguous
    assert atlas.xy.shape == (N, 2) and atlas.xy.dtype == np.float32
    assert atlas.xyz.shape == (N, 3) and atlas.xyz.dtype == np.float32
    assert len(atlas.meta) == N
    for array in (atlas.X, atlas.xy, atlas.xyz):
        assert np.isfinite(array).all()


def test_meta_agrees_with_unicode(atlas):
    """Names and scripts belong to their codepoints."""
    meta = atlas.meta
    assert list(meta) == ["codepoint", "script", "block", "category", "name", "family", "style"]
    a = meta[meta["codepoint"] == ord("a")]
    assert len(a) > 100
    assert set(a["name"]) == {"LATIN SMALL LETTER A"} and set(a["script"]) == {"Latin"}
    assert a["family"].nunique() > 50
    assert meta["codepoint"].nunique() > 100_000
    assert not meta.isna().any(axis=None)


def test_decoded_points_look_like_their_codepoint(atlas):
    """The decoded pictures of all letters I are tall and thin, those of all hyphens are flat."""
    def ink(char, axis):
        rows = np.flatnonzero(atlas.meta["codepoint"] == ord(char))
        return (atlas.pictures(rows).mean(axis=0) > 100).any(axis=axis).sum()

    assert ink("|", 1) > 3 * ink("|", 0)
    assert ink("-", 0) > 2 * ink("-", 1)


def test_the_latents_are_as_unequal_as_the_techniques_need(atlas):
    """Variances differ, few dimensions win a raw argmax, and dimensions correlate a little."""
    variance = atlas.X.var(axis=0)
    assert variance.max() > 4 * np.median(variance)
    wins = np.sort(np.bincount(atlas.X.argmax(axis=1), minlength=128))[::-1] / N
    assert 0.3 < wins[:5].sum() < 0.9
    correlation = np.abs(np.corrcoef(atlas.X[::10].T))
    assert correlation[np.triu_indices(128, 1)].max() > 0.2


def test_import_is_cheap():
    """Importing the package loads none of the heavy libraries."""
    code = "import sys, tsnecolor_nb; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                            check=True).stdout.split()
    assert not {"pandas", "sklearn", "datashader", "numba", "bokeh", "scipy"} & set(loaded)


X, XY = np.random.default_rng(0).random((2, 6, 2))


def test_own_data_become_an_embedding():
    """Lists, float64 and missing extras are fine."""
    own = load_embedding(X.tolist(), XY, meta={"kind": list("aabbcc")}, name="mine")
    assert own.X.dtype == np.float32 and len(own) == 6
    assert list(own.meta["kind"]) == list("aabbcc")
    assert repr(own) == "<Embedding 'mine': 6 points × 2 dimensions>"
    with pytest.raises(ValueError, match="decode"):
        own.pictures([0])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (dict(X=X[0], xy=XY), r"X must have shape \(n, d\), got \(2,\)"),
        (dict(X=X, xy=XY[:3]), r"xy must have one row per row of X \(6\), got 3"),
        (dict(X=X, xy=X[:, :1]), r"xy must have shape \(n, 2\), got \(6, 1\)"),
        (dict(X=np.where(X > 0.9, np.nan, X), xy=XY), "X must be finite"),
        (dict(X=[["a"]], xy=XY), "X must be a matrix of numbers"),
        (dict(X=np.empty((0, 3)), xy=np.empty((0, 2))), "at least one point"),
        (dict(X=X, xy=XY, xyz=XY), r"xyz must have shape \(n, 3\)"),
        (dict(X=X, xy=XY, meta=pd.DataFrame({"a": [1]})), "meta must have one row per row"),
        (dict(X=X, xy=XY, decode=3), "decode must be callable"),
    ],
)
def test_what_does_not_fit_is_named(arguments, message):
    """Every error names the argument, what was received, and what would be right."""
    assert (X > 0.9).any()
    with pytest.raises((TypeError, ValueError), match=message):
        load_embedding(**arguments)
