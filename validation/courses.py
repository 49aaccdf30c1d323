"""Arteries against their traced courses: how much is drawn, how precisely, in how many pieces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.evaluate.publish import Table
from corcal.evaluate.statistics import Estimate
from corcal.space import components, true_voxels
from validation.clustered import ratio
from validation.compare import Record
from validation.goals import Goal, text
from validation.truth import Traced

#: A point of a course is covered by a mask within this; a voxel is precise within that of a course.
COVERED_MM, PRECISE_MM = 3.0, 4.0
#: The least share of the course that should be covered, the RCA moving most.
LEAST_COVERED = {"RCA": 0.80, "LAD": 0.85, "LCX": 0.85}
LEAST_PRECISE, MOST_PIECES = 0.85, 2.0


def traced_mask(mask: NDArray[np.bool_], grid: Grid) -> Traced | None:
    """Return the course of an artery whose voxels are known; None where there are none.

    The course is their medial line: the voxels farther from the edge than their neighbours are.
    """
    if not mask.any():
        return None
    depth = ndimage.distance_transform_edt(mask, sampling=grid.spacing_mm)
    middle = true_voxels(mask & (depth >= ndimage.maximum_filter(depth, 3)))
    points = grid.to_lps(middle.astype(np.float64))
    return Traced(points, np.ones(len(points), bool), whole=True)


def compare_courses(labels: ArteryLabels, courses: dict[str, Traced]) -> Record:
    """Return how each artery's mask, calcium included, compares with its course.

    Args:
        labels: as reported.
        courses: of the arteries that are known, by name.

    Returns:
        For each artery with a clear point: "points" and how many of them are "covered",
        "voxels" of the mask and how many are "near" the course (None unless it is whole), and
        in how many "pieces" (26 neighbours) the mask comes.
    """
    record: Record = {}
    for artery in Artery:
        traced = courses.get(artery.value)
        if traced is None or not traced.clear.any():
            continue
        voxels = true_voxels(labels.whole(artery))
        places = labels.grid.to_lps(voxels.astype(np.float64))
        clear = traced.points_mm[traced.clear]
        covered, near = 0, 0
        if len(voxels):
            covered = _count_within(COVERED_MM, clear, places)
            near = _count_within(PRECISE_MM, places, traced.points_mm)
        record[artery.value] = {
            "points": len(clear),
            "covered": covered,
            "voxels": len(voxels),
            "near": near if traced.whole else None,
            "pieces": int(components(voxels, 26).max()) + 1 if len(voxels) else 0,
        }
    return record


def _count_within(
    reach_mm: float, points_mm: NDArray[np.float64], others_mm: NDArray[np.float64]
) -> int:
    """Return how many points lie within reach of one of the others."""
    away_mm, _ = cKDTree(others_mm).query(points_mm)
    return int(np.count_nonzero(away_mm <= reach_mm))


def course_tables(phantoms: Sequence[Record], scans: Sequence[Record]) -> list[Table]:
    """Return the table of arteries, and that of the real scans one by one."""
    groups = (
        ("real scans, networks that never saw them", [r for r in scans if r["unseen"]]),
        ("real scans, all", scans),
        ("phantoms", phantoms),
    )
    rows = []
    for label, records in groups:
        for artery in Artery:
            known = _known(records, artery.value)
            if known:
                covered, near, pieces = _figures(known)
                shown = (text(covered), text(near), text(pieces, percent=False, digits=1))
                rows.append((label, artery.value, str(len(known)), *shown))
    columns = (
        "cases", "artery", "traced", f"course within {COVERED_MM:g} mm of the mask",
        f"mask within {PRECISE_MM:g} mm of the course", "pieces",
    )  # fmt: skip
    tables = [Table("e", "Arteries along their courses", columns, tuple(rows))]
    singly = [r for r in scans if r.get("courses")]
    if singly:
        heads = ("scan", "networks", *(a.value for a in Artery))
        lines = tuple(_scan_row(r) for r in singly)
        note = "Course covered, mask near the course, pieces; – where it was not traced (in full)."
        tables.append(Table("e_scans", "Scan by scan", heads, lines, (note,)))
    return tables


def course_goals(scans: Sequence[Record]) -> list[Goal]:
    """Return what is asked of the arteries of scans that the networks never saw."""
    goals = []
    unseen = [r for r in scans if r["unseen"]]
    for artery in Artery:
        covered, near, pieces = _figures(_known(unseen, artery.value))
        name = artery.value
        goals += [
            Goal("e", f"{name}: course covered, unseen scans", covered, LEAST_COVERED[name]),
            Goal("e", f"{name}: mask near the course", near, LEAST_PRECISE),
            Goal("e", f"{name}: pieces", pieces, most=MOST_PIECES, percent=False),
        ]
    return goals


def _known(records: Iterable[Record], artery: str) -> list[tuple[str, Record]]:
    return [(r["cluster"], r["courses"][artery]) for r in records if artery in r.get("courses", {})]


def _figures(known: Sequence[tuple[str, Record]]) -> tuple[Estimate, Estimate, Estimate]:
    """Return the share covered, the share near, and the mean number of pieces."""
    return (
        ratio((c, x["covered"], x["points"]) for c, x in known),
        ratio((c, x["near"], x["voxels"]) for c, x in known if x["near"] is not None),
        ratio((c, x["pieces"], 1.0) for c, x in known),
    )


def _scan_row(record: Record) -> tuple[str, ...]:
    cells = []
    for artery in Artery:
        x = record["courses"].get(artery.value)
        if x is None:
            cells.append("–")
            continue
        near = "–" if x["near"] is None else f"{x['near'] / max(x['voxels'], 1):.0%}"
        cells.append(f"{x['covered'] / x['points']:.0%}, {near}, {x['pieces']}")
    networks = "never saw it" if record["unseen"] else "trained on it"
    return (record["scan"], networks, *cells)
