"""Admission: whether the method accepts a scan, and what its reader should doubt.

Before the heart is known: `check_scan`, `admit`. Once it was located: `check_heart`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from corcal.core.box import Box
from corcal.core.errors import GeometryRefused, HeartCutOff, HeartNotFound, ScanNotAdmitted
from corcal.core.scan import Notice, Scan
from corcal.read.dicom.kernel import Sharpness, sharpness
from corcal.settings import Admission

#: A heart with its sac; outside these bounds something else was found.
_SMALLEST_HEART_ML = 150.0
_LARGEST_HEART_ML = 2500.0
#: A heart is cut off where its cut face exceeds this part of its largest cross-section.
_CUT_FACE = 0.30
#: Blood is looked at this far inside the heart's outline, away from fat and lung.
_INSIDE_MM = 10.0
_METAL_REACH_MM = 20.0
_FACES = ("lowest", "highest", "front", "back", "right", "left")


@dataclass(frozen=True)
class Check:
    """One admission check and its outcome.

    Attributes:
        name: short and stable; also the code of the notice.
        passed: False if the scan is refused or doubted for it.
        refuses: True if a scan that fails is refused, False if a notice is enough.
        text: one sentence with the values.
    """

    name: str
    passed: bool
    refuses: bool
    text: str


def check_scan(scan: Scan, settings: Admission) -> tuple[Check, ...]:
    """Return every check that needs no heart, passed or not, hard ones first."""
    return (
        _slices(scan, settings),
        _coverage(scan, settings),
        _thickness(scan, settings),
        _kernel(scan),
        _tube_voltage(scan),
        _contrast(scan),
        _field(scan, settings),
        _gating(scan),
    )


def admit(scan: Scan, settings: Admission) -> tuple[Notice, ...]:
    """Return the doubts about a scan.

    Raises:
        ScanNotAdmitted: at least one hard check failed; the message holds all that did.
    """
    checks = [c for c in check_scan(scan, settings) if not c.passed]
    hard = [c.text for c in checks if c.refuses]
    if hard:
        raise ScanNotAdmitted("the scan is not admitted: " + " ".join(hard))
    return tuple(Notice(c.name, c.text) for c in checks)


def check_heart(scan: Scan, heart: NDArray[np.bool_], settings: Admission) -> tuple[Notice, ...]:
    """Return the doubts that the located heart raises.

    Args:
        scan: as acquired.
        heart: bool (slice, row, column) on the scan's grid.
        settings: what is doubted.

    Raises:
        HeartNotFound: no heart, or something of another size.
        HeartCutOff: the scan ends inside the heart, on any side.
        GeometryRefused: slices are missing inside the heart.
    """
    if not heart.any():
        raise HeartNotFound("no heart in the scan: is it a chest CT?")
    box = Box.around(heart)
    cut = heart[box.slices]
    volume_ml = np.count_nonzero(cut) * scan.grid.voxel_mm3 / 1000
    if not _SMALLEST_HEART_ML <= volume_ml <= _LARGEST_HEART_ML:
        raise HeartNotFound(
            f"what was found measures {volume_ml:.0f} mL, which is no heart "
            f"({_SMALLEST_HEART_ML:.0f} to {_LARGEST_HEART_ML:.0f} mL): is it a whole chest CT?"
        )
    _require_whole(cut, box, scan)
    _require_no_gap(box, scan)
    found = (_blood(scan, cut, box, settings), _metal(scan, box, settings))
    return tuple(n for n in found if n is not None)


def _slices(scan: Scan, settings: Admission) -> Check:
    n = scan.grid.shape[0]
    enough = n >= settings.min_slices
    text = f"The scan has {n} slices; at least {settings.min_slices} are needed."
    return Check("slices", enough, True, text)


def _coverage(scan: Scan, settings: Admission) -> Check:
    coverage_mm = scan.grid.shape[0] * scan.grid.spacing_mm[0]
    text = (
        f"The scan covers {coverage_mm:.0f} mm from head to foot; "
        f"at least {settings.min_coverage_mm:.0f} mm are needed."
    )
    return Check("coverage", coverage_mm >= settings.min_coverage_mm, True, text)


def _thickness(scan: Scan, settings: Admission) -> Check:
    step_mm = scan.grid.spacing_mm[0]
    stated = scan.acquisition.thickness_mm
    thickest = max(step_mm, stated or 0.0)
    said = f"{stated:.2f} mm thick" if stated else "of unstated thickness"
    text = f"Slices are {said}, every {step_mm:.2f} mm"
    if thickest <= settings.thick_slices_mm * 1.02:
        return Check("thick-slices", True, False, f"{text}.")
    text += f", thicker than {settings.thick_slices_mm:.1f} mm: small calcium is blurred or missed."
    return Check("thick-slices", False, False, text)


def _kernel(scan: Scan) -> Check:
    kernel = scan.acquisition.kernel
    if not kernel:
        return Check("sharp-kernel", True, False, "The reconstruction kernel is not stated.")
    kind = sharpness(kernel)
    if kind is Sharpness.SHARP:
        text = f"Sharp kernel ({kernel}): noise and edges raise the score."
        return Check("sharp-kernel", False, False, text)
    known = "soft" if kind is Sharpness.SOFT else "not known to be sharp"
    return Check("sharp-kernel", True, False, f"Kernel {kernel} is {known}.")


def _tube_voltage(scan: Scan) -> Check:
    kvp = scan.acquisition.kvp_kv
    if kvp is None:
        return Check("tube-voltage", True, False, "The tube voltage is not stated.")
    if abs(kvp - 120) < 0.5:
        return Check("tube-voltage", True, False, "Tube voltage 120 kV.")
    effect = "raises" if kvp < 120 else "lowers"
    text = f"Tube voltage {kvp:.0f} kV: 130 HU holds at 120 kV; this one {effect} the score."
    return Check("tube-voltage", False, False, text)


def _contrast(scan: Scan) -> Check:
    named = scan.acquisition.contrast
    if named:
        text = "The header names a contrast agent: enhanced blood can pass for calcium."
        return Check("contrast-tagged", False, False, text)
    text = "The header says nothing of a contrast agent."
    if named is False:
        text = "The header says that no contrast agent was given."
    return Check("contrast-tagged", True, False, text)


def _field(scan: Scan, settings: Admission) -> Check:
    _, rows, columns = scan.grid.shape
    _, down_mm, across_mm = scan.grid.spacing_mm
    field_mm = min(rows * down_mm, columns * across_mm)
    text = f"Field of view {rows * down_mm:.0f} x {across_mm * columns:.0f} mm"
    if field_mm >= settings.small_field_mm:
        return Check("zoomed-field", True, False, f"{text}.")
    text += f", below {settings.small_field_mm:.0f} mm: zoomed on the heart."
    return Check("zoomed-field", False, False, text)


def _gating(scan: Scan) -> Check:
    gated = scan.acquisition.gated
    text = {
        True: "ECG-gated, as calcium scores were made for.",
        False: "Not ECG-gated: scores are Agatston equivalents.",
        None: "The header says nothing of ECG gating; taken as not gated.",
    }[gated]
    return Check("gating", True, False, text)


def _require_whole(cut: NDArray[np.bool_], box: Box, scan: Scan) -> None:
    """Refuse a heart that a face of the scan cuts through."""
    ends = [(0, 0), (0, -1), (1, 0), (1, -1), (2, 0), (2, -1)]
    for name, (axis, end) in zip(_FACES, ends, strict=True):
        at_face = box.start[axis] == 0 if end == 0 else box.stop[axis] == scan.grid.shape[axis]
        if not at_face:
            continue
        areas = np.count_nonzero(cut, axis=tuple(a for a in range(3) if a != axis))
        part = areas[end] / areas.max()
        if part > _CUT_FACE:
            what = "slice" if axis == 0 else "edge of the images"
            raise HeartCutOff(
                f"the heart is cut off: the {name} {what} still holds {100 * part:.0f} % of its "
                "largest cross-section; a scan of the whole heart is needed"
            )


def _require_no_gap(box: Box, scan: Scan) -> None:
    inside = [k for k in scan.source.filled_slices if box.start[0] <= k < box.stop[0]]
    if inside:
        raise GeometryRefused(
            f"{len(inside)} slices are missing inside the heart (at "
            f"{', '.join(str(k) for k in inside[:5])}{', ...' if len(inside) > 5 else ''} of "
            f"{scan.grid.shape[0]}); export the whole series again"
        )


def _blood(scan: Scan, cut: NDArray[np.bool_], box: Box, settings: Admission) -> Notice | None:
    """Return a doubt if the inside of the heart is brighter than unenhanced blood."""
    strides = tuple(max(1, int(3.0 / s)) for s in scan.grid.spacing_mm)
    coarse = tuple(slice(None, None, s) for s in strides)
    mask, hu = cut[coarse], scan.hu[box.slices][coarse]
    steps_mm = [n * s for n, s in zip(strides, scan.grid.spacing_mm, strict=True)]
    depth_mm = ndimage.distance_transform_edt(np.pad(mask, 1), sampling=steps_mm)
    inside = depth_mm[1:-1, 1:-1, 1:-1] > _INSIDE_MM
    median_hu = float(np.median(hu[inside if inside.any() else mask]))
    if median_hu <= settings.contrast_blood_hu:
        return None
    text = (
        f"Contrast suspected: the median inside the heart is {median_hu:.0f} HU "
        f"(unenhanced blood 30 to 60); enhanced blood can pass for calcium."
    )
    return Notice("contrast-suspected", text)


def _metal(scan: Scan, box: Box, settings: Admission) -> Notice | None:
    reach = [int(np.ceil(_METAL_REACH_MM / s)) for s in scan.grid.spacing_mm]
    near = box.padded((reach[0], reach[1], reach[2])).intersect(Box.whole(scan.grid.shape))
    voxels = int(np.count_nonzero(scan.hu[near.slices] >= settings.metal_hu))
    volume_mm3 = voxels * scan.grid.voxel_mm3
    if volume_mm3 < 1.0:
        return None
    text = (
        f"Metal near the heart: {volume_mm3:.0f} mm3 at or above {settings.metal_hu} HU "
        "(stent, valve, lead or clip); its streaks can pass for calcium."
    )
    return Notice("metal", text)
