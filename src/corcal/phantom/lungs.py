"""The vessels of the lungs: branching at random from each hilum."""

from __future__ import annotations

import numpy as np

from corcal.phantom.shapes import Floats, Tube


def lung_vessels(rng: np.random.Generator, midline_mm: float) -> tuple[Tube, ...]:
    """Return the vessels of both lungs of a chest whose midline lies at this x."""
    tubes: list[Tube] = []
    for side in (-1.0, 1.0):
        hub = np.array([midline_mm + side * 52.0, 34.0, 32.0])
        for _ in range(26):
            aim = rng.normal(size=3) * np.array([0.8, 1.0, 1.2]) + np.array([0.7 * side, 0, -0.1])
            start = hub + rng.normal(0, 8.0, size=3)
            _branch(rng, tubes, (start, aim / np.linalg.norm(aim)), float(rng.uniform(2.0, 4.0)), 3)
    return tuple(tubes)


def _branch(
    rng: np.random.Generator,
    tubes: list[Tube],
    ray: tuple[Floats, Floats],
    radius_mm: float,
    depth: int,
) -> None:
    start, aim = ray
    bend = aim + rng.normal(0, 0.25, size=3)
    reach = float(rng.uniform(14, 26))
    stop = start + reach * bend / np.linalg.norm(bend)
    tubes.append(Tube(np.stack([start, stop]), np.array([radius_mm, 0.8 * radius_mm])))
    if depth == 0 or radius_mm < 0.7:
        return
    for spread in (0.35, 0.8):
        out = aim + rng.normal(0, spread, size=3)
        _branch(
            rng,
            tubes,
            (stop, out / np.linalg.norm(out)),
            radius_mm * float(rng.uniform(0.55, 0.8)),
            depth - 1,
        )
