"""DICOM SEG objects by highdicom and RTSTRUCTs, made on a small CT series."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import contourpy
import highdicom as hd
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sequence import Sequence as Items
from pydicom.sr.codedict import codes
from pydicom.uid import UID, RTStructureSetStorage, generate_uid

from corcal.core.grid import Grid
from corcal.core.scan import Scan
from corcal.read import read_scan
from tests.annotate.drawings import chest
from tests.read.dicom.dicom_files import SPACING_MM, Series, new_file, save

SHAPE = (12, 60, 64)
FRAME = "1.2.3.4"


def ct(folder: Path, labels: NDArray[np.uint8], **given: Any) -> tuple[Scan, list[Dataset]]:
    """Write a CT of these labels; return it as corcal reads it, and its images, highest first."""
    grid = Grid.axial((labels.shape[0], labels.shape[1], labels.shape[2]), (3.0, *SPACING_MM))
    series = Series(hu=chest(labels, grid).hu, **given)
    series.write(folder)
    images: list[Dataset] = [series.slice(k, place) for k, place in enumerate(series.places())]
    for image in images:
        image.PatientBirthDate = image.PatientSex = image.StudyDate = image.StudyTime = ""
        image.AccessionNumber = image.StudyID = image.ReferringPhysicianName = ""
    return read_scan(folder), images[::-1]


def described(number: int, label: str, kind: Any, place: Any = None) -> hd.seg.SegmentDescription:
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=label,
        segmented_property_category=codes.SCT.AnatomicalStructure,
        segmented_property_type=kind,
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.MANUAL,
        anatomic_regions=place,
    )


CODED = [
    described(1, "first", codes.SCT.RightCoronaryArtery),
    described(2, "second", codes.SCT.LeftAnteriorDescendingCoronaryArtery),
    described(3, "third", codes.SCT.CircumflexCoronaryArtery),
    described(4, "a", codes.SCT.VascularCalcification, place=[codes.SCT.RightCoronaryArtery]),
    described(
        5,
        "b",
        codes.SCT.VascularCalcification,
        place=[codes.SCT.LeftMainCoronaryArtery, codes.SCT.LeftAnteriorDescendingCoronaryArtery],
    ),
    described(6, "c", codes.SCT.VascularCalcification, place=[codes.SCT.CircumflexCoronaryArtery]),
]


def seg(
    images: list[Dataset],
    masks: NDArray[Any],
    segments: list[hd.seg.SegmentDescription],
    kind: str = "BINARY",
) -> hd.seg.Segmentation:
    """Return a SEG of masks (slice, row, column, segment) in the order of the images."""
    return hd.seg.Segmentation(
        source_images=images,
        pixel_array=masks,
        segmentation_type=kind,
        segment_descriptions=segments,
        series_instance_uid=str(generate_uid()),
        series_number=900,
        sop_instance_uid=str(generate_uid()),
        instance_number=1,
        manufacturer="m",
        manufacturer_model_name="n",
        software_versions="1",
        device_serial_number="2",
    )


def rtstruct(
    path: Path, scan: Scan, masks: dict[str, NDArray[np.bool_]], frame: str = FRAME
) -> Path:
    """Write the outlines of masks on a scan, in patient coordinates."""
    ds = new_file(UID(RTStructureSetStorage))
    ds.Modality, ds.PatientName = "RTSTRUCT", "SECRET^NAME"
    ds.StructureSetROISequence, ds.ROIContourSequence = Items(), Items()
    for number, (name, mask) in enumerate(masks.items(), start=1):
        region, drawn = Dataset(), Dataset()
        region.ROINumber, region.ROIName = number, name
        region.ReferencedFrameOfReferenceUID = frame
        drawn.ReferencedROINumber = number
        drawn.ContourSequence = Items(_contours(mask, scan.grid))
        ds.StructureSetROISequence.append(region)
        ds.ROIContourSequence.append(drawn)
    save(ds, path)
    return path


def _contours(mask: NDArray[np.bool_], grid: Grid) -> list[Dataset]:
    found = []
    for at in np.flatnonzero(mask.any(axis=(1, 2))):
        for line in contourpy.contour_generator(z=mask[at].astype(float)).lines(0.5):
            points = np.asarray(line)[:-1]
            index = np.column_stack([np.full(len(points), float(at)), points[:, ::-1]])
            item = Dataset()
            item.ContourGeometricType = "CLOSED_PLANAR"
            item.NumberOfContourPoints = len(points)
            item.ContourData = [round(float(v), 4) for v in grid.to_lps(index).ravel()]
            found.append(item)
    return found
