"""Names of places on a map."""

import numpy as np

from ..arrays.checks import check_xy

_NAMES = np.array(
    ["southwest", "south", "southeast", "west", "middle", "east", "northwest", "north", "northeast"]
)


def map_places(xy):
    """Name the part of a map in which each point lies.

    Parameters
    ----------
    xy : (n, 2) array_like of numbers
        Positions of the points; finite.

    Returns
    -------
    (n,) of str
        "northwest", "north", "northeast", "west", "middle", "east", "southwest", "south" or
        "southeast": the ninth of the map between its first and last hundredth in both directions.

    Raises
    ------
    ValueError
        If `xy` does not have this shape, or is not finite.
    """
    xy = check_xy("xy", xy)
    low, high = np.quantile(xy, [0.01, 0.99], axis=0)
    column, row = np.clip(3 * (xy - low) / np.where(high > low, high - low, 1), 0, 2).astype(int).T
    return _NAMES[3 * row + column]
