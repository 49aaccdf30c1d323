"""The flow of patients through a study (Figure 1), whose counts must add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from corcal.core.errors import TableRefused
from corcal.evaluate.describe.cohort import Cohort, in_order
from corcal.evaluate.tables_in.table_file import read_table
from corcal.storage import CsvTable, Row

#: The columns of a flow given as a table.
COLUMNS = ("box", "parent", "n", "kind")
_KEPT, _EXCLUDED = "kept", "excluded"


@dataclass(frozen=True)
class FlowBox:
    """Some patients, and what becomes of them.

    A box with children passes all its patients on to them.

    Attributes:
        text: who they are.
        n: how many.
        kept: the boxes they go on to.
        excluded: the boxes of those who leave, by reason.
    """

    text: str
    n: int
    kept: tuple[FlowBox, ...] = ()
    excluded: tuple[FlowBox, ...] = ()

    @property
    def children(self) -> tuple[FlowBox, ...]:
        """Everybody who goes on or leaves."""
        return (*self.kept, *self.excluded)

    def every(self) -> Iterator[FlowBox]:
        """Yield this box and all below it."""
        yield self
        for child in self.children:
            yield from child.every()

    def as_dict(self) -> dict[str, Any]:
        """Return the tree as plain values, ready for JSON."""
        return {
            "text": self.text,
            "n": self.n,
            "kept": [box.as_dict() for box in self.kept],
            "excluded": [box.as_dict() for box in self.excluded],
        }


def check_flow(top: FlowBox, where: str) -> None:
    """Refuse a flow whose counts do not add up.

    Args:
        top: the first box.
        where: the flow's file, for the message.

    Raises:
        TableRefused: a box passes on more or fewer patients than it holds, or holds fewer than 0.
    """
    for box in top.every():
        if box.n < 0:
            raise TableRefused(f"{where}: {box.text!r} holds {box.n} patients")
        total = sum(child.n for child in box.children)
        if box.children and total != box.n:
            parts = " + ".join(f"{child.n} {child.text!r}" for child in box.children)
            raise TableRefused(
                f"{where}: {box.text!r} holds {box.n}, but {parts} make {total}; correct the "
                f"counts, or add a box for the {abs(box.n - total)} "
                f"{'that are missing' if total < box.n else 'too many'}"
            )


def flow_of(cohort: Cohort, divide_by: Sequence[str] = ()) -> FlowBox:
    """Return the flow of the patients in a table: excluded by reason, then group by group.

    Args:
        cohort: the patients.
        divide_by: columns that divide the patients, the first first; the cohort's own divider
            when none is given.

    Raises:
        TableRefused: a column is absent.
    """
    levels = tuple(divide_by) or ((cohort.divider,) if cohort.divider else ())
    cohort.table.require(*levels)
    left = tuple(FlowBox(reason, n) for reason, n in cohort.excluded.items())
    kept = _divide(cohort, cohort.rows, levels)
    everybody = len(cohort.table.rows)
    if not left:
        return FlowBox("Patients", everybody, kept)
    included = FlowBox("Patients in the study", len(cohort.rows), kept)
    return FlowBox("Patients considered", everybody, (included,), left)


def read_flow(path: Path) -> FlowBox:
    """Return a flow given as a CSV file: `box,parent,n,kind`.

    `box` is the text and names the box; `parent` is the box its patients come from, empty for
    the first; `kind` is kept or excluded, empty for kept.

    Raises:
        TableRefused: no such table; a box twice, without its parent, or in a circle; not exactly
            one first box; or counts that do not add up.
    """
    table = read_table(path)
    table.require("box", "parent", "n")
    rows = _by_name(table)
    first = [name for name, row in rows.items() if not row.text("parent")]
    if len(first) != 1:
        shown = ", ".join(repr(name) for name in first) or "none"
        raise TableRefused(f"{table.name}: one box has no parent, the first; here: {shown}")
    top = _grow(first[0], rows)
    reached = sum(1 for _ in top.every())
    if reached < len(rows):
        raise TableRefused(
            f"{table.name}: {len(rows) - reached} boxes are not reached from {first[0]!r}: their "
            "parents go in a circle"
        )
    check_flow(top, table.name)
    return top


def check_against(top: FlowBox, cohort: Cohort, where: str) -> None:
    """Refuse a flow whose boxes named as the cohort's groups hold other numbers of patients.

    Raises:
        TableRefused: a box and the group of its name differ.
    """
    for box in top.every():
        group = cohort.groups.get(box.text)
        if group is not None and len(group) != box.n:
            raise TableRefused(
                f"{where}: {box.text!r} holds {box.n}, but {cohort.name} has {len(group)} patients "
                f"with {cohort.divider} {box.text!r}"
            )


def _divide(cohort: Cohort, rows: Sequence[int], levels: Sequence[str]) -> tuple[FlowBox, ...]:
    if not levels:
        return ()
    members: dict[str, list[int]] = {}
    for row in rows:
        members.setdefault(cohort.cell(row, levels[0]), []).append(row)
    return tuple(
        FlowBox(value, len(members[value]), _divide(cohort, members[value], levels[1:]))
        for value in in_order(members)
    )


def _by_name(table: CsvTable) -> dict[str, Row]:
    names = Counter(row.text("box") for row in table.rows)
    for row in table.rows:
        box, n, parent, kind = (row.text(name) for name in ("box", "n", "parent", "kind"))
        if not box or names[box] > 1:
            raise row.refusal(f"every box needs a text of its own: {box!r}")
        if not n.isascii() or not n.isdigit():
            raise row.refusal(f"n is a whole number of patients, not {n!r}")
        if parent and parent not in names:
            raise row.refusal(f"no box is named {parent!r}, its parent")
        if kind not in ("", _KEPT, _EXCLUDED):
            raise row.refusal(f"kind is kept or excluded, not {kind!r}")
    return {row.text("box"): row for row in table.rows}


def _grow(name: str, rows: dict[str, Row]) -> FlowBox:
    """Return a box with everything that has it as an ancestor."""
    below = [n for n, row in rows.items() if row.text("parent") == name]
    leaving = [n for n in below if rows[n].text("kind") == _EXCLUDED]
    return FlowBox(
        name,
        int(rows[name].text("n")),
        tuple(_grow(n, rows) for n in below if n not in leaving),
        tuple(_grow(n, rows) for n in leaving),
    )
