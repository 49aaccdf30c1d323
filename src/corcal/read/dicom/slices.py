"""One plane of a DICOM series, as its header describes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from pydicom.dataset import Dataset

from corcal.read.dicom.header import Vector


@dataclass(frozen=True, eq=False)
class Slice:
    """One plane of a DICOM series: a file, or a frame of a multi-frame file.

    Attributes:
        path: the file.
        frame: index of the frame in a multi-frame file, from 0; None in a single-frame file.
        instance_uid: SOP Instance UID.
        series_uid: Series Instance UID.
        shape: (rows, columns); (0, 0) where the object is no image.
        position_mm: LPS position of the first voxel's centre, or None where not given.
        orientation: direction cosines of a row and of a column (six), or None.
        spacing_mm: (between rows, between columns), or None.
        slope: rescale slope to Hounsfield units.
        intercept_hu: rescale intercept.
        rescale_type: "HU", or "" where not given.
        image_type: the words of ImageType, upper case, values split at blanks and underscores.
        tags: the header's other attributes, by keyword.
        pixels_at: where the pixel data element begins in the file.
        study_uid: Study Instance UID, or "".
        rescaled: True if the header states how values become Hounsfield units.
        flaw: why the slice cannot be used, "" if it can.
    """

    path: Path
    frame: int | None
    instance_uid: str
    series_uid: str
    shape: tuple[int, int]
    position_mm: Vector | None
    orientation: Vector | None
    spacing_mm: Vector | None
    slope: float
    intercept_hu: float
    rescale_type: str
    image_type: frozenset[str]
    tags: Dataset = field(repr=False)
    pixels_at: int = 0
    study_uid: str = ""
    rescaled: bool = True
    flaw: str = ""
