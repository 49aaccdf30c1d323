"""Detection as tables: the paper's Table 3, further figures, all arteries pooled, strata."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from corcal.core.artery import Artery
from corcal.evaluate.accuracy.detection import Detection
from corcal.evaluate.accuracy.evaluation import Options, Strata
from corcal.evaluate.accuracy.pooled import POOLED, PooledDetection
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.wording import DASH, figure, number, p_value, percent
from corcal.evaluate.statistics.estimate import Estimate
from corcal.evaluate.statistics.group_tests import GroupTest
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.ratios import predictive_values
from corcal.evaluate.tables_in.results import TARGETS

#: Headings for people.
TITLES = {a.value: a.title for a in Artery} | {"any": "Any artery"}

_METHODS = {
    "wilson": "Wilson's score interval for proportions",
    "exact": "Clopper and Pearson's exact interval for proportions",
    "bootstrap": "bootstrap (BCa) over patients",
}
_SHARES = {
    "sensitivity": "Sensitivity, %",
    "specificity": "Specificity, %",
    "ppv": "PPV, %",
    "npv": "NPV, %",
    "accuracy": "Accuracy, %",
}

Line = tuple[str, Callable[[Detection], str]]


def detection_table(detection: Mapping[str, Detection], rule: IntervalRule) -> Table:
    """Return Table 3: detection of calcium, present or absent.

    Args:
        detection: by target.
        rule: how the intervals were taken, for the notes.
    """
    ds = [detection[t] for t in TARGETS]
    lines: list[Line] = [
        ("Patients", lambda d: f"{d.counts.n:,}"),
        ("True positive", lambda d: f"{d.counts.tp:,}"),
        ("False positive", lambda d: f"{d.counts.fp:,}"),
        ("False negative", lambda d: f"{d.counts.fn:,}"),
        ("True negative", lambda d: f"{d.counts.tn:,}"),
        *(_share_line(name, title) for name, title in _SHARES.items()),
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
    if any(d.bounds for d in ds):
        lines += [
            _bounds_line("sensitivity", "Sensitivity"),
            _bounds_line("specificity", "Specificity"),
        ]
    n = max(d.counts.n for d in ds)
    return Table(
        "table3_detection",
        f"Detection of coronary calcium against the reference, present or absent (n = {n:,})",
        ("", *(TITLES[t] for t in TARGETS)),
        tuple((name, *(say(d) for d in ds)) for name, say in lines),
        (_interval_note(rule), _KAPPA_NOTE, _MISSING_NOTE),
        {TITLES[t]: detection[t].attrition for t in TARGETS},
    )


def _share_line(name: str, title: str) -> Line:
    return title, lambda d: percent(d.figures[name])


def _bounds_line(name: str, title: str) -> Line:
    def say(d: Detection) -> str:
        if name not in d.bounds:
            return percent(d.figures[name].bare("")) if not d.bounds else DASH
        worst, best = d.bounds[name]
        return f"{number(100 * worst, 1)} to {number(100 * best, 1)}"

    return f"{title}, worst to best case, %", say


_KAPPA_NOTE = (
    "κ: Cohen's kappa; its words after McHugh (2012); p from kappa over its standard error "
    "without agreement, Fisher's exact one where a cell expects fewer than 5. PPV, NPV: positive "
    "and negative predictive value. AUC: area under the ROC curve, of the yes-or-no test the mean "
    "of sensitivity and specificity. A figure without brackets has no interval that could be "
    "defended; evaluation.json says why."
)
_MISSING_NOTE = (
    "Patients whose calcium is unknown on either side are left out of the column concerned. "
    "“Any artery” is of patients with all three arteries known (or stated for the patient) on both "
    "sides. Worst to best case: whatever the missing cells hold."
)


def _interval_note(rule: IntervalRule) -> str:
    level = f"{100 * rule.confidence:g} % intervals in brackets: {_METHODS[rule.method]}"
    if rule.method == "bootstrap":
        return f"{level} ({rule.draws:,} draws, seed {rule.seed}); DeLong for the AUC of numbers."
    return f"{level}, large-sample for κ, DeLong's variance on the logit scale for AUC."


def further_table(detection: Mapping[str, Detection], options: Options) -> Table:
    """Return likelihood and odds ratios, F1, chance-corrected agreement and predictive values.

    Args:
        detection: by target.
        options: intervals, and the prevalence for which predictive values are stated.
    """
    ds = [detection[t] for t in TARGETS]
    lines: list[Line] = [
        ("Prevalence, %", lambda d: percent(d.further["prevalence"])),
        ("LR+", lambda d: figure(d.further["lr_positive"])),
        ("LR−", lambda d: figure(d.further["lr_negative"], 3)),
        ("Diagnostic odds ratio", lambda d: figure(d.further["odds_ratio"], 1)),
        ("F1", lambda d: figure(d.further["f1"], 3)),
        ("PABAK", lambda d: figure(d.further["pabak"])),
        ("Gwet's AC1", lambda d: figure(d.further["ac1"])),
    ]
    if options.prevalence is not None:
        at = f"at a prevalence of {100 * options.prevalence:g} %, %"
        lines += [
            (f"PPV {at}", lambda d: percent(_values_at(d, options)[0])),
            (f"NPV {at}", lambda d: percent(_values_at(d, options)[1])),
        ]
    return Table(
        "detection_further",
        "Detection of coronary calcium: further figures",
        ("", *(TITLES[t] for t in TARGETS)),
        tuple((name, *(say(d) for d in ds)) for name, say in lines),
        (
            f"{100 * options.rule.confidence:g} % intervals in brackets. LR: likelihood ratio "
            "(Simel 1991); odds ratio by Woolf; F1 from the interval of the Jaccard index; PABAK: "
            "prevalence- and bias-adjusted kappa (Byrt 1993); AC1: Gwet (2008). A dash: a cell of "
            "the 2x2 table is empty; no half is added.",
            *(_VALUES_NOTE if options.prevalence is not None else ()),
        ),
        {TITLES[t]: detection[t].attrition for t in TARGETS},
    )


_VALUES_NOTE = (
    "Predictive values at the stated prevalence: Mercaldo, Lau and Zhou (2007), logit.",
)


def _values_at(d: Detection, options: Options) -> tuple[Estimate, Estimate]:
    return predictive_values(d.counts, options.prevalence or 0.5, options.rule)


def pooled_table(pooled: PooledDetection, rule: IntervalRule) -> Table:
    """Return detection over all arteries, with intervals clustered by patient."""
    c = pooled.counts
    said = {name: percent(pooled.figures[name]) for name in POOLED if name != "kappa"}
    rows = [
        ("Arteries", f"{c.n:,}"),
        ("Patients", f"{pooled.patients:,}"),
        ("True positive", f"{c.tp:,}"),
        ("False positive", f"{c.fp:,}"),
        ("False negative", f"{c.fn:,}"),
        ("True negative", f"{c.tn:,}"),
        *((title, said[name]) for name, title in _SHARES.items()),
        ("Cohen's κ", figure(pooled.figures["kappa"])),
    ]
    return Table(
        "detection_pooled",
        f"Detection of coronary calcium over all arteries (n = {c.n:,} arteries)",
        ("", f"Value ({100 * rule.confidence:g} % interval)"),
        tuple(rows),
        (
            "Each artery is a case. Arteries of one patient hang together: intervals are Wilson's "
            "of the effective number of arteries (Rao and Scott 1992), κ's is a bootstrap (BCa) "
            "over patients.",
        ),
        {"Arteries (3 a patient)": pooled.attrition},
    )


def strata_table(column: str, strata: Strata, rule: IntervalRule) -> Table:
    """Return detection in each stratum, a row for each target and stratum."""
    rows = []
    for target in TARGETS:
        tests = strata.heterogeneity[target]
        for i, s in enumerate(strata.strata):
            d = s.detection[target]
            shown = [_p(tests[f]) if i == 0 else "" for f in ("sensitivity", "specificity")]
            rows.append(
                (
                    TITLES[target],
                    s.value,
                    f"{d.counts.n:,}",
                    f"{d.counts.diseased:,}",
                    percent(d.figures["sensitivity"]),
                    shown[0],
                    percent(d.figures["specificity"]),
                    shown[1],
                    figure(d.figures["kappa"]),
                    figure(d.figures["auc"]),
                )
            )
    return Table(
        f"strata_{file_part(column)}",
        f"Detection of coronary calcium by {column}",
        ("Artery", column, "n", "Calcified", "Sensitivity, %", "p", "Specificity, %", "p ", "κ",
         "AUC"),
        tuple(rows),
        (
            _interval_note(rule),
            "p: that the figure is the same in all strata, those not stated apart, by the "
            "chi-square test (Fisher's, or simulated tables, where expected counts are below 5); "
            "not adjusted for their number.",
        ),
        {f"{column} {s.value}": s.detection["any"].attrition for s in strata.strata},
    )  # fmt: skip


def _p(test: GroupTest | None) -> str:
    return DASH if test is None else p_value(test.p)


def file_part(column: str) -> str:
    """Return a column's name as part of a file name."""
    return "".join(c if c.isascii() and c.isalnum() else "_" for c in column.lower())
