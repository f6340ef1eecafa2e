"""Files that are whole or not there: pictures, tables, full disks, and killed processes."""

import os
import signal
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from tsnecolor_nb import Raster, compose, load_embedding, load_glyphs
from tsnecolor_nb.arrays.files import write_whole
from tsnecolor_nb.colors.columns import column_colors
from tsnecolor_nb.data.save import point_columns, save_picture, save_table
from tsnecolor_nb.legend.explain import explain_column

N = 500
RNG = np.random.default_rng(0)
DATA = load_embedding(RNG.standard_normal((N, 4)), RNG.standard_normal((N, 2)),
                      meta={"kind": RNG.choice(["a", "b"], N)})
COLORS = RNG.integers(0, 256, (N, 3)).astype(np.uint8)
PICTURE = RNG.integers(0, 256, (240, 320, 3)).astype(np.uint8)
# A child process writes for ever, and says when it has begun.
ENDLESS = """
import sys
from tsnecolor_nb.arrays.files import write_whole

def write(file):
    while True:
        file.write(b"new" * 100_000)
        file.flush()
        print("writing", flush=True)

write_whole(sys.argv[1], write, overwrite=True)
"""
# A child process that may write no more than 100 kB into a file, as if the disk were full.
FULL = """
import resource, signal, sys
from tsnecolor_nb.arrays.files import write_whole

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    write_whole(sys.argv[1], b"new" * 1_000_000, overwrite=True)
except OSError as error:
    print("OSError", error)
"""


def child(code, path, **how):
    """Start a Python that runs some code on a path."""
    return subprocess.Popen(
        [sys.executable, "-c", code, str(path)], stdout=subprocess.PIPE, text=True, **how
    )


def test_a_file_never_replaces_another_unasked(tmp_path):
    """The old one stays, the error says what to do, and no rest is left behind."""
    path = tmp_path / "a.bin"
    assert write_whole(path, b"old") == path
    with pytest.raises(FileExistsError, match="overwrite=True"):
        write_whole(path, b"new")
    assert path.read_bytes() == b"old"
    write_whole(path, lambda file: file.write(b"new"), overwrite=True)
    assert path.read_bytes() == b"new" and os.listdir(tmp_path) == ["a.bin"]


def test_a_file_that_appears_meanwhile_is_not_replaced_either(tmp_path):
    """Between the first look and the end another program may have written there."""
    path = tmp_path / "a.bin"

    def write(file):
        path.write_bytes(b"theirs")
        file.write(b"ours")

    with pytest.raises(FileExistsError):
        write_whole(path, write)
    assert path.read_bytes() == b"theirs" and os.listdir(tmp_path) == ["a.bin"]


def test_an_error_while_writing_leaves_the_old_file(tmp_path):
    """Whatever goes wrong, the old file stays and the half-written one goes."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")

    def write(file):
        file.write(b"half")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError):
        write_whole(path, write, overwrite=True)
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["a.bin"]


@pytest.mark.skipif(os.name != "posix", reason="limits and signals of POSIX")
def test_a_full_disk_leaves_the_old_file(tmp_path):
    """The error of the system comes through, and nothing of the new file stays."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    said, _ = child(FULL, path).communicate(timeout=120)
    assert said.startswith("OSError")
    assert path.read_bytes() == b"old" and os.listdir(tmp_path) == ["a.bin"]


@pytest.mark.skipif(os.name != "posix", reason="limits and signals of POSIX")
def test_a_killed_process_leaves_the_old_file(tmp_path):
    """A kill that nothing can catch, in the middle of writing, leaves what stood there."""
    path = tmp_path / "a.bin"
    path.write_bytes(b"old")
    process = child(ENDLESS, path)
    for _ in range(3):
        assert process.stdout.readline() == "writing\n"
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    assert path.read_bytes() == b"old"
    rest = [name for name in os.listdir(tmp_path) if name != "a.bin"]
    assert all(name.startswith(".a.bin.") and name.endswith(".part") for name in rest)


def test_disks_without_hard_links(tmp_path, monkeypatch):
    """Where a file can't get a second name it is renamed, and still never over another."""

    def link(*_):
        raise PermissionError("not here")

    monkeypatch.setattr(os, "link", link)
    path = tmp_path / "a.bin"
    write_whole(path, b"one")
    with pytest.raises(FileExistsError):
        write_whole(path, b"two")
    assert path.read_bytes() == b"one" and os.listdir(tmp_path) == ["a.bin"]


def test_places_that_do_not_fit_are_named(tmp_path):
    """A folder in place of a file, and a folder that isn't there, are errors that say so."""
    with pytest.raises(FileNotFoundError, match="folder that does not exist"):
        write_whole(tmp_path / "no" / "a.bin", b"")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        write_whole(tmp_path, b"", overwrite=True)


def test_a_link_leads_to_its_file(tmp_path):
    """What stands behind a symbolic link is replaced, not the link."""
    (tmp_path / "real.bin").write_bytes(b"old")
    (tmp_path / "link.bin").symlink_to("real.bin")
    write_whole(tmp_path / "link.bin", b"new", overwrite=True)
    assert (tmp_path / "link.bin").is_symlink()
    assert (tmp_path / "real.bin").read_bytes() == b"new"


def test_files_have_the_usual_rights(tmp_path):
    """Other people may read what they could read if it had been written plainly."""
    write_whole(tmp_path / "a", b"")
    (tmp_path / "b").write_bytes(b"")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "b").stat().st_mode


def test_a_picture_keeps_all_its_colors(tmp_path):
    """Every pixel comes back; the legend stands below, as wide as the picture."""
    path = save_picture(tmp_path / "a.png", PICTURE)
    assert np.array_equal(np.asarray(Image.open(path)), PICTURE)
    legend = explain_column(DATA, column_colors(DATA.meta["kind"]))
    for width in (150, 320, 2500):
        picture = np.resize(PICTURE, (100, width, 3))
        path = save_picture(tmp_path / "b.png", picture, legend=legend, overwrite=True)
        both = np.asarray(Image.open(path))
        assert both.shape[1] == width and np.array_equal(both[:100], picture)
        assert len(both) > 110 and (both[100:] < 100).any() and (both[-1] == 255).all()
    with pytest.raises(ValueError, match=r"\.png"):
        save_picture(tmp_path / "a.jpg", PICTURE)
    with pytest.raises(FileExistsError):
        save_picture(tmp_path / "a.png", PICTURE)


COLUMNS = point_columns(DATA, srgb8=COLORS, labels=np.arange(N) % 7, selection=[3, 5])


def test_tables_come_back_as_they_were(tmp_path):
    """Parquet and CSV hold the same columns; NPY holds records that need no pickle."""
    parquet = pd.read_parquet(save_table(tmp_path / "a.parquet", COLUMNS))
    csv = pd.read_csv(save_table(tmp_path / "a.CSV", COLUMNS))
    records = np.load(save_table(tmp_path / "a.npy", COLUMNS), allow_pickle=False)
    names = ["row", "x", "y", "red", "green", "blue", "label", "selected"]
    assert list(parquet) == list(csv) == list(records.dtype.names) == names
    for name in names:
        assert np.array_equal(parquet[name], records[name])
        assert np.allclose(csv[name].astype(float), records[name])
    assert np.array_equal(parquet[["red", "green", "blue"]], COLORS)
    assert parquet["red"].dtype == np.uint8
    assert np.flatnonzero(records["selected"]).tolist() == [3, 5]


def test_one_column_alone_stays_a_plain_array(tmp_path):
    """Colors come back as (n, 3) uint8, labels and texts as (n,)."""
    for values in (COLORS, np.arange(N), np.array(["ä", "b"] * (N // 2), dtype=object)):
        path = save_table(tmp_path / "a.npy", {"x": values}, overwrite=True)
        assert np.array_equal(np.load(path, allow_pickle=False), values.astype(
            str if values.dtype == object else values.dtype))


def test_tables_that_do_not_fit_are_named(tmp_path):
    """Unknown ends, columns of different length or shape are errors, and no file appears."""
    with pytest.raises(ValueError, match=r"\.parquet, \.npy, \.csv"):
        save_table(tmp_path / "a.xlsx", COLUMNS)
    with pytest.raises(ValueError, match="same length"):
        save_table(tmp_path / "a.csv", {"a": [1], "b": [1, 2]})
    with pytest.raises(ValueError, match="shape"):
        save_table(tmp_path / "a.csv", {"a": np.zeros((2, 2))})
    save_table(tmp_path / "a.csv", COLUMNS)
    with pytest.raises(FileExistsError):
        save_table(tmp_path / "a.csv", COLUMNS)
    assert os.listdir(tmp_path) == ["a.csv"]


def test_the_atlas_is_saved(tmp_path):
    """A picture of 2,000 pixels with a legend, and all formats, at full size."""
    atlas = load_glyphs()
    colored = column_colors(atlas.meta["script"])
    picture = compose(Raster(atlas.xy, colored.srgb8).rgba(width=2000, height=2000))
    legend = explain_column(atlas, colored)
    path = save_picture(tmp_path / "atlas.png", picture, legend=legend)
    with Image.open(path) as image:
        assert image.width == 2000 and image.height > 2000
    columns = point_columns(atlas, srgb8=colored.srgb8, labels=colored.labels)
    for suffix in (".parquet", ".npy", ".csv"):
        save_table(tmp_path / f"atlas{suffix}", columns)
    assert np.array_equal(pd.read_parquet(tmp_path / "atlas.parquet")["label"], colored.labels)
