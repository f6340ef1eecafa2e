"""The gallery on a small embedding: order, marks and the sheet itself."""

import numpy as np
import pytest

from tsnecolor_nb.data.embedding import load_embedding
from tsnecolor_nb.gallery import compare as gallery
from tsnecolor_nb.gallery.compare import compare
from tsnecolor_nb.scoring.score import Scorer
from tsnecolor_nb.techniques.table import TECHNIQUES

NAMES = ["map_neighbor_distance", "pca_rgb", "ica_rgb", "kmeans", "argmax"]


@pytest.fixture(scope="module")
def embedding():
    """Return 4,000 points in 12 dimensions, of which the map shows two."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(4000, 12)) * np.geomspace(3, 0.3, 12)
    return load_embedding(X, X[:, 1:3] + rng.normal(0, 0.1, (4000, 2)))


@pytest.fixture(scope="module")
def compared(embedding):
    """Return five techniques compared."""
    return compare(embedding, NAMES, side=120, columns=3)


def test_rows_are_in_the_order_of_the_call(compared):
    """No score ranks the techniques; each row has a title, a time, and every score."""
    table = compared.table
    assert list(table.index) == list(compared.colors) == NAMES
    assert repr(compared) == "<Comparison of 5 techniques>"
    assert table["title"]["pca_rgb"] == TECHNIQUES["pca_rgb"].title
    assert (table["seconds"] > 0).all()
    seen = ["zoom 1", "far", "regions", "color-blind", "grey"]
    assert table[[*seen, "points", "global"]].notna().all(axis=None)


def test_all_techniques_stand_in_by_default(embedding, monkeypatch):
    """Without names the whole table of techniques is compared: later ones appear by themselves."""
    asked = []

    def one_color(embedding, name):
        asked.append(name)
        return np.full((len(embedding), 3), 7, np.uint8), 0.0, None

    monkeypatch.setattr(gallery, "color_technique", one_color)
    quick = Scorer(embedding, zooms=(1,), n_windows=1, n_anchors=50)
    found = compare(embedding, side=40, scorer=quick)
    assert asked == list(TECHNIQUES) and len(found.table) == len(TECHNIQUES)
    assert (found.table["like"] == "").all(), "one color is no duplicate of another"


def test_near_duplicates_are_marked(embedding, monkeypatch):
    """The same colors in other bytes are marked with the better one's name, others are not."""
    rng = np.random.default_rng(1)
    one = rng.integers(0, 128, (4000, 3), dtype=np.uint8)
    made = {"pca_rgb": one, "ica_rgb": one + np.uint8(1), "kmeans": one[::-1]}
    monkeypatch.setattr(gallery, "color_technique", lambda e, name, **_: (made[name], 0.0, None))
    like = compare(embedding, list(made), n_windows=1, side=40).table["like"]
    assert sorted(like[["pca_rgb", "ica_rgb"]]) in (["", "ica_rgb"], ["", "pca_rgb"])
    assert like["kmeans"] == ""


def test_the_sheet_shows_every_map_in_order(embedding, compared):
    """The sheet holds each technique's small map, as the raster draws it, where its rank says."""
    from tsnecolor_nb.picture.raster import compose, rasterize

    pixels = compared.picture.pixels
    assert pixels.shape == (2 * 146 - 6, 3 * 126 - 6, 3)
    for place, name in enumerate(compared.table.index):
        left, top = place % 3 * 126, place // 3 * 146
        colors, categorical = compared.colors[name], TECHNIQUES[name].categorical
        small = compose(rasterize(embedding.xy, colors, categorical, width=120, height=120))
        assert np.array_equal(pixels[top + 20 : top + 140, left : left + 120], small)
        assert pixels[top : top + 20, left : left + 120].min() < 120, "a title stands above"


def test_names_stand_on_every_map(embedding):
    """A name is written at one place of each small map, and nowhere without `names`."""
    how = {"n_windows": 1, "side": 120, "all_eyes": False}
    name = {"MMMM": (float(embedding.xy[:, 0].mean()), float(embedding.xy[:, 1].mean()))}
    plain, named = (
        compare(embedding, NAMES[1:3], names=names, **how).picture.pixels for names in (None, name)
    )
    rows, columns = np.nonzero((plain != named).any(axis=2))
    on_map = [columns[columns // 126 == i] % 126 for i in (0, 1)]
    assert len(on_map[0]) > 50 and len(on_map[1]) > 50
    assert np.abs(on_map[0].mean() - on_map[1].mean()) < 6 and 60 < rows.mean() < 100


def test_the_trade_holds_whom_none_beats(compared):
    """A technique stands in the trade exactly if no other is better for near and for far spots."""
    table = compared.table
    kept = [
        name
        for name, row in table.iterrows()
        if not ((table["far"] > row["far"]) & (table["near"] > row["near"])).any()
    ]
    trade = compared.trade
    assert sorted(trade.index) == sorted(kept)
    assert (np.diff(trade["far"]) <= 0).all() and (np.diff(trade["near"]) >= 0).all()


def test_progress_reports_and_stops(embedding):
    """Each technique is announced, and what progress raises ends the work."""
    seen = []
    compare(embedding, NAMES[:2], n_windows=1, side=40, progress=lambda *step: seen.append(step))
    assert seen == [(NAMES[0], 0.0), (NAMES[1], 0.5)]

    def stop(name, fraction):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        compare(embedding, NAMES, n_windows=1, progress=stop)


def test_parameters_reach_their_technique_only(embedding):
    """What `params` changes is one technique's colors; the others keep their defaults."""
    from tsnecolor_nb import color

    changed = {"kmeans": {"kmeans__n_clusters": 3}}
    found = compare(embedding, NAMES[1:4], params=changed, n_windows=1, side=40).colors
    assert len(np.unique(found["kmeans"], axis=0)) == 3
    assert np.array_equal(found["pca_rgb"], color(embedding, "pca_rgb"))


def test_wrong_names_are_named(embedding):
    """No technique, an unknown one, or parameters of one left out end in a ValueError."""
    with pytest.raises(ValueError, match=r"params must name .* compared, got \['trust'\]"):
        compare(embedding, NAMES, params={"trust": {}}, n_windows=1)
    with pytest.raises(ValueError, match="techniques must name at least one"):
        compare(embedding, [])
    with pytest.raises(ValueError, match=r"technique must be one of .*, got 'pca'"):
        compare(embedding, ["pca"], n_windows=1)
