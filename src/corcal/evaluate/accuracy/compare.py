"""Two systems on the same patients: differences of detection, and what they may mean."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.paired import (
    MarginTest,
    McNemar,
    hold_against_margin,
    mcnemar,
)
from corcal.evaluate.statistics.roc.area import AucDifference, auc_difference
from corcal.evaluate.tables_in.pairs import Pairs


@dataclass(frozen=True)
class Comparison:
    """Two systems compared on one target.

    Attributes:
        n: patients whom both systems classified and the reference knows.
        sensitivity: among the diseased.
        specificity: among the others.
        accuracy: among all.
        auc: difference of the areas of the two yes-or-no tests.
        auc_volume: difference of the areas of the two volumes.
        attrition: patients in, used, and left out.
        margins: each difference of proportions held against the margin; empty without one.
    """

    n: int
    sensitivity: McNemar
    specificity: McNemar
    accuracy: McNemar
    auc: AucDifference
    auc_volume: AucDifference
    attrition: Attrition
    margins: Mapping[str, MarginTest]

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {
            "n": self.n,
            "sensitivity": self.sensitivity.as_dict(),
            "specificity": self.specificity.as_dict(),
            "accuracy": self.accuracy.as_dict(),
            "auc": _auc(self.auc),
            "auc_volume": _auc(self.auc_volume),
            "attrition": self.attrition.as_dict(),
            "margins": {name: test.as_dict() for name, test in self.margins.items()},
        }


def compare_systems(
    first: Pairs, second: Pairs, target: str, rule: IntervalRule, *, margin: float | None = None
) -> Comparison:
    """Compare two systems on one target.

    Args:
        first: the first system and the reference.
        second: the second system and the same reference; the same patients in the same order.
        target: one of `TARGETS`.
        rule: level of the intervals.
        margin: the largest difference of a proportion that does not matter, such as 0.05; None
            for no test of non-inferiority.
    """
    truth = first.reference.column("present", target)
    a, b = (p.predicted.column("present", target) for p in (first, second))
    known = np.isfinite(truth) & np.isfinite(a) & np.isfinite(b)
    diseased = truth[known] == 1
    right_a, right_b = (x[known] == truth[known] for x in (a, b))
    volumes = [p.predicted.column("volume_mm3", target) for p in (first, second)]
    measured = np.isfinite(truth) & np.isfinite(volumes[0]) & np.isfinite(volumes[1])
    tests = {
        "sensitivity": mcnemar(right_a[diseased], right_b[diseased], rule),
        "specificity": mcnemar(right_a[~diseased], right_b[~diseased], rule),
        "accuracy": mcnemar(right_a, right_b, rule),
    }
    held = {
        name: hold_against_margin(test.difference, margin) for name, test in tests.items() if margin
    }
    return Comparison(
        int(known.sum()),
        tests["sensitivity"],
        tests["specificity"],
        tests["accuracy"],
        auc_difference(a[known], b[known], diseased, rule),
        auc_difference(volumes[0][measured], volumes[1][measured], truth[measured] == 1, rule),
        first.patients.lose("presence unknown on one side", int((~known).sum())),
        {name: test for name, test in held.items() if test is not None},
    )


def _auc(difference: AucDifference) -> dict[str, Any]:
    return difference.estimate.as_dict() | {"z": difference.z, "p": difference.p}
