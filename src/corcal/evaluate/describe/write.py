"""Cohort and flow as a folder of files, written whole or not at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from corcal.evaluate.describe.cohort import Cohort
from corcal.evaluate.describe.flow import FlowBox
from corcal.evaluate.describe.flow_figure import flow_plot
from corcal.evaluate.describe.table1 import Characteristic, cohort_table
from corcal.evaluate.publish.page import Page, Section, page_html
from corcal.evaluate.publish.table_files import write_table
from corcal.storage.atomic import add_files, check_folder

SCHEMA = "corcal-describe/1"
JSON_FILE, PAGE_FILE = "describe.json", "describe.html"

_METHODS = (
    "Two groups are compared by Welch's t test (means), the Mann-Whitney test (medians) or the "
    "chi-square test without continuity correction (counts); more groups by one-way analysis of "
    "variance, the Kruskal-Wallis test or the chi-square test.",
    "Where an expected count is below 5, 2 x 2 tables take Fisher's exact test, larger ones the "
    "chi-square statistic against 9,999 tables drawn with the same margins.",
    "Missing values are left out of means, shares and tests, and are counted in a row of their "
    "own. A p value in a table of characteristics describes chance, not importance.",
)


def check_describe_output(out: Path, *, force: bool) -> None:
    """Refuse a folder that cannot take the description, before any work starts.

    Raises:
        OutputRefused: as `corcal.storage.atomic.check_folder`.
    """
    check_folder(out, (JSON_FILE, PAGE_FILE), force=force)


def write_description(
    cohort: Cohort,
    found: Sequence[Characteristic],
    flow: FlowBox,
    out: Path,
    *,
    force: bool = False,
) -> tuple[Path, ...]:
    """Write describe.json, describe.html, Table 1 and Figure 1 into a folder.

    Args:
        cohort: the patients.
        found: as `describe` returns it.
        flow: whose counts add up.
        out: the folder; made if absent.
        force: replace an earlier description there.

    Returns:
        The files, describe.json and describe.html first.

    Raises:
        OutputRefused: `out` cannot take the files.
    """
    table, plot = cohort_table(cohort, found), flow_plot(flow)
    page = Page(
        title="Patients of the study",
        subtitle=cohort.name,
        summary=summary_of(cohort),
        notices=cohort.notices,
        sections=(
            Section("flow", "Flow", (), (plot,)),
            Section("table1", "Characteristics", (table,)),
        ),
        methods=_METHODS,
        beside="The table lies beside this page as CSV, Markdown and LaTeX, the figure as SVG and "
        "PNG, and every number in describe.json.",
    )
    document = json.dumps(_document(cohort, found, flow), indent=2, ensure_ascii=False)
    files = {JSON_FILE: (document + "\n").encode(), PAGE_FILE: page_html(page)}
    return add_files(out, files | write_table(table) | plot.files(), force=force)


def summary_of(cohort: Cohort) -> tuple[str, ...]:
    """Return who was studied in a few sentences."""
    out = sum(cohort.excluded.values())
    said = [f"{len(cohort.table.rows):,} patients; {len(cohort.rows):,} in the study."]
    if out:
        reasons = "; ".join(f"{reason} {n:,}" for reason, n in cohort.excluded.items())
        said.append(f"{out:,} excluded: {reasons}.")
    if cohort.groups:
        groups = "; ".join(f"{name} {len(rows):,}" for name, rows in cohort.groups.items())
        said.append(f"By {cohort.divider}: {groups}.")
    return tuple(said)


def _document(cohort: Cohort, found: Sequence[Characteristic], flow: FlowBox) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "patients": len(cohort.rows),
        "excluded": dict(cohort.excluded),
        "groups": {name: len(rows) for name, rows in cohort.groups.items()},
        "characteristics": {
            one.column.name: {
                "kind": one.column.kind,
                "of": {name: d.as_dict() for name, d in one.of.items()},
                "test": None if one.test is None else {"name": one.test.name, "p": one.test.p},
            }
            for one in found
        },
        "flow": flow.as_dict(),
        "notices": [{"code": n.code, "text": n.text} for n in cohort.notices],
    }
