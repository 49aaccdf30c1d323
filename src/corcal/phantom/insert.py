"""Put calcium of known size into a scan: real background, known truth.

A deposit follows a stretch of an artery (or any polyline), is smeared by the motion and blur
that the scan's own resolution would give it, and replaces tissue in proportion to how much of
each voxel it fills.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.spatial import cKDTree

from corcal.core.box import Box
from corcal.core.grid import Grid


@dataclass(frozen=True, eq=False)
class Deposit:
    """A calcium deposit to insert.

    Attributes:
        path_mm: (n, 3) LPS points of its axis.
        thickness_mm: diameter across the axis.
        hu: attenuation of the pure deposit.
        blur_mm: standard deviation of the scan's blur along (slice, row, column).
        motion_mm: (k, 3) LPS displacements over the exposure; their mean is the image.
    """

    path_mm: NDArray[np.float64]
    thickness_mm: float
    hu: float
    blur_mm: tuple[float, float, float]
    motion_mm: NDArray[np.float64]


def insert_deposit(
    hu: NDArray[np.float32], grid: Grid, deposit: Deposit, *, visible_hu: float = 130.0
) -> NDArray[np.bool_]:
    """Add a deposit to a scan in place and return what of it can be seen.

    Args:
        hu: float32 (slice, row, column), changed in place.
        grid: where `hu` lies.
        deposit: what to insert.
        visible_hu: a voxel is visible calcium if the deposit alone, in soft tissue of
            40 HU without noise, brings it to this value.

    Returns:
        bool (slice, row, column): the visible deposit, empty if it lies outside or is too faint.
    """
    visible = np.zeros(hu.shape, bool)
    reach = deposit.thickness_mm / 2 + 3 * max(deposit.blur_mm) + _span(deposit.motion_mm)
    index = grid.to_index(deposit.path_mm)
    margin = reach / np.array(grid.spacing_mm) + 1
    low = np.floor(index.min(0) - margin).astype(int)
    high = np.ceil(index.max(0) + margin).astype(int) + 1
    if (high <= 0).any() or (low >= hu.shape).any():
        return visible
    box = Box((low[0], low[1], low[2]), (high[0], high[1], high[2]))
    box = box.intersect(Box.whole(grid.shape))
    share = _share(grid.cut(box), deposit)
    part = hu[box.slices]
    hu[box.slices] = part + share * (deposit.hu - part)
    visible[box.slices] = share * (deposit.hu - 40.0) + 40.0 >= visible_hu
    return visible


def _share(grid: Grid, deposit: Deposit) -> NDArray[np.float32]:
    """Return how much of each voxel the deposit fills, blurred as the scan blurs."""
    axes = [np.arange(n, dtype=np.float64) for n in grid.shape]
    points = grid.to_lps(np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3))
    edge = float(np.mean(grid.spacing_mm))
    total = np.zeros(len(points))
    for shift in deposit.motion_mm:
        distance, _ = cKDTree(deposit.path_mm + shift).query(points)
        # A linear ramp one voxel wide stands for the voxels that the surface cuts.
        total += np.clip(0.5 - (distance - deposit.thickness_mm / 2) / edge, 0.0, 1.0)
    share = (total / len(deposit.motion_mm)).reshape(grid.shape)
    sigma = [b / s for b, s in zip(deposit.blur_mm, grid.spacing_mm, strict=True)]
    return ndimage.gaussian_filter(share, sigma).astype(np.float32)


def _span(motion_mm: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(motion_mm, axis=1).max())


def sample_deposit(
    rng: np.random.Generator, path_mm: NDArray[np.float64], blur_mm: tuple[float, float, float]
) -> Deposit:
    """Return a deposit at a random stretch of a path.

    Length, thickness and HU are log-normal about the published medians (PHANTOM facts: 3 mm,
    1.4 mm, 650 HU); position is uniform, so that every stretch is trained; one in three moves.

    Args:
        rng: random numbers.
        path_mm: (n, 3) LPS points, about 1 mm apart.
        blur_mm: the scan's blur along (slice, row, column).
    """
    length = float(np.clip(rng.lognormal(np.log(3.5), 0.7), 0.8, 25.0))
    start = int(rng.integers(0, max(1, len(path_mm) - 1)))
    stretch = path_mm[start : start + max(1, round(length))]
    offset = rng.normal(0.0, 0.7, 3)
    wobble = rng.normal(0.0, 0.25, stretch.shape)
    moves = np.zeros((1, 3))
    if rng.random() < 0.35:
        direction = rng.normal(size=3) * (1.0, 1.0, 0.4)
        direction *= rng.uniform(0.5, 4.0) / np.linalg.norm(direction)
        moves = np.linspace(-0.5, 0.5, 5)[:, None] * direction
    return Deposit(
        path_mm=stretch + offset + wobble,
        thickness_mm=float(np.clip(rng.lognormal(np.log(1.8), 0.35), 0.8, 4.5)),
        hu=float(np.clip(rng.lognormal(np.log(700.0), 0.45), 250.0, 1800.0)),
        blur_mm=blur_mm,
        motion_mm=moves,
    )
