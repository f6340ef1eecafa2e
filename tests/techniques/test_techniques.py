"""Every technique against its plain definition in NumPy, and runs that reuse what they can."""

import itertools
import pickle
import warnings
from dataclasses import replace

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.cluster import Birch, KMeans, MiniBatchKMeans
from sklearn.decomposition import PCA, FastICA, TruncatedSVD
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_selection import VarianceThreshold
from sklearn.kernel_approximation import RBFSampler
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import (
    KBinsDiscretizer,
    MinMaxScaler,
    Normalizer,
    PolynomialFeatures,
    PowerTransformer,
    QuantileTransformer,
    RobustScaler,
    StandardScaler,
)

from tsnecolor_nb.colors.palettes import distinct_palette, label_colors, value_colors
from tsnecolor_nb.data.embedding import Embedding, load_embedding
from tsnecolor_nb.steps.ica import SampledICA
from tsnecolor_nb.steps.labels import Argmax, ClusterLabels
from tsnecolor_nb.steps.oklab_cube import OklabCube
from tsnecolor_nb.steps.pca import ChunkedPCA
from tsnecolor_nb.steps.to_color import LabelColors, RGBCube, SequentialColors
from tsnecolor_nb.techniques.run import CachedRun, Cancelled, color
from tsnecolor_nb.techniques.table import ORIGINAL, TECHNIQUES
from tsnecolor_nb.techniques.technique import Technique
from tsnecolor_nb.techniques.view_fit import ViewFit


@pytest.fixture(scope="module")
def embedding():
    """Return 5000 points in 30 skewed, correlated dimensions of unequal variance, and a map."""
    rng = np.random.default_rng(0)
    sources = rng.exponential(size=(5000, 30)) * np.geomspace(4, 0.5, 30)
    X = sources @ np.linalg.qr(rng.normal(size=(30, 30)))[0] + 3
    xy = X[:, :2] + rng.normal(0, 0.5, (5000, 2))
    return load_embedding(X, xy, xyz=rng.normal(size=(5000, 3)))


def principal(X, k):
    """Return k principal components by singular values, signs as scikit-learn chooses them."""
    X = X.astype(np.float64)
    X = X - X.mean(axis=0)
    axes = np.linalg.svd(X, full_matrices=False)[2][:k]
    axes *= np.sign(axes[np.arange(k), np.abs(axes).argmax(axis=1)])[:, None]
    return X @ axes.T


def standard(values):
    """Return columns with mean 0 and deviation 1."""
    return (values - values.mean(axis=0)) / values.std(axis=0)


def cube(values):
    """Stretch columns from minimum to maximum over 0..255."""
    return 255 * (values - values.min(axis=0)) / np.ptp(values, axis=0)


def bits(values):
    """Pack comparisons with the medians as the original does, for 8 bits per channel."""
    above = values > np.median(values, axis=0)
    return np.stack([above[:, c::3] @ (2 ** np.arange(8)[::-1]) for c in range(3)], axis=1)


def sources(X, k):
    """Return independent components; they have a test of their own."""
    return SampledICA(k).fit_transform(X).astype(np.float64)


def neighbor_values(e):
    """Return the mean distance to 9 map neighbors as the original's loop computes it."""
    near = NearestNeighbors(n_neighbors=10).fit(e.xy).kneighbors(e.xy, return_distance=False)
    mean = [np.mean([np.linalg.norm(e.X[i] - e.X[j]) for j in near[i, 1:]]) for i in range(len(e))]
    low, high = np.quantile(mean, [0.02, 0.98])
    return value_colors(np.array(mean), low=low, high=high)


PLAIN = {
    "map_neighbor_distance": neighbor_values,
    "tsne3": lambda e: cube(e.xyz.astype(np.float64)),
    "pca_rgb": lambda e: cube(principal(e.X, 3)),
    "binary_pca": lambda e: bits(principal(e.X, 24)),
    "ica_rgb": lambda e: cube(sources(e.X, 3)),
    "binary_ica": lambda e: bits(sources(e.X, 24)),
    "argmax": lambda e: label_colors(standard(e.X).argmax(axis=1)),
    "pca_argmax": lambda e: label_colors(standard(principal(e.X, 30)).argmax(axis=1)),
    "ica_argmax": lambda e: label_colors(standard(sources(e.X, 30)).argmax(axis=1)),
}
PLAIN |= {
    "pca_oklab": lambda e: OklabCube().fit_transform(principal(e.X, 3)),
    "ica_oklab": lambda e: OklabCube().fit_transform(sources(e.X, 3)),
    "tsne3_oklab": lambda e: OklabCube().fit_transform(e.xyz),
}
CLUSTERED = {"kmeans", "pca_kmeans", "ica_kmeans"}
# tested in test_map_techniques.py
ON_THE_MAP = {
    "local_contrast", "neighbor_pca", "moving_frames", "local_mds", "hue_and_lightness",
    "color_pyramid", "trust",
}
# Their palettes have tests of their own, in test_learned_palettes.py.
PALETTES_LEARNED = {"kmeans_related", "kmeans_contrasting"}


def test_every_technique_has_a_plain_definition():
    """No technique of the table is left out by the tests below."""
    elsewhere = CLUSTERED | ON_THE_MAP | PALETTES_LEARNED
    assert set(PLAIN) | elsewhere == set(TECHNIQUES)


@pytest.mark.parametrize("name", PLAIN)
def test_colors_are_those_of_the_plain_definition(embedding, name):
    """All but a few points at rounding edges get the color that NumPy alone gives them."""
    plain = PLAIN[name](embedding).astype(float)
    found = color(embedding, name)
    assert found.shape == (5000, 3) and found.dtype == np.uint8
    assert (np.abs(found - plain) <= 1).all(axis=1).mean() > 0.998


@pytest.mark.parametrize("name", sorted(CLUSTERED))
def test_clustered_colors_are_the_nearest_centers(embedding, name):
    """Each point has the color of its nearest center, and the largest cluster the first color."""
    run = CachedRun(embedding)
    found = run.run(name, kmeans__n_clusters=6)
    steps = list(run.steps.values())
    values = embedding.X if name == "kmeans" else steps[0].transform(embedding.X)
    centers = run.steps["kmeans"].cluster_centers_
    labels = np.linalg.norm(values[:, None] - centers, axis=2).argmin(axis=1)
    assert (found == distinct_palette(6)[labels]).all(axis=1).mean() > 0.999
    assert (np.diff(np.bincount(labels, minlength=6)) <= 2).all()


@pytest.mark.parametrize(
    ("name", "params", "plain"),
    [
        ("argmax", {"argmax__absolute": True}, lambda e: np.abs(standard(e.X)).argmax(axis=1)),
        ("argmax", {"standardize": "passthrough"}, lambda e: e.X.argmax(axis=1)),
        (
            "pca_argmax",
            {"falloff__decay": 0.9, "pca__n_components": 16},
            lambda e: (standard(principal(e.X, 16)) * 0.9 ** np.arange(16)).argmax(axis=1),
        ),
    ],
)
def test_parameters_reach_their_step(embedding, name, params, plain):
    """The original's variants are reached by parameters."""
    expected = label_colors(plain(embedding))
    assert (color(embedding, name, **params) == expected).all(axis=1).mean() > 0.998


@pytest.mark.parametrize("name", TECHNIQUES)
def test_a_run_is_the_pipeline_itself(embedding, name):
    """Running chunk by chunk with a cache gives what scikit-learn's pipeline gives, twice alike."""
    technique = TECHNIQUES[name]
    pipeline = technique.pipeline(limit=30)
    values = embedding.X if technique.values is None else technique.values(embedding)
    found = color(embedding, name)
    assert np.array_equal(found, color(embedding, name))
    assert (clone(pipeline).fit(values).transform(values) == found).all(axis=1).mean() > 0.998


@pytest.mark.parametrize("name", TECHNIQUES)
def test_every_technique_has_its_notebook(root, name):
    """The notebook that the table names exists."""
    assert (root / "notebooks" / TECHNIQUES[name].notebook).is_file()


@pytest.mark.parametrize("notebook", sorted({technique.notebook for technique in ORIGINAL}))
def test_notebooks_show_their_pipeline_and_its_sliders(root, notebook):
    """The notebook of a technique holds scikit-learn's diagram, and puts the technique to hand."""
    stored = (root / "notebooks" / notebook).read_text(encoding="utf-8")
    assert "sk-container" in stored
    names = [technique.name for technique in ORIGINAL if technique.notebook == notebook]
    assert any(f'tune(atlas, \\"{name}\\"' in stored for name in names)


def test_the_table_says_what_each_technique_is_for():
    """Each one has a purpose, a weakness and a family; families follow one another."""
    assert all(t.good_for and t.bad_at and t.family for t in TECHNIQUES.values())
    families = [technique.family for technique in TECHNIQUES.values()]
    changes = sum(one != other for one, other in itertools.pairwise(families))
    assert changes == len(set(families)) - 1, "members of a family stand together"


@pytest.mark.parametrize("name", TECHNIQUES)
def test_the_table_says_what_may_be_moved(embedding, name):
    """Every parameter's default is the pipeline's own, and its ends and choices all work."""
    technique = TECHNIQUES[name]
    assert technique.name == name and technique.notebook[:2].isdigit() and technique.source
    run = CachedRun(embedding)
    default = run.run(name)
    params = {param.name: param.default for param in technique.params_for(embedding.X.shape)}
    params.pop("bits__bits", None)  # 8 as the table says, and as many as there are columns for
    assert np.array_equal(run.run(name, **params), default)
    for param in technique.params_for(embedding.X.shape):
        if param.name in ("values__source", "kmeans__n_clusters"):
            continue
        ends = {
            "choice": lambda param=param: param.choices.values(),
            "flag": lambda: (False, True),
        }.get(param.kind, lambda param=param: (param.low, param.high))()
        for value in ends:
            assert run.run(name, **{param.name: value}).shape == (5000, 3)


SCIKIT_STEPS = [
    StandardScaler(), MinMaxScaler(), RobustScaler(), Normalizer(), PowerTransformer(),
    PCA(4, random_state=0), PCA(3, whiten=True, random_state=0),
    TruncatedSVD(4, random_state=0), FastICA(4, random_state=0), KMeans(5, random_state=0),
    MiniBatchKMeans(6, random_state=0), Birch(n_clusters=4),
    RBFSampler(n_components=6, random_state=0),
    KBinsDiscretizer(5, encode="ordinal"), KBinsDiscretizer(4, encode="onehot"),
    QuantileTransformer(n_quantiles=50, random_state=0), VarianceThreshold(),
    PolynomialFeatures(2, include_bias=False), ClusterLabels(6), ChunkedPCA(4), Argmax(),
]


# One of the pipelines puts a column into bins that is constant by then.
@pytest.mark.filterwarnings("ignore:Bins whose width are too small:UserWarning")
@pytest.mark.parametrize("seed", range(12))
def test_any_pipeline_of_scikit_learn_gives_its_own_colors(embedding, seed):
    """Random pipelines color in a cached run as by `fit_transform`, also the next time."""
    rng = np.random.default_rng(seed)
    small = load_embedding(embedding.X[:1500, :8], embedding.xy[:1500])
    run = CachedRun(small)
    for _ in range(4):
        chosen = rng.choice(len(SCIKIT_STEPS), rng.integers(1, 4), replace=False)
        steps = {f"step{i}": SCIKIT_STEPS[i] for i in chosen}
        last = [RGBCube(), OklabCube(n_tries=4), SequentialColors(), LabelColors()][rng.integers(4)]
        pipeline = Pipeline([*steps.items(), ("colors", last)])
        technique = Technique("mine", "", "", lambda limit, p=pipeline: clone(p), (), "", "")
        try:
            expected = clone(pipeline).fit_transform(small.X)
        except (TypeError, ValueError):  # these steps do not go together
            continue
        found = run.run(technique)
        assert (np.abs(found.astype(int) - expected) <= 2).all(axis=1).mean() > 0.98, pipeline
        assert np.array_equal(run.run(technique), found)


def test_a_run_and_techniques_pickle_and_have_short_reprs(embedding):
    """Copies give the same colors; neither prints an array."""
    run = CachedRun(embedding)
    found = run.run("pca_argmax")
    assert repr(run) == "<CachedRun of 5,000 points: pca, standardize, falloff, argmax, colors>"
    copy = pickle.loads(pickle.dumps(run))
    assert np.array_equal(copy.run("pca_argmax"), found)
    for technique in TECHNIQUES.values():
        copy = pickle.loads(pickle.dumps(technique))
        assert repr(copy) == repr(technique) and len(repr(technique)) < 100
        assert repr(copy.pipeline(limit=9)) == repr(technique.pipeline(limit=9))
    assert repr(TECHNIQUES["kmeans"]) == "<Technique kmeans: k-means>"


def test_late_moves_reuse_early_steps(embedding, monkeypatch):
    """A new falloff fits neither the components nor the means again; new components fit all."""
    run = CachedRun(embedding)
    run.run("pca_argmax")
    before = dict(run.steps)
    run.run("pca_argmax", falloff__decay=0.9)
    kept = [name for name in before if run.steps[name] is before[name]]
    assert kept == ["pca", "standardize"]
    run.run("pca_argmax", falloff__decay=0.9, pca__n_components=5)
    assert not any(run.steps[name] is before[name] for name in before)
    assert run.output("pca").shape == (5000, 5)
    assert run.output("standardize") is None


def test_techniques_share_what_they_begin_with(embedding):
    """k-means after PCA takes over the components that another technique has computed."""
    run = CachedRun(embedding)
    run.run("pca_argmax")
    components = run.output("pca")
    run.run("pca_kmeans", pca__n_components=30, kmeans__n_clusters=4)
    assert run.output("pca") is components


def test_a_large_projection_is_not_kept(embedding, monkeypatch):
    """What is larger than half of X is computed again; colors and labels stay what they are."""
    expected = color(embedding, "pca_kmeans"), color(embedding, "pca_kmeans", pca__n_components=8)
    monkeypatch.setattr("tsnecolor_nb.techniques.run._LARGE", 0)
    run = CachedRun(embedding)
    assert np.array_equal(run.run("pca_kmeans"), expected[0])
    assert run.output("pca") is None and run.last_input().shape == (5000, 1)
    assert np.array_equal(run.run("pca_kmeans", pca__n_components=8), expected[1])
    assert run.output("pca").shape == (5000, 8)


def test_a_cached_run_gives_what_a_fresh_one_gives(embedding):
    """After many moves to and fro the colors are those of a first run."""
    run = CachedRun(embedding)
    for decay in (0.9, 0.8, 1.0):
        for absolute in (True, False):
            moved = {"falloff__decay": decay, "argmax__absolute": absolute}
            found = run.run("pca_argmax", **moved)
            assert np.array_equal(found, color(embedding, "pca_argmax", **moved))
            run.run("argmax")


@pytest.mark.parametrize("name", TECHNIQUES)
def test_progress_names_the_steps_in_order(embedding, name):
    """Every step reports by name, and its fractions never fall nor leave 0..1."""
    reports = []
    run = CachedRun(embedding)
    run.run(name, progress=lambda step, fraction: reports.append((step, fraction)))
    seen = list(dict.fromkeys(step for step, _ in reports if step != "values"))
    assert seen == list(run.steps)
    for step in run.steps:
        fractions = [fraction for which, fraction in reports if which == step]
        assert fractions == sorted(fractions) and 0 <= fractions[0] <= fractions[-1] <= 1


def test_a_cancelled_run_keeps_what_is_done(embedding):
    """After a stop in the middle the finished steps are used again, and the result is right."""
    run = CachedRun(embedding)

    def stop(step, fraction):
        if step == "argmax":
            raise Cancelled

    with pytest.raises(Cancelled):
        run.run("pca_argmax", progress=stop)
    reports = []
    found = run.run("pca_argmax", progress=lambda step, fraction: reports.append(step))
    assert "pca" not in reports and "argmax" in reports
    assert np.array_equal(found, color(embedding, "pca_argmax"))


def test_data_of_few_dimensions_work(embedding):
    """With 5 dimensions every technique still runs, with as many components as there are."""
    small = load_embedding(embedding.X[:400, :5], embedding.xy[:400], xyz=embedding.xyz[:400])
    for name, technique in TECHNIQUES.items():
        assert color(small, name).shape == (400, 3)
        for param in technique.params_for(small.X.shape):
            if param.name.endswith("n_components"):
                assert param.high == 5 and param.default <= 5


def test_values_that_are_no_numbers_are_no_picture(embedding):
    """A technique of one's own that computes NaN ends in an error that counts the points."""
    def logarithm(embedding, progress=None):
        return np.log(embedding.X[:, :1] - embedding.X[7, 0] + 1e-30)

    with np.errstate(invalid="ignore"):
        n_bad = int(np.isnan(logarithm(embedding)).sum())
        like = TECHNIQUES["map_neighbor_distance"]
        mine = replace(like, name="mine", values=logarithm, params=())
        problem = rf"values of 'mine' must be finite, .* {n_bad:,} of 5,000 points"
        with pytest.raises(ValueError, match=problem):
            color(embedding, mine)
        with pytest.raises(ValueError, match=problem):
            ViewFit(embedding).colors(mine, (-50, 50), (-50, 50))


def test_an_embedding_of_no_numbers_is_refused(embedding):
    """However it is made: a technique need not look again whether X is finite."""
    X = embedding.X.copy()
    X[[7, 11], 2] = np.nan, np.inf
    with pytest.raises(ValueError, match=r"X must be finite; 2 of 5,000 rows .*, first 7, 11"):
        Embedding(X, embedding.xy)


def test_wrong_names_are_named(embedding):
    """Unknown techniques, steps and parameters end in a ValueError that names them."""
    with pytest.raises(ValueError, match=r"technique must be one of .*pca_rgb.*, got 'pca'"):
        color(embedding, "pca")
    with pytest.raises(ValueError, match=r"technique must be one of .*, got \['pca_rgb'\]"):
        color(embedding, ["pca_rgb"])
    with pytest.raises(ValueError, match="Invalid parameter 'k'"):
        color(embedding, "kmeans", kmeans__k=3)
    with pytest.raises(ValueError, match="takes no values__ parameters"):
        color(embedding, "kmeans", values__k=3)
    with pytest.raises(ValueError, match='must be one of "shipped", "landmarks"'):
        color(embedding, "tsne3", values__source="net")
    with pytest.raises(ValueError, match="name must be one of"):
        CachedRun(embedding).output("pca")


def test_defaults_shrink_with_the_data_and_requests_do_not(embedding):
    """A hundred points are colored by every technique; too many clusters asked for are an error."""
    few = load_embedding(embedding.X[:100], embedding.xy[:100], xyz=embedding.xyz[:100])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        for name, technique in TECHNIQUES.items():
            assert color(few, name).shape == (100, 3)
            for param in technique.params_for(few.X.shape):
                assert not param.name.endswith("n_clusters") or param.high == 25
    with pytest.raises(ValueError, match=r"n_clusters must be .* got 128"):
        color(few, "kmeans", kmeans__n_clusters=128)
