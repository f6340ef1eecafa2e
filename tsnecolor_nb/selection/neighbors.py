"""The nearest neighbors of one point in X, and where they lie on the map."""

from dataclasses import dataclass

import numpy as np

from ..arrays.checks import check_count
from ..arrays.neighbors import distance_to

_FAR = 100  # times k: so many points that are nearer on the map
_FAR_SHARE = 0.1  # of all points: the same for small data
_NOT_FAR = 2  # times k: so many points are never far


@dataclass(frozen=True, eq=False, repr=False)
class NearestPoints:
    """The points nearest to one in X. Made by `nearest_points`.

    Attributes
    ----------
    row : int
        The point whose neighbors they are.
    rows : (k,) int
        Their row numbers, nearest in X first.
    distance, map_distance : (k,) float32 and (k,) float64
        Euclidean distances from the point in X, and on the map.
    map_rank : (k,) int
        How many other points lie nearer to the point on the map.
    far : (k,) bool
        Which are near in X and far on the map: see `nearest_points`.
    table : DataFrame
        All of this and the metadata, one row per neighbor.
    """

    row: int
    rows: np.ndarray
    distance: np.ndarray
    map_distance: np.ndarray
    map_rank: np.ndarray
    far: np.ndarray
    table: "pandas.DataFrame"  # noqa: F821 (pandas loads when it is needed)

    def __len__(self):
        return len(self.rows)

    def __repr__(self):
        far = np.count_nonzero(self.far)
        return (
            f"<NearestPoints: {len(self)} nearest in X to point {self.row:,}, "
            f"{far} of them far on the map>"
        )

    def _repr_html_(self):
        return self.table.to_html(index=False)


def nearest_points(embedding, row, k=10):
    """Find the points nearest to one in X, exactly, and where they lie on the map.

    A neighbor is far on the map if more than 100 `k` other points lie nearer to the point there, or
    more than a tenth of all points where that is fewer; but never if 2 `k` or fewer do. Ranks, not
    distances, decide, so that neither the scale of a map nor the density of its regions matters.

    Parameters
    ----------
    embedding : Embedding
    row : int
        The point, 0 to n - 1.
    k : int
        How many neighbors, 1 to the number of other points whose row of X is complete.

    Returns
    -------
    NearestPoints
        Nearest first, those at the same distance by row number. Copies of the point are neighbors
        at distance 0.

    Raises
    ------
    ValueError
        If `row` or `k` is out of range, or the point's row of X has NaN or infinity.

    References
    ----------
    J. Venna and S. Kaski, "Neighborhood preservation in nonlinear projection methods" (2001), for
    ranks on the map as the measure of a neighborhood that is torn.
    """
    row = check_count("row", row, 0, len(embedding) - 1)
    if embedding.incomplete is not None and embedding.incomplete[row]:
        raise ValueError(
            f"row must be one without NaN or infinity in X, to have neighbors; got {row!r}"
        )
    return nearest_of(embedding, row, k, distance_to(embedding.X, embedding.X[row]))


def nearest_of(embedding, row, k, distance):
    """Return `nearest_points`, given the distance of every point in X, float (n,) or NaN."""
    n_known = len(embedding.known(np.arange(len(embedding))))
    k = check_count("k", k, 1, n_known - 1, "the number of other complete points")
    distance = np.where(np.isfinite(distance), distance, np.inf)
    distance[row] = np.inf
    among = np.flatnonzero(distance <= np.partition(distance, k - 1)[k - 1])
    rows = among[np.argsort(distance[among], kind="stable")[:k]]
    xy = embedding.xy.astype(np.float64)
    on_map = np.hypot(*(xy - xy[row]).T)
    others = np.sort(np.delete(on_map, row))
    map_rank = np.searchsorted(others, on_map[rows])
    n_far = max(_NOT_FAR * k, min(_FAR * k, _FAR_SHARE * len(embedding)))
    columns = {
        "row": rows, "distance": distance[rows], "map_distance": on_map[rows],
        "map_rank": map_rank, "far": map_rank > n_far,
    }
    far, table = columns["far"], _table(embedding.meta, columns)
    return NearestPoints(
        row, rows, columns["distance"], columns["map_distance"], map_rank, far, table
    )


def _table(meta, columns):
    """Return columns and the metadata of their rows; of one name, the metadata's is prefixed."""
    import pandas as pd

    known = meta.iloc[columns["row"]].reset_index(drop=True)
    known = known.rename(columns=lambda name: f"meta_{name}" if name in columns else name)
    return pd.concat([pd.DataFrame(columns), known], axis=1)
