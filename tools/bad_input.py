"""Write docs/bad_input.md from the tests: what may be wrong with data, and what then happens.

    python -m tools.bad_input

The messages are those that the calls in tests/data/bad_input.py give when this runs.
"""

import contextlib
import io
import os
import tempfile
import warnings
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parent.parent / "docs/bad_input.md"
_LONGEST = 180  # characters of a message in the table

_HEAD = """# What happens to bad input

Every row is a test. This page is written from them, by `python -m tools.bad_input`; a test
compares. Rows of the first table hold for every technique.

## What works

| what comes | what happens |
|---|---|
"""
_ERRORS_HEAD = """
## What is an error

| what comes | what is said |
|---|---|
"""


def document():
    """Return the page as text."""
    import tests.colors.test_columns
    import tests.data.test_bad_input
    import tests.data.test_formats
    import tests.data.test_load_embedding
    import tests.data.test_stores
    import tests.data.test_text_tables
    import tests.legend.test_legend
    import tests.selection.test_search  # noqa: F401 (they fill BEHAVIORS)
    from tests.data.bad_input import BEHAVIORS, ERRORS

    # Modules are imported in any order.
    ordered = sorted(BEHAVIORS.items(), key=lambda behavior: behavior[1][0].rpartition(".")[2])
    works = "".join(_row(what, happens) for what, (_, happens) in ordered)
    return _HEAD + works + _ERRORS_HEAD + "".join(_row(*pair) for pair in _messages(ERRORS))


def _messages(errors):
    """Run each wrong call in a folder of wrong files; return what it is and what was said."""
    from tests.data.bad_input import make_files

    before = os.getcwd()
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
        try:
            make_files(folder)
            return [(error.what, f"`{_message(error.call)}`") for error in errors]
        finally:
            os.chdir(before)


def _message(call):
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call()
    except (ValueError, TypeError, FileNotFoundError, FileExistsError) as error:
        said = " ".join(str(error).split()).replace("`", "")
        return said if len(said) <= _LONGEST else said[: _LONGEST - 2].rstrip() + " …"
    raise AssertionError("what should be an error is none")


def _row(what, happens):
    cells = (text.replace("|", "\\|") for text in (what[0].upper() + what[1:], happens))
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    DOCUMENT.write_text(document())
