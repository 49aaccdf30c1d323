"""Every report of a reading, in memory: nothing touches the disk until all of them exist."""

from __future__ import annotations

from corcal.core.reading import Reading
from corcal.report.as_csv import calcium_csv
from corcal.report.as_html import report_html
from corcal.report.as_json import report_json
from corcal.report.as_nifti import labels_nifti
from corcal.report.as_png import as_bytes, overview, painted
from corcal.report.views import take_views


def build_reports(reading: Reading) -> dict[str, bytes]:
    """Return the content of each report by file name."""
    pictures = painted(take_views(reading))
    return {
        "report.html": report_html(reading, pictures),
        "report.json": report_json(reading),
        "calcium.csv": calcium_csv(reading.report),
        "labels.nii.gz": labels_nifti(reading.labels, reading.scan.source),
        "overview.png": as_bytes(overview(reading.report, pictures)),
    }
