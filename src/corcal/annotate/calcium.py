"""The calcium of a drawing, to be counted: of each artery, or of all of them as one.

Either the drawing marks calcium, or it marks arteries and calcium is what reaches the threshold
within them. Which of the two is never guessed: a drawing of arteries says nothing of calcium.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from corcal.annotate.calcium_stated import CALCIUM_CLASSES, speaks_of_calcium
from corcal.annotate.checks.plausibility import require_plausible
from corcal.annotate.classes import ClassMap, DrawnClass, calcium_class, map_advice
from corcal.annotate.drawing import Drawing
from corcal.annotate.options import AnnotateOptions
from corcal.annotate.six_classes import drawn_overlaps, six_classes
from corcal.core.artery import Artery
from corcal.core.errors import AnnotationRefused
from corcal.core.labels import ArteryLabels
from corcal.core.scan import Notice, Scan

_BOTH_WAYS = (
    f"If its codes are the calcium of each artery, say so with {map_advice('1=RCA,2=LAD,3=LCX')}; "
    "if they are arteries, --calcium-inside (calcium_inside from Python) counts what reaches the "
    "threshold within them"
)


@dataclass(frozen=True, eq=False)
class DrawnCalcium:
    """Calcium on a scan, by artery where the drawing says which.

    Attributes:
        labels: arteries and their calcium; None where the drawing knows no single artery.
        mask: bool (slice, row, column), all calcium.
        notices: doubts.
    """

    labels: ArteryLabels | None
    mask: NDArray[np.bool_]
    notices: tuple[Notice, ...]


def calcium_classes(given: ClassMap | None) -> ClassMap | None:
    """Return a map in which a bare RCA, LAD or LCX is calcium, unless the map names calcium itself.

    `1=RCA,2=LAD,3=LCX` are then the calcium of each; in `1=RCA,2=LAD,3=LCX,4=calcium` the first
    three are arteries.
    """
    if given is None or any(c.is_calcium for c in given.values()):
        return given
    return {key: calcium_class(c) for key, c in given.items()}


def drawn_calcium(drawn: Drawing, scan: Scan, *, threshold_hu: float, name: str) -> DrawnCalcium:
    """Return the calcium that a drawing marks.

    Args:
        drawn: on the scan's grid.
        scan: the scan.
        threshold_hu: from where a voxel can be calcium.
        name: of the drawing, for messages.

    Raises:
        AnnotationRefused: it marks no calcium and does not say that there is none, or calcium that
            touches none of its arteries.
    """
    _require_marked(drawn, name)
    marked = drawn.any_of(CALCIUM_CLASSES)
    notices = (*drawn.notices, *_map_notice(drawn))
    if not marked.any():
        if not speaks_of_calcium(drawn):
            raise AnnotationRefused(f"{name}: marks arteries and no calcium. {_BOTH_WAYS}")
        text = "The labels mark no calcium, though they could have: taken as none."
        notices = (*notices, Notice("no-calcium-marked", text))
    elif not drawn.any_of(c for c in DrawnClass if _artery_of(c)).any():
        return DrawnCalcium(None, marked, (*notices, _no_artery_notice()))
    six = six_classes(_without_coronary(drawn), scan, options=AnnotateOptions())
    found = six.labels.codes > len(Artery)
    if marked.any() and not found.any():
        raise AnnotationRefused(
            f"{name}: none of its calcium touches an artery, so whose it is is not known. Complete "
            "the arteries, or leave them out with =ignore for a total without arteries"
        )
    doubts = _doubts(six.labels, scan, threshold_hu, name)
    return DrawnCalcium(six.labels, found, (*notices, *six.notices, *doubts))


def calcium_inside(drawn: Drawing, scan: Scan, *, threshold_hu: float, name: str) -> DrawnCalcium:
    """Return what reaches the threshold within the arteries that a drawing marks.

    Args:
        drawn: arteries on the scan's grid, with or without their calcium.
        scan: the scan.
        threshold_hu: from where a voxel counts.
        name: of the drawing, for messages.

    Raises:
        AnnotationRefused: it marks no artery, calcium of no artery, or does not say which artery.
    """
    _require_marked(drawn, name)
    if drawn.mask(DrawnClass.CALCIUM).any():
        raise AnnotationRefused(
            f"{name}: marks calcium of no named artery: count it without --calcium-inside "
            "(drawn_calcium from Python), or leave it out with =ignore"
        )
    bright = scan.hu >= threshold_hu
    masks = {a: drawn.any_of((DrawnClass.vessel(a), DrawnClass.calcium_of(a))) for a in Artery}
    absent = [a.value for a in Artery if not masks[a].any()]
    tree = drawn.mask(DrawnClass.CORONARY)
    notices = (*drawn.notices, *_map_notice(drawn), _inside_notice(threshold_hu))
    if tree.any():
        if len(absent) < len(Artery):
            raise AnnotationRefused(
                f"{name}: marks single arteries and all of them as one; leave out one kind with "
                "=ignore"
            )
        return DrawnCalcium(None, tree & bright, (*notices, _no_artery_notice()))
    if len(absent) == len(Artery) - 1 and not drawn.declared:
        raise AnnotationRefused(
            f"{name}: holds a single code: is it one artery, such as {map_advice('1=RCA')}, or "
            "all coronary arteries as one, 1=coronary?"
        )
    codes = np.zeros(drawn.bits.shape, dtype=np.uint8)
    for artery, mask in masks.items():
        codes[mask] = np.where(bright[mask], artery.calcium_code, artery.vessel_code)
    labels = ArteryLabels(codes, scan.grid)
    if absent:
        text = f"Not drawn: {', '.join(absent)}; its 0 says nothing of its calcium."
        notices = (*notices, Notice("artery-not-drawn", text))
    doubts = _doubts(labels, scan, threshold_hu, name)
    overlaps = drawn_overlaps(drawn.bits, scan.grid.voxel_mm3)
    return DrawnCalcium(labels, codes > len(Artery), (*notices, *overlaps, *doubts))


def _require_marked(drawn: Drawing, name: str) -> None:
    if not drawn.bits.any():
        raise AnnotationRefused(f"{name}: nothing is marked: every class is empty or ignored")


def _artery_of(drawn: DrawnClass) -> bool:
    """Tell whether a class is of a single artery, vessel or calcium."""
    return any(drawn in (DrawnClass.vessel(a), DrawnClass.calcium_of(a)) for a in Artery)


def _without_coronary(drawn: Drawing) -> Drawing:
    """Return a drawing whose single arteries alone count: the whole tree adds nothing to them."""
    return replace(drawn, bits=drawn.bits & ~np.uint8(DrawnClass.CORONARY.bit))


def _doubts(labels: ArteryLabels, scan: Scan, threshold_hu: float, name: str) -> tuple[Notice, ...]:
    return require_plausible(labels, scan, threshold_hu=threshold_hu, name=name, refuse=False)[1]


def _map_notice(drawn: Drawing) -> tuple[Notice, ...]:
    """Say what codes and names were taken for, unless they are corcal's own codes."""
    said = [d for d in drawn.decisions if d.what == "map" and drawn.declared]
    return tuple(Notice("labels-map", f"Labels: {d.chosen} ({d.why}).") for d in said)


def _inside_notice(threshold_hu: float) -> Notice:
    text = (
        f"Calcium is what reaches {threshold_hu:.0f} HU within the artery masks that were given; "
        "what lies outside them is not counted, and noise, stents and blood within them are."
    )
    return Notice("calcium-inside", text)


def _no_artery_notice() -> Notice:
    text = "The labels do not say which artery: there is a total, and no artery has a score."
    return Notice("no-single-artery", text)
