"""Memory that a process keeps but does not use."""

import ctypes
import sys

# Of glibc's malloc.h.
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3
# Bytes. One column of all points is larger, the rows that a step takes at a time are smaller.
_LARGE = 4 << 20


def give_memory_back():
    """Let glibc return large freed arrays to the system at once, not keep them for later.

    By itself it keeps up to 64 MiB in each of many heaps, since every thread that computes has
    one: an hour with the explorer then costs twice the memory. May be called often; does nothing
    where there is no glibc.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_M_MMAP_THRESHOLD, _LARGE)
        mallopt(_M_TRIM_THRESHOLD, _LARGE)
