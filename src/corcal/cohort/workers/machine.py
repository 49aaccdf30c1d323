"""Cores and memory of the machine, and of one process."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path

_MB = 1024**2
#: A chest CT of 300 slices needs about half of it.
_MB_A_WORKER = 2500


def cores() -> int:
    """Return the cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory_mb() -> float:
    """Return the memory of the machine in MB."""
    if sys.platform == "win32":
        installed_kb = ctypes.c_ulonglong()
        ctypes.windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(installed_kb))
        return installed_kb.value / 1024
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / _MB


def usual_jobs() -> int:
    """Return as many workers as cores and memory allow, at least one."""
    return max(1, min(cores(), int(memory_mb() // _MB_A_WORKER)))


def resident_mb(pid: int) -> float | None:
    """Return the memory that a process holds in MB; None where the system does not say."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / _MB
