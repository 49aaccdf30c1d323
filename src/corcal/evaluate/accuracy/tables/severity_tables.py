"""Table 4 of the paper, and the parameters as SPSS PLUM lists them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from corcal.core.artery import Artery
from corcal.core.grid import MM3_PER_ML
from corcal.evaluate.accuracy.evaluation import Options
from corcal.evaluate.accuracy.severity import GradeVolume, SeverityFit
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.wording import DASH, number, p_value
from corcal.evaluate.statistics.ordinal.proportional_odds import ChiSquare, Coefficient, OrdinalFit
from corcal.evaluate.tables_in.results import ARTERIES

_VOLUMES = {
    "volume_mm3": "Volumes count the voxels at or above the HU threshold.",
    "mask_volume_ml": "Volumes count every voxel of the calcium label, as in the paper.",
}


def severity_table(severity: Mapping[str, SeverityFit], options: Options) -> Table:
    """Return Table 4: volume by grade, and the ordinal regression of grade on volume.

    Args:
        severity: by artery.
        options: of the evaluation, for the notes.
    """
    fits = [severity[a] for a in ARTERIES]
    rows = [
        (f"{v.grade.word.capitalize()}, mL (n)", *(_mean(s.volumes[i]) for s in fits))
        for i, v in enumerate(fits[0].volumes)
    ]
    lines: list[tuple[str, Callable[[OrdinalFit], str]]] = [
        ("B for 1 mL", lambda f: _slope(f.slopes[0], 2)),
        ("B for 1 mm³", lambda f: _slope(f.slopes[0].rescale(1 / MM3_PER_ML), 5)),
    ]
    if options.log_volume:
        lines = [("B for ln(1 + mm³)", lambda f: _slope(f.slopes[0], 3))]
    lines += [
        ("Wald χ² (df 1)", lambda f: number(f.slopes[0].wald)),
        ("p", lambda f: p_value(f.slopes[0].p)),
        ("Parallel lines, χ² (df), p", lambda f: _test(f.parallel_lines)),
        ("Parallel lines, score test", lambda f: _test(f.parallel_score)),
        ("Model, χ² (df), p", lambda f: _test(f.model)),
        ("Pseudo R², Cox and Snell", lambda f: number(f.cox_snell, 3)),
        ("Pseudo R², Nagelkerke", lambda f: number(f.nagelkerke, 3)),
        ("Pseudo R², McFadden", lambda f: number(f.mcfadden, 3)),
    ]
    rows.append(("Arteries in the regression", *(f"{s.n:,}" for s in fits)))
    rows += [(name, *(say(s.fit) if s.fit else DASH for s in fits)) for name, say in lines]
    n = max(s.attrition.n_in for s in fits)
    return Table(
        "table4_severity",
        f"Predicted calcium volume and the reference's grade of severity (n = {n:,})",
        ("", *(a.title for a in Artery)),
        tuple(rows),
        _notes(severity, options),
        {a.title: severity[a.value].attrition for a in Artery},
    )


def parameter_table(severity: Mapping[str, SeverityFit], options: Options) -> Table:
    """Return thresholds and slopes, line by line as SPSS PLUM prints them."""
    rows: list[tuple[str, ...]] = []
    for artery in Artery:
        s = severity[artery.value]
        if s.fit is None:
            continue
        below = zip(s.grades[:-1], s.fit.thresholds, strict=True)
        rows += [(artery.title, f"Threshold [{g.word}]", *_spss(t)) for g, t in below]
        predictor = "ln(1 + mm³)" if options.log_volume else "volume (mL)"
        rows.append((artery.title, f"Location, {predictor}", *_spss(s.fit.slopes[0])))
    level = f"{100 * options.rule.confidence:g} %"
    return Table(
        "ordinal_regression",
        "Ordinal regression of grade on volume: parameters (link: logit)",
        ("Artery", "Parameter", "B", "SE", "Wald", "df", "p", f"{level} low", f"{level} high"),
        tuple(rows),
        (
            f"logit P(grade ≤ j) = threshold j − B × {_predictor(options)}. Standard errors from "
            "the expected information, as in SPSS PLUM.",
        ),
        {a.title: severity[a.value].attrition for a in Artery if severity[a.value].fit},
    )


def _notes(severity: Mapping[str, SeverityFit], options: Options) -> tuple[str, ...]:
    outcome = (
        "The outcome is mild, moderate or severe; arteries graded none are left out."
        if options.without_none
        else "The outcome is every grade that occurs, none included."
    )
    failed = tuple(f"{a}: not fitted, {s.why_not}." for a, s in severity.items() if s.fit is None)
    unit = (
        ""
        if options.log_volume
        else ("; 1 mL = 1000 mm³, so B for 1 mm³ is a thousandth of B for 1 mL")
    )
    return (
        f"Mean ± standard deviation. B: proportional-odds regression coefficient of the "
        f"{_predictor(options).removesuffix(' in mL')} with its "
        f"{100 * options.rule.confidence:g} % interval{unit}.",
        f"{outcome} {_VOLUMES[options.volume]}",
        *failed,
    )


def _predictor(options: Options) -> str:
    return "ln(1 + volume in mm³)" if options.log_volume else "volume in mL"


def _mean(v: GradeVolume) -> str:
    if v.mean_ml is None:
        return f"{DASH} (0)"
    spread = f" ± {number(v.sd_ml, 3)}" if v.sd_ml is not None else ""
    return f"{number(v.mean_ml, 3)}{spread} ({v.n:,})"


def _slope(c: Coefficient, digits: int) -> str:
    low, high = number(c.low, digits), number(c.high, digits)
    return f"{number(c.value, digits)} ({low} to {high})"


def _test(test: ChiSquare | None) -> str:
    if test is None:
        return DASH
    return f"{number(test.chi2)} ({test.df}), {p_value(test.p)}"


def _spss(c: Coefficient) -> tuple[str, ...]:
    values = (number(c.value, 3), number(c.error, 3), number(c.wald, 3), "1", p_value(c.p))
    return (*values, number(c.low, 3), number(c.high, 3))
