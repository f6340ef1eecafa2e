"""One server and one browser for all browser tests."""

import pytest
from playwright.sync_api import sync_playwright

from .lab import Lab, launch


@pytest.fixture(scope="session")
def lab(tmp_path_factory):
    """Start a Jupyter server of our own."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    yield lab
    lab.stop()


@pytest.fixture(scope="session")
def browser(chromium):
    """Start Chromium."""
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium)
        yield browser
        browser.close()
