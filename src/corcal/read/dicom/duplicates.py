"""Slices that do not belong in one stack: copies, other planes, repeated acquisitions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from corcal.core.errors import GeometryRefused
from corcal.core.scan import Notice
from corcal.read.dicom.header import text
from corcal.read.dicom.slices import Slice
from corcal.read.names import short_name
from corcal.settings import Geometry

#: What tells apart stacks that lie at the same positions, in the order in which it is tried.
_SPLITS = (
    ("acquisition number", "AcquisitionNumber"),
    ("temporal position", "TemporalPositionIdentifier"),
    ("cardiac phase", "NominalPercentageOfCardiacPhase"),
    ("trigger time", "TriggerTime"),
    ("kernel", "ConvolutionKernel"),
    ("slice thickness", "SliceThickness"),
    ("content time", "ContentTime"),
)

SamePixels = Callable[[Slice, Slice], bool]


def without_flaws(slices: Sequence[Slice], notices: list[Notice]) -> list[Slice]:
    """Drop slices whose headers lack what every slice needs; the rest is one slice less.

    Raises:
        GeometryRefused: all of them do.
    """
    rescaled = any(s.rescaled for s in slices)
    flaws = {
        id(s): s.flaw or "its RescaleIntercept (0028,1052) is absent, unlike the others'"
        for s in slices
        if s.flaw or (rescaled and not s.rescaled)
    }
    if not flaws:
        return list(slices)
    first = next(s for s in slices if id(s) in flaws)
    where = f"{len(flaws)} of {len(slices)} slices cannot be used: {short_name(first.path)}: "
    if len(flaws) == len(slices):
        raise GeometryRefused(f"{where}{flaws[id(first)]}")
    more = " and others" if len(flaws) > 1 else ""
    notices.append(Notice("flawed-slices", f"{where}{flaws[id(first)]}{more}."))
    return [s for s in slices if id(s) not in flaws]


def without_copies(slices: Sequence[Slice], notices: list[Notice]) -> list[Slice]:
    """Drop files that are the same object twice."""
    first: dict[tuple[object, ...], Slice] = {}
    for one in slices:
        # The position too: careless anonymisers give every slice the same UID.
        first.setdefault((one.instance_uid or one.path, one.frame, one.position_mm), one)
    if copies := len(slices) - len(first):
        notices.append(Notice("duplicate-slices", f"{copies} copies of slices were left out."))
    return list(first.values())


def one_plane(slices: list[Slice], settings: Geometry, notices: list[Notice]) -> list[Slice]:
    """Keep the largest group of slices of one orientation, size and spacing."""
    groups: list[list[Slice]] = []
    for one in slices:
        home = next((g for g in groups if _same_plane(g[0], one, settings)), None)
        if home is None:
            groups.append([one])
        else:
            home.append(one)
    largest = max(groups, key=len)
    if others := len(slices) - len(largest):
        sentence = f"{others} slices of another orientation, size or pixel spacing were left out."
        notices.append(Notice("other-planes", sentence))
    return largest


def _same_plane(a: Slice, b: Slice, settings: Geometry) -> bool:
    if a.orientation is None or b.orientation is None:
        return a.orientation is b.orientation
    if a.spacing_mm is None or b.spacing_mm is None or a.shape != b.shape:
        return False
    turned = max(abs(p - q) for p, q in zip(a.orientation, b.orientation, strict=True))
    scaled = max(
        abs(p / q - 1) if q else 1.0 for p, q in zip(a.spacing_mm, b.spacing_mm, strict=True)
    )
    return turned < settings.same_direction and scaled < settings.same_spacing


def one_per_position(
    slices: list[Slice],
    normal: NDArray[np.float64],
    same_pixels: SamePixels,
    settings: Geometry,
    notices: list[Notice],
) -> list[Slice]:
    """Leave one slice at each position: drop identical ones, or keep one acquisition.

    Raises:
        GeometryRefused: nothing tells the repeated ones apart, or two acquisitions interleave.
    """
    if not _is_crowded(slices, normal, settings):
        _require_no_interleaving(slices, settings)
        return slices
    distinct: list[Slice] = []
    for one in slices:
        at = [
            s
            for s in distinct[-4:]
            if height_mm(one, normal) - height_mm(s, normal) < settings.same_position_mm
        ]
        if not any(same_pixels(s, one) for s in at):
            distinct.append(one)
    if copies := len(slices) - len(distinct):
        sentence = f"{copies} slices with the same position and pixels were left out."
        notices.append(Notice("duplicate-slices", sentence))
    return _one_acquisition(distinct, normal, settings, notices)


def _one_acquisition(
    slices: list[Slice], normal: NDArray[np.float64], settings: Geometry, notices: list[Notice]
) -> list[Slice]:
    if not _is_crowded(slices, normal, settings):
        return slices
    positions = 1 + int((_distances(slices, normal) >= settings.same_position_mm).sum())
    for name, keyword in _SPLITS:
        parts: dict[str, list[Slice]] = defaultdict(list)
        for one in slices:
            parts[text(one.tags, keyword)].append(one)
        key, part = max(parts.items(), key=lambda item: len(item[1]))
        # The others may be anything: slices that watch a bolus arrive lie at one position.
        apart = len(parts) > 1 and not _is_crowded(part, normal, settings)
        if apart and len(part) >= positions * settings.least_repeated:
            label = "" if keyword == "ContentTime" else f" {key}"
            sentence = (
                f"The series holds {len(parts)} stacks over the same positions; the one of "
                f"{name}{label} with {len(part)} slices was read."
            )
            notices.append(Notice("repeated-acquisition", sentence))
            return part
    if positions == len(slices):
        return slices
    raise GeometryRefused(
        f"{len(slices)} slices lie at only {positions} positions and nothing in their headers "
        "tells the repeated ones apart; export the series again, one acquisition at a time"
    )


def _require_no_interleaving(slices: list[Slice], settings: Geometry) -> None:
    """Refuse slices of two acquisitions that take turns, as those of two people under one UID."""
    numbers = [text(s.tags, "AcquisitionNumber") for s in slices]
    turns = sum(a != b for a, b in pairwise(numbers))
    many = len(set(numbers))
    if 1 < many <= len(slices) * settings.few_acquisitions and turns > 2 * many + 2:
        raise GeometryRefused(
            f"slices of {many} acquisitions take turns along the scan; they may be of two people. "
            "Export the series again, one acquisition at a time"
        )


def _is_crowded(slices: list[Slice], normal: NDArray[np.float64], settings: Geometry) -> bool:
    """Tell whether some slices lie at, or much too near, the position of another."""
    d = _distances(slices, normal)
    if not d.size:
        return False
    near = max(settings.same_position_mm, settings.crowded_share * float(d.mean()))
    return bool(d.min() < near)


def _distances(slices: list[Slice], normal: NDArray[np.float64]) -> NDArray[np.float64]:
    z = np.array([height_mm(s, normal) for s in slices])
    distances: NDArray[np.float64] = np.diff(z)
    return distances


def height_mm(one: Slice, normal: NDArray[np.float64]) -> float:
    """Return where a slice lies along a normal.

    Raises:
        GeometryRefused: its header gives no position.
    """
    if one.position_mm is None:
        raise GeometryRefused("a slice's header gives no position")
    return float(np.dot(one.position_mm, normal))
