"""Calcium of the pericardium: plates on the sac, and bands along the AV groove."""

from __future__ import annotations

import numpy as np

from corcal.phantom.body.anatomy import Anatomy
from corcal.phantom.body.shapes import Ellipsoid, Floats, frame, unit
from corcal.phantom.calcium.mimics.solid import Mimic, calcium_hu, string


def pericardium(rng: np.random.Generator, anatomy: Anatomy) -> list[Mimic]:
    """Return a plate somewhere on the sac, or a band of it over the RCA or the circumflex."""
    heart = anatomy.heart
    centre = heart.mitral_mm + 20 * heart.long_axis
    if rng.random() < 0.5:
        course = anatomy.coronaries.vessel("RCA" if rng.random() < 0.5 else "LCX").tube.points_mm
        length = int(rng.uniform(5, 30))
        start = int(rng.integers(8, max(len(course) - length - 4, 9)))
        line = np.stack(
            [_on_sac(anatomy, p, p - centre) for p in course[start : start + length : 3]]
        )
        if len(line) > 1:
            return [string(rng, "pericardium", line, (0.6, 1.7))]
    aim = unit(rng.normal(size=3) + np.array([0.3, -0.4, -0.5]))
    at = _on_sac(anatomy, centre + 20.0 * aim, aim)
    size = np.array([rng.uniform(0.6, 1.4), rng.uniform(3, 14), rng.uniform(3, 10)])
    return [Mimic("pericardium", Ellipsoid(at, size, frame(aim)), calcium_hu(rng))]


def _on_sac(anatomy: Anatomy, start_mm: Floats, aim: Floats) -> Floats:
    ray = start_mm + np.arange(0.0, 90.0, 0.5)[:, None] * unit(aim)
    outside = np.flatnonzero(anatomy.heart.sac(ray) > 0.0)
    return np.asarray(ray[outside[0] if outside.size else -1])
