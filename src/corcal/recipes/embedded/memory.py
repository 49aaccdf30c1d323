"""Keep the memory that training frees, instead of giving it back to the system at every step."""

from __future__ import annotations

import ctypes
import sys

#: glibc's mallopt parameters (malloc.h).
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4


def keep_freed_memory() -> None:
    """Tell the C allocator to reuse large blocks; halves the time of a CPU training step.

    Each step frees and claims the same gigabyte of activations. By default glibc returns such
    blocks to the system and gets them back page by page. Does nothing where there is no glibc.
    """
    if not sys.platform.startswith("linux"):
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    for parameter, value in ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, 2**31 - 1), (_TOP_PAD, 2**28)):
        mallopt(parameter, value)
