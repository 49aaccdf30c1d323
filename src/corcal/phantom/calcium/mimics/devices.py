"""Metal and plastic that surgeons and cardiologists left."""

from __future__ import annotations

import numpy as np

from corcal.phantom.body.anatomy import Anatomy
from corcal.phantom.body.shapes import Ellipsoid, Floats, Tube, frame, spline
from corcal.phantom.calcium.mimics.solid import Mimic
from corcal.phantom.calcium.plaque import Plaque


def stent(rng: np.random.Generator, anatomy: Anatomy) -> list[Mimic]:
    """Return a stent of 8 to 30 mm in a main artery."""
    vessel = anatomy.coronaries.vessel(str(rng.choice(["RCA", "LAD", "LCX"])))
    room = min(55.0, vessel.tube.length_mm)
    length = float(rng.uniform(8, min(30.0, room - 6)))
    arc = float(rng.uniform(length / 2 + 2, room - length / 2 - 1))
    shell = Plaque(
        host=vessel.tube, arc_mm=arc, length_mm=length, thickness_mm=0.8,
        ring_mm=vessel.tube.radius_at(arc), angle_rad=0.0, span_rad=4 * np.pi,
        hu=float(rng.uniform(1200, 2500)), vessel=vessel.name, artery=None,
    )  # fmt: skip
    return [Mimic("stent", shell, shell.hu, calcium=False)]


def wires(rng: np.random.Generator, anatomy: Anatomy) -> list[Mimic]:
    """Return the wire loops that close a split breastbone."""
    chest, out = anatomy.thorax, []
    foot = chest.sternum[0].points_mm[0, 2]
    turn = np.linspace(0, 2 * np.pi, 17)
    for z in np.arange(foot + 8, 110.0, float(rng.uniform(16, 24))):
        y = chest.front_mm(float(z))
        columns = [chest.midline_mm + 17 * np.cos(turn), y + 8 * np.sin(turn), z + 2 * np.cos(turn)]
        out.append(_metal("wires", np.stack(columns, axis=1), 0.5, 3000.0))
    return out


def clips(rng: np.random.Generator, anatomy: Anatomy) -> list[Mimic]:
    """Return the clips along a mammary graft, from behind the breastbone to the LAD."""
    lad = anatomy.coronaries.vessel("LAD").tube
    target = lad.at(0.5 * lad.length_mm) + np.array([0.0, -4.0, 2.0])
    top = np.array([16.0, float(anatomy.thorax.front_mm(40.0)) + 12.0, 70.0])
    out = []
    for _ in range(int(rng.integers(3, 10))):
        at = top + rng.random() * (target - top) + rng.normal(0, 3.0, 3)
        clip = Ellipsoid(at, np.array([0.6, 0.9, 2.2]), frame(rng.normal(size=3)))
        out.append(Mimic("clips", clip, 3000.0, calcium=False))
    return out


def lead(rng: np.random.Generator, anatomy: Anatomy) -> list[Mimic]:
    """Return leads of a pacemaker: to the right ventricle, and often the right appendage."""
    heart = anatomy.heart
    cava = heart.vessels["veins"][0].points_mm[::-1]
    mouth = cava[-1] + np.array([2.0, -4.0, -18.0])
    tip = heart.apex_mm + np.array([-16.0, -2.0, 6.0])
    valve = mouth + 0.35 * (tip - mouth) + np.array([0.0, 0.0, -6.0])
    hu = float(rng.uniform(2200, 3000))
    side = rng.normal(0, 1.5, 3)
    courses = [np.vstack([cava + side, mouth, valve, tip])]
    if rng.random() < 0.6:
        ear = heart.chambers["RAA"][0].points_mm  # type: ignore[union-attr]
        floor = mouth + np.array([0.0, -6.0, -6.0])
        courses.append(np.vstack([cava - side, mouth - 0.4 * (mouth - cava[-1]), floor, ear[1]]))
    out = []
    for course in courses:
        path = spline(course, np.full(len(course), 0.9), 3.0).points_mm
        out.append(_metal("lead", path, 0.8, hu))
        # The last centimetre is the electrode, and thicker.
        out.append(_metal("lead", path[-3:], 1.2, 3000.0))
    return out


def port(rng: np.random.Generator, anatomy: Anatomy) -> list[Mimic]:
    """Return the catheter of a port, ending where the superior cava meets the atrium."""
    cava = anatomy.heart.vessels["veins"][0].points_mm[::-1]
    end = int(rng.integers(len(cava) // 2, len(cava)))
    path = cava[: end + 1] + rng.normal(0, 2.0, 3)
    return [_metal("port", path, float(rng.uniform(0.9, 1.3)), float(rng.uniform(400, 1800)))]


def _metal(kind: str, path_mm: Floats, radius_mm: float, hu: float) -> Mimic:
    return Mimic(kind, Tube(path_mm, np.full(len(path_mm), radius_mm)), hu, calcium=False)
