"""Calcium of the valves and what hangs on them."""

from __future__ import annotations

import numpy as np

from corcal.phantom.body.anatomy import Anatomy
from corcal.phantom.body.shapes import Floats, Tube, frame
from corcal.phantom.calcium.mimics.solid import Mimic, calcium_hu, lump, string


def aortic_valve(rng: np.random.Generator, anatomy: Anatomy) -> list[Mimic]:
    """Return calcium of leaflets: along commissures (Y-shaped), at the hinges, and nodules."""
    heart = anatomy.heart
    _, first, second = frame(heart.root_axis)
    radius = heart.vessels["aorta"][0].radius_at(4.0) - 0.5
    phase = float(rng.uniform(0, 2 * np.pi))
    severe = rng.random() < 0.35
    out = []

    def at(r: Floats | float, turn: Floats | float, up: Floats | float) -> Floats:
        r, turn, up = (np.atleast_1d(np.asarray(v, float))[:, None] for v in (r, turn, up))
        across = r * (np.cos(turn) * first + np.sin(turn) * second)
        return np.asarray(heart.aortic_valve_mm + across + up * heart.root_axis)

    for leaf in range(3):
        seam = phase + leaf * 2 * np.pi / 3
        if rng.random() < (0.8 if severe else 0.4):
            start = float(rng.uniform(0.5, 6.0))
            r = np.linspace(start, min(start + rng.uniform(3, 10), radius), 6)
            # Free edges rise from the middle of the valve to the commissures.
            out.append(string(rng, "aortic_valve", at(r, seam, 2 + 0.5 * r), (0.6, 1.6)))
        if rng.random() < (0.7 if severe else 0.25):
            middle, half = seam + np.pi / 3, float(rng.uniform(0.2, 0.8))
            turn = np.linspace(middle - half, middle + half, 8)
            up = 1.0 + 8.0 * np.square((turn - middle) * 3 / np.pi)
            out.append(string(rng, "aortic_valve", at(radius, turn, up), (0.6, 1.9)))
    for _ in range(int(rng.integers(0 if out else 1, 7 if severe else 4))):
        spot = at(rng.uniform(1, radius), rng.uniform(0, 2 * np.pi), rng.uniform(-1, 6))[0]
        out.append(lump(rng, "aortic_valve", spot, (0.8, 3.0)))
    return out


def mitral_annulus(rng: np.random.Generator, anatomy: Anatomy) -> list[Mimic]:
    """Return a C of calcium in the ring at the back, inside the groove of the circumflex."""
    heart = anatomy.heart
    _, first, second = frame(heart.long_axis)
    back = float(np.arctan2(second[1], first[1]))
    half = float(rng.uniform(0.25, 1.6))
    turn = np.linspace(back - half, back + half, 14) + rng.normal(0, 0.4)
    spokes = np.cos(turn)[:, None] * first + np.sin(turn)[:, None] * second
    away = np.arange(10.0, 45.0, 0.5)
    muscle = heart.muscle(heart.mitral_mm + away[None, :, None] * spokes[:, None])
    edge = away[np.where((muscle > 0).any(axis=1), (muscle > 0).argmax(axis=1), -1)]
    deep = float(rng.uniform(4.0, 10.0))
    radius = np.clip(edge - deep, 12.0, 26.0)
    radius = np.convolve(np.pad(radius, 2, mode="edge"), np.full(5, 0.2), mode="valid")
    thick = rng.uniform(0.8, rng.uniform(1.4, 3.4), size=14)
    ring = Tube(heart.mitral_mm + radius[:, None] * spokes, thick)
    out = [Mimic("mitral_annulus", ring, calcium_hu(rng))]
    if rng.random() < 0.3:
        # A gap in the ring: a second, smaller piece further round.
        spot = ring.points_mm[-1] + (ring.points_mm[-1] - ring.points_mm[-3])
        out.append(lump(rng, "mitral_annulus", spot, (0.8, 2.2)))
    return out


def papillary(rng: np.random.Generator, anatomy: Anatomy) -> list[Mimic]:
    """Return calcium of a papillary muscle or of its chordae."""
    heart = anatomy.heart
    _, first, second = frame(heart.long_axis)
    turn = float(rng.uniform(0, 2 * np.pi))
    aside = 13.0 * (np.cos(turn) * first + np.sin(turn) * second)
    at = heart.mitral_mm + rng.uniform(24, 42) * heart.long_axis + aside
    if rng.random() < 0.4:
        tip = at - rng.uniform(4, 10) * heart.long_axis - 0.3 * aside
        return [string(rng, "papillary", np.stack([at, tip]), (0.5, 1.2))]
    return [lump(rng, "papillary", at, (0.8, 2.0))]


def prosthesis(rng: np.random.Generator, anatomy: Anatomy) -> list[Mimic]:
    """Return a replaced aortic or mitral valve: a metal ring, and discs or posts on it."""
    heart = anatomy.heart
    aortic = rng.random() < 0.65
    axis = heart.root_axis if aortic else heart.long_axis
    at = heart.aortic_valve_mm + 2.0 * axis if aortic else heart.mitral_mm
    radius = float(rng.uniform(10.5, 12.5) if aortic else rng.uniform(13, 16))
    _, first, second = frame(axis)
    turn = np.linspace(0, 2 * np.pi, 33)
    ring = at + radius * (np.cos(turn)[:, None] * first + np.sin(turn)[:, None] * second)
    hu = float(rng.uniform(1800, 3000))
    out = [Mimic("prosthesis", Tube(ring, np.full(33, 0.9)), hu, calcium=False)]
    if rng.random() < 0.5:
        for side in (-0.3, 0.3):
            rim = np.linspace(-0.8, 0.8, 5)[:, None] * radius * first
            leaf = at + rim + side * radius * second
            for lift in (0.0, 2.0, 4.0):
                plate = Tube(leaf + lift * axis, np.full(5, 0.8))
                out.append(Mimic("prosthesis", plate, hu, calcium=False))
        return out
    for k in range(3):
        spoke = np.cos(2.1 * k) * first + np.sin(2.1 * k) * second
        post = np.stack([at + radius * spoke, at + 0.95 * radius * spoke + 11.0 * axis])
        out.append(Mimic("prosthesis", Tube(post, np.full(2, 0.7)), hu, calcium=False))
    return out
