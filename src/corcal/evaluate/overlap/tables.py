"""Overlap as tables, and case by case as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

from corcal.core.artery import Artery
from corcal.evaluate.estimate import Estimate
from corcal.evaluate.overlap.compare import PARTS, TARGETS, CaseOverlap
from corcal.evaluate.overlap.froc import RATES
from corcal.evaluate.overlap.summary import OverlapSummary, Spread, Summary
from corcal.evaluate.table import Table

_DASH = "\u2013"

#: Columns of the table case by case; an empty cell is undefined.
CASE_COLUMNS = (
    "case",
    "target",
    "part",
    "presence",
    "predicted_ml",
    "reference_ml",
    "dice",
    "jaccard",
    "mean_surface_mm",
    "hd95_mm",
    "reference_lesions",
    "found_lesions",
    "predicted_lesions",
    "right_lesions",
)


def overlap_tables(summary: Summary) -> tuple[Table, ...]:
    """Return overlap, lesions and the free-response curve as tables."""
    return (_overlap(summary), _lesions(summary), _froc(summary))


def cases_csv(cases: Sequence[CaseOverlap]) -> bytes:
    """Return every figure of every case as UTF-8 CSV: `CASE_COLUMNS`."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(CASE_COLUMNS)
    for case in cases:
        for part in PARTS:
            for target in TARGETS:
                writer.writerow(_case_row(case, target, part))
    return text.getvalue().encode()


def _case_row(case: CaseOverlap, target: str, part: str) -> tuple[str, ...]:
    o, m = case.overlap[target, part], case.lesions[target]
    counts = (m.reference, m.found, len(m.candidates), m.right)
    measured = (o.predicted_ml, o.reference_ml, o.dice, o.jaccard, o.mean_surface_mm, o.hd95_mm)
    return (
        case.case,
        target,
        part,
        o.presence,
        *("" if x is None else f"{x:.6g}" for x in measured),
        *(str(n) if part == "calcium" else "" for n in counts),
    )


def _overlap(summary: Summary) -> Table:
    outlined = any(part == "artery" for _, part in summary.overlap)
    bare = "No reference outlines vessels: only calcium is compared."
    return Table(
        name="overlap",
        title=f"Overlap of predicted and reference labels (n = {summary.cases} scans).",
        columns=(
            "Structure",
            "Both / predicted only / reference only / neither",
            "Dice, mean (95 % CI)",
            "Dice, median [IQR]",
            "Jaccard, mean (95 % CI)",
            "Surface distance, mm, mean (95 % CI)",
            "HD95, mm, median [IQR]",
            "Dice of all voxels (95 % CI)",
        ),
        rows=tuple(
            _overlap_row(_title(target, part), one)
            for (target, part), one in summary.overlap.items()
        ),
        notes=(
            "An artery is compared with its calcium. Dice and Jaccard are 0 where only one side "
            "has the structure, undefined (not averaged) where neither has; surface distances are "
            "defined where both have it.",
            "Surface distance: mean over the surface voxels of both sides. HD95: the larger of "
            "the two directed 95th percentiles. Intervals: bootstrap over scans.",
            *(() if outlined else (bare,)),
        ),
    )


def _overlap_row(title: str, one: OverlapSummary) -> tuple[str, ...]:
    spread = one.spreads
    return (
        title,
        " / ".join(str(one.presence[k]) for k in ("both", "prediction", "reference", "neither")),
        _figure(spread["dice"].mean, 3),
        _median(spread["dice"], 3),
        _figure(spread["jaccard"].mean, 3),
        _figure(spread["mean_surface_mm"].mean, 2),
        _median(spread["hd95_mm"], 2),
        _figure(one.pooled_dice, 3),
    )


def _lesions(summary: Summary) -> Table:
    rows = []
    for target, one in summary.lesions.items():
        c, f = one.counts, one.figures
        rows.append(
            (
                _title(target, "calcium"),
                f"{c.found} / {c.reference}",
                _figure(f["sensitivity"], 3),
                f"{c.right} / {c.predicted}",
                _figure(f["precision"], 3),
                _figure(f["f1"], 3),
                _figure(f["false_per_scan"], 2),
            )
        )
    return Table(
        name="lesions",
        title=f"Calcified lesions found (n = {summary.cases} scans).",
        columns=(
            "Structure",
            "Found / reference",
            "Sensitivity (95 % CI)",
            "Right / predicted",
            "Precision (95 % CI)",
            "F1 (95 % CI)",
            "False lesions a scan (95 % CI)",
        ),
        rows=tuple(rows),
        notes=(
            "A lesion is a connected component of a calcium label. It is found, or right, if it "
            "shares a voxel with a lesion of the other side in the same artery (in any artery "
            "for the last row). Intervals: bootstrap over scans.",
        ),
    )


def _froc(summary: Summary) -> Table:
    rows = []
    for target, one in summary.lesions.items():
        title = _title(target, "calcium")
        if one.froc is None:
            rows.append((title, *([_DASH] * (len(RATES) + 1))))
            continue
        read = [f"{one.froc.sensitivity_at(r):.3f}" for r in RATES]
        rows.append((title, *read, f"{one.froc.mean_sensitivity:.3f}"))
    return Table(
        name="froc",
        title="Free response: sensitivity for lesions at a number of false lesions a scan.",
        columns=("Structure", *(f"{r:g}" for r in RATES), "Mean"),
        rows=tuple(rows),
        notes=(
            "Predicted lesions are ranked by volume, largest first, since label maps hold no "
            "probabilities. Beyond its last point the curve is continued level.",
        ),
    )


def _title(target: str, part: str) -> str:
    name = "All arteries" if target == TARGETS[-1] else Artery(target).title
    return f"{name}, calcium" if part == "calcium" else name


def _figure(e: Estimate, digits: int) -> str:
    if e.value is None:
        return _DASH
    if e.low is None or e.high is None:
        return f"{e.value:.{digits}f}"
    return f"{e.value:.{digits}f} ({e.low:.{digits}f} to {e.high:.{digits}f})"


def _median(s: Spread, digits: int) -> str:
    if s.quartiles is None:
        return _DASH
    q1, median, q3 = s.quartiles
    return f"{median:.{digits}f} [{q1:.{digits}f} to {q3:.{digits}f}]"
