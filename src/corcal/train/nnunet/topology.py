"""The resolutions of the network for a patch, by nnU-Net's rule.

Isensee et al., Nat Methods 2021, 18, 203, supplementary note 2: an axis is halved as long as it
keeps 4 voxels, and waits while its voxels are twice as long as the shortest side. A test compares
this with nnU-Net's own planner.
"""

from __future__ import annotations

from dataclasses import dataclass

from corcal.core.box import Index
from corcal.core.errors import SettingsRefused
from corcal.settings import Training

#: An axis is never left with fewer voxels than this.
_SMALLEST = 4
#: nnU-Net weighs the outputs of all stages but the lowest, and gives the last of them no weight:
#: of fewer stages than three nothing is left, and the loss is not a number.
_LEAST_STAGES = 3


@dataclass(frozen=True)
class Topology:
    """The stages of a U-Net.

    Attributes:
        strides: by which each stage is smaller than the one before, (slice, row, column).
        kernels: of the convolutions of each stage.
        features: channels of each stage.
    """

    strides: tuple[Index, ...]
    kernels: tuple[Index, ...]
    features: tuple[int, ...]


def topology_of(training: Training, spacing_mm: tuple[float, float, float]) -> Topology:
    """Return the stages for the patch of a training.

    Args:
        training: patch, most stages and features.
        spacing_mm: of the prepared scans, (slice, row, column).

    Raises:
        SettingsRefused: the patch cannot be halved evenly as often as the network has stages, or
            there are fewer than three stages.
    """
    size, spacing = list(training.patch_voxels), list(spacing_mm)
    strides: list[Index] = [(1, 1, 1)]
    kernels: list[Index] = []
    wide = [False] * 3
    while len(strides) < training.stages:
        axes = _axes_to_halve(size, spacing)
        if not axes:
            break
        wide = [w or s / min(spacing) < 2 for w, s in zip(wide, spacing, strict=True)]
        kernels.append((_kernel(wide[0]), _kernel(wide[1]), _kernel(wide[2])))
        strides.append((1 + (0 in axes), 1 + (1 in axes), 1 + (2 in axes)))
        for axis in axes:
            size[axis] = -(-size[axis] // 2)
            spacing[axis] *= 2
    kernels.append((3, 3, 3))
    _check(training.patch_voxels, strides)
    _check_stages(training, len(strides))
    features = tuple(
        min(training.max_features, training.features * 2**stage) for stage in range(len(strides))
    )
    return Topology(tuple(strides), tuple(kernels), features)


def _kernel(wide: bool) -> int:
    return 3 if wide else 1


def _axes_to_halve(size: list[int], spacing: list[float]) -> list[int]:
    """Return the axes that the next stage halves."""
    axes = [a for a in range(3) if size[a] >= 2 * _SMALLEST]
    shortest = min((spacing[a] for a in axes), default=0.0)
    axes = [a for a in axes if spacing[a] / shortest < 2]
    if len(axes) == 1 and size[axes[0]] < 3 * _SMALLEST:
        return []
    return axes


def _check(patch: Index, strides: list[Index]) -> None:
    for axis, name in enumerate(("slices", "rows", "columns")):
        factor = 1
        for stride in strides:
            factor *= stride[axis]
        if patch[axis] % factor:
            above = -(-patch[axis] // factor) * factor
            raise SettingsRefused(
                f"training.patch_voxels: {patch[axis]} {name} cannot be halved evenly through "
                f"{len(strides)} stages; make them a multiple of {factor}, such as {above}"
            )


def _check_stages(training: Training, stages: int) -> None:
    if stages >= _LEAST_STAGES:
        return
    if training.stages < _LEAST_STAGES:
        why = f"training.stages: {training.stages}"
        remedy = f"set it to {_LEAST_STAGES} or more"
    else:
        sides = " x ".join(str(n) for n in training.patch_voxels)
        why = f"training.patch_voxels: {sides} allow {stages} stages"
        remedy = f"make each side {_SMALLEST * 2 ** (_LEAST_STAGES - 1)} or more"
    raise SettingsRefused(
        f"{why}; nnU-Net's loss looks at the outputs of at least {_LEAST_STAGES} stages: {remedy}"
    )
