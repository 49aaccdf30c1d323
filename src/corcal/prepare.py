"""Resample, locate the heart, crop: the one path by which a scan reaches a network.

Training and scoring both come this way, so they cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.box import Box
from corcal.core.errors import HeartNotFound
from corcal.core.grid import Grid
from corcal.core.scan import Notice, Scan
from corcal.core.steps import ArterySegmenter, HeartLocator
from corcal.settings import Preparation
from corcal.space.resample import nearest, resample


@dataclass(frozen=True, eq=False)
class Prepared:
    """The heart crop of a scan at the working spacing, and the way back.

    Attributes:
        hu: float32 (slice, row, column), HU by cubic interpolation.
        heart: bool, the located heart on the same voxels.
        grid: where the crop lies.
        resampled: the grid of the whole scan at the working spacing (never computed whole).
        box: the crop in voxels of `resampled`.
    """

    hu: NDArray[np.float32]
    heart: NDArray[np.bool_]
    grid: Grid
    resampled: Grid
    box: Box


@dataclass(frozen=True, eq=False)
class LocatedHeart:
    """The heart as a locator found it.

    Attributes:
        mask: bool (slice, row, column), its largest connected part.
        grid: the mask's grid.
    """

    mask: NDArray[np.bool_]
    grid: Grid

    @property
    def volume_ml(self) -> float:
        """Volume of the mask."""
        return float(self.mask.sum()) * self.grid.voxel_mm3 / 1000.0


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


def as_trained(
    asked: Preparation, segmenter: ArterySegmenter
) -> tuple[Preparation, tuple[Notice, ...]]:
    """Return how a crop is prepared for a segmenter, and what of the asked that undoes.

    Args:
        asked: what the settings say.
        segmenter: may have a `preparation` of its own, that of its training.
    """
    trained: Preparation = getattr(segmenter, "preparation", asked)
    # The default is nobody's wish; what a user has set and does not get must be said.
    if asked in (trained, Preparation()):
        return trained, ()
    text = (
        f"the settings ask for {_differing(asked, trained)}; {segmenter.name} was trained with, "
        f"and was given, {_differing(trained, asked)}"
    )
    return trained, (Notice("preparation-of-model", text),)


def _differing(one: Preparation, other: Preparation) -> str:
    """Return what one preparation does otherwise than another."""
    pairs = ((f.name, getattr(one, f.name), getattr(other, f.name)) for f in fields(one))
    return ", ".join(f"{name} {value}" for name, value, theirs in pairs if value != theirs)


def prepare(scan: Scan, heart: LocatedHeart, settings: Preparation) -> Prepared:
    """Return the heart crop at the working spacing.

    The scan is thought resampled as a whole and then cropped, as in the paper; only the crop
    is computed. The padding is cut where the scan ends.

    Args:
        scan: as acquired.
        heart: where the heart is.
        settings: spacing and padding, and whether there is a crop at all.
    """
    resampled = scan.grid.with_spacing(settings.spacing_mm)
    box = Box.whole(resampled.shape)
    if settings.crop_to_heart:
        box = heart_box(heart, resampled).padded(settings.padding_voxels).intersect(box)
    grid = resampled.cut(box)
    hu = resample(scan.hu, scan.grid, resampled, box=box)
    inside = nearest(heart.mask.view(np.uint8), heart.grid, grid).view(np.bool_)
    return Prepared(hu, inside, grid, resampled, box)


def heart_box(heart: LocatedHeart, grid: Grid) -> Box:
    """Return the box of a grid's voxels that the heart's box touches, cut where the grid ends.

    Args:
        heart: where the heart is.
        grid: a grid with the same directions.
    """
    return touched(heart.grid.cut(Box.around(heart.mask)), grid)


def touched(part: Grid, grid: Grid) -> Box:
    """Return the box of a grid's voxels that another grid touches, cut where the grid ends.

    Args:
        part: what touches, up to the outer faces of its voxels.
        grid: a grid with the same directions.
    """
    faces = np.array([(0, 0, 0), part.shape], dtype=np.float64) - 0.5
    # Faces that coincide with the grid's own must not reach a voxel further by their last digit.
    index = np.round(grid.to_index(part.to_lps(faces)), 6)
    start = [int(i) for i in np.floor(index.min(0) + 0.5)]
    stop = [max(int(i), a + 1) for i, a in zip(np.ceil(index.max(0) + 0.5), start, strict=True)]
    box = Box((start[0], start[1], start[2]), (stop[0], stop[1], stop[2]))
    return box.intersect(Box.whole(grid.shape))
