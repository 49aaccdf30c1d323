"""The embedded networks: small 3D U-Nets that a CPU can run and train.

The segmenter works at half resolution between a space-to-depth stem and a sub-pixel head, so
one pass takes the whole heart crop and still answers on the full grid. Batch normalisation
(not instance normalisation) keeps its answer the same for a training patch and a whole crop,
and folds into the convolutions on export.
"""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

from corcal.train.targets import CHANNELS

#: Side of the space-to-depth block.
BLOCK = 2


class Pair(nn.Sequential):
    """Two convolutions with normalisation and LeakyReLU; the first may halve the grid."""

    def __init__(self, before: int, after: int, stride: int = 1) -> None:
        def step(a: int, s: int) -> list[nn.Module]:
            return [
                nn.Conv3d(a, after, 3, stride=s, padding=1, bias=False),
                nn.BatchNorm3d(after, momentum=0.03),
                nn.LeakyReLU(0.01, inplace=True),
            ]

        super().__init__(*step(before, stride), *step(after, 1))


class UNet(nn.Module):
    """A plain 3D U-Net; sides must be multiples of 2 ** (len(widths) - 1)."""

    def __init__(self, inputs: int, widths: tuple[int, ...], outputs: int) -> None:
        super().__init__()
        self.down = nn.ModuleList(
            [
                Pair(a, b, 1 if i == 0 else 2)
                for i, (a, b) in enumerate(zip((inputs, *widths[:-1]), widths, strict=True))
            ]
        )
        deep_first = list(zip(widths[::-1][:-1], widths[::-1][1:], strict=True))
        self.up = nn.ModuleList([nn.ConvTranspose3d(a, b, 2, stride=2) for a, b in deep_first])
        self.merge = nn.ModuleList([Pair(2 * b, b) for _, b in deep_first])
        self.head = nn.Conv3d(widths[0], outputs, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return logits (batch, outputs, slice, row, column)."""
        kept = []
        for pair in self.down:
            x = pair(x)
            kept.append(x)
        for up, merge, skip in zip(self.up, self.merge, kept[-2::-1], strict=True):
            x = merge(torch.cat([up(x), skip], 1))
        logits: torch.Tensor = self.head(x)
        return logits


def scaled(hu: torch.Tensor) -> torch.Tensor:
    """Return two views of HU for a network: soft tissue in detail, calcium and bone coarsely."""
    return torch.cat(
        [hu.clamp(-250.0, 250.0) / 150.0, (hu.clamp(100.0, 1100.0) - 100.0) / 400.0], 1
    )


class Segmenter(nn.Module):
    """HU and the place in the heart's frame in, region logits out.

    Inputs:
        hu: float32 (batch, 1, slice, row, column), sides multiples of 32.
        frame: float32 (batch, 3, half sides): see `corcal.segment.frame`.

    Output: float32 logits (batch, len(CHANNELS), slice, row, column).
    """

    WIDTHS = (16, 32, 64, 128, 192)

    def __init__(self) -> None:
        super().__init__()
        self.net = UNet(2 * BLOCK**3 + 3, self.WIDTHS, len(CHANNELS) * BLOCK**3)
        for parameter, value in ((self.net.head.bias, -4.0),):
            nn.init.constant_(parameter, value)  # calcium and arteries are rare

    def forward(self, hu: torch.Tensor, frame: torch.Tensor) -> torch.Tensor:
        """Return logits on the grid of `hu`."""
        x = torch.cat([_space_to_depth(scaled(hu)), frame], 1)
        return _depth_to_space(self.net(x))


class Locator(nn.Module):
    """A whole scan at 4 mm in, heart logits out.

    Input: float32 HU (batch, 1, slice, row, column), sides multiples of 16.
    Output: float32 logits of the same shape.
    """

    WIDTHS = (16, 32, 64, 64)

    def __init__(self) -> None:
        super().__init__()
        self.net = UNet(2 * BLOCK**3, self.WIDTHS, BLOCK**3)

    def forward(self, hu: torch.Tensor) -> torch.Tensor:
        """Return logits on the grid of `hu`."""
        wide = hu.clamp(-1000.0, 600.0) / 600.0
        soft = hu.clamp(-200.0, 200.0) / 120.0
        return _depth_to_space(self.net(_space_to_depth(torch.cat([wide, soft], 1))))


def _space_to_depth(x: torch.Tensor) -> torch.Tensor:
    b, c, d, h, w = x.shape
    n = BLOCK
    x = x.reshape(b, c, d // n, n, h // n, n, w // n, n)
    return x.permute(0, 1, 3, 5, 7, 2, 4, 6).reshape(b, c * n**3, d // n, h // n, w // n)


def _depth_to_space(x: torch.Tensor) -> torch.Tensor:
    b, c, d, h, w = x.shape
    n = BLOCK
    x = x.reshape(b, c // n**3, n, n, n, d, h, w)
    return x.permute(0, 1, 5, 2, 6, 3, 7, 4).reshape(b, c // n**3, d * n, h * n, w * n)


def region_loss(logits: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor) -> torch.Tensor:
    """Return Dice + focal cross-entropy over the voxels that are known, equally weighted.

    One voxel in two thousand is artery, one in twenty thousand calcium. Plain cross-entropy
    lets the background win (the network learns to answer "nothing"); the focal form of Lin et
    al. (ICCV 2017), summed and divided by the number of positive voxels, does not.

    Args:
        logits: float32 (batch, channel, slice, row, column).
        targets: 0 or 1, same shape.
        weights: 0 where the target is not known, same shape.
    """
    over = (0, 2, 3, 4)
    p = torch.sigmoid(logits)
    bce = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    positives = (targets * weights).sum(over)
    focal = ((p - targets).abs().square() * bce * weights).sum(over) / (positives + 200.0)
    p = p * weights
    overlap = (p * targets).sum(over)
    present = (positives > 0).float()
    dice = (1.0 - (2 * overlap + 1.0) / (p.sum(over) + positives + 1.0)) * present
    return dice.sum() / present.sum().clamp(min=1.0) + focal.clamp(max=20.0).mean()
