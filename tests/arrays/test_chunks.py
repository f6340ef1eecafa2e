"""Work in chunks: it gives what one call gives, and leaves everything as it was."""

from threading import Barrier, Thread

import numpy as np
import pytest
from sklearn import config_context, get_config
from threadpoolctl import threadpool_info

from tsnecolor_nb.arrays.chunks import map_chunks, map_rows, single_threaded


def blas_threads():
    """Return how many threads each BLAS may use."""
    return [one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"]


@pytest.mark.parametrize("shape", [(9, 3), (70_000, 1), (70_001, 3), (9000, 128), (50_000, 0)])
def test_rows_in_chunks_are_all_rows(shape):
    """However many rows and columns, each row gets its own value, and progress ends at 1."""
    X, told = np.random.default_rng(0).normal(size=shape), []
    np.testing.assert_array_equal(map_rows(lambda rows: rows.sum(axis=1), X, told.append), X.sum(1))
    assert told == sorted(told)
    assert told[-1:] in ([], [1])


def test_threads_keep_the_settings_of_scikit_learn():
    """What a caller has set holds in the threads that work for it, and nowhere afterwards."""
    with config_context(assume_finite=True):
        inside = list(map_chunks(lambda _: get_config()["assume_finite"], 30, size=10))
    outside = list(map_chunks(lambda _: get_config()["assume_finite"], 30, size=10))
    assert inside == [True] * 3
    assert outside == [False] * 3


def test_overlapping_limits_are_taken_back_by_the_last():
    """Whichever thread leaves first, BLAS has one thread until the last, and then all it had."""
    before, seen = blas_threads(), []
    both_in, first_out = Barrier(2), Barrier(2)

    def leaves_first():
        with single_threaded():
            both_in.wait()
        first_out.wait()

    def leaves_last():
        with single_threaded():
            both_in.wait()
            first_out.wait()
            seen.extend(blas_threads())

    threads = [Thread(target=leaves_first), Thread(target=leaves_last)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(seen) == {1}
    assert blas_threads() == before
