"""One clear error for whatever a format's library says of a damaged file."""

import csv
import re
import struct
import zipfile
import zlib
from contextlib import contextmanager

DAMAGE = (
    OSError, EOFError, ValueError, KeyError, RuntimeError, csv.Error, struct.error, zlib.error,
    zipfile.BadZipFile,
)


class Refused(ValueError):
    """A file is refused for a reason that its message already says."""


@contextmanager
def clear_errors(name, path, kind):
    """Turn any error of a format's library about a damaged file into one clear error."""
    import pyarrow

    try:
        yield
    except (ImportError, UnicodeDecodeError, Refused):
        raise
    except (*DAMAGE, pyarrow.ArrowException) as error:
        raise damaged(name, path, kind, error) from error


def damaged(name, path, kind, error):
    """Return the error that says of which kind a file can't be read, and why."""
    message = " ".join(str(error).split())
    if re.search("Python objects|Object arrays|pickle", message):
        return pickled(name, path)
    return ValueError(
        f"{name}: {str(path)!r} can't be read as {kind}; it may be cut off or damaged "
        f"({message[:200] or type(error).__name__})"
    )


def pickled(name, path):
    """Return the error that refuses a pickle."""
    return Refused(
        f"{name}: {str(path)!r} holds pickled Python objects, which could run code when "
        f"read; save numbers: np.save(path, array.astype(np.float32))"
    )
