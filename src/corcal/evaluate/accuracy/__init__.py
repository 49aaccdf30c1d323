"""One system against a reference: detection, severity, agreement and categories."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.evaluate.accuracy.compare import (
        Comparison,
        compare_systems,
    )
    from corcal.evaluate.accuracy.detection import (
        Detection,
        measure_detection,
    )
    from corcal.evaluate.accuracy.evaluation import (
        Evaluation,
        Options,
        evaluate,
    )
    from corcal.evaluate.accuracy.evaluation_page import (
        publish_evaluation,
    )
    from corcal.evaluate.accuracy.tables.detection_tables import (
        TITLES,
    )
    from corcal.evaluate.accuracy.tables.paper_tables import (
        paper_tables,
    )

__all__ = [
    "TITLES",
    "Comparison",
    "Detection",
    "Evaluation",
    "Options",
    "compare_systems",
    "evaluate",
    "measure_detection",
    "paper_tables",
    "publish_evaluation",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "compare": ("Comparison", "compare_systems"),
        "detection": ("Detection", "measure_detection"),
        "evaluation": ("Evaluation", "Options", "evaluate"),
        "evaluation_page": ("publish_evaluation",),
        "tables.detection_tables": ("TITLES",),
        "tables.paper_tables": ("paper_tables",),
    },
)
