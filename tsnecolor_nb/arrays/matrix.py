"""Data from outside as a float32 matrix or a data frame, or one error about it."""

import numpy as np

from .chunks import row_chunks

# Squares of float32 overflow, or underflow, not far beyond these.
_SMALL_FLOATS = ("bfloat16", "float8", "float6", "float4")  # of the package ml_dtypes
_SMALLEST, _LARGEST = 2.0**-40, 2.0**40
_NAMED_ROWS = 5  # at most, in a message


def as_matrix(name, value, n=None, columns=None, *, missing="error", dtype=np.float32):
    """Return numbers as a float32 matrix in C order; copy, once, only what is not that already.

    value : array_like, or a data set of h5py or Zarr, which is read in pieces. n, columns : the
    required shape. missing : whether rows with NaN or infinity are an "error", or are kept, "grey".
    dtype : float64 may be asked for, too.

    Returns the matrix (n, d), a scale, and which rows hold NaN or infinity, (n,) bool. Where the
    largest magnitude is beyond 2 ** ±40, about 1e±12, the matrix is multiplied by the scale, the
    power of two that brings it into 1..2, which loses no digit; else the scale is 1.

    It is a TypeError if it is not a matrix of real numbers, a ValueError if its shape does not fit,
    no row is complete, or one is not and `missing` is "error".
    """
    value = _as_array(name, value)
    if value.ndim != 2 or (columns and value.shape[1] != columns) or not value.shape[1]:
        raise ValueError(
            f"{name} must have shape (n, {columns or 'd'}), got {value.shape}: one row per point"
        )
    if n is not None and value.shape[0] != n:
        raise ValueError(f"{name} must have one row per row of X ({n:,}), got {value.shape[0]:,}")
    if not value.shape[0]:
        raise ValueError(f"{name} must hold at least one point, got none")
    matrix, peak, incomplete = _as_floats(value, dtype)
    scale = 1.0
    if peak and not _SMALLEST <= peak <= _LARGEST:
        scale = float(2.0 ** -np.floor(np.log2(peak)))
        matrix, _, incomplete = _as_floats(value, dtype, scale)
    if incomplete.all() or (missing == "error" and incomplete.any()):
        raise ValueError(_incomplete_message(name, incomplete))
    return matrix, scale, incomplete


def as_frame(name, value, n):
    """Return metadata of n points as a pandas DataFrame with rows numbered from 0.

    value : DataFrame of pandas, Polars or Arrow, mapping of columns, or None for no columns.
    """
    import pandas as pd

    if value is None:
        return pd.DataFrame(index=range(n))
    if hasattr(value, "to_pandas"):  # Polars and Arrow
        value = value.to_pandas()
    try:
        frame = pd.DataFrame(value)
    except (TypeError, ValueError) as error:
        raise TypeError(
            f"{name} must be a data frame or a mapping of columns, "
            f"got {type(value).__name__}: {error}"
        ) from None
    if len(frame) != n:
        hints = {n - 1: ": was its first row read as a header?", n + 1: ": was its header read as "
                 "a row?"}
        raise ValueError(f"{name} must have one row per row of X ({n:,}), got {len(frame):,}"
                         f"{hints.get(len(frame), '')}")
    frame = frame if frame.index.equals(pd.RangeIndex(n)) else frame.reset_index(drop=True)
    frame.attrs = dict(getattr(value, "attrs", {}))
    return frame


def named_rows(rows):
    """Return row numbers as text, only the first of them: ``"3, 17, 18, …"``."""
    named = ", ".join(str(int(row)) for row in rows[:_NAMED_ROWS])
    return named + (", …" if len(rows) > _NAMED_ROWS else "")


def incomplete_rows(values):
    """Return which rows of numbers, (n, …), hold NaN or infinity, bool (n,)."""
    flat = values.reshape(len(values), -1)
    # One thread is fast enough; a pool of them would first import joblib.
    return np.concatenate([~np.isfinite(flat[rows]).all(axis=1) for rows in row_chunks(len(flat))])


def require_finite(name, values):
    """Raise a ValueError that counts and names the rows with NaN or infinity, if there are any."""
    incomplete = incomplete_rows(values)
    if incomplete.any():
        raise ValueError(_incomplete_message(name, incomplete))


def _incomplete_message(name, incomplete):
    rows = np.flatnonzero(incomplete)
    count = f"{len(rows):,} of {len(incomplete):,} rows hold NaN or infinity"
    if incomplete.all():
        return f"{name} must have at least one row of finite numbers; {count}"
    advice = "drop them, or fill them in"
    if name == "X":
        advice += ', or draw them grey with missing="grey"'
    return f"{name} must be finite; {count}, first {named_rows(rows)}: {advice}"


def _as_array(name, value):
    """Return an array of real numbers, or a data set that can be sliced like one."""
    kind = type(value).__name__
    module = type(value).__module__
    if "sparse" in module or (hasattr(value, "toarray") and not isinstance(value, np.ndarray)):
        raise TypeError(
            f"{name} must be dense, got a sparse {kind}: reduce it first, "
            f"by sklearn.decomposition.TruncatedSVD(50) say, or take .toarray()"
        )
    if isinstance(value, np.ma.MaskedArray):
        value = value.astype(np.float32).filled(np.nan)
    if not module.startswith(("h5py", "zarr")):  # those are read in pieces
        try:
            array = np.asarray(value)
            if array.ndim == 0 and hasattr(value, "__dlpack__"):
                array = np.from_dlpack(value)
        except (TypeError, ValueError, RuntimeError, BufferError) as error:
            advice = "; convert it to float32 first" if "float" in str(error).lower() else ""
            raise TypeError(
                f"{name} must be a matrix of numbers, got {kind}: {error}{advice}") from None
        value = array
    if value.dtype.kind not in "buif" and not value.dtype.name.startswith(_SMALL_FLOATS):
        raise TypeError(f"{name} must be a matrix of numbers, got {_described(value)}")
    return value


def _described(array):
    kinds = {
        "O": "Python objects (numbers: .astype(float); vectors: np.stack)",
        "U": "text", "S": "bytes", "T": "text", "M": "dates", "m": "durations",
        "V": "records, or bfloat16 or float8 as bytes: convert by .astype(np.float32) and save",
        "c": "complex numbers: take .real and .imag as dimensions of their own",
    }
    return f"dtype {array.dtype}, that is {kinds.get(array.dtype.kind, 'no numbers')}"


def _as_floats(value, dtype, scale=1.0):
    """Return floats in C order, the largest finite magnitude, and which rows are not finite."""
    n = value.shape[0]  # arrays of Zarr have no len
    done = isinstance(value, np.ndarray) and value.dtype == dtype and scale == 1
    done = done and value.flags.c_contiguous and value.dtype.isnative
    matrix = value if done else np.empty(value.shape, dtype)
    peak, incomplete = 0.0, np.zeros(n, bool)
    for rows in row_chunks(n):
        chunk = np.asarray(value[rows])
        if chunk.dtype.kind == "V":
            chunk = chunk.astype(np.float32)
        if chunk.dtype.kind == "f":
            finite = np.isfinite(chunk)
            incomplete[rows] = ~finite.all(axis=1)
            peak = max(peak, float(np.abs(chunk).max(initial=0, where=finite)))
        else:
            peak = max(peak, float(chunk.max()), -float(chunk.min()))
        if not done:
            with np.errstate(over="ignore", under="ignore"):
                matrix[rows] = chunk if scale == 1 else chunk.astype(np.float64) * scale
    return matrix, peak, incomplete
