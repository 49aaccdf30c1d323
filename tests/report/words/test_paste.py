from __future__ import annotations

from dataclasses import replace

import pytest

from corcal.core.artery import Artery
from corcal.core.lesion_model import Certainty
from corcal.core.reading import Reading
from corcal.core.score import OmittedPiece, Place
from corcal.report.options import LANGUAGES
from corcal.report.words.paste import read_language, text_to_paste


def test_english_text(reading: Reading) -> None:
    technique, findings, impression = text_to_paste(reading, "en", advice=False)
    assert technique.lines == (
        "Chest CT without ECG gating, slice thickness 3 mm, kernel B30f. Coronary calcium was "
        "measured by software (corcal 0.1.0, research use only) from 130 HU and is to be checked "
        "by the reader.",
    )
    assert findings.lines == (
        "RCA: calcified, Agatston-equivalent 118; 98 mm³; 1 lesion (slices 6 to 7).",
        "Left main and LAD: calcified, Agatston-equivalent 27; 36 mm³; 2 lesions (slice 9).",
        "LCX: no calcium seen.",
        "Total: Agatston-equivalent 146; 135 mm³; 2 of 3 territories (left main counted with "
        "the LAD).",
    )
    assert impression.lines == (
        "Moderate coronary artery calcification, by an Agatston-equivalent score (estimated, "
        "not ECG-gated) of 146.",
    )


def test_advice_only_where_it_is_asked_for(reading: Reading) -> None:
    assert len(text_to_paste(reading, "en", advice=True)[2].lines) == 2


def test_doubt_stands_with_its_artery_and_in_the_impression(reading: Reading) -> None:
    sure = tuple(Certainty(a, p, p < 0.8) for a, p in zip(Artery, (0.7, 0.99, 0.99), strict=True))
    doubtful = replace(reading, report=replace(reading.report, certainty=sure))
    _, findings, impression = text_to_paste(doubtful, "en", advice=False)
    assert findings.lines[0].endswith("This finding is uncertain.")
    assert impression.lines[0].endswith("This rests on the RCA finding; without it: mild.")


def pieces(count: int) -> tuple[OmittedPiece, ...]:
    places = [*Place] * 2
    return tuple(
        OmittedPiece(places[n], 40.0 - n, 500.0, (30.0, 24.0, 9.0), (2, 4 if n else 2))
        for n in range(count)
    )


def test_the_largest_pieces_that_were_not_counted_are_named(reading: Reading) -> None:
    left_out = replace(reading, report=replace(reading.report, omitted=pieces(5)))
    _, findings, _ = text_to_paste(left_out, "en", advice=False)
    assert findings.lines[-1] == (
        "Bright and not counted: beside an artery 40 mm³ (slice 3); at the level of the aortic "
        "valve 39 mm³ (slices 3 to 5); at the aortic root 38 mm³ (slices 3 to 5); 2 more."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_sentence(reading: Reading, clean: Reading, language: str) -> None:
    assert read_language(language).keys() == read_language("en").keys()
    assert read_language(language)["places"].keys() == {place.name for place in Place}
    left_out = replace(reading, report=replace(reading.report, omitted=pieces(5)))
    for scored in (reading, clean, left_out):
        text = str(text_to_paste(scored, language, advice=True))
        assert "{" not in text


def test_numbers_are_written_as_the_language_does(reading: Reading) -> None:
    text = str(text_to_paste(reading, "de", advice=False))
    assert "Agatston-Äquivalent 118; 98 mm³; 1 Läsion (Schichten 6 bis 7)" in text
