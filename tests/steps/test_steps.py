"""Steps against plain definitions, in chunks, at known traps, and by scikit-learn's own checks."""

import pickle
import warnings

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.cluster import KMeans
from sklearn.datasets import make_blobs
from sklearn.decomposition import PCA, FastICA
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import adjusted_rand_score
from sklearn.utils.estimator_checks import parametrize_with_checks

from tsnecolor_nb.colors.palettes import MISSING, distinct_palette, hue_palette
from tsnecolor_nb.steps.base import report_progress
from tsnecolor_nb.steps.bivariate import BivariateColors
from tsnecolor_nb.steps.columns import Falloff, Standardize
from tsnecolor_nb.steps.hue_and_lightness import HueAndLightness
from tsnecolor_nb.steps.ica import SampledICA
from tsnecolor_nb.steps.label_palettes import ContrastingColors, RelatedColors
from tsnecolor_nb.steps.labels import Argmax, ClusterLabels
from tsnecolor_nb.steps.oklab_cube import OklabCube
from tsnecolor_nb.steps.pca import ChunkedPCA
from tsnecolor_nb.steps.to_color import LabelColors, PackBits, RGBCube, SequentialColors

ALL_STEPS = [
    ChunkedPCA(),
    ChunkedPCA(whiten=True),
    SampledICA(),
    Standardize(),
    Falloff(),
    Argmax(),
    Argmax(absolute=True),
    ClusterLabels(),
    RGBCube(),
    RGBCube(clip=0.1),
    PackBits(),
    LabelColors(),
    SequentialColors(),
    BivariateColors(),
    HueAndLightness(),
    OklabCube(n_tries=8),
    RelatedColors(),
    ContrastingColors(),
]


# The checks' random numbers have no independent components.
@pytest.mark.filterwarnings("ignore:SampledICA did not converge")
@parametrize_with_checks(ALL_STEPS)
def test_scikit_learns_own_checks(estimator, check):
    """Every step is an estimator as scikit-learn defines it."""
    check(estimator)


@pytest.fixture(scope="module")
def X():
    """Return skewed, correlated data of several chunks, float32 (9000, 12)."""
    rng = np.random.default_rng(0)
    sources = rng.exponential(size=(9000, 12)) * np.linspace(3, 1, 12)
    return (sources @ rng.normal(size=(12, 12))).astype(np.float32)


@pytest.mark.parametrize("step", ALL_STEPS, ids=str)
def test_a_chunk_comes_out_as_within_the_whole(X, step):
    """Transforming some rows gives what those rows get when all are transformed."""
    values = X[:, :1] if isinstance(step, SequentialColors) else X
    whole = step.fit(values).transform(values)
    some = np.array([8999, 3, 4096, 4095, 77])
    np.testing.assert_allclose(step.transform(values[some]), whole[some], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("step", ALL_STEPS, ids=str)
def test_fitting_again_gives_the_same(X, step):
    """Seeds make every step deterministic, to the last bit."""
    assert np.array_equal(step.fit(X).transform(X), step.fit(X).transform(X))


@pytest.mark.parametrize("step", ALL_STEPS[:4], ids=str)
def test_float32_stays_float32(X, step):
    """No step between X and the labels widens float32."""
    assert step.fit(X).transform(X).dtype == np.float32


def test_pca_agrees_with_scikit_learn(X):
    """Components with their signs, variances and projections are those of sklearn's PCA."""
    ours, plain = ChunkedPCA(5).fit(X), PCA(5, svd_solver="full").fit(X.astype(np.float64))
    np.testing.assert_allclose(ours.components_, plain.components_, atol=1e-4)
    np.testing.assert_allclose(ours.explained_variance_, plain.explained_variance_, rtol=1e-5)
    np.testing.assert_allclose(
        ours.explained_variance_ratio_, plain.explained_variance_ratio_, rtol=1e-5
    )
    np.testing.assert_allclose(ours.transform(X), plain.transform(X), atol=1e-3)


def test_pca_keeps_its_digits_where_means_are_large(X):
    """With means 1000 times the deviations, where float32 covariances break, variances are right.

    The reference is float64 on the same, already rounded numbers.
    """
    far = (X / X.std(axis=0) + 1000).astype(np.float32)
    plain = PCA(svd_solver="full").fit(far.astype(np.float64))
    np.testing.assert_allclose(
        ChunkedPCA().fit(far).explained_variance_, plain.explained_variance_, rtol=1e-4
    )
    np.testing.assert_allclose(
        Standardize().fit(far).scale_, far.astype(np.float64).std(axis=0), rtol=1e-4
    )


@pytest.mark.parametrize(
    "projection", [ChunkedPCA(), ChunkedPCA(whiten=True), SampledICA(), Standardize()], ids=str
)
def test_all_components_lead_back(X, projection):
    """With all components the inverse transform restores X."""
    there = projection.fit_transform(X)
    np.testing.assert_allclose(projection.inverse_transform(there), X, atol=2e-3)


def test_whitened_components_have_unit_variance(X):
    """Whitening gives uncorrelated columns of variance 1."""
    values = ChunkedPCA(6, whiten=True).fit_transform(X)
    np.testing.assert_allclose(np.cov(values.T), np.eye(6), atol=1e-3)


def test_ica_finds_the_sources_that_fastica_finds(X):
    """Each component has a partner in scikit-learn's FastICA on all rows, signs aside."""
    ours = SampledICA(12, n_samples=9000).fit_transform(X)
    plain = FastICA(12, whiten="unit-variance", random_state=1, max_iter=500).fit_transform(X)
    correlation = np.abs(np.corrcoef(ours.T, plain.T)[:12, 12:])
    assert correlation.max(axis=1).min() > 0.98


def test_ica_orders_and_turns_its_components(X):
    """Sources have unit variance and positive skewness, and explain less and less of X."""
    ica = SampledICA(12, n_samples=9000)
    values = ica.fit_transform(X).astype(np.float64)
    np.testing.assert_allclose(values.std(axis=0), 1, atol=1e-3)
    assert ((values**3).mean(axis=0) > 0).all()
    assert (np.diff((ica.mixing_**2).sum(axis=0)) <= 0).all()


def test_ica_bears_constant_columns(X):
    """Constant columns, the first one included, cost components but bring no NaN."""
    flat = X.copy()
    flat[:, [0, 7]] = 5.0
    ica = SampledICA(12).fit(flat)
    assert ica.n_components_ == 10
    assert np.isfinite(ica.transform(flat)).all()


def test_ica_reports_every_round_and_can_be_stopped(X):
    """Progress is called while fitting, and what it raises ends the fit."""
    fractions = []
    with report_progress(fractions.append):
        SampledICA(12).fit(X)
    assert fractions == sorted(fractions) and 0 < fractions[0] < fractions[-1] <= 1

    def stop(fraction):
        raise InterruptedError

    with pytest.raises(InterruptedError), report_progress(stop):
        SampledICA(12).fit(X)


def test_ica_that_does_not_converge_warns(X):
    """scikit-learn's ConvergenceWarning names the limit; a fit that converges gives no warning."""
    with pytest.warns(ConvergenceWarning, match=r"max_iter=2 .*tol=0.0001"):
        assert not SampledICA(12, max_iter=2).fit(X).converged_
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert SampledICA(12).fit(X).converged_


def test_progress_changes_nothing_in_what_is_learnt(X):
    """A fit that reports learns the same as one that does not, and reports end with the context."""
    reports = []
    for step in (SampledICA(6), ClusterLabels(5)):
        with report_progress(reports.append):
            watched = clone(step).fit(X)
        n_reports = len(reports)
        assert n_reports and np.array_equal(watched.transform(X), clone(step).fit_transform(X))
        assert len(reports) == n_reports


def test_aligned_steps_are_copies(X):
    """Another order and other signs give the earlier values, and leave the step as it was."""
    for step in (ChunkedPCA(5), ChunkedPCA(5, whiten=True), SampledICA(5)):
        step.fit(X)
        before = step.transform(X)
        other = step.reordered([3, 1, 0, 2, 4], [1, -1, 1, -1, 1])
        np.testing.assert_allclose(
            other.transform(X), before[:, [3, 1, 0, 2, 4]] * [1, -1, 1, -1, 1], atol=1e-4
        )
        again = other.aligned(before, other.transform(X))
        np.testing.assert_allclose(again.transform(X), before, atol=1e-4)
        np.testing.assert_allclose(
            other.inverse_transform(other.transform(X)), step.inverse_transform(before), atol=1e-3
        )
        assert np.array_equal(step.transform(X), before)


def test_aligned_clusters_keep_their_numbers(X):
    """Clusters of another fit get the numbers of an earlier one; its own numbers stay."""
    step = ClusterLabels(6).fit(X)
    labels, order = step.transform(X), np.array([2, 0, 1, 5, 4, 3])
    other = step.aligned(order[labels], labels)
    assert np.array_equal(other.transform(X), order[labels])
    assert np.array_equal(other.training_output_, order[labels])
    assert np.array_equal(step.transform(X), labels)


@pytest.mark.parametrize("step", ALL_STEPS, ids=str)
def test_no_training_rows_are_kept(X, step):
    """No fitted attribute holds rows of X; the labels of a clustering are one number a row."""
    fitted = {name: value for name, value in vars(step.fit(X)).items() if name != "labels_"}
    assert len(pickle.dumps(fitted)) < 50_000 < X.nbytes


def test_standardize_is_the_originals(X):
    """Columns are centered and divided by their deviation; a constant one becomes 0."""
    data = X.copy()
    data[:, 3] = 0.1
    values = Standardize().fit_transform(data)
    plain = data.astype(np.float64)
    plain = (plain - plain.mean(axis=0)) / np.where(np.arange(12) == 3, 1, plain.std(axis=0))
    np.testing.assert_allclose(values, plain, atol=1e-4)
    assert np.abs(values[:, 3]).max() < 1e-6


def test_falloff_weighs_by_powers(X):
    """Column j is multiplied by decay to the power of j."""
    values = Falloff(0.5).fit_transform(X)
    np.testing.assert_allclose(values, X * 0.5 ** np.arange(12), rtol=1e-6)


def test_argmax_is_numpys(X):
    """Labels are numpy's argmax, of magnitudes if so asked, as one int32 column."""
    labels = Argmax().fit_transform(X)
    assert labels.shape == (9000, 1) and labels.dtype == np.int32
    assert np.array_equal(labels[:, 0], X.argmax(axis=1))
    assert np.array_equal(Argmax(absolute=True).fit_transform(X)[:, 0], np.abs(X).argmax(axis=1))


@pytest.mark.parametrize("step", ALL_STEPS, ids=str)
def test_nan_is_refused(X, step):
    """NaN gives an error that says so, where numpy's argmax would name the NaN column."""
    spoilt = X[:50].copy()
    spoilt[7, 0] = np.nan
    with pytest.raises(ValueError, match="NaN"):
        step.fit(X[:50]).transform(spoilt)


def test_clusters_are_those_of_kmeans():
    """On clear clusters the labels are those of scikit-learn's k-means, largest cluster first."""
    X, _ = make_blobs([3000, 900, 1500, 600], 5, cluster_std=0.5, random_state=3)
    ours = ClusterLabels(4, samples_per_cluster=20).fit(X)
    plain = KMeans(4, n_init=5, random_state=0).fit_predict(X)
    assert adjusted_rand_score(plain, ours.labels_) == 1
    assert np.bincount(ours.labels_).tolist() == [3000, 1500, 900, 600]
    away = np.linalg.norm(X[:, None] - ours.cluster_centers_, axis=2)
    assert np.array_equal(ours.predict(X), away.argmin(axis=1))
    assert np.array_equal(ours.fit_transform(X), ours.transform(X))


def test_rgb_cube_is_the_originals(X):
    """Three columns stretch from their minimum to their maximum over 0..255."""
    three = X[:, :3].astype(np.float64)
    plain = (three - three.min(axis=0)) / (three.max(axis=0) - three.min(axis=0))
    away = RGBCube().fit_transform(X).astype(int) - np.rint(plain * 255)
    assert np.abs(away).max() <= 1 and (away == 0).mean() > 0.999


def test_rgb_cube_clips_the_share_asked_for(X):
    """With clip 0.1 a tenth of the points lies at either end of each channel."""
    srgb8 = RGBCube(clip=0.1).fit_transform(X)
    assert np.abs((srgb8 == 0).mean(axis=0) - 0.1).max() < 0.01
    assert np.abs((srgb8 == 255).mean(axis=0) - 0.1).max() < 0.01


def originals_packing(projection, bits):
    """Return the colors, 0..1, that the original's formula gives."""
    basis = np.tile(2 ** np.arange(bits)[::-1], 3)
    shuffled = np.hstack([projection[:, c::3] for c in range(3)])
    packed = (shuffled > np.median(shuffled, axis=0)) * basis
    sums = packed.reshape(len(packed), 3, bits).sum(axis=2)
    return sums / (2**bits - 1)


@pytest.mark.parametrize("bits", [1, 3, 4])
def test_bits_are_packed_as_in_the_original(X, bits):
    """Component 0 is the highest bit of red, 1 of green, 2 of blue, and so on."""
    plain = originals_packing(X[:, : 3 * bits], bits)
    assert np.array_equal(PackBits(bits).fit_transform(X), np.rint(plain * 255))


def test_half_of_the_points_have_each_bit(X):
    """Every bit splits the points at the median."""
    srgb8 = PackBits(4).fit_transform(X)
    assert np.abs((srgb8 >= 128).mean(axis=0) - 0.5).max() < 0.001


@pytest.mark.parametrize("n", [1, 2, 999, 1000])
def test_medians_are_those_of_numpy(X, n):
    """For odd and even numbers of points the medians are NumPy's, to the last digit."""
    for values in (X[:n], X[:n].astype(np.float32)):
        assert np.array_equal(PackBits(4).fit(values).medians_, np.median(values[:, :12], axis=0))


def test_label_colors_do_not_depend_on_the_points():
    """Label j has the palette's color j; what fit never saw, and -1, is grey."""
    step = LabelColors().fit(np.array([[0], [2]]))
    found = step.transform(np.array([[2], [1], [-1], [9]]))
    distinct = distinct_palette(3)
    assert np.array_equal(found, [distinct[2], distinct[1], MISSING, MISSING])
    hues = LabelColors("hue", n_labels=5).fit_transform(np.array([[4], [0]]))
    assert np.array_equal(hues, hue_palette(5)[[4, 0]])


def test_sequential_colors_rise_with_the_values(X):
    """Limits are the quantiles asked for, and colors between them keep the values' order."""
    step = SequentialColors("cividis", low=0.1, high=0.9).fit(X[:, :1])
    np.testing.assert_allclose(step.limits_, np.quantile(X[:, 0], [0.1, 0.9]), rtol=1e-6)
    ordered = step.transform(np.sort(X[:, :1], axis=0)).astype(int)
    assert len(np.unique(ordered, axis=0)) > 200
    assert (np.diff(ordered.sum(axis=1)) >= -30).all()


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (ChunkedPCA(13), "n_components must be an integer from 1 to 12, .*, got 13"),
        (ChunkedPCA(True), "n_components must be"),
        (SampledICA(0), "n_components must be"),
        (SampledICA(5, n_samples=5), "n_samples must be greater"),
        (SampledICA(max_iter=0), "max_iter must be an integer of at least 1"),
        (Falloff(0), "decay must be above 0"),
        (Falloff(1.1), "decay must be above 0"),
        (RGBCube(clip=0.5), "clip must be at least 0 and below 0.5"),
        (PackBits(9), "bits must be an integer from 1 to 8"),
        (PackBits(5), "needs X with at least 15 columns, got 12"),
        (LabelColors("pretty"), "palette must be"),
        (SequentialColors(low=0.5, high=0.5), "low and high must be quantiles"),
        (SequentialColors("jet"), "cmap must be one of"),
    ],
    ids=str,
)
def test_wrong_parameters_are_named(X, step, message):
    """Every wrong parameter gives a ValueError that names it and what was received."""
    with pytest.raises(ValueError, match=message):
        step.fit(X)
