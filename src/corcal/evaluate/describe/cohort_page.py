"""Cohort and flow as one page, one document, Table 1 and Figure 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corcal.evaluate.describe.cohort import Cohort
from corcal.evaluate.describe.flow import FlowBox
from corcal.evaluate.describe.flow_figure import flow_plot
from corcal.evaluate.describe.table1 import Characteristic, cohort_table
from corcal.evaluate.publish.page import Page, Section
from corcal.evaluate.publish.publication import Publication

SCHEMA = "corcal-describe/1"

_METHODS = (
    "Two groups are compared by Welch's t test (means), the Mann-Whitney test (medians) or the "
    "chi-square test without continuity correction (counts); more groups by one-way analysis of "
    "variance, the Kruskal-Wallis test or the chi-square test.",
    "Where an expected count is below 5, 2 x 2 tables take Fisher's exact test, larger ones the "
    "chi-square statistic against 9,999 tables drawn with the same margins.",
    "Missing values are left out of means, shares and tests, and are counted in a row of their "
    "own. A p value in a table of characteristics describes chance, not importance.",
)


def publish_cohort(
    cohort: Cohort, characteristics: Sequence[Characteristic], flow: FlowBox
) -> Publication:
    """Return the description's page, describe.json, Table 1 and Figure 1.

    Args:
        cohort: the patients.
        characteristics: as `describe` returns them.
        flow: whose counts add up.
    """
    table, plot = cohort_table(cohort, characteristics), flow_plot(flow)
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
    document = _document(cohort, characteristics, flow)
    return Publication("describe", page, document, (table,), (plot,))


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


def _document(
    cohort: Cohort, characteristics: Sequence[Characteristic], flow: FlowBox
) -> dict[str, Any]:
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
                "attrition": one.attrition.as_dict(),
            }
            for one in characteristics
        },
        "flow": flow.as_dict(),
        "notices": [{"code": n.code, "text": n.text} for n in cohort.notices],
    }
