"""The folds of a bundle as one artery segmenter."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, softmax

from corcal.core.artery import REGIONS
from corcal.core.errors import ModelRefused
from corcal.core.grid import Grid
from corcal.core.lesion_model import LesionModel
from corcal.core.preparation import Preparation
from corcal.runtime import compile_network, need
from corcal.segment.bundle.bundle import Bundle
from corcal.segment.bundle.manifest import HEART_ORIGIN, network_of
from corcal.segment.bundle.plan import Intensities
from corcal.segment.nnunet.network import load_network
from corcal.segment.nnunet.windows import (
    Fold,
    ProgressCallback,
    count_windows,
    mean_over_mirrors,
    slide,
)

DEVICES = ("cpu", "cuda")
#: A grid divides the scan's field of view evenly, so its spacing is only nearly the one asked for.
_SPACING_TOLERANCE = 0.02


class NnunetSegmenter:
    """Finds the six regions with a bundle's folds, as nnU-Net's own predictor does.

    The folds' logits are averaged, then turned into probabilities, which is nnU-Net's order. On
    the CPU the bundle's OpenVINO networks are run, where it has them, else torch.
    """

    def __init__(
        self, bundle: Bundle, *, device: str = "cpu", on_progress: ProgressCallback | None = None
    ) -> None:
        """Choose how the bundle is run.

        Args:
            bundle: the model.
            device: "cpu" or "cuda".
            on_progress: called after each window with how many are done and how many there are.

        Raises:
            ModelRefused: the device cannot be used, or needs what is not installed.
        """
        if device not in DEVICES:
            raise ModelRefused(f"device {device!r} is not one of {', '.join(DEVICES)}")
        self._bundle = bundle
        self._on_progress = on_progress
        self.device = device
        self._open = _openvino_fold
        if device == "cuda" or not bundle.has_networks:
            _check_torch(bundle, device)
            self._open = _torch_fold

    @property
    def name(self) -> str:
        """Name and version of the model."""
        return self._bundle.name

    @property
    def sha256(self) -> str:
        """Hash of the bundle's manifest."""
        return self._bundle.sha256

    @property
    def preparation(self) -> Preparation:
        """Preparation of the crops of the model's training; it takes no others."""
        return self._bundle.preparation

    @property
    def trained_heart(self) -> str | None:
        """Name and hash of the locator that found the hearts of its training; None: not known."""
        return self._bundle.facts.origin.get(HEART_ORIGIN)

    @property
    def lesion_model(self) -> LesionModel | None:
        """None: a bundle holds no lesion model."""
        return None

    def probabilities(
        self, hu: NDArray[np.float32], heart: NDArray[np.bool_], grid: Grid
    ) -> NDArray[np.float32]:
        """Return the probability of each region: float32 (6, slice, row, column).

        Args:
            hu: float32 (slice, row, column), the prepared crop.
            heart: not looked at.
            grid: where `hu` lies, at the spacing of the model's training.

        Raises:
            ModelRefused: another spacing, or a file of the bundle is damaged or changed.
        """
        self._check_spacing(grid)
        plan, folds = self._bundle.plan, self._bundle.facts.folds
        image = normalise(hu, plan.intensities).transpose(plan.transpose)
        windows = len(folds) * count_windows(image.shape, plan.patch)
        count = _counter(self._on_progress, windows)
        channels = len(self._bundle.facts.regions)
        logits = np.zeros((channels, *image.shape), np.float16)
        for k in folds:
            # One network at a time: five of them would need five times the memory.
            fold = self._open(self._bundle, k, self.device)
            logits += slide(image, plan.patch, fold, regions=channels, after_window=count)
        logits /= np.float16(len(folds))
        back = np.argsort(plan.transpose)
        found = logits.astype(np.float32)
        exclusive = self._bundle.facts.exclusive
        probabilities = as_regions(found) if exclusive else np.asarray(expit(found), np.float32)
        return probabilities.transpose(0, *(back + 1))

    def _check_spacing(self, grid: Grid) -> None:
        trained = self._bundle.facts.spacing_mm
        if not np.allclose(grid.spacing_mm, trained, rtol=_SPACING_TOLERANCE):
            raise ModelRefused(
                f"{self._bundle.path}: was trained at {trained} mm, the crop has "
                f"{tuple(round(s, 3) for s in grid.spacing_mm)} mm; prepare it at the model's "
                "spacing"
            )


def normalise(hu: NDArray[np.float32], intensities: Intensities) -> NDArray[np.float32]:
    """Return HU as the network wants them: nnU-Net's CTNormalization, in float32."""
    image = np.clip(hu, intensities.lower_hu, intensities.upper_hu).astype(np.float32)
    image -= intensities.mean_hu
    image /= max(intensities.deviation_hu, 1e-8)
    return image


def as_regions(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the six region probabilities of labels that exclude each other.

    A region's probability is the sum of its labels', moved into the upper half where the likeliest
    label is one of them and into the lower half elsewhere. Painted at 0.5 they give the likeliest
    label everywhere, which is nnU-Net's own rule for such labels.

    Args:
        logits: float32 (7, slice, row, column): background, then label codes 1 to 6.
    """
    shares = softmax(logits, axis=0)
    likeliest = logits.argmax(axis=0)
    regions = np.empty((len(REGIONS), *logits.shape[1:]), np.float32)
    for channel, region in zip(regions, REGIONS, strict=True):
        channel[...] = shares[list(region.codes)].sum(axis=0) / 2
        channel[np.isin(likeliest, region.codes)] += 0.5
    return regions


def _counter(on_progress: ProgressCallback | None, windows: int) -> Callable[[], None]:
    done = 0

    def count() -> None:
        nonlocal done
        done += 1
        if on_progress is not None:
            on_progress(done, windows)

    return count


def _check_torch(bundle: Bundle, device: str) -> None:
    if device == "cpu":
        need("torch", f"{bundle.path} holds no OpenVINO networks; running it without them")
        return
    torch = need("torch", "device cuda")
    if not torch.cuda.is_available():
        raise ModelRefused(
            "device cuda: torch finds no CUDA device here; use device cpu, or install a CUDA "
            "build of torch and its driver"
        )


class _OpenVinoFold:
    """A fold's OpenVINO network on the CPU, in numpy."""

    def __init__(self, bundle: Bundle, fold: int) -> None:
        self._axes = bundle.facts.mirroring_axes
        xml, weights = (bundle.read(name) for name in network_of(fold))
        shape = (1, 1, *bundle.plan.patch)
        self._run = compile_network(xml, weights, shape, where=f"{bundle.path}: fold_{fold}")

    def logits(self, window: NDArray[np.float32]) -> NDArray[np.float32]:
        found: NDArray[np.float32] = mean_over_mirrors(
            self._run, np.flip, window[None, None], self._axes
        )[0]
        return found

    def half(self, array: NDArray[np.float16]) -> NDArray[np.float16]:
        return array

    def to_numpy(self, array: NDArray[np.float16]) -> NDArray[np.float16]:
        return array


class _TorchFold:
    """A fold's network in torch, on the CPU or on CUDA with half precision where nnU-Net has it."""

    def __init__(self, bundle: Bundle, fold: int, device: str) -> None:
        self._torch = need("torch", "running this model")
        self._device = device
        self._axes = bundle.facts.mirroring_axes
        self._network = load_network(bundle, fold, what="running this model").to(device)

    def logits(self, window: NDArray[np.float32]) -> Any:
        torch = self._torch
        given = torch.from_numpy(window)[None, None].to(self._device)
        with torch.no_grad(), torch.autocast(self._device, enabled=self._device == "cuda"):
            return mean_over_mirrors(self._network, torch.flip, given, self._axes)[0]

    def half(self, array: NDArray[np.float16]) -> Any:
        return self._torch.from_numpy(array).to(self._device)

    def to_numpy(self, array: Any) -> NDArray[np.float16]:
        found: NDArray[np.float16] = array.cpu().numpy()
        return found


def _openvino_fold(bundle: Bundle, fold: int, device: str) -> Fold:
    del device
    return _OpenVinoFold(bundle, fold)


def _torch_fold(bundle: Bundle, fold: int, device: str) -> Fold:
    return _TorchFold(bundle, fold, device)
