"""The task of the embedded heart locator: whole chests at low resolution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from corcal.recipes.embedded.cases.chest import Chest
from corcal.recipes.embedded.loop import Batch
from corcal.recipes.embedded.networks.network import detection_loss
from corcal.recipes.embedded.tasks.warp import affine_grid, rotation


@dataclass(frozen=True)
class LocatorTask:
    """Draws fields of view of every kind: whole chests, cardiac ones, with and without heart.

    Attributes:
        chests: whole scans; there may be more of them as the task is learnt.
        shape: sides of the field in voxels, multiples of 16.
        real_share: share of fields that come from real scans, where there are both kinds.
    """

    chests: Sequence[Chest]
    shape: tuple[int, int, int] = (48, 80, 80)
    real_share: float = 0.6

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        """Return hu and heart of a batch, each (batch, 1, slice, row, column)."""
        fields = [self._field(rng) for _ in range(size)]
        return {
            "hu": torch.stack([f[0] for f in fields]),
            "heart": torch.stack([f[1] for f in fields]),
        }

    def loss(self, network: nn.Module, batch: Batch) -> torch.Tensor:
        """Return Dice + cross-entropy."""
        heart = batch["heart"]
        expected = heart.new_tensor([0.1 * heart.numel()])
        return detection_loss(network(batch["hu"]).float(), heart, torch.ones_like(heart), expected)

    def _field(self, rng: np.random.Generator) -> tuple[torch.Tensor, torch.Tensor]:
        real = [c for c in self.chests if c.kind == "real"]
        made = [c for c in self.chests if c.kind != "real"]
        pool = real if real and (not made or rng.random() < self.real_share) else made
        chest = pool[int(rng.integers(len(pool)))]
        matrix = rotation(rng, 12.0) * rng.uniform(0.8, 1.25, 3)[None, :]
        size = np.array(chest.hu.shape)
        centre = rng.uniform(0.25, 0.75, 3) * size
        if rng.random() < 0.7:  # mostly with the heart well in view
            centre = np.argwhere(chest.heart).mean(0) + rng.normal(0, 9, 3)
        grid = affine_grid(matrix, centre, self.shape, (size[0], size[1], size[2]))
        hu = torch.from_numpy(chest.hu)[None, None]
        heart = torch.from_numpy(chest.heart.astype(np.float32))[None, None]
        # What lies beyond the scan is air, as it is beyond a scanner's field of view.
        x = functional.grid_sample(hu + 1024.0, grid, padding_mode="zeros", align_corners=True)[0]
        y = functional.grid_sample(heart, grid, padding_mode="zeros", align_corners=True)[0]
        x, y = _narrow(x - 1024.0, y, rng)
        x = x * float(rng.uniform(0.93, 1.07)) + float(rng.uniform(-20, 20))
        x = x + torch.from_numpy(rng.standard_normal(x.shape, dtype=np.float32)) * float(
            rng.uniform(0, 25)
        )
        if rng.random() < 0.15:  # contrast-enhanced blood
            x = x + y * float(rng.uniform(20, 250))
        return x, (y > 0.5).float()


def _narrow(
    x: torch.Tensor, y: torch.Tensor, rng: np.random.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Cut the field as short scans and cardiac fields of view do; what is cut off is air."""
    x, y = x.clone(), y.clone()
    for axis, odds in ((1, 0.35), (2, 0.2), (3, 0.2)):
        if rng.random() < odds:
            n = x.shape[axis]
            first, last = int(rng.integers(0, n // 3)), int(rng.integers(2 * n // 3, n))
            for tensor, air in ((x, -1024.0), (y, 0.0)):
                tensor.narrow(axis, 0, first).fill_(air)
                tensor.narrow(axis, last, n - last).fill_(air)
    return x, y
