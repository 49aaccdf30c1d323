"""NIfTI, NRRD and MetaImage files as voxels on a grid."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.core.errors import NoUsableSeries, UnreadableScan
from corcal.core.grid import Grid
from corcal.core.scan import Notice, Scan, Source
from corcal.read.dicom.words import AIR_HU
from corcal.read.files import volume_kind
from corcal.read.plausible import plausible_grid, require_hounsfield, require_one_body
from corcal.read.volume.metaimage import read_metaimage
from corcal.read.volume.nifti import read_nifti
from corcal.read.volume.nrrd import read_nrrd
from corcal.read.volume.orient import Turn
from corcal.read.volume.stored import StoredVolume
from corcal.settings import Values

_READERS = {"nifti": read_nifti, "nrrd": read_nrrd, "mha": read_metaimage}


@dataclass(frozen=True, eq=False)
class Volume:
    """The voxels of a file, turned to the order of a scan.

    Attributes:
        values: (slice, row, column), in the file's own type.
        grid: where they lie.
        turn: how the file's axes became those of the scan.
        notices: doubts about the file's header.
    """

    values: NDArray[Any]
    grid: Grid
    turn: Turn
    notices: tuple[Notice, ...] = ()


def read_volume_scan(path: Path, settings: Values) -> Scan:
    """Return the scan that a volume file holds.

    Args:
        path: the file.
        settings: what its values must be.

    Raises:
        UnreadableScan: the file is damaged or not what its name says.
        NoUsableSeries: it is no single grey-scale volume in Hounsfield units.
        GeometryRefused: its axes are not known or not at right angles.
    """
    files = (str(path),)
    return scan_of_volume(read_volume(path), path.name, volume_kind(path), settings, files=files)


def scan_of_volume(
    volume: Volume, name: str, kind: str, settings: Values, *, files: tuple[str, ...] = ()
) -> Scan:
    """Return a volume as a scan.

    Args:
        volume: in the order of a scan.
        name: of the file or image, for messages.
        kind: see `corcal.core.scan.Source`.
        settings: what its values must be.
        files: the files it was read from.

    Raises:
        NoUsableSeries: its values are no Hounsfield units.
        GeometryRefused: every second slice is of somebody else.
    """
    values = volume.values
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        raise NoUsableSeries(
            f"{name}: holds voxels that are not numbers (NaN or infinite); fill them with "
            "-1024 HU first"
        )
    require_hounsfield(float(values.min()), float(values.max()), name, settings)
    notices = list(volume.notices)
    whole = values if values.dtype.kind != "f" else np.rint(values)
    below = np.count_nonzero(whole < AIR_HU)
    if below:
        whole = np.maximum(whole, AIR_HU)
        sentence = f"{below} voxels lay below {AIR_HU} HU and were set to {AIR_HU} HU."
        notices.append(Notice("padding", sentence))
    hu = np.ascontiguousarray(whole.astype(np.int16))
    require_one_body(hu, settings)
    source = Source(
        kind=kind,
        files=files,
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
        GeometryRefused: its axes or voxel sizes are not known, not at right angles, or not
            those of a person.
    """
    if path.stat().st_size == 0:
        raise UnreadableScan(f"{path.name}: the file is empty (0 bytes)")
    stored: StoredVolume = _READERS[volume_kind(path)](path)
    return turn_volume(stored, path.name)


def turn_volume(stored: StoredVolume, name: str) -> Volume:
    """Return stored voxels turned to the nearest axial order.

    Raises:
        UnreadableScan, GeometryRefused: its voxel sizes are not those of a person.
    """
    shape = (stored.values.shape[0], stored.values.shape[1], stored.values.shape[2])
    turn = Turn.nearest_axial(stored.affine)
    values = turn.apply(stored.values)
    turned = (values.shape[0], values.shape[1], values.shape[2])
    grid = plausible_grid(turned, turn.affine(stored.affine, shape), name)
    return Volume(values, grid, turn, stored.notices)
