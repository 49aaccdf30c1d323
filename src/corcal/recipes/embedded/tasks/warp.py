"""Turn, stretch and cut an array for training."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray


def rotation(rng: np.random.Generator, most_degrees: float) -> NDArray[np.float64]:
    """Return a rotation matrix (3, 3) of up to this angle about each axis."""
    a, b, c = np.deg2rad(rng.uniform(-most_degrees, most_degrees, 3))
    z = np.array([[np.cos(a), -np.sin(a), 0], [np.sin(a), np.cos(a), 0], [0, 0, 1]])
    y = np.array([[np.cos(b), 0, np.sin(b)], [0, 1, 0], [-np.sin(b), 0, np.cos(b)]])
    x = np.array([[1, 0, 0], [0, np.cos(c), -np.sin(c)], [0, np.sin(c), np.cos(c)]])
    turn: NDArray[np.float64] = z @ y @ x
    return turn


def affine_grid(
    matrix: NDArray[np.float64],
    centre: NDArray[np.float64],
    shape: tuple[int, int, int],
    size: tuple[int, int, int],
    *,
    device: torch.device | str = "cpu",
) -> torch.Tensor:
    """Return where each output voxel lies in the source, as torch's grid_sample wants it.

    Args:
        matrix: (3, 3) output steps to source voxels, (slice, row, column).
        centre: source voxel at the centre of the output.
        shape: the output's sides.
        size: the source's sides.
        device: where the answer goes.

    Returns:
        float32 (1, *shape, 3) for align_corners=True.
    """
    steps = [torch.arange(n, dtype=torch.float32, device=device) - (n - 1) / 2 for n in shape]
    grid = torch.empty((1, *shape, 3), device=device)
    for axis in range(3):
        row = (matrix[axis] * 2 / max(size[axis] - 1, 1)).astype(np.float32).tolist()
        base = float(centre[axis] * 2 / max(size[axis] - 1, 1) - 1)
        grid[0, ..., 2 - axis] = (
            (row[0] * steps[0] + base)[:, None, None]
            + (row[1] * steps[1])[None, :, None]
            + (row[2] * steps[2])[None, None, :]
        )
    return grid
