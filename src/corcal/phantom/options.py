"""Options of a phantom, and the grid it is scanned on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from corcal.core.box import Index
from corcal.core.grid import Grid
from corcal.phantom.body.anatomy import Anatomy

#: Thicker layers than this would show their edges as steps in a slice.
THICKEST_LAYER_MM = 1.25


@dataclass(frozen=True)
class PhantomOptions:
    """The options of a phantom.

    Attributes:
        spacing_mm: (slice, row, column).
        field: "heart" (its box and a margin) or "chest" (neck to upper abdomen).
        margin_mm: round the heart's box.
        shape: fixed number of voxels round the middle of the heart, instead of the box.
        burden: "mix", or "zero", "few", "some", "many" plaques.
        calcium_mm3: instead of a burden, about how much calcium shall be visible in RCA, LAD and
            LCX where the heart is still.
        contrast: probability that the blood is enhanced.
        motion: probability that the heart beats.
        pulmonary_hypertension: probability of a large right heart and pulmonary trunk.
        mimics: factor on the probability of everything that resembles coronary calcium.
        with_mimics: kinds of `mimics.sample.KINDS` that are there for certain.
        wild: HU, blur and noise beyond what is realistic, for training.
        thickness_mm: slice thickness; None draws one. Slices thicker than the distance between
            them are formed apart and interpolated back, as a pipeline that resamples sees them.
        noise: False leaves the image noise-free.
        layers: painted layers in every slice, an odd number; more than 1 for thick slices.
    """

    spacing_mm: tuple[float, float, float] = (0.8, 0.73, 0.73)
    field: str = "heart"
    margin_mm: float = 25.0
    shape: Index | None = None
    burden: str = "mix"
    calcium_mm3: tuple[float, float, float] | None = None
    contrast: float = 0.4
    motion: float = 0.85
    pulmonary_hypertension: float = 0.25
    mimics: float = 1.0
    with_mimics: tuple[str, ...] = ()
    wild: bool = False
    thickness_mm: float | None = None
    noise: bool = True
    layers: int = 1

    @classmethod
    def tiny(cls) -> PhantomOptions:
        """Return the options of a small, still scan for tests."""
        return cls(spacing_mm=(2.2, 2.2, 2.2), shape=(64, 64, 64), motion=0.0, thickness_mm=2.2)

    @classmethod
    def as_acquired(cls, *, thickness_mm: float = 1.0, field: str = "chest") -> PhantomOptions:
        """Return the options of a scan as scanners store it: contiguous slices, 0.75 mm pixels."""
        layers = int(np.ceil(thickness_mm / THICKEST_LAYER_MM))
        return cls(
            spacing_mm=(thickness_mm, 0.75, 0.75),
            field=field,
            thickness_mm=thickness_mm,
            layers=layers + 1 - layers % 2,
        )

    @classmethod
    def from_dict(cls, document: dict[str, Any]) -> PhantomOptions:
        """Return the options that truth.json names, for `make_case` with its seed."""
        values: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in document.items()
        }
        return cls(**values)


def field_of_view(anatomy: Anatomy, options: PhantomOptions) -> Grid:
    """Return the grid of a scan of this patient."""
    low, high = anatomy.low_mm - options.margin_mm, anatomy.high_mm + options.margin_mm
    if options.field == "chest":
        chest = anatomy.thorax
        wide = chest.cavity_mm[0] + chest.wall_mm + chest.fat_mm + 20.0
        deep = chest.cavity_mm[1] + chest.wall_mm + chest.fat_mm + 26.0
        low = np.array([chest.midline_mm - wide, chest.centre_y_mm - deep, low[2] - 45.0])
        high = np.array([chest.midline_mm + wide, chest.centre_y_mm + deep, chest.apex_mm + 15.0])
    step = np.array(options.spacing_mm)
    shape = np.ceil((high - low)[::-1] / step).astype(int)
    if options.shape is not None:
        middle = (anatomy.low_mm + anatomy.high_mm) / 2
        shape = np.array(options.shape)
        low = middle - (shape * step)[::-1] / 2
    size = (int(shape[0]), int(shape[1]), int(shape[2]))
    return Grid.axial(size, options.spacing_mm, (float(low[0]), float(low[1]), float(low[2])))


def finer(grid: Grid, layers: int) -> Grid:
    """Return the grid of the layers that the slices of an axial grid are painted in."""
    if layers == 1:
        return grid
    step, (x, y, z) = grid.spacing_mm, grid.affine[:3, 3]
    lowest = float(z - step[0] * (layers - 1) / (2 * layers))
    size = (grid.shape[0] * layers, grid.shape[1], grid.shape[2])
    return Grid.axial(size, (step[0] / layers, step[1], step[2]), (float(x), float(y), lowest))
