"""Columns of metadata as colors: every kind of column, missing values, and too many labels."""

import datetime
import pickle
import time
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from tests.data.bad_input import behavior
from tsnecolor_nb import distinct_palette
from tsnecolor_nb.colors.columns import OTHER, column_colors
from tsnecolor_nb.colors.palettes import MISSING, sequential_palette


def test_the_largest_category_gets_the_first_color():
    """Labels are numbered by size; missing ones are grey and have no label."""
    column = pd.Series(["b", "a", None, "a", "c", "a", "b"], name="kind")
    colored = column_colors(column)
    assert colored.kind == "labels" and colored.name == "kind"
    assert colored.names == ("a", "b", "c")
    assert colored.labels.tolist() == [1, 0, -1, 0, 2, 0, 1]
    assert np.array_equal(colored.srgb8[[1, 0, 4]], distinct_palette(3))
    assert np.array_equal(colored.srgb8[2], MISSING)


@behavior("Metadata of decimals, days (also as text), periods, truth values",
          "Decimals and dates are values, truth values are labels.")
@pytest.mark.parametrize(
    ("column", "kind"),
    [
        (pd.Series(["x", "y"] * 20), "labels"),
        (pd.Series(["x", "y"] * 20, dtype="category"), "labels"),
        (pd.Series([True, False] * 20), "labels"),
        (pd.Series([True, None] * 20, dtype="boolean"), "labels"),
        (pd.Series([3, 7] * 20), "labels"),
        (pd.Series([3, None] * 20, dtype="Int64"), "labels"),
        (pd.Series(range(40)), "value"),
        (pd.Series(np.linspace(0, 1, 40)), "value"),
        (pd.Series(pd.date_range("2020-01-01", periods=40)), "value"),
        (pd.Series(pd.date_range("2020-01-01", periods=40, tz="Asia/Tokyo")), "value"),
        (pd.Series(pd.to_timedelta(range(40), unit="h")), "value"),
        (pd.Series([["a"], ["b"]] * 20), "labels"),
        (pd.Series([0, 7, None, 9] * 10), "labels"),
        (pd.Series([*range(-1, 19)] * 2), "labels"),
        (pd.Series([Decimal(i) / 3 for i in range(40)]), "value"),
        (pd.Series([datetime.date(2020, 1, 1 + i % 30) for i in range(40)]), "value"),
        (pd.Series([f"2020-01-{1 + i % 30:02}" for i in range(40)]), "value"),
        (pd.Series(pd.period_range("2020-01", periods=40, freq="M")), "value"),
        (pd.Series([2001, 2002] * 20, name="year"), "value"),
        (pd.Series([0.0, 0.5] * 20), "value"),
        (np.arange(40) / 3, "value"),
    ],
    ids=lambda value: str(getattr(value, "dtype", value)),
)
def test_every_kind_of_column_gets_colors(column, kind):
    """Text, categories, truth and few integers are labels; other numbers and dates are values."""
    colored = column_colors(column)
    assert colored.kind == kind
    assert colored.srgb8.shape == (40, 3) and colored.srgb8.dtype == np.uint8
    assert len(np.unique(colored.srgb8, axis=0)) > 1


@behavior("Cluster numbers with gaps, or more than 20 of them",
          "They are labels: by the column's name, by a cluster -1, or because they are few.")
@pytest.mark.parametrize("name", ["leiden_0.5", "cluster", "Cluster ID", "topic", "age", None])
def test_many_cluster_numbers_are_known_by_name(name):
    """60 numbers are labels in a column of clusters, or with the cluster -1; ages are values."""
    numbers = pd.Series([*range(60)] * 5, name=name)
    assert column_colors(numbers).kind == ("value" if name in ("age", None) else "labels")
    assert column_colors(numbers - 1).kind == "labels"
    assert column_colors(numbers * 2).kind == ("value" if name in ("age", None) else "labels")


@behavior('The labels "noise", "unlabelled", "other", "unknown", and the cluster -1',
          "They are grey, and no other label loses its color to them.")
@pytest.mark.parametrize("none", ["noise", "Unlabelled", "other", "-1", -1])
def test_what_has_no_label_is_grey(none):
    """The largest true label still gets the first color, and the grey one keeps its name."""
    labels = [none] * 5 + ([0, 0, 1] if none in ("-1", -1) else ["a", "a", "b"])
    colored = column_colors(pd.Series([type(none)(label) for label in labels]))
    assert (colored.srgb8[:5] == MISSING).all() and colored.names[-1] == str(none)
    assert np.array_equal(colored.srgb8[[5, 7]], distinct_palette(2))
    assert np.array_equal(colored.palette[colored.labels], colored.srgb8)
    assert np.ptp(column_colors(pd.Series([-1, -2, 3])).srgb8, axis=1).min() > 0


@behavior("Ordered categories", "They keep their order in the legend.")
def test_ordered_categories_keep_their_order():
    """Names follow the categories, not the counts; a grey one stays last."""
    column = pd.Series(pd.Categorical(["high", "low", "high", "unknown", "middle"], ordered=True,
                                      categories=["low", "unknown", "middle", "high"]))
    assert column_colors(column).names == ("low", "middle", "high", "unknown")


@behavior("Own colors: a dictionary for `palette`, or `meta.attrs[\"colors\"]`",
          "Labels have these colors by name; those without one are grey.")
def test_own_colors_go_by_name():
    """A mapping colors labels, whatever their counts; what it lacks is grey."""
    column = pd.Series(["b", "a", "b", "c", None], name="kind")
    own = {"a": "red", "b": (0, 0, 255)}
    expected = [[0, 0, 255], [255, 0, 0], [0, 0, 255], MISSING.tolist(), MISSING.tolist()]
    assert column_colors(column, palette=own).srgb8.tolist() == expected
    column.attrs["colors"] = {"kind": own, "other": {}}
    assert column_colors(column).srgb8.tolist() == expected
    numbers = column_colors([1, 0, 1], palette={"0": "#00ff00", 1: (1.0, 0, 0)})
    assert numbers.srgb8.tolist() == [[255, 0, 0], [0, 255, 0], [255, 0, 0]]
    for wrong, message in (({"z": "red"}, "such as 'b', got those of 'z'"),
                           ({"a": "nothing"}, "palette must have colors .* got 'nothing'")):
        with pytest.raises(ValueError, match=message):
            column_colors(column, palette=wrong)


@behavior("A column of colors: hex, or RGB or names if its name says so",
          "Each point has its color.")
@pytest.mark.parametrize(("name", "colors"), [
    ("any", ["#ff0000", "#0000ff"]),
    ("color", [[255, 0, 0], [0, 0, 255]]),
    ("rgb", [(1.0, 0.0, 0.0), (0.0, 0.0, 1.0)]),
    ("RGB", [np.array([255, 0, 0]), np.array([0, 0, 255])]),
    ("colour", ["red", "blue"]),
])
def test_a_column_of_colors_has_these_colors(name, colors):
    """The more frequent color is blue, and stays it."""
    column = pd.Series([colors[0], colors[1], colors[1], None], name=name)
    found = column_colors(column).srgb8.tolist()
    assert found == [[255, 0, 0], [0, 0, 255], [0, 0, 255], MISSING.tolist()]


def test_many_colors_of_their_own():
    """Beyond 256 colors all points keep theirs; the legend names 256."""
    colors = pd.Series([f"#{i:06x}" for i in range(1000, 2000)])
    colored = column_colors(colors)
    assert (colored.srgb8 @ [65536, 256, 1] == range(1000, 2000)).all()
    assert len(colored.names) == 256 and colored.labels.max() == 256


def test_values_are_clipped_at_quantiles_and_missing_ones_are_grey():
    """One outlier doesn't dim the others; NaN is grey, infinity the end of the map."""
    values = np.r_[np.linspace(0, 1, 1000), 1e9, np.nan, np.inf, -np.inf]
    colored = column_colors(pd.Series(values), low=0.1, high=0.9)
    assert colored.limits == pytest.approx((0.1, 0.9), abs=0.01)
    viridis = sequential_palette("viridis")
    assert np.array_equal(colored.srgb8[[0, 1000, 1001, 1002, 1003]],
                          [viridis[0], viridis[-1], MISSING, viridis[-1], viridis[0]])
    assert column_colors(pd.Series([np.nan] * 3)).srgb8.tolist() == [MISSING.tolist()] * 3


def test_dates_keep_their_order_and_their_unit():
    """Dates become seconds since 1970, in whatever unit they are stored; NaT is missing."""
    dates = pd.Series(pd.to_datetime(["1970-01-02", None, "1970-01-03"]))
    for unit in ("s", "ms", "us", "ns"):
        colored = column_colors(dates.astype(f"datetime64[{unit}]"))
        assert colored.unit == "date"
        assert colored.values[[0, 2]].tolist() == [86400, 2 * 86400]
        assert np.isnan(colored.values[1])


def test_a_hundred_thousand_different_texts(capsys):
    """256 labels get a color, the rest a grey of their own; it takes no time worth waiting for."""
    rng = np.random.default_rng(0)
    column = pd.Series([f"text {i}" for i in rng.integers(0, 100_000, 358_359)])
    start = time.perf_counter()
    colored = column_colors(column)
    with capsys.disabled():
        print(f"\n100,000 different texts, 358,359 rows: {time.perf_counter() - start:.2f} s")
    assert len(colored.names) == 256 and colored.n_other == column.nunique() - 256
    assert np.array_equal(colored.srgb8[colored.labels == 256][0], OTHER)
    assert colored.labels.max() == 256
    counts = np.bincount(colored.labels)[:256]
    assert (np.diff(counts) <= 0).all()


def test_unused_categories_take_no_color():
    """A category that no point has doesn't appear."""
    column = pd.Series(pd.Categorical(["b", "b"], categories=["a", "b"]))
    assert column_colors(column).names == ("b",)


def test_what_does_not_fit_is_named():
    """Every error names the argument."""
    with pytest.raises(ValueError, match="kind must be"):
        column_colors([1, 2], kind="color")
    with pytest.raises(TypeError, match="numbers or dates"):
        column_colors(pd.Series(["a"], name="x"), kind="value")
    with pytest.raises(ValueError, match="low and high"):
        column_colors([0.1, 0.2], low=0.5, high=0.2)
    with pytest.raises(TypeError, match="complex"):
        column_colors(np.array([1j]))


@pytest.mark.parametrize("column", [list("aab"), [0.5, 1.5, 2.5]])
def test_repr_is_short_and_pickles(column):
    """A pickle keeps the colors, and the repr says what they stand for without arrays."""
    colored = column_colors(pd.Series(column * 50, name="x"))
    again = pickle.loads(pickle.dumps(colored))
    assert (again.srgb8 == colored.srgb8).all()
    what = "2 labels" if column[0] == "a" else "0.5 to 2.5"
    assert repr(again) == f"<ColumnColors of 'x': 150 points, {what}>"


def test_a_list_of_colors_is_a_palette():
    """The largest label gets the first color; a Series names the labels that its colors are of."""
    labels = pd.Series(["a", "b", "a", "c", "a", "b"])
    by_name = pd.Series({"c": "blue", "b": "lime", "a": "red"})
    for colors in (["red", "#00ff00", (0, 0, 255)], by_name):
        found = column_colors(labels, palette=colors).srgb8
        assert found[[0, 1, 3]].tolist() == [[255, 0, 0], [0, 255, 0], [0, 0, 255]]


def test_clusters_as_floats():
    """The cluster -1 is grey as well where its column holds floats."""
    colored = column_colors(pd.Series([0.0, -1.0, 1.0] * 4, name="cluster"), kind="labels")
    assert colored.names == ("0", "1", "-1") and colored.srgb8[1].tolist() == MISSING.tolist()


def test_lists_of_arrow_are_labels():
    """A list of Arrow has a color of its own, as one of Python has."""
    lists = pd.array(pa.array([[1], [2], [1]]), dtype=pd.ArrowDtype(pa.list_(pa.int64())))
    assert column_colors(pd.Series(lists)).labels.tolist() == [0, 1, 0]
