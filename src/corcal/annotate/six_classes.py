"""From what was drawn to the six classes: every piece of calcium goes to its artery.

The paper (section 2.4.2): intersection and subtraction of three vessels and one class of
calcium. Calcium inside a vessel is that artery's. What of the same lesion lies outside goes to
the nearest of the arteries that the lesion touches. A lesion that touches none is an orphan:
listed with its size and place, whatever is done with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from corcal.annotate.classes import DrawnClass
from corcal.annotate.drawing import Drawing
from corcal.annotate.lesions import DrawnLesion, lesions_of, nearest_artery
from corcal.annotate.options import AnnotateOptions
from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.errors import AnnotationRefused
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Notice, Scan


@dataclass(frozen=True)
class Overlap:
    """Voxels that were drawn as two arteries, or as the calcium of two.

    Attributes:
        arteries: both.
        calcium: True where it is their calcium.
        volume_mm3: of the voxels.
        given_to: the one that has them now.
    """

    arteries: tuple[Artery, Artery]
    calcium: bool
    volume_mm3: float
    given_to: Artery


@dataclass(frozen=True)
class Orphan:
    """Calcium that touches no artery.

    Attributes:
        volume_mm3: its size.
        voxels: their number.
        peak_hu: highest value.
        centre_lps_mm: centre of gravity.
        slice: of the centre, from 0, in the order of the scan.
        nearest: the nearest artery, None where none was drawn.
        distance_mm: from its nearest voxel to that artery's nearest.
        given_to: the artery that has it now; None where it was left out.
    """

    volume_mm3: float
    voxels: int
    peak_hu: int
    centre_lps_mm: tuple[float, float, float]
    slice: int
    nearest: Artery | None
    distance_mm: float | None
    given_to: Artery | None


@dataclass(frozen=True, eq=False)
class SixClasses:
    """The six classes and what was decided on the way.

    Attributes:
        labels: on the scan's grid.
        orphans: calcium that touches no artery, largest first.
        left_out: (n, 3), the voxels of orphans that were given to no artery.
        overlaps: voxels that were drawn twice.
        shared: lesions that touch several arteries and were divided among them.
        notices: the same for people.
    """

    labels: ArteryLabels
    orphans: tuple[Orphan, ...]
    left_out: NDArray[np.intp]
    overlaps: tuple[Overlap, ...]
    shared: int
    notices: tuple[Notice, ...]


def six_classes(drawn: Drawing, scan: Scan, *, options: AnnotateOptions) -> SixClasses:
    """Return the six classes of a drawing.

    Args:
        drawn: vessels with or without their calcium, and calcium of any artery or of a named one.
        scan: the scan it was drawn on.
        options: what becomes of orphans.

    Raises:
        AnnotationRefused: nothing was drawn that counts, or there are orphans and they are to
            be refused.
    """
    _require_arteries(drawn)
    codes = np.zeros(drawn.bits.shape, dtype=np.uint8)
    box = Box.around(drawn.bits > 0)
    bits, inside = drawn.bits[box.slices], codes[box.slices]
    grid = scan.grid.cut(box)
    # The paper's order of painting: what comes later covers what came before.
    for artery in Artery:
        inside[_any(bits, _whole(artery))] = artery.vessel_code
    named = _any(bits, sum(DrawnClass.calcium_of(a).bit for a in Artery))
    lesions = lesions_of(_any(bits, DrawnClass.CALCIUM.bit) & ~named, inside, grid)
    orphans = [
        (lesion, _orphan(lesion, inside, scan, box, options))
        for lesion in lesions
        if not lesion.touched
    ]
    if orphans and options.orphans == "refuse":
        raise AnnotationRefused(_refusal([o for _, o in orphans]))
    for lesion in lesions:
        if lesion.touched:
            inside[tuple(lesion.index.T)] = lesion.owners + np.uint8(len(Artery))
    for lesion, orphan in orphans:
        if orphan.given_to is not None:
            inside[tuple(lesion.index.T)] = orphan.given_to.calcium_code
    for artery in Artery:
        inside[_any(bits, DrawnClass.calcium_of(artery).bit)] = artery.calcium_code
    shared = sum(len(lesion.touched) > 1 for lesion in lesions)
    overlaps = _overlaps(bits, grid.voxel_mm3)
    listed = tuple(o for _, o in orphans)
    left = [lesion.index + np.array(box.start) for lesion, o in orphans if o.given_to is None]
    return SixClasses(
        labels=ArteryLabels(codes, scan.grid),
        orphans=listed,
        left_out=np.concatenate(left) if left else np.zeros((0, 3), dtype=np.intp),
        overlaps=overlaps,
        shared=shared,
        notices=(*_overlap_notices(overlaps), *_shared_notice(shared), *_orphan_notice(listed)),
    )


def _require_arteries(drawn: Drawing) -> None:
    if not drawn.bits.any():
        raise AnnotationRefused("nothing was drawn: every class is empty or ignored")
    if drawn.mask(DrawnClass.CORONARY).any():
        raise AnnotationRefused(
            "the coronary arteries were drawn as one: which part is RCA, LAD or LCX is not said"
        )


def _any(bits: NDArray[np.uint8], wanted: int) -> NDArray[np.bool_]:
    mask: NDArray[np.bool_] = (bits & np.uint8(wanted)) > 0
    return mask


def _whole(artery: Artery) -> int:
    return DrawnClass.vessel(artery).bit | DrawnClass.calcium_of(artery).bit


def _orphan(
    lesion: DrawnLesion,
    vessels: NDArray[np.uint8],
    scan: Scan,
    box: Box,
    options: AnnotateOptions,
) -> Orphan:
    index = lesion.index + np.array(box.start)
    centre = index.mean(axis=0)
    x, y, z = scan.grid.to_lps(centre[None])[0]
    near = nearest_artery(lesion.index, vessels, scan.grid.cut(box))
    close = near is not None and near[1] <= options.reach_mm and options.orphans == "nearest"
    return Orphan(
        volume_mm3=len(index) * scan.grid.voxel_mm3,
        voxels=len(index),
        peak_hu=int(scan.hu[tuple(index.T)].max()),
        centre_lps_mm=(float(x), float(y), float(z)),
        slice=round(float(centre[0])),
        nearest=near[0] if near else None,
        distance_mm=near[1] if near else None,
        given_to=near[0] if near and close else None,
    )


def orphan_text(orphan: Orphan) -> str:
    """Return an orphan in words: its size, where it lies, and whose it may be."""
    x, y, z = orphan.centre_lps_mm
    near = "no artery was drawn"
    if orphan.nearest is not None:
        near = f"{orphan.distance_mm:.1f} mm from the {orphan.nearest.value}"
    return (
        f"{orphan.volume_mm3:.1f} mm\u00b3 (peak {orphan.peak_hu} HU) on slice {orphan.slice + 1} "
        f"at ({x:.0f}, {y:.0f}, {z:.0f}) mm LPS, {near}"
    )


def _refusal(orphans: list[Orphan]) -> str:
    listed = "; ".join(orphan_text(o) for o in orphans[:5])
    more = f"; and {len(orphans) - 5} more" if len(orphans) > 5 else ""
    return (
        f"pieces of calcium that touch no artery: {len(orphans)}: {listed}{more}. Complete the "
        "arteries, or choose --orphans list or nearest (orphans='list' or 'nearest' from Python)"
    )


def _overlaps(bits: NDArray[np.uint8], voxel_mm3: float) -> tuple[Overlap, ...]:
    found = []
    for of, calcium in ((DrawnClass.vessel, False), (DrawnClass.calcium_of, True)):
        for one, other in combinations(Artery, 2):
            both = _any(bits, of(one).bit) & _any(bits, of(other).bit)
            count = int(np.count_nonzero(both))
            if count:
                found.append(Overlap((one, other), calcium, count * voxel_mm3, other))
    return tuple(found)


def drawn_overlaps(bits: NDArray[np.uint8], voxel_mm3: float) -> tuple[Notice, ...]:
    """Return what was drawn as two arteries, or as the calcium of two, for people."""
    return tuple(_overlap_notices(_overlaps(bits, voxel_mm3)))


def _overlap_notices(overlaps: tuple[Overlap, ...]) -> list[Notice]:
    return [
        Notice(
            "calcium-overlap" if o.calcium else "vessel-overlap",
            f"{o.volume_mm3:.1f} mm\u00b3 were drawn as {'calcium of ' if o.calcium else ''}"
            f"{o.arteries[0].value} and {o.arteries[1].value}; they went to {o.given_to.value} "
            "(LCX covers LAD, LAD covers RCA).",
        )
        for o in overlaps
    ]


def _shared_notice(shared: int) -> list[Notice]:
    if not shared:
        return []
    text = f"Lesions that touch several arteries: {shared}; each voxel went to the nearest."
    return [Notice("calcium-shared", text)]


def _orphan_notice(orphans: tuple[Orphan, ...]) -> list[Notice]:
    if not orphans:
        return []
    given = sum(o.given_to is not None for o in orphans)
    volume = sum(o.volume_mm3 for o in orphans)
    text = (
        f"Pieces of calcium that touch no artery: {len(orphans)}, together {volume:.1f} mm\u00b3. "
        f"Given to the nearest artery: {given}; left out of the labels: {len(orphans) - given}. "
        f"The largest: {orphan_text(orphans[0])}."
    )
    return [Notice("orphan-calcium", text)]
