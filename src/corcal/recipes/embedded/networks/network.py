"""The embedded networks: small 3D U-Nets that a CPU can run and train.

Both work at half resolution between a space-to-depth stem and a sub-pixel head, so that one
pass takes the whole heart crop and still answers on the full grid.

The segmenter answers two questions apart, because they are learnt from different evidence: is
this voxel artery, is it calcium (from the image), and which artery's ground is this (from the
place in the heart). The paper's six regions are their products.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import nn
from torch.nn import functional

from corcal.recipes.embedded.cases.targets import DETECTED

#: Side of the space-to-depth block.
BLOCK = 2
#: The segmenter's logits that make the six regions: artery, calcification, the territories.
REGION_LOGITS = (0, 1, *range(len(DETECTED), len(DETECTED) + 3))

Norm = Callable[[int], nn.Module]


def instance_norm(channels: int) -> nn.Module:
    """Return instance normalisation with learnt scale and shift, as nnU-Net has it."""
    return nn.InstanceNorm3d(channels, affine=True)


def batch_norm(channels: int) -> nn.Module:
    """Return batch normalisation; it folds into the convolutions on export."""
    return nn.BatchNorm3d(channels, momentum=0.03)


class Pair(nn.Sequential):
    """Two convolutions with normalisation and LeakyReLU; the first may halve the grid."""

    def __init__(self, before: int, after: int, norm: Norm, stride: int = 1) -> None:
        def step(a: int, s: int) -> list[nn.Module]:
            return [
                nn.Conv3d(a, after, 3, stride=s, padding=1, bias=False),
                norm(after),
                nn.LeakyReLU(0.01, inplace=True),
            ]

        super().__init__(*step(before, stride), *step(after, 1))


class UNet(nn.Module):
    """A plain 3D U-Net up to its last features; sides in multiples of 2 ** (len(widths) - 1)."""

    def __init__(self, inputs: int, widths: tuple[int, ...], norm: Norm) -> None:
        super().__init__()
        self.down = nn.ModuleList(
            [
                Pair(a, b, norm, 1 if i == 0 else 2)
                for i, (a, b) in enumerate(zip((inputs, *widths[:-1]), widths, strict=True))
            ]
        )
        deep_first = list(zip(widths[::-1][:-1], widths[::-1][1:], strict=True))
        self.up = nn.ModuleList([nn.ConvTranspose3d(a, b, 2, stride=2) for a, b in deep_first])
        self.merge = nn.ModuleList([Pair(2 * b, b, norm) for _, b in deep_first])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return features (batch, widths[0], slice, row, column)."""
        kept = []
        for pair in self.down:
            x = pair(x)
            kept.append(x)
        for up, merge, skip in zip(self.up, self.merge, kept[-2::-1], strict=True):
            x = merge(torch.cat([up(x), skip], 1))
        return x


def scale_input(hu: torch.Tensor) -> torch.Tensor:
    """Return two views of HU for a network: soft tissue in detail, calcium and bone coarsely."""
    return torch.cat(
        [hu.clamp(-250.0, 250.0) / 150.0, (hu.clamp(100.0, 1100.0) - 100.0) / 400.0], 1
    )


class Segmenter(nn.Module):
    """HU and the place in the heart's frame in; what is seen and whose ground it is out.

    Inputs:
        hu: float32 (batch, 1, slice, row, column), sides multiples of 32.
        frame: float32 (batch, 3, half sides): see `corcal.segment.frame`.

    Output: float32 logits (batch, len(DETECTED) + 3, slice, row, column): one for each thing
    detected, then three that compete for the territory (RCA, LAD, LCX).
    """

    WIDTHS = (16, 32, 64, 128, 192)

    def __init__(self) -> None:
        super().__init__()
        image = 2 * BLOCK**3
        self.net = UNet(image + 3, self.WIDTHS, instance_norm)
        # Normalisation takes away absolute HU and absolute place. The head gets both back.
        self.mix = nn.Conv3d(self.WIDTHS[0] + image + 3, 48, 1)
        self.mix_again = nn.Conv3d(48, 32, 1)
        self.head = nn.Conv3d(32, (len(DETECTED) + 3) * BLOCK**3, 1)
        nn.init.constant_(self.head.bias, -2.5)  # arteries and calcium are rare

    def features(self, hu: torch.Tensor, frame: torch.Tensor) -> torch.Tensor:
        """Return what the head sees: float32 (batch, channel, half sides)."""
        image = space_to_depth(scale_input(hu))
        seen = self.net(torch.cat([image, frame], 1))
        x = functional.leaky_relu(self.mix(torch.cat([seen, image, 3.0 * frame], 1)), 0.01)
        return functional.leaky_relu(self.mix_again(x), 0.01)

    def forward(self, hu: torch.Tensor, frame: torch.Tensor) -> torch.Tensor:
        """Return logits on the grid of `hu`."""
        return depth_to_space(self.head(self.features(hu, frame)))


def between(first: nn.Module, second: nn.Module, share: float) -> Segmenter:
    """Return the network whose weights lie between those of two others.

    Training on very few real scans learns much, and some of it is about these scans alone. Halfway
    between the weights before and after it is better than either on scans that neither has seen
    (Wortsman et al., CVPR 2022, found the same for images of everyday things).
    """
    network, later = Segmenter(), second.state_dict()
    network.load_state_dict(
        {k: torch.lerp(v, later[k], share) for k, v in first.state_dict().items()}
    )
    network.eval()
    return network


#: The asymmetric loss overstates arteries. With this taken off the logit, courses on fresh
#: phantoms cover most of the arteries at about the same precision.
ARTERY_OFFSET = 0.75


def region_probabilities(logits: torch.Tensor) -> torch.Tensor:
    """Return the paper's six regions from the segmenter's logits.

    Args:
        logits: (batch, len(DETECTED) + 3, ...) as `Segmenter` gives them.

    Returns:
        (batch, 6, ...): whole RCA, LAD, LCX, then the calcification of each.
    """
    return joint_probabilities([logits[:, k : k + 1] for k in REGION_LOGITS])


def joint_probabilities(logits: Sequence[torch.Tensor]) -> torch.Tensor:
    """Return the paper's six regions from the five logits they depend on.

    The likeliest artery of a voxel gets the whole probability that something is there: doubt
    about whose calcium it is must not make it vanish. The others get their share, which is
    less than half and so never painted.

    Args:
        logits: those of `REGION_LOGITS`, each (batch, n, ...).

    Returns:
        (batch, 6 n, ...): whole RCA, LAD, LCX, then the calcification of each.
    """
    artery, calcification, *ground = logits
    seen = (torch.sigmoid(artery - ARTERY_OFFSET), torch.sigmoid(calcification))
    best = torch.maximum(torch.maximum(ground[0], ground[1]), ground[2])
    odds = [torch.exp(x - best) for x in ground]
    total = odds[0] + odds[1] + odds[2]
    shares = [torch.where(x == best, 1.0, odd / total) for x, odd in zip(ground, odds, strict=True)]
    return torch.cat([p * share for p in seen for share in shares], 1)


class Locator(nn.Module):
    """A whole scan at 4 mm in, heart logits out.

    Input: float32 HU (batch, 1, slice, row, column), sides multiples of 16.
    Output: float32 logits of the same shape.
    """

    WIDTHS = (16, 32, 64, 64)

    def __init__(self) -> None:
        super().__init__()
        self.net = UNet(2 * BLOCK**3, self.WIDTHS, batch_norm)
        self.head = nn.Conv3d(self.WIDTHS[0], BLOCK**3, 1)

    def forward(self, hu: torch.Tensor) -> torch.Tensor:
        """Return logits on the grid of `hu`."""
        wide = hu.clamp(-1000.0, 600.0) / 600.0
        soft = hu.clamp(-200.0, 200.0) / 120.0
        return depth_to_space(self.head(self.net(space_to_depth(torch.cat([wide, soft], 1)))))


def space_to_depth(x: torch.Tensor) -> torch.Tensor:
    """Return each block of voxels as channels of one voxel at half resolution."""
    b, c, d, h, w = x.shape
    n = BLOCK
    x = x.reshape(b, c, d // n, n, h // n, n, w // n, n)
    return x.permute(0, 1, 3, 5, 7, 2, 4, 6).reshape(b, c * n**3, d // n, h // n, w // n)


def depth_to_space(x: torch.Tensor) -> torch.Tensor:
    """Return what `space_to_depth` was made from; takes channels in groups of BLOCK ** 3."""
    b, c, d, h, w = x.shape
    n = BLOCK
    x = x.reshape(b, c // n**3, n, n, n, d, h, w)
    return x.permute(0, 1, 5, 2, 6, 3, 7, 4).reshape(b, c // n**3, d * n, h * n, w * n)


def detection_loss(
    logits: torch.Tensor, targets: torch.Tensor, weights: torch.Tensor, expected: torch.Tensor
) -> torch.Tensor:
    """Return Dice + asymmetric cross-entropy over the voxels that are known.

    One voxel in a thousand is artery, one in ten thousand calcium: plain cross-entropy lets the
    background win, and the network learns to answer "nothing". Background voxels therefore
    count by the square of their wrong probability (Ridnik et al., ICCV 2021), and each channel
    is divided by how many positive voxels a batch has on average, not by how many it has.

    Args:
        logits: float32 (batch, channel, slice, row, column).
        targets: 0 or 1, same shape.
        weights: 0 where the target is not known, same shape.
        expected: (channel,), positive voxels of an average batch.
    """
    over = (0, 2, 3, 4)
    p = torch.sigmoid(logits)
    bce = functional.binary_cross_entropy_with_logits(logits, targets, reduction="none")
    focus = torch.where(targets > 0, 1.0, p.detach().square()) * weights
    entropy = ((focus * bce).sum(over) / expected).mean()
    p = p * weights
    positives = (targets * weights).sum(over)
    present = (positives > 0).float()
    overlap = (p * targets).sum(over)
    dice = (1.0 - (2 * overlap + 1.0) / (p.sum(over) + positives + 1.0)) * present
    return dice.sum() / present.sum().clamp(min=1.0) + entropy


def territory_loss(logits: torch.Tensor, territory: torch.Tensor) -> torch.Tensor:
    """Return the cross-entropy of the artery over labelled voxels.

    Args:
        logits: float32 (batch, 3, slice, row, column).
        territory: int64 (batch, slice, row, column), 0 to 2, -100 where no artery is.
    """
    total = functional.cross_entropy(logits, territory, reduction="sum")
    return total / (territory >= 0).sum().clamp(min=1)
