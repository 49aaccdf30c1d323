"""The result for machines, after the schema `report.schema.json` beside this file."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from corcal.core.course import ArteryCourse
from corcal.core.reading import Reading, Report
from corcal.core.scan import Scan
from corcal.core.score import ArteryScore, Lesion, OmittedPiece
from corcal.core.severity import ArteryGrade
from corcal.report.case import Case, make_case
from corcal.report.options import ReportOptions
from corcal.report.words.finding import is_estimated, notices, unseen_text
from corcal.report.words.limits import DISCLAIMER, VESSEL_NOTE, agatston_kind
from corcal.storage import json_bytes, parse_json

SCHEMA_ID = "corcal-report/1"


def report_json(reading: Reading, case: Case | None = None) -> bytes:
    """Return the result as UTF-8 JSON text."""
    return json_bytes(report_document(reading, case))


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) that every report.json follows."""
    schema = files("corcal.report.tables").joinpath("report.schema.json")
    return dict(parse_json(schema.read_bytes(), schema.name))


def report_document(reading: Reading, case: Case | None = None) -> dict[str, Any]:
    """Return the result as plain values. No patient data, no paths, no dates.

    Args:
        reading: what is reported.
        case: whose it is; without one, as `make_case` says by itself.
    """
    case = case or make_case(reading.scan, ReportOptions())
    report = reading.report
    stamp = report.provenance
    return {
        "schema": SCHEMA_ID,
        "case": case.case_id,
        "disclaimer": DISCLAIMER,
        "software": {"name": "corcal", "version": stamp.version, "device": stamp.device},
        "models": [{"step": m.step, "name": m.name, "sha256": m.sha256} for m in stamp.models],
        "input": scan_document(reading.scan),
        "heart_box": _heart(reading),
        "arteries": {a.artery.value: _artery(a, reading) for a in report.score.arteries},
        "total": _total(report),
        "cac_drs": _category(report),
        "omitted": [_omitted_piece(piece) for piece in report.omitted],
        "percentile": report.percentile,
        "arterial_age_years": _round(report.arterial_age_years),
        "method": {
            "agatston": report.score.method,
            "agatston_kind": agatston_kind(reading.scan.acquisition.gated),
            "settings": stamp.settings,
        },
        "notices": [{"code": n.code, "text": n.text} for n in notices(reading)],
        "seconds": {step: _round(s) for step, s in stamp.seconds.items()},
    }


def scan_document(scan: Scan) -> dict[str, Any]:
    """Return how a scan was made and stored, as plain values. Nothing of the patient."""
    a = scan.acquisition
    return {
        "kind": scan.source.kind,
        "series_uid": scan.source.series_uid or None,
        "slices": scan.grid.shape[0],
        "shape": list(scan.grid.shape),
        "spacing_mm": [_round(s) for s in scan.grid.spacing_mm],
        "thickness_mm": _round(a.thickness_mm),
        "kvp_kv": _round(a.kvp_kv),
        "kernel": a.kernel or None,
        "manufacturer": a.manufacturer or None,
        "scanner_model": a.model or None,
        "gated": a.gated,
        "gating_source": a.gating_source or None,
        "contrast": a.contrast,
        "voxel_sha256": scan.source.sha256 or None,
    }


def _heart(reading: Reading) -> dict[str, list[int]] | None:
    box = reading.heart
    return None if box is None else {"start": list(box.start), "stop": list(box.stop)}


def _artery(a: ArteryScore, reading: Reading) -> dict[str, Any]:
    report = reading.report
    present, graded = report.presence_of(a.artery), report.grade_of(a.artery)
    # How sure a reading is of "no calcium" says nothing where the artery is not there to hold it.
    sure = None if present is None else report.certainty_of(a.artery)
    return {
        "present": present,
        "unseen": a.artery in report.unseen,
        "confidence": None if sure is None else round(sure.probability, 3),
        "uncertain": None if sure is None else sure.uncertain,
        "grade": None if graded is None else graded.grade.word,
        "grade_probabilities": None if graded is None else _chances(graded),
        "agatston": _round(a.agatston),
        "volume_mm3": _round(a.volume_mm3),
        "mask_volume_ml": _round(a.mask_volume_ml),
        "mass_mg": _round(a.mass_mg),
        "density": _round(a.density),
        "peak_hu": _round(a.peak_hu),
        "mean_hu": _round(a.mean_hu),
        "vessel_ml": _round(a.vessel_ml),
        "course": _course(reading.course_of(a.artery)),
        "lesions": [_lesion(x) for x in a.lesions],
    }


def _course(course: ArteryCourse | None) -> dict[str, float | None] | None:
    if course is None:
        return None
    return {"length_mm": _round(course.length_mm), "seen_mm": _round(course.seen_mm)}


def _chances(graded: ArteryGrade) -> dict[str, float]:
    return {grade.word: round(p, 3) for grade, p in graded.probabilities.items()}


def _lesion(x: Lesion) -> dict[str, Any]:
    return {
        "volume_mm3": _round(x.volume_mm3),
        "agatston": _round(x.agatston),
        "peak_hu": _round(x.peak_hu),
        "mean_hu": _round(x.mean_hu),
        "centre_lps_mm": [_round(c) for c in x.centre_lps_mm],
    }


def _omitted_piece(piece: OmittedPiece) -> dict[str, Any]:
    return {
        "place": piece.place.name.lower(),
        "volume_mm3": _round(piece.volume_mm3),
        "peak_hu": _round(piece.peak_hu),
        "centre_lps_mm": [_round(c) for c in piece.centre_lps_mm],
        "slices": list(piece.slices),
    }


def _total(report: Report) -> dict[str, Any]:
    s = report.score
    return {
        "present": report.presence,
        "agatston": _round(s.agatston),
        "volume_mm3": _round(s.volume_mm3),
        "mask_volume_ml": _round(s.mask_volume_ml),
        "mass_mg": _round(s.mass_mg),
        "lesions": sum(len(a.lesions) for a in s.arteries),
        "vessels": s.vessels,
    }


def _category(report: Report) -> dict[str, Any]:
    c, counted = report.cac_drs, report.counted
    least = counted if c is None and counted.category else None
    return {
        "text": None if c is None else str(c),
        "scale": counted.scale,
        "category": None if c is None else c.category,
        "vessels": counted.vessels,
        "vessels_note": VESSEL_NOTE,
        "severity": None if c is None else c.severity.word,
        "at_least": None if least is None else least.severity.word,
        "why_none": unseen_text(report.unseen) or None,
        "derived": is_estimated(report),
    }


def _round(value: float | None) -> float | None:
    """Return a number without the noise of its last binary digits."""
    return None if value is None else round(float(value), 6)
