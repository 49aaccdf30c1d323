"""The great vessels at the base of the heart, as tubes."""

from __future__ import annotations

import numpy as np

from corcal.phantom.body.pose import Pose
from corcal.phantom.body.shapes import Tube, spline


def aorta(rng: np.random.Generator, pose: Pose) -> tuple[Tube, ...]:
    """Return the root with the ascending aorta, and the whole from there to the abdomen."""
    k = pose.size * pose.aorta
    bend = rng.normal(0.0, 3.0, size=2)
    root = spline(
        pose.points([(-3, 4, 8), (-7, 2, 15), (-10, 2, 24), (-14, -1, 40)]) + np.zeros(3),
        np.array([13.0, 13.0, 16.5, 15.0]) * k,
        3.0,
    )
    up = spline(
        np.concatenate(
            [
                pose.points([(-14, -1, 40), (-20, -6, 58), (-19, -4, 76)]),
                np.array([[-13, 6, 95], [-1, 20, 104], [11, 40, 101], [19, 56, 88]]),
                np.array([[21, 64, 66], [21 + bend[0], 68, 30]]),
                np.array([[20 + bend[0], 70, 0], [14 + bend[1], 70, -50], [4, 68, -110]]),
                np.array([[-6, 64, -190]]),
            ]
        ),
        np.array([15, 15.5, 15.5, 15, 14, 13, 12.5, 12, 12, 12, 11.5, 11, 10]) * k,
        5.0,
    )
    return (
        Tube(
            np.vstack([root.points_mm, up.points_mm[1:6]]),
            np.concatenate([root.radii_mm, up.radii_mm[1:6]]),
        ),
        up,
    )


def pulmonary(pose: Pose) -> tuple[Tube, ...]:
    """Return the pulmonary trunk and its right and left branch."""
    k = pose.size * pose.pa
    trunk = spline(
        pose.points([(9, -22, 32), (12, -12, 44), (15, 4, 56)]), np.array([13.5, 13.5, 13]) * k
    )
    right = spline(
        pose.points([(14, 6, 56), (-6, 21, 54), (-32, 24, 50), (-52, 26, 44)]),
        np.array([11, 10, 9.5, 8]) * k,
    )
    left = spline(
        pose.points([(15, 6, 57), (26, 22, 62), (38, 36, 58), (46, 44, 46)]),
        np.array([11, 10, 9, 7]) * k,
    )
    return (trunk, right, left)


def veins(rng: np.random.Generator, pose: Pose) -> tuple[Tube, ...]:
    """Return superior and inferior cava, then four pulmonary veins."""
    k = pose.size

    def vein(rows: list[tuple[float, float, float]], radii: list[float]) -> Tube:
        spread = rng.normal(0.0, 2.0, size=(len(rows), 3))
        spread[0] = 0.0
        return spline(pose.points(rows) + spread, np.array(radii) * k)

    return (
        vein([(-38, 8, 16), (-37, 4, 45), (-38, -2, 80), (-36, -4, 100)], [10, 9.5, 9, 8]),
        vein([(-32, 18, -28), (-27, 26, -52), (-24, 30, -90)], [12, 12, 11]),
        vein([(-20, 36, 24), (-40, 32, 32), (-62, 30, 40)], [8, 7, 5]),
        vein([(-22, 40, 8), (-42, 48, 0), (-64, 56, -10)], [8, 7, 5]),
        vein([(24, 36, 28), (40, 32, 38), (56, 28, 48)], [7.5, 6.5, 5]),
        vein([(22, 44, 12), (40, 54, 4), (58, 64, -8)], [8, 6.5, 5]),
    )
