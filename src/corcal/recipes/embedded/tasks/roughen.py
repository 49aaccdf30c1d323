"""Images as other scanners and doses would show them: blur, slices, noise, HU, field.

The numbers of each patch are drawn on the host, so that they are the same wherever the work is
done; noise is drawn on the device of the images. A batch is changed at once, and each change
touches only the patches that drew it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

#: Taps to each side of a blur's kernel.
_REACH = 3


@dataclass(frozen=True)
class Roughness:
    """The changes of one patch; the values given here change nothing.

    Attributes:
        blur_voxels: standard deviation of a Gaussian in the plane.
        sharpen: how much of what a blur of 1.1 voxels takes away is added.
        slices: a slice becomes the mean of so many, an odd number.
        pixels: side of a pixel before, in proportion to after.
        noise_hu: standard deviation of the noise.
        noise_voxels: standard deviation of the noise's own blur.
        noise_in_plane: its blur goes along rows and columns as well, not along slices alone.
        gamma: bends the grey values of soft tissue.
        gain: factor on all HU.
        offset_hu: added to all HU.
    """

    blur_voxels: float = 0.0
    sharpen: float = 0.0
    slices: int = 1
    pixels: float = 1.0
    noise_hu: float = 0.0
    noise_voxels: float = 1.0
    noise_in_plane: bool = True
    gamma: float = 1.0
    gain: float = 1.0
    offset_hu: float = 0.0


def draw_roughness(rng: np.random.Generator) -> Roughness:
    """Return random changes."""
    blur = sharpen = noise_hu = 0.0
    slices, pixels, noise_voxels, in_plane, gamma = 1, 1.0, 1.0, True, 1.0
    if rng.random() < 0.3:
        blur = float(rng.uniform(0.4, 1.1))
    elif rng.random() < 0.25:
        sharpen = float(rng.uniform(0.3, 1.3))
    if rng.random() < 0.3:
        slices = int(rng.choice([3, 5, 7]))
    if rng.random() < 0.15:
        pixels = float(rng.uniform(0.5, 0.9))
    if rng.random() < 0.7:
        noise_hu = float(np.exp(rng.uniform(np.log(3.0), np.log(45.0))))
        in_plane = bool(rng.random() < 0.5)
        noise_voxels = float(rng.uniform(0.5, 1.2))
    if rng.random() < 0.15:
        gamma = float(np.exp(rng.uniform(-0.3, 0.3)))
    gain, offset = float(rng.uniform(0.95, 1.06)), float(rng.uniform(-15, 15))
    return Roughness(
        blur, sharpen, slices, pixels, noise_hu, noise_voxels, in_plane, gamma, gain, offset
    )


def roughen(
    images: torch.Tensor, plans: Sequence[Roughness], generator: torch.Generator
) -> torch.Tensor:
    """Return images changed as planned.

    Args:
        images: float32 HU (batch, 1, slice, row, column), on any device; changed in place.
        plans: one for each image.
        generator: of the noise, on the same device.
    """
    x = images
    _change(x, plans, "blur_voxels", lambda v, s: _smooth(v, s, axes=(3, 4)))
    _change(x, plans, "sharpen", _sharpen)
    _change(x, plans, "slices", _thicken)
    for i, plan in enumerate(plans):
        if plan.pixels < 1.0:
            x[i : i + 1] = _coarsen(x[i : i + 1], plan.pixels)
    _add_noise(x, plans, generator)
    _change(x, plans, "gamma", _bend)
    gain = _column([p.gain for p in plans], x)
    return x * gain + _column([p.offset_hu for p in plans], x)


def _change(
    x: torch.Tensor,
    plans: Sequence[Roughness],
    name: str,
    change: Callable[[torch.Tensor, torch.Tensor], torch.Tensor],
) -> None:
    """Change, in place, the images whose plan has another value of this name than the usual."""
    usual = getattr(Roughness(), name)
    rows = [i for i, plan in enumerate(plans) if getattr(plan, name) != usual]
    if rows:
        strengths = _column([float(getattr(plans[i], name)) for i in rows], x)
        x[rows] = change(x[rows], strengths)


def _column(values: Sequence[float], like: torch.Tensor) -> torch.Tensor:
    """Return one number for each image, (batch, 1, 1, 1, 1)."""
    return torch.tensor(values, dtype=torch.float32, device=like.device).view(-1, 1, 1, 1, 1)


def _sharpen(x: torch.Tensor, strength: torch.Tensor) -> torch.Tensor:
    return x + strength * (x - _smooth(x, torch.full_like(strength, 1.1), axes=(3, 4)))


def _thicken(x: torch.Tensor, slices: torch.Tensor) -> torch.Tensor:
    """Return x with each slice the mean of so many about it."""
    taps = torch.arange(-_REACH, _REACH + 1, device=x.device).view(1, -1)
    kernels = (taps.abs() <= slices.view(-1, 1) / 2).float()
    return _filter(x, kernels, axis=2)


def _coarsen(x: torch.Tensor, factor: float) -> torch.Tensor:
    """Return x (1, 1, slice, row, column) as larger pixels in the plane would show it."""
    low = functional.interpolate(x, scale_factor=(1.0, factor, factor), mode="trilinear")
    return functional.interpolate(low, size=x.shape[2:], mode="trilinear")


def _bend(x: torch.Tensor, gamma: torch.Tensor) -> torch.Tensor:
    """Return x with the grey values of soft tissue bent (-200 to 200 HU), all others kept."""
    share = (x.clamp(-200.0, 200.0) + 200.0) / 400.0
    return x + 400.0 * (share.pow(gamma) - share)


def _add_noise(x: torch.Tensor, plans: Sequence[Roughness], generator: torch.Generator) -> None:
    for in_plane, axes in ((True, (2, 3, 4)), (False, (2,))):
        rows = [i for i, p in enumerate(plans) if p.noise_hu > 0.0 and p.noise_in_plane is in_plane]
        if rows:
            shape = (len(rows), *x.shape[1:])
            noise = torch.randn(shape, device=x.device, generator=generator)
            noise = _smooth(noise, _column([plans[i].noise_voxels for i in rows], x), axes=axes)
            deviation = noise.std(dim=(1, 2, 3, 4), keepdim=True)
            x[rows] += noise * (_column([plans[i].noise_hu for i in rows], x) / deviation)


def _smooth(x: torch.Tensor, sigma: torch.Tensor, *, axes: tuple[int, ...]) -> torch.Tensor:
    """Return x blurred by Gaussians of so many voxels along some axes."""
    taps = torch.arange(-_REACH, _REACH + 1, device=x.device).view(1, -1)
    kernels = torch.exp(-0.5 * (taps / sigma.view(-1, 1)) ** 2)
    for axis in axes:
        x = _filter(x, kernels, axis=axis)
    return x


def _filter(x: torch.Tensor, kernels: torch.Tensor, *, axis: int) -> torch.Tensor:
    """Return x (batch, 1, slice, row, column) filtered along an axis, each by its own kernel.

    Sums of shifted arrays: on a GPU and on a CPU faster than a convolution by so few taps.
    """
    kernels = kernels / kernels.sum(1, keepdim=True)
    pad = [0] * 6
    pad[2 * (4 - axis)] = pad[2 * (4 - axis) + 1] = _REACH
    wide, length = functional.pad(x, pad, mode="replicate"), x.shape[axis]
    out = torch.zeros_like(x)
    for tap in range(2 * _REACH + 1):
        out.addcmul_(wide.narrow(axis, tap, length), kernels[:, tap].view(-1, 1, 1, 1, 1))
    return out
