"""DICOM headers: what every slice of a folder says about itself, pixels left aside."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pydicom
from pydicom.dataset import Dataset

from corcal.core.errors import UnreadableScan
from corcal.read.dicom.header import (
    Vector,
    group,
    number,
    quiet_pydicom,
    text,
    value,
    vector,
    words,
)

#: Attributes asked for; everything else in a header is skipped unread.
_KEYWORDS = [
    "ImageType",
    "SOPClassUID",
    "SOPInstanceUID",
    "AcquisitionDate",
    "AcquisitionTime",
    "ContentTime",
    "Modality",
    "Manufacturer",
    "ManufacturerModelName",
    "SeriesDescription",
    "ProtocolName",
    "PatientID",
    "ContrastBolusAgent",
    "ContrastBolusAgentSequence",
    "BodyPartExamined",
    "ScanOptions",
    "SliceThickness",
    "KVP",
    "GantryDetectorTilt",
    "TriggerTime",
    "ConvolutionKernel",
    "CardiacSynchronizationTechnique",
    "NominalPercentageOfCardiacPhase",
    "CalciumScoringMassFactorPatient",
    "CalciumScoringMassFactorDevice",
    "SeriesInstanceUID",
    "AcquisitionNumber",
    "InstanceNumber",
    "ImagePositionPatient",
    "ImageOrientationPatient",
    "FrameOfReferenceUID",
    "TemporalPositionIdentifier",
    "SamplesPerPixel",
    "PhotometricInterpretation",
    "NumberOfFrames",
    "Rows",
    "Columns",
    "PixelSpacing",
    "BitsAllocated",
    "PixelRepresentation",
    "PixelPaddingValue",
    "RescaleIntercept",
    "RescaleSlope",
    "RescaleType",
    "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
]

#: First bytes of DICOM files that lack the preamble: group 0008, little endian.
_BARE = (b"\x08\x00",)


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


def read_slices(path: Path) -> tuple[Slice, ...]:
    """Return the slices of a DICOM file: one, or one per frame.

    Raises:
        UnreadableScan: the file is no DICOM file, or its header is damaged.
    """
    with path.open("rb") as file:
        head = file.read(132)
        if not (head[128:] == b"DICM" or head[:2] in _BARE):
            raise UnreadableScan(
                f"{path.name}: not a DICOM file; corcal reads DICOM folders, zips and files, and "
                ".nii, .nii.gz, .nrrd, .mha and .mhd"
            )
        file.seek(0)
        try:
            with quiet_pydicom():
                tags = pydicom.dcmread(
                    file, stop_before_pixels=True, specific_tags=[*_KEYWORDS], force=True
                )
                return tuple(_slices(path, tags, file.tell()))
        except OSError:
            raise
        except Exception as error:
            # pydicom meets damaged headers with many kinds of exception, whose texts may hold
            # header values: only the kind is given.
            raise UnreadableScan(
                f"{path.name}: damaged DICOM header ({type(error).__name__})"
            ) from None


def _slices(path: Path, tags: Dataset, pixels_at: int) -> Iterable[Slice]:
    if not text(tags, "SOPClassUID"):
        raise ValueError("no SOP class")
    if "PerFrameFunctionalGroupsSequence" not in tags:
        return [_single(path, tags, pixels_at)]
    shared = group(tags, "SharedFunctionalGroupsSequence")
    frames = tags.PerFrameFunctionalGroupsSequence
    return [_frame(path, tags, k, (own, shared)) for k, own in enumerate(frames)]


def _single(path: Path, tags: Dataset, pixels_at: int) -> Slice:
    many = (number(tags, "NumberOfFrames") or 1) > 1
    return Slice(
        path=path,
        frame=None,
        instance_uid=text(tags, "SOPInstanceUID"),
        series_uid=text(tags, "SeriesInstanceUID"),
        shape=_shape(tags),
        # An old multi-frame image has one position for all frames: none that can be used.
        position_mm=None if many else vector(tags, "ImagePositionPatient", 3),
        orientation=vector(tags, "ImageOrientationPatient", 6),
        spacing_mm=vector(tags, "PixelSpacing", 2),
        slope=_or(number(tags, "RescaleSlope"), 1.0),
        intercept_hu=_or(number(tags, "RescaleIntercept"), 0.0),
        rescale_type=text(tags, "RescaleType"),
        image_type=words(text(tags, "ImageType")),
        tags=tags,
        pixels_at=pixels_at,
    )


def _frame(path: Path, tags: Dataset, k: int, groups: tuple[Dataset, Dataset]) -> Slice:
    """Return a frame of an Enhanced or Legacy Converted Enhanced CT."""

    def part(sequence: str) -> Dataset:
        return next((group(g, sequence) for g in groups if sequence in g), Dataset())

    rescale = part("PixelValueTransformationSequence")
    frame_type = text(part("CTImageFrameTypeSequence"), "FrameType")
    return Slice(
        path=path,
        frame=k,
        instance_uid=text(tags, "SOPInstanceUID"),
        series_uid=text(tags, "SeriesInstanceUID"),
        shape=_shape(tags),
        position_mm=vector(part("PlanePositionSequence"), "ImagePositionPatient", 3),
        orientation=vector(part("PlaneOrientationSequence"), "ImageOrientationPatient", 6),
        spacing_mm=vector(part("PixelMeasuresSequence"), "PixelSpacing", 2),
        slope=_or(number(rescale, "RescaleSlope"), 1.0),
        intercept_hu=_or(number(rescale, "RescaleIntercept"), 0.0),
        rescale_type=text(rescale, "RescaleType"),
        image_type=words(frame_type or text(tags, "ImageType")),
        tags=_flat(tags, part),
    )


#: Functional groups whose attributes a single-frame image has at its top level.
_GROUPS = {
    "PixelMeasuresSequence": ("SliceThickness",),
    "CTReconstructionSequence": ("ConvolutionKernel",),
    "CTXRayDetailsSequence": ("KVP",),
    "CTAcquisitionDetailsSequence": ("GantryDetectorTilt",),
    "CardiacSynchronizationSequence": ("NominalPercentageOfCardiacPhase",),
    "FrameContentSequence": ("FrameAcquisitionNumber", "TemporalPositionIndex"),
    "UnassignedPerFrameConvertedAttributesSequence": ("AcquisitionNumber", "ScanOptions"),
    "UnassignedSharedConvertedAttributesSequence": (
        "KVP",
        "ConvolutionKernel",
        "SliceThickness",
        "GantryDetectorTilt",
        "ScanOptions",
    ),
}
_SAME = {
    "FrameAcquisitionNumber": "AcquisitionNumber",
    "TemporalPositionIndex": "TemporalPositionIdentifier",
}
_HEADER = tuple(k for k in _KEYWORDS if not k.endswith("FunctionalGroupsSequence"))


def _flat(tags: Dataset, part: Any) -> Dataset:
    """Return the header of a frame in the form of a single-frame header."""
    flat = Dataset()
    for keyword in _HEADER:
        if keyword in tags:
            flat[keyword] = tags[keyword]
    for sequence, keywords in _GROUPS.items():
        for keyword in keywords:
            found = value(part(sequence), keyword)
            if found is not None:
                setattr(flat, _SAME.get(keyword, keyword), found)
    return flat


def _shape(tags: Dataset) -> tuple[int, int]:
    return (int(number(tags, "Rows") or 0), int(number(tags, "Columns") or 0))


def _or(found: float | None, default: float) -> float:
    return default if found is None else found
