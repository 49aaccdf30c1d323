"""The patients of a study: the cohort as Table 1 and the flow of patients as Figure 1."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.evaluate.describe.cohort import (
        Cohort,
        read_cohort,
    )
    from corcal.evaluate.describe.cohort_page import (
        publish_cohort,
        summary_of,
    )
    from corcal.evaluate.describe.flow import (
        check_against,
        check_flow,
        flow_of,
        read_flow,
    )
    from corcal.evaluate.describe.table1 import (
        describe,
    )

__all__ = [
    "Cohort",
    "check_against",
    "check_flow",
    "describe",
    "flow_of",
    "publish_cohort",
    "read_cohort",
    "read_flow",
    "summary_of",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "cohort": ("Cohort", "read_cohort"),
        "cohort_page": ("publish_cohort", "summary_of"),
        "flow": ("check_against", "check_flow", "flow_of", "read_flow"),
        "table1": ("describe",),
    },
)
