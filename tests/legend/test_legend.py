"""Legends: what they say of each kind of coloring, how they look, and what clicking them does."""

import pickle
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.pipeline import make_pipeline

from tests.data.bad_input import behavior
from tsnecolor_nb import (
    TECHNIQUES,
    CachedRun,
    ChunkedPCA,
    LabelColors,
    Picture,
    RGBCube,
    Standardize,
    load_embedding,
    load_glyphs,
)
from tsnecolor_nb.arrays.neighbors import label_exemplars
from tsnecolor_nb.colors.columns import column_colors
from tsnecolor_nb.colors.palettes import MISSING
from tsnecolor_nb.explorer.panels.legend import LegendPanel
from tsnecolor_nb.legend.channels import Channel
from tsnecolor_nb.legend.explain import Legend, explain, explain_column, value_bar
from tsnecolor_nb.legend.sheet import Sheet

# Components of random numbers are not independent, so that ICA does not converge on them.
pytestmark = pytest.mark.filterwarnings("ignore:SampledICA did not converge")

RNG = np.random.default_rng(0)
N, D = 1500, 12
X = (RNG.standard_normal((N, D)) * np.arange(D, 0, -1) + 3 * RNG.integers(0, 2, (N, 1))).astype(
    np.float32
)
EVIL = '<img src=x onerror="alert(1)">'


def decode(vectors):
    """Return pictures in which the ink of column j is dimension j."""
    ink = np.clip(128 + 10 * vectors, 0, 255).astype(np.uint8)
    return np.repeat(ink[:, None, :], D, axis=1)


def embedding(**more):
    """Return the embedding of this file."""
    return load_embedding(X, X[:, :2], xyz=X[:, :3], **more)


def legend_of(technique, data, **params):
    """Return the legend of a technique on some embedding."""
    run = CachedRun(data)
    run.run(technique, **params)
    technique = TECHNIQUES[technique]
    return explain(data, run.steps, run.last_input(), from_X=technique.values is None,
                   title=technique.title)


@pytest.mark.parametrize("decoder", [decode, None])
@pytest.mark.parametrize("name", TECHNIQUES)
def test_every_technique_has_a_legend_that_can_be_drawn(name, decoder):
    """Each legend says something, and has a picture of the width one asks for."""
    legend = legend_of(name, embedding(decode=decoder))
    assert legend.entries or legend.channels or legend.value
    for width in (300, 800):
        picture = legend.picture(width)
        assert picture.pixels.shape[1] == width
        assert (picture.pixels < 100).any() and (picture.pixels[0] == 255).all()


def test_the_input_of_the_last_step_is_what_the_pipeline_gives_it():
    """`CachedRun.last_input` is the output of all steps but the last."""
    run = CachedRun(embedding())
    for name in ("pca_rgb", "argmax", "pca_argmax", "kmeans"):
        run.run(name)
        pipeline = TECHNIQUES[name].pipeline(limit=D).fit(X)
        assert np.allclose(run.last_input(), pipeline[:-1].transform(X), atol=1e-4)


def test_labels_come_largest_first_with_an_exemplar_of_their_own():
    """Counts add up, colors are those on the map, and each exemplar carries its label."""
    data = embedding(decode=decode)
    run = CachedRun(data)
    colors = run.run("kmeans", kmeans__n_clusters=7)
    legend = explain(data, run.steps, run.last_input())
    counts = [entry.count for entry in legend.entries]
    assert legend.kind == "labels" and sum(counts) == N and counts == sorted(counts)[::-1]
    for entry in legend.entries:
        rows = legend.rows_of(entry.label)
        assert len(rows) == entry.count and entry.row in rows
        assert (colors[rows] == entry.srgb8).all()
        assert np.array_equal(entry.picture, 255 - np.repeat(data.pictures(entry.row)[0][..., None],
                                                             3, axis=2))


def test_exemplars_lie_where_their_label_is_densest():
    """Of a label's points its nearest sixteenth lies within the least distance."""
    labels = RNG.integers(-1, 5, N)
    found = label_exemplars(X, labels, [3, -1, 0])
    for label, row in zip([3, -1, 0], found, strict=True):
        rows = np.flatnonzero(labels == label)
        away = np.linalg.norm(X[rows, None] - X[rows], axis=2)
        nearest = np.sort(away, axis=1)[:, -(-len(rows) // 16)]
        assert row == rows[nearest.argmin()]


def test_an_exemplar_is_a_typical_shape_and_no_mean_of_several():
    """Between two clouds lies the mean of both, and a lonely point; it is no exemplar."""
    clouds = np.concatenate([RNG.normal(-5, 1, (900, 2)), [[0, 0]], RNG.normal(5, 0.3, (400, 2))])
    (row,) = label_exemplars(clouds.astype(np.float32), np.zeros(len(clouds), int), [0])
    assert np.linalg.norm(clouds[row] - 5) < 0.5
    assert label_exemplars(clouds[:1], np.zeros(1, int), [0]).tolist() == [0]


def test_points_without_a_label_are_the_last_entry():
    """Label -1 is grey, has a name, and comes last even where it is the largest."""
    labels = np.where(np.arange(N) < 900, -1, np.arange(N) % 3)
    steps = {"colors": LabelColors().fit(labels[:, None])}
    legend = explain(embedding(), steps, labels[:, None])
    last = legend.entries[-1]
    assert (last.label, last.name, last.count) == (-1, "no label", 900)
    assert np.array_equal(last.srgb8, MISSING)


def test_channels_are_decoded_at_both_ends():
    """The pictures of a channel are those along its component, within what was seen."""
    data = embedding(decode=decode)
    legend = legend_of("pca_rgb", data)
    assert [channel.name for channel in legend.channels] == ["red", "green", "blue"]
    pca = ChunkedPCA(3).fit(X)
    for j, channel in enumerate(legend.channels):
        assert channel.decoded and len(channel.pictures) == 5
        values = pca.transform(X)[:, j]
        reach = min(3 * values.std(), values.max() - values.mean())
        high = X.mean(axis=0) + pca.components_[j] * reach
        expected = 255 - decode(high[None])[0]
        assert np.abs(channel.pictures[-1][..., 0].astype(int) - expected).max() <= 4
        ramp = channel.ramp.astype(int)
        assert np.ptp(ramp[:, j]) > 50 and np.ptp(np.delete(ramp, j, axis=1), axis=0).max() <= 1


def test_a_walk_back_goes_through_all_steps():
    """Columns that were standardized after their projection are decoded where they came from."""
    data = embedding(decode=decode)
    pipeline = make_pipeline(ChunkedPCA(3), Standardize(), RGBCube()).fit(X)
    plain = make_pipeline(ChunkedPCA(3), RGBCube()).fit(X)
    ways = [explain(data, dict(p.steps)).channels[0].pictures for p in (pipeline, plain)]
    assert all(np.abs(a.astype(int) - b).max() <= 2 for a, b in zip(*ways, strict=True))


def test_without_a_decoder_channels_name_dimensions_and_show_points():
    """The dimension that a component mostly is comes first; texts stand for pictures."""
    legend = legend_of("pca_rgb", embedding(meta={"name": [f"p{i}" for i in range(N)]}))
    channel = legend.channels[0]
    component = np.abs(ChunkedPCA(3).fit(X).components_[0] / X.std(axis=0))
    assert channel.loadings[0][0] == f"dimension {component.argmax()}"
    assert len(channel.texts) == 5 and not channel.pictures
    along = ChunkedPCA(3).fit_transform(X)[[int(text[1:]) for text in channel.texts], 0]
    assert (np.diff(along) > 0).all()


def test_bits_show_both_sides_of_the_median():
    """Each of the six highest bits has two colors and the mean of the points on either side."""
    data = embedding(decode=decode)
    legend = legend_of("binary_pca", data, bits__bits=4)
    assert [channel.name for channel in legend.channels] == [
        "red 128", "green 128", "blue 128", "red 64", "green 64", "blue 64",
    ]
    assert legend.channels[0].ramp.tolist() == [[0, 0, 0], [136, 0, 0]]  # 8 of 15
    first = ChunkedPCA(12).fit_transform(X)[:, 0]
    above = X[first > np.median(first)].mean(axis=0)
    shown = legend.channels[0].pictures[1][..., 0]
    assert np.abs(shown - (255.0 - decode(above[None])[0])).max() < 2


def test_a_value_has_limits_a_histogram_and_quantiles():
    """The bar's limits are the step's; its counts are all points; quantiles are shares."""
    legend = legend_of("map_neighbor_distance", embedding(), colors__low=0.1, colors__high=0.9)
    bar = legend.value
    assert bar.counts.sum() == N and bar.n_missing == 0
    assert bar.quantile_of(bar.limits[0]) == pytest.approx(0.1, abs=0.01)
    assert bar.quantile_of(bar.limits[1]) == pytest.approx(0.9, abs=0.01)
    assert bar.quantile_of(bar.edges[0]) == 0 and bar.quantile_of(bar.edges[-1]) == 1


def test_a_constant_or_empty_value_still_has_a_bar():
    """No values, or all the same, give a legend and no warning."""
    for values in (np.full(5, 2.0), np.full(5, np.nan)):
        limits = (2.0, 2.0) if values[0] == 2 else (0.0, 1.0)
        bar = value_bar(values, limits, np.zeros((256, 3), np.uint8))
        assert Legend("value", value=bar).picture(300).pixels.shape[1] == 300


def test_numbers_below_a_bar_keep_apart():
    """The one in the middle is left out where the two at the ends leave it no room."""
    for high, has_middle in ((20.0, True), (184_724.0, False)):
        bar = value_bar(np.linspace(0, 1, 999) * high, (0, high), np.zeros((256, 3), np.uint8))
        below = Legend("value", value=bar).picture(300).pixels[70:].min(axis=(0, 2)) < 200
        assert below[140:160].any() == has_middle and below[200:].any()


def test_dates_below_a_bar_are_whole():
    """In a page's panel two dates have no room for more words; their last letters are there."""
    days = np.datetime64("2020-01-01") + np.arange(2000)
    legend = explain_column(embedding(), column_colors(pd.Series(days, name="day")))
    day = legend.value.text(legend.value.limits[1])
    drawn, expected = replace(legend, title="").picture(300), Sheet(300, 30)
    expected.write(288, 14, f"≥ {day}", anchor="rm")
    assert np.array_equal(drawn.pixels[64:90, 160:], expected.pixels()[:26, 160:])


def test_pictures_of_a_channel_stand_side_by_side():
    """In a legend as narrow as a page's panel none covers a part of its neighbor."""
    ink = np.zeros((20, 20, 3), np.uint8)
    channel = Channel("red", "axis 1", np.full((9, 3), 250, np.uint8), pictures=(ink,) * 5)
    for ratio in (1, 2):
        picture = Legend("channels", channels=(channel,)).picture(300, pixel_ratio=ratio)
        dark = (picture.pixels < 60).all(axis=2)
        columns = np.flatnonzero(dark[:, ratio * 110 :].sum(axis=0) > 20)
        widths = np.diff(np.flatnonzero(np.diff(columns, prepend=-9, append=999) > 1))
        assert widths.tolist() == [33 * ratio] * 5


def test_a_step_may_bring_its_own_legend():
    """A drawing of its colors stands above its channels; a whole legend takes the place of all."""

    class Own(RGBCube):
        channel_names = ("warm", "cold")

        def legend(self):
            return Picture(np.full((40, 50, 3), (200, 0, 0), np.uint8))

    class Whole(RGBCube):
        def legend(self):
            return Legend("labels", "mine")

    legend = explain(embedding(), {"own": Own().fit(X)}, X)
    assert [channel.name for channel in legend.channels] == ["warm", "cold"]
    assert (legend.picture(300).pixels == (200, 0, 0)).all(axis=2).sum() == 40 * 50
    panel = LegendPanel()
    panel.show(legend)
    assert panel.children[0].value.count('alt="the colors of two or three columns"') == 1
    assert explain(embedding(), {"own": Whole().fit(X)}, X).title == "mine"

    class Bad(RGBCube):
        def legend(self):
            return 7

    with pytest.raises(TypeError, match="must return a Legend or a Picture, got 7"):
        explain(embedding(), {"own": Bad().fit(X)}, X)


def test_columns_have_names_and_grey_entries():
    """Categories keep their names; missing values and those without a color are entries of grey."""
    kinds = pd.Series(["x"] * 900 + ["y"] * 400 + [None] * 200, name="kind")
    data = embedding(meta={"kind": kinds})
    legend = explain_column(data, column_colors(data.meta["kind"]))
    assert [(e.name, e.count) for e in legend.entries] == [("x", 900), ("y", 400), ("missing", 200)]
    many = pd.Series(RNG.permutation(np.arange(N) // 2).astype(str), name="many")
    last = explain_column(data, column_colors(many)).entries[-1]
    assert last.name == f"{N // 2 - 256} other values" and last.count == N - 512


@behavior("Texts of any length", "Drawn legends and cards cut them, in constant time; files have "
          "them whole.")
def test_long_texts_are_cut_where_they_are_drawn():
    """A legend of texts and titles with 100,000 letters is drawn as large and as fast as others."""
    long = "word " * 20_000
    names = [f"{i} {long}" for i in range(40)]
    data = load_embedding(np.eye(40), np.eye(40)[:, :2], meta={long: names})
    colored = column_colors(data.meta[long])
    legend = explain_column(data, colored)
    start = time.process_time()
    drawn = legend.picture().pixels
    assert time.process_time() - start < 5 and drawn.shape[0] < 800
    assert colored.names[7] == names[7] and legend.entries[7].name == names[7]


def test_clicking_a_label_isolates_it_and_clicking_again_lets_go():
    """The callback gets the rows of the label, then None; the tile is marked meanwhile."""
    legend = legend_of("kmeans", embedding(decode=decode), kmeans__n_clusters=4)
    asked = []
    panel = LegendPanel(on_isolate=asked.append)
    panel.show(legend)
    tiles = panel.children[0]
    for number in (2, 2, 1, 0):
        tiles._handle_custom_msg({"clicked": number}, [])
    assert [None if rows is None else len(rows) for rows in asked] == [
        legend.entries[2].count, None, legend.entries[1].count, legend.entries[0].count,
    ]
    assert panel.isolated == legend.entries[0].label
    tiles._handle_custom_msg({"clicked": 99}, [])
    tiles._handle_custom_msg({"clicked": "0"}, [])
    assert len(asked) == 4
    panel.show(None)
    assert panel.children == () and panel.isolated is None


def test_moving_the_clips_gives_quantiles():
    """The callback gets shares of points; a new legend of the same value moves the same slider."""
    data, asked = embedding(), []
    panel = LegendPanel(on_clip=lambda low, high: asked.append((low, high)))
    panel.show(legend_of("map_neighbor_distance", data))
    bar, slider = panel._legend.value, panel.children[1]
    slider.value = (bar.quantiles[64], bar.quantiles[192])
    assert asked == [pytest.approx((0.25, 0.75), abs=0.01)]
    panel.show(legend_of("map_neighbor_distance", data, colors__low=0.25, colors__high=0.75))
    assert panel.children[1] is slider and len(asked) == 1
    assert slider.value == pytest.approx(panel._legend.value.limits)


def test_text_from_data_is_never_markup():
    """Names of labels travel as data that the page sets as text; HTML is escaped with quotes."""
    meta = {EVIL: pd.Series([EVIL, "b"] * (N // 2))}
    data = embedding(meta=meta)
    panel = LegendPanel()
    panel.show(explain_column(data, column_colors(data.meta[EVIL])))
    assert panel.children[0].entries[0]["name"] == EVIL
    script = panel.children[0]._esm
    assert "textContent" in str(script) and "innerHTML" not in str(script)
    panel.show(legend_of("pca_rgb", embedding(meta={"name": [EVIL] * N})))
    assert "<img src=x" not in panel.children[0].value
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;" in panel.children[0].value


@pytest.mark.parametrize("name", ["kmeans", "map_neighbor_distance", "pca_rgb", "trust"])
def test_a_legend_shows_itself_pickles_and_has_a_short_repr(name):
    """A notebook gets a picture; neither a legend nor what it holds prints arrays."""
    legend = legend_of(name, embedding(decode=decode))
    bundle, _ = legend._repr_mimebundle_()
    assert set(bundle) == {"image/png", "text/plain"} and bundle["text/plain"] == repr(legend)
    for part in (legend, *legend.entries[:1], *legend.channels[:1], legend.value):
        assert len(repr(part)) < 250 and "array" not in repr(part)
    copy = pickle.loads(pickle.dumps(legend))
    assert np.array_equal(copy.picture().pixels, legend.picture().pixels)


def test_what_does_not_fit_is_named():
    """No steps, missing values, and a sheet that is too narrow are errors that say so."""
    with pytest.raises(ValueError, match="steps"):
        explain(embedding(), {})
    with pytest.raises(ValueError, match="values must be given"):
        explain(embedding(), {"rgb": RGBCube()}, from_X=False)
    with pytest.raises(ValueError, match="width"):
        Legend("labels").picture(20)


def test_the_atlas_is_explained():
    """Legends of techniques and columns work at full size; `make bench` times them."""
    atlas = load_glyphs()
    run = CachedRun(atlas)
    panel = LegendPanel()
    for name in ("map_neighbor_distance", "pca_rgb", "binary_pca", "argmax"):
        run.run(name)
        panel.show(explain(atlas, run.steps, run.last_input(),
                           from_X=TECHNIQUES[name].values is None))
        assert panel.children[0].get_state()
    for column in ("script", "name", "codepoint"):
        legend = explain_column(atlas, column_colors(atlas.meta[column]))
        counted = legend.entries or [legend.value.counts]
        assert sum(getattr(entry, "count", 0) for entry in counted) == len(atlas) or legend.value
