"""The lesions as a table: one row each."""

from __future__ import annotations

from corcal.core.reading import Reading
from corcal.report.case import Case
from corcal.report.words.images import image_number, lesion_slice
from corcal.storage import csv_bytes

#: `image` is the number that a PACS shows, `slice` counts from the feet, from 1.
LESION_COLUMNS = (
    "case", "artery", "lesion", "image", "slice", "agatston", "volume_mm3", "peak_hu", "mean_hu",
    "left_mm", "posterior_mm", "head_mm",
)  # fmt: skip


def lesions_csv(reading: Reading, case: Case) -> bytes:
    """Return the lesions as UTF-8 CSV with a header line, largest first within each artery."""
    rows = [tuple(map(_text, row)) for row in lesion_rows(reading, case.case_id)]
    return csv_bytes(LESION_COLUMNS, rows)


def lesion_rows(reading: Reading, case_id: str) -> list[tuple[str | int | float, ...]]:
    """Return a row of `LESION_COLUMNS` for each lesion, largest first within each artery."""
    rows: list[tuple[str | int | float, ...]] = []
    for score in reading.report.score.arteries:
        for number, x in enumerate(score.lesions, start=1):
            at = lesion_slice(x, reading.scan)
            place = (number, image_number(reading.scan, at), at + 1)
            amounts = (x.agatston, x.volume_mm3, x.peak_hu, x.mean_hu, *x.centre_lps_mm)
            rows.append((case_id, x.artery.value, *place, *amounts))
    return rows


def _text(value: str | int | float) -> str:
    return f"{value:.3f}" if isinstance(value, float) else str(value)
