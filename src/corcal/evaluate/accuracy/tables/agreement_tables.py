"""Agreement of numbers and of categories, as tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from corcal.core.artery import Artery
from corcal.evaluate.accuracy.categories import BandAgreement, Decision
from corcal.evaluate.accuracy.evaluation import Evaluation
from corcal.evaluate.accuracy.tables.symmetry_table import symmetry_table
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.wording import DASH, figure, number, p_value, percent
from corcal.evaluate.statistics.agreement.bland_altman import BlandAltman
from corcal.evaluate.statistics.agreement.coefficients import Agreement
from corcal.evaluate.statistics.estimate import Estimate
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.tables_in.results import TARGETS

#: The targets, for people.
TITLES = {a.value: a.title for a in Artery} | {"any": "Whole patient"}
#: The measures with their units.
UNITS = {"agatston": "Agatston score", "volume_mm3": "volume, mm³"}


def agreement_table(measure: str, results: Mapping[str, Agreement], rule: IntervalRule) -> Table:
    """Return correlation, ICC, bias and limits of one measure, a column for each target.

    Args:
        measure: "agatston" or "volume_mm3".
        results: by target.
        rule: level of the intervals, for the notes.
    """
    lines: list[tuple[str, Callable[[Agreement], str]]] = [
        ("Patients", lambda a: f"{a.bland_altman.bias.n:,}"),
        ("ICC(A,1), absolute agreement", lambda a: figure(a.icc_a1, 3)),
        ("ICC(C,1), consistency", lambda a: figure(a.icc_c1, 3)),
        ("Lin's concordance", lambda a: figure(a.lin, 3)),
        ("Spearman's ρ", lambda a: figure(a.spearman, 3)),
        ("Pearson's r", lambda a: figure(a.pearson, 3)),
        ("Bias, predicted − reference", lambda a: _amount(a.bland_altman.bias)),
        ("SD of the differences", lambda a: number(a.bland_altman.sd, 1)),
        ("Lower limit of agreement", lambda a: _amount(a.bland_altman.lower)),
        ("Upper limit of agreement", lambda a: _amount(a.bland_altman.upper)),
    ]
    rows = [
        (name, *(say(results[t]) if t in results else DASH for t in TARGETS)) for name, say in lines
    ]
    level = f"{100 * rule.confidence:g} %"
    return Table(
        f"agreement_{measure.removesuffix('_mm3')}",
        f"Agreement of predicted and reference {UNITS[measure]}",
        ("", *(TITLES[t] for t in TARGETS)),
        tuple(rows),
        (
            f"{level} intervals in brackets. ICC after McGraw and Wong, two-way, single "
            "measurements; limits of agreement after Bland and Altman.",
        ),
        {TITLES[t]: a.attrition for t, a in results.items()},
    )


def limits_table(measure: str, results: Mapping[str, Agreement], rule: IntervalRule) -> Table:
    """Return limits of agreement in per cent, as ratios and along a regression.

    Args:
        measure: "agatston" or "volume_mm3".
        results: by target.
        rule: level of the limits and of their intervals.
    """
    lines: list[tuple[str, Callable[[Agreement], str]]] = [
        ("Spread grows with size, p", lambda a: p_value(a.bland_altman.spread_p)),
        ("Per cent: patients", lambda a: f"{a.percent.bias.n:,}"),
        ("Per cent: bias", lambda a: _amount(a.percent.bias)),
        ("Per cent: limits", lambda a: _limits(a.percent, 1)),
        ("Ratio: patients", lambda a: f"{a.ratio.bias.n:,}"),
        ("Ratio: typical", lambda a: figure(a.ratio.bias)),
        ("Ratio: limits", lambda a: _limits(a.ratio, 2)),
        ("Regression: bias", lambda a: _line(a.regression.bias if a.regression else None)),
        ("Regression: SD", lambda a: _line(a.regression.sd if a.regression else None)),
    ]
    rows = [
        (name, *(say(results[t]) if t in results else DASH for t in TARGETS)) for name, say in lines
    ]
    return Table(
        f"limits_{measure.removesuffix('_mm3')}",
        f"Limits of agreement that follow the size of the measurement: {UNITS[measure]}",
        ("", *(TITLES[t] for t in TARGETS)),
        tuple(rows),
        (
            "Per cent: differences over the mean of both, of means above 0. Ratio: predicted over "
            "reference, of pairs above 0, by logarithms. Regression: bias and standard deviation "
            f"as a line of the mean m of both; limits are bias ± {rule.z:.2f} SD (Bland and "
            "Altman 1999).",
        ),
        {TITLES[t]: a.attrition for t, a in results.items()},
    )


def _limits(b: BlandAltman, digits: int) -> str:
    if b.lower.value is None or b.upper.value is None:
        return DASH
    return f"{number(b.lower.value, digits)} to {number(b.upper.value, digits)}"


def _line(line: tuple[float, float] | None) -> str:
    if line is None:
        return DASH
    sign = "+" if line[1] >= 0 else "−"
    return f"{number(line[0], 2)} {sign} {number(abs(line[1]), 3)} m"


def category_tables(e: Evaluation) -> tuple[Table, ...]:
    """Return agreement in categories, a reclassification table for each, and the decision."""
    if not e.bands and not e.grades:
        return ()
    named = {b.bands.title: (f"{_slug(name)}", b) for name, b in e.bands.items()}
    named |= {f"Grade, {a}": (f"grade_{a.lower()}", b) for a, b in e.grades.items()}
    whole = {title: b for title, (_, b) in named.items()}
    tables = [_summary(whole, e.options.rule), symmetry_table(whole)]
    tables += [_reclassification(title, name, b) for title, (name, b) in named.items()]
    if e.decision is not None:
        tables.append(_decision(e.decision, e.options.rule))
    return tuple(tables)


def _summary(results: Mapping[str, BandAgreement], rule: IntervalRule) -> Table:
    rows = [
        (
            title,
            f"{int(b.counts.sum()):,}",
            *(figure(b.kappas[w].estimate, 3) for w in ("unweighted", "linear", "quadratic")),
            *(percent(x) for x in (b.same, b.higher, b.lower)),
        )
        for title, b in results.items()
    ]
    heads = ("κ", "κ, linear", "κ, quadratic", "Same, %", "Higher, %", "Lower, %")
    return Table(
        "categories",
        "Agreement in categories of severity",
        ("Categories", "n", *heads),
        tuple(rows),
        (
            f"{100 * rule.confidence:g} % intervals in brackets. κ: Cohen's kappa, unweighted and "
            "weighted (intervals on Fisher's z scale; linear from 50 patients on, quadratic from "
            "1,000). Same, higher, lower: share of patients whom the prediction puts in the "
            "reference's category, a higher or a lower one.",
        ),
        {title: b.attrition for title, b in results.items()},
    )


def _reclassification(title: str, name: str, b: BandAgreement) -> Table:
    labels = b.bands.labels
    rows = [
        (f"Predicted {labels[i]}", *(f"{int(c):,}" for c in b.counts[i]), f"{b.counts[i].sum():,}")
        for i in range(len(labels))
    ]
    totals = ("All", *(f"{int(c):,}" for c in b.counts.sum(axis=0)), f"{b.counts.sum():,}")
    return Table(
        f"reclassification_{name}",
        f"{title}: predicted by reference",
        ("", *(f"Reference {label}" for label in labels), "All"),
        (*rows, totals),
        ("Numbers of patients.",),
        {title: b.attrition},
    )


def _decision(d: Decision, rule: IntervalRule) -> Table:
    shares = ("sensitivity", "specificity", "ppv", "npv", "accuracy")
    names = ("Sensitivity, %", "Specificity, %", "PPV, %", "NPV, %", "Accuracy, %")
    rows = [
        ("Patients", f"{d.counts.n:,}"),
        ("True positive", f"{d.counts.tp:,}"),
        ("False positive", f"{d.counts.fp:,}"),
        ("False negative", f"{d.counts.fn:,}"),
        ("True negative", f"{d.counts.tn:,}"),
        *((n, percent(d.figures[s])) for n, s in zip(names, shares, strict=True)),
        ("Cohen's κ", figure(d.figures["kappa"])),
    ]
    level = f"{100 * rule.confidence:g} %"
    return Table(
        "decision",
        f"Decision at an Agatston score of {d.bound:g} and more",
        ("", f"Value ({level} interval)"),
        tuple(rows),
        ("The patient's total; from 100 on a statin is favoured (2018 AHA/ACC guideline).",),
        {"Whole patient": d.attrition},
    )


def _amount(e: Estimate) -> str:
    return figure(e, 1)


def _slug(name: str) -> str:
    return name.lower().replace(" ", "_")
