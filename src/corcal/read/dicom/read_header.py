"""DICOM headers: the slices of a file, pixels left aside."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pydicom
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset
from pydicom.tag import Tag

from corcal.core.errors import InputRefused, UnreadableScan
from corcal.read.dicom.bounds import is_dicom, require_bounded
from corcal.read.dicom.header import (
    group,
    is_stated,
    number,
    quiet_pydicom,
    text,
    value,
    vector,
    words,
)
from corcal.read.dicom.slices import Slice
from corcal.read.names import short_name
from corcal.read.plausible import require_plausible_size

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
    "StudyInstanceUID",
    "PatientName",
    "SeriesNumber",
    "BitsStored",
    "HighBit",
    "CardiacSignalSource",
    "HeartRate",
    "LowRRValue",
    "HighRRValue",
    "IntervalsAcquired",
    "NominalInterval",
    "CardiacRRIntervalSpecified",
    "ReconstructionDiameter",
    "PatientPosition",
    "ImageComments",
    "SharedFunctionalGroupsSequence",
    "PerFrameFunctionalGroupsSequence",
]


#: Once, not for every file: looking sixty words up takes a fifth of the time of a header.
_TAGS = [Tag(keyword) for keyword in _KEYWORDS]
#: Endings of names that only DICOM files have.
DICOM_ENDINGS = (".dcm", ".ima", ".dicom")
_DIRECTORY = b"1.2.840.10008.1.3.10"


def is_directory_record(path: Path) -> bool:
    """Tell whether a file is the DICOMDIR of a disc: a list of its files, no image."""
    with path.open("rb") as file:
        return path.name.upper() == "DICOMDIR" or _DIRECTORY in file.read(1024)


def read_slices(path: Path) -> tuple[Slice, ...]:
    """Return the slices of a DICOM file: one, or one per frame.

    Raises:
        UnreadableScan: the file is no DICOM file, or its header is damaged.
    """
    with path.open("rb") as file:
        if not is_dicom(file):
            raise UnreadableScan(
                f"{short_name(path)}: not a DICOM file; corcal reads DICOM folders, zips and "
                "files, and .nii, .nii.gz, .nrrd, .mha and .mhd"
            )
        require_bounded(file, short_name(path))
        try:
            with quiet_pydicom():
                tags = pydicom.dcmread(
                    file, stop_before_pixels=True, specific_tags=[*_TAGS], force=True
                )
                return tuple(_slices(path, tags, file.tell()))
        except (OSError, InputRefused):
            raise
        except Exception as error:
            # pydicom meets damaged headers with many kinds of exception, whose texts may hold
            # header values: only the kind is given.
            raise UnreadableScan(
                f"{short_name(path)}: damaged DICOM header ({type(error).__name__})"
            ) from None


def _slices(path: Path, tags: Dataset, pixels_at: int) -> Iterable[Slice]:
    if not text(tags, "SOPClassUID"):
        raise ValueError("no SOP class")
    shape = _shape(tags)
    frames = int(number(tags, "NumberOfFrames") or 1)
    if all(shape):
        require_plausible_size((max(frames, 1), *shape), short_name(path))
    if "PerFrameFunctionalGroupsSequence" not in tags:
        return [_single(path, tags, pixels_at)]
    shared = group(tags, "SharedFunctionalGroupsSequence")
    groups = tags.PerFrameFunctionalGroupsSequence
    return [_frame(path, tags, k, (own, shared)) for k, own in enumerate(groups)]


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
        study_uid=text(tags, "StudyInstanceUID"),
        rescaled=is_stated(tags, "RescaleIntercept"),
        flaw="" if many else _flaw(dict.fromkeys((*_PLACE, *_RESCALE), tags)),
    )


#: What puts a slice in its place, and what its values into Hounsfield units.
_PLACE = {"ImagePositionPatient": 3, "ImageOrientationPatient": 6, "PixelSpacing": 2}
_RESCALE = ("RescaleSlope", "RescaleIntercept")


def _flaw(homes: dict[str, Dataset]) -> str:
    """Return what is absent or malformed of what a slice must state, "" where nothing is.

    Args:
        homes: the data set in which each attribute stands.
    """
    for keyword, length in _PLACE.items():
        if vector(homes[keyword], keyword, length) is None:
            state = "malformed" if is_stated(homes[keyword], keyword) else "absent"
            return f"its {keyword} {_tag(keyword)} is {state}"
    for keyword in _RESCALE:
        stated = number(homes[keyword], keyword)
        if (stated is None and is_stated(homes[keyword], keyword)) or (
            stated == 0 and keyword == "RescaleSlope"
        ):
            return f"its {keyword} {_tag(keyword)} is malformed"
    return ""


def _tag(keyword: str) -> str:
    tag = tag_for_keyword(keyword) or 0
    return f"({tag >> 16:04X},{tag & 0xFFFF:04X})"


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
        study_uid=text(tags, "StudyInstanceUID"),
        rescaled=is_stated(rescale, "RescaleIntercept"),
        flaw=_flaw(
            {
                "ImagePositionPatient": part("PlanePositionSequence"),
                "ImageOrientationPatient": part("PlaneOrientationSequence"),
                "PixelSpacing": part("PixelMeasuresSequence"),
                "RescaleSlope": rescale,
                "RescaleIntercept": rescale,
            }
        ),
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
