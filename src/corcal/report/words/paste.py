"""Text to paste into a radiologist's report: technique, findings, impression.

The structure and terms follow Williams et al., Br J Radiol 2021, 94, 20200894 (BSCI/BSCCT/BSTI
2020) and Hecht et al., JCCT 2017, 11, 74 (SCCT/STR 2016), in our own words. The sentences are
data, one file for each language in `languages/`.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from corcal.core.reading import Reading
from corcal.core.score import ArteryScore
from corcal.core.severity import Severity
from corcal.report.words.finding import agatston_text, is_estimated, volume_text
from corcal.report.words.images import calcified_slices, image_number, image_word, span_text
from corcal.report.words.verdict import Verdict, make_verdict

#: Pieces that were not counted, named one by one; the page lists them all.
_NAMED_PIECES = 3


@dataclass(frozen=True)
class Section:
    """A part of the text.

    Attributes:
        heading: such as "Findings".
        lines: its sentences, a paragraph each.
    """

    heading: str
    lines: tuple[str, ...]


@cache
def read_language(name: str) -> dict[str, Any]:
    """Return the sentences of a language; `corcal.report.options.LANGUAGES` names them."""
    file = files("corcal.report.words").joinpath("languages", f"{name}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))


def text_to_paste(reading: Reading, language: str, *, advice: bool) -> tuple[Section, ...]:
    """Return technique, findings and impression of a reading.

    Args:
        reading: what is reported.
        language: "en", "de", "fr" or "es".
        advice: whether the impression ends with the advice of the British societies.
    """
    words = read_language(language)
    findings = [_artery(score, reading, words) for score in reading.report.score.arteries]
    if reading.report.score.vessels:
        findings.append(_total(reading, words))
    if reading.report.omitted:
        findings.append(_omitted_sentence(reading, words))
    impression = [_impression(reading, words)]
    if advice and reading.report.score.vessels:
        impression.append(words["advice"])
    return (
        Section(words["technique_heading"], (_technique(reading, words),)),
        Section(words["findings_heading"], tuple(findings)),
        Section(words["impression_heading"], tuple(impression)),
    )


def _technique(reading: Reading, words: dict[str, Any]) -> str:
    a = reading.scan.acquisition
    gating = {True: "gated", False: "not_gated", None: "gating_unknown"}[a.gated]
    parts = [words[gating]]
    if a.thickness_mm is not None:
        thickness = f"{a.thickness_mm:g}".replace(".", words["decimal"])
        parts.append(words["thickness"].format(thickness=thickness))
    if a.kernel:
        parts.append(words["kernel"].format(kernel=a.kernel))
    version = reading.report.provenance.version
    return str(words["technique"].format(scan=", ".join(parts), version=version))


def _artery(score: ArteryScore, reading: Reading, words: dict[str, Any]) -> str:
    name = words["arteries"][score.artery.value]
    certainty = reading.report.certainty_of(score.artery)
    doubt = f" {words['uncertain']}" if certainty is not None and certainty.uncertain else ""
    if reading.report.presence_of(score.artery) is None:
        return str(words["unseen"].format(artery=name))
    if not score.present:
        return str(words["absent"].format(artery=name)) + doubt
    count = len(score.lesions)
    sentence = words["present"].format(
        artery=name,
        score=_score(score.agatston, reading, words),
        volume=_localise(volume_text(score.volume_mm3), words),
        lesions=words["lesion_one" if count == 1 else "lesion_many"].format(count=count),
        images=_images(score, reading, words),
    )
    part = f" {words['unseen_rest']}" if score.artery in reading.report.unseen else ""
    return str(sentence) + doubt + part


def _images(score: ArteryScore, reading: Reading, words: dict[str, Any]) -> str:
    return _span(calcified_slices(reading, score.artery), reading, words)


def _span(slices: Iterable[int], reading: Reading, words: dict[str, Any]) -> str:
    numbers = [image_number(reading.scan, z) for z in slices]
    key = f"{image_word(reading.scan)}_{'one' if len(numbers) == 1 else 'many'}"
    span = span_text(numbers).replace(" to ", f" {words['to']} ")
    return str(words[key].format(numbers=span))


def _total(reading: Reading, words: dict[str, Any]) -> str:
    score = reading.report.score
    sentence = words["total"].format(
        score=_score(score.agatston, reading, words),
        volume=_localise(volume_text(score.volume_mm3), words),
        vessels=score.vessels,
    )
    return str(sentence)


def _omitted_sentence(reading: Reading, words: dict[str, Any]) -> str:
    """Return the sentence on what is bright in the heart and was not counted, largest first."""
    pieces = []
    for piece in reading.report.omitted[:_NAMED_PIECES]:
        first, last = piece.slices
        pieces.append(
            words["omitted_piece"].format(
                place=words["places"][piece.place.name],
                volume=_localise(volume_text(piece.volume_mm3), words),
                images=_span(range(first, last + 1), reading, words),
            )
        )
    more = len(reading.report.omitted) - len(pieces)
    if more:
        pieces.append(words["omitted_more"].format(count=more))
    return str(words["omitted"].format(pieces="; ".join(pieces)))


def _impression(reading: Reading, words: dict[str, Any]) -> str:
    verdict = make_verdict(reading)
    if verdict.unseen:
        return _impression_unseen(verdict, reading, words)
    if verdict.grade is Severity.NONE:
        return str(words["impression_none"])
    sentence = words["impression"].format(
        grade=words["grades"][verdict.grade.word],
        name=_score_name(reading, words),
        value=_localise(agatston_text(verdict.agatston), words),
    )
    if verdict.hinge is None:
        return str(sentence)
    rest = words["hinge"].format(
        artery=words["arteries"][verdict.hinge.value],
        grade=words["grades"][verdict.grade_without.word].lower(),
    )
    return f"{sentence} {rest}"


def _impression_unseen(verdict: Verdict, reading: Reading, words: dict[str, Any]) -> str:
    """Return why there is no grade, and the least that it would be."""
    names = ", ".join(words["arteries"][artery.value] for artery in verdict.unseen)
    sentence = str(words["impression_unseen"].format(arteries=names))
    if verdict.grade is Severity.NONE:
        return sentence
    least = words["impression_at_least"].format(
        grade=words["grades"][verdict.grade.word].lower(),
        name=_score_name(reading, words),
        value=_localise(agatston_text(verdict.agatston), words),
    )
    return f"{sentence} {least}"


def _score(value: float, reading: Reading, words: dict[str, Any]) -> str:
    name = words["score_short" if is_estimated(reading.report) else "score_gated"]
    return f"{name} {_localise(agatston_text(value), words)}"


def _score_name(reading: Reading, words: dict[str, Any]) -> str:
    key = "score_estimated" if is_estimated(reading.report) else "score_gated"
    return str(words[key])


def _localise(number: str, words: dict[str, Any]) -> str:
    swaps = {",": words["thousands"], ".": words["decimal"]}
    return "".join(swaps.get(sign, sign) for sign in number)
