"""Principal axes of the differences between neighbors on the map, not of the points themselves."""

import numpy as np
from sklearn.utils import check_array

from ..arrays.checks import check_count, check_xy
from ..arrays.chunks import row_chunks
from ..arrays.moments import moments, moments_of_sums, sums_about
from ..arrays.neighbors import map_pairs
from ..steps.base import FLOATS
from ..steps.pca import ChunkedPCA

_BLOCK = 16_384  # differences at a time; all of them would be a copy of X


def fit_neighbor_pca(X, xy, n_components=None, *, k=10, n_pairs=100_000, random_state=0):
    """Fit principal components to the differences between map neighbors.

    Position on the map already shows how islands differ from one another. Here each pair of
    neighbors gives one difference, and the axes are those along which the differences vary most.

    Parameters
    ----------
    X : float array of shape (n, d)
    xy : float array of shape (n, 2)
    n_components : int, optional
        By default all, min(n, d).
    k : int
        A point is paired with one of its k nearest neighbors on the map, chosen at random.
    n_pairs : int
        Pairs, a random sample that does not depend on the order of the rows.
    random_state : int

    Returns
    -------
    ChunkedPCA
        Fitted: as linear and as global as any other. `mean_` is that of X, `components_` are
        the axes, and `explained_variance_` is how the points of X vary along them, which need
        not fall from axis to axis.

    Raises
    ------
    ValueError
        If `X` and `xy` do not fit together, or a parameter is out of range.
    """
    xy = check_xy("xy", xy, len(X), dtype=None)
    check_count("n_pairs", n_pairs, 2)
    X = check_array(X, dtype=FLOATS, input_name="X")
    first, second = map_pairs(xy, k, n_pairs, np.random.default_rng(random_state))
    pilot = np.zeros(X.shape[1], X.dtype)
    sums = [
        sums_about(pilot, X[first[rows]] - X[second[rows]]) for rows in row_chunks(n_pairs, _BLOCK)
    ]
    of_pairs = moments_of_sums(pilot, *(sum(terms) for terms in zip(*sums, strict=True)))
    pca = ChunkedPCA(n_components).fit_moments(of_pairs)
    of_all = moments(X)
    pca.mean_, covariance = of_all.mean, of_all.covariance
    pca.explained_variance_ = np.einsum(
        "ij,jk,ik->i", pca.components_, covariance, pca.components_, optimize=True
    )
    pca.explained_variance_ratio_ = pca.explained_variance_ / (np.trace(covariance) or 1)
    return pca
