"""The lines between predicted and reference amounts, as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from corcal.evaluate.accuracy.tables.agreement_tables import TITLES, UNITS
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.wording import DASH, figure, p_value
from corcal.evaluate.statistics.agreement.coefficients import Agreement
from corcal.evaluate.statistics.agreement.method_comparison import MethodComparison
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.tables_in.results import TARGETS


def lines_table(
    measure: str, results: Mapping[str, Agreement], rule: IntervalRule, error_ratio: float
) -> Table:
    """Return Passing and Bablok's and Deming's lines, a column for each target.

    Args:
        measure: "agatston" or "volume_mm3".
        results: by target.
        rule: level of the intervals.
        error_ratio: that Deming's lines were taken with.
    """
    lines: list[tuple[str, Callable[[MethodComparison], str]]] = [
        ("Patients with calcium on both sides", lambda c: f"{c.n:,}"),
        ("Passing–Bablok: slope", lambda c: figure(c.passing_bablok.line.slope, 3)),
        ("Passing–Bablok: intercept", lambda c: figure(c.passing_bablok.line.intercept, 1)),
        ("Passing–Bablok: linearity, p", lambda c: p_value(c.passing_bablok.linearity_p)),
        ("Deming: slope", lambda c: figure(c.deming.slope, 3)),
        ("Deming: intercept", lambda c: figure(c.deming.intercept, 1)),
        ("Logarithms, Passing–Bablok: exponent", lambda c: figure(c.log_passing_bablok.line.slope)),
        ("Logarithms, Passing–Bablok: factor",
         lambda c: figure(c.log_passing_bablok.line.intercept)),
        ("Logarithms, Passing–Bablok: linearity, p",
         lambda c: p_value(c.log_passing_bablok.linearity_p)),
        ("Logarithms, Deming: exponent", lambda c: figure(c.log_deming.slope)),
        ("Logarithms, Deming: factor", lambda c: figure(c.log_deming.intercept)),
    ]  # fmt: skip
    rows = [
        (name, *(say(results[t].lines) if t in results else DASH for t in TARGETS))
        for name, say in lines
    ]
    return Table(
        f"lines_{measure.removesuffix('_mm3')}",
        f"The line between predicted and reference {UNITS[measure]}",
        ("", *(TITLES[t] for t in TARGETS)),
        tuple(rows),
        (
            f"{100 * rule.confidence:g} % intervals in brackets. Predicted = intercept + slope × "
            "reference; of logarithms, predicted = factor × reference^exponent. Slope, exponent "
            "and factor are 1, the intercept is 0, where both agree. Passing and Bablok (1983), "
            "the intercept's interval joined with the sign test's; Deming with a ratio of error "
            f"variances (reference over predicted) of {error_ratio:g}, jackknife. Linearity: by "
            "the largest cumulative sum.",
            "Of patients above 0 on both sides. A line from which the distances spread along it "
            "has no interval that could be defended.",
        ),
        {TITLES[t]: a.attrition for t, a in results.items()},
    )
