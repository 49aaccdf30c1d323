"""The severity model further: odds ratios, a slope for each threshold, cross-validation."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from corcal.core.artery import Artery
from corcal.core.grid import MM3_PER_ML
from corcal.core.severity import Severity
from corcal.evaluate.accuracy.evaluation import Options
from corcal.evaluate.accuracy.severity import SeverityFit
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.wording import DASH, figure, number, p_value
from corcal.evaluate.statistics.ordinal.proportional_odds import Coefficient, OrdinalFit
from corcal.evaluate.statistics.ordinal.validation import FOLDS, OrdinalValidation
from corcal.evaluate.tables_in.results import ARTERIES

#: Odds ratios beyond a million, either way, are none to print.
_LARGEST_LOG = math.log(1e6)

#: The volume for which an odds ratio is stated, in mm3.
_STEP_MM3 = 10.0


def model_tables(severity: Mapping[str, SeverityFit], options: Options) -> tuple[Table, ...]:
    """Return odds ratios, slopes at each threshold, and the cross-validation, of fitted models.

    Args:
        severity: by artery.
        options: of the evaluation.
    """
    if not any(s.fit for s in severity.values()):
        return ()
    free = _free_table(severity, options)
    return (
        _odds_table(severity, options),
        *([free] if free.rows else []),
        _validation_table(severity, options),
    )


def _odds_table(severity: Mapping[str, SeverityFit], options: Options) -> Table:
    """Return odds ratios, with errors from the expected and from the observed information."""
    step = f"{_STEP_MM3:g} mm³" if not options.log_volume else "a doubling of 1 + mm³"
    unit = "1 mL" if not options.log_volume else "ln(1 + mm³)"
    factor = math.log(2) if options.log_volume else _STEP_MM3 / MM3_PER_ML
    digits = 2 if not options.log_volume else 3
    sd = 1.0 if options.log_volume else MM3_PER_ML
    lines: list[tuple[str, Callable[[OrdinalFit, float], str]]] = [
        (f"Odds ratio for {step}", lambda f, _: _ratio(f.slopes[0].rescale(factor))),
        (f"Odds ratio for {step}, observed",
         lambda f, _: _ratio(f.observed_slopes[0].rescale(factor))),
        ("Odds ratio for 1 SD", lambda f, s: _ratio(f.slopes[0].rescale(s))),
        ("Odds ratio for 1 SD, observed", lambda f, s: _ratio(f.observed_slopes[0].rescale(s))),
        ("SD of the volume, mm³" if not options.log_volume else "SD of ln(1 + mm³)",
         lambda _, s: number(sd * s, 1 if not options.log_volume else 3)),
        (f"B for {unit}", lambda f, _: number(f.slopes[0].value, digits)),
        ("SE, expected information", lambda f, _: number(f.slopes[0].error, digits + 1)),
        ("SE, observed information", lambda f, _: number(f.observed_slopes[0].error, digits + 1)),
        ("p, expected", lambda f, _: p_value(f.slopes[0].p)),
        ("p, observed", lambda f, _: p_value(f.observed_slopes[0].p)),
    ]  # fmt: skip
    fits = [severity[a] for a in ARTERIES]
    rows = [(name, *(say(s.fit, s.sd) if s.fit else DASH for s in fits)) for name, say in lines]
    return Table(
        "ordinal_odds",
        "Odds ratios of a higher grade, by two kinds of standard errors",
        ("", *(a.title for a in Artery)),
        tuple(rows),
        (
            f"{100 * options.rule.confidence:g} % Wald intervals in brackets. The odds of a higher "
            "grade are multiplied by the ratio at every threshold. Expected information: SPSS "
            "PLUM; observed: R (clm, polr), SAS, Stata. Both are right in large samples; say "
            "which. A dash: the interval goes beyond a million.",
        ),
        {a.title: severity[a.value].attrition for a in Artery},
    )


def _free_table(severity: Mapping[str, SeverityFit], options: Options) -> Table:
    """Return the slope at each threshold of the model without proportional odds."""
    factor = math.log(2) if options.log_volume else _STEP_MM3 / MM3_PER_ML
    step = "a doubling" if options.log_volume else f"{_STEP_MM3:g} mm³"
    rows: list[tuple[str, ...]] = []
    for artery in Artery:
        s = severity[artery.value]
        for i, c in enumerate(s.fit.free_slopes if s.fit else ()):
            values = (number(c.value, 3), number(c.error, 3), p_value(c.p))
            ratio = (
                _ratio(c.rescale(factor))
                if s.free_slope(i).has_interval
                else (number(math.exp(factor * c.value), 3))
            )
            rows.append((artery.title, _threshold_name(s.grades[i + 1]), *values, ratio))
    crossing = [Artery(a).title for a, s in severity.items() if s.fit and s.fit.lines_cross]
    notes = [
        "A slope for each threshold (partial proportional odds; Peterson and Harrell, Appl Stat "
        "1990, 39, 205), errors from the observed information. Where these differ, one B does not "
        "describe them all: see the tests of parallel lines. Intervals from 100 arteries on.",
    ]
    if crossing:
        notes.append(
            f"The lines cross among the arteries, which is no model: {', '.join(crossing)}."
        )
    return Table(
        "ordinal_thresholds",
        "Ordinal regression with a slope for each threshold",
        ("Artery", "Threshold", "B", "SE", "p", f"Odds ratio for {step}"),
        tuple(rows),
        tuple(notes),
        {a.title: severity[a.value].attrition for a in Artery if severity[a.value].fit},
    )


def _validation_table(severity: Mapping[str, SeverityFit], options: Options) -> Table:
    """Return calibration, Brier scores and Somers' D."""
    withheld = tuple(
        f"{Artery(a).title} is not exported: {s.withheld}."
        for a, s in severity.items()
        if s.fit and s.withheld
    )
    return Table(
        "ordinal_validation",
        "The severity model on arteries that it has not seen",
        ("", *(a.title for a in Artery)),
        _validation_rows([severity[a] for a in ARTERIES]),
        (
            f"{100 * options.rule.confidence:g} % intervals in brackets. {FOLDS}-fold "
            f"cross-validation, seed {options.rule.seed}: each artery is predicted by a model of "
            "the others. Calibration slope: 1 where the model is right, below 1 where it claims "
            "too much. Brier score: mean squared error of a probability, in brackets that of the "
            "shares of the grades alone; the ranked probability score is their mean. Somers' D: 0 "
            "no order, 1 the volume orders all grades.",
            *(["Models of the logarithm are not exported."] if options.log_volume else withheld),
        ),
        {a.title: severity[a.value].attrition for a in Artery},
    )


def _validation_rows(fits: list[SeverityFit]) -> tuple[tuple[str, ...], ...]:
    """Return the rows of the cross-validation, those of thresholds for every grade that occurs."""
    grades = sorted({g for s in fits if s.fit for g in s.grades[1:]})
    return (
        _row("Calibration slope", fits, lambda v: figure(v.slope)),
        *(
            _row(f"Observed − predicted, {_threshold_name(g)}, %", fits, lambda v, i: figure(
                v.excess[i], 1, factor=100.0), g)
            for g in grades
        ),
        *(
            _row(f"Brier score, {_threshold_name(g)}", fits, lambda v, i: (
                f"{number(v.brier[i], 3)} ({number(v.brier_of_shares[i], 3)})"), g)
            for g in grades
        ),
        _row("Ranked probability score", fits, lambda v: number(v.ranked_probability_score, 3)),
        _row("Better than the shares, %", fits, lambda v: number(100 * v.skill, 1)),
        _row("Somers' D of the volume", fits, lambda v: figure(v.somers_d, 3)),
        ("Exported", *(_say_exported(s) for s in fits)),
    )  # fmt: skip


def _row(
    name: str,
    fits: list[SeverityFit],
    say: Callable[..., str],
    grade: Severity | None = None,
) -> tuple[str, ...]:
    cells = []
    for s in fits:
        v: OrdinalValidation | None = s.validation
        if v is None or (grade is not None and grade not in s.grades[1:]):
            cells.append(DASH)
        else:
            cells.append(say(v) if grade is None else say(v, s.grades[1:].index(grade)))
    return (name, *cells)


def _say_exported(s: SeverityFit) -> str:
    if s.fit is None:
        return DASH
    return "no" if s.grading() is None or not s.fit.slopes[0].value > 0 else "yes"


def _threshold_name(grade: Severity) -> str:
    return grade.word if grade is max(Severity) else f"{grade.word} or worse"


def _ratio(c: Coefficient) -> str:
    """Return the odds ratio of a coefficient; a dash where it has no size any more."""
    if max(abs(c.value), abs(c.low), abs(c.high)) > _LARGEST_LOG:
        return DASH
    value, low, high = (number(math.exp(x), 3) for x in (c.value, c.low, c.high))
    return f"{value} ({low}–{high})"
