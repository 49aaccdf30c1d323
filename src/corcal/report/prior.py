"""An earlier report beside the present one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from corcal.core.artery import Artery
from corcal.core.errors import TableRefused
from corcal.core.reading import Report
from corcal.report.tables.report_json import report_schema
from corcal.report.words.finding import agatston_text
from corcal.storage import read_json


@dataclass(frozen=True)
class Prior:
    """The scores of an earlier report.

    Attributes:
        case_id: of the earlier report.
        agatston: by artery.
        total: of all.
        method: how the score was taken.
    """

    case_id: str
    agatston: dict[Artery, float]
    total: float
    method: str


def read_prior(path: Path) -> Prior:
    """Return the scores of a report.json.

    Raises:
        TableRefused: the file is absent, or no report of corcal.
    """
    remedy = "give the report.json of the earlier scan"
    document = read_json(path, refusal=TableRefused, remedy=remedy)
    expected = report_schema()["properties"]["schema"]["const"]
    if not isinstance(document, dict) or document.get("schema") != expected:
        raise TableRefused(f"{path}: is no report of the form {expected}; {remedy}")
    try:
        scores = {a: float(document["arteries"][a.value]["agatston"]) for a in Artery}
        total = float(document["total"]["agatston"])
        method = str(document["method"]["agatston"])
    except (KeyError, TypeError, ValueError) as error:
        raise TableRefused(f"{path}: is no whole report; {remedy}") from error
    return Prior(str(document.get("case", "")), scores, total, method)


def change_text(before: float, now: float) -> str:
    """Return an earlier score and the change since, such as "204 (+12)"."""
    sign = "+" if now >= before else "-"
    return f"{agatston_text(before)} ({sign}{agatston_text(abs(now - before))})"


def prior_column(prior: Prior, report: Report) -> list[str]:
    """Return the column of the table: each artery, then the total."""
    arteries = [change_text(prior.agatston[a.artery], a.agatston) for a in report.score.arteries]
    return [*arteries, change_text(prior.total, report.score.agatston)]


def prior_note(prior: Prior, report: Report) -> str:
    """Return what limits the comparison."""
    note = "Without ECG gating, scores of one person differ from scan to scan without any change."
    if prior.method != report.score.method:
        note += (
            f" The earlier score was taken in another way ({prior.method}): the difference may be"
            " that of the method."
        )
    if report.unseen:
        note += " An artery was not found: the change says nothing of it."
    return note
