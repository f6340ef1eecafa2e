"""Planted truths: small data whose structure is known, but hidden by their map.

They test what a technique is for: color a data set, then measure how well the planted truth can be
predicted from the colors alone.
"""

from dataclasses import dataclass

import numpy as np

from ..data.embedding import Embedding, load_embedding
from ..maps.landmarks import landmark_map
from .score import color_space

DIMENSIONS = 32


@dataclass(frozen=True, eq=False, repr=False)
class Planted:
    """A data set with a truth in it. Made by `planted_truths`.

    Attributes
    ----------
    name, question : str
    embedding : Embedding
    rows : (m,) or (m, 2) int
        The points, or the pairs of points, that the question is about.
    truth : (m,) bool
        The answer for each of them.
    """

    name: str
    question: str
    embedding: Embedding
    rows: np.ndarray
    truth: np.ndarray

    def __repr__(self):
        return f"<Planted {self.name!r}: {len(self.embedding):,} points>"

    def auc(self, colors):
        """Measure how well the truth can be predicted from colors.

        For points by a vote of the 15 nearest colors, in OKLab with a and b doubled, with five-fold
        cross-validation. For pairs by the distance of the two colors.

        Parameters
        ----------
        colors : uint8 array of shape (n, 3)
            sRGB colors of all points.

        Returns
        -------
        float
            Area under the ROC curve: 0.5 is chance, 1 is always right.
        """
        from sklearn.metrics import roc_auc_score

        lab = color_space(colors)
        if self.rows.ndim == 2:
            evidence = -np.linalg.norm(lab[self.rows[:, 0]] - lab[self.rows[:, 1]], axis=1)
        else:
            evidence = _votes(lab[self.rows], self.truth)
        return float(roc_auc_score(self.truth, evidence))


def planted_truths(seed=0):
    """Make all planted data sets.

    Parameters
    ----------
    seed : int

    Returns
    -------
    list of Planted
    """
    makers = (_two_classes, _gradient, _torn_sheet, _false_merge, _rare_class)
    return [make(np.random.default_rng([seed, i])) for i, make in enumerate(makers)]


def planted_table(techniques=None, truths=None):
    """Measure which technique shows which planted truth.

    Parameters
    ----------
    techniques : sequence of str, optional
        Names in `TECHNIQUES`, by default all.
    truths : sequence of Planted, optional
        By default those of `planted_truths`.

    Returns
    -------
    DataFrame
        One row per technique, one column per truth; see `Planted.auc`.
    """
    import pandas as pd

    from ..techniques.run import CachedRun
    from ..techniques.table import TECHNIQUES

    techniques = list(TECHNIQUES if techniques is None else techniques)
    aucs = {}
    for truth in planted_truths() if truths is None else truths:
        run = CachedRun(truth.embedding)
        aucs[truth.name] = [truth.auc(run.run(name)) for name in techniques]
    return pd.DataFrame(aucs, index=techniques)


def _votes(lab, truth):
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from sklearn.neighbors import KNeighborsClassifier

    # Equal colors are equally near: without noise the first rows of the data would vote for all.
    lab = lab + np.random.default_rng(0).normal(0, 1e-4, lab.shape)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    vote = KNeighborsClassifier(15)
    return cross_val_predict(vote, lab, truth, cv=folds, method="predict_proba")[:, 1]


def _planted(name, question, hidden, xy, rng, rows, truth):
    """Turn hidden columns into 32 noisy dimensions in which no axis is special; add a 3-D map."""
    n, k = hidden.shape
    values = np.column_stack([hidden, np.zeros((n, DIMENSIONS - k))])
    values += rng.normal(0, 0.2, (n, DIMENSIONS))
    turned = values @ np.linalg.qr(rng.normal(size=(DIMENSIONS, DIMENSIONS)))[0]
    xyz = landmark_map(turned, n_landmarks=300, n_dims=3)
    return Planted(name, question, load_embedding(turned, xy, xyz=xyz, name=name), rows, truth)


def _two_classes(rng, n=2000):
    """Two sheets on top of each other on the map, which shows the position on a sheet only."""
    sheet = rng.uniform(-2, 2, (n, 2))
    upper = rng.random(n) < 0.5
    hidden = np.column_stack([sheet, np.where(upper, 1, -1)])
    return _planted(
        "two classes",
        "Which of two sheets, laid over each other on the map, is this point on?",
        hidden, sheet, rng, np.arange(n), upper,
    )


def _gradient(rng, n=2000):
    """One round blob on the map, in which a quantity varies independently of the map."""
    quantity = rng.uniform(-1, 1, n)
    rows = np.flatnonzero(np.abs(quantity) > 1 / 3)
    return _planted(
        "gradient",
        "Is the hidden quantity of this point in the lowest or in the highest third?",
        quantity[:, None], rng.normal(size=(n, 2)), rng, rows, quantity[rows] > 0,
    )


def _torn_sheet(rng, n=2000):
    """One sheet that the map tears in the middle; one half is rotated by 90 degrees."""
    sheet = rng.uniform([-2, -1], [2, 1], (n, 2))
    right = sheet[:, 0] > 0
    xy = np.where(right[:, None], sheet[:, ::-1] + [4, -1], sheet)
    hidden = np.column_stack([sheet, 0.5 * np.sin(2 * sheet[:, 0])])
    left_edge = np.flatnonzero(~right & (sheet[:, 0] > -0.2))
    right_edge = np.flatnonzero(right & (sheet[:, 0] < 0.2))
    rows = np.column_stack([rng.choice(left_edge, 4000), rng.choice(right_edge, 4000)])
    apart = np.abs(sheet[rows[:, 0], 1] - sheet[rows[:, 1], 1])
    clear = (apart < 0.15) | (apart > 1)
    rows, apart = rows[clear], apart[clear]
    return _planted(
        "torn sheet",
        "Did these two points, on either edge of the tear, touch before the map tore them apart?",
        hidden, xy, rng, rows, apart < 0.15,
    )


def _false_merge(rng, n=2000):
    """Two distant clusters that overlap on the map by a quarter, and a third that does not."""
    cluster = rng.integers(0, 3, n)
    middle = np.array([[0, 0], [1.5, 0], [0.75, 4]])[cluster]
    xy = middle + rng.uniform(-1, 1, (n, 2))
    overlap = (cluster < 2) & (np.abs(xy[:, 0] - 0.75) < 0.25)
    hidden = 2.0 * np.eye(3)[cluster]
    return _planted(
        "false merge",
        "Is this point where the map lays two clusters over each other?",
        hidden, xy, rng, np.flatnonzero(cluster < 2), overlap[cluster < 2],
    )


def _rare_class(rng, n=5000):
    """One point in a thousand lies far from all others in X, and among them on the map."""
    sheet = rng.uniform(-2, 2, (n, 2))
    rare = rng.permutation(n) < n // 1000
    hidden = np.column_stack([sheet, rng.uniform(-1, 1, n), np.where(rare, 4, 0)])
    return _planted(
        "rare class",
        "Is this point one of the few that are unlike all others?",
        hidden, sheet, rng, np.arange(n), rare,
    )
