"""One annotated scan, and whether its labels can be those of this scan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.errors import DatasetRefused, HeartNotFound
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Notice, Scan
from corcal.core.steps import HeartLocator
from corcal.prepare import Prepared, locate_heart, prepare
from corcal.read.admit import admit
from corcal.read.scan import read_scan
from corcal.read.volume.labels import read_labels
from corcal.read.volume.volume import read_volume
from corcal.settings import Settings
from corcal.space.resample import nearest
from corcal.train.dataset.crop_geometry import CropGeometry
from corcal.train.dataset.manifest import Row

#: Between fat mixed with wall, and blood full of contrast agent or a little calcium.
_VESSEL_HU = (-150.0, 900.0)
_FIRST_CALCIUM = 4
_MOST_PARTS = 255


@dataclass(frozen=True, eq=False)
class AnnotatedScan:
    """A scan and its labels, prepared as for scoring.

    Attributes:
        hu: float32 (slice, row, column), the prepared crop.
        codes: uint8 codes 0 to 6 on the same voxels.
        grid: where the crop lies.
        geometry: the way back.
        scan_sha256: of the scan's voxels.
        notices: doubts that did not stop it.
    """

    hu: NDArray[np.float32]
    codes: NDArray[np.uint8]
    grid: Grid
    geometry: CropGeometry
    scan_sha256: str
    notices: tuple[Notice, ...]


@dataclass(frozen=True)
class DrawnHeart:
    """A heart that somebody drew, in the place of a locator."""

    path: Path

    @property
    def name(self) -> str:
        """What is said of it where a locator would be named."""
        return "given mask"

    @property
    def sha256(self) -> str:
        """Nothing: there is no model."""
        return ""

    def locate(self, hu: NDArray[np.int16], grid: Grid) -> tuple[NDArray[np.bool_], Grid]:
        """Return the mask; any code but 0 is heart.

        Raises:
            DatasetRefused: its axes are not those of the scan.
            UnreadableScan: the file is damaged.
        """
        volume = read_volume(self.path)
        if not np.allclose(volume.grid.directions, grid.directions, atol=1e-3):
            raise DatasetRefused(
                f"{self.path.name}: the axes of the heart mask are turned against the scan's; "
                "save it on the scan's own grid"
            )
        return volume.values != 0, volume.grid


def read_annotated_scan(row: Row, settings: Settings, locator: HeartLocator) -> AnnotatedScan:
    """Return an annotated scan, prepared on the very path that scoring takes.

    Raises:
        InputRefused: the scan, the labels or the heart cannot be read, or do not belong
            together.
    """
    scan = read_scan(row.scan, settings=settings.admission)
    admitted = admit(scan, settings.admission)
    labels = read_labels(row.labels, scan)
    check_values(scan, labels, settings)
    if row.heart is not None:
        locator = DrawnHeart(row.heart)
    try:
        heart = locate_heart(scan, locator)
    except HeartNotFound as error:
        raise HeartNotFound(f"{row.scan.name}: {error}") from error
    prepared = prepare(scan, heart, settings.preparation)
    codes = nearest(labels.codes, labels.grid, prepared.grid)
    _check_inside(labels, codes, prepared, settings)
    notices = scan.notices + admitted + _lost(labels, prepared)
    return AnnotatedScan(
        hu=prepared.hu,
        codes=codes,
        grid=prepared.grid,
        geometry=CropGeometry.of(scan.grid, prepared),
        scan_sha256=scan.source.sha256,
        notices=notices,
    )


def check_values(scan: Scan, labels: ArteryLabels, settings: Settings) -> None:
    """Refuse labels that do not lie on bright calcium and soft arteries.

    Labels of another scan on the same grid are found out by this and by nothing before.

    Raises:
        DatasetRefused: they do not; or there are none at all.
    """
    codes = labels.codes
    if not codes.any():
        raise DatasetRefused(
            "the label map is empty; a scan without a drawn artery teaches nothing: draw the "
            "arteries, or leave the scan out"
        )
    calcium = scan.hu[codes >= _FIRST_CALCIUM]
    level, least = settings.scoring.threshold_hu, settings.training.min_calcium_share
    if calcium.size and (share := float(np.mean(calcium >= level))) < least:
        raise DatasetRefused(
            f"only {share:.0%} of the {calcium.size} voxels drawn as calcium have {level:g} HU or "
            f"more (median {np.median(calcium):.0f} HU, least share accepted {least:.0%}): these "
            "labels may belong to another scan, or lie in another slice order"
        )
    vessel = scan.hu[(codes > 0) & (codes < _FIRST_CALCIUM)]
    low, high = _VESSEL_HU
    if vessel.size and not low <= (median := float(np.median(vessel))) <= high:
        raise DatasetRefused(
            f"the voxels drawn as arteries have a median of {median:.0f} HU, which is no vessel "
            f"({low:g} to {high:g} HU): these labels may belong to another scan, or lie in "
            "another slice order"
        )


def _check_inside(
    labels: ArteryLabels, codes: NDArray[np.uint8], prepared: Prepared, settings: Settings
) -> None:
    drawn = np.count_nonzero(labels.codes) * labels.grid.voxel_mm3
    inside = np.count_nonzero(codes) * prepared.grid.voxel_mm3
    least = settings.training.min_inside_share
    if inside < least * drawn:
        raise DatasetRefused(
            f"only {inside / drawn:.0%} of what is drawn lies in the heart and its padding (least "
            f"share accepted {least:.0%}): either these labels belong to another scan, or the "
            "heart was not found where it is; a mask in the manifest's column heart settles it"
        )


def _lost(labels: ArteryLabels, prepared: Prepared) -> tuple[Notice, ...]:
    """Note calcified lesions that have no voxel in the prepared crop."""
    parts, count = ndimage.label(labels.codes >= _FIRST_CALCIUM, np.ones((3, 3, 3)))
    if count == 0 or count > _MOST_PARTS:
        return ()
    kept = np.unique(nearest(parts.astype(np.uint8), labels.grid, prepared.grid))
    lost = count - np.count_nonzero(kept)
    if lost == 0:
        return ()
    sentence = (
        f"{lost} of {count} drawn calcified lesions are smaller than a voxel at the working "
        "spacing or lie outside the crop, and are not learnt."
    )
    return (Notice("lesions-lost", sentence),)
