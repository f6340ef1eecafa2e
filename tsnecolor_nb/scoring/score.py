"""How much a coloring shows: the seen score, and the fidelity of pixel means and of points.

Take a spot in the picture and two other spots equally near it. How often is the one with the more
similar color also closer in X? 0 is chance and 100 is always. The seen score asks this of the
picture as it reaches an eye.
"""

from dataclasses import dataclass, replace

import numpy as np

from ..arrays.chunks import map_chunks, single_threaded
from ..colors.columns import label_codes
from ..colors.eye import seen_colors, weighted_oklab
from ..colors.spaces import check_srgb8, lin_to_srgb8, oklab_to_srgb8, srgb8_to_lin
from ..colors.vision import VISIONS, simulate
from ..picture.raster import Raster, background_srgb8, compose
from . import spots
from .questions import OF_COLUMN, TAU as SEEN_TAU, window_questions

TAU = 0.02
"""A difference between two color distances that does not count, of pixel means and of points."""

_N_FAR = 1000  # spots per window, and three times as many at zoom 1
_RESAMPLES = 200
_SEEN = ("near", "precision", "recall", "regions")
_MEANS = ("pixel means", "pixel means, far")


@dataclass(frozen=True, eq=False, repr=False)
class Score:
    """The scores of one coloring. Made by `score` or a `Scorer`.

    Attributes
    ----------
    name : str
    table : DataFrame
        Rows (view, question): for each zoom "near", "precision" and "recall" of what is far,
        "regions", and "regions of the column" if one was named, all of the seen picture; "pixel
        means" and "pixel means, far"; and for the "points" "near" and "far". Columns: "normal" with
        the ends "low" and "high" of its 95 % bootstrap interval over anchors, the three color-blind
        visions, and "grey". NaN where nothing was asked, or there was nothing to compare.
    out_of_gamut : float or None
        Share of the points, 0..1, whose color lay outside sRGB before it was clipped, if known.
    below : str
        What of the seen score is lower than that of one grey or of random colors, both drawn
        filled, in words.
    """

    name: str
    table: "pandas.DataFrame"  # noqa: F821 (pandas loads when it is needed)
    out_of_gamut: float | None = None
    below: str = ""

    @property
    def row(self):
        """Return the summary as a Series.

        "near" of the seen picture for each zoom and, called "near", their mean; "far" (the mean of
        precision and recall) and "regions", of the first zoom; "color-blind", the lowest "near" of
        three color-blind visions; "grey", that of the picture without color; "pixel means", the
        mean of the zooms; "points"; "global", the far pixel means of the first zoom; "out of
        gamut".
        """
        import pandas as pd

        table = self.table
        near = table.xs("near", level="question").drop("points")
        means = near[list(VISIONS)].mean()
        first, normal = near.index[0], table["normal"]
        return pd.Series(
            {
                **near["normal"],
                "near": means["normal"],
                "far": normal[first][["precision", "recall"]].mean(skipna=False),
                "regions": normal[first, "regions"],
                "color-blind": means[list(VISIONS[1:4])].min(),
                "grey": means["grey"],
                "pixel means": normal.xs("pixel means", level="question").mean(),
                "points": normal["points", "near"],
                "global": normal[first, "pixel means, far"],
                "out of gamut": np.nan if self.out_of_gamut is None else self.out_of_gamut,
            },
            name=self.name,
        )

    def __repr__(self):
        row = self.row.dropna().drop("out of gamut", errors="ignore")
        numbers = ", ".join(f"{key} {value:.1f}" for key, value in row.items())
        return f"<Score of {self.name!r}: {numbers}{self.below and '; '}{self.below}>"


class Scorer:
    """Score many colorings of one embedding; what does not depend on colors is prepared once.

    At zoom 1 the window is the whole map; at zoom z it shows 1/z of its width, centered on random
    points. Each window is drawn as it would be shown, 600 × 600 pixels on its background, and seen
    through `seen_colors`. Spots are disks of 2 pixels around occupied pixels. Three questions:

    - *near*: of two spots equally far from a third, 5 to 14 pixels, does color tell which is closer
      in X? It favors what changes on the way from a spot to its neighbors, even if no region can be
      recognized.
    - *far*: of spots anywhere in the window, are those that look alike near in X (precision), and
      do those near in X look alike (recall)? It favors one meaning of color for the whole map, even
      if all neighbors look the same.
    - *regions*: do groups of spots that look alike agree with clusters in X? Adjusted mutual
      information of 12 k-means clusters of either. It favors flat, distinct colors.

    No coloring is best by one of them alone.

    *Pixel means* are what a pixel holds, whatever its opacity and its surroundings: points are
    drawn as single pixels, and near is within 8 of them. *Points* asks of single points.

    Parameters
    ----------
    embedding : Embedding
    zooms : sequence of float
    n_windows : int
        Windows per zoom. At zoom 1 there is only one; it gets the anchors of all.
    n_anchors : int
        Per window.
    min_points : int
        In a window. Where a small map has no such window, the zoom is not scored.
    background : "white", "black" or (r, g, b) of 0 to 255
        What pictures are shown on.
    pixels_per_degree : float
        How far away they are, see `seen_colors`.
    column : str, optional
        A column of labels in the metadata. "Regions" is then asked of its labels, too.
    seed : int
    eye : callable
        Another model of the eye, called and returning as `seen_colors`; it may have any number of
        channels.

    Attributes
    ----------
    windows : list of Window
    questions : list of Questions
        What is asked of the seen picture of each window.

    Raises
    ------
    ValueError
        If `embedding` has fewer than 3 points, or `background` or `column` is none.
    """

    def __init__(
        self, embedding, *, zooms=(1, 4, 16), n_windows=8, n_anchors=500, min_points=1000,
        background="white", pixels_per_degree=36, column=None, seed=0, eye=seen_colors,
    ):
        if len(embedding) < 3:
            raise ValueError(f"embedding must have at least 3 points, got {len(embedding)}")
        background_srgb8(background)
        self.embedding = embedding
        self.zooms = tuple(zooms)
        self.background, self.pixels_per_degree, self.eye = background, pixels_per_degree, eye
        self.column, self._seed, self._floor_rows = column, seed, {}
        labels = None if column is None else _labels(embedding.meta, column)
        X, xy, self.windows, self.questions = embedding.X, embedding.xy, [], []
        for zoom in self.zooms:
            rng = np.random.default_rng([seed, round(1000 * zoom)])
            m = n_anchors * (n_windows if zoom == 1 else 1)
            for ranges in spots.sample_windows(xy, zoom, n_windows, min_points, rng):
                self.windows.append(spots.window(X, xy, zoom, ranges, m, rng))
        rng = np.random.default_rng([seed, 0])
        self._rows, *self._points = spots.points(X, xy, n_anchors * n_windows, rng)
        for window in self.windows:
            n_far = _N_FAR * (3 if window.zoom == 1 else 1)
            self.questions.append(window_questions(X, labels, window, n_far, rng))

    def __repr__(self):
        zooms = ", ".join(map(str, self.zooms))
        return f"<Scorer of {len(self.embedding):,} points at the zooms {zooms}>"

    @property
    def views(self):
        """The former name of `windows`, kept for one release."""
        return self.windows

    def score(
        self, colors, name="coloring", *, categorical=False, all_eyes=False, out_of_gamut=None,
        **how,
    ):
        """Score a coloring.

        Parameters
        ----------
        colors : (n, 3) uint8, or callable
            sRGB colors of all points; or ``colors(window)``, which returns those of the points
            ``window.rows`` for a coloring that depends on the window. Then "points" is NaN.
        name : str
        categorical : bool
            Whether each color stands for a label, see `Raster`.
        all_eyes : bool
            Whether color-blind eyes, and one that sees in grey, are asked as well. It takes three
            times as long.
        out_of_gamut : float, optional
            Kept in the `Score`.
        **how
            Passed on to `Raster.rgba`, which draws what is seen.

        Returns
        -------
        Score

        Raises
        ------
        ValueError
            If the colors are not uint8, or not one per point.
        """
        visions = VISIONS if all_eyes else VISIONS[:1]
        n = len(self.embedding)
        if callable(colors):
            of_windows, of_points = [_of_all(colors(w), w.rows, n) for w in self.windows], None
        else:
            colors = check_srgb8("colors", colors, n)
            of_windows, of_points = len(self.windows) * [colors], colors[self._rows]

        def picture(i):
            w, srgb8 = self.windows[i], of_windows[i]
            raster = Raster(self.embedding.xy[w.rows], srgb8[w.rows], categorical)
            rgba = raster.rgba(w.x_range, w.y_range, spots.SIDE, spots.SIDE, **how)
            return compose(rgba, self.background)

        def in_eyes(srgb8):
            return {vision: color_space(srgb8, vision) for vision in visions}

        answers = self._ask_seen(picture, visions)
        with single_threaded():
            means = [
                in_eyes(lin_to_srgb8(window.means(srgb8_to_lin(srgb8))))
                for window, srgb8 in zip(self.windows, of_windows, strict=True)
            ]
            of_points = {} if of_points is None else in_eyes(of_points)
        answers += self._ask_means(means, of_points, TAU)
        return self._compared(Score(name, self._table(answers), out_of_gamut))

    def score_pictures(self, picture, name="pictures"):
        """Score pictures that are drawn in some other way.

        Parameters
        ----------
        picture : callable
            ``picture(window)`` returns what is shown of the ranges ``window.x_range`` and
            ``window.y_range``: sRGB on its background, (600, 600, 3) uint8.
        name : str

        Returns
        -------
        Score
            Of the seen picture and normal vision only; all else is NaN.
        """
        pictures = [picture(window) for window in self.windows]
        answers = self._ask_seen(pictures.__getitem__, VISIONS[:1])
        return self._compared(Score(name, self._table(answers)))

    def score_values(self, values, name="values"):
        """Score distances between numbers in place of colors, without the limits of color vision.

        Parameters
        ----------
        values : (n, q) float
            Such as the first principal components; a pixel has the mean of its points.
        name : str

        Returns
        -------
        Score
            Of pixel means and points, with normal vision only; all else is NaN.
        """
        values = np.ascontiguousarray(values, np.float32)
        if values.ndim != 2 or len(values) != len(self.embedding):
            raise ValueError(
                f"values must have shape ({len(self.embedding)}, q), got {values.shape}"
            )

        means = [{"normal": window.means(values)} for window in self.windows]
        answers = self._ask_means(means, {"normal": values[self._rows]}, 0.0)
        return Score(name, self._table(answers))

    def references(self):
        """Score references that other scores can be compared with.

        Returns
        -------
        list of Score
            One grey for all; random colors; the position on the map as color, which adds nothing
            to the map; and distances in 3 and in 10 principal components, as if colors had no
            limits.
        """
        from ..steps.pca import ChunkedPCA

        X = self.embedding.X
        components = ChunkedPCA(min(10, *X.shape)).fit(X).transform(X)
        return [
            *(self.score(colors, name) for name, colors in self._floors()),
            self.score(position_colors(self.embedding.xy), "position as color"),
            self.score_values(components[:, :3], "distance in 3 components"),
            self.score_values(components, "distance in 10 components"),
        ]

    def _floors(self):
        """Yield names and colors that tell nothing of X."""
        shape = len(self.embedding), 3
        yield "one grey", np.full(shape, 128, np.uint8)
        random = np.random.default_rng(self._seed)
        yield "random colors", random.integers(0, 256, shape, dtype=np.uint8)

    def _ask_seen(self, picture, visions):
        """Return answers, (view, question, numbers by vision), to what is asked of pictures.

        ``picture(i)`` is that of window i, (h, w, 3) uint8.
        """

        def ask(one):
            (i,) = range(one.start, one.stop)
            view, questions, shown = f"zoom {self.windows[i].zoom:g}", self.questions[i], picture(i)
            colors = {
                vision: questions.colors(self.eye(shown, self.pixels_per_degree, vision))
                for vision in visions
            }
            near = self._ask_pairs(questions.near, colors, SEEN_TAU)
            others = questions.far_and_regions(colors["normal"])
            return [(view, "near", near), *((view, *answer) for answer in others)]

        windows = map_chunks(ask, len(self.windows), size=1)
        return [answer for answers in windows for answer in answers]

    def _ask_means(self, means, of_points, tau):
        """Return answers about pixel means, per window by vision, and about points."""
        asked = [
            (f"zoom {window.zoom:g}", kind, getattr(window, pairs), values)
            for window, values in zip(self.windows, means, strict=True)
            for kind, pairs in (("pixel means", "near"), ("pixel means, far", "far"))
        ]
        for kind, pairs in zip(("near", "far"), self._points, strict=True):
            asked.append(("points", kind, pairs, of_points))
        return [(*key, self._ask_pairs(pairs, values, tau)) for *key, pairs, values in asked]

    def _ask_pairs(self, pairs, values, tau):
        """Return the share of agreement, -1..1, by vision, and in resamples of normal vision."""
        counts = pairs.counts
        if not counts.sum():
            return {}
        sums = {vision: pairs.agreement(colors, tau) for vision, colors in values.items()}
        answer = {vision: of_vision.sum() / counts.sum() for vision, of_vision in sums.items()}
        if answer:
            rng = np.random.default_rng(self._seed)
            answer["resampled"] = _resample(sums["normal"], counts, rng)
        return answer

    def _table(self, answers):
        import pandas as pd

        by_row = {}
        for view, question, answer in answers:
            if answer:
                by_row.setdefault((view, question), []).append(answer)
        asked = [*_SEEN, *([] if self.column is None else [OF_COLUMN]), *_MEANS]
        index = [(f"zoom {zoom:g}", question) for zoom in self.zooms for question in asked]
        index += [("points", "near"), ("points", "far")]
        rows = [_table_row(by_row.get(key, [])) for key in index]
        index = pd.MultiIndex.from_tuples(index, names=["view", "question"])
        return pd.DataFrame(rows, index, columns=["low", "high", *VISIONS], dtype=float)

    def _compared(self, score):
        """Return a score that says where it lies below one grey and below random colors."""
        key = background_srgb8(self.background), self.pixels_per_degree, self.eye
        if key not in self._floor_rows:
            self._floor_rows[key] = {}  # the floors themselves have none
            self._floor_rows[key] = {name: self.score(c, name).row for name, c in self._floors()}
        row, below = score.row, []
        asked = [*(f"zoom {zoom:g}" for zoom in self.zooms), "far", "regions"]
        for name, floor in self._floor_rows[key].items():
            if lower := [question for question in asked if row[question] < floor[question]]:
                below.append(f"below {name}: {', '.join(lower)}")
        return replace(score, below="; ".join(below))


def score(
    embedding, colors, name="coloring", *, categorical=False, all_eyes=False, seed=0, **options
):
    """Score one coloring of an embedding; to score several, prepare a `Scorer` once.

    See there for what is asked, and what each question favors. The score has not been compared with
    human eyes.

    Parameters
    ----------
    embedding, seed, **options
        As for `Scorer`.
    colors, name, categorical, all_eyes
        As for `Scorer.score`.

    Returns
    -------
    Score

    Raises
    ------
    ValueError
        If the colors are not uint8, or not one per point, or `embedding` has fewer than 3 points.
    """
    scorer = Scorer(embedding, seed=seed, **options)
    return scorer.score(colors, name, categorical=categorical, all_eyes=all_eyes)


def position_colors(xy):
    """Return the position alone as colors, uint8 (n, 3): one hue in each corner of the map."""
    low, span = xy.min(axis=0), np.ptp(xy, axis=0)
    a, b = (0.2 * ((xy - low) / np.where(span > 0, span, 1) - 0.5)).T
    return oklab_to_srgb8(np.stack([np.full_like(a, 0.7), a, b], axis=1))


def color_space(srgb8, vision="normal"):
    """Return OKLab with a and b doubled, float32 (n, 3), of sRGB colors uint8 (n, 3).

    Euclidean distances are the ΔE of the score. `vision` as for `simulate`.
    """
    return weighted_oklab(simulate(srgb8_to_lin(srgb8), vision))


def _labels(meta, column):
    if column not in meta:
        raise ValueError(f"column must be one of {', '.join(meta)}, got {column!r}")
    return label_codes(meta[column])[0]


def _table_row(answers):
    """Return the mean of the answers of all windows, and the interval "low", "high" of normal."""
    if not answers:
        return {}
    visions = [key for key in answers[0] if key != "resampled"]
    row = {vision: 100 * np.mean([answer[vision] for answer in answers]) for vision in visions}
    if "resampled" in answers[0]:
        resampled = np.mean([answer["resampled"] for answer in answers], axis=0)
        row["low"], row["high"] = 100 * np.quantile(resampled, [0.025, 0.975])
    return row


def _resample(sums, counts, rng):
    """Return the share of agreement, -1..1, in `_RESAMPLES` bootstrap samples of the anchors."""
    rows = rng.integers(0, len(sums), (_RESAMPLES, len(sums)))
    return sums[rows].sum(axis=1) / np.maximum(counts[rows].sum(axis=1), 1)


def _of_all(colors, rows, n):
    """Return colors of all n points, of which those of some rows are given."""
    srgb8 = np.zeros((n, 3), np.uint8)
    srgb8[rows] = check_srgb8("colors", colors, len(rows))
    return srgb8

