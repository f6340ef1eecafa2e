"""Data larger than memory: the same colors and the same picture, from partitions of a folder."""

import os
import pickle
import signal
import threading
import time

import distributed
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.pipeline import make_pipeline

from tsnecolor_nb import (
    TECHNIQUES,
    Argmax,
    ChunkedPCA,
    LabelColors,
    PartitionedRaster,
    Raster,
    RGBCube,
    SampledICA,
    Standardize,
    TiledRaster,
    View,
    color,
    color_partitions,
    fit_partitions,
    load_embedding,
    tile_partitions,
    write_partition,
)
from tsnecolor_nb.arrays.moments import moments, moments_of_sums, pilot_mean, sums_about
from tsnecolor_nb.beyond_memory.color import sum_of_tuples
from tsnecolor_nb.beyond_memory.grid import Grid, overlaps
from tsnecolor_nb.picture.aggregate import point_sums

SIZES = (4000, 1, 2500, 3500)
ABLE = [name for name, technique in TECHNIQUES.items() if technique.values is None]
SMALL = {
    "kmeans": {"kmeans__n_clusters": 6},
    "pca_kmeans": {"kmeans__n_clusters": 6},
    # The five dimensions that the clusters span: in all of them, whitened, there are none to find.
    "ica_kmeans": {"kmeans__n_clusters": 6, "ica__n_components": 5},
}


@pytest.fixture(scope="module")
def embedding():
    """Ten thousand points in 24 dimensions: six skewed clusters, far from the origin."""
    rng = np.random.default_rng(0)
    X = rng.gamma(2, size=(sum(SIZES), 24)) @ rng.normal(size=(24, 24)) + 50
    # Apart enough that k-means, wherever it starts, finds the same ones.
    X += 40 * rng.normal(size=(6, 24))[rng.integers(6, size=len(X))]
    return load_embedding(X.astype(np.float32), rng.normal(size=(len(X), 2)))


@pytest.fixture(scope="module")
def folder(embedding, tmp_path_factory):
    """Write the same points as partitions of unequal sizes."""
    folder = tmp_path_factory.mktemp("points")
    _write(embedding, folder)
    return folder


@pytest.fixture(scope="module")
def colored(folder, tmp_path_factory):
    """Color that folder."""
    out = tmp_path_factory.mktemp("colored")
    color_partitions(folder, "pca_rgb", out)
    return out


def _write(embedding, folder):
    for k, (start, size) in enumerate(zip(np.cumsum((0, *SIZES)), SIZES, strict=False)):
        rows = slice(start, start + size)
        write_partition(folder / f"{k}.parquet", embedding.X[rows], embedding.xy[rows])


def _colors(folder):
    table = pq.read_table(folder, columns=["r", "g", "b"])
    return np.column_stack([table[c].to_numpy() for c in "rgb"])


def _points(folder):
    table = pq.read_table(folder)
    xy = np.column_stack([table[c].to_numpy() for c in "xy"])
    return Raster(xy, _colors(folder))


def test_sums_of_blocks_are_the_moments_of_all(embedding):
    """Moments added up from blocks are those of all rows in double precision."""
    blocks = np.array_split(embedding.X, 7)
    pilot = pilot_mean(blocks[0])
    found = moments_of_sums(pilot, *sum_of_tuples(sums_about(pilot, block) for block in blocks))
    exact = embedding.X.astype(np.float64)
    np.testing.assert_allclose(found.mean, exact.mean(axis=0), rtol=1e-7)
    np.testing.assert_allclose(found.covariance, np.cov(exact.T), rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(found.variance, exact.var(axis=0), rtol=1e-5)


@pytest.mark.parametrize("step", [ChunkedPCA(5), SampledICA(5), Standardize()])
def test_fit_from_moments_is_fit(embedding, step):
    """A step that learns from moments learns what it learns from the rows."""
    X = embedding.X
    learnt = step.fit(X).transform(X)
    from_moments = step.fit_moments(moments(X), X).transform(X)
    np.testing.assert_allclose(from_moments, learnt, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("name", ABLE)
def test_partitions_are_colored_as_in_memory(embedding, folder, tmp_path, name):
    """With a sample of all rows, every technique gives partitions the colors it gives in memory."""
    params = SMALL.get(name, {})
    color_partitions(folder, name, tmp_path / "out", **params)
    found, wanted = _colors(tmp_path / "out"), color(embedding, name, **params)
    if name in ("kmeans", "argmax"):
        np.testing.assert_array_equal(found, wanted)
    # Elsewhere sums made in another order differ in their last digit: a byte may round the other
    # way, and a point that lies on a border may change sides. ICA's iteration makes more of it.
    differ = np.abs(found.astype(int) - wanted).max(axis=1)
    # How an OKLab cube is turned is searched for, and the search may end a little elsewhere.
    near = 25 if name.endswith("_oklab") else 1
    assert (differ > near).mean() <= (0.03 if name == "binary_ica" else 0.002)


def test_transform_is_exact(embedding, folder, tmp_path):
    """A fitted pipeline colors partitions byte for byte as it colors the whole."""
    pipeline = make_pipeline(Standardize(), Argmax(), LabelColors()).fit(embedding.X)
    assert color_partitions(folder, pipeline, tmp_path / "out") is pipeline
    np.testing.assert_array_equal(_colors(tmp_path / "out"), pipeline.transform(embedding.X))
    rows = pq.read_table(tmp_path / "out", columns=["x", "y"]).to_pandas().to_numpy()
    np.testing.assert_array_equal(rows, embedding.xy)


def test_sample_is_seeded_and_spread(folder):
    """A smaller sample is the same each time, and close to what all rows give."""
    first, again, whole = (
        fit_partitions(folder, "pca_rgb", n_samples=n)[-1].limits_ for n in (3000, 3000, 10**6)
    )
    np.testing.assert_array_equal(first, again)
    assert (first != whole).any()
    np.testing.assert_allclose(first, whole, atol=0.35 * np.ptp(whole))


def test_half_precision_and_lists_are_read(embedding, tmp_path):
    """float16, and lists of numbers as other programs write them, hold the same points."""
    half = embedding.X.astype(np.float16)
    write_partition(tmp_path / "half.parquet", half, embedding.xy)
    table = pa.table(
        {"X": pa.array(list(half.astype(np.float64))), "x": embedding.xy[:, 0].astype(float),
         "y": embedding.xy[:, 1].astype(float)}
    )
    (tmp_path / "lists").mkdir()
    pq.write_table(table, tmp_path / "lists" / "a.parquet")
    for folder in (tmp_path, tmp_path / "lists"):
        color_partitions(folder, "argmax", tmp_path / "out" / folder.name)
    found = [_colors(tmp_path / "out" / folder.name) for folder in (tmp_path, tmp_path / "lists")]
    np.testing.assert_array_equal(*found)


def test_what_is_written_is_not_written_again(folder, tmp_path):
    """A second run fills only the gaps."""
    color_partitions(folder, "pca_rgb", tmp_path)
    before = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    (tmp_path / "2.parquet").unlink()
    (tmp_path / f"0.parquet.{'0' * 32}.part").write_bytes(b"left by a worker that was killed")
    color_partitions(folder, "pca_rgb", tmp_path)
    after = {path.name: path.stat().st_mtime_ns for path in tmp_path.iterdir()}
    assert {name for name in before if before[name] != after[name]} == {"2.parquet"}
    assert set(after) == set(before)


def test_a_folder_is_filled_as_in_memory(folder, tmp_path):
    """The filled picture of a folder is that of its points in memory."""
    color_partitions(folder, "pca_rgb", tmp_path)
    raster = PartitionedRaster(tmp_path)
    how = {"shading": "filled", "width": 200, "height": 200}
    filled, expected = raster.rgba(**how), _points(tmp_path).rgba(**how)
    assert np.abs(filled.astype(int) - expected).max() <= 1


def test_other_colors_are_not_mixed_in(folder, tmp_path):
    """Colors of another technique in the way are an error, and stay."""
    color_partitions(folder, "pca_rgb", tmp_path)
    before = _colors(tmp_path)
    with pytest.raises(ValueError, match=r"^out must be empty or hold colors of the same"):
        color_partitions(folder, "argmax", tmp_path)
    np.testing.assert_array_equal(_colors(tmp_path), before)


def test_a_failed_write_leaves_nothing(folder, tmp_path, monkeypatch):
    """When the disk is full there is one error, and no half of a file."""

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pq.ParquetWriter, "write_batch", full)
    with pytest.raises(OSError, match="No space left"):
        color_partitions(folder, "pca_rgb", tmp_path)
    # The first error is raised while other threads may still be about to meet theirs.
    end = time.monotonic() + 20
    while list(tmp_path.iterdir()) and time.monotonic() < end:
        time.sleep(0.05)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", sorted(set(TECHNIQUES) - set(ABLE)))
def test_what_needs_the_whole_map_is_refused(folder, tmp_path, name):
    """A technique that needs all points at once is refused, and the error names those that work."""
    with pytest.raises(ValueError, match=rf"^technique '{name}' needs all points.* kmeans, "):
        color_partitions(folder, name, tmp_path)


def test_arguments_that_do_not_fit_are_named(embedding, folder, tmp_path):
    """Colors never go among the data, and parameters never to a pipeline that has its own."""
    with pytest.raises(ValueError, match=r"^out must be another folder"):
        color_partitions(folder, "pca_rgb", folder / ".." / folder.name)
    pipeline = make_pipeline(ChunkedPCA(3), RGBCube())
    with pytest.raises(ValueError, match=r"^params go with the name of a technique"):
        color_partitions(folder, pipeline, tmp_path, rgb__clip=0.1)
    with pytest.raises(ValueError, match=r"^technique must be one of .*, got 'pac_rgb'"):
        fit_partitions(folder, "pac_rgb")
    for path, X, xy in (
        ("a.csv", np.ones((2, 3)), np.ones((2, 2))),
        ("a.parquet", np.ones(2), np.ones((2, 2))),
        ("a.parquet", np.ones((2, 3)), np.full((2, 2), np.nan)),
    ):
        with pytest.raises(ValueError, match=r"^(path must end|X must be|xy must be)"):
            write_partition(tmp_path / path, X, xy)
    assert not list(tmp_path.iterdir())


def _nan(table):
    X = table["X"].combine_chunks().flatten().to_numpy().copy()
    X[24 * 7 + 3] = np.nan
    return table.set_column(0, "X", pa.FixedSizeListArray.from_arrays(pa.array(X), 24))


BAD = {
    "no files": (lambda folder: [p.unlink() for p in folder.iterdir()], FileNotFoundError,
                 r"^folder must hold Parquet"),
    "no X": (lambda folder: _change(folder, lambda t: t.drop_columns("X")), ValueError,
             r"must have the columns X, x, y; it lacks X and has x, y"),
    "numbers for vectors": (lambda folder: _change(folder, lambda t: t.set_column(0, "X", t["x"])),
                            ValueError, r"^X must be a column of vectors, .* got float"),
    "ragged": (lambda folder: _change(folder, lambda t: t.set_column(
        0, "X", pa.array([[1.0], [2.0, 3.0, 4.0]] * (len(t) // 2)))), ValueError,
        r"^X must hold vectors of one length, got 1 to 3"),
    "NaN": (lambda folder: _change(folder, _nan), ValueError,
            r"^X must be finite; .*0.parquet' holds NaN or infinity, first in row 7"),
    "other width": (lambda folder: write_partition(folder / "9.parquet", np.ones((3, 5)),
                                                   np.ones((3, 2))), ValueError,
                    r"^X must have 24 dimensions everywhere, 9.parquet has 5"),
    "NaN on the map": (lambda folder: _change(folder, lambda t: t.set_column(
        1, "x", pa.array(np.where(np.arange(len(t)) == 5, np.nan, 1), pa.float32()))), ValueError,
        r"^x and y must be finite; .*0.parquet' holds NaN or infinity, first in row 5"),
    "cut": (lambda folder: (folder / "0.parquet").write_bytes(b"PAR1" + bytes(99)), ValueError,
            r"0.parquet' must be a whole Parquet file"),
    "empty": (lambda folder: _change(folder, lambda t: t.slice(0, 0)), ValueError,
              r"0.parquet' must hold at least one row"),
}


def _change(folder, change):
    table = pq.read_table(folder / "0.parquet")
    pq.write_table(change(table), folder / "0.parquet")


@pytest.mark.parametrize("case", BAD)
def test_bad_partitions_are_named(embedding, tmp_path, case):
    """One error says which file is wrong, and how."""
    spoil, error, message = BAD[case]
    (tmp_path / "in").mkdir()
    _write(embedding, tmp_path / "in")
    spoil(tmp_path / "in")
    with pytest.raises(error, match=message):
        color_partitions(tmp_path / "in", "pca_rgb", tmp_path / "out")


@pytest.mark.parametrize(
    "view", [{}, {"x_range": (0, 1), "y_range": (-1, 0)}, {"point_size": 3}, {"width": 90}]
)
def test_picture_of_partitions_is_the_picture(colored, view):
    """Sums of partitions give the picture that all points give in memory."""
    how = {"width": 200, "height": 150, "point_size": 0} | view
    found = PartitionedRaster(colored).rgba(**how).astype(int)
    wanted = _points(colored).rgba(**how).astype(int)
    assert np.abs(found - wanted).max() <= 1
    assert (found == wanted).mean() > 0.999


def test_partitions_out_of_sight_are_an_empty_picture(colored):
    """A view beside the map is empty."""
    assert not PartitionedRaster(colored).rgba((90, 91), (90, 91), 20, 20).any()


@pytest.fixture(scope="module")
def tiles(colored, tmp_path_factory):
    """Tile the colored folder."""
    return tile_partitions(colored, tmp_path_factory.mktemp("tiles") / "t", rows_per_tile=200)


def test_wide_views_are_exact_where_pixels_are_cells(colored, tiles):
    """Where each pixel is a whole number of cells, sums of cells are sums of points."""
    x0, x1, y0, y1 = tiles.extent
    points = _points(colored)
    for side in (256, 128):
        wanted = np.nan_to_num(point_sums(points._points, (x0, x1), (y0, y1), side, side)[0])
        found = tiles._sums((x0, x1), (y0, y1), side, side)
        np.testing.assert_array_equal(found[3], wanted[3])
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=1e-5)


def test_wide_views_lose_no_point(tiles):
    """At any other size and place the sums are only moved by parts of a pixel, none are lost."""
    x0, x1, y0, y1 = tiles.extent
    for width, height in ((100, 100), (37, 91)):
        sums = tiles._sums((x0 - 0.1, x1 + 0.3), (y0, y1 + 1), width, height)
        assert sums[3].sum() == pytest.approx(len(tiles), rel=1e-5)


@pytest.mark.parametrize("middle", [(0, 0), (0.9, -0.7), (2, 2), (40, 40)])
def test_close_views_are_those_of_the_points(colored, tiles, middle):
    """Drawn close, a tiled map is the picture of its points."""
    ranges = [(m - 0.3, m + 0.3) for m in middle]
    found = tiles.rgba(*ranges, 120, 120)
    np.testing.assert_array_equal(found, _points(colored).rgba(*ranges, 120, 120))


def test_close_views_read_only_what_they_touch(tiles):
    """The row groups of a close view hold a small share of the points, and all of its points."""
    near = tiles._points_near(((0.5, 0.6), (0.5, 0.6)))
    assert 0 < len(near) < len(tiles) / 2
    assert tiles.groups[:, 0].sum() == len(tiles)


def test_tiles_are_the_same_whoever_sorts(colored, tiles, tmp_path):
    """Tiles hold every point once, and another number of tiles gives the same sums."""
    other = tile_partitions(colored, tmp_path / "t", rows_per_tile=10**6)
    assert len(other) == len(tiles) == sum(SIZES)
    for side, level in tiles._levels.items():
        np.testing.assert_allclose(other._levels[side], level, rtol=1e-6)
    with pytest.raises(FileExistsError, match="out must be a new folder"):
        tile_partitions(colored, tmp_path / "t")


def test_a_view_shows_tiles(tiles):
    """The live view takes a tiled map as any raster, without a menu of what files can't show."""
    view = View(tiles, size=150)
    assert view.png().startswith(b"\x89PNG")
    assert "10,001 points" in repr(view)
    assert view._mixed.layout.display == "none"
    assert [value for _, value in view._mixed.options] == ["auto", "mean"]
    with pytest.raises(TypeError, match="colors in files"):
        view.recolor(None)
    view.close()


def test_rasters_of_files_are_described_and_pickled(colored, tiles):
    """They say how many points they have, and a pickle holds no points: it opens the files."""
    for raster, name in ((PartitionedRaster(colored), "PartitionedRaster"), (tiles, "TiledRaster")):
        assert repr(raster) == f"<{name} of 10,001 points>"
        stored = pickle.dumps(raster)
        assert len(stored) < 2000
        again = pickle.loads(stored).rgba(width=50, height=50)
        np.testing.assert_array_equal(again, raster.rgba(width=50, height=50))


def test_what_sums_cannot_tell_is_refused(colored):
    """Other pictures than that of mean colors need all points, and say so."""
    raster = PartitionedRaster(colored)
    with pytest.raises(ValueError, match=r'^mixed must be one of "auto", "mean", got'):
        raster.rgba(mixed="sample")
    with pytest.raises(ValueError, match=r"^color_spread needs all points"):
        raster.color_spread()


def test_grid_numbers_and_places_agree():
    """Cells found by their number are where the points are, and quarters are runs of numbers."""
    grid = Grid((-1.0, 1.0, -1.0, 1.0), 64)
    x, y = np.random.default_rng(0).uniform(-1, 1, (2, 500))
    row, column = grid.row_and_column(grid.number(x, y))
    np.testing.assert_array_equal(column, np.floor((x + 1) * 32))
    np.testing.assert_array_equal(row, np.floor((y + 1) * 32))
    assert grid.number(x, y)[(x < 0) & (y < 0)].max() < 32 * 32
    assert grid.number(x, y)[(x > 0) & (y > 0)].min() >= 3 * 32 * 32


def test_overlaps_share_out_whole_cells():
    """Every cell inside a view is shared out whole among the pixels that it touches."""
    cells, shares = overlaps((-1, 9), 7, (0, 8), 16)
    assert cells == slice(0, 16)
    np.testing.assert_allclose(shares.sum(axis=0), 1, rtol=1e-6)
    cells, shares = overlaps((2, 4), 2, (0, 8), 8)
    assert cells == slice(2, 4)
    np.testing.assert_array_equal(shares.toarray(), np.eye(2))
    assert overlaps((20, 21), 3, (0, 8), 8)[1].shape == (3, 0)


class Slow(RGBCube):
    """A last step that waits until a file appears, so that a test can act in the middle."""

    def __init__(self, clip=0.0, gate=None):
        super().__init__(clip)
        self.gate = gate

    def transform(self, X):
        """Say that work has begun, wait for the gate, and color."""
        while len(X) > 1 and not os.path.exists(self.gate):
            time.sleep(0.01)
        return super().transform(X)


@pytest.fixture
def client():
    """Two workers, each a process of its own with one thread."""
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, memory_limit="2GB", dashboard_address=":0"
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def test_a_killed_worker_costs_no_result(embedding, folder, tmp_path, client):
    """A worker killed in the middle of a run changes neither colors, nor tiles, nor the picture."""
    gate = tmp_path / "gate"
    pipeline = make_pipeline(ChunkedPCA(3), Slow(gate=str(gate)))
    pipeline.fit(embedding.X)
    killed = []

    def kill():
        victim = next(iter(client.run(os.getpid).values()))
        os.kill(victim, signal.SIGKILL)
        killed.append(victim)
        gate.touch()

    threading.Thread(target=_when_busy, args=(client, kill), daemon=True).start()
    color_partitions(folder, pipeline, tmp_path / "out", client=client)
    assert killed and killed[0] not in client.run(os.getpid).values()
    assert not list((tmp_path / "out").glob("*.part"))
    np.testing.assert_array_equal(_colors(tmp_path / "out"), pipeline.transform(embedding.X))
    tiled = tile_partitions(tmp_path / "out", tmp_path / "tiles", client=client)
    assert isinstance(tiled, TiledRaster) and len(tiled) == len(embedding)
    picture = PartitionedRaster(tmp_path / "out", client=client).rgba(width=80, height=80)
    alone = PartitionedRaster(tmp_path / "out").rgba(width=80, height=80)
    np.testing.assert_array_equal(picture, alone)


def _when_busy(client, act):
    while not any(client.processing().values()):
        time.sleep(0.01)
    act()
