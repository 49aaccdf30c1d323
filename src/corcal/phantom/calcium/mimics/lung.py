"""Calcium beside the heart: nodes, granulomas, bronchi, cartilage of the ribs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from corcal.phantom.body.anatomy import Anatomy
from corcal.phantom.body.shapes import Ellipsoid, Tube, frame, unit
from corcal.phantom.calcium.mimics.solid import Mimic, lump
from corcal.phantom.calcium.plaque import Plaque

_SITES = ((-34, 36, 42), (44, 46, 40), (8, 40, 52), (-20, 28, 70), (34, 10, 72), (-44, 44, 18))


def node(rng: np.random.Generator, anatomy: Anatomy) -> list[Mimic]:
    """Return calcified nodes of hilum and mediastinum, often of several grains."""
    out = []
    for _ in range(int(rng.integers(1, 4))):
        at = np.array(_SITES[int(rng.integers(len(_SITES)))]) + rng.normal(0, 5, size=3)
        for _ in range(int(rng.integers(1, 5))):
            out.append(lump(rng, "node", at + rng.normal(0, 2.0, 3), (0.8, 3.6)))
    return out


def granuloma(rng: np.random.Generator, anatomy: Anatomy) -> list[Mimic]:
    """Return granulomas in the lung or on the diaphragm, a few of them against the heart."""
    heart, out = anatomy.heart, []
    centre = (anatomy.low_mm + anatomy.high_mm) / 2
    for _ in range(int(rng.integers(1, 4))):
        aim = unit(rng.normal(size=3) * np.array([1.0, 0.8, 0.7]))
        ray = centre + np.arange(20.0, 130.0, 1.0)[:, None] * aim
        free = np.flatnonzero(heart.sac(ray) > 3.0)
        if not free.size:
            continue
        away = free[0] + (rng.uniform(0, 4) if rng.random() < 0.4 else rng.uniform(4, 40))
        at = ray[min(int(away), len(ray) - 1)]
        radius = float(rng.uniform(1.0, 3.5))
        shape = Ellipsoid(at, radius * rng.uniform(0.8, 1.2, 3), frame(aim))
        out.append(Mimic("granuloma", shape, float(rng.uniform(200, 1200))))
    return out


def bronchus(rng: np.random.Generator, anatomy: Anatomy) -> list[Mimic]:
    """Return calcified cartilage in the walls of trachea and bronchi."""
    out = []
    for _ in range(int(rng.integers(4, 14))):
        host = anatomy.thorax.airways[int(rng.choice(3, p=[0.3, 0.35, 0.35]))]
        plate = _shell(rng, host, (float(rng.uniform(2, 5)), float(rng.uniform(0.7, 1.3))), 0.8)
        out.append(Mimic("bronchus", plate, plate.hu))
    return out


def cartilage(rng: np.random.Generator, anatomy: Anatomy) -> list[Mimic]:
    """Return calcium at the rim and in the core of the cartilage of the ribs."""
    out = []
    hosts = anatomy.thorax.cartilages
    for _ in range(int(rng.integers(6, 30))):
        host = hosts[int(rng.integers(len(hosts)))]
        if rng.random() < 0.3:
            at = host.at(float(rng.uniform(0, host.length_mm))) + rng.normal(0, 1.5, 3)
            grain = lump(rng, "cartilage", at, (1.0, 3.0))
            out.append(replace(grain, hu=float(rng.uniform(200, 500))))
            continue
        plate = _shell(rng, host, (float(rng.uniform(4, 14)), float(rng.uniform(1.0, 2.0))), -0.8)
        out.append(Mimic("cartilage", plate, plate.hu))
    return out


def _shell(
    rng: np.random.Generator, host: Tube, size_mm: tuple[float, float], outside_mm: float
) -> Plaque:
    """Return a plate in the wall of a tube: `size_mm` along and across."""
    arc = float(rng.uniform(0.05, 0.95)) * host.length_mm
    return Plaque(
        host=host,
        arc_mm=arc,
        length_mm=size_mm[0],
        thickness_mm=size_mm[1],
        ring_mm=host.radius_at(arc) + outside_mm,
        angle_rad=float(rng.uniform(0, 2 * np.pi)),
        span_rad=float(rng.uniform(0.4, 1.8)),
        hu=float(rng.uniform(200, 600)),
        vessel="wall",
        artery=None,
    )
