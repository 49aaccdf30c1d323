"""The scan that the speed of corcal is measured on: 300 slices of 512 x 512, as DICOM.

Made from the real example scan, so that there is a heart to find and calcium to measure: cut to
the chest and interpolated to 1 mm slices of 0.7 mm pixels. Speed depends on the size of the scan
and of its heart, not on the sharpness that interpolation does not bring back.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydicom import dcmread
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import UID, CTImageStorage, ExplicitVRLittleEndian

from corcal.core.grid import Grid
from corcal.core.scan import Scan
from corcal.read import read_scan
from corcal.settings import Settings
from corcal.space import resample
from corcal.storage import replace_folder

EXAMPLE = Path(__file__).parents[1] / "examples" / "data" / "LCTSC-Test-S1-201.zip"

SHAPE = (300, 512, 512)
SPACING_MM = (1.0, 0.7, 0.7)
_INTERCEPT_HU = -1024
#: A scanner's own entries make up most of a header; reading has to pass them.
_PRIVATE_ENTRIES = 60
#: Of distinct scans one slice in so many is their own, with noise of this size.
_OWN, _NOISE_HU = 10, 15.0


def write_series(folder: Path, shape: tuple[int, int, int] = SHAPE) -> None:
    """Write the scan into a folder, one uncompressed file per slice.

    Args:
        folder: made if absent.
        shape: (slice, row, column); the spacing follows, so that it covers the same chest.
    """
    folder.mkdir(parents=True, exist_ok=True)
    spacing_mm = [s * n / m for s, n, m in zip(SPACING_MM, SHAPE, shape, strict=True)]
    scan = read_scan(EXAMPLE, settings=Settings())
    grid = _centred(scan, shape, (spacing_mm[0], spacing_mm[1], spacing_mm[2]))
    hu = np.rint(resample(scan.hu, scan.grid, grid)).clip(-1024, 3071).astype(np.int16)
    for k, image in enumerate(hu):
        position_mm = grid.to_lps(np.array([[k, 0.0, 0.0]]))[0]
        file = _header(k, position_mm, grid)
        file.Rows, file.Columns = image.shape
        file.PixelData = (image.astype(np.int32) - _INTERCEPT_HU).astype("<u2").tobytes()
        file.save_as(folder / f"{k + 1:04d}.dcm", enforce_file_format=True)


def write_distinct(folder: Path, count: int, shape: tuple[int, int, int] = SHAPE) -> None:
    """Write so many distinct scans of the series' size; those that are there stay.

    Each has noise of its own in every tenth slice, by which its score differs, too, and shares
    the files of the other slices with the first: 300 scans take 5 GB, not 50.

    Args:
        folder: each scan gets a folder of its own in it.
        count: of scans.
        shape: of each; see `write_series`.
    """
    # Folders side by side with series of one study would be one scan.
    scans = [folder / f"{number:04d}" / "ct" for number in range(count)]
    if not scans[0].exists():
        write_series(scans[0], shape)
    for number, scan in enumerate(scans[1:], start=1):
        if scan.exists():
            continue
        rng = np.random.default_rng(number)
        with replace_folder(scan, force=False) as partial:
            for k, file in enumerate(sorted(scans[0].iterdir())):
                if k % _OWN:
                    os.link(file, partial / file.name)
                else:
                    _write_noisy(file, partial / file.name, rng)


def _write_noisy(file: Path, out: Path, rng: np.random.Generator) -> None:
    tags = dcmread(file)
    words = np.frombuffer(tags.PixelData, "<u2")
    noise = rng.normal(0.0, _NOISE_HU, words.shape)
    tags.PixelData = np.rint(words + noise).clip(0, 4095).astype("<u2").tobytes()
    tags.save_as(out, enforce_file_format=True)


def _centred(
    scan: Scan, shape: tuple[int, int, int], spacing_mm: tuple[float, float, float]
) -> Grid:
    """Return a grid about the middle of the body in a scan."""
    body = np.argwhere(scan.hu[:, ::4, ::4] > -300) * (1, 4, 4)
    middle_mm = scan.grid.to_lps((body.min(0) + body.max(0))[None] / 2)[0]
    reach_mm = (np.array(shape) - 1) * spacing_mm / 2
    origin_mm = middle_mm - reach_mm[::-1]
    return Grid.axial(shape, spacing_mm, (origin_mm[0], origin_mm[1], origin_mm[2]))


def _header(k: int, position_mm: NDArray[np.float64], grid: Grid) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = CTImageStorage
    meta.MediaStorageSOPInstanceUID = _uid(f"instance {k}")
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    ds = FileDataset("", {}, file_meta=meta, preamble=b"\0" * 128)
    ds.SOPClassUID, ds.SOPInstanceUID = CTImageStorage, meta.MediaStorageSOPInstanceUID
    ds.StudyInstanceUID, ds.SeriesInstanceUID = _uid("study"), _uid("series")
    ds.FrameOfReferenceUID = _uid("frame of reference")
    ds.ImageType = ["DERIVED", "SECONDARY", "AXIAL"]
    ds.DerivationDescription = "Interpolated from TCIA LCTSC-Test-S1-201 (CC BY 3.0) for timing"
    ds.Modality, ds.BodyPartExamined, ds.PatientName, ds.PatientID = "CT", "CHEST", "", ""
    ds.InstanceNumber, ds.KVP, ds.SliceThickness = k + 1, None, grid.spacing_mm[0]
    ds.PixelSpacing = [round(s, 6) for s in grid.spacing_mm[1:]]
    ds.ImageOrientationPatient = [1, 0, 0, 0, 1, 0]
    ds.ImagePositionPatient = [round(float(v), 4) for v in position_mm]
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, "MONOCHROME2"
    ds.BitsAllocated, ds.BitsStored, ds.HighBit, ds.PixelRepresentation = 16, 12, 11, 0
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = _INTERCEPT_HU, 1, "HU"
    _fill_up(ds)
    return ds


def _fill_up(ds: Dataset) -> None:
    block = ds.private_block(0x0019, "CORCAL BENCHMARK", create=True)
    for number in range(_PRIVATE_ENTRIES):
        block.add_new(number, "LO", f"entry {number} of a scanner's own")


def _uid(what: str) -> UID:
    return UID(f"2.25.{uuid.uuid5(uuid.NAMESPACE_URL, f'corcal benchmark {what}').int}")
