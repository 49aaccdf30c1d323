"""The calcium that a reader drew, counted on the same scan made again.

Thicker slices and other kernels change the HU of calcium, and so its Agatston score, however
well it is found. No segmenter keeps a category that the drawn calcium itself does not keep.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.labels import ArteryLabels
from corcal.core.scan import Scan
from corcal.quantify import make_cac_drs, quantify
from corcal.settings import Settings
from corcal.space import nearest
from validation.annotated import Annotated


def drawn_category(case: Annotated, made: Scan) -> int | None:
    """Return the CAC-DRS category of a case's drawn calcium on one of its variations.

    Every drawn voxel and its 26 neighbours are counted where they reach the scoring threshold,
    because blur carries calcium into the next voxel. None where nobody looked for calcium.

    Args:
        case: with its drawn calcium.
        made: the case's scan, or the same made again on a grid of the same directions.
    """
    if not case.known:
        return None
    code_of = np.zeros(256, np.uint8)
    for lesion in case.truth.lesions:
        code_of[lesion.number] = lesion.artery.calcium_code
    drawn = code_of[case.truth.numbers]
    codes = np.maximum(nearest(drawn, case.scan.grid, made.grid), _held(drawn, case.scan, made))
    labels = ArteryLabels(ndimage.grey_dilation(codes, size=(3, 3, 3)), made.grid)
    settings = Settings().scoring
    score = quantify(made, labels, settings)
    return make_cac_drs(score, settings, gated=made.acquisition.gated).category


def _held(codes: NDArray[np.uint8], scan: Scan, made: Scan) -> NDArray[np.uint8]:
    """Return, for each voxel of a scan made again, the code of what was drawn within it.

    The voxel nearest to the middle of a thick one may be another.
    """
    index = np.argwhere(codes > 0)
    place = np.rint(made.grid.to_index(scan.grid.to_lps(index.astype(np.float64)))).astype(int)
    inside = ((place >= 0) & (place < made.grid.shape)).all(1)
    held = np.zeros(made.grid.shape, np.uint8)
    held[tuple(place[inside].T)] = codes[tuple(index[inside].T)]
    return held
