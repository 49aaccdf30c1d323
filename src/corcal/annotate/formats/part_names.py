"""Meanings of the named parts of a DICOM object: by the user's map, by code, or by name."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.annotate.classes import ClassMap, DrawnClass, class_in, class_named
from corcal.annotate.drawing import Decision
from corcal.core.artery import Artery
from corcal.core.errors import AnnotationRefused
from corcal.core.scan import Notice

#: SNOMED CT codes of the arteries (DICOM PS3.16, CID 3015). The left main counts with the LAD.
_ARTERY_CODES = {
    "13647002": Artery.RCA,
    "59438005": Artery.LAD,
    "3227004": Artery.LAD,
    "57396003": Artery.LCX,
}
#: Vascular calcification, pathologic calcification, calcified atheromatous plaque.
_CALCIUM_CODES = {"237897009", "18115005", "29483008"}


@dataclass(frozen=True)
class Part:
    """A segment of a SEG, or a region of an RTSTRUCT.

    Attributes:
        number: its number in the file.
        name: its label.
        kind_code: SNOMED CT code of what it is, or "".
        place_codes: SNOMED CT codes of where it lies.
    """

    number: int
    name: str
    kind_code: str = ""
    place_codes: tuple[str, ...] = ()


def meanings(
    parts: list[Part], given: ClassMap | None, name: str
) -> tuple[dict[int, DrawnClass], Decision, tuple[Notice, ...]]:
    """Return the class of each part by its number, how that was decided, and what is doubtful.

    Raises:
        AnnotationRefused: a part means nothing here, and no map says what it is.
    """
    found: dict[int, DrawnClass] = {}
    for part in parts:
        meant = (
            class_in([part.name, str(part.number)], given)
            if given is not None
            else _class_by_code(part) or class_named(part.name)
        )
        if meant is not None:
            found[part.number] = meant
    unknown = [p for p in parts if p.number not in found]
    if unknown:
        listed = ", ".join(f"{p.number} ({p.name})" for p in unknown[:12])
        more = ", ..." if len(unknown) > 12 else ""
        raise AnnotationRefused(
            f"{name}: what is {listed}{more}? Say it by number or name, such as "
            f'--map {unknown[0].number}=RCA or --map "{unknown[0].name}=ignore"; a map names '
            "every part"
        )
    shown = ", ".join(f"{p.number} ({p.name})={found[p.number].value}" for p in parts)
    why = "as given" if given is not None else "by the file's own codes and names"
    return found, Decision("map", shown, why), _absent(parts, given)


def _class_by_code(part: Part) -> DrawnClass | None:
    """Return what the codes of a part say."""
    if part.kind_code in _ARTERY_CODES:
        return DrawnClass.vessel(_ARTERY_CODES[part.kind_code])
    if part.kind_code not in _CALCIUM_CODES:
        return None
    places = {_ARTERY_CODES[c] for c in part.place_codes if c in _ARTERY_CODES}
    if len(places) == 1:
        return DrawnClass.calcium_of(places.pop())
    # Without a place the name may tell; with several no single artery can be meant.
    named = None if places else class_named(part.name)
    return named if named is not None and named.is_calcium else DrawnClass.CALCIUM


def _absent(parts: list[Part], given: ClassMap | None) -> tuple[Notice, ...]:
    present = {key.strip().lower() for p in parts for key in (p.name, str(p.number))}
    absent = [f"{key} ({c.value})" for key, c in (given or {}).items() if key not in present]
    if not absent:
        return ()
    return (Notice("class-absent", f"The file holds no part {', '.join(absent)}."),)
