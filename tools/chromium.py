"""The Chromium that the browser tests drive.

``python tools/chromium.py`` prints its path, ``python tools/chromium.py install`` installs one
unless there is one.
"""

import importlib.util
import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")
_OWN = """
from playwright.sync_api import sync_playwright
with sync_playwright() as playwright:
    print(playwright.chromium.executable_path)
"""


def find():
    """Return the path of a Chromium-like browser that starts.

    The environment variable CHROMIUM, a name or a path, goes before the usual names, and these
    before the browser that Playwright has downloaded.

    Returns
    -------
    str
        Path of the executable.

    Raises
    ------
    FileNotFoundError
        If there is none; the message says what to do.
    """
    named = os.environ.get("CHROMIUM")
    names = (named,) if named else NAMES
    for path in map(shutil.which, names):
        if path and _runs(path, "--version"):
            return path
    if not named and (path := _own_of_playwright()):
        return path
    raise FileNotFoundError(
        f"The browser tests need Chromium, and none of {', '.join(names)} is installed. "
        "Install it (Debian: apt install chromium) or name one: CHROMIUM=/path/to/chrome make test"
    )


def install():
    """Install Chromium unless there is one: by apt as root, otherwise by Playwright.

    Without Playwright, which `make` installs later, a failure of apt is none yet.

    Raises
    ------
    FileNotFoundError
        As for `find`, if neither way worked.
    """
    if path := _found():
        return path
    named, has_playwright = os.environ.get("CHROMIUM"), importlib.util.find_spec("playwright")
    for name, commands in [] if named else _ways(has_playwright):
        print(f"The browser tests need Chromium: installing it by {name} …", flush=True)
        if all(_runs(*command, stderr=None) for command in commands) and (path := _found()):
            return path
    if named or has_playwright:
        return find()  # raises
    print("No Chromium yet: Playwright will download it, once it is installed itself.")
    return None


def _ways(has_playwright):
    by_apt = os.geteuid() == 0 and shutil.which("apt-get")
    if by_apt:
        install = ("apt-get", "-qq", "install", "--yes", "--no-install-recommends", "chromium")
        yield "apt-get", [("apt-get", "-qq", "update"), install]
    if has_playwright:
        # With apt it gets the libraries, too, that the browser needs.
        flags = ["--with-deps"] if by_apt else []
        yield "Playwright", [(sys.executable, "-m", "playwright", "install", *flags, "chromium")]


def _found():
    try:
        return find()
    except FileNotFoundError:
        return None


def _own_of_playwright():
    """Return the path of Playwright's browser if it is there; a process keeps its event loop."""
    done = subprocess.run([sys.executable, "-c", _OWN], capture_output=True, text=True)
    path = done.stdout.strip()
    return path if path and _runs(path, "--version") else None


def _runs(*command, stderr=subprocess.DEVNULL):
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    try:
        done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=stderr, env=environment)
    except OSError:
        return False
    return done.returncode == 0


if __name__ == "__main__":
    try:
        if sys.argv[1:] == ["install"]:
            install()
        else:
            print(find())
    except FileNotFoundError as missing:
        sys.exit(str(missing))
