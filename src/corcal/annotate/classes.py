"""The meanings that a drawn class can have, and the map from names and codes to them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import Enum

from corcal.core.arguments import wrong_kind
from corcal.core.artery import Artery
from corcal.core.errors import AnnotationRefused


class DrawnClass(Enum):
    """A class that somebody drew; the value is its name in a map of the command line.

    `CORONARY` is all arteries as one, as TotalSegmentator marks them: calcium inside it is known
    in total, and of no artery.
    """

    RCA = "RCA"
    LAD = "LAD"
    LCX = "LCX"
    CALCIUM = "calcium"
    RCA_CALCIUM = "RCA-calcium"
    LAD_CALCIUM = "LAD-calcium"
    LCX_CALCIUM = "LCX-calcium"
    CORONARY = "coronary"
    IGNORE = "ignore"

    @property
    def bit(self) -> int:
        """The bit of the class in `Drawing.bits`; 0 for what is ignored."""
        return 0 if self is DrawnClass.IGNORE else 1 << list(DrawnClass).index(self)

    @property
    def is_calcium(self) -> bool:
        """True for calcium, of a named artery or of any."""
        return self.value.endswith("calcium")

    @classmethod
    def vessel(cls, artery: Artery) -> DrawnClass:
        """Return the class of an artery, its calcium included or not."""
        return cls(artery.value)

    @classmethod
    def calcium_of(cls, artery: Artery) -> DrawnClass:
        """Return the class of one artery's calcium."""
        return cls(f"{artery.value}-calcium")


#: From a drawing's own code, number or name (lower case) to its class.
ClassMap = dict[str, DrawnClass]

_MEANINGS = ", ".join(c.value for c in DrawnClass)
_CALCIUM = re.compile(r"\b(calc\w*|cac)\b")
#: All coronary arteries as one; not their sinus, and not the left ones alone.
_CORONARY = re.compile(r"(all )?coronar(y|ies)( (arter(y|ies)|tree|vessels?|all))?")
_ARTERIES = {
    Artery.RCA: re.compile(r"\b(rca|right coronary)\b"),
    Artery.LAD: re.compile(r"\b(lad|lm|lmca|left main|left anterior descending)\b"),
    Artery.LCX: re.compile(r"\b(lcx|cx|circumflex)\b"),
}


def parse_map(texts: Iterable[str]) -> ClassMap | None:
    """Return the map that texts such as "6=RCA,7=LAD,8=LCX,9=calcium" spell, None without any.

    Raises:
        AnnotationRefused: a text is of another form, or a code is named twice.
        TypeError: a single text comes in place of several.
    """
    if isinstance(texts, str):  # each of its letters would be a text
        raise wrong_kind("texts", texts, "a list of texts, such as ['1=RCA,2=LAD'],")
    found: ClassMap = {}
    for part in (p for text in texts for p in text.split(",")):
        key, _, name = (p.strip() for p in part.rpartition("="))
        meant = next((c for c in DrawnClass if c.value.lower() == name.lower()), None)
        if not key or meant is None:
            raise AnnotationRefused(
                f"{part.strip()!r} in the map is not like 6=RCA; what a code can mean: {_MEANINGS}"
            )
        if key.lower() in found:
            raise AnnotationRefused(f"the map names {key} twice")
        found[key.lower()] = meant
    return found or None


def map_advice(text: str) -> str:
    """Return how a map such as "1=RCA,2=LAD" is given, on the command line and from Python."""
    word = text if re.fullmatch(r"[\w=,.-]+", text) else f'"{text}"'
    return f"--map {word} (classes=parse_map([{text!r}]) from Python)"


def class_named(name: str) -> DrawnClass | None:
    """Return the class that a name such as "LM+LAD" or "RCA calcification" means, if any.

    None as well where a name speaks of several arteries.
    """
    text = re.sub(r"[^a-z0-9]+", " ", name.lower())
    arteries = [artery for artery, pattern in _ARTERIES.items() if pattern.search(text)]
    calcium = bool(_CALCIUM.search(text))
    if len(arteries) > 1:
        return None
    if not arteries:
        if calcium:
            return DrawnClass.CALCIUM
        return DrawnClass.CORONARY if _CORONARY.fullmatch(text.strip()) else None
    return (DrawnClass.calcium_of if calcium else DrawnClass.vessel)(arteries[0])


def calcium_class(drawn: DrawnClass) -> DrawnClass:
    """Return the calcium of an artery for the artery itself, and any other class as it is."""
    of = {DrawnClass.vessel(a): DrawnClass.calcium_of(a) for a in Artery}
    of[DrawnClass.CORONARY] = DrawnClass.CALCIUM
    return of.get(drawn, drawn)


def class_in(keys: Iterable[str], given: ClassMap) -> DrawnClass | None:
    """Return what a map says of the first of these codes or names that it knows."""
    return next((given[k.strip().lower()] for k in keys if k.strip().lower() in given), None)
