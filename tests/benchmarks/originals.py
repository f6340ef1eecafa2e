"""The straightforward code that the original notebook used, with today's scikit-learn.

Each function takes an embedding and returns what it found, as a dict of arrays.
"""

import numpy as np


def neighbor_distance(e):
    """Mean distance to 9 map neighbors, in a Python loop."""
    from scipy.spatial.distance import euclidean
    from sklearn.neighbors import NearestNeighbors

    _, indices = NearestNeighbors(n_neighbors=10).fit(e.xy).kneighbors(e.xy)
    distances = []
    for point, near in zip(e.X, indices, strict=True):
        distances.append(np.mean([euclidean(point, other) for other in e.X[near[1:]]]))
    return {"values": np.asarray(distances)}


def pca_rgb(e, k=3):
    """Three principal components, stretched over 0..1."""
    projection = _pca(e, k)
    projection -= projection.min(axis=0)
    projection /= projection.max(axis=0)
    return {"projection": projection}


def binary_pca(e):
    """24 principal components as bits."""
    projection = _pca(e, 24)
    return {"projection": projection, "colors": _bits_to_colors(projection)}


def ica_rgb(e):
    """Three independent components, stretched over 0..1."""
    projection = _ica(e, 3, 200)
    projection -= projection.min(axis=0)
    projection /= projection.max(axis=0)
    return {"projection": projection}


def binary_ica(e):
    """24 independent components as bits."""
    projection = _ica(e, 24, 500)
    return {"projection": projection, "colors": _bits_to_colors(projection)}


def kmeans(e, k):
    """MiniBatchKMeans, and the points nearest to its centers."""
    from sklearn.neighbors import NearestNeighbors

    labels, centers = _kmeans(e.X, k)
    near = NearestNeighbors(n_neighbors=1).fit(e.X).kneighbors(centers, return_distance=False)
    return {"labels": labels, "centers": centers, "exemplars": near[:, 0]}


def argmax(e, how):
    """Argmax of raw, standardized or absolute columns."""
    return {"labels": _argmax(e.X, how)}


def pca_argmax(e, k):
    """Argmax of standardized principal components."""
    projection = _pca(e, k)
    return {"labels": _argmax(projection, "standardized"), "projection": projection}


def ica_argmax(e, k):
    """Argmax of standardized independent components."""
    projection = _ica(e, k, 500)
    return {"labels": _argmax(projection, "standardized"), "projection": projection}


def pca_kmeans(e):
    """128 clusters of 128 principal components."""
    projection = _pca(e, min(128, *e.X.shape))
    labels, centers = _kmeans(projection, 128)
    return {"labels": labels, "centers": centers, "projection": projection}


def ica_kmeans(e):
    """128 clusters of 128 independent components."""
    projection = _ica(e, min(128, *e.X.shape), 500)
    labels, centers = _kmeans(projection, 128)
    return {"labels": labels, "centers": centers, "projection": projection}


def picture(e):
    """Draw a scatter plot to pixels."""
    import matplotlib

    matplotlib.use("agg")
    import matplotlib.pyplot as plt

    figure = plt.figure(figsize=(6, 6), dpi=100, facecolor="white")
    colors = (e.X[:, :3] - e.X[:, :3].min(axis=0)) / np.ptp(e.X[:, :3], axis=0)
    plt.scatter(e.xy[:, 0], e.xy[:, 1], c=colors, alpha=0.25, marker="s", s=0.5, lw=0)
    plt.axis("off")
    figure.canvas.draw()
    return {"pixels": np.asarray(figure.canvas.buffer_rgba())}


def _pca(e, k):
    from sklearn.decomposition import IncrementalPCA

    return IncrementalPCA(n_components=k).fit_transform(e.X)


def _ica(e, k, max_iter):
    from sklearn.decomposition import FastICA

    return FastICA(n_components=k, max_iter=max_iter, random_state=0).fit_transform(e.X)


def _kmeans(values, k):
    from sklearn.cluster import MiniBatchKMeans

    model = MiniBatchKMeans(n_clusters=k, random_state=0)
    return model.fit_predict(values), model.cluster_centers_


def _argmax(values, how):
    if how != "raw":
        values = np.copy(values)
        values -= values.mean(axis=0)
        values /= values.std(axis=0)
    return np.argmax(np.abs(values) if how == "absolute" else values, axis=1)


def _bits_to_colors(projection, bits_per_channel=8):
    basis = 2 ** np.arange(bits_per_channel)[::-1]
    basis = np.hstack([basis, basis, basis])
    shuffled = np.hstack([projection[:, 0::3], projection[:, 1::3], projection[:, 2::3]])
    bits = (shuffled > np.median(shuffled, axis=0)) * basis
    channels = [
        bits[:, c * bits_per_channel : (c + 1) * bits_per_channel].sum(axis=1) for c in range(3)
    ]
    return np.vstack(channels).T / (2**bits_per_channel - 1)
