"""NIfTI, NRRD and MetaImage files as voxels on a grid."""

from __future__ import annotations

import gzip
import hashlib
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import SimpleITK as sitk
from numpy.typing import NDArray

from corcal.core.errors import GeometryRefused, NoUsableSeries, UnreadableScan
from corcal.core.grid import Grid
from corcal.core.scan import Notice, Scan, Source
from corcal.read.files import volume_kind
from corcal.read.orient import Turn
from corcal.read.pixels import AIR_HU
from corcal.read.plausible import require_hounsfield


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
    if volume_kind(path) == "nifti":
        _require_nifti(path)
    image = _single_volume(_read(path), path)
    stored = sitk.GetArrayFromImage(image)
    affine = np.eye(4)
    direction = np.array(image.GetDirection()).reshape(3, 3)
    affine[:3, :3] = (direction * np.array(image.GetSpacing()))[:, ::-1]
    affine[:3, 3] = image.GetOrigin()
    turn = Turn.nearest_axial(affine)
    values = turn.apply(stored)
    shape = (stored.shape[0], stored.shape[1], stored.shape[2])
    turned = (values.shape[0], values.shape[1], values.shape[2])
    return Volume(values, Grid(turned, turn.affine(affine, shape)), turn)


def _read(path: Path) -> sitk.Image:
    warned = sitk.ProcessObject.GetGlobalWarningDisplay()
    sitk.ProcessObject.SetGlobalWarningDisplay(False)
    try:
        return sitk.ReadImage(str(path))
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


def _single_volume(image: sitk.Image, path: Path) -> sitk.Image:
    if image.GetNumberOfComponentsPerPixel() != 1:
        raise NoUsableSeries(f"{path.name}: holds colours or vectors, not one value per voxel")
    size = image.GetSize()
    if len(size) == 4 and size[3] == 1:
        return image[:, :, :, 0]
    if len(size) > 3:
        raise NoUsableSeries(f"{path.name}: holds {size[3]} volumes; give one of them")
    if len(size) < 3 or min(size) < 3:
        shape = " x ".join(str(n) for n in size)
        raise NoUsableSeries(f"{path.name}: {shape} voxels are a picture, not a scan")
    if "complex" in image.GetPixelIDTypeAsString():
        raise NoUsableSeries(f"{path.name}: holds complex numbers, not Hounsfield units")
    return image


def _require_nifti(path: Path) -> None:
    """Refuse what is no NIfTI-1 or 2, and a file that does not say how its axes lie."""
    packed = path.name.lower().endswith(".gz")
    try:
        with gzip.open(path) if packed else path.open("rb") as file:
            head = file.read(540)
    except (OSError, EOFError):
        head = b""
    codes = _orientation_codes(head)
    if codes is None:
        raise UnreadableScan(f"{path.name}: not a NIfTI file, whatever its name says")
    if not any(codes):
        raise GeometryRefused(
            f"{path.name}: does not say how its axes lie in the patient (qform and sform codes "
            "are 0), so left and right cannot be told apart"
        )


def _orientation_codes(head: bytes) -> tuple[int, int] | None:
    """Return the qform and sform codes of a NIfTI header, None where it is not one."""
    forms = (
        (348, 344, (b"n+1\0", b"ni1\0"), "hh", 252),
        (540, 4, (b"n+2\0", b"ni2\0"), "ii", 344),
    )
    for size, magic_at, magics, codes, codes_at in forms:
        if len(head) < size or head[magic_at : magic_at + 4] not in magics:
            continue
        order = "<" if struct.unpack_from("<i", head)[0] == size else ">"
        qform, sform = struct.unpack_from(order + codes, head, codes_at)
        return qform, sform
    return None
