"""Calcium in the wall of the aorta: anywhere along it, and beside the coronary ostia."""

from __future__ import annotations

import numpy as np

from corcal.phantom.body.anatomy import Anatomy
from corcal.phantom.body.shapes import Floats, Tube, unit
from corcal.phantom.calcium.mimics.solid import Mimic, calcium_hu, lump
from corcal.phantom.calcium.plaque import Plaque


def wall(rng: np.random.Generator, anatomy: Anatomy) -> list[Mimic]:
    """Return one to eight plaques of the ascending aorta, arch or descending aorta."""
    out = []
    for _ in range(int(rng.integers(1, 9))):
        host = anatomy.heart.vessels["aorta"][int(rng.random() < 0.6)]
        arc = float(rng.uniform(12.0, host.length_mm - 12.0))
        length = float(np.clip(rng.lognormal(np.log(6), 0.5), 2, 20))
        span = float(rng.uniform(0.5, 1.6)) * length
        plate = _plate(rng, host, arc, (length, span, float(rng.uniform(1.0, 2.8))))
        out.append(Mimic("aortic_wall", plate, plate.hu))
    return out


def ostial(rng: np.random.Generator, anatomy: Anatomy) -> list[Mimic]:
    """Return thick curved plates in the root's wall whose edge lies 0 to 10 mm from an ostium.

    On real scans this is what is most often taken for a calcified proximal artery.
    """
    out: list[Mimic] = []
    root, axis = anatomy.heart.vessels["aorta"][0], anatomy.heart.root_axis
    for _ in range(int(rng.integers(1, 4))):
        mouth = anatomy.coronaries.vessel("RCA" if rng.random() < 0.5 else "LM").tube.points_mm[0]
        size = np.clip(rng.lognormal(np.log((7.0, 8.0, 2.0)), (0.45, 0.5, 0.35)), 1.0, (16, 22, 4))
        turn = float(rng.uniform(0, 2 * np.pi))
        reach = float(rng.uniform(0.0, 10.0))
        up = np.sin(turn) * (reach + size[0] / 2)
        aside = np.cos(turn) * (reach + size[1] / 2)
        arc = root.nearest_arc(mouth) + up
        if not 4.0 < arc < root.length_mm - 4.0:
            continue
        outward = unit(mouth - root.at(root.nearest_arc(mouth)))
        radius = root.radius_at(arc)
        sideways = unit(np.cross(axis, outward))
        aim = np.cos(aside / radius) * outward + np.sin(aside / radius) * sideways
        plate = _plate(rng, root, arc, (float(size[0]), float(size[1]), float(size[2])), aim)
        out.append(Mimic("ostial", plate, plate.hu))
        if rng.random() < 0.3:
            out.append(lump(rng, "ostial", plate.centre_mm() - 1.2 * aim, (1.0, 2.5)))
    return out


def _plate(
    rng: np.random.Generator,
    host: Tube,
    arc: float,
    size_mm: tuple[float, float, float],
    aim: Floats | None = None,
) -> Plaque:
    """Return a plate in a wall: `size_mm` along, round and across; facing `aim` or anywhere."""
    radius = host.radius_at(arc)
    plate = Plaque(
        host=host,
        arc_mm=arc,
        length_mm=size_mm[0],
        thickness_mm=size_mm[2],
        ring_mm=radius - 0.4,
        angle_rad=float(rng.uniform(0, 2 * np.pi)),
        span_rad=float(min(size_mm[1] / radius, 3.0)),
        hu=calcium_hu(rng),
        vessel="aorta",
        artery=None,
    )
    return plate if aim is None else plate.turn_towards(aim)
