"""All DICOM objects of a reading, as files."""

from __future__ import annotations

import io
import warnings
from datetime import datetime

import numpy as np
from PIL import Image
from pydicom.dataset import Dataset

from corcal.core.artery import Artery
from corcal.core.reading import Reading
from corcal.report.dicom.document import make_document, make_picture
from corcal.report.dicom.identity import make_identity
from corcal.report.dicom.measurement_report import make_measurement_report
from corcal.report.dicom.segmentation import can_segment, make_segmentation, segment_numbers
from corcal.report.source_headers import all_headers


def dicom_files(
    reading: Reading, pdf: bytes, sheet: Image.Image, scored_at: datetime | None
) -> dict[str, bytes]:
    """Return the DICOM objects of a reading by file name.

    There is no Segmentation where nothing is marked, or where the voxels are not those of
    single-frame images, as after resampling: it would lie beside the images.

    Args:
        reading: of a DICOM series whose files are still there.
        pdf: the report as PDF.
        sheet: the overview.
        scored_at: when it was scored; None for the time of the study.

    Raises:
        OutputRefused: the images are gone.
    """
    headers = all_headers(reading.scan.source)
    with warnings.catch_warnings():
        # highdicom warns of careless names, and quotes them: they may be the patient's.
        warnings.simplefilter("ignore")
        objects = _objects(reading, headers, pdf, sheet, scored_at)
    return {name: _file_bytes(item) for name, item in objects.items()}


def _objects(
    reading: Reading,
    headers: tuple[Dataset, ...],
    pdf: bytes,
    sheet: Image.Image,
    scored_at: datetime | None,
) -> dict[str, Dataset]:
    identity = make_identity(reading, scored_at, headers[0])
    numbers = segment_numbers(reading) if can_segment(reading) else {}
    segmentation = make_segmentation(reading, headers, identity) if numbers else None
    images = _calcium_images(reading, headers)
    report = make_measurement_report(reading, images, segmentation, numbers, identity)
    objects = {
        "report.sr.dcm": report,
        "report.pdf.dcm": make_document(pdf, headers[0], identity),
        "overview.sc.dcm": make_picture(sheet, headers[0], identity),
    }
    if segmentation is not None:
        objects = {"labels.seg.dcm": segmentation, **objects}
    return objects


def _calcium_images(reading: Reading, headers: tuple[Dataset, ...]) -> tuple[Dataset, ...]:
    """Return the images with calcium; the first image where there is none, or it is not known."""
    uids = reading.scan.source.instance_uids
    first = min(artery.calcium_code for artery in Artery)
    hit = np.flatnonzero((reading.labels.codes >= first).any(axis=(1, 2)))
    if reading.scan.source.stored_flips[0] < 0:
        hit = reading.labels.codes.shape[0] - 1 - hit[::-1]
    of_uid = {str(h.SOPInstanceUID): h for h in headers}
    there = [of_uid[uids[i]] for i in hit.tolist() if i < len(uids) and uids[i] in of_uid]
    return tuple(there) or headers[:1]


def _file_bytes(item: Dataset) -> bytes:
    file = io.BytesIO()
    item.save_as(file, enforce_file_format=True)
    return file.getvalue()
