from __future__ import annotations

from pathlib import Path

import pytest

from corcal.core.errors import OutputRefused
from corcal.core.reading import Reading
from corcal.report import REPORT_FILES, ReportOptions, check_output, write_reports


def test_every_report_is_written(reading: Reading, tmp_path: Path) -> None:
    written = write_reports(reading, tmp_path / "out")
    assert [p.name for p in written] == list(REPORT_FILES)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == sorted(REPORT_FILES)
    assert all(p.stat().st_size > 0 for p in written)


def test_a_second_time_needs_force(reading: Reading, clean: Reading, tmp_path: Path) -> None:
    write_reports(reading, tmp_path)
    (tmp_path / "notes.txt").write_text("mine")
    before = (tmp_path / "calcium.csv").read_bytes()
    with pytest.raises(OutputRefused):
        check_output(tmp_path)
    with pytest.raises(OutputRefused):
        write_reports(clean, tmp_path)
    assert (tmp_path / "calcium.csv").read_bytes() == before
    write_reports(clean, tmp_path, force=True)
    assert (tmp_path / "calcium.csv").read_bytes() != before
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_the_same_reading_makes_the_same_bytes(reading: Reading, tmp_path: Path) -> None:
    first = write_reports(reading, tmp_path / "a")
    second = write_reports(reading, tmp_path / "b")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_a_report_without_its_label_map(reading: Reading, tmp_path: Path) -> None:
    files = write_reports(reading, tmp_path, options=ReportOptions(labels=False))
    expected = [n for n in REPORT_FILES if not n.startswith("labels.")]
    assert [path.name for path in files] == expected
    assert {path.name for path in tmp_path.iterdir()} == set(expected)


def test_an_earlier_report_goes_whole(reading: Reading, clean: Reading, tmp_path: Path) -> None:
    write_reports(reading, tmp_path)
    (tmp_path / "notes.txt").write_text("stays", encoding="utf-8")
    files = write_reports(clean, tmp_path, force=True, options=ReportOptions(labels=False))
    # The label map of another reading must not lie beside this report.
    assert {path.name for path in tmp_path.iterdir()} == {"notes.txt", *(p.name for p in files)}
