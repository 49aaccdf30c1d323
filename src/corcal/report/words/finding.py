"""The result in words: one sentence, the category, and numbers as people write them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from corcal.core.artery import Artery
from corcal.core.reading import Reading, Report
from corcal.core.scan import Notice
from corcal.core.severity import Severity
from corcal.report.words.limits import (
    DERIVED_NOTE,
    ESTIMATED_SCORE,
    GATED_SCORE,
    SCORED_NOTE,
    VESSEL_NOTE,
)

_SPOKEN = {Artery.RCA: "the RCA", Artery.LAD: "left main + LAD", Artery.LCX: "the LCX"}


def is_estimated(report: Report) -> bool:
    """Tell whether the score is an estimate, taken without ECG gating."""
    return report.counted.scale == "V"


def score_name(report: Report) -> str:
    """Return the name of the score: "Agatston", or "Agatston-equivalent" without gating."""
    return ESTIMATED_SCORE if is_estimated(report) else GATED_SCORE


def agatston_text(value: float) -> str:
    """Return a score as it is printed: whole numbers, one decimal below 10.

    A score just below a bound of CAC-DRS keeps its decimals, so that 99.7 is not printed as
    100 beside a grade of mild.
    """
    if round(value) in (100, 300) and value < round(value):
        return f"{math.floor(value * 10) / 10:.1f}"
    return f"{value:,.1f}" if 0 < value < 10 else f"{value:,.0f}"


def volume_text(volume_mm3: float) -> str:
    """Return a volume in mm3 as it is printed: whole numbers, one decimal below 10."""
    return f"{volume_mm3:,.1f}" if 0 < volume_mm3 < 10 else f"{volume_mm3:,.0f}"


def finding(report: Report) -> str:
    """Return what was found, in one sentence."""
    score, absent = report.score, unseen_text(report.unseen)
    if len(report.unseen) == len(Artery) and score.vessels == 0:
        return absent
    if score.vessels == 0:
        rest = [_SPOKEN[a] for a in Artery if a not in report.unseen]
        where = f"in {_join(rest)}" if report.unseen else "in any of the three coronary arteries"
        return f"No calcium found {where}. {absent}".rstrip()
    hit = sorted((a for a in score.arteries if a.present), key=lambda a: -a.agatston)
    names = [_SPOKEN[a.artery] for a in hit]
    where = names[0] if len(names) == 1 else f"most in {names[0]}, then {' and '.join(names[1:])}"
    return f"Calcium in {score.vessels} of 3 coronary arteries: {where}. {absent}".rstrip()


def unseen_text(unseen: Sequence[Artery]) -> str:
    """Return which arteries were not found, such as "The RCA was not found."; "" without any."""
    if not unseen:
        return ""
    if len(unseen) == len(Artery):
        return "None of the three coronary arteries was found."
    names = _join([_SPOKEN[artery] for artery in unseen])
    return f"{names[0].upper()}{names[1:]} {'was' if len(unseen) == 1 else 'were'} not found."


def no_category_text(unseen: Sequence[Artery]) -> str:
    """Return why there is no category; at most 64 characters, as DICOM's codes ask for."""
    reason = unseen_text(unseen)
    return f"No category: {reason[0].lower()}{reason[1:]}"


def grade_text(grade: Severity, unseen: Sequence[Artery]) -> str:
    """Return a grade, such as "moderate", "at least moderate" or "not graded".

    Args:
        grade: by the calcium that was counted.
        unseen: the arteries whose calcium is not known.
    """
    if not unseen:
        return grade.word
    return "not graded" if grade is Severity.NONE else f"at least {grade.word}"


def total_text(report: Report) -> str:
    """Return the total: such as "456 Agatston-equivalent (estimated), 512 mm³"."""
    score = report.score
    note = " (estimated)" if is_estimated(report) else ""
    amount = f"{agatston_text(score.agatston)} {score_name(report)}{note}"
    return f"{amount}, {volume_text(score.volume_mm3)} mm³ ({score.volume_mm3 / 1000:.2f} mL)"


def category_text(report: Report) -> str:
    """Return the CAC-DRS category with how it was reached, or why there is none.

    Such as "CAC-DRS A2/N2 (from the Agatston score; N2, left main counted with LAD)". Without
    gating a category V would be a reader's impression: the derived one is named as such.
    """
    category, n = report.counted, report.counted.vessels
    if report.unseen:
        bound = f" What was counted makes it category {category.category} or more."
        return no_category_text(report.unseen) + (bound if n else "")
    if is_estimated(report):
        # V is what a reader sees; this is no V, so it is not written as one.
        named = f"Category {category.category}, N{n}, by the bounds of CAC-DRS"
        return f"{named} ({DERIVED_NOTE}; {VESSEL_NOTE})"
    return f"CAC-DRS {category} ({SCORED_NOTE}; N{n}, {VESSEL_NOTE})"


def _join(names: Sequence[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def notices(reading: Reading) -> tuple[Notice, ...]:
    """Return every doubt once: those met while reading the scan, then those of the report."""
    return tuple(dict.fromkeys((*reading.scan.notices, *reading.report.notices)))
