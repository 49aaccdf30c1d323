"""Make the example DICOM series out of a NIfTI copy of the public scan LCTSC-Test-S1-201.

    python examples/make_example_series.py LCTSC-Test-S1-201.nii.gz examples/data/CASE.zip

The Hounsfield units are kept exactly (JPEG-LS lossless) and the voxels keep their place; what
the NIfTI file does not say (tube voltage, kernel, scanner, dates) stays unsaid. The same input
gives the same zip, byte for byte. What was changed, and whom to credit: data/ATTRIBUTION.md.
"""

from __future__ import annotations

import argparse
import io
import uuid
import zipfile
from pathlib import Path

import numpy as np
import pydicom
import SimpleITK as sitk
from numpy.typing import NDArray
from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian, JPEGLSLossless

CASE = "LCTSC-Test-S1-201"
INTERCEPT_HU = -1024
SOURCE = (
    "The Cancer Imaging Archive, LCTSC, doi 10.7937/K9/TCIA.2017.3R3FVZ08, CC BY 3.0. "
    "Voxels outside the body set to -1000 HU; origin unknown; in-plane spacing assumed."
)


def main() -> None:
    """Read the NIfTI file and write the zip."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("nifti", type=Path)
    parser.add_argument("zip", type=Path)
    args = parser.parse_args()
    image = sitk.ReadImage(str(args.nifti))
    hu = sitk.GetArrayFromImage(image)
    if not np.allclose(image.GetDirection(), np.eye(3).ravel()):
        raise SystemExit("expected an axial file with slices to the head")
    with zipfile.ZipFile(args.zip, "w", zipfile.ZIP_STORED) as archive:
        for k in range(len(hu)):
            name = zipfile.ZipInfo(f"{CASE}/{k + 1:04d}.dcm")  # dated 1980, always the same
            name.external_attr = 0o644 << 16
            archive.writestr(name, slice_file(hu[k], k, image))
    print(f"{args.zip}: {len(hu)} slices, {args.zip.stat().st_size / 1e6:.1f} MB")


def slice_file(hu: NDArray[np.int16], k: int, image: sitk.Image) -> bytes:
    """Return one slice as the bytes of a DICOM file, JPEG-LS lossless."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = uid(f"instance {k}")
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SpecificCharacterSet = "ISO_IR 100"
    ds.SOPClassUID, ds.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    describe_patient_and_study(ds)
    ds.ImageType = ["DERIVED", "PRIMARY", "AXIAL"]
    ds.DerivationDescription = SOURCE
    ds.InstanceNumber = k + 1
    ds.AcquisitionNumber = ds.KVP = ds.SliceThickness = None
    across, down, _ = image.GetSpacing()
    ds.PixelSpacing = [down, across]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.ImagePositionPatient = [float(v) for v in image.TransformIndexToPhysicalPoint((0, 0, k))]
    describe_pixels(ds, hu)
    ds.compress(JPEGLSLossless, generate_instance_uid=False)
    buffer = io.BytesIO()
    pydicom.dcmwrite(buffer, ds, enforce_file_format=True)
    return buffer.getvalue()


def describe_patient_and_study(ds: FileDataset) -> None:
    """Name the public case; leave empty what is unknown."""
    ds.PatientName = ds.PatientID = CASE
    ds.PatientBirthDate = ds.PatientSex = ""
    ds.PatientIdentityRemoved = "YES"
    ds.DeidentificationMethod = "Public TCIA case; new header by corcal's example script"
    ds.LongitudinalTemporalInformationModified = "REMOVED"
    ds.StudyInstanceUID, ds.SeriesInstanceUID = uid("study"), uid("series")
    ds.FrameOfReferenceUID, ds.PositionReferenceIndicator = uid("frame of reference"), ""
    ds.StudyDate = ds.StudyTime = ds.ReferringPhysicianName = ds.StudyID = ds.AccessionNumber = ""
    ds.Modality, ds.SeriesNumber, ds.SeriesDescription = "CT", 1, "Chest CT, no contrast"
    ds.BodyPartExamined, ds.PatientPosition, ds.Manufacturer = "CHEST", "", ""


def describe_pixels(ds: FileDataset, hu: NDArray[np.int16]) -> None:
    """Store Hounsfield units as unsigned 12-bit values above the intercept."""
    stored = hu.astype(np.int32) - INTERCEPT_HU
    if stored.min() < 0 or stored.max() > 4095:
        raise SystemExit("values outside 12 bits")
    ds.Rows, ds.Columns = hu.shape
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = INTERCEPT_HU, 1, "HU"
    ds.WindowCenter, ds.WindowWidth, ds.BurnedInAnnotation = 40, 400, "NO"
    ds.PixelData = stored.astype("<u2").tobytes()


def uid(what: str) -> UID:
    """Return a UID that is always the same for the same thing."""
    return UID(f"2.25.{uuid.uuid5(uuid.NAMESPACE_URL, f'corcal example {CASE} {what}').int}")


if __name__ == "__main__":
    main()
