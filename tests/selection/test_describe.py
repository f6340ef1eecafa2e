"""Selections: examples, what sets them apart from their surroundings, counts, and their panel."""

import time

import numpy as np
import pandas as pd
import pytest

from tsnecolor_nb import load_embedding, load_glyphs
from tsnecolor_nb.colors.palettes import MISSING
from tsnecolor_nb.explorer.panels.selection import SelectionPanel, counts_html, differences_html
from tsnecolor_nb.selection.counts import count_column, share_interval
from tsnecolor_nb.selection.describe import describe_selection, grey_out, spread_exemplars
from tsnecolor_nb.selection.differences import differences, effects, surroundings

EVIL = '<img src=x onerror="alert(1)">'
RNG = np.random.default_rng(0)
N, D = 3000, 6
XY = RNG.uniform(-1, 1, (N, 2))
INSIDE = np.flatnonzero(np.hypot(*XY.T) < 0.3)
X = RNG.standard_normal((N, D))
X[INSIDE, 4] += 2  # two deviations
KIND = pd.Series(RNG.choice(["a", "b"], N))
KIND[INSIDE] = "b"
META = {"kind": KIND, "size": X[:, 4], EVIL: [EVIL] * N}


def decode(vectors):
    """Return pictures in which the ink of column j is dimension j."""
    ink = np.clip(128 + 20 * vectors, 0, 255).astype(np.uint8)
    return np.repeat(ink[:, None, :], D, axis=1)


DATA = load_embedding(X, XY, meta=META, decode=decode)


def test_surroundings_are_the_nearest_points_outside():
    """As many as inside, none of them selected, none farther than any that was left out."""
    around = surroundings(DATA.xy, INSIDE)
    assert len(around) == len(INSIDE) and not np.isin(around, INSIDE).any()
    gap = DATA.xy[:, None] - DATA.xy[INSIDE]
    distance = np.sqrt((gap**2).sum(axis=2)).min(axis=1)
    rest = np.setdiff1d(np.arange(N), np.r_[INSIDE, around])
    assert distance[around].max() <= distance[rest].min()
    assert len(surroundings(DATA.xy, np.array([7]))) == 50
    assert len(surroundings(DATA.xy, np.arange(N))) == 0
    assert len(surroundings(DATA.xy, np.arange(N - 3))) == 3


def test_the_dimension_that_sets_it_apart_comes_first():
    """Cohen's d is the planted two deviations; its glyphs go toward the selection."""
    chosen = describe_selection(DATA, INSIDE, basis="dimensions")
    first = chosen.differences[0]
    assert first.name == "dimension 4" and first.effect == pytest.approx(2, abs=0.3)
    ink = [255 - picture[0, 4, 0] for picture in first.pictures]
    assert ink[0] < ink[1] < ink[2]
    assert all(abs(other.effect) < 0.5 for other in chosen.differences[1:])


def test_a_component_that_sets_it_apart_comes_first():
    """The same holds for components; without a decoder the largest weights say what it is."""
    bare = load_embedding(X * [1, 1, 1, 1, 3, 1], XY)
    first = describe_selection(bare, INSIDE).differences[0]
    assert first.name == "component 1" and abs(first.effect) > 1.5
    assert first.loadings[0][0] == "dimension 4" and not first.pictures


def test_what_differs_without_varying_is_infinitely_apart():
    """A column that is constant inside and constant outside does not vanish from the list."""
    flat = X.copy()
    flat[:, 2] = 0
    flat[INSIDE, 2] = -1
    data = load_embedding(flat, XY, decode=decode)
    first = differences(data, INSIDE, surroundings(data.xy, INSIDE), basis="dimensions")[0]
    assert first.name == "dimension 2" and first.effect == -np.inf
    ink = [255 - picture[0, 2, 0] for picture in first.pictures]
    assert ink[0] > ink[1] > ink[2]  # toward the selection, which lies lower
    assert "-inf" in differences_html(describe_selection(data, INSIDE, basis="dimensions"))


@pytest.mark.filterwarnings("error")
def test_points_that_are_all_the_same_differ_in_nothing():
    """Constant data and a single place on the map give effects of 0, and no warning."""
    same = load_embedding(np.ones((60, 3)), np.ones((60, 2)))
    chosen = describe_selection(same, [1, 2])
    assert [one.effect for one in chosen.differences] == [0, 0, 0] and len(chosen.around) == 50


def test_exemplars_are_members_spread_over_the_selection():
    """Of three far groups each is represented; the same seed gives the same rows."""
    groups = X + 40 * (np.arange(N) % 3)[:, None] * np.eye(D)[0]
    rows = np.arange(0, N - 1)
    found = spread_exemplars(groups, rows, 6)
    assert np.isin(found, rows).all() and len(set(found)) == len(found) <= 6
    assert set(found % 3) == {0, 1, 2}
    assert np.array_equal(found, spread_exemplars(groups, rows, 6))
    assert spread_exemplars(X, np.array([5, 9]), 24).tolist() == [5, 9]
    assert len(spread_exemplars(np.ones((100, 2), np.float32), np.arange(100), 24)) >= 1


def test_counts_are_held_against_the_whole():
    """The lift is the share inside over the share in the whole."""
    (count,) = count_column(DATA.meta, INSIDE, "kind")
    whole = (KIND == "b").sum()
    assert (count.name, count.inside, count.whole, count.share) == ("b", len(INSIDE), whole, 1)
    assert count.lift == pytest.approx(N / whole)
    ranges = count_column(DATA.meta, INSIDE, "size")
    assert ranges[0].lift > 3 and sum(one.inside for one in ranges) == len(INSIDE)
    assert sum(one.whole for one in count_column(DATA.meta, np.arange(N), "size")) == N


def test_missing_values_are_counted_as_missing():
    """NaN, None and NaT are one value with a name, in labels and in numbers."""
    meta = pd.DataFrame({"t": [None, "a", None], "x": [np.nan] * 3, "y": [1.5, np.nan, 1.5]})
    assert [(c.name, c.inside) for c in count_column(meta, [0, 1, 2], "t")] == [
        ("missing", 2), ("a", 1),
    ]
    assert [(c.name, c.inside) for c in count_column(meta, [0, 1], "x")] == [("missing", 2)]
    assert [(c.name, c.inside) for c in count_column(meta, [0, 1], "y")] == [
        ("missing", 1), ("1.5 to 1.5", 1),
    ]


def test_the_selected_stay_colored_and_the_rest_turns_grey():
    """A copy is made; the colors that went in stay as they were."""
    colors = np.tile(np.uint8([9, 8, 7]), (N, 1))
    grey = grey_out(colors, INSIDE)
    assert (grey[INSIDE] == colors[INSIDE]).all() and (colors == [9, 8, 7]).all()
    assert (np.delete(grey, INSIDE, axis=0) == MISSING).all()


@pytest.mark.parametrize("rows", [[], [N], [-1], [0.5], np.zeros(N, bool), [[1]]])
def test_rows_that_do_not_fit_are_named(rows):
    """No rows, and what are no row numbers, get an error that says what would be right."""
    with pytest.raises(ValueError, match="rows must be"):
        describe_selection(DATA, rows)


def test_other_arguments_that_do_not_fit_are_named():
    """The message names the argument, and the columns that there are."""
    for bad in (dict(k=0), dict(basis="x"), dict(column="nope")):
        with pytest.raises(ValueError, match=f"{next(iter(bad))} must be"):
            describe_selection(DATA, INSIDE, **bad)


def test_the_panel_shows_a_selection_and_gives_it_up():
    """Number, examples, differences and counts are there; menus change them; clear clears."""
    clicked, cleared = [], []
    panel = SelectionPanel(DATA, on_point=clicked.append, on_clear=lambda: cleared.append(1))
    assert "Nothing" in panel._text.value and panel._details.layout.display == "none"
    chosen = describe_selection(DATA, INSIDE)
    panel.show(chosen)
    assert f"{len(INSIDE):,} points" in panel._text.value
    assert len(panel._examples.entries) == len(chosen.exemplars)
    panel._examples._handle_custom_msg({"clicked": 3}, [])
    assert clicked == [chosen.exemplars[3]]
    assert "component" in panel._table.value and panel.column is None
    panel._table_menu.value = ("differences", "dimensions")
    assert "dimension 4" in panel._table.value and panel.basis == "dimensions"
    panel._table_menu.value = ("counts", "kind")
    assert f"× {chosen_lift():.3g}" in panel._table.value and panel.column == "kind"
    panel.show(describe_selection(DATA, INSIDE, panel.column))
    assert f"× {chosen_lift():.3g}" in panel._table.value
    panel._clear.click()
    panel.show(None)
    assert cleared == [1] and panel._examples.entries == [] and panel._table.value == ""


def chosen_lift():
    """Return the lift of the one kind in the selection."""
    return N / (KIND == "b").sum()


def test_the_whole_and_a_single_point_have_nothing_to_compare_with():
    """The panel says so in place of a table."""
    assert "Everything is selected" in differences_html(describe_selection(DATA, np.arange(N)))
    assert "One point" in differences_html(describe_selection(DATA, [3]))


def test_text_from_data_is_never_markup():
    """Values and names of columns are escaped with quotes, or travel as plain text."""
    panel = SelectionPanel(load_embedding(X, XY, meta={EVIL: [EVIL] * N}))
    panel.show(describe_selection(panel._embedding, INSIDE, EVIL))
    assert panel._examples.entries[0]["name"] == EVIL
    assert "<img src=x" not in panel._table.value
    panel._table_menu.value = ("counts", EVIL)
    assert "<img src=x" not in panel._table.value
    assert "&lt;img src=x onerror=&quot;alert(1)&quot;&gt;" in panel._table.value
    assert counts_html(()) == ""


def test_selecting_the_atlas_is_quick(capsys):
    """All points, half of them, a patch and one point at full size; the time is printed."""
    atlas = load_glyphs()
    patch = np.hypot(*(atlas.xy - [10, 5]).T)
    selections = {
        "all": np.arange(len(atlas)), "half": atlas.xy[:, 0] > 0,
        "a patch": patch < 2, "one": [int(patch.argmin())],
    }
    panel = SelectionPanel(atlas)
    for name, rows in selections.items():
        start = time.perf_counter()
        chosen = describe_selection(atlas, rows, "script")
        described = time.perf_counter()
        panel.show(chosen)
        with capsys.disabled():
            print(f"\n{name}, {len(chosen.rows):,} points: described in {described - start:.2f} s,"
                  f" shown in {time.perf_counter() - described:.2f} s")
        assert len(chosen.exemplars) == min(24, len(chosen.rows)) == len(chosen.pictures)


def draws(kind, rng, shape):
    """Return random numbers of mean 0 and deviation 1."""
    if kind == "normal":
        return rng.standard_normal(shape)
    skewed = rng.lognormal(0, 0.6, shape)
    variance = np.exp(0.36)
    return (skewed - np.exp(0.18)) / np.sqrt((variance - 1) * variance)


@pytest.mark.parametrize("kind", ["normal", "skewed"])
@pytest.mark.parametrize(("truth", "spread"), [(0, 1), (1, 1), (2, 0.5)])
def test_the_interval_of_an_effect_holds_the_truth_as_often_as_it_says(kind, truth, spread):
    """Of 2,000 pairs of groups some 95 % are right, for unlike sizes, spreads and shapes."""
    rng = np.random.default_rng(1)
    pooled = np.sqrt((spread**2 + 1) / 2)
    inside = draws(kind, rng, (200, 2000)) * spread + truth * pooled
    outside = draws(kind, rng, (600, 2000))
    effect, (low, high), *_ = effects(inside, outside)
    assert ((low < effect) & (effect < high)).all()
    assert 0.925 < np.mean((low <= truth) & (truth <= high)) < 0.97


def test_the_interval_of_a_share_is_that_of_the_paper():
    """Newcombe's examples (1998, table II, method 10), and 2,000 draws near an edge."""
    for counts, expected in (
        ((56, 70, 48, 80), (0.0524, 0.3339)), ((9, 10, 3, 10), (0.1705, 0.8090)),
        ((10, 10, 0, 10), (0.6075, 1.0)),
    ):
        np.testing.assert_allclose(share_interval(*counts), expected, atol=1e-4)
    rng = np.random.default_rng(0)
    k1, k2 = rng.binomial(80, 0.1, 2000), rng.binomial(300, 0.03, 2000)
    right = [
        low <= 0.07 <= high for low, high in map(
            lambda inside, outside: share_interval(inside, 80, outside, 300), k1, k2
        )
    ]
    assert 0.93 < np.mean(right) < 0.975


def test_a_selection_is_compared_with_the_rest_or_with_rows_of_ones_own():
    """Shared points count for the selection only; both effect and shares tell the two apart."""
    rest = describe_selection(DATA, INSIDE, "kind", against="rest", basis="dimensions")
    assert rest.against == "rest" and len(rest.around) == N - len(INSIDE)
    first = rest.differences[0]
    low, high = first.interval
    assert first.name == "dimension 4" and low < first.effect < high and high - low < 0.4
    others = np.r_[INSIDE[:20], np.setdiff1d(np.arange(N), INSIDE)[:500]]
    own = describe_selection(DATA, INSIDE, "kind", against=others, basis="dimensions")
    assert own.n_shared == 20 and not np.isin(own.around, INSIDE).any() and len(own.around) == 500
    (count,) = own.counts
    share = (KIND[own.around] == "b").mean()
    assert count.other_share == pytest.approx(share)
    assert count.interval[0] < 1 - share < count.interval[1]
    within = describe_selection(DATA, INSIDE, "kind", against=INSIDE[:9])
    assert not within.differences and within.counts[0].interval is None
    assert "All of these points" in differences_html(within)
    with pytest.raises(ValueError, match='against must be one of "surroundings", "rest"'):
        describe_selection(DATA, INSIDE, against="all")
    with pytest.raises(ValueError, match="against must be"):
        describe_selection(DATA, INSIDE, against=[N])


def test_no_rows_at_all_turn_everything_grey():
    """What passes no filter, as a mask or as numbers, leaves nothing in color."""
    colors = np.tile(np.uint8([9, 8, 7]), (4, 1))
    for rows in ([], np.zeros(4, bool)):
        assert (grey_out(colors, rows, (1, 2, 3)) == [1, 2, 3]).all()
