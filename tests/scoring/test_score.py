"""The score against its definition in plain Python, known answers, and its own failure modes."""

import math
import pickle

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter
from scipy.spatial import cKDTree

from tsnecolor_nb.colors.eye import seen_colors
from tsnecolor_nb.colors.spaces import lin_to_srgb8, oklab_to_srgb8, srgb8_to_lin
from tsnecolor_nb.data.embedding import load_embedding
from tsnecolor_nb.picture.raster import Raster, compose
from tsnecolor_nb.scoring.score import Scorer, color_space, position_colors, score

RNG = np.random.default_rng(0)
# Nine islands on the map; within an island, position says nothing of the 16 dimensions.
ISLAND = np.repeat(np.arange(9), 2000)
INNER = RNG.random((len(ISLAND), 2))
XY = INNER + 1.5 * np.column_stack([ISLAND % 3, ISLAND // 3])
HIDDEN = RNG.normal(size=(len(ISLAND), 3))
X = np.column_stack([HIDDEN, RNG.normal(0, 0.7, (len(ISLAND), 4)), 2 * np.eye(9)[ISLAND]])


@pytest.fixture(scope="module")
def embedding():
    """Return nine islands whose points differ in three hidden dimensions, invisible on the map."""
    return load_embedding(X, XY)


@pytest.fixture(scope="module")
def scorer(embedding):
    """Return a scorer of the islands; nearly all of their pixels hold one point."""
    return Scorer(embedding, zooms=(1, 2), n_windows=3, n_anchors=300)


def fraction_colors(values):
    """Return colors that rise with three columns of values, each clipped to its inner 98 %."""
    low, high = np.quantile(values, [0.01, 0.99], axis=0)
    return np.uint8(255 * np.clip((values - low) / (high - low), 0, 1))


def plain_sign(x, tau=0.0):
    """Return the sign of x, or 0 if it is smaller than tau."""
    return 0 if abs(x) < tau else (x > 0) - (x < 0)


def plain_lcf(place, color, pairs):
    """Compute 100 (2A - 1) over (i, j, l), as the definition is written."""
    total, place, color = [], np.asarray(place).tolist(), color.tolist()
    for i, j, k in pairs:
        d = math.dist(place[i], place[j]) - math.dist(place[i], place[k])
        e = math.dist(color[i], color[j]) - math.dist(color[i], color[k])
        total.append(0.5 + 0.5 * plain_sign(d) * plain_sign(e, 0.02))
    return 100 * (2 * sum(total) / len(total) - 1)


def triples(pairs):
    """Return (anchor, first, second) of all pairs."""
    anchors = np.repeat(pairs.anchors, pairs.counts)
    return list(zip(anchors, pairs.first, pairs.second, strict=True))


def test_points_are_scored_as_defined(embedding, scorer):
    """A plain loop over neighbors found by sorting gives exactly the score of the points."""
    colors = RNG.integers(0, 256, (len(X), 3), dtype=np.uint8)
    near, _ = scorer._points
    pairs = [tuple(scorer._rows[list(spots)]) for spots in triples(near)]
    for anchor in scorer._rows[near.anchors[:5]]:
        away = np.linalg.norm(embedding.xy - embedding.xy[anchor], axis=1)
        away[anchor] = np.inf
        ranked = np.argsort(away, kind="stable")[:100]
        mine = [p[1:] for p in pairs if p[0] == anchor]
        assert np.array(mine).ravel().tolist() == ranked.tolist()
    found = scorer.score(colors).table.loc[("points", "near"), "normal"]
    assert found == pytest.approx(plain_lcf(embedding.X, color_space(colors), pairs), abs=1e-9)


def test_pictures_are_scored_as_defined(embedding, scorer):
    """Means per pixel and pairs ranked by distance, all done by plain loops, give the score."""
    colors = fraction_colors(HIDDEN)
    view = next(view for view in scorer.windows if view.zoom == 2)
    (x0, x1), (y0, y1) = view.x_range, view.y_range
    pixels = {}
    for row, (x, y) in enumerate(embedding.xy.astype(float)):
        if x0 <= x <= x1 and y0 <= y <= y1:
            at = (599 - int((y - y0) / (y1 - y0) * 600), int((x - x0) / (x1 - x0) * 600))
            pixels.setdefault(at, []).append(row)
    spots = sorted(pixels)
    assert [r * 600 + c for r, c in spots] == view.occupied.tolist()
    place = [embedding.X[pixels[at]].mean(axis=0) for at in spots]
    light = np.array([srgb8_to_lin(colors[pixels[at]]).mean(axis=0) for at in spots])
    pairs = triples(view.near)
    for anchor in view.near.anchors[:20]:
        away = [math.dist(spots[anchor], at) for at in spots]
        ranked = sorted(d for d in away if 0 < d <= 8)
        mine = [away[s] for p in pairs if p[0] == anchor for s in p[1:]]
        assert mine == ranked[: len(ranked) // 2 * 2]
    sums = view.near.agreement(color_space(lin_to_srgb8(light)), 0.02)
    found = 100 * sums.sum() / view.near.counts.sum()
    expected = plain_lcf(place, color_space(lin_to_srgb8(light)), pairs)
    assert found == pytest.approx(expected, abs=1e-9)
    rgba = Raster(embedding.xy, colors).rgba(
        view.x_range, view.y_range, shading="eq_hist", point_size=0
    )
    drawn = rgba.reshape(-1, 4)[view.occupied, :3]
    assert np.array_equal(drawn, lin_to_srgb8(light))
    scored = scorer.score(lambda w: colors[w.rows]).table
    windows = [w for w in scorer.windows if w.zoom == 2]
    others = [
        100 * w.near.agreement(color_space(lin_to_srgb8(w.means(srgb8_to_lin(colors)))), 0.02).sum()
        / w.near.counts.sum()
        for w in windows
    ]
    assert scored.loc[("zoom 2", "pixel means"), "normal"] == pytest.approx(np.mean(others))


def test_spots_are_the_pixels_that_are_drawn(embedding, scorer):
    """In every view, occupied pixels are those in which the raster draws something."""
    for view in scorer.windows:
        rgba = Raster(embedding.xy).rgba(view.x_range, view.y_range, point_size=0)
        assert np.array_equal(np.flatnonzero(rgba[..., 3]), view.occupied)


def test_one_color_tells_nothing_of_points(scorer):
    """One color for all scores exactly 0 for pixel means and for points, to every eye."""
    table = scorer.score(np.full((len(X), 3), 77, np.uint8), all_eyes=True).table
    means = table[table.index.isin(["pixel means", "pixel means, far"], level="question")]
    assert (means.to_numpy() == 0).all() and (table.loc["points"].to_numpy() == 0).all()
    assert table.shape == (14, 7)


def test_random_colors_tell_nothing_about_points(scorer):
    """Random colors score about 0 wherever a spot is a single point."""
    table = scorer.score(RNG.integers(0, 256, (len(X), 3), dtype=np.uint8), all_eyes=True).table
    assert np.abs(table.loc[[("zoom 2", "pixel means"), ("points", "near")]].to_numpy()).max() < 8


def test_distance_itself_is_perfect(scorer):
    """Values whose distances are those of X score 100, but for a spot drawn twice for one pair."""
    table = scorer.score_values(X).table["normal"]
    near = [table["zoom 1", "pixel means"], table["zoom 2", "pixel means"], table["points", "near"]]
    assert near == [100, 100, 100] and table.dropna().min() > 99.5 and table.count() == 6


def test_colors_that_follow_the_data_score_high(scorer):
    """Three hidden dimensions shown as color tell nearly all within an island; 100 stays apart."""
    table = scorer.score(fraction_colors(HIDDEN)).table
    assert 40 < table.loc[("points", "near"), "normal"] < 100
    assert table.loc[("zoom 2", "pixel means"), "normal"] > 40


def test_a_palette_for_every_island_games_the_local_score(scorer):
    """Permuting what channels mean from island to island keeps the local and loses the global."""
    honest = fraction_colors(np.column_stack([HIDDEN[:, :2], 2.5 * (ISLAND % 3) + HIDDEN[:, 2]]))
    gamed = fraction_colors(HIDDEN)
    for island in range(9):
        mine = island == ISLAND
        turned = np.roll(gamed[mine], island % 3, axis=1)
        gamed[mine] = 255 - turned if island % 2 else turned
    honest, gamed = scorer.score(honest).row, scorer.score(gamed).row
    assert gamed["points"] > honest["points"] and gamed["global"] < 0.5 * honest["global"]


def test_position_as_color_tells_nothing_new(scorer):
    """Near spots differ in position alike, so their color says nothing; far ones betray islands."""
    table = scorer.score(position_colors(XY)).table["normal"]
    assert abs(table["points", "near"]) < 5 and table["points", "far"] > 15


def test_color_that_others_can_not_see(scorer):
    """Hidden values shown as red against green are lost in grey and to the color-blind."""
    lightness, a = np.full(len(X), 0.7), np.clip(HIDDEN[:, 0], -2, 2) * 0.05
    colors = oklab_to_srgb8(np.column_stack([lightness, a, 0 * a]))
    near = scorer.score(colors, all_eyes=True).table.loc[("points", "near")]
    assert near["normal"] > 2 * near["grey"] and near["normal"] > 2 * near["deuteranopia"]


def test_seeds_reproduce(embedding):
    """The same seed gives the same numbers, another seed others, within the interval's size."""
    colors = fraction_colors(HIDDEN)
    options = {"zooms": (1,), "n_windows": 2, "n_anchors": 200}
    one, same = (score(embedding, colors, **options).table for _ in range(2))
    other = score(embedding, colors, seed=1, **options).table
    assert one.equals(same) and not one.equals(other)
    one, other = one.dropna(subset="low"), other.dropna(subset="low")
    assert (one["low"] <= one["normal"]).all() and (one["normal"] <= one["high"]).all()
    width = one["high"] - one["low"]
    assert ((one["normal"] - other["normal"]).abs() < 2 * width).all() and (width < 10).all()


def test_another_model_of_the_eye(embedding, scorer):
    """What the score asks of pictures, it asks of the eye that it is given, of any channels."""
    colors = fraction_colors(HIDDEN)
    asked = []

    def blind(picture, pixels_per_degree, vision):
        asked.append((picture.shape, pixels_per_degree, vision))
        return np.zeros((*picture.shape[:2], 2), np.float32)

    options = {"zooms": (1, 2), "n_windows": 3, "n_anchors": 300}
    other = Scorer(embedding, eye=blind, pixels_per_degree=24, **options).score(colors)
    own = scorer.score(colors)
    near = other.table.xs("near", level="question")["normal"].drop("points")
    assert (near == 0).all() and set(asked) == {((600, 600, 3), 24, "normal")}
    assert other.row["pixel means"] == own.row["pixel means"] and own.row["near"] > 10

    def padded(n_channels):
        def eye(picture, pixels_per_degree, vision):
            seen = seen_colors(picture, pixels_per_degree, vision)
            return np.pad(seen, ((0, 0), (0, 0), (0, n_channels - 3)))

        return Scorer(embedding, eye=eye, **options).score(colors).table

    assert padded(5).equals(padded(3))


def test_colors_may_depend_on_the_view(embedding, scorer):
    """A function of the view is asked once per view; the same colors then score the same."""
    colors = fraction_colors(HIDDEN)
    asked = []

    def of_view(view):
        asked.append(view)
        return colors[view.rows]

    found, usual = scorer.score(of_view).table, scorer.score(colors).table
    assert asked == scorer.windows
    assert found.iloc[:-2].equals(usual.iloc[:-2]) and found.iloc[-2:].isna().all(axis=None)


def test_a_zoom_without_enough_points_is_not_scored(embedding):
    """Where no window holds enough points there is no number, and the summary uses the rest."""
    found = Scorer(embedding, n_windows=2, n_anchors=50).score(fraction_colors(HIDDEN))
    assert found.table.loc["zoom 16"].isna().all(axis=None)
    assert found.row["near"] == found.row[["zoom 1", "zoom 4"]].mean()


def test_references_set_the_scale(scorer):
    """One color and random colors lie below three components, and these below ten."""
    rows = {found.name: found.row for found in scorer.references()}
    points = [row["points"] for row in rows.values()]
    assert len(rows) == 5 and points[0] == 0 and points[3] < points[4]
    assert max(points[:3], key=abs) < points[3]


SIDE = 200
GRID = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1).reshape(-1, 2) / SIDE
# Three smooth random values that are independent of each other.
WAVES = gaussian_filter(RNG.normal(size=(SIDE, SIDE, 3)), (2, 2, 0), mode="wrap").reshape(-1, 3)
WAVES = np.clip(WAVES / WAVES.std(axis=0) / 2.5, -1, 1)
TRUTH = oklab_to_srgb8(np.array([0.65, 0, 0]) + [0.2, 0.1, 0.1] * WAVES)


@pytest.fixture
def seen_scorer(prepared):
    """Return a scorer of a map without gaps, that looks from the usual distance."""
    prepared.pixels_per_degree = 36
    return prepared


@pytest.fixture(scope="module")
def prepared():
    """Return a scorer of a map without gaps, in which three dimensions change smoothly."""
    meta = {"half": np.where(WAVES[:, 0] > 0, "upper", "lower")}
    embedding = load_embedding(WAVES, GRID, meta=meta)
    return Scorer(embedding, zooms=(1,), n_windows=4, n_anchors=300, column="half")


def test_what_is_asked_of_near_spots(prepared):
    """Spots are disks around pixels; two of a pair are equally far, and X says which is closer."""
    (window,), (asked,) = prepared.windows, prepared.questions
    counts = np.bincount(window.spots)
    pixels = np.column_stack(np.divmod(window.occupied, 600))
    tree, means = cKDTree(pixels), window.means(WAVES.astype(np.float32))
    spots = np.column_stack(np.divmod(asked.pixels, 600))
    place = [
        np.average(means[rows], axis=0, weights=counts[rows])
        for rows in (tree.query_ball_point(spot, 2) for spot in spots)
    ]
    found = triples(asked.near)
    for (a, b, c), sign in zip(found, asked.near.sign, strict=True):
        gap = math.dist(place[a], place[b]) - math.dist(place[a], place[c])
        assert sign == plain_sign(gap) or abs(gap) < 1e-5
    away = np.array([[math.dist(spots[a], spots[s]) for s in others] for a, *others in found])
    assert away.min() >= 5 and away.max() <= 14 and asked.near.counts.max() == 30
    assert np.abs(np.diff(away, axis=1)).max() < 2 and np.abs(np.diff(away, axis=1)).mean() < 0.1


def test_the_truth_as_color_reaches_an_eye(seen_scorer):
    """Three dimensions as three axes of color score nearly 100 from close up, less from afar."""
    near = []
    for seen_scorer.pixels_per_degree in (1, 12, 36):
        found = seen_scorer.score(TRUTH)
        near.append(found.row["near"])
        assert found.row["far"] > 80 and found.below == ""
    assert 80 < near[0] < 100 and near[0] > near[1] + 3 > near[2] + 6, near
    of_column = found.table["normal"]["zoom 1", "regions of the column"]
    assert 5 < of_column < found.row["regions"]


def test_colors_that_tell_nothing_are_at_chance_on_a_surface(seen_scorer):
    """One grey and random colors score about 0 for near and far spots, and it is said in words."""
    grey = np.full((SIDE**2, 3), 128, np.uint8)
    random = RNG.integers(0, 256, (SIDE**2, 3), dtype=np.uint8)
    for colors in (grey, random):
        seen = seen_scorer.score(colors).table["normal"]["zoom 1"]
        assert seen[["near", "precision", "recall"]].abs().max() < 6
    assert "below" in seen_scorer.score(random).below


def test_an_eye_does_not_see_single_pixels(seen_scorer):
    """A checkerboard of single pixels scores as a picture of its mean colors does."""
    means = compose(Raster(GRID, TRUTH).rgba())
    sign = np.indices((600, 600)).sum(axis=0)[..., None] % 2 * 2 - 1
    checks = lin_to_srgb8(srgb8_to_lin(means) * (1 + 0.2 * sign))
    checks, means = (
        seen_scorer.score_pictures(lambda _, picture=picture: picture).row.dropna()
        for picture in (checks, means)
    )
    apart = (checks - means).abs()
    assert checks["near"] > 40 and apart.drop("regions").max() < 1
    # Waves have no regions: where k-means parts them hangs on the last digits.
    assert apart["regions"] < 6


def test_the_gamut_is_kept():
    """What a technique says of its gamut stands in the summary; without it there is NaN."""
    tiny = load_embedding(X[:50], XY[:50])
    scorer = Scorer(tiny, n_windows=1, n_anchors=10)
    colors = fraction_colors(HIDDEN[:50])
    assert scorer.score(colors, out_of_gamut=0.25).row["out of gamut"] == 0.25
    assert np.isnan(scorer.score(colors).row["out of gamut"])


def test_results_are_short_in_print_and_pickled(scorer):
    """A scorer and a score print no arrays, and both survive pickling."""
    assert repr(scorer) == "<Scorer of 18,000 points at the zooms 1, 2>"
    found = scorer.score(fraction_colors(HIDDEN), "hidden")
    assert repr(found).startswith("<Score of 'hidden': zoom 1 ")
    assert pickle.loads(pickle.dumps(found)).table.equals(found.table)
    again = pickle.loads(pickle.dumps(scorer)).score(fraction_colors(HIDDEN))
    assert again.table.equals(found.table)


def test_wrong_arguments_are_named(embedding, scorer):
    """Wrong colors, values and embeddings end in a ValueError that names them."""
    with pytest.raises(ValueError, match="colors must be uint8"):
        scorer.score(np.zeros((len(X), 3)))
    with pytest.raises(ValueError, match=r"colors must have shape \(18000, 3\)"):
        scorer.score(np.zeros((5, 3), np.uint8))
    with pytest.raises(ValueError, match=r"values must have shape \(18000, q\), got \(5, 3\)"):
        scorer.score_values(np.zeros((5, 3)))
    with pytest.raises(ValueError, match="background must be"):
        Scorer(embedding, background="paper")
    with pytest.raises(ValueError, match=r"column must be one of .*, got 'age'"):
        Scorer(embedding, column="age")
    with pytest.raises(ValueError, match="at least 3 points, got 2"):
        Scorer(load_embedding(X[:2], XY[:2]))


def test_the_public_name_is_the_function():
    """No module of the same name takes the function's place once the scorer is imported."""
    import tsnecolor_nb

    assert tsnecolor_nb.Scorer is Scorer and tsnecolor_nb.score is score
    assert tsnecolor_nb.score is score, "also when asked again"
