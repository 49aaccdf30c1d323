"""A scan with inserted lesions on disk: the scan, its labels and the truth, whole or not at all."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.core.scan import Scan
from corcal.phantom.body.coronaries import Vessel
from corcal.phantom.body.shapes import Tube
from corcal.phantom.files.as_nifti import write_nifti
from corcal.phantom.inserting.insertion_plan import InsertedLesion, InsertionPlan
from corcal.phantom.paint.canvas import Canvas
from corcal.storage import csv_bytes, json_bytes, replace_files

STATEMENT = (
    "A real scan with synthetic calcium. The lesions listed here were computed and put into it; "
    "their volume, mass and place are known exactly. Calcium that the scan had before is not "
    "listed and not labelled."
)
SCAN, LABELS, NUMBERS = "ct.nii.gz", "labels.nii.gz", "lesions.nii.gz"
TABLE, TRUTH = "lesions.csv", "truth.json"
FILES = (SCAN, LABELS, NUMBERS, TABLE, TRUTH)


@dataclass(frozen=True, eq=False)
class Insertion:
    """The answer of `corcal.phantom.inserting.insert_lesions.insert_lesions`, and its question.

    Attributes:
        scan: with the lesions.
        numbers: uint8 (slice, row, column), the lesion that is visible in a voxel, or 0.
        lesions: what was put in.
        courses: the arteries they were put on.
        plan: what should be put in.
        seed: of the random numbers.
    """

    scan: Scan
    numbers: NDArray[np.uint8]
    lesions: tuple[InsertedLesion, ...]
    courses: tuple[Vessel, ...]
    plan: InsertionPlan
    seed: int


def write_insertion(folder: Path, made: Insertion, *, version: str, force: bool) -> None:
    """Write a scan with inserted lesions, its labels, the lesions' numbers and the truth.

    Args:
        folder: its own folder.
        made: the scan.
        version: corcal's.
        force: replace an insertion in the folder; other files in it are kept.

    Raises:
        OutputRefused: the folder exists and `force` is off, or cannot be written.
    """
    grid = made.scan.grid
    with replace_files(folder, FILES, force=force) as stage:
        write_nifti(stage / SCAN, made.scan.hu, grid)
        write_nifti(stage / LABELS, codes_of(made), grid)
        write_nifti(stage / NUMBERS, made.numbers, grid)
        (stage / TABLE).write_bytes(csv_bytes(_COLUMNS, map(_row, made.lesions)))
        (stage / TRUTH).write_bytes(json_bytes(insertion_truth(made, version)))


def codes_of(made: Insertion) -> NDArray[np.uint8]:
    """Return label codes 0 to 6: the traced arteries, and the calcium that can be seen."""
    grid = made.scan.grid
    codes = np.zeros(grid.shape, dtype=np.uint8)
    for vessel in made.courses:
        _paint(codes, grid, vessel)
    for lesion in made.lesions:
        codes[made.numbers == lesion.number] = lesion.artery.calcium_code
    return codes


def _paint(codes: NDArray[np.uint8], grid: Grid, vessel: Vessel) -> None:
    """Paint a vessel with its wall, where nothing is painted yet."""
    index = grid.to_index(vessel.tube.points_mm)
    reach = np.ceil((vessel.tube.radii_mm.max() + 2.0) / np.array(grid.spacing_mm))
    around = Box.of(np.floor(index.min(0) - reach), np.ceil(index.max(0) + reach) + 1)
    whole = Box.whole(grid.shape)
    if not around.meets(whole):
        return
    box = around.intersect(whole)
    # Measured on an upright grid of the same spacing, so that tilted scans are like others.
    upright = Grid.axial(grid.shape, grid.spacing_mm)
    tube = Tube(upright.to_lps(index), vessel.tube.radii_mm)
    canvas = Canvas(upright.cut(box), 6.0)
    near = canvas.tube_distance(tube, 0.5)
    if near is not None:
        part = codes[box.slices][near[0]]
        part[(near[1] < 0) & (part == 0)] = vessel.artery.vessel_code


def insertion_truth(made: Insertion, version: str) -> dict[str, Any]:
    """Return what is true of the lesions, ready for JSON. `version` is corcal's."""
    return {
        "schema": "corcal-insertion/1",
        "statement": STATEMENT,
        "corcal": version,
        "seed": made.seed,
        "plan": asdict(made.plan),
        "arteries": {a.value: _sums([x for x in made.lesions if x.artery is a]) for a in Artery},
        "total": _sums(list(made.lesions)),
        "lesions": [dict(zip(_COLUMNS, _row(lesion), strict=True)) for lesion in made.lesions],
    }


def _sums(lesions: list[InsertedLesion]) -> dict[str, Any]:
    return {
        "lesions": len(lesions),
        "visible_lesions": sum(x.visible_mm3 > 0 for x in lesions),
        "volume_mm3": round(sum(x.volume_mm3 for x in lesions), 3),
        "mass_mg": round(sum(x.mass_mg for x in lesions), 3),
        "visible_mm3": round(sum(x.visible_mm3 for x in lesions), 3),
        "agatston": round(sum(x.agatston for x in lesions), 3),
    }


_COLUMNS = (
    "number", "artery", "volume_mm3", "hu", "mass_mg", "visible_mm3", "visible_peak_hu", "agatston",
    "x_mm", "y_mm", "z_mm",
)  # fmt: skip


def _row(x: InsertedLesion) -> tuple[Any, ...]:
    figures = (x.volume_mm3, x.hu, x.mass_mg, x.visible_mm3, x.visible_peak_hu, x.agatston)
    return (x.number, x.artery.value, *(round(v, 3) for v in figures), *x.centre_mm)
