"""The numbers as a table for a spreadsheet: one row per artery and a total."""

from __future__ import annotations

from corcal.core.reading import Report
from corcal.core.score import ArteryScore
from corcal.report.case import Case
from corcal.storage import csv_bytes

#: The columns, in this order in every version of the file; a new one would be added at the end.
#: `case` is the case ID of the report; the artery of the last row is "total". Units are in the
#: names. `present` is 0 or 1; `volume_mm3` counts voxels at or above the HU threshold,
#: `mask_volume_ml` all voxels of the calcium label (the paper's volume). A number that does not
#: exist is left empty: no mass without calibration, no HU without calcium, no mean or density of
#: the total, which would mix arteries, and no confidence in labels that were given. `confidence`
#: is the probability that `present` is right, `uncertain` 0 or 1. `grade` and how likely it is
#: are there where a severity model was given. `unseen` is 1 for an artery that was not found:
#: `present` is then empty unless calcium was counted.
COLUMNS = (
    "case",
    "artery",
    "present",
    "volume_mm3",
    "agatston",
    "mask_volume_ml",
    "lesions",
    "peak_hu",
    "mean_hu",
    "density",
    "mass_mg",
    "confidence",
    "uncertain",
    "grade",
    "grade_probability",
    "unseen",
)


def calcium_csv(report: Report, case: Case) -> bytes:
    """Return the table as UTF-8 CSV with a header line: RCA, LAD, LCX, total."""
    rows = [*(_artery(a, report) for a in report.score.arteries), _total(report)]
    return csv_bytes(COLUMNS, [(case.case_id, *row) for row in rows])


def _artery(a: ArteryScore, report: Report) -> tuple[str, ...]:
    present, graded = report.presence_of(a.artery), report.grade_of(a.artery)
    sure = None if present is None else report.certainty_of(a.artery)
    return (
        a.artery.value,
        _flag(present),
        _number(a.volume_mm3),
        _number(a.agatston),
        _number(a.mask_volume_ml, 6),
        str(len(a.lesions)),
        _number(a.peak_hu),
        _number(a.mean_hu),
        _number(a.density),
        _number(a.mass_mg),
        _number(None if sure is None else sure.probability),
        "" if sure is None else str(int(sure.uncertain)),
        "" if graded is None else graded.grade.word,
        _number(None if graded is None else graded.probability),
        _flag(a.artery in report.unseen),
    )


def _total(report: Report) -> tuple[str, ...]:
    s = report.score
    peaks = [a.peak_hu for a in s.arteries if a.peak_hu is not None]
    return (
        "total",
        _flag(report.presence),
        _number(s.volume_mm3),
        _number(s.agatston),
        _number(s.mask_volume_ml, 6),
        str(sum(len(a.lesions) for a in s.arteries)),
        _number(max(peaks, default=None)),
        "",
        "",
        _number(s.mass_mg),
        "",
        "",
        "",
        "",
        _flag(bool(report.unseen)),
    )


def _flag(value: bool | None) -> str:
    return "" if value is None else str(int(value))


def _number(value: float | None, digits: int = 3) -> str:
    return "" if value is None else f"{value:.{digits}f}"
