"""Small DICOM series for the tests, written as a scanner would."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import gdcm
import numpy as np
from numpy.typing import NDArray
from pydicom import config, dcmwrite
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence as Items
from pydicom.uid import (
    UID,
    CTImageStorage,
    EnhancedCTImageStorage,
    ExplicitVRLittleEndian,
    JPEGLSLossless,
    RLELossless,
    generate_uid,
)

AXIAL = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
SPACING_MM = (0.8, 0.7)
_BY_PYDICOM = (JPEGLSLossless, RLELossless)


def body(slices: int = 30, rows: int = 32, columns: int = 40) -> NDArray[np.int16]:
    """Return HU that no turn or swap maps onto itself: a body with lungs in air."""
    generator = np.random.default_rng(7)
    hu = np.full((slices, rows, columns), -1000, dtype=np.int16)
    inner = hu[:, 4:-4, 5:-5]
    inner[:] = generator.integers(20, 300, inner.shape)
    hu[:, 8:20, 8:16] = generator.integers(-900, -700, hu[:, 8:20, 8:16].shape)
    hu += np.arange(slices, dtype=np.int16)[:, None, None]
    return hu


@dataclass
class Series:
    """What a test may change about a series before it is written."""

    hu: NDArray[np.int16] = field(default_factory=body)
    step_mm: float = 3.0
    orientation: Sequence[float] = AXIAL
    positions: NDArray[np.float64] | None = None
    uid: str = field(default_factory=lambda: str(generate_uid()))
    patient: str = "P1"
    intercept: float = -1024.0
    slope: float = 1.0
    signed: bool = False
    tags: dict[str, Any] = field(default_factory=dict)
    syntax: UID = ExplicitVRLittleEndian
    sop_class: UID = CTImageStorage

    def places(self) -> NDArray[np.float64]:
        """Return the LPS position of each slice."""
        if self.positions is not None:
            return self.positions
        across, down = np.array(self.orientation[:3]), np.array(self.orientation[3:])
        normal = np.cross(across, down)
        return np.array([-20.0, -30.0, 100.0]) + np.outer(
            np.arange(len(self.hu)) * self.step_mm, normal
        )

    def write(self, folder: Path) -> list[Path]:
        """Write one file per slice and return their paths, in slice order."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = []
        for k, place in enumerate(self.places()):
            path = folder / f"{self.uid[-8:]}_{k:04d}.dcm"
            save(self.slice(k, place), path, self.syntax)
            paths.append(path)
        return paths

    def slice(self, k: int, place: NDArray[np.float64]) -> FileDataset:
        """Return one slice, uncompressed."""
        ds = new_file(self.sop_class)
        ds.SeriesInstanceUID, ds.StudyInstanceUID = self.uid, "1.2.3"
        ds.PatientID, ds.PatientName = self.patient, "SECRET^NAME"
        ds.Modality, ds.ImageType, ds.InstanceNumber = "CT", ["ORIGINAL", "PRIMARY", "AXIAL"], k + 1
        ds.FrameOfReferenceUID = "1.2.3.4"
        ds.ImagePositionPatient = [round(float(v), 6) for v in place]
        ds.ImageOrientationPatient = [round(float(v), 10) for v in self.orientation]
        ds.PixelSpacing = list(SPACING_MM)
        ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = self.intercept, self.slope, "HU"
        ds.KVP, ds.SliceThickness, ds.ConvolutionKernel = 120, self.step_mm, "B30f"
        put_pixels(ds, self.hu[k], self)
        for keyword, value in self.tags.items():
            setattr(ds, keyword, value)
        return ds


def new_file(sop_class: UID) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = sop_class
    meta.MediaStorageSOPInstanceUID = generate_uid()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, meta.MediaStorageSOPInstanceUID
    return ds


def put_pixels(ds: Dataset, hu: NDArray[np.int16], series: Series) -> None:
    stored = np.rint((hu.astype(np.float64) - series.intercept) / series.slope)
    kind = "<i2" if series.signed else "<u2"
    ds.Rows, ds.Columns = hu.shape[-2:]
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated = ds.BitsStored = 16
    ds.HighBit, ds.PixelRepresentation = 15, int(series.signed)
    ds.PixelData = stored.astype(kind).tobytes()


def save(ds: FileDataset, path: Path, syntax: UID = ExplicitVRLittleEndian) -> None:
    """Write a data set in a transfer syntax, by whichever package can."""
    with config.disable_value_validation():
        if syntax in _BY_PYDICOM:
            ds.compress(syntax, generate_instance_uid=False)
        elif not syntax.is_compressed or syntax.is_deflated:
            if not syntax.is_little_endian:
                ds.PixelData = np.frombuffer(ds.PixelData, "<u2").astype(">u2").tobytes()
            ds.file_meta.TransferSyntaxUID = syntax
        dcmwrite(path, ds, enforce_file_format=True)
    if syntax.is_encapsulated and syntax not in _BY_PYDICOM:
        _compress_with_gdcm(path, syntax)


def _compress_with_gdcm(path: Path, syntax: UID) -> None:
    reader = gdcm.ImageReader()
    reader.SetFileName(str(path))
    assert reader.Read()
    change = gdcm.ImageChangeTransferSyntax()
    kind = gdcm.TransferSyntax.GetTSType(str(syntax))
    change.SetTransferSyntax(gdcm.TransferSyntax(kind))
    change.SetInput(reader.GetImage())
    assert change.Change()
    writer = gdcm.ImageWriter()
    writer.SetFileName(str(path))
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write()


def write_multi_frame(path: Path, series: Series, order: Sequence[int]) -> None:
    """Write an Enhanced CT whose frames come in any order, facts in functional groups."""
    ds = new_file(EnhancedCTImageStorage)
    ds.SeriesInstanceUID, ds.PatientID, ds.Modality = series.uid, series.patient, "CT"
    ds.ImageType, ds.FrameOfReferenceUID = ["ORIGINAL", "PRIMARY", "VOLUME", "NONE"], "1.2.3.4"
    put_pixels(ds, series.hu[list(order)], series)
    ds.NumberOfFrames = len(order)
    shared = Dataset()
    shared.PlaneOrientationSequence = _item(ImageOrientationPatient=list(series.orientation))
    shared.PixelMeasuresSequence = _item(
        PixelSpacing=list(SPACING_MM), SliceThickness=series.step_mm
    )
    shared.CTReconstructionSequence = _item(ConvolutionKernel="Br36")
    shared.CTXRayDetailsSequence = _item(KVP=100)
    ds.SharedFunctionalGroupsSequence = Items([shared])
    places = series.places()
    ds.PerFrameFunctionalGroupsSequence = Items(
        [_frame_groups(series, places[k], n) for n, k in enumerate(order)]
    )
    save(ds, path, series.syntax)


def _frame_groups(series: Series, place: NDArray[np.float64], n: int) -> Dataset:
    own = Dataset()
    own.PlanePositionSequence = _item(ImagePositionPatient=[float(v) for v in place])
    own.PixelValueTransformationSequence = _item(
        RescaleIntercept=series.intercept, RescaleSlope=series.slope, RescaleType="HU"
    )
    own.FrameContentSequence = _item(FrameAcquisitionNumber=1, TemporalPositionIndex=1)
    own.CTImageFrameTypeSequence = _item(FrameType=["ORIGINAL", "PRIMARY", "VOLUME", "NONE"])
    return own


def _item(**values: Any) -> Items:
    item = Dataset()
    for keyword, value in values.items():
        setattr(item, keyword, value)
    return Items([item])
