"""What must hold for any data: laws of the techniques, tried on data that Hypothesis makes up."""

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings, strategies as st

from tests.alike import alike, few_clusters
from tsnecolor_nb import TECHNIQUES, CachedRun, load_embedding

# Components of random numbers are not independent, so that ICA does not converge on them.
pytestmark = pytest.mark.filterwarnings("ignore:SampledICA did not converge")

LIMITS = settings(
    derandomize=True, deadline=None, max_examples=5, database=None,
    suppress_health_check=list(HealthCheck),
)
every_technique = pytest.mark.parametrize("name", TECHNIQUES)
# Whitened columns hold no clusters of their own: where k-means ends there hangs on the last digit,
# which differs between machines. Its two steps are tried by the other techniques.
settled_techniques = pytest.mark.parametrize("name", [n for n in TECHNIQUES if n != "ica_kmeans"])


@st.composite
def embeddings(draw, low=40, high=200):
    """Draw skewed, correlated data of any few dimensions, with a map and a 3-D map."""
    n, d = draw(st.integers(low, high)), draw(st.integers(1, 12))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    X = rng.exponential(size=(n, d)) * np.geomspace(3, 1, d) @ rng.normal(size=(d, d))
    if draw(st.booleans()):
        X[n // 2 :] += 4  # two islands
    return X.astype(np.float32), rng.normal(size=(n, 2)).astype(np.float32), rng.normal(size=(n, 3))


def settled(steps):
    """Pass over data in which independent components are not found: there are none to compare."""
    assume(all(getattr(step, "converged_", True) for step in steps))


def colored(name, X, xy, xyz):
    """Color arrays by a technique."""
    run = CachedRun(load_embedding(X, xy, xyz=xyz))
    srgb8 = run.run(name, **few_clusters(name))
    settled(run.steps.values())
    return srgb8


def fitted(name, values):
    """Return a technique's pipeline, fitted."""
    technique = TECHNIQUES[name]
    limit = min(values.shape)
    pipeline = technique.pipeline(limit=limit, **few_clusters(name)).fit(values)
    settled(pipeline)
    return pipeline


def values_of(name, X, xy, xyz):
    """Return what a technique's pipeline starts from."""
    technique = TECHNIQUES[name]
    if technique.values is None:
        return X
    params, _ = technique.split(few_clusters(name))
    return technique.values(load_embedding(X, xy, xyz=xyz), **params)


@every_technique
@LIMITS
@given(data=embeddings())
def test_colors_are_three_bytes_per_point(name, data):
    """Whatever the data, the output is uint8 of shape (n, 3), and the input is left as it was."""
    before = [array.copy() for array in data]
    found = colored(name, *data)
    assert found.dtype == np.uint8 and found.shape == (len(data[0]), 3)
    for array, copy in zip(data, before, strict=True):
        assert np.array_equal(array, copy)


@settled_techniques
@LIMITS
@given(data=embeddings(), seed=st.integers(0, 99))
def test_permuting_rows_permutes_colors(name, data, seed):
    """A row's color does not depend on where it stands in the file."""
    order = np.random.default_rng(seed).permutation(len(data[0]))
    whole = colored(name, *data)
    permuted = colored(name, *(array[order] for array in data))
    assert alike(name, whole[order], permuted)


@settled_techniques
@LIMITS
@given(data=embeddings(), exponent=st.integers(-30, 30))
def test_the_unit_of_measurement_says_nothing(name, data, exponent):
    """Data in other units, all columns times one factor, keep their colors."""
    X, *maps = data
    assert alike(name, colored(name, X, *maps), colored(name, X * 2.0**exponent, *maps))


@settled_techniques
@LIMITS
@given(data=embeddings(), shift=st.integers(-1000, 1000))
def test_the_origin_says_nothing(name, data, shift):
    """Data measured from another origin keep their colors."""
    X, *maps = data
    away = X + shift * np.linspace(-1, 1, X.shape[1], dtype=np.float32)
    assert alike(name, colored(name, X, *maps), colored(name, away, *maps), 8)


@every_technique
@LIMITS
@given(data=embeddings())
def test_a_chunk_is_colored_as_within_the_whole(name, data):
    """Once fitted, a pipeline gives some rows the colors that they have among all."""
    values = values_of(name, *data)
    pipeline = fitted(name, values)
    some = np.arange(0, len(values), 3)
    # A product of matrices may round its last rows otherwise.
    differ = np.abs(pipeline.transform(values)[some].astype(int) - pipeline.transform(values[some]))
    assert (differ <= 2).all(axis=1).mean() >= 0.99


@settled_techniques
@LIMITS
@given(data=embeddings())
def test_single_precision_is_enough(name, data):
    """Pipelines in float64 give the colors that they give in float32."""
    single = values_of(name, *data).astype(np.float32)
    double = single.astype(np.float64)
    colors = (fitted(name, values).transform(values) for values in (single, double))
    assert alike(name, *colors)
