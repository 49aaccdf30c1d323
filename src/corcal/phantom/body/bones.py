"""The bones of the chest, as tubes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.phantom.body.shapes import Tube, spline


@dataclass(frozen=True)
class Cage:
    """The measures of a chest that its organs are laid out by; as in `Thorax`."""

    midline_mm: float
    centre_y_mm: float
    cavity_mm: tuple[float, float]
    wall_mm: float
    fat_mm: float
    domes_mm: tuple[float, float]
    apex_mm: float


def spine(midline: float, y: float) -> Tube:
    """Return the vertebral bodies; `y` is that of their middle behind the heart."""
    rows = [[midline, y + 4, -220], [midline, y, 0], [midline, y + 4, 90], [midline, y - 14, 230]]
    return spline(np.array(rows, float), np.array([17.0, 15.0, 14.0, 12.0]), 12.0)


def ribs(rng: np.random.Generator, cage: Cage) -> tuple[tuple[Tube, ...], tuple[Tube, ...]]:
    """Return the ribs, and their cartilages."""
    bony, cartilages = [], []
    midline, centre = cage.midline_mm, cage.centre_y_mm
    size = (cage.cavity_mm[0] + 0.36 * cage.wall_mm, cage.cavity_mm[1] + 0.36 * cage.wall_mm)
    phase = float(rng.uniform(0, 26))
    for side in (-1.0, 1.0):
        for number in range(14):
            top = 210.0 - 26.0 * number + phase
            turn = np.linspace(0.16, np.pi - 0.1, 26)
            shrink = np.sqrt(np.clip(1 - np.clip((top - 60) / 160.0, 0, 0.99) ** 3, 0.05, 1))
            s, c = np.sin(turn), np.cos(turn)
            # On the same superellipse as the cavity, so that ribs stay within the wall.
            scale = (np.abs(s) ** 2.5 + np.abs(c) ** 2.5) ** (-1 / 2.5)
            x = midline + side * shrink * size[0] * s * scale
            y = centre + shrink * size[1] * c * scale
            fall = np.minimum(turn, 2.3) * 44.0 - np.maximum(turn - 2.3, 0.0) * 36.0
            line = np.stack([x, y, top - fall], axis=1)
            bony.append(Tube(line[:20], np.full(20, float(rng.uniform(3.6, 4.8)))))
            cartilages.append(Tube(line[19:], np.full(7, float(rng.uniform(4.0, 6.0)))))
    return tuple(bony), tuple(cartilages)


def sternum(rng: np.random.Generator, cage: Cage) -> tuple[Tube, ...]:
    """Return the breastbone as rods side by side; `sternum[len // 2]` is the middle one."""
    half = float(rng.uniform(9.0, 14.0))
    thick = float(rng.uniform(4.5, 6.0))
    foot, head = float(rng.uniform(-45, -10)), 120.0
    z = np.linspace(foot, head, 8)
    # It follows the wall, a little outside of the cavity.
    y = cage.centre_y_mm - cage.cavity_mm[1] * narrowing(z, cage.apex_mm) - 0.5 * cage.wall_mm - 1.5
    radii = thick + np.clip((z - 60.0) / 60.0, 0.0, 1.0)
    aside = np.linspace(-half, half, 7)
    return tuple(
        Tube(np.stack([cage.midline_mm + a + 0 * z, y + 0.004 * a**2, z], axis=1), radii)
        for a in aside
    )


def narrowing(z_mm: NDArray[np.floating], apex_mm: float) -> NDArray[np.floating]:
    """Return how much narrower the cavity is at a height: to the apex like the end of an egg."""
    high = np.clip((z_mm - 20.0) / (apex_mm - 20.0), 0.0, 0.999)
    out: NDArray[np.floating] = np.sqrt(1.0 - high**3.0)
    return out
