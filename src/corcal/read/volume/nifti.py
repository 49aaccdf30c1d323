"""NIfTI files: their voxels, and where those lie by the rules of qform and sform.

Source: nifti.nimh.nih.gov, nifti1.h, methods 2 and 3. A header can say twice how the axes lie:
as a quaternion with voxel sizes (qform, pixdim) and as a matrix (sform). Programs disagree about
which of the two holds, so they must agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from nibabel.spatialimages import HeaderDataError
from numpy.typing import NDArray

from corcal.core.errors import GeometryRefused, UnreadableScan
from corcal.core.scan import Notice
from corcal.read.plausible import plausible_spacing
from corcal.read.volume.stored import StoredVolume, affine_lps, require_single_volume, square_axes
from corcal.storage import lps_of_ras, read_nifti_header, read_nifti_values

#: Sine of the angle by which the axes of qform and sform may differ: about 2 degrees.
_SAME_AXES = 0.035
#: Part by which the columns of the sform may differ in length from the voxel sizes.
_SAME_SIZE = 0.01
_SQUARE = 1e-4
_UNITS_MM = {1: 1000.0, 2: 1.0, 3: 0.001}


@dataclass(frozen=True, eq=False)
class NiftiFrame:
    """The place of the voxels of a NIfTI header.

    Attributes:
        sides: voxels along the (slowest, middle, fastest) axis.
        affine: float64 (4, 4), such an index to LPS mm.
        notices: doubts about the header.
    """

    sides: tuple[int, int, int]
    affine: NDArray[np.float64]
    notices: tuple[Notice, ...]


def read_nifti(path: Path) -> StoredVolume:
    """Return the voxels of a .nii or .nii.gz file; its scale is applied.

    Raises:
        UnreadableScan: it is no NIfTI file, damaged, or shorter than its header says.
        NoUsableSeries: it is no single grey-scale volume.
        GeometryRefused: it does not say how its axes lie, says it twice and differently, or
            the axes are not at right angles.
    """
    frame = read_nifti_frame(read_nifti_header(path), path.name)
    values = read_nifti_values(path)
    return StoredVolume(values.reshape(frame.sides), frame.affine, frame.notices)


def read_nifti_frame(header: Any, name: str) -> NiftiFrame:
    """Return where the voxels of a NIfTI header lie.

    Args:
        header: nibabel's.
        name: of the file or image, for messages.

    Raises:
        UnreadableScan, NoUsableSeries, GeometryRefused: as `read_nifti`.
    """
    shape = _shape(header, name)
    sides = require_single_volume(shape, name)
    spacing = np.abs(_as_written(header["pixdim"][1:4]))
    directions, origin = _axes(header, spacing, name)
    # In the precision of the header, whatever the affine was computed in.
    origin = _as_written(origin.astype(header["pixdim"].dtype))
    factor, notices = _unit(header, spacing, shape)
    directions, origin = lps_of_ras(directions.T).T, lps_of_ras(origin)
    return NiftiFrame(sides, affine_lps(directions, spacing * factor, origin * factor), notices)


def _as_written(values: NDArray[Any]) -> NDArray[np.float64]:
    """Return the shortest decimal numbers that a header's 32 bits stand for.

    A spacing of 0.7 mm is stored as 0.699999988; DICOM, NRRD and MetaImage say 0.7, and a score
    must not hang on the format.
    """
    return np.array([float(str(v)) for v in values.astype(values.dtype.newbyteorder("="))])


def _shape(header: Any, name: str) -> tuple[int, ...]:
    dim = header["dim"].tolist()
    if not 1 <= dim[0] <= 7:
        raise UnreadableScan(f"{name}: damaged: its header names {dim[0]} dimensions")
    return tuple(max(1, int(n)) for n in dim[1 : dim[0] + 1])


def _axes(
    header: Any, spacing: NDArray[np.float64], name: str
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return unit vectors in RAS, one column per axis, and where the first voxel lies."""
    if not np.isfinite(spacing).all() or not (spacing > 0).all():
        raise GeometryRefused(f"{name}: does not say how large its voxels are (pixdim is 0)")
    sform = _sform(header, spacing, name) if header["sform_code"] > 0 else None
    qform = _qform(header, name) if header["qform_code"] > 0 else None
    if sform is None or qform is None:
        chosen = sform if qform is None else qform
        if chosen is None:
            raise GeometryRefused(f"{name}: does not say how its axes lie in the patient")
    else:
        _require_agreement(qform, sform, name)
        # A quaternion is always square; a matrix that somebody has rounded is not.
        chosen = sform if _is_square(sform) else qform
    if not np.isfinite(chosen).all():
        raise GeometryRefused(f"{name}: does not say where its first voxel lies: it is no number")
    return square_axes(chosen[:3, :3], name), chosen[:3, 3]


def _sform(header: Any, spacing: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    affine = np.array(header.get_sform(), dtype=np.float64)
    length = np.linalg.norm(affine[:3, :3], axis=0)
    if not (np.abs(length / spacing - 1) <= _SAME_SIZE).all():
        raise GeometryRefused(
            f"{name}: its sform makes voxels of {_steps(length)}, its pixdim of {_steps(spacing)}; "
            "which of the two holds is not known. Save it again from the original"
        )
    return affine


def _qform(header: Any, name: str) -> NDArray[np.float64]:
    try:
        affine = np.array(header.get_qform(), dtype=np.float64)
    except (ValueError, HeaderDataError):
        affine = np.full((4, 4), np.nan)
    if not np.isfinite(affine).all():
        raise GeometryRefused(f"{name}: its qform is damaged: the quaternion is none")
    return affine


def _is_square(affine: NDArray[np.float64]) -> bool:
    unit = affine[:3, :3] / np.linalg.norm(affine[:3, :3], axis=0)
    return bool(np.abs(unit.T @ unit - np.eye(3)).max() <= _SQUARE)


def _require_agreement(qform: NDArray[np.float64], sform: NDArray[np.float64], name: str) -> None:
    units = [a[:3, :3] / np.linalg.norm(a[:3, :3], axis=0) for a in (qform, sform)]
    cosines = np.sum(units[0] * units[1], axis=0)
    apart = np.linalg.norm(units[0] - units[1], axis=0)
    if not (apart > _SAME_AXES).any():
        return
    worst = int(np.argmin(cosines))
    ways = [_way(u[:, worst]) for u in units]
    differing = (
        f"qform runs to the {ways[0]}, sform to the {ways[1]}"
        if ways[0] != ways[1]
        else f"they are {np.degrees(np.arccos(np.clip(cosines[worst], -1, 1))):.0f} degrees apart"
    )
    raise GeometryRefused(
        f"{name}: its qform and its sform say differently how the axes lie ({differing} along "
        f"axis {worst + 1}); which of the two holds is not known. Save it again from the original"
    )


def _way(direction: NDArray[np.float64]) -> str:
    """Return the end of the body to which a direction in RAS runs."""
    axis = int(np.argmax(np.abs(direction)))
    ends = (("left", "right"), ("back", "front"), ("foot", "head"))[axis]
    return ends[int(direction[axis] > 0)]


def _unit(
    header: Any, spacing: NDArray[np.float64], shape: tuple[int, ...]
) -> tuple[float, tuple[Notice, ...]]:
    """Return the mm of the header's unit of length, believed only if the voxels then make sense."""
    stated = _UNITS_MM.get(int(header["xyzt_units"]) & 7, 1.0)
    if stated == 1.0 or plausible_spacing((spacing * stated).tolist(), shape[:3]):
        return stated, ()
    if not plausible_spacing(spacing.tolist(), shape[:3]):
        return stated, ()
    unit = "metres" if stated > 1 else "micrometres"
    text = f"The header calls its lengths {unit}, which no body has; they were taken as mm."
    return 1.0, (Notice("unit-of-length", text),)


def _steps(lengths: NDArray[np.float64]) -> str:
    return " x ".join(f"{v:.4g}" for v in lengths) + " mm"
