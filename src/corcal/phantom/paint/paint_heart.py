"""The heart painted: sac, fat, chambers, vessels."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from corcal.phantom.body.anatomy import Anatomy
from corcal.phantom.body.heart import APPENDAGES, CHAMBERS, smooth_union
from corcal.phantom.body.shapes import Field, smooth_min
from corcal.phantom.paint.canvas import Canvas
from corcal.phantom.paint.tissue import Tissue
from corcal.phantom.paint.unevenness import fatty, field


def heart_sac(anatomy: Anatomy, canvas: Canvas, parts: dict[str, Field] | None = None) -> Field:
    """Return the distance to the pericardial sac on the canvas's lattice.

    Args:
        anatomy: the patient.
        canvas: gives the lattice.
        parts: all chambers and appendages on the lattice, where they are known already.
    """
    heart = anatomy.heart
    parts = parts or heart.parts(canvas.lattice, (*CHAMBERS, *APPENDAGES))
    sac = smooth_union([parts[n] for n in CHAMBERS], heart.sac_blend_mm)
    near = [parts[n] for n in APPENDAGES]
    near.append(canvas.coarse_tubes(heart.root(), 30.0))
    for part in near:
        sac = smooth_min(sac, part, 0.5 * heart.sac_blend_mm)
    arteries = canvas.coarse_tubes([v.tube for v in anatomy.coronaries.vessels])
    whole = np.minimum(sac - heart.fat_at(canvas.lattice), arteries - np.float32(2.0))
    # The sac spans small bumps instead of following them.
    return np.asarray(gaussian_filter(whole, 2.2 / canvas.coarse_mm), dtype=np.float32)


def heart_only(anatomy: Anatomy, canvas: Canvas, sac: Field) -> Field:
    """Return the distance to the sac from the apex to just above the ostia."""
    out: Field = np.maximum(sac, canvas.lattice[..., 2] - np.float32(anatomy.high_mm[2]))
    return out


def paint_heart(
    canvas: Canvas,
    anatomy: Anatomy,
    tissue: Tissue,
    *,
    parts: dict[str, Field],
    sac: Field,
    rng: np.random.Generator,
) -> None:
    """Paint the heart and its vessels.

    Args:
        canvas: is painted on.
        anatomy: the patient.
        tissue: attenuation of everything.
        parts: distances on the lattice to every chamber and appendage.
        sac: distance on the lattice to the pericardial sac.
        rng: unevenness of fat and pericardium.
    """
    heart = anatomy.heart
    arteries = [v.tube for v in anatomy.coronaries.vessels]
    fat = fatty(rng, canvas, tissue.fat)
    canvas.paint(sac - 0.4, _pericardium(canvas, anatomy, tissue, fat=fat, rng=rng))
    canvas.paint(sac + 0.8, fat)
    for name, blood in (("RAA", tissue.right_blood), ("LAA", tissue.left_blood)):
        canvas.paint(parts[name], blood)
    # Fat leads every artery beneath the appendages.
    canvas.paint_tubes(arteries, tissue.fat, grow_mm=1.8)
    canvas.paint(smooth_union([parts[n] for n in CHAMBERS], heart.blend_mm), tissue.heart_muscle)
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


def _pericardium(
    canvas: Canvas, anatomy: Anatomy, tissue: Tissue, *, fat: Field, rng: np.random.Generator
) -> Field:
    """Return HU of the pericardium: a line in front, hardly seen elsewhere, none at the top."""
    points = canvas.lattice
    middle = anatomy.heart.mitral_mm + 15.0 * anatomy.heart.long_axis
    front = np.clip((middle[1] - points[..., 1]) / np.float32(40.0), -1.0, 1.0)
    low = np.clip((np.float32(anatomy.high_mm[2] - 12.0) - points[..., 2]) / 20.0, 0.0, 1.0)
    seen = np.clip(0.35 + 0.4 * front + 0.35 * field(rng, canvas, 9.0), 0.0, 1.0) * low
    return np.asarray(fat + seen * (np.float32(tissue.muscle - 15.0) - fat), dtype=np.float32)


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
