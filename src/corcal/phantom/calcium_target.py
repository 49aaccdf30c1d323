"""Plaques whose visible calcium has a given volume in each artery."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corcal.core.artery import Artery
from corcal.core.grid import Grid
from corcal.phantom.body.coronaries import Coronaries
from corcal.phantom.calcium.plaque import Plaque, sample_plaques
from corcal.phantom.options import finer
from corcal.phantom.paint.tissue import Tissue
from corcal.phantom.scanner.lesion_on_grid import paint_share, room
from corcal.phantom.scanner.physics import Scanner, blur_image
from corcal.phantom.truth import threshold_hu

#: Visible volume in mm3 for each plaque beyond the first, on average; and at most so many.
_PER_PLAQUE, _MOST = 35.0, 12


@dataclass(frozen=True, eq=False)
class View:
    """The scan in which plaques will be seen.

    Attributes:
        grid: of the scan.
        layers: painted layers in every slice.
        tissue: attenuation of everything.
        scanner: kernel and slices.
    """

    grid: Grid
    layers: int
    tissue: Tissue
    scanner: Scanner

    def visible_mm3(self, plaque: Plaque) -> float:
        """Return the volume that reaches the threshold where a plaque lies alone and still."""
        where = room(plaque, self.grid, 3.0 + 1.2 * self.scanner.thickness_mm)
        if where is None:
            return 0.0
        painted = finer(self.grid.cut(where), self.layers)
        _, share = paint_share(plaque, painted)
        clean = blur_image(share, painted, self.scanner, layers=self.layers)
        # One side of the wall is blood or muscle, the other mostly fat.
        blood = self.tissue.left_blood if self.tissue.enhanced else self.tissue.heart_muscle
        base = 0.5 * (blood + self.tissue.fat)
        seen = base + clean * np.float32(plaque.hu - base) >= threshold_hu(self.tissue)
        return float(np.count_nonzero(seen)) * self.grid.voxel_mm3


def sample_target_plaques(
    rng: np.random.Generator,
    coronaries: Coronaries,
    calcium_mm3: tuple[float, float, float],
    view: View,
) -> tuple[Plaque, ...]:
    """Return plaques whose calcium, seen alone and still, has about these volumes.

    Motion, and tissue other than expected, change what is seen in the end: see
    `corcal.phantom.cohort.patient_phantom`.

    Args:
        rng: random numbers.
        coronaries: the arteries.
        calcium_mm3: visible volume of RCA, LAD and LCX; 0 for an artery without plaques.
        view: how they will be seen.
    """
    out: list[Plaque] = []
    for artery, target_mm3 in zip(Artery, calcium_mm3, strict=True):
        # The same numbers are drawn whatever the target: little changes where little is changed.
        plaques = sample_plaques(rng, coronaries, _MOST, artery)
        many = rng.gamma(2.0, 0.5)
        if target_mm3 > 0:
            count = 1 + min(int(many * target_mm3 / _PER_PLAQUE), _MOST - 1)
            out += _scale(plaques[:count], target_mm3, view)
    return tuple(out)


def _scale(plaques: tuple[Plaque, ...], target_mm3: float, view: View) -> list[Plaque]:
    """Return plaques grown or shrunk by one factor, until they show the target volume."""
    total = sum(p.volume_mm3 for p in plaques)
    # What is seen is larger than what is there, the more so the smaller it is.
    factor = 0.6 * target_mm3 / total
    best: tuple[float, list[Plaque]] | None = None
    for _ in range(6):
        now = [p.resize(factor * p.volume_mm3) for p in plaques]
        seen = sum(view.visible_mm3(p) for p in now)
        off = abs(np.log(max(seen, 0.1) / target_mm3))
        if best is None or off < best[0]:
            best = (off, now)
        if off < 0.05:
            break
        factor *= float(np.clip(target_mm3 / max(seen, 0.1), 0.4, 2.5)) ** 0.9
    assert best is not None
    return best[1]
