"""Attrition: cases that go into an operation, those it uses, and why it does not use the others.

Every result carries one, and every table prints it: a method must not look better for the patients
that silently fell out. Cases are patients, scans or ratings, whatever the operation is about.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True)
class Attrition:
    """Cases in, cases used, and the others by reason.

    Attributes:
        n_in: cases that went in.
        lost: (reason, cases) in the order in which they were left out.

    Raises:
        ValueError: more are lost than went in, or a negative number.
    """

    n_in: int
    lost: tuple[tuple[str, int], ...] = ()

    def __post_init__(self) -> None:
        if self.n_used < 0 or min((n for _, n in self.lost), default=0) < 0:
            raise ValueError(f"attrition does not add up: {self}")

    @property
    def n_used(self) -> int:
        """Cases that are used."""
        return self.n_in - sum(n for _, n in self.lost)

    def lose(self, reason: str, n: int) -> Attrition:
        """Return the attrition after n more cases were left out; the same where n is 0."""
        return replace(self, lost=(*self.lost, (reason, n))) if n else self

    @property
    def words(self) -> str:
        """The attrition in words: "473 in, 450 used (23: presence unknown in the reference)"."""
        text = f"{self.n_in:,} in, {self.n_used:,} used"
        reasons = "; ".join(f"{n:,}: {reason}" for reason, n in self.lost)
        return f"{text} ({reasons})" if reasons else text

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        lost = [{"reason": reason, "n": n} for reason, n in self.lost]
        return {"n_in": self.n_in, "n_used": self.n_used, "left_out": lost}


def state_attrition(parts: Mapping[str, Attrition], counted: str = "Patients") -> str:
    """Return one sentence on the attrition of a table; "" for a table without cases.

    Columns or rows that lost the same stand together.

    Args:
        parts: by the heading of the column or row concerned.
        counted: the cases, in the plural, as a sentence begins.
    """
    names: dict[Attrition, list[str]] = {}
    for name, attrition in parts.items():
        names.setdefault(attrition, []).append(name)
    if not names:
        return ""
    if len(names) == 1:
        return f"{counted}: {next(iter(names)).words}."
    return f"{counted}: " + "; ".join(f"{', '.join(n)} {a.words}" for a, n in names.items()) + "."
