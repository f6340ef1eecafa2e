"""An `Embedding` made by its constructor is checked as one that was loaded."""

import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from tsnecolor_nb import Embedding, load_embedding

X = np.random.default_rng(0).normal(size=(60, 4))
XY = X[:, :2]
HOLED = np.where(np.arange(60)[:, None] == 3, np.nan, X)
ROW_3 = np.arange(60) == 3


@pytest.mark.parametrize(
    ("change", "error", "message"),
    [
        ({"X": X[:, 0]}, ValueError, r"X must have shape \(n, d\)"),
        ({"X": HOLED}, ValueError, "X must be finite; 1 of 60 rows"),
        ({"X": "data"}, TypeError, "X must be numbers"),
        ({"xy": XY[:5]}, ValueError, r"xy must have one row per row of X \(60\), got 5"),
        ({"xy": X}, ValueError, r"xy must have shape \(n, 2\)"),
        ({"xy": HOLED[:, :2]}, ValueError, "xy must be finite; 1 of 60 rows"),
        ({"xyz": XY}, ValueError, r"xyz must have shape \(n, 3\)"),
        ({"xyz": X[:5, :3]}, ValueError, "xyz must have one row per row"),
        ({"meta": {"a": [1, 2]}}, ValueError, "meta must have one row per row of X"),
        ({"meta": 5}, TypeError, "meta must be a data frame"),
        ({"decode": 5}, TypeError, "decode must be callable, got int"),
        ({"images": np.zeros((60, 2, 2))}, TypeError, "images must be callable, got ndarray"),
        ({"incomplete": [3]}, ValueError, r"incomplete must be a mask of shape \(60,\)"),
        ({"X": HOLED, "incomplete": ~ROW_3}, ValueError, "incomplete must mark .* leaves out 3"),
        ({"incomplete": np.ones(60, bool)}, ValueError, "incomplete must mark .* all rows"),
    ],
)
def test_each_fault_is_named(change, error, message):
    """An attribute that does not fit the others is an error that names it."""
    with pytest.raises(error, match=message):
        Embedding(**({"X": X, "xy": XY} | change))


def test_arrays_are_converted():
    """Numbers of any type become float32 in C order, and metadata a data frame with n rows."""
    embedding = Embedding(np.asfortranarray(X), XY.tolist(), X[:, 1:], incomplete=ROW_3 & False)
    for array in (embedding.X, embedding.xy, embedding.xyz):
        assert array.dtype == np.float32 and array.flags.c_contiguous
    assert embedding.meta.shape == (60, 0) and embedding.incomplete is None
    frame = pd.DataFrame({"a": range(60)}, index=range(60, 120))
    assert Embedding(X, XY, meta=frame).meta.index.equals(pd.RangeIndex(60))


def test_what_fits_is_not_copied():
    """Arrays and data frames that already are as they must be stay the same objects."""
    ours, places = X.astype(np.float32), XY.astype(np.float32)
    embedding = Embedding(ours, places, meta=pd.DataFrame({"a": range(60)}))
    assert np.shares_memory(embedding.X, ours) and np.shares_memory(embedding.xy, places)
    assert replace(embedding, name="b").X is embedding.X


def grey_squares(rows):
    """Return a picture per row."""
    return np.full((len(rows), 2, 2), 7, np.uint8)


@pytest.mark.parametrize(
    "images",
    [grey_squares, np.zeros((60, 2, 2), np.uint8), [f"text {i}" for i in range(60)], None],
)
def test_an_embedding_pickles(images):
    """After a pickle arrays, metadata and pictures are the same, incomplete rows too."""
    loaded = load_embedding(
        HOLED * 1e30, XY, images=images, decode=grey_decoder, missing="grey", name="ours"
    )
    for embedding in (loaded, loaded.complete()):
        again = pickle.loads(pickle.dumps(embedding))
        assert np.array_equal(again.X, embedding.X, equal_nan=True)
        assert (again.pictures([1, 5]) == embedding.pictures([1, 5])).all()
        assert repr(again) == repr(embedding) and len(repr(again)) < 80


def grey_decoder(vectors):
    """Return a picture per vector."""
    return np.full((len(vectors), 2, 2), 9, np.uint8)
