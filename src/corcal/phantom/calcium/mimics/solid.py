"""One bright thing that is not coronary calcium, and the shapes it is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.phantom.body.shapes import Ellipsoid, Floats, Tube, distance, frame, resample_line
from corcal.phantom.calcium.plaque import Plaque


@dataclass(frozen=True, eq=False)
class Mimic:
    """One bright solid that is not coronary calcium.

    Attributes:
        kind: a key of `corcal.phantom.calcium.mimics.sample.KINDS`.
        solid: its shape.
        hu: its attenuation.
        calcium: True for calcium, False for metal and plastic.
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
            return resample_line(self.solid.points_mm, 2.0)
        return self.solid.centre_mm[None]

    @property
    def reach_mm(self) -> float:
        """Distance to which it extends from `core`."""
        if isinstance(self.solid, Plaque):
            return self.solid.reach_mm
        if isinstance(self.solid, Tube):
            return float(self.solid.radii_mm.max()) + 0.8
        return float(self.solid.semi_axes_mm.max()) + 0.3

    def inside(self, points_mm: Floats) -> NDArray[np.bool_]:
        """Return for LPS points (n, 3) whether they lie in it."""
        if isinstance(self.solid, Plaque):
            return self.solid.inside(points_mm)
        return np.asarray(distance(self.solid, points_mm) <= 0.0)


def calcium_hu(rng: np.random.Generator) -> float:
    """Return a random attenuation of calcium."""
    return float(np.clip(rng.lognormal(np.log(600.0), 0.45), 200.0, 1700.0))


def lump(rng: np.random.Generator, kind: str, at: Floats, size: tuple[float, float]) -> Mimic:
    """Return an ellipsoid of calcium at a point; `size` bounds its semi-axes in mm."""
    semi = rng.uniform(size[0], size[1], size=3)
    axes = frame(rng.normal(size=3))
    return Mimic(kind, Ellipsoid(np.asarray(at, float), semi, axes), calcium_hu(rng))


def string(
    rng: np.random.Generator, kind: str, line_mm: Floats, radii: tuple[float, float]
) -> Mimic:
    """Return a knobbly string of calcium along a line; `radii` bounds its radius in mm."""
    points = resample_line(line_mm, 1.5)
    knots = rng.uniform(radii[0], radii[1], size=max(len(points) // 2, 2))
    thick = np.interp(np.linspace(0, 1, len(points)), np.linspace(0, 1, len(knots)), knots)
    return Mimic(kind, Tube(points, thick), calcium_hu(rng))
