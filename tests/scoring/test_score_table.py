"""The command that prints the score table, on small data and few techniques."""

import numpy as np
import pytest

from tests.benchmarks import score
from tsnecolor_nb.data.embedding import load_embedding
from tsnecolor_nb.techniques.table import TECHNIQUES

KEPT = ("pca_rgb", "argmax", "neighbor_pca")


@pytest.fixture
def small(monkeypatch):
    """Let the command see 3,000 points and three techniques, of which two are the original's."""
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 8)) * np.geomspace(3, 0.3, 8)
    monkeypatch.setattr(score, "load_glyphs", lambda: load_embedding(X, X[:, 1:3]))
    monkeypatch.setattr(score, "TECHNIQUES", {name: TECHNIQUES[name] for name in KEPT})


def cells(line):
    """Return the cells of one line of a Markdown table."""
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_the_table_has_a_line_for_everything(small, tmp_path, capsys):
    """Techniques, fitted ones and references have a line each, of as many cells as the head."""
    out = tmp_path / "score.md"
    score.main(["--windows", "2", "--fit", "pca_rgb", "--out", str(out)])
    text = out.read_text(encoding="utf-8")
    assert text in capsys.readouterr().out + "\n"
    lines = [cells(line) for line in text.splitlines() if line.startswith("|")]
    assert {len(line) for line in lines} == {11} and len(lines) == 2 + 3 + 1 + 5
    titles = [line[0] for line in lines[2:6]]
    assert sorted(titles) == sorted(
        [*(TECHNIQUES[name].title for name in KEPT), "3-D PCA as RGB, fitted to view"]
    )


def test_ratios_are_against_the_best_of_the_originals(small, capsys):
    """The best of the original's colorings has the ratio 1, and others theirs to it."""
    score.main(["--windows", "2", "--fit"])
    lines = [cells(line) for line in capsys.readouterr().out.splitlines() if line.startswith("|")]
    by_title = {line[0]: line for line in lines}
    original = [by_title[TECHNIQUES[name].title] for name in ("pca_rgb", "argmax")]
    best = max(float(line[1]) for line in original)
    for title, line in by_title.items():
        if title in {t.title for t in TECHNIQUES.values()}:
            ratio = float(line[9].split(" / ")[0])
            assert ratio == pytest.approx(float(line[1]) / best, abs=0.06)
    assert "1.0" in {line[9].split(" / ")[0] for line in original}


def test_only_known_techniques_are_fitted(capsys):
    """An unknown name after --fit ends the command with a message that names it."""
    with pytest.raises(SystemExit):
        score.main(["--fit", "pca"])
    assert "invalid choice: 'pca'" in capsys.readouterr().err
