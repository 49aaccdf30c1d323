"""Many scans: found, scored in worker processes, written down so that nothing is done twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from corcal.core.doors import lazy_exports

if TYPE_CHECKING:
    from corcal.cohort.cases.case import Case
    from corcal.cohort.cases.find_cases import NAMES, find_cases
    from corcal.cohort.folder import PAGE, SUMMARY
    from corcal.cohort.plan import KEEP, Options, Plan
    from corcal.cohort.run import check_new, run_cohort, score_many
    from corcal.cohort.workers.task import Outcome

__all__ = [
    "KEEP",
    "NAMES",
    "PAGE",
    "SUMMARY",
    "Case",
    "Options",
    "Outcome",
    "Plan",
    "check_new",
    "find_cases",
    "run_cohort",
    "score_many",
]

__getattr__, __dir__ = lazy_exports(
    __name__,
    {
        "cases.case": ("Case",),
        "cases.find_cases": ("NAMES", "find_cases"),
        "folder": ("PAGE", "SUMMARY"),
        "plan": ("KEEP", "Options", "Plan"),
        "run": ("check_new", "run_cohort", "score_many"),
        "workers.task": ("Outcome",),
    },
)
