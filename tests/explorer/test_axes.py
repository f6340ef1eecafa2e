"""Axes of one's own choice in an explorer: controls, errors, code, view, files, and labels."""

import json

import numpy as np
import pytest

import tsnecolor_nb
from tsnecolor_nb import axis_colors, color, column_colors, explore, load_embedding

RNG = np.random.default_rng(0)
N = 1500
X = (RNG.standard_normal((N, 12)) * np.arange(12, 0, -1)).astype(np.float32)
EVIL = "a'b\"c\\ \n<img src=x onerror=alert(1)>"
META = {
    "kind": RNG.choice(["one", "two"], N), "stage": RNG.integers(0, 5, N),
    "size": np.where(np.arange(N) % 7, RNG.gamma(2, size=N), np.nan), EVIL: X[:, 2],
    "component 2": np.arange(N) * 1.0, "axes": RNG.random(N),
}
DATA = load_embedding(X, X[:, :2], meta=META)
THREE = {"first": "size", "second": "component 3", "third": "distance to point 7"}


@pytest.fixture
def explorer():
    """Return an explorer of a few points."""
    explorer = explore(DATA)
    yield explorer
    explorer.close()


def drawn(explorer):
    """Return the colors that the first picture has."""
    return explorer.state.displayed(explorer.state.shown)


def visible(explorer):
    """Return the names of the controls in sight."""
    controls = explorer._color_control.panel._controls
    return {name for name, control in controls.items() if control.layout.display != "none"}


@pytest.mark.parametrize("params", [
    {}, {"first": "dimension 3"}, {"first": EVIL, "second": "component 2"}, THREE,
    THREE | {"scale": "rgb", "low": 0.1}, {"first": "column:component 2", "cmap": "magma"},
    {"first": "distance to point 1,007", "third": "stage"},
])
@pytest.mark.parametrize("fitted", [False, True])
def test_code_gives_the_same_colors_and_pixels(explorer, params, fitted):
    """What is copied runs, and names only axes and parameters that count."""
    explorer.color_by("axes", **params)
    explorer.zoom((0, 12), (-6, 6))
    explorer._color_control.fit_to_view.value = fitted
    explorer.wait()
    code = explorer.code()
    assert max(map(len, code.splitlines())) <= 100
    assert ("x_range" in code.split("colors =")[1].split("rgba =")[0]) == fitted
    names = {"X": DATA.X, "xy": DATA.xy}
    setup = code.replace("load_embedding(X, xy)", "load_embedding(X, xy, meta=meta)")
    exec(setup.rpartition("Picture(")[0], names | {"meta": META}, space := {})
    assert np.array_equal(space["colors"], drawn(explorer))
    pixels = tsnecolor_nb.compose(space["rgba"])
    assert np.array_equal(pixels, explorer.picture(legend=False).pixels)


def test_the_controls_follow_the_number_of_axes(explorer):
    """One axis has a color map and clips, two have none, three a scale; the caption names them."""
    axes = {"first", "second", "third"}
    explorer.color_by("axes", first="size")
    assert visible(explorer) == axes | {"cmap", "low", "high"}
    assert explorer.legend.kind == "value" and explorer.legend.value.n_missing > 0
    explorer._color_control.panel._controls["second"].value = "stage"
    explorer.wait()
    assert visible(explorer) == axes
    assert np.array_equal(drawn(explorer), axis_colors(DATA, "size", "stage").srgb8)
    explorer._color_control.panel._controls["third"].value = " component 1 "
    explorer.wait()
    assert visible(explorer) == axes | {"scale", "low", "high"}
    assert "size × stage × component 1" in explorer._screen.status.value
    explorer.hover(7)
    for part in ("missing <small>", ">size</dt><dd title='missing'", ">component 1</dt>"):
        assert part in explorer._card.value
    assert explorer.legend.n_missing == np.isnan(META["size"]).sum()


def test_a_wrong_axis_is_said_and_changes_no_color(explorer):
    """The message names what was typed; the old colors stay, and a right axis ends it."""
    explorer.color_by("axes", first="size")
    before = drawn(explorer)
    for text, says in (("sise", "no axis &#x27;sise&#x27;"), ("kind", "holds labels"),
                       ("component 99", "1 to 12, got 99"), (EVIL[:-1], "&lt;img")):
        explorer._color_control.panel._controls["second"].value = text
        explorer.wait()
        assert says in explorer._screen.status.value and "<img" not in explorer._screen.status.value
        assert drawn(explorer) is before
    explorer._color_control.panel._controls["second"].value = ""
    explorer.wait()
    assert "size" in explorer._screen.status.value and "error" not in explorer._screen.status.value
    with pytest.raises(ValueError, match="axes must be one, two or three, got 0"):
        explorer.color_by("axes", first="")
    assert explorer._color_control.panel.params["first"] == "size" and drawn(explorer) is not None
    with pytest.raises(ValueError, match="first must be text, got 7"):
        explorer.color_by("axes", first=7)


def test_clips_of_the_legend_move_those_of_one_axis(explorer):
    """Dragging the clips in the legend colors by them."""
    explorer.color_by("axes", first="dimension 2")
    explorer._color_control.clip(0.2, 0.7)
    explorer.wait()
    expected = axis_colors(DATA, "dimension 2", low=0.2, high=0.7).srgb8
    assert np.array_equal(drawn(explorer), expected)


def test_a_clicked_point_is_offered_as_a_distance(explorer):
    """It stands first among the suggestions, before columns, components and dimensions."""
    explorer.color_by("axes")
    explorer.probe(1007)
    options = explorer._color_control.panel._controls["second"].options
    assert options[:3] == ("distance to point 1,007", "stage", "size")
    assert {"column:component 2", "component 12", "dimension 0"} < set(options)
    assert "kind" not in options


def test_a_column_of_that_name_and_the_second_map(explorer, tmp_path):
    """A column "axes" stays there; the second map takes the values that stand in the tab Color."""
    explorer.color_by("column:axes")
    assert np.array_equal(drawn(explorer), column_colors(DATA.meta["axes"]).srgb8)
    explorer.color_by("axes", **THREE)
    three = explorer.state.base.srgb8
    explorer.color_by("kind")
    explorer._tabs.selected = "Compare"
    explorer.wait()
    menu = explorer._screen.compare._color._menu
    menu.value = "axes"
    explorer.wait()
    assert ("values of your choice, as in Color", "axes") in menu.options
    assert np.array_equal(explorer.state.other.srgb8, three)
    explorer.color_by("axes", **THREE)
    saved = explorer.save(tmp_path / "map.html").read_text(encoding="utf-8")
    assert json.dumps(explorer.state.shown.title) in saved
    explorer.save(tmp_path / "values.csv")
    assert explorer.picture().pixels.shape[1] > explorer.picture(legend=False).pixels.shape[1]


def test_numbers_are_labels_or_values_as_one_decides(explorer):
    """The switch is there for numbers alone; colors, controls, legend and code follow it."""
    explorer.color_by("stage")
    assert explorer.legend.kind == "labels" and visible(explorer) == {"kind", "palette"}
    assert 'column_colors(embedding.meta["stage"]).srgb8' in explorer.code()
    explorer._color_control.panel._controls["kind"].value = "value"
    explorer.wait()
    assert explorer.legend.kind == "value" and "palette" not in visible(explorer)
    assert np.array_equal(drawn(explorer), column_colors(META["stage"], kind="value").srgb8)
    assert 'column_colors(embedding.meta["stage"], kind="value").srgb8' in explorer.code()
    explorer.color_by("kind")
    assert visible(explorer) == {"palette"}
    explorer.color_by("size", kind="labels")
    assert explorer.legend.kind == "labels"


def test_axes_end_where_a_technique_begins(explorer):
    """Nothing of the axes stays behind."""
    explorer.color_by("axes", **THREE)
    explorer.color_by("pca_rgb")
    assert np.array_equal(drawn(explorer), color(DATA, "pca_rgb"))


def test_the_card_says_a_value_with_its_unit():
    """A date is a date, a large number has no exponent, and one axis needs no name."""
    day = np.datetime64("2020-01-01") + np.arange(N)
    explorer = explore(load_embedding(X, X[:, :2], meta={"day": day, "count": np.arange(N) + 7e3}))
    for name, text in (("day", "2020-01-04"), ("count", "7,003")):
        for chosen in ({"name": name}, {"name": "axes", "first": name}):
            explorer.color_by(**chosen)
            explorer.hover(None)
            explorer.hover(3)
            assert f"{text} <small>rgb" in explorer._card.value
    explorer.close()
