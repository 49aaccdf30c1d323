"""One patient: everything that lies where it lies, before any scanner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corcal.phantom.body.coronaries import Coronaries, CourseRefused, grow_coronaries
from corcal.phantom.body.heart import (
    APPENDAGES,
    CHAMBERS,
    Heart,
    build_heart,
    smooth_union,
)
from corcal.phantom.body.pose import Pose, sample_pose
from corcal.phantom.body.shapes import Floats, distance
from corcal.phantom.body.thorax import Thorax, build_thorax


@dataclass(frozen=True, eq=False)
class Anatomy:
    """One patient's chest; resolution-free.

    Attributes:
        pose: how the heart lies.
        heart: chambers and great vessels.
        coronaries: arteries and veins of the heart.
        thorax: what surrounds it.
        fat_ml: epicardial fat, from the apex to just above the ostia.
        low_mm, high_mm: corners LPS (3,) of the heart with its sac.
    """

    pose: Pose
    heart: Heart
    coronaries: Coronaries
    thorax: Thorax
    fat_ml: float
    low_mm: Floats
    high_mm: Floats


#: Epicardial fat of accepted hearts in mL: 104 +- 51 in patients (PMC5537129).
FAT_ML = (30.0, 200.0)

#: Steps in mm of the points that extent and fat are counted on.
_STEP_MM = 4.0


def sample_anatomy(rng: np.random.Generator, hypertension: float = 0.25) -> Anatomy:
    """Return a random patient. Implausible courses or amounts of fat are drawn again.

    Args:
        rng: source of randomness.
        hypertension: probability of pulmonary hypertension.
    """
    # Drawn once: else who has it would depend on how often their heart is refused.
    ill = float(rng.random() < hypertension)
    for _ in range(60):
        pose = sample_pose(rng, ill)
        heart = build_heart(rng, pose)
        try:
            coronaries = grow_coronaries(rng, heart)
        except CourseRefused:
            continue
        top = float(coronaries.vessel("LM").tube.points_mm[0, 2]) + 10.0
        sac = _sac_points(heart)
        fat_ml = _fat_ml(heart, sac[sac[:, 2] < top])
        if not FAT_ML[0] <= fat_ml <= FAT_ML[1]:
            continue
        low, high = sac.min(axis=0) - 2.0, sac.max(axis=0) + 2.0
        thorax = build_thorax(rng, float(low[2]), float(low[1]))
        return Anatomy(pose, heart, coronaries, thorax, fat_ml, low, np.append(high[:2], top))
    raise RuntimeError("sixty anatomies in a row were refused")


def _sac_points(heart: Heart) -> Floats:
    """Return points (n, 3) evenly spread inside the sac."""
    g = np.arange(-100.0, 100.0, _STEP_MM)
    points = np.stack(np.meshgrid(g, g, g, indexing="ij"), axis=-1).astype(np.float32)
    return points[heart.sac(points) < 0.0].astype(np.float64)


def _fat_ml(heart: Heart, sac_mm: Floats) -> float:
    """Return how much of the sac is neither chamber, appendage nor great vessel."""
    parts = heart.parts(sac_mm, (*CHAMBERS, *APPENDAGES))
    free = smooth_union([parts[name] for name in CHAMBERS], heart.blend_mm) > 0
    free &= np.minimum(parts["RAA"], parts["LAA"]) > 0
    left = sac_mm[free]
    for tube in (*heart.root(), *heart.vessels["veins"]):
        left = left[distance(tube, left) > 0]
    return float(len(left)) * _STEP_MM**3 / 1000.0
