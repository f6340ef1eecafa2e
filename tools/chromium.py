"""Find the Chromium that the browser tests drive: `python tools/chromium.py` prints its path."""

import os
import shutil
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome")


def find():
    """Return the path of a Chromium-like browser.

    The environment variable CHROMIUM, a name or a path, goes before the usual names.

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
    for name in names:
        if path := shutil.which(name):
            return path
    raise FileNotFoundError(
        f"The browser tests need Chromium, and none of {', '.join(names)} is installed. "
        "Install it (Debian: apt install chromium) or name one: CHROMIUM=/path/to/chrome make test"
    )


if __name__ == "__main__":
    try:
        print(find())
    except FileNotFoundError as missing:
        sys.exit(str(missing))
