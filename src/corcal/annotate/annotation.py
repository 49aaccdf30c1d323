"""A drawing of any kind, as six classes on its scan."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from pydicom.dataset import Dataset

from corcal.annotate.calcium_stated import require_calcium
from corcal.annotate.checks.plausibility import require_plausible
from corcal.annotate.classes import DrawnClass
from corcal.annotate.drawing import Drawing
from corcal.annotate.formats.contour_file import read_contour_file
from corcal.annotate.formats.dicom_file import is_dicom_file, modality_of, read_dicom_object
from corcal.annotate.formats.dicom_seg import read_dicom_seg
from corcal.annotate.formats.label_map import read_label_map
from corcal.annotate.formats.masks import NamedVolume, read_masks
from corcal.annotate.formats.outlines import begins_as_outlines, read_outlines
from corcal.annotate.formats.rtstruct import read_rtstruct
from corcal.annotate.formats.slicer_segmentation import read_slicer_segmentation
from corcal.annotate.options import AnnotateOptions
from corcal.annotate.six_classes import SixClasses, six_classes
from corcal.core.errors import AnnotationRefused, UnreadableScan
from corcal.core.scan import Notice, Scan
from corcal.read import is_segmentation, read_segmentation, read_volume, volume_kind


@dataclass(frozen=True, eq=False)
class Annotation:
    """Six classes on a scan, and how they came about.

    Attributes:
        drawn: what was drawn.
        six: what became of it.
        drawn_voxels: voxels of each class that was drawn.
        checks: the scan's answers to whether it can be, by name.
        notices: all doubts.
    """

    drawn: Drawing
    six: SixClasses
    drawn_voxels: dict[DrawnClass, int]
    checks: dict[str, float]
    notices: tuple[Notice, ...]


def annotation_of(drawn: Drawing, scan: Scan, *, options: AnnotateOptions, name: str) -> Annotation:
    """Return the six classes of a drawing, if it can be of this scan.

    Args:
        drawn: on the scan's grid.
        scan: the scan.
        options: what the user decided.
        name: of the drawing, for messages.

    Raises:
        AnnotationRefused: it is empty, leaves open whether there is calcium, cannot be of this
            scan, or has orphans that are to be refused.
    """
    no_calcium = require_calcium(drawn, name=name)
    six = six_classes(drawn, scan, options=options)
    checks, doubts = require_plausible(
        six.labels,
        scan,
        threshold_hu=options.threshold_hu,
        name=name,
        refuse=options.checked,
    )
    marked = drawn.bits[drawn.bits > 0]
    counted = {c: int(np.count_nonzero(marked & c.bit)) for c in DrawnClass if c.bit}
    return Annotation(
        drawn=drawn,
        six=six,
        drawn_voxels={c: n for c, n in counted.items() if n},
        checks=checks,
        notices=(*drawn.notices, *no_calcium, *six.notices, *doubts),
    )


def read_drawing(paths: Sequence[Path], scan: Scan, *, options: AnnotateOptions) -> Drawing:
    """Return a drawing of any kind on its scan: the one reader of everything that is drawn.

    Args:
        paths: one file: a contour file, label map, segmentation of 3D Slicer, DICOM SEG or
            RTSTRUCT; or a folder with one DICOM file in it, as PACS export it. Or several
            volume files, each a mask that is named after what it marks.
        scan: the scan it was drawn on.
        options: what the user decided.

    Raises:
        UnreadableScan: there is no such file, or it is none of these.
        AnnotationRefused: it is damaged, or leaves open what it means.
        LabelsRefused: it holds codes or fractions that mean nothing here.
        GridMismatch: it was drawn on other images.
    """
    name = ", ".join(path.name for path in paths)
    try:
        if len(paths) > 1:
            return _of_masks(paths, scan, options)
        path = _only_file(paths[0])
        if volume_kind(path):
            drawn = _of_volume(path, scan, options)
        elif begins_as_outlines(path):
            drawn = read_outlines(path, scan, options=options)
        elif is_dicom_file(path):
            drawn = _of_dicom(read_dicom_object(path), scan, options, path.name)
        else:
            drawn = read_contour_file(path, scan, options=options)
        return replace(drawn, sha256=_sha256(path))
    except OSError as error:
        raise UnreadableScan(f"{name}: cannot be read ({error.strerror})") from error


def _of_volume(path: Path, scan: Scan, options: AnnotateOptions) -> Drawing:
    if options.names is None and is_segmentation(path):
        return read_slicer_segmentation(
            read_segmentation(path), scan, classes=options.classes, name=path.name
        )
    volume = read_volume(path)
    return read_label_map(
        volume.values,
        volume.grid,
        scan,
        classes=options.classes,
        names=options.names,
        name=path.name,
    )


def _of_masks(paths: Sequence[Path], scan: Scan, options: AnnotateOptions) -> Drawing:
    other = [path.name for path in paths if not volume_kind(path)]
    if other:
        raise AnnotationRefused(
            f"{', '.join(other)}: several files are masks, each a .nii, .nii.gz, .nrrd, .mha or "
            ".mhd file; give any other drawing alone"
        )
    masks = [NamedVolume(path.name, read_volume(_only_file(path))) for path in paths]
    drawn = read_masks(masks, scan, classes=options.classes)
    together = "".join(_sha256(path) for path in paths)
    return replace(drawn, sha256=hashlib.sha256(together.encode()).hexdigest())


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _only_file(path: Path) -> Path:
    if not path.exists():
        raise UnreadableScan(f"{path}: there is no such file or folder")
    if not path.is_dir():
        return path
    files = [p for p in sorted(path.iterdir()) if p.is_file() and not p.name.startswith(".")]
    if len(files) != 1:
        raise UnreadableScan(
            f"{path.name}: a folder of {len(files)} files; name the file of the drawing"
        )
    return files[0]


def _of_dicom(ds: Dataset, scan: Scan, options: AnnotateOptions, name: str) -> Drawing:
    modality = modality_of(ds)
    if modality == "SEG":
        drawn = read_dicom_seg(ds, scan, classes=options.classes, name=name)
    elif modality == "RTSTRUCT":
        drawn = read_rtstruct(ds, scan, classes=options.classes, union=options.union, name=name)
    else:
        raise AnnotationRefused(
            f"{name}: a DICOM object of modality {modality or 'not given'}; drawings are read "
            "from SEG and RTSTRUCT"
        )
    series = _series_of(ds)
    if series and scan.source.series_uid and scan.source.series_uid not in series:
        text = "It names another series than the one that was read, with the same geometry."
        drawn = replace(drawn, notices=(*drawn.notices, Notice("other-series", text)))
    return drawn


def _series_of(ds: Dataset) -> set[str]:
    """Return the series that a drawing says it was made on."""
    found = {str(s.get("SeriesInstanceUID", "")) for s in ds.get("ReferencedSeriesSequence") or []}
    for frame in ds.get("ReferencedFrameOfReferenceSequence") or []:
        for study in frame.get("RTReferencedStudySequence") or []:
            for series in study.get("RTReferencedSeriesSequence") or []:
                found.add(str(series.get("SeriesInstanceUID", "")))
    return found - {""}
