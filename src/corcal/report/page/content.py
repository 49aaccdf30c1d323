"""The words of the page as plain text: the same for HTML and PDF."""

from __future__ import annotations

from typing import Any

from corcal.core.reading import Reading, Report
from corcal.core.scan import Scan
from corcal.core.score import ArteryScore
from corcal.report.case import Case
from corcal.report.options import ReportOptions
from corcal.report.pictures.strips import STRIP_NOTE
from corcal.report.words import limits
from corcal.report.words.finding import (
    agatston_text,
    category_text,
    finding,
    is_estimated,
    notices,
    score_name,
    volume_text,
)
from corcal.report.words.images import image_word, piece_images
from corcal.report.words.paste import text_to_paste
from corcal.report.words.verdict import certainty_text, make_verdict, verdict_text


def page_content(reading: Reading, case: Case, options: ReportOptions) -> dict[str, Any]:
    """Return the texts of the page by name, nothing but text, numbers and lists."""
    report = reading.report
    sections = text_to_paste(reading, options.language, advice=options.advice)
    return {
        "whose": whose_text(reading, case),
        "case_id": case.case_id,
        "disclaimer": limits.DISCLAIMER,
        "verdict": verdict_text(make_verdict(reading)),
        "finding": finding(report),
        "category": category_text(report),
        "doubts": [n.text for n in notices(reading)],
        "columns": _columns(report),
        "rows": [_row(a, report) for a in report.score.arteries] + [_total(report)],
        "table_note": table_note(report),
        "picture": "Axial key slice of each artery and the heart from the front; above the CT "
        "alone, below with arteries and calcium marked.",
        "omitted_lines": _omitted_lines(reading),
        "strip_note": STRIP_NOTE,
        "sections": [{"heading": s.heading, "lines": list(s.lines)} for s in sections],
        "facts": [list(fact) for fact in scan_facts(reading.scan)],
        "limits": list(limits.NON_GATED_LIMITS) if is_estimated(report) else [],
        "made_by": name_makers(report),
    }


def whose_text(reading: Reading, case: Case) -> str:
    """Return the line that stands on every printed page."""
    a = reading.scan.acquisition
    gating = {True: "ECG-gated", False: "not gated", None: "gating not stated"}[a.gated]
    parts = [f"Case {case.case_id}"]
    if case.acquired_on:
        parts.append(f"scanned {case.acquired_on}")
    if case.scored_on:
        parts.append(f"scored {case.scored_on}")
    parts.append(gating)
    if a.thickness_mm is not None:
        parts.append(f"{a.thickness_mm:g} mm")
    if a.kernel:
        parts.append(f"kernel {a.kernel}")
    return " · ".join(parts)


def table_note(report: Report) -> str:
    """Return what the columns of the table mean."""
    mass = "" if report.score.mass_mg is not None else " No mass: the scan carries no calibration."
    return (
        f"Volume: voxels of {threshold_text(report)} and more, in lesions large enough to count. "
        f"Left main calcium is counted with the LAD.{mass}"
    )


def threshold_text(report: Report) -> str:
    """Return the threshold of calcium as text."""
    scoring = report.provenance.settings.get("scoring")
    value = scoring.get("threshold_hu") if isinstance(scoring, dict) else None
    return f"{value:g} HU" if isinstance(value, int | float) else "the HU threshold"


def scan_facts(scan: Scan) -> list[tuple[str, str]]:
    """Return what is known of the scan, as (name, value) pairs."""
    a, s = scan.acquisition, scan.grid.spacing_mm
    yes_no = {True: "yes", False: "no", None: "not stated"}
    thick = f"{a.thickness_mm:g} mm" if a.thickness_mm is not None else "thickness not stated"
    return [
        ("Slices", f"{scan.grid.shape[0]}, {thick}, every {s[0]:.4g} mm"),
        ("Pixels", f"{s[1]:.3g} × {s[2]:.3g} mm"),
        ("Tube voltage", f"{a.kvp_kv:g} kV" if a.kvp_kv is not None else "not stated"),
        ("Kernel", a.kernel or "not stated"),
        ("ECG gating", yes_no[a.gated]),
        ("Contrast agent", yes_no[a.contrast]),
        ("Scanner", f"{a.manufacturer} {a.model}".strip() or "not stated"),
    ]


def name_makers(report: Report) -> str:
    """Return which program and models made the result."""
    stamp = report.provenance
    models = "; ".join(f"{m.step}: {m.name} {m.sha256[:12]}" for m in stamp.models)
    return f"corcal {stamp.version}. {models or 'No model: the labels were given'}."


def _omitted_lines(reading: Reading) -> list[str]:
    word = image_word(reading.scan)
    lines = []
    for number, piece in enumerate(reading.report.omitted, start=1):
        images = piece_images(piece, reading.scan)
        lines.append(
            f"{number}. {piece.place.value}: {volume_text(piece.volume_mm3)} mm³, "
            f"peak {piece.peak_hu:.0f} HU, {word} {images}"
        )
    return lines


def _columns(report: Report) -> list[str]:
    kind = score_name(report) + (" (estimated)" if is_estimated(report) else "")
    return ["Artery", "Calcium", kind, "Volume mm³", "Lesions", "Peak HU"]


def _row(a: ArteryScore, report: Report) -> list[str]:
    return [
        a.artery.title,
        presence_text(a, report),
        agatston_text(a.agatston),
        volume_text(a.volume_mm3),
        str(len(a.lesions)),
        f"{a.peak_hu:.0f}" if a.peak_hu is not None else "–",
    ]


def presence_text(a: ArteryScore, report: Report) -> str:
    """Return whether an artery holds calcium, and how sure that is."""
    if report.presence_of(a.artery) is None:
        return "artery not found"
    words = "present" if a.present else "none found"
    sure, graded = report.certainty_of(a.artery), report.grade_of(a.artery)
    if sure is not None:
        words += f", {certainty_text(sure)} sure" + (": uncertain" if sure.uncertain else "")
    if graded is not None:
        words += f", grade {graded.grade.word} ({100 * graded.probability:.0f} %)"
    if a.artery in report.unseen:
        words += "; the rest of the artery not found"
    return words


def _total(report: Report) -> list[str]:
    score = report.score
    peaks = [a.peak_hu for a in score.arteries if a.peak_hu is not None]
    return [
        "Total",
        f"{score.vessels} of 3",
        agatston_text(score.agatston),
        volume_text(score.volume_mm3),
        str(sum(len(a.lesions) for a in score.arteries)),
        f"{max(peaks):.0f}" if peaks else "–",
    ]
