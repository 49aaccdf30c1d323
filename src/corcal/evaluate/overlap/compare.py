"""Two label maps of one scan compared: every artery, its calcium, and all of it together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.evaluate.overlap.lesions import LesionMatch, match_lesions
from corcal.evaluate.overlap.voxels import Overlap, overlap_of
from corcal.read import read_label_map
from corcal.settings import Scoring

ANY = "any"
#: What is compared: each artery, and all three as one.
TARGETS = (*(a.value for a in Artery), ANY)
#: The vessel with its calcium, and the calcium alone.
PARTS = ("artery", "calcium")


@dataclass(frozen=True)
class CaseOverlap:
    """Two label maps of one scan compared.

    Attributes:
        case: the name.
        overlap: by (target, part).
        lesions: by target.
        outlined: the reference outlines vessels, and not calcium alone.
    """

    case: str
    overlap: Mapping[tuple[str, str], Overlap]
    lesions: Mapping[str, LesionMatch]
    outlined: bool


def compare_files(
    case: str,
    predicted: Path,
    reference: Path,
    *,
    mapping: Mapping[int, int] | None = None,
    scoring: Scoring | None = None,
) -> CaseOverlap:
    """Return how two label maps compare.

    Args:
        case: the name.
        predicted: a label map.
        reference: a label map of the same scan, on the same grid.
        mapping: the reference's codes to corcal's, where it has codes of its own.
        scoring: for `connectivity_3d`, by which voxels form lesions; the defaults when None.

    Raises:
        InputRefused: a map cannot be read.
        GridMismatch: they do not lie on one grid.
    """
    first = read_label_map(predicted)
    second = read_label_map(reference, mapping=dict(mapping) if mapping else None)
    second.grid.require_same(first.grid, f"{case}: the prediction {predicted.name}")
    return compare(case, first, second, scoring=scoring)


def compare(
    case: str, predicted: ArteryLabels, reference: ArteryLabels, *, scoring: Scoring | None = None
) -> CaseOverlap:
    """Return how two label maps on one grid compare.

    Args:
        case: the name.
        predicted: one map.
        reference: the other.
        scoring: for `connectivity_3d`; the defaults when None.
    """
    grid, first, second = _cut(predicted, reference)
    connectivity = (scoring or Scoring()).connectivity_3d
    overlap: dict[tuple[str, str], Overlap] = {}
    lesions: dict[str, LesionMatch] = {}
    for target in TARGETS:
        for part in PARTS:
            codes = _codes(target, part)
            a, b = np.isin(first, codes), np.isin(second, codes)
            overlap[target, part] = overlap_of(a, b, grid)
            if part == "calcium":
                lesions[target] = match_lesions(a, b, grid, connectivity=connectivity)
    vessels = [a.vessel_code for a in Artery]
    return CaseOverlap(case, overlap, lesions, bool(np.isin(second, vessels).any()))


def _cut(
    predicted: ArteryLabels, reference: ArteryLabels
) -> tuple[Grid, NDArray[np.uint8], NDArray[np.uint8]]:
    """Return both maps where either has labels: a few per cent of a scan."""
    marked = (predicted.codes > 0) | (reference.codes > 0)
    box = Box.around(marked) if marked.any() else Box((0, 0, 0), (1, 1, 1))
    grid = predicted.grid.cut(box)
    return grid, predicted.codes[box.slices], reference.codes[box.slices]


def _codes(target: str, part: str) -> list[int]:
    arteries = list(Artery) if target == ANY else [Artery(target)]
    codes = [a.calcium_code for a in arteries]
    return codes if part == "calcium" else codes + [a.vessel_code for a in arteries]
