"""Filters, selections with names, and the trait `selected`, without a page."""

import ipywidgets
import numpy as np
import pandas as pd
import pytest
import traitlets

from tsnecolor_nb import describe_selection, explore, filter_points, load_embedding

RNG = np.random.default_rng(0)
N = 1200
GREY = 208
META = pd.DataFrame({
    "kind": RNG.choice([*"abc"], N), "weight": RNG.uniform(0, 1, N),
    "date": pd.Timestamp("2020-01-01") + pd.to_timedelta(RNG.integers(0, 900, N), unit="D"),
    "many": [f"label {i % 600}" for i in range(N)], "flag": RNG.integers(0, 2, N) == 1,
    "empty": np.nan, "constant": 2.5, "row": np.arange(N) / 7, "mode": [*"xy"] * (N // 2),
    '<img src="x">': [None, '<img src="x">'] * (N // 2),
})
META.loc[:99, "weight"] = np.nan
DATA = load_embedding(RNG.normal(size=(N, 5)), RNG.normal(size=(N, 2)), meta=META)
BOX = {"type": "rect", "x0": 0, "x1": 9, "y0": -9, "y1": 9}
RIGHT = np.flatnonzero(DATA.xy[:, 0] >= 0)


@pytest.fixture
def explorer():
    """Return an explorer of a few points."""
    explorer = explore(DATA, "pca_rgb")
    yield explorer
    explorer.close()


def in_color(explorer):
    """Return which points are not grey."""
    drawn = explorer.state.displayed(explorer.state.shown)
    return (drawn != GREY).any(axis=1)


def test_a_selection_is_replaced_added_to_and_taken_from(explorer):
    """From code and by hand; rows or masks; what takes away from nothing selects nothing."""
    explorer.select([3], mode="remove")
    assert explorer.selected == ()
    explorer.select([5, 2, 2])
    explorer.select(np.arange(N) == 7, mode="add")
    assert explorer.selected == (2, 5, 7)
    explorer.select([5, 8], mode="remove")
    assert explorer.selected == (2, 7) == tuple(explorer.state.selection)
    for mode, expected in (
        ("add", {2, 7} | {*RIGHT}), ("remove", {2, 7} - {*RIGHT}), ("replace", {*RIGHT}),
    ):
        explorer._picking.on_pointer({"kind": "select", "mode": mode, "geometry": BOX})
        assert {*explorer.selected} == expected
    explorer.select(range(N))
    assert in_color(explorer).all() and len(explorer.selected) == N
    explorer.select(None)
    assert explorer.selected == () and explorer.state.selection is None
    with pytest.raises(ValueError, match='mode must be one of "replace", "add", "remove"'):
        explorer.select([1], mode="toggle")


def test_other_widgets_observe_and_set_what_is_selected(explorer):
    """A tuple, which can be linked; arrays, masks and None may be set; equal rows do nothing."""
    changes = []
    assert explorer.selected == ()
    explorer.observe(lambda change: changes.append(change["new"]), "selected")
    explorer.selected = np.array([4, 1])
    explorer.selected = [1, 4]
    explorer.selected = None
    explorer.selected = np.arange(N) < 2
    assert changes == [(1, 4), (), (0, 1)]
    assert np.flatnonzero(in_color(explorer)).tolist() == [0, 1]

    class Other(traitlets.HasTraits):
        rows = traitlets.List()

    other = Other()
    link = ipywidgets.link((explorer, "selected"), (other, "rows"))
    assert other.rows == [0, 1]
    other.rows = [9, 3]
    assert explorer.selected == (3, 9)
    explorer.clear()
    assert other.rows == []
    link.unlink()
    with pytest.raises(ValueError, match="rows must be"):
        explorer.selected = [N]
    assert explorer.selected == ()


def test_filters_grey_the_rest_and_combine(explorer):
    """Each column has one; None ends it; with a selection what is in both keeps its color."""
    explorer.filter(kind=["a", "b"], weight=(0.2, None))
    kind, weight = META["kind"].isin(["a", "b"]), META["weight"] >= 0.2
    assert np.array_equal(in_color(explorer), kind & weight)
    assert f"{(kind & weight).sum():,} of {N:,} points pass" in explorer._screen.status.value
    explorer.filter({"mode": ["x"]}, weight=None)
    mode = META["mode"] == "x"
    assert explorer.filters == {"kind": ["a", "b"], "mode": ["x"]}
    explorer.select(RIGHT)
    both = kind & mode & (DATA.xy[:, 0] >= 0)
    assert np.array_equal(in_color(explorer), both)
    assert f"{both.sum():,} of these pass the filter" in explorer._screen.status.value
    explorer.clear()
    assert np.array_equal(in_color(explorer), kind & mode)
    explorer.filter(None)
    assert in_color(explorer).all() and explorer.filters == {}


def test_the_mouse_takes_what_passes_and_the_description_too(explorer):
    """Hover finds the nearest that passes, a box holds no others, and none may pass."""
    passing = META["kind"] == "a"
    explorer.filter(kind="a")
    x, y = map(float, DATA.xy[np.flatnonzero(~passing)[0]])
    explorer._picking.on_pointer({"kind": "hover", "x": x, "y": y, "unit": 1e3})
    assert passing[explorer.hovered]
    explorer._picking.on_pointer({"kind": "select", "geometry": BOX})
    assert explorer.selected == tuple(RIGHT[passing[RIGHT]])
    explorer.select(range(N))
    explorer.wait()
    assert f"{passing.sum():,} points selected" in explorer._picking.selection_panel._text.value
    explorer.filter(weight=(5, None))
    explorer.wait()
    assert "None of the selected points" in explorer._picking.selection_panel._text.value
    assert not in_color(explorer).any()
    explorer._picking.on_pointer({"kind": "hover", "x": x, "y": y, "unit": 1e3})
    assert explorer.hovered is None


def test_a_bad_filter_is_named_and_changes_nothing(explorer):
    """The filters that were there stay, and so do the colors."""
    explorer.filter(kind="a")
    before = in_color(explorer)
    for wrong in ({"nope": 1}, {"kind": ["z"]}, {"weight": (1, 0)}, {"kind": (0, 1)}):
        with pytest.raises((ValueError, TypeError)):
            explorer.filter(flag=[True], **wrong)
    assert explorer.filters == {"kind": ["a"]} and np.array_equal(in_color(explorer), before)


def test_the_code_says_the_conditions_and_gives_the_same_pixels(explorer):
    """Dates as text, ends that are open, a selection on top; and when nothing passes."""
    explorer.zoom((-1, 1), (-1, 1))
    for conditions in (
        {"kind": ["a"], "date": (pd.Timestamp("2020-06-01 12:00"), None)}, {"weight": (7, 8)},
    ):
        explorer.filter(conditions)
        explorer.select(np.flatnonzero(np.abs(DATA.xy).max(axis=1) < 1)[:12])
        code = explorer.code()
        assert "filter_points" in code and "Timestamp" not in code
        lines = [line for line in code.rstrip().split("\n") if not line.startswith("embedding =")]
        space = {"embedding": DATA}
        exec("\n".join([*lines[:-1], f"again = {lines[-1]}"]), space)
        assert np.array_equal(space["again"].pixels, explorer.picture(legend=False).pixels)


def panel_row(explorer, name):
    """Add a filter of a column from its panel; return its controls."""
    panel = explorer._picking.filter_panel
    panel._menu.value = panel._columns.index(name)
    return panel._rows[name]


@pytest.mark.parametrize(("name", "moved", "condition"), [
    ("weight", (0.25, 1), (0.25, None)), ("row", (-1, 60.0), (None, 60.0)),
    ("date", (1577923200, 1e10), ("2020-01-02T00:00:00", None)),
])
def test_a_range_is_set_by_a_slider(explorer, name, moved, condition):
    """An end that is not moved is open; dates are text; missing values may be asked for."""
    row = panel_row(explorer, name)
    assert explorer.filters == {}
    row._slider.value = moved
    assert explorer.filters == {name: condition}
    assert np.array_equal(in_color(explorer), filter_points(DATA, explorer.filters))
    row._missing.value = True
    assert explorer.filters[name][2:] == (None,)
    explorer._picking.filter_panel._remove(name)
    assert explorer.filters == {} and in_color(explorer).all()


def test_labels_are_ticked_found_and_cleared(explorer):
    """Up to 200 are sent to the page; typing finds the others; ticking none ends the filter."""
    row = panel_row(explorer, "many")
    assert len(row._list.entries) == 200 and "400 more" in row._more.value
    row._find.value = "LABEL 59"
    assert len(row._list.entries) == 11 and not row._more.value
    row._all.click()
    assert len(explorer.filters["many"]) == 11 == len(row._list.ticked)
    row._find.value = ""
    assert [one["key"] for one in row._list.entries][:11] == row._list.ticked
    row._none.click()
    assert explorer.filters == {} and "many" in explorer._picking.filter_panel._rows
    flag = panel_row(explorer, "flag")
    flag._list._handle_custom_msg({"key": flag._column.labels.index(True), "on": True}, [])
    assert explorer.filters == {"flag": [True]}
    text = panel_row(explorer, '<img src="x">')
    text._list._handle_custom_msg({"key": -1, "on": True}, [])
    assert explorer.filters['<img src="x">'] == [None]
    assert [one["name"] for one in text._list.entries] == ['<img src="x">', "missing"]
    explorer._picking.filter_panel._clear.click()
    assert explorer.filters == {} and explorer._picking.filter_panel._rows == {}


def test_columns_without_a_range_say_so(explorer):
    """Constant and empty columns have no slider, and do no harm."""
    assert panel_row(explorer, "constant")._text.value == "all are 2.5"
    assert panel_row(explorer, "empty")._text.value == "no range to choose from"
    assert explorer.filters == {} and in_color(explorer).all()


def test_filters_from_code_are_seen_in_the_panel(explorer):
    """Controls follow, rows come and go, and what passes becomes a selection."""
    explorer.filter(weight=(0.5, 2), kind=["c", "a"])
    rows = explorer._picking.filter_panel._rows
    assert rows["weight"]._slider.value[0] == 0.5 and len(rows["kind"]._list.ticked) == 2
    explorer._picking.filter_panel._select.click()
    assert explorer.selected == tuple(np.flatnonzero(filter_points(DATA, explorer.filters)))
    explorer.filter(weight=[float(META["weight"][200])], kind=None)
    assert [*explorer._picking.filter_panel._rows] == ["weight"]
    assert len(explorer._picking.filter_panel._rows["weight"]._list.ticked) == 1


def test_selections_get_names_and_are_compared(explorer):
    """Naming again renames; a click selects again; against another name shared rows are counted."""
    panel = explorer._picking.selection_panel

    def keep(rows, name):
        explorer.select(rows)
        explorer.wait()
        panel._name.value = name

    keep(RIGHT, "east")
    keep(range(100), "first")
    keep(range(100), "hundred")
    assert [*explorer.selections] == ["east", "hundred"] and panel._name.value == ""
    pick = panel._named_buttons.children[0].children[0]
    assert pick.description == f"east ({len(RIGHT)})"
    pick.click()
    explorer.wait()
    assert explorer.selected == tuple(RIGHT) and panel._text.value.endswith(": east")
    panel._against.value = ("hundred",)
    explorer.wait()
    shown, shared = panel._selection, np.sum(RIGHT < 100)
    expected = describe_selection(DATA, RIGHT, against=range(100))
    assert shown.n_shared == shared == expected.n_shared
    assert [one.interval for one in shown.differences] == [
        one.interval for one in expected.differences
    ]
    assert f"{shared:,} more are selected, too" in panel._table.value
    panel._table_menu.value = ("counts", "kind")
    assert "more</th>" in panel._table.value
    panel._named_buttons.children[1].children[1].click()
    assert [*explorer.selections] == ["east"] and panel.against == "surroundings"


def test_named_selections_are_a_dict(explorer):
    """Masks and lists may be set, one by one or all at once; bad ones are named and kept out."""
    explorer.selections["few"] = [4, 2]
    explorer.selections = {"half": np.arange(N) < N // 2, **explorer.selections}
    assert {name: len(rows) for name, rows in explorer.selections.items()} == {
        "half": N // 2, "few": 2,
    }
    for name, rows in (("", [1]), (3, [1]), ("none", []), ("far", [N])):
        with pytest.raises(ValueError, match="selection"):
            explorer.selections = {"new": [1], name: rows}
    assert [*explorer.selections] == ["half", "few"]


def test_tables_hold_named_selections_and_what_passes(explorer, tmp_path):
    """A column of truth values each, beside that of what is selected."""
    explorer.selections["<a>"] = [4, 2]
    explorer.filter(kind="a")
    table = pd.read_csv(explorer.save(tmp_path / "points.csv"))
    assert np.flatnonzero(table["selected_<a>"]).tolist() == [2, 4]
    assert np.array_equal(table["passes"], META["kind"] == "a") and "selected" not in table
