"""The plan of a reader study: readers, cases, scale and the blinded order of each reader."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from corcal.core.artery import Artery
from corcal.core.errors import TableRefused
from corcal.storage import json_bytes, read_json

KEY_SCHEMA = "corcal-reader-key/1"

#: Letters and figures that nobody takes for one another.
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_CODE_LENGTH = 4
_READER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,30}")


@dataclass(frozen=True)
class Category:
    """One step of the readers' scale.

    Attributes:
        name: as it is written into the ratings, lower case.
        meaning: its meaning as the readers see it, or "".
    """

    name: str
    meaning: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", " ".join(self.name.split()).lower())


#: The paper's scale (section 2.5), best first.
SCALE = (
    Category("excellent", "nothing to correct; the marks can be relied on"),
    Category("minor", "small errors that would not change how the marks are used"),
    Category("major", "errors that would change how the marks are used"),
)


@dataclass(frozen=True, order=True)
class Structure:
    """A rated structure: an artery, or its calcium.

    Attributes:
        artery: "RCA", "LAD" or "LCX".
        part: "artery" or "calcium".
    """

    artery: str
    part: str

    @property
    def title(self) -> str:
        """For people: "Left main + LAD, calcium"."""
        return Artery(self.artery).title + (", calcium" if self.part == "calcium" else "")


#: Every structure, in the order of the paper's Table 2: arteries, then their calcium.
STRUCTURES = tuple(Structure(a.value, part) for part in ("artery", "calcium") for a in Artery)


@dataclass(frozen=True)
class BlindedCase:
    """A case as one reader meets it.

    Attributes:
        code: what the reader sees instead of the name; no two readers have a code in common.
        case: the name, known to nobody but the key.
    """

    code: str
    case: str


@dataclass(frozen=True)
class Study:
    """A planned study; its JSON form is the key that undoes the blinding.

    Attributes:
        categories: the scale, best first.
        order: each reader's cases, in the order in which that reader meets them.
        seed: that this plan was drawn from.
    """

    categories: tuple[Category, ...]
    order: Mapping[str, tuple[BlindedCase, ...]]
    seed: int

    @property
    def cases(self) -> tuple[str, ...]:
        """The names of the cases, sorted."""
        return tuple(sorted({b.case for blinded in self.order.values() for b in blinded}))

    @property
    def repeated(self) -> int:
        """Cases that each reader meets twice."""
        return max(len(blinded) for blinded in self.order.values()) - len(self.cases)


def plan_study(
    cases: Sequence[str],
    readers: Sequence[str],
    *,
    categories: Sequence[Category],
    seed: int,
    repeat: int = 0,
) -> Study:
    """Return a study in which every reader meets every case in an order of their own.

    Args:
        cases: names, in any order: the plan depends on which there are, not on their order.
        readers: initials or other short names, for the ratings and the file names.
        categories: the scale, best first.
        seed: the same seed, cases and readers give the same plan.
        repeat: cases that each reader meets a second time, under another code and after all
            others; drawn for each reader.

    Raises:
        TableRefused: more repeats than cases, no case, no reader, a name twice, a reader's name
            that cannot be part of a file name, or fewer than two categories.
    """
    check_scale(categories)
    _check_readers(readers)
    names = sorted(cases)
    if not names or len(set(names)) < len(names):
        raise TableRefused("a reader study needs at least one case, and each case once")
    if repeat > len(names):
        raise TableRefused(f"{repeat} cases cannot be shown twice: there are {len(names)}")
    rng = np.random.default_rng(seed)
    needed = (len(names) + repeat) * len(readers)
    drawn = rng.choice(len(_ALPHABET) ** _CODE_LENGTH, needed, replace=False)
    codes = iter([_code(int(number)) for number in drawn])
    order = {
        reader: tuple(BlindedCase(next(codes), names[i]) for i in _draw(len(names), repeat, rng))
        for reader in readers
    }
    return Study(tuple(categories), order, seed)


def _draw(cases: int, repeat: int, rng: np.random.Generator) -> list[int]:
    """Return every case in an order, and then some of them again."""
    first = rng.permutation(cases)
    again = rng.choice(cases, repeat, replace=False) if repeat else first[:0]
    return [*map(int, first), *map(int, again)]


def key_json(study: Study) -> bytes:
    """Return the key as UTF-8 JSON."""
    document = {
        "schema": KEY_SCHEMA,
        "warning": "This file undoes the blinding. Keep it from the readers until all have rated.",
        "seed": study.seed,
        "categories": [{"name": c.name, "meaning": c.meaning} for c in study.categories],
        "readers": {
            reader: [{"code": b.code, "case": b.case} for b in blinded]
            for reader, blinded in study.order.items()
        },
    }
    return json_bytes(document)


def read_key(path: Path) -> Study:
    """Return the study that a key describes.

    Raises:
        TableRefused: the file is absent, or no key of this version.
    """
    document: Any = read_json(
        path, refusal=TableRefused, remedy="give the key that `corcal readers forms` wrote"
    )
    try:
        if document["schema"] != KEY_SCHEMA:
            raise KeyError(document["schema"])
        return Study(
            tuple(Category(c["name"], c["meaning"]) for c in document["categories"]),
            {
                reader: tuple(BlindedCase(b["code"], b["case"]) for b in blinded)
                for reader, blinded in document["readers"].items()
            },
            int(document["seed"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise TableRefused(
            f"{path.name}: is not the key that `corcal readers forms` writes"
        ) from error


def check_scale(categories: Sequence[Category]) -> None:
    """Refuse a scale that readers cannot agree or differ on.

    Raises:
        TableRefused: fewer than two categories, one without a name, or one twice.
    """
    names = [c.name for c in categories]
    if len(names) < 2 or not all(names) or len(set(names)) < len(names):
        shown = ", ".join(names) or "none"
        raise TableRefused(f"a scale needs two or more different categories; given: {shown}")


def _check_readers(readers: Sequence[str]) -> None:
    if not readers:
        raise TableRefused("a reader study needs at least one reader")
    for reader in readers:
        if not _READER.fullmatch(reader):
            raise TableRefused(
                f"reader {reader!r}: use letters, figures, - and _ only, such as initials; the "
                "name becomes part of a file name"
            )
    folded = [reader.lower() for reader in readers]
    if len(set(folded)) < len(folded):
        raise TableRefused(f"readers need different names; given: {', '.join(readers)}")


def _code(number: int) -> str:
    letters = ""
    for _ in range(_CODE_LENGTH):
        number, digit = divmod(number, len(_ALPHABET))
        letters += _ALPHABET[digit]
    return letters
