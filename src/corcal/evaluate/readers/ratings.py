"""Ratings in: the CSV files that readers send back, as one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from corcal.core.errors import TableRefused
from corcal.evaluate.readers.study import STRUCTURES, Category, Structure, Study, check_scale
from corcal.evaluate.tables_in.table_file import read_table
from corcal.storage import CsvTable, Row

#: The columns of a ratings file; others are ignored.
COLUMNS = ("reader", "case", "artery", "structure", "rating")

Item = tuple[str, Structure]


@dataclass(frozen=True)
class Ratings:
    """The ratings of all readers.

    Attributes:
        categories: the scale, best first.
        readers: in the order of the key, or sorted.
        cases: every case of the study, sorted, rated or not.
        given: category by reader and (case, structure); what is not there was not rated.
        blinded: readers met the cases under codes, which a key undid.
        again: second ratings of readers who met a case twice, in the form of `given`; a reader
            without any is not there.
    """

    categories: tuple[str, ...]
    readers: tuple[str, ...]
    cases: tuple[str, ...]
    given: Mapping[str, Mapping[Item, str]]
    blinded: bool = False
    again: Mapping[str, Mapping[Item, str]] = field(default_factory=dict)

    def of(self, case: str, structure: Structure) -> tuple[str | None, ...]:
        """Return each reader's rating, None where there is none."""
        return tuple(self.given[reader].get((case, structure)) for reader in self.readers)

    @property
    def structures(self) -> tuple[Structure, ...]:
        """The structures that somebody rated, in the order of `STRUCTURES`."""
        rated = {s for items in self.given.values() for _, s in items}
        return tuple(s for s in STRUCTURES if s in rated)


def read_ratings(
    paths: Sequence[Path],
    *,
    key: Study | None = None,
    categories: Sequence[Category] | None = None,
) -> Ratings:
    """Return the ratings in one or more CSV files.

    Each row is a rating: `reader,case,artery,structure,rating`, with artery one of RCA, LAD,
    LCX, structure "artery" or "calcium", and an empty rating where there is none. A reader's
    second rating of a case has 2 in a further column `session`, or stands under the case's second
    code on the form.

    Args:
        paths: any number of files, of any number of readers.
        key: undoes the blinding: cases are then the codes of that reader's form. Without it,
            the cases are as named, and the same name means the same case for all readers.
        categories: the scale, for ratings without a key.

    Raises:
        TableRefused: a file is no such table; a reader, case, artery, structure or category is
            unknown; a structure of a case was rated twice by a reader; or nothing was rated.
    """
    scale = key.categories if key is not None else tuple(categories or ())
    check_scale(scale)
    book = _Book(tuple(c.name for c in scale), key)
    for path in paths:
        book.enter(read_table(path))
    return book.close()


class _Book:
    """Collects rows and refuses those that contradict the key or one another."""

    def __init__(self, categories: tuple[str, ...], key: Study | None) -> None:
        self.categories = categories
        self.key = key
        self.cases: set[str] = set(key.cases) if key is not None else set()
        names = list(key.order) if key is not None else []
        self.given: dict[str, dict[Item, str]] = {reader: {} for reader in names}
        self.again: dict[str, dict[Item, str]] = {}
        self.places: dict[tuple[str, Item, int], str] = {}
        self.codes: dict[tuple[str, str], tuple[str, int]] = {}
        for reader, blinded in key.order.items() if key is not None else ():
            met: list[str] = []
            for b in blinded:
                met.append(b.case)
                self.codes[reader, b.code] = b.case, met.count(b.case)

    def enter(self, table: CsvTable) -> None:
        table.require(*COLUMNS)
        for row in table.rows:
            self._enter(row)

    def _enter(self, row: Row) -> None:
        place = row.place
        reader = self._reader(row.text("reader"), place)
        case, session = self._case(reader, row, place)
        self.cases.add(case)
        structure = _structure(row)
        rating = " ".join(row.text("rating").split()).lower()
        items = self.given.setdefault(reader, {})
        if not rating:
            return
        if session == 2:
            items = self.again.setdefault(reader, {})
        if rating not in self.categories:
            raise TableRefused(
                f"{place}: rating {row.text('rating')!r} is not on the scale "
                f"({', '.join(self.categories)}); leave the cell empty where there is none"
            )
        item = (case, structure)
        if item in items:
            raise TableRefused(
                f"{place}: reader {reader} rated {structure.artery} {structure.part} of case "
                f"{row.text('case')} already ({self.places[reader, item, session]}); keep one of "
                "the two, or write 2 into a column session for a second rating"
            )
        items[item] = rating
        self.places[reader, item, session] = place

    def _reader(self, name: str, place: str) -> str:
        if not name:
            raise TableRefused(f"{place}: no reader is named")
        alike = next((r for r in self.given if r != name and r.casefold() == name.casefold()), None)
        if alike is not None and name not in self.given:
            raise TableRefused(
                f"{place}: reader {name!r} and reader {alike!r} differ by capital letters alone; "
                "write one name for one reader"
            )
        if self.key is not None and name not in self.key.order:
            known = ", ".join(self.key.order)
            raise TableRefused(f"{place}: reader {name!r} is not in the key (readers: {known})")
        return name

    def _case(self, reader: str, row: Row, place: str) -> tuple[str, int]:
        """Return the case, and whether this is its first or second rating by the reader."""
        code, session = row.text("case"), row.text("session") or "1"
        if not code:
            raise TableRefused(f"{place}: no case is named")
        if session not in ("1", "2"):
            raise TableRefused(f"{place}: session {session!r} cannot be; it must be 1, 2 or empty")
        if self.key is None:
            return code, int(session)
        case = self.codes.get((reader, code.upper()))
        if case is not None:
            return case
        other = next((r for r, c in self.codes if c == code.upper()), None)
        whose = f"it is of reader {other}'s form" if other else "no form has it"
        raise TableRefused(f"{place}: case {code!r} is not of reader {reader}'s form; {whose}")

    def _shares_a_case(self) -> bool:
        """Say whether some case was rated by two readers; true where fewer than two rated."""
        rated = [{case for case, _ in items} for items in self.given.values() if items]
        return len(rated) < 2 or sum(map(len, rated)) > len(set().union(*rated))

    def close(self) -> Ratings:
        if not any(self.given.values()):
            raise TableRefused("none of the files holds a rating: every cell of `rating` is empty")
        if self.key is None and not self._shares_a_case():
            raise TableRefused(
                "no case was rated by two readers. Codes of blinded forms differ from reader to "
                "reader: give the key of the study with --key. Otherwise give a case the same name "
                "in all files, with its leading zeros"
            )
        readers = tuple(self.given) if self.key is not None else tuple(sorted(self.given))
        cases = tuple(sorted(self.cases))
        blinded = self.key is not None
        return Ratings(self.categories, readers, cases, self.given, blinded, self.again)


def _structure(row: Row) -> Structure:
    structure = Structure(row.text("artery").upper(), row.text("structure").lower())
    if structure not in STRUCTURES:
        raise row.refusal(
            f"{row.text('artery')!r} {row.text('structure')!r} is not rated here; "
            "artery is RCA, LAD or LCX, structure is artery or calcium"
        )
    return structure
