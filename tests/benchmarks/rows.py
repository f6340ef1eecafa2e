"""The rows of the benchmark: the original's code, ours, how near they agree, and the aim."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from . import originals


@dataclass(frozen=True)
class Row:
    """One comparison; `original` and `ours` take an embedding and return a dict of arrays."""

    title: str
    original: Callable
    ours: Callable
    agreement: Callable
    aim: float | None = None


def _technique(name, step=None, **params):
    """Return a function that runs a technique, and keeps a step's output for comparison."""

    def run_technique(e):
        from tsnecolor_nb.techniques.run import CachedRun

        run = CachedRun(e)
        found = {"colors": run.run(name, **params)}
        if step:
            found["transform"] = run.steps[step].transform  # of some rows, after the clock stops
        for label_step in ("argmax", "kmeans"):
            if label_step in run.steps:
                found["labels"] = run.output(label_step)[:, 0]
        if "kmeans" in run.steps:
            found["centers"] = run.steps["kmeans"].cluster_centers_
        return found

    return run_technique


def _kmeans_with_exemplars(e, k):
    from tsnecolor_nb.arrays.neighbors import exemplars

    found = _technique("kmeans", kmeans__n_clusters=k)(e)
    return {**found, "exemplars": exemplars(e.X, found["centers"])}


def _neighbor_distance(e):
    from tsnecolor_nb.arrays.neighbors import neighbor_distance

    return {"values": neighbor_distance(e.X, e.xy, 9)}


def _picture(e):
    from tsnecolor_nb.picture.raster import rasterize

    channels = np.ascontiguousarray(e.X[:, :3].T)
    low, span = channels.min(axis=1, keepdims=True), np.ptp(channels, axis=1, keepdims=True)
    srgb8 = ((channels - low) * (255 / span)).astype(np.uint8).T
    return {"pixels": rasterize(e.xy, srgb8, width=600, height=600)}


def correlation(e, original, ours):
    """Say how the values correlate."""
    return f"correlation {np.corrcoef(original['values'], ours['values'])[0, 1]:.4f}"


def variance(e, original, ours):
    """Say how much variance our components explain, as a share of what the original's do."""
    a, b = original["projection"], ours["projection"]
    # Stretched to 0..1 a component has lost its variance: then compare by correlation alone.
    text = f"matched correlation {_matched(a, b):.4f}"
    if np.ptp(a[:, 0]) > 1.5:
        ratio = b.var(axis=0).sum() / a.var(axis=0).sum()
        text = f"explained variance × {ratio:.4f}, {text}"
    return text


def matched(e, original, ours):
    """Say how well each of the original's components is matched by one of ours."""
    return f"matched correlation {_matched(original['projection'], ours['projection']):.2f}"


def inertia(e, original, ours):
    """Say how the inertia compares, and how alike the labels are."""
    ratio = _inertia(e.X, ours["centers"]) / _inertia(e.X, original["centers"])
    return f"inertia × {ratio:.4f}, {rand(e, original, ours)}"


def rand(e, original, ours):
    """Say how alike the labels are."""
    from sklearn.metrics import adjusted_rand_score

    return f"adjusted Rand {adjusted_rand_score(original['labels'], ours['labels']):.2f}"


def equal(e, original, ours):
    """Say which share of the labels is the same."""
    return f"same labels {(original['labels'] == ours['labels']).mean():.2%}"


def variance_and_equal(e, original, ours):
    """Say how much variance our components explain, and which share of the labels is the same."""
    return f"{variance(e, original, ours)}, {equal(e, original, ours)}"


def no_number(e, original, ours):
    """Say nothing: a shaded raster and a scatter plot are different pictures."""
    return "looked at"


def _matched(a, b):
    from scipy.optimize import linear_sum_assignment

    k = a.shape[1]
    away = 1 - np.abs(np.corrcoef(a.T, b.T)[:k, k:])
    return 1 - away[linear_sum_assignment(away)].mean()


def _inertia(X, centers):
    from sklearn.metrics import pairwise_distances_argmin_min

    return (pairwise_distances_argmin_min(X, centers)[1].astype(np.float64) ** 2).sum()


def _absolute(how):
    if how == "raw":
        return {"standardize": "passthrough"}
    return {"argmax__absolute": how == "absolute"}


ROWS = {
    "neighbor_distance": Row(
        "map-neighbor distance", originals.neighbor_distance, _neighbor_distance, correlation, 12
    ),
    "pca_rgb": Row("3-D PCA as RGB", originals.pca_rgb, _technique("pca_rgb", "pca"), variance, 25),
    "binary_pca": Row(
        "binary PCA", originals.binary_pca, _technique("binary_pca", "pca"), variance, 25
    ),
    "ica_rgb": Row("3-D ICA as RGB", originals.ica_rgb, _technique("ica_rgb", "ica"), matched, 12),
    "binary_ica": Row(
        "binary ICA", originals.binary_ica, _technique("binary_ica", "ica"), matched, 12
    ),
    **{
        f"kmeans_{k}": Row(
            f"k-means {k}, exemplars",
            partial(originals.kmeans, k=k),
            partial(_kmeans_with_exemplars, k=k),
            inertia,
            aim,
        )
        for k, aim in ((8, 5), (30, 5), (128, 2))
    },
    **{
        f"argmax_{how}": Row(
            f"argmax, {how}",
            partial(originals.argmax, how=how),
            _technique("argmax", **_absolute(how)),
            equal,
            aim,
        )
        for how, aim in (("raw", None), ("standardized", 8), ("absolute", 8))
    },
    **{
        f"pca_argmax_{k}": Row(
            f"PCA {k} + argmax",
            partial(originals.pca_argmax, k=k),
            _technique("pca_argmax", "pca", pca__n_components=k),
            variance_and_equal,
            25,
        )
        for k in (16, 30, 128)
    },
    **{
        f"ica_argmax_{k}": Row(
            f"ICA {k} + argmax",
            partial(originals.ica_argmax, k=k),
            _technique("ica_argmax", "ica", ica__n_components=k),
            matched,
            aim,
        )
        for k, aim in ((8, 12), (30, 12), (128, 8))
    },
    "pca_kmeans": Row(
        "PCA 128 + k-means 128", originals.pca_kmeans, _technique("pca_kmeans"), rand
    ),
    "ica_kmeans": Row(
        "ICA 128 + k-means 128", originals.ica_kmeans, _technique("ica_kmeans"), rand
    ),
    "picture": Row("picture, 600 × 600", originals.picture, _picture, no_number, 30),
}
