"""A report of a scan in which an artery was not found says so in every form."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace

import jsonschema
import pytest

from corcal.core.artery import Artery
from corcal.core.lesion_model import Certainty
from corcal.core.reading import Reading
from corcal.report.case import make_case
from corcal.report.options import LANGUAGES, ReportOptions
from corcal.report.page.content import page_content
from corcal.report.page.html_page import PagePictures, report_html
from corcal.report.tables.calcium_csv import calcium_csv
from corcal.report.tables.report_json import report_json, report_schema
from corcal.report.words.finding import category_text, finding
from corcal.report.words.paste import text_to_paste
from corcal.report.words.verdict import make_verdict, verdict_text


def without(reading: Reading, *unseen: Artery) -> Reading:
    return replace(reading, report=replace(reading.report, unseen=unseen))


@pytest.fixture
def partly(reading: Reading) -> Reading:
    """Calcium in RCA and LAD; the LCX was not found."""
    return without(reading, Artery.LCX)


@pytest.fixture
def nothing(clean: Reading) -> Reading:
    """No calcium, and no artery either."""
    return without(clean, *Artery)


def html_of(reading: Reading) -> str:
    case, options = make_case(reading.scan, ReportOptions()), ReportOptions()
    return report_html(reading, case, options, PagePictures((), (), ())).decode()


def test_the_sentence_names_what_was_not_found(partly: Reading, clean: Reading) -> None:
    assert finding(partly.report) == (
        "Calcium in 2 of 3 coronary arteries: most in the RCA, then left main + LAD. The LCX was "
        "not found."
    )
    assert finding(without(clean, Artery.RCA).report) == (
        "No calcium found in left main + LAD and the LCX. The RCA was not found."
    )
    assert finding(without(clean, Artery.RCA, Artery.LAD).report) == (
        "No calcium found in the LCX. The RCA and left main + LAD were not found."
    )


def test_no_artery_is_no_result(nothing: Reading) -> None:
    assert nothing.report.cac_drs is None
    assert finding(nothing.report) == "None of the three coronary arteries was found."
    assert verdict_text(make_verdict(nothing)) == (
        "Not graded. None of the three coronary arteries was found."
    )
    assert category_text(nothing.report) == (
        "No category: none of the three coronary arteries was found."
    )


def test_what_was_counted_is_the_least_that_there_is(partly: Reading) -> None:
    assert partly.report.cac_drs is None
    assert verdict_text(make_verdict(partly)) == "At least moderate (146). The LCX was not found."
    assert category_text(partly.report) == (
        "No category: the LCX was not found. What was counted makes it category 2 or more."
    )


def test_a_hinge_is_named_beside_what_was_not_found(partly: Reading) -> None:
    sure = tuple(Certainty(a, 0.7 if a is Artery.RCA else 0.99, a is Artery.RCA) for a in Artery)
    doubtful = replace(partly, report=replace(partly.report, certainty=sure))
    assert verdict_text(make_verdict(doubtful)) == (
        "At least moderate (146), if the RCA finding is right; without it at least mild (27). "
        "Look at slices 6 to 7. The LCX was not found."
    )


def test_the_text_to_paste(partly: Reading, nothing: Reading) -> None:
    _, findings, impression = text_to_paste(partly, "en", advice=False)
    assert findings.lines[2] == "LCX: not found by the software; its calcium is not known."
    assert impression.lines == (
        "Coronary calcium cannot be graded; not found by the software: LCX. What was measured is "
        "at least moderate, by an Agatston-equivalent score (estimated, not ECG-gated) of 146.",
    )
    assert text_to_paste(nothing, "en", advice=False)[2].lines == (
        "Coronary calcium cannot be graded; not found by the software: RCA, Left main and LAD, "
        "LCX.",
    )


def test_calcium_of_an_artery_that_was_not_found_is_still_shown(reading: Reading) -> None:
    report = without(reading, Artery.RCA)
    assert text_to_paste(report, "en", advice=False)[1].lines[0] == (
        "RCA: calcified, Agatston-equivalent 118; 98 mm³; 1 lesion (slices 6 to 7). The rest of "
        "this artery was not found."
    )
    assert page_content(report, make_case(report.scan, ReportOptions()), ReportOptions())["rows"][
        0
    ][:3] == ["RCA", "present; the rest of the artery not found", "118"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_language_says_that_there_is_no_calcium(nothing: Reading, language: str) -> None:
    said = [line for s in text_to_paste(nothing, language, advice=True)[1:] for line in s.lines]
    seen = [line for s in text_to_paste(
        without(nothing), language, advice=True)[1:] for line in s.lines]  # fmt: skip
    assert not set(said) & set(seen)


def test_the_page_shows_no_grade(nothing: Reading, partly: Reading) -> None:
    page = html_of(nothing)
    assert '<section class="result grade-unknown"' in page
    assert "<strong>Not graded</strong>" in page
    assert 'aria-current="true"' not in page
    assert page.count("artery not found") == 3
    page = html_of(partly)
    assert '<section class="result grade-2"' in page
    assert "<strong>At least moderate</strong>\n<span>≥ 146</span>" in page
    assert 'aria-current="true"' not in page


def test_the_document_for_machines(partly: Reading, nothing: Reading) -> None:
    sure = tuple(Certainty(a, 0.95, uncertain=False) for a in Artery)
    partly = replace(partly, report=replace(partly.report, certainty=sure))
    document = json.loads(report_json(partly))
    jsonschema.Draft202012Validator(report_schema()).validate(document)
    assert document["cac_drs"] == {
        "text": None,
        "scale": "V",
        "category": None,
        "vessels": 2,
        "vessels_note": "left main counted with LAD",
        "severity": None,
        "at_least": "moderate",
        "why_none": "The LCX was not found.",
        "derived": True,
    }
    shown = {
        name: document["arteries"]["LCX"][name] for name in ("present", "unseen", "confidence")
    }
    assert shown == {"present": None, "unseen": True, "confidence": None}
    assert document["arteries"]["RCA"]["confidence"] == 0.95
    assert (document["total"]["present"], document["total"]["agatston"]) == (True, 145.75)
    document = json.loads(report_json(nothing))
    jsonschema.Draft202012Validator(report_schema()).validate(document)
    assert document["total"]["present"] is None
    assert document["cac_drs"]["at_least"] is None
    assert document["cac_drs"]["why_none"] == "None of the three coronary arteries was found."


def test_the_table_leaves_presence_empty(partly: Reading) -> None:
    case = make_case(partly.scan, ReportOptions())
    rows = list(csv.DictReader(io.StringIO(calcium_csv(partly.report, case).decode())))
    assert [(r["artery"], r["present"], r["unseen"]) for r in rows] == [
        ("RCA", "1", "0"),
        ("LAD", "1", "0"),
        ("LCX", "", "1"),
        ("total", "1", "1"),
    ]
