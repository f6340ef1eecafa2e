"""Means and sums over groups of rows."""

import numba
import numpy as np


def group_means(values, rows, groups, n_groups):
    """Return the mean of each group of rows, float32 (n_groups, d); see `group_sums`."""
    sums = group_sums(values, rows, groups, n_groups)
    return np.divide(sums, np.bincount(groups, minlength=n_groups)[:, None], out=sums)


def group_sums(values, rows, groups, n_groups):
    """Return the sum of each group of rows, float32 (n_groups, d).

    values : (n, d) float. rows, groups : (m,) int, some rows of `values` and the group of each.
    """
    sums = np.zeros((n_groups, values.shape[1]), np.float32)
    _add_up(values, rows, groups, sums)
    return sums


@numba.njit(cache=True, nogil=True)
def _add_up(values, rows, groups, sums):
    for i in range(len(rows)):
        for k in range(values.shape[1]):
            sums[groups[i], k] += values[rows[i], k]
