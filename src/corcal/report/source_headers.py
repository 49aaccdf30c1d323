"""The DICOM headers that a scan was read from, for what is written back beside them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from pydicom import dcmread
from pydicom.config import disable_value_validation
from pydicom.dataset import Dataset
from pydicom.errors import InvalidDicomError

from corcal.core.errors import OutputRefused
from corcal.core.scan import Source


def first_header(source: Source) -> Dataset:
    """Return the header of one image of a scan, without pixels; empty where there is none."""
    if source.kind != "dicom":
        return Dataset()
    wanted = next(filter(None, source.instance_uids), "")
    for header in _headers(source):
        if not wanted or header.get("SOPInstanceUID") == wanted:
            return header
        if not wanted and header.get("SeriesInstanceUID") == source.series_uid:
            return header
    return Dataset()


def all_headers(source: Source) -> tuple[Dataset, ...]:
    """Return the headers of a scan's images, without pixels, in the order of `instance_uids`.

    A scan that was resampled has its images in the order in which they are found.

    Raises:
        OutputRefused: an image is no longer where the scan was read from.
    """
    of_series = {
        str(header.SOPInstanceUID): header
        for header in _headers(source)
        if header.get("SeriesInstanceUID") == source.series_uid
    }
    uids = [uid for uid in dict.fromkeys(source.instance_uids) if uid] or list(of_series)
    missing = [uid for uid in uids if uid not in of_series]
    if missing or not uids:
        raise OutputRefused(
            "DICOM results need the headers of the scan's own images, and "
            f"{len(missing) or 'all'} of them are no longer where the scan was read from"
        )
    return tuple(of_series[uid] for uid in uids)


def _headers(source: Source) -> Iterator[Dataset]:
    for name in source.files:
        for file in _open(Path(name)):
            try:
                with disable_value_validation():
                    header = dcmread(file, stop_before_pixels=True, force=True)
            except (InvalidDicomError, OSError, ValueError):
                continue
            if "SOPInstanceUID" in header:
                yield header


def _open(path: Path) -> Iterator[BinaryIO]:
    """Yield a file, or each file in a zip; nothing where it is gone."""
    if not path.is_file():
        return
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            yield file
        return
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if not member.is_dir():
                yield io.BytesIO(archive.read(member))
