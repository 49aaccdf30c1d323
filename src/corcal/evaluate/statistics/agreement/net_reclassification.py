"""Net reclassification: patients that one system puts higher or lower than another, by outcome."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import IntervalRule

_METHOD = "Agresti and Min"


@dataclass(frozen=True)
class Moves:
    """Patients of one outcome who are moved.

    Attributes:
        up: whom the first system puts higher than the second.
        down: whom it puts lower.
        n: all of this outcome.
        net: moved rightly less moved wrongly, over n.
    """

    up: int
    down: int
    n: int
    net: Estimate

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {"up": self.up, "down": self.down, "n": self.n, "net": self.net.as_dict()}


@dataclass(frozen=True)
class NetReclassification:
    """The net reclassification improvement (NRI) of a first system over a second.

    Attributes:
        events: patients with the event; up is right.
        others: patients without it; down is right.
        total: the sum of both nets, from -2 to 2; no share of patients.
        z: total over its error without a difference; None where nobody moves.
        p: two-sided p value of z.
    """

    events: Moves
    others: Moves
    total: Estimate
    z: float | None
    p: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return {
            "events": self.events.as_dict(),
            "others": self.others.as_dict(),
            "total": self.total.as_dict(),
            "z": self.z,
            "p": self.p,
        }


def net_reclassification(
    first: Numbers, second: Numbers, event: NDArray[np.bool_], rule: IntervalRule
) -> NetReclassification:
    """Return the NRI of a first system over a second, on the same patients.

    Pencina, D'Agostino, D'Agostino and Vasan, Stat Med 2008, 27, 157, with the test without a
    difference; of plain scores it is the continuous NRI (Pencina, D'Agostino and Steyerberg, Stat
    Med 2011, 30, 11). The net of each outcome is a difference of paired proportions, with the
    interval of Agresti and Min (Stat Med 2005, 24, 729); those of the sum are joined as by Zou and
    Donner (Stat Med 2008, 27, 1693). Undefined where either outcome is absent.

    Args:
        first: category or score of each patient, no NaN; higher means more likely an event.
        second: of the other system.
        event: the outcome.
        rule: level of the intervals.
    """
    events = _moves(first[event], second[event], rule, upward=True)
    others = _moves(first[~event], second[~event], rule, upward=False)
    n = len(first)
    if events.net.value is None or others.net.value is None:
        return NetReclassification(events, others, Estimate.without_value(n), None, None)
    total = _add(events.net, others.net, n)
    null = math.sqrt(sum((m.up + m.down) / m.n**2 for m in (events, others)))
    if total.value is None or null == 0:
        return NetReclassification(events, others, total, None, None)
    z = total.value / null
    return NetReclassification(events, others, total, z, 2 * float(stats.norm.sf(abs(z))))


def _moves(first: Numbers, second: Numbers, rule: IntervalRule, *, upward: bool) -> Moves:
    n, up, down = len(first), int((first > second).sum()), int((first < second).sum())
    right, wrong = (up, down) if upward else (down, up)
    if n == 0:
        return Moves(up, down, n, Estimate.without_value(0))
    # Half a patient more in each cell of the paired table.
    middle = (right - wrong) / (n + 2)
    error = math.sqrt((right + wrong + 1) - (right - wrong) ** 2 / (n + 2)) / (n + 2)
    low, high = middle - rule.z * error, middle + rule.z * error
    net = Estimate((right - wrong) / n, low, high, n, _METHOD).within(-1.0, 1.0)
    return Moves(up, down, n, net)


def _add(a: Estimate, b: Estimate, n: int) -> Estimate:
    """Return the sum of two independent figures, its interval from theirs."""
    ends = (a.value, a.low, a.high, b.value, b.low, b.high)
    if None in ends:
        return Estimate.without_value(n)
    value_a, low_a, high_a, value_b, low_b, high_b = (float(x or 0.0) for x in ends)
    value = value_a + value_b
    low = value - math.hypot(value_a - low_a, value_b - low_b)
    high = value + math.hypot(high_a - value_a, high_b - value_b)
    return Estimate(value, low, high, n, f"{_METHOD}, joined")
