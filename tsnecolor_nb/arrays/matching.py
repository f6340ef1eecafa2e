"""Matching: the same clusters keep their numbers and the same components their order and signs.

Colors follow from these. Where they stay, a picture changes only where the data changed.
"""

import numpy as np
from scipy.optimize import linear_sum_assignment

from .checks import check_labels


def match_labels(old, new):
    """Rename new labels such that as many points as possible keep their old label.

    Parameters
    ----------
    old, new : int arrays of shape (n,)
        Two labelings of the same points, by numbers from 0; negative ones mean "none".

    Returns
    -------
    int array of shape (n,)
        The groups of `new`. A group without a partner gets the smallest free number.

    Raises
    ------
    ValueError
        If the labels are not integers, or not one of each per point.

    References
    ----------
    H. Kuhn, "The Hungarian method for the assignment problem" (1955), by
    `scipy.optimize.linear_sum_assignment`.
    """
    old = check_labels("old", old)
    new = check_labels("new", new, len(old))
    both = (old >= 0) & (new >= 0)
    n_old, n_new = old.max(initial=-1) + 1, new.max(initial=-1) + 1
    shared = np.zeros((n_old, n_new), np.int64)
    np.add.at(shared, (old[both], new[both]), 1)
    old_partner, new_partner = linear_sum_assignment(shared, maximize=True)
    matched = shared[old_partner, new_partner] > 0
    old_partner, new_partner = old_partner[matched], new_partner[matched]
    names = np.full(n_new + 1, -1, new.dtype)  # the last entry is for -1
    names[new_partner] = old_partner
    alone = np.setdiff1d(new[new >= 0], new_partner)
    free = np.setdiff1d(np.arange(n_old + n_new), old_partner)
    names[alone] = free[: len(alone)]
    return names[np.where(new >= 0, new, n_new)]


def match_components(old, new):
    """Return the order and the signs in which new axes resemble old ones, over all pairs together.

    Row i of ``new[order] * signs[:, None]`` is the axis most like ``old[i]``. Axes are compared by
    the angle between them, whatever their lengths.

    Parameters
    ----------
    old, new : float arrays of shape (k, d) and (m, d)
        One axis per row. Axes of `new` beyond those of `old` follow in their original order.

    Returns
    -------
    order : int array of shape (m,)
    signs : float array of shape (m,), -1 or 1

    Raises
    ------
    ValueError
        If the axes are not rows of the same length.
    """
    old, new = np.atleast_2d(old), np.atleast_2d(new)
    if old.ndim != 2 or new.ndim != 2 or old.shape[1] != new.shape[1]:
        raise ValueError(
            f"old and new must be rows of equal length, got shapes {old.shape} and {new.shape}"
        )
    cosine = _unit_rows(old) @ _unit_rows(new).T
    rows, columns = linear_sum_assignment(np.abs(cosine), maximize=True)
    others = np.setdiff1d(np.arange(len(new)), columns)
    signs = np.where(cosine[rows, columns] < 0, -1.0, 1.0)
    return np.concatenate([columns, others]), np.concatenate([signs, np.ones(len(others))])


def _unit_rows(axes):
    length = np.linalg.norm(axes, axis=1, keepdims=True)
    return axes / np.where(length > 0, length, 1)
