"""Color what is larger than memory, on one machine or on many: Dask maps, files hold.

With a `dask.distributed.Client` its workers do the work; without one, this process's threads.
Every task reads one partition and returns a few sums or writes one file. So a task may run twice,
and a lost worker costs only the time of its task.
"""

from pathlib import Path

import joblib
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import Pipeline
from sklearn.utils.validation import check_is_fitted

from ..arrays.chunks import row_chunks, sample_rows
from ..arrays.extras import import_extra
from ..arrays.moments import moments_of_sums, pilot_mean, sums_about
from .partitions import COLORED, blocks, partitions, vectors, write_parquet

dask = import_extra("dask", "scale", "coloring or drawing partitions")

_NEEDED = ("X", "x", "y")
_STAMP = b"tsnecolor_nb.coloring"
_ADD_AT_ONCE = 16


def fit_partitions(
    folder, technique, *, client=None, n_samples=100_000, random_state=0, **params
):
    """Fit a technique to a folder of partitions that need not fit in memory.

    If the first step learns from mean and covariance alone (`ChunkedPCA`, `SampledICA`'s
    whitening, `Standardize`), it learns from all rows, in one pass. Everything else (rotations,
    k-means, medians, limits) is learnt on a seeded sample of rows. With a sample of all rows this
    is what `fit` in memory does.

    Parameters
    ----------
    folder : path
        Parquet files with a column ``X`` of vectors and the columns ``x`` and ``y``, such as
        `write_partition` makes.
    technique : str, Technique or Pipeline
        A name or value in `TECHNIQUES`, or an unfitted pipeline.
    client : dask.distributed.Client, optional
        Its workers do the work; by default the threads of this process.
    n_samples : int
        Size of the random sample of rows.
    random_state : int
    **params
        Of the technique, such as ``argmax__absolute=True``.

    Returns
    -------
    sklearn.pipeline.Pipeline
        Fitted.

    Raises
    ------
    FileNotFoundError, ValueError
        If the folder, the technique or a parameter does not fit; the message names it.
    """
    parts = partitions(folder, _NEEDED)
    pipeline = _pipeline(technique, parts, params)
    steps = [step for _, step in pipeline.steps if step not in (None, "passthrough")]
    exact = hasattr(steps[0], "fit_moments")
    moments, sample = _pass_over(parts, exact, n_samples, random_state, client)
    if not exact:
        return pipeline.fit(sample)
    first = next(i for i, (_, step) in enumerate(pipeline.steps) if step is steps[0])
    values = steps[0].fit_moments(moments, sample).transform(sample)
    if later := pipeline.steps[first + 1 :]:
        pipeline.steps[first + 1 :] = Pipeline(later).fit(values).steps
    return pipeline


def color_partitions(
    folder, technique, out, *, client=None, n_samples=100_000, random_state=0, **params
):
    """Color a folder of partitions, file by file, into another folder.

    Files that exist are not written again, so an interrupted run continues where it stopped. The
    machines of a cluster must all have access to both folders.

    Parameters
    ----------
    folder, technique, client, n_samples, random_state, **params
        As for `fit_partitions`. A fitted pipeline is used as it is.
    out : path
        Receives one Parquet file for each partition, of the same name and with the same rows,
        with the map ``x``, ``y`` (float32) and the color ``r``, ``g``, ``b`` (uint8, sRGB).

    Returns
    -------
    sklearn.pipeline.Pipeline
        Fitted.

    Raises
    ------
    FileNotFoundError, ValueError
        If an argument does not fit, or if `out` holds colors of other data or another technique.
    """
    parts = partitions(folder, _NEEDED)
    out = Path(out)
    if out.resolve() == Path(folder).resolve():
        raise ValueError(f"out must be another folder than the data's, got {str(out)!r}")
    pipeline = _pipeline(technique, parts, params)
    fitted = _is_fitted(pipeline)
    learns_from = () if fitted else (n_samples, random_state, [part.stamp for part in parts])
    stamps = [joblib.hash((pipeline, learns_from, part.stamp)).encode() for part in parts]
    out.mkdir(parents=True, exist_ok=True)
    todo = _unwritten(parts, stamps, out)
    if not fitted:  # even with nothing to write: the pipeline is returned
        pipeline = fit_partitions(
            folder, pipeline, client=client, n_samples=n_samples, random_state=random_state
        )
    shared = dask.delayed(pipeline)
    color = dask.delayed(_color_partition)
    compute([color(part.path, shared, out, stamp) for part, stamp in todo], client)
    for unfinished in out.glob("*.parquet.*.part"):  # by a worker that was killed
        unfinished.unlink()
    return pipeline


def compute(tasks, client):
    """Return the results of Dask tasks, from a client's workers or this process's threads."""
    return dask.compute(*tasks, scheduler="threads" if client is None else client)


def add_up(tasks):
    """Return one task that adds up the results of many, a few at a time, in a fixed order."""
    add = dask.delayed(sum_of_tuples)
    while len(tasks) > 1:
        tasks = [add(tasks[chunk]) for chunk in row_chunks(len(tasks), _ADD_AT_ONCE)]
    return tasks[0]


def sum_of_tuples(tuples):
    """Add tuples of numbers and arrays, item by item."""
    return tuple(sum(items) for items in zip(*tuples, strict=True))


def _pipeline(technique, parts, params):
    """Return a pipeline by name, technique or as it is; unfitted unless it was fitted."""
    from ..techniques.table import TECHNIQUES, look_up_technique

    if isinstance(technique, Pipeline):
        if params:
            raise ValueError("params go with the name of a technique; set a pipeline's own")
        return technique if _is_fitted(technique) else clone(technique)
    technique = look_up_technique(technique)
    if technique.values is not None:
        row_wise = [name for name, other in TECHNIQUES.items() if other.values is None]
        raise ValueError(
            f"technique {technique.name!r} needs all points and their map at once; partition by "
            f"partition these work: {', '.join(row_wise)}"
        )
    d = vectors(next(blocks(parts[0].path, ["X"]))[:1]).shape[1]
    return technique.pipeline(limit=min(sum(part.rows for part in parts), d), **params)


def _is_fitted(pipeline):
    try:
        check_is_fitted(pipeline)
    except NotFittedError:
        return False
    return True


def _pass_over(parts, exact, n_samples, random_state, client):
    """Read all partitions once: return the moments of all rows, or None, and a sample of rows."""
    ends = np.cumsum([part.rows for part in parts])
    sampled = sample_rows(ends[-1], n_samples, random_state)
    by_part = np.split(sampled, np.searchsorted(sampled, ends[:-1]))
    pilot = pilot_mean(vectors(next(blocks(parts[0].path, ["X"])))) if exact else None
    read = dask.delayed(_read_partition, nout=2)
    results = [
        read(part.path, rows - (end - part.rows), pilot)
        for part, rows, end in zip(parts, by_part, ends, strict=True)
    ]
    sums = add_up([result[0] for result in results]) if exact else None
    sums, *samples = compute([sums, *(result[1] for result in results)], client)
    return (moments_of_sums(pilot, *sums) if exact else None), np.concatenate(samples)


def _read_partition(path, rows, pilot):
    """Return a partition's sums about the pilot mean, or None without one, and X of some rows."""
    sums, sample, start = [], [], 0
    for batch in blocks(path, ["X"]):
        X = vectors(batch)
        _check_finite("X", path, start, X)
        here = slice(*np.searchsorted(rows, [start, start + len(X)]))
        sample.append(X[rows[here] - start])
        if pilot is not None:
            _check_width(path, X, len(pilot))
            sums.append(sums_about(pilot, X))
        start += len(X)
    return (sum_of_tuples(sums) if sums else None), np.concatenate(sample)


def _color_partition(path, pipeline, out, stamp):
    def colored():
        start = 0
        for batch in blocks(path, _NEEDED):
            X = vectors(batch)
            _check_finite("X", path, start, X)
            _check_width(path, X, getattr(pipeline, "n_features_in_", X.shape[1]))
            xy = [batch.column(axis).to_numpy(zero_copy_only=False) for axis in "xy"]
            _check_finite("x and y", path, start, np.column_stack(xy))
            columns = [*(axis.astype(np.float32) for axis in xy), *pipeline.transform(X).T.copy()]
            start += len(X)
            yield pa.record_batch(columns, schema=schema)

    schema = COLORED.with_metadata({_STAMP: stamp})
    write_parquet(out / path.name, schema, colored())


def _check_finite(name, path, start, values):
    bad = np.flatnonzero(~np.isfinite(values).all(axis=1))
    if len(bad):
        raise ValueError(
            f"{name} must be finite; {str(path)!r} holds NaN or infinity, first in row "
            f"{start + bad[0]:,}"
        )


def _check_width(path, X, d):
    if X.shape[1] != d:
        raise ValueError(f"X must have {d} dimensions everywhere, {path.name} has {X.shape[1]}")


def _unwritten(parts, stamps, out):
    """Return partitions and stamps without a file in `out`; other stamps there are an error."""
    todo = []
    for part, stamp in zip(parts, stamps, strict=True):
        if not (out / part.path.name).exists():
            todo.append((part, stamp))
            continue
        if (pq.read_schema(out / part.path.name).metadata or {}).get(_STAMP) != stamp:
            raise ValueError(
                f"out must be empty or hold colors of the same data and technique; "
                f"{part.path.name!r} in {str(out)!r} does not"
            )
    return todo
