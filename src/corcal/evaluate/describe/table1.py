"""Table 1: the cohort's characteristics, whole and by group."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from corcal.evaluate.describe.cohort import Cohort, Column, as_number, in_order
from corcal.evaluate.publish.table import Table
from corcal.evaluate.publish.wording import DASH, number, p_value
from corcal.evaluate.statistics.attrition import Attrition
from corcal.evaluate.statistics.group_tests import (
    GroupTest,
    compare_counts,
    compare_means,
    compare_ranks,
)

ALL = "All"

#: Of a column with only these, one row says it all.
_YES, _NO = frozenset({"1", "yes", "true", "y"}), frozenset({"0", "no", "false", "n"})


@dataclass(frozen=True)
class Description:
    """One column over one set of patients.

    Attributes:
        known: patients whose value is known.
        missing: the others.
        mean: of numbers; None without one.
        sd: of numbers; None below two.
        quartiles: of numbers; None without one.
        counts: patients by category, for a column that is counted.
    """

    known: int
    missing: int
    mean: float | None
    sd: float | None
    quartiles: tuple[float, float, float] | None
    counts: Mapping[str, int]

    def as_dict(self) -> dict[str, Any]:
        """Return everything by name, ready for JSON."""
        q1, median, q3 = self.quartiles or (None, None, None)
        numbers = {"mean": self.mean, "sd": self.sd, "median": median, "q1": q1, "q3": q3}
        values: dict[str, Any] = dict(self.counts) if self.counts else numbers
        return {"n": self.known, "missing": self.missing, "values": values}


@dataclass(frozen=True)
class Characteristic:
    """One column, described.

    Attributes:
        column: which.
        categories: of a counted column, in the order of the table.
        of: by set of patients: `ALL`, then the groups.
        test: of no difference between the groups, or None.
        attrition: from all patients of the table to those whose value is known.
    """

    column: Column
    categories: tuple[str, ...]
    of: Mapping[str, Description]
    test: GroupTest | None
    attrition: Attrition


def describe(cohort: Cohort, rng: np.random.Generator) -> tuple[Characteristic, ...]:
    """Return every column described, over all and by group.

    Args:
        cohort: the patients.
        rng: for exact tests of sparse tables.
    """
    sets = {ALL: cohort.rows, **cohort.groups}
    characteristics = []
    for column in cohort.columns:
        categories = _categories(column, cohort.rows)
        of = {name: _describe(column, rows, categories) for name, rows in sets.items()}
        test = _test(column, list(cohort.groups.values()), categories, rng)
        attrition = cohort.attrition.lose("value not known", of[ALL].missing)
        characteristics.append(Characteristic(column, categories, of, test, attrition))
    return tuple(characteristics)


def cohort_table(cohort: Cohort, characteristics: Sequence[Characteristic]) -> Table:
    """Return Table 1."""
    sets = {ALL: cohort.rows, **cohort.groups}
    tested = len(cohort.groups) > 1
    rows = [row for one in characteristics for row in _rows(one, list(sets), tested=tested)]
    heads = tuple(f"{name} (n = {len(members):,})" for name, members in sets.items())
    return Table(
        name="table1_cohort",
        title="Characteristics of the patients" + (f" by {cohort.divider}" if tested else ""),
        columns=("Characteristic", "Value", *heads, *(("p", "Test") if tested else ())),
        rows=tuple(rows),
        notes=(
            "Numbers are mean ± SD, or median [first–third quartile] where they are skewed or so "
            "asked for; categories are n (% of those whose value is known).",
        ),
        attrition={one.column.name: one.attrition for one in characteristics},
    )


def _categories(column: Column, rows: Sequence[int]) -> tuple[str, ...]:
    """Return a counted column's categories: numbers in order, texts by frequency."""
    if column.kind != "count":
        return ()
    counts = Counter(column.texts(rows))
    if all(as_number(c) is not None for c in counts):
        return tuple(in_order(counts))
    return tuple(sorted(counts, key=lambda c: (-counts[c], c)))


def _describe(column: Column, rows: Sequence[int], categories: tuple[str, ...]) -> Description:
    if column.kind == "count":
        texts = column.texts(rows)
        counts = Counter(texts)
        known = {c: counts[c] for c in categories}
        return Description(len(texts), len(rows) - len(texts), None, None, None, known)
    values = np.array(column.numbers(rows))
    missing = len(rows) - len(values)
    if not len(values):
        return Description(0, missing, None, None, None, {})
    q1, median, q3 = (float(q) for q in np.percentile(values, [25, 50, 75]))
    sd = float(values.std(ddof=1)) if len(values) > 1 else None
    return Description(len(values), missing, float(values.mean()), sd, (q1, median, q3), {})


def _test(
    column: Column,
    groups: list[tuple[int, ...]],
    categories: tuple[str, ...],
    rng: np.random.Generator,
) -> GroupTest | None:
    if len(groups) < 2:
        return None
    if column.kind == "count":
        counts = [Counter(column.texts(rows)) for rows in groups]
        table = np.array([[c[category] for c in counts] for category in categories])
        return compare_counts(table, rng)
    values = [np.array(column.numbers(rows)) for rows in groups]
    return compare_means(values) if column.kind == "mean" else compare_ranks(values)


def _rows(one: Characteristic, sets: list[str], *, tested: bool) -> list[tuple[str, ...]]:
    ends = ("", "")
    if tested:
        ends = (p_value(one.test.p), one.test.name) if one.test else (DASH, DASH)
    lines: list[tuple[str, list[str]]] = []
    if one.column.kind == "count":
        for category in _categories_to_show(one.categories):
            word = "yes" if category.lower() in _YES - {"1"} else category
            lines.append((f"{word}, n (%)", [_share(one.of[s], category) for s in sets]))
    elif one.column.kind == "mean":
        digits = _digits(one.of[ALL].sd)
        lines.append(("mean ± SD", [_mean(one.of[s], digits) for s in sets]))
    else:
        q1, _, q3 = one.of[ALL].quartiles or (0.0, 0.0, 0.0)
        digits = _digits(q3 - q1)
        lines.append(("median [IQR]", [_median(one.of[s], digits) for s in sets]))
    if any(one.of[s].missing for s in sets):
        lines.append(("not known, n", [f"{one.of[s].missing:,}" for s in sets]))
    return [
        (one.column.name, value, *cells, *((ends if i == 0 else ("", "")) if tested else ()))
        for i, (value, cells) in enumerate(lines)
    ]


def _categories_to_show(categories: tuple[str, ...]) -> tuple[str, ...]:
    """Return the categories worth a row: of a column of yes and no, the yes."""
    yes = tuple(c for c in categories if c.lower() in _YES)
    rest = [c for c in categories if c.lower() not in _YES | _NO]
    return yes if len(yes) == 1 and not rest else categories


def _share(d: Description, category: str) -> str:
    count = d.counts.get(category, 0)
    return f"{count:,} ({100 * count / d.known:.1f})" if d.known else DASH


def _mean(d: Description, digits: int) -> str:
    if d.mean is None:
        return DASH
    return f"{number(d.mean, digits)} ± {number(d.sd, digits)}"


def _median(d: Description, digits: int) -> str:
    if d.quartiles is None:
        return DASH
    q1, median, q3 = d.quartiles
    return f"{number(median, digits)} [{number(q1, digits)}–{number(q3, digits)}]"


def _digits(spread: float | None) -> int:
    """Return so many decimals that a spread keeps two digits, or none from ten on."""
    if not spread:
        return 1
    return int(min(max(1 - np.floor(np.log10(spread)), 0), 4))
