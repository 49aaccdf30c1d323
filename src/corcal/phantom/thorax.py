"""The chest round the heart: wall, bones, lungs, diaphragm and what lies below it.

Coordinates are those of the heart: LPS mm about the centre of an average heart, which lies
about 14 mm to the left of the midline.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.phantom.lungs import lung_vessels
from corcal.phantom.shapes import Ellipsoid, Field, Floats, Tube, spline


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
        air_mm: radius of the air in the oesophagus.
        liver, stomach, spleen: organs below the diaphragm.
        gas_mm: centre of the gas bubble in the stomach.
        lung_vessels: branches in the lungs.
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
    air_mm: float
    liver: Ellipsoid
    stomach: Ellipsoid
    spleen: Ellipsoid
    gas_mm: Floats
    lung_vessels: tuple[Tube, ...]
    neck_vessels: tuple[Tube, ...]
    inlet: Tube

    def cavity(self, points_mm: NDArray[np.floating]) -> Field:
        """Return the distance (...) of points (..., 3) to the inner chest wall."""
        x, y, z = (points_mm[..., i] for i in range(3))
        # The chest narrows to the apex of the lungs like the end of an egg.
        high = np.clip((z - 20.0) / (self.apex_mm - 20.0), 0.0, 0.999)
        narrow = np.sqrt(1.0 - high**3.0)
        half_x, half_y = self.cavity_mm[0] * narrow + 1.0, self.cavity_mm[1] * narrow + 1.0
        u, v = np.abs(x - self.midline_mm) / half_x, np.abs(y - self.centre_y_mm) / half_y
        radius = (u**2.5 + v**2.5) ** (1 / 2.5)
        out = (radius - 1.0) * np.minimum(half_x, half_y)
        # The spine and the muscle beside it bulge in from behind.
        spine = np.hypot((x - self.midline_mm) * 0.75, y - (self.centre_y_mm + self.cavity_mm[1]))
        return np.asarray(np.maximum(out, 26.0 - spine), dtype=np.float32)

    def body(self, points_mm: NDArray[np.floating]) -> Field:
        """Return the distance (...) of points (..., 3) to the skin."""
        x, y, z = (points_mm[..., i] for i in range(3))
        high = np.clip((z - 90.0) / 110.0, 0.0, 1.0)
        half_x = self.cavity_mm[0] + self.wall_mm + self.fat_mm + 14.0 + 22.0 * high
        half_y = self.cavity_mm[1] + self.wall_mm + 0.8 * self.fat_mm + 8.0 - 26.0 * high
        u, v = (x - self.midline_mm) / half_x, (y - self.centre_y_mm - 9.0) / half_y
        radius = (np.abs(u) ** 2.4 + np.abs(v) ** 2.4) ** (1 / 2.4)
        return np.asarray((radius - 1.0) * np.minimum(half_x, half_y), dtype=np.float32)

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
    midline, wall = cage.midline_mm, cage.wall_mm
    ribs, cartilages = _ribs(rng, cage)
    liver, stomach, spleen = _organs(midline, *cage.domes_mm)
    return Thorax(
        midline_mm=midline,
        cavity_mm=cage.cavity_mm,
        centre_y_mm=cage.centre_y_mm,
        wall_mm=wall,
        fat_mm=cage.fat_mm,
        domes_mm=cage.domes_mm,
        saddle_mm=heart_floor_mm + float(rng.uniform(9, 22)),
        apex_mm=float(rng.uniform(150, 180)),
        spine=_spine(midline, cage.centre_y_mm + cage.cavity_mm[1] - 9.0),
        ribs=ribs,
        cartilages=cartilages,
        sternum=_sternum(rng, midline, cage.centre_y_mm - cage.cavity_mm[1] - 0.55 * wall),
        airways=_airways(midline),
        oesophagus=_oesophagus(rng, midline),
        air_mm=float(rng.uniform(0.0, 5.0)),
        liver=liver,
        stomach=stomach,
        spleen=spleen,
        gas_mm=stomach.centre_mm + np.array([0.0, -20.0, 14.0]),
        lung_vessels=lung_vessels(rng, midline),
        neck_vessels=_neck_vessels(rng, midline),
        inlet=_inlet(midline),
    )


@dataclass(frozen=True)
class _Cage:
    """The measures of a chest that its organs are laid out by; as in `Thorax`."""

    midline_mm: float
    centre_y_mm: float
    cavity_mm: tuple[float, float]
    wall_mm: float
    fat_mm: float
    domes_mm: tuple[float, float]


def _sample_cage(rng: np.random.Generator, heart_floor_mm: float, heart_front_mm: float) -> _Cage:
    front = heart_front_mm - float(rng.uniform(2, 13))
    back = float(rng.uniform(94, 108))
    return _Cage(
        midline_mm=float(rng.uniform(-19, -9)),
        centre_y_mm=(front + back) / 2,
        cavity_mm=(float(rng.uniform(112, 138)), (back - front) / 2),
        wall_mm=float(rng.uniform(13, 19)),
        fat_mm=float(rng.uniform(5, 34)),
        domes_mm=(
            heart_floor_mm + float(rng.uniform(24, 62)),
            heart_floor_mm + float(rng.uniform(6, 34)),
        ),
    )


def _inlet(midline: float) -> Tube:
    rows = [[midline + 4, 18.0, 80.0], [midline + 2, 26.0, 200.0]]
    return Tube(np.array(rows), np.array([27.0, 34.0]))


def _spine(midline: float, y: float) -> Tube:
    rows = [[midline, y + 6, -220], [midline, y, 0], [midline, y - 6, 90], [midline, y - 22, 230]]
    return spline(np.array(rows, float), np.array([19.0, 17.0, 15.5, 13.0]), 12.0)


def _oesophagus(rng: np.random.Generator, midline: float) -> Tube:
    rows = [
        [midline + 14, 40, -75],
        [midline + 10, 56, -30],
        [midline + 5, 62, 20],
        [midline + 3, 54, 70],
        [midline + 4, 48, 200],
    ]
    return spline(np.array(rows, float), np.full(5, float(rng.uniform(6.0, 9.5))), 8.0)


def _organs(midline: float, right: float, left: float) -> tuple[Ellipsoid, Ellipsoid, Ellipsoid]:
    """Return liver, stomach and spleen beneath domes at these heights."""

    def organ(at: list[float], semi: list[float]) -> Ellipsoid:
        return Ellipsoid(np.array(at), np.array(semi), np.eye(3))

    return (
        organ([midline - 52.0, 2.0, right - 78.0], [104.0, 84.0, 76.0]),
        organ([midline + 62.0, 12.0, left - 36.0], [38.0, 44.0, 34.0]),
        organ([midline + 92.0, 58.0, left - 40.0], [26.0, 40.0, 36.0]),
    )


def _ribs(rng: np.random.Generator, cage: _Cage) -> tuple[tuple[Tube, ...], tuple[Tube, ...]]:
    ribs, cartilages = [], []
    midline, centre = cage.midline_mm, cage.centre_y_mm
    size = (cage.cavity_mm[0] + 0.45 * cage.wall_mm, cage.cavity_mm[1] + 0.45 * cage.wall_mm)
    phase = float(rng.uniform(0, 26))
    for side in (-1.0, 1.0):
        for number in range(13):
            top = 190.0 - 27.0 * number + phase
            turn = np.linspace(0.16, np.pi - 0.1, 26)
            shrink = np.sqrt(np.clip(1 - np.clip((top - 60) / 160.0, 0, 0.99) ** 3, 0.05, 1))
            s, c = np.sin(turn), np.cos(turn)
            # On the same superellipse as the cavity, so that ribs stay within the wall.
            scale = (np.abs(s) ** 2.5 + np.abs(c) ** 2.5) ** (-1 / 2.5)
            x = midline + side * shrink * size[0] * s * scale
            y = centre + shrink * size[1] * c * scale
            fall = np.minimum(turn, 2.3) * 32.0 - np.maximum(turn - 2.3, 0.0) * 30.0
            line = np.stack([x, y, top - fall], axis=1)
            ribs.append(Tube(line[:20], np.full(20, float(rng.uniform(5.0, 6.5)))))
            cartilages.append(Tube(line[19:], np.full(7, float(rng.uniform(5.0, 7.0)))))
    return tuple(ribs), tuple(cartilages)


def _sternum(rng: np.random.Generator, midline: float, front: float) -> tuple[Tube, ...]:
    wide = float(rng.uniform(4.5, 6.0))
    thick = float(rng.uniform(5.0, 6.5))
    foot, head = float(rng.uniform(-45, -10)), 120.0
    rows = [[midline + k * wide, front + 0.8 * k**2, foot] for k in (-2, -1, 0, 1, 2)]
    return tuple(
        Tube(
            np.array([[x, y, foot], [x, y + 4, 60.0], [x, y + 16, head]]),
            np.array([thick, thick, thick + 1]),
        )
        for x, y, foot in rows
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
