from __future__ import annotations

import csv
import io
from dataclasses import replace

from corcal.core.artery import Artery
from corcal.core.lesion_model import Certainty
from corcal.core.reading import Reading
from corcal.report.case import Case
from corcal.report.tables.calcium_csv import COLUMNS, calcium_csv

CASE = Case("A-1", "", "")


def test_the_table_is_exactly_this(reading: Reading) -> None:
    assert calcium_csv(reading.report, CASE).decode() == (
        "case,artery,present,volume_mm3,agatston,mask_volume_ml,lesions,"
        "peak_hu,mean_hu,density,mass_mg,confidence,uncertain,grade,grade_probability,unseen\n"
        "A-1,RCA,1,98.250,118.500,0.107000,1,612.000,301.500,2.900,,,,,,0\n"
        "A-1,LAD,1,36.500,27.250,0.040000,2,410.000,240.000,2.100,,,,,,0\n"
        "A-1,LCX,0,0.000,0.000,0.000000,0,,,,,,,,,0\n"
        "A-1,total,1,134.750,145.750,0.147000,3,612.000,,,,,,,,0\n"
    )


def test_without_calcium_the_total_is_zero_and_has_no_hu(clean: Reading) -> None:
    rows = list(csv.DictReader(io.StringIO(calcium_csv(clean.report, CASE).decode())))
    assert [r["artery"] for r in rows] == ["RCA", "LAD", "LCX", "total"]
    assert tuple(rows[0]) == COLUMNS
    assert rows[3]["present"] == "0"
    assert rows[3]["agatston"] == "0.000"
    assert rows[3]["peak_hu"] == ""


def test_mass_is_summed_where_every_artery_has_one(reading: Reading) -> None:
    score = reading.report.score
    weighed = replace(score, arteries=tuple(replace(a, mass_mg=1.5) for a in score.arteries))
    table = calcium_csv(replace(reading.report, score=weighed), CASE).decode()
    assert table.splitlines()[-1].endswith(",4.500,,,,,0")


def test_how_sure_the_reading_is_of_each_artery(reading: Reading) -> None:
    sure = tuple(Certainty(a, p, p < 0.8) for a, p in zip(Artery, (0.99, 0.714, 0.85), strict=True))
    text = calcium_csv(replace(reading.report, certainty=sure), CASE).decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [(r["confidence"], r["uncertain"]) for r in rows] == [
        ("0.990", "0"),
        ("0.714", "1"),
        ("0.850", "0"),
        ("", ""),
    ]
