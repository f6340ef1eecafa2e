"""How much a coloring shows: local color fidelity (LCF), of the picture and of the points.

Take a spot in the picture and two other spots equally near it. How often is the one with the more
similar color also closer in X? LCF is 0 for chance and 100 for always.
"""

from dataclasses import dataclass

import numpy as np

from ..arrays.chunks import single_threaded
from ..colors.spaces import check_srgb8, lin_to_oklab, oklab_to_srgb8, srgb8_to_lin
from ..colors.vision import VISIONS, simulate
from ..picture.raster import Raster
from . import spots

TAU = 0.02
"""A difference between two color distances that an eye can't tell, in OKLab."""

_AB_WEIGHT = np.array([1, 2, 2], np.float32)  # OKLab's a and b span less than they show
_RESAMPLES = 200


@dataclass(frozen=True, eq=False, repr=False)
class Score:
    """The scores of one coloring. Made by `score` or a `Scorer`.

    Attributes
    ----------
    name : str
    table : DataFrame
        Rows (view, pairs): each zoom and "points", with "near" and with "far" pairs. Columns:
        "normal" with the ends "low" and "high" of its 95 % bootstrap interval over anchors, the
        three color-blind visions, and "grey". NaN where there was nothing to compare.
    out_of_gamut : float or None
        Share of the points, 0..1, whose color lay outside sRGB before it was clipped, if known.
    """

    name: str
    table: "pandas.DataFrame"  # noqa: F821 (pandas loads when it is needed)
    out_of_gamut: float | None = None

    @property
    def row(self):
        """Return the summary as a Series.

        One number for each zoom and for "points"; "picture", the mean of the zooms; "global", with
        random pairs at zoom 1 in place of near ones; "color-blind", the lowest "picture" of three
        color-blind visions; "grey", the picture without color; "out of gamut".
        """
        import pandas as pd

        near = self.table.xs("near", level="pairs")
        pictures = near.drop("points")
        means = pictures[list(VISIONS)].mean()
        far = self.table.xs("far", level="pairs")["normal"]
        return pd.Series(
            {
                **pictures["normal"],
                "picture": means["normal"],
                "points": near["normal"]["points"],
                "global": far.iloc[0],
                "color-blind": means[list(VISIONS[1:4])].min(),
                "grey": means["grey"],
                "out of gamut": np.nan if self.out_of_gamut is None else self.out_of_gamut,
            },
            name=self.name,
        )

    def __repr__(self):
        numbers = ", ".join(f"{key} {value:.1f}" for key, value in self.row[:-1].items())
        return f"<Score of {self.name!r}: {numbers}>"


class Scorer:
    """Score many colorings of one embedding; what does not depend on colors is prepared once.

    At zoom 1 the window is the whole map; at zoom z it shows 1/z of its width, centered on random
    points. Points are drawn as single pixels; a pixel's color is the mean of its points in linear
    light, as `Raster` draws it, and its vector is the mean of the same points in X. Opacity is
    ignored: it shows the number of points, which is the same for every coloring.

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
    seed : int

    Attributes
    ----------
    windows : list of Window
    """

    def __init__(
        self, embedding, *, zooms=(1, 4, 16), n_windows=16, n_anchors=500, min_points=1000, seed=0
    ):
        if len(embedding) < 3:
            raise ValueError(f"embedding must have at least 3 points, got {len(embedding)}")
        self.embedding = embedding
        self.zooms = tuple(zooms)
        self._seed = seed
        X, xy, self.windows = embedding.X, embedding.xy, []
        for zoom in self.zooms:
            rng = np.random.default_rng([seed, round(1000 * zoom)])
            m = n_anchors * (n_windows if zoom == 1 else 1)
            for ranges in spots.sample_windows(xy, zoom, n_windows, min_points, rng):
                self.windows.append(spots.window(X, xy, zoom, ranges, m, rng))
        rng = np.random.default_rng([seed, 0])
        self._rows, *self._points = spots.points(X, xy, n_anchors * n_windows, rng)

    def __repr__(self):
        zooms = ", ".join(map(str, self.zooms))
        return f"<Scorer of {len(self.embedding):,} points at the zooms {zooms}>"

    @property
    def views(self):
        """The former name of `windows`, kept for one release."""
        return self.windows

    def score(self, colors, name="coloring", *, out_of_gamut=None, **how):
        """Score a coloring.

        Parameters
        ----------
        colors : (n, 3) uint8, or callable
            sRGB colors of all points; or ``colors(window)``, which returns those of the points
            ``window.rows`` for a coloring that depends on the window. Then "points" is NaN.
        name : str
        out_of_gamut : float, optional
            Kept in the `Score`.
        **how
            Passed on to `Raster.rgba`.

        Returns
        -------
        Score

        Raises
        ------
        ValueError
            If the colors are not uint8, or not one per point.
        """
        of_points = None if callable(colors) else _checked(colors, len(self.embedding))

        def of_window(window):
            shown = colors(window) if of_points is None else of_points[window.rows]
            return self._pixel_colors(window, _checked(shown, len(window.rows)), how)

        compared = None if of_points is None else of_points[self._rows]
        return Score(name, self._table(of_window, compared, _by_vision, TAU), out_of_gamut)

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
            With normal vision only; the other columns are NaN.
        """
        values = np.ascontiguousarray(values, np.float32)
        if values.ndim != 2 or len(values) != len(self.embedding):
            raise ValueError(
                f"values must have shape ({len(self.embedding)}, q), got {values.shape}"
            )

        def of_window(window):
            return window.means(values)

        def one_vision(values):
            return {"normal": values}

        return Score(name, self._table(of_window, values[self._rows], one_vision, 0.0))

    def references(self):
        """Score references that other scores can be compared with.

        Returns
        -------
        list of Score
            One color for all; random colors; the position on the map as color, which adds nothing
            to the map; and distances in 3 and in 10 principal components, as if colors had no
            limits.
        """
        from ..steps.pca import ChunkedPCA

        X, xy = self.embedding.X, self.embedding.xy
        shape = len(X), 3
        random = np.random.default_rng(self._seed).integers(0, 256, shape, dtype=np.uint8)
        components = ChunkedPCA(min(10, *X.shape)).fit(X).transform(X)
        return [
            self.score(np.full(shape, 128, np.uint8), "one color"),
            self.score(random, "random colors"),
            self.score(position_colors(xy), "position as color"),
            self.score_values(components[:, :3], "distance in 3 components"),
            self.score_values(components, "distance in 10 components"),
        ]

    def _pixel_colors(self, window, srgb8, how):
        raster = Raster(self.embedding.xy[window.rows], srgb8)
        how = {"point_size": 0, **how}
        rgba = raster.rgba(
            window.x_range, window.y_range, width=spots.SIDE, height=spots.SIDE, **how
        )
        return rgba.reshape(-1, 4)[window.occupied, :3]

    def _table(self, of_window, of_points, by_vision, tau):
        import pandas as pd

        compared = [(f"zoom {w.zoom:g}", w.near, w.far, w) for w in self.windows]
        compared.append(("points", *self._points, None))
        measured = {}
        for view, near, far, window in compared:
            shown = of_points if window is None else of_window(window)
            with single_threaded():
                spaces = {} if shown is None else by_vision(shown)
            for kind, pairs in (("near", near), ("far", far)):
                sums = {vision: pairs.agreement(values, tau) for vision, values in spaces.items()}
                if sums and pairs.counts.sum():
                    measured.setdefault((view, kind), []).append((sums, pairs.counts))
        index = pd.MultiIndex.from_product(
            [[*(f"zoom {zoom:g}" for zoom in self.zooms), "points"], ["near", "far"]],
            names=["view", "pairs"],
        )
        rows = [self._table_row(measured.get(key, [])) for key in index]
        return pd.DataFrame(rows, index, columns=["low", "high", *VISIONS], dtype=float)

    def _table_row(self, measured):
        """Return the mean LCF over windows by vision, and the interval "low", "high" of normal."""
        if not measured:
            return {}
        row = {
            vision: 100 * np.mean([sums[vision].sum() / counts.sum() for sums, counts in measured])
            for vision in measured[0][0]
        }
        rng = np.random.default_rng(self._seed)
        resampled = [_resample(sums["normal"], counts, rng) for sums, counts in measured]
        row["low"], row["high"] = 100 * np.quantile(np.mean(resampled, axis=0), [0.025, 0.975])
        return row


def score(embedding, colors, name="coloring", *, seed=0, **options):
    """Score one coloring of an embedding; to score several, prepare a `Scorer` once.

    The score rewards kept distances more than kept neighborhoods. Different palettes on every
    island raise it, which "global" reveals. It has not been compared with human eyes.

    Parameters
    ----------
    embedding, seed, **options
        As for `Scorer`.
    colors, name
        As for `Scorer.score`.

    Returns
    -------
    Score

    Raises
    ------
    ValueError
        If the colors are not uint8, or not one per point, or `embedding` has fewer than 3 points.
    """
    return Scorer(embedding, seed=seed, **options).score(colors, name)


def position_colors(xy):
    """Return the position alone as colors, uint8 (n, 3): one hue in each corner of the map."""
    low, span = xy.min(axis=0), np.ptp(xy, axis=0)
    a, b = (0.2 * ((xy - low) / np.where(span > 0, span, 1) - 0.5)).T
    return oklab_to_srgb8(np.stack([np.full_like(a, 0.7), a, b], axis=1))


def color_space(srgb8, vision="normal"):
    """Return OKLab with a and b doubled, float32 (n, 3), of sRGB colors uint8 (n, 3).

    Euclidean distances are the ΔE of the score. `vision` as for `simulate`.
    """
    return lin_to_oklab(simulate(srgb8_to_lin(srgb8), vision)) * _AB_WEIGHT


def _by_vision(srgb8):
    return {vision: color_space(srgb8, vision) for vision in VISIONS}


def _resample(sums, counts, rng):
    """Return the share of agreement, -1..1, in `_RESAMPLES` bootstrap samples of the anchors."""
    rows = rng.integers(0, len(sums), (_RESAMPLES, len(sums)))
    return sums[rows].sum(axis=1) / np.maximum(counts[rows].sum(axis=1), 1)


def _checked(colors, n):
    colors = check_srgb8("colors", colors)
    if colors.shape != (n, 3):
        raise ValueError(f"colors must have shape ({n}, 3), one row per point, got {colors.shape}")
    return colors
