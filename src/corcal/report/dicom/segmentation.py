"""Labels as a DICOM Segmentation: on the images as acquired, voxel for voxel."""

from __future__ import annotations

import highdicom as hd
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from corcal.core.artery import Artery
from corcal.core.reading import Reading
from corcal.report.dicom import codes
from corcal.report.dicom.identity import MODEL_NAME, Identity, complete
from corcal.report.pictures.colours import ARTERY_COLOURS, CALCIUM_COLOUR
from corcal.report.tables.labels_nifti import reorder_as_stored

_TOLERANCE_MM = 0.5


def segment_numbers(reading: Reading) -> dict[int, int]:
    """Return the segment number of each label code that occurs; segments count from 1."""
    present = [code for code in np.unique(reading.labels.codes).tolist() if code]
    return {code: number for number, code in enumerate(present, start=1)}


def can_segment(reading: Reading) -> bool:
    """Say whether every voxel of the labels is one of a single-frame image, and any is marked."""
    source = reading.scan.source
    whole = bool(source.instance_uids) and "" not in source.instance_uids
    return whole and not source.resampled and not source.frames and bool(segment_numbers(reading))


def make_segmentation(
    reading: Reading, headers: tuple[Dataset, ...], identity: Identity
) -> Dataset:
    """Return the Segmentation: a segment for each artery and for its calcium, where present.

    Segments exclude each other, because viewers fail with those that overlap.

    Args:
        reading: one for which `can_segment` holds.
        headers: of its images, in the order of their voxels.
        identity: of the result.

    Raises:
        ValueError: the images do not lie where the labels are.
    """
    numbers = segment_numbers(reading)
    stored, affine = reorder_as_stored(reading.labels, reading.scan.source)
    _require_places(affine, headers)
    lookup = np.zeros(7, np.uint8)
    for code, number in numbers.items():
        lookup[code] = number
    pixels: NDArray[np.uint8] = lookup[stored]
    item = hd.seg.Segmentation(
        source_images=list(headers),
        pixel_array=pixels,
        segmentation_type="BINARY",
        segment_descriptions=[_describe(c, n, identity) for c, n in numbers.items()],
        software_versions=identity.version,
        manufacturer_model_name=MODEL_NAME,
        device_serial_number=identity.version,
        content_label="CORCAL",
        content_description="Coronary arteries and their calcium",
        **identity.arguments("seg"),
    )
    measures = item.SharedFunctionalGroupsSequence[0].PixelMeasuresSequence[0]
    if measures.get("SliceThickness") in (None, ""):
        # Required here, and unknown there: a label fills its slice up to the next.
        measures.SliceThickness = float(round(reading.scan.grid.spacing_mm[0], 6))
    dimensions = identity.uid("seg", "dimensions")
    for entry in (*item.DimensionOrganizationSequence, *item.DimensionIndexSequence):
        entry.DimensionOrganizationUID = dimensions
    return complete(item, "seg", identity, headers[0])


def _describe(code: int, number: int, identity: Identity) -> hd.seg.SegmentDescription:
    artery = next(a for a in Artery if code in (a.vessel_code, a.calcium_code))
    calcium = code == artery.calcium_code
    name = f"{artery.title} calcium" if calcium else artery.title
    colour = CALCIUM_COLOUR if calcium else ARTERY_COLOURS[artery]
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=name,
        segmented_property_category=codes.ABNORMALITY if calcium else codes.ANATOMY,
        segmented_property_type=codes.CALCIFICATION if calcium else codes.VESSELS[artery],
        algorithm_type="AUTOMATIC",
        algorithm_identification=hd.AlgorithmIdentificationSequence(
            name=MODEL_NAME, family=codes.INTELLIGENCE, version=identity.version
        ),
        tracking_uid=identity.uid("seg", f"segment {code}"),
        tracking_id=name,
        anatomic_regions=list(codes.SITES[artery]) if calcium else None,
        display_color=hd.color.CIELabColor.from_rgb(*colour),
    )


def _require_places(affine: NDArray[np.float64], headers: tuple[Dataset, ...]) -> None:
    """Compare where each image says it lies with where its labels lie.

    Raises:
        ValueError: they are apart.
    """
    for number, header in enumerate(headers):
        place = np.array([float(v) for v in header.ImagePositionPatient])
        apart = float(np.linalg.norm(affine @ np.array([number, 0.0, 0.0, 1.0]) - [*place, 1.0]))
        if apart > _TOLERANCE_MM:
            raise ValueError(f"image {number + 1} lies {apart:.1f} mm from its labels")
