"""NIfTI, NRRD and MetaImage files as voxels on a grid."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from corcal.core.errors import GeometryRefused, NoUsableSeries, UnreadableScan
from corcal.core.grid import Grid
from corcal.core.scan import Notice, Scan, Source
from corcal.read.dicom.pixels import AIR_HU
from corcal.read.dicom.plausibility import require_hounsfield
from corcal.read.files import volume_kind
from corcal.read.volume.orient import Turn
from corcal.storage.nifti import read_nifti_values


@dataclass(frozen=True, eq=False)
class Volume:
    """The voxels of a file, turned to the order of a scan.

    Attributes:
        values: (slice, row, column), in the file's own type.
        grid: where they lie.
        turn: how the file's axes became those of the scan.
    """

    values: NDArray[Any]
    grid: Grid
    turn: Turn


def read_volume_scan(path: Path) -> Scan:
    """Return the scan that a volume file holds.

    Raises:
        UnreadableScan: the file is damaged or not what its name says.
        NoUsableSeries: it is no single grey-scale volume in Hounsfield units.
        GeometryRefused: its axes are not known or not at right angles.
    """
    volume = read_volume(path)
    values = volume.values
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise NoUsableSeries(
            f"{path.name}: holds voxels that are not numbers (NaN or infinite); fill them with "
            "-1024 HU first"
        )
    require_hounsfield(float(values.min()), float(values.max()), path.name)
    notices: list[Notice] = []
    whole = values if values.dtype.kind != "f" else np.rint(values)
    below = np.count_nonzero(whole < AIR_HU)
    if below:
        whole = np.maximum(whole, AIR_HU)
        sentence = f"{below} voxels lay below {AIR_HU} HU and were set to {AIR_HU} HU."
        notices.append(Notice("padding", sentence))
    hu = np.ascontiguousarray(whole.astype(np.int16))
    source = Source(
        kind=volume_kind(path),
        files=(str(path),),
        sha256=hashlib.sha256(hu.data).hexdigest(),
        stored_axes=volume.turn.axes,
        stored_flips=volume.turn.flips,
    )
    return Scan(hu, volume.grid, source=source, notices=tuple(notices))


def read_volume(path: Path) -> Volume:
    """Return the voxels of a volume file, turned to the nearest axial order.

    Raises:
        UnreadableScan: the file is damaged, empty or not what its name says.
        NoUsableSeries: it is no single grey-scale volume.
        GeometryRefused: its axes are not known or not at right angles.
    """
    if path.stat().st_size == 0:
        raise UnreadableScan(f"{path.name}: the file is empty (0 bytes)")
    # ITK reads a truncated NIfTI without complaint and turns what is no number into 0.
    nifti = read_nifti_values(path) if volume_kind(path) == "nifti" else None
    image = _opened(path, voxels=nifti is None)
    _require_single_volume(image, path)
    stored = sitk.GetArrayFromImage(image) if nifti is None else nifti
    stored = stored.reshape(stored.shape[-3:])
    affine = _affine(image)
    turn = Turn.nearest_axial(affine)
    values = turn.apply(stored)
    shape = (stored.shape[0], stored.shape[1], stored.shape[2])
    turned = (values.shape[0], values.shape[1], values.shape[2])
    return Volume(values, Grid(turned, turn.affine(affine, shape)), turn)


def _opened(path: Path, *, voxels: bool) -> sitk.Image | sitk.ImageFileReader:
    """Return the image, or only what its header says."""
    warned = sitk.ProcessObject.GetGlobalWarningDisplay()
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        reader.ReadImageInformation()
        return reader.Execute() if voxels else reader
    except RuntimeError as error:
        if "orthonormal" in str(error):
            raise GeometryRefused(
                f"{path.name}: its axes are not at right angles; resample it first"
            ) from None
        raise UnreadableScan(
            f"{path.name}: damaged, truncated, or not the {volume_kind(path).upper()} file that "
            "its name says"
        ) from None
    finally:
        sitk.ProcessObject.SetGlobalWarningDisplay(warned)


def _require_single_volume(image: sitk.Image | sitk.ImageFileReader, path: Path) -> None:
    if (
        image.GetNumberOfComponentsPerPixel()
        if isinstance(image, sitk.Image)
        else image.GetNumberOfComponents()
    ) != 1:
        raise NoUsableSeries(f"{path.name}: holds colours or vectors, not one value per voxel")
    size = image.GetSize()
    if len(size) > 3 and max(size[3:]) > 1:
        raise NoUsableSeries(f"{path.name}: holds {max(size[3:])} volumes; give one of them")
    if len(size) < 3 or min(size[:3]) < 3:
        shape = " x ".join(str(n) for n in size)
        raise NoUsableSeries(f"{path.name}: {shape} voxels are a picture, not a scan")


def _affine(image: sitk.Image | sitk.ImageFileReader) -> NDArray[np.float64]:
    """Return index (slice, row, column) to LPS mm; dimensions beyond three are dropped."""
    n = len(image.GetSize())
    direction = np.array(image.GetDirection()).reshape(n, n)[:3, :3]
    affine = np.eye(4)
    affine[:3, :3] = (direction * np.array(image.GetSpacing())[:3])[:, ::-1]
    affine[:3, 3] = image.GetOrigin()[:3]
    return affine
