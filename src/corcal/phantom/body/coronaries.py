"""The coronary tree of one heart: arteries with their branches, and the veins beside them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from corcal.core.artery import Artery
from corcal.phantom.body.courses import Distance, bridge, groove, outside, settle, stretch_of, walk
from corcal.phantom.body.heart import Heart
from corcal.phantom.body.shapes import Field, Floats, Tube, resample_line, unit

#: Accepted length in mm of every main course; outside it the heart is drawn again.
LENGTHS_MM = {"RCA": (80.0, 175.0), "LAD": (75.0, 185.0), "LCX": (30.0, 175.0)}


@dataclass(frozen=True, eq=False)
class Vessel:
    """One coronary vessel.

    Attributes:
        name: "RCA", "LM", "LAD", "LCX", "D1", "D2", "OM1", "OM2", "RAMUS", "AM", "PDA".
        artery: the artery of the paper it is counted with.
        tube: centreline and LUMEN radius.
    """

    name: str
    artery: Artery
    tube: Tube


@dataclass(frozen=True, eq=False)
class Coronaries:
    """The coronary vessels of one heart.

    Attributes:
        vessels: arteries, main stems first.
        veins: great cardiac vein with coronary sinus, middle and small cardiac vein.
        dominance: "right", "left" or "co".
    """

    vessels: tuple[Vessel, ...]
    veins: tuple[Tube, ...]
    dominance: str

    def vessel(self, name: str) -> Vessel:
        """Return a vessel by name."""
        return next(v for v in self.vessels if v.name == name)


class CourseRefused(ValueError):
    """A course came out of a length no heart has; draw another anatomy."""


@dataclass(frozen=True, eq=False)
class _Lines:
    right: Floats
    left: Floats
    front: Floats
    crux: Floats
    far: Distance


def grow_coronaries(rng: np.random.Generator, heart: Heart) -> Coronaries:
    """Return a random coronary tree for a heart.

    Raises:
        CourseRefused: a main course has an implausible length.
    """
    far = outside(heart)
    right = groove(heart, ("RA", "RV"), 2.5)
    left = groove(heart, ("LA", "LV"), 2.5)
    front = groove(heart, ("RV", "LV"), 2.5)
    lines = _Lines(right, left, front, _crux(right, front), far)
    dominance = str(rng.choice(["right", "left", "co"], p=[0.87, 0.08, 0.05]))
    slim = 0.91 if rng.random() < 0.45 else 1.0
    main = _left_tree(rng, heart, lines, dominance)
    main["RCA"] = _right(heart, lines, dominance)
    for name, (low, high) in LENGTHS_MM.items():
        length = float(np.linalg.norm(np.diff(main[name], axis=0), axis=1).sum())
        least = 0.6 * low if dominance == "left" else low
        if not least <= length <= high:
            raise CourseRefused(f"{name} is {length:.0f} mm long")
    main |= _branches(rng, heart, lines, main, dominance)
    vessels = tuple(
        _vessel(rng, name, main[name], dominance, slim) for name in _ORDER if name in main
    )
    return Coronaries(vessels, _veins(rng, lines, main), dominance)


_ORDER = ("LM", "LAD", "LCX", "RCA", "D1", "D2", "RAMUS", "OM1", "OM2", "AM", "PDA")
#: Lumen radius in mm at the start and end, and its spread (Dodge 1992, plus 10 % for CT).
_RADII = {
    "LM": (2.45, 2.3, 0.28), "LAD": (2.0, 1.0, 0.2), "LCX": (1.85, 1.0, 0.25),
    "RCA": (2.15, 1.5, 0.3), "D1": (1.2, 0.7, 0.15), "D2": (1.05, 0.6, 0.15),
    "RAMUS": (1.2, 0.7, 0.15), "OM1": (1.3, 0.7, 0.15), "OM2": (1.15, 0.65, 0.15),
    "AM": (1.0, 0.6, 0.1), "PDA": (1.25, 0.7, 0.15),
}  # fmt: skip


def artery_of(name: str, dominance: str) -> Artery:
    """Return the artery a vessel is counted with."""
    if name in ("LM", "LAD", "D1", "D2"):
        return Artery.LAD
    if name in ("LCX", "OM1", "OM2", "RAMUS") or (name == "PDA" and dominance == "left"):
        return Artery.LCX
    return Artery.RCA


def _vessel(
    rng: np.random.Generator, name: str, course: Floats, dominance: str, slim: float
) -> Vessel:
    start, end, spread = _RADII[name]
    if dominance == "left":
        start *= {"RCA": 0.72, "LCX": 1.2}.get(name, 1.0)
    start = max(start + float(np.clip(rng.normal(0, spread), -2 * spread, 2 * spread)), 0.8)
    taper = np.linspace(start, min(end, start), len(course))
    wobble = 1.0 + 0.06 * np.sin(np.arange(len(course)) / rng.uniform(4, 9) + rng.uniform(0, 6))
    return Vessel(name, artery_of(name, dominance), Tube(course, slim * taper * wobble))


def _crux(right: Floats, front: Floats) -> Floats:
    """Return the point at the back and bottom where the right and front grooves meet."""
    apart = np.linalg.norm(right[:, None] - front[None], axis=2)
    # They also meet at the front, below the aorta: only the lower meeting is the crux.
    apart += 0.6 * right[:, 2][:, None]
    i, j = np.unravel_index(int(apart.argmin()), apart.shape)
    return np.asarray((right[i] + front[j]) / 2)


def _right(heart: Heart, lines: _Lines, dominance: str) -> Floats:
    axis, root = heart.root_axis, heart.root_mm - 3.0 * heart.root_axis
    toward = _across(np.array([-0.55, -0.83, 0.0]), axis)
    ostium = _on_root(heart, root, toward)
    # Off the ostium the artery dives between trunk and appendage into the groove.
    entry = ostium + 20.0 * unit(np.array([-0.75, -0.65, -0.25]))
    stop = lines.crux
    ring = stretch_of(lines.right, entry, stop, np.array([-1.0, -0.6, 0.0]))
    short = ring[: max(int(0.6 * len(ring)), 6)]
    ring = short if dominance == "left" else np.vstack([ring, stop])
    lead = bridge((ostium, ring[2]), (toward, ring[4] - ring[2]))
    return settle(np.vstack([lead[:-1], ring[2:]]), lines.far, np.array([3.2, 2.4]))


def _left_tree(
    rng: np.random.Generator, heart: Heart, lines: _Lines, dominance: str
) -> dict[str, Floats]:
    axis, root = heart.root_axis, heart.root_mm - 1.0 * heart.root_axis
    toward = _across(np.array([0.78, 0.62, 0.0]), axis)
    ostium = _on_root(heart, root, toward)
    stem = float(np.clip(rng.normal(10.5, 4.0), 5.0, 18.0))
    fork = ostium + stem * unit(toward + np.array([0.6, -0.1, -0.05]))
    # In front: the start of the interventricular groove, left of the pulmonary trunk.
    trunk = heart.vessels["pulmonary"][0].points_mm[0]
    gate = trunk + np.array([19.0, 6.0, -8.0]) * heart.vessels["pulmonary"][0].radii_mm[0] / 13.5
    ring = stretch_of(lines.front, gate, heart.apex_mm, np.array([0.0, -0.4, 1.0]))
    lead = bridge((fork, ring[1]), (unit(ring[1] - fork) + 0.3 * toward, ring[3] - ring[1]))
    lad = np.vstack([ostium, lead, ring[2:]])
    lad = settle(lad, lines.far, np.array([3.4, 2.0]))
    split = round(stem)  # the course has 1 mm steps
    fork = lad[split]
    around = stretch_of(lines.left, fork, lines.crux, np.array([1.0, 0.8, 0.0]))
    share = {"right": rng.uniform(0.35, 0.7), "co": 0.9, "left": 1.0}[dominance]
    around = around[: max(int(share * len(around)), 6)]
    lead = bridge((fork, around[2]), (np.array([0.5, 0.8, -0.4]), around[4] - around[2]))
    lcx = settle(np.vstack([lead[:-1], around[2:]]), lines.far, np.array([2.8, 2.0]))
    whole = float(rng.uniform(0.88, 1.0))
    return {"LM": lad[: split + 1], "LAD": lad[split : int(whole * len(lad))], "LCX": lcx}


def _branches(
    rng: np.random.Generator,
    heart: Heart,
    lines: _Lines,
    main: dict[str, Floats],
    dominance: str,
) -> dict[str, Floats]:
    side = heart.apex_mm + np.array([8.0, 28.0, 8.0])
    plan = [
        ("D1", "LAD", rng.uniform(14, 30), (30, 60), np.array([1.0, 0.3, -0.2]), 0.9),
        ("D2", "LAD", rng.uniform(36, 58), (25, 45), np.array([1.0, 0.3, -0.2]), 0.6),
        ("RAMUS", "LCX", 1.0, (25, 50), np.array([1.0, 0.2, -0.2]), 0.2),
        ("OM1", "LCX", rng.uniform(14, 28), (30, 60), np.array([1.0, -0.2, -0.3]), 0.9),
        ("OM2", "LCX", rng.uniform(34, 55), (25, 45), np.array([1.0, -0.2, -0.5]), 0.5),
        ("AM", "RCA", rng.uniform(45, 70), (25, 50), np.array([0.8, -0.5, -0.4]), 0.7),
    ]
    out: dict[str, Floats] = {}
    for name, parent, at, length, heading, chance in plan:
        there = rng.random() < chance
        span = float(rng.uniform(*length))
        stem = main[parent]
        if not there or at > len(stem) - 12:
            continue
        goal = heart.apex_mm if name in ("AM",) else side
        course = walk(stem[int(at)], heading, goal, span, lines.far)
        out[name] = resample_line(course, 1.0)
    parent = "LCX" if dominance == "left" else "RCA"
    floor = stretch_of(lines.front, lines.crux, heart.apex_mm, np.array([0.0, 0.3, -1.0]))
    floor = floor[1 : max(int(rng.uniform(0.45, 0.8) * len(floor)), 5)]
    course = np.vstack([main[parent][-1], floor])
    out["PDA"] = settle(course, lines.far, np.array([2.0, 1.8]))
    return out


def _veins(rng: np.random.Generator, lines: _Lines, main: dict[str, Floats]) -> tuple[Tube, ...]:
    """Return great, middle and small cardiac vein; the great one ends as coronary sinus."""
    lad, far = main["LAD"], _beside(lines.far, main)
    shift = np.array([3.6, 1.0, -0.6]) + rng.normal(0.0, 0.4, size=3)
    up = lad[5 : int(0.7 * len(lad)) : 3][::-1] + shift
    # Past the fork it runs over or beneath the circumflex to the back.
    around = stretch_of(lines.left, up[-1], lines.crux, np.array([1.0, 0.8, 0.0]))[2:-1]
    beside = np.array([0.5, 1.5, 3.5]) * float(rng.choice([1.0, 1.0, -0.6]))
    great = settle(np.vstack([up, around + beside]), far, np.array([2.2, 3.6]))
    sinus = float(rng.uniform(3.0, 5.5))
    mouth = great[-1]
    out = [_vein(great, (0.9, float(rng.uniform(1.6, 2.3)), sinus))]
    below = main["PDA"][: int(rng.uniform(0.5, 0.95) * len(main["PDA"])) : 3]
    middle = np.vstack([below[::-1] + np.array([-3.2, 0.0, 0.6]) + rng.normal(0, 0.4, 3), mouth])
    out.append(_vein(settle(middle, far, np.array([2.0, 3.0])), (0.8, 1.4, 2.0)))
    if rng.random() < 0.7:
        right = main["RCA"]
        first = int(rng.uniform(0.35, 0.75) * len(right))
        course = np.vstack([right[first::3] + np.array([0.6, 0.8, 3.4]), mouth])
        out.append(_vein(settle(course, far, np.array([2.6, 3.0])), (0.6, 1.0, 1.4)))
    return tuple(out)


def _beside(far: Distance, main: dict[str, Floats]) -> Distance:
    """Return the distance to the heart and to its arteries: veins run next to them."""
    tree = cKDTree(np.vstack([main[name] for name in ("LAD", "LCX", "RCA", "PDA")]))

    def both(points_mm: Floats) -> Field:
        return np.minimum(far(points_mm), tree.query(points_mm)[0] - 0.5).astype(np.float32)

    return both


def _vein(course: Floats, radii_mm: tuple[float, float, float]) -> Tube:
    """Return a vein with these radii at its start, before its last part, and at its end."""
    n = len(course)
    return Tube(course, np.interp(np.arange(n), [0, 0.45 * n, n - 1], radii_mm))


def _across(direction: Floats, axis: Floats) -> Floats:
    return unit(direction - (direction @ axis) * axis)


def _on_root(heart: Heart, centre_mm: Floats, toward: Floats) -> Floats:
    root = heart.vessels["aorta"][0]
    nearest = int(np.linalg.norm(root.points_mm - centre_mm, axis=1).argmin())
    return np.asarray(centre_mm + (float(root.radii_mm[nearest]) + 0.3) * toward)
