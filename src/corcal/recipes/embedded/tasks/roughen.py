"""Images as other scanners and doses would show them: blur, slices, noise, HU, field.

The numbers of each patch are drawn on the host, so that they are the same wherever the work is
done; noise is drawn on the device of the images. A batch is changed at once, and each change
touches only the patches that drew it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch.nn import functional

#: Taps to each side of a blur's kernel.
_REACH = 3
#: Soft tissue ends here: what is brighter holds calcium or contrast agent.
_SOFT_HU = 80.0
#: What is darker is no fat.
_GAS_HU = -200.0
_AIR_HU = -1024.0
#: Radius of the field of view of a scan of the heart alone: 100 mm in voxels of 0.73 mm.
_FIELD_VOXELS = 137.0


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
        thick_voxels: contiguous slices of this thickness are formed and interpolated back.
        stretch: factor on what lies above `_SOFT_HU`: calcium, bone and contrast agent as at
            another tube voltage than 120 kV.
        lean: share by which fat comes nearer to 0 HU, as in hearts that have little.
        field_voxels: how far from the patch's middle the round field of view ends; see
            `cut_field`. Infinite: it does not end here.
        field_turn: in which direction it ends, radians.
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
    thick_voxels: float = 1.0
    stretch: float = 1.0
    lean: float = 0.0
    field_voxels: float = math.inf
    field_turn: float = 0.0


@dataclass(frozen=True)
class Ranges:
    """The range of rough images, as the third segmenter was trained with.

    Attributes:
        noise_hu: least and most noise that is added.
        thick: probability of thick slices that are interpolated back.
        thick_voxels: their thickness; a voxel is 0.8 mm along slices.
        stretch: probability of another tube voltage.
        stretch_by: its factor on calcium, bone and contrast agent.
        lean: probability of little fat.
        field: probability of a field of view that ends in the patch.
    """

    noise_hu: tuple[float, float] = (3.0, 45.0)
    thick: float = 0.0
    thick_voxels: tuple[float, float] = (2.0, 7.5)
    stretch: float = 0.0
    stretch_by: tuple[float, float] = (0.9, 1.5)
    lean: float = 0.0
    field: float = 0.0

    @classmethod
    def wide(cls) -> Ranges:
        """Return the ranges of slices to 6 mm, noise to 60 HU, 80 to 140 kV, small fields."""
        return cls(noise_hu=(3.0, 60.0), thick=0.2, stretch=0.25, lean=0.15, field=0.1)


def draw_roughness(rng: np.random.Generator, ranges: Ranges) -> Roughness:
    """Return random changes within these ranges."""
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
        noise_hu = float(np.exp(rng.uniform(*np.log(ranges.noise_hu))))
        in_plane = bool(rng.random() < 0.5)
        noise_voxels = float(rng.uniform(0.5, 1.2))
    if rng.random() < 0.15:
        gamma = float(np.exp(rng.uniform(-0.3, 0.3)))
    gain, offset = float(rng.uniform(0.95, 1.06)), float(rng.uniform(-15, 15))
    usual = Roughness(
        blur, sharpen, slices, pixels, noise_hu, noise_voxels, in_plane, gamma, gain, offset
    )
    return replace(usual, **_draw_wide(rng, ranges))


def _draw_wide(rng: np.random.Generator, ranges: Ranges) -> dict[str, Any]:
    """Return the changes that only wide ranges have; none of them draws a number otherwise."""
    out: dict[str, Any] = {}
    if ranges.thick and rng.random() < ranges.thick:
        out["thick_voxels"] = float(rng.uniform(*ranges.thick_voxels))
    if ranges.stretch and rng.random() < ranges.stretch:
        out["stretch"] = float(np.exp(rng.uniform(*np.log(ranges.stretch_by))))
    if ranges.lean and rng.random() < ranges.lean:
        out["lean"] = float(rng.uniform(0.2, 0.7))
    if ranges.field and rng.random() < ranges.field:
        out["field_voxels"] = float(rng.uniform(5.0, 45.0))
        out["field_turn"] = float(rng.uniform(0.0, 2 * np.pi))
    return out


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
    _change(x, plans, "stretch", lambda v, k: v + (k - 1.0) * (v - _SOFT_HU).clamp(min=0.0))
    _change(x, plans, "lean", lambda v, k: torch.where((v < 0.0) & (v > _GAS_HU), v * (1 - k), v))
    for i, plan in enumerate(plans):
        if plan.thick_voxels > 1.0:
            x[i : i + 1] = _stack(x[i : i + 1], plan.thick_voxels)
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


def _stack(x: torch.Tensor, thick_voxels: float) -> torch.Tensor:
    """Return x (1, 1, slice, row, column) as contiguous thick slices, interpolated back."""
    slices, *plane = x.shape[2:]
    few = max(1, round(slices / thick_voxels))
    thick = functional.interpolate(x, size=(few, *plane), mode="area")
    return functional.interpolate(thick, size=x.shape[2:], mode="trilinear")


def cut_field(images: torch.Tensor, packed: torch.Tensor, plans: Sequence[Roughness]) -> None:
    """Blank, in place, what lies outside the round field of view of a scan of the heart alone.

    Args:
        images: float32 HU (batch, 1, slice, row, column); air outside.
        packed: (batch, slice, row, column), packed targets; nothing is there outside.
        plans: one for each image.
    """
    rows, columns = images.shape[3:]
    y = torch.arange(rows, device=images.device).view(-1, 1) - (rows - 1) / 2
    x = torch.arange(columns, device=images.device).view(1, -1) - (columns - 1) / 2
    for image, target, plan in zip(images, packed, plans, strict=True):
        if math.isfinite(plan.field_voxels):
            away = _FIELD_VOXELS - plan.field_voxels
            middle = (away * math.sin(plan.field_turn), away * math.cos(plan.field_turn))
            outside = (y + middle[0]) ** 2 + (x + middle[1]) ** 2 > _FIELD_VOXELS**2
            image.masked_fill_(outside, _AIR_HU)
            target.masked_fill_(outside, 0)


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
