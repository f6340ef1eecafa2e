"""Fits to a view: all colors are spent there, they glide from view to view, few points stop it."""

import pickle
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from tsnecolor_nb import TECHNIQUES, ViewFit, color, load_embedding
from tsnecolor_nb.colors.palettes import MISSING
from tsnecolor_nb.colors.spaces import srgb8_to_oklab
from tsnecolor_nb.steps.hue_and_lightness import HueAndLightness
from tsnecolor_nb.techniques.run import CachedRun, Cancelled
from tsnecolor_nb.techniques.technique import Technique

# Components of random numbers are not independent, so that ICA does not converge on them.
pytestmark = pytest.mark.filterwarnings("ignore:SampledICA did not converge")

WHOLE = (-9, 9), (-9, 9)


@pytest.fixture(scope="module")
def embedding():
    """Return two islands, left and right, whose points vary along different dimensions."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(6000, 30)) * 0.3
    left = np.arange(6000) < 3000
    X[left, :3] += rng.normal(size=(3000, 3)) * [5, 4, 3]
    X[~left, 3:6] += rng.normal(size=(3000, 3)) * [2, 1.5, 1]
    xy = rng.uniform(-2, 2, (6000, 2)) + np.where(left, -5, 5)[:, None] * [1, 0]
    return load_embedding(X, xy, xyz=X[:, 3:6])


def part(embedding, x_range, y_range=(-9, 9)):
    """Return the embedding of the points in a range alone, and their row numbers."""
    x, y = embedding.xy.T
    inside = (x >= x_range[0]) & (x <= x_range[1]) & (y >= y_range[0]) & (y <= y_range[1])
    return load_embedding(embedding.X[inside], embedding.xy[inside]), np.flatnonzero(inside)


def test_the_whole_range_of_color_is_spent_in_view(embedding):
    """Every channel runs from 0 to 255 in view, where a fit to all points uses a part of it."""
    rows = part(embedding, (3, 7))[1]
    found = ViewFit(embedding).colors("pca_rgb", (3, 7), (-9, 9))[rows]
    assert found.min(axis=0).tolist() == [0, 0, 0] and found.max(axis=0).tolist() == [255] * 3
    assert np.ptp(color(embedding, "pca_rgb")[rows], axis=0).max() < 128


def test_it_is_the_fit_of_the_points_in_view(embedding):
    """Up to order and signs the colors are those of the technique on these points alone."""
    right, rows = part(embedding, (3, 7))
    found = ViewFit(embedding).colors("pca_rgb", (3, 7), (-9, 9))[rows].astype(float)
    alone = color(right, "pca_rgb").astype(float)
    correlation = np.abs(np.corrcoef(found.T, alone.T)[:3, 3:])
    assert np.allclose(np.sort(correlation.max(axis=0)), 1, atol=1e-3)


@pytest.mark.parametrize("name", TECHNIQUES)
def test_every_technique_can_be_fitted_to_a_view(embedding, name):
    """Each gives a color per point and its fitted steps, and the same once more for the same."""
    x_range = (3, 7)
    found = ViewFit(embedding).colors(name, x_range, (-9, 9))
    assert found.shape == (6000, 3) and found.dtype == np.uint8
    fit = ViewFit(embedding)
    assert np.array_equal(fit.colors(name, x_range, (-9, 9)), found)
    assert list(fit.steps) == [step for step, _ in TECHNIQUES[name].pipeline(limit=30).steps]
    assert fit.fitted and fit.n_in_view == 3000


@pytest.mark.parametrize("name", ["pca_rgb", "pca_oklab", "ica_rgb", "kmeans", "pca_argmax"])
def test_the_view_of_everything_has_the_usual_colors(embedding, name):
    """Where all points are in view, nothing is gained and nothing changes."""
    found = ViewFit(embedding).colors(name, *WHOLE)
    usual = color(embedding, name)
    # The perceptual cube, once turned, looks for its place a little differently.
    assert (np.abs(found.astype(int) - usual) <= 8).all(axis=1).mean() > 0.99


def test_components_keep_order_and_signs_from_view_to_view():
    """Where another component comes first and points the other way, the colors still stay."""
    rng = np.random.default_rng(1)
    X = rng.normal(size=(4000, 3)) * [3, 2, 1]
    X[2000:] *= np.array([2, 3, 1]) / [3, 2, 1]  # on the right the second axis is the longest
    X += [9, -9, 0]
    e = load_embedding(X, np.column_stack([np.arange(4000), rng.uniform(size=4000)]))
    fit = ViewFit(e)
    fit.colors("pca_rgb", (0, 1999), (0, 1), rgb__clip=0.01)
    left = fit.steps["pca"].components_
    fit.colors("pca_rgb", (2000, 3999), (0, 1), rgb__clip=0.01)
    right = fit.steps["pca"]
    assert (left * right.components_).sum(axis=1).min() > 0.9
    assert right.explained_variance_.argmax() == 1


def test_the_cube_turns_with_its_components():
    """In the perceptual cube the colors of what both views show stay, though axes have turned."""
    rng = np.random.default_rng(3)
    X = rng.normal(size=(4000, 6)) * [3, 2.9, 2.8, 0.1, 0.1, 0.1]
    e = load_embedding(X, np.column_stack([np.arange(4000), rng.uniform(size=4000)]))
    fit, views = ViewFit(e), ((0, 2500), (1500, 3999))
    first, second = (fit.colors("pca_oklab", view, (0, 1))[1500:2500] for view in views)
    assert np.abs(first.astype(int) - second).mean() < 10
    away = np.abs(color(part(e, views[1])[0], "pca_oklab")[:1000].astype(int) - first).mean()
    assert away > 30


def test_clusters_keep_their_colors_from_view_to_view():
    """A step to the side changes the color of only those points whose cluster changed."""
    rng = np.random.default_rng(2)
    centers = rng.normal(size=(12, 8)) * 20
    label = rng.choice(12, 6000, p=np.arange(12, 0, -1) / 78)  # the largest are left behind
    X = centers[label] + rng.normal(size=(6000, 8))
    xy = np.column_stack([label + rng.uniform(0, 1, 6000), rng.uniform(size=6000)])
    fit = ViewFit(load_embedding(X, xy))
    first = fit.colors("kmeans", (0, 8), (0, 1), kmeans__n_clusters=8)
    second = fit.colors("kmeans", (1, 9), (0, 1), kmeans__n_clusters=8)
    shared = (label >= 1) & (label < 8)
    assert (first[shared] == second[shared]).all(axis=1).mean() > 0.99


@pytest.mark.parametrize("name", ["pca_rgb", "kmeans"])
def test_the_first_view_is_aligned_with_the_whole_map(name):
    """Where other components and clusters are the largest in view, they keep the map's colors."""
    rng = np.random.default_rng(4)
    view, share = np.arange(4000) < 1000, np.arange(8, 0, -1) / 36
    label = np.where(view, rng.choice(8, 4000, p=share[::-1]), rng.choice(8, 4000, p=share))
    X = np.eye(8)[label] * 90 + rng.normal(size=(4000, 8))
    if name == "pca_rgb":
        X = rng.normal(size=(4000, 3)) * np.where(view[:, None], [2, 3, 1], [3, 2, 1])
    e = load_embedding(X, np.column_stack([np.arange(4000), rng.uniform(size=4000)]))
    params = {"kmeans__n_clusters": 8} if name == "kmeans" else {}
    whole = color(e, name, **params)[view].astype(int)
    alone = color(load_embedding(e.X[view], e.xy[view]), name, **params)
    first = ViewFit(e).colors(name, (0, 999), (0, 1), **params)[view]
    change, unaligned = (np.abs(colors - whole).mean() for colors in (first, alone))
    assert change < 15 < 30 < unaligned


def test_a_fit_leaves_its_technique_and_earlier_steps_as_they_were(embedding):
    """Steps of one view are not those of another, so nothing that was fitted changes later."""
    fit = ViewFit(embedding)
    fit.colors("pca_rgb", (3, 7), (-9, 9))
    first = fit.steps
    stored = pickle.dumps(first)
    fit.colors("pca_rgb", (-7, -3), (-9, 9))
    assert pickle.dumps(first) == stored
    assert not any(fit.steps[name] is first[name] for name in first)


def test_a_fit_pickles_and_has_a_short_repr(embedding):
    """A copy colors the next view as the fit itself would."""
    fit = ViewFit(embedding)
    assert repr(fit) == "<ViewFit of 6,000 points: no steps yet>"
    fit.colors("pca_rgb", (3, 7), (-9, 9))
    assert repr(fit) == "<ViewFit of 6,000 points: pca, rgb>"
    copy = pickle.loads(pickle.dumps(fit))
    view = (2, 6), (-9, 9)
    assert np.array_equal(copy.colors("pca_rgb", *view), fit.colors("pca_rgb", *view))


def test_with_few_points_in_view_the_previous_fit_stays(embedding):
    """A view of 12 points, or of none, is colored as the view before, and says that it is."""
    fit = ViewFit(embedding)
    before, steps = fit.colors("pca_rgb", (3, 7), (-9, 9)), fit.steps
    order = np.argsort(embedding.xy[:, 0])
    middle = order[4500:4512]
    ends = embedding.xy[middle[0], 0], embedding.xy[middle[-1], 0]
    found = fit.colors("pca_rgb", ends, (-9, 9))
    assert fit.steps is steps and not fit.fitted and fit.n_in_view == 12
    assert np.array_equal(found[middle], before[middle])
    fit.colors("pca_rgb", (100, 101), (0, 1))
    assert fit.steps is steps and not fit.fitted and fit.n_in_view == 0


def test_a_first_view_without_points_has_the_colors_of_the_whole(embedding):
    """There is no previous view then, but there is the map."""
    fit = ViewFit(embedding)
    found = fit.colors("pca_rgb", (-0.5, 0.5), (-9, 9))
    assert not fit.fitted and (found == MISSING).all()
    whole = CachedRun(embedding)
    whole.run("pca_rgb")
    assert np.allclose(fit.steps["pca"].components_, whole.steps["pca"].components_)


def test_what_is_far_from_the_view_is_grey(embedding):
    """Half a view beyond its edges the colors end."""
    found = ViewFit(embedding).colors("pca_rgb", (4, 6), (-1, 1))
    x, y = embedding.xy.T
    near = (np.abs(x - 5) < 1.99) & (np.abs(y) < 1.99)
    assert (found[x < 0] == MISSING).all()
    assert (found[near] == MISSING).all(axis=1).mean() < 0.01


def test_incomplete_points_are_grey(embedding):
    """Points with holes in X are left out of the fit, and keep their place among the colors."""
    X, xy = embedding.X.copy(), embedding.xy
    X[::7, 2] = np.nan
    holed = load_embedding(X, xy, missing="grey")
    found = ViewFit(holed).colors("pca_rgb", (3, 7), (-9, 9))
    assert (found[::7] == MISSING).all()
    alone = load_embedding(np.delete(X, np.s_[::7], axis=0), np.delete(xy, np.s_[::7], axis=0))
    expected = ViewFit(alone).colors("pca_rgb", (3, 7), (-9, 9))
    assert np.array_equal(np.delete(found, np.s_[::7], axis=0), expected)


def test_values_are_computed_once_for_all_views(embedding):
    """What needs the whole map runs again only when its parameters change, or it uses the view."""
    calls = []

    def values(e, progress=None, k=1, view=None):
        calls.append(view)
        return e.X * k

    made = {"build": TECHNIQUES["pca_rgb"].build, "params": (), "notebook": "", "source": ""}
    named = {"name": "x", "title": "", "description": "", "values": values}
    fit = ViewFit(embedding)
    for view in ((3, 7), (3, 6), (2, 7)):
        fit.colors(Technique(**named, **made), view, (-9, 9))
    assert calls == [None]
    fit.colors(Technique(**named, **made), (3, 7), (-9, 9), values__k=2)
    assert calls == [None, None]
    looks = Technique(**named, **made, uses_view=True)
    for x_range in ((3, 7), (3.1, 7.1), (3, 6)):  # panning leaves a pixel as wide as it was
        fit.colors(looks, x_range, (-9, 9), width=500)
    assert calls[2:] == [((3.0, 7.0), (-9.0, 9.0), 500), ((3.0, 6.0), (-9.0, 9.0), 500)]
    run = CachedRun(embedding)
    for x_range in ((1, 2), (2, 3), (1, 3)):
        run.run(looks, view=(x_range, (0, 1), 300))
    assert calls[4:] == [((1, 2), (0, 1), 300), ((1, 3), (0, 1), 300)]


def test_values_of_the_view_are_computed_from_its_points_alone(embedding):
    """First of all points at the scale of the map, for what is compared; then of those around."""
    calls = []

    def values(e, progress=None, k=1, rows=None, view=None):
        calls.append((len(rows), view))
        return e.X[rows, :3] * (1 if len(rows) == len(e) else -1)

    negated = Technique(
        "x", "", "", TECHNIQUES["hue_and_lightness"].build, (), "", "", values, values_in_view=True
    )
    fit = ViewFit(embedding)
    view = (4, 6), (-1, 1)
    found = fit.colors(negated, *view, width=500)
    x, y = embedding.xy.T
    around = (np.abs(x - 5) <= 2) & (np.abs(y) <= 2)
    (n, (x_range, _, width)), then = calls
    assert n == len(embedding) and x_range == pytest.approx(fit_range(x)) and width == 500
    assert then == (around.sum(), ((4.0, 6.0), (-1.0, 1.0), 500))
    assert (found[~around] == MISSING).all() and not np.isnan(fit.values).any()
    # The values of the view have the other sign; hue and lightness are turned back.
    whole = HueAndLightness().fit_transform(embedding.X[:, :3])
    before, after = (srgb8_to_oklab(c[around]) for c in (whole, found))
    assert all(np.corrcoef(before.T, after.T)[i, 3 + i] > 0.5 for i in range(3))
    fit.colors(negated, *view, width=500)
    assert len(calls) == 3
    again = fit.colors(negated, (100, 101), (0, 1))
    assert len(calls) == 3 and not fit.fitted and (again == MISSING).all()


def fit_range(x):
    """Return the ends of x with the 3 % around them that a map shows."""
    middle, half = (x.min() + x.max()) / 2, 0.515 * (x.max() - x.min())
    return middle - half, middle + half


def test_many_points_in_view_are_sampled(embedding):
    """The steps learn from no more rows than allowed, but every point in view has its color."""
    fit = ViewFit(embedding, max_rows=500)
    found = fit.colors("kmeans", (3, 7), (-9, 9))
    assert len(fit.steps["kmeans"].labels_) == 500
    right = embedding.xy[:, 0] > 2.5
    assert not (found[right] == MISSING).all(axis=1).any()


def test_a_cancelled_fit_leaves_the_previous_one(embedding):
    """What progress raises ends the work; the next call starts from what was."""
    fit = ViewFit(embedding)
    fit.colors("pca_rgb", *WHOLE)
    steps = fit.steps

    def stop(step, fraction):
        raise Cancelled

    with pytest.raises(Cancelled):
        fit.colors("pca_rgb", (3, 7), (-9, 9), progress=stop)
    assert fit.steps is steps
    assert fit.colors("pca_rgb", (3, 7), (-9, 9)).shape == (6000, 3)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("pca", (0, 1), (0, 1)), "technique must be one of"),
        (("pca_rgb", (1, 0), (0, 1)), "x_range must be finite and increasing"),
        (("pca_rgb", (0, 1), (0, np.nan)), "y_range must be finite and increasing"),
    ],
)
def test_what_does_not_fit_is_named(embedding, arguments, message):
    """Wrong names and ranges end in a ValueError that names them."""
    with pytest.raises(ValueError, match=message):
        ViewFit(embedding).colors(*arguments)


def test_one_embedding_is_computed_on_by_one_thread_at_a_time(embedding):
    """Runs and fits to the view wait for each other: together they would need more memory."""
    inside, most = [], []

    def values(e, progress=None):
        inside.append(1)
        most.append(len(inside))
        time.sleep(0.05)
        inside.pop()
        return e.X

    slow = Technique("slow", "", "", TECHNIQUES["pca_rgb"].build, (), "", "", values)
    jobs = [
        lambda: CachedRun(embedding).run(slow), lambda: CachedRun(embedding).run(slow),
        lambda: ViewFit(embedding).colors(slow, *WHOLE),
    ]
    with ThreadPoolExecutor(len(jobs)) as pool:
        for job in [pool.submit(job) for job in jobs]:
            job.result()
    assert most == [1, 1, 1]
