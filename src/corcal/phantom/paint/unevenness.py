"""Random fields on a canvas's lattice: nothing in a body is quite uniform."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

from corcal.phantom.body.shapes import Field
from corcal.phantom.paint.canvas import Canvas


def field(rng: np.random.Generator, canvas: Canvas, size_mm: float) -> Field:
    """Return noise of mean 0 and deviation 1 on the lattice, uneven over `size_mm`."""
    noise = rng.standard_normal(canvas.lattice.shape[:3], dtype=np.float32)
    noise = gaussian_filter(noise, size_mm / canvas.coarse_mm)
    noise /= max(float(noise.std()), 1e-6)
    return noise


def fatty(rng: np.random.Generator, canvas: Canvas, hu: float) -> Field:
    """Return HU of fat on the lattice, with strands and small vessels in it."""
    grain = field(rng, canvas, 0.5 * canvas.coarse_mm)
    cloud = field(rng, canvas, 7.0)
    strands = np.clip(grain + 0.5 * cloud - 1.35, 0.0, 1.2) * np.float32(55.0)
    out = np.float32(hu) + np.float32(4.0) * grain + np.float32(3.0) * cloud + strands
    return np.asarray(out, dtype=np.float32)
