"""Analytic solids in patient coordinates: the strokes every organ is drawn with.

A signed distance is in mm, negative inside. All solids are resolution-free: the same solid
can be evaluated at any points, so one case renders on any grid.
"""

from __future__ import annotations

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

    def at(self, arc_mm: float) -> Floats:
        """Return the LPS point (3,) at a distance along the centreline."""
        return np.array([np.interp(arc_mm, self.arc_mm, self.points_mm[:, i]) for i in range(3)])

    def radius_at(self, arc_mm: float) -> float:
        """Return the radius in mm at a distance along the centreline."""
        return float(np.interp(arc_mm, self.arc_mm, self.radii_mm))


Solid = Ellipsoid | Tube


def ellipsoid(
    centre_mm: Floats, semi_axes_mm: tuple[float, float, float], toward: Floats | None = None
) -> Ellipsoid:
    """Return an ellipsoid whose first axis points along `toward` (LPS), or an upright one."""
    axes = np.eye(3) if toward is None else frame(toward)
    return Ellipsoid(np.asarray(centre_mm, float), np.array(semi_axes_mm, float), axes)


def spline(points_mm: Floats, radii_mm: Floats, step_mm: float = 4.0) -> Tube:
    """Return the tube along a smooth curve through the given points (Catmull-Rom)."""
    p = np.asarray(points_mm, float)
    chord = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(p, axis=0), axis=1))])
    at = np.linspace(0.0, chord[-1], max(int(chord[-1] / step_mm) + 1, 3))
    curve = PchipInterpolator(chord, p)(at)
    return Tube(curve, np.interp(at, chord, np.asarray(radii_mm, float)))


def resampled(points_mm: Floats, step_mm: float) -> Floats:
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
    return np.asarray(v / max(float(np.linalg.norm(v)), 1e-9))


def distance(solid: Solid, points_mm: NDArray[np.floating]) -> Field:
    """Return the signed distance float32 (...) in mm of points (..., 3) to a solid."""
    if isinstance(solid, Ellipsoid):
        return _ellipsoid_distance(solid, points_mm)
    best = np.full(points_mm.shape[:-1], 1e6, dtype=np.float32)
    p, r = solid.points_mm, solid.radii_mm
    for i in range(len(p) - 1):
        cone = cone_distance(points_mm, (p[i], p[i + 1]), (float(r[i]), float(r[i + 1])))
        np.minimum(best, cone, out=best)
    return best


def cone_distance(
    points_mm: NDArray[np.floating], ends_mm: tuple[Floats, Floats], radii_mm: tuple[float, float]
) -> Field:
    """Return the signed distance (...) of points (..., 3) to a tapered capsule."""
    a = ends_mm[0].astype(np.float32)
    ab = (ends_mm[1] - ends_mm[0]).astype(np.float32)
    rel = points_mm.astype(np.float32, copy=False) - a
    t = np.clip(rel @ ab / max(float(ab @ ab), 1e-6), 0.0, 1.0)
    rel = rel - t[..., None] * ab
    radius = radii_mm[0] + t * (radii_mm[1] - radii_mm[0])
    out: Field = np.sqrt(np.einsum("...i,...i->...", rel, rel)) - radius
    return out.astype(np.float32, copy=False)


def _ellipsoid_distance(solid: Ellipsoid, points_mm: NDArray[np.floating]) -> Field:
    # First-order distance k0 (k0 - 1) / k1: exact on the surface, good within a few mm.
    rel = points_mm.astype(np.float32, copy=False) - solid.centre_mm.astype(np.float32)
    local = rel @ solid.axes.T.astype(np.float32)
    semi = solid.semi_axes_mm.astype(np.float32)
    k0 = np.sqrt(np.square(local / semi).sum(axis=-1))
    k1 = np.sqrt(np.square(local / np.square(semi)).sum(axis=-1))
    out: Field = (k0 * (k0 - 1.0) / np.maximum(k1, 1e-6)).astype(np.float32)
    # At the very centre the quotient is 0/0; the depth there is the shortest semi-axis.
    return np.where(k0 < 1e-3, -float(semi.min()), out).astype(np.float32)


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
    out = np.zeros(points_mm.shape[:-1], dtype=np.float32)
    for vector, (size, phase) in zip(vectors, waves, strict=True):
        out += np.float32(size) * np.sin(
            points_mm @ vector.astype(np.float32) + np.float32(phase), dtype=np.float32
        )
    return out
