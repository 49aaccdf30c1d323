"""The row of a case: its numbers by the names of the columns that `corcal evaluate` reads."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

from corcal.core.artery import Artery
from corcal.core.reading import Reading
from corcal.report import report_document

_OF_ARTERY = (
    "present",
    "unseen",
    "confidence",
    "uncertain",
    "grade",
    "agatston",
    "volume_mm3",
    "mask_volume_ml",
    "mass_mg",
    "peak_hu",
    "lesions",
)
_OF_TOTAL = (
    "present",
    "agatston",
    "volume_mm3",
    "mask_volume_ml",
    "mass_mg",
    "lesions",
    "vessels",
)
_OF_INPUT = (
    "slices",
    "thickness_mm",
    "kvp_kv",
    "kernel",
    "manufacturer",
    "scanner_model",
    "gated",
    "contrast",
    "voxel_sha256",
)

#: The columns of numbers, in their order in results.csv.
COLUMNS = (
    *(f"{artery.value}_{name}" for artery in Artery for name in _OF_ARTERY),
    *(f"total_{name}" for name in _OF_TOTAL),
    "cac_drs",
    "severity",
    "least_confidence",
    "notices",
    *_OF_INPUT,
)


_PLACES = {name: place for place, name in enumerate(COLUMNS)}


class NumbersRow(Mapping[str, object]):
    """The numbers of a case by column, in a third of the memory that a dict takes.

    A cohort holds those of all its cases.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, object]) -> None:
        """Take the values of the columns; None for a column that has none."""
        self._values = tuple(_one_text(values.get(name)) for name in COLUMNS)

    def __getitem__(self, name: str) -> object:
        return self._values[_PLACES[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(COLUMNS)

    def __len__(self) -> int:
        return len(COLUMNS)

    def __reduce__(self) -> tuple[type[NumbersRow], tuple[dict[str, object]]]:
        # The known ones by name, and texts once more: another process has its own.
        return NumbersRow, ({k: v for k, v in self.items() if v is not None},)

    def __repr__(self) -> str:
        return f"NumbersRow({dict(self)!r})"


def _one_text(value: object) -> object:
    """Return a value of which equal texts are one object in memory."""
    # Not the hashes of voxels, of which no two are equal.
    return sys.intern(value) if type(value) is str and len(value) < 40 else value


def row_of(reading: Reading) -> NumbersRow:
    """Return the numbers of a reading by column; None where there is none, booleans as 1 and 0."""
    document = report_document(reading)
    row: dict[str, Any] = {}
    for artery in Artery:
        facts = document["arteries"][artery.value]
        facts = {**facts, "lesions": len(facts["lesions"])}
        row |= {f"{artery.value}_{name}": facts[name] for name in _OF_ARTERY}
    row |= {f"total_{name}": document["total"][name] for name in _OF_TOTAL}
    certain = [row[f"{a.value}_confidence"] for a in Artery]
    known = [c for c in certain if c is not None]
    row["cac_drs"] = document["cac_drs"]["text"]
    row["severity"] = document["cac_drs"]["severity"]
    row["least_confidence"] = min(known, default=None)
    row["notices"] = " ".join(dict.fromkeys(n["code"] for n in document["notices"]))
    row |= {name: document["input"][name] for name in _OF_INPUT}
    return NumbersRow({name: int(v) if isinstance(v, bool) else v for name, v in row.items()})
