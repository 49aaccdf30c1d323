"""Passing and Bablok's regression: the line between two measurements, without a distribution."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats
from scipy.special import kolmogorov

from corcal.evaluate.statistics.agreement.line import FEW_PAIRS, Line
from corcal.evaluate.statistics.estimate import Estimate, Numbers
from corcal.evaluate.statistics.interval import NO_ERROR, IntervalRule

#: With fewer patients no interval is given: it rests on a normal approximation.
FEWEST = 20

#: The slopes of all pairs are held: of more patients they would be too many.
MOST = 3000

_ROUNDING = 1e-12

_METHOD = "Passing and Bablok, ranks"


@dataclass(frozen=True)
class PassingBablok:
    """The line with a test of whether a line will do.

    Attributes:
        line: second = intercept + slope x first.
        linearity_p: p value of no departure from the line, by the largest cumulative sum; None
            where it cannot be tested.
    """

    line: Line
    linearity_p: float | None

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        return self.line.as_dict() | {"linearity_p": self.linearity_p}


def passing_bablok(first: Numbers, second: Numbers, rule: IntervalRule) -> PassingBablok:
    """Return Passing and Bablok's line, second = intercept + slope x first.

    Passing and Bablok, J Clin Chem Clin Biochem 1983, 21, 709: the slope is the shifted median of
    the slopes between all pairs of patients, the interval is by ranks. With an even number of
    slopes the two middle angles are averaged, as in R's mcr. Their interval of the intercept
    follows from the slope's alone; with skewed measurements it holds the truth in 77 to 86 of 100,
    so that here the sign test's interval of the median is joined to it. Undefined with fewer than
    three patients, with more than `MOST`, or where no two of them differ.

    Args:
        first: a value for each patient, no NaN; the reference.
        second: the same patients; the prediction.
        rule: level of the intervals.
    """
    n = len(first)
    if n < 3 or n > MOST:
        return PassingBablok(Line.without_value(n), None)
    angles = _angles(first, second)
    if not len(angles):
        return PassingBablok(Line.without_value(n), None)
    # Angles go from -45 degrees up to 135: slopes below -1 are beyond the vertical.
    count = len(angles)
    width = rule.z * math.sqrt(n * (n - 1) * (2 * n + 5) / 18)
    rank = round((count - width) / 2)
    places = [(count - 1) // 2, count // 2, max(rank - 1, 0), min(count - rank, count - 1)]
    angles.partition(places)
    slope = math.tan((angles[places[0]] + angles[places[1]]) / 2)
    ends = None
    if n >= FEWEST and rank >= 1:
        ends = math.tan(angles[rank - 1]), math.tan(angles[count - rank])
    line = _line(first, second, slope, ends, rule)
    return PassingBablok(line, _linearity_p(first, second, line))


def _angles(first: Numbers, second: Numbers) -> Numbers:
    """Return the angle of the line between each two patients, above -45 up to 135 degrees.

    Patients who do not differ have none, and -45 degrees is left out, for symmetry.
    """
    one, other = np.triu_indices(len(first), k=1)
    along, up = first[one] - first[other], second[one] - second[other]
    # 0.3 - 0.2 is not 0.1 to a computer: what differs by rounding alone does not differ.
    nil = _ROUNDING * max(float(np.abs(first).max()), float(np.abs(second).max()))
    along, up = (np.where(np.abs(side) <= nil, 0.0, side) for side in (along, up))
    counted = ((along != 0) | (up != 0)) & (np.abs(along + up) > nil)
    along, up = along[counted], up[counted]
    # The same line seen from its other end.
    sign = np.where((along < 0) | ((along == 0) & (up < 0)), -1.0, 1.0)
    angles: Numbers = np.arctan2(sign * up, sign * along)
    angles[angles < -math.pi / 4] += math.pi
    return angles


def _line(
    first: Numbers,
    second: Numbers,
    slope: float,
    ends: tuple[float, float] | None,
    rule: IntervalRule,
) -> Line:
    n = len(first)
    rest = second - slope * first
    intercept = float(np.median(rest))
    plain = Estimate(slope, None, None, n), Estimate(intercept, None, None, n)
    if ends is None:
        return Line(*(e.bare(FEW_PAIRS) for e in plain))
    low, high = ends
    if not 0 <= low <= high or high - low <= 1e-12 * high:
        reason = NO_ERROR if high >= low >= 0 else "the slope is not known to be above 0"
        return Line(*(e.bare(reason) for e in plain))
    by_slope = tuple(float(np.median(second - end * first)) - intercept for end in (high, low))
    by_rest = tuple(end - intercept for end in _median_ends(rest, rule))
    below, above = (math.hypot(a, b) for a, b in zip(by_slope, by_rest, strict=True))
    return Line(
        Estimate(slope, low, high, n, _METHOD),
        Estimate(intercept, intercept - below, intercept + above, n, f"{_METHOD}, and sign test"),
    )


def _median_ends(values: Numbers, rule: IntervalRule) -> tuple[float, float]:
    """Return the ends of the sign test's interval of a median."""
    ranks = np.sort(values)
    below = int(stats.binom.ppf(0.5 - rule.confidence / 2, len(ranks), 0.5))
    rank = max(0, below - 1)
    return float(ranks[rank]), float(ranks[len(ranks) - 1 - rank])


def _linearity_p(first: Numbers, second: Numbers, line: Line) -> float | None:
    """Return the p value of the largest cumulative sum of signs along the line."""
    slope, intercept = line.slope.value, line.intercept.value
    if slope is None or intercept is None or not slope > 0:
        return None
    rest = second - intercept - slope * first
    above, below = int((rest > 0).sum()), int((rest < 0).sum())
    if min(above, below) < 1:
        return None
    signs = np.where(rest > 0, math.sqrt(below / above), 0.0)
    signs = np.where(rest < 0, -math.sqrt(above / below), signs)
    along = np.argsort(second + first / slope, kind="stable")
    largest = float(np.abs(np.cumsum(signs[along])).max())
    return float(kolmogorov(largest / math.sqrt(below + 1)))
