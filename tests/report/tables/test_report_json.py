from __future__ import annotations

import json
import re
from dataclasses import replace

import jsonschema
import pytest

from corcal.core.artery import Artery
from corcal.core.lesion_model import Certainty
from corcal.core.reading import Reading
from corcal.core.scan import Acquisition, Notice, Source
from corcal.report.tables.report_json import report_document, report_json, report_schema
from corcal.report.words.limits import DISCLAIMER

Validator = jsonschema.Draft202012Validator


def test_the_schema_is_itself_valid() -> None:
    Validator.check_schema(report_schema())
    assert report_schema()["$id"] == "urn:corcal:schema:report:1"


def test_a_report_follows_the_schema(reading: Reading, clean: Reading) -> None:
    for one in (reading, clean):
        Validator(report_schema()).validate(json.loads(report_json(one)))


def test_a_report_of_a_bare_array_follows_the_schema(reading: Reading) -> None:
    scan = replace(reading.scan, acquisition=Acquisition(), source=Source())
    stamp = replace(reading.report.provenance, models=(), seconds={})
    report = replace(reading.report, provenance=stamp, percentile="50-75", arterial_age_years=61.4)
    bare = replace(reading, scan=scan, heart=None, report=report)
    document = json.loads(report_json(bare))
    Validator(report_schema()).validate(document)
    assert document["heart_box"] is None
    assert document["models"] == []
    assert document["input"]["gated"] is None
    assert document["percentile"] == "50-75"


@pytest.mark.parametrize("key", ["patient_name", "date"])
def test_the_schema_takes_nothing_more(reading: Reading, key: str) -> None:
    document = report_document(reading)
    with pytest.raises(jsonschema.ValidationError):
        Validator(report_schema()).validate({**document, key: "x"})


def test_the_numbers_are_those_of_the_reading(reading: Reading) -> None:
    document = report_document(reading)
    assert document["disclaimer"] == DISCLAIMER
    assert document["arteries"]["RCA"]["agatston"] == 118.5
    assert document["arteries"]["LAD"]["lesions"][1] == {
        "volume_mm3": 6.5,
        "agatston": 3.25,
        "peak_hu": 190.0,
        "mean_hu": 150.0,
        "centre_lps_mm": [34.0, 18.0, 27.0],
    }
    assert document["arteries"]["LCX"]["peak_hu"] is None
    assert document["total"] == {
        "present": True,
        "agatston": 145.75,
        "volume_mm3": 134.75,
        "mask_volume_ml": 0.147,
        "mass_mg": None,
        "lesions": 3,
        "vessels": 2,
    }
    assert document["cac_drs"]["text"] == "V2/N2"
    assert document["cac_drs"]["derived"] is True
    assert document["input"]["spacing_mm"] == [3.0, 1.0, 1.0]
    assert document["method"]["settings"]["scoring"]["threshold_hu"] == 130.0
    assert document["heart_box"] == {"start": [1, 8, 4], "stop": [12, 40, 60]}


def test_confidence_is_reported_where_there_is_one(reading: Reading) -> None:
    assert report_document(reading)["arteries"]["RCA"]["confidence"] is None
    sure = tuple(Certainty(a, 0.7146, True) for a in Artery)
    document = report_document(replace(reading, report=replace(reading.report, certainty=sure)))
    jsonschema.validate(document, report_schema())
    assert document["arteries"]["LCX"]["confidence"] == 0.715
    assert document["arteries"]["LCX"]["uncertain"] is True


def test_no_paths_and_no_dates(reading: Reading) -> None:
    text = report_json(reading).decode()
    assert "DOE" not in text
    assert "/somewhere" not in text
    assert not re.search(r"\b(19|20)\d\d-\d\d-\d\d\b", text)


def test_notices_of_the_scan_and_the_report_each_stand_once(reading: Reading) -> None:
    thick, filled = reading.report.notices[0], Notice("padding", "Padding was filled.")
    both = replace(reading, scan=replace(reading.scan, notices=(filled, thick)))
    assert [n["code"] for n in report_document(both)["notices"]] == ["padding", "thick-slices"]


def test_text_that_is_not_utf8_does_not_stop_a_report(reading: Reading) -> None:
    odd = replace(reading.scan, acquisition=Acquisition(kernel="B30\udcff"))
    assert json.loads(report_json(replace(reading, scan=odd)))["input"]["kernel"] == "B30\udcff"
