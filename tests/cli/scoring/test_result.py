from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from corcal.cli.scoring.result import scan_line, show
from corcal.core.artery import Artery
from corcal.core.lesion_model import Certainty
from corcal.core.reading import Reading
from corcal.core.scan import Source
from corcal.core.severity import CacDrs
from tests.cli.readings import reading

#: The result of a non-gated scan, as a person sees it; trailing blanks are left out.
EXPECTED = """\
Scan: 2 slices every 3.00 mm

                               Agatston   Volume    Mask             Peak
 Artery            Calcium   equivalent      mm³      mL   Lesions     HU
 ────────────────────────────────────────────────────────────────────────
 RCA               yes            118.4     98.2   0.107         2    612
 Left main + LAD   yes           1204.0     98.2   0.107         2    887
 LCX               no               0.0      0.0   0.000         0      -

 Total             2 of 3        1322.4    196.4   0.214         4    887

Severe. Category 3, N2, by the bounds of CAC-DRS (derived from the
Agatston-equivalent score, not visual; left main counted with LAD).
Agatston method: averaged to 3.0 mm slabs.
Note: The reconstruction kernel B70f is sharp: noise and edges are brighter than
in the soft-tissue images the score is defined on, so it may be too high.

Report: out/demo/report.html
Research use only. Not a medical device; not CE/UKCA marked or FDA cleared. Not
for diagnosis. Results must be reviewed by a qualified clinician.
"""


def shown(what: Reading, *, width: int = 80, colour: bool = False) -> str:
    text = io.StringIO()
    screen = Console(
        file=text,
        width=width,
        force_terminal=colour,
        color_system="standard" if colour else None,
        highlight=False,
    )
    show(what, Path("out/demo"), screen)
    return text.getvalue()


def test_the_whole_result_at_80_columns() -> None:
    assert [line.rstrip() for line in shown(reading()).splitlines()] == EXPECTED.splitlines()


def test_a_gated_scan_has_an_agatston_score_proper_and_asked_for_cohort_lines() -> None:
    text = shown(reading(scale="A", percentile="75-90", age=82.6))
    assert "equivalent" not in text
    assert "Severe. CAC-DRS A3/N2 (from the Agatston score; N2, left main" in text
    assert "MESA percentile: 75-90 (cohort scanned with ECG gating)." in text
    assert "Arterial age: 83 years (McClelland 2009)." in text


def test_an_artery_that_was_not_found_leaves_no_category() -> None:
    made = reading()
    text = shown(replace(made, report=replace(made.report, unseen=(Artery.LCX,))))
    assert " ".join(text.split()).count("artery - - - - - not found") == 1
    assert "At least severe. No category: the LCX was not found. What was counted" in text
    nothing = replace(made.report, unseen=tuple(Artery), counted=CacDrs("V", 0, 0))
    assert "Not graded. No category: none of the three" in shown(replace(made, report=nothing))


def test_only_doubt_is_worth_a_word() -> None:
    sure = tuple(Certainty(a, p, p < 0.8) for a, p in zip(Artery, (0.99, 0.714, 0.6), strict=True))
    made = reading()
    lines = shown(replace(made, report=replace(made.report, certainty=sure))).splitlines()
    column = [line[19:31].strip() for line in lines[5:13]]
    assert column[:1] == ["yes"]
    assert column[1:4] == ["yes", "uncertain", "(71 %)"]
    assert column[4:7] == ["no", "uncertain", "(60 %)"]


def test_a_wide_terminal_does_not_stretch_it() -> None:
    assert shown(reading(), width=200) == shown(reading(), width=80)


def test_the_report_path_is_never_broken_over_lines() -> None:
    text = io.StringIO()
    folder = Path("a folder with a long name") / ("deep/" * 20)
    show(reading(), folder, Console(file=text, width=80))
    assert f"Report: {folder / 'report.html'}\n" in text.getvalue()


def test_arteries_wear_the_colours_of_the_paper() -> None:
    text = shown(reading(), colour=True)
    assert "\x1b[94mRCA" in text
    assert "\x1b[33mLeft main + LAD" in text
    assert "\x1b[35mLCX" in text


def test_the_first_line_names_the_scan_that_was_scored() -> None:
    scan = reading().scan
    slices = tuple(f"/data/one/CT thorax/{k:04d}.dcm" for k in range(2))
    folder = Source(kind="dicom", series_uid="1.2.3", files=slices)
    every = "2 slices every 3.00 mm"
    assert scan_line(replace(scan, source=folder)) == (
        f"Scan: one/CT thorax, {every}, series 1.2.3"
    )
    assert scan_line(replace(scan, source=replace(folder, other_series=2))) == (
        f"Scan: one/CT thorax, {every}, series 1.2.3, chosen among 3 (`corcal inspect` says why)"
    )
    volume = Source(kind="nifti", files=("/data/one/ct.nii.gz",))
    assert scan_line(replace(scan, source=volume)) == f"Scan: one/ct.nii.gz, {every}"
