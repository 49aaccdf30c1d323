"""DICOM Segmentation objects drawn on their scan.

Source: DICOM PS3.3 A.51 and C.8.20. Each frame is laid on the scan by its own position, so
frames may be sparse and in any order.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.pixels.utils import iter_pixels

from corcal.annotate.checks.align import alignment
from corcal.annotate.classes import ClassMap
from corcal.annotate.drawing import Drawing
from corcal.annotate.formats.dicom_file import whole_number
from corcal.annotate.formats.part_names import Part, part_meaning
from corcal.core.errors import AnnotationRefused
from corcal.core.grid import Grid
from corcal.core.scan import Notice, Scan


def read_dicom_seg(ds: Dataset, scan: Scan, *, classes: ClassMap | None, name: str) -> Drawing:
    """Return the segments of a DICOM SEG as a drawing on its scan.

    Args:
        ds: the object, binary, fractional (from half on) or label map.
        scan: the scan that was segmented.
        classes: what segment numbers or labels mean; None to go by codes and labels.
        name: of the file, for messages.

    Raises:
        AnnotationRefused: it is damaged, or a segment means nothing here.
        GridMismatch: its frames are not slices of the scan.
    """
    # Number 0 is the background that a label map may describe.
    parts = [_part(item, name) for item in ds.get("SegmentSequence") or []]
    parts = [p for p in parts if p.number > 0]
    if not parts:
        raise AnnotationRefused(f"{name}: a DICOM SEG without segments")
    meaning = part_meaning(parts, classes, name)
    notices = meaning.notices
    bits = np.zeros(scan.grid.shape, dtype=np.uint8)
    for plane, grid, number in _frames(ds, scan, name):
        laid = alignment(grid, scan.grid, name)
        # A label map names a segment in each voxel, the other kinds in each frame.
        for value in np.unique(plane[plane > 0]) if number is None else (1,):
            meant = meaning.of.get(int(value) if number is None else number)
            if meant is None:
                raise AnnotationRefused(f"{name}: a frame is of a segment that is not described")
            index = np.argwhere(plane == value)
            bits[laid.place(np.insert(index, 0, 0, axis=1))] |= meant.bit
    if _kind(ds) == "FRACTIONAL":
        text = "Of fractional segments, voxels with half or more of the maximum were taken."
        notices = (*notices, Notice("seg-fractional", text))
    return Drawing(
        bits=bits,
        grid=scan.grid,
        kind="dicom-seg",
        declared=meaning.declared,
        decisions=(meaning.decision,),
        notices=notices,
    )


def _kind(ds: Dataset) -> str:
    return str(ds.get("SegmentationType", "BINARY"))


def _frames(
    ds: Dataset, scan: Scan, name: str
) -> Iterator[tuple[NDArray[np.uint16], Grid, int | None]]:
    """Yield each frame that marks something: its voxels, its grid, and its segment.

    The segment is None where the voxels themselves name it; else voxels are 0 or 1.
    """
    half = int(ds.get("MaximumFractionalValue", 1)) / 2 if _kind(ds) == "FRACTIONAL" else 0.5
    try:
        groups = ds.PerFrameFunctionalGroupsSequence
        shared = ds.SharedFunctionalGroupsSequence[0]
        for plane, group in zip(iter_pixels(ds), groups, strict=True):
            if plane.any():
                labelled = _kind(ds) == "LABELMAP"
                marks = plane if labelled else plane >= half
                number = None if labelled else _segment(group, shared)
                yield marks.astype(np.uint16), _grid(ds, group, shared, scan), number
    except (AttributeError, IndexError, KeyError, ValueError, RuntimeError) as error:
        # The library's own text may quote what the file holds.
        raise AnnotationRefused(
            f"{name}: the DICOM SEG is damaged, or does not say where its frames lie "
            f"({type(error).__name__})"
        ) from None


def _segment(group: Dataset, shared: Dataset) -> int:
    where = group if "SegmentIdentificationSequence" in group else shared
    return int(where.SegmentIdentificationSequence[0].ReferencedSegmentNumber)


def _grid(ds: Dataset, group: Dataset, shared: Dataset, scan: Scan) -> Grid:
    """Return the grid of one frame; its thickness is taken from the scan's slices."""

    def of(sequence: str) -> Dataset:
        found: Dataset = (group if sequence in group else shared)[sequence][0]
        return found

    along = np.array(of("PlaneOrientationSequence").ImageOrientationPatient, dtype=np.float64)
    spacing = np.array(of("PixelMeasuresSequence").PixelSpacing, dtype=np.float64)
    normal = np.cross(along[:3], along[3:])
    axis = int(np.argmax(np.abs(scan.grid.directions.T @ normal)))
    affine = np.eye(4)
    affine[:3, 0] = scan.grid.affine[:3, axis]
    affine[:3, 1] = along[3:] * spacing[0]
    affine[:3, 2] = along[:3] * spacing[1]
    affine[:3, 3] = of("PlanePositionSequence").ImagePositionPatient
    return Grid((1, int(ds.Rows), int(ds.Columns)), affine, str(ds.get("FrameOfReferenceUID", "")))


def _part(item: Dataset, name: str) -> Part:
    places = item.get("AnatomicRegionSequence") or []
    return Part(
        number=whole_number(item, "SegmentNumber", name),
        name=str(item.get("SegmentLabel", "")),
        kind_code=next(iter(_codes(item.get("SegmentedPropertyTypeCodeSequence") or [])), ""),
        place_codes=tuple(_codes(places)),
    )


def _codes(items: list[Dataset]) -> Iterator[str]:
    for item in items:
        yield str(item.get("CodeValue", ""))
