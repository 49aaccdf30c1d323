"""Patches for the segmenter: cut from hearts, turned, and made as rough as other scans are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from corcal.core.box import Box
from corcal.recipes.embedded.cases.bank import Case
from corcal.recipes.embedded.loop import Batch
from corcal.recipes.embedded.tasks.hearts import Heart
from corcal.recipes.embedded.tasks.roughen import Ranges, cut_field, draw_roughness, roughen
from corcal.recipes.embedded.tasks.warp import affine_grid, rotation

Shape = tuple[int, int, int]


@dataclass(frozen=True)
class Augmentation:
    """The range of changes of a patch.

    Attributes:
        turn_degrees: largest rotation about each axis.
        scale: range of magnification, each axis apart.
        frame_shift_mm: standard deviation of the heart frame's error.
        ranges: how rough the images are made.
    """

    turn_degrees: float = 14.0
    scale: tuple[float, float] = (0.82, 1.22)
    frame_shift_mm: float = 5.0
    ranges: Ranges = field(default_factory=Ranges)


def sample_patches(
    hearts: Sequence[Heart], shape: Shape, rng: np.random.Generator, plan: Augmentation
) -> Batch:
    """Return an augmented patch of each heart, on the device that the hearts cut to.

    Args:
        hearts: where to draw from.
        shape: a patch's sides in voxels, even.
        rng: random numbers; noise comes from a generator of the device that they seed.
        plan: how far to augment.

    Returns:
        "hu": float32 (batch, 1, slice, row, column); "frame": float32 (batch, 3, half sides);
        "packed": int32 (batch, slice, row, column), see `corcal.recipes.embedded.cases.targets`.
    """
    patches = [_cut(heart, shape, rng, plan) for heart in hearts]
    hu, packed = torch.cat([p[0] for p in patches]), torch.cat([p[1] for p in patches])
    rough = [draw_roughness(rng, plan.ranges) for _ in hearts]
    generator = torch.Generator(hu.device).manual_seed(int(rng.integers(2**62)))
    hu = roughen(hu, rough, generator)
    cut_field(hu, packed, rough)
    return {
        "hu": hu,
        "frame": torch.stack([p[2] for p in patches]),
        "packed": packed.to(torch.int32),
    }


def patch_centre(case: Case, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return a patch centre: near what matters, or anywhere, so that bone is learnt as well."""
    if rng.random() < 0.7 and case.focus:
        points = case.focus[rng.integers(len(case.focus))]
        point = points[rng.integers(len(points))]
        index = case.grid.to_index(point[None])[0] + rng.normal(0, 12, 3)
    else:
        index = rng.uniform(0, 1, 3) * np.array(case.grid.shape)
    clipped: NDArray[np.float64] = np.clip(index, 8, np.array(case.grid.shape) - 9)
    return clipped


def _cut(
    heart: Heart, shape: Shape, rng: np.random.Generator, plan: Augmentation
) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """Return image (1, 1, ...), packed targets (1, ...) and frame (3, half) of a turned patch."""
    case = heart.case
    spacing = np.array(case.grid.spacing_mm)
    turn = rotation(rng, plan.turn_degrees)
    zoom = rng.uniform(*plan.scale, 3) if rng.random() < 0.8 else np.ones(3)
    matrix = turn * (zoom * spacing)[None, :] / spacing[:, None]
    centre = patch_centre(case, rng)
    half = (np.array(shape) - 1) / 2
    reach = np.ceil(np.abs(matrix) @ half).astype(int) + 2
    low, high = np.floor(centre).astype(int) - reach, np.floor(centre).astype(int) + reach + 1
    box = Box.of(low, high).intersect(Box.whole(case.grid.shape))
    hu, packed = heart.cut(box, rng)
    grid = affine_grid(matrix, centre - np.array(box.start), shape, box.shape, device=hu.device)
    image = _look_up(hu, grid, "bilinear")
    labels = _look_up(packed, grid, "nearest")[:, 0]
    return image, labels, _frame(case, (matrix, centre), shape, rng, plan).to(hu.device)


def _look_up(volume: torch.Tensor, grid: torch.Tensor, mode: str) -> torch.Tensor:
    return functional.grid_sample(
        volume, grid, mode=mode, padding_mode="border", align_corners=True
    )


def _frame(
    case: Case,
    place: tuple[NDArray[np.float64], NDArray[np.float64]],
    shape: Shape,
    rng: np.random.Generator,
    plan: Augmentation,
) -> torch.Tensor:
    """Return the heart frame at half resolution as the patch would see it on a turned heart.

    Magnification is taken out (the frame is in units of the heart), turning is not: a scan
    has no way to tell a turned heart from the frame alone. The numbers are those of
    `corcal.segment.heart_frame`; on an upright grid each axis gives one coordinate.
    """
    matrix, centre = place
    spacing = np.array(case.grid.spacing_mm)
    heart = case.grid.to_index(np.array([case.heart_centre_mm]))[0]
    middle = np.linalg.solve(matrix, centre - heart)  # patch centre seen from the heart, voxels
    size = float(np.cbrt(np.abs(np.linalg.det(matrix))))
    side = (1000.0 * case.heart_ml) ** (1 / 3) / size * float(np.exp(rng.normal(0, 0.05)))
    shift = rng.normal(0, plan.frame_shift_mm, 3)
    halves = [n // 2 for n in shape]
    frame = torch.empty((3, *halves))
    for axis, n in enumerate(shape):  # index axis (slice, row, column) is LPS axis (z, y, x)
        first = 0.5 - (n - 1) / 2 + middle[axis]
        line = ((first + 2.0 * np.arange(n // 2)) * spacing[axis] + shift[axis]) / side
        view = [1, 1, 1]
        view[axis] = n // 2
        frame[2 - axis] = torch.from_numpy(line.astype(np.float32)).view(view)
    return frame
