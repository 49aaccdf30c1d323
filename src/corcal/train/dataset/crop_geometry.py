"""The geometry of a crop, which the paper saves of each subject, and the way back to the scan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.core.arguments import require_kind, require_path, require_text
from corcal.core.box import Box, Index
from corcal.core.errors import DatasetRefused
from corcal.core.grid import Grid
from corcal.core.labels import ArteryLabels
from corcal.prepare import Prepared
from corcal.space import nearest
from corcal.storage import read_json, read_nifti_values
from corcal.train.training_folder import FOLDER_EXAMPLE, TrainingFolder


@dataclass(frozen=True, eq=False)
class CropGeometry:
    """The grids of a scan as acquired and resampled, and the crop.

    Attributes:
        scan: the grid as acquired.
        resampled: the grid of the whole scan at the working spacing.
        box: the crop in voxels of `resampled`.
    """

    scan: Grid
    resampled: Grid
    box: Box

    @classmethod
    def of(cls, scan: Grid, prepared: Prepared) -> CropGeometry:
        """Return the place of a prepared scan."""
        return cls(scan, prepared.resampled, prepared.box)

    def put_back(self, codes: NDArray[np.uint8]) -> ArteryLabels:
        """Return labels of the crop on the scan as acquired.

        Args:
            codes: uint8 (slice, row, column) codes 0 to 6 on the crop.

        Raises:
            DatasetRefused: they do not have the crop's shape.
        """
        if codes.shape != self.box.shape:
            raise DatasetRefused(
                f"labels of shape {codes.shape} do not fill the crop of {self.box.shape}; they "
                "belong to another scan"
            )
        return ArteryLabels(nearest(codes, self.resampled.cut(self.box), self.scan), self.scan)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values, for JSON."""
        return {
            "scan_shape": list(self.scan.shape),
            "scan_affine_lps": self.scan.affine.tolist(),
            "resampled_shape": list(self.resampled.shape),
            "resampled_affine_lps": self.resampled.affine.tolist(),
            "crop_start": list(self.box.start),
            "crop_stop": list(self.box.stop),
            "crop_shape": list(self.box.shape),
        }

    @classmethod
    def from_dict(cls, said: dict[str, Any]) -> CropGeometry:
        """Return the place that `as_dict` wrote.

        Raises:
            KeyError, TypeError or ValueError: something is absent or makes no sense.
        """
        return cls(
            Grid(_index(said["scan_shape"]), np.array(said["scan_affine_lps"])),
            Grid(_index(said["resampled_shape"]), np.array(said["resampled_affine_lps"])),
            Box(_index(said["crop_start"]), _index(said["crop_stop"])),
        )


def read_crop_geometry(path: Path) -> CropGeometry:
    """Return the place of a case from its file in geometry/.

    Raises:
        DatasetRefused: the file is absent or damaged.
    """
    remedy = "make the dataset again"
    said = read_json(path, refusal=DatasetRefused, remedy=remedy)
    try:
        return CropGeometry.from_dict(said)
    except (KeyError, TypeError, ValueError) as error:
        raise DatasetRefused(f"{path}: damaged ({error!r}); {remedy}") from error


def put_back(prediction: Path, case: str, work: TrainingFolder) -> ArteryLabels:
    """Return a label map that nnU-Net predicted on a prepared crop, on the scan as acquired.

    Args:
        prediction: NIfTI with the codes 0 to 6 on the crop, as nnU-Net's own commands write it.
        case: name of the scan in the dataset, such as "case_0001".
        work: with the dataset.

    Raises:
        DatasetRefused: the scan is not in the dataset, the shape is not that of its crop, or a
            value is no code.
        UnreadableScan: the file is no NIfTI file, or damaged.
        InputRefused: the path is empty.
        TypeError: an argument is of another kind.
    """
    prediction = require_path("prediction", prediction)
    require_text("case", case, "case_0001")
    require_kind("work", work, TrainingFolder, FOLDER_EXAMPLE)
    values = read_nifti_values(prediction)
    if not np.isin(values, np.arange(7)).all():
        raise DatasetRefused(f"{prediction}: holds values other than the codes 0 to 6")
    return read_crop_geometry(work.geometry_file(case)).put_back(values.astype(np.uint8))


def _index(values: Any) -> Index:
    a, b, c = (int(v) for v in values)
    return (a, b, c)
