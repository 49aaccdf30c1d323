"""Training cases on disk: prepared once, read by memory map, one folder each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import Grid
from corcal.storage import json_bytes, read_json, replace_folder

#: Names of real scans with deposits in them: the scan's, this, a number.
VARIANT = "+"

#: Points kept of each set that patch centres are drawn from.
_POINTS = 80


@dataclass(frozen=True, eq=False)
class Case:
    """A prepared scan with its targets.

    Attributes:
        name: unique in a bank.
        kind: "real" or "phantom".
        hu: int16 (slice, row, column).
        packed: uint16, see `corcal.recipes.embedded.cases.targets`.
        grid: where the voxels lie.
        heart_centre_mm: LPS centroid of the heart.
        heart_ml: its volume.
        blur_mm: the scan's own blur along (slice, row, column), for deposits put into it.
        courses: for each label code 1 to 3, LPS polylines (n, 3) along which deposits may go.
        focus: sets of LPS points (n, 3) worth a second look: arteries, their calcium, and
            what is as bright but no coronary calcium.
    """

    name: str
    kind: str
    hu: NDArray[np.int16]
    packed: NDArray[np.uint16]
    grid: Grid
    heart_centre_mm: tuple[float, float, float]
    heart_ml: float
    blur_mm: tuple[float, float, float]
    courses: dict[int, list[NDArray[np.float64]]]
    focus: tuple[NDArray[np.float64], ...]


def scan_of(name: str) -> str:
    """Return the name of the scan that a case shows, with deposits in it or without."""
    return name.split(VARIANT, maxsplit=1)[0]


def some(voxels: NDArray[np.bool_], grid: Grid, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the LPS points (n, 3) of up to 80 voxels of a mask, picked at random."""
    index = np.argwhere(voxels)
    return grid.to_lps(index[rng.permutation(len(index))[:_POINTS]].astype(np.float64))


def save_case(case: Case, bank: Path) -> None:
    """Write a case into a bank; the folder appears whole or not at all."""
    facts = {
        "kind": case.kind,
        "affine": case.grid.affine.tolist(),
        "heart_centre_mm": list(case.heart_centre_mm),
        "heart_ml": case.heart_ml,
        "blur_mm": list(case.blur_mm),
        "courses": {str(k): [c.round(2).tolist() for c in v] for k, v in case.courses.items()},
        "focus": [points.round(2).tolist() for points in case.focus],
    }
    with replace_folder(bank / case.name, force=False) as stage:
        np.save(stage / "hu.npy", case.hu)
        np.save(stage / "packed.npy", case.packed)
        (stage / "facts.json").write_bytes(json_bytes(facts))


def load_case(folder: Path) -> Case:
    """Read a case; its arrays stay on disk until they are indexed."""
    facts = read_json(folder / "facts.json")
    hu = np.load(folder / "hu.npy", mmap_mode="r")
    return Case(
        name=folder.name,
        kind=facts["kind"],
        hu=hu,
        packed=np.load(folder / "packed.npy", mmap_mode="r"),
        grid=Grid(hu.shape, np.array(facts["affine"])),
        heart_centre_mm=tuple(facts["heart_centre_mm"]),
        heart_ml=facts["heart_ml"],
        blur_mm=tuple(facts["blur_mm"]),
        courses={int(k): [np.array(c) for c in v] for k, v in facts["courses"].items()},
        focus=tuple(np.array(points) for points in facts["focus"]),
    )


def load_bank(bank: Path) -> list[Case]:
    """Return every case of a bank, by name."""
    folders = sorted(p for p in bank.iterdir() if p.is_dir() and not p.name.startswith("."))
    return [load_case(p) for p in folders]
