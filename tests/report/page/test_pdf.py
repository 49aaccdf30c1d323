from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from corcal.core.reading import Reading
from corcal.core.scan import Acquisition
from corcal.report import ReportOptions, write_reports
from corcal.report.words.limits import DISCLAIMER

OPTIONS = ReportOptions(pdf=True, case_id="study-7", scored_at=datetime(2026, 3, 4))

needs_pdftotext = pytest.mark.skipif(
    shutil.which("pdftotext") is None, reason="poppler is not installed"
)


def text_of(pdf: Path) -> str:
    command = ["pdftotext", "-layout", str(pdf), "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout


def test_the_same_reading_makes_the_same_pdf(reading: Reading, tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_reports(reading, tmp_path / name, options=OPTIONS)
    first, second = ((tmp_path / n / "report.pdf").read_bytes() for n in ("a", "b"))
    assert first == second
    assert first.startswith(b"%PDF-1.7")
    assert b"pdfaid:part" in first


@needs_pdftotext
def test_every_page_says_whose_it_is_and_what_it_is_not(reading: Reading, tmp_path: Path) -> None:
    write_reports(reading, tmp_path, options=OPTIONS)
    pages = text_of(tmp_path / "report.pdf").split("\f")[:-1]
    assert pages
    for page in pages:
        assert "Case study-7 · scored 2026-03-04 · not gated · 3 mm · kernel B30f" in page
        assert DISCLAIMER[:40] in page


@needs_pdftotext
def test_the_numbers_are_those_of_the_score(reading: Reading, tmp_path: Path) -> None:
    write_reports(reading, tmp_path, options=OPTIONS)
    lines = [line.split() for line in text_of(tmp_path / "report.pdf").splitlines()]
    assert ["RCA", "present", "118", "98", "1", "612"] in lines
    assert ["Total", "2", "of", "3", "146", "135", "3", "612"] in lines


@needs_pdftotext
def test_text_of_the_scan_is_printed_and_never_run(reading: Reading, tmp_path: Path) -> None:
    evil = '#read("/etc/passwd") *b* $x$'
    scan = replace(reading.scan, acquisition=Acquisition(kernel=evil))
    write_reports(replace(reading, scan=scan), tmp_path, options=OPTIONS)
    assert '#read("/etc/passwd") *b* $x$' in text_of(tmp_path / "report.pdf")
