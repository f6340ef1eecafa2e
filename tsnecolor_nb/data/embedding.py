"""The input of everything else: high-dimensional data, their map, and their metadata."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path

import numpy as np

from ..arrays.checks import check_callable, check_choice, check_points, check_xy
from ..arrays.matrix import as_frame, as_matrix, incomplete_rows, named_rows, require_finite
from ..arrays.memory import give_memory_back
from ..arrays.ranges import square_of_most
from ..maps.make_map import METHODS, make_map
from .find import aligned, find_parts, has_default, read_frame
from .images import picture_source
from .progress import Watch


@dataclass(frozen=True, eq=False, repr=False)
class Embedding:
    """An embedding and a map of it. Made by `load_embedding` or `load_glyphs`.

    Attributes
    ----------
    X : (n, d) float32, C order
        The high-dimensional data.
    xy : (n, 2) float32, or float64 where float32 would put different points at one place
        The map: where each point is drawn.
    xyz : (n, 3) float32 or None
        A 3-D map, if there is one; its axes can become colors.
    meta : DataFrame
        One row per point, any columns: metadata. None becomes a frame without
        columns.
    decode : callable or None
        Turns vectors (m, d) into grey pictures (m, h, w) uint8 in which 255 is ink.
    name : str
    images : callable or None
        Turns row numbers (m,) into pictures, (m, h, w) grey as above or (m, h, w, 3) sRGB, uint8.
    incomplete : (n,) bool or None
        Which rows of X are not data, those with NaN or infinity at least; None if there are none.
        They are drawn grey.
    notes : tuple of str
        What was decided on loading: where the map comes from, which columns became dimensions.

    Raises
    ------
    TypeError, ValueError
        If an attribute does not fit; the message names it. Arrays of numbers are converted.
    """

    X: np.ndarray
    xy: np.ndarray
    xyz: np.ndarray | None = None
    meta: "pandas.DataFrame | None" = None  # noqa: F821 (pandas loads when it is needed)
    decode: Callable[[np.ndarray], np.ndarray] | None = None
    name: str = "embedding"
    images: Callable[[np.ndarray], np.ndarray] | None = None
    incomplete: np.ndarray | None = None
    notes: tuple[str, ...] = ()

    def __post_init__(self):
        give_memory_back()  # what comes works on copies of X
        X = check_points("X", self.X, dtype=np.float32, finite=False)
        n, xyz, incomplete = len(X), self.xyz, self.incomplete
        if incomplete is None:
            require_finite("X", X)
        else:
            incomplete = _check_incomplete(incomplete, X)
        if xyz is not None:
            xyz = check_points("xyz", xyz, n, columns=3, dtype=np.float32)
        for name in ("decode", "images"):
            check_callable(name, getattr(self, name))
        checked = {
            "X": X, "xy": check_xy("xy", self.xy, n), "xyz": xyz,
            "meta": as_frame("meta", self.meta, n), "incomplete": incomplete,
        }
        for name, value in checked.items():
            object.__setattr__(self, name, value)

    def __len__(self):
        return len(self.X)

    def __repr__(self):
        return f"<Embedding {self.name!r}: {len(self):,} points × {self.X.shape[1]} dimensions>"

    def pictures(self, rows):
        """Return the pictures of some points: those of `images`, or else decoded ones.

        Parameters
        ----------
        rows : int, slice or array_like of int
            Which points.

        Returns
        -------
        (m, h, w) uint8 in which 255 is ink, or (m, h, w, 3) uint8 sRGB

        Raises
        ------
        ValueError
            If the embedding has neither images nor a decoder.
        """
        if self.images is not None:
            return self.images(np.atleast_1d(np.arange(len(self))[rows]))
        if self.decode is None:
            raise ValueError(
                f"{self!r} has no pictures: it was loaded without `images` and without `decode`"
            )
        X = np.atleast_2d(self.X[rows])
        if self.incomplete is None:
            return self.decode(X)
        unknown = np.atleast_1d(self.incomplete[rows])
        pictures = np.array(self.decode(np.where(unknown[:, None], 0, X)))
        pictures[unknown] = 0  # such a point has no picture
        return pictures

    def known(self, rows):
        """Return those of some row numbers, int (m,), whose row of X is complete."""
        return rows if self.incomplete is None else rows[~self.incomplete[rows]]

    def complete(self):
        """Return the embedding of the complete rows alone; itself where all are complete."""
        if self.incomplete is None:
            return self
        return self._complete

    @cached_property
    def _complete(self):
        rows = np.flatnonzero(~self.incomplete)
        return replace(
            self, X=self.X[rows], xy=self.xy[rows], incomplete=None,
            xyz=None if self.xyz is None else self.xyz[rows],
            meta=self.meta.iloc[rows],
            images=None if self.images is None else partial(_pictures_of, self.images, rows),
        )


def _pictures_of(images, rows, chosen):
    """Return the pictures of some rows of a subset; unlike a closure, it can be pickled."""
    return images(rows[chosen])


def _check_incomplete(incomplete, X):
    incomplete = np.asarray(incomplete)
    if incomplete.dtype != bool or incomplete.shape != (len(X),):
        raise ValueError(
            f"incomplete must be a mask of shape ({len(X)},), got {incomplete.dtype} of shape "
            f"{incomplete.shape}"
        )
    unmarked = np.flatnonzero(incomplete_rows(X) & ~incomplete)
    if len(unmarked) or incomplete.all():
        what = f"leaves out {named_rows(unmarked)}" if len(unmarked) else "marks all rows"
        raise ValueError(
            f"incomplete must mark the rows of X with NaN or infinity, and not all rows; it {what}"
        )
    return incomplete if incomplete.any() else None


def load_embedding(
    X, xy=None, *, xyz=None, meta=None, images=None, decode=None, columns=None, missing="error",
    name=None, method="tsne", encoding=None,
):
    """Load your data: read files, data frames or arrays, check them, put them together.

    Parameters
    ----------
    X : array_like of numbers (n, d), data frame, AnnData, or path
        The high-dimensional data, converted to float32, without a copy if it is that already.
        Tables are those of pandas, Polars and Arrow, Datasets of Hugging Face, mappings of
        columns, records, and what offers ``__arrow_c_stream__`` or ``__dataframe__``. Files are
        NPY, NPZ, Parquet, Arrow (also the folders of ``save_to_disk``), CSV and other tables of
        text (also packed: .csv.gz), JSON, also by line, safetensors, word vectors (GloVe, word2vec,
        fastText), and configurations of the Embedding Projector;
        with ``pip install 'tsnecolor_nb[formats]'`` AnnData, HDF5 and Zarr as well. Several files
        are one, row after row: a folder, a glob or a list of them. In what vector stores answer
        the records are found, and fields of nested ones become columns.
    xy : (n, 2) array_like of numbers, path, or names in `X`, optional
        Its map: ``("x", "y")`` names two columns of a table, ``"X_umap"`` one array of a file.
        Without it the map in the file or table is taken if it has a customary name (xy, X_tsne,
        X_umap; columns umap1 and umap2, or x and y beside more numbers or vectors);
        else one is made, see `make_map`, which takes minutes for 100,000 points.
    xyz : (n, 3) array_like of numbers, path, or names in `X`, optional
        A 3-D map. By default an array of three columns, or three columns, with customary names.
    meta : data frame, mapping of columns, or path, optional
        n rows: metadata of each point. By default the columns of `X` that are neither
        dimensions nor map. If `X` is a pandas data frame with an index, so may `xy` and `meta` be:
        then their rows are put into its order. The index becomes a column.
    images : callable, (n, h, w), (n, h, w, 3) or (n, h, w, 4) uint8, n pictures or texts, optional
        What a point looks like: a function of row numbers, grey pictures in which 255 is ink or
        sRGB ones, or texts to write on cards. Pictures may be paths, bytes, base64, arrays, those
        of PIL, dictionaries with "bytes" or "path", or None. One that can't be read is left blank,
        with a warning.
    decode : callable, optional
        Vectors (m, d) to grey pictures (m, h, w) uint8.
    columns : str or sequence of str, optional
        Which columns of a table are the dimensions: names, the name of one column of vectors, or
        a regular expression, such as ``"^pc_"``; or which array of a file. By default the only
        column of vectors, also as text, or all columns of numbers but row numbers, ids and class
        numbers; an array named X_pca or X,
        or the only one.
    missing : {"error", "grey"}
        What to do about rows of `X` with NaN or infinity: refuse them, or keep them, draw them
        grey, and color the others as if they were not there. On a map made here they lie at its
        lower left corner.
    name : str, optional
        Its name; by default the file's.
    method : {"tsne", "umap", "pacmap"}
        How to make a map where there is none.
    encoding : str, optional
        That of text files, "cp1252" or "gb18030" say. By default what their first bytes declare,
        or UTF-8; others are refused, with what some encodings would read.

    Returns
    -------
    Embedding

    Raises
    ------
    TypeError, ValueError, FileNotFoundError, ImportError
        If an argument does not fit, or a format needs a package; the message names it.
    """
    check_choice("missing", missing, ("error", "grey"))
    check_choice("method", method, METHODS)
    check_callable("decode", decode)
    with ExitStack() as stack:
        parts = find_parts(X, xy, xyz, columns, stack, encoding)
        matrix, scale, incomplete = as_matrix("X", parts.X, missing=missing)
        n = len(matrix)
        xy = None if parts.xy is None else as_matrix("xy", parts.xy, n, 2, dtype=np.float64)[0]
        xyz = None if parts.xyz is None else as_matrix("xyz", parts.xyz, n, 3)[0]
        if meta is None:
            meta = parts.meta
        else:
            meta = aligned("meta", read_frame("meta", meta, n, parts.notes, encoding), parts)
        meta = as_frame("meta", meta, n)
    if parts.index is not None and not has_default(parts.index):
        title = parts.index.name or "row name"
        meta.insert(0, f"{title} (index)" if title in meta else title, parts.index.to_flat_index())
    images = parts.images if images is None else images
    images = None if images is None else picture_source(images, n)
    if scale != 1:
        parts.notes.append(f"X is kept times 2 ** {int(np.log2(scale))}: its numbers were extreme")
        if decode is not None:
            decode = partial(_decode_scaled, decode, np.float32(scale))
    n_far = 0 if xy is None else np.count_nonzero(square_of_most(*xy.T)[1])
    if n_far:
        parts.notes.append(f"{n_far:,} of {n:,} points lie far from all others on the map")
    for note in parts.notes:
        print(note)
    if xy is None:
        parts.notes.append(f"no map given: made one of {n:,} points by {METHODS[method]}")
        xy = _made_map(matrix, incomplete, method, parts.notes[-1])
    return Embedding(
        matrix, xy, xyz, meta, decode, name or _name_of(X), images,
        incomplete, tuple(parts.notes),
    )


def _made_map(X, incomplete, method, text):
    watch = Watch(text)
    if not incomplete.any():
        xy = make_map(X, method, progress=watch.progress, preview=watch.preview)
    else:
        placed = make_map(X[~incomplete], method, progress=watch.progress, preview=watch.preview)
        xy = np.empty((len(X), 2), np.float32)
        xy[~incomplete], xy[incomplete] = placed, placed.min(axis=0)
    watch.done(xy)
    return xy


def _decode_scaled(decode, scale, vectors):
    return decode(vectors / scale)


def _name_of(X):
    if not isinstance(X, (str, Path)):
        return "embedding"
    return Path(X).name.partition(".")[0].replace("*", "") or "embedding"
