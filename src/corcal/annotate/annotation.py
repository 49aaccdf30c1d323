"""A drawing of any kind, as six classes on its scan."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from corcal.annotate.checks.plausibility import require_plausible
from corcal.annotate.classes import DrawnClass
from corcal.annotate.drawing import Drawing
from corcal.annotate.formats.contour_file import read_contour_file
from corcal.annotate.formats.dicom_seg import read_dicom_seg
from corcal.annotate.formats.rtstruct import read_rtstruct
from corcal.annotate.options import AnnotateOptions
from corcal.annotate.six_classes import SixClasses, six_classes
from corcal.core.errors import AnnotationRefused, UnreadableScan
from corcal.core.scan import Notice, Scan


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
        AnnotationRefused: it is empty, cannot be of this scan, or has orphans that are to be
            refused.
    """
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
        notices=(*drawn.notices, *six.notices, *doubts),
    )


def read_drawing(path: Path, scan: Scan, *, options: AnnotateOptions) -> Drawing:
    """Return a contour file, DICOM SEG or RTSTRUCT as a drawing on its scan.

    Args:
        path: the file; or a folder with one DICOM file in it, as PACS export it.
        scan: the scan it was drawn on.
        options: what the user decided.

    Raises:
        UnreadableScan: there is no such file, or it is none of these.
        AnnotationRefused: it is damaged, or leaves open what it means.
        GridMismatch: it was drawn on other images.
    """
    try:
        file = _only_file(path)
        if not _is_dicom(file):
            return read_contour_file(file, scan, options=options)
        drawn = _of_dicom(pydicom.dcmread(file), scan, options, path.name)
        return replace(drawn, sha256=hashlib.sha256(file.read_bytes()).hexdigest())
    except OSError as error:
        raise UnreadableScan(f"{path.name}: cannot be read ({error.strerror})") from error
    except InvalidDicomError:
        raise AnnotationRefused(f"{path.name}: a damaged DICOM file") from None


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


def _is_dicom(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def _of_dicom(ds: Dataset, scan: Scan, options: AnnotateOptions, name: str) -> Drawing:
    modality = str(ds.get("Modality", ""))
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
