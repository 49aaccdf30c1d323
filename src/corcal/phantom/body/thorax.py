"""The chest round the heart: wall, bones, lungs, diaphragm and what lies below it.

Coordinates are those of the heart: LPS mm about the centre of an average heart, which lies
about 14 mm to the left of the midline.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.phantom.body.bones import Cage, narrowing, ribs, spine, sternum
from corcal.phantom.body.lungs import LungState, lung_vessels, sample_lungs
from corcal.phantom.body.shapes import Ellipsoid, Field, Floats, Tube, distance, smooth_min, spline


@dataclass(frozen=True, eq=False)
class Thorax:
    """The parameters and bones of one chest.

    Attributes:
        midline_mm: x of the midline.
        cavity_mm: half width and half depth of the chest cavity at the level of the heart.
        centre_y_mm: y of the cavity's middle.
        wall_mm: thickness of ribs and muscle.
        fat_mm: thickness of the fat under the skin.
        domes_mm: z of the tops of the right and the left dome of the diaphragm.
        saddle_mm: z of the diaphragm beneath the heart.
        apex_mm: z of the top of the lungs.
        spine: vertebral bodies.
        ribs, cartilages, sternum: bones as tubes.
        airways: trachea and main bronchi.
        oesophagus: tube of muscle.
        gullet_air: air in the oesophagus, here and there.
        hernia: the part of the stomach that slid through the diaphragm, if any.
        breasts: two or none.
        wedge: how fast the fat behind the breastbone widens towards the heart, mm each mm.
        pectoral_mm: thickness of the muscle outside the ribs.
        liver, stomach, spleen: organs below the diaphragm.
        gas_mm: centre of the gas bubble in the stomach.
        lung_vessels: branches in the lungs.
        lungs: what ails them.
        neck_vessels: branches of the arch and their veins.
        inlet: the mediastinum above the arch.
    """

    midline_mm: float
    cavity_mm: tuple[float, float]
    centre_y_mm: float
    wall_mm: float
    fat_mm: float
    domes_mm: tuple[float, float]
    saddle_mm: float
    apex_mm: float
    spine: Tube
    ribs: tuple[Tube, ...]
    cartilages: tuple[Tube, ...]
    sternum: tuple[Tube, ...]
    airways: tuple[Tube, ...]
    oesophagus: Tube
    gullet_air: tuple[Tube, ...]
    hernia: Ellipsoid | None
    breasts: tuple[Ellipsoid, ...]
    wedge: float
    pectoral_mm: float
    liver: Ellipsoid
    stomach: Ellipsoid
    spleen: Ellipsoid
    gas_mm: Floats
    lung_vessels: tuple[Tube, ...]
    lungs: LungState
    neck_vessels: tuple[Tube, ...]
    inlet: Tube

    def front_mm(self, z_mm: float) -> float:
        """Return the y of the middle of the breastbone at a height."""
        line = self.sternum[len(self.sternum) // 2].points_mm
        return float(np.interp(z_mm, line[:, 2], line[:, 1]))

    def cavity(self, points_mm: NDArray[np.floating]) -> Field:
        """Return the distance (...) of points (..., 3) to the inner chest wall."""
        x, y, z = (points_mm[..., i] for i in range(3))
        narrow = narrowing(z, self.apex_mm)
        half_x, half_y = self.cavity_mm[0] * narrow + 1.0, self.cavity_mm[1] * narrow + 1.0
        u, v = np.abs(x - self.midline_mm) / half_x, np.abs(y - self.centre_y_mm) / half_y
        radius = (u**2.5 + v**2.5) ** (1 / 2.5)
        out = (radius - 1.0) * np.minimum(half_x, half_y)
        # The spine and the muscle beside it bulge in from behind.
        behind = self.spine.points_mm[len(self.spine.points_mm) // 2, 1] + 12.0
        spine = np.hypot((x - self.midline_mm) * 0.75, y - behind)
        return np.asarray(np.maximum(out, 30.0 - spine), dtype=np.float32)

    def body(self, points_mm: NDArray[np.floating]) -> Field:
        """Return the distance (...) of points (..., 3) to the skin."""
        x, y, z = (points_mm[..., i] for i in range(3))
        high = np.clip((z - 90.0) / 110.0, 0.0, 1.0)
        half_x = self.cavity_mm[0] + self.wall_mm + self.fat_mm + 14.0 + 22.0 * high
        half_y = self.cavity_mm[1] + self.wall_mm + 0.8 * self.fat_mm + 8.0 - 26.0 * high
        u, v = (x - self.midline_mm) / half_x, (y - self.centre_y_mm - 9.0) / half_y
        radius = (np.abs(u) ** 2.4 + np.abs(v) ** 2.4) ** (1 / 2.4)
        # In front the skin dips over the breastbone.
        dip = 5.0 * np.exp(-np.square((x - self.midline_mm) / 22.0)) * (v < 0)
        out = np.asarray((radius - 1.0) * np.minimum(half_x, half_y) + dip, dtype=np.float32)
        for breast in self.breasts:
            out = smooth_min(out, distance(breast, points_mm), 16.0)
        return out

    def below(self, points_mm: NDArray[np.floating]) -> Field:
        """Return the distance (...) of points (..., 3) to the space below the diaphragm."""
        x, y, z = (points_mm[..., i] - c for i, c in enumerate((self.midline_mm, 0.0, 0.0)))
        half = self.cavity_mm[0]
        tops = []
        for side, top in zip((-1.0, 1.0), self.domes_mm, strict=True):
            u = (x - side * 0.52 * half) / (0.62 * half)
            v = (y - self.centre_y_mm + 6.0) / (1.05 * self.cavity_mm[1])
            tops.append(top - 50.0 * (u**2 + v**2))
        # The heart rests on the saddle between the domes.
        saddle = self.saddle_mm - 34.0 * np.square((y + 8.0) / self.cavity_mm[1])
        saddle = saddle - 14.0 * np.square((x - 20.0) / half)
        height = np.maximum(np.maximum(tops[0], tops[1]), saddle)
        return np.asarray((z - height) * 0.72, dtype=np.float32)


def build_thorax(rng: np.random.Generator, heart_floor_mm: float, heart_front_mm: float) -> Thorax:
    """Return a random chest.

    Args:
        rng: source of randomness.
        heart_floor_mm: z of the lowest point of the heart, on which the left dome depends.
        heart_front_mm: y of its foremost point, which lies close behind the breastbone.
    """
    cage = _sample_cage(rng, heart_floor_mm, heart_front_mm)
    midline = cage.midline_mm
    bony, cartilages = ribs(rng, cage)
    liver, stomach, spleen = _organs(midline, *cage.domes_mm)
    oesophagus = _oesophagus(rng, midline)
    return Thorax(
        midline_mm=midline,
        cavity_mm=cage.cavity_mm,
        centre_y_mm=cage.centre_y_mm,
        wall_mm=cage.wall_mm,
        fat_mm=cage.fat_mm,
        domes_mm=cage.domes_mm,
        saddle_mm=heart_floor_mm + float(rng.uniform(9, 22)),
        apex_mm=cage.apex_mm,
        spine=spine(midline, float(rng.uniform(81, 87))),
        ribs=bony,
        cartilages=cartilages,
        sternum=sternum(rng, cage),
        airways=_airways(midline),
        oesophagus=oesophagus,
        gullet_air=_gullet_air(rng, oesophagus),
        hernia=_hernia(rng, midline, heart_floor_mm),
        breasts=_breasts(rng, cage, heart_floor_mm),
        wedge=float(rng.uniform(0.08, 0.55)),
        pectoral_mm=float(rng.uniform(2, 11)),
        liver=liver,
        stomach=stomach,
        spleen=spleen,
        gas_mm=stomach.centre_mm + np.array([0.0, -20.0, 14.0]),
        lung_vessels=lung_vessels(rng, midline),
        lungs=sample_lungs(rng),
        neck_vessels=_neck_vessels(rng, midline),
        inlet=_inlet(midline),
    )


def _sample_cage(rng: np.random.Generator, heart_floor_mm: float, heart_front_mm: float) -> Cage:
    front = heart_front_mm - float(rng.uniform(2, 13))
    back = float(rng.uniform(94, 108))
    return Cage(
        midline_mm=float(rng.uniform(-19, -9)),
        centre_y_mm=(front + back) / 2,
        cavity_mm=(float(rng.uniform(112, 138)), (back - front) / 2),
        wall_mm=float(rng.uniform(11, 16)),
        fat_mm=float(rng.uniform(6, 38)),
        domes_mm=(
            heart_floor_mm + float(rng.uniform(24, 62)),
            heart_floor_mm + float(rng.uniform(6, 34)),
        ),
        apex_mm=float(rng.uniform(150, 180)),
    )


def _inlet(midline: float) -> Tube:
    rows = [[midline + 4, 18.0, 80.0], [midline + 2, 26.0, 200.0]]
    return Tube(np.array(rows), np.array([27.0, 34.0]))


def _oesophagus(rng: np.random.Generator, midline: float) -> Tube:
    rows = [
        [midline + 18, 46, -75],
        [midline + 14, 57, -30],
        [midline + 9, 58, 20],
        [midline + 3, 52, 70],
        [midline + 4, 48, 200],
    ]
    return spline(np.array(rows, float), np.full(5, float(rng.uniform(4.5, 7.0))), 8.0)


def _gullet_air(rng: np.random.Generator, gullet: Tube) -> tuple[Tube, ...]:
    """Return bubbles in the oesophagus; in between it is collapsed."""
    out, at = [], float(rng.exponential(40.0))
    while at < gullet.length_mm - 12.0:
        length = float(rng.uniform(4, 45))
        arc = np.linspace(at, min(at + length, gullet.length_mm), 6)
        radius = float(rng.uniform(0.8, 0.55 * gullet.radii_mm[0]))
        line = gullet.at(arc) + rng.normal(0, 1.0, 3) * np.array([1.5, 0.6, 0.0])
        out.append(Tube(line, radius * np.array([0.4, 0.9, 1.0, 1.0, 0.8, 0.4])))
        at += length + float(rng.exponential(55.0))
    return tuple(out)


def _hernia(rng: np.random.Generator, midline: float, floor: float) -> Ellipsoid | None:
    """Return a hiatal hernia behind the heart, in one patient of twelve."""
    size = np.array([rng.uniform(16, 34), rng.uniform(12, 20), rng.uniform(16, 32)])
    at = np.array([midline + 12.0 + rng.normal(0, 5), 62.0, floor + rng.uniform(-4, 16)])
    return Ellipsoid(at, size, np.eye(3)) if rng.random() < 1 / 12 else None


def _breasts(rng: np.random.Generator, cage: Cage, floor: float) -> tuple[Ellipsoid, ...]:
    """Return the breasts of a woman who lies on her back: flat, and to the sides."""
    size, aside = float(rng.uniform(42, 66)), float(rng.uniform(0.55, 0.75))
    if rng.random() < 0.5:
        return ()
    front = cage.centre_y_mm - cage.cavity_mm[1] - cage.wall_mm
    semi = np.array([1.05 * size, 0.55 * size, size])
    y, z = front + 0.32 * size, floor + 0.7 * size
    return tuple(
        Ellipsoid(
            np.array([cage.midline_mm + s * aside * cage.cavity_mm[0], y, z]), semi, np.eye(3)
        )
        for s in (-1.0, 1.0)
    )


def _organs(midline: float, right: float, left: float) -> tuple[Ellipsoid, Ellipsoid, Ellipsoid]:
    """Return liver, stomach and spleen beneath domes at these heights."""

    def organ(at: list[float], semi: list[float]) -> Ellipsoid:
        return Ellipsoid(np.array(at), np.array(semi), np.eye(3))

    return (
        organ([midline - 52.0, 2.0, right - 78.0], [104.0, 84.0, 76.0]),
        organ([midline + 62.0, 12.0, left - 36.0], [38.0, 44.0, 34.0]),
        organ([midline + 92.0, 58.0, left - 40.0], [26.0, 40.0, 36.0]),
    )


def _airways(midline: float) -> tuple[Tube, ...]:
    trachea = np.array([[midline + 3, 40, 230], [midline + 4, 34, 110], [midline + 5, 36, 74]])
    fork = trachea[-1]
    right = np.array([fork, [midline - 20, 40, 58], [midline - 34, 44, 36], [midline - 44, 52, 8]])
    left = np.array([fork, [midline + 30, 42, 54], [midline + 48, 48, 40], [midline + 60, 56, 12]])
    return (
        spline(trachea, np.array([8.5, 8.5, 8.5])),
        spline(right, np.array([7.5, 7.0, 5.0, 3.0])),
        spline(left, np.array([6.5, 6.0, 4.5, 3.0])),
    )


def _neck_vessels(rng: np.random.Generator, midline: float) -> tuple[Tube, ...]:
    """Return three arteries from the arch, and the veins that join to the superior cava."""
    out = []
    for x, y, radius, aside in (
        (-10.0, 10.0, 6.5, -14.0), (4.0, 22.0, 4.0, 10.0), (12.0, 32.0, 5.0, 22.0),
        (-22.0, 2.0, 7.0, -12.0),
    ):  # fmt: skip
        start = np.array([x, y, 92.0])
        stop = np.array([midline + 13 + x + aside, y + 6.0, 210.0]) + rng.normal(0, 4, size=3)
        out.append(
            Tube(np.stack([start, (start + stop) / 2 + [0, -3, 0], stop]), np.full(3, radius))
        )
    left = np.array([[-30.0, 0, 92], [-10, -4, 100], [12, 2, 112], [34, 12, 140]])
    return (*out, Tube(left, np.full(4, 6.0)))
