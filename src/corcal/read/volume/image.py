"""Images in memory as scans: nibabel's, SimpleITK's, and arrays with an affine.

They are held to the same rules as files: an image that would be refused as a file is refused.
"""

from __future__ import annotations

from typing import Any

import nibabel as nib
import numpy as np
from numpy.typing import NDArray

from corcal.core.arguments import wrong_kind
from corcal.core.errors import GeometryRefused, NoUsableSeries, UnreadableScan
from corcal.core.scan import Scan
from corcal.read.volume.nifti import read_nifti_frame
from corcal.read.volume.stored import StoredVolume, affine_lps, require_single_volume, square_axes
from corcal.read.volume.volume import scan_of_volume, turn_volume
from corcal.settings import Values

_NAME = "the image"
_NO_AFFINE = f"{_NAME}: does not say where its voxels lie: its affine is no finite 4 x 4 matrix"
#: Kinds of numpy types that hold Hounsfield units: integers, signed or not, and floats.
_NUMBERS = "iuf"


def scan_of_image(
    image: Any, affine: NDArray[Any] | None = None, *, settings: Values | None = None
) -> Scan:
    """Return an image in memory as a scan; nothing of it is changed.

    Args:
        image: HU as a nibabel image, a SimpleITK image, or an array (i, j, k) in nibabel's order.
        affine: of an array, (4, 4), voxel index (i, j, k, 1) to RAS mm, as nibabel's; None for
            an image, which brings its own.
        settings: what its values must be; the defaults when None.

    Raises:
        UnreadableScan: an array has no affine, or an image has two.
        NoUsableSeries: it is no single grey-scale volume in Hounsfield units.
        GeometryRefused: its axes are not known, said twice and differently, or not at right
            angles.
        TypeError: it is none of the three.
    """
    values = settings or Values()
    if isinstance(image, np.ndarray):
        if affine is None:
            raise UnreadableScan(
                "an array does not say where its voxels lie: give its affine, too, from voxel "
                "index to RAS mm as nibabel's: corcal.score(array, affine)"
            )
        return _scan_of_array(image, _matrix(affine), None, values)
    if affine is not None:
        raise UnreadableScan("only an array needs an affine, the second argument: leave it out")
    if isinstance(image, nib.spatialimages.SpatialImage):
        return _scan_of_array(np.asanyarray(image.dataobj), image.affine, image.header, values)
    if type(image).__module__.partition(".")[0] == "SimpleITK":
        return _scan_of_itk(image, values)
    needed = "a path, a nibabel or SimpleITK image, an array with its affine, or a corcal.Scan"
    raise wrong_kind("scan", image, needed)


def _scan_of_array(
    values: NDArray[Any], affine: NDArray[np.float64], header: Any, settings: Values
) -> Scan:
    """Return an array in nibabel's order as the NIfTI image that it would be."""
    _require_numbers(values)
    sides = require_single_volume(values.shape, _NAME)
    if affine is None or np.shape(affine) != (4, 4) or not np.isfinite(affine).all():
        raise GeometryRefused(_NO_AFFINE)
    if not (np.linalg.norm(affine[:3, :3], axis=0) > 0).all():
        raise GeometryRefused(f"{_NAME}: its affine gives an axis no length")
    # What nibabel would write; no voxel of it is kept.
    empty = np.broadcast_to(np.zeros((), np.int16), values.shape)
    frame = read_nifti_frame(nib.Nifti1Image(empty, affine, header).header, _NAME)
    stored = StoredVolume(values.T.reshape(sides), frame.affine, frame.notices)
    return scan_of_volume(turn_volume(stored, _NAME), _NAME, "nifti", settings)


def _matrix(affine: Any) -> NDArray[np.float64]:
    try:
        return np.asarray(affine, dtype=np.float64)
    except (TypeError, ValueError):
        raise GeometryRefused(_NO_AFFINE) from None


def _scan_of_itk(image: Any, settings: Values) -> Scan:
    # Whoever holds such an image has imported SimpleITK; nobody else needs it.
    import SimpleITK as sitk  # noqa: PLC0415

    if image.GetNumberOfComponentsPerPixel() != 1:
        raise NoUsableSeries(f"{_NAME}: holds colours or vectors, not Hounsfield units")
    values = sitk.GetArrayFromImage(image)
    _require_numbers(values)
    require_single_volume(values.shape[::-1], _NAME)
    if image.GetDimension() != 3:
        raise NoUsableSeries(f"{_NAME}: has {image.GetDimension()} dimensions; give one volume")
    directions = square_axes(np.array(image.GetDirection()).reshape(3, 3), _NAME)
    affine = affine_lps(directions, np.array(image.GetSpacing()), np.array(image.GetOrigin()))
    volume = turn_volume(StoredVolume(values, affine), _NAME)
    return scan_of_volume(volume, _NAME, "array", settings)


def _require_numbers(values: NDArray[Any]) -> None:
    if values.dtype.kind not in _NUMBERS:
        raise NoUsableSeries(f"{_NAME}: holds {values.dtype}, not Hounsfield units")
