"""Calcified plaques: solids in the wall of an artery, of exactly known volume.

In coordinates along, round and out from the host's centreline a plaque is an ellipsoid, so
its volume in a straight host is pi/6 x length x arc length x thickness.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from corcal.core.artery import Artery
from corcal.phantom.body.coronaries import Coronaries
from corcal.phantom.body.shapes import Floats, Tube, frame, unit

#: Calcium raises attenuation by about 1.32 HU for each mg of hydroxyapatite per cm3 at 120 kV.
HU_PER_MG_CM3 = 1.32

#: Nodes along every side of the integral over a plaque.
_NODES = 24


@dataclass(frozen=True, eq=False)
class Plaque:
    """One calcified plaque.

    Attributes:
        host: the vessel in whose wall it lies.
        arc_mm: position of its middle along the host.
        length_mm: extent along the host.
        thickness_mm: extent across the wall.
        ring_mm: radius at which its middle lies.
        angle_rad: where round the host its middle lies, from the host's own zero.
        span_rad: extent round the host.
        hu: attenuation of the calcium.
        vessel: name of the vessel, or of the mimic.
        artery: the artery it is counted with; None for a mimic.
    """

    host: Tube
    arc_mm: float
    length_mm: float
    thickness_mm: float
    ring_mm: float
    angle_rad: float
    span_rad: float
    hu: float
    vessel: str
    artery: Artery | None

    @property
    def volume_mm3(self) -> float:
        """Volume in a straight host."""
        return float(
            np.pi / 6 * self.length_mm * (self.ring_mm * self.span_rad) * self.thickness_mm
        )

    @property
    def mg_cm3(self) -> float:
        """Density of hydroxyapatite, from the attenuation above soft tissue (45 HU)."""
        return (self.hu - 45.0) / HU_PER_MG_CM3

    @property
    def mass_mg(self) -> float:
        """Mass of hydroxyapatite in a straight host."""
        return self.volume_mm3 / 1000.0 * self.mg_cm3

    def bent_mm3(self) -> float:
        """Return the volume where the host bends: more outside of the bend, less inside.

        The integral over the ellipsoid of the volume element of coordinates round a curve of
        curvature k: r (1 - r k cos) dr dturn dlength.
        """
        line = self.line()
        step = float(np.linalg.norm(line[1] - line[0]))
        _, first, second = _frames(line)
        bend = np.gradient(np.gradient(line, step, axis=0), step, axis=0)
        nodes = (np.arange(_NODES) + 0.5) / _NODES * 2.0 - 1.0
        u, v, w = np.meshgrid(nodes, nodes, nodes, indexing="ij")
        start = max(self.arc_mm - self.length_mm / 2 - 2.0, 0.0)
        at = (self.arc_mm + nodes * self.length_mm / 2 - start) / step
        k = np.clip(np.rint(at), 0, len(line) - 1).astype(int)
        along = np.einsum("ij,ij->i", bend[k], first[k]), np.einsum("ij,ij->i", bend[k], second[k])
        turn = self.angle_rad + v * self.span_rad / 2
        r = np.maximum(self.ring_mm + w * self.thickness_mm / 2, 0.0)
        curve = along[0][:, None, None] * np.cos(turn) + along[1][:, None, None] * np.sin(turn)
        element = r * np.maximum(1.0 - r * curve, 0.0)
        inside = u**2 + v**2 + w**2 <= 1.0
        sides = self.length_mm * self.span_rad * self.thickness_mm
        # The ball's share of its cube is known exactly; on nodes it is not quite.
        exact = np.pi / 6 / float(inside.mean())
        return float((element * inside).mean() * sides * exact)

    def resize(self, volume_mm3: float) -> Plaque:
        """Return a plaque of another volume: as far as its host allows, of the same shape."""
        grow = float(np.cbrt(volume_mm3 / self.volume_mm3))
        thickness = min(max(grow * self.thickness_mm, 0.4), 3.5, 1.9 * self.ring_mm)
        span = min(max(grow * self.span_rad, np.deg2rad(20)), np.deg2rad(340))
        length = volume_mm3 / (np.pi / 6 * self.ring_mm * span * thickness)
        return replace(self, thickness_mm=thickness, span_rad=float(span), length_mm=float(length))

    def line(self) -> Floats:
        """Return the host's centreline (n, 3) along the plaque, with a little to spare."""
        a = max(self.arc_mm - self.length_mm / 2 - 2.0, 0.0)
        b = min(self.arc_mm + self.length_mm / 2 + 2.0, self.host.length_mm)
        return self.host.at(np.linspace(a, b, max(int((b - a) / 0.4) + 1, 3)))

    def sheet(self) -> Floats:
        """Return points (n, 3) of the plaque's middle surface."""
        line = self.line()
        _, first, second = _frames(line)
        half = min(self.span_rad / 2, np.pi)
        turn = self.angle_rad + np.linspace(-half, half, 13)[:, None, None]
        around = np.cos(turn) * first + np.sin(turn) * second
        return np.asarray((line + self.ring_mm * around).reshape(-1, 3))

    @property
    def reach_mm(self) -> float:
        """Distance to which it extends from `sheet`."""
        return self.thickness_mm / 2 + 0.4

    def centre_mm(self) -> Floats:
        """Return the LPS point (3,) in the middle of the plaque."""
        line = self.line()
        middle = len(line) // 2
        _, first, second = _frames(line)
        out = np.cos(self.angle_rad) * first[middle] + np.sin(self.angle_rad) * second[middle]
        return np.asarray(self.host.at(self.arc_mm) + self.ring_mm * out)

    def turn_towards(self, aim: Floats) -> Plaque:
        """Return the same plaque turned round its host until it lies on the side of `aim`."""
        line = self.line()
        middle = len(line) // 2
        _, first, second = _frames(line)
        turn = np.arctan2(second[middle] @ aim, first[middle] @ aim)
        return replace(self, angle_rad=float(turn))

    def inside(self, points_mm: Floats) -> NDArray[np.bool_]:
        """Return for LPS points (n, 3) whether they lie in the plaque."""
        line = self.line()
        along, first, second = _frames(line)
        start = max(self.arc_mm - self.length_mm / 2 - 2.0, 0.0)
        step = float(np.linalg.norm(line[1] - line[0]))
        _, i = cKDTree(line).query(points_mm)
        rel = points_mm - line[i]
        s = start + step * i + np.einsum("ij,ij->i", rel, along[i])
        a = np.einsum("ij,ij->i", rel, first[i])
        b = np.einsum("ij,ij->i", rel, second[i])
        turn = np.angle(np.exp(1j * (np.arctan2(b, a) - self.angle_rad)))
        u = (s - self.arc_mm) / (self.length_mm / 2)
        v = turn / (self.span_rad / 2)
        w = (np.hypot(a, b) - self.ring_mm) / (self.thickness_mm / 2)
        return np.asarray(u**2 + v**2 + w**2 <= 1.0)


def _frames(line: Floats) -> tuple[Floats, Floats, Floats]:
    """Return unit vectors (n, 3) along a line and two across it that do not twist."""
    along = np.gradient(line, axis=0)
    along /= np.maximum(np.linalg.norm(along, axis=1, keepdims=True), 1e-9)
    first = np.empty_like(line)
    first[0] = frame(along[0])[1]
    for i in range(1, len(line)):
        first[i] = unit(first[i - 1] - (first[i - 1] @ along[i]) * along[i])
    return along, first, np.cross(along, first)


#: Relative number of plaques per vessel, and mean distance from its start in mm.
_RATE = {
    "LM": (0.25, 6.0), "LAD": (1.0, 24.0), "LCX": (0.5, 25.0), "RCA": (0.7, 40.0),
    "D1": (0.25, 8.0), "OM1": (0.2, 8.0), "PDA": (0.1, 12.0), "RAMUS": (0.2, 8.0),
}  # fmt: skip


def number_of_plaques(rng: np.random.Generator, burden: str) -> int:
    """Return how many plaques: "mix" as in training, or "zero", "few", "some", "many"."""
    if burden == "mix":
        burden = str(rng.choice(["zero", "few", "some", "many"], p=[0.25, 0.30, 0.27, 0.18]))
    low, high = {"zero": (0, 0), "few": (1, 3), "some": (4, 9), "many": (10, 30)}[burden]
    return int(rng.integers(low, high + 1))


def sample_plaques(
    rng: np.random.Generator, coronaries: Coronaries, count: int, artery: Artery | None = None
) -> tuple[Plaque, ...]:
    """Return random plaques of all arteries or of one, thick near the ostia of a few vessels.

    A patient's plaques cluster: each vessel's rate is drawn again for every patient.
    """
    vessels = [v for v in coronaries.vessels if v.name in _RATE and artery in (None, v.artery)]
    rate = np.array([_RATE[v.name][0] for v in vessels]) * rng.gamma(1.2, 1.0, len(vessels))
    out = []
    for _ in range(count):
        vessel = vessels[int(rng.choice(len(vessels), p=rate / rate.sum()))]
        usable = vessel.tube.length_mm - 1.0
        arc = min(float(rng.exponential(_RATE[vessel.name][1])) + 0.5, usable)
        if arc >= usable:
            arc = float(rng.uniform(0.5, usable))
        out.append(plaque_on(rng, vessel.tube, arc, vessel.name, vessel.artery))
    return tuple(out)


def plaque_on(
    rng: np.random.Generator, host: Tube, arc_mm: float, vessel: str, artery: Artery | None
) -> Plaque:
    """Return a random plaque at a place along a vessel."""
    lumen = host.radius_at(arc_mm)
    length = float(np.clip(rng.lognormal(np.log(3.0), 0.6), 1.0, 22.0))
    span = np.deg2rad(90.0) * (length / 3.0) ** 0.6 * rng.lognormal(0.0, 0.35)
    ring = lumen + 0.2
    thickness = float(np.clip(rng.lognormal(np.log(1.4), 0.3), 0.7, 3.5))
    return Plaque(
        host=host,
        arc_mm=arc_mm,
        length_mm=length,
        thickness_mm=min(thickness, 1.9 * ring),
        ring_mm=ring,
        angle_rad=float(rng.uniform(0, 2 * np.pi)),
        span_rad=float(np.clip(span, np.deg2rad(30), np.deg2rad(340))),
        hu=float(np.clip(rng.lognormal(np.log(650.0), 0.45), 200.0, 1700.0)),
        vessel=vessel,
        artery=artery,
    )
