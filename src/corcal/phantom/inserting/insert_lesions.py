"""Lesions of known size in the wall of traced arteries of a scan: real background, known truth.

A lesion is the same solid as in a phantom, painted in thin layers, moved by the same heartbeat,
and blurred by the kernel and slice profile that the scan's own resolution asks for. What it
adds to the tissue it displaces is then added to the scan; noise and all else stay the scan's.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial.distance import cdist

from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.core.scan import Notice, Scan, Source
from corcal.phantom.body.coronaries import Vessel
from corcal.phantom.body.shapes import Field, Floats, Tube
from corcal.phantom.calcium.agatston import agatston
from corcal.phantom.calcium.plaque import Plaque, plaque_on
from corcal.phantom.inserting.insertion_plan import VISIBLE_HU, InsertedLesion, InsertionPlan
from corcal.phantom.options import THICKEST_LAYER_MM, finer
from corcal.phantom.scanner.lesion_on_grid import Motion, at_rest, in_motion, paint_share, room
from corcal.phantom.scanner.motion import sample_beat
from corcal.phantom.scanner.physics import Scanner, blur_image
from corcal.phantom.truth import visible

#: Attenuation of the wall in which a lesion lies.
WALL_HU = 40.0
#: Room round a lesion for the tails of blur and the streaks of motion.
MARGIN_MM = 8.0
_TRIES = 80
#: Displacement relative to that of the LAD.
_MOVES = {Artery.LAD: 1.0, Artery.LCX: 1.5, Artery.RCA: 2.0}


def insert_lesions(
    scan: Scan, courses: tuple[Vessel, ...], rng: np.random.Generator, plan: InsertionPlan
) -> tuple[Scan, NDArray[np.uint8], tuple[InsertedLesion, ...]]:
    """Return a scan with lesions on its arteries, on the same grid.

    Places are drawn evenly along the courses, away from what is bright already. Where an artery
    is too short for all its lesions, there are fewer.

    Args:
        scan: a real scan; its grid may be tilted.
        courses: traced arteries in LPS mm; see `corcal.phantom.inserting.centrelines`.
        rng: random numbers.
        plan: what to insert.

    Returns:
        The scan; uint8 (slice, row, column), the number of the lesion that is visible in a
        voxel, or 0; and the lesions.
    """
    insertion = _Insertion(scan, courses, plan)
    for artery, plaque in _draw_plaques(rng, courses, insertion):
        still = rng.random() >= plan.motion
        insertion.add(plaque, artery, None if still else _sample_motion(rng, artery, plan))
    return insertion.result()


def _sample_motion(rng: np.random.Generator, artery: Artery, plan: InsertionPlan) -> Motion:
    direction = rng.normal(size=3)
    size = rng.uniform(*plan.motion_mm) * _MOVES[artery]
    return Motion(sample_beat(rng), direction * size / np.linalg.norm(direction))


def _draw_plaques(
    rng: np.random.Generator, courses: tuple[Vessel, ...], insertion: _Insertion
) -> list[tuple[Artery, Plaque]]:
    plan = insertion.plan
    out: list[tuple[Artery, Plaque]] = []
    for artery in Artery:
        vessels = [insertion.local(v) for v in courses if v.artery is artery]
        for _ in range(plan.per_artery if vessels else 0):
            volume_mm3 = float(np.exp(rng.uniform(*np.log(plan.volume_mm3))))
            hu = float(np.exp(rng.uniform(*np.log(plan.hu))))
            others = [plaque for _, plaque in out]
            plaque = _draw_plaque(rng, vessels, volume_mm3, hu, others, insertion)
            if plaque is not None:
                out.append((artery, plaque))
    return out


def _draw_plaque(
    rng: np.random.Generator,
    vessels: list[Vessel],
    volume_mm3: float,
    hu: float,
    others: list[Plaque],
    insertion: _Insertion,
) -> Plaque | None:
    """Return a plaque of a volume and HU at a free place, or None where there is none."""
    length = np.array([v.tube.length_mm for v in vessels])
    taken = np.concatenate([p.sheet() for p in others]) if others else np.empty((0, 3))
    for _ in range(_TRIES):
        vessel = vessels[int(rng.choice(len(vessels), p=length / length.sum()))]
        arc = float(rng.uniform(0.0, vessel.tube.length_mm))
        plaque = plaque_on(rng, vessel.tube, arc, vessel.name, vessel.artery).resize(volume_mm3)
        plaque = replace(plaque, hu=hu)
        if not 0.5 * plaque.length_mm < arc < vessel.tube.length_mm - 0.5 * plaque.length_mm:
            continue
        sheet = plaque.sheet()
        far = insertion.plan.gap_mm + plaque.thickness_mm
        apart = taken.size == 0 or float(cdist(sheet, taken).min()) >= far
        if apart and insertion.is_free(sheet):
            return plaque
    return None


class _Insertion:
    """A scan that lesions are being added to.

    Its coordinates are those of an axial grid of the same spacing with voxel (0, 0, 0) at the
    origin, so that tilted scans need nothing of their own.
    """

    def __init__(self, scan: Scan, courses: tuple[Vessel, ...], plan: InsertionPlan) -> None:
        self.scan, self.plan = scan, plan
        self.grid = Grid.axial(scan.grid.shape, scan.grid.spacing_mm)
        step = scan.grid.spacing_mm[0]
        thickness = plan.thickness_mm or scan.acquisition.thickness_mm or step
        layers = int(np.ceil(step / THICKEST_LAYER_MM))
        # Slices that overlap are never formed apart: at least three layers.
        self.layers = max(layers + 1 - layers % 2, 1 if thickness <= step else 3)
        self.scanner = Scanner(thickness, plan.sigma_mm, 0.0, 0.0, 0.0, 0.0)
        self.base_hu, self.threshold_hu = self._levels(courses)
        self.added: Field = np.zeros(scan.hu.shape, dtype=np.float32)
        self.alone: Field = np.full(scan.hu.shape, self.base_hu, dtype=np.float32)
        self.seeds = np.zeros(scan.hu.shape, dtype=np.uint8)
        self.made: list[InsertedLesion] = []

    def _levels(self, courses: tuple[Vessel, ...]) -> tuple[float, float]:
        """Return the HU of the arteries, and from where calcium stands out from them."""
        inside = np.concatenate(
            [[WALL_HU], *(self._at(self.local(v).tube.points_mm) for v in courses)]
        )
        blood = float(np.median(inside))
        # Unenhanced, the median tells more of the fat beside a thin artery than of its wall.
        if blood < 80.0:
            return WALL_HU, VISIBLE_HU
        return blood, max(VISIBLE_HU, blood + 60.0)

    def local(self, vessel: Vessel) -> Vessel:
        """Return a vessel in the coordinates of the insertion."""
        index = self.scan.grid.to_index(vessel.tube.points_mm)
        return replace(vessel, tube=Tube(self.grid.to_lps(index), vessel.tube.radii_mm))

    def _at(self, points_mm: Floats) -> Floats:
        index = np.rint(self.grid.to_index(points_mm))
        within = ((index >= 0) & (index < self.grid.shape)).all(axis=1)
        at = tuple(index[within].astype(int).T)
        hu: Floats = self.scan.hu[at].astype(np.float64)
        return hu

    def is_free(self, sheet_mm: Floats) -> bool:
        """Return whether a lesion would lie within the scan, with nothing bright around it."""
        index = self.grid.to_index(sheet_mm)
        edge = 2.0 / np.array(self.grid.spacing_mm)
        if (index < edge).any() or (index > np.array(self.grid.shape) - 1 - edge).any():
            return False
        ways = np.indices((3, 3, 3)).reshape(3, -1).T - 1
        around = np.vstack([1.2 * ways, 2.4 * ways])
        hu = self._at((sheet_mm[:, None] + around).reshape(-1, 3))
        # A few may be noise.
        return float(np.quantile(hu, 0.97)) < self.threshold_hu

    def add(self, plaque: Plaque, artery: Artery, motion: Motion | None) -> None:
        """Add one lesion."""
        number = len(self.made) + 1
        reach = np.zeros(3) if motion is None else np.abs(motion.by_mm)
        where = room(plaque, self.grid, reach + MARGIN_MM + 1.2 * self.scanner.thickness_mm)
        assert where is not None  # its place was free
        grid = self.grid.cut(where)
        painted = finer(grid, self.layers)
        if motion is not None:
            plaque = at_rest(plaque, motion, painted)
        plaque, share = paint_share(plaque, painted)
        volume = float(share.sum()) * painted.voxel_mm3
        codes = (share > 0).astype(np.uint8)
        if motion is not None:
            share, codes = in_motion(share, codes, painted, motion)
        clean = blur_image(share, painted, self.scanner, layers=self.layers)
        tissue = self._displaced_hu(where, clean, plaque.hu)
        self.added[where.slices] += clean * np.float32(plaque.hu - tissue)
        self.alone[where.slices] += clean * np.float32(plaque.hu - self.base_hu)
        count, *plane = codes.shape
        seen = codes.reshape(count // self.layers, self.layers, *plane).max(axis=1)
        part = self.seeds[where.slices]
        part[(seen > 0) & (part == 0)] = number
        self.made.append(self._lesion(number, artery, plaque, volume, clean, where))

    def _displaced_hu(self, where: Box, share: Field, hu: float) -> float:
        """Return the attenuation of the tissue that gives way to a lesion."""
        here = share >= 0.5 * float(share.max())
        return min(float(np.median(self.scan.hu[where.slices][here])), hu - 50.0)

    def _lesion(
        self, number: int, artery: Artery, plaque: Plaque, volume: float, share: Field, where: Box
    ) -> InsertedLesion:
        weight = np.clip(share, 0.0, None).astype(np.float64)
        at = np.array([np.average(i, weights=weight) for i in np.indices(share.shape)])
        x, y, z = self.scan.grid.to_lps((at + np.array(where.start))[None])[0]
        return InsertedLesion(
            number=number,
            artery=artery,
            volume_mm3=volume,
            hu=plaque.hu,
            mass_mg=volume / 1000.0 * plaque.mg_cm3,
            visible_mm3=0.0,
            visible_peak_hu=0.0,
            centre_mm=(round(float(x), 2), round(float(y), 2), round(float(z), 2)),
        )

    def result(self) -> tuple[Scan, NDArray[np.uint8], tuple[InsertedLesion, ...]]:
        """Return what `insert_lesions` returns."""
        numbers = visible(self.alone, self.seeds, self.grid, threshold=self.threshold_hu)
        changed = self.added != 0
        hu = self.scan.hu.copy()
        sum_hu = hu[changed] + np.rint(self.added[changed])
        hu[changed] = np.clip(sum_hu, -1024, 3071).astype(np.int16)
        text = f"{len(self.made)} lesions of known size were put into this scan"
        notices = (*self.scan.notices, Notice("calcium-inserted", text))
        scan = replace(self.scan, hu=hu, source=Source(), notices=notices)
        return scan, numbers, tuple(self._as_seen(lesion, numbers) for lesion in self.made)

    def _as_seen(self, lesion: InsertedLesion, numbers: NDArray[np.uint8]) -> InsertedLesion:
        where = numbers == lesion.number
        values, thickness_mm = self.alone[where], self.scanner.thickness_mm
        if not values.size:
            return lesion
        return replace(
            lesion,
            visible_mm3=values.size * self.grid.voxel_mm3,
            visible_peak_hu=float(values.max()),
            agatston=agatston(self.alone, where, self.grid, thickness_mm=thickness_mm),
        )
