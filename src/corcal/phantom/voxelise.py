"""A patient painted on a grid: Hounsfield units before the scanner, and what is where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from corcal.core.grid import Grid
from corcal.phantom.anatomy import Anatomy
from corcal.phantom.canvas import Canvas
from corcal.phantom.heart import APPENDAGES, CHAMBERS, united
from corcal.phantom.mimics.solid import Mimic
from corcal.phantom.plaque import Plaque
from corcal.phantom.shapes import Field, Tube, distance, ellipsoid, smooth_min
from corcal.phantom.tissue import Tissue

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
    solids: tuple[tuple[Plaque, ...], tuple[Mimic, ...]],
    rng: np.random.Generator,
) -> Rendering:
    """Return a patient painted on a grid.

    Args:
        anatomy: the patient.
        grid: an axial grid.
        tissue: attenuation of everything.
        solids: coronary plaques, and mimics.
        rng: texture of lung and soft tissue.
    """
    canvas = Canvas(grid)
    parts = anatomy.heart.parts(canvas.lattice, (*CHAMBERS, *APPENDAGES))
    sac = heart_sac(anatomy, canvas, parts)
    _wall(canvas, anatomy, tissue)
    _lungs(canvas, anatomy, tissue, rng)
    _belly(canvas, anatomy, tissue)
    _mediastinum(canvas, anatomy, tissue, sac)
    _heart(canvas, anatomy, tissue, (parts, sac))
    canvas.hu += _texture(rng, grid, 3.0)
    structures = np.zeros(grid.shape, dtype=np.uint8)
    heart = heart_only(anatomy, canvas, sac)
    for where in canvas.slabs(heart < 2.5 * canvas.edge_mm):
        structures[where] |= np.where(canvas.fine(heart, where) < 0, HEART, 0).astype(np.uint8)
    vessels = anatomy.heart.vessels
    tubes = [(tube, AORTA) for tube in vessels["aorta"]] + [(vessels["veins"][0], CAVA)]
    for tube, bit in tubes:
        found = canvas.tube_distance(tube)
        if found is not None:
            structures[found[0]] |= np.where(found[1] < 0, bit, 0).astype(np.uint8)
    for mimic in solids[1]:
        hit = canvas.paint_inside(mimic.core(), mimic.reach_mm, mimic.inside, mimic.hu)
        if hit is not None:
            bit = OTHER_CALCIUM if mimic.calcium else METAL
            structures[hit[0]] |= np.where(hit[1] > 0, bit, 0).astype(np.uint8)
    plaques, filled = _plaques(canvas, solids[0])
    return Rendering(canvas.hu, _arteries(canvas, anatomy), plaques, structures, filled)


def heart_sac(anatomy: Anatomy, canvas: Canvas, parts: dict[str, Field] | None = None) -> Field:
    """Return the distance to the pericardial sac on the canvas's lattice.

    Args:
        anatomy: the patient.
        canvas: gives the lattice.
        parts: all chambers and appendages on the lattice, where they are known already.
    """
    heart = anatomy.heart
    parts = parts or heart.parts(canvas.lattice, (*CHAMBERS, *APPENDAGES))
    sac = united([parts[n] for n in CHAMBERS], heart.sac_blend_mm)
    near = [parts[n] for n in APPENDAGES]
    near.append(canvas.coarse_tubes(heart.root(), 30.0))
    for part in near:
        sac = smooth_min(sac, part, 0.5 * heart.sac_blend_mm)
    arteries = canvas.coarse_tubes([v.tube for v in anatomy.coronaries.vessels])
    whole = np.minimum(sac - np.float32(heart.fat_mm), arteries - np.float32(2.0))
    # The sac spans small bumps instead of following them.
    return np.asarray(gaussian_filter(whole, 2.2 / canvas.coarse_mm), dtype=np.float32)


def heart_only(anatomy: Anatomy, canvas: Canvas, sac: Field) -> Field:
    """Return the distance to the sac from the apex to just above the ostia."""
    out: Field = np.maximum(sac, canvas.lattice[..., 2] - np.float32(anatomy.high_mm[2]))
    return out


def _wall(canvas: Canvas, anatomy: Anatomy, tissue: Tissue) -> None:
    chest, points = anatomy.thorax, canvas.lattice
    body = chest.body(points)
    canvas.paint(body, tissue.skin)
    canvas.paint(body + 2.0, tissue.fat)
    cavity = chest.cavity(points)
    canvas.paint(np.maximum(cavity - chest.wall_mm, body + 4.0), tissue.muscle)
    canvas.paint(cavity - 2.0, tissue.fat)
    canvas.paint(canvas.coarse_tubes(chest.cartilages), tissue.cartilage)
    bones = canvas.coarse_tubes((*chest.ribs, *chest.sternum))
    canvas.paint(bones, tissue.cortex)
    canvas.paint(bones + 1.9, tissue.marrow)


def _spine(canvas: Canvas, anatomy: Anatomy, tissue: Tissue) -> None:
    spine, points = anatomy.thorax.spine, canvas.lattice
    bone = canvas.coarse_tubes([spine])
    arch = canvas.coarse_tubes(
        [
            Tube(spine.points_mm + np.array([dx, dy, 0.0]), np.full(len(spine.points_mm), r))
            for dx, dy, r in ((-13.0, 26.0, 6.0), (13.0, 26.0, 6.0), (0.0, 40.0, 6.0))
        ]
    )
    disc = np.cos(points[..., 2] * np.float32(2 * np.pi / 25.0)) - 0.82
    canvas.paint(np.minimum(bone, arch), tissue.cortex)
    canvas.paint(np.minimum(bone + 1.6, arch + 2.0), tissue.marrow)
    canvas.paint(np.maximum(bone + 0.5, -8.0 * disc), tissue.cartilage)
    canal = Tube(spine.points_mm + np.array([0.0, 24.0, 0.0]), np.full(len(spine.points_mm), 8.0))
    canvas.paint(canvas.coarse_tubes([canal]), 20.0)


def _lungs(canvas: Canvas, anatomy: Anatomy, tissue: Tissue, rng: np.random.Generator) -> None:
    chest = anatomy.thorax
    noise = gaussian_filter(rng.standard_normal(canvas.lattice.shape[:3], dtype=np.float32), 1.6)
    lung = noise / noise.std() * np.float32(14.0) + np.float32(tissue.lung)
    canvas.paint(chest.cavity(canvas.lattice), lung)
    seen = [t for t in chest.lung_vessels if float(t.radii_mm[0]) > 0.4 * canvas.edge_mm]
    canvas.paint_tubes(seen, tissue.right_blood)


def _belly(canvas: Canvas, anatomy: Anatomy, tissue: Tissue) -> None:
    chest, points = anatomy.thorax, canvas.lattice
    below: Field = np.maximum(chest.below(points), chest.cavity(points))
    if below.min() > 0:
        return
    canvas.paint(below, tissue.muscle)
    canvas.paint(below + 2.5, tissue.fat)
    for organ, hu in (
        (chest.spleen, tissue.spleen),
        (chest.stomach, tissue.stomach),
        (chest.liver, tissue.liver),
    ):
        canvas.paint(np.maximum(distance(organ, points), below + 2.5), hu)
    # Gas collects in the front of the stomach of a patient who lies on the back.
    gas = np.maximum(distance(chest.stomach, points) + 3.0, points[..., 1] - chest.gas_mm[1] - 12.0)
    canvas.paint(np.maximum(gas, below + 5.0), tissue.air)


def _mediastinum(canvas: Canvas, anatomy: Anatomy, tissue: Tissue, sac: Field) -> None:
    chest, heart = anatomy.thorax, anatomy.heart
    tubes = [t for name in ("aorta", "pulmonary") for t in heart.vessels[name]]
    tubes += [heart.vessels["veins"][0], chest.oesophagus]
    # Fat, and what is left of the thymus, between breastbone and heart.
    front = chest.sternum[2].points_mm[1] + np.array([6.0, 16.0, -15.0])
    sheet = ellipsoid(front, (11.0 + 0.5 * chest.fat_mm, 22.0, 80.0))
    parts = np.minimum(
        canvas.coarse_tubes([*tubes, chest.inlet], 24.0), distance(sheet, canvas.lattice)
    )
    whole = smooth_min(sac, parts, 18.0) - np.float32(1.0 + 0.1 * chest.fat_mm)
    fat = np.maximum(whole, chest.cavity(canvas.lattice) - 2.5)
    canvas.paint(fat, tissue.fat)
    _spine(canvas, anatomy, tissue)
    canvas.paint(canvas.coarse_tubes([chest.oesophagus]), tissue.muscle - 10.0)
    if chest.air_mm > 1.5:
        slim = Tube(
            chest.oesophagus.points_mm, np.full(len(chest.oesophagus.radii_mm), chest.air_mm)
        )
        canvas.paint_tubes([slim], tissue.air)
    canvas.paint_tubes(chest.airways, tissue.muscle - 20.0, grow_mm=1.2)


def _heart(
    canvas: Canvas, anatomy: Anatomy, tissue: Tissue, shape: tuple[dict[str, Field], Field]
) -> None:
    heart, (parts, sac) = anatomy.heart, shape
    arteries = [v.tube for v in anatomy.coronaries.vessels]
    canvas.paint(sac - 0.5, tissue.muscle - 15.0)
    canvas.paint(sac + 0.9, tissue.fat)
    for name, blood in (("RAA", tissue.right_blood), ("LAA", tissue.left_blood)):
        canvas.paint(parts[name], blood)
    # Fat leads every artery beneath the appendages.
    canvas.paint_tubes(arteries, tissue.fat, grow_mm=2.4)
    canvas.paint(united([parts[n] for n in CHAMBERS], heart.blend_mm), tissue.heart_muscle)
    walls = heart.walls_mm
    outside_lv = -parts["LV"]
    canvas.paint(np.maximum(parts["RV"] + walls["RV"], outside_lv), tissue.right_blood)
    canvas.paint(np.maximum(parts["RA"] + walls["RA"], outside_lv), tissue.right_blood)
    canvas.paint(np.maximum(parts["LA"] + walls["LA"], outside_lv), tissue.left_blood)
    canvas.paint(parts["LV"] + walls["LV"], tissue.left_blood)
    _great_vessels(canvas, anatomy, tissue)
    canvas.paint_tubes(anatomy.coronaries.veins, tissue.right_blood)
    canvas.paint_tubes(arteries, tissue.heart_muscle - 5.0, grow_mm=0.5)
    if tissue.enhanced:
        canvas.paint_tubes(arteries, tissue.left_blood)


def _great_vessels(canvas: Canvas, anatomy: Anatomy, tissue: Tissue) -> None:
    vessels = anatomy.heart.vessels
    veins = vessels["veins"]
    canvas.paint(canvas.coarse_tubes(veins[2:]), tissue.left_blood)
    canvas.paint(canvas.coarse_tubes(vessels["pulmonary"]), tissue.right_blood)
    canvas.paint(canvas.coarse_tubes(veins[1:2]), tissue.right_blood)
    canvas.paint(canvas.coarse_tubes(veins[:1]), tissue.svc)
    aorta = canvas.coarse_tubes(vessels["aorta"])
    canvas.paint(aorta - 0.6, tissue.heart_muscle)
    canvas.paint(aorta + 1.2, tissue.left_blood)
    canvas.paint_tubes(anatomy.thorax.neck_vessels, tissue.left_blood)
    canvas.paint_tubes(anatomy.thorax.airways, tissue.air)


def _arteries(canvas: Canvas, anatomy: Anatomy) -> NDArray[np.uint8]:
    out = np.zeros(canvas.grid.shape, dtype=np.uint8)
    near = np.full(canvas.grid.shape, 0.0, dtype=np.float16)
    for vessel in anatomy.coronaries.vessels:
        radii = vessel.tube.radii_mm
        # What is thinner than an annotator can see is not in the label.
        last = int(np.flatnonzero(radii >= 0.9)[-1]) + 1 if (radii >= 0.9).any() else 0
        if last < 3:
            continue
        seen = Tube(vessel.tube.points_mm[:last], np.maximum(radii[:last], 0.5 * canvas.edge_mm))
        found = canvas.tube_distance(seen, 0.5)
        if found is None:
            continue
        box, sdf = found
        closer = sdf < near[box]
        out[box][closer] = vessel.artery.vessel_code
        near[box][closer] = sdf[closer]
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


def _texture(rng: np.random.Generator, grid: Grid, size_hu: float) -> Field:
    """Return faint unevenness of all tissue, drawn coarse: no organ is quite uniform."""
    canvas = Canvas(grid, 5.0)
    noise = rng.standard_normal(canvas.lattice.shape[:3], dtype=np.float32)
    return canvas.fine(gaussian_filter(noise, 0.7) * np.float32(size_hu * 2.0))
