"""Filters: ranges and labels of columns of any kind, and what is said about bad conditions."""

import numpy as np
import pandas as pd
import pytest

from tsnecolor_nb import filter_points, load_embedding

N = 6
DATES = ["2020-01-01", "2020-12-31T23:00", "2021-01-01", None, "2019-05-05", "2020-02-02"]
META = pd.DataFrame({
    "kind": ["a", "b", None, "a", "c", "b"],
    "weight": [0.1, 0.2, np.nan, 0.4, 0.5, 0.6],
    "small": np.float32([0.1, 0.2, 0.3, 0.4, 0.5, 0.6]),
    "date": pd.to_datetime(DATES, format="ISO8601"),
    "zoned": pd.to_datetime(DATES, format="ISO8601").tz_localize("Asia/Tokyo"),
    "written": ["2020-01-01", "2020-12-31", "2021-01-01", None, "2019-05-05", "2020-02-02"],
    "lasts": pd.to_timedelta([1, 2, 3, 4, 5, None], unit="h"),
    "flag": [True, False, True, True, False, False],
    "gap": [1, 2, np.nan, 1, 2, 2],
    "lists": [[1], [2], [1], [1], [2], [3]],
    "mode": ["<b>", "x", "x", "x", "x", "x"],
    3: range(N),
})
RNG = np.random.default_rng(0)
DATA = load_embedding(RNG.normal(size=(N, 4)), RNG.normal(size=(N, 2)), meta=META)


@pytest.mark.parametrize(("conditions", "passing"), [
    ({}, [0, 1, 2, 3, 4, 5]),
    ({"kind": ["a"]}, [0, 3]),
    ({"kind": "a"}, [0, 3]),
    ({"kind": ["a", None]}, [0, 2, 3]),
    ({"kind": []}, []),
    ({"kind": None}, [0, 1, 2, 3, 4, 5]),
    ({"weight": (0.2, 0.5)}, [1, 3, 4]),
    ({"weight": (None, 0.2)}, [0, 1]),
    ({"weight": (None, None)}, [0, 1, 3, 4, 5]),
    ({"weight": (0.4, None, None)}, [2, 3, 4, 5]),
    ({"weight": [0.2, np.nan]}, [1, 2]),
    ({"small": (0.1, 0.3)}, [0, 1, 2]),
    ({"date": ("2020", "2020")}, [0, 1, 5]),
    ({"date": ("2020-02", "2020-12-31")}, [1, 5]),
    ({"date": (pd.Timestamp("2020-12-31"), None)}, [1, 2]),
    ({"zoned": (None, pd.Timestamp("2020-01-01", tz="Asia/Tokyo"))}, [0, 4]),
    ({"written": ("2020-01-01", "2020-12")}, [0, 1, 5]),
    ({"written": ["2020-01-01"]}, [0]),
    ({"lasts": ("2h", np.timedelta64(4, "h"))}, [1, 2, 3]),
    ({"flag": True}, [0, 2, 3]),
    ({"flag": [False]}, [1, 4, 5]),
    ({"gap": [1]}, [0, 3]),
    ({"gap": ["2"]}, [1, 4, 5]),
    ({"gap": (2, 3)}, [1, 4, 5]),
    ({"lists": [[1]]}, [0, 2, 3]),
    ({"mode": "<b>"}, [0]),
    ({3: (2, 4), "kind": np.array(["a", "c"])}, [3, 4]),
])
def test_points_that_meet_all_conditions_pass(conditions, passing):
    """Both ends count; missing values pass only if asked; several conditions combine by AND."""
    assert np.flatnonzero(filter_points(DATA, conditions)).tolist() == passing


def test_names_of_columns_are_keywords_or_in_a_dict():
    """No name of a column is taken by an argument; both ways may be used together."""
    meta = {"conditions": [*"aabbcc"], "embedding": range(N)}
    data = load_embedding(DATA.X, DATA.xy, meta=meta)
    mask = filter_points(data, {"conditions": ["b"]}, embedding=[3])
    assert np.flatnonzero(mask).tolist() == [3]
    assert filter_points(data, conditions=["a"]).sum() == 2


@pytest.mark.parametrize(("conditions", "error", "message"), [
    ({"kind": ["z"]}, ValueError, "label of 'kind' must be one that points have .*'a'.* got 'z'"),
    ({"weight": 3}, ValueError, r"label of 'weight' .* and 1 more\), got 3"),
    ({"kind": (1, 2)}, TypeError, r"'kind' is neither: labels stand in a list, \[1, 2\]"),
    ({"weight": (1,)}, ValueError, r"range of 'weight' must be \(low, high\)"),
    ({"weight": (2, 1)}, ValueError, r"must be \(low, high\), got \(2, 1\)"),
    ({"weight": ("a", 2)}, ValueError, "ends of a range of 'weight' must be numbers, got 'a'"),
    ({"weight": (np.nan, 1)}, ValueError, "must be numbers, got nan"),
    ({"date": ("soon", None)}, ValueError, "ends of a range of 'date' must be dates, got 'soon'"),
    ({"zz": 1}, ValueError, "column must be one of .*kind.*, got 'zz'"),
    ([1], TypeError, "conditions must be a dict, .* got"),
])
def test_conditions_that_do_not_fit_are_named(conditions, error, message):
    """The message says which column, what would be right, and what was received."""
    with pytest.raises(error, match=message):
        filter_points(DATA, conditions)
