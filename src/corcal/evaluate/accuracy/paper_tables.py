"""The evaluation as the tables of a paper."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from corcal.core.artery import Artery
from corcal.evaluate.accuracy.agreement_tables import agreement_table, category_tables
from corcal.evaluate.accuracy.compare import Comparison, McNemar
from corcal.evaluate.accuracy.detection import Detection
from corcal.evaluate.accuracy.evaluation import Evaluation, Stratum
from corcal.evaluate.accuracy.severity import SeverityFit
from corcal.evaluate.accuracy.severity_tables import parameter_table, severity_table
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.wording import figure, number, p_value, percent
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.tables_in.results import TARGETS

#: Headings for people.
TITLES = {a.value: a.title for a in Artery} | {"any": "Any artery"}

_METHODS = {
    "wilson": "Wilson's score interval for proportions",
    "exact": "Clopper and Pearson's exact interval for proportions",
    "bootstrap": "percentile bootstrap over patients",
}


def paper_tables(e: Evaluation) -> tuple[Table, ...]:
    """Return every table that the data fill, in the order of the paper."""
    tables = [detection_table(e.detection, e.options.rule)]
    tables += [strata_table(column, strata, e.options.rule) for column, strata in e.strata.items()]
    if e.versus is not None:
        tables.append(comparison_table(e))
    if _has_severity(e.severity):
        tables += [severity_table(e.severity, e.options), parameter_table(e.severity, e.options)]
    tables += [agreement_table(m, results, e.options.rule) for m, results in e.agreement.items()]
    return (*tables, *category_tables(e))


def detection_table(detection: Mapping[str, Detection], rule: IntervalRule) -> Table:
    """Return Table 3: detection of calcium, present or absent.

    Args:
        detection: by target.
        rule: how the intervals were taken, for the notes.
    """
    ds = [detection[t] for t in TARGETS]
    lines: list[tuple[str, Callable[[Detection], str]]] = [
        ("Patients", lambda d: f"{d.counts.n:,}"),
        ("True positive", lambda d: f"{d.counts.tp:,}"),
        ("False positive", lambda d: f"{d.counts.fp:,}"),
        ("False negative", lambda d: f"{d.counts.fn:,}"),
        ("True negative", lambda d: f"{d.counts.tn:,}"),
        ("Sensitivity, %", lambda d: percent(d.figures["sensitivity"])),
        ("Specificity, %", lambda d: percent(d.figures["specificity"])),
        ("PPV, %", lambda d: percent(d.figures["ppv"])),
        ("NPV, %", lambda d: percent(d.figures["npv"])),
        ("Accuracy, %", lambda d: percent(d.figures["accuracy"])),
        ("Cohen's κ", lambda d: figure(d.figures["kappa"])),
        ("Standard error of κ", lambda d: number(d.kappa.error, 3)),
        ("p of κ", lambda d: p_value(d.kappa.p)),
        ("Agreement", lambda d: d.kappa.words),
        ("AUC, present or absent", lambda d: figure(d.figures["auc"])),
    ]
    if any(d.auc_volume.value is not None for d in ds):
        lines.append(("AUC of the volume", lambda d: figure(d.auc_volume)))
    if any(d.auc_agatston.value is not None for d in ds):
        lines.append(("AUC of the Agatston score", lambda d: figure(d.auc_agatston)))
    n = max(d.counts.n for d in ds)
    return Table(
        "table3_detection",
        f"Detection of coronary calcium against the reference, present or absent (n = {n:,})",
        ("", *(TITLES[t] for t in TARGETS)),
        tuple((name, *(say(d) for d in ds)) for name, say in lines),
        (_interval_note(rule), _KAPPA_NOTE, _MISSING_NOTE),
    )


_KAPPA_NOTE = (
    "κ: Cohen's kappa; its words after McHugh (2012); p from kappa over its standard error "
    "without agreement. PPV, NPV: positive and negative predictive value. AUC: area under the "
    "ROC curve, of the yes-or-no test the mean of sensitivity and specificity."
)
_MISSING_NOTE = (
    "Patients whose calcium is unknown on either side are left out of the column concerned. "
    "“Any artery” is present where one artery is, absent where all three are known to be."
)


def _interval_note(rule: IntervalRule) -> str:
    level = f"{100 * rule.confidence:g} % intervals in brackets: {_METHODS[rule.method]}"
    if rule.method == "bootstrap":
        return f"{level} ({rule.draws:,} draws, seed {rule.seed}); DeLong for the AUC of numbers."
    return f"{level}, large-sample for κ, DeLong for AUC."


def strata_table(column: str, strata: tuple[Stratum, ...], rule: IntervalRule) -> Table:
    """Return detection in each stratum, a row for each target and stratum."""
    rows = [
        (
            TITLES[t],
            s.value,
            f"{d.counts.n:,}",
            f"{d.counts.diseased:,}",
            *(percent(d.figures[f]) for f in ("sensitivity", "specificity")),
            figure(d.figures["kappa"]),
            figure(d.figures["auc"]),
        )
        for t in TARGETS
        for s in strata
        for d in (s.detection[t],)
    ]
    heads = ("Sensitivity, %", "Specificity, %", "κ", "AUC")
    return Table(
        f"strata_{file_part(column)}",
        f"Detection of coronary calcium by {column}",
        ("Artery", column, "n", "Calcified", *heads),
        tuple(rows),
        (_interval_note(rule),),
    )


def file_part(column: str) -> str:
    """Return a column's name as part of a file name."""
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in column.lower())


def comparison_table(e: Evaluation) -> Table:
    """Return the paired comparison of two systems."""
    assert e.versus is not None
    rows = [row for t in TARGETS for row in _comparison_rows(TITLES[t], e.versus.comparison[t])]
    return Table(
        "comparison",
        f"{e.pairs.predicted.name} against {e.versus.name} on the same patients",
        ("Artery", "Figure", "n", "Difference", "Only first right", "Only second right",
         "Mid-p", "Exact p", "χ² p"),
        tuple(rows),
        (
            "Difference: first minus second, with a "
            f"{100 * e.options.rule.confidence:g} % interval (Newcombe's for paired proportions, "
            "in percentage points; DeLong's for AUC, whose p values stand in the last column).",
            "McNemar's tests; the chi-square is without continuity correction.",
        ),
    )  # fmt: skip


def _comparison_rows(title: str, c: Comparison) -> list[tuple[str, ...]]:
    rows = [
        _test_row(title, name, test)
        for name, test in (
            ("Sensitivity", c.sensitivity),
            ("Specificity", c.specificity),
            ("Accuracy", c.accuracy),
        )
    ]
    for name, d in (("AUC, present or absent", c.auc), ("AUC of the volume", c.auc_volume)):
        if d.estimate.value is not None:
            said = figure(d.estimate, 3)
            rows.append((title, name, f"{d.estimate.n:,}", said, "", "", "", "", p_value(d.p)))
    return rows


def _test_row(title: str, name: str, m: McNemar) -> tuple[str, ...]:
    ps = (p_value(m.mid_p), p_value(m.exact_p), p_value(m.chi2_p)) if m.difference.n else ("–",) * 3
    n = f"{m.difference.n:,}"
    return (title, name, n, percent(m.difference), f"{m.only_first:,}", f"{m.only_second:,}", *ps)


def _has_severity(severity: Mapping[str, SeverityFit]) -> bool:
    return any(s.n for s in severity.values())
