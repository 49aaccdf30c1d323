"""The heart as a locator found it, and the box around it."""

from __future__ import annotations

import numpy as np
from scipy import ndimage

from corcal.core.box import Box
from corcal.core.errors import HeartNotFound
from corcal.core.grid import Grid
from corcal.core.scan import Scan
from corcal.core.steps import HeartLocator, LocatedHeart
from corcal.space import touched_box


def locate_heart(scan: Scan, locator: HeartLocator) -> LocatedHeart:
    """Find the heart and keep its largest connected part.

    Raises:
        HeartNotFound: the locator found none.
    """
    mask, grid = locator.locate(scan.hu, scan.grid)
    parts, count = ndimage.label(mask)
    if count == 0:
        raise HeartNotFound(
            "no heart was found in the field of view; corcal needs a chest or cardiac CT"
        )
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    return LocatedHeart(parts == sizes.argmax(), grid)


def heart_box(heart: LocatedHeart, grid: Grid) -> Box:
    """Return the box of a grid's voxels that the heart's box touches, cut where the grid ends.

    Args:
        heart: where the heart is.
        grid: a grid with the same directions.
    """
    return touched_box(heart.grid.cut(Box.around(heart.mask)), grid)
