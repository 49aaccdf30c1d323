"""Disk and time that a training will take, by arithmetic, before it begins."""

from __future__ import annotations

import math
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corcal.core.artery import REGIONS
from corcal.core.box import Index
from corcal.core.errors import DatasetRefused
from corcal.settings import Settings, Training
from corcal.storage import read_csv, read_json
from corcal.train.dataset.expected_crops import ExpectedCrops
from corcal.train.nnunet.topology import Topology, topology_of
from corcal.train.training_folder import TrainingFolder

#: Hours of a fold of the paper's plan on an H100, as the paper says (section 2.4.4).
_PAPER_HOURS = 6.0
#: Multiplications in a second of one CPU core by torch, float32. Measured on one core of a server:
#: 5e10 for the paper's channels.
_CPU_PER_SECOND = 4e10
#: Seconds of one CPU core to augment a voxel of a patch, from the time of the rehearsal's epochs.
_AUGMENT_SECONDS = 2e-6
#: Backwards takes twice the multiplications of forwards.
_PASSES = 3
#: Bytes of a prepared voxel, and of a preprocessed one: float32 HU and a label, before they are
#: compressed.
_VOXEL_BYTES = 5
#: States of a fold on the disk at once: the last two, the best, and the next being written.
_STATES = 4
#: Bytes of a weight in a state: itself and its momentum, float32 both.
_WEIGHT_BYTES = 8


@dataclass(frozen=True)
class Network:
    """The size of a network.

    Attributes:
        weights: how many.
        multiplications: of one patch, forwards.
    """

    weights: int
    multiplications: int


@dataclass(frozen=True)
class Need:
    """All that a training will take.

    Attributes:
        disk_bytes: of what is not there yet, at most.
        free_bytes: of the disk it lies on.
        steps: of one fold.
        h100_hours: of one fold, from the paper's six by the number of multiplications.
        core_hours: of one fold on one CPU core, with its augmentation.
    """

    disk_bytes: int
    free_bytes: int
    steps: int
    h100_hours: float
    core_hours: float

    @property
    def text(self) -> str:
        """The need in a sentence for people."""
        scarce = ", which may not be enough" if self.disk_bytes > self.free_bytes else ""
        return (
            f"by arithmetic: up to {_size(self.disk_bytes)} of disk, of which "
            f"{_size(self.free_bytes)} are free{scarce}; each fold {self.steps:,} steps, about "
            f"{_time(self.h100_hours)} of an H100 or {_time(self.core_hours)} of one CPU core"
        )


def estimate_manifest(crops: ExpectedCrops, settings: Settings, folder: Path) -> Need:
    """Return what a training will take whose dataset is not made yet.

    Args:
        crops: of its scans.
        settings: of the training.
        folder: in which it would lie; it need not be there.

    Raises:
        SettingsRefused: no network fits the patch.
    """
    network = network_of(settings.training, settings.preparation.spacing_mm)
    # All crops as nnU-Net's raw dataset; those that are trained on a second time, preprocessed.
    voxels = 2 * crops.trained_voxels + crops.tested_voxels
    disk = _VOXEL_BYTES * voxels + _states_bytes(network) * settings.training.folds
    return _need(settings, network, disk, folder)


def estimate_training(work: TrainingFolder) -> Need:
    """Return what the folds of a prepared dataset will take.

    Args:
        work: with a dataset.

    Raises:
        DatasetRefused: the folder holds no whole dataset.
        SettingsRefused: no network fits the patch.
    """
    settings = work.settings()
    network = network_of(settings.training, settings.preparation.spacing_mm)
    trained = [r.text("case") for r in read_csv(work.split_file).rows if r.text("part") != "test"]
    voxels = sum(_crop_voxels(work, case) for case in trained if not _is_there(work, case))
    begun = sum(any(work.fold(k).glob("*.pt")) for k in range(settings.training.folds))
    disk = _VOXEL_BYTES * voxels + _states_bytes(network) * (settings.training.folds - begun)
    return _need(settings, network, disk, work.folder)


def _states_bytes(network: Network) -> int:
    return _STATES * _WEIGHT_BYTES * network.weights


def network_of(training: Training, spacing_mm: tuple[float, float, float]) -> Network:
    """Return the size of nnU-Net's plain U-Net for a training.

    Raises:
        SettingsRefused: no network fits the patch.
    """
    topology = topology_of(training, spacing_mm)
    weights = multiplications = 0
    for taps, entering, leaving, voxels, norm in _convolutions(training, topology):
        weights += taps * entering * leaving + leaving + (2 * leaving if norm else 0)
        multiplications += taps * entering * leaving * voxels
    return Network(weights, multiplications)


def _convolutions(training: Training, topology: Topology) -> list[tuple[int, int, int, int, bool]]:
    """Return (taps, channels in, channels out, voxels out, normalised) of every convolution."""
    sizes: list[Index] = []
    size = training.patch_voxels
    for stride in topology.strides:
        a, b, c = (n // s for n, s in zip(size, stride, strict=True))
        size = (a, b, c)
        sizes.append(size)
    layers: list[tuple[int, int, int, int, bool]] = []
    entering = 1
    for features, kernel, shape in zip(topology.features, topology.kernels, sizes, strict=True):
        for _ in range(training.convolutions):
            layers.append((math.prod(kernel), entering, features, math.prod(shape), True))
            entering = features
    classes = len(REGIONS) if training.merge_regions else len(REGIONS) + 1
    for stage in range(len(sizes) - 2, -1, -1):
        features, voxels = topology.features[stage], math.prod(sizes[stage])
        deeper = topology.features[stage + 1]
        factor = math.prod(topology.strides[stage + 1])
        # A voxel leaving a transposed convolution of its stride is reached by one tap.
        layers.append((factor, deeper, features, voxels // factor, False))
        entering = 2 * features
        for _ in range(training.convolutions):
            taps = math.prod(topology.kernels[stage])
            layers.append((taps, entering, features, voxels, True))
            entering = features
        layers.append((1, features, classes, voxels, False))
    return layers


def _need(settings: Settings, network: Network, disk: int, folder: Path) -> Need:
    training, paper = settings.training, Settings.paper()
    steps = training.epochs * training.iterations
    patches = steps * training.batch
    augmented = patches * math.prod(training.patch_voxels) * _AUGMENT_SECONDS
    work = patches * network.multiplications
    same = network_of(paper.training, paper.preparation.spacing_mm).multiplications
    of_paper = paper.training.epochs * paper.training.iterations * paper.training.batch * same
    nearest = next(p for p in (folder.absolute(), *folder.absolute().parents) if p.exists())
    return Need(
        disk_bytes=disk,
        free_bytes=shutil.disk_usage(nearest).free,
        steps=steps,
        h100_hours=_PAPER_HOURS * work / of_paper,
        core_hours=(_PASSES * work / _CPU_PER_SECOND + augmented) / 3600.0,
    )


def _crop_voxels(work: TrainingFolder, case: str) -> int:
    way: Any = read_json(work.geometry_file(case), refusal=DatasetRefused)
    return math.prod(int(n) for n in way["crop_shape"])


def _is_there(work: TrainingFolder, case: str) -> bool:
    return (work.cases / f"{case}.b2nd").is_file()


def _size(count: float) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.0f} MB"


def _time(hours: float) -> str:
    if hours >= 48:
        return f"{hours / 24:.0f} days"
    if hours >= 1:
        return f"{hours:.1f} hours"
    return f"{60 * hours:.0f} minutes" if hours >= 2 / 60 else "two minutes or less"
