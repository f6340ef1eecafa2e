"""Files and frames of every kind, maps made here, pictures, and the command for all of it."""

import base64
import io
import subprocess
import sys

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from PIL import Image

from tests.data.bad_input import TABLE, XY, N, X, behavior
from tsnecolor_nb import TECHNIQUES, load_embedding, make_map
from tsnecolor_nb.__main__ import main

# Components of random numbers are not independent, so that ICA does not converge on them.
pytestmark = pytest.mark.filterwarnings("ignore:SampledICA did not converge")

FRAME = pd.DataFrame(X, columns=[f"d{j}" for j in range(8)]).assign(
    x=XY[:, 0], y=XY[:, 1], kind=["p", "q", "r"] * 20, row=range(N)
)


def same(embedding):
    """Check that X and the map are ours, whatever they were stored in."""
    np.testing.assert_allclose(embedding.X, X, rtol=1e-6)
    np.testing.assert_allclose(embedding.xy, XY, rtol=1e-6)
    return embedding


def _hdf5(path):
    import h5py

    with h5py.File(path, "w") as file:
        file["group/vectors"] = X.astype(np.float64)
        file["group/map"] = XY
    return load_embedding(path, "group/map", columns="group/vectors")


def _zarr(path):
    import zarr

    zarr.open(path, mode="w", shape=X.shape, dtype="f8", chunks=(50, 3))[:] = X
    return load_embedding(path, XY)


def _anndata(path, with_X=True):
    import h5py

    with h5py.File(path, "w") as file:  # what AnnData writes, without its trouble with pandas 3
        file.attrs.update({"encoding-type": "anndata", "encoding-version": "0.1.0"})
        for name in ("obs", "var"):
            group = file.create_group(name)
            group.attrs.update({"encoding-type": "dataframe", "encoding-version": "0.2.0",
                                "_index": "_index", "column-order": []})
            count = N if name == "obs" else 8
            group["_index"] = np.array([str(i) for i in range(count)], dtype=h5py.string_dtype())
            group["_index"].attrs.update({"encoding-type": "string-array",
                                          "encoding-version": "0.2.0"})
        obsm = file.create_group("obsm")
        obsm.attrs.update({"encoding-type": "dict", "encoding-version": "0.1.0"})
        for key, values in {"X_umap": XY, "X_pca": X}.items():
            obsm[key] = values
            obsm[key].attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})
        if with_X:
            file["X"] = np.zeros((N, 8))
            file["X"].attrs.update({"encoding-type": "array", "encoding-version": "0.2.0"})
    return load_embedding(path)


def _parts(path):
    path.mkdir()
    for number in range(12):
        FRAME.iloc[5 * number : 5 * number + 5].to_parquet(path / f"part.{number}.parquet")
    same(load_embedding(f"{path}/part.*.parquet", ("x", "y")))
    return load_embedding(path, ("x", "y"))


def _npy(path):
    np.save(path, X.astype(np.float64))
    np.save(path.with_name("map.npy"), XY)
    return load_embedding(path, path.with_name("map.npy"))


def _npz(path):
    np.savez(path, X=X, xy=XY)
    return load_embedding(path)


def _frame(write):
    def stored(path):
        write(path)
        return load_embedding(str(path), ("x", "y"), columns="d[0-9]")

    return stored


FILES = {
    "data.npy": _npy,
    "data.npz": _npz,
    "data.parquet": _frame(FRAME.to_parquet),
    "data.feather": _frame(FRAME.to_feather),
    "data.csv": _frame(FRAME.to_csv),
    "data.csv.gz": _frame(FRAME.to_csv),
    "data.h5": _hdf5,
    "data.zarr": _zarr,
    "data.h5ad": _anndata,
    "bare.h5ad": lambda path: _anndata(path, with_X=False),
    "parts": _parts,
}


@pytest.mark.parametrize("name", FILES)
def test_every_format_is_read(tmp_path, name):
    """Whatever a file's format, X and the map come out, and the embedding has the file's name."""
    assert same(FILES[name](tmp_path / name)).name == name.partition(".")[0]


FRAMES = {
    "pandas": lambda frame: frame, "Polars": pl.from_pandas, "Arrow": pa.Table.from_pandas,
    "lazy": lambda frame: pl.from_pandas(frame).lazy(),
}


@pytest.mark.parametrize("kind", FRAMES)
def test_every_frame_is_read(kind):
    """Number columns become dimensions, but row numbers and text stay beside them as metadata."""
    embedding = same(load_embedding(FRAMES[kind](FRAME), ("x", "y")))
    assert list(embedding.meta) == ["kind", "row"]
    assert "left as meta: 'kind', 'row'" in embedding.notes[0]
    vectors = pd.DataFrame({"v": list(X), "kind": FRAME["kind"]})
    assert list(same(load_embedding(FRAMES[kind](vectors), XY)).meta) == ["kind"]


def test_a_pattern_chooses_columns():
    """A regular expression is searched in the names; a name that is one is taken as it stands."""
    few = load_embedding(FRAME, ("x", "y"), columns="^d[01]$")
    assert np.array_equal(few.X, X[:, :2]) and "d2" in few.meta
    assert np.array_equal(load_embedding(FRAME, ("x", "y"), columns="d1").X, X[:, 1:2])


def test_a_missing_package_is_named(monkeypatch, tmp_path):
    """Without an optional package the error says what to install."""
    _hdf5(tmp_path / "data.h5")
    monkeypatch.setitem(sys.modules, "h5py", None)
    with pytest.raises(ImportError, match=r"needs h5py: pip install 'tsnecolor_nb\[formats\]'"):
        load_embedding(tmp_path / "data.h5")
    monkeypatch.setitem(sys.modules, "umap", None)
    with pytest.raises(ImportError, match=r"pip install 'tsnecolor_nb\[maps\]'"):
        make_map(X, "umap")


@pytest.mark.parametrize("method", ["tsne", "umap", "pacmap"])
def test_a_map_keeps_neighbors_together(method):
    """Three islands in X are three islands on the map; a preview shows a sample before the end."""
    rng = np.random.default_rng(0)
    islands = rng.normal(size=(150, 6)) + np.repeat(20 * np.eye(3, 6), 50, axis=0)
    previews, fractions = [], []
    watch = {"progress": fractions.append, "preview": lambda *first: previews.append(first)}
    xy = make_map(islands, method, **watch)
    assert xy.shape == (150, 2) and xy.dtype == np.float32
    labels = np.repeat([0, 1, 2], 50)
    nearest = np.linalg.norm(xy[:, None] - xy, axis=2) + 1e9 * np.eye(150)
    assert (labels[nearest.argmin(axis=1)] == labels).mean() > 0.98
    assert len(previews) == 1 and previews[0][1].shape == (len(previews[0][0]), 2)
    assert fractions == sorted(fractions) and fractions[-1] == 1


def test_a_missing_map_is_made_and_said(capsys):
    """Without a map one is made, in a line that the embedding remembers."""
    embedding = load_embedding(X)
    assert embedding.notes == ("no map given: made one of 60 points by t-SNE (openTSNE)",)
    assert embedding.notes[0] in capsys.readouterr().out
    assert np.isfinite(embedding.xy).all() and np.ptp(embedding.xy, axis=0).min() > 0


def test_pictures_come_from_wherever_they_are(tmp_path):
    """Arrays, functions, files and texts all give uint8 pictures by row."""
    grey = np.arange(N, dtype=np.uint8)[:, None, None] * np.ones((1, 4, 5), np.uint8)
    color = np.repeat(grey[..., None], 3, axis=3)
    paths = [tmp_path / f"{i}.png" for i in range(N)]
    for path, pixels in zip(paths, color, strict=True):
        Image.fromarray(pixels).save(path)
    for images in (grey, color, lambda rows: grey[rows], paths, [str(path) for path in paths]):
        pictures = load_embedding(X, XY, images=images).pictures([7, 3])
        assert pictures.dtype == np.uint8 and len(pictures) == 2
        middle = pictures[:, pictures.shape[1] // 2, pictures.shape[2] // 2]
        assert middle.reshape(2, -1)[:, 0].tolist() == [7, 3]
    cards = load_embedding(X, XY, images=["a word " * i for i in range(N)]).pictures(slice(0, 3))
    ink = (cards > 100).sum(axis=(1, 2))
    assert ink[0] == 0 < ink[1] < ink[2]


def _png(color, mode="RGB"):
    file = io.BytesIO()
    Image.new(mode, (9, 5), color).save(file, "PNG")
    return file.getvalue()


RED = (255, 0, 0)
PICTURES = {
    "bytes": _png(RED),
    "PIL": Image.new("RGB", (9, 5), RED),
    "transparent": _png((*RED, 255), "RGBA"),
    "palette": Image.new("RGB", (9, 5), RED).convert("P"),
    "dictionary of bytes": {"bytes": _png(RED), "path": None},
    "base64": base64.b64encode(_png(RED)).decode(),
    "data URL": "data:image/png;base64," + base64.b64encode(_png(RED)).decode(),
    "array": np.full((5, 9, 3), RED, np.uint8),
    "RGBA array": np.full((5, 9, 4), (*RED, 255), np.uint8),
}


@behavior("Pictures as bytes, base64, arrays of several sizes, of PIL, dictionaries of bytes and "
          "path, RGBA, and `None`", "They are shown on white; None is a blank tile.")
def test_forms_of_pictures():
    """A red picture is red in every form, and a missing one is white."""
    images = [*PICTURES.values(), None, float("nan")] + [None] * (N - len(PICTURES) - 2)
    middle = load_embedding(X, XY, images=images).pictures(slice(0, N))[:, 32, 32]
    for name, color in zip(PICTURES, middle[: len(PICTURES)], strict=True):
        assert tuple(color) == RED, name
    assert (middle[len(PICTURES) :] == 255).all()
    clear = np.tile(np.uint8([[[[255, 0, 0, 255], [255, 0, 0, 0]]]]), (N, 1, 1, 1))
    pixels = load_embedding(X, XY, images=clear).pictures([5])[0, 0]
    assert pixels.tolist() == [[255, 0, 0], [255, 255, 255]]


@behavior("A file that is no picture, or is not there", "It is a blank tile, with one warning.")
@pytest.mark.filterwarnings("default:images")  # on purpose
def test_unreadable_pictures_are_blank(tmp_path):
    """One of them does not stop the others."""
    (tmp_path / "no.png").write_text("not a picture")
    images = [tmp_path / "no.png", tmp_path / "nowhere.png", b"", _png(RED), {"bytes": None}]
    embedding = load_embedding(X, XY, images=images + [None] * (N - len(images)))
    with pytest.warns(UserWarning, match="the picture of row 0 can't be read") as said:
        found = embedding.pictures(slice(0, 6))
    assert len(said) == 1 and found.shape == (6, 64, 64, 3)
    assert (found[[0, 1, 2, 4, 5]] == 255).all() and tuple(found[3, 32, 32]) == RED


def test_the_command_writes_a_gallery(tmp_path, monkeypatch, capsys):
    """One line turns a stranger's file into pictures, a page without addresses, and colors."""
    monkeypatch.chdir(tmp_path)
    FRAME.to_parquet("mine.parquet")
    assert main(["mine.parquet", "--xy", "x,y", "--columns", "d[0-9]", "--size", "120"]) == 0
    colors = pd.read_parquet("mine_gallery/colors.parquet")
    page = (tmp_path / "mine_gallery/index.html").read_text(encoding="utf-8")
    shown = [name for name in TECHNIQUES if f"{name}_red" in colors]
    assert "pca_rgb" in shown and len(colors) == N and colors["pca_rgb_red"].dtype == np.uint8
    assert all((tmp_path / f"mine_gallery/{name}.png").exists() for name in shown)
    assert page.count("<figure>") == 1 + len(TECHNIQUES) + 2
    assert page.count("Left out:") == len(TECHNIQUES) - len(shown)
    assert "http" not in page and "<script" not in page and page.count("data:image/png") > 10
    assert main(["mine.parquet", "--xy", "x,y"]) == 1
    assert "exists; choose another folder" in capsys.readouterr().err


def test_the_command_runs_as_a_module(tmp_path):
    """A wrong file ends in one line and status 1, without a traceback."""
    TABLE[["kind"]].to_csv(tmp_path / "text.csv", index=False)
    done = subprocess.run([sys.executable, "-m", "tsnecolor_nb", "text.csv"], cwd=tmp_path,
                          capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr.count("\n") == 1
    assert "columns must say which are the dimensions of X" in done.stderr
