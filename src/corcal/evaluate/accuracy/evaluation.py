"""The whole evaluation of one system: every table of the paper that its data allow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from corcal.core.errors import TableRefused
from corcal.core.scan import Notice
from corcal.evaluate.accuracy.categories import (
    AGATSTON_BANDS,
    CAC_DRS,
    GRADES,
    BandAgreement,
    Decision,
    band_agreement,
    decision,
)
from corcal.evaluate.accuracy.compare import Comparison, compare_systems
from corcal.evaluate.accuracy.detection import Detection, measure_detection
from corcal.evaluate.accuracy.notices import state_notices
from corcal.evaluate.accuracy.operating import Operating, measure_operating
from corcal.evaluate.accuracy.pooled import PooledDetection, pooled_detection
from corcal.evaluate.accuracy.reclassification import Reclassification, reclassification
from corcal.evaluate.accuracy.severity import SeverityFit, severity
from corcal.evaluate.statistics.agreement.coefficients import Agreement, agreement
from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.statistics.group_tests import GroupTest, compare_counts
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.tables_in.pairs import NOT_STATED, Pairs, align
from corcal.evaluate.tables_in.results import ARTERIES, MEASURES, TARGETS

#: The measures that agreement is taken of.
AMOUNTS = ("agatston", "volume_mm3")


@dataclass(frozen=True)
class Options:
    """The options of an evaluation.

    Attributes:
        rule: how intervals are taken.
        stratify: columns to repeat detection by.
        without_none: leave the grade none out of the ordinal outcome, as the paper did.
        volume: the column that volumes were taken from, for the captions.
        prevalence: for which PPV and NPV are stated, beside the sample's own; None for none.
        margin: of non-inferiority of the first system, as a proportion; None for no test.
        error_ratio: variance of the reference's error over that of the prediction's, for Deming's
            lines.
        event: a column of the reference that says whom an event befell, for the reclassification
            of two systems; None takes a reference score of 100 and more.
        log_volume: regress the grade on the logarithm of 1 + the volume in mm3.
    """

    rule: IntervalRule = field(default_factory=IntervalRule)
    stratify: tuple[str, ...] = ()
    without_none: bool = False
    volume: str = "volume_mm3"
    prevalence: float | None = None
    margin: float | None = None
    error_ratio: float = 1.0
    event: str | None = None
    log_volume: bool = False


@dataclass(frozen=True, eq=False)
class Stratum:
    """Detection in some of the patients.

    Attributes:
        value: what they share.
        n: how many they are.
        detection: by target.
    """

    value: str
    n: int
    detection: Mapping[str, Detection]


@dataclass(frozen=True, eq=False)
class Strata:
    """Detection in every stratum of a column.

    Attributes:
        strata: one for each value.
        heterogeneity: tests that sensitivity, and specificity, is the same in all strata, by
            target and figure; None where it cannot be tested.
    """

    strata: tuple[Stratum, ...]
    heterogeneity: Mapping[str, Mapping[str, GroupTest | None]]


@dataclass(frozen=True, eq=False)
class Versus:
    """A second system on the same patients.

    Attributes:
        name: the file it came from.
        detection: on all of its own patients, by target.
        comparison: the first against it, by target, on the patients that both know.
        attrition: from the patients of the first system to those that both know.
        reclassification: of the first over it; None without scores or events.
    """

    name: str
    detection: Mapping[str, Detection]
    comparison: Mapping[str, Comparison]
    attrition: Attrition
    reclassification: Reclassification | None


@dataclass(frozen=True, eq=False)
class Evaluation:
    """All results of one evaluation. What the data do not hold is empty, or undefined.

    Attributes:
        pairs: the data.
        options: that it was made with.
        detection: Table 3, by target.
        measure: the amount whose ROC curves are drawn, "" for none.
        operating: that amount as a test of calcium, by target.
        pooled: detection over all arteries, clustered by patient.
        severity: Table 4, by artery.
        agreement: by measure and target.
        bands: agreement in categories of the patient's Agatston score, by name.
        grades: agreement of predicted and reference grade, by artery.
        decision: at Agatston 100, None without scores.
        strata: by column.
        versus: a second system, None without one.
        notices: doubts, of the tables and of the results.
    """

    pairs: Pairs
    options: Options
    detection: Mapping[str, Detection]
    measure: str
    operating: Mapping[str, Operating]
    pooled: PooledDetection
    severity: Mapping[str, SeverityFit]
    agreement: Mapping[str, Mapping[str, Agreement]]
    bands: Mapping[str, BandAgreement]
    grades: Mapping[str, BandAgreement]
    decision: Decision | None
    strata: Mapping[str, Strata]
    versus: Versus | None
    notices: tuple[Notice, ...]


def evaluate(pairs: Pairs, options: Options, *, against: Pairs | None = None) -> Evaluation:
    """Evaluate predictions against references.

    Args:
        pairs: predictions and references.
        options: intervals, strata and the ordinal outcome.
        against: a second system, with the same references. The first is evaluated on all of its
            own patients; the two are compared on those that both know.

    Raises:
        TableRefused: nothing can be compared, or a column to stratify by is absent.
    """
    _require_something(pairs)
    rule = options.rule
    scores = pairs.both("agatston", "any")
    cuts = {"cac_drs": CAC_DRS, "agatston": AGATSTON_BANDS} if len(scores) else {}
    grades = {a: pairs.both("grade", a) for a in ARTERIES}
    whole = Evaluation(
        pairs,
        options,
        _detections(pairs, rule),
        *measure_operating(pairs, rule),
        pooled_detection(pairs, rule),
        _severities(pairs, options),
        _agreements(pairs, options),
        {name: band_agreement(scores, cut, rule) for name, cut in cuts.items()},
        {a: band_agreement(known, GRADES, rule) for a, known in grades.items() if len(known)},
        decision(scores, rule) if len(scores) else None,
        {c: _strata(pairs, c, rule) for c in options.stratify},
        None if against is None else _versus(pairs, against, options),
        (),
    )
    return replace(whole, notices=state_notices(whole, against))


def _severities(pairs: Pairs, options: Options) -> dict[str, SeverityFit]:
    none, log = options.without_none, options.log_volume
    return {a: severity(pairs, a, options.rule, without_none=none, logarithm=log) for a in ARTERIES}


def _agreements(pairs: Pairs, options: Options) -> dict[str, dict[str, Agreement]]:
    by_measure: dict[str, dict[str, Agreement]] = {}
    for measure in AMOUNTS:
        for target in TARGETS:
            known = pairs.both(measure, target)
            if len(known):
                of = by_measure.setdefault(measure, {})
                of[target] = agreement(
                    *known.sides,
                    options.rule,
                    attrition=known.attrition,
                    error_ratio=options.error_ratio,
                )
    return by_measure


def _detections(pairs: Pairs, rule: IntervalRule) -> dict[str, Detection]:
    return {t: measure_detection(pairs, t, rule) for t in TARGETS}


def _strata(pairs: Pairs, column: str, rule: IntervalRule) -> Strata:
    strata = tuple(Stratum(v, len(p), _detections(p, rule)) for v, p in pairs.strata(column))
    rng = np.random.default_rng(rule.seed)
    # Patients of whom the group is not known are no group that could differ from others.
    stated = tuple(s for s in strata if s.value != NOT_STATED)
    tests = {
        target: {
            "sensitivity": compare_counts(_table(stated, target, ("tp", "fn")), rng),
            "specificity": compare_counts(_table(stated, target, ("tn", "fp")), rng),
        }
        for target in TARGETS
    }
    return Strata(strata, tests)


def _table(strata: Sequence[Stratum], target: str, cells: Sequence[str]) -> NDArray[np.int64]:
    """Return counts as (cells, strata)."""
    counts = [s.detection[target].counts.as_dict() for s in strata]
    table = [[c[cell] for c in counts] for cell in cells]
    return np.array(table, dtype=np.int64).reshape(len(cells), len(strata))


def _versus(pairs: Pairs, against: Pairs, options: Options) -> Versus:
    first, second = align((pairs, against))
    comparisons = {
        t: compare_systems(first, second, t, options.rule, margin=options.margin) for t in TARGETS
    }
    return Versus(
        against.predicted.name,
        _detections(against, options.rule),
        comparisons,
        first.patients,
        reclassification(first, second, options.rule, event=options.event),
    )


def _require_something(pairs: Pairs) -> None:
    p, r = pairs.predicted, pairs.reference
    if any(len(pairs.both(m, t)) for m in MEASURES for t in TARGETS):
        return
    if p.knows("volume_mm3") and r.knows("grade"):
        return
    known = [", ".join(m for m in MEASURES if x.knows(m)) or "nothing" for x in (p, r)]
    raise TableRefused(
        f"nothing can be compared: {p.name} knows {known[0]}; {r.name} knows {known[1]}. Both need "
        "the same measure of the same patients and arteries"
    )
