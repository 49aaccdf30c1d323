"""Two systems on the same patients: patients moved to another category, by what became of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from corcal.core.errors import TableRefused
from corcal.evaluate.accuracy.categories import AGATSTON_BANDS, CAC_DRS, DECISION_AGATSTON
from corcal.evaluate.statistics.agreement.net_reclassification import (
    NetReclassification,
    net_reclassification,
)
from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.statistics.estimate import Numbers
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.tables_in.cells import number
from corcal.evaluate.tables_in.pairs import Pairs

#: The scale of the continuous NRI.
CONTINUOUS = "Agatston score (continuous)"


@dataclass(frozen=True)
class Reclassification:
    """The net reclassification of a first system over a second.

    Attributes:
        event: the outcome, in words.
        scales: by the title of the categories, and of the score itself.
        attrition: patients in, used, and left out.
    """

    event: str
    scales: Mapping[str, NetReclassification]
    attrition: Attrition

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {
            "event": self.event,
            "scales": {title: nri.as_dict() for title, nri in self.scales.items()},
            "attrition": self.attrition.as_dict(),
        }


def reclassification(
    first: Pairs, second: Pairs, rule: IntervalRule, *, event: str | None = None
) -> Reclassification | None:
    """Return how a first system moves patients between categories of the total score.

    Args:
        first: the first system and the reference.
        second: the second system and the same reference; the same patients in the same order.
        rule: level of the intervals.
        event: a column of 1 and 0 (yes, no) that says whom the event befell; None takes a reference
            score of `DECISION_AGATSTON` and more.

    Returns:
        None where no patient has both scores and the event known, or the event does not part them.

    Raises:
        TableRefused: the column is absent, or holds what is neither 1 nor 0.
    """
    words, happened = _events(first, event)
    a, b = (p.predicted.column("agatston", "any") for p in (first, second))
    known = np.isfinite(a) & np.isfinite(b) & np.isfinite(happened)
    left = first.patients.lose("score or event unknown", int((~known).sum()))
    a, b, outcome = a[known], b[known], happened[known] == 1
    if outcome.all() or not outcome.any():
        return None
    scales = {
        bands.title: net_reclassification(
            bands.of(a).astype(np.float64), bands.of(b).astype(np.float64), outcome, rule
        )
        for bands in (CAC_DRS, AGATSTON_BANDS)
    }
    scales[CONTINUOUS] = net_reclassification(a, b, outcome, rule)
    return Reclassification(words, scales, left)


def _events(pairs: Pairs, column: str | None) -> tuple[str, Numbers]:
    """Return the event in words, and 1, 0 or NaN of each patient."""
    reference = pairs.reference
    if column is None:
        scores = reference.column("agatston", "any")
        happened = np.where(np.isfinite(scores), scores >= DECISION_AGATSTON, np.nan)
        return f"a reference score of {DECISION_AGATSTON:g} and more", happened
    if column not in reference.groups:
        raise TableRefused(
            f"{reference.name} has no column {column!r} that says whom the event befell; write its "
            "name as it stands in the table"
        )
    try:
        values = [number(text, "present") for text in reference.groups[column]]
    except ValueError as error:
        text = str(error).removeprefix("present ")
        raise TableRefused(f"{reference.name}, column {column!r}: {text}") from None
    return f"{column} = 1", np.array(values)
