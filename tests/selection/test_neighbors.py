"""The points nearest to one: exact, in a fixed order, and those that lie far away on the map."""

import numpy as np
import pandas as pd
import pytest

from tsnecolor_nb import load_embedding, nearest_points

RNG = np.random.default_rng(0)
X = RNG.standard_normal((3000, 6)).astype(np.float32)
DATA = load_embedding(X, X[:, :2], meta={"kind": [*"abc"] * 1000, "distance": np.arange(3000)})


@pytest.mark.parametrize("k", [1, 10, 2999])
def test_neighbors_are_those_of_a_plain_sort(k):
    """Rows, both distances and ranks on the map are what NumPy finds by sorting everything."""
    found = nearest_points(DATA, 7, k)
    away = np.linalg.norm(X.astype(float) - X[7], axis=1)
    on_map = np.linalg.norm(DATA.xy.astype(float) - DATA.xy[7], axis=1)
    away[7] = np.inf
    order = np.argsort(away, kind="stable")[:k]
    assert (found.rows == order).mean() > 0.99  # float32 may swap two at almost one distance
    np.testing.assert_allclose(found.distance, away[order], rtol=1e-5)
    np.testing.assert_allclose(found.map_distance, on_map[found.rows])
    others = np.delete(on_map, 7)
    assert found.map_rank.tolist() == [int((others < on_map[row]).sum()) for row in found.rows]


def test_copies_come_first_in_the_order_of_rows():
    """Copies of the point are neighbors at distance 0, and of many at one distance the first."""
    copies = np.zeros((40, 3))
    copies[30:] = 5
    data = load_embedding(copies, RNG.standard_normal((40, 2)))
    assert nearest_points(data, 2, 5).rows.tolist() == [0, 1, 3, 4, 5]
    found = nearest_points(data, 35, 12)
    assert found.rows.tolist() == [30, 31, 32, 33, 34, 36, 37, 38, 39, 0, 1, 2]
    assert (found.distance[:9] == 0).all()


@pytest.mark.parametrize("scale", [1e-6, 1, 1e9])
def test_what_was_torn_away_is_far_at_any_scale(scale):
    """Neighbors that were moved to another region are far on the map; those that stayed aren't."""
    position = X[:, :2].astype(float)
    near = nearest_points(DATA, 7, 8).rows
    position[near] = position[7]
    position[near[::2]] = 20, 20
    found = nearest_points(load_embedding(X, position * scale), 7, 8)
    assert found.far.tolist() == [True, False] * 4


def test_far_is_a_matter_of_rank_and_not_of_distance():
    """In a sparse region the nearest on the map are not far, however large the distance."""
    position = X[:, :2].astype(float)
    near = nearest_points(DATA, 7, 8).rows
    position[[7, *near]] = 1e6 * RNG.standard_normal((9, 2)) + 1e8
    assert not nearest_points(load_embedding(X, position), 7, 8).far.any()


def test_few_points_are_never_far():
    """Where 2 k other points or fewer lie nearer on the map, none is far."""
    few = load_embedding(X[:12], RNG.standard_normal((12, 2)))
    assert not nearest_points(few, 3, 6).far.any()


def test_a_table_can_be_taken_home(tmp_path):
    """It has all columns and the metadata, none twice, and comes back from a Parquet file."""
    table = nearest_points(DATA, 7).table
    assert [*table] == [
        "row", "distance", "map_distance", "map_rank", "far", "kind", "meta_distance",
    ]
    assert (table["meta_distance"] == table["row"]).all()
    table.to_parquet(tmp_path / "near.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "near.parquet"), table)


def test_bad_points_and_numbers_are_named():
    """A row or a number of neighbors out of range, and an incomplete row, are each one error."""
    holes = X[:50].copy()
    holes[:5, 1] = np.nan
    data = load_embedding(holes, holes[:, [0, 2]] * 0 + 1, missing="grey")
    assert nearest_points(data, 10, 44).rows.min() == 5
    for row, k, message in (
        (50, 3, "row must be an integer from 0 to 49"), (True, 3, "row must be"),
        (10, 45, "k must be an integer from 1 to 44, the number of other complete points"),
        (10, 0, "k must be"), (2, 3, "row must be one without NaN or infinity"),
    ):
        with pytest.raises(ValueError, match=message):
            nearest_points(data, row, k)
