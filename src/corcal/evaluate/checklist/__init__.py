"""STARD and CLAIM, filled in as far as results go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.evaluate.checklist.checklist import (
        checklist_files,
        checklist_tables,
        count_filled,
        read_run,
    )

__all__ = [
    "checklist_files",
    "checklist_tables",
    "count_filled",
    "read_run",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "checklist": ("checklist_files", "checklist_tables", "count_filled", "read_run"),
    },
)
