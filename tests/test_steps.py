"""Steps against plain definitions, and scikit-learn's own checks on all of them."""

from sklearn.utils.estimator_checks import parametrize_with_checks

from tsnecolor_nb.last_steps import LabelColors, PackBits, RGBCube, SequentialColors
from tsnecolor_nb.projections import ChunkedPCA, SampledICA
from tsnecolor_nb.steps import Argmax, ClusterLabels, Falloff, FitOnSample, Standardize

ALL_STEPS = [
    ChunkedPCA(),
    ChunkedPCA(whiten=True),
    SampledICA(),
    Standardize(),
    Falloff(),
    Argmax(),
    Argmax(absolute=True),
    ClusterLabels(),
    FitOnSample(Standardize(), n_samples=20),
    RGBCube(),
    RGBCube(clip=0.1),
    PackBits(),
    LabelColors(),
    SequentialColors(),
]


@parametrize_with_checks(ALL_STEPS)
def test_scikit_learns_own_checks(estimator, check):
    """Every step is an estimator as scikit-learn defines it."""
    check(estimator)
