"""Meanings of the parts of a drawing that have names: by the user's map, by code, or by name."""

from __future__ import annotations

from dataclasses import dataclass

from corcal.annotate.classes import ClassMap, DrawnClass, class_in, class_named, map_advice
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
    """A segment of a SEG or of 3D Slicer, a region of an RTSTRUCT, a code of a label map.

    Attributes:
        number: its number in the file.
        name: its label, or "".
        kind_code: SNOMED CT code of what it is, or "".
        place_codes: SNOMED CT codes of where it lies.
        colour: in which it is shown, "#rrggbb", or "".
    """

    number: int
    name: str
    kind_code: str = ""
    place_codes: tuple[str, ...] = ()
    colour: str = ""

    def __str__(self) -> str:
        described = ", ".join(text for text in (self.name, self.colour) if text)
        return f"{self.number} ({described})" if described else str(self.number)


@dataclass(frozen=True)
class Meaning:
    """The meaning of the parts of a drawing.

    Attributes:
        of: the class of each part, by its number.
        declared: the classes that the map or the file's own names speak of, be they drawn or not.
        decision: how that was decided.
        notices: what is doubtful.
    """

    of: dict[int, DrawnClass]
    declared: frozenset[DrawnClass]
    decision: Decision
    notices: tuple[Notice, ...] = ()


def part_meaning(parts: list[Part], given: ClassMap | None, name: str) -> Meaning:
    """Return the meaning of each part.

    Args:
        parts: those that mark something.
        given: the user's map, or None.
        name: of the file, for messages.

    Raises:
        AnnotationRefused: a part means nothing here, and no map says what it is.
    """
    found: dict[int, DrawnClass] = {}
    for part in parts:
        meant = (
            class_in([part.name, str(part.number)], given)
            if given is not None
            else part_class(part)
        )
        if meant is not None:
            found[part.number] = meant
    unknown = [p for p in parts if p.number not in found]
    if unknown:
        listed = ", ".join(str(p) for p in unknown[:12])
        more = ", ..." if len(unknown) > 12 else ""
        by_name = f", or {unknown[0].name}=ignore" if unknown[0].name else ""
        raise AnnotationRefused(
            f"{name}: what is {listed}{more}? Say it by number or name, such as "
            f"{map_advice(f'{unknown[0].number}=RCA')}{by_name}; a map names every part"
        )
    shown = ", ".join(f"{p.number} ({p.name})={found[p.number].value}" for p in parts)
    why = "as given" if given is not None else "by the file's own codes and names"
    declared = frozenset((given or {}).values()) | frozenset(found.values())
    return Meaning(found, declared, Decision("map", shown, why), _absent(parts, given))


def part_class(part: Part) -> DrawnClass | None:
    """Return the class of a part by its codes, else by its name; None where they say nothing."""
    return _class_by_code(part) or class_named(part.name)


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
