"""Predictions and references of the same patients, side by side."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.errors import TableRefused
from corcal.core.scan import Notice
from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.statistics.estimate import Numbers
from corcal.evaluate.tables_in.results import Results

#: The stratum of patients whose cell is empty.
NOT_STATED = "not stated"

#: A column with more values than this is a measurement or an identifier, not a grouping.
_MOST_STRATA = 30

#: So many lines are named of patients that one table lacks.
_LINES_SHOWN = 5

#: In a table of more patients, a column in which no value occurs twice is an identifier.
_FEWEST_DISTINCT = 3


_NAMES = {"present": "presence", "volume_mm3": "volume", "agatston": "score", "grade": "grade"}


@dataclass(frozen=True, eq=False)
class Known:
    """One measure of each side, where both are known.

    Attributes:
        predicted: a number for each patient that is used, no NaN.
        reference: the same patients.
        rows: which of the pairs they are.
        attrition: from all patients to these.
    """

    predicted: Numbers
    reference: Numbers
    rows: NDArray[np.intp]
    attrition: Attrition

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def sides(self) -> tuple[Numbers, Numbers]:
        """Both sides, (predicted, reference)."""
        return self.predicted, self.reference


@dataclass(frozen=True, eq=False)
class Pairs:
    """Two tables of results whose rows are the same patients in the same order.

    Attributes:
        predicted: what a system said.
        reference: what it is measured against.
        attrition: from all patients of both tables to those of both.
        notices: doubts of both tables.

    Raises:
        ValueError: the patients differ.
    """

    predicted: Results
    reference: Results
    attrition: Attrition | None = None
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        if self.predicted.patients != self.reference.patients:
            raise ValueError("predictions and references of different patients")

    def __len__(self) -> int:
        return len(self.reference)

    @property
    def patients(self) -> Attrition:
        """The patients of both tables, those on both sides, and the others by reason."""
        return self.attrition or Attrition(len(self))

    def select_known(self, target: str, predicted: str, reference: str) -> Known:
        """Return what both sides know of a target, one measure each.

        Args:
            target: one of `TARGETS`.
            predicted: the measure of the predictions.
            reference: the measure of the reference, the same or another.
        """
        a = self.predicted.column(predicted, target)
        b = self.reference.column(reference, target)
        in_b, in_a = np.isfinite(b), np.isfinite(a)
        left = self.patients.lose(
            f"{_NAMES[reference]} unknown in the reference", int((~in_b).sum())
        )
        left = left.lose(
            f"{_NAMES[predicted]} unknown in the predictions", int((in_b & ~in_a).sum())
        )
        rows = np.flatnonzero(in_a & in_b)
        return Known(a[rows], b[rows], rows, left)

    def both(self, measure: str, target: str) -> Known:
        """Return one measure of one target where both sides know it."""
        return self.select_known(target, measure, measure)

    def take(self, rows: NDArray[np.intp], reason: str) -> Pairs:
        """Return the pairs of some patients; the others are lost for a reason."""
        left = self.patients.lose(reason, len(self) - len(rows))
        return Pairs(self.predicted.take(rows), self.reference.take(rows), left, self.notices)

    def stratum(self, rows: NDArray[np.intp]) -> Pairs:
        """Return the pairs of one stratum, whose attrition begins with it."""
        own = Attrition(len(rows))
        return Pairs(self.predicted.take(rows), self.reference.take(rows), own, self.notices)

    def strata(self, column: str) -> Iterator[tuple[str, Pairs]]:
        """Yield (value, pairs) for every value of a column, in alphabetical order.

        Raises:
            TableRefused: neither table has the column, they disagree on a patient, or it has more
                than 30 different values.
        """
        if column.strip().lower() in ("patient", "artery"):
            raise TableRefused(
                f"{column!r} is no column to stratify by: strata are printed, patients are not"
            )
        values = np.array([v or NOT_STATED for v in self._groups(column)])
        distinct = np.unique(values)
        if len(distinct) == len(values) > _FEWEST_DISTINCT:
            raise TableRefused(
                f"the column {column!r} has another value for every patient: it names them, and "
                "strata are printed; stratify by a column that puts patients into groups"
            )
        if len(distinct) > _MOST_STRATA:
            raise TableRefused(
                f"the column {column!r} has {len(distinct)} different values; stratify by one with "
                f"at most {_MOST_STRATA}: put measurements such as age into groups first"
            )
        for value in distinct:
            yield str(value), self.stratum(np.flatnonzero(values == value))

    def _groups(self, column: str) -> tuple[str, ...]:
        a, b = self.reference.groups.get(column), self.predicted.groups.get(column)
        if a is None and b is None:
            raise TableRefused(
                f"neither {self.reference.name} nor {self.predicted.name} has a column {column!r} "
                "to stratify by; write its name as it stands in the table"
            )
        if a is None or b is None:
            return a or b or ()
        merged = tuple(x or y for x, y in zip(a, b, strict=True))
        if any(x and y and x != y for x, y in zip(a, b, strict=True)):
            raise TableRefused(
                f"{self.reference.name} and {self.predicted.name} put some patients into different "
                f"groups of {column!r}; correct one, or drop the column from one of them"
            )
        return merged


def pair(predicted: Results, reference: Results, *, allow_missing: bool = False) -> Pairs:
    """Return two tables side by side, in the order of the reference.

    Args:
        predicted: what a system said.
        reference: what it is measured against.
        allow_missing: leave out patients that only one table knows, instead of refusing.

    Raises:
        TableRefused: patients differ and `allow_missing` is off, or none is in both tables.
    """
    row_of = {name: i for i, name in enumerate(predicted.patients)}
    shared = [(row_of[p], i) for i, p in enumerate(reference.patients) if p in row_of]
    if not shared:
        raise TableRefused(
            f"{predicted.name} and {reference.name} have no patient in common; both need the same "
            f"identifiers in the column patient{_hint(predicted, reference)}"
        )
    only_reference = len(reference) - len(shared)
    only_predicted = len(predicted) - len(shared)
    if (only_reference or only_predicted) and not allow_missing:
        raise TableRefused(_differing(predicted, reference))
    rows = np.array(shared, dtype=np.intp)
    notices = (*predicted.notices, *reference.notices)
    left = Attrition(len(reference) + only_predicted)
    left = left.lose(f"only in {reference.name}", only_reference)
    left = left.lose(f"only in {predicted.name}", only_predicted)
    if left.lost:
        text = _differing(predicted, reference)
        notices += (Notice("patients-left-out", text.split(";")[0] + "; they are left out."),)
    return Pairs(predicted.take(rows[:, 0]), reference.take(rows[:, 1]), left, notices)


def align(systems: Sequence[Pairs]) -> tuple[Pairs, ...]:
    """Return several systems on the patients that all know, in the order of the first.

    Args:
        systems: all with the same reference.

    Raises:
        TableRefused: they have no patient in common.
    """
    shared = set(systems[0].reference.patients)
    for pairs in systems[1:]:
        shared &= set(pairs.reference.patients)
    order = [p for p in systems[0].reference.patients if p in shared]
    if not order:
        names = ", ".join(dict.fromkeys(pairs.predicted.name for pairs in systems))
        raise TableRefused(f"{names} have no patient in common")
    taken = []
    for pairs in systems:
        row_of = {name: i for i, name in enumerate(pairs.reference.patients)}
        rows = np.array([row_of[p] for p in order], dtype=np.intp)
        taken.append(pairs.take(rows, "not known to every system"))
    return tuple(taken)


def _differing(predicted: Results, reference: Results) -> str:
    parts = [
        f"{len(alone)} of {len(one)} patients of {one.name} are not in {other.name}"
        f"{_lines_of(one, alone)}"
        for one, other in ((reference, predicted), (predicted, reference))
        if (alone := set(one.patients) - set(other.patients))
    ]
    return (
        f"{' and '.join(parts)}; a system that fails on a scan should not gain by it. Add the "
        "rows (empty cells where nothing is known), or use --allow-missing to leave them out"
        f"{_hint(predicted, reference)}"
    )


def _lines_of(results: Results, patients: set[str]) -> str:
    """Return in which lines of their file some patients begin, in brackets; "" where unknown."""
    if not results.lines:
        return ""
    lines = [
        str(line)
        for patient, line in zip(results.patients, results.lines, strict=True)
        if patient in patients
    ]
    more = f" and {len(lines) - _LINES_SHOWN} more" if len(lines) > _LINES_SHOWN else ""
    return f" (line {', '.join(lines[:_LINES_SHOWN])}{more})"


def _hint(predicted: Results, reference: Results) -> str:
    """Return a hint where identifiers differ by what spreadsheets and programs do to them."""
    a, b = (set(x.patients) for x in (predicted, reference))
    for change, what, remedy in _CHANGES:
        alike = {change(p) for p in a - b} & {change(p) for p in b - a}
        if alike:
            return f". {len(alike)} identifiers differ by {what} alone: {remedy}"
    return ""


#: What may have been done to identifiers: how it is taken back, in words, and the remedy.
_CHANGES: tuple[tuple[Callable[[str], str], str, str], ...] = (
    (
        lambda p: p.lstrip("0") or "0",
        "leading zeros",
        "a spreadsheet has stripped them from one table; format the column as text, and export "
        "again",
    ),
    (
        lambda p: p.removesuffix(".0").lstrip("0") or "0",
        "a final .0 (and leading zeros)",
        "a program has taken them for numbers; read and write the column as text",
    ),
    (str.casefold, "capital letters", "write them in one way"),
)
