"""The gallery in a folder; how it treats strange data is in tests/data."""

import re

import numpy as np
import pyarrow.parquet as pq

from tsnecolor_nb import TECHNIQUES, Embedding
from tsnecolor_nb.gallery.page import write_folder


def test_embedding_without_metadata(tmp_path):
    """Metadata may be missing: then there are the map, the techniques and the colors."""
    X = np.random.default_rng(0).normal(size=(300, 4)).astype(np.float32)
    embedding = Embedding(X=X, xy=X[:, :2].copy())
    page, failed = write_folder(embedding, tmp_path, techniques=["argmax", "pca_rgb"], say=str)
    assert page == tmp_path / "index.html" and not failed
    names = {"index.html", "colors.parquet", "map.png", "argmax.png", "pca_rgb.png"}
    assert {path.name for path in tmp_path.iterdir()} == names
    columns = pq.read_schema(tmp_path / "colors.parquet").names
    assert columns == ["x", "y", *(f"{t}_{c}" for t in ("argmax", "pca_rgb")
                                   for c in ("red", "green", "blue"))]


def test_the_page_is_in_order_of_families(tmp_path):
    """Techniques stand under their families, in the table's order, each with what it is for."""
    X = np.random.default_rng(0).normal(size=(300, 4)).astype(np.float32)
    asked = ["pca_oklab", "argmax", "pca_rgb"]
    meta = {"kind": np.repeat(["a", "b"], 150)}
    embedding = Embedding(X=X, xy=X[:, :2].copy(), meta=meta)
    text = write_folder(embedding, tmp_path, techniques=asked, say=str)[0].read_text("utf-8")
    headings = re.findall("<h([23])>(.*?)</h", text)
    assert headings == [
        ("2", "The map"), ("3", "Without colors"), ("2", "Techniques: original"), ("3", "Argmax"),
        ("3", "3-D PCA as RGB"), ("2", "Techniques: perceptual"),
        ("3", "3-D PCA in the perceptual cube"), ("2", "Metadata"), ("3", "kind"),
    ]
    for name in asked:
        assert f"<b>For</b> {TECHNIQUES[name].good_for}. <b>Not for</b>" in text


def test_what_cannot_color_is_left_out(tmp_path, monkeypatch):
    """A technique that fails on these data is named with the reason; the others are there."""
    X = np.random.default_rng(0).normal(size=(300, 2)).astype(np.float32)

    def run(self, name):
        if name == "kmeans":
            raise ValueError("too few points")
        return np.zeros((300, 3), np.uint8)

    monkeypatch.setattr("tsnecolor_nb.gallery.page.CachedRun.run", run)
    lines = []
    page, failed = write_folder(
        Embedding(X=X, xy=X), tmp_path, techniques=["kmeans", "argmax"], say=lines.append
    )
    assert failed == {"kmeans": "too few points"} and "  left out: too few points" in lines
    assert "Left out: too few points" in page.read_text("utf-8")
    assert not (tmp_path / "kmeans.png").exists() and (tmp_path / "argmax.png").exists()
