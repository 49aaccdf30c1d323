"""Reports of a reading into a folder, whole or not at all."""

from __future__ import annotations

from pathlib import Path

from corcal.core.reading import Reading
from corcal.report.build import build_reports
from corcal.storage import add_files, check_folder

#: The files of a report, in the order in which they are listed.
REPORT_FILES = ("report.html", "report.json", "calcium.csv", "labels.nii.gz", "overview.png")


def check_output(out: Path, *, force: bool = False) -> None:
    """Refuse an output folder that cannot be used, before any long work starts.

    Raises:
        OutputRefused: `out` is a file, holds something and `force` is off, or cannot be
            written.
    """
    check_folder(out, REPORT_FILES, force=force)


def write_reports(reading: Reading, out: Path, *, force: bool = False) -> tuple[Path, ...]:
    """Write every report of a reading into a folder, whole or not at all.

    Args:
        reading: the scan, its labels and what is said of them.
        out: the folder; made if absent. It must be empty unless `force`.
        force: replace earlier reports in it; files of other names stay as they are.

    Returns:
        The files, in the order of `REPORT_FILES`.

    Raises:
        OutputRefused: as `check_output`, or the disk is full. Nothing is left behind.
    """
    check_output(out, force=force)
    return add_files(out, build_reports(reading), force=force)
