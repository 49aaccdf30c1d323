"""CPU seconds and memory of a process and its children, by the system's /proc."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np

_TICK = os.sysconf("SC_CLK_TCK")
_MB_A_PAGE = os.sysconf("SC_PAGE_SIZE") / 1024**2


class ProcessTree:
    """A process and its children; those that end between two looks lose what they did since."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._cpu_s: dict[int, float] = {}
        self._mb: dict[int, float] = {}

    @property
    def cpu_s(self) -> float:
        """CPU seconds of all of them so far."""
        return sum(self._cpu_s.values())

    def look(self) -> None:
        """Look at all that are there now."""
        self._mb = {}
        for pid in (self._pid, *self._children()):
            try:
                fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2]
                pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
            except OSError:
                continue
            user, system = fields.split()[11:13]
            self._cpu_s[pid] = (int(user) + int(system)) / _TICK
            self._mb[pid] = int(pages) * _MB_A_PAGE

    def memory(self) -> dict[str, float]:
        """Return the memory in MB of the process and of its largest child at the last look."""
        children = [mb for pid, mb in self._mb.items() if pid != self._pid]
        return {
            "cohort_mb": round(self._mb.get(self._pid, 0.0), 1),
            "worker_mb": round(max(children, default=0.0), 1),
        }

    def child(self, rng: np.random.Generator) -> int:
        """Return one of the children by chance; the process itself where there is none."""
        children = self._children()
        return children[int(rng.integers(len(children)))] if children else self._pid

    def _children(self) -> list[int]:
        path = Path(f"/proc/{self._pid}/task/{self._pid}/children")
        try:
            return [int(pid) for pid in path.read_text(encoding="ascii").split()]
        except OSError:
            return []
