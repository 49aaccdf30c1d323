"""Files into series, each of one person: by Series Instance UID, or by what is left of it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corcal.core.errors import UnreadableScan
from corcal.read.dicom.bounds import is_dicom
from corcal.read.dicom.header import text
from corcal.read.dicom.read_header import DICOM_ENDINGS, is_directory_record, read_slices
from corcal.read.dicom.slices import Slice
from corcal.read.files import Content


@dataclass(frozen=True, eq=False)
class Group:
    """Slices that may make one series.

    Attributes:
        name: Series Instance UID, with "#2" where one UID holds several people or studies;
            "no-uid-1" where the files have none.
        members: the slices.
        person: what tells people apart, a hash; "" where nothing does.
        study: Study Instance UID, or "".
        shares_uid: True if other groups have the same Series Instance UID.
    """

    name: str
    members: tuple[Slice, ...] = field(repr=False)
    person: str
    study: str
    shares_uid: bool = False


def group_slices(content: Content, *, shared: int) -> tuple[list[Group], list[str]]:
    """Return the groups of opened content, and what is wrong with files that should be DICOM.

    Args:
        content: the files.
        shared: `shared_slices` of the settings of the series.

    Raises:
        UnreadableScan: the one file that was asked for is damaged.
    """
    slices, damaged = _slices(content)
    series: dict[tuple[object, ...], list[Slice]] = defaultdict(list)
    for one in slices:
        series[_key(one)].append(one)
    groups: list[Group] = []
    for members in series.values():
        uid = members[0].series_uid or f"no-uid-{1 + sum('no-uid' in g.name for g in groups)}"
        parts = _split(members, shared)
        for number, part in enumerate(parts, start=1):
            name = uid if len(parts) == 1 else f"{uid}#{number}"
            groups.append(Group(name, tuple(part), _person(part), _study(part), len(parts) > 1))
    return groups, damaged


def _slices(content: Content) -> tuple[list[Slice], list[str]]:
    asked = read_slices(content.only) if content.only else None
    if asked and len(asked) > 1:
        return list(asked), []
    slices: list[Slice] = []
    damaged: list[str] = []
    for path in content.files:
        try:
            found = read_slices(path)
        except UnreadableScan as error:
            if not content.only and _should_be_dicom(path):
                damaged.append(str(error))
            continue
        slices += [s for s in found if asked is None or _key(s) == _key(asked[0])]
    return slices, damaged


def _should_be_dicom(path: Path) -> bool:
    """Tell whether a file that could not be read is one of a series, not what lies beside it."""
    if is_directory_record(path):
        return False
    with path.open("rb") as file:
        return path.suffix.lower() in DICOM_ENDINGS or is_dicom(file)


def _key(one: Slice) -> tuple[object, ...]:
    """Return what the slices of a series have in common."""
    if one.series_uid:
        return (one.series_uid,)
    tags = one.tags
    left = ("Modality", "SeriesNumber", "SeriesDescription", "FrameOfReferenceUID")
    return ("", one.path.parent, one.study_uid, *(text(tags, k) for k in left))


def _split(members: list[Slice], shared: int) -> list[list[Slice]]:
    """Return the slices of one series by person, study and frame of reference.

    What is absent in a slice fits everything. So does an attribute that differs in nearly every
    slice.
    """
    facts = [_facts(one) for one in members]
    sparse = {
        k for k in range(2, 4) if len({f[k] for f in facts}) > max(shared, len(members) / shared)
    }
    parts: list[tuple[list[str], list[Slice]]] = []
    for one, stated in zip(members, facts, strict=True):
        known = ["" if k in sparse else v for k, v in enumerate(stated)]
        home = next((p for p in parts if _fits(p[0], known)), None)
        if home is None:
            parts.append((known, [one]))
        else:
            home[0][:] = [a or b for a, b in zip(home[0], known, strict=True)]
            home[1].append(one)
    return [slices for _, slices in parts]


def _facts(one: Slice) -> tuple[str, str, str, str]:
    """Return patient ID, name, study and frame of reference; "" for what is not stated."""
    return (
        _plain(text(one.tags, "PatientID")),
        _plain(text(one.tags, "PatientName")),
        one.study_uid,
        text(one.tags, "FrameOfReferenceUID"),
    )


def _fits(known: Sequence[str], other: Sequence[str]) -> bool:
    return all(not a or not b or a == b for a, b in zip(known, other, strict=True))


def _plain(words: str) -> str:
    return "".join(c for c in words.casefold() if c.isalnum())


def _person(members: Sequence[Slice]) -> str:
    """Return a hash of the patient's ID, or of the name where there is no ID."""
    identity = next((f for one in members for f in _facts(one)[:2] if f), "")
    return hashlib.sha256(identity.encode()).hexdigest()[:16] if identity else ""


def _study(members: Sequence[Slice]) -> str:
    studies = {one.study_uid for one in members} - {""}
    return studies.pop() if len(studies) == 1 else ""
