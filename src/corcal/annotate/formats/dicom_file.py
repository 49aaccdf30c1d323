"""DICOM objects with drawings, read whole and without trust in what they announce."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset

from corcal.core.errors import AnnotationRefused
from corcal.read import quiet_pydicom, require_bounded

#: No drawing is larger: a segment for each voxel of a large scan takes 100 MB.
_LARGEST_BYTES = 1 << 30
_MODALITY = re.compile(r"[A-Z0-9_ ]{1,16}")


def is_dicom_file(path: Path) -> bool:
    """Tell whether a file begins as DICOM objects do."""
    with path.open("rb") as file:
        return file.read(132)[128:] == b"DICM"


def read_dicom_object(path: Path) -> Dataset:
    """Return a DICOM object, every value of it converted.

    Raises:
        AnnotationRefused: it is damaged, or larger than any drawing.
        UnreadableScan: it would unpack to more than any scan.
    """
    if path.stat().st_size > _LARGEST_BYTES:
        raise AnnotationRefused(f"{path.name}: is larger than any drawing")
    # In memory a length that no file has gives what there is; on a disk it is set aside first.
    file = io.BytesIO(path.read_bytes())
    require_bounded(file, path.name)
    try:
        with quiet_pydicom():
            ds = pydicom.dcmread(file)
            for _ in ds.iterall():
                pass
    except Exception as error:
        # pydicom meets damage with many kinds of exception, whose texts may hold header values.
        raise AnnotationRefused(
            f"{path.name}: a damaged DICOM file ({type(error).__name__})"
        ) from None
    return ds


def modality_of(ds: Dataset) -> str:
    """Return the modality; "none that is known" where it is no code, and might be anything."""
    stated = str(ds.get("Modality", "") or "").strip()
    return stated if not stated or _MODALITY.fullmatch(stated) else "none that is known"


def whole_number(item: Dataset, keyword: str, name: str) -> int:
    """Return the whole number that an attribute must hold.

    Raises:
        AnnotationRefused: it is absent, or no whole number.
    """
    try:
        return int(str(getattr(item, keyword)))
    except (AttributeError, ValueError):
        raise AnnotationRefused(
            f"{name}: damaged: {keyword} is absent, or no whole number"
        ) from None
