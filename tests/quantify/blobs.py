"""Random volumes with lumps of calcium, for property tests."""

from typing import Any

import numpy as np
from hypothesis import strategies as st
from scipy import ndimage

from corcal.core.artery import Artery

SHAPE = (8, 14, 14)


def volume(seed: int) -> tuple[Any, Any]:
    """Return HU (int16) and label codes of a random volume; calcium keeps off the border."""
    rng = np.random.default_rng(seed)
    lumps = ndimage.gaussian_filter(rng.normal(size=SHAPE), (0.6, 0.9, 0.9))
    hu = (40 + 700 * lumps).astype(np.int16)
    codes = np.zeros(SHAPE, dtype=np.uint8)
    labelled = lumps > 0.08
    labelled[[0, -1]] = labelled[:, [0, -1]] = labelled[:, :, [0, -1]] = False
    thirds = np.digitize(np.arange(SHAPE[2]), [5, 10])
    codes[labelled] = np.broadcast_to(thirds + Artery.RCA.calcium_code, SHAPE)[labelled]
    return hu, codes


seeds = st.integers(0, 10_000)
