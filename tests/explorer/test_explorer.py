"""The explorer without a page: colors follow choices, bad choices are named, files are whole."""

import base64
import io
import json
import threading

import numpy as np
import pytest
from PIL import Image

from tsnecolor_nb import (
    TECHNIQUES,
    color,
    describe_selection,
    explore,
    load_embedding,
    nearest_points,
    points_in_polygon,
)
from tsnecolor_nb.colors.palettes import MISSING
from tsnecolor_nb.explorer.coloring import color_by_distance, explain_coloring
from tsnecolor_nb.live.background import Background
from tsnecolor_nb.live.pointer import nearest
from tsnecolor_nb.selection.outline import outline_of

# Components of random numbers are not independent, so that ICA does not converge on them.
pytestmark = pytest.mark.filterwarnings("ignore:SampledICA did not converge")

RNG = np.random.default_rng(0)
X = (RNG.standard_normal((1500, 12)) * np.arange(12, 0, -1)).astype(np.float32)
EVIL = '<img src=x onerror="alert(1)">'
KIND = np.array(["common", None, EVIL], dtype=object)[np.arange(1500) % 5 % 3]
SIZE = np.where(np.arange(1500) % 7, np.arange(1500.0), np.nan)
DATA = load_embedding(X, X[:, :2], xyz=X[:, :3], meta={"kind": KIND, "size": SIZE})


@pytest.fixture
def explorer():
    """Return an explorer of a few points."""
    explorer = explore(DATA, "kmeans", kmeans__n_clusters=5)
    yield explorer
    explorer.close()


def drawn(explorer):
    """Return the colors that the first picture has."""
    return explorer.state.displayed(explorer.state.shown)


@pytest.mark.parametrize("name", TECHNIQUES)
def test_every_technique_can_be_explored(explorer, name):
    """The colors are those of `color`, and both the card and the legend say something."""
    explorer.color_by(name)
    params = explorer._color_control.panel.params
    assert np.array_equal(drawn(explorer), color(DATA, name, **params))
    explorer.hover(3)
    assert "rgb" in explorer._card.value
    assert explorer.legend.kind in ("labels", "value", "channels", "bits")


def test_columns_are_entries_of_the_menu(explorer):
    """A column is chosen by its name; its missing values are grey and have an entry."""
    explorer.color_by("kind")
    missing = np.array([kind is None for kind in KIND])
    assert (drawn(explorer)[missing] == 150).all()
    assert explorer.legend.entries[-1].label == -1
    assert explorer.state.shown.names[0] == "common"
    explorer.color_by("size", cmap="magma")
    assert (drawn(explorer)[np.isnan(SIZE)] == 150).all()
    assert explorer.legend.kind == "value"


def test_what_is_not_selected_turns_grey(explorer):
    """A selection and an isolated label keep their colors together, and clear gives all back."""
    before = drawn(explorer).copy()
    explorer.select([5, 2, 2])
    assert list(explorer.state.selection) == [2, 5]
    kept = (drawn(explorer) == before).all(axis=1)
    assert list(np.flatnonzero(kept)) == [2, 5]
    explorer.isolate(int(explorer.state.base.labels[2]))
    assert drawn(explorer)[2].tolist() == before[2].tolist()
    explorer.clear()
    assert np.array_equal(drawn(explorer), before)


def test_clear_ends_an_isolated_label_on_the_map(explorer):
    """Without a selection, too, the map gets its colors back, and the status does not name it."""
    before = explorer._map.raster.srgb8.copy()
    explorer.isolate(2)
    assert not np.array_equal(explorer._map.raster.srgb8, before)
    explorer.clear()
    assert np.array_equal(explorer._map.raster.srgb8, before)
    assert "alone" not in explorer._screen.status.value


def test_a_picture_leaves_the_isolated_label_marked(explorer):
    """A picture with its legend does not rebuild the legend in the page."""
    explorer._tabs.selected = "Legend"
    explorer.wait()
    panel = explorer._color_control.legend_panel
    panel._buttons._handle_custom_msg({"clicked": 1}, [])
    assert explorer.state.isolated == panel.isolated is not None
    explorer.picture()
    assert explorer.state.isolated == panel.isolated is not None


@pytest.mark.parametrize("technique", ["pca_rgb", "map_neighbor_distance"])
def test_a_stored_picture_has_the_colors_of_its_legend(explorer, technique):
    """The ramps have colors of their own among the 256 of its PNG: else they would have steps."""
    explorer.color_by(technique)
    picture = explorer.picture()
    stored = np.asarray(Image.open(io.BytesIO(picture.png())).convert("RGB")).reshape(-1, 3)
    ramp = {tuple(color) for color in explorer._color_control.explain().kept_colors.tolist()}
    assert len(ramp) > 50
    assert len(ramp & {tuple(color) for color in np.unique(stored, axis=0).tolist()}) > 50


def test_a_probe_goes_and_leaves_the_colors_before(explorer):
    """Distances are exact, the nearest end stands out from the ground, and None leads back."""
    before = drawn(explorer)
    explorer.probe(7)
    distance = np.linalg.norm(X - X[7], axis=1)
    np.testing.assert_allclose(explorer.state.shown.values[:, 0], distance, rtol=1e-4, atol=1e-4)
    assert drawn(explorer)[7].sum() < 300
    assert color_by_distance(DATA, 7, near="bright").srgb8[7].sum() > 400
    explorer.probe(None)
    assert drawn(explorer) is before


@pytest.mark.parametrize("end", ["clear", "escape"])
def test_the_map_shows_that_a_probe_has_ended(explorer, end):
    """Without a selection, too, the picture and its caption change and not only the state."""
    before, caption = drawn(explorer), explorer._screen.status.value
    explorer.probe(7)
    assert not np.array_equal(explorer._map.raster.colors_of(slice(None)), before)
    explorer.clear() if end == "clear" else explorer._picking.on_pointer({"kind": "escape"})
    assert np.array_equal(explorer._map.raster.colors_of(slice(None)), before)
    assert explorer._screen.status.value == caption


def test_a_click_finds_the_neighbors(explorer, tmp_path):
    """They are marked, joined if far on the map, listed, selected, saved, and in the code."""
    x, y = map(float, DATA.xy[7])
    explorer._picking.on_pointer({"kind": "tap", "x": x, "y": y, "unit": 1e-4})
    found, alone = explorer.state.neighbors, nearest_points(DATA, 7)
    assert found.rows.tolist() == alone.rows.tolist() and found.far.tolist() == alone.far.tolist()
    marks, listed = explorer._map._map_widget, explorer._picking.neighbors_panel
    assert np.allclose(marks.neighbors, DATA.xy[found.rows]) and len(marks.probed) == 1
    assert found.far.any() and np.allclose(marks.lines, [
        [*DATA.xy[7], *DATA.xy[row]] for row in found.rows[found.far]
    ])
    assert explorer._tabs.selected == "Find" and len(listed._list.entries) == 10
    listed._on_click(3)
    assert explorer.hovered == found.rows[3]
    explorer._open_neighbors_to_save()
    explorer._saving.save_in_background(
        "neighbors", tmp_path / "near.csv", side=9, legend=True, overwrite=False
    )
    explorer.wait()
    assert (tmp_path / "near.csv").read_text() == found.table.to_csv(index=False)
    explorer._picking._select_neighbors()
    assert explorer.state.selection.tolist() == sorted([7, *found.rows])
    assert "neighbors = nearest_points(embedding, 7).table" in explorer.code()
    explorer.show_neighbors(8, k=3)
    assert len(marks.neighbors) == 3 and "k=3" in explorer.code()
    with pytest.raises(ValueError, match="k must be"):
        explorer.show_neighbors(8, k=1500)
    explorer._picking.on_pointer({"kind": "escape"})
    assert marks.neighbors == marks.lines == marks.probed == listed._list.entries == []
    assert explorer.state.neighbors is None and "nearest" not in explorer.code()


def test_bad_choices_are_named_and_change_nothing(explorer):
    """Each error names what was wrong; the colors and the menu stay."""
    before, params = drawn(explorer), explorer._color_control.panel.params
    for wrong, message in (
        (lambda: explorer.color_by("nonsense"), "name must be one of .*kmeans"),
        (lambda: explorer.color_by("pca_rgb", k=3), "no parameter 'k'"),
        (lambda: explorer.select([1500]), "rows must be"),
        (lambda: explorer.select([True, False]), "rows must be"),
        (lambda: explorer.probe(-1), "row must be"),
        (lambda: explorer.isolate(77), "label must be"),
        (lambda: explorer.zoom((1, 0)), "x_range"),
        (lambda: explore(DATA, "nonsense"), "name must be one of"),
    ):
        with pytest.raises(ValueError, match=message):
            wrong()
    assert drawn(explorer) is before and explorer._color_control.panel.params == params


def test_html_in_data_stays_text(explorer):
    """Names from the data are escaped in the card, the status and the legend."""
    explorer.color_by("kind")
    explorer.hover(int(np.flatnonzero(KIND == EVIL)[0]))
    explorer._screen.show_message(EVIL)
    for html in (explorer._card.value, explorer._screen.status.value):
        assert "<img" not in html and "&lt;img" in html


def test_the_stored_form_is_one_picture_with_its_legend(explorer):
    """A reader without a kernel gets a PNG wider than the map, and a fixed text."""
    from io import BytesIO

    from PIL import Image

    data, _ = explorer._repr_mimebundle_()
    image = Image.open(BytesIO(base64.b64decode(data["image/png"])))
    assert image.width > image.height >= 500
    assert data["text/plain"] == "<Explorer of 'embedding', colored by k-means>"


def test_a_zoom_is_in_the_picture(explorer):
    """Another part of the map gives other pixels, and no range all of it again."""
    whole = explorer.picture(legend=False).pixels
    explorer.zoom((0, 5), (0, 5))
    assert not np.array_equal(explorer.picture(legend=False).pixels, whole)
    explorer.zoom()
    assert np.array_equal(explorer.picture(legend=False).pixels, whole)


@pytest.mark.parametrize("name", ["map.png", "points.parquet", "points.csv", "points.npy"])
def test_files_are_never_replaced_unasked(explorer, tmp_path, name):
    """A file is written once; a second time only if that is wished."""
    path = tmp_path / name
    explorer.select([1, 2])
    assert explorer.save(path, 200) == path and path.stat().st_size > 0
    with pytest.raises(FileExistsError):
        explorer.save(path, 200)
    explorer.save(path, 200, overwrite=True)
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_a_table_holds_what_was_seen(explorer, tmp_path):
    """Colors, labels by name and the selection come back from a Parquet file."""
    import pandas as pd

    explorer.color_by("kind")
    explorer.select([3])
    table = pd.read_parquet(explorer.save(tmp_path / "points.parquet"))
    assert np.array_equal(table[["red", "green", "blue"]], explorer.state.base.srgb8)
    assert list(table["label"][:3]) == ["common", "missing", EVIL]
    assert list(np.flatnonzero(table["selected"])) == [3]


def test_code_gives_the_same_picture(explorer):
    """The lines that are copied, run anew, give pixel by pixel what is on screen."""
    explorer.zoom((-10, 20), (-10, 20))
    for prepare in (
        lambda: explorer.select([4, 8]),
        lambda: explorer.probe(5),
        lambda: explorer.color_by("size"),
    ):
        prepare()
        *lines, last = explorer.code().rstrip().split("\n")
        lines = [line for line in lines if not line.startswith("embedding =")]
        space = {"embedding": DATA}
        before, sep, after = "\n".join([*lines, last]).rpartition("\nPicture(")
        exec(f"{before}\nagain = Picture({after}", space)
        assert sep
        assert np.array_equal(space["again"].pixels, explorer.picture(legend=False).pixels)


def test_code_of_an_isolated_label_is_not_that_of_the_whole_selection(explorer):
    """The search gives more points than those that keep their color: a comment says how many."""
    explorer._picking.search_panel._box.value = "common"
    explorer.select(explorer._picking.search_panel.rows)
    assert 'search(embedding, "common")' in explorer.code()
    explorer.isolate(1)
    n = np.count_nonzero(explorer.state.highlighted())
    assert 12 < n < len(explorer.selected)
    assert "search" not in explorer.code() and f"# {n:,} points were selected" in explorer.code()


def test_a_card_follows_the_mouse_only_near_a_point(explorer):
    """What the page tells is answered by the nearest point, or by none."""
    x, y = map(float, DATA.xy[10])
    explorer._picking.on_pointer({"kind": "hover", "x": x, "y": y, "unit": 1e-4})
    assert explorer.hovered == 10
    explorer._picking.on_pointer({"kind": "hover", "x": x + 1e3, "y": y, "unit": 1e-4})
    assert explorer.hovered is None
    explorer._picking.on_pointer({"kind": "tap", "x": x, "y": y, "unit": 1e-4})
    assert explorer.state.probe.row == 10
    explorer._picking.on_pointer({"kind": "escape"})
    assert explorer.state.probe is None


def test_an_error_by_hand_is_shown(explorer):
    """What fails behind a click is read under the picture, and the colors stay."""
    before = drawn(explorer)
    geometry = {"type": "poly", "x": ["no"], "y": [0]}
    explorer._picking.on_pointer({"kind": "select", "geometry": geometry})
    assert "tsnecolor-error" in explorer._screen.status.value
    assert drawn(explorer) is before


def test_a_page_is_saved_with_the_colors_on_screen(explorer, tmp_path):
    """What is shown comes first, then each column of the metadata; a file that is there stays."""
    explorer.color_by("pca_argmax")
    path = explorer.save(tmp_path / "map.html")
    text = path.read_text("utf-8")
    columns = [f"Metadata: {name}" for name in explorer.embedding.meta]
    titles = [explorer.state.shown.title, *columns]
    places = [text.index(json.dumps(title)) for title in titles]
    assert places == sorted(places)
    with pytest.raises(FileExistsError):
        explorer.save(path)


def test_two_pictures_share_choices(explorer):
    """A second picture has its own colors, the same range and marks; at its end nothing is left."""
    explorer.mark([1, 2])
    explorer.zoom((0, 5), (0, 5))
    explorer._tabs.selected = "Compare"
    explorer._screen.compare.worker.wait()
    second = explorer._screen.compare.map_view
    assert explorer.state.other.entry is not explorer.state.base.entry
    assert second.ranges == explorer._map.ranges and len(second._map_widget.marked) == 2
    explorer.hover(3)
    assert explorer._card.value.count("<p") == 2
    explorer._tabs.selected = "Color"
    assert explorer._screen.compare.map_view is None and explorer.state.other is None


def test_lasso_and_box_hold_what_lies_inside():
    """A box, a lasso and its corners beyond number agree with plain geometry."""
    xy = RNG.uniform(-1, 1, (5000, 2)).astype(np.float32)
    box = {"type": "rect", "x0": 0.5, "x1": -0.5, "y0": -0.2, "y1": 0.3}
    box = points_in_polygon(xy, outline_of(box))
    x, y = xy.T
    assert np.array_equal(box, np.flatnonzero((abs(x) <= 0.5) & (y >= -0.2) & (y <= 0.3)))
    for corners in (60, 3000):
        turn = np.linspace(0, 2 * np.pi, corners)
        lasso = {"type": "poly", "x": np.cos(turn).tolist(), "y": np.sin(turn).tolist()}
        inside = np.flatnonzero(np.hypot(x, y) < 1)
        outline = outline_of(lasso)
        assert len(outline) <= 60
        assert len(np.setxor1d(points_in_polygon(xy, outline), inside)) < 20
    outline = outline_of({"type": "poly", "x": [0, 1], "y": [0, 1]})
    assert not len(points_in_polygon(xy, outline))
    one, gap = [[0, 1]], [[0, np.nan]] * 3
    for corners, error in ((one, "two of a box"), ([0, 1], "shape"), (gap, "NaN")):
        with pytest.raises(ValueError, match=error):
            points_in_polygon(xy, corners)


def test_code_repeats_what_was_drawn(explorer):
    """Lassos and boxes, with Shift and Alt, under a filter too, are lines with the same result."""
    picking, center = explorer._picking, DATA.xy.mean(axis=0).astype(float)

    def lasso(x, y, mode):
        turn = np.linspace(0, 2 * np.pi, 300)
        away = 8 + np.sin(5 * turn)
        corners = center[:, None] + [[x], [y]] + away * [np.cos(turn), np.sin(turn)]
        geometry = dict(zip("xy", corners.tolist(), strict=True), type="poly")
        picking.on_pointer({"kind": "select", "geometry": geometry, "mode": mode})

    def box(mode):
        (x0, y0), (x1, y1) = center - 6, center + 5
        geometry = {"type": "rect", "x0": x0, "y0": y0, "x1": x1, "y1": y1}
        picking.on_pointer({"kind": "select", "geometry": geometry, "mode": mode})

    for draw, filters in (
        (lambda: lasso(0, 0, "replace"), None), (lambda: lasso(4, 2, "add"), None),
        (lambda: box("remove"), None), (lambda: lasso(-2, 0, "add"), {"kind": ["common"]}),
        (lambda: box("replace"), {"kind": ["common"]}), (lambda: explorer.isolate(None), None),
    ):
        explorer.filter(filters)
        draw()
        code = explorer.code()
        assert max(map(len, code.splitlines())) <= 100 and len(explorer.selected) > 12
        lines = [line for line in code.split("\n") if not line.startswith("embedding =")]
        space = {"embedding": DATA}
        exec("\n".join(lines), space)
        assert np.array_equal(space["selected"], explorer.selected)
    explorer.select(explorer.selected[1:])
    assert "points_in_polygon" not in explorer.code()
    lasso(0, 0, "add")
    assert "were selected; save the selection" in explorer.code()


def test_nearest_counts_pixels(explorer):
    """A point beyond a few pixels of the mouse does not count."""
    tree = explorer.state.tree
    x, y = map(float, DATA.xy[np.argmax(np.hypot(*DATA.xy.T))] * 1.01)
    assert nearest(tree, x, y, 1.0) is not None
    assert nearest(tree, x, y, 1e-6) is None


def test_a_newer_job_ends_the_older_and_cancel_tells():
    """The older job raises at its next report; on_cancel is called if a person cancels."""
    worker, gate, results, cancelled = Background(), threading.Event(), [], []
    started = threading.Event()
    worker.on_cancel = lambda: cancelled.append(True)

    def slow(progress):
        started.set()
        gate.wait(20)
        progress("slowly", 0.5)
        return "old"

    worker.start(slow, lambda *result: results.append(result))
    started.wait(20)
    older = worker._thread
    worker.start(lambda progress: "new", lambda *result: results.append(result))
    gate.set()
    older.join()
    worker.wait()
    assert results == [("new", None)]
    gate.clear()
    worker.start(slow, lambda *result: results.append(result))
    worker.cancel()
    gate.set()
    worker.wait()
    assert cancelled == [True] and len(results) == 1


@pytest.fixture(scope="module")
def gappy():
    """Return an explorer of 1,500 points of which 50 have no value in one dimension."""
    rng = np.random.default_rng(0)
    X, xy = rng.standard_normal((1500, 8), dtype=np.float32), rng.standard_normal((1500, 2))
    X[:50, 2] = np.nan
    embedding = load_embedding(
        X, xy, xyz=rng.standard_normal((1500, 3)), missing="grey", meta={"kind": [*"abc"] * 500},
        decode=lambda vectors: np.full((len(vectors), 4, 4), 200, np.uint8),
    )
    explorer = explore(embedding)
    yield explorer
    explorer.close()


@pytest.mark.parametrize("fitted", [False, True])
@pytest.mark.parametrize("name", TECHNIQUES)
def test_incomplete_rows_are_grey_and_shift_no_other(gappy, name, fitted):
    """Labels, values and legend belong to the rows that they were computed from."""
    state, gaps = gappy.state, gappy.embedding.incomplete
    view = ((-9, 9), (-9, 9), 500)
    coloring = state.compute("base", state.entries[name], {}, view=view, fitted=fitted)
    assert (coloring.srgb8[gaps] == MISSING).all() and np.ptp(coloring.srgb8[~gaps]) > 50
    assert coloring.describe(10) in ("", "missing", "no label")
    legend = explain_coloring(gappy.embedding, coloring)
    if coloring.labels is not None:
        for entry in legend.entries:
            assert (coloring.srgb8[legend.rows_of(entry.label)] == entry.srgb8).all()
            assert coloring.labels[entry.row] == entry.label
    elif coloring.values is not None:
        assert np.isnan(coloring.values[gaps]).all() and np.isfinite(coloring.values[~gaps]).all()


def test_nothing_is_invented_about_incomplete_rows(gappy):
    """They have no picture and no distance, and stay out of what a selection is like."""
    embedding = gappy.embedding
    assert embedding.pictures([10, 60]).mean(axis=(1, 2)).tolist() == [0, 200]
    gappy.probe(60)
    assert (gappy.state.probe.srgb8[embedding.incomplete] == MISSING).all()
    np.testing.assert_allclose(
        gappy.state.probe.values[50:, 0],
        np.linalg.norm(embedding.X[50:] - embedding.X[60], axis=1), rtol=1e-5,
    )
    with pytest.raises(ValueError, match=r"without NaN or infinity in X.*got 10"):
        gappy.probe(10)
    assert gappy.state.probe.row == 60
    gappy.clear()
    found = describe_selection(embedding, np.arange(40, 200), "kind")
    assert found.exemplars.min() >= 50 and np.isfinite([d.effect for d in found.differences]).all()
    assert sum(count.inside for count in found.counts) == 160
    assert not describe_selection(embedding, np.arange(30)).differences
    entries = explain_coloring(
        embedding, gappy.state.compute("base", gappy.state.entries["column:kind"], {})
    ).entries
    assert [entry.count for entry in entries] == [500] * 3
    assert min(entry.row for entry in entries) >= 50
    assert 'missing="grey"' in gappy.code()
