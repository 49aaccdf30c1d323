from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from corcal.core.errors import TableRefused
from corcal.evaluate.tables_in.results import MEASURES, TARGETS, Results
from corcal.evaluate.tables_in.results_table import read_results
from tests.evaluate.cohorts import write_csv

LONG = [
    ("p1", "RCA", 1, 98.25, 118.5, "moderate"),
    ("p1", "LAD", 0, 0, 0, 0),
    ("p1", "LCX", 1, 12, 9, 1),
    ("p2", "RCA", 0, 0, 0, "none"),
    ("p2", "LAD", "", "NaN", "n/a", ""),
    ("p2", "LCX", "no", 0, 0, 0),
]


def text(path: Path, content: str) -> str:
    path.write_text(content, encoding="utf-8")
    return str(path)


def same(a: Results, b: Results) -> bool:
    return a.patients == b.patients and all(
        np.array_equal(getattr(a, m), getattr(b, m), equal_nan=True) for m in MEASURES
    )


def test_a_long_table(tmp_path: Path) -> None:
    r = read_results(write_csv(tmp_path / "x.csv", LONG))
    assert r.patients == ("p1", "p2")
    assert r.column("present", "RCA").tolist() == [1, 0]
    assert r.column("volume_mm3", "RCA").tolist() == [98.25, 0]
    assert r.column("grade", "RCA").tolist() == [2, 0]
    assert math.isnan(r.column("present", "LAD")[1])


def test_the_patient_follows_from_the_arteries(tmp_path: Path) -> None:
    r = read_results(write_csv(tmp_path / "x.csv", LONG))
    assert r.column("agatston", "any")[0] == pytest.approx(127.5)
    assert r.column("grade", "any")[0] == 2
    assert r.column("present", "any")[0] == 1
    # One artery of the second patient is unknown, so nobody can say that there is no calcium.
    for measure in MEASURES:
        assert math.isnan(r.column(measure, "any")[1])


def test_a_wide_table_says_the_same(tmp_path: Path) -> None:
    measures = ("present", "volume_mm3", "agatston", "grade")
    columns = ["patient", *(f"{a}_{m}" for a in ("RCA", "LAD", "LCX") for m in measures)]
    rows = [
        [patient, *(c for row in LONG if row[0] == patient for c in row[2:])]
        for patient in ("p1", "p2")
    ]
    wide = read_results(write_csv(tmp_path / "wide.csv", rows, columns))
    assert same(wide, read_results(write_csv(tmp_path / "long.csv", LONG)))


def test_semicolons_a_byte_order_mark_and_any_case(tmp_path: Path) -> None:
    path = tmp_path / "excel.csv"
    path.write_text("patient;artery;Present\r\np1;rca;YES\r\n\r\n", encoding="utf-8-sig")
    assert read_results(path).column("present", "RCA").tolist() == [1]


def test_the_calcium_files_of_corcal_score(tmp_path: Path) -> None:
    header = "artery,present,volume_mm3,agatston,mask_volume_ml,lesions,peak_hu\n"
    for patient, lad in (("anna", 20.5), ("bert", 0.0)):
        (tmp_path / "out" / patient).mkdir(parents=True)
        text(
            tmp_path / "out" / patient / "calcium.csv",
            f"{header}RCA,1,10.000,8.000,0.020000,1,200\n"
            f"LAD,{int(lad > 0)},{lad},{lad},0.05,1,300\n"
            f"LCX,0,0.000,0.000,0.000000,0,\ntotal,1,{10 + lad},{8 + lad},0.07,2,300\n",
        )
    folder = read_results(tmp_path / "out")
    assert folder.patients == ("anna", "bert")
    assert folder.column("volume_mm3", "any").tolist() == [30.5, 10.0]
    assert folder.column("present", "LAD").tolist() == [1, 0]
    assert same(folder, read_results(str(tmp_path / "out" / "*" / "calcium.csv")))
    assert same(folder, read_results(str(tmp_path / "out" / "*")))
    papers = read_results(tmp_path / "out", volume="mask_volume_ml")
    assert papers.column("volume_mm3", "RCA").tolist() == [20.0, 20.0]


def test_one_patient_scored_twice_is_refused(tmp_path: Path) -> None:
    for part in ("a", "b"):
        (tmp_path / part / "anna").mkdir(parents=True)
        text(tmp_path / part / "anna" / "calcium.csv", "artery,present\nRCA,1\n")
    with pytest.raises(TableRefused, match="folders of one name"):
        read_results(tmp_path)


def test_presence_follows_from_numbers_where_no_column_states_it(tmp_path: Path) -> None:
    path = text(tmp_path / "x.csv", "patient,artery,agatston\np1,RCA,3\np1,LAD,0\np1,LCX,\n")
    r = read_results(path)
    assert r.present[0, :2].tolist() == [1, 0]
    assert math.isnan(r.present[0, 2])
    assert [n.code for n in r.notices] == ["presence-inferred"]


def test_an_empty_cell_in_a_column_for_presence_stays_unknown(tmp_path: Path) -> None:
    r = read_results(text(tmp_path / "x.csv", "patient,artery,present,agatston\np1,RCA,,3\n"))
    assert math.isnan(r.column("present", "RCA")[0])


def test_a_row_for_the_whole_patient_stands_in_for_the_arteries(tmp_path: Path) -> None:
    r = read_results(
        text(tmp_path / "x.csv", "patient,artery,present,agatston\np1,total,1,55\np2,any,0,0\n")
    )
    assert r.column("present", "any").tolist() == [1, 0]
    assert r.column("agatston", "any").tolist() == [55, 0]
    assert np.isnan(r.present[:, :3]).all()


def test_absence_with_calcium_is_noted_and_used_as_given(tmp_path: Path) -> None:
    r = read_results(text(tmp_path / "x.csv", "patient,artery,present,agatston\np1,RCA,0,3\n"))
    assert r.column("present", "RCA").tolist() == [0]
    assert [n.code for n in r.notices] == ["absent-with-calcium"]


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("patient,artery,present\np1,LM,1\n", "line 2: unknown artery 'LM'"),
        ("patient,artery,present\np1,RCA,1\np1,RCA,1\n", "line 3: RCA of this patient stands"),
        ("patient,artery,present\n,RCA,1\n", "line 2: no patient"),
        ("patient,artery,present\np1,RCA,2\n", "present '2' cannot be"),
        ("patient,artery,present\np1,RCA,maybe\n", "present 'maybe' cannot be"),
        ("patient,artery,grade\np1,RCA,4\n", "grade '4' cannot be"),
        ("patient,artery,grade\np1,RCA,1.5\n", "grade '1.5' cannot be"),
        ("patient,artery,volume_mm3\np1,RCA,-3\n", "volume_mm3 '-3' cannot be"),
        ("patient,artery,volume_mm3\np1,RCA,inf\n", "volume_mm3 'inf' cannot be"),
        ('patient,artery,agatston\np1,RCA,"1,5"\n', "decimal point"),
        ("patient,artery\np1,RCA\n", "no column says anything of the calcium"),
        ("artery,present\nRCA,1\n", "no column patient"),
        ("patient,artery,present\np1,RCA,0\np1,LAD,0\np1,LCX,0\np1,any,1\n", "line 5: present of"),
        ("patient,artery,present\np1,RCA,1\np1,any,0\n", "line 3: present of the whole patient"),
        (
            "patient,artery,agatston\np1,RCA,5\np1,LAD,5\np1,LCX,0\np1,total,20\n",
            "agatston of the whole patient contradicts",
        ),
        ("patient,artery,present\n", "no rows"),
        ("", "no rows"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path: Path, content: str, says: str) -> None:
    with pytest.raises(TableRefused, match=says):
        read_results(text(tmp_path / "x.csv", content))


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(TableRefused, match="no such file"):
        read_results(tmp_path / "x.csv")
    with pytest.raises(TableRefused, match=r"holds no calcium\.csv"):
        read_results(tmp_path)
    with pytest.raises(TableRefused, match=r"holds no calcium\.csv"):
        read_results(str(tmp_path / "*" / "calcium.csv"))


def test_groups_are_kept_and_must_hold_for_the_patient(tmp_path: Path) -> None:
    content = "patient,artery,present,hospital\np1,RCA,1,A\np1,LAD,1,{}\n"
    r = read_results(text(tmp_path / "x.csv", content.format("A")), groups=("hospital", "sex"))
    assert r.groups == {"hospital": ("A",)}
    with pytest.raises(TableRefused, match="belongs to one group"):
        read_results(text(tmp_path / "y.csv", content.format("B")), groups=("hospital",))


def test_no_message_names_a_patient(tmp_path: Path) -> None:
    path = text(tmp_path / "x.csv", "patient,artery,present\nDoe^Jane,RCA,1\nDoe^Jane,RCA,1\n")
    with pytest.raises(TableRefused) as refused:
        read_results(path)
    assert "Doe" not in str(refused.value)


def test_results_cannot_be_changed(tmp_path: Path) -> None:
    r = read_results(write_csv(tmp_path / "x.csv", LONG))
    with pytest.raises(ValueError, match="read-only"):
        r.present[0, 0] = 0
    other = np.zeros((2, len(TARGETS)))
    with pytest.raises(ValueError, match="shape"):
        Results("x", ("p",), other, other, other, other)


def test_a_table_of_a_spreadsheet_that_writes_decimal_commas(tmp_path: Path) -> None:
    plain = "patient,artery,present,volume_mm3\nA,RCA,1,12.5\nA,LAD,0,0\n"
    other = "sep=;\nPatient;Artery;Present;Volume_mm3\nA;RCA;1;12,5\nA;LAD;0;0,0\n"
    (tmp_path / "plain.csv").write_text(plain, encoding="utf-8")
    (tmp_path / "other.csv").write_bytes(other.encode("utf-16"))
    one, two = (read_results(tmp_path / f"{name}.csv") for name in ("plain", "other"))
    assert np.array_equal(one.volume_mm3, two.volume_mm3, equal_nan=True)
    assert np.array_equal(one.present, two.present, equal_nan=True)
    assert one.volume_mm3[0, 0] == 12.5


@pytest.mark.parametrize("name", ["Total", "mean", "Gesamt"])
def test_a_sum_below_the_table_is_no_patient(name: str, tmp_path: Path) -> None:
    content = f"patient,RCA_agatston\np1,3\n{name},3\n"
    with pytest.raises(TableRefused, match=f"line 3: '{name}' is no patient but a sum or mean"):
        read_results(text(tmp_path / "x.csv", content))


def test_a_shortened_identifier_is_refused_and_not_shown(tmp_path: Path) -> None:
    path = text(tmp_path / "x.csv", "patient,RCA_agatston\n1.23457E+11,3\n")
    with pytest.raises(TableRefused, match="line 2: a spreadsheet has shortened") as refused:
        read_results(path)
    assert "1.23457E+11" not in str(refused.value)


def test_an_unknown_group_is_not_stated(tmp_path: Path) -> None:
    content = "patient,RCA_agatston,smoker\na,3,NA\nb,3,-\nc,3,+\nd,3,n/a\n"
    groups = read_results(text(tmp_path / "x.csv", content), groups=["smoker"]).groups
    # Beside a plus, a dash is the opposite.
    assert groups["smoker"] == ("", "-", "+", "")


def test_each_patient_knows_where_it_begins(tmp_path: Path) -> None:
    content = "patient,artery,present\na,RCA,1\n\na,LAD,1\nb,LCX,0\na,LCX,0\n"
    assert read_results(text(tmp_path / "x.csv", content)).lines == (2, 5)
