"""`make test` gets Chromium where there is none, or says in one line what to do."""

import stat
import sys

import pytest

from tools import chromium

MAKES_BROWSER = 'printf "#!/bin/sh\\n" > "$HERE/chromium"; chmod +x "$HERE/chromium"'
# Called to install the browser, and to print the path of it.
PLAYWRIGHT = 'echo "$@" >> "$HERE/calls"; case "$*" in *install*) {};; *) echo "$HERE/own";; esac'
MAKES_OWN = 'printf "#!/bin/sh\\n" > "$HERE/own"; chmod +x "$HERE/own"'


@pytest.fixture
def bare(tmp_path, monkeypatch):
    """Return what puts a script into an otherwise empty PATH, for root on a bare machine."""
    monkeypatch.setenv("HERE", str(tmp_path))
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin-of-nothing")
    monkeypatch.delenv("CHROMIUM", raising=False)
    monkeypatch.setattr(chromium.os, "geteuid", lambda: 0)
    monkeypatch.setattr(chromium, "NAMES", ("chromium",))

    def script(name, text):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\nPATH=/usr/bin:/bin\n{text}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    monkeypatch.setattr(sys, "executable", script("python", PLAYWRIGHT.format("false")))
    return script


def test_apt_installs_it_for_root(bare, tmp_path, capsys):
    """Where root has apt-get, that is the way, and one line says so; then it is there."""
    bare("apt-get", MAKES_BROWSER)
    assert chromium.install() == str(tmp_path / "chromium")
    assert capsys.readouterr().out == (
        "The browser tests need Chromium: installing it by apt-get …\n"
    )
    assert chromium.install() == chromium.find() and not capsys.readouterr().out


@pytest.mark.parametrize("apt", ["exit 1", "exit 0", None], ids=["fails", "brings none", "is none"])
def test_playwright_comes_where_apt_does_not_do(apt, bare, tmp_path, monkeypatch, capsys):
    """Without apt-get, after its failure, or where it installs none that starts: Playwright."""
    if apt:
        bare("apt-get", apt)
    monkeypatch.setattr(sys, "executable", bare("python", PLAYWRIGHT.format(MAKES_OWN)))
    assert chromium.install() == chromium.find() == str(tmp_path / "own")
    assert capsys.readouterr().out.endswith("Chromium: installing it by Playwright …\n")
    assert ("--with-deps" in (tmp_path / "calls").read_text()) == bool(apt)


def test_both_failing_end_in_one_line(bare):
    """If neither way works, the error says in one line what to do."""
    bare("apt-get", "exit 1")
    with pytest.raises(FileNotFoundError, match=r"apt install chromium.*CHROMIUM=") as caught:
        chromium.install()
    assert "\n" not in str(caught.value)


def test_without_playwright_it_is_not_over_yet(bare, monkeypatch, capsys):
    """Before Playwright is installed nothing fails: it can still download a browser."""
    monkeypatch.setattr(chromium.importlib.util, "find_spec", lambda name: None)
    assert chromium.install() is None
    assert "Playwright will download it" in capsys.readouterr().out


def test_a_named_browser_that_is_missing_is_an_error(bare, monkeypatch):
    """Whoever names a browser gets no other one."""
    bare("chromium", "exit 0")
    monkeypatch.setenv("CHROMIUM", "/nowhere/chrome")
    with pytest.raises(FileNotFoundError, match="none of /nowhere/chrome is installed"):
        chromium.install()
