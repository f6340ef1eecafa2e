"""t-SNE by openTSNE, and its extension from a few thousand landmarks to all points.

Three t-SNE dimensions as red, green and blue need a 3-D map of all points, and openTSNE's fast
method stops at two dimensions. For landmarks alone the slower one takes seconds; every other point
is then placed among its nearest landmarks.
"""

import numpy as np

from ..arrays.checks import check_count, check_points
from ..arrays.chunks import map_rows, progress_between, sample_rows
from ..steps.pca import ChunkedPCA

_SMALL = 5000  # points up to which neighbors are exact
_REPORTED = 5  # iterations between two reports of progress
_NEAR, _COUNTED = 15, 5.0  # landmarks that place a point, and the perplexity of their weights
_ANGLE = 1.0  # Barnes-Hut's theta: at 0.5 as many neighbors are kept, in 1.4 times the time


def landmark_map(
    X, n_landmarks=3000, n_dims=3, *, perplexity=30.0, n_iter=250, random_state=0, progress=None
):
    """Map all points: t-SNE of randomly sampled landmarks, then weighted means of near landmarks.

    Parameters
    ----------
    X : float array of shape (n, d)
    n_landmarks : int
        More than three times `perplexity`, at most n.
    n_dims : int
    perplexity : float
        About how many other landmarks count as neighbors of a landmark.
    n_iter : int
        The first quarter exaggerates attraction by 12, which lets clusters separate.
    random_state, progress
        As for `make_map`.

    Returns
    -------
    float32 array of shape (n, n_dims)

    Raises
    ------
    ValueError
        If an argument does not fit.

    References
    ----------
    L. van der Maaten and G. Hinton, "Visualizing data using t-SNE" (2008), which also proposes
    landmarks. As colors: the Infinite Drum Machine, according to the original notebooks.
    """
    X = check_points("X", X, dtype=np.float32)
    check_count("n_iter", n_iter, 1)
    if len(X) < 3:
        raise ValueError(f"X must hold at least 3 points for t-SNE, got {len(X)}")
    if not 3 * perplexity < n_landmarks <= len(X):
        raise ValueError(
            f"n_landmarks must be above 3 * perplexity = {3 * perplexity:g} and at most "
            f"n = {len(X)}, got {n_landmarks!r}"
        )
    landmarks = X[sample_rows(len(X), n_landmarks, random_state)]
    y = tsne(
        landmarks, n_dims, perplexity=perplexity, n_iter=n_iter, random_state=random_state,
        progress=progress_between(progress, 0, 0.5),
    )
    return extend_map(X, landmarks, y, progress=progress_between(progress, 0.5, 1))


def tsne(X, n_dims=2, *, perplexity=30.0, n_iter=250, random_state=0, progress=None):
    """Return a t-SNE map, float32 (n, n_dims), that begins at the principal components of `X`."""
    k = min(n_dims, *X.shape)
    start = np.zeros((len(X), n_dims))
    start[:, :k] = ChunkedPCA(k).fit_transform(X)
    early = max(n_iter // 4, 1)
    phases = ((early, 12, 0.5), (n_iter - early, 1, 0.8))
    return optimize_tsne(X, start, phases, perplexity, random_state, progress)


def optimize_tsne(X, start, phases, perplexity, random_state=0, progress=None):
    """Return the t-SNE map of X, float32 (n, k), centered, from initial positions `start` (n, k).

    `start` has any unit, it is scaled down. `phases` lists (iterations, exaggeration, momentum).
    A perplexity that is not above 0 and below n / 3 raises a ValueError.
    """
    import openTSNE
    from joblib import cpu_count

    if not 0 < perplexity < len(X) / 3:
        raise ValueError(f"perplexity must be above 0 and below n / 3, got {perplexity!r}")
    small = len(X) <= _SMALL
    # Threads that wait for each other take longer than one does for few points, and several times
    # as long where other programs run. Of a container's processors only some may be used.
    n_jobs = 1 if small else cpu_count()
    affinities = openTSNE.affinity.PerplexityBasedNN(
        X, perplexity=perplexity, method="exact" if small else "auto", n_jobs=n_jobs,
        random_state=random_state,
    )
    layout = openTSNE.TSNEEmbedding(
        start * (1e-4 / (start[:, 0].std() or 1)), affinities, theta=_ANGLE, n_jobs=n_jobs,
        negative_gradient_method="auto" if start.shape[1] <= 2 else "bh",
        random_state=random_state,
    )
    n_iter, done = sum(phase[0] for phase in phases), 0
    for iterations, exaggeration, momentum in phases:
        def report(iteration, error, y, done=done):
            if progress is not None:
                progress((done + iteration) / n_iter)

        if iterations:
            layout.optimize(
                iterations, exaggeration=exaggeration, momentum=momentum, inplace=True,
                callbacks=report, callbacks_every_iters=_REPORTED,
            )
        done += iterations
    return np.asarray(layout, dtype=np.float32)


def extend_map(X, landmarks, y, *, n_near=_NEAR, progress=None):
    """Return the position of each point on the map of the landmarks, float32 (n, k).

    It is the mean of the positions `y` (m, k) of the `n_near` nearest `landmarks` (m, d) in X.
    Their weights are Gaussian as in t-SNE; about five of them count.
    """
    from openTSNE.affinity import joint_probabilities_nn

    n_near = min(n_near, len(landmarks))
    origin = landmarks.mean(axis=0)  # near it float32 keeps its digits
    centered = landmarks - origin
    squares = np.einsum("ij,ij->i", centered, centered)

    def positions(rows):
        distance = squares - 2 * ((rows - origin) @ centered.T)
        near = np.argpartition(distance, n_near - 1, axis=1)[:, :n_near]
        distance = np.take_along_axis(distance, near, axis=1)
        distance -= distance.min(axis=1, keepdims=True)
        weights = joint_probabilities_nn(
            near, np.sqrt(distance), [min(_COUNTED, n_near / 2)], symmetrize=False,
            normalization="point-wise", n_reference_samples=len(landmarks),
        )
        return np.asarray(weights @ y, dtype=np.float32)

    return map_rows(positions, X, progress, size=512)
