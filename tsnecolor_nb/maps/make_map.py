"""A map for data that came without one, by t-SNE, UMAP or PaCMAP.

A sample is laid out first, in seconds, as a preview; every other point is then placed among its
neighbors in the sample, and the full layout starts from there.
"""

import numpy as np

from ..arrays.checks import check_choice
from ..arrays.chunks import progress_between, sample_rows
from ..arrays.extras import import_extra
from ..arrays.matrix import as_matrix

METHODS = {"tsne": "t-SNE (openTSNE)", "umap": "UMAP", "pacmap": "PaCMAP"}
_MODULES = {"tsne": "openTSNE", "umap": "umap", "pacmap": "pacmap"}

_SAMPLE = 1500  # points
_FEWEST = 10  # below this the methods have no neighborhoods to work with
_COMPONENTS = 50


def make_map(X, method="tsne", *, random_state=0, progress=None, preview=None):
    """Lay points out in the plane such that neighbors in X are neighbors there.

    Parameters
    ----------
    X : (n, d) array_like of numbers
        Finite. More than 50 dimensions are reduced to 50 principal components first.
    method : {"tsne", "umap", "pacmap"}
        The last two need ``pip install 'tsnecolor_nb[maps]'``.
    random_state : int
    progress : callable, optional
        Called with the fraction done, 0..1; what it raises ends the work. UMAP and PaCMAP report
        only their beginning and their end.
    preview : callable, optional
        ``preview(rows, xy)`` is called with the map of the sample as soon as there is one.

    Returns
    -------
    (n, 2) float32
        For fewer than ten points their two principal components; zeros if all are equal.

    Raises
    ------
    ImportError
        If the method's package is not installed.
    TypeError, ValueError
        If an argument does not fit.

    References
    ----------
    L. van der Maaten and G. Hinton, "Visualizing data using t-SNE" (2008), by openTSNE (Poličar et
    al., 2024). L. McInnes et al., "UMAP" (2018). Y. Wang et al., "PaCMAP" (2021). To begin with a
    sample: D. Kobak and P. Berens, "The art of using t-SNE for single-cell transcriptomics" (2019).
    """
    from .landmarks import extend_map, tsne

    check_choice("method", method, METHODS)
    report = progress_between(progress, 0, 1)
    X = _compact(as_matrix("X", X)[0])
    n = len(X)
    if n < _FEWEST or not X.any():
        return np.ascontiguousarray(X[:, :2])
    library = import_extra(_MODULES[method], "maps", f'method="{method}"')
    report(0.0)
    rows = sample_rows(n, _SAMPLE, random_state)
    sample = X[rows]
    y = tsne(
        sample, perplexity=_perplexity(len(rows)), n_iter=150, random_state=random_state,
        progress=progress_between(progress, 0, 0.1),
    )
    if preview is not None:
        preview(rows, y.copy())
    start = extend_map(X, sample, y) if n > len(rows) else y
    start = start / start.std()
    xy = _LAYOUTS[method](library, X, start, random_state, progress_between(progress, 0.1, 1))
    report(1.0)
    return np.ascontiguousarray(xy, dtype=np.float32)


def _compact(X):
    """Return at most 50 centered components, the widest first and of deviation 1, float32."""
    from ..steps.pca import ChunkedPCA

    if len(X) < 2:
        return np.zeros((len(X), 2), np.float32)
    values = ChunkedPCA(min(_COMPONENTS, *X.shape)).fit_transform(X)
    if values.shape[1] < 2:
        values = np.pad(values, ((0, 0), (0, 1)))
    width = values[:, 0].std()
    # Differences of this size between equal points come from rounding.
    if width <= 4 * np.finfo(np.float32).eps * np.abs(X).max():
        return np.zeros_like(values)
    values /= width
    return values


def _perplexity(n):
    return min(30.0, (n - 1) / 3.1)


def _tsne(openTSNE, X, start, random_state, report):
    from .landmarks import optimize_tsne

    phases = ((250, 12, 0.5), (500, 1, 0.8))
    return optimize_tsne(X, start, phases, _perplexity(len(X)), random_state, report)


def _umap(umap, X, start, random_state, report):
    k = min(15, len(X) - 1)
    layout = umap.UMAP(n_neighbors=k, init=5 * start, random_state=random_state, n_jobs=1)
    return layout.fit_transform(X)


def _pacmap(pacmap, X, start, random_state, report):
    k = max(min(10, len(X) // 4), 2)  # PaCMAP's default, or fewer where there are few points
    layout = pacmap.PaCMAP(n_neighbors=k, random_state=random_state)
    return layout.fit_transform(X, init=start)


_LAYOUTS = {"tsne": _tsne, "umap": _umap, "pacmap": _pacmap}
