"""The geometry check: slices of a series become one stack whose irregularities are known.

Positions decide, never file order or file names:

    n = row direction x column direction;  z = position . n
    step = median distance between neighbours;  tolerance = max(even_mm, even_share * step)
    uniform   every distance within the tolerance of the step
    gaps      a few distances are whole multiples of the step: slices are missing
    varying   anything else: distances that change along the scan
    sheared   positions drift within the plane: gantry tilt
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.errors import GeometryRefused
from corcal.core.scan import Notice
from corcal.read.dicom.duplicates import (
    SamePixels,
    height_mm,
    one_per_position,
    one_plane,
    without_copies,
    without_flaws,
)
from corcal.read.dicom.header import number
from corcal.read.dicom.slices import Slice
from corcal.settings import Geometry


@dataclass(frozen=True, eq=False)
class Stack:
    """Slices in order to the head, and what is irregular about them.

    Attributes:
        slices: at different positions, ascending to the head.
        normal: unit vector (3,) from slice to slice, LPS.
        z_mm: float64 (n,), positions along the normal from the first slice.
        step_mm: distance between the slices of the regular stack to be made.
        kind: "uniform", "gaps" or "varying".
        drift_mm: float64 (n, 2), how far each slice lies off the normal through the first one,
            along (rows, columns); all zero unless the stack is sheared.
        notices: what was dropped or is irregular.
    """

    slices: tuple[Slice, ...]
    normal: NDArray[np.float64]
    z_mm: NDArray[np.float64]
    step_mm: float
    kind: str
    drift_mm: NDArray[np.float64]
    notices: tuple[Notice, ...]

    @property
    def regular(self) -> bool:
        """True if the slices can be used as they are."""
        return self.kind == "uniform" and not self.drift_mm.any()

    def targets(self, settings: Geometry) -> tuple[NDArray[np.float64], tuple[int, ...]]:
        """Return where the slices of the regular stack lie, and which of them are filled.

        Args:
            settings: what is near enough to be taken as it is, and which holes are long.

        Returns:
            float64 (m,) positions along the normal in units of input slices (2.5 is half way
            between input slices 2 and 3), and the indices of slices that the files lack.
        """
        n = len(self.slices)
        if self.kind == "uniform":
            return np.arange(n, dtype=np.float64), ()
        steps = round((self.z_mm[-1] - self.z_mm[0]) / self.step_mm)
        if self.kind == "varying":
            steps = int((self.z_mm[-1] - self.z_mm[0]) / self.step_mm + 1e-6)
        wanted = np.arange(steps + 1) * self.step_mm
        places = np.interp(wanted, self.z_mm, np.arange(n, dtype=np.float64))
        if self.kind == "gaps":
            # A slice that exists is used as it is, whatever its jitter.
            limit_mm = settings.on_place * self.step_mm
            near = np.abs(self.z_mm[np.round(places).astype(int)] - wanted) < limit_mm
            places = np.where(near, np.round(places), places)
            return places, tuple(int(i) for i in np.flatnonzero(~near))
        d = np.diff(self.z_mm)
        usual_mm = settings.long_hole_steps * float(np.median(d))
        holes = d > max(settings.long_hole_mm, usual_mm)
        inside = (places != np.floor(places)) & np.append(holes, False)[places.astype(int)]
        return places, tuple(int(i) for i in np.flatnonzero(inside))


def stack_of(slices: Sequence[Slice], same_pixels: SamePixels, settings: Geometry) -> Stack:
    """Return the stack that the slices of a series make.

    Args:
        slices: the image slices of one series, in any order.
        same_pixels: tells whether two slices hold the same pixels.
        settings: how even, how near and how steep the slices may lie.

    Raises:
        GeometryRefused: positions are absent, the slices are not axial, too few, at the same
            positions without anything to tell them apart, or too many are missing.
    """
    notices: list[Notice] = []
    whole = without_flaws(slices, notices)
    kept = one_plane(without_copies(whole, notices), settings, notices)
    normal = normal_of(kept[0], settings)
    kept = sorted(kept, key=lambda s: height_mm(s, normal))
    kept = one_per_position(kept, normal, same_pixels, settings, notices)
    if len(kept) < 3:
        raise GeometryRefused(f"only {len(kept)} slices at different positions; a CT scan has more")
    z_mm = np.array([height_mm(s, normal) for s in kept])
    z_mm -= z_mm[0]
    kind, step_mm = _spacing(z_mm, settings, notices)
    drift_mm = _drift(kept, normal, z_mm, settings, notices)
    return Stack(tuple(kept), normal, z_mm, step_mm, kind, drift_mm, tuple(notices))


def normal_of(one: Slice, settings: Geometry) -> NDArray[np.float64]:
    """Return the unit vector across a slice, towards the head.

    Raises:
        GeometryRefused: the header gives no orientation, or the slice is not axial.
    """
    if one.orientation is None or one.position_mm is None or one.spacing_mm is None:
        raise GeometryRefused("the header gives no position, orientation or pixel spacing")
    across, down = np.array(one.orientation[:3]), np.array(one.orientation[3:])
    normal: NDArray[np.float64] = np.cross(across, down)
    length = float(np.linalg.norm(normal))
    skew = (float(across @ down), float(np.linalg.norm(across)) - 1.0, length - 1.0)
    if not all(abs(s) < settings.square for s in skew) or min(one.spacing_mm) <= 0:
        raise GeometryRefused("the header's orientation or pixel spacing is not a valid one")
    normal /= length
    if abs(normal[2]) < settings.least_axial:
        plane = "sagittal" if abs(normal[0]) > abs(normal[1]) else "coronal"
        tilt = float(np.degrees(np.arccos(abs(normal[2]))))
        raise GeometryRefused(
            f"the slices are {plane} or steeply oblique ({tilt:.0f} degrees from axial); "
            "give the axial series"
        )
    return normal if normal[2] > 0 else -normal


def _spacing(
    z_mm: NDArray[np.float64], settings: Geometry, notices: list[Notice]
) -> tuple[str, float]:
    """Return the kind of the stack and the step of its regular form."""
    d = np.diff(z_mm)
    step = float(np.median(d))
    tolerance = max(settings.even_mm, settings.even_share * step)
    times = np.round(d / step)
    off = np.abs(d - times * step)
    if bool((times == 1).all()) and float(off.max()) <= tolerance:
        mean = float(z_mm[-1]) / len(d)
        off_mm = float(np.abs(z_mm - np.arange(len(z_mm)) * mean).max())
        if off_mm <= max(settings.wander_mm, settings.wander_share * step):
            jitter = float(np.abs(d - mean).max())
            if jitter > settings.same_position_mm:
                sentence = f"Slice distances jitter by up to {jitter:.2f} mm; taken as even."
                notices.append(Notice("slice-jitter", sentence))
            return "uniform", mean
    elif bool((times >= 1).all() and (off <= tolerance * times).all()):
        gaps, missing = int((times > 1).sum()), int((times - 1).sum())
        if gaps <= max(1, settings.many_gaps * len(d)):
            return "gaps", _step_with_gaps(z_mm, missing, settings, notices)
    finest = float(np.percentile(d, settings.fine_percentile))
    if finest < settings.finest_step_mm:
        raise GeometryRefused(f"slice distances vary from {d.min():.2f} to {d.max():.2f} mm")
    sentence = (
        f"Slice distances vary from {d.min():.2f} to {d.max():.2f} mm; "
        f"interpolated to every {finest:.2f} mm."
    )
    notices.append(Notice("varying-spacing", sentence))
    return "varying", finest


def _step_with_gaps(
    z_mm: NDArray[np.float64], missing: int, settings: Geometry, notices: list[Notice]
) -> float:
    expected = len(z_mm) + missing
    if missing > settings.most_missing * expected:
        raise GeometryRefused(
            f"{missing} of {expected} slices are missing; export the whole series again"
        )
    sentence = f"{missing} of {expected} slices are missing and were interpolated."
    notices.append(Notice("missing-slices", sentence))
    return float(z_mm[-1]) / (expected - 1)


def _drift(
    slices: list[Slice],
    normal: NDArray[np.float64],
    z_mm: NDArray[np.float64],
    settings: Geometry,
    notices: list[Notice],
) -> NDArray[np.float64]:
    """Return how far each slice lies off the normal through the first, along rows, columns."""
    positions = np.array([s.position_mm for s in slices])
    off = positions - positions[0] - z_mm[:, None] * normal
    orientation = np.array(slices[0].orientation)
    drift: NDArray[np.float64] = np.stack([off @ orientation[3:], off @ orientation[:3]], axis=1)
    d = np.diff(z_mm)
    beside_mm = np.linalg.norm(np.diff(drift, axis=0), axis=1)
    if bool((beside_mm <= np.maximum(settings.even_mm, settings.even_share * d)).all()):
        stated = number(slices[0].tags, "GantryDetectorTilt") or 0.0
        if abs(stated) >= settings.stated_tilt_degrees and normal[2] > 0.9999:
            sentence = (
                f"The header names a gantry tilt of {stated:.1f} degrees, its positions none; "
                "the positions were believed."
            )
            notices.append(Notice("gantry-tilt", sentence))
        return np.zeros_like(drift)
    _require_tilt(beside_mm, d, settings)
    angle = float(np.degrees(np.arctan(np.abs(drift[-1]).max() / z_mm[-1])))
    sentence = f"The slices are sheared by {angle:.1f} degrees (gantry tilt); straightened."
    notices.append(Notice("gantry-tilt", sentence))
    return drift


def _require_tilt(
    beside_mm: NDArray[np.float64], apart_mm: NDArray[np.float64], settings: Geometry
) -> None:
    """Refuse slices that lie further beside one another than any gantry tilts.

    Raises:
        GeometryRefused: a slice lies further to the side of the last than it is away from it.
    """
    wrong = ~(beside_mm <= settings.steepest_tilt * apart_mm + settings.careless_mm)
    if wrong.any():
        at = int(np.argmax(wrong))
        raise GeometryRefused(
            f"slice {at + 2} lies {beside_mm[at]:.3g} mm beside slice {at + 1}, which is "
            f"{apart_mm[at]:.3g} mm away: no gantry tilts so far, so a position is wrong"
        )
