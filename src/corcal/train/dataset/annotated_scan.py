"""One annotated scan: read, checked against its labels, and prepared as for scoring."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.annotate import require_plausible
from corcal.core.errors import DatasetRefused, HeartNotFound
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Notice
from corcal.core.steps import HeartLocator
from corcal.locate import locate_heart
from corcal.prepare import Prepared, prepare
from corcal.read import admit, read_labels, read_scan, read_volume
from corcal.settings import Settings
from corcal.space import nearest
from corcal.train.dataset.crop_geometry import CropGeometry
from corcal.train.dataset.manifest import ManifestRow

_FIRST_CALCIUM = 4
_MOST_PARTS = 255
#: Whether a scan was gated decides its category alone; the notice asks for an option of scoring.
_OF_SCORING = "zoomed-field"


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
        """The words that stand where a locator would be named."""
        return "given mask"

    @property
    def sha256(self) -> str:
        """Nothing: there is no model."""
        return ""

    @property
    def device(self) -> str:
        """The CPU, where the mask is read."""
        return "cpu"

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


def read_annotated_scan(
    row: ManifestRow, settings: Settings, locator: HeartLocator, *, checked: bool = True
) -> AnnotatedScan:
    """Return an annotated scan, prepared on the very path that scoring takes.

    Args:
        row: of the manifest.
        settings: admission, preparation, threshold of calcium, least share inside the crop.
        locator: finds the heart where the manifest names none.
        checked: refuse labels that cannot be of the scan; otherwise that is only noted.

    Raises:
        InputRefused: the scan, the labels or the heart cannot be read, or do not belong
            together.
    """
    scan = read_scan(row.scan, settings=settings)
    admitted = tuple(n for n in admit(scan, settings.admission) if n.code != _OF_SCORING)
    labels = read_labels(row.labels, scan)
    if not labels.codes.any():
        raise DatasetRefused(
            "the label map is empty; a scan without a drawn artery teaches nothing: draw the "
            "arteries, or leave the scan out"
        )
    _, doubts = require_plausible(
        labels,
        scan,
        threshold_hu=settings.scoring.threshold_hu,
        name=row.labels.name,
        refuse=checked,
    )
    if row.heart is not None:
        locator = DrawnHeart(row.heart)
    try:
        heart = locate_heart(scan, locator)
    except HeartNotFound as error:
        raise HeartNotFound(f"{row.scan.name}: {error}") from error
    prepared = prepare(scan, heart, settings.preparation)
    codes = nearest(labels.codes, labels.grid, prepared.grid)
    _check_inside(labels, codes, prepared, settings)
    notices = scan.notices + admitted + doubts + _lost_lesions(labels, prepared)
    return AnnotatedScan(
        hu=prepared.hu,
        codes=codes,
        grid=prepared.grid,
        geometry=CropGeometry.of(scan.grid, prepared),
        scan_sha256=scan.source.sha256,
        notices=notices,
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


def _lost_lesions(labels: ArteryLabels, prepared: Prepared) -> tuple[Notice, ...]:
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
