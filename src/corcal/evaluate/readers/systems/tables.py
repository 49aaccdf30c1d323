"""Readers with systems as tables: means, differences, each reader, components of variance."""

from __future__ import annotations

from collections.abc import Sequence

from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.wording import DASH, figure, number, p_value
from corcal.evaluate.readers.systems.accuracy import FIGURES, TITLES, SystemFigure
from corcal.evaluate.readers.systems.readings import Readings
from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.multiplicity import holm
from corcal.evaluate.statistics.roc.multireader import SCOPES

_BOTH, _CASES, _READERS = SCOPES
_NOTE = (
    "Random readers, random cases: the result speaks of other readers and other cases; fixed "
    "readers: of these readers with other cases; fixed cases: of other readers with these cases. "
    "Name the scope before the study, not after."
)


def means_table(figures: Sequence[SystemFigure], readings: Readings, rule: IntervalRule) -> Table:
    """Return each system's figures over readers."""
    rows = [
        (
            TITLES[f.target],
            FIGURES[f.figure],
            system,
            f"{f.result.n:,}",
            figure(by[_BOTH].estimate, 3),
            figure(by[_CASES].estimate, 3),
        )
        for f in figures
        for system, by in zip(readings.systems, f.result.means, strict=True)
    ]
    return Table(
        "systems_means",
        f"Readers with each system: means over {_readers(readings)}",
        ("Artery", "Figure", "System", "Cases", "Random readers", "Fixed readers"),
        tuple(rows),
        (
            f"{100 * rule.confidence:g} % intervals in brackets, Obuchowski and Rockette (1995) "
            "with Hillis' degrees of freedom (2007), from the readers of that system alone, on the "
            "logit scale.",
            _NOTE,
        ),
        _attrition(figures),
    )


def differences_table(
    figures: Sequence[SystemFigure], readings: Readings, rule: IntervalRule
) -> Table:
    """Return the differences of each two systems, in every scope."""
    pairs = [(f, pair, by) for f in figures for pair, by in f.result.differences.items()]
    adjusted = holm([by[_BOTH].p for _, _, by in pairs])
    rows = []
    for (f, (i, k), by), held in zip(pairs, adjusted, strict=True):
        df = by[_BOTH].df
        rows.append(
            (
                TITLES[f.target],
                FIGURES[f.figure],
                f"{readings.systems[i]} − {readings.systems[k]}",
                figure(by[_BOTH].estimate, 3),
                number(df, 1) if df is not None else DASH,
                p_value(by[_BOTH].p),
                p_value(held),
                figure(by[_CASES].estimate, 3),
                p_value(by[_CASES].p),
                figure(by[_READERS].estimate, 3),
                p_value(by[_READERS].p),
            )
        )
    return Table(
        "systems_differences",
        f"Differences between systems, over {_readers(readings)}",
        ("Artery", "Figure", "Systems", "Random readers and cases", "df", "p", "Holm p",
         "Fixed readers", "p ", "Fixed cases", "p  "),
        tuple(rows),
        (
            f"First minus second, with a {100 * rule.confidence:g} % interval: Obuchowski and "
            "Rockette (1995), covariances by the jackknife over cases, Hillis' degrees of freedom "
            "(2007). Holm p: of random readers and cases, adjusted for all rows of this table.",
            _NOTE,
        ),
        _attrition(figures),
    )  # fmt: skip


def readers_table(figures: Sequence[SystemFigure], readings: Readings) -> Table:
    """Return each reader's figure with each system, and the differences of two."""
    pairs = list(figures[0].result.differences) if figures else []
    rows = [
        (
            TITLES[f.target],
            FIGURES[f.figure],
            reader,
            *(number(float(row[j]), 3) for row in f.result.values),
            *(figure(f.result.of_readers[pair][j].estimate, 3) for pair in pairs),
        )
        for f in figures
        for j, reader in enumerate(readings.readers)
    ]
    names = readings.systems
    return Table(
        "systems_readers",
        "Each reader with each system",
        ("Artery", "Figure", "Reader", *names, *(f"{names[i]} − {names[k]}" for i, k in pairs)),
        tuple(rows),
        ("Differences with the interval over cases, of this reader alone.",),
        _attrition(figures),
    )


def components_table(figures: Sequence[SystemFigure]) -> Table:
    """Return the components of variance, by which another study can be planned."""
    rows = [
        (TITLES[f.target], FIGURES[f.figure], *(f"{1000 * x:.4f}" for x in c.as_dict().values()))
        for f in figures
        if (c := f.result.components) is not None
    ]
    return Table(
        "systems_components",
        "Components of variance, in thousandths",
        ("Artery", "Figure", "Reader", "System × reader", "Error", "Cov1", "Cov2", "Cov3"),
        tuple(rows),
        (
            "Error: of one figure by its cases. Cov1: between systems of one reader; Cov2: between "
            "readers of one system; Cov3: between other readers of other systems. A component "
            "below 0 is an estimate of one that is small.",
        ),
        _attrition(figures),
    )


def _readers(readings: Readings) -> str:
    n = len(readings.readers)
    return "one reader" if n == 1 else f"{n} readers"


def _attrition(figures: Sequence[SystemFigure]) -> dict[str, Attrition]:
    return {f"{TITLES[f.target]}, {FIGURES[f.figure]}": f.attrition for f in figures}
