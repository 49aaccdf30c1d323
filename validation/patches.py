"""Numbers that describe small pieces of a scan, to tell synthetic from real by.

Every piece is looked at as the artery network sees it, at its working spacing, in and round
the heart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.box import Box
from corcal.core.scan import Scan
from corcal.settings import Settings
from corcal.space import resample

#: Pieces of each scan, and their size in voxels at the working spacing.
PIECES, SHAPE = 24, (16, 40, 40)
_HU_EDGES = np.array([-1100, -800, -200, -140, -100, -60, -20, 0, 20, 40, 60, 80, 110, 150, 3100])
_STEEP_EDGES = np.array([0, 3, 6, 10, 15, 22, 32, 50, 90, 200, 4000])
_BANDS = 8


def patch_features(
    scan: Scan, heart: NDArray[np.bool_], rng: np.random.Generator
) -> list[list[float]]:
    """Return the features of random pieces of a scan.

    Args:
        scan: as acquired.
        heart: bool on its voxels; pieces have their middle in it.
        rng: random numbers.
    """
    target = scan.grid.with_spacing(Settings().preparation.spacing_mm)
    flat = np.flatnonzero(heart)
    out = []
    for _ in range(PIECES):
        middle = np.array(np.unravel_index(int(rng.choice(flat)), heart.shape), dtype=float)
        index = np.rint(target.to_index(scan.grid.to_lps(middle[None]))[0]).astype(int)
        low = index - np.array(SHAPE) // 2
        a, b, c = (int(n) for n in low)
        box = Box((a, b, c), (a + SHAPE[0], b + SHAPE[1], c + SHAPE[2]))
        piece = resample(scan.hu, scan.grid, target, box=box)
        out.append([round(float(x), 5) for x in features(piece)])
    return out


def features(piece: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return numbers about a piece: HU, edges, texture in and across slices."""
    hu = np.clip(piece, -1024, 1000).astype(np.float64)
    counts = np.histogram(hu, _HU_EDGES)[0] / hu.size
    steep = np.sqrt(sum(np.square(np.gradient(hu, axis=a)) for a in (1, 2)))
    steeps = np.histogram(steep, _STEEP_EDGES)[0] / hu.size
    across = np.abs(np.diff(hu, axis=0))
    soft = (hu > 0) & (hu < 90)
    fine = hu - ndimage.gaussian_filter(hu, (0, 1.5, 1.5))
    noise = fine[soft] if soft.sum() > 100 else np.zeros(1)
    level = hu[soft] if soft.any() else np.zeros(1)
    fat = hu[(hu > -160) & (hu < -50)]
    return np.concatenate(
        [
            counts,
            steeps,
            [
                np.median(across),
                np.mean(across),
                np.corrcoef(fine[:-1].ravel(), fine[1:].ravel())[0, 1],
            ],
            [noise.std(), float(np.median(level)), level.std(), soft.mean()],
            [fat.size / hu.size, float(np.median(fat)) if fat.size else -100.0],
            _spectrum(hu),
        ]
    )


def _spectrum(hu: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the logarithm of the power in rings of in-plane frequency."""
    window = np.hanning(hu.shape[1])[:, None] * np.hanning(hu.shape[2])
    flat = (hu - hu.mean((1, 2), keepdims=True)) * window
    power = (np.abs(np.fft.fft2(flat)) ** 2).mean(0)
    ring = np.hypot(np.fft.fftfreq(hu.shape[1])[:, None], np.fft.fftfreq(hu.shape[2]))
    band = np.minimum((ring / 0.5 * _BANDS).astype(int), _BANDS - 1)
    sums = np.bincount(band.ravel(), power.ravel(), _BANDS) / np.bincount(
        band.ravel(), minlength=_BANDS
    )
    return np.asarray(np.log(sums + 1.0))
