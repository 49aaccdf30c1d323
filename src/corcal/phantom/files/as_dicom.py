"""A phantom's scan as a DICOM series: CT Image Storage, uncompressed, one file per slice.

Every file says in several places that nobody was scanned. UIDs follow from the seed and the
options, so that the same phantom is the same series.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

from corcal.phantom.case import PhantomCase

_INTERCEPT_HU = -1024
_NAMESPACE = uuid.UUID("4c1f8a5e-3f0b-5d53-9f6e-0a7b5f6f0a11")


def write_dicom(folder: Path, case: PhantomCase, version: str) -> None:
    """Write the scan of a phantom into a new folder, one file per slice, lowest first.

    Args:
        folder: is made.
        case: the phantom.
        version: corcal's.

    Raises:
        OSError: a file cannot be written.
    """
    folder.mkdir()
    for k in range(len(case.hu)):
        path = folder / f"{k + 1:04d}.dcm"
        ds = _slice(case, k)
        ds.SoftwareVersions = f"corcal {version}"
        ds.save_as(path, enforce_file_format=True)


def _slice(case: PhantomCase, k: int) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = _uid(case, f"slice {k}")
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.SOPClassUID, ds.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    _describe_patient(ds, case)
    _describe_scan(ds, case)
    ds.InstanceNumber = k + 1
    column, row = case.grid.spacing_mm[2], case.grid.spacing_mm[1]
    ds.PixelSpacing = [row, column]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    at = case.grid.to_lps(np.array([[float(k), 0.0, 0.0]]))[0]
    ds.ImagePositionPatient = [round(float(v), 4) for v in at]
    ds.SliceLocation = round(float(at[2]), 4)
    _describe_pixels(ds, case.hu[k])
    return ds


def _describe_patient(ds: FileDataset, case: PhantomCase) -> None:
    name = case.parameters.get("name", f"phantom-{case.parameters['seed']:05d}")
    ds.PatientName, ds.PatientID = f"Phantom^{name}", name
    ds.PatientBirthDate = ds.PatientSex = ""
    ds.PatientComments = "Synthetic: nobody was scanned"
    ds.SyntheticData, ds.QualityControlImage = "YES", "YES"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = _uid(case, "study"), _uid(case, "series")
    ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = _uid(case, "frame"), ""
    ds.StudyDate = ds.StudyTime = ds.ReferringPhysicianName = ds.AccessionNumber = ""
    ds.StudyID, ds.StudyDescription = "1", "corcal phantom"


def _describe_scan(ds: FileDataset, case: PhantomCase) -> None:
    made = case.scan.acquisition
    ds.Modality, ds.SeriesNumber, ds.AcquisitionNumber = "CT", 1, 1
    ds.SeriesDescription = "Synthetic chest CT"
    ds.ImageType = ["DERIVED", "PRIMARY", "AXIAL"]
    ds.DerivationDescription = "Computed from random shapes; no patient, no scanner"
    ds.Manufacturer, ds.ManufacturerModelName = made.manufacturer, "phantom"
    ds.BodyPartExamined, ds.PatientPosition = "CHEST", "HFS"
    ds.KVP, ds.SliceThickness = made.kvp_kv, made.thickness_mm
    ds.SpacingBetweenSlices = case.grid.spacing_mm[0]
    ds.CardiacSynchronizationTechnique = "NONE"
    if made.contrast:
        ds.ContrastBolusAgent = "simulated"


def _describe_pixels(ds: FileDataset, hu: NDArray[np.int16]) -> None:
    ds.Rows, ds.Columns = hu.shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = _INTERCEPT_HU, 1, "HU"
    ds.WindowCenter, ds.WindowWidth, ds.BurnedInAnnotation = 40, 400, "NO"
    ds.PixelData = (hu.astype(np.int32) - _INTERCEPT_HU).astype("<u2").tobytes()


def _uid(case: PhantomCase, what: str) -> UID:
    request = {key: case.parameters[key] for key in ("seed", "options")}
    text = f"{json.dumps(request, sort_keys=True)} {what}"
    return UID(f"2.25.{uuid.uuid5(_NAMESPACE, text).int}")
