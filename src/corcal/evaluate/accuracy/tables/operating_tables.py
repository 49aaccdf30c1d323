"""Thresholds of the predicted amount, and one rate where the other is fixed, as tables."""

from __future__ import annotations

from collections.abc import Mapping

from corcal.evaluate.accuracy.operating import FIXED, Operating
from corcal.evaluate.accuracy.tables.detection_tables import TITLES
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.wording import DASH, figure, number, percent
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.roc.thresholds import Threshold
from corcal.evaluate.tables_in.results import TARGETS

_WHAT = {"volume_mm3": "predicted volume, mm³", "agatston": "predicted Agatston score"}


def threshold_table(measure: str, by_target: Mapping[str, Operating], rule: IntervalRule) -> Table:
    """Return what the amount would be worth as a yes-or-no test, cut at each threshold.

    Args:
        measure: "volume_mm3" or "agatston".
        by_target: as `measure_operating` returns them.
        rule: how the intervals were taken, for the notes.
    """
    rows = [
        (TITLES[target], at, *_cells(threshold))
        for target, o in by_target.items()
        for at, threshold in (
            *((f"{t.at:g}", t) for t in o.thresholds),
            *((f"{number(o.best.at)} (best)", o.best) for _ in [0] if o.best is not None),
        )
    ]
    return Table(
        "detection_thresholds",
        f"Thresholds of the {_WHAT[measure]}",
        ("Artery", "From", "Positive", "Sensitivity, %", "Specificity, %", "PPV, %", "NPV, %",
         "Youden's J"),
        tuple(rows),
        (
            f"{100 * rule.confidence:g} % intervals in brackets, of proportions as in the table "
            "of detection. J: sensitivity + specificity − 1 (Youden 1950), its interval by "
            "square and add (Newcombe 1998).",
            "Best: the threshold with the largest J. It was chosen on these patients, so that "
            "its figures are better than they will be on others.",
        ),
        {TITLES[t]: o.attrition for t, o in by_target.items()},
    )  # fmt: skip


def fixed_rate_table(measure: str, by_target: Mapping[str, Operating], rule: IntervalRule) -> Table:
    """Return the sensitivity at fixed specificities, and the reverse.

    Args:
        measure: "volume_mm3" or "agatston".
        by_target: as `measure_operating` returns them.
        rule: how the intervals were taken, for the notes.
    """
    rows = []
    for name, other in (("Sensitivity", "specificity"), ("Specificity", "sensitivity")):
        for rate in FIXED:
            cells = (_at(by_target, target, name, rate) for target in TARGETS)
            rows.append((f"{name} at {100 * rate:g} % {other}, %", *cells))
    return Table(
        "detection_fixed_rates",
        f"One rate where the other is fixed: {_WHAT[measure]}",
        ("", *(TITLES[t] for t in TARGETS)),
        tuple(rows),
        (
            "Read off the empirical ROC curve, on straight lines between its points. "
            f"{100 * rule.confidence:g} % intervals: bootstrap (BCa) over patients; none with "
            "fewer than 50 patients with, or without, calcium.",
        ),
        {TITLES[t]: o.attrition for t, o in by_target.items()},
    )


def _cells(threshold: Threshold) -> tuple[str, ...]:
    f, c = threshold.figures, threshold.counts
    shares = (percent(f[name]) for name in ("sensitivity", "specificity", "ppv", "npv"))
    return (f"{c.tp + c.fp:,}", *shares, figure(f["youden"]))


def _at(by_target: Mapping[str, Operating], target: str, name: str, rate: float) -> str:
    if target not in by_target:
        return DASH
    o = by_target[target]
    return percent((o.sensitivity_at if name == "Sensitivity" else o.specificity_at)[rate])
