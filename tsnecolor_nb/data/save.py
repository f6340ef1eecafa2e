"""Save results as files, a picture or columns of numbers; whole or not at all."""

from pathlib import Path

import numpy as np

from ..arrays.files import check_writable, write_whole
from ..picture.aggregate import bands
from ..picture.still import Picture

_TABLES = (".parquet", ".npy", ".csv")


def save_picture(path, picture, *, legend=None, overwrite=False):
    """Save a picture, (h, w, 3) uint8 or `Picture`, as a PNG file in all its colors.

    A `Legend` is drawn below the picture, as wide as it is, dark on white. Return the path. Raise
    a ValueError if it does not end in ``.png``, and an OSError as `write_whole` does.
    """
    from PIL import Image

    if Path(path).suffix.lower() != ".png":
        raise ValueError(f"path must end in .png for a picture, got {str(path)!r}")
    if not isinstance(picture, Picture):
        picture = Picture(picture)
    check_writable(path, overwrite)  # before a minute's work, not after it
    height, width = picture.pixels.shape[:2]
    below = None if legend is None else legend_strip(legend, width)
    sheet = Image.new("RGB", (width, height + (0 if below is None else below.height)), "white")
    for rows in bands(height, width):  # a whole copy of 8,000 × 8,000 would be 256 MB more
        sheet.paste(Image.fromarray(picture.pixels[rows]), (0, rows.start))
    if below is not None:
        sheet.paste(below, (0, height))
    return write_whole(
        path, lambda file: sheet.save(file, "PNG", compress_level=4), overwrite=overwrite
    )


def legend_strip(legend, width):
    """Return a `Legend` as a PIL image `width` pixels wide, its text as large as on the map."""
    from PIL import Image

    # As wide as 600 to 1200 CSS pixels: at 8,000 pixels its text would be too small.
    scale = max(width // 900, 1)
    drawn = legend.picture(max(-(-width // scale), 200), pixel_ratio=scale).pixels
    return Image.fromarray(np.ascontiguousarray(drawn[:, :width]))


def save_table(path, columns, *, overwrite=False):
    """Save a dict of columns, each (n,) or colors (n, 3) uint8, by the suffix of the path.

    Suffixes are ``.parquet``, ``.npy`` and ``.csv``. Colors become the columns red, green and
    blue; in an NPY file of colors alone they stay (n, 3), and one column alone stays (n,). Return
    the path. Raise a ValueError for another suffix or columns that do not fit together, and an
    OSError as `write_whole` does.
    """
    suffix = Path(path).suffix.lower()
    if suffix not in _TABLES:
        raise ValueError(f"path must end in {', '.join(_TABLES)} for a table, got {str(path)!r}")
    columns = {str(name): np.asarray(values) for name, values in columns.items()}
    lengths = {len(values) for values in columns.values()}
    if len(lengths) != 1:
        raise ValueError(f"columns must all have the same length, got {sorted(lengths)}")
    if suffix == ".npy":
        array = _one_array(columns)
        return write_whole(
            path, lambda file: np.save(file, array, allow_pickle=False), overwrite=overwrite
        )
    return write_whole(path, _frame_writer(_flat(columns), suffix), overwrite=overwrite)


def point_columns(embedding, *, srgb8=None, labels=None, selection=None):
    """Return columns for `save_table`: row, x, y, then color, label and selected where passed.

    srgb8 : (n, 3) uint8; labels : (n,), labels or values behind the colors; selection : (m,) int
    row numbers, which become a column of bool.
    """
    n = len(embedding)
    columns = {"row": np.arange(n), "x": embedding.xy[:, 0], "y": embedding.xy[:, 1]}
    if srgb8 is not None:
        columns["color"] = np.asarray(srgb8)
    if labels is not None:
        columns["label"] = np.asarray(labels)
    if selection is not None:
        columns["selected"] = np.zeros(n, dtype=bool)
        columns["selected"][selection] = True
    return columns


def _flat(columns):
    flat = {}
    for name, values in columns.items():
        if values.ndim == 1:
            flat[name] = values
        elif values.ndim == 2 and values.shape[1] == 3:
            channels = ("red", "green", "blue")
            prefix = "" if "red" not in flat else f"{name}_"
            flat |= {prefix + channel: values[:, j] for j, channel in enumerate(channels)}
        else:
            raise ValueError(
                f"columns[{name!r}] must have shape (n,) or (n, 3), got {values.shape}"
            )
    return flat


def _one_array(columns):
    """Return columns as one array without Python objects: plain if there is one, else records."""
    if len(columns) == 1:
        return _without_objects(*columns.values())
    flat = {name: _without_objects(values) for name, values in _flat(columns).items()}
    kinds = [(name, values.dtype) for name, values in flat.items()]
    records = np.empty(len(next(iter(flat.values()))), dtype=kinds)
    for name, values in flat.items():
        records[name] = values
    return records


def _without_objects(values):
    return values.astype(str) if values.dtype == object else values


def _frame_writer(columns, suffix):
    import pandas as pd

    frame = pd.DataFrame(columns)
    if suffix == ".parquet":
        return lambda file: frame.to_parquet(file, index=False)
    return lambda file: frame.to_csv(file, index=False, encoding="utf-8")
