"""Copy as code: the lines are executed, and give the same colors and the same pixels."""

import ast

import numpy as np
import pytest

import tsnecolor_nb
from tsnecolor_nb import (
    TECHNIQUES,
    Embedding,
    Picture,
    Raster,
    Standardize,
    color,
    column_colors,
    compose,
    grey_out,
    load_embedding,
    load_glyphs,
    refine_selection,
)
from tsnecolor_nb.explorer.as_code import (
    Expression,
    SelectionSource,
    code_for,
    column_code,
    selection_code,
    technique_code,
)
from tsnecolor_nb.selection.search import search

# Components of random numbers are not independent, so that ICA does not converge on them.
pytestmark = pytest.mark.filterwarnings("ignore:SampledICA did not converge")

EVIL = "a'b\"c\\ \n<img src=x onerror=alert(1)>"
RNG = np.random.default_rng(0)
X = (RNG.standard_normal((1500, 12)) * np.arange(12, 0, -1)).astype(np.float32)
META = {"kind": RNG.choice(["one thing", "another"], 1500), "size": X[:, 1], EVIL: X[:, 2]}
OWN = load_embedding(X, X[:, :2], xyz=X[:, :3], meta=META)
GLYPHS = Embedding(OWN.X, OWN.xy, OWN.xyz, OWN.meta, name="glyphs")
RANGES = {"x_range": (-12.25, 0.1), "y_range": (np.float32(-7), 5.35)}


def run(code, **variables):
    """Return the value of the last line of some code, and all of its names.

    What it imports must be public.
    """
    tree = ast.parse(code)
    last = ast.Expression(tree.body.pop().value)
    for line in tree.body:
        if isinstance(line, ast.ImportFrom) and line.module != "numpy":
            assert line.module == "tsnecolor_nb"
            assert {name.name for name in line.names} <= set(tsnecolor_nb.__all__)
    names = dict(variables)
    exec(compile(tree, "code", "exec"), names)
    return eval(compile(last, "code", "eval"), names), names


def pixels(result, size):
    """Return the pixels of a still picture, or of a live view."""
    return result.pixels if isinstance(result, Picture) else result.pixels(size)


@pytest.fixture
def small_glyphs(monkeypatch):
    """Let `load_glyphs` give a small embedding."""
    monkeypatch.setattr(tsnecolor_nb, "load_glyphs", lambda: GLYPHS)


@pytest.mark.parametrize("name", TECHNIQUES)
def test_every_technique_comes_back_from_its_defaults(name, small_glyphs):
    """The code names the technique and no parameters, and gives the same colors."""
    defaults = {param.name: param.default for param in TECHNIQUES[name].params_for((1500, 12))}
    coloring = technique_code(TECHNIQUES[name], defaults, (1500, 12))
    assert coloring.code == f'color(embedding, "{name}")'
    _, names = run(code_for(GLYPHS, coloring))
    assert np.array_equal(names["colors"], color(GLYPHS, name))


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("kmeans", {"kmeans__n_clusters": 7, "colors__palette": "hue"}),
        ("argmax", {"argmax__absolute": True, "standardize": "passthrough"}),
        ("argmax", {"standardize": Standardize()}),
        ("pca_rgb", {"rgb__clip": np.float64(0.0345)}),
        ("map_neighbor_distance", {"values__k": 5, "colors__cmap": "magma", "colors__low": 0.1}),
        ("pca_kmeans", {"kmeans__n_clusters": 9, "pca__whiten": True, "pca__n_components": 5,
                        "colors__palette": np.uint8([[255, 0, 0], [0, 0, 255]])}),
    ],
)
@pytest.mark.parametrize(
    "view",
    [
        {},
        {"size": 300, "shading": "log", "background": "black", "point_size": 2},
        {**RANGES, "size": 350, "shading": "count", "background": (250, 240, 230),
         "point_size": 1.5},
        {**RANGES},
    ],
    ids=["plain", "whole", "part", "plain part"],
)
def test_the_code_gives_the_same_pixels(name, params, view, small_glyphs):
    """Technique, parameters, ranges, shading, background and point size are all in the code."""
    coloring = technique_code(TECHNIQUES[name], params, (1500, 12))
    code = code_for(GLYPHS, coloring, **view)
    assert max(map(len, code.splitlines())) <= 100
    how = {"size": 600, "background": "white", **view}
    size, background = how.pop("size"), how.pop("background")
    raster = Raster(GLYPHS.xy, color(GLYPHS, name, **params))
    expected = compose(raster.rgba(width=size, height=size, **how), background)
    assert np.array_equal(pixels(run(code)[0], size), expected)


def test_defaults_are_not_written():
    """Parameters at their defaults, equal steps among them, are left out."""
    params = {"argmax__absolute": False, "standardize": Standardize()}
    code = technique_code(TECHNIQUES["argmax"], params, (1500, 12))
    assert code.code == 'color(embedding, "argmax")' and code.names == {"color"}


@pytest.mark.parametrize(
    ("column", "params"),
    [
        ("kind", {"palette": "hue"}),
        ("kind", {"palette": np.uint8([[1, 2, 3]])}),
        ("size", {"cmap": "magma", "low": 0.1, "high": 0.98}),
        (EVIL, {}),
    ],
)
def test_columns_come_back_whatever_their_name(column, params, small_glyphs):
    """Names with quotes and line breaks are written so that Python reads them back."""
    _, names = run(code_for(GLYPHS, column_code(column, params)))
    assert np.array_equal(names["colors"], column_colors(GLYPHS.meta[column], **params).srgb8)


def test_selections_come_back_if_their_source_is_known(small_glyphs):
    """A search and a handful of rows are code; many rows are a comment."""
    coloring = technique_code(TECHNIQUES["pca_rgb"], {}, (1500, 12))
    colors = color(GLYPHS, "pca_rgb")
    rows = search(GLYPHS, "thing")
    for expression, selected in (
        (selection_code(rows, SelectionSource(rows, "thing")), rows),
        (selection_code([3, 1400]), [3, 1400]),
    ):
        _, names = run(code_for(GLYPHS, coloring, selection=expression, grey=(208, 208, 208)))
        assert np.array_equal(names["colors"], grey_out(colors, selected, (208, 208, 208)))
    few = np.arange(3, 15)
    refined = selection_code(np.arange(30), SelectionSource(few, accepted=("torn", "strangers")))
    refinement = refine_selection(GLYPHS, few)
    _, names = run(code_for(GLYPHS, coloring, selection=refined))
    assert np.array_equal(
        names["selected"],
        np.setdiff1d(np.union1d(few, refinement.torn), refinement.strangers),
    )
    code = code_for(GLYPHS, coloring, selection=selection_code(np.arange(1321)))
    assert "# 1,321 points" in code and "grey_out" not in code
    assert np.array_equal(run(code)[1]["colors"], colors)


def test_arrays_of_ones_own_are_put_in_by_hand():
    """The code asks for X and xy, and then works."""
    code = code_for(OWN, technique_code(TECHNIQUES["pca_rgb"], {"rgb__clip": 0.1}, (1500, 12)))
    assert "load_embedding(X, xy)" in code
    _, names = run(code, X=OWN.X, xy=OWN.xy)
    assert np.array_equal(names["colors"], color(OWN, "pca_rgb", rgb__clip=0.1))


def test_any_expression_and_none_at_all(small_glyphs):
    """Other colorings bring their own imports; without one the map has its one dark color."""
    own = Expression("hue_palette(len(embedding))", frozenset({"hue_palette"}))
    assert run(code_for(GLYPHS, own))[1]["colors"].shape == (1500, 3)
    assert np.array_equal(pixels(run(code_for(GLYPHS))[0], 600),
                          compose(Raster(GLYPHS.xy).rgba()))


def test_the_atlas_comes_back():
    """At full size, with a selection by search and a part of the map."""
    atlas = load_glyphs()
    params = {"kmeans__n_clusters": 12}
    selected = selection_code([], SelectionSource([], "arabic letter"))
    view = {"x_range": (-10.5, 12.0), "y_range": (-9.0, 13.5), "size": 500}
    coloring = technique_code(TECHNIQUES["kmeans"], params, atlas.X.shape)
    code = code_for(atlas, coloring, selection=selected, **view)
    colors = grey_out(color(atlas, "kmeans", **params), search(atlas, "arabic letter"))
    rgba = Raster(atlas.xy, colors).rgba(view["x_range"], view["y_range"], 500, 500)
    assert np.array_equal(run(code)[0].pixels, compose(rgba))
