"""The scanner: resolution, slices and noise."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft2, rfft2
from scipy.ndimage import gaussian_filter, gaussian_filter1d
from scipy.sparse import csr_array

from corcal.core.grid import Grid
from corcal.phantom.body.shapes import Field

#: Slice thicknesses in mm a chest CT comes with, and how often.
THICKNESSES = ((0.8, 1.0, 1.25, 2.0, 2.5, 3.0, 5.0), (0.1, 0.2, 0.15, 0.15, 0.1, 0.2, 0.1))


@dataclass(frozen=True)
class Scanner:
    """Resolution, slices and noise of one scan.

    Attributes:
        thickness_mm: slice thickness; slices are contiguous.
        sigma_mm: in-plane blur of the kernel.
        edge: edge enhancement of the kernel, 0 to 0.35.
        noise_hu: standard deviation of the noise at the centre, at this thickness.
        streak: how much noise favours lateral streaks, 0 to 0.6.
        bowl: relative rise of the noise to the centre of the body.
    """

    thickness_mm: float
    sigma_mm: float
    edge: float
    noise_hu: float
    streak: float
    bowl: float


def sample_scanner(
    rng: np.random.Generator, *, wild: bool, thickness_mm: float | None = None
) -> Scanner:
    """Return a random scanner; `wild` widens blur and noise beyond what is in use."""
    thick = float(rng.choice(THICKNESSES[0], p=THICKNESSES[1]))
    noise = (5.0, 50.0) if wild else (10.0, 38.0)
    blur = (0.3, 1.0) if wild else (0.3, 0.75)
    return Scanner(
        thickness_mm=thick if thickness_mm is None else thickness_mm,
        sigma_mm=float(rng.uniform(*blur)),
        edge=float(rng.uniform(0.0, 0.35) if rng.random() < 0.5 else 0.0),
        noise_hu=float(np.exp(rng.uniform(*np.log(noise)))),
        streak=float(rng.uniform(0.0, 0.6)),
        bowl=float(rng.uniform(0.1, 0.25)),
    )


def blur_image(hu: Field, grid: Grid, scanner: Scanner, *, layers: int = 1) -> Field:
    """Return the noise-free image float32 (slice, row, column): kernel and slice profile.

    Thick slices are formed and interpolated back to the grid, as a pipeline that resamples
    them would see them; unless the grid holds several `layers` of every slice: then the slices
    alone are left, as a scanner stores them.
    """
    step = grid.spacing_mm
    out = gaussian_filter1d(hu, scanner.sigma_mm / step[1], axis=1)
    out = gaussian_filter1d(out, scanner.sigma_mm / step[2], axis=2)
    if scanner.edge > 0:
        wide = 2.2 * scanner.sigma_mm
        soft = gaussian_filter(out, (0, wide / step[1], wide / step[2]))
        out += np.float32(scanner.edge) * (out - soft)
    # The profile of a slice is close to a Gaussian of 0.4 times its thickness.
    out = gaussian_filter1d(out, 0.4 * scanner.thickness_mm / step[0], axis=0)
    if layers > 1:
        return np.ascontiguousarray(out[layers // 2 :: layers])
    through = _through(grid, scanner)
    if through is None:
        return np.asarray(out, dtype=np.float32)
    thin, back = through
    flat = out.reshape(out.shape[0], -1)
    return np.asarray((back @ (thin @ flat)).reshape(out.shape), dtype=np.float32)


def noise(rng: np.random.Generator, grid: Grid, scanner: Scanner) -> Field:
    """Return noise float32 (slice, row, column) with the texture of filtered back-projection.

    In-plane the spectrum rises with frequency and falls with the kernel; across slices it is
    drawn at the thick slices and interpolated as they are.
    """
    through = _through(grid, scanner)
    slices = grid.shape[0] if through is None else through[0].shape[0]
    white = rng.standard_normal((slices, *grid.shape[1:]), dtype=np.float32)
    white = gaussian_filter1d(white, 0.45, axis=0)
    fy = np.fft.fftfreq(grid.shape[1], grid.spacing_mm[1])[:, None]
    f = np.hypot(
        fy,
        np.fft.rfftfreq(grid.shape[2], grid.spacing_mm[2]),
    )
    along = np.square(fy) / np.maximum(f**2, 1e-9)
    shape = np.sqrt(f / (f + 0.08)) * np.exp(-2 * np.square(np.pi * scanner.sigma_mm * f))
    shape = (shape * (1.0 - scanner.streak + 2.0 * scanner.streak * along)).astype(np.float32)
    out: Field = irfft2(rfft2(white) * shape, s=white.shape[1:])
    out *= np.float32(scanner.noise_hu / max(float(out.std()), 1e-6))
    if through is not None:
        out = (through[1] @ out.reshape(slices, -1)).reshape(grid.shape)
    return np.asarray(out * _bowl(grid, scanner.bowl), dtype=np.float32)


def finish(hu: Field) -> NDArray[np.int16]:
    """Return HU as a scanner stores them: whole numbers, -1024 to 3071."""
    return np.clip(np.rint(hu), -1024, 3071).astype(np.int16)


def _through(grid: Grid, scanner: Scanner) -> tuple[csr_array, csr_array] | None:
    """Return matrices from grid slices to thick slices and back; None where not needed."""
    step, n = grid.spacing_mm[0], grid.shape[0]
    if n < 2 or scanner.thickness_mm <= 1.3 * step:
        return None
    here = np.arange(n) * step
    thick = np.arange(0.0, here[-1] + scanner.thickness_mm, scanner.thickness_mm)
    return _linear(here, thick), _linear(thick, here)


def _linear(knots: NDArray[np.floating], at: NDArray[np.floating]) -> csr_array:
    position = np.clip((at - knots[0]) / (knots[1] - knots[0]), 0, len(knots) - 1)
    first = np.minimum(position.astype(int), len(knots) - 2)
    out = np.zeros((len(at), len(knots)), dtype=np.float32)
    out[np.arange(len(at)), first] = 1.0 - (position - first)
    out[np.arange(len(at)), first + 1] = position - first
    return csr_array(out)


def _bowl(grid: Grid, rise: float) -> Field:
    y = np.linspace(-1, 1, grid.shape[1])[:, None]
    x = np.linspace(-1, 1, grid.shape[2])
    return (1.0 + rise * (0.5 - np.square(np.hypot(x, y)) / 2)).astype(np.float32)
