"""The heart crop at the working spacing: the one path by which a scan reaches a network.

Training and scoring both come this way, so they cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from corcal.core.box import Box
from corcal.core.grid import Grid
from corcal.core.preparation import Preparation
from corcal.core.scan import Notice, Scan
from corcal.core.steps import ArterySegmenter, HeartLocator, LocatedHeart
from corcal.locate import heart_box
from corcal.space import nearest, resample

_SHA256_DIGITS = 64


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


def preparation_for(
    segmenter: ArterySegmenter, settings: Preparation
) -> tuple[Preparation, tuple[Notice, ...]]:
    """Return how a crop is prepared for a segmenter, and a notice if that is not what was set.

    Args:
        segmenter: its own `preparation`, that of its training, comes first.
        settings: what the user set.
    """
    trained = segmenter.preparation or settings
    # The default is nobody's wish; what a user has set and does not get must be said.
    if settings in (trained, Preparation()):
        return trained, ()
    text = (
        f"the settings ask for {_differences(settings, trained)}; {segmenter.name} was trained "
        f"with, and was given, {_differences(trained, settings)}"
    )
    return trained, (Notice("preparation-of-model", text),)


def check_trained_heart(
    locator: HeartLocator, segmenter: ArterySegmenter, settings: Preparation
) -> tuple[Notice, ...]:
    """Return a notice if the hearts of a segmenter's training were found by another locator.

    Args:
        locator: finds the heart of the scan.
        segmenter: its `trained_heart` is compared.
        settings: without a crop to the heart it does not matter who found it.
    """
    trained, here = segmenter.trained_heart, f"{locator.name} {locator.sha256}".strip()
    if trained in (None, here) or not settings.crop_to_heart:
        return ()
    text = (
        f"{segmenter.name} was trained on hearts found by {_short(trained)}; this one was found by "
        f"{_short(here)}. The crop may differ from those of the training, and the result with it: "
        "choose the heart locator of the training (--heart, or heart from Python)"
    )
    return (Notice("other-heart-locator", text),)


def _short(model: str) -> str:
    """Return name and hash of a model, the hash as far as people compare it."""
    return " ".join(w[:12] if len(w) == _SHA256_DIGITS else w for w in model.split())


def _differences(first: Preparation, second: Preparation) -> str:
    """Return the values of a preparation in which another differs from it."""
    values = ((f.name, getattr(first, f.name), getattr(second, f.name)) for f in fields(first))
    return ", ".join(f"{name} {value}" for name, value, other in values if value != other)


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
        box = heart_box(heart, resampled).pad(settings.padding_voxels).intersect(box)
    grid = resampled.cut(box)
    hu = resample(scan.hu, scan.grid, resampled, box=box)
    inside = nearest(heart.mask.view(np.uint8), heart.grid, grid).view(np.bool_)
    return Prepared(hu, inside, grid, resampled, box)
