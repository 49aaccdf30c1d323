"""Courses of the coronary arteries, found in the grooves of the heart.

A groove between two chambers is the line at a small clearance outside the heart that is
equally far from both. It is searched on half-planes round the axis that joins them, so the
courses follow any anatomy.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.ndimage import gaussian_filter1d

from corcal.phantom.body.heart import Heart, smooth_union
from corcal.phantom.body.shapes import Field, Floats, distance, resample_line, unit

Distance = Callable[[Floats], Field]

#: Half-planes a groove is searched on.
TURNS = 60


def outside(heart: Heart) -> Distance:
    """Return the distance to everything an epicardial artery must stay out of."""
    roots = heart.root()

    def far(points_mm: Floats) -> Field:
        out = heart.muscle(points_mm)
        for tube in roots:
            out = np.minimum(out, distance(tube, points_mm))
        return out

    return far


def groove(heart: Heart, pair: tuple[str, str], clearance_mm: float) -> Floats:
    """Return the closed groove line (TURNS, 3), LPS mm, between two chambers."""
    a, b = (_centre(heart, name) for name in pair)
    axis = unit(b - a)
    up = unit(np.array([0.0, 0.0, 1.0]) - axis[2] * axis)
    turn = np.linspace(0.0, 2 * np.pi, TURNS, endpoint=False)
    spoke = np.cos(turn)[:, None] * up + np.sin(turn)[:, None] * np.cross(axis, up)
    along, out = np.arange(-20.0, 20.1, 2.0), np.arange(12.0, 78.0, 2.0)
    points = (
        (a + b) / 2
        + along[None, :, None, None] * axis
        + out[None, None, :, None] * spoke[:, None, None, :]
    )
    parts = heart.parts(points)
    muscle = smooth_union(list(parts.values()), heart.blend_mm)
    cost = np.abs(muscle - clearance_mm) + 0.35 * np.abs(parts[pair[0]] - parts[pair[1]])
    # Far from the middle plane a third chamber may mimic the seam: prefer to stay near it.
    cost += 0.02 * np.abs(along)[None, :, None]
    best = cost.reshape(TURNS, -1).argmin(axis=1)
    s = gaussian_filter1d(along[best // out.size], 1.6, mode="wrap")
    r = gaussian_filter1d(out[best % out.size], 1.6, mode="wrap")
    return np.asarray((a + b) / 2 + s[:, None] * axis + r[:, None] * spoke)


def push_out(points_mm: Floats, far: Distance, clearance_mm: Floats | float) -> Floats:
    """Return points (n, 3) moved along the gradient until they have the clearance."""
    p = np.array(points_mm, float)
    for _ in range(4):
        here, step = _slope(p, far)
        norm = np.maximum(np.linalg.norm(step, axis=1, keepdims=True), 0.5)
        p += np.clip(clearance_mm - here, -3.0, 3.0)[:, None] * step / norm
    return p


def _slope(p: Floats, far: Distance) -> tuple[Floats, Floats]:
    """Return distance (n,) and its gradient (n, 3) at points, in one evaluation."""
    h = 0.8 * np.eye(3)
    all_points = np.concatenate([p, *(p + k for k in h), *(p - k for k in h)])
    d = far(all_points).astype(np.float64).reshape(7, -1)
    return d[0], ((d[1:4] - d[4:7]) / 1.6).T


def settle(points_mm: Floats, far: Distance, clearance_mm: Floats) -> Floats:
    """Return a course at 1 mm steps, smoothed and pushed clear; both ends stay.

    Args:
        points_mm: rough course (n, 3).
        far: distance to what it must stay out of.
        clearance_mm: (start, end): clearance of the centreline at both ends.
    """
    p = resample_line(points_mm, 1.0)
    first = p[0].copy()
    for sigma in (4.0, 2.5):
        want = np.linspace(clearance_mm[0], clearance_mm[1], len(p))
        moved = push_out(p, far, want)
        # The first millimetres leave the aorta's wall: no clearance is possible there.
        ramp = np.clip(np.arange(len(p)) / 8.0, 0.0, 1.0)[:, None]
        p = ramp * moved + (1 - ramp) * p
        p = gaussian_filter1d(p, sigma, axis=0, mode="nearest")
        p += (first - p[0]) * np.exp(-np.arange(len(p)) / 5.0)[:, None]
        p = resample_line(p, 1.0)
    return p


def stretch_of(ring_mm: Floats, start_mm: Floats, stop_mm: Floats, toward: Floats) -> Floats:
    """Return the part (n, 3) of a closed ring between two points.

    Of the two ways round, the one whose mean lies further along `toward` (LPS).
    """
    i = int(np.linalg.norm(ring_mm - start_mm, axis=1).argmin())
    j = int(np.linalg.norm(ring_mm - stop_mm, axis=1).argmin())
    n = len(ring_mm)
    ways = [
        ring_mm[np.arange(i, i + (j - i) % n + 1) % n],
        ring_mm[np.arange(i, i - (i - j) % n - 1, -1) % n],
    ]
    return max(ways, key=lambda way: float(way.mean(axis=0) @ toward))


def bridge(
    ends_mm: tuple[Floats, Floats], directions: tuple[Floats, Floats], steps: int = 16
) -> Floats:
    """Return a smooth curve (steps, 3) between two points with given directions at both."""
    reach = 0.45 * float(np.linalg.norm(ends_mm[1] - ends_mm[0]))
    a, d = ends_mm
    b, c = a + reach * unit(directions[0]), d - reach * unit(directions[1])
    t = np.linspace(0.0, 1.0, steps)[:, None]
    return np.asarray(
        (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t**2 * c + t**3 * d
    )


def walk(
    start_mm: Floats, heading: Floats, goal_mm: Floats, length_mm: float, far: Distance
) -> Floats:
    """Return a course (n, 3) over the surface: off along `heading`, bending to `goal_mm`."""
    p, course = np.array(start_mm, float), [np.array(start_mm, float)]
    steps = int(length_mm / 3.0)
    going = unit(heading)
    for i in range(steps):
        pull = min(1.0, (i + 1) / (0.5 * steps))
        going = unit(going + 0.45 * pull * unit(goal_mm - p))
        normal = unit(_slope(p[None], far)[1][0])
        going = unit(going - (going @ normal) * normal)
        p = p + 3.0 * going
        p = p + (1.3 - float(far(p[None])[0])) * normal
        course.append(p)
        if np.linalg.norm(goal_mm - p) < 8.0:
            break
    return np.array(course)


def _centre(heart: Heart, name: str) -> Floats:
    solid = heart.chambers[name][0]
    points = getattr(solid, "points_mm", None)
    return np.asarray(points[:3].mean(axis=0) if points is not None else solid.centre_mm)  # type: ignore[union-attr]
