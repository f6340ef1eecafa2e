"""Write a file so that it appears whole or not at all."""

import os
import secrets
from contextlib import suppress
from pathlib import Path


def write_whole(path, write, *, overwrite=False):
    """Write a file so that it appears whole or not at all, and return its resolved path.

    The bytes go to a new file in the same folder, are forced to the disk, and only then get their
    name. If anything fails, or the process is killed, an earlier file at `path` stays as it was.
    Several processes may write the same file: one of their versions stays.

    write : the bytes, or ``write(file)``, which writes them to an open binary file; `numpy.savez`,
    `torch.save`, Pillow, pandas and Parquet writers take one.

    It is a FileExistsError if the file exists and `overwrite` is false, another OSError if the
    folder does not exist, is not writable, or the disk is full.
    """
    path = check_writable(path, overwrite)
    unfinished = path.with_name(f".{path.name[:60]}.{secrets.token_hex(4)}.part")
    try:
        # "x" makes a new file with the user's default permissions.
        with open(unfinished, "xb") as file:
            if callable(write):
                write(file)
            else:
                file.write(write)
            file.flush()
            os.fsync(file.fileno())
        _rename(unfinished, path, overwrite)
    finally:
        unfinished.unlink(missing_ok=True)
    _sync_folder(path.parent)
    return path


def check_writable(path, overwrite=False):
    """Return a path with ``~`` and links resolved; raise an OSError if no file can be made there.

    `write_whole` calls it anyway; callers that compute for minutes call it before.
    """
    path = Path(os.path.realpath(Path(path).expanduser()))
    if not path.parent.is_dir():
        raise FileNotFoundError(f"path {str(path)!r} lies in a folder that does not exist")
    if path.is_dir():
        raise IsADirectoryError(f"path {str(path)!r} is a folder; a file name is missing")
    if path.exists() and not overwrite:
        raise _exists(path)
    return path


def _rename(unfinished, path, overwrite):
    if overwrite:
        os.replace(unfinished, path)
        return
    try:
        os.link(unfinished, path)  # unlike a rename, it fails if another process has made the file
    except FileExistsError:
        raise _exists(path) from None
    except (OSError, NotImplementedError):  # a disk without hard links
        if path.exists():
            raise _exists(path) from None
        os.rename(unfinished, path)


def _exists(path):
    return FileExistsError(f"path {str(path)!r} exists; overwrite=True replaces it")


def _sync_folder(folder):
    with suppress(OSError):  # not every system lets a folder be opened
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
