from __future__ import annotations

from pathlib import Path

import pytest

from corcal.core.errors import OutputRefused
from corcal.core.reading import Reading
from corcal.report import REPORT_FILES, check_output, write_reports


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
