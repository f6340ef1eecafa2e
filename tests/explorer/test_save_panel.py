"""The panel that saves: what it asks for, what it says, and what it never does unasked."""

import numpy as np
import pytest

from tsnecolor_nb import load_embedding
from tsnecolor_nb.data.save import point_columns, save_table
from tsnecolor_nb.explorer.panels.save import SavePanel

EVIL = '<img src=x onerror="alert(1)">'
DATA = load_embedding(np.eye(4), np.eye(4)[:, :2])


@pytest.fixture
def saves():
    """Collect what the panel asks to be saved."""
    return []


@pytest.fixture
def panel(saves, tmp_path, monkeypatch):
    """Return a panel that saves tables, with pictures only noted."""
    monkeypatch.chdir(tmp_path)

    def save(what, path, **how):
        saves.append((what, path, how))
        if what == "picture":
            return path
        return save_table(path, point_columns(DATA), overwrite=how["overwrite"]).name

    return SavePanel(save, lambda: "show(xy)", name="My map / of <b>")


def test_a_picture_has_a_size_and_a_legend(panel, saves):
    """The chosen side, legend and path reach the callback; the status says where the file is."""
    panel._side.value, panel._legend.value = 8000, False
    panel._save.click()
    assert saves == [("picture", "My-map-of-b-picture.png",
                      {"side": 8000, "legend": False, "overwrite": False})]
    assert "saved My-map-of-b-picture.png" in panel._status.value
    panel._side.value = 90_000
    assert panel._side.value == 8000


def test_the_file_name_follows_what_is_saved(panel):
    """Tables have a format in place of a size."""
    assert panel._format.layout.display == "none" and panel._side.layout.display is None
    panel._what.value = "colors"
    assert panel._format.layout.display is None and panel._side.layout.display == "none"
    assert panel._path.value.endswith("-colors.parquet")
    panel._format.value = ".csv"
    assert panel._path.value.endswith("-colors.csv")


def test_a_file_is_replaced_only_after_the_box_was_ticked(panel, tmp_path):
    """And the tick counts once."""
    panel._what.value = "colors"
    panel._path.value = "a.csv"
    panel._save.click()
    before = (tmp_path / "a.csv").stat().st_mtime_ns
    panel._save.click()
    assert "exists already" in panel._status.value
    assert (tmp_path / "a.csv").stat().st_mtime_ns == before
    panel._overwrite.value = True
    panel._save.click()
    assert "saved a.csv" in panel._status.value and not panel._overwrite.value
    assert (tmp_path / "a.csv").stat().st_mtime_ns > before


def test_errors_are_read_in_the_panel_as_text(panel):
    """An unknown end, a missing name, and markup in a path do no harm."""
    panel._what.value = "colors"
    for path, message in (("a.xlsx", "must end in"), ("  ", "name is missing"),
                       (f"{EVIL}/a.csv", "folder that does not exist")):
        panel._path.value = path
        panel._save.click()
        assert message in panel._status.value and "<img" not in panel._status.value
        assert not panel._save.disabled


def test_what_goes_on_in_the_background_speaks_for_itself():
    """Without a path the panel waits until it is told."""
    panel = SavePanel(lambda *args, **how: None)
    panel._save.click()
    assert "saving" in panel._status.value
    panel.show_status(EVIL, is_error=True)
    assert "&lt;img" in panel._status.value


def test_code_is_made_when_it_is_asked_for(panel):
    """The page gets the text to copy; it also stands in the panel; errors are shown."""
    button = panel.children[6].children[1]
    sent = []
    button.send = sent.append
    button._handle_custom_msg({"want": "text"}, [])
    assert sent == [{"text": "show(xy)"}]
    button._handle_custom_msg({"copied": False}, [])
    assert panel._code.value == "show(xy)" and "select the text" in panel._status.value
    panel._make_code = lambda: 1 / 0
    button._handle_custom_msg({"want": "text"}, [])
    assert sent[-1] == {} and "division" in panel._status.value


def test_tables_come_and_go(panel):
    """What is chosen stays if it is still there."""
    panel._what.value = "labels"
    panel.show_tables(["colors", "labels"])
    assert panel._what.value == "labels"
    panel.show_tables(["colors"])
    assert panel._what.value == "picture"
