"""Patches for the segmenter: drawn, seeded with extra calcium, turned, blurred and noised."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from corcal.core.artery import Artery
from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.phantom import insert_deposit, sample_deposit
from corcal.recipes.embedded.cases import targets
from corcal.recipes.embedded.cases.bank import Case
from corcal.recipes.embedded.cases.lookalikes import lookalikes
from corcal.recipes.embedded.tasks.warp import affine_grid, rotation
from corcal.segment import heart_frame


@dataclass(frozen=True)
class Augmentation:
    """The range of changes of a patch.

    Attributes:
        turn_degrees: largest rotation about each axis.
        scale: range of magnification, each axis apart.
        frame_shift_mm: standard deviation of the heart frame's error.
        insert: probability of putting deposits into a patch of a real scan.
    """

    turn_degrees: float = 14.0
    scale: tuple[float, float] = (0.82, 1.22)
    frame_shift_mm: float = 5.0
    insert: float = 0.7


@dataclass(frozen=True, eq=False)
class Patch:
    """One training example.

    Attributes:
        hu: float32 (1, slice, row, column).
        frame: float32 (3, half sides).
        packed: int32 (slice, row, column), see `corcal.recipes.embedded.cases.targets`.
    """

    hu: torch.Tensor
    frame: torch.Tensor
    packed: torch.Tensor


def sample_patch(
    case: Case, shape: tuple[int, int, int], rng: np.random.Generator, plan: Augmentation
) -> Patch:
    """Return an augmented patch of a case.

    Args:
        case: where to draw from.
        shape: the patch's sides in voxels, even.
        rng: random numbers.
        plan: how far to augment.
    """
    spacing = np.array(case.grid.spacing_mm)
    turn = rotation(rng, plan.turn_degrees)
    zoom = rng.uniform(*plan.scale, 3) if rng.random() < 0.8 else np.ones(3)
    matrix = turn * (zoom * spacing)[None, :] / spacing[:, None]
    centre = patch_centre(case, rng)
    half = (np.array(shape) - 1) / 2
    reach = np.ceil(np.abs(matrix) @ half).astype(int) + 2
    low, high = np.floor(centre).astype(int) - reach, np.floor(centre).astype(int) + reach + 1
    box = Box((low[0], low[1], low[2]), (high[0], high[1], high[2]))
    box = box.intersect(Box.whole(case.grid.shape))
    hu = np.asarray(case.hu[box.slices], np.float32)
    packed = np.asarray(case.packed[box.slices])
    if case.kind == "real" and case.courses and rng.random() < plan.insert:
        packed = _insert(case, box, hu, packed, rng)
    grid = affine_grid(matrix, centre - np.array(box.start), shape, box.shape)
    image = functional.grid_sample(
        torch.from_numpy(hu)[None, None],
        grid,
        mode="bilinear",
        padding_mode="border",
        align_corners=True,
    )[0]
    labels = functional.grid_sample(
        torch.from_numpy(packed.astype(np.float32))[None, None],
        grid,
        mode="nearest",
        padding_mode="border",
        align_corners=True,
    )[0, 0]
    frame = _frame(case, matrix, centre, shape, rng, plan)
    return Patch(_roughen(image, rng), frame, labels.to(torch.int32))


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


def _insert(
    case: Case,
    box: Box,
    hu: NDArray[np.float32],
    packed: NDArray[np.uint16],
    rng: np.random.Generator,
) -> NDArray[np.uint16]:
    """Put deposits on arteries, and look-alikes away from them; return the new targets."""
    grid = case.grid.cut(box)
    out = packed.copy()
    for path in lookalikes(case, box, rng):
        _deposit(hu, out, grid, (path, case.blur_mm, targets.OTHER), rng)
    for code, courses in case.courses.items():
        calcium = list(Artery)[code - 1].calcium_code
        for course in courses:
            index = grid.to_index(course)
            inside = course[((index > 2) & (index < np.array(grid.shape) - 3)).all(1)]
            for _ in range(rng.poisson(min(2.0, len(inside) / 25.0))):
                _deposit(hu, out, grid, (inside, case.blur_mm, calcium), rng)
    return out


def _deposit(
    hu: NDArray[np.float32],
    packed: NDArray[np.uint16],
    grid: Grid,
    what: tuple[NDArray[np.float64], tuple[float, float, float], int],
    rng: np.random.Generator,
) -> None:
    """Put one deposit (path, blur, target) into a patch and its targets, in place."""
    path, blur_mm, target = what
    visible = insert_deposit(hu, grid, sample_deposit(rng, path, blur_mm))
    packed[visible] = (packed[visible] & ~np.uint16(targets.CODE_MASK | targets.OTHER)) | (
        np.uint16(target)
    )


def _frame(
    case: Case,
    matrix: NDArray[np.float64],
    centre: NDArray[np.float64],
    shape: tuple[int, int, int],
    rng: np.random.Generator,
    plan: Augmentation,
) -> torch.Tensor:
    """Return the heart frame at half resolution as the patch would see it on a turned heart.

    Magnification is taken out (the frame is in units of the heart), turning is not: a scan
    has no way to tell a turned heart from the frame alone.
    """
    spacing = np.array(case.grid.spacing_mm)
    heart = case.grid.to_index(np.array([case.heart_centre_mm]))[0]
    middle = np.linalg.solve(matrix, centre - heart)  # patch centre seen from the heart, voxels
    size = float(np.cbrt(np.abs(np.linalg.det(matrix))))
    side = (1000.0 * case.heart_ml) ** (1 / 3) / size * float(np.exp(rng.normal(0, 0.05)))
    shift = rng.normal(0, plan.frame_shift_mm, 3)
    affine = np.zeros((4, 4))
    affine[3, 3] = 1.0
    for axis, n in enumerate(shape):  # index axis (slice, row, column) is LPS axis (z, y, x)
        first = 0.5 - (n - 1) / 2 + middle[axis]
        affine[2 - axis, axis] = 2.0 * spacing[axis]
        affine[2 - axis, 3] = first * spacing[axis] + shift[axis]
    halved = Grid((shape[0] // 2, shape[1] // 2, shape[2] // 2), affine)
    return torch.from_numpy(heart_frame(halved, np.zeros(3), side**3 / 1000.0))


def _roughen(image: torch.Tensor, rng: np.random.Generator) -> torch.Tensor:
    """Blur or sharpen, thicken slices, add noise and shift HU as other scanners and doses would."""
    x = image[None]
    if rng.random() < 0.3:
        x = _smooth(x, float(rng.uniform(0.4, 1.1)), axes=(3, 4))
    elif rng.random() < 0.25:
        x = x + float(rng.uniform(0.3, 1.3)) * (x - _smooth(x, 1.1, axes=(3, 4)))
    if rng.random() < 0.3:
        n = int(rng.choice([3, 5, 7]))
        x = functional.avg_pool3d(
            functional.pad(x, (0, 0, 0, 0, n // 2, n // 2), mode="replicate"), (n, 1, 1), stride=1
        )
    if rng.random() < 0.15:
        x = _coarsen(x, float(rng.uniform(0.5, 0.9)))
    if rng.random() < 0.7:
        sigma = float(np.exp(rng.uniform(np.log(3.0), np.log(45.0))))
        noise = torch.from_numpy(rng.standard_normal(x.shape, dtype=np.float32))
        axes = (2, 3, 4) if rng.random() < 0.5 else (2,)
        noise = _smooth(noise, float(rng.uniform(0.5, 1.2)), axes=axes)
        x = x + noise * (sigma / float(noise.std()))
    if rng.random() < 0.15:
        x = _bent(x, float(np.exp(rng.uniform(-0.3, 0.3))))
    x = x * float(rng.uniform(0.95, 1.06)) + float(rng.uniform(-15, 15))
    return x[0]


def _coarsen(x: torch.Tensor, factor: float) -> torch.Tensor:
    """Return x (1, 1, slice, row, column) as larger pixels in the plane would show it."""
    low = functional.interpolate(x, scale_factor=(1.0, factor, factor), mode="trilinear")
    return functional.interpolate(low, size=x.shape[2:], mode="trilinear")


def _bent(x: torch.Tensor, gamma: float) -> torch.Tensor:
    """Return x with the grey values of soft tissue bent (-200 to 200 HU), all others kept."""
    share = (x.clamp(-200.0, 200.0) + 200.0) / 400.0
    return x + 400.0 * (share.pow(gamma) - share)


def _smooth(x: torch.Tensor, sigma: float, *, axes: tuple[int, ...]) -> torch.Tensor:
    """Return x (1, 1, slice, row, column) blurred by a Gaussian along some axes, in voxels."""
    taps = torch.arange(-3, 4, dtype=torch.float32)
    kernel = torch.exp(-0.5 * (taps / sigma) ** 2)
    kernel = kernel / kernel.sum()
    for axis in axes:
        view, pad = [1, 1, 1, 1, 1], [0] * 6
        view[axis] = 7
        pad[2 * (4 - axis)] = pad[2 * (4 - axis) + 1] = 3
        x = functional.conv3d(functional.pad(x, pad, mode="replicate"), kernel.view(view))
    return x
