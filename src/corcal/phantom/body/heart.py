"""The heart: chambers that touch, the sac round them, and the great vessels at its base.

The template is laid out in LPS mm about the centre of an average heart (650 mL with its
sac); `Pose` turns, stretches and scales it. Directions in the template: the long axis of the
left ventricle points to the left, the front and down.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from corcal.phantom.body import great_vessels
from corcal.phantom.body.pose import Pose
from corcal.phantom.body.shapes import (
    Ellipsoid,
    Field,
    Floats,
    Solid,
    Tube,
    distance,
    ripple_at,
    smooth_min,
    tissue_ripple,
    unit,
)

#: Chamber names, in painting order.
CHAMBERS = ("RA", "LA", "RV", "LV")
#: The appendages. Coronary arteries run beneath them, so they bound no course.
APPENDAGES = ("RAA", "LAA")


@dataclass(frozen=True, eq=False)
class Heart:
    """The solids of one heart.

    Attributes:
        chambers: outer (epicardial) solids of every chamber of `CHAMBERS`.
        walls_mm: wall thickness of every chamber.
        long_axis: unit vector from the base to the apex.
        apex_mm, mitral_mm, aortic_valve_mm, root_mm: landmarks, LPS (3,).
        root_axis: unit vector up the aortic root.
        vessels: great vessels by name: aorta, pulmonary, veins.
        ripple, sac_ripple: random unevenness of the muscle's surface and of the sac's.
        blend_mm: how far the seams between chambers are filled with muscle.
        sac_blend_mm: the same for the sac; the difference is the fat of the grooves.
        fat_mm: layer of fat between muscle and sac, on average.
    """

    chambers: dict[str, tuple[Solid, ...]]
    walls_mm: dict[str, float]
    long_axis: Floats
    apex_mm: Floats
    mitral_mm: Floats
    aortic_valve_mm: Floats
    root_mm: Floats
    root_axis: Floats
    vessels: dict[str, tuple[Tube, ...]] = field(default_factory=dict)
    ripple: tuple[Floats, Floats] = (np.zeros((0, 3)), np.zeros((0, 2)))
    sac_ripple: tuple[Floats, Floats] = (np.zeros((0, 3)), np.zeros((0, 2)))
    blend_mm: float = 3.0
    sac_blend_mm: float = 24.0
    fat_mm: float = 1.5

    def parts(
        self, points_mm: NDArray[np.floating], names: tuple[str, ...] = CHAMBERS
    ) -> dict[str, Field]:
        """Return the distance (...) of points (..., 3) to the outer surface of chambers."""
        ripple = ripple_at(self.ripple, points_mm)
        out = {}
        for name in names:
            solids = self.chambers[name]
            part = distance(solids[0], points_mm)
            for solid in solids[1:]:
                part = smooth_min(part, distance(solid, points_mm), 9.0)
            out[name] = np.asarray(part + ripple, dtype=np.float32)
        return out

    def muscle(self, points_mm: NDArray[np.floating]) -> Field:
        """Return the distance (...) of points (..., 3) to the outer surface of all chambers."""
        return smooth_union(list(self.parts(points_mm).values()), self.blend_mm)

    def sac(self, points_mm: NDArray[np.floating]) -> Field:
        """Return the distance (...) of points (..., 3) to the sac round the chambers."""
        parts = list(self.parts(points_mm).values())
        return smooth_union(parts, self.sac_blend_mm) - self.fat_at(points_mm)

    def fat_at(self, points_mm: NDArray[np.floating]) -> Field:
        """Return the thickness (...) in mm of the fat between sac and muscle at points (..., 3)."""
        thickness_mm = ripple_at(self.sac_ripple, points_mm) + np.float32(self.fat_mm)
        return np.asarray(np.maximum(thickness_mm, 0.0), dtype=np.float32)

    def root(self) -> tuple[Tube, ...]:
        """Return the vessels that bound the coronary courses: aorta and pulmonary trunk."""
        return (self.vessels["aorta"][0], self.vessels["pulmonary"][0])


def smooth_union(parts: list[Field], blend_mm: float) -> Field:
    """Return the distance to the smooth union of parts."""
    out = parts[0]
    for part in parts[1:]:
        out = smooth_min(out, part, blend_mm)
    return out


def build_heart(rng: np.random.Generator, pose: Pose) -> Heart:
    """Return a random heart in a pose."""
    mitral, apex = pose.point(11, 26, -3), pose.point(55, -31, -32)
    valve, root = pose.point(-7, 2, 15), pose.point(-11, 2, 29)
    fat = float(rng.beta(1.4, 1.6))
    layer = 0.3 + 1.7 * fat * float(rng.uniform(0.3, 1.0))
    return Heart(
        chambers=_chambers(rng, pose, unit(apex - mitral)),
        walls_mm={
            "LV": float(rng.uniform(8.0, 12.0)),
            "RV": float(rng.uniform(2.5, 4.5) + (3.0 if pose.hypertension else 0.0)),
            "RA": 2.0,
            "LA": 2.0,
        },
        long_axis=unit(apex - mitral),
        apex_mm=apex,
        mitral_mm=mitral,
        aortic_valve_mm=valve,
        root_mm=root,
        root_axis=unit(pose.point(-14, -1, 40) - valve),
        vessels={
            "aorta": great_vessels.aorta(rng, pose),
            "pulmonary": great_vessels.pulmonary(pose),
            "veins": great_vessels.veins(rng, pose),
        },
        ripple=tissue_ripple(rng, 1.0),
        sac_blend_mm=12.0 + 15.0 * fat,
        fat_mm=layer,
        sac_ripple=tissue_ripple(rng, 0.9 * layer),
    )


def _chambers(
    rng: np.random.Generator, pose: Pose, long_axis: Floats
) -> dict[str, tuple[Solid, ...]]:
    k, rv = pose.size, pose.size * pose.rv
    jitter = np.clip(rng.normal(1.0, 0.05, size=8), 0.88, 1.12)

    def blob(at: tuple[float, float, float], semi: tuple[float, float, float]) -> Ellipsoid:
        return Ellipsoid(pose.point(*at), np.array(semi), pose.turn.T)

    def tube(rows: list[tuple[float, float, float]], radii: list[float]) -> Tube:
        return Tube(pose.points(rows), np.array(radii))

    lv = Ellipsoid(
        pose.point(31, 1, -12),
        k * np.array([48.0, 35.0 * jitter[0], 35.0 * jitter[0]]),
        _axes_along(long_axis),
    )
    return {
        "LV": (lv, tube([(8, 20, -12), (16, 14, -11)], [25 * k, 29 * k])),
        "RV": (
            tube(
                [(-15, -13, -25), (-2, -24, -25), (20, -35, -24), (37, -42, -28)],
                [25 * rv, 26 * rv, 20 * rv * jitter[1], 11 * rv],
            ),
            tube(
                [(1, -29, -11), (5, -31, 6), (8, -27, 20), (9, -22, 32)],
                [24 * rv, 19.5 * rv * jitter[2], 15.5 * rv, 13.5 * k * pose.pa],
            ),
        ),
        "RA": (blob((-33, 4, -9), (21 * rv * jitter[3], 27 * rv, 33 * rv)),),
        "LA": (blob((1, 36, 14), (31 * k * jitter[4], 17 * k * jitter[5], 23 * k * jitter[6])),),
        "RAA": (tube([(-35, -8, 10), (-32, -17, 18), (-26, -24, 23)], [15 * k, 12 * k, 6 * k]),),
        "LAA": (
            tube([(21, 29, 20), (30, 18, 27), (35, 7, 29)], [12 * k, 9 * k * jitter[7], 5 * k]),
        ),
    }


def _axes_along(direction: Floats) -> Floats:
    across = unit(np.cross(direction, np.array([0.0, 0.0, 1.0])))
    return np.stack([direction, across, np.cross(direction, across)])
