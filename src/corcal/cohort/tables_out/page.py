"""The page of a cohort: no scripts, nothing fetched, nobody's name."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Any

from jinja2 import Template

from corcal.cohort.tables_out.summary import LISTED, doubts
from corcal.cohort.tables_out.tables import CASES, REFUSED, RESULTS
from corcal.cohort.workers.task import Outcome
from corcal.core.artery import Artery
from corcal.report import page_template


def cohort_html(
    facts: Mapping[str, Any], outcomes: Sequence[Outcome], with_report: Collection[str]
) -> bytes:
    """Return the page as UTF-8 HTML.

    Args:
        facts: as `summary` returns them.
        outcomes: of the cases that ended.
        with_report: names of the cases that have a report folder.
    """
    doubtful = doubts(outcomes)
    page = _template().render(
        facts=facts,
        arteries=[*(a.value for a in Artery), "total"],
        doubtful=doubtful[:LISTED],
        more=max(0, len(doubtful) - LISTED),
        others=[o for o in outcomes if o.row is None][:LISTED],
        with_report=set(with_report),
        tables={"results": RESULTS, "refused": REFUSED, "cases": CASES},
    )
    return page.encode("utf-8", errors="replace")


@cache
def _template() -> Template:
    return page_template("corcal.cohort.tables_out", "cohort.html")
