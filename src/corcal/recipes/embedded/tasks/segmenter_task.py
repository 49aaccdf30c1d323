"""The task of the embedded segmenter: patches of real scans and of phantoms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import nn

from corcal.recipes.embedded.cases.bank import VARIANT, scan_of
from corcal.recipes.embedded.cases.targets import DETECTED
from corcal.recipes.embedded.loop import Batch
from corcal.recipes.embedded.networks.network import detection_loss, territory_loss
from corcal.recipes.embedded.tasks.decode import decode, territories
from corcal.recipes.embedded.tasks.hearts import INSERT, Heart
from corcal.recipes.embedded.tasks.sampler import Augmentation, Shape, sample_patches

#: Share of voxels that each thing detected takes in an average patch, in the order of
#: `DETECTED`: measured on the bank, rounded.
_EXPECTED = (0.01, 0.002, 0.5, 0.05, 0.0015)


@dataclass(frozen=True)
class SegmenterTask:
    """Draws patches and compares the network's answer with their targets.

    Attributes:
        hearts: the bank; it may grow while the task is learnt.
        patch: sides in voxels, multiples of 32.
        real_share: share of patches that come from real scans, where there are both kinds.
        augmentation: how far patches are changed.
    """

    hearts: Sequence[Heart]
    patch: Shape = (64, 64, 96)
    real_share: float = 0.6
    augmentation: Augmentation = field(default_factory=Augmentation)

    def batch(self, rng: np.random.Generator, size: int) -> Batch:
        """Return hu, frame and packed targets of a batch."""
        return sample_patches(self._draw(rng, size), self.patch, rng, self.augmentation)

    def loss(self, network: nn.Module, batch: Batch) -> torch.Tensor:
        """Return what the network misses of what is known."""
        logits = network(batch["hu"], batch["frame"]).float()
        targets, weights = decode(batch["packed"])
        expected = logits.new_tensor(_EXPECTED) * batch["packed"].numel()
        detected = detection_loss(logits[:, : len(DETECTED)], targets, weights, expected)
        ground = territory_loss(logits[:, len(DETECTED) :], territories(batch["packed"]))
        return detected + 0.3 * ground

    def _draw(self, rng: np.random.Generator, size: int) -> list[Heart]:
        """Return so many of the hearts that the bank holds now."""
        hearts = tuple(self.hearts)
        scans = _by_scan(h for h in hearts if h.case.kind == "real")
        made = [h for h in hearts if h.case.kind != "real"]
        return [
            _real_heart(scans, rng)
            if scans and (not made or rng.random() < self.real_share)
            else made[int(rng.integers(len(made)))]
            for _ in range(size)
        ]


def _by_scan(real: Iterable[Heart]) -> list[list[Heart]]:
    """Return the hearts of each real scan: as it is, and with deposits put into it."""
    scans: dict[str, list[Heart]] = {}
    for heart in real:
        scans.setdefault(scan_of(heart.case.name), []).append(heart)
    return list(scans.values())


def _real_heart(scans: Sequence[list[Heart]], rng: np.random.Generator) -> Heart:
    """Return one of the real hearts: each scan as often, however often deposits were put into it.

    A scan that is there with deposits and without is drawn with them as often as patches of a
    scan on disk get some.
    """
    # Scans with traced arteries teach more: draw them three times as often.
    weight = np.array([3.0 if s[0].case.courses else 1.0 for s in scans])
    scan = scans[int(rng.choice(len(scans), p=weight / weight.sum()))]
    plain = [h for h in scan if VARIANT not in h.case.name]
    changed = [h for h in scan if VARIANT in h.case.name]
    if changed and (not plain or rng.random() < INSERT):
        return changed[int(rng.integers(len(changed)))]
    return plain[0]
