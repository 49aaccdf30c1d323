"""Analytic solids in patient coordinates: the strokes every organ is drawn with.

A signed distance is in mm, negative inside. All solids are resolution-free: the same solid
can be evaluated at any points, so one case renders on any grid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

Floats = NDArray[np.float64]
Field = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Ellipsoid:
    """An ellipsoid.

    Attributes:
        centre_mm: LPS (3,).
        semi_axes_mm: (3,), along the rows of `axes`.
        axes: (3, 3), unit vectors as rows, LPS.
    """

    centre_mm: Floats
    semi_axes_mm: Floats
    axes: Floats

    @property
    def volume_mm3(self) -> float:
        """Exact volume."""
        return float(4.0 / 3.0 * np.pi * np.prod(self.semi_axes_mm))


@dataclass(frozen=True, eq=False)
class Tube:
    """A tube of varying radius along a polyline, with round ends.

    Attributes:
        points_mm: LPS (n, 3), n >= 2.
        radii_mm: (n,).
    """

    points_mm: Floats
    radii_mm: Floats

    @property
    def arc_mm(self) -> Floats:
        """Distance along the centreline at every point, (n,)."""
        steps = np.linalg.norm(np.diff(self.points_mm, axis=0), axis=1)
        return np.concatenate([[0.0], np.cumsum(steps)])

    @property
    def length_mm(self) -> float:
        """Length of the centreline."""
        return float(self.arc_mm[-1])

    def at(self, arc_mm: float | Floats) -> Floats:
        """Return the LPS point (3,) at a distance along the centreline; (n, 3) of several."""
        along = self.arc_mm
        return np.stack([np.interp(arc_mm, along, line) for line in self.points_mm.T], axis=-1)

    def nearest_arc(self, point_mm: Floats) -> float:
        """Return how far along the centreline the place nearest to a point (3,) lies."""
        along = np.arange(0.0, self.length_mm, 0.5)
        return float(along[np.linalg.norm(self.at(along) - point_mm, axis=1).argmin()])

    def thin(self, step_mm: float) -> Tube:
        """Return the tube through fewer of its points, where they lie closer than a step."""
        every = int(step_mm * (len(self.points_mm) - 1) / max(self.length_mm, 1e-6))
        if every < 2:
            return self
        kept = np.append(np.arange(0, len(self.points_mm) - 1, every), len(self.points_mm) - 1)
        return Tube(self.points_mm[kept], self.radii_mm[kept])

    def radius_at(self, arc_mm: float) -> float:
        """Return the radius in mm at a distance along the centreline."""
        return float(np.interp(arc_mm, self.arc_mm, self.radii_mm))


Solid = Ellipsoid | Tube


def spline(points_mm: Floats, radii_mm: Floats, step_mm: float = 4.0) -> Tube:
    """Return the tube along a smooth curve through the given points.

    The curve is a monotone cubic in each coordinate (PCHIP; Fritsch and Carlson 1980), so that it
    does not swing beyond the points.
    """
    p = np.asarray(points_mm, float)
    chord = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(p, axis=0), axis=1))])
    at = np.linspace(0.0, chord[-1], max(int(chord[-1] / step_mm) + 1, 3))
    curve = PchipInterpolator(chord, p)(at)
    return Tube(curve, np.interp(at, chord, np.asarray(radii_mm, float)))


def resample_line(points_mm: Floats, step_mm: float) -> Floats:
    """Return a polyline (n, 3) at even steps of about `step_mm`."""
    arc = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points_mm, axis=0), axis=1))])
    at = np.linspace(0.0, arc[-1], max(round(float(arc[-1]) / step_mm) + 1, 2))
    return np.stack([np.interp(at, arc, points_mm[:, i]) for i in range(3)], axis=1)


def frame(direction: Floats) -> Floats:
    """Return (3, 3) orthonormal rows whose first row is along `direction`."""
    first = unit(direction)
    other = np.eye(3)[int(np.argmin(np.abs(first)))]
    second = unit(np.cross(first, other))
    return np.stack([first, second, np.cross(first, second)])


def unit(vector: Floats) -> Floats:
    """Return a vector (3,) scaled to length 1."""
    v = np.asarray(vector, float)
    return np.asarray(v / max(math.sqrt(float(v @ v)), 1e-9))


def across(a: Floats, b: Floats) -> Floats:
    """Return the cross product of two vectors (3,), ten times as fast as NumPy's for stacks."""
    (ax, ay, az), (bx, by, bz) = a.tolist(), b.tolist()
    return np.array([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx])


def distance(solid: Solid, points_mm: NDArray[np.floating]) -> Field:
    """Return the signed distance float32 (...) in mm of points (..., 3) to a solid."""
    if isinstance(solid, Ellipsoid):
        return _ellipsoid_distance(solid, points_mm)
    xyz = (points_mm[..., 0], points_mm[..., 1], points_mm[..., 2])
    p, r = solid.points_mm, solid.radii_mm
    if points_mm.ndim == 2 and len(points_mm) < _FEW:
        every = cone_distance(xyz, (p[:-1], p[1:]), (r[:-1], r[1:]))
        return np.asarray(every.min(axis=0))
    best = cone_distance(xyz, (p[0], p[1]), (r[0], r[1]))
    for i in range(1, len(p) - 1):
        np.minimum(best, cone_distance(xyz, (p[i], p[i + 1]), (r[i], r[i + 1])), out=best)
    return best


#: Up to so many points, all segments of a tube are measured at once.
_FEW = 600


def cone_distance(
    xyz_mm: tuple[NDArray[np.floating], NDArray[np.floating], NDArray[np.floating]],
    ends_mm: tuple[Floats, Floats],
    radii_mm: tuple[Floats, Floats],
) -> Field:
    """Return the signed distance in mm to a tapered capsule.

    Args:
        xyz_mm: x, y and z of the points, three arrays that broadcast.
        ends_mm: both ends of the capsule, LPS (3,); or of several, (n, 3), for points (m,).
        radii_mm: its radius at both ends; or (n,) and (n,).

    Returns:
        float32 in the shape of the points; or (n, m).
    """
    start = ends_mm[0].T.astype(np.float32)[..., None]
    u, v, w = (ends_mm[1] - ends_mm[0]).T.astype(np.float32)[..., None]
    x, y, z = (c.astype(np.float32, copy=False) - k for c, k in zip(xyz_mm, start, strict=True))
    t = np.asarray(x * u + (y * v + z * w))
    t /= np.maximum(u * u + v * v + w * w, np.float32(1e-6))
    np.maximum(t, np.float32(0.0), out=t)
    np.minimum(t, np.float32(1.0), out=t)
    out = np.square(x - t * u)
    out += np.square(y - t * v)
    out += np.square(z - t * w)
    np.sqrt(out, out=out)
    first, last = (np.asarray(r, dtype=np.float32)[..., None] for r in radii_mm)
    t *= last - first
    out -= t
    out -= first
    return np.asarray(out)


def _ellipsoid_distance(solid: Ellipsoid, points_mm: NDArray[np.floating]) -> Field:
    # First-order distance k0 (k0 - 1) / k1: exact on the surface, good within a few mm.
    x, y, z = (points_mm[..., i] - np.float32(solid.centre_mm[i]) for i in range(3))
    k0 = np.zeros(x.shape, dtype=np.float32)
    k1 = np.zeros(x.shape, dtype=np.float32)
    for (u, v, w), semi in zip(solid.axes, solid.semi_axes_mm, strict=True):
        part = x * np.float32(u / semi) + y * np.float32(v / semi) + z * np.float32(w / semi)
        np.square(part, out=part)
        k0 += part
        k1 += part * np.float32(1.0 / semi**2)
    np.sqrt(k0, out=k0)
    np.sqrt(k1, out=k1)
    # At the very centre the quotient is 0/0; the depth there is the shortest semi-axis.
    deepest = np.float32(solid.semi_axes_mm.min())
    return np.asarray(
        np.where(k0 < 1e-3, -deepest, k0 * (k0 - 1) / np.maximum(k1, np.float32(1e-6)))
    )


def smooth_min(a: Field, b: Field, blend_mm: float) -> Field:
    """Return the distance to the union of two solids, its seam filled over `blend_mm`."""
    h = np.maximum(blend_mm - np.abs(a - b), 0.0) / blend_mm
    out: Field = np.minimum(a, b) - h * h * (blend_mm / 4.0)
    return out


def tissue_ripple(
    rng: np.random.Generator, amplitude_mm: float, waves: int = 5
) -> tuple[Floats, Floats]:
    """Return a random low-frequency ripple: wave vectors (waves, 3) rad/mm, and (waves, 2).

    The second array holds amplitude in mm and phase in rad of every wave.
    """
    direction = rng.normal(size=(waves, 3))
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    vectors = direction * (2 * np.pi / rng.uniform(28.0, 70.0, size=(waves, 1)))
    size = np.full(waves, amplitude_mm / np.sqrt(waves / 2.0))
    return vectors, np.stack([size, rng.uniform(0, 2 * np.pi, size=waves)], axis=1)


def ripple_at(ripple: tuple[Floats, Floats], points_mm: NDArray[np.floating]) -> Field:
    """Return a ripple's height (...) in mm at points (..., 3)."""
    vectors, waves = ripple
    x, y, z = (points_mm[..., i].astype(np.float32, copy=False) for i in range(3))
    out = np.zeros(x.shape, dtype=np.float32)
    for (u, v, w), (size, phase) in zip(vectors.astype(np.float32), waves, strict=True):
        out += np.float32(size) * np.sin(x * u + y * v + z * w + np.float32(phase))
    return out
