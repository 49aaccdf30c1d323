"""Reports of a reading into a folder, whole or not at all."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from corcal.core.arguments import or_default, require_kind, require_path
from corcal.core.errors import OutputRefused, SettingsRefused
from corcal.core.reading import Reading
from corcal.core.scan import Scan
from corcal.report.build import build_reports
from corcal.report.options import ReportOptions
from corcal.report.prior import Prior, read_prior
from corcal.runtime import install_extra
from corcal.storage import check_folder, replace_files

#: The files of a report, in the order in which they are listed; without `ReportOptions.labels`
#: those of the label map are not written.
REPORT_FILES = (
    "report.html",
    "report.json",
    "calcium.csv",
    "lesions.csv",
    "labels.nii.gz",
    "labels.seg.nrrd",
    "overview.png",
)
#: Those that are written when they are asked for.
PDF_FILE = "report.pdf"
DICOM_FILES = ("labels.seg.dcm", "report.sr.dcm", "report.pdf.dcm", "overview.sc.dcm")
_ALL_FILES = (*REPORT_FILES, PDF_FILE, *DICOM_FILES)

#: Package by what needs it, and the extra that brings it.
_NEEDS = {"pdf": ("typst", "pdf"), "dicom": ("highdicom", "dicom")}


def check_output(
    out: Path | str, *, force: bool = False, options: ReportOptions | None = None
) -> None:
    """Refuse an output folder or a choice that cannot be served, before any long work starts.

    Raises:
        OutputRefused: `out` is a file, holds something and `force` is off, or cannot be
            written.
        SettingsRefused: a package is not installed that an option needs.
        TableRefused: the earlier report cannot be read.
        InputRefused: `out` is empty.
        TypeError: an argument is of another kind.
    """
    chosen = or_default("options", options, ReportOptions)
    _check(require_path("out", out), chosen, force=force)


def check_scan(scan: Scan, options: ReportOptions) -> None:
    """Refuse DICOM results of a scan that came in another format, before it is scored.

    Raises:
        OutputRefused: they are asked for, and the scan is no DICOM series.
    """
    if options.dicom and scan.source.kind != "dicom":
        raise OutputRefused(
            "DICOM results belong to the study of a DICOM series, and the scan came as "
            f"{scan.source.kind}: score the series itself, or leave DICOM results out"
        )


def write_reports(
    reading: Reading,
    out: Path | str,
    *,
    force: bool = False,
    options: ReportOptions | None = None,
) -> tuple[Path, ...]:
    """Write every report of a reading into a folder, whole or not at all.

    Args:
        reading: the scan, its labels and what is said of them.
        out: the folder; made if absent. It must be empty unless `force`.
        force: replace an earlier report in it, all its files, also those that are not written
            now; files of other names stay as they are.
        options: what is put into the report beside the result.

    Returns:
        The files: those of `REPORT_FILES`, then report.pdf and the DICOM objects, as far as the
            options ask for them.

    Raises:
        OutputRefused: as `check_output` and `check_scan`, or the disk is full. Nothing is left
            behind.
        SettingsRefused, TableRefused, InputRefused, TypeError: as `check_output`.
    """
    require_kind("reading", reading, Reading, "that of corcal.score")
    out, chosen = require_path("out", out), or_default("options", options, ReportOptions)
    prior = _check(out, chosen, force=force)
    check_scan(reading.scan, chosen)
    files = build_reports(reading, chosen, prior=prior)
    with replace_files(out, _ALL_FILES, force=force) as folder:
        for name, content in files.items():
            (folder / name).write_bytes(content)
    return tuple(out / name for name in files)


def _check(out: Path, options: ReportOptions, *, force: bool) -> Prior | None:
    """Return the earlier report, once it is known that this one can be written."""
    for name in ("pdf", "dicom"):
        if getattr(options, name):
            _require(name)
    if options.dicom:
        _require("pdf", "dicom")
    prior = None if options.prior is None else read_prior(options.prior)
    check_folder(out, _ALL_FILES, force=force)
    return prior


def _require(name: str, asked_by: str = "") -> None:
    package, extra = _NEEDS[name]
    if find_spec(package) is None:
        raise SettingsRefused(f"this report needs {package}: {install_extra(asked_by or extra)}")
