"""Every report of a reading, in memory: nothing touches the disk until all of them exist."""

from __future__ import annotations

from corcal.core.reading import Reading
from corcal.report.page.html_page import report_html
from corcal.report.pictures.overview import draw_overview, paint_pictures, png_bytes
from corcal.report.pictures.views import take_views
from corcal.report.tables.calcium_csv import calcium_csv
from corcal.report.tables.labels_nifti import labels_nifti
from corcal.report.tables.report_json import report_json


def build_reports(reading: Reading) -> dict[str, bytes]:
    """Return the content of each report by file name."""
    pictures = paint_pictures(take_views(reading))
    return {
        "report.html": report_html(reading, pictures),
        "report.json": report_json(reading),
        "calcium.csv": calcium_csv(reading.report),
        "labels.nii.gz": labels_nifti(reading.labels, reading.scan.source),
        "overview.png": png_bytes(draw_overview(reading.report, pictures)),
    }
