"""Admission: the checks of a scan before anything is looked for in it.

Once the heart was located, `corcal.locate.check_heart` looks again.
"""

from __future__ import annotations

from corcal.core.errors import ScanNotAdmitted
from corcal.core.scan import Notice, Scan
from corcal.read.body_size import check_body_size
from corcal.read.check import Check
from corcal.read.joined import check_joined
from corcal.read.kernel import Sharpness, sharpness
from corcal.read.repeated import check_repeated
from corcal.read.saturation import check_saturation
from corcal.read.shift import check_shift
from corcal.settings import Admission


def check_scan(scan: Scan, settings: Admission) -> tuple[Check, ...]:
    """Return every check that needs no heart, passed or not, hard ones first."""
    return (
        _slices(scan, settings),
        _coverage(scan, settings),
        *_of_image(scan, settings),
        _thickness(scan, settings),
        _kernel(scan),
        _tube_voltage(scan, settings),
        _contrast(scan),
        _field(scan, settings),
        _gating(scan),
    )


def admit(scan: Scan, settings: Admission) -> tuple[Notice, ...]:
    """Return the doubts about a scan.

    Raises:
        ScanNotAdmitted: at least one hard check failed; the message holds all that did.
    """
    return _doubts(check_scan(scan, settings))


def admit_drawn(scan: Scan, settings: Admission) -> tuple[Notice, ...]:
    """Return the doubts about the numbers of a scan on which somebody drew the calcium.

    Nothing has to be found in it, so that it may be short, and a heart alone.

    Raises:
        ScanNotAdmitted: as `admit`, of these checks.
    """
    acquired = (_thickness(scan, settings), _kernel(scan), _tube_voltage(scan, settings))
    return _doubts((*_of_image(scan, settings), *acquired))


def admit_for_drawing(scan: Scan, settings: Admission) -> tuple[Notice, ...]:
    """Return the doubts about the image itself: may what is drawn on it be learnt from or counted.

    Raises:
        ScanNotAdmitted: as `admit`, of these checks.
    """
    return _doubts(_of_image(scan, settings))


def _of_image(scan: Scan, settings: Admission) -> tuple[Check, ...]:
    """Return the checks of values, voxel size and the order of slices, hard ones first."""
    return (
        check_shift(scan, settings),
        check_body_size(scan, settings),
        check_joined(scan, settings),
        check_saturation(scan, settings),
        check_repeated(scan, settings),
    )


def _doubts(made: tuple[Check, ...]) -> tuple[Notice, ...]:
    checks = [c for c in made if not c.passed]
    hard = [c.text for c in checks if c.refuses]
    if hard:
        raise ScanNotAdmitted("the scan is not admitted: " + " ".join(hard))
    return tuple(Notice(c.name, c.text) for c in checks)


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
    if thickest <= settings.thick_slices_mm * (1 + settings.thickness_tolerance):
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


def _tube_voltage(scan: Scan, settings: Admission) -> Check:
    kvp = scan.acquisition.kvp_kv
    if kvp is None:
        return Check("tube-voltage", True, False, "The tube voltage is not stated.")
    usual = settings.reference_kv
    if abs(kvp - usual) < settings.reference_kv_tolerance:
        return Check("tube-voltage", True, False, f"Tube voltage {usual:.0f} kV.")
    effect = "raises" if kvp < usual else "lowers"
    text = (
        f"Tube voltage {kvp:.0f} kV: 130 HU holds at {usual:.0f} kV; this one {effect} the score."
    )
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
    if field_mm < settings.least_field_mm:
        text += (
            f", below {settings.least_field_mm:.0f} mm: no heart fits in. Is the voxel size in "
            "mm? If it is wrong, every area, volume and score is."
        )
        return Check("zoomed-field", False, False, text)
    text += f", below {settings.small_field_mm:.0f} mm: zoomed on the heart."
    if scan.acquisition.gated is None:
        text += " Whether it was ECG-gated is not stated: say --gating yes (the setting "
        "admission.gating) if it was."
    return Check("zoomed-field", False, False, text)


def _gating(scan: Scan) -> Check:
    gated = scan.acquisition.gated
    text = {
        True: "ECG-gated, as calcium scores were made for.",
        False: "Not ECG-gated: scores are Agatston equivalents.",
        None: "The header says nothing of ECG gating; taken as not gated.",
    }[gated]
    return Check("gating", True, False, text)
