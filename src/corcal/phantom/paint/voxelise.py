"""A patient painted on a grid: Hounsfield units before the scanner, and what is where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.grid import Grid
from corcal.phantom.body.anatomy import Anatomy
from corcal.phantom.body.heart import APPENDAGES, CHAMBERS
from corcal.phantom.body.shapes import Field, Tube
from corcal.phantom.calcium.mimics.solid import Mimic
from corcal.phantom.calcium.plaque import Plaque
from corcal.phantom.paint.canvas import Canvas
from corcal.phantom.paint.paint_chest import paint_chest
from corcal.phantom.paint.paint_heart import heart_only, heart_sac, paint_heart
from corcal.phantom.paint.tissue import Tissue
from corcal.phantom.paint.unevenness import field

#: Bits of `Rendering.structures`.
HEART, AORTA, OTHER_CALCIUM, METAL, CAVA = 1, 2, 4, 8, 16


@dataclass(frozen=True, eq=False)
class Rendering:
    """A patient on a grid, sharp and still.

    Attributes:
        hu: float32 (slice, row, column).
        arteries: uint8, codes 0-3 of the vessels with their calcium.
        plaques: uint8, 1 + index of the coronary plaque that fills a voxel (any part of it).
        structures: uint8, bits HEART, AORTA, OTHER_CALCIUM, METAL, CAVA (superior).
        filled_mm3: volume of every plaque as painted, in the order given.
    """

    hu: Field
    arteries: NDArray[np.uint8]
    plaques: NDArray[np.uint8]
    structures: NDArray[np.uint8]
    filled_mm3: tuple[float, ...]


def render(
    anatomy: Anatomy,
    grid: Grid,
    tissue: Tissue,
    *,
    plaques: tuple[Plaque, ...],
    mimics: tuple[Mimic, ...],
    rng: np.random.Generator,
) -> Rendering:
    """Return a patient painted on a grid.

    Args:
        anatomy: the patient.
        grid: an axial grid.
        tissue: attenuation of everything.
        plaques: calcium of the coronary arteries.
        mimics: bright things that resemble it.
        rng: texture of lung and soft tissue.
    """
    canvas = Canvas(grid)
    parts = anatomy.heart.parts(canvas.lattice, (*CHAMBERS, *APPENDAGES))
    sac = heart_sac(anatomy, canvas, parts)
    paint_chest(canvas, anatomy, tissue, sac=sac, rng=rng)
    paint_heart(canvas, anatomy, tissue, parts=parts, sac=sac, rng=rng)
    canvas.hu += canvas.fine(np.float32(2.5) * field(rng, canvas, 3.5))
    structures = np.zeros(grid.shape, dtype=np.uint8)
    heart = heart_only(anatomy, canvas, sac)
    for where in canvas.slabs(heart < 2.5 * canvas.edge_mm):
        structures[where] |= np.where(canvas.fine(heart, where) < 0, HEART, 0).astype(np.uint8)
    vessels = anatomy.heart.vessels
    tubes = [(tube, AORTA) for tube in vessels["aorta"]] + [(vessels["veins"][0], CAVA)]
    for tube, bit in tubes:
        near = canvas.tube_distance(tube)
        if near is not None:
            structures[near[0]] |= np.where(near[1] < 0, bit, 0).astype(np.uint8)
    for mimic in mimics:
        hit = canvas.paint_inside(mimic.core(), mimic.reach_mm, mimic.inside, mimic.hu)
        if hit is not None:
            bit = OTHER_CALCIUM if mimic.calcium else METAL
            structures[hit[0]] |= np.where(hit[1] > 0, bit, 0).astype(np.uint8)
    numbers, filled = _plaques(canvas, plaques)
    return Rendering(canvas.hu, _arteries(canvas, anatomy), numbers, structures, filled)


def _arteries(canvas: Canvas, anatomy: Anatomy) -> NDArray[np.uint8]:
    out = np.zeros(canvas.grid.shape, dtype=np.uint8)
    nearest = np.full(canvas.grid.shape, 0.0, dtype=np.float16)
    for vessel in anatomy.coronaries.vessels:
        radii = vessel.tube.radii_mm
        # What is thinner than an annotator can see is not in the label.
        last = int(np.flatnonzero(radii >= 0.9)[-1]) + 1 if (radii >= 0.9).any() else 0
        if last < 3:
            continue
        seen = Tube(vessel.tube.points_mm[:last], np.maximum(radii[:last], 0.5 * canvas.edge_mm))
        tube = canvas.tube_distance(seen, 0.5)
        if tube is None:
            continue
        box, sdf = tube
        closer = sdf < nearest[box]
        out[box][closer] = vessel.artery.vessel_code
        nearest[box][closer] = sdf[closer]
    return out


def _plaques(
    canvas: Canvas, plaques: tuple[Plaque, ...]
) -> tuple[NDArray[np.uint8], tuple[float, ...]]:
    out = np.zeros(canvas.grid.shape, dtype=np.uint8)
    filled = []
    for i, plaque in enumerate(plaques):
        hit = canvas.paint_inside(plaque.sheet(), plaque.reach_mm, plaque.inside, plaque.hu)
        filled.append(0.0 if hit is None else float(hit[1].sum()) * canvas.grid.voxel_mm3)
        if hit is not None:
            out[hit[0]][hit[1] > 0] = i + 1
    return out, tuple(filled)
