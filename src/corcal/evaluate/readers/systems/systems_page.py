"""Readers with systems as one page, one document and their tables."""

from __future__ import annotations

from collections.abc import Sequence

from corcal.evaluate.publish.page import Page, Section
from corcal.evaluate.publish.publication import Publication
from corcal.evaluate.publish.wording import figure, p_value
from corcal.evaluate.readers.systems.accuracy import FIGURES, TITLES, SystemFigure
from corcal.evaluate.readers.systems.readings import Readings
from corcal.evaluate.readers.systems.tables import (
    components_table,
    differences_table,
    means_table,
    readers_table,
)
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.statistics.roc.multireader import SCOPES

SCHEMA = "corcal-systems/1"

_METHODS = (
    "Readers and systems were analysed together by the method of Obuchowski and Rockette (Commun "
    "Stat Simul Comput 1995, 24, 285) as unified by Hillis (Stat Med 2007, 26, 596): an analysis "
    "of variance of each reader's figure with each system, whose errors are correlated by the "
    "cases they share. Covariances are the jackknife's over cases.",
    "A case counts where the reference knows it and every reader has read it with every system.",
    "With one reader there is no result for other readers; with readers who all show the very "
    "same difference, none with an interval.",
)


def publish_systems(
    figures: Sequence[SystemFigure], readings: Readings, reference: str, rule: IntervalRule
) -> Publication:
    """Return the page, systems.json and every table.

    Args:
        figures: of `compare_readings`.
        readings: that they were taken from.
        reference: its name.
        rule: that they were taken by.
    """
    tables = [means_table(figures, readings, rule)]
    if len(readings.systems) > 1:
        tables.append(differences_table(figures, readings, rule))
    tables.append(readers_table(figures, readings))
    if any(f.result.components is not None for f in figures):
        tables.append(components_table(figures))
    page = Page(
        title="Readers with systems",
        subtitle=f"{', '.join(readings.systems)}, against {reference}",
        summary=summarize_systems(figures, readings),
        notices=(),
        sections=(Section("systems", "Readers and systems", tuple(tables)),),
        methods=_METHODS,
        beside="The same tables lie beside this page as CSV, Markdown and LaTeX, and every number "
        "in systems.json.",
    )
    document = {
        "schema": SCHEMA,
        "readers": list(readings.readers),
        "systems": list(readings.systems),
        "cases": len(readings.cases),
        "reference": reference,
        "confidence": rule.confidence,
        "figures": [f.as_dict(readings) for f in figures],
    }
    method = (
        f"{100 * rule.confidence:g} % intervals of Obuchowski and Rockette, jackknife; "
        f"n = {len(readings.cases):,} cases, {len(readings.readers)} readers"
    )
    return Publication("systems", page, document, tuple(tables), method=method)


def summarize_systems(figures: Sequence[SystemFigure], readings: Readings) -> tuple[str, ...]:
    """Return the result in a few sentences."""
    sentences = [
        f"{len(readings.cases):,} cases, readers {', '.join(readings.readers)}, systems "
        f"{', '.join(readings.systems)}."
    ]
    for f in figures:
        for (i, k), by in f.result.differences.items():
            c = by[SCOPES[0]] if by[SCOPES[0]].p is not None else by[SCOPES[1]]
            scope = SCOPES[0] if c is by[SCOPES[0]] else SCOPES[1]
            p = f", p {p_value(c.p)}" if c.p is not None else ""
            sentences.append(
                f"{TITLES[f.target]}, {FIGURES[f.figure]}: {readings.systems[i]} less "
                f"{readings.systems[k]} {figure(c.estimate, 3)}{p} ({scope})."
            )
    return tuple(sentences)
