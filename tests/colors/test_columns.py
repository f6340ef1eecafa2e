"""Columns of metadata as colors: every kind of column, missing values, and too many labels."""

import pickle
import time

import numpy as np
import pandas as pd
import pytest

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
