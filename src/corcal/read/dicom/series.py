"""The choice of a series: every series of a study, what speaks for and against it.

Refused are series that are no chest CT in axial slices; the others are ranked by points, so
that a soft-kernel, thin, uncontrasted, complete series comes first. The user's choice by UID
goes before any ranking.
"""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from corcal.core.errors import GeometryRefused, UnreadableScan
from corcal.core.scan import Notice
from corcal.read.acquisition import contrast_named
from corcal.read.dicom.geometry import Stack, stack_of
from corcal.read.dicom.grouping import Group, group_slices
from corcal.read.dicom.header import number, text
from corcal.read.dicom.pixels import same_pixels
from corcal.read.dicom.slices import Slice
from corcal.read.files import Content, open_input
from corcal.read.kernel import Sharpness, sharpness
from corcal.read.names import short_name
from corcal.settings import Series, Settings, settings_or_default

_CT_CLASSES = {
    "1.2.840.10008.5.1.4.1.1.2": "CT",
    "1.2.840.10008.5.1.4.1.1.2.1": "Enhanced CT",
    "1.2.840.10008.5.1.4.1.1.2.2": "Legacy Converted Enhanced CT",
}
#: Rescale types of Hounsfield units, and those that say nothing (US is "unspecified").
_UNITS = {"", "HU", "US", "UNSPECIFIED", "HOUNSFIELD", "NONE"}
_NEVER = {"LOCALIZER", "SCOUT", "TOPOGRAM", "MIP", "MINIP", "PROJECTION", "SCREEN", "DOSE"}
_ONLY_IF_NAMED = {"MPR", "REFORMATTED"}

_CONTRAST = re.compile(
    r"c\+|\bpost\b|contrast|\barter|\bven(ous)?\b|portal|\bctpa\b|\bcta\b|angio", re.IGNORECASE
)
_NO_CONTRAST = re.compile(r"\bnon|w/?o\b|without|unenh|native|plain|\bno\b|c-", re.IGNORECASE)
_CALCIUM = re.compile(r"\bcac|calc|heart|card", re.IGNORECASE)
_CHEST = re.compile(r"chest|thora|lung", re.IGNORECASE)
_OTHER_PARTS = re.compile(r"head|brain|neck|abd|pelvi|spine|extrem|leg|knee|foot", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class SeriesCandidate:
    """A series and what speaks for and against it.

    Attributes:
        series_uid: Series Instance UID, or the name that stands for it (see `Group`).
        modality: as the header says.
        slices: slices at different positions, or images where that is not known.
        spacing_mm: distance between slices, or None.
        thickness_mm: nominal slice thickness, or None.
        kernel: reconstruction kernel, "" where not given.
        patient: 1 for the first patient of the input, 2 for the next; never a name.
        refusals: why it cannot be read; empty if it can.
        named_only: why it is read only when named by its UID.
        points: its rank; more is better.
        reasons: what made up the points.
        notices: irregularities of its geometry.
        members: its image slices.
        stack: the checked stack, None if refused.
        study: Study Instance UID, or "".
        shares_uid: True if another patient's, study's or frame's slices have the same UID.
        acquired: when, for ranking.
    """

    series_uid: str
    modality: str
    slices: int
    spacing_mm: float | None
    thickness_mm: float | None
    kernel: str
    patient: int
    refusals: tuple[str, ...]
    named_only: tuple[str, ...]
    points: int
    reasons: tuple[str, ...]
    notices: tuple[Notice, ...]
    members: tuple[Slice, ...] = field(repr=False)
    stack: Stack | None = field(repr=False)
    study: str = field(repr=False, default="")
    shares_uid: bool = False
    acquired: str = field(repr=False, default="")

    @property
    def begins_with(self) -> str:
        """Name of its first file, with its folder's."""
        return f"beginning with {short_name(self.members[0].path)}" if self.members else "no image"

    @property
    def accepted(self) -> bool:
        """True if the series may be chosen without being named."""
        return not self.refusals and not self.named_only


def find_series(path: Path, *, settings: Settings | None = None) -> tuple[SeriesCandidate, ...]:
    """Return the DICOM series at a path, the best first; none for a volume file.

    Raises:
        UnreadableScan: nothing readable is there.
    """
    with open_input(path) as content:
        return () if content.volume else series_in(content, settings_or_default(settings))


def series_in(content: Content, settings: Settings) -> tuple[SeriesCandidate, ...]:
    """Return the DICOM series of opened content, the best first.

    Raises:
        UnreadableScan: no file is DICOM, or the file asked for is damaged.
    """
    groups, damaged = group_slices(content, shared=settings.series.shared_slices)
    if not groups:
        raise UnreadableScan(_nothing_readable(content, damaged))
    # People are numbered, never named; who is not known is a person of his own study.
    people = list(dict.fromkeys(g.person or f"study {g.study}" for g in groups))
    found = [
        _candidate(g, 1 + people.index(g.person or f"study {g.study}"), settings) for g in groups
    ]
    ranked = sorted(found, key=_rank, reverse=True)
    return tuple(_with_damage(c, damaged) for c in ranked)


def _nothing_readable(content: Content, damaged: list[str]) -> str:
    if any(zipfile.is_zipfile(p) for p in content.files[:20]):
        return f"{content.name}: holds zips and no DICOM file; unpack them first"
    first = f"; the first: {damaged[0]}" if damaged else ""
    return f"{content.name}: holds no DICOM file that can be read{first}"


def _candidate(group: Group, patient: int, settings: Settings) -> SeriesCandidate:
    members = list(group.members)
    refusals, images = _unfit(members)
    stack: Stack | None = None
    if not refusals:
        try:
            stack = stack_of(
                images, partial(same_pixels, settings=settings.values), settings.geometry
            )
        except (GeometryRefused, UnreadableScan) as error:
            refusals = (str(error),)
    first = (images or members)[0]
    points = [] if stack is None else _points(stack, settings)
    words = frozenset.union(*[s.image_type for s in images]) if images else frozenset[str]()
    named_only = tuple(
        f"reformatted images ({w} in ImageType); name the series to read it all the same"
        for w in sorted(words & _ONLY_IF_NAMED)
    )
    return SeriesCandidate(
        series_uid=group.name,
        modality=text(first.tags, "Modality"),
        slices=len(stack.slices) if stack else len(images or members),
        spacing_mm=round(stack.step_mm, 4) if stack else None,
        thickness_mm=number(first.tags, "SliceThickness"),
        kernel=text(first.tags, "ConvolutionKernel"),
        patient=patient,
        refusals=refusals,
        named_only=named_only,
        points=sum(p for p, _ in points),
        reasons=tuple(f"{p:+d} {why}" for p, why in points),
        notices=stack.notices if stack else (),
        members=tuple(images),
        stack=stack,
        study=group.study,
        shares_uid=group.shares_uid,
        acquired=text(first.tags, "AcquisitionDate") + text(first.tags, "AcquisitionTime"),
    )


def _unfit(members: list[Slice]) -> tuple[tuple[str, ...], list[Slice]]:
    """Return why a series is no CT in Hounsfield units, and its images without localizers."""
    first = members[0]
    modality = text(first.tags, "Modality")
    if modality != "CT":
        return (f"modality {modality or 'not given'}, not CT",), []
    if text(first.tags, "SOPClassUID") not in _CT_CLASSES:
        return ("not a CT image (secondary capture, report or the like)",), []
    images = [s for s in members if not s.image_type & _NEVER]
    if not images:
        words = sorted(frozenset.union(*[s.image_type for s in members]) & _NEVER)
        return (f"no cross-sections: ImageType says {', '.join(words)}",), []
    colour = text(images[0].tags, "PhotometricInterpretation")
    if colour != "MONOCHROME2":
        return (f"pixels are {colour or 'of unknown meaning'}, not MONOCHROME2",), images
    units = {s.rescale_type for s in images if s.rescale_type.upper() not in _UNITS}
    if units:
        return (f"values are in {', '.join(sorted(units))}, not Hounsfield units",), images
    return (), images


def _points(stack: Stack, settings: Settings) -> list[tuple[int, str]]:
    """Return points and what they are for."""
    points, admission = settings.series, settings.admission
    tags = stack.slices[0].tags
    found: list[tuple[int, str]] = []
    kernel = text(tags, "ConvolutionKernel")
    sharp = sharpness(kernel)
    if sharp is not Sharpness.UNKNOWN:
        soft = sharp is Sharpness.SOFT
        found.append(
            (
                points.soft_kernel if soft else points.sharp_kernel,
                f"{sharp.value} kernel ({kernel})",
            )
        )
    found.append(_spacing_points(stack.step_mm, points))
    described = text(tags, "SeriesDescription") + " " + text(tags, "ProtocolName")
    if _CALCIUM.search(described):
        found.append((points.cardiac, "described as cardiac or calcium scan"))
    if _CHEST.search(described + " " + text(tags, "BodyPartExamined")):
        found.append((points.chest, "described as chest"))
    elif _OTHER_PARTS.search(described + " " + text(tags, "BodyPartExamined")):
        found.append((points.other_part, "described as another part of the body"))
    if "ORIGINAL" in stack.slices[0].image_type:
        found.append((points.original, "original images"))
    if stack.regular:
        found.append((points.complete, "complete and even slices"))
    said = _CONTRAST.search(described) and not _NO_CONTRAST.search(described)
    if contrast_named(tags) or (said and contrast_named(tags) is None):
        found.append((points.contrast, "contrast agent"))
    coverage_mm = len(stack.slices) * stack.step_mm
    if len(stack.slices) < admission.min_slices or coverage_mm < admission.min_coverage_mm:
        short = f"only {len(stack.slices)} slices over {coverage_mm:.0f} mm"
        found.append((points.too_short, short))
    return found


def _spacing_points(step_mm: float, settings: Series) -> tuple[int, str]:
    points = (
        settings.thin_slices
        if settings.thin_mm[0] <= step_mm <= settings.thin_mm[1]
        else settings.medium_slices
        if step_mm <= settings.medium_mm
        else settings.coarse_slices
        if step_mm <= settings.coarse_mm
        else settings.thick_slices
    )
    return points, f"slices every {step_mm:.2f} mm"


def _rank(one: SeriesCandidate) -> tuple[bool, bool, int, int, str, str]:
    return (
        one.accepted,
        not one.refusals,
        one.points,
        one.slices,
        one.acquired,
        one.series_uid,
    )


def _with_damage(one: SeriesCandidate, damaged: list[str]) -> SeriesCandidate:
    if not damaged:
        return one
    many = f" and {len(damaged) - 1} more" if len(damaged) > 1 else ""
    notice = Notice("unreadable-files", f"Files could not be read: {damaged[0]}{many}.")
    return replace(one, notices=(*one.notices, notice))
