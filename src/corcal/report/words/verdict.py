"""The result in one sentence that says what it hangs on."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.core.artery import Artery
from corcal.core.lesion_model import Certainty
from corcal.core.reading import Reading, Report
from corcal.core.score import ArteryScore
from corcal.core.severity import Severity
from corcal.report.words.finding import agatston_text, grade_text, unseen_text
from corcal.report.words.images import calcified_slices, image_number, image_word, span_text

#: Lower bounds of mild (above exactly 0), moderate and severe, as in CAC-DRS.
_BOUNDS = (100.0, 300.0)
#: An artery as sure as this is not what a verdict hangs on.
_SURE = 0.95
_MOST_PERCENT = 99


@dataclass(frozen=True)
class Verdict:
    """The result and its weakest point.

    Attributes:
        grade: none, mild, moderate or severe, by the calcium that was counted.
        agatston: total score.
        hinge: the artery without which the grade would be another; None where it hangs on none.
        grade_without: the grade without that artery.
        agatston_without: the score without it.
        images: the images to look at, such as "89 to 97", "" without a hinge.
        image_word: "image" or "slice".
        unseen: arteries that were not found; with any, the grade is a lower bound.
    """

    grade: Severity
    agatston: float
    hinge: Artery | None = None
    grade_without: Severity = Severity.NONE
    agatston_without: float = 0.0
    images: str = ""
    image_word: str = "image"
    unseen: tuple[Artery, ...] = ()


def make_verdict(reading: Reading) -> Verdict:
    """Return the verdict of a reading.

    It hangs on an artery if the reading is not sure of it, and the grade without its calcium
    would be another; of several, on the one with the most calcium.
    """
    report = reading.report
    grade, total = report.counted.severity, report.score.agatston
    hinges = [a for a in report.score.arteries if a.present and _is_hinge(a, report)]
    word = image_word(reading.scan)
    if not hinges:
        return Verdict(grade, total, image_word=word, unseen=report.unseen)
    hinge = max(hinges, key=lambda a: a.agatston)
    numbers = (image_number(reading.scan, z) for z in calcified_slices(reading, hinge.artery))
    return Verdict(
        grade,
        total,
        hinge.artery,
        _grade_without(report, hinge),
        total - hinge.agatston,
        span_text(numbers),
        word,
        report.unseen,
    )


def _is_hinge(score: ArteryScore, report: Report) -> bool:
    certainty = report.certainty_of(score.artery)
    doubted = certainty is not None and (certainty.uncertain or certainty.probability < _SURE)
    return doubted and _grade_without(report, score) != report.counted.severity


def _grade_without(report: Report, score: ArteryScore) -> Severity:
    rest = report.score.agatston - score.agatston
    others = any(a.present for a in report.score.arteries if a is not score)
    if not others:
        return Severity.NONE
    return Severity(1 + sum(rest >= bound for bound in _BOUNDS))


def verdict_text(verdict: Verdict) -> str:
    """Return the verdict as a sentence.

    Such as "Severe (680), if the RCA finding is right; without it mild (43). Look at images 89
    to 97." Where an artery was not found, it says so, and the grade is "at least ...".
    """
    absent = unseen_text(verdict.unseen)
    if absent and verdict.grade is Severity.NONE:
        return f"Not graded. {absent}"
    grade = grade_text(verdict.grade, verdict.unseen).capitalize()
    sentence = f"{grade} ({agatston_text(verdict.agatston)})"
    if verdict.hinge is None:
        return f"{sentence}. {absent}".rstrip()
    without = grade_text(verdict.grade_without, verdict.unseen)
    if verdict.grade_without is not Severity.NONE:
        without += f" ({agatston_text(verdict.agatston_without)})"
    name = verdict.hinge.title
    word = verdict.image_word + ("s" if not verdict.images.isdecimal() else "")
    return (
        f"{sentence}, if the {name} finding is right; without it {without}. "
        f"Look at {word} {verdict.images}. {absent}".rstrip()
    )


def certainty_text(certainty: Certainty) -> str:
    """Return how sure a reading is, such as "71 %"; never 100 %, which nobody is."""
    percent = round(100 * certainty.probability)
    return f"> {_MOST_PERCENT} %" if percent > _MOST_PERCENT else f"{percent} %"
