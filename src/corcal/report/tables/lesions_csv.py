"""The lesions as a table: one row each."""

from __future__ import annotations

from corcal.core.reading import Reading
from corcal.report.case import Case
from corcal.report.words.images import image_number, lesion_slice
from corcal.storage import csv_bytes

#: `image` is the number that a PACS shows, `slice` counts from the feet, from 1.
COLUMNS = (
    "case", "artery", "lesion", "image", "slice", "agatston", "volume_mm3", "peak_hu", "mean_hu",
    "left_mm", "posterior_mm", "head_mm",
)  # fmt: skip


def lesions_csv(reading: Reading, case: Case) -> bytes:
    """Return the lesions as UTF-8 CSV with a header line, largest first within each artery."""
    rows = []
    for score in reading.report.score.arteries:
        for number, x in enumerate(score.lesions, start=1):
            at = lesion_slice(x, reading.scan)
            amounts = (x.agatston, x.volume_mm3, x.peak_hu, x.mean_hu, *x.centre_lps_mm)
            place = (str(number), str(image_number(reading.scan, at)), str(at + 1))
            numbers = (f"{value:.3f}" for value in amounts)
            rows.append((case.case_id, x.artery.value, *place, *numbers))
    return csv_bytes(COLUMNS, rows)
