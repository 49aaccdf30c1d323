"""The tables of a cohort: results.csv, refused.csv, cases.csv, and results.parquet."""

from __future__ import annotations

import importlib
import io
from collections.abc import Iterable, Mapping, Sequence
from importlib.util import find_spec
from typing import Any

from corcal.cohort.cases.case import Case
from corcal.cohort.workers.row import COLUMNS
from corcal.cohort.workers.task import SCORED, WAITING, Outcome
from corcal.storage import csv_bytes

RESULTS, REFUSED, CASES = "results.csv", "refused.csv", "cases.csv"
PARQUET = "results.parquet"

#: The columns of results.csv. `excluded` is what `corcal describe` takes for the reason why a
#: patient is not in the study.
RESULT_COLUMNS = ("patient", "state", "excluded", *COLUMNS, "seconds")

Outcomes = Mapping[str, Outcome]


def result_rows(cases: Sequence[Case], outcomes: Outcomes) -> list[list[object]]:
    """Return a row for every case, in the order of the cases; None where there is no number."""
    return [_row(case.name, outcomes.get(case.name)) for case in cases]


def results_csv(rows: Iterable[Sequence[object]]) -> bytes:
    """Return results.csv."""
    return csv_bytes(RESULT_COLUMNS, rows)


def refused_csv(cases: Sequence[Case], outcomes: Outcomes) -> bytes:
    """Return the table of cases without a result, and why."""
    ended = [outcomes[c.name] for c in cases if c.name in outcomes]
    rows = [(o.case, o.state, o.kind, o.reason) for o in ended if o.state != SCORED]
    return csv_bytes(("case", "state", "kind", "reason"), rows)


def cases_csv(cases: Sequence[Case]) -> bytes:
    """Return the table of cases and their scans: the one file that may name people."""
    rows = [(c.name, str(c.path), c.series_uid) for c in cases]
    return csv_bytes(("case", "scan", "series"), rows)


def has_parquet() -> bool:
    """Say whether Parquet can be written: pyarrow is installed."""
    return find_spec("pyarrow") is not None


def results_parquet(rows: Sequence[Sequence[object]]) -> bytes:
    """Return the rows of results.csv as Parquet."""
    arrow: Any = importlib.import_module("pyarrow")
    parquet: Any = importlib.import_module("pyarrow.parquet")
    columns = {name: [row[i] for row in rows] for i, name in enumerate(RESULT_COLUMNS)}
    file = io.BytesIO()
    parquet.write_table(arrow.table({n: _one_kind(c) for n, c in columns.items()}), file)
    return file.getvalue()


def _one_kind(cells: list[object]) -> list[object]:
    """Return the cells of a column as numbers, where all are, else as texts."""
    known = [c for c in cells if c is not None]
    if all(isinstance(c, int | float) for c in known):
        whole = all(isinstance(c, int) for c in known)
        return [c if c is None or whole else float(str(c)) for c in cells]
    return [None if c is None else str(c) for c in cells]


def _row(name: str, outcome: Outcome | None) -> list[object]:
    if outcome is None:
        return [name, WAITING, "", *(None for _ in COLUMNS), None]
    row = outcome.row or {}
    seconds = round(outcome.seconds, 2)
    return [name, outcome.state, outcome.kind, *(row.get(c) for c in COLUMNS), seconds]
