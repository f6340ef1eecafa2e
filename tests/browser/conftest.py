"""One server and one browser for all browser tests.

Both end with this folder: Playwright keeps an event loop running in the main thread, and what the
tests after it start would take that for the kernel's.
"""

import pytest
from playwright.sync_api import sync_playwright

from .lab import Lab, launch


@pytest.fixture(scope="package")
def lab(tmp_path_factory):
    """Start a Jupyter server of our own."""
    lab = Lab(tmp_path_factory.mktemp("lab"))
    yield lab
    lab.stop()


@pytest.fixture(scope="package")
def browser(chromium):
    """Start Chromium."""
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium)
        yield browser
        browser.close()
