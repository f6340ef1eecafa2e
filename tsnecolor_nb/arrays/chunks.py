"""Row-wise work in chunks on all cores: without copies of full size, and within the CPU's cache."""

import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache, partial
from threading import Lock

import numpy as np

CHUNK_ROWS = 4096
_WIDE = 64  # columns; with fewer of them, a chunk of CHUNK_ROWS is too little work for one call


def row_chunks(n, size=CHUNK_ROWS):
    """Cut ``range(n)`` into consecutive slices of at most `size`."""
    return [slice(start, min(start + size, n)) for start in range(0, n, size)]


def map_chunks(function, n, progress=None, *, size=CHUNK_ROWS):
    """Yield ``function(rows)`` for consecutive slices of n rows, in order, computed by all cores.

    function : takes a slice; runs in threads, so it gains where NumPy releases the interpreter
    lock. progress : called in the caller's thread with the fraction done, 0..1; what it raises ends
    the work. size : rows in a chunk.
    """
    chunks = row_chunks(n, size)
    if len(chunks) == 1:
        yield function(chunks[0])
        return
    from joblib import cpu_count

    # scikit-learn keeps its settings per thread. To import it takes half a second: unless another
    # module has done so, there are no settings to pass on.
    initializer = None
    if sklearn := sys.modules.get("sklearn"):
        initializer = partial(sklearn.set_config, **sklearn.get_config())
    pool = ThreadPoolExecutor(cpu_count(), initializer=initializer)
    with single_threaded(), pool:
        futures = [pool.submit(function, rows) for rows in chunks]
        try:
            for done, future in enumerate(futures, start=1):
                yield future.result()
                if progress is not None:
                    progress(done / len(futures))
        finally:
            for future in futures:
                future.cancel()


def run_chunks(function, n, progress=None, *, size=CHUNK_ROWS):
    """Call ``function(rows)`` as `map_chunks` does, for what it changes."""
    for _ in map_chunks(function, n, progress, size=size):
        pass


def progress_between(progress, start, end):
    """Return a function of a fraction that reports it as one from `start` to `end`, or nothing."""
    if progress is None:
        return lambda fraction: None
    return lambda fraction: progress(start + (end - start) * fraction)


def map_rows(function, X, progress=None, *, size=None):
    """Return ``function(X)``, computed chunk by chunk by all cores.

    function : row-wise, takes (m, d) and returns an array whose first axis is m. X : (n, d).
    progress : see `map_chunks`. size : rows in a chunk; by default more rows, the fewer columns.
    """
    n = len(X)
    if size is None:
        n_columns = max(1, X[:1].size)
        size = CHUNK_ROWS * min(max(_WIDE // n_columns, 1), _WIDE // 4)
    first = np.asarray(function(X[:size]))
    if n <= size:
        return first
    out = np.empty((n, *first.shape[1:]), dtype=first.dtype)
    out[:size] = first
    later_X, later_out = X[size:], out[size:]

    def fill(rows):
        later_out[rows] = function(later_X[rows])

    run_chunks(fill, n - size, progress, size=size)
    return out


def map_columns(function, X):
    """Return the list of ``function(column)`` over the columns of `X`, computed by all cores."""
    from joblib import cpu_count

    with ThreadPoolExecutor(cpu_count()) as pool:
        return list(pool.map(function, X.T))


def sample_rows(n, size, random_state):
    """Sample `size` of n row numbers without repetition, sorted; all of them if `size` >= n."""
    if size >= n:
        return np.arange(n)
    return np.sort(np.random.default_rng(random_state).choice(n, size, replace=False))


@contextmanager
def single_threaded():
    """Let BLAS, LAPACK and OpenMP start no threads; several threads may use it at once.

    Their threads would compete with ours for the cores. Where another program also works, they wait
    for each other so long that a 128 × 128 decomposition takes 100 times as long, and k-means 6
    times. Even after the smallest product they spin for some 20 ms.
    """
    # OpenMP keeps one limit per thread. BLAS has one for all threads: the first to enter sets it,
    # and the last to leave restores it.
    with _thread_pools("openmp").limit(limits=1), _BLAS:
        yield


class _BlasLimit:
    def __init__(self):
        self._lock, self._inside, self._limit = Lock(), 0, None

    def __enter__(self):
        with self._lock:
            if not self._inside:
                self._limit = _thread_pools("blas").limit(limits=1)
            self._inside += 1

    def __exit__(self, *_):
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._limit.restore_original_limits()


_BLAS = _BlasLimit()


@cache
def _thread_pools(user_api):
    from threadpoolctl import ThreadpoolController

    return ThreadpoolController().select(user_api=user_api)
