"""The command that prints the score tables, on small data and few techniques."""

import numpy as np
import pytest

from tests.benchmarks import score
from tsnecolor_nb.data.embedding import load_embedding
from tsnecolor_nb.techniques.table import TECHNIQUES

KEPT = ("pca_oklab", "kmeans", "neighbor_pca")


@pytest.fixture
def small(monkeypatch):
    """Let the command see 3,000 points and three techniques."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 8)) * np.geomspace(3, 0.3, 8)
    monkeypatch.setattr(score, "load_glyphs", lambda: load_embedding(X, X[:, 1:3]))
    monkeypatch.setattr(score, "TECHNIQUES", {name: TECHNIQUES[name] for name in KEPT})
    monkeypatch.setattr(score, "_SEEDS", range(2))


def tables(text):
    """Return the tables in a text: lists of lines, which are lists of cells."""
    blocks = [block.strip().splitlines() for block in text.split("\n\n") if "|---|" in block]
    return [
        [[cell.strip() for cell in line.strip("|").split("|")] for line in block if line[0] == "|"]
        for block in blocks
    ]


def test_the_tables_have_a_line_for_everything(small, tmp_path, capsys):
    """Techniques, fitted ones, references and ways to draw have a line each, all as wide."""
    out = tmp_path / "score.md"
    score.main(["--windows", "2", "--fit", "pca_oklab", "--out", str(out)])
    text = out.read_text(encoding="utf-8")
    assert text == capsys.readouterr().out
    found = tables(text)
    for table in found:
        assert len({len(line) for line in table}) == 1
    title = TECHNIQUES["pca_oklab"].title
    techniques, distances, seeds, ways = (sorted(line[0] for line in t[2:]) for t in found)
    assert len(techniques) == 3 + 1 + 5
    assert {title, f"{title}, fitted to view", "random colors"} < set(techniques)
    assert distances == sorted(TECHNIQUES[name].title for name in KEPT)
    assert len(seeds) == 2 and len(ways) == 8
    assert all(line[1].count("/") == line[2].count("/") == 1 for line in found[3][2:])


def test_the_quick_tables(small, capsys):
    """With --quick some techniques are left out, and so are other distances and seeds."""
    score.main(["--windows", "1", "--quick", "--rows", "2000"])
    text = capsys.readouterr().out
    techniques, ways = tables(text)
    assert text.startswith("2,000 × 8 points")
    assert len(techniques) == 2 + 2 + 5 and len(ways) == 2 + 8


def test_techniques_are_sorted_by_near(small, capsys):
    """Of the techniques the one with the highest mean of near on white comes first."""
    score.main(["--windows", "2", "--quick"])
    lines = tables(capsys.readouterr().out)[0][2:4]
    means = [np.mean([float(number) for number in line[1].split(" / ")]) for line in lines]
    assert means[0] >= means[1]


def test_only_known_techniques_are_fitted(capsys):
    """An unknown name after --fit ends the command with a message that names it."""
    with pytest.raises(SystemExit):
        score.main(["--fit", "pca"])
    assert "invalid choice: 'pca'" in capsys.readouterr().err
