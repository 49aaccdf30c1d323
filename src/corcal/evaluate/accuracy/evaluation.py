"""The whole evaluation of one system: every table of the paper that its data allow."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

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
from corcal.evaluate.accuracy.compare import Comparison, compare
from corcal.evaluate.accuracy.detection import Detection, detection
from corcal.evaluate.accuracy.severity import SeverityFit, severity
from corcal.evaluate.statistics.agreement import Agreement, agreement
from corcal.evaluate.statistics.interval import IntervalRule
from corcal.evaluate.tables_in.pairs import Pairs
from corcal.evaluate.tables_in.results import ARTERIES, MEASURES, TARGETS

#: The measures that agreement is taken of.
AMOUNTS = ("agatston", "volume_mm3")

#: Below this many patients of either class the figures of a stratum say little.
_FEW = 10


@dataclass(frozen=True)
class Options:
    """The options of an evaluation.

    Attributes:
        rule: how intervals are taken.
        stratify: columns to repeat detection by.
        without_none: leave the grade none out of the ordinal outcome, as the paper did.
        volume: the column that volumes were taken from, for the captions.
    """

    rule: IntervalRule = field(default_factory=IntervalRule)
    stratify: tuple[str, ...] = ()
    without_none: bool = False
    volume: str = "volume_mm3"


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
class Versus:
    """A second system on the same patients.

    Attributes:
        name: the file it came from.
        detection: how it does by itself, by target.
        comparison: the first against it, by target.
    """

    name: str
    detection: Mapping[str, Detection]
    comparison: Mapping[str, Comparison]


@dataclass(frozen=True, eq=False)
class Evaluation:
    """All results of one evaluation. What the data do not hold is empty, or undefined.

    Attributes:
        pairs: the data.
        options: that it was made with.
        detection: Table 3, by target.
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
    severity: Mapping[str, SeverityFit]
    agreement: Mapping[str, Mapping[str, Agreement]]
    bands: Mapping[str, BandAgreement]
    grades: Mapping[str, BandAgreement]
    decision: Decision | None
    strata: Mapping[str, tuple[Stratum, ...]]
    versus: Versus | None
    notices: tuple[Notice, ...]


def evaluate(pairs: Pairs, options: Options, *, against: Pairs | None = None) -> Evaluation:
    """Evaluate predictions against references.

    Args:
        pairs: predictions and references.
        options: intervals, strata and the ordinal outcome.
        against: a second system on the same patients in the same order, with the same
            references.

    Raises:
        TableRefused: nothing can be compared, or a column to stratify by is absent.
    """
    _require_something(pairs)
    rule = options.rule
    amounts = {
        measure: {
            t: agreement(*pairs.both(measure, t), rule)
            for t in TARGETS
            if len(pairs.both(measure, t)[0])
        }
        for measure in AMOUNTS
    }
    scores = pairs.both("agatston", "any")
    cuts = {"cac_drs": CAC_DRS, "agatston": AGATSTON_BANDS} if len(scores[0]) else {}
    whole = Evaluation(
        pairs,
        options,
        _detections(pairs, rule),
        {a: severity(pairs, a, rule, without_none=options.without_none) for a in ARTERIES},
        {measure: by_target for measure, by_target in amounts.items() if by_target},
        {name: band_agreement(*scores, cut, rule) for name, cut in cuts.items()},
        {
            a: band_agreement(*pairs.both("grade", a), GRADES, rule)
            for a in ARTERIES
            if len(pairs.both("grade", a)[0])
        },
        decision(*scores, rule) if len(scores[0]) else None,
        {c: tuple(_strata(pairs, c, rule)) for c in options.stratify},
        None if against is None else _versus(pairs, against, rule),
        (),
    )
    return replace(whole, notices=_notices(whole))


def _detections(pairs: Pairs, rule: IntervalRule) -> dict[str, Detection]:
    return {t: detection(pairs, t, rule) for t in TARGETS}


def _strata(pairs: Pairs, column: str, rule: IntervalRule) -> list[Stratum]:
    return [Stratum(v, len(p), _detections(p, rule)) for v, p in pairs.strata(column)]


def _versus(pairs: Pairs, against: Pairs, rule: IntervalRule) -> Versus:
    return Versus(
        against.predicted.name,
        _detections(against, rule),
        {t: compare(pairs, against, t, rule) for t in TARGETS},
    )


def _require_something(pairs: Pairs) -> None:
    p, r = pairs.predicted, pairs.reference
    if any(len(pairs.both(m, t)[0]) for m in MEASURES for t in TARGETS):
        return
    if p.knows("volume_mm3") and r.knows("grade"):
        return
    known = [", ".join(m for m in MEASURES if x.knows(m)) or "nothing" for x in (p, r)]
    raise TableRefused(
        f"nothing can be compared: {p.name} knows {known[0]}; {r.name} knows {known[1]}. Both need "
        "the same measure of the same patients and arteries"
    )


def _notices(e: Evaluation) -> tuple[Notice, ...]:
    notices = list(e.pairs.notices)
    unknown = {t: d.missing for t, d in e.detection.items() if d.missing}
    if unknown:
        where = ", ".join(f"{t} {n}" for t, n in unknown.items())
        notices.append(
            Notice(
                "presence-unknown",
                f"Presence is unknown on one side at least ({where} of {len(e.pairs)} patients); "
                "these are left out of detection, never counted as absent.",
            )
        )
    if e.pairs.reference.knows("grade") and e.pairs.predicted.knows("volume_mm3"):
        notices += [
            Notice("no-ordinal-model", f"No ordinal regression for the {a}: {s.why_not}.")
            for a, s in e.severity.items()
            if s.why_not
        ]
        notices += [_gap(a, s) for a, s in e.severity.items() if s.fit and _skips(s)]
    for column, strata in e.strata.items():
        few = [s.value for s in strata if _scarce(s)]
        if few:
            text = f"Fewer than {_FEW} patients with, or without, calcium in {column}: "
            notices.append(Notice("small-strata", text + ", ".join(few) + "."))
    return tuple(notices)


def _gap(artery: str, s: SeverityFit) -> Notice:
    words = ", ".join(g.word for g in s.grades)
    text = f"{artery}: a grade between the lowest and the highest has no case; fitted on {words}."
    return Notice("empty-grade", text)


def _skips(s: SeverityFit) -> bool:
    return bool((np.diff([int(g) for g in s.grades]) > 1).any())


def _scarce(s: Stratum) -> bool:
    counts = s.detection["any"].counts
    return min(counts.diseased, counts.healthy) < _FEW
