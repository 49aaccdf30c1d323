"""The paper's tables and figures on anybody's data, no model needed.

The names below are the door: what other rooms, users and docs may import. Each folder of the room
has a door of its own: `statistics`, `tables_in`, `publish`, `accuracy`, `overlap`, `readers`,
`describe`, `checklist`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.evaluate.cases import (
        RESULT,
        heart_of,
        label_files,
        require_partners,
        result_folders,
        scan_files,
    )
    from corcal.evaluate.panels import (
        Panel,
        panel,
        panel_files,
        panels_plots,
    )

__all__ = [
    "RESULT",
    "Panel",
    "heart_of",
    "label_files",
    "panel",
    "panel_files",
    "panels_plots",
    "require_partners",
    "result_folders",
    "scan_files",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "cases": (
            "RESULT",
            "heart_of",
            "label_files",
            "require_partners",
            "result_folders",
            "scan_files",
        ),
        "panels": ("Panel", "panel", "panel_files", "panels_plots"),
    },
)
