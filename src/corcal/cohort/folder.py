"""The folder of a cohort: written as the cohort goes on, complete at its end."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from corcal.cohort.cases.case import Case
from corcal.cohort.tables_out.page import cohort_html
from corcal.cohort.tables_out.summary import count, summary
from corcal.cohort.tables_out.tables import (
    CASES,
    PARQUET,
    REFUSED,
    RESULTS,
    cases_csv,
    has_parquet,
    refused_csv,
    result_rows,
    results_csv,
    results_parquet,
)
from corcal.cohort.workers.task import Outcome
from corcal.storage import json_bytes, remove_partials, replace_file

PAGE, SUMMARY = "cohort.html", "cohort.json"
#: The tables are rewritten no more often than this, and no more than a small share of the time.
_EVERY_SECONDS = 30.0
_SHARE = 0.02


class CohortFolder:
    """The tables and the page of a cohort."""

    def __init__(self, out: Path, cases: Sequence[Case], models: Mapping[str, str]) -> None:
        """Write cases.csv, and clear what a killed process left.

        Raises:
            OutputRefused: nothing can be written there.
        """
        self._out, self._cases, self._models = out, cases, models
        self._due = time.monotonic() + _EVERY_SECONDS
        for folder in (out, out / "cases"):
            remove_partials(folder)
        replace_file(out / CASES, cases_csv(cases))

    def refresh(self, outcomes: Mapping[str, Outcome]) -> None:
        """Write the tables again if that was long ago.

        Raises:
            OutputRefused: the disk is full.
        """
        began = time.monotonic()
        if began < self._due:
            return
        self._write_tables(outcomes)
        ended = time.monotonic()
        self._due = ended + max(_EVERY_SECONDS, (ended - began) / _SHARE)

    def complete(self, outcomes: Mapping[str, Outcome]) -> None:
        """Write the tables, the summary and the page.

        Raises:
            OutputRefused: the disk is full.
        """
        rows = self._write_tables(outcomes)
        if has_parquet():
            replace_file(self._out / PARQUET, results_parquet(rows))
        ended = [outcomes[c.name] for c in self._cases if c.name in outcomes]
        facts = summary(count(len(self._cases), outcomes), ended, self._models)
        reports = {p.parent.name for p in self._out.glob("cases/*/report.html")}
        replace_file(self._out / SUMMARY, json_bytes(facts))
        replace_file(self._out / PAGE, cohort_html(facts, ended, reports))

    def _write_tables(self, outcomes: Mapping[str, Outcome]) -> list[list[object]]:
        rows = result_rows(self._cases, outcomes)
        replace_file(self._out / RESULTS, results_csv(rows))
        replace_file(self._out / REFUSED, refused_csv(self._cases, outcomes))
        return rows
