"""The same scan made again in other ways: slices, kernel, noise, storage, position, field.

A mirror image is no variation: the heart would lie on the right. Flips are those of the order
in which a file stores its voxels; the patient stays as he is.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.core.scan import Scan, Source
from corcal.read import read_scan
from corcal.space import block_mean, resample

#: In-plane blur of the smooth kernel; blur and gain of the sharp one's unsharp mask.
SMOOTH_MM, SHARP_MM, SHARP_GAIN = 0.7, 0.8, 1.0
_PATCH, _PATCHES = 32, 60


@dataclass(frozen=True)
class Variation:
    """One way to make a scan again.

    Attributes:
        kind: the row of the table it belongs to.
        name: unique.
        make: returns the scan made again, or None where that is what it is already.
    """

    kind: str
    name: str
    make: Callable[[Scan, Box], Scan | None]


def variations() -> tuple[Variation, ...]:
    """Return all of them."""
    return (
        *(_thickness(t) for t in (1.0, 3.0, 5.0)),
        Variation("smooth kernel", "smooth", lambda s, _: smooth(s)),
        Variation("sharp kernel", "sharp", lambda s, _: sharp(s)),
        Variation("twice the noise", "noise", lambda s, _: noisy(s, np.random.default_rng(1))),
        *(_flip(axes) for axes in ((0,), (1,), (2,), (0, 1, 2))),
        Variation("shifted", "shift-half", lambda s, _: shifted(s, (0.5, 0.5, 0.5))),
        Variation("shifted", "shift-third", lambda s, _: shifted(s, (-0.25, 0.33, -0.33))),
        Variation("cropped", "crop-plane", lambda s, h: cropped(s, h, (1e4, 30.0, 30.0))),
        Variation("cropped", "crop-all", lambda s, h: cropped(s, h, (20.0, 20.0, 20.0))),
    )


def _thickness(thickness_mm: float) -> Variation:
    name = f"{thickness_mm:g} mm slices"
    return Variation(name, f"slices-{thickness_mm:g}", lambda s, _: resliced(s, thickness_mm))


def _flip(axes: tuple[int, ...]) -> Variation:
    name = "flip-" + "".join("srl"[a] for a in axes)
    return Variation("stored in another order", name, lambda s, _: stored(s, axes))


def _made(scan: Scan, hu: NDArray[np.floating], grid: Grid | None = None) -> Scan:
    whole = np.clip(np.rint(hu), -1024, 3071).astype(np.int16)
    return replace(scan, hu=whole, grid=grid or scan.grid, source=Source())


def resliced(scan: Scan, thickness_mm: float) -> Scan | None:
    """Return the scan in slices of another thickness.

    Thicker ones are means of what they cover. Thinner ones are interpolated: they hold no more
    than the thick ones did, but the method sees thin slices. None where they are that thick.
    """
    step, down, across = scan.grid.spacing_mm
    if abs(step - thickness_mm) < 0.1 * thickness_mm:
        return None
    target = scan.grid.with_spacing((thickness_mm, down, across))
    made = block_mean if thickness_mm > step else resample
    acquisition = replace(scan.acquisition, thickness_mm=thickness_mm)
    return replace(_made(scan, made(scan.hu, scan.grid, target), target), acquisition=acquisition)


def smooth(scan: Scan) -> Scan:
    """Return the scan blurred in-plane, as a soft kernel would show it."""
    return _made(scan, _blurred(scan, SMOOTH_MM))


def sharp(scan: Scan) -> Scan:
    """Return the scan with edges and noise enhanced in-plane, as a sharp kernel would."""
    hu = scan.hu.astype(np.float32)
    return _made(scan, hu + SHARP_GAIN * (hu - _blurred(scan, SHARP_MM)))


def _blurred(scan: Scan, sigma_mm: float) -> NDArray[np.float32]:
    _, down, across = scan.grid.spacing_mm
    sigma = (0.0, sigma_mm / down, sigma_mm / across)
    return np.asarray(ndimage.gaussian_filter(scan.hu.astype(np.float32), sigma))


def shifted(scan: Scan, voxels: tuple[float, float, float]) -> Scan:
    """Return the scan on a grid moved by parts of a voxel, interpolated."""
    affine = scan.grid.affine.copy()
    affine[:3, 3] = scan.grid.to_lps(np.array([voxels]))[0]
    target = Grid(scan.grid.shape, affine, scan.grid.frame_of_reference)
    return _made(scan, resample(scan.hu, scan.grid, target), target)


def cropped(scan: Scan, heart: Box, margin_mm: tuple[float, float, float]) -> Scan:
    """Return the scan's field cut to a margin round the heart's box."""
    pad = [round(m / s) for m, s in zip(margin_mm, scan.grid.spacing_mm, strict=True)]
    box = heart.pad((pad[0], pad[1], pad[2])).intersect(Box.whole(scan.grid.shape))
    return replace(scan, hu=scan.hu[box.slices].copy(), grid=scan.grid.cut(box), source=Source())


def stored(scan: Scan, axes: tuple[int, ...]) -> Scan:
    """Return the scan after a file that stores its voxels in the other order along these axes."""
    affine = scan.grid.affine.copy()
    for axis in axes:
        affine[:3, 3] += (scan.grid.shape[axis] - 1) * affine[:3, axis]
        affine[:3, axis] *= -1.0
    image = sitk.GetImageFromArray(np.ascontiguousarray(np.flip(scan.hu, axes)))
    image.SetSpacing(scan.grid.spacing_mm[::-1])
    image.SetOrigin(affine[:3, 3].tolist())
    image.SetDirection((affine[:3, :3] / np.array(scan.grid.spacing_mm))[:, ::-1].ravel().tolist())
    with tempfile.TemporaryDirectory(prefix="corcal-flip-") as folder:
        path = Path(folder) / "scan.nii"
        sitk.WriteImage(image, str(path))
        read = read_scan(path)
    # A NIfTI file knows nothing of the scanner.
    return replace(read, acquisition=scan.acquisition)


def noisy(scan: Scan, rng: np.random.Generator) -> Scan:
    """Return the scan with as much noise of its own texture added as doubles its deviation."""
    power, deviation, neighbours = noise_of(scan)
    white = rng.standard_normal(scan.grid.shape, dtype=np.float32)
    if neighbours > 0.01:
        white = np.asarray(ndimage.convolve1d(white, _taps(neighbours), axis=0, mode="wrap"))
    rows, columns = scan.grid.shape[1:]
    ring = np.hypot(np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns))
    shape = np.sqrt(np.interp(ring, np.linspace(0, 0.5, len(power)), power)).astype(np.float32)
    hu = scan.hu.astype(np.float32)
    for k, fresh in enumerate(white):
        textured = np.fft.irfft2(np.fft.rfft2(fresh) * shape, s=fresh.shape)
        hu[k] += (np.sqrt(3.0) * deviation / textured.std() * textured).astype(np.float32)
    return _made(scan, hu)


def noise_of(scan: Scan) -> tuple[NDArray[np.float64], float, float]:
    """Return a scan's noise: power by frequency to 0.5 per voxel, deviation HU, and correlation
    between neighbouring slices; from its most even pieces of soft tissue.
    """
    found = []
    for k in range(1, scan.grid.shape[0]):
        tiles, above = _tiles(scan.hu[k]), _tiles(scan.hu[k - 1])
        mean, spread = tiles.mean((1, 2)), tiles.std((1, 2))
        soft = (mean > 0) & (mean < 100) & (spread > 1)
        found += [(s, a, b) for s, a, b in zip(spread[soft], tiles[soft], above[soft], strict=True)]
    if not found:
        raise ValueError("the scan holds no even piece of soft tissue to measure its noise in")
    even = sorted(found, key=lambda f: f[0])[: max(_PATCHES, len(found) // 50)]
    own = np.stack([_flat(a) for _, a, _ in even])
    next_to = np.stack([_flat(b) for _, _, b in even])
    spectrum = (np.abs(np.fft.fft2(own)) ** 2).mean(0)
    ring = np.hypot(np.fft.fftfreq(_PATCH)[:, None], np.fft.fftfreq(_PATCH))
    band = np.rint(ring * _PATCH).astype(int)
    count = np.bincount(band.ravel())
    power = (np.bincount(band.ravel(), spectrum.ravel()) / count)[: _PATCH // 2 + 1]
    together = float(np.corrcoef(own.ravel(), next_to.ravel())[0, 1])
    return power, float(own.std()), together


def _tiles(plane: NDArray[np.int16]) -> NDArray[np.float64]:
    rows, columns = (n // _PATCH for n in plane.shape)
    cut = plane[: rows * _PATCH, : columns * _PATCH].reshape(rows, _PATCH, columns, _PATCH)
    return cut.swapaxes(1, 2).reshape(-1, _PATCH, _PATCH).astype(np.float64)


def _flat(tile: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a tile less its plane of best fit."""
    y, x = np.indices(tile.shape) - (_PATCH - 1) / 2
    level = tile - tile.mean()
    slope = [float((level * a).sum() / (a * a).sum()) for a in (y, x)]
    return np.asarray(level - slope[0] * y - slope[1] * x)


def _taps(neighbours: float) -> NDArray[np.float64]:
    """Return three weights that correlate neighbouring slices so much, at most 0.6."""
    wanted = min(neighbours, 0.6)
    side = (1 - np.sqrt(1 - 2 * wanted**2)) / (2 * wanted)
    return np.array([side, 1.0, side], dtype=np.float64) / float(np.sqrt(1 + 2 * side**2))
