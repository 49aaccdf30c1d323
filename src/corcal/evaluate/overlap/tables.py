"""Overlap as tables, and case by case as CSV."""

from __future__ import annotations

from collections.abc import Sequence

from corcal.core.artery import Artery
from corcal.evaluate.overlap.compare import PARTS, TARGETS, CaseOverlap
from corcal.evaluate.overlap.froc import RATES
from corcal.evaluate.overlap.summary import Spread, Summary
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.wording import DASH, figure, number
from corcal.storage import csv_bytes

_WHO = ("both", "prediction", "reference", "neither")

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
    """Return overlap, surfaces, lesions and the free-response curve as tables."""
    return (_overlap(summary), _surfaces(summary), _lesions(summary), _froc(summary))


def cases_csv(cases: Sequence[CaseOverlap]) -> bytes:
    """Return every figure of every case as UTF-8 CSV: `CASE_COLUMNS`."""
    rows = (_case_row(case, t, part) for case in cases for part in PARTS for t in TARGETS)
    return csv_bytes(CASE_COLUMNS, rows)


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
        title=f"Overlap of predicted and reference labels (n = {summary.cases} scans)",
        columns=(
            "Structure",
            "B / P / R / –",
            "Dice, mean (95 % CI)",
            "Dice, median [IQR]",
            "Jaccard, mean (95 % CI)",
            "Dice of all voxels (95 % CI)",
        ),
        rows=tuple(
            (
                _title(target, part),
                " / ".join(str(one.presence[who]) for who in _WHO),
                figure(one.spreads["dice"].mean, 3),
                _median(one.spreads["dice"], 3),
                figure(one.spreads["jaccard"].mean, 3),
                figure(one.pooled_dice, 3),
            )
            for (target, part), one in summary.overlap.items()
        ),
        notes=(
            "Scans with the structure on both sides (B), in the prediction only (P), in the "
            "reference only (R), in neither (–). Dice and Jaccard are 0 where only one side has "
            "it, undefined and not averaged where neither has.",
            "An artery is compared with its calcium. Dice of all voxels: of the scans' voxels "
            "taken together. Intervals: bootstrap over scans.",
            *(() if outlined else (bare,)),
        ),
        attrition={_title(*key): one.attrition for key, one in summary.overlap.items()},
        counted="Scans whose Dice is defined",
    )


def _surfaces(summary: Summary) -> Table:
    return Table(
        name="surfaces",
        title="Distance between predicted and reference surfaces, mm",
        columns=(
            "Structure",
            "Scans",
            "Mean distance, mean (95 % CI)",
            "HD95, mean (95 % CI)",
            "HD95, median [IQR]",
        ),
        rows=tuple(
            (
                _title(target, part),
                str(one.spreads["hd95_mm"].mean.n),
                figure(one.spreads["mean_surface_mm"].mean),
                figure(one.spreads["hd95_mm"].mean),
                _median(one.spreads["hd95_mm"], 2),
            )
            for (target, part), one in summary.overlap.items()
        ),
        notes=(
            "Of the scans with the structure on both sides. Mean distance: over the surface voxels "
            "of both sides. HD95: the larger of the two directed 95th percentiles.",
        ),
        attrition={_title(*key): one.of_surfaces for key, one in summary.overlap.items()},
        counted="Scans",
    )


def _lesions(summary: Summary) -> Table:
    rows = []
    for target, one in summary.lesions.items():
        c, f = one.counts, one.figures
        rows.append(
            (
                _title(target, "calcium"),
                f"{c.found} / {c.reference}",
                figure(f["sensitivity"]),
                f"{c.right} / {c.predicted}",
                figure(f["precision"]),
                figure(f["f1"]),
                figure(f["false_per_scan"]),
            )
        )
    return Table(
        name="lesions",
        title=f"Calcified lesions found (n = {summary.cases} scans)",
        columns=(
            "Structure",
            "Found / reference",
            "Sensitivity (95 % CI)",
            "Right / predicted",
            "Precision (95 % CI)",
            "F1 (95 % CI)",
            "False a scan (95 % CI)",
        ),
        rows=tuple(rows),
        notes=(
            "A lesion is a connected component of a calcium label. It is found, or right, if it "
            "shares a voxel with a lesion of the other side in the same artery (in any artery "
            "for the last row). Intervals: bootstrap over scans.",
        ),
        attrition={"": summary.scans},
        counted="Scans",
    )


def _froc(summary: Summary) -> Table:
    rows = []
    for target, one in summary.lesions.items():
        title = _title(target, "calcium")
        if one.froc is None:
            rows.append((title, *([DASH] * (len(RATES) + 1))))
            continue
        read = [f"{one.froc.sensitivity_at(r):.3f}" for r in RATES]
        rows.append((title, *read, f"{one.froc.mean_sensitivity:.3f}"))
    return Table(
        name="froc",
        title="Free response: sensitivity for lesions at a number of false lesions a scan",
        columns=("Structure", *(f"{r:g}" for r in RATES), "Mean"),
        rows=tuple(rows),
        notes=(
            "Predicted lesions are ranked by volume, largest first, since label maps hold no "
            "probabilities. Beyond its last point the curve is continued level.",
        ),
        attrition={"": summary.scans},
        counted="Scans",
    )


def _title(target: str, part: str) -> str:
    name = "All arteries" if target == TARGETS[-1] else Artery(target).title
    return f"{name}, calcium" if part == "calcium" else name


def _median(s: Spread, digits: int) -> str:
    if s.quartiles is None:
        return DASH
    q1, median, q3 = s.quartiles
    return f"{number(median, digits)} [{number(q1, digits)}–{number(q3, digits)}]"
