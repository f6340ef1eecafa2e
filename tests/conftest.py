"""What all tests share."""

from pathlib import Path

import pytest

from tools import chromium as browser


@pytest.fixture(scope="session")
def root():
    """Return the folder of the repository."""
    return Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def chromium():
    """Return the path of the browser that browser tests drive; without one they fail."""
    return browser.find()
