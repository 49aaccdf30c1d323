"""Predictions and references of the same patients, side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corcal.core.errors import TableRefused
from corcal.core.scan import Notice
from corcal.evaluate.statistics.estimate import Numbers
from corcal.evaluate.tables_in.results import Results

#: The stratum of patients whose cell is empty.
NOT_STATED = "not stated"

#: A column with more values than this is a measurement or an identifier, not a grouping.
_MOST_STRATA = 30


@dataclass(frozen=True, eq=False)
class Pairs:
    """Two tables of results whose rows are the same patients in the same order.

    Attributes:
        predicted: what a system said.
        reference: what it is measured against.
        left_out: patients that only one of the tables knows.
        notices: doubts of both tables.

    Raises:
        ValueError: the patients differ.
    """

    predicted: Results
    reference: Results
    left_out: int = 0
    notices: tuple[Notice, ...] = ()

    def __post_init__(self) -> None:
        if self.predicted.patients != self.reference.patients:
            raise ValueError("predictions and references of different patients")

    def __len__(self) -> int:
        return len(self.reference)

    def both(self, measure: str, target: str) -> tuple[Numbers, Numbers]:
        """Return one measure of one target, (predicted, reference), where both are known."""
        a = self.predicted.column(measure, target)
        b = self.reference.column(measure, target)
        known = np.isfinite(a) & np.isfinite(b)
        return a[known], b[known]

    def missing(self, measure: str, target: str) -> int:
        """Return of how many patients either side does not know a measure."""
        return len(self) - len(self.both(measure, target)[0])

    def take(self, rows: NDArray[np.intp]) -> Pairs:
        """Return the pairs of some patients."""
        return Pairs(
            self.predicted.take(rows), self.reference.take(rows), self.left_out, self.notices
        )

    def strata(self, column: str) -> Iterator[tuple[str, Pairs]]:
        """Yield (value, pairs) for every value of a column, in alphabetical order.

        Raises:
            TableRefused: neither table has the column, they disagree on a patient, or it has more
                than 30 different values.
        """
        values = np.array([v or NOT_STATED for v in self._groups(column)])
        distinct = np.unique(values)
        if len(distinct) > _MOST_STRATA:
            raise TableRefused(
                f"the column {column!r} has {len(distinct)} different values; stratify by one with "
                f"at most {_MOST_STRATA}: put measurements such as age into groups first"
            )
        for value in distinct:
            yield str(value), self.take(np.flatnonzero(values == value))

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
            "identifiers in the column patient"
        )
    only_reference = len(reference) - len(shared)
    only_predicted = len(predicted) - len(shared)
    if (only_reference or only_predicted) and not allow_missing:
        raise TableRefused(_differing(predicted, reference, only_predicted, only_reference))
    rows = np.array(shared, dtype=np.intp)
    notices = (*predicted.notices, *reference.notices)
    left_out = only_reference + only_predicted
    if left_out:
        text = _differing(predicted, reference, only_predicted, only_reference)
        notices += (Notice("patients-left-out", text.split(";")[0] + "; they are left out."),)
    return Pairs(predicted.take(rows[:, 0]), reference.take(rows[:, 1]), left_out, notices)


def align(first: Pairs, second: Pairs) -> tuple[Pairs, Pairs]:
    """Return two systems on the patients that both know, in one order."""
    row_of = {name: i for i, name in enumerate(second.reference.patients)}
    shared = [(i, row_of[p]) for i, p in enumerate(first.reference.patients) if p in row_of]
    if not shared:
        raise TableRefused(
            f"{first.predicted.name} and {second.predicted.name} have no patient in common"
        )
    rows = np.array(shared, dtype=np.intp)
    return first.take(rows[:, 0]), second.take(rows[:, 1])


def _differing(predicted: Results, reference: Results, extra: int, lacking: int) -> str:
    parts = []
    if lacking:
        parts.append(f"{lacking} of {len(reference)} patients of {reference.name} are not in "
                     f"{predicted.name}")  # fmt: skip
    if extra:
        parts.append(f"{extra} of {len(predicted)} patients of {predicted.name} are not in "
                     f"{reference.name}")  # fmt: skip
    return (
        f"{' and '.join(parts)}; a system that fails on a scan should not gain by it. Add the "
        "rows (empty cells where nothing is known), or use --allow-missing to leave them out"
    )
