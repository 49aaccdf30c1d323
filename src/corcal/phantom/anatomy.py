"""One patient: everything that lies where it lies, before any scanner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corcal.phantom.coronaries import Coronaries, CourseRefused, grow_coronaries
from corcal.phantom.heart import Heart, Pose, build_heart, sample_pose, united
from corcal.phantom.shapes import Floats
from corcal.phantom.thorax import Thorax, build_thorax


@dataclass(frozen=True, eq=False)
class Anatomy:
    """One patient's chest; resolution-free.

    Attributes:
        pose: how the heart lies.
        heart: chambers and great vessels.
        coronaries: arteries and veins of the heart.
        thorax: what surrounds it.
        low_mm, high_mm: corners LPS (3,) of the heart with its sac.
    """

    pose: Pose
    heart: Heart
    coronaries: Coronaries
    thorax: Thorax
    low_mm: Floats
    high_mm: Floats


def sample_anatomy(rng: np.random.Generator) -> Anatomy:
    """Return a random patient. Anatomies whose courses come out implausible are drawn again."""
    for _ in range(60):
        pose = sample_pose(rng)
        heart = build_heart(rng, pose)
        try:
            coronaries = grow_coronaries(rng, heart)
        except CourseRefused:
            continue
        low, high = _extent(heart)
        thorax = build_thorax(rng, float(low[2]), float(low[1]))
        top = float(coronaries.vessel("LM").tube.points_mm[0, 2]) + 10.0
        return Anatomy(pose, heart, coronaries, thorax, low, np.append(high[:2], top))
    raise RuntimeError("sixty anatomies in a row were refused")


def _extent(heart: Heart) -> tuple[Floats, Floats]:
    g = np.arange(-100.0, 100.0, 5.0)
    points = np.stack(np.meshgrid(g, g, g, indexing="ij"), axis=-1).astype(np.float32)
    sac = united(list(heart.parts(points).values()), heart.sac_blend_mm)
    inside = points[sac - heart.fat_mm - 1.0 < 0.0]
    return inside.min(axis=0).astype(float) - 2.0, inside.max(axis=0).astype(float) + 2.0
