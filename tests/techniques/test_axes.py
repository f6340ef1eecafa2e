"""Axes of a reader's choice: by hand, with gaps, with strange names, and wrong ones."""

import numpy as np
import pandas as pd
import pytest

from tsnecolor_nb import (
    BivariateColors,
    ChunkedPCA,
    RGBCube,
    axis_colors,
    describe_selection,
    explain_axes,
    load_embedding,
    value_colors,
)
from tsnecolor_nb.colors.spaces import srgb8_to_oklab

RNG = np.random.default_rng(0)
N = 1200
X = (RNG.standard_normal((N, 6)) * np.arange(6, 0, -1)).astype(np.float32)
META = pd.DataFrame({
    "size": np.where(np.arange(N) % 7, RNG.gamma(2, size=N), np.nan),
    "day": pd.Timestamp("2020-01-01") + pd.to_timedelta(np.arange(N), "D"),
    "flag": np.arange(N) % 3 == 0,
    "maybe": np.array([True, None, False] * (N // 3), dtype=object),
    "kind": np.array(["a", "b"])[np.arange(N) % 2],
    "digits": np.arange(N).astype(str),
    "component 1": np.arange(N, dtype=float),
    7: np.arange(N)[::-1],
    ("a", 1): np.arange(N) ** 2,
    "same": 5.0,
})
DATA = load_embedding(X, X[:, :2], meta=META)


def grey(srgb8):
    """Return which colors are the grey of missing values."""
    return (srgb8 == 150).all(axis=1)


def test_one_axis_is_a_sequential_map_between_two_quantiles():
    """The colors are those of `value_colors` by hand, for each kind of axis."""
    component = ChunkedPCA().fit_transform(X)[:, 2]
    distance = np.linalg.norm(X - X[11], axis=1)
    for axis, values in (
        ("dimension 4", X[:, 4]), ("component 3", component), ("distance to point 11", distance),
        (7, META[7]), ("7", META[7]), (("a", 1), META[("a", 1)]), ("flag", META["flag"] * 1.0),
        ("column:component 1", META["component 1"]),
    ):
        colors = axis_colors(DATA, axis, low=0.1, high=0.9, cmap="magma").srgb8
        values = np.asarray(values, np.float64)
        by_hand = value_colors(values, "magma", *np.quantile(values, [0.1, 0.9]))
        assert (colors == by_hand).all(axis=1).mean() > 0.99  # rounding at a border


def test_a_column_that_is_called_like_a_component_can_be_named():
    """Without "column:" the name means the component, with it the column."""
    component = axis_colors(DATA, "component 1").values[:, 0]
    np.testing.assert_allclose(component, ChunkedPCA().fit_transform(X)[:, 0], atol=1e-4)
    column = axis_colors(DATA, "column:component 1").values[:, 0]
    assert np.array_equal(column, META["component 1"])


def test_two_axes_are_bivariate_and_gaps_are_grey():
    """The colors are those of the step by hand; missing values are grey, and counted."""
    colored = axis_colors(DATA, "size", "dimension 0")
    known = META["size"].notna().to_numpy()
    values = np.column_stack([META["size"], X[:, 0]])[known]
    assert np.array_equal(colored.srgb8[known], BivariateColors().fit_transform(values))
    assert np.array_equal(grey(colored.srgb8), ~known)
    legend = explain_axes(DATA, colored)
    assert legend.n_missing == np.count_nonzero(~known)
    assert [channel.name for channel in legend.channels] == ["size", "dimension 0"]


def test_three_axes_are_a_cube_of_equal_sides():
    """RGB stretches each axis by itself; in OKLab they are lightness, green-red, blue-yellow."""
    axes = "dimension 0", "dimension 1", "dimension 2"
    colors = axis_colors(DATA, *axes, scale="rgb", low=0.05, high=0.95).srgb8
    assert np.abs(colors.astype(int) - RGBCube(0.05).fit_transform(X[:, :3])).max() <= 1
    oklab = srgb8_to_oklab(axis_colors(DATA, *axes).srgb8)
    ranks = X[:, :3].argsort(axis=0).argsort(axis=0)
    related = np.corrcoef(oklab.T, ranks.T)[:3, 3:]
    assert (np.diag(related) > 0.9).all()
    assert (np.abs(related - np.diag(np.diag(related))) < 0.2).all()


def test_limits_ignore_one_enormous_value():
    """One outlier does not turn all other points into one color, with one or three axes."""
    wild = X[:, 0].astype(float)
    wild[3] = 1e12
    endless = np.where(wild > 9, np.inf, wild)
    data = load_embedding(X, X[:, :2], meta={"wild": wild, "endless": endless})
    for axes in (("wild",), ("wild", "dimension 1", "dimension 2")):
        assert len(np.unique(axis_colors(data, *axes).srgb8, axis=0)) > 100
    assert grey(axis_colors(data, "endless", "dimension 1").srgb8).sum() == (wild > 9).sum()


def test_colors_can_be_fitted_to_a_part_of_the_map():
    """The quantiles are those of the points there; too few points are ignored."""
    inside = (X[:, 0] > 0) & (X[:, 0] < 3)
    colored = axis_colors(DATA, "dimension 0", x_range=(0, 3))
    np.testing.assert_allclose(
        colored.limits[:, 0], np.quantile(X[inside, 0], [0.02, 0.98]), rtol=1e-5
    )
    whole = axis_colors(DATA, "dimension 0")
    few = axis_colors(DATA, "dimension 0", x_range=(90, 99), y_range=(90, 99))
    assert np.array_equal(few.srgb8, whole.srgb8)


def test_dates_keep_their_unit():
    """The legend of a date has dates, and truth values beside None are numbers with gaps."""
    legend = explain_axes(DATA, axis_colors(DATA, "day"))
    assert legend.value.text(legend.value.limits[0]).startswith("2020-01-2")
    assert grey(axis_colors(DATA, "maybe").srgb8).sum() == N // 3
    assert explain_axes(DATA, axis_colors(DATA, "maybe")).value.n_missing == N // 3


@pytest.mark.parametrize("scale", ["oklab", "rgb"])
def test_a_constant_and_a_repeated_axis_have_colors_and_a_legend(scale):
    """Neither a column with one value nor the same axis twice is an error."""
    for axes in (["same"], ["same", "flag"], ["flag", "flag"], ["same", "same", "dimension 1"]):
        how = {"scale": scale} if len(axes) == 3 else {}
        colored = axis_colors(DATA, *axes, **how)
        assert colored.srgb8.shape == (N, 3) and not grey(colored.srgb8).any()
        assert explain_axes(DATA, colored).picture(300).pixels.shape[1] == 300


def test_incomplete_rows_have_columns_but_no_components():
    """Components are those of the complete rows; a column has values in the others, too."""
    gaps = X.copy()
    gaps[[3, 8], 2] = np.nan
    data = load_embedding(gaps, X[:, :2], meta=META, missing="grey")
    assert np.flatnonzero(grey(axis_colors(data, "component 2", "day").srgb8)).tolist() == [3, 8]
    assert not grey(axis_colors(data, "day").srgb8).any()
    legend = explain_axes(data, axis_colors(data, "component 2", "day", "dimension 1"))
    assert legend.n_missing == 2
    with pytest.raises(ValueError, match="needs a row of X without NaN"):
        axis_colors(data, "distance to point 3")


def test_components_are_those_that_a_selection_differs_in():
    """A component has the same number where a selection is described, in large data too."""
    wide = RNG.standard_normal((25_000, 8)).astype(np.float32)  # all components vary alike
    data = load_embedding(wide, wide[:, :2])
    rows = np.flatnonzero(wide[:, 5] > 1)
    described = describe_selection(data, rows)
    for difference in described.differences[:3]:
        values = axis_colors(data, difference.name).values[:, 0]
        inside, around = values[rows], values[described.around]
        pooled = np.sqrt((inside.var() + around.var()) / 2)
        effect = (inside.mean() - around.mean()) / pooled
        assert effect == pytest.approx(difference.effect, abs=1e-3)


def test_five_points_in_two_dimensions():
    """The smallest data have axes, colors and legends."""
    data = load_embedding(X[:5, :2], X[:5, :2])
    for axes in (["component 2"], ["dimension 0", "component 1"],
                 ["dimension 0", "dimension 1", "distance to point 4"]):
        colored = axis_colors(data, *axes)
        explain_axes(data, colored).picture(300)
        assert len(np.unique(colored.srgb8, axis=0)) > 2


@pytest.mark.parametrize(
    ("axes", "how", "match"),
    [
        ([], {}, "axes must be one, two or three, got 0"),
        (["size"] * 4, {}, "axes must be one, two or three, got 4"),
        (["nothing"], {}, "there is no axis 'nothing'; it must be a column of numbers"),
        (["component  1"], {}, "no axis 'component  1'"),
        (["component 0"], {}, "'component …' must have a number of 1 to 6, got 0"),
        (["dimension 6"], {}, "'dimension …' must have a number of 0 to 5, got 6"),
        (["distance to point 1,200"], {}, "a number of 0 to 1,199, got 1,200"),
        (["size"], {"scale": "rgb"}, "scale must be .*sequential"),
        (["size"], {"low": 0.5, "high": 0.4}, "low"),
        (["size"], {"cmap": "jet"}, "cmap must be"),
        (["size"], {"x_range": (3, 2)}, "x_range"),
    ],
)
def test_what_is_no_axis_is_an_error(axes, how, match):
    """The message names what was received and what would be right."""
    with pytest.raises(ValueError, match=match):
        axis_colors(DATA, *axes, **how)


def test_names_are_found_whatever_they_are():
    """Numbers, blanks, and nothing at all are names of columns; two of one name are none."""
    meta = pd.DataFrame(RNG.random((N, 4)), columns=[3.5, " x ", "", "component 1 "])
    data = load_embedding(X, X[:, :2], meta=meta)
    for column, axes in enumerate([(3.5, "3.5"), (" x ", "x", "column:x"), ("", "column:"),
                                   ("column:component 1",)]):
        for axis in axes:
            assert np.array_equal(axis_colors(data, axis).values[:, 0], meta.iloc[:, column])
    assert axis_colors(data, "component 1 ").names == ("component 1",)
    twice = load_embedding(X, X[:, :2], meta=meta.set_axis(["a", "d", "b", "b "], axis=1))
    with pytest.raises(ValueError, match="meta has 2 columns"):
        axis_colors(twice, "column:b")
    with pytest.raises(ValueError, match=r"numbers of meta \(a, d, b, b \)"):
        axis_colors(twice, "c")
    with pytest.raises(TypeError, match=r"an axis must be a name, .* got a Series"):
        axis_colors(data, meta[" x "])


@pytest.mark.parametrize("name", ["kind", "digits"])
def test_labels_are_no_axis(name):
    """Text, digits too, has no order: a TypeError names the column."""
    with pytest.raises(TypeError, match=f"'{name}' holds labels.*an axis must hold numbers"):
        axis_colors(DATA, "size", name)


def test_nothing_known_is_an_error():
    """Axes that no point has together are named."""
    data = load_embedding(X, X[:, :2], meta={"empty": np.full(N, np.nan)})
    with pytest.raises(ValueError, match="no point has a value of empty and of dimension 1"):
        axis_colors(data, "empty", "dimension 1")
