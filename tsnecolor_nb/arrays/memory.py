"""Memory that a process keeps but does not use."""

import ctypes
import sys

# Of glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
# Bytes. One column of all points is larger, the rows that a step takes at a time are smaller.
_LARGE = 4 << 20


def give_memory_back():
    """Let glibc and Arrow return freed memory to the system, and glibc large arrays at once.

    By itself glibc keeps up to 64 MiB in each of many heaps, since every thread that computes has
    one: an hour with the explorer then costs twice the memory. Arrow keeps some 60 MiB after the
    metadata of the atlas are read. Takes milliseconds; glibc is left alone where there is none.
    """
    if pyarrow := sys.modules.get("pyarrow"):
        pyarrow.default_memory_pool().release_unused()
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    if hasattr(libc, "malloc_trim"):
        libc.mallopt(_M_MMAP_THRESHOLD, _LARGE)
        libc.mallopt(_M_TRIM_THRESHOLD, _LARGE)
        libc.malloc_trim(0)
