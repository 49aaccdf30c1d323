"""The case of a report: an identifier that names nobody, and dates where they are wanted."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from corcal.core.scan import Scan
from corcal.report.options import ReportOptions
from corcal.report.source_headers import first_header

_HASH_LENGTH = 10


@dataclass(frozen=True)
class Case:
    """The lines by which every page and file says of whom it is.

    Attributes:
        case_id: never empty, never a file's name: that may be a patient's.
        scored_on: ISO date, or "".
        acquired_on: ISO date, or "" unless dates are shown and known.
    """

    case_id: str
    scored_on: str = ""
    acquired_on: str = ""


def make_case(scan: Scan, options: ReportOptions) -> Case:
    """Return whose a report is.

    The identifier is the user's; else the PatientID of a DICOM scan whose header says that the
    patient's identity was removed; else the beginning of a hash of the voxels.
    """
    case_id, acquired = options.case_id.strip(), ""
    if not case_id or options.show_dates:
        header = first_header(scan.source)
        if not case_id and str(header.get("PatientIdentityRemoved", "")).upper() == "YES":
            case_id = str(header.get("PatientID", "")).strip()
        if options.show_dates:
            acquired = _iso_date(str(header.get("AcquisitionDate") or header.get("StudyDate", "")))
    digest = scan.source.sha256 or hashlib.sha256(scan.hu.tobytes()).hexdigest()
    scored = "" if options.scored_at is None else options.scored_at.date().isoformat()
    return Case(case_id or f"scan-{digest[:_HASH_LENGTH]}", scored, acquired)


def _iso_date(text: str) -> str:
    if len(text) != 8 or not text.isdigit():
        return ""
    return f"{text[:4]}-{text[4:6]}-{text[6:]}"
