"""Two systems on the same patients, as a table."""

from __future__ import annotations

from corcal.evaluate.accuracy.compare import Comparison
from corcal.evaluate.accuracy.evaluation import Evaluation
from corcal.evaluate.accuracy.tables.detection_tables import TITLES
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.wording import DASH, figure, p_value, percent
from corcal.evaluate.statistics.multiplicity import holm
from corcal.evaluate.tables_in.results import TARGETS

_TESTED = ("sensitivity", "specificity", "accuracy")


def comparison_table(e: Evaluation) -> Table:
    """Return the paired comparison of two systems.

    Raises:
        ValueError: there is no second system.
    """
    if e.versus is None:
        raise ValueError("an evaluation without a second system has no comparison")
    comparisons = [(TITLES[t], e.versus.comparison[t]) for t in TARGETS]
    adjusted = iter(holm([p for _, c in comparisons for p in _p_values(c)]))
    rows = [
        (*row, p_value(next(adjusted)), *_margin(c, name) * (e.options.margin is not None))
        for title, c in comparisons
        for name, row in _rows(title, c)
    ]
    heads = ["Artery", "Figure", "n", "Difference", "Only first right", "Only second right",
             "Mid-p", "Exact p", "χ² p", "DeLong p", "Holm p"]  # fmt: skip
    notes = [
        "Difference: first minus second, with a "
        f"{100 * e.options.rule.confidence:g} % interval (Newcombe's for paired proportions, in "
        "percentage points; DeLong's for AUC). McNemar's tests; the chi-square is without "
        "continuity correction. Holm p: mid-p, or DeLong's p, adjusted for all rows of this table.",
    ]
    if e.options.margin is not None:
        heads.append(f"Margin {100 * e.options.margin:g}")
        notes.append(
            "Margin, in percentage points: “not inferior” where the interval lies above minus the "
            "margin, “equivalent” where it lies within it on both sides."
        )
    return Table(
        "comparison",
        f"{e.pairs.predicted.name} against {e.versus.name} on the same patients",
        tuple(heads),
        tuple(rows),
        tuple(notes),
        {title: c.attrition for title, c in comparisons},
    )


def _p_values(c: Comparison) -> list[float | None]:
    """Return the p value of each row of a target, in the order of `_rows`."""
    tests = [getattr(c, name) for name in _TESTED]
    areas = [d.p for d in (c.auc, c.auc_volume) if d.estimate.value is not None]
    return [*(m.mid_p if m.difference.n else None for m in tests), *areas]


def _rows(title: str, c: Comparison) -> list[tuple[str, tuple[str, ...]]]:
    rows = []
    for name in _TESTED:
        m = getattr(c, name)
        ps = (m.mid_p, m.exact_p, m.chi2_p) if m.difference.n else (None,) * 3
        counts = (f"{m.only_first:,}", f"{m.only_second:,}")
        said = (f"{m.difference.n:,}", percent(m.difference), *counts, *map(p_value, ps), "")
        rows.append((name, (title, name.capitalize(), *said)))
    for name, d in (("AUC, present or absent", c.auc), ("AUC of the volume", c.auc_volume)):
        if d.estimate.value is not None:
            said = (f"{d.estimate.n:,}", figure(d.estimate, 3), "", "", "", "", "", p_value(d.p))
            rows.append((name, (title, name, *said)))
    return rows


def _margin(c: Comparison, name: str) -> tuple[str, ...]:
    if name not in _TESTED:
        return ("",)
    return (c.margins[name].words if name in c.margins else DASH,)
