"""A cohort in numbers: counts, distributions, and where doubts are worst."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from corcal import DISCLAIMER, __version__
from corcal.cohort.workers.task import FAILED, REFUSED, SCORED, Outcome
from corcal.core.artery import Artery
from corcal.core.severity import Severity

SCHEMA_ID = "corcal-cohort/1"
#: Doubtful cases that are listed on the page.
LISTED = 200
#: Ranges of the Agatston score, each from its lower bound; 0 alone is the first.
_RANGES = ("0", "above 0 to 99", "100 to 299", "300 to 999", "1,000 and more")
_BOUNDS = (0.0, 1e-9, 100.0, 300.0, 1000.0)


@dataclass(frozen=True)
class Counts:
    """Cases by what became of them."""

    cases: int
    scored: int
    refused: int
    failed: int

    @property
    def ended(self) -> int:
        """Cases that came to an end."""
        return self.scored + self.refused + self.failed


def count(cases: int, outcomes: Mapping[str, Outcome]) -> Counts:
    """Return how many of the cases were scored, refused, and failed."""
    states = Counter(o.state for o in outcomes.values())
    return Counts(cases, states[SCORED], states[REFUSED], states[FAILED])


def summary(
    counts: Counts, outcomes: Sequence[Outcome], models: Mapping[str, str]
) -> dict[str, Any]:
    """Return the content of cohort.json: no path and nobody's name.

    Args:
        counts: of the cases.
        outcomes: of those that ended.
        models: SHA-256 by step.
    """
    rows = [o.row for o in outcomes if o.row is not None]
    scores = [float(str(r["total_agatston"])) for r in rows]
    return {
        "schema": SCHEMA_ID,
        "disclaimer": DISCLAIMER,
        "software": {"name": "corcal", "version": __version__},
        "models": dict(models),
        "cases": counts.cases,
        "scored": counts.scored,
        "refused": counts.refused,
        "failed": counts.failed,
        "waiting": counts.cases - counts.ended,
        "reasons": dict(Counter(o.kind for o in outcomes if o.row is None).most_common()),
        "severity": _by_severity(rows),
        "agatston": {"ranges": _ranges(scores), "quartiles": _quartiles(scores)},
        "with_calcium": _with_calcium(rows),
        "notices": dict(_notices(rows).most_common()),
    }


def doubts(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Return the scored cases in which something is doubtful, the least certain first."""
    doubtful = [o for o in outcomes if o.row is not None and _is_doubtful(o.row)]
    return sorted(doubtful, key=lambda o: (_confidence(o.row or {}), o.case))


def _is_doubtful(row: Mapping[str, object]) -> bool:
    return bool(row["notices"]) or any(row[f"{a.value}_uncertain"] for a in Artery)


def _confidence(row: Mapping[str, object]) -> float:
    value = row["least_confidence"]
    return 1.0 if value is None else float(str(value))


def _by_severity(rows: Sequence[Mapping[str, object]]) -> dict[str, int]:
    words = Counter(str(r["severity"]) for r in rows)
    counts = {s.word: words[s.word] for s in Severity}
    # A category needs all three arteries.
    return {**counts, "not graded": len(rows) - sum(counts.values())}


def _ranges(scores: Sequence[float]) -> dict[str, int]:
    # bisect counts a score that is a bound to the range above it.
    counts = Counter(bisect_right(_BOUNDS, score) - 1 for score in scores)
    return {name: counts[i] for i, name in enumerate(_RANGES)}


def _quartiles(scores: Sequence[float]) -> list[float] | None:
    return [round(float(q), 2) for q in np.quantile(scores, (0.25, 0.5, 0.75))] if scores else None


def _with_calcium(rows: Sequence[Mapping[str, object]]) -> dict[str, int]:
    names = (*(a.value for a in Artery), "total")
    return {name: sum(bool(r[f"{name}_present"]) for r in rows) for name in names}


def _notices(rows: Sequence[Mapping[str, object]]) -> Counter[str]:
    return Counter(code for r in rows for code in str(r["notices"]).split())
