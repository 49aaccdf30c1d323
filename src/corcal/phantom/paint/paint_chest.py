"""The chest painted: wall, bones, lungs, mediastinum, and what lies below the diaphragm."""

from __future__ import annotations

import numpy as np

from corcal.phantom.body.anatomy import Anatomy
from corcal.phantom.body.shapes import Field, Tube, distance, smooth_min
from corcal.phantom.paint.canvas import Canvas
from corcal.phantom.paint.tissue import Tissue
from corcal.phantom.paint.unevenness import fatty, field

#: How far from its tubes the mediastinum's fat is looked for.
_REACH_MM = 32.0


def paint_chest(
    canvas: Canvas, anatomy: Anatomy, tissue: Tissue, *, sac: Field, rng: np.random.Generator
) -> None:
    """Paint everything but the heart, from the skin inwards.

    Args:
        canvas: is painted on.
        anatomy: the patient.
        tissue: attenuation of everything.
        sac: distance on the lattice to the pericardial sac.
        rng: unevenness of fat, muscle and lung.
    """
    cavity = anatomy.thorax.cavity(canvas.lattice)
    fat = fatty(rng, canvas, tissue.fat)
    _wall(canvas, anatomy, tissue, cavity=cavity, fat=fat, rng=rng)
    _lungs(canvas, anatomy, tissue, cavity, rng)
    _belly(canvas, anatomy, tissue, cavity)
    space = _mediastinal_space(canvas, anatomy, cavity, sac, rng)
    _mediastinum(canvas, anatomy, tissue, space=space, fat=fat, rng=rng)


def _wall(
    canvas: Canvas,
    anatomy: Anatomy,
    tissue: Tissue,
    *,
    cavity: Field,
    fat: Field,
    rng: np.random.Generator,
) -> None:
    """Paint skin, fat, two layers of muscle with fat between them, and the ribs."""
    chest, points = anatomy.thorax, canvas.lattice
    body = chest.body(points)
    canvas.paint(body, tissue.skin)
    ground = fat
    if chest.breasts:
        # Glands are strands in the fat of the breast.
        gland = np.clip(field(rng, canvas, 5.0) - 0.4, 0.0, 1.0) * np.float32(120.0)
        inside = np.minimum(*(distance(b, points) for b in chest.breasts))
        ground = fat + gland * np.clip(-inside / 12.0, 0.0, 1.0)
    canvas.paint(body + 2.0, ground)
    streak = np.clip(field(rng, canvas, 3.0) - 1.0, 0.0, 1.2) * np.float32(-55.0)
    meat = np.float32(tissue.muscle) + streak
    # The outer muscle ends beside the breastbone.
    beside = np.clip(
        (np.abs(points[..., 0] - np.float32(chest.midline_mm)) - 16.0) / 22.0, 0.0, 1.0
    )
    outer = np.float32(chest.pectoral_mm) * beside + np.float32(0.85 * chest.wall_mm)
    canvas.paint(np.maximum(cavity - outer, body + 3.5), meat)
    gap = field(rng, canvas, 10.0)
    plane = np.abs(cavity - np.float32(0.8 * chest.wall_mm)) - np.clip(0.9 + gap, 0.0, 2.4)
    canvas.paint(np.maximum(plane, body + 3.5), fat)
    between = np.abs(cavity - np.float32(0.36 * chest.wall_mm)) - np.clip(1.0 + 1.4 * gap, 0, 2.6)
    canvas.paint(between, fat)
    canvas.paint(cavity - 1.6, fat)
    canvas.paint(canvas.coarse_tubes(chest.cartilages), tissue.cartilage)
    bones = canvas.coarse_tubes((*chest.ribs, *chest.sternum))
    canvas.paint(bones, tissue.cortex)
    marrow = np.float32(tissue.marrow) + np.float32(30.0) * gap
    canvas.paint(bones + 1.5, marrow)


def _spine(canvas: Canvas, anatomy: Anatomy, tissue: Tissue, rng: np.random.Generator) -> None:
    spine, points = anatomy.thorax.spine, canvas.lattice

    def beside(dx: float, dy: float, radius: float | None = None) -> Tube:
        radii = spine.radii_mm if radius is None else np.full(len(spine.points_mm), radius)
        return Tube(spine.points_mm + np.array([dx, dy, 0.0]), radii)

    bone = canvas.coarse_tubes([beside(-4.0, 0.0), beside(4.0, 0.0)])
    arch = canvas.coarse_tubes(
        [beside(-13.0, 22.0, 5.0), beside(13.0, 22.0, 5.0), beside(0.0, 38.0, 5.0)]
    )
    disc = np.cos(points[..., 2] * np.float32(2 * np.pi / 25.0)) - 0.82
    canvas.paint(np.minimum(bone, arch), tissue.cortex)
    spongy = np.float32(tissue.marrow) + np.float32(35.0) * field(rng, canvas, 2.5)
    canvas.paint(np.minimum(bone + 1.4, arch + 1.8), spongy)
    canvas.paint(np.maximum(bone + 0.5, -8.0 * disc), tissue.cartilage)
    canvas.paint(canvas.coarse_tubes([beside(0.0, 22.0, 8.0)]), 20.0)


def _lungs(
    canvas: Canvas, anatomy: Anatomy, tissue: Tissue, cavity: Field, rng: np.random.Generator
) -> None:
    chest, state, points = anatomy.thorax, anatomy.thorax.lungs, canvas.lattice
    lung = np.float32(14.0) * field(rng, canvas, 3.8) + np.float32(tissue.lung + state.haze)
    lung += (points[..., 1] - np.float32(chest.centre_y_mm)) * np.float32(state.slope_hu_mm)
    if state.emphysema > 0:
        holes = field(rng, canvas, 4.0) + 0.8 * field(rng, canvas, 18.0)
        edge = np.float32(np.quantile(holes[::3, ::3, ::3], 1.0 - state.emphysema))
        lung += np.clip((holes - edge) * 6.0, 0.0, 1.0) * np.clip(-955.0 - lung, -200.0, 0.0)
    if state.fibrosis > 0:
        net = np.abs(field(rng, canvas, 0.55 * canvas.coarse_mm))
        rim = np.exp(cavity / np.float32(14.0)) * np.float32(260.0 * state.fibrosis)
        lung += np.clip(net, 0.0, 2.0) * np.minimum(rim, np.float32(300.0))
    canvas.paint(cavity, lung)
    seen = [t for t in chest.lung_vessels if float(t.radii_mm[0]) > 0.4 * canvas.edge_mm]
    canvas.paint_tubes(seen, tissue.right_blood)
    for side, depth in zip((-1.0, 1.0), state.effusion_mm, strict=True):
        if depth > 0:
            _effusion(canvas, anatomy, tissue, cavity=cavity, side=side, depth_mm=depth)


def _effusion(
    canvas: Canvas,
    anatomy: Anatomy,
    tissue: Tissue,
    *,
    cavity: Field,
    side: float,
    depth_mm: float,
) -> None:
    """Paint fluid behind one lung, deepest at its base, and the lung that it squeezes."""
    chest, points = anatomy.thorax, canvas.lattice
    back = chest.centre_y_mm + chest.cavity_mm[1]
    low = np.clip((points[..., 2] - np.float32(anatomy.low_mm[2])) / 90.0, -0.5, 1.5)
    out = np.abs(points[..., 0] - np.float32(chest.midline_mm)) / np.float32(chest.cavity_mm[0])
    # The level climbs up the wall.
    level = back - depth_mm * (1.15 - low) - 0.6 * depth_mm * np.square(out)
    fluid = np.maximum(np.maximum(level - points[..., 1], cavity), low * 40.0 - 46.0)
    fluid = np.maximum(fluid, -side * (points[..., 0] - np.float32(chest.midline_mm)))
    squeezed = np.maximum(fluid - np.float32(0.35 * depth_mm), cavity + 0.5)
    canvas.paint(squeezed, tissue.muscle - 12.0)
    canvas.paint(fluid, 8.0)


def _belly(canvas: Canvas, anatomy: Anatomy, tissue: Tissue, cavity: Field) -> None:
    chest, points = anatomy.thorax, canvas.lattice
    below: Field = np.maximum(chest.below(points), cavity)
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


def _mediastinal_space(
    canvas: Canvas, anatomy: Anatomy, cavity: Field, sac: Field, rng: np.random.Generator
) -> Field:
    """Return the distance to the space round heart, great vessels, gullet and spine."""
    chest, heart = anatomy.thorax, anatomy.heart
    stems = [Tube(t.points_mm[:6], t.radii_mm[:6]) for t in chest.airways[1:]]
    whole = smooth_min(sac, _triangle(canvas, anatomy), 16.0)
    # What lies close together has fat in between, not lung.
    for tubes in (
        (*heart.vessels["pulmonary"], heart.vessels["veins"][0], chest.inlet),
        (chest.oesophagus, chest.airways[0], *stems),
        heart.vessels["aorta"],
        (chest.spine,),
    ):
        whole = smooth_min(whole, canvas.coarse_tubes(tubes, _REACH_MM), 24.0)
    layer = np.clip(0.5 + 0.9 * field(rng, canvas, 9.0), 0.0, 2.2) * (0.4 + 0.06 * chest.fat_mm)
    return np.asarray(np.maximum(whole - layer.astype(np.float32), cavity - 2.5))


def _mediastinum(
    canvas: Canvas,
    anatomy: Anatomy,
    tissue: Tissue,
    *,
    space: Field,
    fat: Field,
    rng: np.random.Generator,
) -> None:
    """Paint fat between the lungs, spine, oesophagus, hernia and airways."""
    chest = anatomy.thorax
    canvas.paint(space, fat)
    _spine(canvas, anatomy, tissue, rng)
    gullet = chest.oesophagus
    pair = [Tube(gullet.points_mm + np.array([dx, 0.0, 0.0]), gullet.radii_mm) for dx in (-2, 2)]
    canvas.paint(canvas.coarse_tubes(pair), tissue.muscle - 10.0)
    if chest.hernia is not None:
        _hernia(canvas, anatomy, tissue, fat)
    canvas.paint_tubes(chest.gullet_air, tissue.air)
    canvas.paint_tubes(chest.airways, tissue.muscle - 20.0, grow_mm=1.2)


def _triangle(canvas: Canvas, anatomy: Anatomy) -> Field:
    """Return the distance to the wedge of fat between breastbone and heart."""
    chest, points = anatomy.thorax, canvas.lattice
    front = float(chest.front_mm(0.0))
    deep = np.clip(points[..., 1] - np.float32(front + 6.0), 0.0, 60.0)
    # Upwards it leans to the midline, at the heart to the left.
    height = np.clip((points[..., 2] + 20.0) / 110.0, 0.0, 1.0)
    middle = (1.0 - height) * np.float32(4.0) + height * np.float32(chest.midline_mm + 6.0)
    half = np.float32(2.0 + 0.25 * chest.fat_mm) + np.float32(chest.wedge) * deep
    wedge = (np.abs(points[..., 0] - middle) - half) * np.float32(0.85)
    rear = points[..., 1] - np.float32(anatomy.heart.root_mm[1])
    return np.asarray(np.maximum(np.maximum(wedge, rear), points[..., 2] - 105.0), dtype=np.float32)


def _hernia(canvas: Canvas, anatomy: Anatomy, tissue: Tissue, fat: Field) -> None:
    """Paint stomach behind the heart, with fat round it and air in front."""
    hernia = anatomy.thorax.hernia
    assert hernia is not None
    pouch = distance(hernia, canvas.lattice)
    canvas.paint(pouch - 3.0, fat)
    canvas.paint(pouch, tissue.muscle - 8.0)
    canvas.paint(pouch + 3.5, tissue.stomach)
    level = canvas.lattice[..., 1] - np.float32(hernia.centre_mm[1] - 0.2 * hernia.semi_axes_mm[1])
    canvas.paint(np.maximum(pouch + 3.5, level), tissue.air)
