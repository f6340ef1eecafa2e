"""Maps as one HTML file: what is in it, what it refuses, how large it is. Pixels: tests/browser."""

import base64
import gzip
import hashlib
import html
import json
import re

import numpy as np
import pandas as pd
import pytest

from tsnecolor_nb import CachedRun, color, explain, load_embedding, load_glyphs
from tsnecolor_nb.__main__ import main
from tsnecolor_nb.legend.page_entries import page_entries
from tsnecolor_nb.standalone import page as standalone
from tsnecolor_nb.standalone.page import LegendEntry, PageColoring, ThinnedWarning, write_page

N = 2000
RNG = np.random.default_rng(0)
XY = RNG.normal(size=(N, 2)).astype(np.float32)
COLORS = RNG.integers(0, 256, (N, 3), dtype=np.uint8)
LABELS = np.array([[200, 30, 30], [30, 30, 200], [150, 150, 150]], np.uint8)[np.arange(N) % 3]
EVIL = '</script><img src=x onerror="window.injected=1">'


def written(tmp_path, *args, **how):
    """Write a page and return its text and its data."""
    path = write_page(tmp_path / "map.html", *args, overwrite=True, **how)
    text = path.read_text("utf-8")
    return text, json.loads(re.search(r'id="data">(.*?)</script>', text, re.DOTALL)[1])


def unpacked(packed):
    """Return the bytes of a packed text."""
    return np.frombuffer(gzip.decompress(base64.b64decode(packed)), np.uint8)


def numbers(planes, n):
    """Return numbers stored as planes of bytes."""
    return sum(plane.astype(np.int64) << 8 * i for i, plane in enumerate(planes.reshape(-1, n)))


def positions(data):
    """Return the positions in a page, (n, 2) float64."""
    codes = np.cumsum(numbers(unpacked(data["positions"]), data["n"]))
    axes = [sum((codes >> 2 * bit + axis & 1) << bit for bit in range(22)) for axis in (0, 1)]
    return np.array(data["low"]) + data["unit"] * np.stack(axes, axis=1)


def by_position(xy, *others):
    """Return positions and what belongs to them, sorted by x."""
    order = np.argsort(xy[:, 0])
    return [xy[order], *(other[order] for other in others)]


def test_the_page_holds_all_points_and_colors(tmp_path):
    """Each point is there, a millionth of the map from its place at most, in its own color."""
    text, data = written(tmp_path, XY, [PageColoring("noise", COLORS), PageColoring("k", LABELS)])
    assert "2,000 points" in text
    noise, labels = data["colorings"]
    colors = np.cumsum(unpacked(noise["colors"]).reshape(3, N), axis=1).T.astype(np.uint8)
    table = np.array(labels["palette"])[numbers(unpacked(labels["colors"]), N)]
    found = by_position(positions(data), colors, table)
    xy, *expected = by_position(XY, COLORS, LABELS)
    assert np.abs(found[0] - xy).max() < 1e-6 * np.ptp(XY, axis=0).max()
    assert np.array_equal(found[1], expected[0]) and np.array_equal(found[2], expected[1])


def test_texts_belong_to_their_points(tmp_path):
    """Columns come with their points, missing values are empty, codepoints show the character."""
    x = XY[:, 0]
    columns = {"x": x, "kind": np.array(["a", None, "c"], object)[np.arange(N) % 3],
               "codepoint": 0x56FD + np.arange(N)}
    _, data = written(tmp_path, XY, [PageColoring("plain")], columns=columns)
    texts = {}
    for column in data["columns"]:
        values = np.array(json.loads(unpacked(column["values"]).tobytes()), object)
        texts[column["name"]] = values[numbers(unpacked(column["codes"]), N)]
    order = np.argsort(positions(data)[:, 0])
    assert np.allclose(texts["x"][order].astype(float), np.sort(x), rtol=1e-5)
    kind = ["" if k is None else k for k in columns["kind"][np.argsort(x)]]
    assert texts["kind"][order].tolist() == kind
    assert "U+56FD 国" in texts["codepoint"]


def test_columns_say_how_they_are_filtered(tmp_path):
    """Numbers and dates have a range, labels and durations none."""
    x = XY[:, 0].astype(float)
    columns = {"kind": LABELS[:, 0].astype(str), "x": x,
               "day": pd.Timestamp("2020-01-01") + pd.to_timedelta(x, unit="D"),
               "took": pd.to_timedelta(x, unit="s")}
    _, data = written(tmp_path, XY, [PageColoring("plain")], columns=columns)
    units = {column["name"]: column["unit"] for column in data["columns"]}
    assert units == {"kind": None, "x": "", "day": "date", "took": None}


def test_selections_belong_to_their_points(tmp_path):
    """Named rows, or a mask, are a bit for each point in the order of the page."""
    rows = np.flatnonzero(XY[:, 0] > 1)
    _, data = written(
        tmp_path, XY, [PageColoring("plain")], selections={"right": rows, "left": XY[:, 0] < -1}
    )
    x = positions(data)[:, 0]
    for one, inside in zip(data["selections"], (x > 1, x < -1), strict=True):
        bits = np.unpackbits(unpacked(one["points"]), count=N).astype(bool)
        assert np.array_equal(bits, inside) and one["count"] == inside.sum()
    assert [one["name"] for one in data["selections"]] == ["right", "left"]


def test_points_at_one_place_and_a_single_point(tmp_path):
    """A map without extent can be written."""
    for n in (1, 5):
        _, data = written(tmp_path, np.full((n, 2), 3.0), [PageColoring("plain")])
        assert np.allclose(positions(data), 3) and data["extent"] == [2, 4, 2, 4]


def test_text_of_strangers_is_only_text(tmp_path):
    """Markup in any text stays text, and the policy names exactly our script and style."""
    legend = [LegendEntry(EVIL, (1, 2, 3), note=EVIL)]
    text, data = written(
        tmp_path, XY, [PageColoring(EVIL, COLORS, legend=legend)], columns={EVIL: [EVIL] * N},
        title=EVIL,
    )
    assert "<img" not in text and text.count("</script>") == 2
    assert text.count(html.escape(EVIL)) == 2  # the title and the heading
    assert data["colorings"][0]["name"] == data["columns"][0]["name"] == EVIL
    policy = html.unescape(re.search(r'Policy" content="(.*?)"', text)[1])
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy
    for tag in ("script", "style"):
        inside = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        assert len(inside) == 1
        digest = base64.b64encode(hashlib.sha256(inside[0].encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}';" in policy
    assert "http://" not in text and "https://" not in text


@pytest.mark.parametrize(
    ("how", "message"),
    [
        ({"xy": XY[:, :1]}, "xy must have shape"),
        ({"colorings": []}, "colorings must be at least one PageColoring"),
        ({"colorings": [PageColoring("a"), PageColoring("a")]}, "different names, got a, a"),
        ({"colorings": [PageColoring("a", COLORS[1:])]}, "srgb8 of coloring 'a' must have shape"),
        ({"columns": {"a": [1]}}, "columns must have one row"),
        ({"pictures": 3}, "pictures must be callable"),
        ({"background": "pink"}, 'background must be one of "auto", "white", "black"'),
        ({"shading": "log"}, 'shading must be one of "filled", "eq_hist"'),
        ({"ranges": (1, 2, 3)}, "ranges must be"),
        ({"ranges": ((1, 0), (0, 1))}, "ranges\\[0\\] must be finite and increasing"),
        ({"selections": {"a": [N]}}, r"selections\['a'\] must"),
        ({"path": "map.png"}, "path must end in .html"),
        ({"path": "missing/map.html"}, "folder that does not exist"),
    ],
)
def test_errors_name_the_argument(tmp_path, how, message):
    """Bad input is one clear error, and no file is left."""
    how = {"path": "map.html", "xy": XY, "colorings": [PageColoring("a")]} | how
    how["path"] = tmp_path / how["path"]
    with pytest.raises((TypeError, ValueError, OSError), match=message):
        write_page(**how)
    assert not list(tmp_path.iterdir())


def test_a_file_is_replaced_only_on_request(tmp_path):
    """An earlier file stays unless overwrite is true; the path is returned."""
    path = tmp_path / "map.html"
    path.write_text("mine")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        write_page(path, XY, [PageColoring("a")])
    assert path.read_text() == "mine"
    assert write_page(path, XY, [PageColoring("a")], overwrite=True) == path
    assert path.stat().st_size > 10_000


def test_too_many_points_are_thinned(tmp_path, monkeypatch):
    """Above the limit a random sample is written; a warning and the page say so."""
    monkeypatch.setattr(standalone, "MAX_POINTS", 500)
    with pytest.warns(ThinnedWarning, match="holds 500 of the 2,000 points"):
        text, data = written(tmp_path, XY, [PageColoring("noise", COLORS)])
    assert data["n"] == 500 and "500 of 2,000 points" in text
    away = np.abs(positions(data)[:, None] - XY).max(axis=2)
    assert away.min(axis=1).max() < 1e-5


def test_pictures_are_spread_over_the_points(tmp_path, monkeypatch):
    """No more pictures than the limit are asked for, of points all over the map."""
    monkeypatch.setattr(standalone, "MAX_PICTURES", 1200)
    asked = []

    def pictures(rows):
        asked.extend(rows)
        return np.zeros((len(rows), 20, 100), np.uint8)

    _, data = written(tmp_path, XY, [PageColoring("plain")], pictures=pictures)
    assert len(asked) == len(set(asked)) == 1200
    assert np.allclose(XY[asked].std(axis=0), XY.std(axis=0), rtol=0.1)
    found = data["pictures"]
    assert (found["count"], found["width"], found["height"]) == (1200, 64, 13)
    assert len(found["sheets"]) == 2


def test_legends_become_entries():
    """Labels keep name, color, count and picture; other legends become one picture."""
    X = RNG.normal(size=(400, 6)).astype(np.float32)
    images = RNG.integers(0, 256, (400, 8, 8), dtype=np.uint8)
    embedding = load_embedding(X, X[:, :2], images=images)
    run = CachedRun(embedding)
    run.run("kmeans", kmeans__n_clusters=3)
    legend = explain(embedding, run.steps)
    entries = page_entries(legend)
    assert [entry.name for entry in entries] == [entry.name for entry in legend.entries]
    assert sum(int(entry.note) for entry in entries) == 400
    assert all(entry.png.startswith(b"\x89PNG") for entry in entries)
    run.run("pca_rgb")
    (entry,) = page_entries(explain(embedding, run.steps))
    assert entry.srgb8 is None and entry.png.startswith(b"\x89PNG")


def test_the_command_writes_a_page(tmp_path, monkeypatch, capsys):
    """--page writes one file with techniques and metadata, and replaces it only with --force."""
    monkeypatch.chdir(tmp_path)
    frame = pd.DataFrame(RNG.normal(size=(300, 6)), columns=[f"d{i}" for i in range(6)])
    frame["kind"] = np.where(np.arange(300) % 2, EVIL, "b")
    frame.to_csv("mine.csv", index=False)
    command = ["mine.csv", "--xy", "d0,d1", "--columns", "d[2-5]", "--page"]
    assert main([*command, "--techniques", "argmax"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["mine.csv", "mine.html"]
    text = (tmp_path / "mine.html").read_text("utf-8")
    assert "Argmax" in text and "Metadata: kind" in text and "<img" not in text
    assert main(command) == 1
    assert "exists" in capsys.readouterr().err


def test_the_atlas_fits_into_three_megabytes(tmp_path):
    """All glyphs in one coloring take at most 3 MB."""
    atlas = load_glyphs()
    coloring = PageColoring("PCA", color(atlas, "pca_oklab"))
    path = write_page(tmp_path / "atlas.html", atlas.xy, [coloring])
    assert path.stat().st_size <= 3_000_000
