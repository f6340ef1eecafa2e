"""Files that appear whole or not at all."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write_whole(path, write, *, overwrite=False):
    """Write a file so that it appears whole or not at all, and never over another one unasked.

    The bytes go to a new file beside it, are forced to the disk, and only then get their name. If
    anything fails, or the process is killed, whatever stood at `path` before still stands there.

    Parameters
    ----------
    path : path
        In a folder that exists.
    write : bytes or callable
        The bytes, or ``write(file)``, which writes them to a binary file.
    overwrite : bool
        Whether a file that stands there may be replaced.

    Returns
    -------
    Path
        Where the file is.

    Raises
    ------
    FileExistsError
        If there is such a file and `overwrite` is false.
    OSError
        If the folder does not exist, or the disk is full, or may not be written to.
    """
    path = real_path(path)
    check_place(path, overwrite)
    part = path.with_name(f".{path.name[:60]}.{secrets.token_hex(4)}.part")
    try:
        # "x" makes a new file with the rights that this person's files usually get.
        with open(part, "xb") as file:
            if callable(write):
                write(file)
            else:
                file.write(write)
            file.flush()
            os.fsync(file.fileno())
        _give_name(part, path, overwrite)
    finally:
        part.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return path


def real_path(path):
    """Return a path with ``~`` and links resolved."""
    return Path(os.path.realpath(Path(path).expanduser()))


def check_place(path, overwrite):
    """Raise an OSError unless a file may be written at a resolved path."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"path {str(path)!r} lies in a folder that does not exist")
    if path.is_dir():
        raise IsADirectoryError(f"path {str(path)!r} is a folder; a file name is missing")
    if path.exists() and not overwrite:
        raise _exists(path)


def _give_name(part, path, overwrite):
    if overwrite:
        os.replace(part, path)
        return
    try:
        os.link(part, path)  # unlike a rename, it fails where a file has appeared meanwhile
    except FileExistsError:
        raise _exists(path) from None
    except (OSError, NotImplementedError):  # a disk without hard links
        if path.exists():
            raise _exists(path) from None
        os.rename(part, path)


def _exists(path):
    return FileExistsError(f"path {str(path)!r} exists; overwrite=True replaces it")


def _sync_folder(folder):
    with suppress(OSError):  # not every system lets a folder be opened
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
