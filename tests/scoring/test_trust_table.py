"""The command that asks how far the score can be trusted, with eyes that need no other package."""

import numpy as np
import pytest

from tests.benchmarks import trust
from tests.scoring.test_score_table import tables
from tsnecolor_nb.colors.eye import seen_colors
from tsnecolor_nb.data.embedding import load_embedding
from tsnecolor_nb.techniques.table import TECHNIQUES

KEPT = ("pca_oklab", "kmeans")


@pytest.fixture
def small(monkeypatch):
    """Let the command see small data and two techniques; without masking, an eye sees grey."""
    X = np.random.default_rng(0).normal(size=(400, 8)) * np.geomspace(3, 0.3, 8)
    atlas, other = load_embedding(X, X[:, 1:3]), load_embedding(X[:300], X[:300, 2:4])

    def eye(masking=True):
        return seen_colors if masking else lambda *shown: seen_colors(*shown) * [1, 0, 0]

    monkeypatch.setattr(trust, "load_glyphs", lambda: atlas)
    monkeypatch.setattr(trust, "TECHNIQUES", {name: TECHNIQUES[name] for name in KEPT})
    monkeypatch.setattr(trust, "ContrastEye", eye)
    monkeypatch.setattr(trust, "other_data", lambda: [("other", other)])


def test_the_tables_of_trust(small, tmp_path, capsys):
    """Both eyes, their agreement, ways to draw, and other data each have a table with all lines."""
    out = tmp_path / "trust.md"
    trust.main(["--windows", "1", "--out", str(out)])
    text = capsys.readouterr().out
    assert text == out.read_text(encoding="utf-8")
    eyes, agree, ways, other = tables(text)
    assert all(len({len(line) for line in table}) == 1 for table in (eyes, agree, ways, other))
    assert len(eyes) == len(other) == 2 + len(KEPT) + 3 and len(ways) == 2 + 8
    # The second eye is the first one here, and the one that sees grey is not.
    assert all(line[1] in ("1.00", "") for line in agree[2:]) and agree[2][1] == "1.00"
    assert any(line[2] != "1.00" for line in agree[2:] if line[1])
    assert [line[1:5] for line in eyes[2:]] == [line[5:] for line in eyes[2:]]
    assert "Near asks of" in text and "Rank correlation with the atlas" in text


def test_a_missing_package_is_named():
    """Without the package of the second eye, an error says what installs it."""
    with pytest.raises(ImportError, match="no_such_package is missing here; `make trust`"):
        trust.package_folder("no_such_package")
