"""The content of a volume file, in the file's own axis order, and what every format must meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from corcal.core.errors import GeometryRefused, NoUsableSeries
from corcal.core.scan import Notice
from corcal.read.plausible import require_plausible_size

#: Cosine of the angle between two axes, up to which a header's rounding is put right: 1 degree.
_SQUARE = 0.0175
#: Up to here axes are taken as they are: nothing is gained by turning them.
_EXACT = 1e-4


@dataclass(frozen=True, eq=False)
class StoredVolume:
    """The voxels of a file as it stores them.

    Attributes:
        values: (slowest, middle, fastest axis of the file), in the file's own type.
        affine: float64 (4, 4), index of `values` to LPS mm.
        notices: doubts about its header.
    """

    values: NDArray[Any]
    affine: NDArray[np.float64]
    notices: tuple[Notice, ...] = ()


def require_single_volume(shape: Sequence[int], name: str) -> tuple[int, int, int]:
    """Return the three sides of a volume, from its header alone.

    Args:
        shape: voxels along each axis, fastest first, as headers list them.
        name: of the file, for messages.

    Returns:
        Voxels along the (slowest, middle, fastest) axis.

    Raises:
        NoUsableSeries: there are several volumes, or it is a picture.
        UnreadableScan: it is larger than any scan.
    """
    if len(shape) > 3 and max(shape[3:]) > 1:
        raise NoUsableSeries(f"{name}: holds {max(shape[3:])} volumes; give one of them")
    if len(shape) < 3 or min(shape[:3]) < 3:
        raise NoUsableSeries(
            f"{name}: {' x '.join(str(n) for n in shape)} voxels are a picture, not a scan"
        )
    sides = (int(shape[2]), int(shape[1]), int(shape[0]))
    require_plausible_size(sides, name)
    return sides


def square_axes(directions: NDArray[np.float64], name: str) -> NDArray[np.float64]:
    """Return unit vectors at right angles; what a header has rounded is put right.

    Args:
        directions: float64 (3, 3), one axis per column, of any length.
        name: of the file, for messages.

    Raises:
        GeometryRefused: the axes are not at right angles, or one has no length.
    """
    length = np.linalg.norm(directions, axis=0)
    if not np.isfinite(directions).all() or not (length > 0).all():
        raise GeometryRefused(f"{name}: does not say how its axes lie: one has no length")
    unit: NDArray[np.float64] = directions / length
    skew = np.abs(unit.T @ unit - np.eye(3)).max()
    if skew > _SQUARE:
        raise GeometryRefused(f"{name}: its axes are not at right angles; resample it first")
    if skew <= _EXACT:
        return unit
    # The nearest axes at right angles (orthogonal Procrustes).
    left, _, right = np.linalg.svd(unit)
    nearest: NDArray[np.float64] = left @ right
    return nearest


def affine_lps(
    directions: NDArray[np.float64],
    spacing_mm: NDArray[np.float64],
    origin_mm: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return index (slowest, middle, fastest axis) to LPS mm.

    Args:
        directions: float64 (3, 3), unit vectors in LPS, one column per axis, fastest first.
        spacing_mm: (3,), fastest axis first.
        origin_mm: (3,), LPS position of the first voxel's centre.
    """
    affine = np.eye(4)
    affine[:3, :3] = (directions * spacing_mm)[:, ::-1]
    affine[:3, 3] = origin_mm
    return affine
