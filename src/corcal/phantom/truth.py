"""The truth of a phantom scan: calcium as built, and calcium as it can be seen.

Independent of `corcal.quantify` on purpose: this is what quantification is tested against.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import distance_transform_edt

from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.phantom.body.shapes import Field
from corcal.phantom.calcium.agatston import agatston
from corcal.phantom.calcium.plaque import Plaque
from corcal.phantom.paint.tissue import Tissue

#: Blur carries calcium over the threshold at most this far from where it is.
HALO_MM = 2.0


@dataclass(frozen=True)
class TrueLesion:
    """One coronary plaque of a phantom.

    Attributes:
        number: 1, 2, ...
        artery: "RCA", "LAD" or "LCX".
        vessel: the vessel it lies on, "LM", "D1", ...
        centre_mm: LPS, heart at rest.
        volume_mm3: volume of the solid, bends of its host included.
        painted_mm3: volume painted on the grid, for comparison.
        hu: attenuation of the calcium.
        mass_mg: mass of hydroxyapatite.
        visible_mm3: volume at or above the threshold in the noise-free image.
        visible_peak_hu: highest value there; 0 where nothing is visible.
        agatston: score of its visible voxels in the noise-free image, taken alone.
    """

    number: int
    artery: str
    vessel: str
    centre_mm: tuple[float, float, float]
    volume_mm3: float
    painted_mm3: float
    hu: float
    mass_mg: float
    visible_mm3: float
    visible_peak_hu: float
    agatston: float


def threshold_hu(tissue: Tissue) -> float:
    """Return the HU from which an annotator draws calcium: 130, or clear of enhanced blood."""
    if not tissue.enhanced:
        return 130.0
    return max(130.0, tissue.left_blood + 60.0)


def halo_mm(tissue: Tissue) -> float:
    """Return how far from a plaque its calcium is looked for.

    Brighter blood in the right heart lies just beyond the fat of the grooves: less far then.
    """
    return HALO_MM if tissue.right_blood <= tissue.left_blood + 20.0 else 0.5 * HALO_MM


def visible(
    clean_hu: Field,
    seeds: NDArray[np.uint8],
    grid: Grid,
    *,
    threshold: float,
    halo: float = HALO_MM,
) -> NDArray[np.uint8]:
    """Return the number of the plaque that every visible voxel of calcium belongs to.

    Args:
        clean_hu: noise-free image.
        seeds: uint8, number of the plaque that fills a voxel, 0 elsewhere; moved with the heart.
        grid: of both.
        threshold: HU.
        halo: how far from a plaque its calcium is looked for, mm.

    Returns:
        uint8 (slice, row, column), 0 where no calcium is visible.
    """
    out = np.zeros_like(seeds)
    if not seeds.any():
        return out
    margin = [int(np.ceil(halo / s)) + 1 for s in grid.spacing_mm]
    box = Box.around(seeds > 0).pad((margin[0], margin[1], margin[2]))
    cut = box.intersect(Box.whole(grid.shape)).slices
    part = seeds[cut]
    distance, nearest = distance_transform_edt(
        part == 0, sampling=grid.spacing_mm, return_indices=True
    )
    seen = (distance <= halo) & (clean_hu[cut] >= threshold)
    out[cut][seen] = part[tuple(nearest)][seen]
    return out


@dataclass(frozen=True, eq=False)
class CleanImage:
    """The noise-free image of a scan.

    Attributes:
        hu: float32 (slice, row, column).
        grid: where it lies.
        thickness_mm: of its slices.
    """

    hu: Field
    grid: Grid
    thickness_mm: float

    def agatston(self, calcium: NDArray[np.bool_]) -> float:
        """Return the Agatston score of some voxels, bool (slice, row, column)."""
        return agatston(self.hu, calcium, self.grid, thickness_mm=self.thickness_mm)


def lesion_table(
    plaques: tuple[Plaque, ...],
    painted_mm3: tuple[float, ...],
    numbers: NDArray[np.uint8],
    image: CleanImage,
) -> tuple[TrueLesion, ...]:
    """Return the lesions of a scan; `numbers` comes from `visible`."""
    inside = np.flatnonzero(numbers)
    owner, value = numbers.ravel()[inside], image.hu.ravel()[inside]
    out = []
    for i, (plaque, painted) in enumerate(zip(plaques, painted_mm3, strict=True)):
        values = value[owner == i + 1]
        x, y, z = (round(float(c), 2) for c in plaque.centre_mm())
        volume = plaque.bent_mm3()
        assert plaque.artery is not None
        out.append(
            TrueLesion(
                number=i + 1,
                artery=plaque.artery.value,
                vessel=plaque.vessel,
                centre_mm=(x, y, z),
                volume_mm3=volume,
                painted_mm3=painted,
                hu=plaque.hu,
                mass_mg=volume / 1000.0 * plaque.mg_cm3,
                visible_mm3=values.size * image.grid.voxel_mm3,
                visible_peak_hu=float(values.max()) if values.size else 0.0,
                agatston=image.agatston(numbers == i + 1) if values.size else 0.0,
            )
        )
    return tuple(out)
