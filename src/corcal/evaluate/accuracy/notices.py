"""Doubts about an evaluation, of its tables and of its results."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from corcal.core.scan import Notice
from corcal.evaluate.accuracy.severity import SeverityFit
from corcal.evaluate.publish.wording import state_p
from corcal.evaluate.tables_in.cells import note_alike
from corcal.evaluate.tables_in.pairs import Pairs
from corcal.evaluate.tables_in.results import MEASURES

if TYPE_CHECKING:
    from corcal.evaluate.accuracy.evaluation import Evaluation, Stratum

#: Below this many patients of either class the figures of a stratum say little.
_FEW = 10

#: Below this p value an assumption is said to be rejected.
_REJECTED = 0.05


def state_notices(e: Evaluation, against: Pairs | None) -> tuple[Notice, ...]:
    """Return the doubts about an evaluation, those of its tables first.

    Args:
        e: the evaluation.
        against: the second system on the same references, None without one.
    """
    return (
        *e.pairs.notices,
        *_same_tables(e.pairs, against),
        *_missing(e),
        *_one_class(e),
        *_second_system(e),
        *_severity(e),
        *_spread(e),
        *_strata(e),
    )


def _same_tables(pairs: Pairs, against: Pairs | None) -> Iterator[Notice]:
    """Note tables that are equal in every value: one table given twice agrees perfectly."""
    tables = [pairs.predicted, pairs.reference, *([against.predicted] if against else [])]
    for a, b in combinations(tables, 2):
        if a.patients == b.patients and all(
            np.array_equal(getattr(a, m), getattr(b, m), equal_nan=True) for m in MEASURES
        ):
            yield Notice(
                "same-tables",
                f"{a.name} and {b.name} say the same of every patient in every value. If one is a "
                "copy of the other, their perfect agreement says nothing: name the other table.",
            )


def _missing(e: Evaluation) -> Iterator[Notice]:
    unknown = {t: len(e.pairs) - d.counts.n for t, d in e.detection.items()}
    if not any(unknown.values()):
        return
    where = ", ".join(f"{t} {n}" for t, n in unknown.items() if n)
    yield Notice(
        "presence-unknown",
        f"Presence is unknown on one side at least ({where} of {len(e.pairs)} patients); these "
        "are left out of detection, never counted as absent. “Any artery” takes complete cases "
        "alone; what the missing could hold bounds it from worst to best.",
    )


def _one_class(e: Evaluation) -> Iterator[Notice]:
    kinds = (
        ("healthy", "without", "Specificity, κ and AUC"),
        ("diseased", "with", "Sensitivity, κ and AUC"),
    )
    for attribute, word, figures in kinds:
        where = [
            target
            for target, d in e.detection.items()
            if d.counts.n and not getattr(d.counts, attribute)
        ]
        if where:
            yield Notice(
                "one-class",
                f"The reference has nobody {word} calcium ({', '.join(where)}). {figures} are not "
                "defined there.",
            )


def _second_system(e: Evaluation) -> Iterator[Notice]:
    if e.versus is not None and e.versus.attrition.lost:
        yield Notice(
            "compared-on-shared",
            f"The two systems are compared on the patients that both know: "
            f"{e.versus.attrition.words}. Every other figure is of all patients of its system.",
        )


def _severity(e: Evaluation) -> Iterator[Notice]:
    if not (e.pairs.reference.knows("grade") and e.pairs.predicted.knows("volume_mm3")):
        return
    for artery, s in e.severity.items():
        if s.why_not:
            yield Notice(
                "no-ordinal-model", f"No ordinal regression for the {artery}: {s.why_not}."
            )
        if s.fit and s.withheld:
            yield Notice(
                "model-not-exported",
                f"{artery}: the severity model is not exported: {s.withheld}.",
            )
        if s.fit and _skips_a_grade(s):
            words = ", ".join(g.word for g in s.grades)
            text = "a grade between the lowest and the highest has no case; fitted on"
            yield Notice("empty-grade", f"{artery}: {text} {words}.")
        if s.fit and s.fit.lines_cross:
            yield Notice(
                "lines-cross",
                f"{artery}: with a slope for each threshold the fitted lines cross, which is no "
                "model of ordered grades: the likelihood ratio is not printed, the score test is.",
            )
        test = (s.fit.parallel_lines or s.fit.parallel_score) if s.fit else None
        if test is not None and test.p < _REJECTED:
            yield Notice(
                "parallel-lines-rejected",
                f"{artery}: the data speak against one slope for all thresholds (parallel lines, "
                f"χ² {test.chi2:.1f}, df {test.df}, {state_p(test.p)}); one B does not describe "
                "them all. Consider the logarithm of the volume, or fewer grades.",
            )


def _skips_a_grade(s: SeverityFit) -> bool:
    return bool((np.diff([int(g) for g in s.grades]) > 1).any())


def _spread(e: Evaluation) -> Iterator[Notice]:
    grows = [
        f"{measure.removesuffix('_mm3')} ({target})"
        for measure, by_target in e.agreement.items()
        for target, a in by_target.items()
        if a.bland_altman.spread_p is not None and a.bland_altman.spread_p < _REJECTED
    ]
    if grows:
        yield Notice(
            "spread-grows",
            f"The differences spread with the size of the measurement: {', '.join(grows)}. Limits "
            "of agreement of one width do not describe them; see those of ratios and per cent.",
        )


def _strata(e: Evaluation) -> Iterator[Notice]:
    for column, strata in e.strata.items():
        few = [s.value for s in strata.strata if _is_scarce(s)]
        yield from note_alike(column, (s.value for s in strata.strata))
        if few:
            text = f"Fewer than {_FEW} patients with, or without, calcium in {column}: "
            yield Notice("small-strata", text + ", ".join(few) + ".")


def _is_scarce(s: Stratum) -> bool:
    counts = s.detection["any"].counts
    return min(counts.diseased, counts.healthy) < _FEW
