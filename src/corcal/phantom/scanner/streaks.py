"""Streaks of metal and of dense contrast agent.

What beam hardening and starved detectors do to a scan is taken from the dense things alone:
their parallel projection p, of each slice, becomes p + a p^2 + b p + n. Here b differs from
view to view (metal moves, contrast agent swirls while the gantry turns), and n is noise that
grows as detectors starve. Filtered back-projection is linear, so only what is added to p is
reconstructed and added; slices without anything dense stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft
from scipy.ndimage import gaussian_filter1d, zoom

from corcal.core.grid import Grid
from corcal.phantom.body.shapes import Field

#: Views of the half turn.
VIEWS = 180

#: Attenuation of water at 120 kV in 1/mm, about 70 keV.
WATER_PER_MM = 0.0193

#: What lies above this many HU makes streaks, to the extent that it does.
DENSE_HU = 350.0

#: Steel and titanium attenuate several times more than the 3071 HU that files can hold.
METAL_GAIN = 5.0


@dataclass(frozen=True)
class Hardness:
    """Strength of the streaks of one scan.

    Attributes:
        bend: a of a p^2; negative, since hard beams are attenuated less.
        swirl: standard deviation of b.
        starved: standard deviation of n at p = 0.7.
    """

    bend: float
    swirl: float
    starved: float


def sample_hardness(rng: np.random.Generator) -> Hardness:
    """Return a random strength: scanners correct for some of it."""
    return Hardness(
        bend=-float(rng.uniform(0.02, 0.15)),
        swirl=float(np.exp(rng.uniform(np.log(0.015), np.log(0.1)))),
        starved=float(np.exp(rng.uniform(np.log(0.004), np.log(0.05)))),
    )


def streaks(
    rng: np.random.Generator, dense_hu: Field, grid: Grid, hardness: Hardness
) -> Field | None:
    """Return what dense things add to an image, float32 (slice, row, column), or None.

    Args:
        rng: noise of the starved views.
        dense_hu: how far dense things lie above `DENSE_HU`, 0 elsewhere; see `METAL_GAIN`.
        grid: where it lies.
        hardness: how strongly it streaks.
    """
    slices = np.flatnonzero(dense_hu.max(axis=(1, 2)) > 0)
    if not slices.size:
        return None
    out = np.zeros_like(dense_hu)
    for k in slices:
        sinogram, half = project(dense_hu[k], grid)
        sway = gaussian_filter1d(rng.standard_normal(VIEWS), 1.0, mode="wrap")[:, None]
        wrong = hardness.bend * np.square(sinogram) + 2.0 * hardness.swirl * sway * sinogram
        grain = rng.standard_normal(sinogram.shape, dtype=np.float32)
        wrong += hardness.starved * np.expm1(np.minimum(sinogram, 4.0)) * grain
        out[k] = back_project(wrong.astype(np.float32), half, grid)
    return out


def _turns() -> NDArray[np.float64]:
    return (np.arange(VIEWS) + 0.5) * np.pi / VIEWS


def project(dense_hu: Field, grid: Grid) -> tuple[Field, int]:
    """Return line integrals (VIEWS, bins of one row's spacing), and the bin of the centre."""
    _, dy, dx = grid.spacing_mm
    rows, columns = dense_hu.shape
    half = int(np.hypot(rows * dy, columns * dx) / (2 * dy)) + 3
    y, x = np.nonzero(dense_hu)
    weight = dense_hu[y, x] / 1000.0 * WATER_PER_MM * dx
    across, down = (x - (columns - 1) / 2) * dx / dy, y - (rows - 1) / 2
    turn = _turns()[:, None]
    place = across * np.cos(turn) + down * np.sin(turn) + half
    first = place.astype(int)
    share = place - first
    line = np.arange(VIEWS)[:, None] * (2 * half + 1) + first
    size = VIEWS * (2 * half + 1)
    out = np.bincount(line.ravel(), ((1 - share) * weight).ravel(), size)
    out += np.bincount(line.ravel() + 1, (share * weight).ravel(), size)
    return out.reshape(VIEWS, -1).astype(np.float32), half


def back_project(sinogram: Field, half: int, grid: Grid) -> Field:
    """Return the filtered back-projection of a sinogram, in HU, at every second pixel."""
    _, dy, dx = grid.spacing_mm
    rows, columns = grid.shape[1:]
    bins = sinogram.shape[1]
    size = next_fast_len(2 * bins, real=True)
    f = np.fft.rfftfreq(size).astype(np.float32)
    # A ramp that a body kernel rolls off; bins are dy apart.
    ramp = f * np.square(np.cos(np.pi * f)) / np.float32(dy)
    fine = irfft(rfft(sinogram, size) * ramp, size)[:, :bins] * np.float32(np.pi / VIEWS)
    y = np.arange(0, rows + 1, 2, dtype=np.float32) - np.float32((rows - 1) / 2)
    x = (np.arange(0, columns + 1, 2, dtype=np.float32) - np.float32((columns - 1) / 2)) * dx / dy
    total = np.zeros((y.size, x.size), dtype=np.float32)
    # Four places between bins stand for interpolation.
    table = zoom(fine, (1, 4), order=1, grid_mode=False)
    scale = np.float32((table.shape[1] - 1) / (bins - 1))
    for turn, view in zip(_turns(), table, strict=True):
        c, s = np.float32(np.cos(turn)), np.float32(np.sin(turn))
        place = ((x * c + half) * scale)[None] + (y * s * scale)[:, None]
        total += view[(place + 0.5).astype(np.int32)]
    total *= np.float32(1000.0 / WATER_PER_MM)
    return _double(_double(total).T).T[:rows, :columns]


def _double(rows: Field) -> Field:
    """Return an image with a mean row after every row."""
    out = np.repeat(rows, 2, axis=0)
    out[1:-1:2] = (rows[:-1] + rows[1:]) / 2
    return out
