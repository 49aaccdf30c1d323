"""Bright things that are not coronary calcium, each with its probability."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.phantom.coronaries import Coronaries
from corcal.phantom.heart import Heart
from corcal.phantom.plaque import Plaque
from corcal.phantom.shapes import Ellipsoid, Floats, Tube, distance, frame, resampled, unit
from corcal.phantom.thorax import Thorax

#: Probability of every mimic in a training case.
CHANCES = {
    "aortic_wall": 0.35, "ostial": 0.12, "aortic_valve": 0.25, "mitral_annulus": 0.12,
    "papillary": 0.03, "pericardium": 0.05, "node": 0.25, "stent": 0.04, "wires": 0.08,
    "clips": 0.05, "lead": 0.07,
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Mimic:
    """One bright solid that is not coronary calcium.

    Attributes:
        kind: a key of `CHANCES`.
        solid: its shape.
        hu: its attenuation.
        calcium: True for calcium, False for metal.
    """

    kind: str
    solid: Plaque | Ellipsoid | Tube
    hu: float
    calcium: bool = True

    def core(self) -> Floats:
        """Return points (n, 3) it lies round."""
        if isinstance(self.solid, Plaque):
            return self.solid.sheet()
        if isinstance(self.solid, Tube):
            return resampled(self.solid.points_mm, 2.0)
        return self.solid.centre_mm[None]

    @property
    def reach_mm(self) -> float:
        """How far it extends from `core`."""
        if isinstance(self.solid, Plaque):
            return self.solid.reach_mm
        if isinstance(self.solid, Tube):
            return float(self.solid.radii_mm.max()) + 0.8
        return float(self.solid.semi_axes_mm.max()) + 0.3

    def inside(self, points_mm: Floats) -> NDArray[np.bool_]:
        """Tell for LPS points (n, 3) whether they lie in it."""
        if isinstance(self.solid, Plaque):
            return self.solid.inside(points_mm)
        return np.asarray(distance(self.solid, points_mm) <= 0.0)


def sample_mimics(
    rng: np.random.Generator,
    heart: Heart,
    coronaries: Coronaries,
    thorax: Thorax,
    factor: float,
) -> tuple[Mimic, ...]:
    """Return random mimics; `factor` scales every probability."""
    out: list[Mimic] = []
    there = {kind: rng.random() < factor * chance for kind, chance in CHANCES.items()}
    if there["aortic_wall"]:
        out += _aortic(rng, heart)
    if there["ostial"]:
        out += _ostial(rng, heart, coronaries)
    if there["aortic_valve"]:
        out += _valve(rng, heart)
    if there["mitral_annulus"]:
        out += _annulus(rng, heart)
    if there["papillary"]:
        at = heart.mitral_mm + 38.0 * heart.long_axis + rng.normal(0, 8, 3)
        out.append(_lump(rng, "papillary", at, (0.8, 2.0)))
    if there["pericardium"]:
        out += _pericardial(rng, heart)
    if there["node"]:
        out += _nodes(rng)
    if there["stent"]:
        out += _stent(rng, coronaries)
    return (*out, *_metal(rng, heart, thorax, there))


def calcium_hu(rng: np.random.Generator) -> float:
    """Return a random attenuation of calcium."""
    return float(np.clip(rng.lognormal(np.log(600.0), 0.45), 200.0, 1700.0))


def _lump(rng: np.random.Generator, kind: str, at: Floats, size: tuple[float, float]) -> Mimic:
    semi = rng.uniform(size[0], size[1], size=3)
    axes = frame(rng.normal(size=3))
    return Mimic(kind, Ellipsoid(np.asarray(at, float), semi, axes), calcium_hu(rng))


def _wall_plaque(rng: np.random.Generator, host: Tube, arc: float, angle: float) -> Plaque:
    radius = host.radius_at(arc)
    length = float(np.clip(rng.lognormal(np.log(6), 0.5), 2, 20))
    return Plaque(
        host=host, arc_mm=arc, length_mm=length,
        thickness_mm=float(rng.uniform(1.0, 2.8)), ring_mm=radius - 0.6, angle_rad=angle,
        span_rad=float(rng.uniform(0.5, 1.6)) * length / radius, hu=calcium_hu(rng),
        vessel="aorta", artery=None,
    )  # fmt: skip


def _aortic(rng: np.random.Generator, heart: Heart) -> list[Mimic]:
    out = []
    for _ in range(int(rng.integers(1, 9))):
        host = heart.vessels["aorta"][int(rng.random() < 0.6)]
        arc = float(rng.uniform(12.0, host.length_mm - 12.0))
        plaque = _wall_plaque(rng, host, arc, float(rng.uniform(0, 2 * np.pi)))
        out.append(Mimic("aortic_wall", plaque, plaque.hu))
    return out


def _ostial(rng: np.random.Generator, heart: Heart, coronaries: Coronaries) -> list[Mimic]:
    mouth = coronaries.vessel("RCA" if rng.random() < 0.5 else "LM").tube.points_mm[0]
    root = heart.vessels["aorta"][0]
    axis_point = root.points_mm[int(np.linalg.norm(root.points_mm - mouth, axis=1).argmin())]
    inward = unit(axis_point - mouth)
    aside = unit(np.cross(inward, heart.root_axis)) * rng.uniform(-6, 6)
    at = mouth + 1.5 * inward + aside + heart.root_axis * rng.uniform(-5, 5)
    return [_lump(rng, "ostial", at, (1.0, 3.0))]


def _valve(rng: np.random.Generator, heart: Heart) -> list[Mimic]:
    _, first, second = frame(heart.root_axis)
    out = []
    for _ in range(int(rng.integers(1, 7))):
        r, turn = rng.uniform(1, 10), rng.uniform(0, 2 * np.pi)
        across = r * (np.cos(turn) * first + np.sin(turn) * second)
        at = heart.aortic_valve_mm + across + heart.root_axis * rng.uniform(-1, 6)
        out.append(_lump(rng, "aortic_valve", at, (0.8, 3.0)))
    return out


def _annulus(rng: np.random.Generator, heart: Heart) -> list[Mimic]:
    _, first, second = frame(heart.long_axis)
    # The ring is calcified at the back, beside the circumflex.
    back = float(np.arctan2(second[1], first[1]))
    half = float(rng.uniform(0.25, 1.5))
    turn = np.linspace(back - half, back + half, 14) + rng.normal(0, 0.4)
    radius = float(rng.uniform(17, 22))
    ring = np.cos(turn)[:, None] * first + np.sin(turn)[:, None] * second
    tube = Tube(heart.mitral_mm + radius * ring, rng.uniform(0.8, 2.6, size=14))
    return [Mimic("mitral_annulus", tube, calcium_hu(rng))]


def _pericardial(rng: np.random.Generator, heart: Heart) -> list[Mimic]:
    aim = unit(rng.normal(size=3) + np.array([0.3, -0.4, -0.5]))
    centre = heart.mitral_mm + 20 * heart.long_axis
    ray = centre + np.arange(20.0, 90.0, 0.5)[:, None] * aim
    outside = np.flatnonzero(heart.muscle(ray) > heart.fat_mm + 1.0)
    at = ray[outside[0] if outside.size else -1]
    size = np.array([rng.uniform(0.6, 1.4), rng.uniform(3, 14), rng.uniform(3, 10)])
    return [Mimic("pericardium", Ellipsoid(at, size, frame(aim)), calcium_hu(rng))]


def _nodes(rng: np.random.Generator) -> list[Mimic]:
    sites = [(-34, 36, 42), (44, 46, 40), (8, 40, 52), (-20, 28, 70), (34, 10, 72), (-44, 44, 18)]
    out = []
    for _ in range(int(rng.integers(1, 4))):
        at = np.array(sites[int(rng.integers(len(sites)))]) + rng.normal(0, 5, size=3)
        out.append(_lump(rng, "node", at, (1.0, 4.5)))
    return out


def _stent(rng: np.random.Generator, coronaries: Coronaries) -> list[Mimic]:
    vessel = coronaries.vessel(str(rng.choice(["RCA", "LAD", "LCX"])))
    length = float(rng.uniform(8, 24))
    arc = float(rng.uniform(length / 2 + 2, min(45.0, vessel.tube.length_mm) - 2))
    shell = Plaque(
        host=vessel.tube, arc_mm=arc, length_mm=length, thickness_mm=0.8,
        ring_mm=vessel.tube.radius_at(arc), angle_rad=0.0, span_rad=4 * np.pi,
        hu=float(rng.uniform(1200, 2500)), vessel=vessel.name, artery=None,
    )  # fmt: skip
    return [Mimic("stent", shell, shell.hu, calcium=False)]


def _metal(
    rng: np.random.Generator, heart: Heart, thorax: Thorax, there: dict[str, bool]
) -> list[Mimic]:
    out = []
    if there["wires"]:
        front = thorax.sternum[2].points_mm
        turn = np.linspace(0, 2 * np.pi, 17)
        for z in np.arange(front[0, 2] + 8, 110.0, float(rng.uniform(16, 24))):
            y = np.interp(z, front[:, 2], front[:, 1])
            loop = np.stack(
                [
                    thorax.midline_mm + 17 * np.cos(turn),
                    y + 8 * np.sin(turn),
                    np.full(17, z) + 2 * np.cos(turn),
                ],
                axis=1,
            )
            out.append(Mimic("wires", Tube(loop, np.full(17, 0.5)), 3000.0, calcium=False))
    if there["clips"]:
        for _ in range(int(rng.integers(2, 7))):
            at = np.array([14 + rng.normal(0, 6), -52 + rng.normal(0, 4), rng.uniform(-10, 60)])
            clip = Ellipsoid(at, np.array([0.6, 0.9, 2.2]), frame(rng.normal(size=3)))
            out.append(Mimic("clips", clip, 3000.0, calcium=False))
    if there["lead"]:
        svc = heart.vessels["veins"][0].points_mm[::-1]
        tip = heart.apex_mm + np.array([-14.0, -6.0, 4.0])
        middle = np.array([heart.vessels["veins"][0].points_mm[0] + [2.0, -4.0, -30.0]])
        path = resampled(np.vstack([svc, middle, (middle + tip) / 2 + [0, 0, -8.0], tip]), 6.0)
        out.append(Mimic("lead", Tube(path, np.full(len(path), 0.9)), 2800.0, calcium=False))
    return out
