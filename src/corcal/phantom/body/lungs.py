"""The lungs: their vessels, branching from each hilum, and what may ail them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from corcal.phantom.body.shapes import Floats, Tube, across, unit

#: The thinnest vessel that is drawn.
_LEAST_MM = 0.8

#: Where the lobes lie from the hilum of a right lung, and how thick their arteries are.
_LOBES = (
    ((-0.4, -0.5, 1.0), 4.0), ((-0.5, 0.5, 0.9), 3.6), ((-0.7, -1.0, -0.2), 3.6),
    ((-1.0, -0.3, -0.4), 3.8), ((-0.5, 0.6, -1.0), 4.6), ((-0.8, 0.1, -1.0), 4.4),
    ((-0.3, -0.4, -1.0), 3.8), ((-0.8, 0.9, 0.0), 3.4),
)  # fmt: skip


@dataclass(frozen=True)
class LungState:
    """Diseases of the lungs of one patient; 0 is healthy.

    Attributes:
        emphysema: share of the lung that is destroyed, 0 to 0.4.
        fibrosis: strength of the net beneath the pleura and at the base, 0 to 1.
        haze: HU by which ground glass raises all lung.
        effusion_mm: depth of the fluid behind the right and the left lung.
        slope_hu_mm: how much denser the lung becomes towards the back, by its own weight.
    """

    emphysema: float
    fibrosis: float
    haze: float
    effusion_mm: tuple[float, float]
    slope_hu_mm: float


def sample_lungs(rng: np.random.Generator) -> LungState:
    """Return random lungs; about half are healthy."""
    fluid = rng.uniform(6.0, 42.0, size=2) * (rng.random(2) < (0.10, 0.08))
    emphysema, fibrosis = float(rng.uniform(0.03, 0.4)), float(rng.uniform(0.3, 1.0))
    return LungState(
        emphysema=emphysema if rng.random() < 0.25 else 0.0,
        fibrosis=fibrosis if rng.random() < 0.15 else 0.0,
        haze=float(rng.uniform(10, 120) if rng.random() < 0.15 else 0.0),
        effusion_mm=(float(fluid[0]), float(fluid[1])),
        slope_hu_mm=float(rng.uniform(0.1, 0.7)),
    )


def lung_vessels(rng: np.random.Generator, midline_mm: float) -> tuple[Tube, ...]:
    """Return the vessels of both lungs of a chest whose midline lies at this x."""
    tubes: list[Tube] = []
    for side in (1.0, -1.0):
        hub = np.array([midline_mm - side * 44.0, 38.0, 34.0])
        # An artery and a vein to every lobe.
        for direction, radius in _LOBES * 2:
            aim = unit(np.array(direction) * [side, 1.0, 1.0] + rng.normal(0, 0.25, 3))
            start = hub + rng.normal(0, 7.0, size=3) * np.array([0.6, 1.0, 1.6])
            _branch(rng, tubes, (start, aim), radius * float(rng.uniform(0.75, 1.1)))
    return tuple(tubes)


def _branch(
    rng: np.random.Generator, tubes: list[Tube], ray: tuple[Floats, Floats], radius_mm: float
) -> None:
    """Add a vessel and its branches; the cubes of the radii sum up (Murray, PNAS 1926)."""
    start, aim = ray
    reach = float(rng.uniform(5.0, 10.0)) * radius_mm**0.7 + 4.0
    middle = start + 0.5 * reach * unit(aim + rng.normal(0, 0.2, size=3))
    stop = middle + 0.5 * reach * unit(aim + rng.normal(0, 0.2, size=3))
    thick = radius_mm * np.array([1.0, 0.97, 0.94])
    tubes.append(Tube(np.stack([start, middle, stop]), thick))
    share = float(rng.uniform(0.5, 0.9))
    going = stop - middle
    going /= np.linalg.norm(going)
    aside = unit(across(going, rng.normal(size=3)))
    for part, way in ((share, 1.0), (1.0 - share, -1.0)):
        radius = 0.94 * radius_mm * part ** (1 / 3)
        if radius < _LEAST_MM:
            continue
        # The smaller branch turns away more.
        turn = (0.25 + 0.9 * (1.0 - part)) * float(rng.uniform(0.7, 1.3))
        _branch(rng, tubes, (stop, unit(going + way * turn * aside)), radius)
